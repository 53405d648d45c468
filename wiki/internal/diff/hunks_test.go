package diff

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func rejoin(spans []Span, without Op) string {
	var text strings.Builder
	for _, s := range spans {
		if s.Op != without {
			text.WriteString(s.Text)
		}
	}
	return text.String()
}

// show writes spans with [-deletions-] and {+insertions+}.
func show(spans []Span) string {
	var text strings.Builder
	for _, s := range spans {
		switch s.Op {
		case Equal:
			text.WriteString(s.Text)
		case Delete:
			text.WriteString("[-" + s.Text + "-]")
		case Insert:
			text.WriteString("{+" + s.Text + "+}")
		}
	}
	return text.String()
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"", "", ""},
		{"same", "same", "same"},
		{"", "new", "{+new+}"},
		{"the cat sat", "the big cat sat", "the {+big +}cat sat"},
		{"We meet on Monday.", "We meet on Friday.", "We meet on [-Monday-]{+Friday+}."},
		{"one two three", "four five three", "[-one two-]{+four five+} three"},
		{"don't stop", "don’t stop", "[-don't-]{+don’t+} stop"},
		{"snake_case name", "snake_cases name", "[-snake_case-]{+snake_cases+} name"},
		{"知识管理社区", "知识共享社区", "知识[-管理-]{+共享+}社区"},
		{"ชุมชนนักปฏิบัติ", "ชุมชนปฏิบัติ", "ชุมชน[-นัก-]ปฏิบัติ"},
		{"cafe\u0301 au lait", "café au lait", "[-cafe\u0301-]{+café+} au lait"},
		{"a 👩‍👩‍👧 b", "a 👩‍👩‍👦 b", "a [-👩‍👩‍👧-]{+👩‍👩‍👦+} b"},
		{"## Title", "### Title", "[-##-]{+###+} Title"},
		{"[text](http://a.example)", "[text](http://b.example)", "[text](http://[-a-]{+b+}.example)"},
		{"bad \xff byte", "bad \xfe byte", "bad [-\xff-]{+\xfe+} byte"},
		{"ما هي الجماعة", "ما هو الجماعة", "ما [-هي-]{+هو+} الجماعة"},
	} {
		if got := show(Words(c.a, c.b)); got != c.want {
			t.Errorf("Words(%q, %q) = %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, seed := range [][2]string{{"", ""}, {"a b c", "a x c"}, {"one  two", "three four"}, {"知识", "知\xff"}, {"👩‍👩‍👧 it's", "\u200d '"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		spans := Words(a, b)
		if old, new := rejoin(spans, Insert), rejoin(spans, Delete); old != a || new != b {
			t.Fatalf("Words(%q, %q) = %s: spans give %q and %q", a, b, show(spans), old, new)
		}
		for i, s := range spans {
			if s.Text == "" {
				t.Fatalf("Words(%q, %q) = %s: empty span", a, b, show(spans))
			}
			if i > 0 && (s.Op == spans[i-1].Op || s.Op == Delete && spans[i-1].Op == Insert) {
				t.Fatalf("Words(%q, %q) = %s: order", a, b, show(spans))
			}
		}
		checkHunks(t, []byte(a), []byte(b), Hunks([]byte(a), []byte(b), 2), 2)
		checkHunks(t, []byte(a), []byte(b), Hunks([]byte(a), []byte(b), -1), len(a)+len(b))
	})
}

// checkHunks is the contract of Hunks: applied like a patch, they make b of a.
func checkHunks(t *testing.T, a, b []byte, hunks []Hunk, context int) {
	t.Helper()
	old, new := SplitLines(a), SplitLines(b)
	var patched []byte
	at := 0
	for _, h := range hunks {
		from := max(h.OldStart-1, 0)
		if h.OldLines == 0 {
			from = h.OldStart
		}
		patched = append(patched, bytes.Join(old[at:from], nil)...)
		at = from
		oldLines, newLines, changes := 0, 0, 0
		for _, l := range h.Lines {
			text := rejoin(l.Spans, 99) + l.Ending
			if l.Op != Insert {
				if l.Old != at+1 || text != string(old[at]) {
					t.Fatalf("hunk %d,%d: line %+v is not line %d of the old text, %q", h.OldStart, h.NewStart, l, at+1, old[at])
				}
				at++
				oldLines++
			}
			if l.Op != Delete {
				if text != string(new[l.New-1]) {
					t.Fatalf("line %+v is not in the new text", l)
				}
				patched = append(patched, text...)
				newLines++
			}
			if l.Op != Equal {
				changes++
			}
			for _, s := range l.Spans {
				if s.Op != Equal && s.Op != l.Op || s.Text == "" {
					t.Fatalf("span %+v in line %+v", s, l)
				}
			}
		}
		if oldLines != h.OldLines || newLines != h.NewLines || changes == 0 {
			t.Fatalf("hunk counts %d and %d lines, has %d and %d, %d changed", h.OldLines, h.NewLines, oldLines, newLines, changes)
		}
	}
	patched = append(patched, bytes.Join(old[min(at, len(old)):], nil)...)
	if len(hunks) > 0 && !bytes.Equal(patched, b) || len(hunks) == 0 && !bytes.Equal(a, b) {
		t.Fatalf("hunks applied to %.200q give %.200q, want %.200q", a, patched, b)
	}
}

