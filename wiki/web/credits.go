package web

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/markdown"
)

// tones is how many colours charts of people have; further people share one more.
const tones = 5

// creditHelp is the page of a new wiki that says how credit is worked out.
const creditHelp = "help/credits"

// toneOf numbers the colour of the person in place i.
func toneOf(i int) string { return strconv.Itoa(min(i, tones) + 1) }

// pageCredits says below a page whose words it is. While the index does not know the text yet, it is what stood before;
// if it does not know the page, what history tells. No page waits for it.
func (q *request) pageCredits(page wiki.Page, b *body, v *PageView) {
	kept, ok := q.knownCredits(page)
	discussed := q.participants(b.people[:min(len(b.people), participantsShown)])
	if !ok {
		c := PageCredits{Created: v.Created.Time, CreatedURL: v.Created.URL, Behind: true, Participants: discussed}
		if v.Created.Author != "" {
			c.Original = []CreditName{{Name: v.Created.Author}}
		}
		text, err := json.Marshal(c)
		if err != nil {
			return // nothing in it can fail
		}
		kept = keptCredits{credits: c, print: string(text)}
	}
	c := kept.credits
	c.URL = address("credits", page.Path.String())
	c.Participants, c.MoreParticipants = discussed, len(b.people)-len(discussed)
	v.Credits, v.CreditsPrint = &c, kept.print
}

// keptCredits are the credits of a page's newest version, which hold as long as its mark does.
type keptCredits struct {
	mark    credit.Mark
	credits PageCredits
	print   string // a number that no others have: writing them out for the view's fingerprint would cost more than they do
}

// knownCredits gives what the index says of a page, and whether it says anything. Nothing is counted again while
// nothing has changed: after an edit of one page, all others are put together anew.
func (q *request) knownCredits(page wiki.Page) (keptCredits, bool) {
	if q.cfg.Credit.Reached().IsZero() { // its file is being read
		return keptCredits{}, false
	}
	mark, ok := q.credit().Mark(page)
	if kept, there := q.credits.GetIfPresent(page.Path); ok && there && kept.mark == mark {
		return kept, true
	}
	known, err := q.credit().Footer(page, revisionsShown)
	if err != nil {
		q.noteCredit(page, err)
		if page.Commit != q.snap.Commit() {
			return keptCredits{}, false
		}
		if known, ok = q.credit().LatestFooter(page.Path, revisionsShown); !ok {
			return keptCredits{}, false
		}
	}
	c := newPageCredits(page.Path, known)
	c.Behind = err != nil
	kept := keptCredits{mark, c, strconv.FormatUint(q.counted.Add(1), 10)}
	if !c.Behind && page.Commit == q.snap.Commit() {
		q.credits.Set(page.Path, kept)
	}
	return kept, true
}

func newPageCredits(p wiki.Path, known *credit.Footer) PageCredits {
	c := PageCredits{
		Original: creditNamesOf(known.Original), Created: known.Created, CreatedURL: address("wiki", p.String(), "rev", known.CreatedIn.String()),
	}
	c.Shares, c.Others, c.OthersPercent = topShares(known.Shares)
	c.Bar = barOf(known.Shares)
	for _, r := range known.Reviewers[:min(len(known.Reviewers), reviewersShown)] {
		c.Reviewers = append(c.Reviewers, nameOf(r.Person))
	}
	c.MoreReviewers = len(known.Reviewers) - len(c.Reviewers)
	for _, r := range known.Revised {
		c.Revised = append(c.Revised, CreditMoment{r.Time, changeURL(p, r)})
	}
	return c
}

// noteCredit logs what keeps credit from being known, unless it is only on its way.
func (q *request) noteCredit(page wiki.Page, err error) {
	if !errors.Is(err, credit.ErrBehind) {
		q.log.Error("a page has no credits", "path", page.Path.String(), "error", err)
	}
}

func nameOf(p *credit.Person) CreditName {
	n := CreditName{Name: p.Name}
	if p.Slug != "" {
		n.URL = address("contributors", p.Slug)
	}
	return n
}

