package diff

import (
	"unicode"
	"unicode/utf8"
)

// Words compares two strings word by word. The Equal and Delete spans, put together, are a; the Equal and Insert
// spans are b. Between two Equal spans there is one Delete, one Insert, or a Delete and then an Insert. Equal
// strings give one Equal span, two empty ones none. A white space that stands between two changed words is part of
// the change.
//
// A word is a run of letters, digits and underscores with their combining marks, and with an apostrophe inside. Of
// the scripts that write no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), each character is
// a word. A run of white space, a run of one punctuation character, an emoji with its modifiers, and a byte that
// isn't UTF-8 are words of their own.
func Words(a, b string) []Span {
	steps := exactSteps
	return spansOf(a, b, &steps)
}

// words cuts a text into words.
func words(text string) cut {
	all := []byte(text)
	var parts [][]byte
	for rest := all; len(rest) > 0; {
		n := wordLength(rest)
		parts = append(parts, rest[:n:n])
		rest = rest[n:]
	}
	return newCut(all, parts)
}

// spansOf is Words with a budget of steps, which it draws on.
func spansOf(old, new string, steps *int) []Span {
	a, b := words(old), words(new)
	edits := joinAcrossSpace(a, diffLines(a.parts, b.parts, steps, slideDown))
	spans := make([]Span, 0, 3*len(edits)+1)
	add := func(op Op, text string, c cut, from, to int) {
		if from < to {
			spans = append(spans, Span{op, text[c.start[from]:c.start[to]]})
		}
	}
	at := 0
	for _, e := range edits {
		add(Equal, old, a, at, e.A0)
		add(Delete, old, a, e.A0, e.A1)
		add(Insert, new, b, e.B0, e.B1)
		at = e.A1
	}
	add(Equal, old, a, at, len(a.parts))
	return spans
}

// joinAcrossSpace makes one edit of two with nothing but white space between them, where words were replaced: "one
// two" that became "three four" is one change, not two.
func joinAcrossSpace(a cut, edits []Edit) []Edit {
	var out []Edit
	for _, e := range edits {
		if last := len(out) - 1; last >= 0 && replaces(out[last]) && replaces(e) && blank(a.between(out[last].A1, e.A0)) {
			out[last] = join(out[last], e)
			continue
		}
		out = append(out, e)
	}
	return out
}

func replaces(e Edit) bool { return e.A0 < e.A1 && e.B0 < e.B1 }

// plainWord marks the ASCII bytes that are in words wherever they stand.
var plainWord = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = inWord(rune(c))
	}
	return t
}()

// plainLength gives the bytes of plain words that text begins with. If what follows is plain too, they are a word.
func plainLength(text []byte) (n int, whole bool) {
	for n < len(text) && plainWord[text[n]] {
		n++
	}
	return n, n > 0 && (n == len(text) || text[n] < utf8.RuneSelf && text[n] != '\'')
}

// wordLength gives the bytes of the word that text, which is not empty, begins with.
func wordLength(text []byte) int {
	if n, whole := plainLength(text); whole {
		return n
	}
	first, n := utf8.DecodeRune(text)
	switch {
	case first == utf8.RuneError && n == 1:
		return 1
	case unicode.IsSpace(first):
		return n + runLength(text[n:], unicode.IsSpace)
	case Unspaced(first):
		return n + runLength(text[n:], unicode.IsMark)
	case inWord(first):
		return n + restOfWord(text[n:])
	case first < utf8.RuneSelf:
		return n + runLength(text[n:], func(r rune) bool { return r == first })
	default:
		return n + restOfSymbol(text[n:])
	}
}

// runLength gives the bytes of the runes at the beginning of text that are of a kind.
func runLength(text []byte, is func(rune) bool) int {
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 || !is(r) {
			break
		}
		n += size
	}
	return n
}

// restOfWord gives the bytes of text that continue a word.
func restOfWord(text []byte) int {
	continues := func(r rune) bool { return (inWord(r) || unicode.IsMark(r)) && !Unspaced(r) }
	n := runLength(text, continues)
	for {
		r, size := utf8.DecodeRune(text[n:])
		if r != '\'' && r != '’' {
			return n
		}
		more := runLength(text[n+size:], continues)
		if more == 0 {
			return n
		}
		n += size + more
	}
}

// restOfSymbol gives the bytes of text that continue an emoji or another symbol: marks (the variation selectors are
// marks), skin tones, and whatever a zero-width joiner binds to it.
func restOfSymbol(text []byte) int {
	const joiner = '\u200D'
	n := 0
	for {
		n += runLength(text[n:], func(r rune) bool { return unicode.IsMark(r) || r >= 0x1F3FB && r <= 0x1F3FF })
		r, size := utf8.DecodeRune(text[n:])
		if r != joiner {
			return n
		}
		n += size
		r, size = utf8.DecodeRune(text[n:])
		if size == 0 || r == utf8.RuneError || unicode.IsSpace(r) || inWord(r) {
			return n
		}
		n += size
	}
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// Unspaced says whether r is of a script that writes no spaces between words.
func Unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) &&
		!unicode.IsMark(r)
}
