package search

import (
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	tokenizer "github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
)

// unspacedLanguage is that of texts whose words no space parts, or, in Korean, parts from what is written to them. Each
// pair of letters that stand side by side is a term, and so a word is found by its pairs wherever it stands. Each letter is
// a term too, for words of one letter: it is asked for by those only, so that it does not count for longer ones.
const unspacedLanguage = "unspaced"

// southeastAsian are the scripts that Unicode wants cut in words by a dictionary, so that bleve's tokenizer gives nothing
// of them.
var southeastAsian = []*unicode.RangeTable{
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Ahom,
}

// unspaced are all scripts of unspacedLanguage.
var unspaced = append([]*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}, southeastAsian...)

// firstUnspaced is below all letters of these scripts but Hangul that is not composed, which normal text does not have.
const firstUnspaced = '\u0e00'

// wordTokenizer cuts text in words, and what is in some scripts in letters, of the type Ideographic.
type wordTokenizer struct{ letters []*unicode.RangeTable }

func (w wordTokenizer) Tokenize(input []byte) analysis.TokenStream {
	var ts analysis.TokenStream
	at := 0
	for start, end := w.run(input, 0); start < end; start, end = w.run(input, end) {
		ts = appendWords(ts, input, at, start)
		ts = appendLetters(ts, input, start, end)
		at = end
	}
	if at == 0 {
		return tokenizer.NewUnicodeTokenizer().Tokenize(input)
	}
	return appendWords(ts, input, at, len(input))
}

// run gives the next letters, at or after from, that are cut; an empty run at the end.
func (w wordTokenizer) run(input []byte, from int) (start, end int) {
	start, end = len(input), len(input)
	for i := from; i < len(input); {
		if input[i] < utf8.RuneSelf && start == len(input) {
			i++
			continue
		}
		r, size := utf8.DecodeRune(input[i:])
		switch inside := start < len(input); {
		case r >= firstUnspaced && unicode.In(r, w.letters...) && unicode.In(r, unicode.L, unicode.Nl):
			start = min(start, i)
		case inside && !extends(r) && !lengthens(r):
			return start, i
		}
		i += size
	}
	return start, end
}

func isUnspaced(r rune) bool { return r >= firstUnspaced && unicode.In(r, unspaced...) }

// extends reports whether a letter belongs to the one before it: a mark, or what joins two.
func extends(r rune) bool {
	return unicode.Is(unicode.M, r) || r == '\u200c' || r == '\u200d' || r == 'ﾞ' || r == 'ﾟ'
}

// lengthens knows the marks of long vowels in Japanese, which are letters of no script.
func lengthens(r rune) bool { return r == 'ー' || r == 'ｰ' }

// stacks reports whether the letter after this mark is written below the one before it: in Khmer, Burmese and Tai Tham.
func stacks(r rune) bool { return r == '\u17d2' || r == '\u1039' || r == '\u1a60' }

// appendWords appends the words of a part of the input.
func appendWords(ts analysis.TokenStream, input []byte, start, end int) analysis.TokenStream {
	base := lastPosition(ts)
	for _, t := range tokenizer.NewUnicodeTokenizer().Tokenize(input[start:end]) {
		t.Start += start
		t.End += start
		t.Position += base
		ts = append(ts, t)
	}
	return ts
}

// appendLetters appends the letters of a part of the input, with their marks.
func appendLetters(ts analysis.TokenStream, input []byte, start, end int) analysis.TokenStream {
	stacked := false
	for i := start; i < end; {
		r, size := utf8.DecodeRune(input[i:end])
		if i > start && (stacked || extends(r)) {
			t := ts[len(ts)-1]
			t.End = i + size
			t.Term = input[t.Start:t.End:t.End]
		} else {
			ts = append(ts, &analysis.Token{Term: input[i : i+size : i+size], Start: i, End: i + size, Position: lastPosition(ts) + 1, Type: analysis.Ideographic})
		}
		stacked = stacks(r)
		i += size
	}
	return ts
}

func lastPosition(ts analysis.TokenStream) int {
	if len(ts) == 0 {
		return 0
	}
	return ts[len(ts)-1].Position
}

// pairFilter makes pairs of letters that stand side by side. A letter that stands alone stays; the others do if singles
// are wanted.
type pairFilter struct{ singles bool }

func (f pairFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	out := make(analysis.TokenStream, 0, 2*len(tokens))
	after := false // the letter before stands at this one's side
	for i, t := range tokens {
		paired := i+1 < len(tokens) && besides(t, tokens[i+1])
		if paired {
			next := tokens[i+1]
			out = append(out, &analysis.Token{
				Term:  append(t.Term[:len(t.Term):len(t.Term)], next.Term...),
				Start: t.Start, End: next.End, Position: t.Position, Type: analysis.Double,
			})
		}
		if f.singles || !paired && !after {
			out = append(out, t)
		}
		after = paired
	}
	return out
}

func besides(a, b *analysis.Token) bool {
	return a.Type == analysis.Ideographic && b.Type == analysis.Ideographic && a.End == b.Start
}
