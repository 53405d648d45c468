package credit

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// show writes the words of a text, with " / " between sentences.
func show(t *text) string {
	var b strings.Builder
	for i, s := range t.sentences {
		if i > 0 {
			b.WriteString(" / ")
		}
		for j, w := range t.words[s.from:s.to] {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.Write(t.source[w.start:w.end])
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"prose":               {"One two. Three, four! Five", "One two / Three four / Five"},
		"wrapped":             {"One\ntwo\nthree.", "One two three"},
		"apostrophes":         {"don't it’s 'quoted' dogs'", "don't it’s quoted dogs"},
		"numbers":             {"3.5 of 1,000 v2.1", "3 5 of 1 000 v2 1"},
		"emphasis":            {"**bold** _em_ __strong__ ~~gone~~ snake_case", "bold em strong gone snake_case"},
		"headings":            {"# A title #\ntext\n\nSetext\n===\nmore", "A title / text / Setext / more"},
		"anchor of a heading": {"## How? {#how-to .x}\n", "How"},
		"list":                {"- one\n- two\n  three\n10. ten\n* [x] done", "one / two three / ten / done"},
		"number at a wrap":    {"It was in\n1984. A good year", "It was in 1984 / A good year"},
		"quote":               {"> one\n> two\n\nthree", "one two / three"},
		"alert":               {"> [!NOTE]\n> text", "text"},
		"table":               {"| a b | c |\n|---|:-:|\n| d | e |", "a b / c / d / e"},
		"link":                {"see [the page](http://x.org/a_(b) \"a title\") now", "see the page now"},
		"wikilink":            {"see [[Some Page]] and [[some/page#how|this one]] now, [[open|end", "see Some Page and this one now open / end"},
		"wikilink in a table": {"| a [[b\\|c]] | d |\n|---|---|\n", "a c / d"},
		"reference":           {"see [the page][ref] and[^1]\n\n[ref]: http://x.org 'title'\n[^1]: a note", "see the page and / a note"},
		"image":               {"![alt text](a.png)", "alt text"},
		"address":             {"at https://example.org/a?b=c, or <https://x.org>.", "at https://example.org/a?b=c or https://x.org"},
		"html":                {"a <span class=\"x y\">b</span> c <!-- hidden --> d <br/> 1 < 2", "a b c d 1 2"},
		"comment over lines":  {"<!-- not\n\nthis -->\nbut this", "but this"},
		"open comment":        {"before\n\n<!-- all of it\n\nhidden", "before"},
		"code span":           {"use `<div>` and `` a`b `` or ` open", "use div and a b or open"},
		"between code spans":  {"`a` see [the page](http://x.org/y) or <b>c</b> in `d`", "a see the page or c in d"},
		"fence":               {"```go\nx := 1\n\nif a { b }\n```\nafter", "x 1 / if a b / after"},
		"fence in a quote":    {"> ~~~ sh\n> ls -l\n> ~~~\nafter", "ls l / after"},
		"entities":            {"a&nbsp;b &amp; c", "a b c"},
		"escapes":             {"\\*a\\* \\<b>", "a b"},
		"front matter":        {"---\ntitle: Hidden\n---\ntext", "text"},
		"open front matter":   {"---\ntitle: Shown\n", "title Shown"},
		"chinese":             {"你好。世界 ok", "你 好 / 世 界 ok"},
		"thai":                {"สวัสดี", "ส วั ส ดี"},
		"hindi":               {"नमस्ते दुनिया। एक", "नमस्ते दुनिया / एक"},
		"broken utf-8":        {"a\xff\xfeb \xc3", "a b"},
		"empty":               {"", ""},
	} {
		if got := show(lex([]byte(c.source))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSameWords holds texts together that differ in nothing that anybody wrote.
func TestSameWords(t *testing.T) {
	for name, pair := range map[string][2]string{
		"case":        {"Größe ÉTÉ Word", "GRÖßE été wORD"},
		"normal form": {"caf\u00e9 na\u00efve", "cafe\u0301 nai\u0308ve"},
		"soft hyphen": {"in\u00adformation", "information"},
		"apostrophe":  {"it's", "it’s"},
		"markup":      {"one two three", "**one** [two](x.md) <b>three</b>"},
		"list kind":   {"- a\n- b", "1. a\n2. b"},
		"wrapping":    {"one two three\nfour", "one\ntwo three four"},
	} {
		a, b := lex([]byte(pair[0])), lex([]byte(pair[1]))
		if !slices.Equal(hashes(a), hashes(b)) || !slices.Equal(sentenceHashes(a), sentenceHashes(b)) {
			t.Errorf("%s: %q and %q", name, show(a), show(b))
		}
	}
}

func hashes(t *text) []uint64 {
	h := make([]uint64, len(t.words))
	for i, w := range t.words {
		h[i] = w.hash
	}
	return h
}

func starterPages(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../content/starter/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no starter pages", err)
	}
	var pages []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(raw))
	}
	return pages
}

func checkText(t *testing.T, x *text) {
	t.Helper()
	at := uint32(0)
	for _, w := range x.words {
		if w.start < at || w.end <= w.start || int(w.end) > len(x.source) {
			t.Fatalf("word %d-%d after %d of %q", w.start, w.end, at, x.source)
		}
		at = w.end
	}
	next := int32(0)
	for _, s := range x.sentences {
		if s.from != next || s.to <= s.from {
			t.Fatalf("sentence %d-%d, want it to begin at %d", s.from, s.to, next)
		}
		next = s.to
	}
	if int(next) != len(x.words) {
		t.Fatalf("%d words, sentences have %d", len(x.words), next)
	}
}

// checkRelex compares going on from an old text with reading the new one from its beginning.
func checkRelex(t *testing.T, old, source []byte) {
	t.Helper()
	a, b := relex(lex(old), source, lex(old)), lex(source)
	if !slices.Equal(a.words, b.words) || !slices.Equal(a.sentences, b.sentences) || !slices.Equal(a.marks, b.marks) {
		t.Fatalf("from %q\nto   %q:\n%s\nand\n%s", old, source, show(a), show(b))
	}
}

// TestRelex edits real pages anywhere, with pieces that open and close whatever there is.
func TestRelex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"word ", "\n\n", "```\n", "~~~", "<!--", "-->", "\n---\n", "`", "[x](", ")", "<a href='", "> ", "- ", "# ", ". ", "|", "\n    "}
	for _, page := range starterPages(t) {
		for range 60 {
			edited := page
			for range 1 + random.IntN(3) { // what lies between two edits is taken over, too
				at, drop := random.IntN(len(edited)), random.IntN(40)
				edited = edited[:at] + pieces[random.IntN(len(pieces))] + edited[min(len(edited), at+drop):]
			}
			checkRelex(t, []byte(page), []byte(edited))
			page = edited
		}
	}
}

