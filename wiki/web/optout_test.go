package web

import (
	"strings"
	"testing"

	"coppice/wiki"
)

// Somebody who opted out is named on no page, whatever shows who did what.
func TestOptOutHoldsEverywhere(t *testing.T) {
	h := build(t, files("index.md", "# Home\n\nFirst words.\n", "old.md", "# Old\n\nWords of a page that goes.\n", ".coppice/credit.yml", "opt_out:\n  - shy@example.org\n"))
	shy := wiki.Contributor{Name: "Shyanne Quiet", Email: "shy@example.org"}
	save := func(text string, author wiki.Contributor, with ...wiki.Contributor) string {
		t.Helper()
		path, err := wiki.ParsePath("index")
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.wiki.Save(t.Context(), wiki.Edit{Path: path, Base: h.wiki.Head().Commit(), Source: []byte(text), Author: author, CoAuthors: with, Summary: "Say more"})
		if err != nil {
			t.Fatal(err)
		}
		return s.Revision.ID.String()
	}
	first := save("# Home\n\nFirst words, and several more that somebody wrote who would not be named.\n", shy)
	second := save("# Home\n\nFirst words, and several more that somebody wrote who would not be named.\n\nThe two of us wrote this.\n", ada, shy)
	gone, err := wiki.ParsePath("old")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.wiki.Delete(t.Context(), wiki.Delete{Path: gone, Author: shy}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	for address, status := range map[string]int{
		"/": 200, "/wiki/index": 200, "/wiki/index?rev=" + first: 200, "/history/index": 200, "/history/index.atom": 200, "/recent": 200, "/recent.atom": 200,
		"/compare/index?to=" + first: 200, "/compare/index?to=" + second: 200, "/credits/index": 200, "/credits/index?rev=" + first: 200, "/blame/index": 200,
		"/removed": 200, "/contributors": 200, "/participation": 200, "/deleted": 200, "/wiki/old": 404, "/restore/index?revision=" + first: 200,
		"/revert/index?revision=" + first: 200, "/wiki/old?rev=" + first: 200,
	} {
		if body := h.get(address).want(t, status).body; strings.Contains(body, "Shyanne") || strings.Contains(body, "shy@") {
			at := strings.Index(body, "Shyanne")
			t.Errorf("%s names them: %.200q", address, body[max(0, at-100):])
		}
	}
}

// Somebody of a discussion of whom the page gives only the name has opted out by a mail address. What the page's source
// says is its text, and shown where that is.
func TestOptOutHoldsForParticipants(t *testing.T) {
	h := build(t, files("index.md", "---\nparticipants:\n  - shyanne quiet: launched it\n  - Mira\n---\n# Home\n\nFirst words.\n", ".coppice/credit.yml", "opt_out:\n  - shy@example.org\n"))
	_, err := h.wiki.Save(t.Context(), wiki.Edit{Path: mustPath(t, "other"), Source: []byte("# Other\n\nWords.\n"), Author: wiki.Contributor{Name: "Shyanne Quiet", Email: "shy@example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	h.settle()
	for _, address := range []string{"/wiki/index", "/credits/index"} {
		if r := h.get(address).want(t, 200, "<bdi>a contributor</bdi>", "launched it", "<bdi>Mira</bdi>"); strings.Contains(r.body, "shyanne") {
			t.Errorf("%s names them", address)
		}
	}
}
