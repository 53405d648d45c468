package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/history"
)

// showPage answers GET /wiki/PATH: today's version, ?rev=REVISION or ?at=DATE.
func (q *request) showPage() error {
	name := q.rest("wiki")
	if strings.Trim(name, "/") == "" {
		return &redirect{http.StatusFound, "/"}
	}
	if rev, at := q.query("rev"), q.query("at"); rev != "" || at != "" {
		return q.showOld()
	}
	p, err := q.find("wiki", name)
	if err != nil {
		return q.inherited(name, err)
	}
	page, err := q.snap.Page(p)
	if err != nil {
		return err
	}
	b, err := q.body(page)
	if err != nil {
		return err
	}
	if to, ok := q.redirection(p, b); ok && q.query("redirect") != "no" {
		return &redirect{http.StatusFound, address("wiki", to.String(), "from", p.String())}
	}
	v := q.pageView(page, b)
	known, done := q.anchors(page)
	if known != nil {
		v.TitleWas, v.Lost = known.of[b.titleAnchor], known.lost
	}
	v.introduce(b)
	q.stampTranslation(&v, p)
	v.Notice = takeNotice(q.w, q.r)
	if from, err := wiki.ParsePath(q.query("from")); err == nil {
		if v.Moved = q.deletedNotice(from); q.snap.Has(from) {
			v.Moved = "Redirected from " + q.title(from)
		}
	}
	if v.Notice != nil || q.r.URL.RawQuery != "" || pageURL(p) != q.r.URL.EscapedPath() {
		v.Canonical = pageURL(p)
		if v.Notice != nil {
			q.w.Header().Set("Cache-Control", "no-store")
		}
		return q.render(http.StatusOK, "page", v)
	}
	if !done {
		return q.render(http.StatusOK, "page", v) // not to be kept: it will look otherwise in a moment
	}
	c, err := q.cached("page", v, b.print)
	if err != nil {
		return err
	}
	c.send(q.w, q.r)
	return nil
}

// find gives the living page that a name in an address means, or the redirect or error that says where it is.
func (q *request) find(verb, name string) (wiki.Path, error) {
	p, err := wiki.ParsePath(name)
	if err == nil && p.String() == name && q.snap.Has(p) {
		return p, nil
	}
	if c := canonicalName(name); c != name && c != "" {
		return wiki.Path{}, q.redirectTo(http.StatusMovedPermanently, verb, c)
	}
	if err != nil {
		return wiki.Path{}, &missingPageError{name, err}
	}
	q.await(q.cfg.FollowingHistory, derivedWait) // the page may have been renamed a moment ago
	places := q.moved(p)
	if _, gone := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, p); gone && len(places) == 0 {
		return wiki.Path{}, &missingPageError{name: name}
	}
	to, ok := q.snap.Lookup(name)
	if !ok && len(places) == 0 {
		places = q.folderMoved(p)
	}
	switch {
	case len(places) == 1:
		return wiki.Path{}, q.redirectTo(http.StatusMovedPermanently, verb, places[0].Path.String())
	case len(places) > 1:
		return wiki.Path{}, q.ask(p, places, func(to string) string { return q.sameOf(verb, to) })
	}
	if !ok {
		to, ok = q.view.ByTitle(name)
		ok = ok && q.snap.Has(to)
	}
	if ok {
		return wiki.Path{}, q.redirectTo(http.StatusFound, verb, to.String())
	}
	if verb == "wiki" && q.snap.HasPagesIn(name) {
		return wiki.Path{}, &redirect{http.StatusFound, folderURL(name)}
	}
	return wiki.Path{}, &missingPageError{name: name}
}

// redirectTo keeps the query: ?at= and the like hold at the other address too.
func (q *request) redirectTo(status int, verb, name string) error {
	return &redirect{status, q.sameOf(verb, name)}
}

// sameOf is the address at which another page is asked for the same.
func (q *request) sameOf(verb, name string) string {
	u := url.URL{Path: "/" + verb + "/" + name, RawQuery: q.r.URL.RawQuery}
	return u.String()
}

// redirection follows redirect_to in front matter, through several pages if need be. A circle leads nowhere, and then
// the page itself is shown.
func (q *request) redirection(p wiki.Path, b *body) (wiki.Path, bool) {
	at, next := p, b.redirect
	for range maxRedirects {
		if next == "" {
			return at, at != p
		}
		to, ok := q.snap.LookupFrom(at, next)
		if !ok {
			return at, at != p
		}
		if to == p {
			break
		}
		page, err := q.snap.Page(to)
		if err != nil {
			return wiki.Path{}, false
		}
		at, next = to, q.site.parse(page.Source).FrontMatter.RedirectTo
	}
	return wiki.Path{}, false
}

// pageView puts a page together from its body and what the indexes say of it. An index that is behind, or empty, takes
// something off the margin; the text is always there.
func (q *request) pageView(page wiki.Page, b *body) PageView {
	p := page.Path
	v := PageView{
		Base: q.base(b.title, "page"), Tabs: q.tabs(p, "read"), Crumbs: q.crumbs(p, false), Path: p.String(),
		PageLang: b.lang, Body: b.html, TitleAnchor: b.titleAnchor, TOC: b.toc, Aliases: b.aliases,
		Categories: keywordLinks(b.keywords), ReviewBy: b.reviewBy,
	}
	if v.Title == "" {
		v.Title = readable(p)
	}
	if q.who.MayEdit {
		v.Problems = b.problems
		v.EditSection = address("edit", p.String()) + "?section="
	}
	v.Feed = v.Tabs.Feed
	v.Backlinks = links(q.view.Backlinks(p), backlinksShown)
	v.Related = q.relatedTo(p, b)
	v.Formerly = q.formerly(p)
	q.stampPage(&v, page)
	q.pageCredits(page, b, &v)
	return v
}

