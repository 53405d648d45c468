package markdown

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newParser puts goldmark's parsers together, each that can be made to work in vain behind a guard. What a guard turns
// down becomes plain text. The numbers are goldmark's own priorities: a lower one is asked first.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(containerGuard{extension.NewDefinitionListParser()}, 101),
			util.Prioritized(extension.NewDefinitionDescriptionParser(), 102),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(containerGuard{parser.NewListParser()}, 300),
			util.Prioritized(itemGuard{parser.NewListItemParser()}, 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(containerGuard{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(footnoteGuard{containerGuard{extension.NewFootnoteBlockParser()}}, 999),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(calloutTransformer{}, 50),
			util.Prioritized(referenceGuard{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(tableGuard{extension.NewTableParagraphTransformer()}, 200),
		),
		parser.WithInlineParsers(
			util.Prioritized(scanGuard{parser.NewCodeSpanParser()}, 100),
			util.Prioritized(bracketGuard{
				task: extension.NewTaskCheckBoxParser(), footnote: extension.NewFootnoteParser(), link: parser.NewLinkParser(),
			}, 200),
			util.Prioritized(nodeGuard{parser.NewAutoLinkParser()}, 300),
			util.Prioritized(scanGuard{parser.NewRawHTMLParser()}, 400),
			util.Prioritized(delimiterGuard{parser.NewEmphasisParser()}, 500),
			util.Prioritized(delimiterGuard{extension.NewStrikethroughParser()}, 500),
			util.Prioritized(nodeGuard{autolinkParser{}}, 999),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999),
		),
	)
}

// containerGuard keeps containers from lying too deep.
type containerGuard struct{ parser.BlockParser }

// Open is goldmark's.
func (g containerGuard) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	b := budgetOf(pc)
	if depth := len(pc.OpenedBlocks()); depth >= MaxDepth || b.nodes <= 0 {
		// Only what would have opened counts: a hyphen deep in a list is not always a list.
		line, pos := reader.Position()
		node, state := g.BlockParser.Open(parent, reader, pc)
		if node != nil {
			reader.SetPosition(line, pos)
			if depth >= MaxDepth {
				b.pass(limitDepth, pos.Start)
			} else {
				b.pass(limitNodes, pos.Start)
			}
		} else {
			return node, state
		}
		return nil, parser.NoChildren
	}
	node, state := g.BlockParser.Open(parent, reader, pc)
	if node != nil {
		b.nodes--
	}
	return node, state
}

// itemGuard counts list items. It turns none down, since the list above would be left with something else in it; one
// line of source opens one item of a list that is there.
type itemGuard struct{ parser.BlockParser }

// Open is goldmark's.
func (g itemGuard) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	node, state := g.BlockParser.Open(parent, reader, pc)
	if node != nil {
		budgetOf(pc).nodes--
	}
	return node, state
}

// footnoteGuard counts definitions of footnotes.
type footnoteGuard struct{ containerGuard }

// Open is goldmark's.
func (g footnoteGuard) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	b := budgetOf(pc)
	line, pos := reader.Position()
	node, state := g.containerGuard.Open(parent, reader, pc)
	if node == nil {
		return node, state
	}
	if b.footnotes--; b.footnotes < 0 {
		reader.SetPosition(line, pos)
		b.pass(limitFootnotes, pos.Start)
		return nil, parser.NoChildren
	}
	if parent.Kind() == ast.KindDocument {
		b.notes = append(b.notes, node)
	}
	return node, state
}

// nodeGuard counts what an inline parser makes.
type nodeGuard struct{ parser.InlineParser }

// Parse is goldmark's.
func (g nodeGuard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	b := budgetOf(pc)
	if b.nodes <= 0 {
		return nil
	}
	node := g.InlineParser.Parse(parent, block, pc)
	if node != nil {
		b.take(block, 1)
	}
	return node
}

// take counts what weighs as much as n nodes.
func (b *budget) take(block text.Reader, n int) {
	if b.nodes -= n; b.nodes <= 0 {
		_, pos := block.Position()
		b.pass(limitNodes, pos.Start)
	}
}

// scanGuard stands before the parsers that look for an end up to the end of the paragraph: code spans and tags.
type scanGuard struct{ parser.InlineParser }

