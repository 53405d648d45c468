package diff

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// splitMarkdown is a small splitter for the tests: a heading, a list item and a table row are a block; other lines
// that follow one another are one; a fenced code block is one; blank lines belong to what is before them.
func splitMarkdown(text []byte) []Block {
	var all []Block
	start, at := 0, 0
	fenced, afterBlank := false, false
	for _, line := range SplitLines(text) {
		words := bytes.TrimSpace(line)
		fence := bytes.HasPrefix(words, []byte("```"))
		single := func(l []byte) bool {
			return bytes.HasPrefix(l, []byte("#")) || bytes.HasPrefix(l, []byte("- ")) || bytes.HasPrefix(l, []byte("* ")) || bytes.HasPrefix(l, []byte("|")) ||
				len(l) > 1 && l[0] >= '0' && l[0] <= '9' && bytes.Contains(l[:min(4, len(l))], []byte(". "))
		}
		begins := !fenced && len(words) > 0 && (afterBlank || single(words) || fence || at > start && bytes.HasPrefix(text[start:at], []byte("#")))
		if begins && at > start {
			all = append(all, Block{start, at})
			start = at
		}
		if fence {
			fenced = !fenced
		}
		afterBlank = len(words) == 0
		at += len(line)
	}
	if at > start {
		all = append(all, Block{start, at})
	}
	return all
}

// drawn writes a merge with conflicts as [base|theirs|mine], blank lines and all.
func drawn(r Result) string {
	var text strings.Builder
	for _, c := range r.Chunks {
		if c.Conflict {
			text.WriteString("[" + string(c.Base) + "|" + string(c.Theirs) + "|" + string(c.Mine) + "]")
		} else {
			text.Write(c.Text)
		}
	}
	return text.String()
}