func creditNamesOf(people []*credit.Person) []CreditName {
	var list []CreditName
	for _, p := range people {
		list = append(list, nameOf(p))
	}
	return list
}

// standing gives those who have words in the text. They come first.
func standing(shares []credit.Share) []credit.Share {
	n := slices.IndexFunc(shares, func(s credit.Share) bool { return s.Words <= 0 })
	if n < 0 {
		return shares
	}
	return shares[:n]
}

// topShares gives the first few shares, how many there are besides, and what those come to.
func topShares(shares []credit.Share) (list []CreditShare, others int, percentage string) {
	for i, s := range shares[:min(len(shares), creditsShown)] {
		list = append(list, CreditShare{CreditName: nameOf(s.Person), Percent: percent(s.Share), Tone: toneOf(i)})
	}
	rest := 0.0
	for _, s := range shares[len(list):] {
		rest += s.Share
	}
	return list, len(shares) - len(list), percent(rest)
}

// barOf cuts a bar into shares, with a gap between two. Those without a colour of their own are one piece at its end; a
// piece that is too short to be seen is left out.
func barOf(shares []credit.Share) []BarPart {
	const whole, gap = 1000, 4
	var bar []BarPart
	at, sum := 0, 0.0
	for i, s := range shares {
		sum += s.Share
		end, last := int(math.Round(whole*sum)), i == len(shares)-1 || i == tones
		if last {
			end = whole
		}
		if end-at > gap {
			width := end - at - gap
			if last {
				width = end - at
			}
			bar = append(bar, BarPart{Path: barPath(at, width), Tone: toneOf(i)})
			at = end
		}
		if last {
			break
		}
	}
	return bar
}

func barPath(x, width int) string {
	b := strconv.AppendInt([]byte{'M'}, int64(x), 10)
	b = strconv.AppendInt(append(b, " 0v10h"...), int64(width), 10)
	return string(append(b, "v-10z"...))
}

// percent shows a share; one that is neither nothing nor all is never shown as such.
func percent(share float64) string {
	n := math.Round(100 * share)
	switch {
	case share > 0 && n < 1:
		return "under 1\u00a0%"
	case share < 1-1e-9 && n > 99:
		return "over 99\u00a0%"
	}
	return strconv.Itoa(int(n)) + "\u00a0%"
}

// wordCount rounds a number of words, which may be shared, to one that is only nothing if it is.
func wordCount(words float64) int {
	if words > 0 && words < 1 {
		return 1
	}
	return int(math.Round(words))
}

// creditChanges lists the newest substantial revisions, newest first, and counts those that it leaves out. That a page
// was begun is said elsewhere.
func creditChanges(p wiki.Path, revisions []credit.Revision, limit int) (list []CreditChange, more int) {
	for i := len(revisions) - 1; i > 0; i-- {
		r := &revisions[i]
		if !r.Substantial {
			continue
		}
		if len(list) == limit {
			more++
			continue
		}
		list = append(list, CreditChange{
			Time: r.Time, URL: changeURL(p, *r), Authors: creditNamesOf(r.Authors), Kind: r.Kind.String(),
			Words: r.Words, Added: r.Added, Removed: r.Removed,
		})
	}
	return list, more
}

// changeURL leads to what a revision changed.
func changeURL(p wiki.Path, r credit.Revision) string {
	return address("compare", p.String(), "to", r.Commit.String())
}

func participantsOf(doc *markdown.Document) []Participant {
	var list []Participant
	for _, p := range doc.FrontMatter.Participants {
		list = append(list, Participant(p))
	}
	return list
}

// participants gives the people of a discussion as they may be named. Where no file says who opted out, credit is not
// asked.
func (q *request) participants(people []Participant) []Participant {
	if _, ok := q.snap.FileID(credit.RulesFile); !ok || len(people) == 0 {
		return people
	}
	shown := slices.Clone(people)
	for i := range shown {
		shown[i].Name = q.credit().ShownName(shown[i].Name)
	}
	return shown
}