// Parse is goldmark's.
func (g scanGuard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	b := budgetOf(pc)
	if b.nodes <= 0 || b.scan <= 0 {
		return nil
	}
	b.enter(parent)
	_, pos := block.Position()
	node := g.InlineParser.Parse(parent, block, pc)
	if node == nil || node.Kind() == ast.KindText { // a code span that does not end is given back as its backticks
		if line, _ := block.PeekLine(); node != nil || (len(line) > 1 && line[1] > ' ') {
			b.inVain(b.end-pos.Start, pos.Start)
		}
	}
	switch node.(type) {
	case nil:
	case *ast.RawHTML:
		b.take(block, tagWeight)
	default:
		b.take(block, 1)
	}
	return node
}

// tagWeight is how many nodes a tag within a line counts for: the policy takes that much longer over it.
const tagWeight = 6

// delimiterGuard bounds the runs of emphasis in a paragraph.
type delimiterGuard struct{ parser.InlineParser }

// Parse is goldmark's.
func (g delimiterGuard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	b := budgetOf(pc)
	b.enter(parent)
	if block.Peek() == '~' && block.PrecendingCharacter() == '~' {
		return nil // a run that was turned down is not tried again from its second tilde on
	}
	if b.nodes <= 0 || b.delimiters >= MaxDelimiters {
		if b.nodes > 0 {
			_, pos := block.Position()
			b.pass(limitDelimiters, pos.Start)
		}
		return nil
	}
	node := g.InlineParser.Parse(parent, block, pc)
	if node != nil {
		b.delimiters++
		b.take(block, 1)
	}
	return node
}

// bracketGuard is all that begins or ends with a bracket: check boxes, footnotes, wikilinks and links. It looks at the
// next byte to ask only who may be meant, and bounds the brackets that are open and the looking for ends that do not come.
type bracketGuard struct {
	task, footnote parser.InlineParser
	wikilink       wikilinkParser
	link           parser.InlineParser
}

// footnoteWeight is how many bytes could be looked at while one reference is held against one definition.
const footnoteWeight = 5

// Trigger is what begins or ends it.
func (g bracketGuard) Trigger() []byte { return []byte{'!', '[', ']'} }

// Parse reads one of them, or one end of a link.
func (g bracketGuard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	b := budgetOf(pc)
	if b.nodes <= 0 || b.scan <= 0 {
		return nil
	}
	line, pos := block.PeekLine()
	if line[0] == '!' && (len(line) < 2 || line[1] != '[') {
		return nil
	}
	b.enter(parent)
	if line[0] == ']' {
		return g.end(parent, block, pc, b, line, pos)
	}
	if node := g.special(parent, block, pc, b, line, pos); node != nil {
		b.take(block, 1)
		return node
	}
	if len(b.brackets) >= MaxBrackets {
		b.pass(limitBrackets, pos.Start)
		return nil
	}
	b.brackets = append(b.brackets, pos.Start)
	b.take(block, 1)
	return g.link.Parse(parent, block, pc)
}

// special reads what begins with a bracket and is not a link by Markdown's rules.
func (g bracketGuard) special(parent ast.Node, block text.Reader, pc parser.Context, b *budget, line []byte, pos text.Segment) (node ast.Node) {
	lineNumber, start := block.Position()
	next := byte(0)
	if i := 1 + run(line, '!'); i < len(line) {
		next = line[i]
	}
	switch next {
	case '^':
		b.inVain(footnoteWeight*(MaxFootnotes-b.footnotes)+b.lines, pos.Start)
		node = g.footnote.Parse(parent, block, pc)
	case '[':
		node = g.wikilink.Parse(parent, block, pc)
	case ' ', '\t', 'x', 'X':
		node = g.task.Parse(parent, block, pc)
	}
	if node == nil {
		block.SetPosition(lineNumber, start)
	}
	return node
}

