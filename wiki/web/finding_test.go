package web

import (
	"net/url"
	"testing"

	"coppice/search"
)

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
