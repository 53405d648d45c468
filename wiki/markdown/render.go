package markdown

import (
	"bytes"
	"html/template"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
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

func (r *renderer) block(n ast.Node) {
	if html, ok := n.(*ast.HTMLBlock); ok && html.HTMLBlockType != plainHTML {
		r.raw(htmlSource(html, r.source))
		r.write("\n")
		return
	}
	r.beforeBlock()
	switch n := n.(type) {
	case *ast.Paragraph:
		r.paragraph(n)
	case *ast.TextBlock:
		r.inlines(n)
		if n.NextSibling() != nil && n.FirstChild() != nil {
			r.write("\n")
		}
	case *ast.Heading:
		r.heading(n)
	case *ast.List:
		r.list(n)
	case *ast.ListItem:
		r.item(n)
	case *ast.FencedCodeBlock:
		var info []byte
		if n.Info != nil {
			info = n.Info.Segment.Value(r.source)
		}
		r.codeBlock(n, decoded(info))
	case *ast.CodeBlock:
		r.codeBlock(n, "")
	case *ast.Blockquote:
		r.quote(n)
	case *ast.ThematicBreak:
		r.write("<hr>\n")
	case *east.Table:
		r.table(n)
	case *east.DefinitionList:
		r.element("dl", n)
	case *east.DefinitionTerm:
		r.write("<dt>")
		r.inPhrasing++
		r.inlines(n)
		r.inPhrasing--
		r.write("</dt>\n")
	case *east.DefinitionDescription:
		r.write("<dd>")
		r.blocks(n)
		r.write("</dd>\n")
	case *east.FootnoteList:
		r.footnotes(n)
	case *ast.HTMLBlock:
		r.write("<pre class=\"code\" tabindex=\"0\"><code>")
		start := len(r.out)
		r.out = appendEscaped(r.out, htmlSource(n, r.source))
		r.markCode(n, start)
		r.write("</code></pre>\n")
	case *callout, *ast.LinkReferenceDefinition:
	default: // nothing that newParser makes
		r.blocks(n)
	}
}

// element writes blocks in an element without anything special.
func (r *renderer) element(name string, n ast.Node) {
	r.write("<" + name)
	r.dir()
	r.write("\n")
	r.blocks(n)
	r.write("</" + name + ">\n")
}

func (r *renderer) paragraph(n ast.Node) {
	r.write("<p")
	note, asks := r.asksAtOnce(n)
	if asks = asks && n.Parent().Kind() != ast.KindListItem; asks { // an item has the address itself
		r.attr("id", note.anchor)
	}
	r.dir()
	if asks {
		r.formerAnchors(note.anchor)
	}
	r.inPhrasing++
	r.inlines(n)
	r.inPhrasing--
	r.write("</p>\n")
}

func (r *renderer) heading(n *ast.Heading) {
	if n == r.skip {
		return
	}
	note := r.d.headings[n]
	level := byte('0' + n.Level)
	r.out = append(append(r.out, "<h"...), level)
	r.write(` id="`)
	r.out = appendEscaped(r.out, note.anchor)
	r.write(`"`)
	r.dir()
	r.formerAnchors(note.anchor)
	r.inPhrasing++
	r.inlines(n)
	r.inPhrasing--
	r.anchorLink(note.text, note.anchor)
	r.out = append(append(append(r.out, "</h"...), level), ">\n"...)
}

// anchorLink writes the link of a heading or a question to itself.
func (r *renderer) anchorLink(text, anchor string) {
	if r.linked() {
		return
	}
	r.write(`<a class="anchor" href="`)
	r.out = appendFragment(r.out, anchor)
	r.write(`" aria-label="Link to: `)
	r.out = appendEscaped(r.out, text)
	r.write(`"></a>`)
}

// asked gives the numbered questions in a block.
func (r *renderer) asked(block ast.Node) []askedNote {
	if r.d.asked == nil {
		return nil
	}
	return r.d.asked[block]
}

// asksAtOnce gives the question that a block begins with; its address is that of the block's element.
func (r *renderer) asksAtOnce(block ast.Node) (askedNote, bool) {
	notes := r.asked(block)
	if len(notes) == 0 || notes[0].first != nil {
		return askedNote{}, false
	}
	return notes[0], true
}

// askedInlines writes a block with questions in it: each has its link at its end, and those within a paragraph an empty
// element with their address.
func (r *renderer) askedInlines(n ast.Node, notes []askedNote) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if len(notes) == 0 {
			r.inline(c)
			continue
		}
		note := notes[0]
		if c == note.first {
			r.askedTarget(note)
		}
		if c != note.last {
			r.inline(c)
			continue
		}
		notes = notes[1:]
		if text, ok := c.(*ast.Text); ok {
			r.askedText(text, note)
			continue
		}
		r.inline(c)
		r.endMark()
		r.beforeText()
		r.anchorLink(note.text, note.anchor)
	}
}

