package search

import (
	"slices"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
)

// places are the documents that have a phrase.
type places struct {
	sections *roaring.Bitmap
	pages    *roaring.Bitmap // the own documents of those sections' pages
}

// placesOf finds a phrase, once for a plan. The index knows which sections have all its words; whether they stand
// together is looked up in what is stored of the sections: the title of the page, the heading, how people ask, the text.
func (p *plan) placesOf(text string) *places {
	if at := p.phrases[text]; at != nil {
		return at
	}
	at := &places{sections: roaring.New(), pages: roaring.New()}
	p.phrases[text] = at
	matchers := map[string]*phraseMatcher{}
	for it := p.sectionsWith(text).Iterator(); it.HasNext() && p.err == nil; {
		if p.err = p.s.ctx.Err(); p.err == nil {
			p.err = p.placesAt(uint64(it.Next()), text, matchers, at)
		}
	}
	return at
}

// sectionsWith gives the sections that have the words of a text, in whatever order; those that have them in their names
// when all are stop words.
func (p *plan) sectionsWith(text string) *roaring.Bitmap {
	var forms []*roaring.Bitmap
	for _, a := range p.literally(text) {
		var terms []*roaring.Bitmap
		for _, t := range a.terms {
			terms = append(terms, p.scorer(t).docs)
		}
		forms = append(forms, intersection(terms))
	}
	if len(forms) == 0 {
		forms = append(forms, p.cursorSet(func(o *opener) cursor { return o.names(text) }))
	}
	return roaring.And(union(forms), p.docs(fieldTags, tagKind+kindSection))
}

// placesAt looks for the phrase in one document.
func (p *plan) placesAt(doc uint64, text string, matchers map[string]*phraseMatcher, at *places) error {
	d, ok, err := p.s.storedAt(doc)
	if err != nil || !ok {
		return err
	}
	m := matchers[d.language]
	if m == nil {
		m = newPhraseMatcher(languageNamed(d.language), text)
		matchers[d.language] = m
	}
	if !m.in(d.text) && !m.in(d.heading) && !m.in(d.title) && !m.in(d.asked) {
		return nil
	}
	at.sections.Add(uint32(doc))
	id, err := p.s.id(doc)
	if err != nil {
		return err
	}
	page, ok, err := p.s.number(pageID(pathOf(id)))
	if ok {
		at.pages.Add(uint32(page))
	}
	return err
}

// phraseMatcher finds words that stand together in texts of one language. Stop words in the phrase stand for any word.
type phraseMatcher struct {
	lang  *language
	terms []string
	gaps  []int          // of each term from the first, in words
	known map[string]int // word as it stands in a text: index of its term in terms, or -1
	words []int          // of the text at hand, as known gives them; used again
}

func newPhraseMatcher(l *language, phrase string) *phraseMatcher {
	m := &phraseMatcher{lang: l, known: map[string]int{}}
	add := func(term string, at int) {
		m.terms, m.gaps = append(m.terms, term), append(m.gaps, at)
	}
	if l.suffixing {
		n := 0
		for start, end := nextWord(phrase, 0); start < end; start, end = nextWord(phrase, end) {
			if t := l.terms(phrase[start:end]); len(t) > 0 {
				add(t[0], n)
			}
			n++
		}
	} else {
		for _, t := range l.tokens(phrase) {
			add(string(t.Term), t.Position)
		}
	}
	for i := len(m.gaps) - 1; i >= 0; i-- {
		m.gaps[i] -= m.gaps[0]
	}
	return m
}

// nextWord gives the next word of s at or after from; an empty one at the end. Whole texts go through it for each hit, and
// most letters are ASCII.
func nextWord(s string, from int) (start, end int) {
	start = from
	for start < len(s) {
		word, size := wordAt(s, start)
		if word {
			break
		}
		start += size
	}
	end = start
	for end < len(s) {
		word, size := wordAt(s, end)
		if !word {
			break
		}
		end += size
	}
	return start, end
}

// wordAt reports whether the letter at i belongs to a word, and how many bytes it has.
func wordAt(s string, i int) (word bool, size int) {
	if b := s[i]; b < utf8.RuneSelf {
		return asciiWord[b], 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return isWordRune(r), size
}

// in reports whether the phrase stands in a text.
func (m *phraseMatcher) in(text string) bool {
	if len(m.terms) == 0 || text == "" {
		return false
	}
	m.words = m.words[:0]
	if m.lang.suffixing {
		for start, end := nextWord(text, 0); start < end; start, end = nextWord(text, end) {
			m.words = append(m.words, m.term(text[start:end]))
		}
	} else {
		for _, t := range m.lang.found(text) {
			for len(m.words) <= t.Position {
				m.words = append(m.words, -1)
			}
			if i := slices.Index(m.terms, string(t.Term)); i >= 0 {
				m.words[t.Position] = i
			}
		}
	}
	for i := range m.words {
		if m.from(i) {
			return true
		}
	}
	return false
}

// term gives the first place in the phrase of the term of a word, or -1.
func (m *phraseMatcher) term(word string) int {
	i, ok := m.known[word]
	if !ok {
		i = -1
		ts := m.lang.found(word)
		for _, t := range ts {
			if i >= 0 || t.Position != ts[0].Position {
				break
			}
			i = slices.Index(m.terms, string(t.Term))
		}
		m.known[word] = i
	}
	return i
}

// from reports whether the phrase begins at word i.
func (m *phraseMatcher) from(i int) bool {
	for k, term := range m.terms {
		at := i + m.gaps[k]
		if at >= len(m.words) || m.words[at] < 0 || m.terms[m.words[at]] != term {
			return false
		}
	}
	return true
}
