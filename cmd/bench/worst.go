package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// hostile pages are what is known to take Markdown parsers quadratic time or memory, as large as a page may be.
var hostile = map[string]func(n int) string{
	"nested quotes":      func(n int) string { return strings.Repeat(">", n) + "a" },
	"nested lists":       func(n int) string { return nestedList(n) },
	"list of lists":      func(n int) string { return strings.Repeat("- ", n/2) },
	"thematic or list":   func(n int) string { return strings.Repeat("- - -", n/5) },
	"emphasis":           func(n int) string { return strings.Repeat("*a_ ", n/4) },
	"strong emphasis":    func(n int) string { return strings.Repeat("**a *b ", n/7) },
	"open links":         func(n int) string { return strings.Repeat("[a](b", n/5) },
	"open brackets":      func(n int) string { return strings.Repeat("[", n) },
	"images":             func(n int) string { return strings.Repeat("![[]()", n/6) },
	"backticks":          func(n int) string { return manyRuns("`", n) },
	"wide table":         func(n int) string { return wideTable(n) },
	"long table":         func(n int) string { return "|a|b|\n|-|-|\n" + strings.Repeat("|x|y|\n", n/6) },
	"footnotes":          func(n int) string { return footnotes(n) },
	"reference links":    func(n int) string { return references(n) },
	"html comments":      func(n int) string { return strings.Repeat("<!-- ", n/5) },
	"html tags":          func(n int) string { return strings.Repeat("<b>", n/3) },
	"entities":           func(n int) string { return strings.Repeat("&amp", n/4) },
	"autolinks":          func(n int) string { return strings.Repeat("www.a.b(", n/8) },
	"one long line":      func(n int) string { return strings.Repeat("word ", n/5) },
	"one long code line": func(n int) string { return "```go\n" + strings.Repeat("x := []int{1}; ", n/15) + "\n```\n" },
	"long code": func(n int) string {
		return "```javascript\n" + strings.Repeat("let a = 'x' /* c */;\n", n/21) + "```\n"
	},
	"many headings":       func(n int) string { return strings.Repeat("# Same?\n\n", n/9) },
	"wikilinks":           func(n int) string { return strings.Repeat("[[Page|text]] ", n/14) },
	"open wikilinks":      func(n int) string { return strings.Repeat("[[", n/2) },
	"definition list":     func(n int) string { return strings.Repeat("a\n: b\n\n", n/7) },
	"task list":           func(n int) string { return strings.Repeat("- [ ] a\n", n/8) },
	"front matter":        func(n int) string { return "---\n" + strings.Repeat("a: &a [*a]\n", n/11) + "---\nx" },
	"carriage returns":    func(n int) string { return strings.Repeat("a\r", n/2) },
	"callouts":            func(n int) string { return strings.Repeat("> [!NOTE]\n> x\n\n", n/16) },
	"setext":              func(n int) string { return strings.Repeat("a\n=\n", n/4) },
	"link definitions":    func(n int) string { return strings.Repeat("[a]: b\n", n/7) },
	"deeply indented":     func(n int) string { return strings.Repeat("    ", n/4) + "x" },
	"strikethrough":       func(n int) string { return strings.Repeat("~~a ", n/4) },
	"unclosed html block": func(n int) string { return strings.Repeat("<div>\n\n", n/7) },
}

func nestedList(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n && i < 1000; i++ {
		b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	return b.String()
}

func manyRuns(mark string, n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		b.WriteString(strings.Repeat(mark, i) + " ")
	}
	return b.String()
}

func wideTable(n int) string {
	cols := 1000
	return strings.Repeat("|a", cols) + "|\n" + strings.Repeat("|-", cols) + "|\n" + strings.Repeat("|\n", max(1, n-4*cols)/2)
}

func footnotes(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "a[^%d]\n\n[^%d]: b\n\n", i, i)
	}
	return b.String()
}

func references(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "[a%d]\n\n[a%d]: b\n\n", i, i)
	}
	return b.String()
}

// plain resolves every link to itself.
type plain struct{}

func (plain) Resolve(l markdown.Link) markdown.Target { return markdown.Target{URL: l.Target} }

// worstPage compares the dearest page that can be saved with the median page of the corpus.
func (b *bench) worstPage() error {
	if b.owasp == "" {
		return nil
	}
	w, err := wiki.Open(b.owasp, wiki.Options{Root: "cheatsheets", ReadOnly: true})
	if err != nil {
		return err
	}
	defer w.Close()
	var usual durations
	for ref := range w.Head().Pages() {
		page, err := w.Head().Page(ref.Path)
		if err != nil {
			return err
		}
		d, _ := renderCost(page.Source)
		usual = append(usual, d)
	}
	if len(usual) == 0 {
		return errors.New("no pages")
	}
	var worst time.Duration
	var most uint64
	worstName, mostName := "", ""
	for name, make := range hostile {
		for _, size := range []int{64 << 10, 512 << 10, wiki.MaxPageSize} {
			d, bytes := renderCost([]byte(make(size)))
			if d > worst {
				worst, worstName = d, fmt.Sprintf("%s, %d kB", name, size>>10)
			}
			if bytes > most {
				most, mostName = bytes, fmt.Sprintf("%s, %d kB", name, size>>10)
			}
		}
	}
	b.report.row("worst page that passes the limits, rendering ("+worstName+")", show(worst), "median page "+show(usual.p50()), ratio(worst, usual.p50()), atMost, 500)
	b.report.row("the same, peak memory ("+mostName+")", fmt.Sprintf("%d MiB", most>>20), "64 MiB", float64(most)/(64<<20), atMost, 1)
	return nil
}

// renderCost measures the time of one rendering, and by how much the heap grew at its highest.
func renderCost(source []byte) (time.Duration, uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var high uint64
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				peak <- high
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				high = max(high, m.HeapAlloc)
			}
		}
	}()
	start := time.Now()
	doc := markdown.Parse(source, markdown.Options{})
	html := doc.HTML(plain{})
	took := time.Since(start)
	close(stop)
	high := <-peak
	runtime.KeepAlive(html)
	return took, high - min(high, before.HeapAlloc)
}
