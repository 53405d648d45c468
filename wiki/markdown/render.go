package markdown

import (
	"bytes"
	"html/template"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/yuin/goldmark/ast"
)

// HTML renders the document, asking res where its links to pages and files lead; without a Resolver they stay as they
// are written. The result can be put into a page as it is: it is well-formed, holds no script, no style, no form and no
// frame, and cannot end the element it is put in. What a limit cut off stands at its end as it was typed.
//
// The classes and roles that a theme can rely on:
//
//	h1..h6[id] > a.anchor                       a link to the heading, empty: the theme gives it its sign
//	h1..h6 > span[id]                           an anchor that the heading had before, empty
//	li[id], p[id], span.asks[id]                a question that is numbered in plain text; a.anchor and span[id] as in headings
//	a.external, a.missing                       links to other sites; red links
//	div.table[role=region][tabindex=0] > table  tables scroll in their own box; th and td may have the class left, center or right
//	pre.code, pre.chroma, pre.mermaid           plain and coloured code, and a diagram's source; each [tabindex=0]
//	div.callout.callout-note > p.callout-title  also -tip, -important, -warning, -caution
//	li.task > input[type=checkbox][disabled]    entries of a task list
//	sup.footnote-ref, section.footnotes, a.footnote-back
//	div.unparsed > pre, div.unparsed > p        what lies behind a limit; that not all of it is shown
func (d *Document) HTML(res Resolver) template.HTML { return d.render(res, nil, nil) }

// HTMLWithoutTitle renders the document without the heading that says Title, for a theme that shows the title itself.
func (d *Document) HTMLWithoutTitle(res Resolver) template.HTML {
	return d.render(res, d.titleHeading, nil)
}

func (d *Document) render(res Resolver, skip *ast.Heading, marks *marker) template.HTML {
	r := renderer{
		d: d, res: res, skip: skip, source: d.markdown, marks: marks,
		out:  make([]byte, 0, len(d.markdown)*2+512),
		code: highlighter{left: maxPageCode},
	}
	r.document()
	out := r.out
	if d.broken {
		out = bytes.ToValidUTF8(out, []byte("\uFFFD"))
	}
	return template.HTML(unsafe.String(unsafe.SliceData(out), len(out))) // nobody writes to out from here on
}

// renderer writes one document. It knows goldmark's tree and nothing else of goldmark: its own renderer would have to be
// undone in most places.
type renderer struct {
	d      *Document
	res    Resolver
	skip   *ast.Heading // is not shown
	source []byte
	out    []byte
	code   highlighter
	marks  *marker // nil: nothing is marked

	open       []string // elements of the writer's own that are open, see rawhtml.go
	base       int      // how many of them were open when the innermost element of Markdown began
	inPhrasing int      // paragraphs and headings we are in
	inLink     int
	depth      int // blocks we are in: only the outermost says its direction
}

func (r *renderer) write(s string) { r.out = append(r.out, s...) }

// enter begins an element of Markdown: what the writer opens from here on ends with it. It gives what leave wants.
func (r *renderer) enter() int {
	base := r.base
	r.base = len(r.open)
	return base
}

func (r *renderer) leave(base int) {
	if len(r.open) > r.base {
		r.closeRaw(r.base)
	}
	r.base = base
}

func (r *renderer) document() {
	for n := r.d.root.FirstChild(); n != nil; n = n.NextSibling() {
		before := len(r.out)
		r.block(n)
		if r.size() > MaxHTML && before > 0 {
			r.closeRaw(0)
			r.write("<div class=\"unparsed\"><p>The page is too large to be shown whole; the rest is in its Markdown source alone.</p></div>\n")
			return
		}
	}
	r.closeRaw(0)
	if rest := r.d.Source[r.d.rest:]; len(bytes.TrimSpace(rest)) > 0 {
		r.unparsed(rest)
	}
}

// unparsed shows what lies behind a limit as it was typed, as far as the page may grow, and says how much is left out.
func (r *renderer) unparsed(rest []byte) {
	shown := fitting(rest, MaxHTML-r.size())
	r.write("<div class=\"unparsed\"><pre tabindex=\"0\">")
	if r.marks != nil {
		r.markedText(rest[:shown], r.d.rest, false)
		r.endMark()
	} else {
		r.out = appendEscaped(r.out, rest[:shown])
	}
	r.write("</pre>")
	if left := len(rest) - shown; left > 0 {
		r.write("<p>The page is too large to be shown whole; its last " + strconv.Itoa(left) + " bytes are in its Markdown source alone.</p>")
	}
	r.write("</div>\n")
}

// fitting gives how many bytes of a text, of whole characters, become at most room bytes of HTML.
func fitting(text []byte, room int) int {
	for i, c := range text {
		if room -= max(1, len(escapes[c])); room < 0 {
			for i > 0 && !utf8.RuneStart(text[i]) {
				i--
			}
			return i
		}
	}
	return len(text)
}

// size is how long the HTML is so far, without what marks add to it.
func (r *renderer) size() int {
	if r.marks != nil {
		return len(r.out) - r.marks.bytes
	}
	return len(r.out)
}

// blocks writes the blocks in n.
func (r *renderer) blocks(n ast.Node) {
	base := r.enter()
	r.depth++
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.block(c)
	}
	r.depth--
	r.leave(base)
}

// inlines writes what stands in n.
func (r *renderer) inlines(n ast.Node) {
	base := r.enter()
	if notes := r.asked(n); len(notes) > 0 {
		r.askedInlines(n, notes)
	} else {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			r.inline(c)
		}
	}
	r.endMark()
	r.leave(base)
}

// dir ends an outermost block's start tag: the block runs as its first letters do, and all in it runs with it, so that
// bullets, quote bars and columns stand on the right side too.
func (r *renderer) dir() {
	if r.depth == 0 {
		r.write(` dir="auto"`)
	}
	r.write(">")
}
