package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
)

// plan is a query made ready for one state of the index: what narrows it down, and what its words may stand for.
type plan struct {
	s       *session
	q       Query
	words   []clause // plain words to be found anywhere
	units   []unit   // what they stand for, stop words left out
	wide    bool     // words stand for what English says in their place too
	useless bool     // every word is a stop word: names are searched instead
	unknown bool     // some word is in no page as it was typed
	phrases map[string]*places
	err     error
}

// unit is a word of the query, or several that mean one thing together, with all it may stand for.
type unit struct {
	alternatives []alternative
	weight       float64         // how much it says about what is wanted: the rarity of its words as typed
	pages        *roaring.Bitmap // own documents of the pages that have it
}

// alternative is one way to say what a unit means: words as typed in one language, in another spelling, a synonym.
type alternative struct {
	terms  []string
	weight float64
	whole  bool // nothing less than all of its terms counts
}

const (
	// maxFuzzyWords bounds the words of a query that are tried with other spellings: each walks the dictionary.
	maxFuzzyWords = 8
	// maxSpan is the most words of a query that are looked for as one synonym.
	maxSpan = 5
	// minSentence is from how many pairs of letters on a text without spaces is taken for several words: few words have six
	// letters there.
	minSentence = 5
	// minCompound is the shortest word that is looked for where a query parts it ("log in"): short ones mean other things.
	minCompound = 5
)

// newPlan reads a query. If it is wide, more than what the wiki calls synonyms will do for a word.
func newPlan(s *session, q Query, wide bool) *plan {
	p := &plan{s: s, q: q, wide: wide, phrases: map[string]*places{}}
	sense := 0
	for _, c := range q.clauses {
		if c.field == anywhere && !c.phrase && !c.not {
			p.words = append(p.words, c)
			if !s.isStop(c.text) {
				sense++
			}
		}
	}
	p.wide = wide || sense > rankWeights.few // a question, not a name
	p.useless = len(p.words) > 0 && sense == 0
	if !p.useless {
		p.readWords()
	}
	return p
}

// isStop reports whether some language of the index drops the word. Such a word is not required, for pages in that
// language do not have it.
func (s *session) isStop(word string) bool { return s.lookUp(word).stop }

// readWords makes the units. Words that are a synonym together become one.
func (p *plan) readWords() {
	for i := 0; i < len(p.words) && p.err == nil; {
		n := p.readSynonym(i)
		if n == 0 {
			n = 1
			if !p.s.isStop(p.words[i].text) {
				p.readWord(i)
			}
		}
		i += n
	}
}

// readSynonym makes a unit of the longest run of words from the i-th that a line of the synonyms begins with, and gives
// how many words it has.
func (p *plan) readSynonym(i int) int {
	for n := min(maxSpan, len(p.words)-i); n > 0; n-- {
		text := textOf(p.words[i : i+n])
		others := p.s.synonymsOf(text, p.wide)
		if len(others) == 0 {
			continue
		}
		u := unit{alternatives: p.literally(text)}
		for _, other := range others {
			for _, a := range p.literally(other.text) {
				u.alternatives = append(u.alternatives, alternative{a.terms, other.weight, true})
			}
		}
		p.add(u)
		return n
	}
	return 0
}

func textOf(words []clause) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.text)
	}
	return strings.Join(texts, " ")
}

// literally gives the ways in which the languages of the index read a text.
func (p *plan) literally(text string) []alternative {
	var list []alternative
	for _, form := range p.s.forms(text) {
		list = append(list, alternative{terms: form, weight: 1})
	}
	return list
}

// readWord makes a unit of the i-th word; of a sentence without spaces that no page has as it stands, one of each pair of its
// letters, as if they were words. Another word that no page has stands for those that it begins, or else for those that are
// spelt like it.
func (p *plan) readWord(i int) {
	c := p.words[i]
	u := unit{alternatives: p.literally(c.text)}
	known := p.has(u.alternatives)
	if pairs := p.pairs(c.text); !known && len(pairs) >= minSentence {
		p.unknown = true
		for _, pair := range pairs {
			p.add(unit{alternatives: []alternative{{terms: []string{pair}, weight: 1}}})
		}
		return
	}
	if c.begun || !known && utf8.RuneCountInString(c.text) > minBegun {
		begun := p.begun(c.text)
		u.alternatives = append(u.alternatives, begun...)
		known = known || c.begun && len(begun) > 0
		if len(begun) == 0 && !known && i < maxFuzzyWords {
			u.alternatives = append(u.alternatives, p.spelt(c.text)...)
		}
	}
	p.unknown = p.unknown || !known
	if parted, ok := p.compound(i); ok {
		u.alternatives = append(u.alternatives, parted)
	}
	p.add(u)
}

