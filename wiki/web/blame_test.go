package web

import (
	"fmt"
	"strings"
	"testing"

	"coppice/wiki"
)

func person(name string) wiki.Contributor {
	return wiki.Contributor{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"}
}

// write saves a page as somebody.
func (h *house) write(path, source, summary string, by wiki.Contributor) wiki.Saved {
	h.t.Helper()
	p, err := wiki.NewPath(path)
	if err != nil {
		h.t.Fatal(err)
	}
	saved, err := h.wiki.Save(h.t.Context(), wiki.Edit{Path: p, Base: h.wiki.Head().Commit(), Source: []byte(source), Summary: summary, Author: by})
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return saved
}

const (
	herbs = "# Herbs\n\nSow the herbs in spring when the ground has warmed, and water them in the evening.\n"
	moved = "Cut the thyme back by a third after it has flowered, or it grows woody and bare at the base.\n"
)

// TestBlameNamesAuthors has a page by somebody named, somebody who opted out, and a bot; and words that came from
// another page.
func TestBlameNamesAuthors(t *testing.T) {
	h := build(t, files("index.md", "# Garden\n", ".coppice/credit.yml", "bots:\n  - Tidy Bot\nopt_out:\n  - Shy Person\n"))
	h.write("herbs", herbs, "Begin", person("Ana Lima"))
	h.write("thyme", "# Thyme\n\n"+moved, "Another page", person("Ben Osei"))
	h.write("herbs", herbs+"\nParsley likes the shade of taller plants and takes its time.\n", "", person("Shy Person"))
	h.write("herbs", herbs+"\nParsley likes the shade of taller plants and takes its time.\n\nGenerated index of all kinds of herbs.\n", "", person("Tidy Bot"))
	h.write("herbs", herbs+"\nParsley likes the shade of taller plants and takes its time.\n\nGenerated index of all kinds of herbs.\n\n"+moved, "Bring it here", person("Chioma"))

	r := h.get("/blame/herbs").want(t, 200, "Ana Lima", "a contributor", "(an automatic edit)", "Ben Osei", ">Thyme</a>", `href="/compare/thyme?to=`, "4 passages")
	for _, never := range []string{"Shy Person", "Tidy Bot", "Chioma", "example.org"} {
		if strings.Contains(r.body, never) {
			t.Errorf("%q is in\n%s", never, r.body)
		}
	}
	h.get("/blame/herbs?by=.hidden").want(t, 200, "1 passage by", "Parsley")
	h.get("/blame/herbs?by=.nobody").want(t, 200, "1 passage by", "Generated")
	r = h.get("/blame/herbs?by=ana-lima").want(t, 200, "1 passage by", `href="/contributors/ana-lima"`)
	if strings.Contains(r.body, "Another page") {
		t.Error("the list has passages of others")
	}
}

// TestBlameWhileBehind is a page that the credit index does not know: it is shown, and says so.
func TestBlameWhileBehind(t *testing.T) {
	h := build(t, files("index.md", "# Garden\n", "herbs.md", herbs))
	h.followings[3].Stop()
	h.cfg.FollowingCredit = nil // a Following that was stopped would be waited for
	p, err := wiki.NewPath("herbs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.wiki.Save(t.Context(), wiki.Edit{Path: p, Base: h.wiki.Head().Commit(), Source: []byte(herbs + "\nNew words.\n"), Author: ada}); err != nil {
		t.Fatal(err)
	}
	r := h.get("/blame/herbs").want(t, 200, "New words.", "it is not known yet who wrote these words")
	if strings.Contains(r.body, "data-mark") {
		t.Error("passages are marked that nobody knows")
	}
	h.get("/blame/herbs?by=ana-lima").want(t, 200, "New words.")
	h.get("/removed/herbs").want(t, 200)
}

// TestBlameOfHugeLine is a page of one line of 2 MB, edited in its middle.
func TestBlameOfHugeLine(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < wiki.MaxPageSize-4096; i++ {
		fmt.Fprintf(&b, "word%d ", i)
	}
	line := b.String()
	h := build(t, files("index.md", "# Garden\n"))
	h.write("line", line, "", person("Ana Lima"))
	h.write("line", strings.Replace(line, "word777 ", "another ", 1), "", person("Ben Osei"))
	h.get("/blame/line").want(t, 200, "3 passages", "Ben Osei")
	h.write("line", "short\n", "", person("Ben Osei"))
	r := h.get("/removed/line?q=word900").want(t, 200, "<mark>word900</mark>", "… ")
	if len(r.body) > 100_000 {
		t.Errorf("%d bytes of one sentence", len(r.body))
	}
}

// TestBlameListGoesOn is a page with more passages than one list has.
func TestBlameListGoesOn(t *testing.T) {
	h := build(t, files("index.md", "# Garden\n"))
	text := func(swap bool) string {
		var b strings.Builder
		for i := range passageRows + 20 {
			word := "stays"
			if swap && i%2 == 1 {
				word = "goes"
			}
			fmt.Fprintf(&b, "Line number %d of this page has words of its own, and it %s.\n\n", i, word)
		}
		return b.String()
	}
	h.write("long", text(false), "", person("Ana Lima"))
	h.write("long", text(true), "", person("Ben Osei"))
	first := h.get("/blame/long").want(t, 200, `href="/blame/long?part=2"`, `href="#mark:0"`)
	if n := strings.Count(first.body, "<li data-passage"); n != passageRows {
		t.Errorf("%d entries, want %d", n, passageRows)
	}
	rest := h.get("/blame/long?part=2").want(t, 200, `rel="prev"`)
	if n := strings.Count(rest.body, "<li data-passage"); n == 0 || n >= passageRows {
		t.Errorf("%d entries in the last part", n)
	}
}

// TestRemovedGoesFurtherBack has more removed sentences than one answer, and one edit that removed many.
func TestRemovedGoesFurtherBack(t *testing.T) {
	h := build(t, files("index.md", "# Garden\n"))
	many := ""
	for i := range removedRows + 30 {
		many += fmt.Sprintf("Number %d is one of the sentences that go together.\n\n", i)
	}
	h.write("page", "Here stood the oldest of all sentences.\n\n"+many, "", person("Ana Lima"))
	h.write("page", many, "Oldest out", person("Ben Osei"))
	h.write("page", "Something else.\n", "All out", person("Ben Osei"))

	r := h.get("/removed/page").want(t, 200, "All out", fmt.Sprintf("And %d more sentences.", removedRows+30-removedPerEdit), "Look further back")
	if n := strings.Count(r.body, "<blockquote"); n != removedPerEdit {
		t.Errorf("%d sentences are shown, want %d", n, removedPerEdit)
	}
	_, after, _ := strings.Cut(r.body, `rel="next"`)
	before := strings.TrimSuffix(r.body, after)
	href := before[strings.LastIndex(before, `href="`)+len(`href="`):]
	href, _, _ = strings.Cut(href, `"`)
	h.get(strings.ReplaceAll(href, "&amp;", "&")).want(t, 200, "Oldest out", "oldest of all", "To the beginning")
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 9, "short"}, {"one two three", 9, "one two…"}, {"ééééé", 5, "éé…"}, {"unbroken-word", 4, "unbr…"}, {"", 0, ""},
	} {
		if got := shorten(c.in, c.n); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestMatchSpansOfLongSentences(t *testing.T) {
	long := strings.Repeat("größer ", 200) + "needle " + strings.Repeat("größer ", 200)
	spans := matchSpans(long, "NEEDLE")
	text, marked := "", ""
	for _, s := range spans {
		text += s.Text
		if s.Mark {
			marked += s.Text
		}
	}
	if marked != "needle" || len(text) > sentenceBytes+10 || !strings.HasPrefix(text, "… ") || !strings.HasSuffix(text, " …") {
		t.Errorf("marked %q in %d bytes: %.40q", marked, len(text), text)
	}
}