// sketch writes hunks as a person reads them.
func sketch(hunks []Hunk) string {
	var text strings.Builder
	for _, h := range hunks {
		text.WriteString("@ " + h.Heading + "\n")
		for _, l := range h.Lines {
			text.WriteString(string(" -+"[l.Op]) + show(l.Spans) + "\n")
		}
	}
	return text.String()
}

func TestHunks(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		context    int
		want       string
	}{
		{"words in a pair of lines", "# Meeting\n\nWe meet on Monday at ten.\nBring cake.\n", "# Meeting\n\nWe meet on Friday at ten.\nBring cake.\n", 1, `
@ Meeting
 
-We meet on [-Monday-] at ten.
+We meet on {+Friday+} at ten.
 Bring cake.
`},
		{"nothing in common: no confetti", "the old line of words\n", "what a different thing is here\n", 1, `
@ 
-[-the old line of words-]
+{+what a different thing is here+}
`},
		{"pairs by likeness, not by place", "one apple a day keeps us well\n", "a wholly new opening\none pear a day keeps us well\n", 0, `
@ 
-one [-apple-] a day keeps us well
+{+a wholly new opening+}
+one {+pear+} a day keeps us well
`},
		{"a paragraph from its beginning", "A first.\n\nA second.\n\nA third.\n", "A first.\n\nA new one.\n\nA second.\n\nA third.\n", 1, `
@ 
 
+{+A new one.+}
+
 A second.
`},
		{"a section from its heading", "# T\n\n## A\n\ntext\n\n## C\n\ntext\n\n", "# T\n\n## A\n\ntext\n\n## B\n\ntext\n\n## C\n\ntext\n\n", 1, `
@ A
 
+{+## B+}
+
+{+text+}
+
 ## C
`},
		{"a comment in a fence is no heading", "## Real ##\n\n```sh\n# not one\n```\n\nx\n", "## Real ##\n\n```sh\n# not one\n```\n\ny\n", 0, `
@ Real
-[-x-]
+{+y+}
`},
		{"underlined heading, front matter", "---\ntitle: x\n---\n\nReal\n====\n\nold\n", "---\ntitle: x\n---\n\nReal\n====\n\nnew\n", 0, `
@ Real
-[-old-]
+{+new+}
`},
		{"final newline", "a b c", "a b c\n", 3, `
@ 
-a b c
+a b c
`},
		{"two hunks", "a\n1\n2\n3\nb\n", "A\n1\n2\n3\nB\n", 1, `
@ 
-[-a-]
+{+A+}
 1
@ 
 3
-[-b-]
+{+B+}
`},
		{"contexts meet", "a\n1\n2\nb\n", "A\n1\n2\nB\n", 1, `
@ 
-[-a-]
+{+A+}
 1
 2
-[-b-]
+{+B+}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Hunks([]byte(c.a), []byte(c.b), c.context)
			checkHunks(t, []byte(c.a), []byte(c.b), got, c.context)
			if text := sketch(got); text != c.want[1:] {
				t.Errorf("got\n%s\nwant\n%s", text, c.want[1:])
			}
		})
	}
	if got := Hunks([]byte("a\n"), []byte("a\n"), 3); got != nil {
		t.Errorf("equal texts: %v", got)
	}
}

func TestHunkNumbers(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       [4]int
	}{
		{"new page", "", "a\nb\n", [4]int{0, 0, 1, 2}},
		{"emptied page", "a\nb\n", "", [4]int{1, 2, 0, 0}},
		{"inserted without context", "a\nb\n", "a\nx\nb\n", [4]int{1, 0, 2, 1}},
		{"changed", "a\nb\nc\n", "a\nx\nc\n", [4]int{2, 1, 2, 1}},
	} {
		h := Hunks([]byte(c.a), []byte(c.b), 0)
		if len(h) != 1 {
			t.Fatalf("%s: %d hunks", c.name, len(h))
		}
		if got := [4]int{h[0].OldStart, h[0].OldLines, h[0].NewStart, h[0].NewLines}; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPairs(t *testing.T) {
	old := Hunks([]byte("x\nalpha beta gamma\n"), []byte("alpha beta delta\ny\n"), 3)[0].Lines
	i := slices.IndexFunc(old, func(l Line) bool { return l.Pair != 0 })
	if i < 0 || old[i].Op != Delete || old[i].Old != 2 || old[i].Pair != 1 {
		t.Errorf("the pair isn't told: %+v", old)
	}
}
