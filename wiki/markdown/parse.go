package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// MaxLead bounds Document.Lead, in bytes.
const MaxLead = 300

// markdownParser is safe for many goroutines: each parse has its own context.
var markdownParser = newParser()

// Parse reads a page. It never fails: what is wrong with the page is in Problems, and the page is still shown. Time and
// memory are linear in the length of source; see the limits.
func Parse(source []byte, o Options) *Document {
	d := &Document{Source: source, prefix: o.IDPrefix}
	d.readFrontMatter()
	b := newBudget(source[d.Body:])
	d.rest = d.Body + parsable(source[d.Body:], b)
	d.markdown = source[d.Body:d.rest]
	d.broken = !utf8.Valid(source)
	pc := parser.NewContext()
	pc.Set(budgetKey, b)
	d.root = markdownParser.Parse(text.NewReader(d.markdown), parser.WithContext(pc))
	r := reader{d: d, source: d.markdown, budget: b, raw: MaxRaw, out: make([]byte, 0, len(d.markdown))}
	r.read(o)
	d.Problems = append(d.Problems, b.problems(source, d.Body)...)
	d.checkNamed()
	if d.broken {
		d.Problems = append(d.Problems, Problem{Line: lineNumber(source, brokenAt(source)), Text: "The line holds bytes that are not UTF-8; they are shown as \uFFFD."})
	}
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return d
}

// checkNamed names the anchors that front matter speaks of and the page does not have: a heading may have been reworded.
// How people ask for the page as a whole stands under its title, which need be no heading.
func (d *Document) checkNamed() {
	unknown := 0
	for _, n := range d.named {
		ofTitle := n.key == askedKey && n.anchor == d.TitleAnchor()
		if !d.anchors[n.anchor] && !ofTitle && unknown < maxUnknown {
			unknown++
			d.Problems = append(d.Problems, Problem{Line: n.line, Text: fmt.Sprintf("No question or heading of this page has the address %q that %s names.", n.anchor, n.key)})
		}
	}
	d.named = nil
}

// maxUnknown bounds what is said of such anchors: whoever renamed more has understood by then.
const maxUnknown = 20

// brokenAt gives the place of the first byte that is not UTF-8.
func brokenAt(source []byte) int {
	for i := 0; i < len(source); {
		r, n := utf8.DecodeRune(source[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(source)
}

// Section gives the range of the section at anchor in Source, its heading included. The anchor is one of Outline.
func (d *Document) Section(anchor string) (start, end int, ok bool) {
	for _, h := range d.Outline {
		if h.Anchor == anchor {
			return h.Start, h.SectionEnd, true
		}
	}
	return 0, 0, false
}

// reader walks a parsed page once and fills in its Document.
type reader struct {
	d       *Document
	budget  *budget
	source  []byte
	out     []byte // the plain text so far
	raw     int    // bytes of HTML blocks that are left
	anchors anchors
	parts   []part

	numbered []numbered // lines that may ask; after chooseNumbered, those that do
	pieces   []piece    // of the line that is being read
	marks    []mark     // of Outline
}

// part is a block at the top level: where it stands in the source, and in the plain text.
type part struct {
	node               ast.Node
	start              int // in source
	textStart, textEnd int // in out
}

func (r *reader) read(o Options) {
	for n := r.d.root.FirstChild(); n != nil; n = n.NextSibling() {
		p := part{node: n, start: r.startOf(n), textStart: len(r.out)}
		r.top(n)
		r.out = bytes.TrimRight(r.out, " \n") // so that no gap is made within this part later
		p.textEnd = len(r.out)
		if _, isNotes := n.(*east.FootnoteList); !isNotes {
			r.parts = append(r.parts, p)
		}
	}
	r.d.Text = r.str(bytes.TrimSpace(r.out))
	r.blocks(r.budget.notes)
	r.chooseNumbered()
	r.d.anchors = r.anchors.used
	r.outline()
	r.ownTexts()
	r.questions(o)
	r.lead()
}

// top takes the plain text of a block at the top level, where lines may be questions that are numbered.
func (r *reader) top(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph:
		r.paragraph(n)
	case *ast.List:
		if n.IsOrdered() && n.Start <= maxFirst {
			r.listed(n)
			return
		}
		r.block(n)
	default:
		r.block(n)
	}
}

// str makes a string of text from the page, valid even where the page is not.
func (r *reader) str(b []byte) string {
	if r.d.broken {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(b)
}

// gap parts what comes from what was, by a space, a line's end or an empty line; the strongest of several gaps counts.
func (r *reader) gap(sep string) {
	end, lines := len(r.out), 0
	for end > 0 && (r.out[end-1] == ' ' || r.out[end-1] == '\n') {
		if end--; r.out[end] == '\n' {
			lines++
		}
	}
	if end == 0 {
		r.out = r.out[:0]
		return
	}
	if lines > 0 && sep != "\n\n" {
		sep = "\n\n"[:min(lines, 2)]
	}
	r.out = append(r.out[:end], sep...)
}

// block takes the plain text of a block, and notes its headings and links.
func (r *reader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		r.gap("\n\n")
		start := len(r.out)
		r.inlines(n)
		title := r.str(bytes.TrimSpace(r.out[start:]))
		r.d.heading(n, headingNote{text: title, anchor: r.anchors.add(title)})
	case *ast.Paragraph, *ast.TextBlock, *east.DefinitionTerm:
		r.gap(gapBefore(n))
		r.inlines(n)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		r.gap("\n\n")
		lines := n.Lines()
		for i := range lines.Len() {
			seg := lines.At(i)
			r.out = append(r.out, seg.Value(r.source)...)
		}
	case *ast.HTMLBlock:
		r.gap("\n\n")
		r.html(n)
	case *east.TableCell:
		r.gap(" ")
		r.inlines(n)
	case *east.TableRow, *east.TableHeader:
		r.gap("\n")
		r.children(n)
	case *ast.Blockquote, *ast.List, *east.Table, *east.DefinitionList:
		if n.Parent().Kind() == ast.KindListItem {
			r.gap("\n")
		} else {
			r.gap("\n\n")
		}
		r.children(n)
	case *callout, *ast.ThematicBreak, *ast.LinkReferenceDefinition:
	default:
		r.children(n)
	}
}

func (r *reader) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Type() == ast.TypeInline { // a footnote's way back stands beside blocks
			continue
		}
		r.block(c)
	}
}

