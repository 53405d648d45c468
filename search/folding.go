package search

import (
	"bytes"
	"slices"
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

// spelledOut are letters in the other way in which they are typed without their keyboard: in two.
var spelledOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "đ", "dj")

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

// foreignFilter takes the accents off words in other scripts than the language's own, which is east of these.
type foreignFilter struct{}

// lastAccented is above the letters of Latin, Greek and Cyrillic that texts in other scripts have among them.
const lastAccented = '\u0530'

func (foreignFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for i, t := range tokens {
		if r, _ := utf8.DecodeRune(t.Term); r < lastAccented {
			foldFilter{}.Filter(tokens[i : i+1])
		}
	}
	return tokens
}

// lowerFilter makes capitals small, by the rules of a language if it has its own. bleve's loses letters after a capital
// that is longer than its small letter, such as İ and ẞ.
type lowerFilter struct{ rules unicode.SpecialCase }

func (f lowerFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		switch {
		case f.rules != nil:
			t.Term = bytes.ToLowerSpecial(f.rules, t.Term)
		case isASCII(t.Term): // most words; bytes.ToLower would copy each
			lowerASCII(t.Term)
		default:
			t.Term = bytes.ToLower(t.Term)
		}
	}
	return tokens
}

func lowerASCII(word []byte) {
	for i, b := range word {
		if 'A' <= b && b <= 'Z' {
			word[i] = b + 'a' - 'A'
		}
	}
}

// bareWord is a word as people type it who have no accents.
func bareWord(word string) string { return stripAccents(strings.ToLower(word)) }

// bareFilter puts after each word in small letters the word without accents, if that is another, and, if asked, the one
// whose letters are spelled out.
type bareFilter struct{ spelled bool }

func (f bareFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	out := make(analysis.TokenStream, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, t)
		if isASCII(t.Term) {
			continue
		}
		word := string(t.Term)
		bare := stripAccents(word)
		if bare != word {
			out = append(out, otherwise(t, bare))
		}
		if f.spelled {
			if spelled := stripAccents(spelledOut.Replace(word)); spelled != bare {
				out = append(out, otherwise(t, spelled))
			}
		}
	}
	return out
}

// otherwise gives a token with another term.
func otherwise(t *analysis.Token, term string) *analysis.Token {
	other := *t
	other.Term = []byte(term)
	return &other
}

// distinctFilter leaves out what bareFilter put in for nothing.
type distinctFilter struct{}

func (distinctFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	keep := tokens[:0]
	for _, t := range tokens {
		if n := len(keep); n == 0 || keep[n-1].Position != t.Position || !bytes.Equal(keep[n-1].Term, t.Term) {
			keep = append(keep, t)
		}
	}
	return keep
}

// cedillaFilter writes ş and ţ for the ș and ț of Romanian: its stop words and its stemmer are older than these.
type cedillaFilter struct{}

var cedillas = strings.NewReplacer("ș", "ş", "ț", "ţ")

func (cedillaFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		if !isASCII(t.Term) {
			t.Term = []byte(cedillas.Replace(string(t.Term)))
		}
	}
	return tokens
}

// shortFilter takes the last letter off words of so many letters with one of the endings. It is for languages whose
// stemmers leave short words alone, but not their other forms, or those alone too.
type shortFilter struct {
	least, most int
	endings     []string
}

var (
	shortSpanish = shortFilter{4, 4, []string{"a", "e", "o", "as", "os"}} // "niño" as "niños", and "años" as "año"
	shortItalian = shortFilter{4, 5, []string{"a", "e", "i", "o"}}        // "libro" as "libri"
)

func (f shortFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		if n := utf8.RuneCount(t.Term); n < f.least || n > f.most {
			continue
		}
		if slices.ContainsFunc(f.endings, func(e string) bool { return bytes.HasSuffix(t.Term, []byte(e)) }) {
			t.Term = t.Term[:len(t.Term)-1]
		}
	}
	return tokens
}

// tildeFilter gives Portuguese words without their tilde the ending of one thing for that of several, which bleve's stemmer
// knows by the tilde: "acoes" is of "acao".
type tildeFilter struct{}

// minTilde is the length of the shortest such word, in bytes: "paes".
const minTilde = 4

func (tildeFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		n := len(t.Term) - len("oes")
		if len(t.Term) >= minTilde && (bytes.HasSuffix(t.Term, []byte("oes")) || bytes.HasSuffix(t.Term, []byte("aes"))) {
			t.Term = append(t.Term[:n], "ao"...)
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

// foldings gives a name as it is folded, and, if that is another, with letters spelled out.
func foldings(name string) []string {
	list := []string{fold(name)}
	if !isASCII(name) {
		if spelled := fold(spelledOut.Replace(strings.ToLower(name))); spelled != list[0] {
			list = append(list, spelled)
		}
	}
	return list
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