func TestTooLongText(t *testing.T) {
	page := []byte("one two three.\n\n")
	long := bytes.Repeat(page, maxText/len(page)+1)
	if x := lex(long); len(x.words) != 0 {
		t.Errorf("%d words", len(x.words))
	}
	for _, pair := range [][2][]byte{{page, long}, {long, page}} {
		checkRelex(t, pair[0], pair[1])
	}
}

// TestHostileText reads two megabytes of what a lexer could choke on. It would take hours if anything were quadratic.
func TestHostileText(t *testing.T) {
	const size = 2 << 20
	for _, piece := range []string{"a", "a ", "a. ", "<", "<a ", "<a b='", "<!--", "](", "](a", "](a \"", "][", "[^", "`", "`` ` ", "&a", "> ", "- ", "|", "\\", "http://", "[a]: ", "é", "字", "\u0301", "'a", "((((](", "```\n", "\n", "~~~\n\n"} {
		x := lex(bytes.Repeat([]byte(piece), size/len(piece)))
		checkText(t, x)
	}
	var growing strings.Builder
	for n := 1; growing.Len() < size; n++ {
		growing.WriteString(strings.Repeat("`", n) + " ")
	}
	checkText(t, lex([]byte(growing.String())))
}

// FuzzWords reads any two texts: it never panics, and going on from one gives what reading the other does.
func FuzzWords(f *testing.F) {
	f.Add([]byte("# A\n\nOne two.\n\nThree."), []byte("# A\n\nOne `two`.\n\n<!-- Three."))
	f.Add([]byte("---\na: b\n"), []byte("---\na: b\n---\n\ntext"))
	f.Add([]byte("> ```\n> x\n\n> y"), []byte("> ```\n> x\n"))
	f.Add([]byte("a <b c='\n\nd'>"), []byte("a [b](c\n\n)"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		checkText(t, lex(a))
		checkRelex(t, a, b)
	})
}