func TestMerge(t *testing.T) {
	for _, c := range []struct{ name, base, theirs, mine, want string }{
		{"nobody", "a\n", "a\n", "a\n", "a\n"},
		{"far apart", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		{"the same line", "a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", "a\n[b\n|X\n|Y\n]c\n"},
		{"the same change", "a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n", "a\nX\nc\n"},
		{"neighbouring list items", "- a\n- b\n", "- A\n- b\n", "- a\n- B\n", "- A\n- B\n"},
		{"neighbouring lines of a paragraph", "a\nb\n", "A\nb\n", "a\nB\n", "[a\nb\n|A\nb\n|a\nB\n]"},
		{"neighbouring table rows", "| h |\n| - |\n| a |\n| b |\n", "| h |\n| - |\n| A |\n| b |\n", "| h |\n| - |\n| a |\n| B |\n", "| h |\n| - |\n| A |\n| B |\n"},
		{"three items, one of them by both", "- one apple\n- two apples\n- three apples\n", "- one pear\n- two pears\n- three pears\n", "- one apple\n- two quinces\n- three apples\n",
			"- one pear\n[- two apples\n|- two pears\n|- two quinces\n]- three pears\n"},
		{"different paragraphs at one place", "a\n\nb\n", "a\n\nX\n\nb\n", "a\n\nY\n\nb\n", "a\n\n[|X\n|Y\n]\nb\n"},
		{"the same paragraph by both", "a\n\nb\n", "a\n\nX\n\nb\n", "a\n\nX\n\nb\n", "a\n\nX\n\nb\n"},
		{"an item after one that changes", "- a\n- b\n", "- a\n- x\n- b\n", "- A\n- b\n", "- A\n- x\n- b\n"},
		{"an item before one that changes", "- a\n- b\n", "- a\n- x\n- b\n", "- a\n- B\n", "- a\n- x\n- B\n"},
		{"an item after one that goes", "- a\n- b\n- c\n", "- a\n- b\n- x\n- c\n", "- a\n- c\n", "- a\n[- b\n|- b\n- x\n|]- c\n"},
		{"an item goes, its neighbour changes", "- a\n- b\n- c\n", "- b\n- c\n", "- a\n- B\n- c\n", "- B\n- c\n"},
		{"deleted and edited", "# T\n\na\n\nb\n\nc\n", "# T\n\na\n\nc\n", "# T\n\na\n\nB\n\nc\n", "# T\n\na\n\n[b\n\n||B\n\n]c\n"},
		{"a paragraph after the last one, which changes", "a\n\nlast\n", "a\n\nlast\n\nnew\n", "a\n\nLast\n", "a\n\nLast\n\nnew\n"},
		{"both append", "a\n", "a\nx\n", "a\ny\n", "a\n[|x\n|y\n]"},
		{"both begin alike", "a\n", "a\nx\n1\n", "a\nx\n2\n", "a\nx\n[|1\n|2\n]"},
		{"a moved section that the other side edits", "# A\n\none\n\n# B\n\ntwo\n\n# C\n\nthree\n", "# B\n\ntwo\n\n# C\n\nthree\n\n# A\n\none\n", "# A\n\nONE\n\n# B\n\ntwo\n\n# C\n\nthree\n",
			"[# A\n\none\n\n||# A\n\nONE\n\n]# B\n\ntwo\n\n# C\n\nthree\n\n# A\n\none\n"},
		{"new page on both sides", "", "x\n", "y\n", "[|x\n|y\n]"},
		{"everything deleted, and edited", "a\n", "", "b\n", "[a\n||b\n]"},
		{"windows endings", "- a\r\n- b\r\n", "- A\r\n- b\r\n", "- a\r\n- B\r\n", "- A\r\n- B\r\n"},
		{"conflicts with a blank line in between", "a\n\nb\n", "A\n\nB\n", "1\n\n2\n", "[a\n\nb\n|A\n\nB\n|1\n\n2\n]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Merge([]byte(c.base), []byte(c.theirs), []byte(c.mine), splitMarkdown)
			checkMerge(t, []byte(c.base), []byte(c.theirs), []byte(c.mine), r)
			if got := drawn(r); got != c.want {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

// TestMergeSplitters merges with splitters that keep no contract: the result must be whole all the same.
func TestMergeSplitters(t *testing.T) {
	base, theirs, mine := []byte("- a\n- b\n- c"), []byte("- A\n- b\n- c"), []byte("- a\n- B\n- c\n- d")
	for name, split := range map[string]func([]byte) []Block{
		"none":      nil,
		"empty":     func([]byte) []Block { return nil },
		"backwards": func(text []byte) []Block { return []Block{{5, 8}, {0, 5}, {8, len(text)}} },
		"beyond":    func(text []byte) []Block { return []Block{{-3, 4}, {4, len(text) + 9}} },
		"in a line": func(text []byte) []Block { return []Block{{0, 2}, {2, 6}, {6, len(text)}} },
		"every byte": func(text []byte) (all []Block) {
			for i := range text {
				all = append(all, Block{i, i + 1})
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) { checkMerge(t, base, theirs, mine, Merge(base, theirs, mine, split)) })
	}
}

// checkMerge holds what is true of every merge.
func checkMerge(t *testing.T, base, theirs, mine []byte, r Result) {
	t.Helper()
	var text, withTheirs []byte
	conflicts := 0
	for i, c := range r.Chunks {
		if !c.Conflict {
			if len(c.Text) == 0 || i > 0 && !r.Chunks[i-1].Conflict {
				t.Fatalf("chunk %d is empty or should be part of the one before: %s", i, drawn(r))
			}
			text, withTheirs = append(text, c.Text...), append(withTheirs, c.Text...)
			continue
		}
		if bytes.Equal(c.Mine, c.Theirs) {
			t.Fatalf("a conflict about nothing: %q", c.Mine)
		}
		text, withTheirs = append(text, c.Mine...), append(withTheirs, c.Theirs...)
		conflicts++
	}
	if !bytes.Equal(text, r.Text) || conflicts != r.Conflicts || r.Clean != (conflicts == 0) {
		t.Fatalf("chunks, text and verdict disagree: %q %q %+v", text, r.Text, r)
	}
	// A line that one side put in stands in the text or in that side of a conflict; one with
	// words in it that both left alone stands in both.
	count := func(texts ...[]byte) map[string]int {
		n := make(map[string]int)
		for _, text := range texts {
			for _, l := range SplitLines(text) {
				n[string(bytes.TrimRight(l, "\r\n"))]++
			}
		}
		return n
	}
	inBase, inTheirs, inMine, inText, inOther := count(base), count(theirs), count(mine), count(text), count(withTheirs)
	for l, n := range inMine {
		if n > inBase[l] && inText[l] == 0 {
			t.Fatalf("line %q of mine is lost in %.300s", l, drawn(r))
		}
	}
	for l, n := range inTheirs {
		if n > inBase[l] && inOther[l] == 0 {
			t.Fatalf("line %q of theirs is lost in %.300s", l, drawn(r))
		}
	}
	touched := make(map[int]bool)
	lines := SplitLines(base)
	for _, e := range append(Lines(lines, SplitLines(theirs)), Lines(lines, SplitLines(mine))...) {
		for i := e.A0; i < e.A1; i++ {
			touched[i] = true
		}
	}
	for i, l := range lines {
		if l := string(bytes.TrimRight(l, "\r\n")); !touched[i] && strings.ContainsFunc(l, wordRune) && (inText[l] == 0 || inOther[l] == 0) {
			t.Fatalf("line %q that nobody touched is lost in %.300q (base %.300q, theirs %.300q, mine %.300q)", l, drawn(r), base, theirs, mine)
		}
	}
}

func mergeChecked(t *testing.T, base, theirs, mine []byte) Result {
	t.Helper()
	r := Merge(base, theirs, mine, splitMarkdown)
	checkMerge(t, base, theirs, mine, r)
	return r
}

// checkMergeLaws holds the properties of Merge on one triple.
func checkMergeLaws(t *testing.T, base, theirs, mine []byte) Result {
	t.Helper()
	for _, x := range [][]byte{theirs, mine} {
		for _, r := range []Result{Merge(base, x, base, splitMarkdown), Merge(base, base, x, splitMarkdown), Merge(base, x, x, splitMarkdown)} {
			if !r.Clean || !bytes.Equal(r.Text, x) {
				t.Fatalf("base %q: only %q was made of it, merged %q", base, x, drawn(r))
			}
		}
	}
	r := mergeChecked(t, base, theirs, mine)
	swapped := Merge(base, mine, theirs, splitMarkdown)
	for i := range swapped.Chunks {
		c := &swapped.Chunks[i]
		c.Theirs, c.Mine = c.Mine, c.Theirs
	}
	if got, want := drawn(swapped), drawn(r); got != want {
		t.Fatalf("base %q theirs %q mine %q: %q, exchanged %q", base, theirs, mine, want, got)
	}
	return r
}

func FuzzMerge(f *testing.F) {
	for _, seed := range [][3]string{
		{"- a\n- b\n- c\n", "- a\n- B\n- c\n", "- a\n- b\n- x\n- c\n"},
		{"# A\n\none\n\n# B\n\ntwo\n", "# B\n\ntwo\n\n# A\n\none\n", "# A\n\nONE\n\n# B\n\ntwo"},
		{"a\n\n\nb\n\n", "\n\na\n", "a\n\nb"},
		{"| a |\n| b |\n| c |\n", "| a | 1 |\n| b | 2 |\n| c | 3 |\n", "| a |\n| x |\n| b |\n| C |\n"},
		{"", "a", "b\r\n"},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]), []byte(seed[2]))
	}
	f.Fuzz(func(t *testing.T, base, theirs, mine []byte) {
		checkMergeLaws(t, base, theirs, mine)
		// Short lines that repeat find more: the same bytes as a text of few different lines.
		few := func(text []byte) []byte {
			lines := []string{"a\n", "b\n", "- a\n", "- b\n", "\n", "# a\n", "| a |\n", "one two three\n", "one two four\n", "a"}
			var out []byte
			for _, c := range text {
				out = append(out, lines[int(c)%len(lines)]...)
			}
			return out
		}
		checkMergeLaws(t, few(base), few(theirs), few(mine))
	})
}

// TestMergeKeepsArguments: nothing writes to the texts, though results share their memory.
func TestMergeKeepsArguments(t *testing.T) {
	texts := [][]byte{[]byte("a\nb\nc\nd\n"), []byte("a\nX\nc\nd\ne\n"), []byte("a\nY\nc\nd\nf\n")}
	kept := make([][]byte, len(texts))
	for i := range texts {
		kept[i] = slices.Clone(texts[i])
	}
	r := Merge(texts[0], texts[1], texts[2], splitMarkdown)
	for _, c := range r.Chunks {
		_ = append(c.Text, "overwritten"...)
	}
	for i := range texts {
		if !bytes.Equal(texts[i], kept[i]) {
			t.Errorf("text %d became %q", i, texts[i])
		}
	}
}
