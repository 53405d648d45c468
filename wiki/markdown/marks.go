package markdown

import (
	"bytes"
	"html/template"
	"math"
	"slices"
	"sort"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// MaxMarkup is how many bytes the tags of marks take on one page: past it, text is shown without them. A mark is written
// once for each piece of a line that it covers, so that a hostile page could be all tags.
const MaxMarkup = 4 << 20

// Mark asks that the text of a range of Source be shown in elements of its own: as <a> where it has a URL and the text
// is in no link yet, else as <span>. They have the class and title given, data-mark with the mark's index, and
// tabindex="-1", so that a page of many marks is no page of many stops of the Tab key. The first of a mark has the
// id "mark:INDEX".
type Mark struct {
	Start, End int    // bytes of Source; marks are in order and do not overlap
	URL        string // whole and escaped; "" leads nowhere
	Title      string
	Class      string
}

// Marked is HTMLWithoutTitle with marks, and says which of them are in it. Text in attributes, in HTML blocks of the
// writer's, in what is not shown, and on a page that is not UTF-8, cannot be marked. Without the marks' tags the HTML is that of HTMLWithoutTitle,
// byte for byte, and it keeps the same promises.
func (d *Document) Marked(res Resolver, marks []Mark) (html template.HTML, shown []bool) {
	return d.marked(res, d.titleHeading, marks)
}

func (d *Document) marked(res Resolver, skip *ast.Heading, marks []Mark) (template.HTML, []bool) {
	m := newMarker(d, marks)
	return d.render(res, skip, m), m.shown
}

// marker is what a renderer knows of the marks.
type marker struct {
	marks []Mark
	shown []bool
	open  int    // the mark whose element is open, or -1
	end   string // the tag that ends it
	bytes int    // of all tags so far
}

// newMarker takes marks as they can be written: within Source, in order, and cutting no letter in two. A page that is not
// UTF-8 has none: a run of its broken bytes is shown as one sign, and a tag within would make two of it.
func newMarker(d *Document, marks []Mark) *marker {
	m := &marker{marks: slices.Clone(marks), shown: make([]bool, len(marks)), open: none}
	if d.broken {
		m.marks = nil
	}
	edge := func(pos int) int {
		pos = max(0, min(pos, len(d.Source)))
		for pos < len(d.Source) && !utf8.RuneStart(d.Source[pos]) {
			pos++
		}
		return pos
	}
	from := 0
	for i := range m.marks {
		mark := &m.marks[i]
		mark.Start = max(from, edge(mark.Start))
		mark.End = max(mark.Start, edge(mark.End))
		from = mark.End
	}
	return m
}

// none is the index of no mark.
const none = -1

// at gives the mark of a byte of Source, and for how many bytes from there that holds.
func (m *marker) at(pos int) (mark, n int) {
	i := sort.Search(len(m.marks), func(i int) bool { return m.marks[i].End > pos })
	switch {
	case i == len(m.marks):
		return none, math.MaxInt
	case m.marks[i].Start > pos:
		return none, m.marks[i].Start - pos
	}
	return i, m.marks[i].End - pos
}

// beginMark makes a mark the one that is open. One stays open over the pieces of a paragraph and is ended before any
// other element begins or ends.
func (r *renderer) beginMark(i int) {
	m := r.marks
	if m.open == i {
		return
	}
	r.endMark()
	if i == none || m.bytes > MaxMarkup {
		return
	}
	start, mark := len(r.out), &m.marks[i]
	if mark.URL != "" && safeURL(mark.URL) && !r.linked() {
		r.write(`<a href="`)
		r.out = appendURL(r.out, mark.URL)
		r.write(`"`)
		m.end = "</a>"
	} else {
		r.write("<span")
		m.end = "</span>"
	}
	if !m.shown[i] {
		r.attr("id", "mark:"+strconv.Itoa(i))
	}
	if mark.Class != "" {
		r.attr("class", mark.Class)
	}
	if mark.Title != "" {
		r.attr("title", mark.Title)
	}
	r.write(` data-mark="`)
	r.out = strconv.AppendInt(r.out, int64(i), 10)
	r.write(`" tabindex="-1">`)
	m.open, m.shown[i] = i, true
	m.bytes += len(r.out) - start + len(m.end)
}

// endMark ends the mark that is open, if any.
func (r *renderer) endMark() {
	if r.marks != nil && r.marks.open != none {
		r.write(r.marks.end)
		r.marks.open = none
	}
}

// endMarkBefore ends the mark that is open unless it goes on at a byte of Source.
func (r *renderer) endMarkBefore(pos int) {
	if i := r.marks.open; i != none && r.marks.marks[i].End <= pos {
		r.endMark()
	}
}

// markedText writes text that stands at a byte of Source, and leaves the mark of its end open. With decode, escapes and
// references are resolved.
func (r *renderer) markedText(text []byte, pos int, decode bool) {
	for len(text) > 0 {
		mark, n := r.marks.at(pos)
		n = min(n, len(text))
		if decode {
			n = wholeUnits(text, n)
		}
		piece := text[:n]
		if decode {
			piece = appendDecoded(nil, piece)
		}
		r.markPiece(mark, piece)
		r.out = appendEscaped(r.out, piece)
		text, pos = text[n:], pos+n
	}
}

// markPiece makes the mark of a piece of text the one that is open. A mark does not begin with a piece that has no word
// in it: a link that says nothing is of no use to those who cannot see it.
func (r *renderer) markPiece(mark int, piece []byte) {
	if mark != r.marks.open && mark != none && !hasWord(piece) {
		mark = none
	}
	r.beginMark(mark)
}

func hasWord(text []byte) bool {
	return bytes.ContainsFunc(text, func(c rune) bool {
		return unicode.IsLetter(c) || unicode.IsNumber(c) || c >= utf8.RuneSelf && unicode.IsSymbol(c)
	})
}

// wholeUnits gives n, or a little more where text[:n] would end within an escape or a character reference.
func wholeUnits(text []byte, n int) int {
	for i := 0; i < n; {
		next := bytes.IndexAny(text[i:n], "\\&")
		if next < 0 {
			return n
		}
		if i += next; text[i] == '\\' {
			if i++; i < len(text) && util.IsPunct(text[i]) {
				i++
			}
		} else if _, length := reference(text[i:]); length > 0 {
			i += length
		} else {
			i++
		}
		n = max(n, i)
	}
	return n
}

// markedLabel writes the text of a link that the writer did not put in brackets of its own: it stands in Source
// somewhere in the few bytes from the link's beginning on.
func (r *renderer) markedLabel(label []byte, l Link, within int) {
	if r.marks != nil && l.Start < len(r.d.Source) {
		source := r.d.Source[l.Start:min(len(r.d.Source), l.Start+within)]
		if end := bytes.Index(source, []byte("]]")); l.Wiki && end >= 0 {
			source = source[:end]
		}
		if at := bytes.LastIndex(source, label); l.Wiki && at >= 0 {
			r.markedText(label, l.Start+at, false)
			r.endMark()
			return
		} else if at := bytes.Index(source, label); !l.Wiki && at >= 0 {
			r.markedText(label, l.Start+at, false)
			r.endMark()
			return
		}
	}
	r.out = appendEscaped(r.out, label)
}

// codeLine says where a line of a block of code begins, in the code and in Source. They differ by more than a constant:
// quotes and lists take something off each line.
type codeLine struct{ code, source int }

// codeLines lists the lines of a block of code. Where the code was shown without carriage returns, so is it here.
func (r *renderer) codeLines(n ast.Node, bare bool) (code []byte, lines []codeLine) {
	segments := n.Lines()
	for i := range segments.Len() {
		seg := segments.At(i)
		lines = append(lines, codeLine{len(code), r.d.Body + seg.Start - seg.Padding})
		line := seg.Value(r.source)
		if text, ended := bytes.CutSuffix(line, []byte("\r\n")); ended && bare {
			line = append(slices.Clip(text), '\n')
		}
		code = append(code, line...)
	}
	if html, ok := n.(*ast.HTMLBlock); ok && html.HasClosure() {
		lines = append(lines, codeLine{len(code), r.d.Body + html.ClosureLine.Start - html.ClosureLine.Padding})
		code = append(code, html.ClosureLine.Value(r.source)...)
	}
	return code, lines
}

// markCode puts marks into the code that was written from a byte of out on: escaped text, some of it in spans that hold
// nothing but text. Where that is not the code letter by letter, as a lexer may have it, it stays as it is.
func (r *renderer) markCode(n ast.Node, from int) {
	if r.marks == nil {
		return
	}
	html := bytes.Clone(r.out[from:])
	code, lines := r.codeLines(n, false)
	if !isCode(html, code) {
		if code, lines = r.codeLines(n, true); !isCode(html, code) {
			return
		}
	}
	r.out = r.out[:from]
	for at := 0; len(html) > 0; {
		if html[0] != '<' {
			text := html
			if end := bytes.IndexByte(html, '<'); end >= 0 {
				text = html[:end]
			}
			next := skipText(text, code, at)
			r.markedCode(code, lines, at, next)
			if next == len(code) { // the line's end that a lexer adds
				r.endMark()
				r.out = append(r.out, text[len(appendEscaped(nil, code[at:next])):]...)
			}
			at, html = next, html[len(text):]
			continue
		}
		start, end := bytes.IndexByte(html, '>')+1, bytes.Index(html, []byte("</"))
		next := skipText(html[start:end], code, at)
		if mark, whole := r.markOf(lines, at, next); whole {
			r.markPiece(mark, code[at:next])
			r.out = append(r.out, html[:end]...)
		} else {
			r.endMark()
			r.out = append(r.out, html[:start]...)
			r.markedCode(code, lines, at, next)
			r.endMark()
			r.out = append(r.out, html[start+len(appendEscaped(nil, code[at:next])):end]...)
		}
		r.write("</span>")
		at, html = next, html[end+len("</span>"):]
	}
	r.endMark()
}

// isCode reports whether HTML shows just this code. A lexer may add a line's end.
func isCode(html, code []byte) bool {
	at := 0
	for len(html) > 0 {
		if html[0] == '<' {
			html = html[bytes.IndexByte(html, '>')+1:]
			continue
		}
		if at == len(code) {
			return html[0] == '\n' && len(bytes.ReplaceAll(html[1:], []byte("</span>"), nil)) == 0
		}
		sign := appendEscaped(nil, code[at:at+1])
		if !bytes.HasPrefix(html, sign) {
			return false
		}
		html, at = html[len(sign):], at+1
	}
	return at == len(code)
}

// skipText gives where in the code the text ends that begins at a byte of it.
func skipText(text, code []byte, at int) int {
	for len(text) > 0 && at < len(code) {
		if e := escapes[code[at]]; e != "" {
			text = text[len(e):]
		} else {
			text = text[1:]
		}
		at++
	}
	return at
}

// eachPiece gives the pieces of code[at:to] that have one mark, or none, until f says to stop.
func (r *renderer) eachPiece(lines []codeLine, at, to int, f func(mark, at, to int) bool) {
	i := sort.Search(len(lines), func(i int) bool { return lines[i].code > at }) - 1
	for at < to {
		end := to
		if i+1 < len(lines) {
			end = min(end, lines[i+1].code)
		}
		for at < end {
			mark, n := r.marks.at(lines[i].source + at - lines[i].code)
			next := at + min(n, end-at)
			if !f(mark, at, next) {
				return
			}
			at = next
		}
		i++
	}
}

func (r *renderer) markedCode(code []byte, lines []codeLine, at, to int) {
	r.eachPiece(lines, at, to, func(mark, at, to int) bool {
		r.markPiece(mark, code[at:to])
		r.out = appendEscaped(r.out, code[at:to])
		return true
	})
}

// markOf gives the mark of code[at:to], and whether all of it has that one.
func (r *renderer) markOf(lines []codeLine, at, to int) (mark int, whole bool) {
	mark, whole = none, true
	first := true
	r.eachPiece(lines, at, to, func(m, _, _ int) bool {
		whole = first || m == mark
		mark, first = m, false
		return whole
	})
	return mark, whole
}