// html takes the text of an HTML block.
func (r *reader) html(n *ast.HTMLBlock) {
	source := htmlSource(n, r.source)
	if r.raw -= len(source); r.raw < 0 {
		r.budget.pass(limitRaw, n.Pos())
		r.out = append(r.out, source...)
		n.HTMLBlockType = plainHTML
	} else if _, _, bare := bareTag(source); !bare {
		r.out = appendHTMLText(r.out, source)
	}
}

// plainHTML marks an HTML block that is shown as it was typed.
const plainHTML ast.HTMLBlockType = 0

// gapBefore keeps the items of a list on lines that follow each other.
func gapBefore(n ast.Node) string {
	if n.Kind() == ast.KindParagraph && n.Parent().Kind() != ast.KindListItem {
		return "\n\n"
	}
	return "\n"
}

// inlines takes the plain text in n, and notes its links.
func (r *reader) inlines(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.inline(c)
	}
}

func (r *reader) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		r.words(n)
		r.lineBreak(n)
	case *ast.String:
		r.out = append(r.out, n.Value...)
	case *ast.CodeSpan:
		start := len(r.out)
		r.inlines(n)
		for i, c := range r.out[start:] {
			if c == '\n' {
				r.out[start+i] = ' '
			}
		}
	case *ast.AutoLink:
		label := n.Label(r.source)
		r.out = append(r.out, label...)
		if l, ok := autoLink(n, r.source); ok {
			l.Text = r.str(label)
			r.link(n, l, n.Pos())
		} else {
			n.SetPos(-1)
		}
	case *ast.Link:
		start := len(r.out)
		i := r.reserve(n, decoded(n.Destination), false)
		r.inlines(n)
		if i >= 0 {
			r.d.Links[i].Text = r.str(r.out[start:])
		}
	case *ast.Image:
		start := len(r.out)
		i := r.reserve(n, decoded(n.Destination), true)
		r.inlines(n)
		if i >= 0 {
			r.d.Links[i].Text = r.str(r.out[start:])
		}
	case *wikilink:
		r.out = append(r.out, n.label...)
		r.link(n, Link{Kind: wikiKind(n.target), Wiki: true, Target: n.target, Fragment: n.fragment, Text: r.str([]byte(n.label))}, n.Pos())
	case *ast.RawHTML, *east.TaskCheckBox, *east.FootnoteLink, *east.FootnoteBacklink:
	default:
		r.inlines(n)
	}
}

// words takes a piece of a line, and lineBreak what comes of the line's end.
func (r *reader) words(n *ast.Text) {
	value := n.Segment.Value(r.source)
	if n.IsRaw() {
		r.out = append(r.out, value...)
	} else {
		r.out = appendDecoded(r.out, value)
	}
}

func (r *reader) lineBreak(n *ast.Text) {
	switch {
	case n.HardLineBreak():
		r.out = append(r.out, '\n')
	case n.SoftLineBreak() && !r.eastAsianBreak(n):
		r.out = append(r.out, ' ')
	}
}

// reserve notes a link before what is in it, so that Links is in order, and gives its index, or -1 if it is none.
func (r *reader) reserve(n ast.Node, destination string, image bool) int {
	l, ok := classify(destination, image)
	if !ok {
		n.SetPos(-1)
		return -1
	}
	l.Image = image
	r.link(n, l, n.Pos())
	return n.Pos()
}

// link notes a link. From then on its node's Pos is its index in Links, or negative if it is none: a map of a page's
// links would cost more than all else about them.
func (r *reader) link(n positioned, l Link, pos int) {
	l.Start = r.d.Body + max(pos, 0)
	n.SetPos(len(r.d.Links))
	r.d.Links = append(r.d.Links, l)
}

type positioned interface{ SetPos(int) }

// eastAsianBreak reports whether a soft line break stands between two wide signs of a script that parts words without
// spaces: shown as a space it would be a fault in the sentence.
func (r *reader) eastAsianBreak(n *ast.Text) bool { return eastAsianBreak(n, r.source) }

func eastAsianBreak(n *ast.Text, source []byte) bool {
	if n.Segment.Stop == 0 || source[n.Segment.Stop-1] < utf8.RuneSelf {
		return false
	}
	before, _ := utf8.DecodeLastRune(source[n.Segment.Start:n.Segment.Stop])
	next, ok := n.NextSibling().(*ast.Text)
	if !ok || next.Segment.Start >= len(source) {
		return false
	}
	after, _ := utf8.DecodeRune(source[next.Segment.Start:next.Segment.Stop])
	return wide(before) && wide(after)
}

// wide holds for Han, kana and their punctuation; Hangul parts words with spaces.
func wide(r rune) bool {
	return r >= 0x2E80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF)
}

// lead takes the first paragraph that says something.
func (r *reader) lead() {
	for _, p := range r.parts {
		if p.node.Kind() != ast.KindParagraph {
			continue
		}
		if s := bytes.TrimSpace(r.out[p.textStart:p.textEnd]); len(s) > 0 {
			r.d.Lead = cut(strings.ReplaceAll(r.str(s), "\n", " "), MaxLead)
			return
		}
	}
}
