package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/catalog"
)

// A cached page is kept under its address together with the fingerprint of all that is shown on it. Nothing is ever
// invalidated. Instead each entry remembers the generation (the state of repository and indexes) for which its
// fingerprint was last found to be right, and the related questions that it shows. In the same generation, and as long as
// no others take these' place, it is sent as it is: one look-up, one write. In a later one the view is put together again,
// which is cheap, and only if its fingerprint differs is it rendered.

// generation is the state that a view is put together from. Two that are equal give the same views.
type generation struct {
	snap    *wiki.Snapshot
	view    *catalog.View
	history wiki.ID
	credit  wiki.ID
}

func (s *Server) generation() generation {
	return generation{s.cfg.Wiki.Head(), s.cfg.Catalog.View(), s.cfg.History.Position(), s.cfg.Credit.Reached()}
}

// generationAt is today's generation with another Snapshot.
func (s *Server) generationAt(snap *wiki.Snapshot) generation {
	now := s.generation()
	now.snap = snap
	return now
}

// commits names a generation without holding it: a cached page must not keep an old Snapshot and an old View alive.
func (g generation) commits() generationCommits {
	return generationCommits{g.snap.Commit(), g.view.Commit(), g.history, g.credit}
}

// generationCommits are what repository, catalog, history and credit reflect.
type generationCommits struct{ snap, view, history, credit wiki.ID }

// check is for what a fingerprint was found to be right. Of the search index a page shows related questions only, which say
// themselves whether they still hold: were its Position a part of the generation, every save would have all pages put
// together once more.
type check struct {
	generationCommits
	around *search.Neighbours // nil when the page shows none
}

func (q *request) check() *check { return &check{q.now.commits(), q.around} }

// holds reports whether nothing has changed since.
func (c *check) holds(now generationCommits) bool {
	return c.generationCommits == now && (c.around == nil || c.around.Current())
}

// cachedPage is a whole page, ready to be sent. All but checked never changes. Only the compressed page is kept: every
// browser takes it, and four pages fit in the place of one. Whoever else asks has it unpacked.
type cachedPage struct {
	checked     atomic.Pointer[check]
	print       fingerprint
	body        []byte // gzip
	plain, gzip variant
	modified    time.Time
	lastMod     []string
}

// variant is one encoding of a page by its headers, made once: a header value that is a slice costs a request nothing.
type variant struct {
	etag   string
	etags  []string
	length []string
}

func newVariant(length int, etag string) variant {
	return variant{etag: etag, etags: []string{etag}, length: []string{strconv.Itoa(length)}}
}

// weight is about what a cached page takes in memory.
func (c *cachedPage) weight() uint32 { return uint32(len(c.body) + 1024) }

// Header values that all cached pages share. They are never changed.
var (
	headerHTML  = []string{htmlType}
	headerVary  = []string{"Accept-Encoding"}
	headerCheck = []string{"no-cache"}
	headerGzip  = []string{"gzip"}
)

// cached gives the page for a view that everybody sees alike, rendered only if the cache has no page of the same content.
// In the view's data the body has no place in JSON; bodyPrint stands for it.
func (q *request) cached(view string, data any, bodyPrint fingerprint) (*cachedPage, error) {
	shown, err := viewPrint(view, data, bodyPrint)
	if err != nil {
		return nil, err
	}
	key := q.r.URL.Path
	old, ok := q.pages.GetIfPresent(key)
	if ok && old.print == shown {
		old.checked.Store(q.check())
		return old, nil
	}
	var buf bytes.Buffer
	if err := q.cfg.Theme.Render(&buf, view, data); err != nil {
		return nil, err
	}
	modified := q.modified(q.now)
	if q.around != nil && q.around.Since.After(modified) { // they were found after the newest commit
		modified = q.around.Since.UTC().Truncate(time.Second)
	}
	c := newCachedPage(buf.Bytes(), shown, modified)
	c.checked.Store(q.check())
	q.pages.Set(key, c)
	return c, nil
}

// viewPrint is the fingerprint of a view. It is taken of the whole struct, so that no field can be forgotten.
func viewPrint(view string, data any, bodyPrint fingerprint) (fingerprint, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return fingerprint{}, err
	}
	return sha256.Sum256(append(append(text, view...), bodyPrint[:]...)), nil
}

func newCachedPage(html []byte, shown fingerprint, modified time.Time) *cachedPage {
	sum, body := sha256.Sum256(html), compress(html, cachedLevel)
	return &cachedPage{
		print:    shown,
		body:     body,
		plain:    newVariant(len(html), entityTag(sum, "")),
		gzip:     newVariant(len(body), entityTag(sum, "gzip")),
		modified: modified,
		lastMod:  []string{modified.Format(http.TimeFormat)},
	}
}

// modified says since when a page that is rendered now has looked so: since the newest commit, or since this server
// started, for another version of it may have shown the same commit otherwise. Never in the future, which HTTP forbids.
func (s *Server) modified(g generation) time.Time {
	t := g.snap.Time()
	if at := g.snap.Commit(); g.view.Commit() != at || g.history != at || g.credit != at {
		t = time.Now() // an index is behind: the same commit will yet look otherwise
	}
	if t.Before(s.started) {
		t = s.started
	}
	if now := time.Now(); t.After(now) {
		t = now
	}
	return t.UTC().Truncate(time.Second)
}

// serveCached answers from the cache, if it has the page and nothing has changed since it was last checked. It stands
// before router and guards: a page asked for with GET needs neither, and they would cost more than the answer.
func (s *Server) serveCached(w http.ResponseWriter, r *http.Request) bool {
	if !reads(r) || r.URL.RawQuery != "" || !cacheable(r.URL.Path) || !sharesPages(r) {
		return false
	}
	c, ok := s.pages.GetIfPresent(r.URL.Path)
	if !ok || !c.checked.Load().holds(s.generation().commits()) {
		return false
	}
	s.metrics.cached.Inc() // one atomic addition
	c.send(w, r)
	return true
}

func cacheable(path string) bool {
	return path == "/" || strings.HasPrefix(path, "/wiki/") || strings.HasPrefix(path, "/history/")
}

// send writes the page in the encoding that the visitor takes, or that the visitor has it.
func (c *cachedPage) send(w http.ResponseWriter, r *http.Request) {
	v, compressed := &c.plain, takesGzip(headerLine(r.Header, "Accept-Encoding"))
	if compressed {
		v = &c.gzip
	}
	h := w.Header()
	h["Vary"] = headerVary
	h["Cache-Control"] = headerCheck
	h["Etag"] = v.etags
	h["Last-Modified"] = c.lastMod
	if c.fresh(r, v.etag) {
		dropSafetyHeaders(h)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	setSafetyHeaders(h)
	h["Content-Type"] = headerHTML
	h["Content-Length"] = v.length
	if compressed {
		h["Content-Encoding"] = headerGzip
	}
	if r.Method == http.MethodHead {
		return
	}
	if compressed {
		gather(r, len(c.body))
		_, _ = w.Write(c.body) // an error here is the visitor having gone
	} else {
		decompress(w, c.body)
	}
}

// fresh reports whether the visitor has this very page. A tag outranks a date (RFC 9110, 13.2.2).
func (c *cachedPage) fresh(r *http.Request, etag string) bool {
	if lines := r.Header["If-None-Match"]; len(lines) > 0 {
		return matches(lines, etag)
	}
	since := headerLine(r.Header, "If-Modified-Since")
	if since == "" {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !c.modified.After(t)
}

// headerLine gives the first line of a header whose name is spelt as net/http keeps it.
func headerLine(h http.Header, key string) string {
	if v := h[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}
