package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"coppice/wiki"
)

// TestMetrics: what was done is counted, each request once, under a route and not under what a visitor typed.
func TestMetrics(t *testing.T) {
	h := build(t, files("index.md", "# Home\n", "one.md", "# One\n"))
	for range 3 { // the first is put together, the others come from the cache
		h.get("/wiki/one").want(t, 200)
	}
	h.get("/wiki/nowhere").want(t, 404)
	h.get("/typed-by-a-visitor").want(t, 404)
	h.do("PUT", "/wiki/one", "").want(t, 405)
	h.post("/edit/two", "source", "# Two\n").want(t, 303)
	h.settle()
	r := h.get("/metrics").want(t, 200,
		"coppice_cached_pages_total 2\n",
		`coppice_requests_total{code="200",route="wiki"} 1`+"\n",
		`coppice_requests_total{code="404",route="wiki"} 1`+"\n",
		`coppice_requests_total{code="405",route="wiki"} 1`+"\n",
		`coppice_requests_total{code="404",route="none"} 1`+"\n",
		`coppice_requests_total{code="303",route="edit"} 1`+"\n",
		`coppice_request_seconds_count{route="wiki"} 3`+"\n",
		`coppice_saves_total{kind="created"} 1`+"\n",
		"coppice_pages 3\n",
		`coppice_index_commits_behind{index="search"} 0`+"\n",
		"go_goroutines ", "go_memstats_heap_inuse_bytes ",
	)
	if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("the type is %s", kind)
	}
	if strings.Contains(r.body, "typed") {
		t.Error("a visitor made up a label")
	}
}

// TestMetricsBehind: an index that does not follow is as far behind as there were commits.
func TestMetricsBehind(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	for _, f := range h.followings[1:] {
		f.Stop()
	}
	for _, name := range []string{"one", "two"} {
		p, err := wiki.NewPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.wiki.Save(t.Context(), wiki.Edit{Path: p, Source: []byte("# Page\n"), Author: ada}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.followings[0].Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.get("/metrics").want(t, 200,
		`coppice_index_commits_behind{index="history"} 0`+"\n", `coppice_index_commits_behind{index="catalog"} 2`+"\n",
		`coppice_index_commits_behind{index="search"} 2`+"\n", `coppice_index_commits_behind{index="credit"} 2`+"\n",
	)
}

// TestMetricsAreForThoseHere: nobody elsewhere sees them, not through a proxy either, nor a page that has its name lead here.
func TestMetricsAreForThoseHere(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"), func(c *Config) { c.BaseURL = "https://faq.example.org" })
	for _, c := range []struct {
		from, host, header string
		status             int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", "", 200},
		{"127.0.0.1:5000", "localhost", "", 200},
		{"[::1]:5000", "[::1]:8080", "", 200},
		{"192.0.2.7:5000", "127.0.0.1:8080", "", 404},
		{"[2001:db8::7]:5000", "localhost", "", 404},
		{"127.0.0.1:5000", "faq.example.org", "", 404},
		{"127.0.0.1:5000", "rebound.example", "", 404},
		{"127.0.0.1:5000", "127.0.0.1:8080", "X-Forwarded-For", 404},
		{"127.0.0.1:5000", "127.0.0.1:8080", "Forwarded", 404},
		{"@", "localhost", "", 404},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
		r.RemoteAddr, r.Host = c.from, c.host
		if c.header != "" {
			r.Header.Set(c.header, "127.0.0.1")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || strings.Contains(w.Body.String(), "coppice_pages") != (c.status == 200) {
			t.Errorf("%+v: status %d", c, w.Code)
		}
	}
}
