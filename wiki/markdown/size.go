package markdown

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// Size is how much stands somewhere. A word is a run of letters and digits; of scripts that part no words, each sign is
// one, as word processors count. A paragraph is whatever is parted by blank lines and says something: a list or a table is
// one. Headings and comments count for nothing.
type Size struct{ Words, Paragraphs int }

func (s *Size) add(t Size) {
	s.Words += t.Words
	s.Paragraphs += t.Paragraphs
}

// SectionSize is how much stands under a heading, its smaller headings included.
type SectionSize struct {
	Slug string // Anchor of the heading's text: unlike Heading.Anchor the same on every page
	Size
}

// Sizes gives how much stands before the first section, the heading of the page's title left out, and under each heading
// of the outline, in order.
func (d *Document) Sizes() (introduction Size, sections []SectionSize) {
	c := counter{source: d.markdown}
	var open []int // indexes of headings whose section has not ended
	at := -1       // index of the last heading
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		h, isHeading := n.(*ast.Heading)
		if !isHeading {
			size := c.block(n)
			if len(open) == 0 {
				introduction.add(size)
			}
			for _, i := range open {
				sections[i].add(size)
			}
			continue
		}
		at++
		for len(open) > 0 && d.Outline[open[len(open)-1]].Level >= h.Level {
			open = open[:len(open)-1]
		}
		sections = append(sections, SectionSize{Slug: Anchor(d.Outline[at].Text)})
		if h != d.titleHeading {
			open = append(open, at)
		}
	}
	return introduction, sections
}

// counter counts words in parts of a parsed page.
type counter struct {
	source []byte
	words  int
}

// block measures a block at the top level.
func (c *counter) block(n ast.Node) Size {
	c.words = 0
	c.node(n)
	if c.words == 0 {
		return Size{}
	}
	return Size{Words: c.words, Paragraphs: 1}
}

// node counts in n and in what lies in it; the parser bounds how deep that goes.
func (c *counter) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		c.words += wordCount(n.Segment.Value(c.source))
		return
	case *ast.String:
		c.words += wordCount(n.Value)
		return
	case *ast.AutoLink:
		c.words++
		return
	case *wikilink:
		c.words += wordCount([]byte(n.label))
		return
	case *ast.HTMLBlock:
		c.words += wordCount(appendHTMLText(nil, htmlSource(n, c.source)))
		return
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		lines := n.Lines()
		for i := range lines.Len() {
			seg := lines.At(i)
			c.words += wordCount(seg.Value(c.source))
		}
		return
	case *ast.LinkReferenceDefinition, *ast.RawHTML, *east.FootnoteBacklink, *east.FootnoteList: // notes stand below all sections
		return
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		c.node(child)
	}
}

// wordCount counts the words of a text.
func wordCount(text []byte) int {
	words, inWord := 0, false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		i += size
		switch {
		case isWordByte(r), r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)):
			if isWide := wide(r); isWide || !inWord {
				words++
				inWord = !isWide
			}
		case r == '\'' || r == '’' || r == '-': // "don't" and "well-kept" are one word
		default:
			inWord = false
		}
	}
	return words
}

func isWordByte(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
