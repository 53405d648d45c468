package credit

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
	"coppice/wiki/internal/diff"
)

// word is one word of a text: where it stands, and a hash of it without case.
type word struct {
	hash       uint64
	start, end uint32
}

// sentence is a run of words, words[from:to].
type sentence struct {
	from, to int32
	hash     uint64
}

func (s sentence) len() int { return int(s.to - s.from) }

// mark is a place between blocks at which the lexer remembers nothing: from there on it can go on with the words of an
// older text.
type mark struct {
	at               uint32
	words, sentences int32
}

// text is a page's source, taken apart.
type text struct {
	source    []byte
	words     []word
	sentences []sentence
	marks     []mark
}

// maxText is the length of the longest text that has words. It is four times what an edit may bring: what somebody pushed
// that is longer is data, of which the memory would be many times the size.
const maxText = 4 * wiki.MaxPageSize

// lex takes a page apart in one pass whose time is linear in its length.
func lex(source []byte) *text {
	if len(source) > maxText {
		return &text{}
	}
	l := newLexer(source)
	l.words = make([]word, 0, len(source)/7)
	l.frontMatter()
	l.run(nil)
	return &l.text
}

// relex is lex for a page of which an older text is known: only what lies between the blocks that both have is read. A
// text that nobody needs any more gives its memory to the new one; it may be nil.
func relex(old *text, source []byte, spare *text) *text {
	if len(source) > maxText {
		return &text{}
	}
	prefix := commonPrefix(old.source, source)
	i, found := old.markAt(prefix)
	if !found {
		i--
	}
	suffix := commonSuffix(old.source[prefix:], source[prefix:])
	l := newLexer(source)
	if spare != nil {
		l.words, l.sentences, l.marks = spare.words[:0], spare.sentences[:0], spare.marks[:0]
	}
	l.words = slices.Grow(l.words, len(old.words)+64)
	l.sentences = slices.Grow(l.sentences, len(old.sentences)+8)
	l.marks = slices.Grow(l.marks, len(old.marks)+8)
	if i >= 0 {
		from := old.marks[i]
		l.pos = int(from.at)
		l.words = append(l.words, old.words[:from.words]...)
		l.sentences = append(l.sentences, old.sentences[:from.sentences]...)
		l.marks = append(l.marks, old.marks[:i+1]...)
		l.open = len(l.words)
	} else {
		l.frontMatter()
	}
	next := i + 1
	l.run(func(at int) bool {
		if at >= len(source)-suffix {
			if j, ok := old.markAt(at - len(source) + len(old.source)); ok {
				l.over(old, j, len(old.marks))
				return true
			}
			return false
		}
		if j, end := l.ahead(old, next, at); j < end {
			l.over(old, j, end)
			l.pos += int(old.marks[end].at) - int(old.marks[j].at)
			l.open = len(l.words)
			next = end
		}
		return false
	})
	return &l.text
}

// markAt gives the number of the mark at a byte, or of the first one behind it.
func (t *text) markAt(at int) (int, bool) {
	return slices.BinarySearchFunc(t.marks, uint32(max(at, 0)), func(m mark, at uint32) int { return int(m.at) - int(at) })
}

// How far ahead in the older text the lexer looks for what it is about to read, in marks, and by how many bytes it first
// tells.
const (
	aheadMarks = 32
	aheadBytes = 8
)

// ahead gives the marks of an older text, from one on, between which it has what the lexer would read next: between two
// changes of a page most of it is the same.
func (l *lexer) ahead(old *text, from, at int) (j, end int) {
	if at+aheadBytes > len(l.src) {
		return 0, 0
	}
	here := binary.LittleEndian.Uint64(l.src[at:])
	for j = from; j < min(from+aheadMarks, len(old.marks)-1); j++ {
		there := old.source[old.marks[j].at:]
		if len(there) < aheadBytes || binary.LittleEndian.Uint64(there) != here {
			continue
		}
		end, found := old.markAt(int(old.marks[j].at) + commonPrefix(there, l.src[at:]))
		if !found {
			end--
		}
		return j, end
	}
	return 0, 0
}

// over takes the words between two marks of an older text over, or behind the first if the second is none.
func (l *lexer) over(old *text, j, end int) {
	shift := l.pos - int(old.marks[j].at)
	m, to := old.marks[j], mark{words: int32(len(old.words)), sentences: int32(len(old.sentences))}
	if end < len(old.marks) {
		to = old.marks[end]
	}
	words, sentences := int32(len(l.words))-m.words, int32(len(l.sentences))-m.sentences
	for _, w := range old.words[m.words:to.words] {
		l.words = append(l.words, word{w.hash, uint32(int(w.start) + shift), uint32(int(w.end) + shift)})
	}
	for _, s := range old.sentences[m.sentences:to.sentences] {
		l.sentences = append(l.sentences, sentence{s.from + words, s.to + words, s.hash})
	}
	for _, n := range old.marks[j:end] {
		l.marks = append(l.marks, mark{uint32(int(n.at) + shift), n.words + words, n.sentences + sentences})
	}
}

