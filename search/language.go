package search

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/bg"
	"github.com/blevesearch/bleve/v2/analysis/lang/ca"
	"github.com/blevesearch/bleve/v2/analysis/lang/ckb"
	"github.com/blevesearch/bleve/v2/analysis/lang/cs"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/el"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/eu"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/lang/fi"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/ga"
	"github.com/blevesearch/bleve/v2/analysis/lang/gl"
	"github.com/blevesearch/bleve/v2/analysis/lang/hi"
	"github.com/blevesearch/bleve/v2/analysis/lang/hr"
	"github.com/blevesearch/bleve/v2/analysis/lang/hu"
	"github.com/blevesearch/bleve/v2/analysis/lang/hy"
	"github.com/blevesearch/bleve/v2/analysis/lang/id"
	"github.com/blevesearch/bleve/v2/analysis/lang/in"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/nl"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ro"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/analysis/lang/tr"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"
	"github.com/blevesearch/bleve/v2/registry"
)

// maxTermBytes is the longest word that is indexed: the longest words of any dictionary are shorter, and what is longer
// (hashes, base64) would only make the index large.
const maxTermBytes = 96

// defaultLanguage is that of pages which name none and whose script does not tell.
const defaultLanguage = "en"

// language turns text of one language into terms.
type language struct {
	name string
	// asks makes the terms of what is asked, one of a word. finds makes those by which a text is found: the same, and beside
	// the term of a word with accents the one of the word without them, if it is another, or with letters spelled out.
	asks, finds analysis.Analyzer
	// suffixing: a word's term begins with the word's first letter, so that a snippet need not analyze words that begin
	// with another. It holds for stemmers that only cut and change endings.
	suffixing bool
	// spells: a letter may be written as two, so that the second letter of a term need not be that of the word.
	spells bool
}

// prefixing lists the languages of bleve's whose analyzers may change the beginning of a word.
var prefixing = map[string]bool{ar.AnalyzerName: true, ckb.AnalyzerName: true, fa.AnalyzerName: true, hi.AnalyzerName: true}

// analyzerOf maps the language part of a BCP 47 tag to the analyzer for it.
var analyzerOf = map[string]string{
	"ar": ar.AnalyzerName, "ckb": ckb.AnalyzerName, "da": da.AnalyzerName, "de": de.AnalyzerName, "en": defaultLanguage,
	"es": es.AnalyzerName, "fa": fa.AnalyzerName, "fi": fi.AnalyzerName, "fr": fr.AnalyzerName, "hi": hi.AnalyzerName,
	"hr": hr.AnalyzerName, "hu": hu.AnalyzerName, "it": it.AnalyzerName, "nl": nl.AnalyzerName, "no": no.AnalyzerName,
	"nb": no.AnalyzerName, "nn": no.AnalyzerName, "pl": polishLanguage, "pt": pt.AnalyzerName, "ro": ro.AnalyzerName,
	"ru": ru.AnalyzerName, "sv": sv.AnalyzerName, "tr": tr.AnalyzerName,
	"ja": unspacedLanguage, "ko": unspacedLanguage, "zh": unspacedLanguage, "yue": unspacedLanguage,
	"th": unspacedLanguage, "lo": unspacedLanguage, "km": unspacedLanguage, "my": unspacedLanguage,
}

// unstemmed lists the languages that bleve has no analyzer for, with what it has: articles that are written to their word,
// words that are left out, and for the scripts of India one of several ways to write a letter.
var unstemmed = map[string][]string{
	"bg": {bg.StopName}, "ca": {ca.ElisionName, ca.StopName}, "cs": {cs.StopName}, "el": {el.StopName}, "eu": {eu.StopName},
	"ga": {ga.ElisionName, ga.StopName}, "gl": {gl.StopName}, "hy": {hy.StopName}, "id": {id.StopName},
	"as": {in.NormalizeName}, "bn": {in.NormalizeName}, "gu": {in.NormalizeName}, "kn": {in.NormalizeName}, "ml": {in.NormalizeName},
	"mr": {in.NormalizeName}, "ne": {in.NormalizeName}, "or": {in.NormalizeName}, "pa": {in.NormalizeName}, "ta": {in.NormalizeName},
	"te": {in.NormalizeName},
	"bs": {}, "sr": {}, // their letters are spelled out
}

// spells lists the languages whose letters å, ä, ö, ø or đ are spelled out abroad: as "smoerrebroed", as "Djokovic". bleve's
// German knows of that by itself.
var spells = map[string]bool{da.AnalyzerName: true, fi.AnalyzerName: true, hr.AnalyzerName: true, no.AnalyzerName: true, sv.AnalyzerName: true, "bs": true, "sr": true}

