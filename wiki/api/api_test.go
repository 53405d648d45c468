package api_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/api"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

var ada = wiki.Contributor{Name: "Ada Writer", Email: "ada@users.noreply.example"}

// house is an API over a real repository with its real indexes.
type house struct {
	*api.API
	t          *testing.T
	wiki       *wiki.Wiki
	followings []*wiki.Following
}

var sample = fstest.MapFS{
	"index.md": file("# Home\n\nWelcome. See [the start](guide/start.md)."),
	"guide/start.md": file("---\ntitle: Getting started\nlang: en\nkeywords: [start, quokka]\naliases: [First steps]\n---\n\n" +
		"Some words.\n\n## How do I begin?\n\nBy *beginning*.\n\n## Notes\n\n<script>alert(1)</script>None.\n"),
	"guide/revisions.md": file("# Revisions\n\nA page that is named as a part of the API.\n"),
	"été/où ça.md":       file("# Où ça ?\n\nIci.\n"),
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// render stands for the renderer of the web pages, which resolves links with more care.
func read(_ context.Context, _ *wiki.Snapshot, page wiki.Page) (api.Reading, error) {
	doc := markdown.Parse(page.Source, markdown.Options{})
	return api.Reading{Source: page.Source, Doc: doc, HTML: string(doc.HTML(plainLinks{}))}, nil
}

type plainLinks struct{}

func (plainLinks) Resolve(l markdown.Link) markdown.Target {
	return markdown.Target{URL: "/wiki/" + strings.TrimSuffix(l.Target, ".md")}
}

// build makes the API of a new wiki with files.
func build(t *testing.T, files fs.FS) *house {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	repo := filepath.Join(dir, "wiki.git")
	must(wiki.Create(repo, wiki.Options{}, files, ada, "Begin the wiki"))
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := wiki.Open(repo, wiki.Options{Log: log})
	must(err)
	t.Cleanup(func() { w.Close() })
	hist, err := history.Open(filepath.Join(dir, "history"), log)
	must(err)
	t.Cleanup(func() { hist.Close() })
	cat, err := catalog.Open(filepath.Join(dir, "catalog"), log)
	must(err)
	t.Cleanup(func() { cat.Close() })
	index, err := search.Open(filepath.Join(dir, "search"), log)
	must(err)
	t.Cleanup(func() { index.Close() })
	who, err := credit.Open(filepath.Join(dir, "credit"), log)
	must(err)
	t.Cleanup(func() { who.Close() })
	c := api.Config{
		Wiki: w, History: hist, Catalog: cat, Search: index, Credit: who, Log: log, Version: "test",
		FollowingHistory: w.Follow(hist), FollowingCatalog: w.Follow(cat), FollowingSearch: w.Follow(index), FollowingCredit: w.Follow(who),
		Read: read,
	}
	h := &house{API: api.New(c), t: t, wiki: w, followings: []*wiki.Following{c.FollowingHistory, c.FollowingCatalog, c.FollowingSearch, c.FollowingCredit}}
	t.Cleanup(func() {
		for _, f := range h.followings {
			f.Stop()
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
}

// get asks for an address; headers are "Key: value".
func (h *house) get(address string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.do(http.MethodGet, address, headers...)
}

func (h *house) do(method, address string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, address, nil)
	for _, line := range headers {
		k, v, _ := strings.Cut(line, ": ")
		r.Header.Add(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// into decodes an answer with status 200. A field that it has and the struct has not is a mistake in one of them.
func into[T any](t *testing.T, w *httptest.ResponseRecorder) (body T) {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, type %s:\n%s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

func (h *house) path(name string) wiki.Path {
	h.t.Helper()
	p, err := wiki.ParsePath(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// save writes a page.
func (h *house) save(name, text, summary string) wiki.Saved {
	h.t.Helper()
	edit := wiki.Edit{Path: h.path(name), Source: []byte(text), Summary: summary, Author: ada}
	if h.wiki.Head().Has(edit.Path) {
		edit.Base = h.wiki.Head().Commit()
	}
	saved, err := h.wiki.Save(h.t.Context(), edit)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved
}

func TestPages(t *testing.T) {
	h := build(t, sample)
	want := []string{}
	for ref := range h.wiki.Head().Pages() {
		want = append(want, ref.Path.String())
	}
	if len(want) != len(sample) {
		t.Fatalf("the sample has %d pages", len(want))
	}
	for _, limit := range []string{"1", "3", "4", "100"} {
		got, parts := []string{}, 0
		for cursor := ""; ; parts++ {
			part := into[api.PagesAnswer](t, h.get("/api/v1/pages?limit="+limit+"&cursor="+cursor))
			for _, row := range part.Pages {
				got = append(got, row.Path)
				if row.Title == "" || row.Revision != h.wiki.Head().Commit().String() || row.Time == nil {
					t.Errorf("the row of %s is not whole: %+v", row.Path, row)
				}
			}
			if cursor = part.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("in parts of %s: %q, want %q", limit, got, want)
		}
	}

	all := h.get("/api/v1/pages")
	etag := all.Header().Get("ETag")
	if titles := into[api.PagesAnswer](t, all); !slices.ContainsFunc(titles.Pages, func(r api.PageRow) bool { return r.Title == "Getting started" }) {
		t.Errorf("no row has the page's own title: %+v", titles)
	}
	if w := h.get("/api/v1/pages", "If-None-Match: "+etag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("status %d and %q for what did not change", w.Code, w.Body)
	}
	h.save("more", "# More\n", "One page more")
	if again := into[api.PagesAnswer](t, h.get("/api/v1/pages", "If-None-Match: "+etag)); len(again.Pages) != len(sample)+1 {
		t.Errorf("%d pages after a save", len(again.Pages))
	}
}

func TestPagesOfAnEmptyWiki(t *testing.T) {
	h := build(t, nil)
	if w := h.get("/api/v1/pages"); !strings.Contains(w.Body.String(), `"pages":[]`) {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestNumberedQuestions: questions that are numbered in plain text are questions like others.
func TestNumberedQuestions(t *testing.T) {
	h := build(t, fstest.MapFS{"faq.md": file("# FAQ\n\n1. Who?\n- Everybody.\n2. How many? - A dozen.\n")})
	page := into[api.PageAnswer](t, h.get("/api/v1/pages/faq"))
	if want := []api.Question{{Anchor: "who", Question: "Who?", Answer: "Everybody."}, {Anchor: "how-many", Question: "How many?", Answer: "A dozen."}}; !slices.Equal(page.Questions, want) {
		t.Errorf("the questions are %+v", page.Questions)
	}
	if len(page.Outline) != 3 || page.Outline[2] != (api.Heading{Level: 2, Text: "How many?", Anchor: "how-many"}) || !strings.Contains(page.HTML, `<li id="how-many">`) {
		t.Errorf("the outline is %+v, the HTML %s", page.Outline, page.HTML)
	}
}

func TestPage(t *testing.T) {
	h := build(t, sample)
	w := h.get("/api/v1/pages/guide/start")
	page := into[api.PageAnswer](t, w)
	if w.Header().Get("ETag") != `"`+page.Revision+`"` || page.Revision != h.wiki.Head().Commit().String() {
		t.Errorf("ETag %s, revision %s", w.Header().Get("ETag"), page.Revision)
	}
	if page.Path != "guide/start" || page.Title != "Getting started" || page.Lang != "en" || page.Time == nil ||
		!slices.Equal(page.Keywords, []string{"start", "quokka"}) || !slices.Equal(page.Aliases, []string{"First steps"}) {
		t.Errorf("the page is %+v", page)
	}
	if page.Source != string(sample["guide/start.md"].Data) {
		t.Errorf("the source is %q", page.Source)
	}
	if !strings.Contains(page.HTML, "<em>beginning</em>") || strings.Contains(page.HTML, "<script") {
		t.Errorf("the HTML is %s", page.HTML)
	}
	if want := []api.Question{{Anchor: "how-do-i-begin", Question: "How do I begin?", Answer: "By beginning."}}; !slices.Equal(page.Questions, want) {
		t.Errorf("the questions are %+v", page.Questions)
	}
	if len(page.Outline) != 2 || page.Outline[1] != (api.Heading{Level: 2, Text: "Notes", Anchor: "notes"}) {
		t.Errorf("the outline is %+v", page.Outline)
	}
	for _, etag := range []string{w.Header().Get("ETag"), "W/" + w.Header().Get("ETag"), `"other", ` + w.Header().Get("ETag"), "*"} {
		same := h.get("/api/v1/pages/guide/start", "If-None-Match: "+etag)
		if same.Code != http.StatusNotModified || same.Body.Len() > 0 || same.Header().Get("ETag") != w.Header().Get("ETag") {
			t.Errorf("If-None-Match %s: status %d, ETag %s, %d bytes", etag, same.Code, same.Header().Get("ETag"), same.Body.Len())
		}
	}
	if head := h.do(http.MethodHead, "/api/v1/pages/guide/start"); head.Code != http.StatusOK || head.Header().Get("ETag") != w.Header().Get("ETag") {
		t.Errorf("HEAD: status %d, %v", head.Code, head.Header())
	}
	// What another page's edit does not change stays the same answer.
	h.save("index", "# Home again\n", "Greet once more")
	if other := h.get("/api/v1/pages/guide/start", "If-None-Match: "+w.Header().Get("ETag")); other.Code != http.StatusNotModified {
		t.Errorf("status %d after an edit of another page", other.Code)
	}
}

// TestOwnEditAtOnce: whatever the indexes are doing, no answer from before an edit is passed off as one after it.
func TestOwnEditAtOnce(t *testing.T) {
	h := build(t, sample)
	for i := range 20 {
		before := h.get("/api/v1/pages/index").Header().Get("ETag")
		text := "# Home\n\nWelcome number " + strings.Repeat("I", i+1) + "." // no final newline, as the page had none
		saved := h.save("index", text, "Welcome")
		page := into[api.PageAnswer](t, h.get("/api/v1/pages/index", "If-None-Match: "+before))
		if page.Source != text || page.Revision != saved.Revision.ID.String() {
			t.Fatalf("after edit %d the page is %q at %s, want %s", i, page.Source, page.Revision, saved.Revision.ID)
		}
		if first := into[api.RevisionsAnswer](t, h.get("/api/v1/pages/index/revisions?limit=1")); first.Revisions[0].ID != page.Revision {
			t.Fatalf("after edit %d the newest revision is %+v", i, first)
		}
	}
}

// TestPaths: slashes may stand as they are, and other bytes as the address escapes them.
func TestPaths(t *testing.T) {
	h := build(t, sample)
	for address, want := range map[string]string{
		"guide/start":                     "guide/start",
		"guide/start.md":                  "guide/start", // as a link in the source has it
		"guide%2Fstart":                   "guide/start",
		"guide%2Frevisions":               "guide/revisions",
		url.PathEscape("été/où ça"):       "été/où ça",
		"%C3%A9t%C3%A9/o%C3%B9%20%C3%A7a": "été/où ça",
	} {
		if page := into[api.PageAnswer](t, h.get("/api/v1/pages/"+address)); page.Path != want {
			t.Errorf("%s is %s", address, page.Path)
		}
		if revs := into[api.RevisionsAnswer](t, h.get("/api/v1/pages/"+address+"/revisions")); len(revs.Revisions) != 1 || revs.Revisions[0].Path != want {
			t.Errorf("%s has the revisions %+v", address, revs)
		}
	}
}

func TestRevisions(t *testing.T) {
	h := build(t, sample)
	want := []string{h.wiki.Head().Commit().String()}
	note := func(s wiki.Saved) { want = slices.Insert(want, 0, s.Revision.ID.String()) }
	note(h.save("guide/start", string(sample["guide/start.md"].Data)+"\nMore.\n", "Say more"))
	renamed, err := h.wiki.Rename(t.Context(), wiki.Rename{From: h.path("guide/start"), To: h.path("begin"), Summary: "Move", Author: ada})
	if err != nil {
		t.Fatal(err)
	}
	note(renamed)
	note(h.save("begin", string(sample["guide/start.md"].Data)+"\nMost.\n", "Say most"))

	for _, limit := range []string{"1", "2", "3", "4", "100"} {
		var got []string
		for cursor := ""; ; {
			part := into[api.RevisionsAnswer](t, h.get("/api/v1/pages/begin/revisions?limit="+limit+"&cursor="+cursor))
			for _, r := range part.Revisions {
				got = append(got, r.ID)
			}
			if cursor = part.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("in parts of %s: %q, want %q", limit, got, want)
		}
	}
	w := h.get("/api/v1/pages/begin/revisions")
	revs := into[api.RevisionsAnswer](t, w).Revisions
	if r := revs[1]; r.Change != "renamed" || r.Path != "begin" || r.From != "guide/start" || r.Author.Name != ada.Name || r.Summary != "Move" {
		t.Errorf("the rename is %+v", r)
	}
	if r := revs[3]; r.Change != "added" || r.Path != "guide/start" || r.Size != len(sample["guide/start.md"].Data) || r.Delta != r.Size {
		t.Errorf("the beginning is %+v", r)
	}
	if strings.Contains(w.Body.String(), ada.Email) {
		t.Error("an address is given away")
	}
	etag := w.Header().Get("ETag")
	if same := h.get("/api/v1/pages/begin/revisions", "If-None-Match: "+etag); same.Code != http.StatusNotModified {
		t.Errorf("status %d for what did not change", same.Code)
	}
	h.save("begin", "# Begin\n", "Say less")
	if again := into[api.RevisionsAnswer](t, h.get("/api/v1/pages/begin/revisions", "If-None-Match: "+etag)); len(again.Revisions) != len(want)+1 {
		t.Errorf("%d revisions after a save", len(again.Revisions))
	}
}

func TestSearch(t *testing.T) {
	h := build(t, sample)
	h.save("zoo", "# Animals\n\n## Where does the quokka live?\n\nOn an island <b>far</b> away.\n", "Add the zoo")
	found := into[api.SearchAnswer](t, h.get("/api/v1/search?q=quokka"))
	if found.Total != 2 || len(found.Hits) != 2 || found.Next != "" {
		t.Fatalf("found %+v", found)
	}
	i := slices.IndexFunc(found.Hits, func(hit api.Hit) bool { return hit.Path == "zoo" })
	if i < 0 || found.Hits[i].Anchor != "where-does-the-quokka-live" || found.Hits[i].Question != "Where does the quokka live?" || found.Hits[i].Score <= 0 {
		t.Errorf("found %+v", found.Hits)
	}
	first := into[api.SearchAnswer](t, h.get("/api/v1/search?q=quokka&limit=1"))
	if len(first.Hits) != 1 || first.Next == "" {
		t.Fatalf("the first part is %+v", first)
	}
	second := into[api.SearchAnswer](t, h.get("/api/v1/search?q=quokka&limit=1&cursor="+first.Next))
	if len(second.Hits) != 1 || second.Hits[0].Path == first.Hits[0].Path || second.Next != "" {
		t.Errorf("the second part is %+v", second)
	}
	if none := h.get("/api/v1/search?q=xylophone"); !strings.Contains(none.Body.String(), `"total":0,"hits":[],"facets":[]`) {
		t.Errorf("status %d: %s", none.Code, none.Body)
	}
	for _, odd := range []string{`"`, "-", "title:", "(((", strings.Repeat("a ", 2000), "\x00", "☃"} {
		if w := h.get("/api/v1/search?q=" + url.QueryEscape(odd)); w.Code != http.StatusOK && w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.20q: status %d: %s", odd, w.Code, w.Body)
		}
	}
}

func TestSuggest(t *testing.T) {
	h := build(t, sample)
	got := into[api.SuggestAnswer](t, h.get("/api/v1/suggest?q=how+do"))
	if want := (api.Suggestion{Text: "How do I begin?", Path: "guide/start", Anchor: "how-do-i-begin"}); !slices.Contains(got.Suggestions, want) {
		t.Errorf("suggested %+v", got)
	}
	if one := into[api.SuggestAnswer](t, h.get("/api/v1/suggest?q=g&limit=1")); len(one.Suggestions) > 1 {
		t.Errorf("suggested %+v", one)
	}
	if none := h.get("/api/v1/suggest?q=xyloph"); !strings.Contains(none.Body.String(), `"suggestions":[]`) {
		t.Errorf("status %d: %s", none.Code, none.Body)
	}
}

// TestProblems: every error is a problem detail (RFC 9457) whose detail is a sentence.
func TestProblems(t *testing.T) {
	h := build(t, sample)
	for _, c := range []struct {
		method, address string
		status          int
		says            string
	}{
		{"GET", "/api/v1/pages/nowhere", 404, "There is no page “nowhere”."},
		{"GET", "/api/v1/pages/deep/in/nowhere", 404, "deep/in/nowhere"},
		{"GET", "/api/v1/pages/nowhere/revisions", 404, "There never was a page “nowhere”."},
		{"GET", "/api/v1/pages/guide", 404, "guide"},
		{"GET", "/api/v1/pages/Guide/Start", 404, "Guide/Start"},
		{"GET", "/api/v1/pages/%00", 0, ""},
		{"GET", "/api/v1/pages/..%2F..%2Fetc%2Fpasswd", 0, ""},
		{"GET", "/api/v1/pages/.git%2Fconfig", 0, ""},
		{"GET", "/api/v1/pages/" + strings.Repeat("a", 5000), 0, ""},
		{"GET", "/api/v1/pages/%FF%FE", 0, ""},
		{"GET", "/api/v1/pages?cursor=!", 422, "“!” is no cursor"},
		{"GET", "/api/v1/pages?cursor=xx", 422, "“xx” is no cursor"},
		{"GET", "/api/v1/pages/index/revisions?cursor=x", 422, "“x” is no cursor"},
		{"GET", "/api/v1/pages/index/revisions?cursor=99999999999", 422, "is no cursor"},
		{"GET", "/api/v1/search?q=quokka&cursor=-1", 422, "“-1” is no cursor"},
		{"GET", "/api/v1/pages?limit=0", 422, "The parameter “limit” cannot be used"},
		{"GET", "/api/v1/pages?limit=101", 422, "The parameter “limit” cannot be used"},
		{"GET", "/api/v1/pages?limit=many", 422, "The parameter “limit” cannot be used"},
		{"GET", "/api/v1/search", 422, "The parameter “q” cannot be used"},
		{"GET", "/api/v1/suggest", 422, "The parameter “q” cannot be used"},
		{"GET", "/api/v1", 404, "There is nothing at this address"},
		{"GET", "/api/v1/nothing", 404, "There is nothing at this address"},
		{"GET", "/api/v2/pages", 404, "There is nothing at this address"},
		{"POST", "/api/v1/pages", 405, "only GET and HEAD"},
		{"DELETE", "/api/v1/pages/index", 405, "only GET and HEAD"},
		{"FOO", "/api/v1/pages/index", 405, "only GET and HEAD"},
	} {
		t.Run(c.method+" "+c.address[:min(len(c.address), 60)], func(t *testing.T) {
			w := h.do(c.method, c.address)
			var problem struct {
				Title, Detail string
				Status        int
			}
			if w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("the type is %s", w.Header().Get("Content-Type"))
			}
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if problem.Status != w.Code || problem.Title != http.StatusText(w.Code) || !strings.HasSuffix(problem.Detail, ".") {
				t.Errorf("status %d: %+v", w.Code, problem)
			}
			if c.status == 0 && w.Code != http.StatusNotFound && w.Code != http.StatusUnprocessableEntity {
				t.Errorf("status %d for what no page can be called", w.Code)
			}
			if c.status != 0 && w.Code != c.status || !strings.Contains(problem.Detail, c.says) {
				t.Errorf("status %d, %q; want %d, %q", w.Code, problem.Detail, c.status, c.says)
			}
			if w.Header().Get("ETag") != "" {
				t.Error("an error has an ETag")
			}
			if allow := w.Header().Get("Allow"); (allow == "GET, HEAD") != (w.Code == http.StatusMethodNotAllowed) {
				t.Errorf("the methods allowed are %q", allow)
			}
		})
	}
}

// TestDeletedPage: its text is gone, its revisions are not.
func TestDeletedPage(t *testing.T) {
	h := build(t, sample)
	if _, err := h.wiki.Delete(t.Context(), wiki.Delete{Path: h.path("guide/start"), Summary: "Away", Author: ada}); err != nil {
		t.Fatal(err)
	}
	if w := h.get("/api/v1/pages/guide/start"); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
	revs := into[api.RevisionsAnswer](t, h.get("/api/v1/pages/guide/start/revisions")).Revisions
	if len(revs) != 2 || revs[0].Change != "deleted" {
		t.Errorf("the revisions are %+v", revs)
	}
}

// TestOpenAPI: the description is JSON, names every address, and says what each answers.
func TestOpenAPI(t *testing.T) {
	h := build(t, nil)
	w := h.get("/api/v1/openapi.json")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Responses   map[string]struct {
				Content map[string]any
			}
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %v", w.Code, err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") {
		t.Errorf("OpenAPI %q", doc.OpenAPI)
	}
	want := []string{"/api/v1/pages", "/api/v1/pages/{path}", "/api/v1/pages/{path}/revisions", "/api/v1/pages/{path}/credits", "/api/v1/pages/{path}/authorship", "/api/v1/search", "/api/v1/suggest"}
	for _, path := range want {
		op, ok := doc.Paths[path]["get"]
		if !ok || op.OperationID == "" || op.Summary == "" {
			t.Errorf("%s is not described: %+v", path, op)
			continue
		}
		if _, ok := op.Responses["200"].Content["application/json"]; !ok {
			t.Errorf("%s does not say what it answers", path)
		}
		for _, status := range []string{"404", "422", "500"} {
			if _, ok := op.Responses[status].Content["application/problem+json"]; !ok {
				t.Errorf("%s does not say what %s looks like", path, status)
			}
		}
	}
	if len(doc.Paths) != len(want) {
		t.Errorf("%d addresses are described, there are %d", len(doc.Paths), len(want))
	}
	for _, name := range []string{"PageAnswer", "RevisionsAnswer", "SearchAnswer", "SuggestAnswer", "PagesAnswer"} {
		if _, ok := doc.Components.Schemas[name]; !ok {
			t.Errorf("there is no schema %s", name)
		}
	}
}
