package search

import (
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// standing is what is known of a page while a query is answered.
type standing struct {
	page    uint32 // its number
	own     uint32 // its own document
	section uint32 // its best section
	units   int    // of the query, that it has
	in      bool   // it has enough of them
	cover   float64
	best    float64 // score of section; 0 when there is none
	second  float64
}

// board has the standings of those pages that have something of the query.
type board struct {
	place []uint32 // of each page, by its number: one more than its place in list
	list  []standing
	width int       // of a row of tf
	tf    []float64 // a row for each of list: how often the page has each of what is scored, by the weights of fields
}

// boards are kept for the next search: on a large wiki one is some hundred kilobytes.
var boards = sync.Pool{New: func() any { return new(board) }}

func (s *session) newBoard() *board {
	b := boards.Get().(*board)
	*b = board{place: zeros(b.place, len(s.paths)), list: b.list[:0], tf: b.tf}
	return b
}

// done ends the use of a board.
func (b *board) done() { boards.Put(b) }

// zeros gives n zeros, in the memory of a list where that has room for them.
func zeros[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	list = list[:n]
	clear(list)
	return list
}

// at gives the standing of a page, which begins with the first call.
func (b *board) at(no uint32) *standing {
	if b.place[no] == 0 {
		b.list = append(b.list, standing{page: no})
		b.place[no] = uint32(len(b.list))
	}
	return &b.list[b.place[no]-1]
}

// measure makes room for how often each page has each of n things. After that no page may be added.
func (b *board) measure(n int) { b.width, b.tf = n, zeros(b.tf, n*len(b.list)) }

// row gives the row of tf of the i-th page; none when nothing was measured.
func (b *board) row(i int) []float64 { return b.tf[i*b.width : (i+1)*b.width] }

// count gives how many pages are in.
func (b *board) count() (n int) {
	for i := range b.list {
		if b.list[i].in {
			n++
		}
	}
	return n
}

// has gives the place in list of a page that is in; -1 of another.
func (b *board) has(no uint32) int {
	if i := int(b.place[no]) - 1; i >= 0 && b.list[i].in {
		return i
	}
	return -1
}

// meetAll finds the pages that have all units, among those that pass the filters.
func (p *plan) meetAll(b *board, among *roaring.Bitmap) {
	total := 0.0
	var sets []*roaring.Bitmap
	if among != nil {
		sets = append(sets, among)
	}
	for _, u := range p.units {
		total += u.weight
		sets = append(sets, u.pages)
	}
	p.admit(b, intersection(sets), total)
}

// meetSome finds the pages that have at least a part of the query, by the rarity of its units, and gives whether one has
// all.
func (p *plan) meetSome(b *board, among *roaring.Bitmap, part float64) (whole bool) {
	total := 0.0
	for i := range p.units {
		u := &p.units[i]
		if u.pages.IsEmpty() { // what no page has is not to be had
			continue
		}
		total += u.weight
		set := u.pages
		if among != nil {
			set = roaring.And(set, among)
		}
		for it := set.Iterator(); it.HasNext(); {
			doc := it.Next()
			page := b.at(p.s.pageNo(uint64(doc)))
			page.own = doc
			page.units++
			page.cover += u.weight
		}
	}
	for i := range b.list {
		page := &b.list[i]
		all := page.units == len(p.units)
		whole = whole || all
		page.in = all || page.cover >= part*total
	}
	return whole
}

// admit puts pages on the board, by their own documents.
func (p *plan) admit(b *board, pages *roaring.Bitmap, cover float64) {
	n := int(pages.GetCardinality())
	b.list = slices.Grow(b.list, n)
	for it := pages.Iterator(); it.HasNext(); {
		doc := it.Next()
		page := b.at(p.s.pageNo(uint64(doc)))
		page.own, page.in, page.cover = doc, true, cover
	}
}
