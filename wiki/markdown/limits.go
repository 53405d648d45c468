package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// The parser below knows no limits of its own, cannot be stopped, and has inputs on which it takes time or memory in
// the square of their length. These limits make both linear. They are far above what people write: the fullest page of
// a large real FAQ has 75 kB, 1,500 lines and 630 nodes. Past a limit the text is shown as it was typed and a Problem
// names the line.
const (
	// MaxSource is how many bytes of a page are parsed; the text after them is shown as it is. It is what a wiki lets
	// people save; more can only come by a push.
	MaxSource = 2 << 20
	// MaxLines is how many lines are parsed: each costs some 600 bytes of memory, whatever is in it.
	MaxLines = 30_000
	// MaxNodes is how many links, spans of emphasis, cells, lists and so on a page has. Each costs up to 500 bytes of
	// memory, though a hostile one has only three bytes of source.
	MaxNodes = 20_000
	// MaxDepth is how many containers (quotes, lists and their items, notes, definitions) lie in one another. Each line
	// is held against all that are open.
	MaxDepth = 24
	// MaxDelimiters is how many runs of *, _ and ~ one paragraph has: each may be compared with all before it.
	MaxDelimiters = 600
	// MaxBrackets is how many [ are open at once in one paragraph, for the same reason.
	MaxBrackets = 2_000
	// MaxColumns is how many columns a table has: a short row is filled up with empty cells.
	MaxColumns = 100
	// MaxEscapedPipes is how many \| all rows with code have together: each is compared with all others.
	MaxEscapedPipes = 300
	// MaxFootnotes is how many notes a page defines: each reference looks through all of them.
	MaxFootnotes = 500
	// MaxReferences is how many lines that define link targets stand together: taking one out moves those after it.
	MaxReferences = 2_000
	// MaxScan is how many bytes are looked at in vain: for the end of a code span, a tag, a link's target or title that
	// does not come. One such look goes to the end of the paragraph.
	MaxScan = 4 << 20
	// MaxRawDepth is how many HTML elements of the writer's are open at once. Browsers give up at 512.
	MaxRawDepth = 48
	// MaxRaw is how many bytes of HTML blocks are shown as such: the policy reads five bytes in the time in which the
	// parser reads a hundred.
	MaxRaw = 256 << 10
	// MaxHTML is how many bytes a page may become. The block that passes it is the last to be shown; plain text behind
	// another limit ends at it.
	MaxHTML = 8 << 20
)

// limit names a limit that a page has passed.
type limit uint8

const (
	limitSize limit = iota
	limitLines
	limitNodes
	limitDepth
	limitDelimiters
	limitBrackets
	limitColumns
	limitEscapedPipes
	limitFootnotes
	limitReferences
	limitScan
	limitRaw
	limitNumbered
	limits // how many there are
)

// sentences say what became of the text past a limit.
var sentences = [limits]string{
	limitSize:         fmt.Sprintf("The page is longer than %d bytes; the rest is shown as plain text, up to %d bytes of HTML in all.", MaxSource, MaxHTML),
	limitLines:        fmt.Sprintf("The page has more than %d lines; the rest is shown as plain text, up to %d bytes of HTML in all.", MaxLines, MaxHTML),
	limitNodes:        fmt.Sprintf("The page has more than %d links, spans and cells; the rest is shown without them.", MaxNodes),
	limitDepth:        fmt.Sprintf("Lists and quotes lie more than %d deep in one another; deeper ones are shown as plain text.", MaxDepth),
	limitDelimiters:   fmt.Sprintf("A paragraph has more than %d marks of emphasis; the rest of them is shown as typed.", MaxDelimiters),
	limitBrackets:     fmt.Sprintf("A paragraph has more than %d open brackets; the rest of them is shown as typed.", MaxBrackets),
	limitColumns:      fmt.Sprintf("A table has more than %d columns, or more cells than a page may have; it is shown as typed.", MaxColumns),
	limitEscapedPipes: fmt.Sprintf("The tables have more than %d escaped bars beside code; one is shown as typed.", MaxEscapedPipes),
	limitFootnotes:    fmt.Sprintf("The page has more than %d footnotes; the rest of them is shown as typed.", MaxFootnotes),
	limitReferences:   fmt.Sprintf("More than %d link definitions stand in one paragraph; they are shown as typed.", MaxReferences),
	limitScan:         "The page has too many unfinished links, tags or code spans; the rest of them is shown as typed.",
	limitNumbered:     fmt.Sprintf("More than %d questions are numbered in plain text; the rest of them has no addresses.", MaxNumbered),
	limitRaw:          fmt.Sprintf("The page has more than %d bytes of HTML; the rest of it is shown as typed.", MaxRaw),
}

// budget is what is left for one parse. The guards around the parser's parts draw on it.
type budget struct {
	source       []byte
	nodes        int
	scan         int
	footnotes    int
	escapedPipes int
	notes        []ast.Node // the definitions of footnotes at the top level: goldmark moves or drops them

	block      ast.Node // whose text is being parsed
	end        int      // where that text ends
	lines      int      // how many lines it has
	delimiters int      // in block
	brackets   []int    // where those stand in block that are open

	passed [limits]int // offset where each limit was passed first, -1 if it was not
}

var budgetKey = parser.NewContextKey()

func newBudget(source []byte) *budget {
	b := &budget{source: source, nodes: MaxNodes, scan: MaxScan, footnotes: MaxFootnotes, escapedPipes: MaxEscapedPipes}
	for i := range b.passed {
		b.passed[i] = -1
	}
	return b
}

func budgetOf(pc parser.Context) *budget { return pc.Get(budgetKey).(*budget) }

// pass notes that a limit was passed at pos.
func (b *budget) pass(l limit, pos int) {
	if b.passed[l] < 0 || pos < b.passed[l] {
		b.passed[l] = max(pos, 0)
	}
}

// enter makes block the one whose text is parsed.
func (b *budget) enter(block ast.Node) {
	if b.block == block {
		return
	}
	b.block, b.delimiters, b.brackets, b.end = block, 0, b.brackets[:0], 0
	lines := block.Lines()
	if b.lines = lines.Len(); b.lines > 0 {
		b.end = lines.At(b.lines - 1).Stop
	}
}

// inVain takes n bytes that were looked at for nothing from the budget.
func (b *budget) inVain(n, pos int) {
	if b.scan -= n; b.scan <= 0 {
		b.pass(limitScan, pos)
	}
}

// problems words the limits that were passed; offset is where the parsed text begins in the page.
func (b *budget) problems(source []byte, offset int) []Problem {
	var out []Problem
	for l, pos := range b.passed {
		if pos >= 0 {
			out = append(out, Problem{Line: lineNumber(source, offset+pos), Text: sentences[l]})
		}
	}
	return out
}

// lineNumber gives the number, from 1, of the line that holds pos.
func lineNumber(source []byte, pos int) int {
	return 1 + bytes.Count(source[:min(pos, len(source))], []byte{'\n'})
}

// parsable gives how much of text is parsed, cut at a line's end, and notes in b why it is not all.
func parsable(text []byte, b *budget) int {
	end := len(text)
	if end > MaxSource {
		end = bytes.LastIndexByte(text[:MaxSource], '\n') + 1
		b.pass(limitSize, end)
	}
	if bytes.Count(text[:end], []byte{'\n'}) > MaxLines {
		pos := 0
		for range MaxLines {
			pos = lineEnd(text, pos)
		}
		end = pos
		b.pass(limitLines, end)
	}
	return end
}