// askedText writes the text that a question ends with, its link, and what stands on the same line behind it.
func (r *renderer) askedText(n *ast.Text, note askedNote) {
	r.beforeText()
	value, start := n.Segment.Value(r.source), n.Segment.Start-n.Segment.Padding
	end := len(value)
	if note.split > 0 {
		end = min(end, note.split-start)
	}
	r.piece(value[:end], start, n.IsRaw())
	r.endMark()
	r.anchorLink(note.text, note.anchor)
	r.piece(value[end:], start+end, n.IsRaw())
	r.lineBreak(n)
}

// askedTarget writes the address of a question that begins within a paragraph.
func (r *renderer) askedTarget(note askedNote) {
	r.endMark()
	r.beforeText()
	r.write(`<span class="asks"`)
	r.attr("id", note.anchor)
	r.write("></span>")
	r.formerAnchors(note.anchor)
}

// formerAnchors writes targets for what a heading was called before.
func (r *renderer) formerAnchors(anchor string) {
	keeper, ok := r.res.(AnchorKeeper)
	if !ok {
		return
	}
	for _, name := range keeper.FormerAnchors(anchor) {
		if !r.d.anchors[name] {
			r.write(`<span id="`)
			r.out = appendEscaped(r.out, name)
			r.write(`"></span>`)
		}
	}
}

func (r *renderer) list(n *ast.List) {
	name := "ul"
	if n.IsOrdered() {
		name = "ol"
	}
	r.write("<" + name)
	if n.IsOrdered() && n.Start != 1 {
		r.write(` start="`)
		r.out = strconv.AppendInt(r.out, int64(n.Start), 10)
		r.write(`"`)
	}
	r.dir()
	r.write("\n")
	r.blocks(n)
	r.write("</" + name + ">\n")
}

func (r *renderer) item(n *ast.ListItem) {
	note, asks := askedNote{}, false
	if first := n.FirstChild(); first != nil {
		note, asks = r.asksAtOnce(first)
	}
	switch {
	case asks:
		r.write("<li")
		r.attr("id", note.anchor)
		r.write(">")
		r.formerAnchors(note.anchor)
	case isTask(n):
		r.write(`<li class="task">`)
	default:
		r.write("<li>")
	}
	if first := n.FirstChild(); first != nil && first.Kind() != ast.KindTextBlock {
		r.write("\n")
	}
	r.blocks(n)
	r.write("</li>\n")
}

func isTask(item ast.Node) bool {
	first := item.FirstChild()
	return first != nil && first.FirstChild() != nil && first.FirstChild().Kind() == east.KindTaskCheckBox
}

func (r *renderer) quote(n *ast.Blockquote) {
	mark, ok := calloutOf(n)
	if !ok {
		r.element("blockquote", n)
		return
	}
	title := callouts[mark.kind]
	r.write(`<div class="callout callout-` + mark.kind + `" role="note" aria-label="` + title + `"`)
	r.dir()
	// The box runs as the writer's words do. In a <bdi> the title, which is always English, has no say in that.
	r.write("\n<p class=\"callout-title\"><bdi>" + title + "</bdi></p>\n")
	r.blocks(n)
	r.write("</div>\n")
}

// codeBlock writes code; info is what stands after the fence, whose first word is the language.
func (r *renderer) codeBlock(n ast.Node, info string) {
	lines := n.Lines()
	var code []byte
	if lines.Len() == 1 {
		seg := lines.At(0)
		code = seg.Value(r.source)
	} else {
		size := 0
		for i := range lines.Len() {
			seg := lines.At(i)
			size += seg.Len()
		}
		code = make([]byte, 0, size)
		for i := range lines.Len() {
			seg := lines.At(i)
			code = append(code, seg.Value(r.source)...)
		}
	}
	name := languageWord(info)
	if name == "mermaid" {
		r.write("<pre class=\"mermaid\" tabindex=\"0\"><code>")
		start := len(r.out)
		r.out = appendEscaped(r.out, code)
		r.markCode(n, start)
		r.write("</code></pre>\n")
		return
	}
	start := len(r.out)
	r.write("<pre class=\"chroma\" tabindex=\"0\"><code")
	if name != "" {
		r.write(` class="language-`)
		r.out = appendEscaped(r.out, name)
		r.write(`"`)
	}
	r.write(">")
	text := len(r.out)
	coloured, ok := r.code.append(r.out, name, code)
	if !ok {
		// The same start tag, with the class of plain code.
		head := bytes.Replace(r.out[start:], []byte(`"chroma"`), []byte(`"code"`), 1)
		r.out = append(r.out[:start], head...)
		text = len(r.out)
		coloured = appendEscaped(r.out, code)
	}
	r.out = coloured
	r.markCode(n, text)
	r.write("</code></pre>\n")
}

