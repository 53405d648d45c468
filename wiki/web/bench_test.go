package web

import (
	"net/http"
	"testing"
)

// BenchmarkCachedPage is all that the room does for a page from the cache: what net/http adds is not in it.
func BenchmarkCachedPage(b *testing.B) {
	h := build(b, files(twoPages...))
	h.get("/wiki/one")
	r, err := http.NewRequest("GET", "/wiki/one", nil)
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
