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
	// fewSuggestions is how many make other spellings unnecessary: who typed well finds some, and walking the dictionary
	// takes longer than all else.
	fewSuggestions = 3
)

// Suggestion completes what is being typed: the title of a page, or a question in it.
type Suggestion struct {
	Text   string
	Path   wiki.Path
	Anchor string // "" for a page
	Asked  string // how people really ask the question, if that is what matched and not Text
}

// Suggest gives at most limit titles and questions that have every word of what is typed, the last as the beginning of a
// word; the other wordings of a question (asked_as) count as it does. First come those that begin with all that is typed,
// then the others; what has the words itself before what is asked so, pages before questions, short before long. When these are few, those with words spelt like what is
// typed come after them. Case, accents and punctuation do not count. Nothing typed suggests nothing.
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

// typed is what is typed, in words.
type typed struct {
	folded string
	words  []typedWord // at most maxTypedWords
}

// typedWord is a word that a name must have, or begin one of its words with.
type typedWord struct {
	text  string
	begun bool     // the last: what is typed is the beginning of the word
	like  []string // whole words that will do in its place, as they are spelt like it
}

func typedOf(folded string) typed {
	t := typed{folded: folded}
	words := wordsOf(folded)
	for i, w := range words[:min(len(words), maxTypedWords)] {
		t.words = append(t.words, typedWord{text: w, begun: i == min(len(words), maxTypedWords)-1})
	}
	return t
}

// begin reports whether a name begins with what is typed.
func (t *typed) begin(name string) bool {
	return slices.ContainsFunc(foldings(name), func(f string) bool { return strings.HasPrefix(f, t.folded) })
}

// in reports whether a name has every word.
func (t *typed) in(name string) bool {
	words := nameWords(name)
	for _, w := range t.words {
		if !slices.ContainsFunc(words, w.matches) {
			return false
		}
	}
	return true
}

func (w *typedWord) matches(word string) bool {
	return word == w.text || w.begun && strings.HasPrefix(word, w.text) || slices.Contains(w.like, word)
}

// candidate is a suggestion with what it is ordered by.
type candidate struct {
	Suggestion
	folded string
	begins bool // with all that was typed
	page   bool
	like   bool // it has words spelt like those typed
}

// suggesting collects candidates.
type suggesting struct {
	s    *session
	t    typed
	list []candidate
	ids  map[string]bool
	like bool
}

func (s *session) suggest(folded string, limit int) ([]Suggestion, error) {
	g := suggesting{s: s, t: typedOf(folded), ids: map[string]bool{}}
	window := limit * suggestWindow
	begun, err := s.namesFrom(folded, window)
	if err == nil {
		err = each(begun, g.add)
	}
	if err == nil && len(g.list) < limit {
		err = g.addNames(window)
	}
	if err == nil && len(g.list) < min(limit, fewSuggestions) {
		err = g.addLike(window)
	}
	if err != nil {
		return nil, err
	}
	return firstOf(g.list, limit), nil
}

func (g *suggesting) addNames(n int) error {
	ids, err := g.s.namesWith(g.t, n)
	if err != nil {
		return err
	}
	return each(ids, g.add)
}

// addLike adds names with words that are spelt like those typed.
func (g *suggesting) addLike(n int) error {
	some := false
	for i := range g.t.words {
		w := &g.t.words[i]
		var err error
		if w.begun {
			w.like, err = g.s.beginLike(w.text)
		} else {
			w.like, err = g.s.similar(fieldWords, w.text)
		}
		if err != nil {
			return err
		}
		some = some || len(w.like) > 0
	}
	if g.like = true; !some {
		return nil
	}
	return g.addNames(n)
}

// add takes a document among the candidates.
func (g *suggesting) add(id string) error {
	if g.ids[id] {
		return nil
	}
	g.ids[id] = true
	c, ok, err := g.s.candidate(id, &g.t)
	if ok {
		c.like = g.like
		g.list = append(g.list, c)
	}
	return err
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
		return cmp.Or(first(b.like, a.like), first(a.begins, b.begins), first(a.Asked == "", b.Asked == ""), first(a.page, b.page),
			cmp.Compare(len(a.folded), len(b.folded)),
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

// likeBoost is what a word that is only spelt like one typed counts of its score.
const likeBoost = 0.2

// namesWith gives the n best documents that have the words in their names.
func (s *session) namesWith(t typed, n int) ([]string, error) {
	if len(t.words) == 0 {
		return nil, nil
	}
	o := opener{s: s, ranks: true}
	for _, w := range t.words {
		c := o.beginning
		if !w.begun {
			c = func(word string) cursor { return o.open(fieldWords, word, 1) }
		}
		parts := []cursor{c(w.text)}
		for _, like := range w.like {
			if like != w.text {
				parts = append(parts, o.open(fieldWords, like, likeBoost))
			}
		}
		o.require(o.orNothing(o.either(slices.DeleteFunc(parts, isNil))))
	}
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
func (s *session) candidate(id string, t *typed) (c candidate, ok bool, err error) {
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
	c.begins = t.begin(c.Text)
	if !c.page && d.asked != "" && !c.begins {
		c.askedSo(t, d.asked)
	}
	return c, true, nil
}

// askedSo looks which wording of a question was typed: one that begins so, or one that has the words if the question
// itself has not.
func (c *candidate) askedSo(t *typed, wordings string) {
	itself := t.in(c.Text)
	for asked := range strings.SplitSeq(wordings, "\n") {
		if t.begin(asked) {
			c.Asked, c.begins = asked, true
			return
		}
		if c.Asked == "" && !itself && t.in(asked) {
			c.Asked = asked
		}
	}
}
