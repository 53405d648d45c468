package catalog

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Vocabulary is all keywords there are: those of the taxonomy, and those that pages carry. It does not change.
type Vocabulary struct {
	keywords []Keyword
	byKey    map[string]int // titleKey of names and of other words
	words    []vocable      // what can be typed for a keyword, by folded text
}

// vocable is a name of a keyword, or another word for it.
type vocable struct {
	folded, word string
	keyword      int
}

// Vocabulary joins the taxonomy with the keywords of the View's pages. One that pages write in another way than the
// taxonomy does is the taxonomy's.
func (v *View) Vocabulary(t *Taxonomy) *Vocabulary { return newVocabulary(t, v.Categories()) }

// Vocabulary is the taxonomy alone, for whoever has no View.
func (t *Taxonomy) Vocabulary() *Vocabulary { return newVocabulary(t, nil) }

func newVocabulary(t *Taxonomy, used []Category) *Vocabulary {
	o := &Vocabulary{keywords: slices.Clone(t.Keywords), byKey: map[string]int{}}
	for i, k := range o.keywords {
		o.name(i, k.Name)
		for _, word := range k.Also {
			o.name(i, word)
		}
	}
	for _, c := range used {
		i, known := o.byKey[titleKey(c.Name)]
		if !known {
			i = len(o.keywords)
			o.keywords = append(o.keywords, Keyword{Name: c.Name})
			o.name(i, c.Name)
		}
		o.keywords[i].Pages += c.Count
	}
	slices.SortFunc(o.words, func(a, b vocable) int {
		return cmp.Or(cmp.Compare(a.folded, b.folded), cmp.Compare(a.keyword, b.keyword))
	})
	return o
}

// name notes that a word stands for a keyword.
func (o *Vocabulary) name(i int, word string) {
	if key := titleKey(word); key != "" {
		if _, taken := o.byKey[key]; !taken {
			o.byKey[key] = i
			o.words = append(o.words, vocable{foldWord(word), word, i})
		}
	}
}

// foldWord makes case and the shape of letters not count.
func foldWord(s string) string { return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(s))) }

// Find gives the keyword that a word names, by its own name or another word for it, without regard to case and
// punctuation.
func (o *Vocabulary) Find(word string) (Keyword, bool) {
	i, ok := o.byKey[titleKey(word)]
	if !ok {
		return Keyword{}, false
	}
	return o.keywords[i], true
}

// Names gives all names of the keyword that a word names, its own first; none for a word that names no keyword.
func (o *Vocabulary) Names(word string) []string {
	k, ok := o.Find(word)
	if !ok {
		return nil
	}
	return append([]string{k.Name}, k.Also...)
}

// Completion is a keyword for what is being typed.
type Completion struct {
	Keyword
	For string // the other word by which it was found, or ""
}

// Complete gives at most limit keywords for the beginning of a word: first those that begin so, then those with a later
// word that does; of each the most used first. Nothing typed gives the most used. Its time is in the number of keywords,
// which are a few hundred; ten thousand take about a millisecond.
func (o *Vocabulary) Complete(typed string, limit int) []Completion {
	typed = foldWord(typed)
	type candidate struct {
		vocable
		later bool
	}
	var found []candidate
	for _, w := range o.words {
		begins := strings.HasPrefix(w.folded, typed)
		if begins || strings.Contains(w.folded, " "+typed) {
			found = append(found, candidate{w, !begins})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(boolCompare(a.later, b.later), cmp.Compare(o.keywords[b.keyword].Pages, o.keywords[a.keyword].Pages))
	})
	var list []Completion
	given := map[int]bool{}
	for _, c := range found {
		if len(list) == limit {
			break
		}
		if given[c.keyword] {
			continue
		}
		given[c.keyword] = true
		k := Completion{Keyword: o.keywords[c.keyword]}
		if c.word != k.Name {
			k.For = c.word
		}
		list = append(list, k)
	}
	return list
}

// boolCompare puts false first.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
