package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/history"
)

// moment is a point in the past that a visitor walks around in: pages, links and files are those of its Snapshot, and
// every link keeps its key, so that whoever follows one stays there.
type moment struct {
	snap       *wiki.Snapshot
	key, value string // "rev" and a whole revision, or "at" and what was asked for
	asked      time.Time
	onlyDay    bool
	site       *site // for its forms, which say what a question is
	byTitle    func(name string) (wiki.Path, bool)
}

// address is that of a page or file in the moment.
func (m *moment) address(verb, name string) string { return address(verb, name, m.key, m.value) }

// commit names the moment's commit.
func (m *moment) commit() wiki.ID { return m.snap.Commit() }

// pastTitles keeps what titles meant at the commits that were asked for last.
type pastTitles = otter.Cache[wiki.ID, func(string) (wiki.Path, bool)]

func newPastTitles() *pastTitles {
	return otter.Must(&otter.Options[wiki.ID, func(string) (wiki.Path, bool)]{MaximumSize: pastMoments})
}

// moment reads ?rev= or ?at=. It is nil when the address asks for neither: that is today.
func (q *request) moment() (*moment, error) {
	rev, at := q.query("rev"), q.query("at")
	if at != "" {
		return q.momentAt(at)
	}
	return q.momentOf(rev)
}

// momentOf is the moment of a revision; nil for none.
func (q *request) momentOf(rev string) (*moment, error) {
	if rev == "" {
		return nil, nil
	}
	snap, err := q.cfg.Wiki.At(q.r.Context(), rev)
	if err != nil {
		return nil, err
	}
	return q.in(&moment{snap: snap, key: "rev", value: snap.Commit().String()}), nil
}

