package web

import (
	"net/http"
	"strconv"
	"strings"

	"coppice/wiki"
	"coppice/wiki/history"
)

// showHistory answers GET /history/PATH, and the feed at feedURL. A page that is gone has its history still.
func (q *request) showHistory() error {
	name := q.rest("history")
	if q.query("format") == "atom" {
		return q.pageFeed(name)
	}
	if feedOf, isFeed := strings.CutSuffix(name, ".atom"); isFeed && !q.everHad(name) {
		return q.pageFeed(feedOf)
	}
	p, err := q.findPast("history", name)
	if err != nil {
		return err
	}
	from := cursor(q.query("from"))
	v := HistoryView{
		Base: q.base("History of "+q.title(p), "history"), Tabs: q.tabs(p, "history"), Crumbs: q.crumbs(p, true), Path: p.String(),
		Deleted: !q.snap.Has(p), CompareURL: address("compare", p.String()), RemovedURL: address("removed", p.String()),
	}
	v.NoIndex, v.Feed, v.Notice = true, v.Tabs.Feed, takeNotice(q.w, q.r)
	v.Behind = q.await(q.cfg.FollowingHistory, derivedWait)
	revs, next, err := q.cfg.History.Revisions(q.r.Context(), q.cfg.Wiki, p, from, historyRows)
	if err != nil && (!v.Behind || wiki.KindOf(err) != wiki.NotFound) {
		return err
	}
	for _, r := range revs {
		v.Rows = append(v.Rows, q.historyRow(p, r))
	}
	if from == 0 && len(v.Rows) > 0 && !v.Deleted {
		v.Rows[0].Current = true
	}
	v.Total = q.cfg.History.Count(p)
	if v.Travel, err = q.travel(p, q.snap.Time()); err != nil {
		return err
	}
	if next != 0 {
		v.Older = address("history", p.String(), "from", strconv.Itoa(int(next)))
	}
	if from != 0 {
		v.Newest = address("history", p.String())
	}
	if v.Deleted && q.who.MayEdit {
		if gone, ok := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, p); ok {
			v.RestoreURL = address("restore", p.String(), "revision", gone.Last.String())
		}
	}
	if v.Notice != nil || v.Behind || q.r.URL.RawQuery != "" || address("history", p.String()) != q.r.URL.EscapedPath() {
		return q.render(http.StatusOK, "history", v)
	}
	c, err := q.cached("history", v, fingerprint{})
	if err != nil {
		return err
	}
	c.send(q.w, q.r)
	return nil
}

// findPast is find for views that also make sense for a page that is gone, or that the indexes do not know yet.
func (q *request) findPast(verb, name string) (wiki.Path, error) {
	p, err := q.find(verb, name)
	if !isMissing(err) {
		return p, err
	}
	p, parseErr := wiki.ParsePath(name)
	if parseErr != nil || q.cfg.History.Count(p) == 0 {
		return wiki.Path{}, err
	}
	return p, nil
}

func cursor(s string) history.Cursor {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return history.Cursor(n)
}

// historyRow shows one revision of the page that is at p now.
func (q *request) historyRow(p wiki.Path, r wiki.Revision) HistoryRow {
	row := HistoryRow{
		Stamp: q.versionStamp(r), ID: r.ID.String(), Kind: r.Kind.String(), Delta: r.Delta, Size: r.Size, MergedFrom: r.Merge,
		Diff: address("compare", p.String(), "to", r.ID.String()),
	}
	if r.Kind == wiki.Deleted {
		row.URL = "" // there is no version to show
	} else {
		row.URL = address("wiki", r.Path.String(), "rev", r.ID.String()) // p may have been another page's name then
	}
	if r.Kind == wiki.Renamed {
		row.From = r.From.String()
	}
	for _, c := range r.CoAuthors {
		row.CoAuthors = append(row.CoAuthors, q.shown(c))
	}
	if r.Kind == wiki.Modified && q.snap.Has(p) {
		row.Revert = q.revertURL(p, r)
	}
	return row
}

func (q *request) revertURL(p wiki.Path, r wiki.Revision) string {
	if !q.who.MayEdit || r.Kind != wiki.Modified {
		return ""
	}
	return address("revert", p.String(), "revision", r.ID.String())
}
