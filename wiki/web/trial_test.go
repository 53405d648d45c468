package web

import (
	"encoding/json"
	"strings"
	"testing"
)

const searchTests = "# What must be found\nflour for pizza -> pizza within 1\nyeast for rolls -> rolls#do-rolls-need-yeast\nthis line says nothing\npatch a tyre -> bicycle\nhovercraft -> bread\n"

func TestEditorNamesTheSearchesThatAnEditBreaks(t *testing.T) {
	h := build(t, files(append([]string{".coppice/search-tests.txt", searchTests}, kitchen...)...))
	const broken = "This edit would break"
	without := "# Rolls\n\n## How are rolls made?\n\nQuickly.\n"
	for _, action := range []string{"preview", "changes"} {
		post := func(page, source string) reply {
			t.Helper()
			return h.post("/edit/"+page, "base", h.head(), "source", source, "action", action).want(t, 200, "data-trial")
		}
		post("rolls", without).want(t, 200, broken+" 1 search test:", "yeast for rolls", "no longer opens this page at #do-rolls-need-yeast")
		if body := post("bicycle", "# Bicycle\n\n## How do I patch a tyre?\n\nWith a patch.\n").body; strings.Contains(body, broken) {
			t.Errorf("%s: an edit that breaks nothing, beside a search that fails already", action)
		}
		rival := h.post("/edit/new", "source", "# Flour for pizza\n\nFlour for pizza.\n", "action", action).want(t, 200)
		rival.want(t, 200, "no longer finds “Pizza” first: it is in place 2")
	}
	section := h.post("/edit/rolls", "base", h.head(), "section", "do-rolls-need-yeast", "source", "## How are rolls made?\n\nQuickly.\n", "action", "changes")
	section.want(t, 200, broken+" 1 search test:")

	var b BrokenSearches
	answer := h.post("/edit/rolls", "base", h.head(), "source", without, "action", "trial").want(t, 200)
	if err := json.Unmarshal([]byte(answer.body), &b); err != nil || len(b.List) != 1 || b.List[0].URL != "/search?q=yeast+for+rolls" {
		t.Errorf("%s %v", answer.body, err)
	}
	answer = h.post("/edit/bicycle", "base", h.head(), "source", "# Tyre\n\nPatch a tyre.\n", "action", "trial").want(t, 200)
	if err := json.Unmarshal([]byte(answer.body), &b); err != nil || b.Head != "" || len(b.List) != 0 {
		t.Errorf("%s %v", answer.body, err)
	}
	h.get("/wiki/rolls").want(t, 200, "Do rolls need yeast?") // nothing was saved

	h.get("/delete/rolls").want(t, 200, "Deleting the page would break 1 search test:", "no longer finds this page")
	h.get("/rename/rolls").want(t, 200, "1 search test names the page.", "yeast for rolls")
	if body := h.get("/rename/picked").body + h.get("/delete/picked").body; strings.Contains(body, "search test") {
		t.Error("a page that no search needs")
	}
	h.post("/edit/rolls", "base", h.head(), "source", without).want(t, 303) // nobody is kept from it
	h.settle()
	if body := h.post("/edit/rolls", "base", h.head(), "source", "# Rolls\n\nGone.\n", "action", "preview").want(t, 200).body; strings.Contains(body, broken) {
		t.Error("what fails already is said to be broken by the next edit")
	}
}

func TestEditorWithoutSearchTests(t *testing.T) {
	h := build(t, files(kitchen...))
	if body := h.get("/edit/rolls").want(t, 200).body; strings.Contains(body, "data-trial") {
		t.Error("the editor tries searches that are not there")
	}
	h.post("/edit/rolls", "base", h.head(), "source", "# Rolls\n", "action", "trial").want(t, 200, `{"head":"","list":null,"rest":""}`)
	if body := h.get("/delete/rolls").want(t, 200).body; strings.Contains(body, "search test") {
		t.Error("nothing can break")
	}
}
