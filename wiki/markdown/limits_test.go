package markdown

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestLimits passes each limit, and looks for the sentence and that nothing of the page is lost.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		limit  limit
		line   int
	}{
		"size":          {strings.Repeat(strings.Repeat("a", 200)+"\n", MaxSource/200), limitSize, MaxSource/201 + 1},
		"lines":         {strings.Repeat("a\n", MaxLines+5), limitLines, MaxLines + 1},
		"nodes":         {strings.Repeat("[a](b) [a](b) [a](b)\n\n", MaxNodes/3), limitNodes, 0},
		"depth":         {"a\n\n" + strings.Repeat("> ", MaxDepth+5) + "b\n", limitDepth, 3},
		"list depth":    {"a\n\n" + strings.Repeat("- ", MaxDepth) + "b\n", limitDepth, 3},
		"delimiters":    {"a\n\n" + strings.Repeat("*a_ ", MaxDelimiters) + "\n", limitDelimiters, 3},
		"brackets":      {"a\n\n" + strings.Repeat("[", MaxBrackets+5) + "\n", limitBrackets, 3},
		"columns":       {"a\n\n" + strings.Repeat("|a", MaxColumns+1) + "\n" + strings.Repeat("|-", MaxColumns+1) + "\n", limitColumns, 4},
		"cells":         {"a\n\n|a|b|c|\n|-|-|-|\n" + strings.Repeat("|\n", MaxNodes/3), limitColumns, 4},
		"escaped pipes": {"a\n\n|a|\n|-|\n" + strings.Repeat("|`\\|`|\n", MaxEscapedPipes+1), limitEscapedPipes, 4},
		"footnotes":     {strings.Repeat("[^a]: b\n\n", MaxFootnotes+1), limitFootnotes, 2*MaxFootnotes + 1},
		"references":    {"a\n\n" + strings.Repeat("[a]: b\n", MaxReferences+1), limitReferences, 3},
		"links":         {strings.Repeat("[a](b ", 20000), limitScan, 1},
		"open titles":   {strings.Repeat("[a](b \"c\n", 5000), limitScan, 0},
		"code spans":    {strings.Repeat(backticks(64<<10)+"\n\n", 4), limitScan, 0},
		"open tags":     {strings.Repeat("<a b=\"", 50000), limitScan, 1},
		"numbered":      {"a\n\n" + strings.Repeat("1. a?\n- b\n", MaxNumbered+1), limitNumbered, 2*MaxNumbered + 3},
		"html":          {"a\n\n<div>\n" + strings.Repeat("<b>x</b>\n", MaxRaw/9) + "\n\nz\n", limitRaw, 3},
	} {
		t.Run(name, func(t *testing.T) {
			d := Parse([]byte(c.source), Options{})
			i := slices.IndexFunc(d.Problems, func(p Problem) bool { return p.Text == sentences[c.limit] })
			if i < 0 {
				t.Fatalf("problems %v", d.Problems)
			}
			if c.line > 0 && d.Problems[i].Line != c.line {
				t.Errorf("line %d, wanted %d", d.Problems[i].Line, c.line)
			}
			html := string(d.HTML(nil))
			if why := unsafeHTML(html); why != "" {
				t.Error(why)
			}
			if len(html) < len(c.source)/8 && c.limit != limitFootnotes && c.limit != limitColumns {
				t.Errorf("%d bytes of HTML for %d of source", len(html), len(c.source))
			}
		})
	}
}

// TestOrdinaryPagesPassNoLimit is the other side: what people write stays far below.
func TestOrdinaryPagesPassNoLimit(t *testing.T) {
	d := Parse([]byte(strings.Repeat(generatedPage(), 5)), Options{})
	if len(d.Problems) > 0 {
		t.Error(d.Problems)
	}
}

// TestOutputIsBounded makes pages that grow when they are shown.
func TestOutputIsBounded(t *testing.T) {
	for _, name := range []string{"escaping", "entities", "red links", "table hundred columns", "headings", "autolinks"} {
		d := Parse([]byte(bombs[name](MaxSource)), Options{})
		if n := len(d.HTML(wikiResolver{})); n > 2*MaxHTML {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

// TestWhatIsNotParsedIsShown pages that are longer than what is parsed: all of it is there, or how much is not.
func TestWhatIsNotParsedIsShown(t *testing.T) {
	for name, source := range map[string]string{
		"one line":    strings.Repeat("word ", 3<<20/5),
		"short lines": strings.Repeat("word\n", 3<<20/5),
		"paragraphs":  strings.Repeat(strings.Repeat("word ", 200)+"\n\n", 3<<10),
	} {
		html := string(Parse([]byte(source), Options{}).HTML(nil))
		if got, want := strings.Count(html, "word"), strings.Count(source, "word"); got != want || strings.Contains(html, "too large") {
			t.Errorf("%s: %d of %d words are shown", name, got, want)
		}
	}
	source := strings.Repeat("é<", MaxHTML)
	html := string(Parse([]byte(source), Options{}).HTML(nil))
	if n := len(html); n < MaxHTML || n > MaxHTML+1024 || !utf8.ValidString(html) {
		t.Errorf("%d bytes of HTML", n)
	}
	if left := fmt.Sprintf("its last %d bytes are in", len(source)-2*strings.Count(html, "é")-strings.Count(html, "&lt;")); !strings.Contains(html, left) {
		t.Errorf("it does not say %q: %s", left, html[len(html)-200:])
	}
}

// TestBombs holds every known bomb to memory that grows with the source and not with its square, and to HTML that is
// as safe as any. Time is compared by BenchmarkBombs; the guards' budgets bound it.
func TestBombs(t *testing.T) {
	allocated := func(source []byte) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Parse(source, Options{}).HTML(wikiResolver{})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	const n = 24 << 10
	for _, name := range slices.Sorted(maps.Keys(bombs)) {
		bomb := bombs[name]
		d := Parse([]byte(bomb(n)), Options{})
		checkDocument(t, d)
		if why := unsafeHTML(string(d.HTML(wikiResolver{}))); why != "" {
			t.Errorf("%s: %s", name, why)
		}
		checkCover(t, d.Source, SplitBlocks(d.Source))
		if strings.HasPrefix(name, "fence") { // the highlighter's memory depends on what it has seen
			continue
		}
		// 4 times the source may take 4 times the memory, and what buffers grow by.
		one, four := allocated([]byte(bomb(n))), allocated([]byte(bomb(4*n)))
		if four > 6*one+1<<20 {
			t.Errorf("%s: %d bytes allocated for %d, %d for %d", name, one, n, four, 4*n)
		}
	}
}
