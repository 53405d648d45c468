package web

import (
	"net/url"
	"time"

	"github.com/gorilla/feeds"

	"coppice/wiki"
)

// tagDate is the day on which feeds began to use these ids. RFC 4151 wants one at which the name in the id was owned;
// that it never changes is all that a reader of feeds asks of it.
const tagDate = "2026-01-01"

// atomNamespace is what makes an element one of Atom (RFC 4287, 2).
const atomNamespace = "http://www.w3.org/2005/Atom"

// recentFeed answers GET /recent.atom.
func (q *request) recentFeed() error {
	q.await(q.cfg.FollowingHistory, derivedWait)
	revs, _, err := q.cfg.History.Recent(q.r.Context(), q.cfg.Wiki, 0, feedEntries)
	if err != nil {
		return err
	}
	return q.sendFeed("Recent changes of "+q.site.Name, "/recent.atom", "/recent.atom", revs)
}

// feedURL is the address of a page's feed: /history/PATH.atom, or where that is another page's history, the page's own with
// ?format=atom.
func (q *request) feedURL(p wiki.Path) string {
	if name := p.String() + ".atom"; !q.everHad(name) {
		return address("history", name)
	}
	return address("history", p.String(), "format", "atom")
}

// everHad reports whether a page has a name, or had it.
func (q *request) everHad(name string) bool {
	p, err := wiki.ParsePath(name)
	return err == nil && (q.snap.Has(p) || q.cfg.History.Count(p) > 0)
}

// pageFeed answers with the feed of a page.
func (q *request) pageFeed(name string) error {
	p, err := q.findPast("history", name)
	if err != nil {
		return err
	}
	q.await(q.cfg.FollowingHistory, derivedWait)
	revs, _, err := q.cfg.History.Revisions(q.r.Context(), q.cfg.Wiki, p, 0, feedEntries)
	if err != nil {
		return err
	}
	return q.sendFeed("Changes of "+q.title(p), address("history", p.String()+".atom"), q.feedURL(p), revs)
}

// sendFeed writes revisions as an Atom feed. The library's own entries would get ids from the addresses, which change
// with the host; ours come from the commit, so that no reader sees a change twice. The feed's own is made of id, whatever its address.
func (q *request) sendFeed(title, id, self string, revs []wiki.Revision) error {
	f := &feeds.AtomFeed{
		Xmlns: atomNamespace, Title: title, Id: q.tag(id), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Link: &feeds.AtomLink{Href: q.absolute(self), Rel: "self", Type: "application/atom+xml"},
	}
	for _, r := range revs {
		f.Entries = append(f.Entries, q.feedEntry(r))
	}
	if len(revs) > 0 {
		f.Updated = revs[0].Time.UTC().Format(time.RFC3339)
	}
	body, err := feeds.ToXML(f)
	if err != nil {
		return err
	}
	return q.send(200, "application/atom+xml; charset=utf-8", []byte(body))
}

func (q *request) feedEntry(r wiki.Revision) *feeds.AtomEntry {
	row := q.recentRow(r)
	when := r.Time.UTC().Format(time.RFC3339)
	return &feeds.AtomEntry{
		Title: row.Page.Title + ": " + r.Summary, Updated: when, Published: when,
		Id:      q.tag("/" + r.ID.String() + "/" + r.Path.String()),
		Links:   []feeds.AtomLink{{Href: q.absolute(row.Diff), Rel: "alternate", Type: "text/html"}},
		Summary: &feeds.AtomSummary{Content: r.Text(), Type: "text"},
		Author:  &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: q.shown(r.Author)}},
	}
}

// tag makes an id that stays the same wherever the wiki is served from, as long as BaseURL names the same host.
func (q *request) tag(path string) string {
	host := "coppice.invalid"
	if q.baseURL != nil {
		host = q.baseURL.Hostname()
	}
	return "tag:" + host + "," + tagDate + ":" + (&url.URL{Path: path}).EscapedPath()
}
