package markdown

import (
	"bytes"
	"strconv"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

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
