package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
)

// request is one visitor's question, with the one Snapshot that it is answered from.
type request struct {
	*Server
	w    http.ResponseWriter
	r    *http.Request
	snap *wiki.Snapshot
	view *catalog.View
	now  generation // that snap and view are of
	who  identity
	site *site

	creditView *credit.View  // made when it is first asked for
	former     *foundAnchors // of the page that was asked for last

	around *search.Neighbours // what the view shows of them, or nil
}

func (s *Server) newRequest(w http.ResponseWriter, r *http.Request) *request {
	now := s.generation()
	q := &request{Server: s, w: w, r: r, snap: now.snap, view: now.view, now: now, who: s.identify(r)}
	q.site = s.siteOf(now)
	return q
}

// rest gives what stands after "/verb/" in the address, unescaped.
func (q *request) rest(verb string) string { return strings.TrimPrefix(q.r.URL.Path, "/"+verb+"/") }

// query gives a value of the address's query.
func (q *request) query(key string) string { return q.r.URL.Query().Get(key) }

// reads reports whether the request changes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// await waits a little for an index to reflect the newest save, and reports whether it still does not.
func (q *request) await(f *wiki.Following, limit time.Duration) (behind bool) {
	if f == nil || !f.Behind() {
		return false
	}
	ctx, cancel := context.WithTimeout(q.r.Context(), limit)
	defer cancel()
	return f.Await(ctx) != nil
}

// credit gives who wrote what, as of the request's Snapshot.
func (q *request) credit() *credit.View {
	if q.creditView == nil {
		q.creditView = q.cfg.Credit.View(q.cfg.Wiki, q.snap)
	}
	return q.creditView
}

// render answers with a view of the theme.
func (q *request) render(status int, view string, data any) error {
	var buf bytes.Buffer
	if err := q.cfg.Theme.Render(&buf, view, data); err != nil {
		return err
	}
	return q.send(status, htmlType, buf.Bytes())
}

// see sends the visitor to another address after something was done, where code's notice is shown.
func (q *request) see(to, code string) error {
	leaveNotice(q.w, code)
	if code != "unchanged" {
		q.metrics.saves.WithLabelValues(strings.TrimSuffix(code, "-new")).Inc()
	}
	q.w.Header().Set("Location", to)
	q.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// title gives a page's title as the catalog knows it, or its name made readable.
func (q *request) title(p wiki.Path) string { return q.view.Title(p) }

// link makes a link to a page from what the catalog says of it.
func link(e *catalog.Entry) PageLink {
	return PageLink{Title: e.Title, URL: pageURL(e.Path), Path: e.Path.String(), Lead: e.Lead}
}

func links(entries []*catalog.Entry, limit int) []PageLink {
	var list []PageLink
	for _, e := range entries[:min(limit, len(entries))] {
		list = append(list, link(e))
	}
	return list
}

// lastChange says when a page changed last, as far as the index knows.
func (q *request) lastChange(p wiki.Path) (time.Time, bool) {
	_, t, ok := q.cfg.History.LastChange(p)
	return t, ok
}
