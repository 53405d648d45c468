package web

import (
	"html/template"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestRichDiff(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"same", "<p>a</p>", "<p>a</p>", "<p>a</p>"},
		{"a word came", "<p>one two</p>", "<p>one big two</p>", "<p>one <ins>big</ins> two</p>"},
		{"a word went", "<p>one big two three</p>", "<p>one two three</p>", "<p>one <del>big </del>two three</p>"},
		{"a paragraph came", "<p>a</p>\n", "<p>a</p>\n<p>new</p>\n", "<p>a</p>\n<ins class=\"block\"><p>new</p>\n</ins>"},
		{"a paragraph went, without its id", "<h2 id=\"x\">a b c</h2>\n<p>b</p>", "<p>b</p>", "<del class=\"block\"><h2>a b c</h2>\n</del><p>b</p>"},
		{"words keep their markup", "<p>a <em>b</em> c d</p>", "<p>a <em>x</em> c d</p>", "<p>a <em><del>b</del><ins>x</ins></em> c d</p>"},
		{"no word between rows", "<table><tr><td>a b</td></tr><tr><td>c d</td></tr></table>", "<table><tr><td>a b</td></tr></table>",
			"<table><tr><td>a b<del>c d</del></td></tr></table>"},
		{"another kind", "<p>a b</p>", "<ul><li>a b</li></ul>", "<del class=\"block\"><p>a b</p></del><ins class=\"block\"><ul><li>a b</li></ul></ins>"},
		{"entities", "<p>a &lt;b&gt; c</p>", "<p>a &lt;i&gt; c</p>", "<p>a &lt;<del>b</del><ins>i</ins>&gt; c</p>"},
		{"a comma is no part of its word", "<p>one, two three</p>", "<p>ones, two three</p>", "<p><del>one</del><ins>ones</ins>, two three</p>"},
		{"no spaces between words", "<p>共同体</p>", "<p>共有体</p>", "<p>共<del>同</del><ins>有</ins>体</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(richDiff(template.HTML(c.old), template.HTML(c.new))); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

var marks = regexp.MustCompile(`</?ins( class="block")?>|<del( class="block")?>(?s:.*?)</del>`)

// FuzzRichDiff: of text that is escaped as the renderer does, nothing is added but marks, and without them the newer
// version is there as it was.
func FuzzRichDiff(f *testing.F) {
	f.Add("one two", "one three", uint8(0))
	f.Add("a & b < c", "a & c", uint8(1))
	f.Add("", "x", uint8(2))
	f.Add("x\n\ny", "y\n\nx", uint8(3))
	f.Fuzz(func(t *testing.T, a, b string, shape uint8) {
		before, after := wrap(a, shape), wrap(b, shape>>2)
		got := string(richDiff(template.HTML(before), template.HTML(after)))
		if plain := marks.ReplaceAllString(got, ""); plain != after {
			t.Errorf("from %q to %q:\n got %q\nless %q", before, after, got, plain)
		}
	})
}

// wrap makes a rendering of words.
func wrap(text string, shape uint8) string {
	var out strings.Builder
	for part := range strings.SplitSeq(text, "\n\n") {
		words := html.EscapeString(strings.ToValidUTF8(strings.ReplaceAll(part, "\r", ""), "?"))
		switch shape & 3 {
		case 0:
			out.WriteString("<p>" + words + "</p>\n")
		case 1:
			out.WriteString("<ul><li>" + words + "</li><li><em>" + words + "</em></li></ul>\n")
		case 2:
			out.WriteString("<table><tr><td>" + words + "</td></tr></table>\n<hr>\n")
		default:
			out.WriteString("<h2 id=\"x\">" + words + "</h2>\n<p>x<br>" + words + "</p>\n")
		}
	}
	return out.String()
}