var languages = struct {
	sync.Mutex
	cache *registry.Cache
	byID  map[string]*language
}{cache: registry.NewCache(), byID: map[string]*language{}}

// languageNamed gives the language of a name that languageFor gave. Any other name is plain words.
func languageNamed(name string) *language {
	languages.Lock()
	defer languages.Unlock()
	if l := languages.byID[name]; l != nil {
		return l
	}
	l := &language{name: name, suffixing: !prefixing[name] && name != unspacedLanguage, spells: spells[name] || name == de.AnalyzerName}
	switch a, err := languages.cache.AnalyzerNamed(name); {
	case name == defaultLanguage:
		l.asks = english()
	case name == polishLanguage:
		l.asks = analyzer(lowerFilter{}, foldFilter{}, polishFilter{})
	case name == unspacedLanguage:
		l.asks, l.finds = letterPairs(false), letterPairs(true)
	case err == nil && analyzerOf[name] == name:
		l.asks, l.finds = adapted(name, a.(*analysis.DefaultAnalyzer))
	default:
		l.asks = plainWords(unstemmed[name])
		if spells[name] {
			l.finds = analyzer(lowerFilter{}, bareFilter{true}, foldFilter{}, distinctFilter{})
		}
	}
	if l.finds == nil {
		l.finds = l.asks
	}
	languages.byID[name] = l
	return l
}

// analyzer cuts text in words, and puts them through filters.
func analyzer(filters ...analysis.TokenFilter) analysis.Analyzer {
	return &analysis.DefaultAnalyzer{Tokenizer: wordTokenizer{southeastAsian}, TokenFilters: filters}
}

// joinerFilter parts Persian words at the mark that keeps letters from joining. bleve's puts one byte for its three, and
// so every word after it would be marked in the wrong place.
type joinerFilter struct{}

func (joinerFilter) Filter(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("\u200c"), []byte("   "))
}

// letterPairs is for texts without spaces. Words of other scripts in them are plain.
func letterPairs(singles bool) analysis.Analyzer {
	return &analysis.DefaultAnalyzer{
		Tokenizer:    wordTokenizer{unspaced},
		TokenFilters: []analysis.TokenFilter{pairFilter{singles}, lowerFilter{}, foldFilter{}},
	}
}

// beforeStemmer are filters for what the stemmers of some languages leave undone.
var beforeStemmer = map[string]analysis.TokenFilter{
	es.AnalyzerName: shortSpanish, it.AnalyzerName: shortItalian, pt.AnalyzerName: tildeFilter{},
}

// adapted makes the two analyzers of a language from bleve's. Stemmers want the accents of their language, and readers do
// not type them: so a word is stemmed with them and, where it is to be found, without them too, and stems lose what
// accents they have left. Arabic and Devanagari are left to bleve, which has filters for what is optional in them.
func adapted(name string, a *analysis.DefaultAnalyzer) (asks, finds analysis.Analyzer) {
	lower := slices.IndexFunc(a.TokenFilters, func(f analysis.TokenFilter) bool {
		_, ok := f.(*lowercase.LowerCaseFilter)
		return ok
	})
	stemmer := len(a.TokenFilters) - 1
	first, middle, last := slices.Clone(a.TokenFilters[:lower]), a.TokenFilters[lower+1:stemmer], a.TokenFilters[stemmer:]
	switch name {
	case tr.AnalyzerName:
		first = append(first, lowerFilter{unicode.TurkishCase})
	case ro.AnalyzerName:
		first = append(first, lowerFilter{}, cedillaFilter{})
	default:
		first = append(first, lowerFilter{})
	}
	var chars []analysis.CharFilter
	if name == fa.AnalyzerName {
		chars = append(chars, joinerFilter{})
	}
	if f := beforeStemmer[name]; f != nil {
		middle = append(slices.Clone(middle), f)
	}
	with := func(filters ...[]analysis.TokenFilter) analysis.Analyzer {
		return &analysis.DefaultAnalyzer{CharFilters: chars, Tokenizer: wordTokenizer{southeastAsian}, TokenFilters: slices.Concat(filters...)}
	}
	if prefixing[name] {
		asks = with(first, middle, last, []analysis.TokenFilter{foreignFilter{}})
		return asks, asks
	}
	last = append(slices.Clone(last), foldFilter{})
	return with(first, middle, last), with(first, []analysis.TokenFilter{bareFilter{spells[name]}}, middle, last, []analysis.TokenFilter{distinctFilter{}})
}

