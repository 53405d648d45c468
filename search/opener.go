package search

import (
	"errors"
	"slices"
	"strings"

	index "github.com/blevesearch/bleve_index_api"
)

// opener opens cursors. After an error, what it opens is nil.
type opener struct {
	s     *session
	ranks bool
	err   error

	must, may []cursor
}

func (o *opener) require(c cursor) { o.add(&o.must, c) }
func (o *opener) mayHave(c cursor) { o.add(&o.may, c) }

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
	return all(must, o.may), nil
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
	return all(list, nil)
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

// orNothing makes a cursor that matches nothing of nil, for a filter that came to nothing must not let everything
// through. It is for clauses of stop words only.
func (o *opener) orNothing(c cursor) cursor {
	if c != nil || o.err != nil {
		return c
	}
	return nothing()
}

func isNil(c cursor) bool { return c == nil }

// wordForms are the terms a word has in the languages of the index, with and without accents, each form once.
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
		forms := l.forms(word)
		w.stop = w.stop || len(forms) == 0
		for _, form := range forms {
			if !slices.ContainsFunc(w.forms, func(f []string) bool { return slices.Equal(f, form) }) {
				w.forms = append(w.forms, form)
			}
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

// similar gives the terms of a field that are spelt like one.
func (o *opener) similar(field, term string) []string {
	if o.err != nil {
		return nil
	}
	var near []string
	near, o.err = o.s.similar(field, term)
	return near
}
