package credit

import (
	"encoding/binary"
	"slices"
)

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