// languageWord gives the first word of an info string, of the signs that names of languages have.
func languageWord(info string) string {
	for i := 0; i < len(info); i++ {
		c := info[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '#' || c == '-' || c == '_' || c == '.') {
			info = info[:i]
			break
		}
	}
	if len(info) > maxLanguage {
		return ""
	}
	return info
}

func (r *renderer) table(n *east.Table) {
	r.write("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"")
	r.dir()
	r.write("<table>\n")
	r.depth++
	body := false
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		_, head := row.(*east.TableHeader)
		switch {
		case head:
			r.write("<thead>\n")
		case !body:
			r.write("<tbody>\n")
			body = true
		}
		r.row(row, head)
		if head {
			r.write("</thead>\n")
		}
	}
	if body {
		r.write("</tbody>\n")
	}
	r.depth--
	r.write("</table></div>\n")
}

func (r *renderer) row(n ast.Node, head bool) {
	name, scope := "td", ""
	if head {
		name, scope = "th", ` scope="col"`
	}
	r.write("<tr>")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.write("<" + name + scope)
		if cell, ok := c.(*east.TableCell); ok {
			switch cell.Alignment {
			case east.AlignLeft:
				r.write(` class="left"`)
			case east.AlignCenter:
				r.write(` class="center"`)
			case east.AlignRight:
				r.write(` class="right"`)
			}
		}
		r.write(">")
		r.inlines(c)
		r.write("</" + name + ">")
	}
	r.write("</tr>\n")
}

// footnoteID appends the id of a note, or of the place that refers to it. The colon keeps it apart from headings.
func (r *renderer) footnoteID(kind string, index, ref int) {
	r.out = appendEscaped(r.out, r.d.prefix)
	r.write(kind)
	r.out = strconv.AppendInt(r.out, int64(index), 10)
	if ref > 0 {
		r.write("-")
		r.out = strconv.AppendInt(r.out, int64(ref), 10)
	}
}

func (r *renderer) footnotes(n ast.Node) {
	r.closeRaw(0)
	r.write("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		note, ok := c.(*east.Footnote)
		if !ok {
			continue
		}
		r.write(`<li id="`)
		r.footnoteID("fn:", note.Index, 0)
		r.write(`" dir="auto">`)
		r.note(note)
		r.write("</li>\n")
	}
	r.write("</ol>\n</section>\n")
}

// note writes a footnote. The ways back stand in its last paragraph, or after its last block.
func (r *renderer) note(n *east.Footnote) {
	base := r.enter()
	r.depth++
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Type() == ast.TypeInline {
			r.inline(c)
		} else {
			r.endMark()
			r.block(c)
		}
	}
	r.endMark()
	r.depth--
	r.leave(base)
}

func (r *renderer) inline(n ast.Node) {
	if n.Kind() != ast.KindText {
		r.endMark()
	}
	if html, ok := n.(*ast.RawHTML); ok {
		r.rawInline(html)
		return
	}
	if len(r.open) > r.base {
		r.beforeText()
	}
	switch n := n.(type) {
	case *ast.Text:
		r.text(n)
	case *ast.String:
		r.out = appendEscaped(r.out, n.Value)
	case *ast.CodeSpan:
		r.codeSpan(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			r.span("strong", n)
		} else {
			r.span("em", n)
		}
	case *east.Strikethrough:
		r.span("del", n)
	case *ast.Link:
		r.link(n, n.Title)
	case *ast.Image:
		r.image(n)
	case *ast.AutoLink:
		r.autoLink(n)
	case *wikilink:
		r.wikilink(n)
	case *east.TaskCheckBox:
		if n.IsChecked {
			r.write(`<input type="checkbox" disabled checked aria-label="Done"> `)
		} else {
			r.write(`<input type="checkbox" disabled aria-label="To do"> `)
		}
	case *east.FootnoteLink:
		r.footnoteLink(n)
	case *east.FootnoteBacklink:
		r.footnoteBack(n)
	default:
		r.inlines(n)
	}
}