func commonPrefix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for i+8 <= n && binary.LittleEndian.Uint64(a[i:]) == binary.LittleEndian.Uint64(b[i:]) {
		i += 8
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

func commonSuffix(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for i+8 <= n && binary.LittleEndian.Uint64(a[len(a)-i-8:]) == binary.LittleEndian.Uint64(b[len(b)-i-8:]) {
		i += 8
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}

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

// inline reads the words of a line. A construct that ends on a later line takes l.pos there, and the rest of that line
// is read as well.
func (l *lexer) inline(p, end int) {
	for p < end {
		if p < l.codeEnd {
			stop := min(end, l.codeEnd)
			l.plain(p, stop)
			p = stop
			continue
		}
		if n := l.word(p, end, false); n > p {
			p = n
			continue
		}
		next := l.mark(p)
		if next > end {
			end = lineEnd(l.src, next-1)
		}
		p = next
	}
	l.pos = max(p, end)
}

// mark deals with a byte that begins no word, and gives where to go on.
func (l *lexer) mark(p int) int {
	c := l.src[p]
	peek := byte(0)
	if p+1 < len(l.src) {
		peek = l.src[p+1]
	}
	switch c {
	case '`':
		return l.codeSpan(p)
	case '<':
		return l.angle(p)
	case ']':
		switch peek {
		case '(':
			return l.destination(p + 2)
		case '[':
			return l.label(p + 2)
		}
	case '[':
		switch peek {
		case '^':
			return l.label(p + 2)
		case '[':
			return l.wikilink(p + 2)
		}
	case '&':
		return entity(l.src, p)
	case '\\':
		if peek < utf8.RuneSelf && peek != '\n' && peek != '\r' && !isWordByte(peek) {
			return min(p+2, len(l.src))
		}
	case '|':
		l.endSentence()
	case '.', '!', '?':
		return l.fullStop(p)
	}
	if c < utf8.RuneSelf {
		return p + 1
	}
	r, n := utf8.DecodeRune(l.src[p:])
	switch r {
	case '。', '！', '？', '｡', '．', '।', '؟', '۔', '…':
		l.endSentence()
	}
	return p + n
}

// fullStop ends the sentence if white space follows, closing quotes and brackets aside.
func (l *lexer) fullStop(p int) int {
	for p++; p < len(l.src); {
		r, n := rune(l.src[p]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(l.src[p:])
		}
		switch r {
		case '.', '!', '?', '"', '\'', ')', '*', '_', '~', '”', '’', '»', '…':
			p += n
			continue
		case ' ', '\t', '\n', '\r':
			l.endSentence()
		}
		return p
	}
	return p
}

// paragraphEnd gives where the paragraph around p ends: at a blank line.
func (l *lexer) paragraphEnd(p int) int {
	if l.blockEnd > p {
		return l.blockEnd
	}
	for at := p; ; {
		next := lineEnd(l.src, at)
		if next == len(l.src) || len(bytes.TrimLeft(l.src[next:lineEnd(l.src, next)], " \t\r\n")) == 0 {
			l.blockEnd = next
			return next
		}
		at = next
	}
}

// codeSpan reads a run of backticks; if the paragraph has another of its length, what lies between is code.
func (l *lexer) codeSpan(p int) int {
	n := p
	for n < len(l.src) && l.src[n] == '`' {
		n++
	}
	size := n - p
	if closer := p > 0 && p == l.codeEnd; closer || size > maxBackticks || n < l.noCloser[size] {
		return n
	}
	end := l.paragraphEnd(p)
	for at := n; at < end; {
		i := bytes.IndexByte(l.src[at:end], '`')
		if i < 0 {
			break
		}
		at += i
		stop := at
		for stop < end && l.src[stop] == '`' {
			stop++
		}
		if stop-at == size {
			l.codeEnd = at
			return n
		}
		at = stop
	}
	l.noCloser[size] = end
	return n
}

// maxWikilink is how long a wikilink is looked for, in bytes: as long as the parser of pages does.
const maxWikilink = 500

// wikilink skips the target of [[target|text]], which p stands in. Without a text the target is shown, and is read on.
func (l *lexer) wikilink(p int) int {
	inner := l.src[p:min(len(l.src), p+maxWikilink)]
	end := bytes.IndexAny(inner, "[]\n")
	if end < 0 || !bytes.HasPrefix(inner[end:], []byte("]]")) {
		return p
	}
	if bar := bytes.IndexByte(inner[:end], '|'); bar >= 0 && len(bytes.TrimSpace(inner[bar+1:end])) > 0 {
		return p + bar + 1
	}
	return p
}

// angle reads what begins with "<": a comment or a tag is skipped, an address is a word.
func (l *lexer) angle(p int) int {
	src := l.src
	if bytes.HasPrefix(src[p:], []byte("<!--")) {
		lineStart := bytes.LastIndexByte(src[:p], '\n') + 1
		end := len(src)
		if len(bytes.TrimLeft(src[lineStart:p], " \t")) > 0 {
			end = l.paragraphEnd(p)
		}
		if i := bytes.Index(src[p:end], []byte("-->")); i >= 0 {
			return p + i + 3
		}
		if end == len(src) {
			l.noMarks = true
		}
		return max(end, p+4)
	}
	if n := tagLength(src[p:]); n > 0 {
		return p + n
	}
	return p + 1
}

// tagLength gives the bytes of the HTML tag that src begins with, or 0. A blank line is in no tag.
func tagLength(src []byte) int {
	p := 1
	if p < len(src) && src[p] == '/' {
		p++
	}
	if p >= len(src) || !isLetter(src[p]) {
		if p < len(src) && (src[p] == '!' || src[p] == '?') {
			return declarationLength(src)
		}
		return 0
	}
	for p < len(src) && (isWordByte(src[p]) || src[p] == '-') {
		p++
	}
	if p < len(src) && (src[p] == ':' || src[p] == '@') {
		return 0 // an address
	}
	for p < len(src) {
		space, lines := p, 0
		for p < len(src) && (src[p] == ' ' || src[p] == '\t' || src[p] == '\r' || src[p] == '\n') {
			if src[p] == '\n' {
				lines++
			}
			p++
		}
		switch {
		case p >= len(src) || lines > 1:
			return 0
		case src[p] == '>':
			return p + 1
		case src[p] == '/' && p+1 < len(src) && src[p+1] == '>':
			return p + 2
		case p == space:
			return 0
		}
		if p = attributeEnd(src, p); p == 0 {
			return 0
		}
	}
	return 0
}

// maxDeclaration bounds the search for the end of <!DOCTYPE ...> and <?php ...>.
const maxDeclaration = 200

func declarationLength(src []byte) int {
	return bytes.IndexByte(src[:min(len(src), maxDeclaration)], '>') + 1
}

// attributeEnd gives where the attribute at p ends, or 0 if it is none.
func attributeEnd(src []byte, p int) int {
	start := p
	for p < len(src) && (isWordByte(src[p]) || src[p] == '-' || src[p] == ':' || src[p] == '_' || src[p] == '.' || src[p] == '@') {
		p++
	}
	if p == start || p >= len(src) || src[p] != '=' {
		if p == start {
			return 0
		}
		return p
	}
	p++
	if p < len(src) && (src[p] == '"' || src[p] == '\'') {
		quote := src[p]
		for p++; p < len(src); p++ {
			switch {
			case src[p] == quote:
				return p + 1
			case src[p] == '\n' && p+1 < len(src) && (src[p+1] == '\n' || src[p+1] == '\r'):
				return 0
			}
		}
		return 0
	}
	start = p
	for p < len(src) && !spaceOrEnd(src, p) && bytes.IndexByte([]byte("\"'=<>`"), src[p]) < 0 {
		p++
	}
	if p == start {
		return 0
	}
	return p
}

// destination skips the destination and the title of a link, to the bracket that closes it on the same line.
func (l *lexer) destination(p int) int {
	if p < l.dead {
		return p
	}
	depth := 0
	for i := p; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return i + 1
			}
			depth--
		case '"': // a title
			if i > p && l.src[i-1] == ' ' {
				if end := bytes.IndexAny(l.src[i+1:min(len(l.src), i+maxLabel)], "\"\n"); end >= 0 && l.src[i+1+end] == '"' {
					i += 1 + end
				}
			}
		}
	}
	l.dead = lineEnd(l.src, min(p, len(l.src)))
	return p
}

