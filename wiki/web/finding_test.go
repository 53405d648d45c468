package web

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"coppice/search"
	"coppice/wiki"
)

// What was searched for and not found can be begun as a page, unless it is no title: what search understood as a filter.
func TestPageForASearch(t *testing.T) {
	h := build(t, files("index.md", "# Garden\n"))
	for query, title := range map[string]string{
		"what is a zebu": "what is a zebu", `What does "zzgrp" mean?`: `What does "zzgrp" mean?`, "zzq: a title": "zzq: a title",
		`"the zzgrp"`: "the zzgrp", "zzq - what is it": "zzq - what is it", "12:30 zzq": "12:30 zzq",
		"keyword:zzq": "", "zzq -with": "", `zzq in:guide`: "", `by:"Ada Writer" zzq`: "",
	} {
		body := html.UnescapeString(h.get("/search?"+url.Values{"q": {query}}.Encode()).want(t, 200).body)
		link := `href="/new?` + url.Values{"title": {title}}.Encode() + `"`
		if title == "" {
			link = `href="/new?title=`
		}
		if strings.Contains(body, link) != (title != "") {
			t.Errorf("%s: %s in\n%s", query, link, body)
		}
	}
}

// A search that cannot be made says why, and leaves what was typed in the box.
func TestRefusedSearch(t *testing.T) {
	programs := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(r.URL.Query().Get("q"))) })
	h := build(t, files("index.md", "# Garden\n"), func(c *Config) { c.API = programs })
	for query, sentence := range map[string]string{
		"csrf after:yesterday":       "wants a day, month or year",
		"-csrf":                      "only says what to leave out",
		strings.Repeat("ab ", 33333): "This query is too long",
		strings.Repeat("é", 25000):   "This query is too long",
	} {
		r := h.get("/search?"+url.Values{"q": {query}}.Encode()).want(t, 400, sentence)
		if !strings.Contains(html.UnescapeString(r.body), `value="`+strings.TrimSpace(query)+`"`) || !strings.Contains(r.body, "Ask in your own words") {
			t.Errorf("%.20q is not in the box", query)
		}
	}
	long := url.QueryEscape(strings.Repeat("é", 50_000))
	h.get("/suggest?q="+long).want(t, 200)
	h.get("/api/v1/search?q="+long).want(t, 200, "100000")
	h.get("/new?title="+long).want(t, 414, "This address is too long.")
	h.get("/search?q="+strings.Repeat("x", 2*maxHeaderBytes)).want(t, 431)

	w := httptest.NewRecorder()
	q := h.newRequest(w, requestWith(t, ""))
	v := SearchView{Base: q.base("Search", "search")}
	v.Query = "what I typed"
	busy := fmt.Errorf("busy: %w", &wiki.Error{Kind: wiki.Refused, Sentence: "Very busy."})
	if err := q.failedSearch(v, busy); err != nil || w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Fatalf("status %d, %v", w.Code, err)
	}
	for _, text := range []string{"Very busy.", `value="what I typed"`} {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("%q is not in %s", text, w.Body)
		}
	}
}

// A name that is shown beside the results leads to that person's pages, and not to those of everybody who has it in theirs.
func TestFacetOfAnAuthor(t *testing.T) {
	ann := search.Results{Total: 5, Facets: []search.Facet{{Name: "by", Values: []search.FacetValue{{Value: "Ann", Count: 3}}}}}
	list, active := facets(ann, search.Parse("tea"))
	want := "/search?" + url.Values{"q": {`tea by:"Ann"`}}.Encode()
	if len(active) != 0 || list[0].Values[0].URL != want {
		t.Errorf("%v %v, want %s", list, active, want)
	}
	if _, active = facets(ann, search.Parse(`tea by:"Ann"`)); len(active) != 1 || !active[0].Current {
		t.Errorf("what is chosen is not shown as chosen: %v", active)
	}
}

// A filter is known in whichever way it was typed, and wherever it stands.
func TestFacetsThatAreChosen(t *testing.T) {
	found := search.Results{Total: 5, Facets: []search.Facet{
		{Name: "keyword", Values: []search.FacetValue{{Value: "Help", Count: 3}, {Value: "two words", Count: 1}}}, {Name: "lang", Values: []search.FacetValue{{Value: "en", Count: 5}}},
	}}
	for _, c := range []struct{ query, chosen, rest string }{
		{"keyword:help", "Help", ""},
		{"keyword:HELP tea", "Help", "tea"},
		{"tea tag:help -cup", "Help", "tea -cup"},
		{`"green tea" keyword:"Two  words" in:a/`, "two words", `"green tea" in:a/`},
		{"lang:EN tea*", "en", "tea*"},
	} {
		_, active := facets(found, search.Parse(c.query))
		if len(active) != 1 || active[0].Name != c.chosen || active[0].URL != address("search", "", "q", c.rest) {
			t.Errorf("%s: %+v", c.query, active)
		}
	}
	list, active := facets(found, search.Parse("tea -keyword:help"))
	if len(active) != 0 || len(list) != 1 {
		t.Errorf("what is left out is no choice, and a language of all pages none: %+v %+v", list, active)
	}
}
