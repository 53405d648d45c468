package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSharedWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"How large are garden beds?", "How large is a garden bed?", 3}, {"A car", "My career", 0}, {"Who facilitates?", "The facilitator", 0}, {"Then what?", "forum for", 0},
		{"Facilitate it", "It is facilitated", 1}, {"Wie groß sind Beete?", "wie GROSS ist ein Beet", 2}, {"", "x", 0}, {"the map", "the mapping", 1}, {"map", "a map", 1}, {"菜園の広さは？", "菜園の広さは", 5},
		{"社区要多少人？", "社区需要多少人？", 4}, {"菜", "菜園", 0}, {"the Wikiページ", "Wiki ページー", 3}, {"ชุมชน", "ชุมนุม", 2},
	} {
		if got := sharedWords(tellingWords(c.a), foldedWords(c.b)); got != c.want {
			t.Errorf("%q and %q share %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestFirstSentences(t *testing.T) {
	long := strings.Repeat("Some words of a sentence that goes on. ", 12)
	for answer, want := range map[string]string{
		"": "", "Short.\n\nMore.": "Short.", "One line\nand another.": "One line and another.",
		long: strings.TrimSpace(strings.Repeat("Some words of a sentence that goes on. ", 6)),
	} {
		if got := firstSentences(answer); got != want {
			t.Errorf("%.40q: %q, want %q", answer, got, want)
		}
	}
	for _, s := range []string{strings.Repeat("ü", 500), strings.Repeat("文。", 200), strings.Repeat("x", 500)} {
		if got := firstSentences(s); !utf8.ValidString(got) || len(got) > alikeLead+len("…") || got == "" {
			t.Errorf("%.20q: %q", s, got)
		}
	}
}

// TestMergeLists: what a field added and took away is done to what the text has by now, which may have changed too.
func TestMergeLists(t *testing.T) {
	for _, c := range []struct{ was, is, now, want string }{
		{"a b", "b a c", "a b", "b a c"}, {"zebra ant", "zebra ant tiger", "lion ant", "lion ant tiger"}, {"a b", "a", "a b c", "a c"},
		{"a b", "a b c", "", "c"}, {"a", "", "a b", "b"}, {"", "x", "a", "a x"}, {"a b", "a b x", "A x b", "A x b"}, {"a", "b", "c a a", "c b"},
	} {
		if got := strings.Join(mergeLists(strings.Fields(c.was), strings.Fields(c.is), strings.Fields(c.now)), " "); got != c.want {
			t.Errorf("%q to %q on %q: %q, want %q", c.was, c.is, c.now, got, c.want)
		}
	}
}

// TestSplitFields: what is typed into the fields comes out as short clean texts, and not too many of them.
func TestSplitFields(t *testing.T) {
	for typed, want := range map[string]string{
		" a b ,, c;d\n a  b ": "a b|c|d", ",;\n ": "", "\xff": "\uFFFD",
	} {
		if got := strings.Join(splitKeywords(typed), "|"); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if got := len(splitLines(strings.Repeat("x\n", 50) + strings.Repeat("y", 10) + strings.Repeat("\nz1\nz2", 1000))); got != 4 {
		t.Errorf("%d lines", got)
	}
	var many strings.Builder
	for i := range 1000 {
		many.WriteString(strings.Repeat("w", 1+i) + "\n")
	}
	if got := len(splitLines(many.String())); got != maxFieldLines {
		t.Errorf("%d lines of a thousand", got)
	}
}
