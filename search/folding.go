package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"golang.org/x/text/unicode/norm"
)

// bareLetters are what people type who do not have a letter on their keyboard, where it has no accent that one could leave
// out. Only small letters are looked up.
var bareLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ĸ': "k",
	'ə': "e", 'ǝ': "e", 'ɛ': "e", 'ɔ': "o", 'ɩ': "i", 'ʊ': "u", // of Azerbaijan and West Africa, as are those of the next line
	'ɓ': "b", 'ɖ': "d", 'ɗ': "d", 'ƒ': "f", 'ɣ': "g", 'ƙ': "k", 'ɲ': "n", 'ʋ': "v", 'ƴ': "y",
	'ς': "σ", 'ґ': "г",
	'ʻ': "", 'ʼ': "", // of Hawaii and of Ukraine: letters that look like an apostrophe
}

// wholeLetters have a mark that is no accent: they are letters of their own, and on the keyboard of who writes them.
var wholeLetters = map[rune]bool{'й': true, 'ї': true, 'ў': true, 'ќ': true, 'ѓ': true}

// accented are the scripts whose letters may carry accents. Everywhere else a mark makes another letter of one: a vowel in
// India and Thailand, a voiced sound in Japan.
var accented = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

// stripAccents takes the accents off small letters, the vowel points off Arabic and Hebrew, and folds width.
func stripAccents(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case !isAccent(r):
			writeBare(&b, r)
		}
	}
	return b.String()
}

func writeBare(b *strings.Builder, r rune) {
	if !wholeLetters[r] && unicode.In(r, accented...) {
		if parts := norm.NFD.PropertiesString(string(r)).Decomposition(); parts != nil {
			r, _ = utf8.DecodeRune(parts)
		}
	}
	if bare, ok := bareLetters[r]; ok {
		b.WriteString(bare)
		return
	}
	b.WriteRune(r)
}

// isAccent knows the marks that no script calls its own, but for the voiced sounds of Japan, and the points of Hebrew.
func isAccent(r rune) bool {
	switch {
	case r == '\u3099' || r == '\u309a':
		return false
	case '\u0591' <= r && r <= '\u05c7':
		return unicode.Is(unicode.Mn, r)
	}
	return unicode.Is(unicode.Inherited, r)
}

// foldFilter takes the accents off terms.
type foldFilter struct{}

// Filter folds the terms in place; a token's Start and End stay those of the text.
func (foldFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		if !isASCII(t.Term) {
			t.Term = []byte(stripAccents(string(t.Term)))
		}
	}
	return tokens
}

// fold brings a name to the form in which names are compared: no case, no accents, one space between words, no
// punctuation.
func fold(s string) string {
	if !isASCII(s) {
		s = stripAccents(strings.ToLower(s))
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		if r < utf8.RuneSelf && 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		switch {
		case isWordRune(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’': // "don't" and "dont" are one word
		default:
			gap = true
		}
	}
	return b.String()
}

func isWordRune(r rune) bool {
	if r >= 0 && r < utf8.RuneSelf {
		return asciiWord[r]
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// asciiWord tells which ASCII characters are parts of words.
var asciiWord = func() (is [utf8.RuneSelf]bool) {
	for _, b := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" {
		is[b] = true
	}
	return is
}()

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
