package search

import (
	"errors"
	"slices"
	"strings"

	index "github.com/blevesearch/bleve_index_api"
)

// textFields are where words are looked for in sections, with how much one counts there: the title of the page and the
// question are what an answer is about. Those ofPage are fields of the pages' own documents too.
var textFields = [...]struct {
	name   string
	boost  float64
	ofPage bool
}{{fieldTitle, 2, true}, {fieldQuestion, 2, false}, {fieldAsked, 2, false}, {fieldKeywords, 1, true}, {fieldBody, 1, false}}

// scatteredBoost is how much of its rarity a word counts that is only known to be somewhere in the page: less than in
// any field, so that a section that has all the words comes before a page that has them far apart.
const scatteredBoost = 0.3

const (
	// exactTitle is above any sum of BM25 scores, so that the page of just that title comes first, and exactQuestion
	// above those of all others, so that the question comes next.
	exactTitle    = 2000.0
	exactQuestion = 1000.0
	// likeBoost is what a word that is only spelt like one typed counts of its score.
	likeBoost = 0.2
	// maxFuzzyWords bounds the words of a query that are tried with other spellings: each walks the dictionary.
	maxFuzzyWords = 8
)

// stage is how strictly a query is taken. Each is tried only when the one before found nothing.
type stage uint8

const (
	strict   stage = iota // all words
	spelling              // all words, or words spelt like them
	some                  // any of them
	stages
)

// plan is a query made ready for one state of the index.
type plan struct {
	s       *session
	q       Query
	stage   stage
	words   []clause // plain words to be found anywhere
	useless bool     // every word is a stop word: names are searched instead
	kind    string   // only documents of this kind are ranked; "" is both

	phrases map[string]*places
}

// newPlan sorts the clauses.
func newPlan(s *session, q Query, st stage) *plan {
	p := &plan{s: s, q: q, stage: st, phrases: map[string]*places{}}
	sense := false
	for _, c := range q.clauses {
		if c.field == anywhere && !c.phrase && !c.not {
			p.words = append(p.words, c)
			sense = sense || !s.isStop(c.text)
		}
	}
	p.useless = len(p.words) > 0 && !sense
	return p
}

// isStop reports whether some language of the index drops the word. Such a word is not required, for pages in that
// language do not have it.
func (s *session) isStop(word string) bool { return s.lookUp(word).stop }

// documents opens a cursor over the documents of one kind ("" for both) that match, and also are of the pages in only if
// there are any. With ranks they are scored. What matches is found first, without frequencies, which are read for the
// score of these documents only.
func (p *plan) documents(kind string, only []string, ranks bool) (cursor, error) {
	if kind == "" {
		kind = p.kind
	}
	o := opener{s: p.s, kind: kind, placesOf: p.placesOf}
	if kind != "" {
		o.require(o.tag(tagKind, kind))
	}
	var pages []cursor
	for _, path := range only {
		pages = append(pages, o.tag(tagPage, path))
	}
	o.require(o.either(pages))
	for _, c := range p.q.clauses {
		switch {
		case c.not:
			o.forbid(o.clause(c))
		case c.field != anywhere || c.phrase:
			o.require(o.clause(c))
		}
	}
	for _, c := range p.openWords(&o) {
		o.require(c)
	}
	if ranks {
		p.score(&o)
	}
	return o.matching()
}

// score adds what the documents that match are ranked by.
func (p *plan) score(o *opener) {
	o.ranks = true
	for _, c := range p.q.clauses {
		if !c.not && (c.field == inTitle || c.field == anywhere && c.phrase) {
			o.mayHave(o.clause(c))
		}
	}
	for _, c := range p.openWords(o) {
		o.mayHave(c)
	}
	p.addExact(o)
}

