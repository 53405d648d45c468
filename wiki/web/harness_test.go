package web

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"coppice/search"
	"coppice/themes"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
)

var ada = wiki.Contributor{Name: "Ada Writer", Email: "ada@users.noreply.example"}

// theme is loaded once: it does not change, and compressing its assets takes longer than most tests.
var theme = sync.OnceValues(func() (*themes.Theme, error) { return themes.Load(themes.Default()) })

// site under test: a real repository, its real indexes, and a server on a port of its own.
type house struct {
	*Server
	t          testing.TB
	wiki       *wiki.Wiki
	followings []*wiki.Following
	url        string
	client     *http.Client
}

// files makes a file system of name, text, name, text...
func files(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// build makes a wiki of files and serves it until the test ends.
func build(t testing.TB, content fs.FS, change ...func(*Config)) *house {
	t.Helper()
	dir := t.TempDir()
	repo := filepath.Join(dir, "wiki.git")
	if err := wiki.Create(repo, wiki.Options{}, content, ada, "Begin the wiki"); err != nil {
		t.Fatal(err)
	}
	return serve(t, repo, dir, wiki.Options{}, change...)
}

// serve serves the repository repo, with its indexes in dir.
func serve(t testing.TB, repo, dir string, o wiki.Options, change ...func(*Config)) *house {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := wiki.Open(repo, o)
	must(err)
	t.Cleanup(func() { _ = w.Close() })
	hist, err := history.Open(filepath.Join(dir, "history"), log)
	must(err)
	t.Cleanup(func() { _ = hist.Close() })
	cat, err := catalog.Open(filepath.Join(dir, "catalog"), log)
	must(err)
	t.Cleanup(func() { _ = cat.Close() })
	index, err := search.Open(filepath.Join(dir, "search"), log)
	must(err)
	t.Cleanup(func() { _ = index.Close() })
	who, err := credit.Open(filepath.Join(dir, "credit"), log)
	must(err)
	t.Cleanup(func() { _ = who.Close() })
	style, err := theme()
	must(err)
	c := Config{
		Wiki: w, History: hist, Catalog: cat, Search: index, Credit: who, Theme: style, Author: ada, Log: log, Version: "test",
		FollowingHistory: w.Follow(hist), FollowingCatalog: w.Follow(cat), FollowingSearch: w.Follow(index), FollowingCredit: w.Follow(who),
	}
	for _, f := range change {
		f(&c)
	}
	h := &house{t: t, wiki: w, followings: []*wiki.Following{c.FollowingHistory, c.FollowingCatalog, c.FollowingSearch, c.FollowingCredit}}
	t.Cleanup(func() {
		for _, f := range h.followings {
			f.Stop()
		}
	})
	h.Server, err = New(c)
	must(err)
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(err)
	done := make(chan error, 1)
	go func() { done <- h.Serve(ln) }()
	h.url = "http://" + ln.Addr().String()
	h.client = &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		if err := h.Shutdown(context.WithoutCancel(t.Context())); err != nil { // the test's own context has ended by now
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	h.settle()
	return h
}

// settle waits until every index reflects the head.
func (h *house) settle() {
	h.t.Helper()
	for _, f := range h.followings {
		if err := f.Await(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := h.cfg.Search.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request; headers are "Key: value".
func (h *house) do(method, target, body string, headers ...string) reply {
	h.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+target, r)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, line := range headers {
		k, v, _ := strings.Cut(line, ":")
		if v = strings.TrimSpace(v); k == "Host" {
			req.Host = v
		} else {
			req.Header.Add(k, v)
		}
	}
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(b)}
}

func (h *house) get(target string, headers ...string) reply {
	h.t.Helper()
	return h.do("GET", target, "", headers...)
}

// post sends a form of name, value, name, value...
func (h *house) post(target string, fields ...string) reply {
	h.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return h.do("POST", target, form.Encode(), "Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
}

// want fails the test unless the answer has that status and its body holds each text.
func (r reply) want(t *testing.T, status int, texts ...string) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d; location %q, body:\n%.600s", r.status, status, r.header.Get("Location"), r.body)
	}
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			t.Errorf("%q is not in:\n%s", text, r.body)
		}
	}
	return r
}

// head gives the commit that the wiki is at.
func (h *house) head() string { return h.wiki.Head().Commit().String() }

func requestWith(t *testing.T, cookie string) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return r
}