// pairs gives what a text without spaces is found by, if the index has such texts and this is one.
func (p *plan) pairs(text string) []string {
	l := languageNamed(unspacedLanguage)
	if !slices.Contains(p.s.langs, l) || !strings.ContainsFunc(text, isUnspaced) {
		return nil
	}
	return l.terms(text)
}

// begun gives the words of the index that begin so: stems of texts, and whole words of names, of which the stem is shorter
// than what was typed ("authenticat").
func (p *plan) begun(word string) []alternative {
	var list []alternative
	for _, field := range []string{fieldAll, fieldWords} {
		if p.err != nil {
			return nil
		}
		var terms []string
		terms, p.err = p.s.beginning(field, fold(word))
		for _, t := range terms {
			forms := [][]string{{t}}
			if field == fieldWords {
				forms = p.s.forms(t)
			}
			list = p.instead(list, forms, rankWeights.begun)
		}
	}
	return list
}

// instead adds words that stand for one that was typed, those that some page has.
func (p *plan) instead(list []alternative, forms [][]string, weight float64) []alternative {
	for _, form := range forms {
		a := alternative{form, weight, true}
		if len(form) > 0 && p.has([]alternative{a}) && !slices.ContainsFunc(list, func(b alternative) bool { return slices.Equal(a.terms, b.terms) }) {
			list = append(list, a)
		}
	}
	return list
}

// compound gives the word that is the i-th and the one after it written together ("log in"), if there is one.
func (p *plan) compound(i int) (a alternative, ok bool) {
	if i+1 >= len(p.words) {
		return a, false
	}
	word := fold(p.words[i].text) + fold(p.words[i+1].text)
	if len(word) < minCompound {
		return a, false
	}
	for _, form := range p.s.forms(word) {
		a = alternative{form, rankWeights.compound, true}
		if p.has([]alternative{a}) {
			return a, true
		}
	}
	return a, false
}

// spelt gives the words of the index that are spelt like one that it does not have: terms like its stem; if there are none,
// words of names like it, for a mistake in an ending keeps it from being taken off ("validaton"); then words of any text.
func (p *plan) spelt(word string) []alternative {
	var list []alternative
	for _, form := range p.s.forms(word) {
		if len(form) == 1 {
			list = p.like(list, fieldAll, form[0])
		}
	}
	if len(list) == 0 {
		list = p.like(list, fieldWords, fold(word))
	}
	if len(list) == 0 {
		for _, mended := range mistyped(fold(word)) {
			list = p.instead(list, [][]string{languageNamed(defaultLanguage).terms(mended)}, rankWeights.like)
		}
	}
	return list[:min(len(list), maxExpansions)]
}

// like adds the terms of a field that are spelt like one.
func (p *plan) like(list []alternative, field, term string) []alternative {
	if p.err != nil {
		return list
	}
	var near []string
	near, p.err = p.s.similar(field, term)
	for _, t := range near {
		switch {
		case t == term:
		case field == fieldWords:
			list = p.instead(list, p.s.forms(t), rankWeights.like)
		default:
			list = p.instead(list, [][]string{{t}}, rankWeights.like)
		}
	}
	return list
}

// has reports whether some page has one of the alternatives.
func (p *plan) has(list []alternative) bool {
	return slices.ContainsFunc(list, func(a alternative) bool { return !p.pagesWith(a.terms).IsEmpty() })
}

// add weighs a unit and looks for its pages.
func (p *plan) add(u unit) {
	sets := make([]*roaring.Bitmap, 0, len(u.alternatives))
	for _, a := range u.alternatives {
		sets = append(sets, p.pagesWith(a.terms))
	}
	u.pages = union(sets)
	for _, t := range p.typed(u) {
		u.weight += p.s.weightOf(t, p.pagesWith([]string{t}))
	}
	p.units = append(p.units, u)
}

// typed gives the terms of what was typed, as the language reads it that most pages have it in.
func (p *plan) typed(u unit) []string {
	var terms []string
	most := uint64(0)
	for _, a := range u.alternatives {
		if a.whole {
			break // what was typed comes first
		}
		n := p.pagesWith(a.terms).GetCardinality()
		if terms == nil || n > most || n == most && len(a.terms) < len(terms) {
			terms, most = a.terms, n
		}
	}
	return terms
}