// plainLanguage is the analyzer of tagged languages that bleve has none for.
const plainLanguage = "plain"

// languageFor names the analyzer for a page: by its tag, else by the script that its text is written in. A language
// that bleve knows nothing of is indexed as plain words, or without spaces as letters.
func languageFor(tag, sample string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if name, ok := analyzerOf[base]; ok {
		return name
	}
	if unstemmed[base] != nil {
		return base
	}
	script := languageOfScript(sample)
	if base != "" && script != unspacedLanguage {
		return plainLanguage
	}
	return script
}

// scriptSample is how many letters decide on the script of a text: a paragraph is enough.
const scriptSample = 400

// languageOfScript guesses by the script of most letters. Scripts that many languages share give the most common one
// that has an analyzer; Latin gives the default.
func languageOfScript(sample string) string {
	counts := map[string]int{}
	letters := 0
	for _, r := range sample {
		if !unicode.IsLetter(r) {
			continue
		}
		if letters++; letters > scriptSample {
			break
		}
		if r < 0x370 {
			continue
		}
		switch {
		case unicode.In(r, unspaced...):
			counts[unspacedLanguage]++
		case unicode.Is(unicode.Cyrillic, r):
			counts[ru.AnalyzerName]++
		case unicode.Is(unicode.Arabic, r):
			counts[ar.AnalyzerName]++
		case unicode.Is(unicode.Devanagari, r):
			counts[hi.AnalyzerName]++
		}
	}
	for name, n := range counts {
		if 2*n > letters {
			return name
		}
	}
	return defaultLanguage
}

// english is bleve's English with accents folded, so that "resume" finds "résumé".
func english() analysis.Analyzer {
	possessive, err1 := languages.cache.TokenFilterNamed(en.PossessiveName)
	stop, err2 := languages.cache.TokenFilterNamed(en.StopName)
	if err1 != nil || err2 != nil {
		panic("search: bleve has lost its English filters") // at the first use of a build, not of a page
	}
	return analyzer(possessive, lowerFilter{}, foldFilter{}, americanFilter{}, stop, porter.NewPorterStemmer())
}

// plainWords cuts text in words, folds case and accents, and does no more than what bleve's filters of these names do.
func plainWords(names []string) analysis.Analyzer {
	filters := []analysis.TokenFilter{lowerFilter{}}
	for _, name := range names {
		f, err := languages.cache.TokenFilterNamed(name)
		if err != nil {
			panic("search: bleve has lost " + name) // at the first use of a build, not of a page
		}
		if name == el.StopName { // its words have no accents
			filters = append(filters, foldFilter{})
		}
		filters = append(filters, f)
	}
	return analyzer(append(filters, foldFilter{})...)
}

// tokens cuts what is asked into terms.
func (l *language) tokens(text string) analysis.TokenStream { return analyzed(l.asks, text) }

// found cuts a text into the terms by which it is found. Those of one word have one position.
func (l *language) found(text string) analysis.TokenStream { return analyzed(l.finds, text) }

// analyzed cuts text into terms. What panics in an analyzer is cut into plain words instead: some stemmers were not made
// for hostile text, and a page must never stop the server.
func analyzed(a analysis.Analyzer, text string) (ts analysis.TokenStream) {
	defer func() {
		if recover() != nil {
			ts = plainWords(nil).Analyze([]byte(text))
		}
		ts = shortTerms(ts)
	}()
	return a.Analyze([]byte(text))
}

// shortTerms leaves out what is longer than maxTermBytes, and empty terms.
func shortTerms(ts analysis.TokenStream) analysis.TokenStream {
	keep := ts[:0]
	for _, t := range ts {
		if n := len(t.Term); n > 0 && n <= maxTermBytes {
			keep = append(keep, t)
		}
	}
	return keep
}

// terms gives the terms of a few words, in order.
func (l *language) terms(words string) []string { return termsOf(l.tokens(words)) }

func termsOf(ts analysis.TokenStream) []string {
	terms := make([]string, len(ts))
	for i, t := range ts {
		terms[i] = string(t.Term)
	}
	return terms
}

// forms gives the terms of a few words as they are typed and, if these are others, without accents, for the text may have
// none. Stop words have none at all.
func (l *language) forms(words string) [][]string {
	form := l.terms(words)
	if len(form) == 0 {
		return nil
	}
	if l.asks != l.finds { // also for ASCII: Turkish has another small letter of I
		if bare := l.terms(bareWord(words)); len(bare) > 0 && !slices.Equal(bare, form) {
			return [][]string{form, bare}
		}
	}
	return [][]string{form}
}
