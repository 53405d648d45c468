package search

import (
	"errors"
	"slices"
	"strings"

	index "github.com/blevesearch/bleve_index_api"
)

// textFields are where words are looked for in sections, with how much one counts there: the title of the page and the
// question are what an answer is about.
var textFields = [...]struct {
	name  string
	boost float64
}{{fieldTitle, 2}, {fieldQuestion, 2}, {fieldAsked, 2}, {fieldKeywords, 1}, {fieldBody, 1}}

// scatteredBoost is how much of its rarity a word counts that is only known to be somewhere in the page: less than in
// any field, so that a section that has all the words comes before a page that has them far apart.
const scatteredBoost = 0.3

const (
	// exactTitle is above any sum of BM25 scores, so that the page of just that title comes first, and exactQuestion
	// above those of all others, so that the question comes next.
	exactTitle    = 2000.0
	exactQuestion = 1000.0
	// maxExpansions bounds the terms that one word with a spelling mistake may stand for: each is looked up in every field.
	maxExpansions = 12
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

// documents opens a cursor over the documents of one kind ("" for both) that match, and also of one page if only is
// not "". With ranks they are scored.
func (p *plan) documents(kind, only string, ranks bool) (c cursor, err error) {
	var o opener
	defer func() {
		if err != nil {
			o.closeAll()
		}
	}()
	if kind == "" {
		kind = p.kind
	}
	o = opener{s: p.s, ranks: ranks, kind: kind, placesOf: p.placesOf}
	if kind != "" {
		o.require(o.tag(tagKind, kind))
	}
	if only != "" {
		o.require(o.tag(tagPage, only))
	}
	for _, c := range p.q.clauses {
		switch {
		case c.not:
			o.forbid(o.clause(c))
		case c.field != anywhere || c.phrase:
			o.require(o.clause(c))
		}
	}
	p.addWords(&o)
	if ranks {
		p.addExact(&o)
	}
	if o.err != nil {
		return nil, o.err
	}
	if len(o.must) == 0 {
		o.require(nothing())
	}
	return all(o.must, o.may, o.not)
}

// addWords adds the plain words.
func (p *plan) addWords(o *opener) {
	var required []cursor
	for i, c := range p.words {
		switch {
		case p.useless:
			required = append(required, o.names(c.text))
		case p.s.isStop(c.text):
		case p.stage != strict && i < maxFuzzyWords && !p.known(o, c.text):
			required = append(required, o.like(c.text))
		default:
			required = append(required, o.orNothing(o.anywhere(c.text)))
		}
	}
	if o.err != nil {
		closeSome(required)
		return
	}
	if p.stage == some && len(required) > 0 {
		required = []cursor{anyOf(required, true)}
	}
	for _, c := range required {
		o.require(c)
	}
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

// opener opens cursors and keeps those that are open, so that an error on the way closes them. After an error, what it
// opens is nil.
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

func (o *opener) closeAll() { closeAll(o.must); closeAll(o.may); closeAll(o.not) }

func closeSome(list []cursor) {
	for _, c := range list {
		if c != nil {
			c.close()
		}
	}
}

// tag opens what has a tag.
func (o *opener) tag(kind, value string) cursor { return o.term(fieldTags, kind+value) }

// term opens an unranked term.
func (o *opener) term(f, t string) cursor { return o.open(f, t, 0, false) }

func (o *opener) open(f, t string, boost float64, ranks bool) cursor {
	if o.err != nil {
		return nil
	}
	c, err := o.s.postings(f, t, boost, ranks)
	if err != nil {
		if c != nil {
			c.close()
		}
		o.err = err
		return nil
	}
	return c
}

// both opens what matches all of the list: nothing when the list is empty, as it is for a mark that is no word.
func (o *opener) both(list ...cursor) cursor {
	if o.err != nil {
		closeSome(list)
		return nil
	}
	switch len(list) {
	case 0:
		return nothing()
	case 1:
		return list[0]
	}
	c, err := all(list, nil, nil)
	if err != nil {
		o.err = err
		closeAll(list)
		return nil
	}
	return c
}

// either opens what matches any of the list; nil when the list is empty.
func (o *opener) either(list []cursor) cursor {
	if o.err != nil || len(list) == 0 {
		closeSome(list)
		return nil
	}
	found := list[:0]
	for _, c := range list {
		if c.doc() == noDoc {
			c.close()
			continue
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return nothing()
	}
	return anyOf(found, false)
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

func nothing() cursor { return &anyCursor{id: noDoc} }

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
	if o.kind != kindPage || o.ranks {
		for _, f := range textFields {
			parts = append(parts, o.open(f.name, t, f.boost, o.ranks))
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
			list = append(list, o.open(f, t, boost, o.ranks))
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
	if s.words == nil {
		s.words = map[string]wordForms{}
	}
	s.words[word] = w
	return w
}

func (s *session) forms(word string) [][]string { return s.lookUp(word).forms }

// names opens what has the word in its names, unstemmed.
func (o *opener) names(word string) cursor {
	var list []cursor
	for _, w := range wordsOf(fold(word)) {
		list = append(list, o.open(fieldWords, w, 1, o.ranks))
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
		parts = append(parts, &listCursor{docs: at.pages})
	}
	if o.kind != kindPage {
		sections := cursor(&listCursor{docs: at.sections})
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
		closeSome(append(may, phrase))
		return nil
	}
	c, err := all([]cursor{phrase}, may, nil)
	if err != nil {
		o.err = err
		closeSome(append(may, phrase))
		return nil
	}
	return c
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

// maxSimilar bounds the words of a dictionary that are compared: there never are that many within two letters.
const maxSimilar = 5000

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
			if t.Term == form[0] {
				continue
			}
			if c := o.termAnywhere(t.Term); c != nil {
				parts = append(parts, scaledCursor{c, likeBoost})
			}
		}
	}
	return o.orNothing(o.either(slices.DeleteFunc(parts, isNil)))
}

// editsFor gives how many letters of a term may be wrong: none of a short one, which would match anything.
func editsFor(term string) int {
	switch n := len([]rune(term)); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// spelt is a term as one looks for others spelt like it.
type spelt struct{ field, term string }

// similar gives the terms of a field that are spelt like t, those with fewest differences and most documents first. They
// are looked for once in a session: the automaton that bleve makes of a long word takes longer than all else in a search.
func (o *opener) similar(f, t string) []index.DictEntry {
	if o.err != nil {
		return nil
	}
	key := spelt{f, t}
	if near, ok := o.s.near[key]; ok {
		return near
	}
	near := o.lookForSimilar(f, t)
	if o.s.near == nil {
		o.s.near = map[spelt][]index.DictEntry{}
	}
	o.s.near[key] = near
	return near
}

func (o *opener) lookForSimilar(f, t string) []index.DictEntry {
	fuzzy, ok := o.s.reader.(index.IndexReaderFuzzy)
	edits := editsFor(t)
	if !ok || edits == 0 {
		return nil
	}
	first := t[:firstRune(t)]
	dict, err := fuzzy.FieldDictFuzzy(f, t, edits, first)
	if err != nil {
		o.err = err
		return nil
	}
	entries := o.collect(dict, maxSimilar)
	slices.SortFunc(entries, func(a, b index.DictEntry) int {
		if a.EditDistance != b.EditDistance {
			return int(a.EditDistance) - int(b.EditDistance)
		}
		switch {
		case a.Count > b.Count:
			return -1
		case a.Count < b.Count:
			return 1
		}
		return strings.Compare(a.Term, b.Term)
	})
	return entries[:min(len(entries), maxExpansions)]
}

func firstRune(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