// end reads a closing bracket, and the address after it.
func (g bracketGuard) end(parent ast.Node, block text.Reader, pc parser.Context, b *budget, line []byte, pos text.Segment) ast.Node {
	if len(b.brackets) == 0 {
		return nil
	}
	opener := b.brackets[len(b.brackets)-1]
	b.brackets = b.brackets[:len(b.brackets)-1] // as goldmark does with its own, whatever comes of it
	node := g.link.Parse(parent, block, pc)
	if node != nil {
		b.take(block, 1)
		return node
	}
	b.inVain(pos.Start-opener+b.lines, pos.Start) // goldmark goes through the lines to find the label
	if len(line) > 1 && (line[1] == '(' || line[1] == '[') {
		b.inVain(b.end-pos.Start, pos.Start)
	}
	return nil
}

// CloseBlock is goldmark's: brackets left over become text.
func (g bracketGuard) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	g.link.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// referenceGuard stands before the taking of link definitions out of a paragraph.
type referenceGuard struct{ parser.ParagraphTransformer }

// Transform is goldmark's.
func (g referenceGuard) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, source := node.Lines(), reader.Source()
	if first := lines.At(0); first.Len() == 0 || bytes.TrimLeft(first.Value(source), " \t")[0] != '[' {
		return
	}
	b := budgetOf(pc)
	start := lines.At(0).Start
	// A title that does not end on its line is looked for up to the end of the paragraph.
	open := 0
	for i := range lines.Len() {
		seg := lines.At(i)
		line := source[seg.Start:seg.Stop]
		if j := bytes.IndexAny(line, "\"'("); j >= 0 {
			closer := line[j]
			if closer == '(' {
				closer = ')'
			}
			if bytes.IndexByte(line[j+1:], closer) < 0 {
				open++
			}
		}
	}
	if lines.Len() > MaxReferences {
		b.pass(limitReferences, start)
		return
	}
	if open > 1 {
		if b.inVain(open*(lines.At(lines.Len()-1).Stop-start), start); b.scan <= 0 {
			return
		}
	}
	g.ParagraphTransformer.Transform(node, reader, pc)
}

// tableGuard bounds tables.
type tableGuard struct{ parser.ParagraphTransformer }

// Transform is goldmark's.
func (g tableGuard) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, source := node.Lines(), reader.Source()
	// Any line that looks like a table's second row may turn out to be it; the widest is counted.
	first, columns, pipes := -1, 0, 0
	for i := range lines.Len() {
		seg := lines.At(i)
		line := source[seg.Start:seg.Stop]
		if i > 0 && looksLikeDelimiter(line) {
			columns = max(columns, 1+bytes.Count(line, []byte{'|'}))
			if first < 0 {
				first = seg.Start
			}
		}
		if bytes.IndexByte(line, '`') >= 0 {
			pipes += bytes.Count(line, []byte(`\|`))
		}
	}
	if first < 0 {
		return
	}
	b := budgetOf(pc)
	cells := columns * lines.Len()
	if columns > MaxColumns || cells > b.nodes {
		b.pass(limitColumns, first)
		return
	}
	if pipes > b.escapedPipes {
		b.pass(limitEscapedPipes, first)
		return
	}
	starts := make([]int, lines.Len())
	for i := range starts {
		starts[i] = lines.At(i).Start
	}
	parent, before := node.Parent(), node.PreviousSibling()
	g.ParagraphTransformer.Transform(node, reader, pc)
	if table, ok := madeTable(parent, before); ok {
		b.nodes -= cells
		b.escapedPipes -= pipes
		// goldmark gives a table the place of the paragraph it was, though lines before the table stay a paragraph.
		cell := table.FirstChild().FirstChild().Pos()
		i, found := slices.BinarySearch(starts, cell)
		if !found {
			i--
		}
		table.SetPos(starts[max(i, 0)])
	}
}

// madeTable gives the table that came to stand after before, with or without a paragraph between.
func madeTable(parent, before ast.Node) (*east.Table, bool) {
	next := parent.FirstChild()
	if before != nil {
		next = before.NextSibling()
	}
	for range 2 {
		if next == nil {
			break
		}
		if table, ok := next.(*east.Table); ok {
			return table, true
		}
		next = next.NextSibling()
	}
	return nil, false
}

// looksLikeDelimiter reports whether a line has only what the second row of a table has.
func looksLikeDelimiter(line []byte) bool {
	dash, other := false, false
	for _, c := range line {
		switch c {
		case '-':
			dash = true
		case '|', ':':
			other = true
		case ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return dash && other
}
