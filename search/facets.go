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

// facetFields are the facets and the fields they are read from.
var facetFields = [...]struct{ name, field string }{{"keyword", fieldShown}, {"lang", fieldLang}}

// facetTable has the facet values of every page at one state of the index. Reading them from the index for each page
// that matches would be half of a search; the table is made by the first search after a change, at half a microsecond a
// page.
type facetTable struct {
	docs   []uint64   // the pages' own documents, in order
	values [][]uint32 // of each: numbers in names
	names  []facetName
}

// facetName is one spelling of a value.
type facetName struct {
	facet      int
	key, shown string
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
	own, err := s.postings(fieldKind, kindPage, 0, false)
	if err != nil {
		return nil, err
	}
	defer own.close()
	fields := make([]string, len(facetFields))
	numbers := make([]map[string]uint32, len(facetFields))
	for i, f := range facetFields {
		fields[i], numbers[i] = f.field, map[string]uint32{}
	}
	values, err := s.reader.DocValueReader(fields)
	if err != nil {
		return nil, err
	}
	t := &facetTable{}
	var id index.IndexInternalID
	for own.doc() != noDoc {
		id = index.NewIndexInternalID(id, own.doc())
		var list []uint32
		err := values.VisitDocValues(id, func(field string, term []byte) {
			i := slices.Index(fields, field)
			n, ok := numbers[i][string(term)]
			if !ok {
				n = uint32(len(t.names))
				t.names = append(t.names, newFacetName(i, string(term)))
				numbers[i][string(term)] = n
			}
			list = append(list, n)
		})
		if err != nil {
			return nil, err
		}
		t.docs, t.values = append(t.docs, own.doc()), append(t.values, list)
		if err := own.seek(own.doc() + 1); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func newFacetName(facet int, term string) facetName {
	if key, shown, ok := strings.Cut(term, shownMark); ok {
		return facetName{facet, key, shown}
	}
	return facetName{facet, term, term}
}

// tally counts the pages whose own documents go by, and their facets.
type tally struct {
	table  *facetTable
	at     int // in table.docs
	pages  int
	counts []uint32 // by number of the name
}

func (t *facetTable) tally() *tally { return &tally{table: t, counts: make([]uint32, len(t.names))} }

// see takes note of a document. They go by in order.
func (t *tally) see(doc uint64) {
	rest := t.table.docs[t.at:]
	if len(rest) == 0 || doc < rest[0] {
		return
	}
	step, found := slices.BinarySearch(rest, doc)
	t.at += step
	if !found {
		return
	}
	t.pages++
	for _, n := range t.table.values[t.at] {
		t.counts[n]++
	}
}

// facets gives those facets that have values.
func (t *tally) facets() []Facet {
	byKey := make([]map[string]*facetCount, len(facetFields))
	for n, count := range t.counts {
		if count == 0 {
			continue
		}
		name := &t.table.names[n]
		if byKey[name.facet] == nil {
			byKey[name.facet] = map[string]*facetCount{}
		}
		c := byKey[name.facet][name.key]
		if c == nil {
			c = &facetCount{}
			byKey[name.facet][name.key] = c
		}
		c.add(name.shown, int(count))
	}
	var list []Facet
	for i, f := range facetFields {
		if len(byKey[i]) > 0 {
			list = append(list, Facet{Name: f.name, Values: topValues(byKey[i])})
		}
	}
	return list
}

// facetCount joins the spellings of one value under the most frequent.
type facetCount struct {
	FacetValue
	most int
}

func (c *facetCount) add(shown string, n int) {
	c.Count += n
	if n > c.most || n == c.most && shown < c.Value {
		c.Value, c.most = shown, n
	}
}

func topValues(byKey map[string]*facetCount) []FacetValue {
	values := make([]FacetValue, 0, len(byKey))
	for _, c := range byKey {
		values = append(values, c.FacetValue)
	}
	slices.SortFunc(values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return values[:min(len(values), maxFacetValues)]
}
