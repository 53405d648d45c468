package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestSectionsOf: headings and numbered questions are sections; what stands before them, and a title's own, open at the top.
func TestSectionsOf(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         []string // "anchor|heading|text"
	}{
		{"no heading", "Words.\n", []string{"||Words."}},
		{"the title's own", "# T\n\nWords.\n\n## A\n\nMore.\n\nMuch.\n", []string{"||Words.", "a|A|More.\n\nMuch."}},
		{"words before the title", "Before.\n\n# T\n\nWords.\n", []string{"||Before.", "t|T|Words."}},
		{"another title", "---\ntitle: Other\n---\n# T\n\nWords.\n", []string{"t|T|Words."}},
		{"a heading like a paragraph", "# T\n\nA\n\n## A\n\nWords.\n", []string{"||A", "a|A|Words."}},
		{"numbered", "# T\n\nLead.\n\n1. Who?\n   - Everybody.\n2. How?\n   - So.\n\nEnd.\n\n## A\n\n1. Open it.\n2. Close it.\n", []string{
			"||Lead.\n\nEnd.", "who|Who?|Everybody.", "how|How?|So.", "a|A|Open it.\nClose it.",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := extract(pathTo(t, "p"), []byte(c.source))
			var got []string
			for _, s := range p.sections {
				got = append(got, fmt.Sprintf("%s|%s|%s", s.anchor, s.heading, s.text))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSectionsHaveTheirMatter(t *testing.T) {
	p, _ := extract(pathTo(t, "p"), []byte("---\nasked_as:\n  a: in other words\n  t: called\nquestions:\n  t: {keywords: [whole]}\n  who:\n    keywords: [people]\n    asked_as: [whose is it]\n    related: ['#a', other]\n---\n# T\n\nLead.\n\n## A\n\n1. Who?\n   - Everybody.\n"))
	if len(p.sections) != 3 {
		t.Fatalf("%+v", p.sections)
	}
	title, a, who := p.sections[0], p.sections[1], p.sections[2]
	if fmt.Sprint(title.askedAs, title.keywords, a.askedAs, who.askedAs, who.keywords, who.related) != "[called] [whole] [in other words] [whose is it] [people] [#a other]" {
		t.Errorf("%+v", p.sections)
	}
}

// TestOrphansBelongToThePage: what front matter says of a question that was reworded since is not lost.
func TestOrphansBelongToThePage(t *testing.T) {
	const matter = "---\nasked_as:\n  how-big: [xylophonic wording]\nquestions:\n  how-big: {keywords: [zooherd], related: [other]}\n---\n"
	for _, body := range []string{"# T\n\nLead.\n\n## How large?\n\nWords.\n", "# T\n\n## How large?\n\nWords.\n", "## How large?\n\nWords.\n", "Words.\n"} {
		p, _ := extract(pathTo(t, "p"), []byte(matter+body))
		first := p.sections[0]
		if first.anchor != "" || fmt.Sprint(first.askedAs, first.keywords, first.related) != "[xylophonic wording] [zooherd] [other]" {
			t.Errorf("%q: %+v", body, p.sections)
		}
	}
}

// TestTooManySections: nothing of a page is lost to the bound.
func TestTooManySections(t *testing.T) {
	var b strings.Builder
	b.WriteString("Lead.\n\n")
	for i := range maxSections + 5 {
		fmt.Fprintf(&b, "## H%d\n\nWords%d.\n\n", i, i)
	}
	p, _ := extract(pathTo(t, "p"), []byte(b.String()))
	last := p.sections[len(p.sections)-1]
	if len(p.sections) != maxSections || !strings.HasPrefix(last.text, "Words998.\n\nH999\n\nWords999.") || !strings.HasSuffix(last.text, "Words1004.") {
		t.Errorf("%d sections, the last %q", len(p.sections), last.text)
	}
}

// TestNumberedQuestionsAreFound: each is a hit of its own that opens at its address.
func TestNumberedQuestionsAreFound(t *testing.T) {
	w := newWiki(t, map[string]string{"faq": "# Questions\n\n1. Who tends the coppice?\n- Foresters.\n2. What grows back? - Hazel and willow.\n\n3. When is it cut?\n\nIn winter.\n"})
	x := openIndex(t, t.TempDir(), new(reasons))
	followHead(t, x, w)
	for query, want := range map[string]string{
		"foresters": "faq#who-tends-the-coppice", "willow": "faq#what-grows-back", "winter": "faq#when-is-it-cut", "who tends": "faq#who-tends-the-coppice",
	} {
		if got := addresses(find(t, x, query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