// openWords opens the plain words.
func (p *plan) openWords(o *opener) []cursor {
	var words []cursor
	for i, c := range p.words {
		switch {
		case p.useless:
			words = append(words, o.names(c.text))
		case p.s.isStop(c.text):
		case p.stage != strict && i < maxFuzzyWords && !p.known(o, c.text):
			words = append(words, o.like(c.text))
		default:
			words = append(words, o.orNothing(o.anywhere(c.text)))
		}
	}
	if p.stage == some {
		return []cursor{o.share(words)}
	}
	return words
}

// known reports whether the index has a word. Only others may be spelling mistakes.
func (p *plan) known(o *opener, word string) bool {
	if o.err != nil {
		return true
	}
	yes, err := p.s.has(word)
	o.err = err
	return yes
}

// misspelt reports whether the index lacks a word of the query.
func (p *plan) misspelt() (bool, error) {
	for _, c := range p.words {
		if p.s.isStop(c.text) {
			continue
		}
		if yes, err := p.s.has(c.text); err != nil || !yes {
			return true, err
		}
	}
	return false, nil
}

// addExact lifts the page or question that is called just what was typed.
func (p *plan) addExact(o *opener) {
	typed := make([]string, len(p.words))
	for i, c := range p.words {
		typed[i] = c.text
	}
	if len(typed) == 0 { // a title in quotes is also that title
		for _, c := range p.q.clauses {
			if c.phrase && !c.not && c.field == anywhere {
				typed = append(typed, c.text)
			}
		}
	}
	name := shortName(fold(strings.Join(typed, " ")))
	if name == "" {
		return
	}
	if c := o.tag(tagTitled, name); c != nil {
		o.mayHave(fixedCursor{c, exactTitle})
	}
	if c := o.both(o.tag(tagName, name), o.tag(tagKind, kindSection)); c != nil {
		o.mayHave(fixedCursor{c, exactQuestion})
	}
}

// isExact reports whether a score has the points of an exact title. No other sum comes near.
func isExact(score float64) bool { return score >= exactTitle }

// opener opens cursors. After an error, what it opens is nil.
type opener struct {
	s        *session
	ranks    bool
	kind     string                        // of the documents that are wanted; "" is both
	placesOf func(string) (*places, error) // where a phrase stands
	err      error

	must, may, not []cursor
}

func (o *opener) require(c cursor) { o.add(&o.must, c) }
func (o *opener) mayHave(c cursor) { o.add(&o.may, c) }
func (o *opener) forbid(c cursor)  { o.add(&o.not, c) }

func (o *opener) add(list *[]cursor, c cursor) {
	if c != nil {
		*list = append(*list, c)
	}
}

// matching opens what has all of must, and scores it by may.
func (o *opener) matching() (cursor, error) {
	if o.err != nil {
		return nil, o.err
	}
	must := combined(o.must, intersection)
	if len(must) == 0 {
		must = []cursor{nothing()}
	}
	return all(must, o.may, o.not), nil
}

// tag opens what has a tag.
func (o *opener) tag(kind, value string) cursor { return o.term(fieldTags, kind+value) }

// term opens the documents that have a term.
func (o *opener) term(field, term string) cursor {
	if p := o.postings(field, term); p != nil {
		return &setCursor{set: p.docs}
	}
	return nil
}

// open opens the documents that have a term, scored if they are to be ranked.
func (o *opener) open(field, term string, boost float64) cursor {
	if !o.ranks {
		return o.term(field, term)
	}
	if p := o.postings(field, term); p != nil {
		return o.s.ranked(field, p, boost)
	}
	return nil
}

// postings looks a term up; nil after an error.
func (o *opener) postings(field, term string) *postings {
	if o.err != nil {
		return nil
	}
	var p *postings
	p, o.err = o.s.postings(field, term)
	return p
}

// both opens what matches all of the list: nothing when the list is empty, as it is for a mark that is no word.
func (o *opener) both(list ...cursor) cursor {
	if o.err != nil {
		return nil
	}
	switch list = combined(list, intersection); len(list) {
	case 0:
		return nothing()
	case 1:
		return list[0]
	}
	return all(list, nil, nil)
}