// label skips the rest of a link's label, to the bracket that closes it on the same line.
func (l *lexer) label(p int) int {
	if p < l.dead {
		return p
	}
	for i, c := range l.src[p:min(len(l.src), p+maxLabel)] {
		switch c {
		case ']':
			return p + i + 1
		case '\n':
			l.dead = p + i
			return p
		}
	}
	l.dead = p + maxLabel
	return p
}

// maxLabel is what CommonMark allows a link's label; titles are held to it too.
const maxLabel = 999

// entity skips a character reference.
func entity(src []byte, p int) int {
	const longest = 32 // &CounterClockwiseContourIntegral;
	n := p + 1
	for n < len(src) && n < p+longest && (isWordByte(src[n]) || src[n] == '#') {
		n++
	}
	if n > p+1 && n < len(src) && src[n] == ';' {
		return n + 1
	}
	return p + 1
}

func isLetter(c byte) bool   { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWordByte(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' }

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// word reads the word at p, if one begins there, and gives where it ends. In code an address is not looked for.
func (l *lexer) word(p, end int, code bool) int {
	c := l.src[p]
	if c < utf8.RuneSelf && !isWordByte(c) {
		return p
	}
	if n := addressLength(l.src[p:end]); n > 0 && !code {
		l.add(p, p+n, foldedHash(l.src[p:p+n]))
		return p + n
	}
	h := uint64(fnvOffset)
	at := p
	for at < end {
		c := l.src[at]
		if f := folded[c]; f != 0 {
			h = (h ^ uint64(f)) * fnvPrime
			at++
			continue
		}
		switch {
		case c >= utf8.RuneSelf:
			return l.wideWord(p, at, end)
		case (c == '\'' || c == '_') && at > p && at+1 < end && (isWordByte(l.src[at+1]) || l.src[at+1] >= utf8.RuneSelf):
			if l.src[at+1] >= utf8.RuneSelf {
				return l.wideWord(p, at, end)
			}
		default:
			l.add(p, at, mix(h))
			return at
		}
		h = (h ^ uint64(c)) * fnvPrime
		at++
	}
	l.add(p, at, mix(h))
	return at
}

// folded gives the small letter or digit of a byte that is part of a word; 0 for all others.
var folded = func() (t [256]byte) {
	for c := range t {
		if b := byte(c); isWordByte(b) {
			t[c] = b
			if b >= 'A' && b <= 'Z' {
				t[c] = b | 0x20
			}
		}
	}
	return t
}()

// mix spreads what the last bytes did over the whole hash.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

func (l *lexer) add(start, end int, hash uint64) {
	l.words = append(l.words, word{hash, uint32(start), uint32(end)})
}

// wideWord reads a word that is not all ASCII; up to at it is.
func (l *lexer) wideWord(start, at, end int) int {
	for at < end {
		r, n := utf8.DecodeRune(l.src[at:end])
		if r == utf8.RuneError && n == 1 {
			break
		}
		if diff.Unspaced(r) {
			if at > start {
				break
			}
			for at += n; at < end; at += n {
				if r, n = utf8.DecodeRune(l.src[at:end]); !unicode.IsMark(r) {
					break
				}
			}
			break
		}
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && at > start {
			switch {
			case unicode.IsMark(r), isJoiner(r):
				letter = true
			case r == '\'' || r == '’' || r == '_':
				next, _ := utf8.DecodeRune(l.src[at+n : end])
				letter = (unicode.IsLetter(next) || unicode.IsDigit(next)) && !diff.Unspaced(next)
			}
		}
		if !letter {
			break
		}
		at += n
	}
	if at > start {
		l.add(start, at, foldedHash(l.src[start:at]))
	}
	return at
}

// isJoiner reports characters that nobody sees and that stand within words.
func isJoiner(r rune) bool { return r == '\u200C' || r == '\u200D' || r == '\u00AD' }

// foldedHash hashes a word without case, whatever its normal form.
func foldedHash(w []byte) uint64 {
	h := uint64(fnvOffset)
	var buf [utf8.UTFMax]byte
	for _, r := range string(norm.NFC.Bytes(w)) {
		switch {
		case isJoiner(r):
			continue
		case r == '’':
			r = '\''
		default:
			r = unicode.ToLower(unicode.ToUpper(r))
		}
		for _, c := range buf[:utf8.EncodeRune(buf[:], r)] {
			h = (h ^ uint64(c)) * fnvPrime
		}
	}
	return mix(h)
}

var schemes = [...]string{"http://", "https://", "ftp://", "mailto:", "www."}

// addressLength gives the bytes of the address that s begins with, or 0.
func addressLength(s []byte) int {
	if len(s) < 5 {
		return 0
	}
	switch [2]byte{s[0] | 0x20, s[1] | 0x20} {
	case [2]byte{'h', 't'}, [2]byte{'f', 't'}, [2]byte{'m', 'a'}, [2]byte{'w', 'w'}:
	default:
		return 0
	}
	for _, scheme := range schemes {
		if len(s) > len(scheme) && bytes.EqualFold(s[:len(scheme)], []byte(scheme)) {
			return len(scheme) + restOfAddress(s[len(scheme):])
		}
	}
	return 0
}

// restOfAddress goes to white space or a bracket that closes, and gives punctuation at the end back to the sentence.
func restOfAddress(s []byte) int {
	n, open := 0, 0
loop:
	for n < len(s) {
		switch s[n] {
		case ' ', '\t', '\n', '\r', '<', '>', '"', '`', ']', '|':
			break loop
		case '(':
			open++
		case ')':
			if open == 0 {
				break loop
			}
			open--
		}
		n++
	}
	return len(bytes.TrimRight(s[:n], ".,;:!?*_~'"))
}
