package web

import (
	"strings"
	"testing"

	"coppice/wiki"
)

// TestInstructionsInSources: whoever reads a page's source, or what changed in it, does not read what its form says to
// writers; only a change of the instructions themselves shows them.
func TestInstructionsInSources(t *testing.T) {
	const form, page = "---\ntitle: FAQ\n---\n## Sources\n<!-- Where the facts come from. -->\n", "---\nform: faq\n---\n\nText.\n\n<!-- Where the facts come from. -->\n\n"
	h := build(t, files(".coppice/forms/faq.md", form, "page.md", page+"One.\n"))
	p, err := wiki.ParsePath("page")
	if err != nil {
		t.Fatal(err)
	}
	push := func(text string) {
		if _, err := h.wiki.Save(t.Context(), wiki.Edit{Path: p, Base: h.wiki.Head().Commit(), Source: []byte(text), Author: ada}); err != nil {
			t.Fatal(err)
		}
		h.settle()
	}
	shown := func(target string) bool {
		return strings.Contains(h.get(target).want(t, 200).body, "Where the facts")
	}
	push(page + "Two.\n")
	pushed := h.head()
	for _, target := range []string{"/raw/page", "/raw/page?rev=" + pushed, "/files/page.md", "/compare/page", "/compare/page?mode=split", "/compare/page?mode=rendered"} {
		if shown(target) {
			t.Errorf("%s shows an instruction that did not change", target)
		}
	}
	h.get("/compare/page").want(t, 200, "Two.")
	snap := h.wiki.Head()
	now, err := snap.Page(p)
	if err != nil {
		t.Fatal(err)
	}
	source, _, _, err := h.Read(t.Context(), snap, now)
	if got := string(source); err != nil || got != "---\nform: faq\n---\n\nText.\n\nTwo.\n" {
		t.Errorf("source %q", got)
	}
	push("---\nform: faq\n---\n\nText.\n\nTwo.\n")
	for _, target := range []string{"/compare/page", "/compare/page?mode=split"} {
		if !shown(target) {
			t.Errorf("%s does not show the instruction that was taken out", target)
		}
	}
	// The text that is left hangs on what the form says: a copy of it is out of date when that changes.
	tag := h.get("/files/page.md?rev=" + pushed).header.Get("ETag")
	if tag == `"`+now.Blob.String()+`"` {
		t.Error("the tag of a part is that of the whole file")
	}
}