func (r *renderer) span(name string, n ast.Node) {
	r.write("<" + name + ">")
	r.inlines(n)
	r.write("</" + name + ">")
}

// text writes a piece of a line, and what comes of the line's end.
func (r *renderer) text(n *ast.Text) {
	r.piece(n.Segment.Value(r.source), n.Segment.Start-n.Segment.Padding, n.IsRaw())
	r.lineBreak(n)
}

// piece writes a piece of text that stands at a byte of the parsed source.
func (r *renderer) piece(value []byte, pos int, raw bool) {
	switch {
	case r.marks != nil:
		r.markedText(value, r.d.Body+pos, !raw)
		r.endMarkBefore(r.d.Body + pos + len(value))
	case raw, !bytes.ContainsAny(value, "\\&"):
		r.out = appendEscaped(r.out, value)
	default:
		r.out = appendEscaped(r.out, appendDecoded(nil, value))
	}
}

func (r *renderer) lineBreak(n *ast.Text) {
	switch {
	case n.HardLineBreak():
		r.write("<br>\n")
	case n.SoftLineBreak() && !eastAsianBreak(n, r.source):
		r.write("\n")
	}
}

func (r *renderer) codeSpan(n ast.Node) {
	r.write("<code>")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		text, ok := c.(*ast.Text)
		if !ok {
			continue
		}
		line, ended := bytes.CutSuffix(text.Segment.Value(r.source), []byte{'\n'})
		if ended {
			line = bytes.TrimSuffix(line, []byte{'\r'})
		}
		if r.marks != nil {
			r.markedText(line, r.d.Body+text.Segment.Start-text.Segment.Padding, false)
			r.endMarkBefore(r.d.Body + text.Segment.Stop)
		} else {
			r.out = appendEscaped(r.out, line)
		}
		if ended {
			r.write(" ")
		}
	}
	r.endMark()
	r.write("</code>")
}

// rawInline shows a tag that stands in a line.
func (r *renderer) rawInline(n *ast.RawHTML) {
	if n.Segments.Len() == 1 {
		seg := n.Segments.At(0)
		r.raw(seg.Value(r.source))
		return
	}
	var tag []byte
	for i := range n.Segments.Len() {
		seg := n.Segments.At(i)
		tag = append(tag, seg.Value(r.source)...)
	}
	r.raw(tag)
}

const (
	externalAttrs = ` class="external" rel="nofollow noopener"`
	missingAttrs  = ` class="missing"`
)

// linkOf gives what Parse made of a link.
func (r *renderer) linkOf(n ast.Node) (Link, bool) {
	if i := n.Pos(); i >= 0 {
		return r.d.Links[i], true
	}
	return Link{}, false
}

func (r *renderer) link(n ast.Node, title []byte) {
	l, ok := r.linkOf(n)
	if !ok || r.linked() { // an address that is not admitted, or a link in a link: only the text is left
		r.inlines(n)
		return
	}
	r.anchorStart(l, decoded(title))
	r.inlines(n)
	r.anchorEnd()
}

func (r *renderer) autoLink(n *ast.AutoLink) {
	l, ok := r.linkOf(n)
	label := n.Label(r.source)
	if !ok || r.linked() {
		r.out = appendEscaped(r.out, label)
		return
	}
	r.anchorStart(l, "")
	r.markedLabel(label, l, len(label)+1)
	r.anchorEnd()
}

func (r *renderer) wikilink(n *wikilink) {
	l, ok := r.linkOf(n)
	if !ok || r.linked() {
		r.out = appendEscaped(r.out, n.label)
		return
	}
	r.anchorStart(l, "")
	r.markedLabel([]byte(n.label), l, maxWikilink)
	r.anchorEnd()
}

// anchorStart writes the start tag of a link; a title of the writer's goes before the Resolver's.
func (r *renderer) anchorStart(l Link, title string) {
	r.write(`<a href="`)
	t := r.target(l)
	r.write(`"`)
	switch {
	case l.Kind == LinkExternal:
		r.write(externalAttrs)
	case t.Missing:
		r.write(missingAttrs)
	}
	if title == "" {
		title = t.Title
	}
	if title != "" {
		r.attr("title", title)
	}
	r.write(">")
	r.inLink++
}