// credited is what a request for credits is about.
type credited struct {
	path    wiki.Path // of today, or the last one
	gone    bool      // it is not there today
	page    wiki.Page // the version meant
	old     *Stamp    // of it, when ?rev= or ?at= asks for one
	rev     string    // the commit that is meant, or ""
	doc     *markdown.Document
	section *part // that ?section= means, or nil
	credits *credit.Credits
	behind  bool // credits are of what stood before, or empty
}

// part is a heading of a page with what stands under it.
type part struct {
	markdown.Heading
	credit.Span
	question bool
}

// showCredits answers GET /credits/PATH, with ?rev= or ?at= those of an older version, with ?section=ANCHOR those of a part of
// the page, and with ?format= only the text to paste.
func (q *request) showCredits() error {
	c, err := q.creditsAsked()
	if err != nil {
		return err
	}
	if format := q.query("format"); format != "" {
		return q.sendAttribution(c, format)
	}
	return q.render(http.StatusOK, "credits", q.creditsView(c))
}

// oldStamp says of a version that a moment has who left it so and when, and leads to it.
func (q *request) oldStamp(now wiki.Path, page wiki.Page, m *moment) (*Stamp, error) {
	commit, err := q.cfg.Wiki.Revision(q.r.Context(), m.commit().String())
	if err != nil {
		return nil, err
	}
	stamp := q.sideStamp(now, version{page, *commit})
	return &stamp, nil
}

func (q *request) creditsAsked() (*credited, error) {
	now, page, m, err := q.pageAsked("credits")
	if err != nil {
		return nil, err
	}
	c := &credited{path: now.Path, gone: now.Gone, page: page}
	if m != nil {
		c.rev = m.commit().String()
		if c.old, err = q.oldStamp(c.path, page, m); err != nil {
			return nil, err
		}
	}
	release, err := q.readers.take(q.r.Context())
	if err != nil {
		return nil, err
	}
	c.doc = q.site.parse(c.page.Source)
	release()
	if anchor := q.query("section"); anchor != "" {
		c.section = sectionOf(c.doc, anchor)
		if now, was := q.sectionNow(c.page, anchor); c.section == nil && c.rev == "" && was {
			return nil, &redirect{http.StatusFound, c.address("section", now, "format", q.query("format"))}
		}
		if c.section == nil {
			return nil, notFound("This page has no question and no section of that address. It may have been renamed or taken out since; the page’s history knows.")
		}
	}
	q.await(q.cfg.FollowingCredit, derivedWait)
	if c.section != nil {
		c.credits, err = q.credit().CreditsOf(c.page, c.section.Span.Start, c.section.Span.End)
	} else {
		c.credits, err = q.credit().Credits(c.page)
	}
	if err != nil {
		q.noteCredit(c.page, err)
		c.behind, c.credits = true, &credit.Credits{}
		if known, ok := q.credit().Latest(c.path); ok && c.section == nil && c.rev == "" {
			c.credits = known
		}
	}
	return c, nil
}

// partsOf gives the headings of a page with what stands under each; of a question that is its answer.
func partsOf(doc *markdown.Document) []part {
	answers := make(map[string]credit.Span, len(doc.Questions))
	for _, a := range doc.Questions {
		answers[a.Anchor] = credit.Span{Start: a.Start, End: a.End}
	}
	parts := make([]part, 0, len(doc.Outline))
	for _, h := range doc.Outline {
		p := part{Heading: h, Span: credit.Span{Start: h.Start, End: h.SectionEnd}}
		if span, ok := answers[h.Anchor]; ok {
			p.Span, p.question = span, true
		}
		parts = append(parts, p)
	}
	return parts
}

