package markdown

import "bytes"

// SplitBlocks cuts a page in the blocks that a merge works with: headings, paragraphs, list items, table rows, fences,
// quotes, definitions, and each line of the front matter. Each block is a half-open range of bytes; together they cover
// text in order without gaps, and blank lines belong to the block before them. A nested item is a block of its own, and
// an item's further paragraphs and code belong to the item.
//
// It reads lines, not Markdown: in doubtful places it may cut finer or coarser than a parser would, which makes a merge
// a little more or less careful and never wrong. It looks at each byte a bounded number of times.
func SplitBlocks(text []byte) [][2]int {
	s := splitter{text: text, blocks: make([][2]int, 0, len(text)/64+8)}
	pos := s.frontMatter()
	for pos < len(text) {
		pos = s.line(pos)
	}
	if s.start < len(text) {
		s.blocks = append(s.blocks, [2]int{s.start, len(text)})
	}
	return s.blocks
}

// blockState is what the block being read is, as far as the next line cares.
type blockState uint8

const (
	stateClosed    blockState = iota // complete: whatever comes next begins a block
	stateParagraph                   // goes on until a blank line
	stateQuote                       // goes on while lines begin with >
	stateRow                         // a table row: each line is one
	stateItem                        // goes on while lines are indented, or lazily until a blank line
)

type splitter struct {
	text   []byte
	blocks [][2]int
	start  int // of the block being read
	state  blockState
	blank  bool // a blank line stood since the block's last line
	indent int  // of an item: columns where its content stands
	last   int  // start of the block's last line that is not blank
	fence  byte // '`' or '~' inside a fence, else 0
	ticks  int  // length of the fence
	within int  // columns that the lines of the fence are indented by at least, because it stands in an item
}

// frontMatter makes a block of each of its lines and gives the place after it.
func (s *splitter) frontMatter() int {
	_, _, body, ok := splitFrontMatter(s.text)
	if !ok {
		return 0
	}
	for s.start < body {
		end := lineEnd(s.text, s.start)
		s.blocks = append(s.blocks, [2]int{s.start, end})
		s.start = end
	}
	return body
}

// line reads the line at pos and gives the place after it.
func (s *splitter) line(pos int) int {
	end := lineEnd(s.text, pos)
	p, cols := skipIndent(s.text, pos, end)
	blank := p == end || s.text[p] == '\n' || s.text[p] == '\r'
	if s.fence != 0 && (blank || cols >= s.within) {
		s.insideFence(s.text[p:end])
		return end
	}
	s.fence = 0 // a fence ends with the item it stands in
	if blank {
		s.blank = true
		return end
	}
	s.visible(pos, s.text[p:end], cols)
	s.last = pos
	return end
}

// insideFence looks for the fence's end. A fence in an item is a part of the item.
func (s *splitter) insideFence(line []byte) {
	n := run(line, s.fence)
	if n >= s.ticks && len(bytes.TrimRight(line[n:], " \t\r\n")) == 0 {
		s.fence = 0
	}
	s.blank = false
}

// visible places a line that is not blank: at the end of the block being read, or at the beginning of the next.
func (s *splitter) visible(pos int, line []byte, cols int) {
	in := s.state == stateItem && cols >= s.indent
	state, indent := s.state, s.indent
	begins := s.state == stateClosed
	continues := !s.blank || in
	switch c := line[0]; {
	case c == '#' && cols < 4 && isATX(line):
		begins, state = !in, stateClosed
	case (c == '=' || c == '-') && s.state == stateParagraph && !s.blank && isSetext(line, c):
		s.state = stateClosed
		return
	case (c == '`' || c == '~') && run(line, c) >= 3 && (c == '~' || bytes.IndexByte(line[run(line, c):], '`') < 0):
		s.fence, s.ticks = c, run(line, c)
		begins, state, s.within = !in, stateClosed, 0
		if in {
			s.within = s.indent
		}
	case (c == '-' || c == '*' || c == '_') && isRule(line, c):
		begins, state = true, stateClosed
	case c == '>':
		begins, state = s.state != stateQuote || s.blank, stateQuote
		begins = begins && !in
	case c == '|':
		begins, state = !in, stateRow
	case s.state == stateRow && !s.blank && bytes.IndexByte(line, '|') >= 0:
		begins, state = true, stateRow
	case (c == '-' || c == ':') && s.state == stateParagraph && !s.blank && isDelimiterRow(line):
		s.begin(s.last) // the line before is the table's head
		begins, state = true, stateRow
	case c == '[' && cols < 4 && bytes.Contains(line, refMark):
		begins, state, indent = true, stateItem, 2
	default:
		if w := markerWidth(line, s.state == stateParagraph && !s.blank); w > 0 {
			begins, state, indent = true, stateItem, cols+w
		} else if !continues || s.state == stateRow || (s.state == stateQuote && s.blank) {
			begins, state = true, stateParagraph
		} else if s.state == stateClosed {
			state = stateParagraph
		}
	}
	if begins {
		s.begin(pos)
		s.state, s.indent = state, indent
	}
	s.blank = false
}