// either opens what matches any of the list; nil when the list is empty.
func (o *opener) either(list []cursor) cursor {
	if o.err != nil || len(list) == 0 {
		return nil
	}
	found := slices.DeleteFunc(list, func(c cursor) bool { return c.cost() == 0 })
	if len(found) == 0 {
		return nothing()
	}
	return anyOf(combined(found, union), false)
}

// share opens what matches any of the list, and more of it counts for more; nil when the list is empty.
func (o *opener) share(list []cursor) cursor {
	if o.err != nil || len(list) == 0 || !o.ranks {
		return o.either(list)
	}
	return anyOf(list, true)
}

// clause opens a phrase, a filter, or a word that is forbidden.
func (o *opener) clause(c clause) cursor {
	switch c.field {
	case inTitle:
		return o.orNothing(o.word(fieldTitle, c.text, 1))
	case inKeyword:
		return o.tag(tagKeyword, fold(c.text))
	case inLang:
		return o.lang(strings.ToLower(c.text))
	case inPath:
		return o.tag(tagPath, foldPath(strings.Trim(c.text, "/")))
	}
	if c.phrase {
		return o.phrase(c.text)
	}
	return o.orNothing(o.anywhere(c.text))
}

// orNothing makes a cursor that matches nothing of nil, for a filter that came to nothing must not let everything
// through. It is for clauses of stop words only.
func (o *opener) orNothing(c cursor) cursor {
	if c != nil || o.err != nil {
		return c
	}
	return nothing()
}

// anywhere opens what has the word in any field: of a page's own document, the word anywhere in the page.
func (o *opener) anywhere(word string) cursor {
	var parts []cursor
	for _, form := range o.s.forms(word) {
		var list []cursor
		for _, t := range form {
			list = append(list, o.termAnywhere(t))
		}
		parts = append(parts, o.both(list...))
	}
	return o.either(parts)
}

func (o *opener) termAnywhere(t string) cursor {
	var parts []cursor
	if o.kind != kindSection {
		parts = append(parts, o.somewhere(t))
	}
	for _, f := range textFields {
		if o.kind != kindPage || o.ranks && f.ofPage {
			parts = append(parts, o.open(f.name, t, f.boost))
		}
	}
	return o.either(slices.DeleteFunc(parts, isNil))
}

func isNil(c cursor) bool { return c == nil }

// somewhere opens the pages that have a term.
func (o *opener) somewhere(t string) cursor {
	c := o.term(fieldAll, t)
	if c == nil || !o.ranks {
		return c
	}
	return fixedCursor{c, scatteredBoost * o.s.rarity(c.cost())}
}

// word opens what has the word in a field, in the form that any of the index's languages gives it. A word that the
// analyzer cuts ("two-factor") matches where all its parts are. It is nil for a stop word of all of them.
func (o *opener) word(f, word string, boost float64) cursor {
	var parts []cursor
	for _, form := range o.s.forms(word) {
		var list []cursor
		for _, t := range form {
			list = append(list, o.open(f, t, boost))
		}
		parts = append(parts, o.both(list...))
	}
	return o.either(parts)
}

// wordForms are the terms a word has in the languages of the index, each form once.
type wordForms struct {
	forms [][]string
	stop  bool // some language has none
}

// lookUp analyzes a word, once for a session.
func (s *session) lookUp(word string) wordForms {
	if w, ok := s.words[word]; ok {
		return w
	}
	var w wordForms
	for _, l := range s.langs {
		switch form := l.terms(word); {
		case len(form) == 0:
			w.stop = true
		case !slices.ContainsFunc(w.forms, func(f []string) bool { return slices.Equal(f, form) }):
			w.forms = append(w.forms, form)
		}
	}
	s.words[word] = w
	return w
}

