package web

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"coppice/wiki"
)

// TestBytesThatAreNoCharacters: a page that somebody pushed in another encoding is edited line by line, and what nobody
// touched stays as it is, byte for byte.
func TestBytesThatAreNoCharacters(t *testing.T) {
	const page = "# Latin\n\ncaf\xe9 \xc3\xa9 \xff\xfe\n\n## Sec A\n\nplain\x00\n\n## Sec B\n\nna\xefve\n"
	h := bygone(t, []dated{{"2020-01-02", []string{"latin.md", page}}})
	source := func() string {
		t.Helper()
		p, err := wiki.ParsePath("latin")
		if err != nil {
			t.Fatal(err)
		}
		page, err := h.wiki.Head().Page(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(page.Source)
	}
	area := regexp.MustCompile(`(?s)<textarea[^>]*name="source"[^>]*>(.*?)</textarea>`)
	shown := func(address string) string {
		t.Helper()
		m := area.FindStringSubmatch(h.get(address).want(t, 200).body)
		if m == nil {
			t.Fatal("no text to edit")
		}
		return strings.TrimPrefix(html.UnescapeString(m[1]), "\n")
	}
	text := shown("/edit/latin")
	if want := "# Latin\n\ncaf\uFFFD é \uFFFD\n\n## Sec A\n\nplain\uFFFD\n\n## Sec B\n\nna\uFFFDve\n"; text != want {
		t.Fatalf("%q\nwant\n%q", text, want)
	}
	h.post("/edit/latin", "base", h.head(), "source", text, "action", "save")
	if source() != page {
		t.Errorf("a form that was not touched made %q", source())
	}
	h.post("/edit/latin", "base", h.head(), "source", strings.ReplaceAll(text, "naïve", "naive")+"\nMore.\n", "action", "save").want(t, 303)
	if want := page + "\nMore.\n"; source() != want {
		t.Errorf("%q\nwant\n%q", source(), want)
	}
	section := shown("/edit/latin?section=sec-b")
	h.post("/edit/latin", "base", h.head(), "section", "sec-b", "source", strings.ReplaceAll(section, "na\uFFFDve", "naïve"), "action", "save").want(t, 303)
	if want := strings.Replace(page, "na\xefve", "naïve", 1) + "\nMore.\n"; source() != want {
		t.Errorf("%q\nwant\n%q", source(), want)
	}
	h.post("/edit/latin", "base", h.head(), "source", "caf\xe9", "action", "save").want(t, 422, "not valid UTF-8")
}

// TestLostBase: a writer whose version went when somebody rewrote the history keeps their words, and sees the page's.
func TestLostBase(t *testing.T) {
	h := build(t, files("index.md", "# Home\n", "soil.md", "# Soil\n\nBrown.\n"))
	fields := []string{"source", "# Soil\n\nBlack, and my own words.\n", "action", "save"}
	h.post("/edit/soil", append(fields, "base", strings.Repeat("12", 20))...).want(t, 422, "no longer known here", "Black, and my own words.")
	h.post("/edit/soil", fields...).want(t, 409, "Black, and my own words.", "Brown.")
	h.post("/edit/soil", "source", "# Soil\n\nKept words.\n", "base", h.head(), "action", "dance").want(t, 422, "not known here", "Kept words.")
	h.get("/raw/soil").want(t, 200, "Brown.")
}

// TestUndoBeforeRename: what was changed under an older name of a page is undone like any other change.
func TestUndoBeforeRename(t *testing.T) {
	h := build(t, files("index.md", "# Home\n", "soil.md", "# Soil\n\nBrown.\n\nWet.\n"))
	h.post("/edit/soil", "base", h.head(), "source", "# Soil\n\nBlack.\n\nWet.\n", "action", "save").want(t, 303)
	edited := h.head()
	h.post("/rename/soil", "to", "ground").want(t, 303)
	h.post("/edit/ground", "base", h.head(), "source", "# Soil\n\nBlack.\n\nWet.\n\nDeep.\n", "action", "save").want(t, 303)
	h.settle()
	h.get("/revert/ground?revision="+edited).want(t, 200, "Brown.")
	h.post("/revert/ground", "revision", edited).want(t, 303)
	h.get("/raw/ground").want(t, 200, "Brown.\n\nWet.\n\nDeep.")
}
