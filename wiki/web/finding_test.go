package web

import (
	"net/url"
	"testing"

	"coppice/search"
)

// A name that is shown beside the results leads to that person's pages, and not to those of everybody who has it in theirs.
func TestFacetOfAnAuthor(t *testing.T) {
	ann := []search.Facet{{Name: "by", Values: []search.FacetValue{{Value: "Ann", Count: 3}}}}
	list, active := facets(ann, "tea")
	want := "/search?" + url.Values{"q": {`tea by:"Ann"`}}.Encode()
	if len(active) != 0 || list[0].Values[0].URL != want {
		t.Errorf("%v %v, want %s", list, active, want)
	}
	if _, active = facets(ann, `tea by:"Ann"`); len(active) != 1 || !active[0].Current {
		t.Errorf("what is chosen is not shown as chosen: %v", active)
	}
}
