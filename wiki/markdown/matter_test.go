package markdown

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestSetFrontMatterList(t *testing.T) {
	for _, c := range []struct {
		source, key string
		values      []string
		want        string
	}{
		{"Text\n", "keywords", []string{"a b", "c"}, "---\nkeywords: [a b, c]\n---\nText\n"},
		{"---\nkeywords:\n- a\n# mine\nlang: en\n---\nText\n", "keywords", []string{"x: y", "[z]"}, "---\nkeywords: [\"x: y\", \"[z]\"]\n# mine\nlang: en\n---\nText\n"},
		{"---\r\nkeywords: a\r\nlang: en\r\n---\r\n", "keywords", nil, "---\r\nlang: en\r\n---\r\n"},
		{"Text\n", "keywords", nil, "Text\n"},
		{"Text\n", "no key", []string{"a"}, "Text\n"},
		{"---\nkeywords: a\nlang: en\nkeywords:\n- b\nx: |\n  keywords: c\n---\n", "keywords", []string{"d"}, "---\nlang: en\nkeywords: [d]\nx: |\n  keywords: c\n---\n"},
		{"---\nkeywords: a\nkeywords: b\n---\n", "keywords", nil, "---\n---\n"},
	} {
		if got := string(SetFrontMatterList([]byte(c.source), c.key, c.values)); got != c.want {
			t.Errorf("%q: %q, want %q", c.source, got, c.want)
		}
	}
}

func TestSetAskedAs(t *testing.T) {
	for _, c := range []struct {
		source, anchor string
		asked          []string
		want           string
	}{
		{"Text\n", "a", []string{"how?", "why: this"}, "---\nasked_as:\n  a:\n    - how?\n    - \"why: this\"\n---\nText\n"},
		{"---\ntitle: T\nasked_as:\n  a:\n    - x\n  # mine\n  b: [y, z]\nlang: en # too\n---\n", "a", []string{"new"}, "---\ntitle: T\nasked_as:\n  a:\n    - new\n  # mine\n  b: [y, z]\nlang: en # too\n---\n"},
		{"---\nasked_as:\n  # mine\n  b:\n  - y\n---\n", "a", []string{"x"}, "---\nasked_as:\n  # mine\n  b:\n  - y\n  a:\n    - x\n---\n"},
		{"---\nasked_as:\n    a: x\n    b: y\n---\n", "a", nil, "---\nasked_as:\n    b: y\n---\n"},
		{"---\nasked_as:\n  a: x\nlang: en\n---\n", "a", nil, "---\nlang: en\n---\n"},
		{"---\nasked_as: {b: y, a: [x]}\n---\n", "a", []string{"new"}, "---\nasked_as:\n  b:\n    - \"y\"\n  a:\n    - new\n---\n"},
		{"---\nasked_as:\n  \"a\": x\n  'b': y\n---\n", "b", []string{"new"}, "---\nasked_as:\n  \"a\": x\n  b:\n    - new\n---\n"},
		{"---\nasked_as:\n  a: >\n    folded\n\n    text\n  b: y\n---\n", "a", []string{"n"}, "---\nasked_as:\n  a:\n    - \"n\"\n  b: y\n---\n"},
		{"---\ntitle: [unclosed\n---\n", "a", []string{"x"}, "---\ntitle: [unclosed\n---\n"},
		{"Text\n", "", []string{"x"}, "Text\n"},
	} {
		if got := string(SetAskedAs([]byte(c.source), c.anchor, c.asked)); got != c.want {
			t.Errorf("%q: %q, want %q", c.source, got, c.want)
		}
	}
}

func TestTitleAnchor(t *testing.T) {
	for source, want := range map[string]string{
		"# How big is it?\n": "how-big-is-it", "---\ntitle: How big is it?\n---\nText\n": "how-big-is-it",
		"## Twice\n\n# Twice\n": "twice-1", "---\ntitle: One\n---\n# Two\n": "one", "Text\n": "section",
	} {
		if got := Parse([]byte(source), Options{}).TitleAnchor(); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// FuzzSetAskedAs: what was set is read back, nothing else of the page is read differently, and the text below stays.
func FuzzSetAskedAs(f *testing.F) {
	f.Add([]byte("---\ntitle: T\nasked_as:\n  a:\n    - x\n  b: [y, z]\n---\nText\n"), "a", "how?\nwhy")
	f.Add([]byte("---\r\nasked_as: {a: x}\r\nx: |\r\n  asked_as:\r\n---\r\n"), "b", "")
	f.Add([]byte("---\nasked_as:\n- x\n---\n"), "a", "y")
	f.Add([]byte("---\r\nasked_as: {a: \r\naskx}\r\nx: |\r\n  asked_as:\r\n---\r\n"), "b", "y")
	f.Add([]byte("---\nasked_as: {a: x,\n\n# one\nb: y}\n# two\ntitle: T\n---\n"), "b", "")
	f.Add([]byte("---\nasked_as: [0\n]\n---"), "0", "0")
	f.Add([]byte("---\nasked_as: {\n}\n  \r \n---"), "0", "0")
	f.Add([]byte("---\n0:\n--- 0\n---"), "0", "0")
	f.Add([]byte("---\n  title: T\n  x: y\n---\n"), "a", "b")
	f.Add([]byte("---\n{title: T, asked_as: {a: b}}\n---\n"), "a", "c")
	f.Add([]byte("0"), "\u0085\ufeff\uffff\u007f", "0\u0080")
	f.Add([]byte("---\nasked_as: {a: x,\n\n# one\n : y}\n# two\ntitle: T\n---\n"), "b", "z") // a key that is empty
	f.Fuzz(func(t *testing.T, source []byte, anchor, lines string) {
		var asked []string
		for _, s := range strings.Split(lines, "\n") {
			if s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " "); s != "" && !slices.Contains(asked, s) && len(asked) < 50 {
				asked = append(asked, s)
			}
		}
		before, _, ok := ReadFrontMatter(source)
		if ok && bytes.HasPrefix(source, []byte("\ufeff")) || len(source) > MaxFrontMatter/2 || len(lines) > MaxFrontMatter/8 || len(anchor) > 200 {
			return
		}
		next := SetAskedAs(source, anchor, asked)
		if !ok || anchor == "" {
			if !bytes.Equal(next, source) {
				t.Fatalf("%q became %q", source, next)
			}
			return
		}
		after, _, ok := ReadFrontMatter(next)
		want := maps.Clone(before.AskedAs)
		if want == nil {
			want = map[string][]string{}
		}
		anchor = strings.ToValidUTF8(anchor, "\uFFFD")
		if delete(want, anchor); len(asked) > 0 {
			want[anchor] = asked
		}
		maps.DeleteFunc(want, func(_ string, list []string) bool { return len(list) == 0 })
		maps.DeleteFunc(after.AskedAs, func(_ string, list []string) bool { return len(list) == 0 })
		if !ok || !maps.EqualFunc(after.AskedAs, want, slices.Equal) || after.Title != before.Title || !slices.Equal(after.Keywords, before.Keywords) {
			t.Fatalf("%q with %q: %q became %q", anchor, asked, source, next)
		}
		_, _, body, _ := splitFrontMatter(source)
		if !bytes.HasSuffix(next, source[body:]) {
			t.Fatalf("the text below changed: %q became %q", source, next)
		}
	})
}
