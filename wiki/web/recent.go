package web

import (
	"net/http"
	"strconv"
	"time"

	"coppice/wiki"
)

// showRecent answers GET /recent: what changed in the whole wiki, by day.
func (q *request) showRecent() error {
	from := cursor(q.query("from"))
	v := RecentView{Base: q.base("Recent changes", "recent")}
	v.Notice = takeNotice(q.w, q.r)
	v.Behind = q.await(q.cfg.FollowingHistory, derivedWait)
	revs, next, err := q.cfg.History.Recent(q.r.Context(), q.cfg.Wiki, from, recentRows)
	if err != nil {
		return err
	}
	v.Days = q.days(revs)
	if next != 0 {
		v.Older = address("recent", "", "from", strconv.Itoa(int(next)))
	}
	if from != 0 {
		v.Newest, v.NoIndex = "/recent", true
	}
	return q.render(http.StatusOK, "recent", v)
}

// days groups revisions, newest first, by the day they were made on (UTC: visitors sit everywhere).
func (q *request) days(revs []wiki.Revision) []RecentDay {
	var days []RecentDay
	for _, r := range revs {
		day := r.Time.UTC().Truncate(24 * time.Hour)
		if len(days) == 0 || !days[len(days)-1].Day.Equal(day) {
			days = append(days, RecentDay{Day: day})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, q.recentRow(r))
	}
	return days
}

// recentRow shows a change under the address that its page has now.
func (q *request) recentRow(r wiki.Revision) RecentRow {
	p := r.Path
	if to, ok := q.cfg.History.MovedTo(p); ok && !q.snap.Has(p) {
		p = to
	}
	row := RecentRow{HistoryRow: q.historyRow(p, r), HistoryURL: address("history", p.String())}
	row.Page = PageLink{Title: q.title(p), URL: pageURL(p), Path: p.String(), Missing: !q.snap.Has(p)}
	if row.Page.Missing {
		row.Page.URL = row.HistoryURL
	}
	return row
}
