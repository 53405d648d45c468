package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// maxFacetValues is how many values a facet shows: a reader scans a screen of them.
const maxFacetValues = 20

// FacetValue is one value of a facet and the number of pages that have it.
type FacetValue struct {
	Value string // as most of the pages write it
	Count int
}

// Facet groups all matching pages by a property: "keyword", "lang", "by" (who wrote in them) or "year" (of the last change).
// Its name with a value after a colon is the filter for it.
type Facet struct {
	Name   string
	Values []FacetValue // most pages first, at most maxFacetValues; years newest first
}

// facetKind is the property.
type facetKind uint8

const (
	facetKeyword facetKind = iota
	facetLang
	facetAuthor
	facetYear
	facetKinds
)

// facetNames are the properties in the order in which they are shown, as filters call them.
var facetNames = [facetKinds]string{"keyword", "lang", "by", "year"}

// shownTags are how the values begin in fieldShown of those properties that are kept there.
var shownTags = [facetKinds]string{facetKeyword: tagKeyword, facetLang: tagLang}

// facetValue is a value of a facet in one of its spellings.
type facetValue struct {
	kind  facetKind
	key   string // one for all spellings
	shown string
}

// tally counts pages and what their facets show.
type tally struct {
	s      *session
	pages  int
	counts []uint32   // by number of the value
	sums   []spelling // by number of the first value with its key
}

// tallies are kept for the next search: what they count in is a hundred kilobytes on a large wiki.
var tallies = sync.Pool{New: func() any { return new(tally) }}

func (s *session) tally() *tally {
	t := tallies.Get().(*tally)
	*t = tally{s: s, counts: zeros(t.counts, len(s.values)), sums: zeros(t.sums, len(s.values))}
	return t
}

// done ends the use of a tally.
func (t *tally) done() {
	t.s = nil
	tallies.Put(t)
}

// see takes note of a page by its own document.
func (t *tally) see(doc uint64) {
	part, local := t.s.placeOf(doc)
	r := t.s.rows[part]
	t.pages++
	row := r.of(local)
	for _, n := range r.values[row.from:row.to] {
		t.counts[n]++
	}
	if page := r.page[local]; int(page) < len(t.s.origins) {
		o := &t.s.origins[page]
		for _, n := range o.authors {
			t.counts[n]++
		}
		if o.changed != 0 {
			t.counts[o.year]++
		}
	}
}

// facets gives those facets that have values.
func (t *tally) facets() []Facet {
	for n, count := range t.counts {
		if count > 0 {
			t.sums[t.s.first[n]].add(t.s.values[n].shown, int(count))
		}
	}
	var top [facetKinds][]FacetValue
	for n := range t.sums {
		if sp, kind := &t.sums[n], t.s.values[n].kind; sp.total > 0 {
			top[kind] = insertValue(top[kind], FacetValue{sp.shown, sp.total}, kind)
		}
	}
	var list []Facet
	for kind, values := range top {
		if len(values) > 0 {
			list = append(list, Facet{Name: facetNames[kind], Values: values})
		}
	}
	return list
}

// spelling sums the spellings of a value up, and has the one that most pages have.
type spelling struct {
	shown       string
	most, total int
}

func (sp *spelling) add(shown string, count int) {
	sp.total += count
	if count > sp.most || count == sp.most && shown < sp.shown {
		sp.shown, sp.most = shown, count
	}
}

// insertValue puts a value in its place in a list of the first maxFacetValues.
func insertValue(list []FacetValue, v FacetValue, kind facetKind) []FacetValue {
	compare := compareValues
	if kind == facetYear {
		compare = func(a, b FacetValue) int { return strings.Compare(b.Value, a.Value) }
	}
	if full := len(list) == maxFacetValues; full {
		if compare(v, list[len(list)-1]) > 0 {
			return list
		}
		list = list[:len(list)-1]
	}
	i, _ := slices.BinarySearchFunc(list, v, compare)
	return slices.Insert(list, i, v)
}

func compareValues(a, b FacetValue) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
}
