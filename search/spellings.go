package search

import (
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
)

// americanFilter makes one of the British and the American spelling of English words, so that "authorisation" finds
// "authorization". It works on folded words before they are stemmed. What it makes need not be a word ("wise" becomes
// "wize"), for it does so in pages and in queries alike.
type americanFilter struct{}

func (americanFilter) Filter(tokens analysis.TokenStream) analysis.TokenStream {
	for _, t := range tokens {
		if len(t.Term) >= minBritish {
			if other := american(string(t.Term)); other != string(t.Term) {
				t.Term = []byte(other)
			}
		}
	}
	return tokens
}

// minBritish is the shortest word that is spelt in two ways by rule; "our" and "rise" are not.
const minBritish = 6

// britishEndings are endings with what stands in their place, longest first.
var britishEndings = [...][2]string{
	{"isations", "izations"}, {"isation", "ization"}, {"ourites", "orites"}, {"ourite", "orite"}, {"ourable", "orable"}, {"ouring", "oring"}, {"oured", "ored"}, {"ours", "ors"}, {"our", "or"},
	{"ising", "izing"}, {"isers", "izers"}, {"iser", "izer"}, {"ised", "ized"}, {"ises", "izes"}, {"ise", "ize"},
	{"ysing", "yzing"}, {"ysers", "yzers"}, {"yser", "yzer"}, {"ysed", "yzed"}, {"yse", "yze"}, {"ogues", "ogs"}, {"ogue", "og"},
	{"elling", "eling"}, {"elled", "eled"},
}

// britishWords are spelt in two ways by no rule.
var britishWords = map[string]string{
	"centre": "center", "centres": "centers", "centred": "centered", "defence": "defense", "defences": "defenses", "offence": "offense",
	"offences": "offenses", "licence": "license", "licences": "licenses", "practise": "practice", "practised": "practiced",
	"programme": "program", "programmes": "programs", "cheque": "check", "cheques": "checks", "fulfil": "fulfill", "enrol": "enroll",
	"enrolment": "enrollment", "judgement": "judgment", "acknowledgement": "acknowledgment", "storey": "story", "ageing": "aging",
}

func american(word string) string {
	if w, ok := britishWords[word]; ok {
		return w
	}
	for _, e := range britishEndings {
		if stem, ok := strings.CutSuffix(word, e[0]); ok && len(stem) > 1 {
			return stem + e[1]
		}
	}
	return word
}