func (r *renderer) anchorEnd() {
	r.inLink--
	r.write("</a>")
}

// target writes the address that a link leads to, and gives what the Resolver said.
func (r *renderer) target(l Link) Target {
	switch l.Kind {
	case LinkExternal:
		r.out = appendURL(r.out, l.Target)
	case LinkMail:
		r.write("mailto:")
		r.out = appendURL(r.out, l.Target)
	case LinkAnchor:
		r.out = appendFragment(r.out, r.d.anchorFor(l.Fragment))
	default:
		return r.resolved(l)
	}
	return Target{}
}

// anchorFor gives the anchor that a fragment means: itself, or that of the heading which reads so.
func (d *Document) anchorFor(fragment string) string {
	if a := Anchor(fragment); !d.anchors[fragment] && d.anchors[a] {
		return a
	}
	return fragment
}

// resolved writes where the Resolver says that a page or file is, or the address as it stands in the source.
func (r *renderer) resolved(l Link) Target {
	if r.res == nil {
		r.out = appendURL(r.out, escapePath(l.Target))
		r.queryAndFragment(l)
		return Target{}
	}
	t := r.res.Resolve(l)
	if !safeURL(t.URL) {
		r.write("#")
		return t
	}
	r.out = appendURL(r.out, t.URL)
	if !t.Missing {
		if bytes.IndexByte([]byte(t.URL), '?') >= 0 {
			l.Query = ""
		}
		if bytes.IndexByte([]byte(t.URL), '#') >= 0 {
			return t
		}
		r.queryAndFragment(l)
	}
	return t
}

func (r *renderer) queryAndFragment(l Link) {
	if l.Query != "" {
		r.out = appendURL(append(r.out, '?'), l.Query)
	}
	if l.Fragment != "" {
		r.out = appendFragment(r.out, l.Fragment)
	}
}

func (r *renderer) image(n *ast.Image) {
	l, ok := r.linkOf(n)
	start := len(r.out)
	if ok {
		r.write(`<img src="`)
		if t := r.target(l); t.Missing { // a broken picture says less than a link that leads to where it can be added
			r.out = r.out[:start]
			ok = false
			if !r.linked() {
				r.write(`<a class="missing" href="`)
				r.target(l)
				r.write(`">`)
				defer r.write("</a>")
			}
		}
	}
	if !ok {
		r.altText(n)
		return
	}
	r.write(`" alt="`)
	r.altText(n)
	r.write(`"`)
	if len(n.Title) > 0 {
		r.attr("title", decoded(n.Title))
	}
	r.write(` loading="lazy" decoding="async">`)
}

// altText writes the text in an image's brackets without any tags.
func (r *renderer) altText(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			value := c.Segment.Value(r.source)
			if !c.IsRaw() {
				value = appendDecoded(nil, value)
			}
			r.out = appendEscaped(r.out, value)
			if c.SoftLineBreak() || c.HardLineBreak() {
				r.write(" ")
			}
		case *ast.String:
			r.out = appendEscaped(r.out, c.Value)
		case *ast.AutoLink:
			r.out = appendEscaped(r.out, c.Label(r.source))
		case *wikilink:
			r.out = appendEscaped(r.out, c.label)
		default:
			r.altText(c)
		}
	}
}

func (r *renderer) footnoteLink(n *east.FootnoteLink) {
	r.write(`<sup class="footnote-ref" id="`)
	r.footnoteID("fnref:", n.Index, n.RefIndex)
	if r.linked() {
		r.write(`">`)
		r.out = strconv.AppendInt(r.out, int64(n.Index), 10)
		r.write(`</sup>`)
		return
	}
	r.write(`"><a href="#`)
	r.footnoteID("fn:", n.Index, 0)
	r.write(`" role="doc-noteref">`)
	r.out = strconv.AppendInt(r.out, int64(n.Index), 10)
	r.write(`</a></sup>`)
}

func (r *renderer) footnoteBack(n *east.FootnoteBacklink) {
	r.write("\u00a0<a class=\"footnote-back\" href=\"#")
	r.footnoteID("fnref:", n.Index, n.RefIndex)
	r.write(`" role="doc-backlink" aria-label="Back to reference `)
	r.out = strconv.AppendInt(r.out, int64(n.Index), 10)
	if n.RefIndex > 0 {
		r.write("-")
		r.out = strconv.AppendInt(r.out, int64(n.RefIndex+1), 10)
	}
	r.write("\">\u21a9\ufe0e</a>")
}