var refMark = []byte("]:")

// begin ends the block being read at pos.
func (s *splitter) begin(pos int) {
	if pos > s.start {
		s.blocks = append(s.blocks, [2]int{s.start, pos})
		s.start = pos
	}
}

// lineEnd gives the place after the line that holds pos, its line ending included.
func lineEnd(text []byte, pos int) int {
	if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(text)
}

// skipIndent gives the first place in text[pos:end] that is no space or tab, and the column it stands in.
func skipIndent(text []byte, pos, end int) (p, cols int) {
	for p = pos; p < end; p++ {
		switch text[p] {
		case ' ':
			cols++
		case '\t':
			cols += 4 - cols%4
		default:
			return p, cols
		}
	}
	return p, cols
}

// run counts how often c stands at the beginning of line.
func run(line []byte, c byte) int {
	n := 0
	for n < len(line) && line[n] == c {
		n++
	}
	return n
}

func isSpaceOrEnd(line []byte, i int) bool {
	return i >= len(line) || line[i] == ' ' || line[i] == '\t' || line[i] == '\n' || line[i] == '\r'
}

func isATX(line []byte) bool {
	n := run(line, '#')
	return n <= 6 && isSpaceOrEnd(line, n)
}

// isSetext reports whether line underlines a heading: only c, and spaces after it.
func isSetext(line []byte, c byte) bool {
	return len(bytes.TrimRight(line[run(line, c):], " \t\r\n")) == 0
}

// isRule reports whether line is a thematic break: three or more of c and nothing else but spaces.
func isRule(line []byte, c byte) bool {
	n := 0
	for _, b := range line {
		switch b {
		case c:
			n++
		case ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return n >= 3
}

// isDelimiterRow reports whether line is the second row of a table that has no | at its beginning.
func isDelimiterRow(line []byte) bool {
	dash, pipe := false, false
	for _, b := range line {
		switch b {
		case '-':
			dash = true
		case '|':
			pipe = true
		case ':', ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return dash && pipe
}

// markerWidth gives the columns of a list marker (or of the ":" of a definition) and the space after it, or 0. An
// ordered item interrupts a paragraph only with the number 1, and an empty one never: "1986." may begin a line of prose.
func markerWidth(line []byte, interrupts bool) int {
	n := 0
	switch c := line[0]; {
	case c == '-' || c == '*' || c == '+':
		n = 1
	case c == ':':
		if n = 1; isSpaceOrEnd(line, 1) && len(bytes.TrimRight(line[1:], " \t\r\n")) == 0 {
			return 0
		}
	case c >= '0' && c <= '9':
		for n < len(line) && n < 10 && line[n] >= '0' && line[n] <= '9' {
			n++
		}
		if n > 9 || n == len(line) || (line[n] != '.' && line[n] != ')') || (interrupts && (n != 1 || c != '1')) {
			return 0
		}
		n++
	default:
		return 0
	}
	if !isSpaceOrEnd(line, n) {
		return 0
	}
	spaces := 0
	for n+spaces < len(line) && line[n+spaces] == ' ' {
		spaces++
	}
	if n+spaces >= len(line) || line[n+spaces] == '\n' || line[n+spaces] == '\r' {
		if interrupts {
			return 0
		}
		return n + 1
	}
	if spaces > 4 || spaces == 0 { // code in the item, or a tab
		spaces = 1
	}
	return n + spaces
}
