package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

var twoPages = []string{"index.md", "# Home\n\nSee [one](one.md).\n", "one.md", "# One\n\nText.\n", "two.md", "# Two\n\nSee [three](three.md).\n"}

// TestFastPathEqualsSlowPath: what comes from the cache before the router is, header for header and byte for byte, what
// the handler answers.
func TestFastPathEqualsSlowPath(t *testing.T) {
	h := build(t, files(twoPages...))
	for _, target := range []string{"/", "/wiki/one"} {
		for _, method := range []string{"GET", "HEAD"} {
			for _, headers := range []http.Header{
				{}, {"Accept-Encoding": {"gzip, deflate, br"}}, {"If-None-Match": {`"other"`}}, {"If-None-Match": {"*"}},
				{"If-Modified-Since": {"Fri, 01 Jan 2100 00:00:00 GMT"}},
			} {
				t.Run(fmt.Sprint(method, target, headers), func(t *testing.T) {
					request := func() *http.Request {
						r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
						maps.Copy(r.Header, headers)
						return r
					}
					slow := httptest.NewRecorder()
					setSafetyHeaders(slow.Header())
					h.router.ServeHTTP(slow, request())
					fast := httptest.NewRecorder()
					if !h.serveCached(fast, request()) {
						t.Fatal("not answered from the cache")
					}
					if fast.Code != slow.Code || !bytes.Equal(fast.Body.Bytes(), slow.Body.Bytes()) || !reflect.DeepEqual(fast.Header(), slow.Header()) {
						t.Errorf("fast: %d %v %d bytes\nslow: %d %v %d bytes", fast.Code, fast.Header(), fast.Body.Len(), slow.Code, slow.Header(), slow.Body.Len())
					}
				})
			}
		}
	}
}

// TestPagesSurviveOtherSaves: a save of one page leaves the cached pages of others as they are, and never shows an old one.
func TestPagesSurviveOtherSaves(t *testing.T) {
	h := build(t, files(twoPages...))
	h.get("/wiki/one").want(t, 200, "Text.")
	two := h.get("/wiki/two").want(t, 200, "/edit/three")
	before, _ := h.pages.GetIfPresent("/wiki/one")

	h.post("/edit/two", "base", h.head(), "source", "# Two\n\nOther [three](three.md).\n").want(t, 303)
	h.get("/wiki/two").want(t, 200, "Other")
	h.settle()
	h.get("/wiki/one").want(t, 200, "Text.")
	if after, _ := h.pages.GetIfPresent("/wiki/one"); after != before {
		t.Error("the page was rendered again, though nothing it shows has changed")
	}
	if again := h.get("/wiki/two"); again.header.Get("ETag") == two.header.Get("ETag") {
		t.Error("another text has the same tag")
	}

	// A page that appears turns red links to it blue.
	h.post("/edit/three", "source", "# Three\n").want(t, 303)
	if page := h.get("/wiki/two").want(t, 200, `href="/wiki/three"`); strings.Contains(page.body, "/edit/three") {
		t.Error("the link is red still")
	}
}

func TestCompressedPageIsThePage(t *testing.T) {
	h := build(t, files(twoPages...))
	plain := h.get("/wiki/one").want(t, 200)
	packed := h.get("/wiki/one", "Accept-Encoding: gzip").want(t, 200)
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != plain.body {
		t.Errorf("the compressed page is another one (%v)", err)
	}
	if plain.header.Get("ETag") == packed.header.Get("ETag") {
		t.Error("two encodings share a strong tag")
	}
	for _, tag := range []string{plain.header.Get("ETag"), packed.header.Get("ETag")} {
		encoding := "identity"
		if tag == packed.header.Get("ETag") {
			encoding = "gzip"
		}
		h.get("/wiki/one", "If-None-Match: "+tag, "Accept-Encoding: "+encoding).want(t, 304)
	}
	h.get("/wiki/one", "If-Modified-Since: "+plain.header.Get("Last-Modified")).want(t, 304)
	h.get("/wiki/one", "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT").want(t, 200)
}

// TestNoticeIsNotCached: what one visitor is told after a save, no other one reads.
func TestNoticeIsNotCached(t *testing.T) {
	h := build(t, files(twoPages...))
	saved := h.post("/edit/one", "base", h.head(), "source", "# One\n\nNew text.\n").want(t, 303)
	cookie, _, _ := strings.Cut(saved.header.Get("Set-Cookie"), ";")
	told := h.get("/wiki/one", "Cookie: "+cookie).want(t, 200, "Your edit is saved")
	if told.header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", told.header.Get("Cache-Control"))
	}
	for range 2 {
		if other := h.get("/wiki/one").want(t, 200, "New text."); strings.Contains(other.body, "Your edit is saved") {
			t.Error("another visitor reads the notice")
		}
	}
}