// momentAt is the moment of a day, whose end is meant, or of a time. Before the wiki began there was an empty one.
func (q *request) momentAt(at string) (*moment, error) {
	t, ok := parseMoment(at)
	if !ok {
		return nil, badRequest("Please give a day as in 2009-03-14, or a moment as in 2009-03-14T15:09:26Z.")
	}
	m := &moment{key: "at", value: t.UTC().Format(time.RFC3339), asked: t.UTC()}
	if day, err := time.Parse(time.DateOnly, at); err == nil {
		m.value, m.asked, m.onlyDay = day.Format(time.DateOnly), day, true
	}
	snap, err := q.cfg.Wiki.AtTime(q.r.Context(), t)
	if wiki.KindOf(err) == wiki.NotFound {
		snap, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	m.snap = snap
	return q.in(m), nil
}

// in gives the moment its forms and titles. Titles are read when the first link needs them.
func (q *request) in(m *moment) *moment {
	if m.snap == nil {
		return m
	}
	m.site = q.site
	if files := FormFiles(m.snap); !slices.Equal(files, q.site.sources.forms) {
		m.site = &site{sources: siteSources{forms: files}, forms: q.readForms(m.snap, files)}
	}
	titles := sync.OnceValue(func() func(string) (wiki.Path, bool) {
		known, ok := q.pastTitles.GetIfPresent(m.commit())
		if !ok {
			known = q.view.Past(m.snap)
			q.pastTitles.Set(m.commit(), known)
		}
		return known
	})
	m.byTitle = func(name string) (wiki.Path, bool) { return titles()(name) }
	return m
}

// oldSite gives the site that a body is read with.
func (m *moment) oldSite(today *site) *site {
	if m == nil {
		return today
	}
	return m.site
}

// showOld shows a page as it was, under a banner. It is never sent on by redirect_to: what stood at this address is what
// was asked for.
func (q *request) showOld() error {
	now, page, m, err := q.pageAsked("wiki")
	if err != nil {
		return err
	}
	b, err := q.bodyAt(page, m)
	if err != nil {
		return err
	}
	commit, err := q.cfg.Wiki.Revision(q.r.Context(), m.commit().String())
	if err != nil {
		return err
	}
	title := b.title
	if title == "" {
		title = readable(page.Path)
	}
	v := PageView{
		Base: q.base(title, "page"), Tabs: q.tabs(now.Path, "history"), Crumbs: q.crumbs(now.Path, false), Path: now.Path.String(),
		PageLang: b.lang, Body: b.html, TitleAnchor: b.titleAnchor, TOC: b.toc, Aliases: b.aliases,
		Categories: keywordLinks(b.keywords), ReviewBy: b.reviewBy,
	}
	v.Canonical, v.NoIndex, v.Feed = pageURL(now.Path), true, v.Tabs.Feed
	v.Old = q.oldBanner(now, version{page, *commit}, m, title)
	v.Updated = v.Old.Stamp
	q.pageCredits(page, b, &v)
	v.Credits.URL = address("credits", page.Path.String(), "rev", m.commit().String())
	return q.render(http.StatusOK, "page", v)
}

// pageThen gives the page that an address meant at a moment: the one that stood there; or the one that stands there now,
// under the name that it had; or where the page had moved to by then. The error may be a view that says where to look.
func (q *request) pageThen(verb string, p wiki.Path, m *moment) (wiki.Page, error) {
	if m.snap == nil {
		return wiki.Page{}, q.notThen(p, m)
	}
	if m.snap.Has(p) {
		return m.snap.Page(p)
	}
	q.await(q.cfg.FollowingHistory, derivedWait)
	if then, ok := q.cfg.History.PathAt(p, m.commit()); ok && m.snap.Has(then) {
		return m.snap.Page(then)
	}
	then := livingIn(m.snap, q.cfg.History.FormerAt(p, m.commit()))
	switch {
	case len(then) == 1:
		return wiki.Page{}, &redirect{http.StatusMovedPermanently, m.address(verb, then[0].Path.String())}
	case len(then) > 1:
		return wiki.Page{}, q.ask(p, then, func(to string) string { return m.address(verb, to) })
	}
	if to, ok := m.snap.Lookup(p.String()); ok {
		return wiki.Page{}, &redirect{http.StatusFound, m.address(verb, to.String())}
	}
	return wiki.Page{}, q.notThen(p, m)
}

// pageAsked gives the page that an address of a view about pages means, today's or that of ?rev= or ?at=, and where it is now.
// The moment is nil for today.
func (q *request) pageAsked(verb string) (now history.Place, page wiki.Page, m *moment, err error) {
	name := q.rest(verb)
	if m, err = q.moment(); err != nil {
		return now, page, nil, err
	}
	if m == nil {
		if now.Path, err = q.find(verb, name); err == nil {
			page, err = q.snap.Page(now.Path)
		}
		return now, page, nil, err
	}
	p, err := wiki.ParsePath(canonicalName(name))
	if err != nil {
		return now, page, m, &missingPageError{name, err}
	}
	if page, err = q.pageThen(verb, p, m); err != nil {
		return now, page, m, err
	}
	return q.today(page.Path, m.commit()), page, m, nil
}

// livingIn gives those places that have a page in a Snapshot.
func livingIn(snap *wiki.Snapshot, places []history.Place) []history.Place {
	return slices.DeleteFunc(places, func(at history.Place) bool { return at.Gone || !snap.Has(at.Path) })
}

// today gives the place of the page that had a path at a commit. What history does not know yet is where it was.
func (q *request) today(p wiki.Path, commit wiki.ID) history.Place {
	q.await(q.cfg.FollowingHistory, derivedWait)
	if now, ok := q.cfg.History.Today(p, commit); ok {
		now.Gone = now.Gone || !q.snap.Has(now.Path)
		return now
	}
	return history.Place{Path: p, Gone: !q.snap.Has(p)}
}

// notThen says why a page cannot be seen at a moment: it had not begun, or was gone. A name that no page ever had is
// answered like any other such name.
func (q *request) notThen(p wiki.Path, m *moment) error {
	ctx := q.r.Context()
	if q.cfg.History.Count(p) == 0 {
		places := livingIn(q.snap, q.cfg.History.Former(p))
		if len(places) != 1 {
			return &missingPageError{name: p.String()}
		}
		p = places[0].Path
	}
	first, ok := q.cfg.History.First(ctx, q.cfg.Wiki, p)
	if !ok {
		return &missingPageError{name: p.String()}
	}
	travel, err := q.travel(p, m.asked)
	if err != nil {
		return err
	}
	v := ChoiceView{Base: q.base("Not at that time", "choice"), Travel: travel}
	v.NoIndex = true
	title, when := q.title(p), "at that moment"
	if m.onlyDay {
		when = "on " + m.asked.Format(longDate)
	} else if m.key == "rev" {
		when = "at that revision"
	}
	began := Meant{PageLink: PageLink{Title: "The first version of “" + title + "”", URL: address("wiki", first.Path.String(), "rev", first.ID.String()), Time: travel.First, Author: q.shown(first.Author)}}
	if m.snap == nil || m.snap.Time().Before(travel.First) {
		v.Lead = fmt.Sprintf("“%s” began on %s; %s it was not there yet.", title, travel.First.Format(longDate), when)
	} else {
		v.Lead = fmt.Sprintf("“%s” was not there %s: it had been deleted, or had another address.", title, when)
	}
	v.Choices = append(v.Choices, began)
	if q.snap.Has(p) {
		v.Choices = append(v.Choices, Meant{PageLink: PageLink{Title: "Today’s version", URL: pageURL(p)}})
	} else {
		v.Choices = append(v.Choices, Meant{PageLink: PageLink{Title: "Its history", URL: address("history", p.String())}})
	}
	return &choiceError{http.StatusNotFound, v}
}

// longDate is how sentences write a day.
const longDate = "2 January 2006"

// choiceError is the answer "what you ask for may be one of these".
type choiceError struct {
	status int
	view   ChoiceView
}

func (c *choiceError) Error() string { return c.view.Lead }

// ask makes the answer for a name that several pages once had.
func (q *request) ask(p wiki.Path, places []history.Place, to func(name string) string) error {
	v := ChoiceView{Base: q.base("Which page do you mean?", "choice")}
	v.Lead = fmt.Sprintf("Several pages were once called “%s”. They have other addresses now.", strings.ToValidUTF8(p.String(), "?"))
	v.NoIndex = true
	for _, at := range places {
		l := PageLink{Title: q.title(at.Path), Path: at.Path.String(), URL: to(at.Path.String())}
		if e, ok := q.view.Entry(at.Path); ok {
			l.Lead = e.Lead
		}
		v.Choices = append(v.Choices, Meant{PageLink: l, Note: "Called so until " + at.Left.Format(longDate)})
	}
	return &choiceError{http.StatusMultipleChoices, v}
}

// moved says where a name leads that no page has now: to the one page that had it, or to several among which the visitor
// must choose. Pages that are gone are not counted.
func (q *request) moved(p wiki.Path) []history.Place {
	return livingIn(q.snap, q.cfg.History.Former(p))
}

// folderMoved is moved for the name of a folder, which means the folder's own page.
func (q *request) folderMoved(p wiki.Path) []history.Place {
	for _, own := range [...]string{"index", "README", "Home"} {
		page, err := wiki.ParsePath(p.String() + "/" + own)
		if err != nil {
			continue
		}
		if places := q.moved(page); len(places) > 0 {
			return places
		}
	}
	return nil
}

// travel makes the form that asks for another day. The days are the committers', for it is by them that ?at= looks.
func (q *request) travel(p wiki.Path, day time.Time) (*Travel, error) {
	t := &Travel{Action: pageURL(p), Day: day, First: q.snap.Time().UTC(), Last: q.snap.Time().UTC()}
	if first, ok := q.cfg.History.First(q.r.Context(), q.cfg.Wiki, p); ok {
		snap, err := q.cfg.Wiki.At(q.r.Context(), first.ID.String())
		if err != nil {
			return nil, err
		}
		t.First = snap.Time().UTC()
	}
	if t.Day.IsZero() || t.Day.Before(t.First) {
		t.Day = t.First
	}
	return t, nil
}

// oldBanner says which version is shown and leads to those around it. The commit asked for may not be one that touched
// the page: then the banner is about the revision that was the newest.
func (q *request) oldBanner(now history.Place, old version, m *moment, title string) *OldBanner {
	p := now.Path
	rev := q.revisionShown(p, old)
	name, id := p.String(), rev.ID.String()
	before, after := q.cfg.History.Around(p, rev.ID)
	banner := &OldBanner{
		Stamp: q.stampOf(rev.Commit), Current: pageURL(p), Base: id, Deleted: now.Gone,
		Diff: address("compare", name, "from", id, "to", q.snap.Commit().String()),
	}
	banner.URL = q.versionURL(p, rev.ID)
	banner.Previous, banner.Next = q.versionURL(p, before), q.versionURL(p, after)
	if q.who.MayEdit {
		banner.RestoreURL = address("restore", name, "revision", id)
	}
	if now.Gone {
		banner.Current, banner.Diff = address("history", name), ""
	}
	blob, _ := q.snap.PageBlob(p)
	banner.Today = !now.Gone && blob == old.page.Blob
	switch {
	case m.key == "at":
		banner.Asked, banner.OnlyDay = m.asked, m.onlyDay
	case m.commit() != rev.ID:
		banner.Asked = m.snap.Time().UTC()
	}
	if today := q.title(p); !now.Gone && (p != old.page.Path || today != title) {
		banner.Title = today
	}
	day := banner.Asked
	if day.IsZero() {
		day = m.snap.Time().UTC()
	}
	if t, err := q.travel(p, day); err == nil {
		banner.Travel = t
	} else {
		q.log.Warn("no dates for an old version", "path", name, "error", err)
	}
	banner.Citation = q.citation(title, rev, old.page.Path)
	return banner
}

// versionURL is the permanent address of a version: under the name that the page had then, which no later page can take.
// There is none for a commit that took the page away, or for no commit.
func (q *request) versionURL(p wiki.Path, commit wiki.ID) string {
	then, ok := q.cfg.History.PathAt(p, commit)
	if !ok {
		return ""
	}
	return address("wiki", then.String(), "rev", commit.String())
}

// citation names a version so that it is found again whatever becomes of the page.
func (q *request) citation(title string, rev wiki.Revision, then wiki.Path) string {
	return oneLine(fmt.Sprintf("“%s”, %s, version of %s UTC (revision %s), %s",
		title, q.site.Name, rev.Time.UTC().Format(longDate+", 15:04"), rev.ID.Short(), q.absolute(address("wiki", then.String(), "rev", rev.ID.String()))))
}

// snapshotAsked gives the Snapshot that ?rev= or ?at= means, or today's, and the site with the forms of that time.
func (q *request) snapshotAsked() (*wiki.Snapshot, *site, error) {
	m, err := q.moment()
	switch {
	case err != nil:
		return nil, nil, err
	case m == nil:
		return q.snap, q.site, nil
	case m.snap == nil:
		return nil, nil, notFound("The wiki was not there at that time.")
	}
	return m.snap, m.site, nil
}

// formerly gives the pages that had a page's address before it, for readers who followed an old link.
func (q *request) formerly(p wiki.Path) []PageLink {
	var list []PageLink
	for _, at := range q.moved(p) {
		list = append(list, PageLink{Title: q.title(at.Path), URL: pageURL(at.Path), Path: at.Path.String(), Time: at.Left})
	}
	return list[:min(len(list), formerShown)]
}

// heirs gives the pages that have a good part of the words of a deleted page, and how many it had. Whatever credit does not
// know is none.
func (q *request) heirs(p wiki.Path) (heirs []credit.Heir, words int) {
	q.await(q.cfg.FollowingCredit, derivedWait)
	key := heirsKey{p, q.credit().Commit(), q.snap.Commit()}
	if kept := q.keptHeirs.Load(); kept != nil && kept.heirsKey == key {
		return kept.heirs, kept.words
	}
	release, err := q.readers.take(q.r.Context())
	if err != nil {
		return nil, 0
	}
	defer release()
	heirs, words, err = q.credit().Heirs(p)
	if err != nil {
		q.log.Warn("no heirs of a deleted page", "path", p.String(), "error", err)
	}
	heirs = slices.DeleteFunc(heirs, func(h credit.Heir) bool {
		return h.Words < heirLeast || float64(h.Words) < heirShare*float64(words) || !q.snap.Has(h.Path)
	})
	heirs = heirs[:min(len(heirs), heirsShown)]
	q.keptHeirs.Store(&keptHeirs{key, heirs, words})
	return heirs, words
}

// keptHeirs are those that were found last: the page that says that nothing was is about them too.
type keptHeirs struct {
	heirsKey
	heirs []credit.Heir
	words int
}

type heirsKey struct {
	path         wiki.Path
	credit, snap wiki.ID
}

// inherited leads from the address of a page that was split or joined with another to where its words are: to the one page
// that has nearly all of them; or the reader is asked, as long as most are there. Otherwise it is missing as it was.
func (q *request) inherited(name string, missing error) error {
	p, err := wiki.ParsePath(canonicalName(name))
	if err != nil || !isMissing(missing) {
		return missing
	}
	heirs, words := q.heirs(p)
	switch whoInherits(heirs, words) {
	case oneHeir:
		return &redirect{http.StatusFound, address("wiki", heirs[0].Path.String(), "from", p.String())}
	case someHeirs:
	default:
		return missing
	}
	v := ChoiceView{Base: q.base("Which page do you mean?", "choice")}
	v.Lead = fmt.Sprintf("“%s” was deleted. What it said stands on other pages now.", readable(p))
	v.NoIndex = true
	for _, h := range heirs {
		l := PageLink{Title: q.title(h.Path), Path: h.Path.String(), URL: pageURL(h.Path)}
		if e, ok := q.view.Entry(h.Path); ok {
			l.Lead = e.Lead
		}
		v.Choices = append(v.Choices, Meant{PageLink: l, Note: fmt.Sprintf("Has about %d of its %d words", about(h.Words), words)})
	}
	v.Choices = append(v.Choices, Meant{PageLink: PageLink{Title: "Its history", URL: address("history", p.String())}})
	return &choiceError{http.StatusMultipleChoices, v}
}

// heritage says how a deleted page left its words.
type heritage int

const (
	lostHeritage heritage = iota // most of them stand nowhere
	oneHeir
	someHeirs
)

func whoInherits(heirs []credit.Heir, words int) heritage {
	all := 0
	for _, h := range heirs {
		all += h.Words
	}
	has := func(n int, share float64) bool { return float64(n) >= share*float64(words) }
	switch {
	case len(heirs) == 0 || !has(all, mostWords):
		return lostHeritage
	case has(heirs[0].Words, nearlyAllWords) && (len(heirs) == 1 || !has(heirs[1].Words, mostWords)):
		return oneHeir
	}
	return someHeirs
}

// deletedNotice says that an address led here because the words of the page that had it stand here.
func (q *request) deletedNotice(from wiki.Path) string {
	if _, gone := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, from); !gone || q.snap.Has(from) {
		return ""
	}
	return fmt.Sprintf("“%s” was deleted. What it said stands here now.", readable(from))
}

// madeAgain puts pages that have the words of a deleted one before others that may be meant.
func (q *request) madeAgain(p wiki.Path, heirs []credit.Heir, near []PageLink) []PageLink {
	var list []PageLink
	for _, h := range heirs {
		if e, ok := q.view.Entry(h.Path); ok {
			list = append(list, link(&e))
		}
	}
	for _, to := range q.cfg.History.SameText(p, formerShown) {
		if e, ok := q.view.Entry(to); ok && q.snap.Has(to) && !slices.ContainsFunc(heirs, func(h credit.Heir) bool { return h.Path == to }) {
			list = append(list, link(&e))
		}
	}
	for _, l := range near {
		if !slices.ContainsFunc(list, func(m PageLink) bool { return m.Path == l.Path }) {
			list = append(list, l)
		}
	}
	return list
}
