package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	index "github.com/blevesearch/bleve_index_api"
)

// maxFacetValues is how many values a facet shows: a reader scans a screen of them.
const maxFacetValues = 20

// FacetValue is one value of a facet and the number of pages that have it.
type FacetValue struct {
	Value string // as most pages write it
	Count int
}

// Facet groups all matching pages by a property: "keyword" or "lang".
type Facet struct {
	Name   string
	Values []FacetValue // most pages first, at most maxFacetValues
}

// facetNames are the facets, and with what their values begin in fieldShown.
var facetNames = [...]struct{ name, kind string }{{"keyword", tagKeyword}, {"lang", tagLang}}

// facetTable has the facet values of every page at one state of the index. Reading them from the index for each page
// that matches would be half of a search; the table is made by the first search after a change, at half a microsecond a
// page.
type facetTable struct {
	rows   []uint32   // of each document: one more than its place in values; 0 of those that are no page's own
	values [][]uint32 // of each page: numbers in names
	names  []facetName
}

// facetName is a value of a facet, all its spellings together.
type facetName struct {
	facet int    // in facetNames
	shown string // the spelling of most pages
}

// facetCache keeps the table of the newest state that was searched. States are told apart by their readers: bleve makes
// one for each.
type facetCache struct {
	mu     sync.Mutex
	reader index.IndexReader
	table  *facetTable
}

// facets gives the table for the session's state.
func (s *session) facets() (*facetTable, error) {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	if s.cache.reader != s.reader {
		t, err := s.newFacetTable()
		if err != nil {
			return nil, err
		}
		s.cache.reader, s.cache.table = s.reader, t
	}
	return s.cache.table, nil
}

func (s *session) newFacetTable() (*facetTable, error) {
	own, err := s.postings(fieldTags, tagKind+kindPage)
	if err != nil {
		return nil, err
	}
	values, err := s.reader.DocValueReader([]string{fieldShown})
	if err != nil {
		return nil, err
	}
	b := facetBuilder{spellings: map[facetTerm]int{}, numbers: map[facetTerm]uint32{}}
	var id index.IndexInternalID
	err = s.walk(&setCursor{set: own.docs}, func(doc uint64) error {
		id = index.NewIndexInternalID(id, doc)
		b.begin(doc)
		return values.VisitDocValues(id, func(_ string, term []byte) { b.add(string(term)) })
	})
	if err != nil {
		return nil, err
	}
	return b.table(), nil
}

// facetTerm is a value of a facet as it is written, or its key.
type facetTerm struct {
	facet int
	text  string
}

// facetBuilder makes a facetTable.
type facetBuilder struct {
	t         facetTable
	spellings map[facetTerm]int // with the mark: pages that write it so
	numbers   map[facetTerm]uint32
}

func (b *facetBuilder) begin(doc uint64) {
	b.t.rows = append(b.t.rows, make([]uint32, doc-uint64(len(b.t.rows)))...) // documents come in order
	b.t.values = append(b.t.values, nil)
	b.t.rows = append(b.t.rows, uint32(len(b.t.values)))
}

// add notes a value of the page begun last.
func (b *facetBuilder) add(term string) {
	facet := slices.IndexFunc(facetNames[:], func(f struct{ name, kind string }) bool { return strings.HasPrefix(term, f.kind) })
	if facet < 0 {
		return
	}
	term = term[len(facetNames[facet].kind):]
	key, _, _ := strings.Cut(term, shownMark)
	n, ok := b.numbers[facetTerm{facet, key}]
	if !ok {
		n = uint32(len(b.t.names))
		b.numbers[facetTerm{facet, key}] = n
		b.t.names = append(b.t.names, facetName{facet: facet})
	}
	b.spellings[facetTerm{facet, term}]++
	last := &b.t.values[len(b.t.values)-1]
	if !slices.Contains(*last, n) { // two spellings on one page are one keyword
		*last = append(*last, n)
	}
}

func (b *facetBuilder) table() *facetTable {
	most := make([]int, len(b.t.names))
	for s, count := range b.spellings {
		key, shown, ok := strings.Cut(s.text, shownMark)
		if !ok {
			shown = key
		}
		n := b.numbers[facetTerm{s.facet, key}]
		if name := &b.t.names[n]; count > most[n] || count == most[n] && shown < name.shown {
			name.shown, most[n] = shown, count
		}
	}
	return &b.t
}

// tally counts the pages whose own documents go by, and their facets.
type tally struct {
	table  *facetTable
	pages  int
	counts []uint32 // by number of the name
}

func (t *facetTable) tally() *tally { return &tally{table: t, counts: make([]uint32, len(t.names))} }

// see takes note of a document.
func (t *tally) see(doc uint64) {
	if doc >= uint64(len(t.table.rows)) || t.table.rows[doc] == 0 {
		return
	}
	t.pages++
	for _, n := range t.table.values[t.table.rows[doc]-1] {
		t.counts[n]++
	}
}

// facets gives those facets that have values, of each the values that most pages have.
func (t *tally) facets() []Facet {
	var top [len(facetNames)][]FacetValue
	for n, count := range t.counts {
		if count > 0 {
			name := &t.table.names[n]
			top[name.facet] = insertValue(top[name.facet], FacetValue{name.shown, int(count)})
		}
	}
	var list []Facet
	for i, f := range facetNames {
		if len(top[i]) > 0 {
			list = append(list, Facet{Name: f.name, Values: top[i]})
		}
	}
	return list
}

// insertValue puts a value in its place in a list of the first maxFacetValues.
func insertValue(list []FacetValue, v FacetValue) []FacetValue {
	if full := len(list) == maxFacetValues; full {
		if compareValues(v, list[len(list)-1]) > 0 {
			return list
		}
		list = list[:len(list)-1]
	}
	i, _ := slices.BinarySearchFunc(list, v, compareValues)
	return slices.Insert(list, i, v)
}

func compareValues(a, b FacetValue) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
}
