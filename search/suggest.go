package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"coppice/wiki"
)

const (
	// MaxSuggestions is the most suggestions of one answer: a list under a search box shows ten or so.
	MaxSuggestions = 50
	// maxTyped is how much of what is typed is looked at: a title is shorter.
	maxTyped = 200
	// maxTypedWords bounds the words that a suggestion must have; each costs a walk.
	maxTypedWords = 8
	// maxBegun bounds the words that begin with the same four letters or more.
	maxBegun = 100
	// suggestWindow is how many documents are read for each suggestion wanted, since some are of the same name.
	suggestWindow = 2
)

// Suggestion completes what is being typed: the title of a page, or a question in it.
type Suggestion struct {
	Text   string
	Path   wiki.Path
	Anchor string // "" for a page
}

// Suggest gives at most limit titles and questions that have every word of what is typed, the last as the beginning of a
// word. First come those that begin with all that is typed, then the others; pages before questions, short before long.
// Case, accents and punctuation do not count. Nothing typed suggests nothing.
func (x *Index) Suggest(ctx context.Context, typed string, limit int) ([]Suggestion, error) {
	limit = min(max(limit, 0), MaxSuggestions)
	folded := fold(composed(typed[:cutAt(typed, maxTyped)]))
	if folded == "" || limit == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	var list []Suggestion
	err := x.read(ctx, func(s *session, _ wiki.ID) (err error) {
		list, err = s.suggest(folded, limit)
		return err
	})
	return list, err
}

// candidate is a suggestion with what it is ordered by.
type candidate struct {
	Suggestion
	folded string
	begins bool // with all that was typed
	page   bool
}

func (s *session) suggest(folded string, limit int) ([]Suggestion, error) {
	var list []candidate
	ids := map[string]bool{}
	add := func(id string) error {
		if ids[id] {
			return nil
		}
		ids[id] = true
		c, ok, err := s.candidate(id, folded)
		if ok {
			list = append(list, c)
		}
		return err
	}
	begun, err := s.namesFrom(folded, limit*suggestWindow)
	if err == nil {
		err = each(begun, add)
	}
	if err != nil {
		return nil, err
	}
	if len(list) < limit {
		others, err := s.namesWith(folded, limit*suggestWindow)
		if err == nil {
			err = each(others, add)
		}
		if err != nil {
			return nil, err
		}
	}
	return firstOf(list, limit), nil
}

func each(ids []string, do func(string) error) error {
	for _, id := range ids {
		if err := do(id); err != nil {
			return err
		}
	}
	return nil
}

// firstOf orders and drops what reads the same.
func firstOf(list []candidate, limit int) []Suggestion {
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(first(a.begins, b.begins), first(a.page, b.page), cmp.Compare(len(a.folded), len(b.folded)),
			strings.Compare(a.folded, b.folded), a.Path.Compare(b.Path))
	})
	var out []Suggestion
	seen := map[string]bool{}
	for _, c := range list {
		if len(out) == limit {
			break
		}
		if !seen[c.folded] {
			seen[c.folded] = true
			out = append(out, c.Suggestion)
		}
	}
	return out
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// namesFrom gives documents whose whole name begins so, at most about n, by the order of names.
func (s *session) namesFrom(folded string, n int) ([]string, error) {
	dict, err := s.reader.FieldDictPrefix(fieldTags, []byte(tagName+shortName(folded)))
	if err != nil {
		return nil, err
	}
	o := opener{s: s}
	var ids []string
	for _, e := range o.collect(dict, n) {
		c := o.term(fieldTags, e.Term)
		if c == nil {
			return nil, o.err
		}
		docs, err := s.best(c, 2) // a page and a question may share a name
		if err != nil {
			return nil, err
		}
		if ids, err = s.appendIDs(ids, docs); err != nil {
			return nil, err
		}
	}
	return ids, o.err
}

// namesWith gives the n best documents that have the words in their names, the last as a beginning.
func (s *session) namesWith(folded string, n int) ([]string, error) {
	words := wordsOf(folded)
	if len(words) == 0 {
		return nil, nil
	}
	words = words[:min(len(words), maxTypedWords)]
	o := opener{s: s, ranks: true}
	last := len(words) - 1
	for _, w := range words[:last] {
		o.require(o.open(fieldWords, w, 1))
	}
	o.require(o.beginning(words[last]))
	if page := o.tag(tagKind, kindPage); page != nil {
		o.mayHave(fixedCursor{page, 1})
	}
	c, err := o.matching()
	if err != nil {
		return nil, err
	}
	docs, err := s.best(c, n)
	if err != nil {
		return nil, err
	}
	return s.appendIDs(nil, docs)
}

// beginning opens what has a word in its names that begins so.
func (o *opener) beginning(word string) cursor {
	if utf8.RuneCountInString(word) <= startRunes {
		return o.open(fieldStart, word, 1)
	}
	if o.err != nil {
		return nil
	}
	dict, err := o.s.reader.FieldDictPrefix(fieldWords, []byte(word))
	if err != nil {
		o.err = err
		return nil
	}
	var parts []cursor
	for _, e := range o.collect(dict, maxBegun) {
		parts = append(parts, o.open(fieldWords, e.Term, 1))
	}
	return o.orNothing(o.either(slices.DeleteFunc(parts, isNil)))
}

func (s *session) appendIDs(ids []string, docs []scored) ([]string, error) {
	for _, d := range docs {
		id, err := s.id(d.doc)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// candidate reads a document as a suggestion; ok is false when it is not there.
func (s *session) candidate(id, folded string) (c candidate, ok bool, err error) {
	d, ok, err := s.stored(id)
	if err != nil || !ok {
		return c, false, err
	}
	if c.Path, err = wiki.ParsePath(pathOf(id)); err != nil {
		return c, false, nil //nolint:nilerr // cannot be: only pages with such a path are indexed
	}
	c.page = isPageID(id)
	c.Text, c.Anchor = d.heading, d.anchor
	if c.page || d.heading == "" {
		c.Text, c.Anchor = d.title, ""
	}
	c.folded = fold(c.Text)
	c.begins = strings.HasPrefix(c.folded, folded)
	return c, true, nil
}