func keywordLinks(keywords []string) []Category {
	var list []Category
	for _, k := range keywords {
		list = append(list, Category{Name: k, URL: address("categories", k)})
	}
	return list
}

// stampPage says who changed the page last, who began it, and how often it changed.
func (q *request) stampPage(v *PageView, page wiki.Page) {
	ctx, h := q.r.Context(), q.cfg.History
	last, ok := h.Latest(ctx, q.cfg.Wiki, page.Path)
	if !ok || last.Blob != page.Blob {
		q.await(q.cfg.FollowingHistory, stampWait)
		if last, ok = h.Latest(ctx, q.cfg.Wiki, page.Path); !ok || last.Blob != page.Blob {
			return
		}
	}
	v.Updated = q.versionStamp(last)
	v.Revisions = h.Count(page.Path)
	if first, ok := h.First(ctx, q.cfg.Wiki, page.Path); ok {
		v.Created = q.versionStamp(first)
	}
}

// stampOf says who made a commit, when and why.
func (q *request) stampOf(c wiki.Commit) Stamp {
	return Stamp{Time: c.Time, Author: q.shown(c.Author), Summary: c.Summary, Revision: c.ID.Short()}
}

// shown gives the name under which somebody may be shown. Where no file says who opted out, credit is not asked.
func (q *request) shown(c wiki.Contributor) string {
	if _, ok := q.snap.FileID(credit.RulesFile); !ok {
		return c.Name
	}
	return q.credit().Shown(c)
}

// versionStamp is a stamp that leads to the page as of a revision.
func (q *request) versionStamp(r wiki.Revision) Stamp {
	s := q.stampOf(r.Commit)
	s.Author, s.AuthorURL = q.authored(r.Commit)
	s.URL = address("wiki", r.Path.String(), "rev", r.ID.String())
	return s
}

// version is a page as it was at one commit.
type version struct {
	page   wiki.Page
	commit wiki.Commit
}

// versionAt gives the version that a page had at a commit, whatever the page was called then. name is a path that the
// page has or had. The error is of Kind NotFound when there was none.
func (q *request) versionAt(name wiki.Path, rev string) (version, error) {
	ctx := q.r.Context()
	commit, err := q.cfg.Wiki.Revision(ctx, rev)
	if err != nil {
		return version{}, err
	}
	snap, err := q.cfg.Wiki.At(ctx, rev)
	if err != nil {
		return version{}, err
	}
	p, err := q.pathAt(ctx, snap, name)
	if err != nil {
		return version{}, err
	}
	page, err := snap.Page(p)
	return version{page, *commit}, err
}

// pathAt gives the path that a page had in an older Snapshot: the one of its line at that commit. Where history does not
// know the commit, it is its own, or the newest of those it had before.
func (q *request) pathAt(ctx context.Context, snap *wiki.Snapshot, p wiki.Path) (wiki.Path, error) {
	if then, ok := q.cfg.History.PathAt(p, snap.Commit()); ok && snap.Has(then) {
		return then, nil
	}
	if snap.Has(p) {
		return p, nil
	}
	var from history.Cursor
	for {
		revs, next, err := q.cfg.History.Revisions(ctx, q.cfg.Wiki, p, from, history.MaxLimit)
		if err != nil {
			return wiki.Path{}, err
		}
		for _, r := range revs {
			if r.Kind == wiki.Renamed && snap.Has(r.From) {
				return r.From, nil
			}
		}
		if from = next; next == 0 {
			return wiki.Path{}, notFound("The page was not there at that time.")
		}
	}
}

// revisionShown gives the revision that made a version, as far as the index knows.
func (q *request) revisionShown(p wiki.Path, old version) wiki.Revision {
	shown := wiki.Revision{Commit: old.commit, Path: old.page.Path, Blob: old.page.Blob}
	var from history.Cursor
	for {
		revs, next, err := q.cfg.History.Revisions(q.r.Context(), q.cfg.Wiki, p, from, history.MaxLimit)
		if err != nil {
			return shown
		}
		// The list is newest first. The commit itself, or else the first of that text not later than it, made the version.
		for _, r := range revs {
			if r.ID == old.commit.ID || (r.Blob == old.page.Blob && !r.Time.After(old.commit.Time)) {
				return r
			}
		}
		if from = next; next == 0 {
			return shown
		}
	}
}

// showRaw answers GET /raw/PATH with the Markdown itself, without instructions of the page's form.
func (q *request) showRaw() error {
	_, page, _, err := q.pageAsked("raw")
	if err != nil {
		return err
	}
	source, err := q.sourceFor(q.site, page.Source)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Security-Policy", filePolicy)
	return q.send(http.StatusOK, textType, source)
}

// isMissing reports whether err says that a page is not there, and not that its name is impossible or that it moved.
func isMissing(err error) bool {
	var missing *missingPageError
	return errors.As(err, &missing) && missing.cause == nil
}
