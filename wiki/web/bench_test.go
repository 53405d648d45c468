package web

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"coppice/wiki"
	"coppice/wiki/markdown"
	"net/http"
	"testing"
)

// BenchmarkCachedPage is all that the room does for a page from the cache: what net/http adds is not in it.
func BenchmarkCachedPage(b *testing.B) {
	h := build(b, files(twoPages...))
	h.get("/wiki/one")
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "/wiki/one", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	w := &sink{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if !h.serveCached(w, r) {
			b.Fatal("not from the cache")
		}
	}
}

// sink is an answer that nobody reads.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// BenchmarkFirstView is the first view of a page after an edit, beside parsing and rendering alone: what linking, the
// theme and compression add.
func BenchmarkFirstView(b *testing.B) {
	var text strings.Builder
	text.WriteString("# Page\n")
	for i := range 40 {
		fmt.Fprintf(&text, "\n## Part %d\n\nSome *words* and a [link](one.md) that make a paragraph of `ordinary` length, as pages have them, with a second sentence.\n\n- first\n- second\n\n```go\nfunc main() { println(%d) }\n```\n", i, i)
	}
	h := build(b, files(append(twoPages, "page.md", text.String())...))
	base := newBase(b)
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			h.bodies.InvalidateAll()
			h.pages.InvalidateAll()
			w := &sink{header: http.Header{}}
			h.ServeHTTP(w, base.Clone(b.Context()))
		}
	})
	page, err := h.wiki.Head().Page(mustPath(b, "page"))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("markdown", func(b *testing.B) {
		q := h.newRequest(nil, base)
		for b.Loop() {
			doc := markdown.Parse(page.Source, markdown.Options{})
			doc.HTMLWithoutTitle(&resolver{server: h.Server, now: q.now, from: page.Path})
		}
	})
}

func newBase(b *testing.B) *http.Request {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/wiki/page", nil)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	return r
}

func mustPath(t testing.TB, s string) wiki.Path {
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