// sectionOf finds the part of a page that has an anchor.
func sectionOf(doc *markdown.Document, anchor string) *part {
	parts := partsOf(doc)
	if i := slices.IndexFunc(parts, func(p part) bool { return p.Anchor == anchor }); i >= 0 {
		return &parts[i]
	}
	for _, a := range doc.Questions { // one that is no heading of the outline
		if a.Anchor == anchor {
			return &part{Heading: markdown.Heading{Text: a.Text, Anchor: a.Anchor}, Span: credit.Span{Start: a.Start, End: a.End}, question: true}
		}
	}
	return nil
}

func (q *request) creditsView(c *credited) CreditsView {
	title := c.doc.Title
	if title == "" {
		title = readable(c.path)
	}
	name := c.path.String()
	v := CreditsView{
		Base: q.base("Credits of "+title, "credits"), Tabs: q.tabs(c.path, "credits"), Crumbs: q.crumbs(c.path, true), Path: name,
		Old: c.old, Behind: c.behind, Words: c.credits.Words, Uncredited: c.credits.Uncredited,
	}
	v.Canonical, v.NoIndex = c.today(), c.old != nil || c.section != nil || q.query("from") != ""
	if c.old != nil || c.section != nil {
		v.Today = c.today()
	}
	if c.gone {
		v.Canonical = c.address()
	}
	if help, err := wiki.ParsePath(creditHelp); err == nil && q.snap.Has(help) {
		v.Help = pageURL(help)
	}
	known := c.credits
	v.Bar = barOf(standing(known.Contributors))
	q.listPeople(&v, c)
	if c.section != nil {
		v.Title = "Credits of “" + c.section.Text + "”"
		v.Section = &CreditSection{Text: c.section.Text, Question: c.section.question, URL: c.versionURL() + fragment(c.section.Anchor)}
		v.Texts = q.attributionTexts(c)
		return v
	}
	v.Original, v.Created, v.Participants = creditNamesOf(known.Original), known.Created, q.participants(participantsOf(c.doc))
	if !known.Created.IsZero() {
		v.CreatedURL = q.versionURL(c.path, known.CreatedIn)
	}
	for _, r := range known.Reviewers[:min(len(known.Reviewers), creditRows)] {
		v.Reviewers = append(v.Reviewers, CreditReview{CreditName: nameOf(r.Person), Reviews: r.Reviews, Last: r.Last})
	}
	v.Revisions = len(known.Revisions)
	v.Changes, v.MoreChanges = creditChanges(c.path, known.Revisions, creditChangeRows)
	v.Chart = sizeChart(known.Revisions, time.Now())
	if !c.behind {
		q.listSections(&v, c)
	}
	v.Texts = q.attributionTexts(c)
	return v
}

// name is that under which the version that c is about is found: its own at its revision.
func (c *credited) name() string {
	if c.rev != "" {
		return c.page.Path.String()
	}
	return c.path.String()
}

// versionURL is the address of the version that c is about.
func (c *credited) versionURL() string { return address("wiki", c.name(), "rev", c.rev) }

// today is the address of today's credits of the page; "" when it is gone.
func (c *credited) today() string {
	if c.gone {
		return ""
	}
	return address("credits", c.path.String())
}

// address gives an address of the same credits with another part, format or place in the list.
func (c *credited) address(pairs ...string) string {
	return address("credits", c.name(), append(pairs, "rev", c.rev)...)
}

// listPeople shows a part of the people. In a section only those count who have words in it.
func (q *request) listPeople(v *CreditsView, c *credited) {
	people := c.credits.Contributors
	if c.section != nil {
		people = standing(people)
	}
	from := 0
	if n, err := strconv.Atoi(q.query("from")); err == nil && n > 0 {
		from = min(n, len(people))
	}
	shown := people[from:min(from+creditRows, len(people))]
	v.Others = len(people) - len(shown)
	anchor := q.query("section")
	if from > 0 {
		v.Newest = c.address("section", anchor)
	}
	if next := from + len(shown); next < len(people) {
		v.Older = c.address("section", anchor, "from", strconv.Itoa(next))
	}
	longest := 1.0
	for _, s := range people {
		longest = max(longest, s.Words, s.Added)
	}
	length := func(words float64) int { return int(math.Round(1000 * words / longest)) }
	for i, s := range shown {
		v.People = append(v.People, CreditRow{
			CreditName: nameOf(s.Person), Tone: toneOf(from + i), Words: wordCount(s.Words), Percent: percent(s.Share), Added: wordCount(s.Added),
			Edits: s.Edits, First: s.First, Last: s.Last, Stand: length(s.Words), Brought: length(s.Added),
		})
	}
}

