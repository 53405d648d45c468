package markdown

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// bombs are inputs on which Markdown parsers are known to take time, memory or output in the square of their length, or
// that weigh most per byte. Each gives about n bytes.
var bombs = map[string]func(n int) string{
	"list markers":         func(n int) string { return strings.Repeat("- ", n/2) },
	"ordered markers":      func(n int) string { return strings.Repeat("1. ", n/3) },
	"quote marks":          func(n int) string { return strings.Repeat(">", n) },
	"quote marks in lines": func(n int) string { return strings.Repeat(strings.Repeat("> ", 40)+"a\n", n/82) },
	"deep list": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("  ", i%400) + "- a\n")
		}
		return b.String()
	},
	"markers in lines":      func(n int) string { return strings.Repeat(strings.Repeat("- ", 12)+"a\n", n/26) },
	"emphasis":              func(n int) string { return strings.Repeat("*a_ ", n/4) },
	"emphasis open":         func(n int) string { return strings.Repeat("*a **a ", n/7) },
	"emphasis closed":       func(n int) string { return strings.Repeat("*a", n/4) + strings.Repeat("a*", n/4) },
	"emphasis pairs":        func(n int) string { return strings.Repeat("*a*", n/3) },
	"emphasis paragraphs":   func(n int) string { return strings.Repeat(strings.Repeat("*a_ ", 290)+"\n\n", n/1162) },
	"tildes":                func(n int) string { return strings.Repeat("~", n) },
	"tilde runs":            func(n int) string { return strings.Repeat("~~~a ", n/5) },
	"underscores in a word": func(n int) string { return strings.Repeat("a_", n/2) },
	"brackets":              func(n int) string { return strings.Repeat("[", n) },
	"brackets closed":       func(n int) string { return strings.Repeat("[", n/2) + strings.Repeat("]", n/2) },
	"bracket pairs":         func(n int) string { return strings.Repeat("[a]", n/3) },
	"nested brackets": func(n int) string {
		return strings.Repeat(strings.Repeat("[", 450)+strings.Repeat("]", 450)+"\n\n", n/902)
	},
	"images":          func(n int) string { return strings.Repeat("![", n/2) },
	"links open":      func(n int) string { return strings.Repeat("[a](b", n/5) },
	"links in links":  func(n int) string { return strings.Repeat("[a](<b", n/6) },
	"titles open":     func(n int) string { return strings.Repeat("[a](b \"c\n", n/9) },
	"references open": func(n int) string { return strings.Repeat("[a][b", n/5) },
	"links":           func(n int) string { return strings.Repeat("[a](b)", n/6) },
	"red links":       func(n int) string { return strings.Repeat("[[a]]", n/5) },
	"wikilinks open":  func(n int) string { return strings.Repeat("[[a|", n/4) },
	"definitions": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "[%x]: b\n", i)
		}
		return b.String()
	},
	"definitions apart": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "[%x]: b\n\n", i)
		}
		return b.String()
	},
	"definitions with open titles": func(n int) string { return strings.Repeat("[a]: b\n(c\n", n/10) },
	"definitions open":             func(n int) string { return strings.Repeat("[a\n", n/3) },
	"footnotes": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n/2; i++ {
			fmt.Fprintf(&b, "[^%x]", i)
		}
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "\n\n[^%x]: a", i)
		}
		return b.String()
	},
	"footnote references": func(n int) string { return strings.Repeat("[^a] ", n/5) + "\n\n[^a]: b\n" },
	"footnotes nested":    func(n int) string { return strings.Repeat("[^a]:", n/5) },
	"code spans":          func(n int) string { return backticks(n) },
	"backticks":           func(n int) string { return strings.Repeat("`a``", n/4) },
	"table columns": func(n int) string {
		return strings.Repeat("|a", 1000) + "\n" + strings.Repeat("|-", 1000) + "\n" + strings.Repeat("|\n", n/2)
	},
	"table hundred columns": func(n int) string {
		return strings.Repeat("|a", 99) + "\n" + strings.Repeat("|-", 99) + "\n" + strings.Repeat("|\n", n/2)
	},
	"table cells":          func(n int) string { return "|a|a|a|a|\n|-|-|-|-|\n" + strings.Repeat("|b|b|b|b|\n", n/10) },
	"table escapes":        func(n int) string { return "|a|\n|-|\n" + strings.Repeat("|`\\|`|\n", n/7) },
	"table delimiters":     func(n int) string { return "a\n" + strings.Repeat(":-:-|\n", n/6) },
	"tables":               func(n int) string { return strings.Repeat("|a|\n|-|\n\n", n/9) },
	"tags open":            func(n int) string { return strings.Repeat("<a b=\"", n/6) },
	"tags":                 func(n int) string { return strings.Repeat("<b>", n/3) },
	"tags with attributes": func(n int) string { return strings.Repeat("<b title=x>", n/11) },
	"tags in a block":      func(n int) string { return "<div>" + strings.Repeat("<div><b>", n/8) },
	"angles":               func(n int) string { return strings.Repeat("<", n) },
	"comments open":        func(n int) string { return "a " + strings.Repeat("<!-- a ", n/7) },
	"instructions open":    func(n int) string { return "a " + strings.Repeat("<? a ", n/5) },
	"data open":            func(n int) string { return "a " + strings.Repeat("<![CDATA[ ", n/10) },
	"declarations open":    func(n int) string { return "a " + strings.Repeat("<!A ", n/4) },
	"html blocks":          func(n int) string { return strings.Repeat("<div>\n\n", n/7) },
	"html table":           func(n int) string { return strings.Repeat("<table><tr><td>", n/15) },
	"autolinks":            func(n int) string { return strings.Repeat("http://a ", n/9) },
	"autolink host":        func(n int) string { return strings.Repeat("http://"+strings.Repeat("a", 300)+" ", n/308) },
	"autolinks glued":      func(n int) string { return strings.Repeat("(http://a", n/9) },
	"autolink tail":        func(n int) string { return "http://a" + strings.Repeat("?!.,:*_~", n/8) },
	"mails":                func(n int) string { return strings.Repeat("a@b.c ", n/6) },
	"mail open":            func(n int) string { return strings.Repeat("a.", n/2) + "@" },
	"mail underscores":     func(n int) string { return strings.Repeat("~a", n/2) },
	"entities":             func(n int) string { return strings.Repeat("&", n) },
	"entities long":        func(n int) string { return strings.Repeat("&a", n/2) },
	"escaping":             func(n int) string { return strings.Repeat("\"", n) },
	"backslashes":          func(n int) string { return strings.Repeat("\\", n) },
	"paragraphs":           func(n int) string { return strings.Repeat("a\n\n", n/3) },
	"lines":                func(n int) string { return strings.Repeat("a\n", n/2) },
	"one line":             func(n int) string { return strings.Repeat("a ", n/2) },
	"blank lines":          func(n int) string { return strings.Repeat("\n", n) },
	"headings":             func(n int) string { return strings.Repeat("# a\n", n/4) },
	"setext":               func(n int) string { return strings.Repeat("a\n-\n", n/4) },
	"setext long":          func(n int) string { return strings.Repeat("a\n", n/2) + "===\n" },
	"rules":                func(n int) string { return strings.Repeat("***\n", n/4) },
	"definition terms":     func(n int) string { return strings.Repeat("a\n: b\n\n", n/7) },
	"definition colons":    func(n int) string { return "a\n" + strings.Repeat(": ", n/2) },
	"fences":               func(n int) string { return strings.Repeat("```\n", n/4) },
	"fences unknown":       func(n int) string { return strings.Repeat("```x\na\n```\n", n/11) },
	"fences coloured":      func(n int) string { return strings.Repeat("```go\na\n```\n", n/12) },
	"fence one line":       func(n int) string { return "```go\n" + strings.Repeat("a ", n/2) + "\n```\n" },
	"fence many lines":     func(n int) string { return "```python\n" + strings.Repeat("'''a b \"c\n", n/10) + "\n```\n" },
	"indented code":        func(n int) string { return strings.Repeat("\ta\n", n/3) },
	"tabs":                 func(n int) string { return strings.Repeat("\t", n) + "a" },
	"tabbed long line":     func(n int) string { return strings.Repeat("- ", 11) + "a\n\n\t\t\t" + strings.Repeat("a ", n/2) },
	"callouts":             func(n int) string { return strings.Repeat("> [!NOTE]\n\n", n/11) },
	"tasks":                func(n int) string { return strings.Repeat("- [ ] a\n", n/8) },
	"numbered items":       func(n int) string { return strings.Repeat("1. a?\n- b\n", n/10) },
	"numbered paragraphs":  func(n int) string { return strings.Repeat("1.a?\n\nb\n\n", n/9) },
	"numbered lines":       func(n int) string { return strings.Repeat("Q:a?\nb\n", n/7) },
	"numbered dashes":      func(n int) string { return strings.Repeat("1. a"+strings.Repeat(" -?", 160)+"\n", n/485) },
	"numbered marks":       func(n int) string { return strings.Repeat("Q: "+strings.Repeat("? ", 250)+"\n", n/504) },
	"numbered references":  func(n int) string { return strings.Repeat("1. "+strings.Repeat("&amp;", 90)+"a? - b\n", n/461) },
	"numbered unanswered":  func(n int) string { return strings.Repeat("1. a?\n", n/6) },
	"front matter":         func(n int) string { return "---\na: " + strings.Repeat("[", min(n, MaxFrontMatter-100)) + "\n---\n" },
	"front matter aliases": func(n int) string {
		var b strings.Builder
		b.WriteString("---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n")
		for i := range 30 {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 9))
		}
		b.WriteString("keywords: *a30\n---\n")
		return b.String()
	},
	"front matter keys": func(n int) string { return "---\n" + strings.Repeat("a: b\n", min(n, MaxFrontMatter-100)/5) + "---\n" },
	"everything":        func(n int) string { return strings.Repeat(generatedPage(), n/len(generatedPage())+1)[:n] },
}

// backticks are runs of every length, none of which closes another.
func backticks(n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		b.WriteString(strings.Repeat("`", i) + "a")
	}
	return b.String()
}

// BenchmarkBombs holds each bomb, at the size that weighs most, against the median page, measured just before it. The
// target is a ratio of at most 500.
func BenchmarkBombs(b *testing.B) {
	median := medianPage(b)
	render := func(source []byte) int { return len(Parse(source, Options{}).HTML(wikiResolver{})) }
	render(median)
	for _, name := range slices.Sorted(maps.Keys(bombs)) {
		for _, n := range []int{100 << 10, MaxSource} {
			source := []byte(bombs[name](n))
			b.Run(fmt.Sprintf("%s/%dk", strings.ReplaceAll(name, " ", "-"), n>>10), func(b *testing.B) {
				const rounds = 40
				start := time.Now()
				for range rounds {
					render(median)
				}
				page := time.Since(start) / rounds
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					size = render(source)
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(page), "ratio")
				b.ReportMetric(float64(size)/1024, "htmlKB")
			})
		}
	}
}
