package markdown

import (
	"bytes"
	"strings"
	"testing"
)

func TestSplitBlocks(t *testing.T) {
	// Blocks are shown between bars; a newline at the end of a block is left out.
	for name, want := range map[string]string{
		"headings and paragraphs": "# One\n|text\nmore\n\n|text\n\n|## Two\n\n|end",
		"setext":                  "One\n===\n|text\n\n|Two\nlines\n---\n|text",
		"list":                    "- a\n|- b\n  more\n\n  still b\n|  - c\n|- d\n\n|text",
		"lazy":                    "- a\nlazy\n\n|not lazy",
		"ordered":                 "1. a\n|2. b\n|10) c",
		"no list":                 "It was in\n1986. A good year\n* \nall the same",
		"table":                   "text\n|| a | b |\n|| - | - |\n|| 1 | 2 |\n\n|text",
		"bare table":              "a | b\n|--- | ---\n|1 | 2\n|3 | 4\n|not a row",
		"fence":                   "text\n|```go\n# not a heading\n\n- no item\n```\n|text",
		"fence in item":           "- a\n\n  ```\n  - no item\n\n  ```\n\n  text\n|- b",
		"fence open in item":      "- a\n  ```\n  code\n|- b",
		"front matter":            "---\n|title: x\n|keywords:\n|- a\n|---\n|# One\n",
		"rule first":              "---\n\n|text\n\n|---\n|text",
		"quote":                   "> a\n> b\n\n|> c\n\n|text",
		"references":              "[a]: b\n|[^1]: note\n    more\n|[c]: d",
		"definitions":             "Term\n|: one\n|: two\n\n|text",
		"code":                    "text\n\n|    indented\n    more\n\n|text",
		"blank first":             "\n\n|text",
		"crlf":                    "# One\r\n|text\r\nmore\r\n\r\n|text\r\n",
		"empty":                   "",
		"blank only":              "\n \n",
	} {
		t.Run(name, func(t *testing.T) {
			// A bar after a newline parts blocks, but a table row's own bar, which follows a parting bar, stays.
			var text []byte
			var ends []int
			for i := range len(want) {
				if want[i] == '|' && i > 0 && want[i-1] == '\n' {
					ends = append(ends, len(text))
					continue
				}
				text = append(text, want[i])
			}
			if len(text) > 0 {
				ends = append(ends, len(text))
			}
			got := SplitBlocks(text)
			var marked []string
			for _, b := range got {
				marked = append(marked, string(text[b[0]:b[1]]))
			}
			if len(got) != len(ends) {
				t.Fatalf("blocks %q, wanted %q", marked, want)
			}
			for i := range got {
				if got[i][1] != ends[i] {
					t.Fatalf("blocks %q, wanted %q", marked, want)
				}
			}
			checkCover(t, text, got)
		})
	}
}

func checkCover(t *testing.T, text []byte, blocks [][2]int) {
	t.Helper()
	at := 0
	for _, b := range blocks {
		if b[0] != at || b[1] <= b[0] {
			t.Fatalf("block %v does not follow %d", b, at)
		}
		if at = b[1]; at < len(text) && text[at-1] != '\n' {
			t.Fatalf("block %v ends within a line", b)
		}
	}
	if at != len(text) {
		t.Fatalf("blocks end at %d of %d", at, len(text))
	}
}

func FuzzSplitBlocks(f *testing.F) {
	for _, s := range []string{"", "# a\n\n- b\n  - c\n", "a\n---\n```\nb", "---\na: b\n---\n|a|\n|-|\n", "- ```\n\n> x\n", "\r\n\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checkCover(t, text, SplitBlocks(text))
		// A blank line never begins a block, but at the very beginning of the text or its body.
		_, _, body, _ := splitFrontMatter(text)
		for _, b := range SplitBlocks(text) {
			first := text[b[0]:lineEnd(text, b[0])]
			if b[0] > body && len(bytes.TrimSpace(first)) == 0 && strings.Trim(string(first), " \t\r\n") == "" && text[b[0]-1] == '\n' {
				t.Fatalf("block %v begins with a blank line", b)
			}
		}
	})
}

func BenchmarkSplitBlocks(b *testing.B) {
	text := medianPage(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		SplitBlocks(text)
	}
}