// listSections shows whose words each question and section is made of.
func (q *request) listSections(v *CreditsView, c *credited) {
	parts := partsOf(c.doc)
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.Level == 1 && p.Text == c.doc.Title }) // that is the page
	v.MoreSections = max(0, len(parts)-creditSections)
	parts = parts[:len(parts)-v.MoreSections]
	spans := make([]credit.Span, len(parts))
	top := 6
	for i, p := range parts {
		spans[i] = p.Span
		top = min(top, p.Level)
	}
	known, err := q.credit().Parts(c.page, spans)
	if err != nil {
		q.noteCredit(c.page, err)
		return
	}
	for i, p := range parts {
		s := CreditSection{
			Level: p.Level - top + 1, Text: p.Text, Question: p.question, URL: c.versionURL() + fragment(p.Anchor),
			Credits: c.address("section", p.Anchor), Words: known[i].Words, Bar: barOf(known[i].Shares),
		}
		s.Shares, s.Others, _ = topShares(known[i].Shares)
		v.Sections = append(v.Sections, s)
	}
}

// firstDay is the earliest day that a chart shows: clocks that were never set say 1970.
var firstDay = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// sizeChart draws how many words a page had when. Clocks may have been wrong: the line never runs back, and nothing is
// later than now. It is nil for a page with fewer than two revisions.
func sizeChart(revisions []credit.Revision, now time.Time) *SizeChart {
	const width, height, edge = 640, 140, 6
	if len(revisions) < 2 {
		return nil
	}
	g := &SizeChart{Width: width, Height: height}
	times := make([]time.Time, len(revisions))
	for i, r := range revisions {
		t := r.Time
		if t.Before(firstDay) {
			t = firstDay
		}
		if t.After(now) {
			t = now
		}
		if i > 0 && t.Before(times[i-1]) {
			t = times[i-1]
		}
		times[i] = t
		g.Most = max(g.Most, r.Words)
	}
	g.First, g.Last = times[0], times[len(times)-1]
	whole := g.Last.Sub(g.First).Seconds()
	x := func(i int) int {
		if whole <= 0 { // all at once: one step for each
			return edge + i*(width-2*edge)/(len(revisions)-1)
		}
		return edge + int(math.Round((width-2*edge)*times[i].Sub(g.First).Seconds()/whole))
	}
	y := func(words int) int { return height - edge - (height-2*edge)*words/max(g.Most, 1) }
	var line []byte
	step := max(1, (len(revisions)+chartPoints-1)/chartPoints)
	for i, r := range revisions {
		last := i == len(revisions)-1
		if i%step == 0 || last {
			if len(line) == 0 {
				line = append(line, 'M')
			} else {
				line = strconv.AppendInt(append(line, 'H'), int64(x(i)), 10)
				line = strconv.AppendInt(append(line, 'V'), int64(y(r.Words)), 10)
				continue
			}
			line = strconv.AppendInt(line, int64(x(i)), 10)
			line = strconv.AppendInt(append(line, ' '), int64(y(r.Words)), 10)
		}
	}
	g.Line = string(line)
	g.Area = g.Line + "V" + strconv.Itoa(height-edge) + "H" + strconv.Itoa(edge) + "Z"
	for i := len(revisions) - 1; i > 0 && len(g.Dots) < creditChangeRows; i-- {
		if revisions[i].Substantial {
			g.Dots = append(g.Dots, ChartDot{x(i), y(revisions[i].Words)})
		}
	}
	return g
}
