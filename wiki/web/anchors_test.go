package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestAlignSections: a line is a section, "heading: its words"; # begins one a level deeper. What is expected names for each
// old section the heading that it has now, or -.
func TestAlignSections(t *testing.T) {
	const spade = ": the spade cuts the earth where it is softest and lifts it"
	const rake = ": with a rake one draws leaves and small stones together"
	const seed = ": sow them thinly, water often, wait for two weeks at least"
	for _, c := range []struct{ name, old, fresh, want string }{
		{"nothing changed", "A\nB\nC", "A\nB\nC", "A B C"},
		{"one was added", "A\nC", "A\nB\nC", "A C"},
		{"one was taken away", "A\nB\nC", "A\nC", "A - C"},
		{"one was renamed in its place", "A\nB\nC", "A\nX\nC", "A X C"},
		{"the first and the last", "A\nB\nC", "X\nB\nY", "X B Y"},
		{"another level is another place", "A\nB\nC", "A\n# X\nC", "A - C"},
		{"renamed and moved, by its words", "A" + spade + "\nB" + rake, "B" + rake + "\nX" + spade, "X B"},
		{"its words were mended too", "A" + spade + "\nB", "X" + spade + " out of the bed\nB", "X B"},
		{"another section in its place", "A\nB" + spade + "\nC", "A\nX" + rake + "\nC", "A - C"},
		{"two at once, told by their words", "A" + spade + "\nB" + rake, "X" + spade + "\nY" + rake, "X Y"},
		{"two at once without words", "A\nB\nC\nD", "A\nX\nY\nD", "A - - D"},
		{"two of one name, the first goes", "A\nE" + spade + "\nB\nE" + rake, "A\nB\nE" + rake, "A - B E"},
		{"swapped", "A" + spade + "\nB" + rake, "B" + rake + "\nA" + spade, "A B"},
		{"everything goes", "A\nB", "", "- -"},
		{"split in two, the larger part is it", "A" + spade + " " + seed[2:], "X" + spade + " " + seed[2:30] + "\nY: wait for weeks", "X"},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, fresh := lines(c.old), lines(c.fresh)
			var got []string
			for _, j := range alignSections(old, fresh) {
				if j < 0 {
					got = append(got, "-")
				} else {
					got = append(got, fresh[j].text)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func lines(text string) []section {
	var list []section
	for line := range strings.Lines(text) {
		heading, words, _ := strings.Cut(strings.TrimSpace(line), ": ")
		deeper := strings.HasPrefix(heading, "# ")
		heading = strings.TrimPrefix(heading, "# ")
		s := section{anchor: strings.ToLower(heading), text: heading, level: 2, body: []byte(words)}
		if deeper {
			s.level = 3
		}
		list = append(list, s)
	}
	return list
}

// tell saves texts of the page "p" one after another.
func (h *house) tell(texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		base := h.head()
		h.settle()
		if r := h.post("/edit/p", "base", base, "source", text, "action", "save"); r.status != 303 {
			h.t.Fatalf("status %d\n%.400s", r.status, r.body)
		}
	}
	h.settle()
}

func TestFormerAnchorsLeadToTheirSections(t *testing.T) {
	const body = "\n\nThe spade cuts the earth where it is softest, and lifts it out.\n\n"
	h := build(t, files("index.md", "# Home\n\n[[p#Which spade?]]\n", "p.md", "# Page\n\n## Which spade?"+body+"## Next\n\nOther words.\n"))
	h.tell(
		"# Page\n\n## Which spade is best?"+body+"## Next\n\nOther words.\n",
		"",
		"# Page\n\n## Which spade is best?"+body+"## Next\n\nOther words.\n", // emptied, and restored
		"# Page of spades\n\n## Next\n\nOther words.\n\n## What should one dig with?"+body,
	)
	page := h.get("/wiki/p").want(t, 200)
	heading := `<h2 id="what-should-one-dig-with" dir="auto"><span id="which-spade"></span><span id="which-spade-is-best"></span>What should one dig with?`
	if !strings.Contains(page.body, heading) {
		t.Errorf("the targets are not at the heading:\n%s", page.body)
	}
	if !strings.Contains(page.body, `<h1 id="page-of-spades" dir="auto"><span id="page"></span>Page of spades`) {
		t.Errorf("the title's target is missing:\n%s", page.body)
	}
	// The same from the cache, the same from nothing.
	if again := h.get("/wiki/p"); again.body != page.body {
		t.Error("the second view differs")
	}
	h.anchorLines.InvalidateAll()
	h.get("/wiki/p?x=1").want(t, 200, heading)
	// The editor of a section finds it too.
	if r := h.get("/edit/p?section=which-spade"); r.status != 302 || r.header.Get("Location") != "/edit/p?section=what-should-one-dig-with" {
		t.Errorf("%d %s", r.status, r.header.Get("Location"))
	}
	if r := h.get("/edit/p?section=never"); r.status != 302 || r.header.Get("Location") != "/edit/p" {
		t.Errorf("%d %s", r.status, r.header.Get("Location"))
	}
	// An anchor that is a heading again is that heading's.
	h.tell("# Page of spades\n\n## Which spade?\n\nA question of its own, with quite another answer.\n\n## Next\n\nOther words.\n\n## What should one dig with?" + body)
	if r := h.get("/wiki/p").want(t, 200); strings.Count(r.body, `id="which-spade"`) != 1 {
		t.Errorf("the anchor stands there twice:\n%s", r.body)
	}
	// When that one changes its name too, two may be meant.
	h.tell("# Page of spades\n\n## How is it done?\n\nA question of its own, with quite another answer.\n\n## Next\n\nOther words.\n\n## What should one dig with?" + body)
	h.get("/wiki/p").want(t, 200, `lost-section" id="which-spade"`, "Several sections were once called so", `href="#how-is-it-done"`, `href="#what-should-one-dig-with"`)
}

// TestSectionsThatWentElsewhere: a section that left for another page is looked for there, and one that is gone in the
// last version that had it.
func TestSectionsThatWentElsewhere(t *testing.T) {
	const moved = "\n\nThe spade cuts the earth where it is softest, and lifts it out.\n\n"
	h := build(t, files("index.md", "# Home\n", "p.md", "# Page\n\n## Stays\n\nx\n\n## Moves"+moved+"## Stays too\n\nx\n\n## Goes\n\nWords that nobody needs any more.\n"))
	before := h.head()
	h.tell("# Page\n\n## Stays\n\nx\n\n## Stays too\n\nx\n")
	h.get("/wiki/p").want(t, 200, `id="moves"`, "See it as it was last", "/wiki/p?rev="+before+"#moves", "/wiki/p?rev="+before+"#goes")
	if r := h.post("/edit/q", "source", "# Tools\n\n## Moves\n"+moved, "action", "save"); r.status != 303 {
		t.Fatal(r.status)
	}
	h.settle()
	h.get("/wiki/p").want(t, 200, "It seems to have moved", `href="/wiki/q#moves"`)
	if r := h.get("/wiki/p"); strings.Count(r.body, "It seems to have moved") != 1 {
		t.Errorf("a section that only went has moved:\n%s", r.body)
	}
}

// TestManyVersions: what a page with a long and wild history says stays bounded.
func TestManyVersions(t *testing.T) {
	days := []dated{}
	for i := range 3 * anchorVersions / 2 {
		days = append(days, dated{fmt.Sprintf("2009-%02d-%02d", 1+i/28%12, 1+i%28), []string{"p.md", fmt.Sprintf("# Page\n\n## First %d\n\n## Second\n\nWords of %d here\n", i, i)}})
	}
	h := bygone(t, days)
	r := h.get("/wiki/p").want(t, 200)
	for range 100 { // each waits for a while, until a slow machine has read all versions
		if strings.Contains(r.body, `<span id="first-`) {
			break
		}
		r = h.get("/wiki/p").want(t, 200)
	}
	if n := strings.Count(r.body, "<span id="); n == 0 {
		t.Error("no targets")
	}
	if n := strings.Count(r.body, "<span id="); n > maxFormerAnchors {
		t.Errorf("%d targets", n)
	}
	if n := strings.Count(r.body, "lost-section"); n > maxLostSections {
		t.Errorf("%d lost sections", n)
	}
}

// TestFormerAnchorsElsewhere: credits and related questions know a question by what it was called before.
func TestFormerAnchorsElsewhere(t *testing.T) {
	const body = "\n\nThe spade cuts the earth where it is softest, and lifts it out.\n"
	h := build(t, files(
		"index.md", "# Home\n\n## See also\n\n- [[p#which-spade]]\n- [Digging](p.md#which-spade)\n",
		"q.md", "---\nquestions:\n  why-dig:\n    related: [\"p#which-spade\"]\n---\n# Reasons\n\n## Why dig?\n\nBecause.\n",
		"p.md", "# Page\n\n## Which spade?"+body,
	))
	h.tell("# Page\n\n## What should one dig with?" + body)
	if r := h.get("/credits/p?section=which-spade&format=json").want(t, 302); r.header.Get("Location") != "/credits/p?format=json&section=what-should-one-dig-with" {
		t.Errorf("leads to %q", r.header.Get("Location"))
	}
	h.get("/credits/p?section=never").want(t, 404)
	const row = "/wiki/p#what-should-one-dig-with|What should one dig with?|Page"
	if got := relatedOf(t, h.get("/wiki/q")); !strings.HasPrefix(got, row) {
		t.Errorf("related to q:\n%s", got)
	}
	if got := relatedOf(t, h.get("/wiki/index")); !strings.HasPrefix(got, row) {
		t.Errorf("related to the front page:\n%s", got)
	}
}