// pagesWith gives the own documents of the pages that have all terms.
func (p *plan) pagesWith(terms []string) *roaring.Bitmap {
	sets := make([]*roaring.Bitmap, 0, len(terms))
	for _, t := range terms {
		sets = append(sets, p.docs(fieldAll, t))
	}
	if len(sets) == 0 {
		return roaring.New()
	}
	return intersection(sets)
}

// docs gives the documents that have a term. After an error there are none.
func (p *plan) docs(field, term string) *roaring.Bitmap {
	if p.err == nil {
		var found *postings
		if found, p.err = p.s.postings(field, term); p.err == nil {
			return found.docs
		}
	}
	return roaring.New()
}

// narrowed gives the own documents of the pages that pass everything but the plain words; nil when there is nothing to pass.
func (p *plan) narrowed() *roaring.Bitmap {
	var pass, out []*roaring.Bitmap
	for _, c := range p.q.clauses {
		switch {
		case c.not:
			out = append(out, p.pagesOf(c))
		case c.field != anywhere || c.phrase:
			pass = append(pass, p.pagesOf(c))
		}
	}
	if len(pass)+len(out) == 0 {
		return nil
	}
	set := p.own()
	if len(pass) > 0 {
		set = roaring.And(set, intersection(pass))
	}
	if len(out) > 0 {
		set = roaring.AndNot(set, union(out))
	}
	return set
}

// own gives the own documents of all pages.
func (p *plan) own() *roaring.Bitmap { return p.docs(fieldTags, tagKind+kindPage) }

// pagesOf gives the own documents of the pages that a clause is about.
func (p *plan) pagesOf(c clause) *roaring.Bitmap {
	if len(c.also) > 0 {
		sets := make([]*roaring.Bitmap, 0, 1+len(c.also))
		for _, name := range append([]string{c.text}, c.also...) {
			one := c
			one.text, one.also = name, nil
			sets = append(sets, p.pagesOf(one))
		}
		return union(sets)
	}
	switch c.field {
	case inTitle:
		return p.titled(c.text)
	case inKeyword:
		return p.docs(fieldTags, tagKeyword+fold(c.text))
	case inLang:
		return p.cursorSet(func(o *opener) cursor { return o.lang(strings.ToLower(c.text)) })
	case inPath:
		return p.docs(fieldTags, tagPath+foldPath(strings.Trim(c.text, "/")))
	case byAuthor, inYear, changedBefore, changedAfter:
		return p.fromHistory(c)
	}
	if c.phrase {
		return p.placesOf(c.text).pages
	}
	var sets []*roaring.Bitmap
	for _, form := range p.s.forms(c.text) {
		sets = append(sets, p.pagesWith(form))
	}
	if c.begun {
		for _, a := range p.begun(c.text) {
			sets = append(sets, p.pagesWith(a.terms))
		}
	}
	return union(sets)
}

// titled gives the pages that have the words in a title.
func (p *plan) titled(text string) *roaring.Bitmap {
	var sets []*roaring.Bitmap
	for _, form := range p.s.forms(text) {
		terms := make([]*roaring.Bitmap, 0, len(form))
		for _, t := range form {
			terms = append(terms, p.docs(fieldTitle, t))
		}
		if len(terms) > 0 {
			sets = append(sets, intersection(terms))
		}
	}
	return union(sets)
}

// fromHistory gives the pages whose authors or times pass a filter.
func (p *plan) fromHistory(c clause) *roaring.Bitmap {
	set := roaring.New()
	passes := p.s.matchesOrigin(c)
	for it := p.own().Iterator(); it.HasNext(); {
		doc := it.Next()
		if page := p.s.pageNo(uint64(doc)); int(page) < len(p.s.origins) && passes(&p.s.origins[page]) {
			set.Add(doc)
		}
	}
	return set
}

// cursorSet collects what a cursor walks.
func (p *plan) cursorSet(open func(*opener) cursor) *roaring.Bitmap {
	set := roaring.New()
	o := opener{s: p.s}
	if c := open(&o); c != nil && o.err == nil && p.err == nil {
		p.err = p.s.walk(c, func(doc uint64) error {
			set.Add(uint32(doc))
			return nil
		})
	}
	if p.err == nil {
		p.err = o.err
	}
	return set
}
