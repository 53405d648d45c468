package credit

import (
	"bytes"
	"unicode/utf8"
)

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
