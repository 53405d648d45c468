package credit

import (
	"bytes"
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