func (s *session) forms(word string) [][]string { return s.lookUp(word).forms }

// names opens what has the word in its names, unstemmed.
func (o *opener) names(word string) cursor {
	var list []cursor
	for _, w := range wordsOf(fold(word)) {
		list = append(list, o.open(fieldWords, w, 1))
	}
	return o.both(list...)
}

// phrase opens what has the words together: sections that have, ranked by their words, and the own documents of their
// pages. One of stop words only is looked for in names.
func (o *opener) phrase(text string) cursor {
	if o.err != nil {
		return nil
	}
	at, err := o.placesOf(text)
	if err != nil {
		o.err = err
		return nil
	}
	var parts []cursor
	if o.kind != kindSection {
		parts = append(parts, &setCursor{set: at.pages})
	}
	if o.kind != kindPage {
		sections := cursor(&setCursor{set: at.sections})
		if o.ranks {
			sections = o.scored(sections, text)
		}
		parts = append(parts, sections)
	}
	return o.orNothing(o.either(slices.DeleteFunc(parts, isNil)))
}

// scored lets the words of a phrase count where the phrase is.
func (o *opener) scored(phrase cursor, text string) cursor {
	var may []cursor
	for _, form := range o.s.forms(text) {
		for _, t := range form {
			may = append(may, o.termAnywhere(t))
		}
	}
	if o.err != nil {
		return nil
	}
	return all([]cursor{phrase}, may, nil)
}

// lang opens what is in a language, or a variety of it.
func (o *opener) lang(tag string) cursor {
	tag = strings.ReplaceAll(tag, "_", "-")
	parts := []cursor{o.tag(tagLang, tag), o.tagsFrom(tagLang, tag+"-")}
	if languageFor(tag, "") == defaultLanguage { // pages that name no language are in the default one, if they look so
		parts = append(parts, o.tag(tagAnalyzer, defaultLanguage))
	}
	return o.orNothing(o.either(slices.DeleteFunc(parts, isNil)))
}

// tagsFrom opens what has a tag that begins so.
func (o *opener) tagsFrom(kind, prefix string) cursor {
	if o.err != nil {
		return nil
	}
	dict, err := o.s.reader.FieldDictPrefix(fieldTags, []byte(kind+prefix))
	if err != nil {
		o.err = err
		return nil
	}
	var parts []cursor
	for _, t := range o.collect(dict, maxTags) {
		parts = append(parts, o.term(fieldTags, t.Term))
	}
	return o.orNothing(o.either(parts))
}

// maxTags bounds the varieties of a language, and the languages of a wiki.
const maxTags = 64

// collect reads a dictionary.
func (o *opener) collect(dict index.FieldDict, limit int) []index.DictEntry {
	var entries []index.DictEntry
	for len(entries) < limit {
		e, err := dict.Next()
		if err != nil {
			o.err = err
			break
		}
		if e == nil {
			break
		}
		entries = append(entries, *e)
	}
	o.err = errors.Join(o.err, dict.Close())
	return entries
}

// like opens what has the word or one spelt like it: as many letters may differ as editsFor allows, not the first. A
// word as typed counts most.
func (o *opener) like(word string) cursor {
	parts := []cursor{o.anywhere(word)}
	for _, form := range o.s.forms(word) {
		if len(form) != 1 {
			continue
		}
		for _, t := range o.similar(fieldAll, form[0]) {
			if t == form[0] {
				continue
			}
			if c := o.termAnywhere(t); c != nil {
				parts = append(parts, scaledCursor{c, likeBoost})
			}
		}
	}
	return o.orNothing(o.either(slices.DeleteFunc(parts, isNil)))
}

// similar gives the terms of a field that are spelt like one.
func (o *opener) similar(field, term string) []string {
	if o.err != nil {
		return nil
	}
	var near []string
	near, o.err = o.s.similar(field, term)
	return near
}
