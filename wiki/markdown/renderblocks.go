package markdown

import (
	"bytes"
	"strconv"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

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
