package markdown

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// goldmark says where a block starts, and not where it ends. But whatever is not blank belongs to a block: so a block
// ends where the next begins that does not lie in it, blank lines between left out.

// blocks lists the page's blocks with their ranges.
func (r *reader) blocks(notes []ast.Node) {
	d := r.d
	if d.Body > skipBOM(d.Source) {
		d.Blocks = append(d.Blocks, Block{Kind: "frontmatter", Start: skipBOM(d.Source), End: d.Body})
	}
	top := make([]part, len(r.parts), len(r.parts)+len(notes))
	copy(top, r.parts)
	for _, n := range notes {
		top = append(top, part{node: n, start: r.startOf(n)})
	}
	if len(notes) > 0 {
		slices.SortStableFunc(top, func(a, b part) int { return cmp.Compare(a.start, b.start) })
	}
	for i, p := range top {
		end := len(r.source)
		if i+1 < len(top) {
			end = top[i+1].start
		}
		r.add(p.node, 0, p.start, r.trim(p.start, end, false))
	}
}

// add lists one block, and the lists, items, tables and rows in it.
func (r *reader) add(n ast.Node, level, start, end int) {
	if end <= start {
		return
	}
	kind := blockKind(n)
	if level == 0 || kind == "list" || kind == "item" || kind == "table" || kind == "row" {
		r.d.Blocks = append(r.d.Blocks, Block{Kind: kind, Level: level, Start: r.d.Body + start, End: r.d.Body + end})
	}
	switch n.(type) {
	case *ast.List, *ast.ListItem, *ast.Blockquote, *east.Table, *east.Footnote:
	default:
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Type() == ast.TypeInline {
			continue
		}
		from := max(r.startOf(c), start)
		to := end
		if next := c.NextSibling(); next != nil && next.Type() == ast.TypeBlock {
			to = min(to, r.lineBefore(from, r.startOf(next)))
		}
		r.add(c, level+1, from, r.trim(from, to, true))
	}
}

// lineBefore gives the beginning of the line that holds next, unless from stands on the same line.
func (r *reader) lineBefore(from, next int) int {
	if line := bytes.LastIndexByte(r.source[:next], '\n') + 1; line > from {
		return line
	}
	return next
}

// trim takes blank lines off the end of source[start:end]. In a container a line with nothing but quote marks is blank.
func (r *reader) trim(start, end int, inner bool) int {
	blank := " \t\r\n"
	if inner {
		blank = " \t\r\n>"
	}
	text := bytes.TrimRight(r.source[start:max(start, end)], blank)
	if len(text) == 0 {
		text = r.source[start : start+min(1, max(0, end-start))]
	}
	return min(lineEnd(r.source, start+len(text)), max(start, end))
}

// startOf gives where a block starts: at the beginning of its line, or where its own text starts if something stands
// before it on the line.
func (r *reader) startOf(n ast.Node) int {
	pos := n.Pos()
	switch n := n.(type) {
	case *east.TableRow, *east.TableHeader:
		if cell := n.FirstChild(); pos < 0 && cell != nil {
			pos = min(cell.Pos(), len(r.source))
			for pos > 0 && r.source[pos-1] != '\n' && bytes.IndexByte([]byte(" \t|"), r.source[pos-1]) >= 0 {
				pos--
			}
		}
	case *east.DefinitionList:
		if term := n.FirstChild(); term != nil && term.Lines().Len() > 0 {
			pos = term.Lines().At(0).Start
		}
	}
	if pos < 0 {
		return 0
	}
	return lineStart(r.source, min(pos, len(r.source)))
}

// lineStart gives the beginning of the line that holds pos if only spaces stand between, else pos.
func lineStart(source []byte, pos int) int {
	for i := pos; ; i-- {
		if i == 0 || source[i-1] == '\n' {
			return i
		}
		if source[i-1] != ' ' && source[i-1] != '\t' {
			return pos
		}
	}
}

func blockKind(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Heading:
		return "heading"
	case *ast.List:
		return "list"
	case *ast.ListItem:
		return "item"
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return "code"
	case *ast.HTMLBlock:
		return "html"
	case *ast.ThematicBreak:
		return "rule"
	case *ast.LinkReferenceDefinition:
		return "reference"
	case *ast.Blockquote:
		if _, ok := calloutOf(n); ok {
			return "callout"
		}
		return "quote"
	case *east.Table:
		return "table"
	case *east.TableRow, *east.TableHeader:
		return "row"
	case *east.Footnote:
		return "footnote"
	case *east.DefinitionList:
		return "definition"
	}
	return "paragraph"
}
