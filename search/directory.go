package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// directory tells of each document of an index which page it belongs to. bleve knows documents by name only, and a
// search needs the page of every document that it ranks: looking names up would be most of its time. What is known of a
// segment holds for as long as bleve keeps it, so that an edit costs a look at the few documents it wrote.
type directory struct {
	mu       sync.Mutex
	numbers  map[string]uint32 // of pages, by path; a number is never given again
	paths    []string
	values   []facetValue // that pages have
	valueNo  map[facetValue]uint32
	first    []uint32              // of each value, the number of the first with its key
	firstNo  map[facetValue]uint32 // by kind and key
	segments map[segment.Segment]*rows
	origins  originTable
}

// rows are the documents of one segment. They do not change.
type rows struct {
	page   []uint32  // number of the page of each document
	place  []uint16  // which section of its page it is, from 0; ownPlace for a page's own document
	own    []uint32  // of those: which of pages it is
	pages  []pageRow // what is known of pages by their own documents
	values []uint32  // numbers of what facets show, of one page after the other
}

// pageRow is what is known of a page by its own document.
type pageRow struct {
	words    float32 // of its text
	from, to uint32  // which of values are its
}

// of gives what is known by a page's own document.
func (r *rows) of(local uint64) *pageRow { return &r.pages[r.own[local]] }

// ownPlace marks a page's own document. No page has so many sections.
const ownPlace = maxSections

// rowsOf gives the rows of the segments of a state, and forgets those of other segments.
func (d *directory) rowsOf(parts []part) ([]*rows, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*rows, len(parts))
	kept := make(map[segment.Segment]*rows, len(parts))
	for i, p := range parts {
		r := d.segments[p.Segment]
		if r == nil {
			var err error
			if r, err = d.read(p.Segment); err != nil {
				return nil, err
			}
		}
		list[i], kept[p.Segment] = r, r
	}
	d.segments = kept
	return list, nil
}

// read makes the rows of a segment.
func (d *directory) read(p segment.Segment) (*rows, error) {
	n := p.Count()
	r := &rows{page: make([]uint32, n), place: make([]uint16, n), own: make([]uint32, n)}
	for doc := range n {
		id, err := p.DocID(doc)
		if err != nil {
			return nil, err
		}
		path, place, _ := strings.Cut(string(id), "\x00")
		r.page[doc] = d.number(path)
		r.place[doc] = ownPlace
		if place != "" {
			no, err := strconv.ParseUint(place, 10, 16)
			if err != nil {
				return nil, fmt.Errorf("document %q: %w", id, err)
			}
			r.place[doc] = uint16(no)
		}
	}
	return r, d.readValues(p, r)
}

// readValues notes what facets show of the pages whose own documents are in a segment.
func (d *directory) readValues(p segment.Segment, r *rows) error {
	seg, ok := p.(segment.DocValueVisitable)
	if !ok {
		return fmt.Errorf("a segment is a %T, which has no values of documents", p)
	}
	var state segment.DocVisitState
	for doc := range p.Count() {
		if r.place[doc] != ownPlace {
			continue
		}
		var values []uint32
		row := pageRow{from: uint32(len(r.values))}
		var err error
		state, err = seg.VisitDocValues(doc, []string{fieldShown}, func(_ string, term []byte) {
			if words, ok := strings.CutPrefix(string(term), tagWords); ok {
				n, _ := strconv.ParseUint(words, 10, 32) // we wrote it
				row.words = float32(n)
				return
			}
			values = d.addShown(values, string(term))
		}, state)
		if err != nil {
			return err
		}
		r.values = append(r.values, values...)
		row.to = uint32(len(r.values))
		r.own[doc] = uint32(len(r.pages))
		r.pages = append(r.pages, row)
	}
	return nil
}

// number gives the number of a page. It is for whoever holds mu.
func (d *directory) number(path string) uint32 {
	n, ok := d.numbers[path]
	if !ok {
		if d.numbers == nil {
			d.numbers = map[string]uint32{}
		}
		path = strings.Clone(path)
		n = uint32(len(d.paths))
		d.numbers[path] = n
		d.paths = append(d.paths, path)
	}
	return n
}

// valueOf gives the number of a facet's value. It is for whoever holds mu.
func (d *directory) valueOf(v facetValue) uint32 {
	n, ok := d.valueNo[v]
	if !ok {
		if d.valueNo == nil {
			d.valueNo = map[facetValue]uint32{}
		}
		n = uint32(len(d.values))
		d.valueNo[v] = n
		d.values = append(d.values, v)
		key := facetValue{kind: v.kind, key: v.key}
		first, ok := d.firstNo[key]
		if !ok {
			if d.firstNo == nil {
				d.firstNo = map[facetValue]uint32{}
			}
			first = n
			d.firstNo[key] = n
		}
		d.first = append(d.first, first)
	}
	return n
}

// addShown adds a value of fieldShown to those of a page. Two spellings of a keyword on one page are one.
func (d *directory) addShown(values []uint32, term string) []uint32 {
	for _, kind := range []facetKind{facetKeyword, facetLang} {
		rest, ok := strings.CutPrefix(term, shownTags[kind])
		if !ok {
			continue
		}
		key, shown, ok := strings.Cut(rest, shownMark)
		if !ok {
			shown = key
		}
		for _, n := range values {
			if v := d.values[n]; v.kind == kind && v.key == key {
				return values
			}
		}
		return append(values, d.valueOf(facetValue{kind, key, shown}))
	}
	return values
}

// lists gives the paths of pages and the values of facets, by their numbers. What is in them does not change.
func (d *directory) lists() (paths []string, values []facetValue, first []uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clip(d.paths), slices.Clip(d.values), slices.Clip(d.first)
}
