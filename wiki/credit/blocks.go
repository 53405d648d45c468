package credit

import (
	"bytes"
	"unicode/utf8"
)

// maxBackticks is the longest run of backticks that is looked for again as the end of a code span: each length costs one
// pass over the text at worst.
const maxBackticks = 32

// lexer reads Markdown as far as is needed to tell words from markup. It looks ahead only within a paragraph, or to the
// end of a construct that it then skips, so that what stands before a mark does not depend on what stands after it.
type lexer struct {
	text
	src []byte
	pos int

	open      int  // the first word of the sentence that is being read
	fence     byte // the character of the code fence that is open
	fenceLen  int
	fenceIn   int // how many block quotes it stands in
	paragraph bool
	item      bool // the paragraph is a list item's
	quotes    int
	codeEnd   int // where the code span that is open closes
	blockEnd  int // where the paragraph ends; found when it is first needed
	noMarks   bool
	dead      int                   // no link destination or label that begins before here comes to an end
	noCloser  [maxBackticks + 1]int // for each length of run: none of that length between the search that failed and here
}

func newLexer(source []byte) *lexer { return &lexer{text: text{source: source}, src: source} }

// frontMatter skips the front matter. Nothing in it is a word: tools write it as often as people do, and readers see
// little of it.
func (l *lexer) frontMatter() {
	at := 0
	if bytes.HasPrefix(l.src, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	end := lineEnd(l.src, at)
	if !isRule(l.src[at:end]) {
		l.pos = at
		return
	}
	for p := end; p < len(l.src); {
		next := lineEnd(l.src, p)
		if line := l.src[p:next]; isRule(line) || bytes.Equal(bytes.TrimRight(line, " \t\r\n"), []byte("...")) {
			l.pos = next
			return
		}
		p = next
	}
	l.noMarks = true // a line that closes it may come with the next edit
}

func isRule(line []byte) bool { return bytes.Equal(bytes.TrimRight(line, " \t\r\n"), []byte("---")) }

// lineEnd gives where the line after the one at p begins.
func lineEnd(src []byte, p int) int {
	if i := bytes.IndexByte(src[p:], '\n'); i >= 0 {
		return p + i + 1
	}
	return len(src)
}

// run reads to the end of the text, or until stop says so of a mark.
func (l *lexer) run(stop func(at int) bool) {
	for l.pos < len(l.src) {
		blank := l.line()
		if !blank || l.fence != 0 || l.noMarks || l.src[l.pos-1] != '\n' {
			continue
		}
		if stop != nil && stop(l.pos) {
			return
		}
		l.marks = append(l.marks, mark{uint32(l.pos), int32(len(l.words)), int32(len(l.sentences))})
	}
	l.endSentence()
}

func (l *lexer) endSentence() {
	if l.open == len(l.words) {
		return
	}
	h := uint64(len(l.words) - l.open)
	for _, w := range l.words[l.open:] {
		h = (h ^ w.hash) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	l.sentences = append(l.sentences, sentence{int32(l.open), int32(len(l.words)), h})
	l.open = len(l.words)
}

// line reads one line, and further ones if a construct reaches over them. It reports whether it was blank.
func (l *lexer) line() (blank bool) {
	end := lineEnd(l.src, l.pos)
	p := l.indent(l.pos, end)
	if l.fence != 0 {
		l.codeLine(p, end)
		return false
	}
	if p >= end || l.src[p] == '\n' || l.src[p] == '\r' && p+2 >= end {
		l.endBlock()
		l.pos = end
		return true
	}
	p, quotes, item := l.containers(p, end)
	if item {
		l.endBlock()
		l.quotes = quotes
	}
	if p == end {
		l.pos = end
		return false
	}
	switch rest := l.src[p:end]; {
	case l.openFence(p, end):
		return false
	case onlyRule(rest):
		l.endBlock()
		l.pos = end
		return false
	case !l.paragraph && rest[0] == '[':
		if p, ok := l.definition(p, end); ok {
			l.endBlock()
			l.pos = p
			if p == end {
				return false
			}
			return l.inlineLine(p, end, item)
		}
	case rest[0] == '#':
		if n := headingMarks(rest); n > 0 {
			l.endBlock()
			l.inline(p+n, withoutAttributes(l.src, p, end))
			l.pos = max(l.pos, end)
			l.endBlock()
			return false
		}
	case rest[0] == '|':
		l.endSentence()
		l.inline(p, end)
		l.endSentence()
		return false
	}
	return l.inlineLine(p, end, item)
}

func (l *lexer) inlineLine(p, end int, item bool) bool {
	l.item = item || l.item && l.paragraph
	l.paragraph = true
	l.inline(p, end)
	return false
}

func (l *lexer) endBlock() {
	l.endSentence()
	l.paragraph, l.item, l.quotes, l.codeEnd, l.blockEnd = false, false, 0, 0, 0
}

func (l *lexer) indent(p, end int) int {
	for p < end && (l.src[p] == ' ' || l.src[p] == '\t') {
		p++
	}
	return p
}

// containers skips the marks of quotes and list items at the beginning of a line.
func (l *lexer) containers(p, end int) (at, quotes int, begins bool) {
	for p < end {
		next := p
		switch c := l.src[p]; {
		case c == '>':
			quotes++
			next = p + 1
		case c == '-' || c == '*' || c == '+':
			if spaceOrEnd(l.src, p+1) {
				next, begins = p+1, true
			}
		case c >= '0' && c <= '9':
			n := p
			for n < end && n < p+9 && l.src[n] >= '0' && l.src[n] <= '9' {
				n++
			}
			// A number at the beginning of a line of a paragraph is a word, unless it begins a list.
			listed := !l.paragraph || l.item || begins || n == p+1 && c == '1'
			if listed && n < end && (l.src[n] == '.' || l.src[n] == ')') && spaceOrEnd(l.src, n+1) {
				next, begins = n+1, true
			}
		}
		if next == p {
			break
		}
		p = l.indent(next, end)
	}
	if quotes > l.quotes {
		begins = true
	}
	if begins && p+3 < end && l.src[p] == '[' && l.src[p+2] == ']' && spaceOrEnd(l.src, p+3) { // of a task
		p += 3
	}
	return p, quotes, begins
}

func spaceOrEnd(src []byte, p int) bool {
	return p >= len(src) || src[p] == ' ' || src[p] == '\t' || src[p] == '\n' || src[p] == '\r'
}

// onlyRule reports a line of nothing but the marks of rules, underlines of headings and tables.
func onlyRule(line []byte) bool {
	for _, c := range line {
		switch c {
		case '-', '=', '|', ':', '*', '_', ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return true
}

func headingMarks(line []byte) int {
	n := 0
	for n < len(line) && line[n] == '#' {
		n++
	}
	if n > 6 || !spaceOrEnd(line, n) {
		return 0
	}
	return n
}

// withoutAttributes gives the end of a heading without an anchor in braces.
func withoutAttributes(src []byte, p, end int) int {
	line := bytes.TrimRight(src[p:end], " \t\r\n")
	if len(line) == 0 || line[len(line)-1] != '}' {
		return end
	}
	if i := bytes.LastIndexByte(line, '{'); i > 0 && i+1 < len(line) && (line[i+1] == '#' || line[i+1] == '.') {
		return p + i
	}
	return end
}

// openFence reads the first line of a fenced code block, if it is one.
func (l *lexer) openFence(p, end int) bool {
	c := l.src[p]
	if c != '`' && c != '~' {
		return false
	}
	n := p
	for n < end && l.src[n] == c {
		n++
	}
	if n-p < 3 || c == '`' && bytes.IndexByte(l.src[n:end], '`') >= 0 {
		return false
	}
	quotes := l.quotes
	l.endBlock()
	l.fence, l.fenceLen, l.fenceIn, l.pos = c, n-p, quotes, end
	return true
}

// codeLine reads a line of a fenced code block: a sentence of its own, or the end.
func (l *lexer) codeLine(p, end int) {
	for range l.fenceIn {
		if p < end && l.src[p] == '>' {
			p = l.indent(p+1, end)
		}
	}
	n := p
	for n < end && l.src[n] == l.fence {
		n++
	}
	if n-p >= l.fenceLen && len(bytes.TrimRight(l.src[n:end], " \t\r\n")) == 0 {
		l.fence, l.pos = 0, end
		return
	}
	l.plain(p, end)
	l.endSentence()
	l.pos = end
}

// definition skips the definition of a link, or the label of a footnote or an alert.
func (l *lexer) definition(p, end int) (after int, ok bool) {
	line := l.src[p:end]
	i := bytes.IndexByte(line, ']')
	switch {
	case i < 2:
		return p, false
	case line[1] == '!':
		return p + i + 1, true
	case i+1 < len(line) && line[i+1] == ':' && line[1] == '^':
		return p + i + 2, true
	case i+1 < len(line) && line[i+1] == ':' && bytes.IndexByte(line[1:i], '[') < 0:
		return end, true
	}
	return p, false
}

// plain reads words in which nothing is markup.
func (l *lexer) plain(p, end int) {
	for p < end {
		if n := l.word(p, end, true); n > p {
			p = n
			continue
		}
		p++
		for p < end && l.src[p] >= 0x80 && !utf8.RuneStart(l.src[p]) {
			p++
		}
	}
}
