package search

import "github.com/RoaringBitmap/roaring/v2"

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
	tf      []float64 // how often it has each of what is scored, by the weights of fields
}

// board has the standings of those pages that have something of the query.
type board struct {
	place []uint32 // of each page, by its number: one more than its place in list
	list  []standing
	spare []float64 // for counts
}

func (s *session) newBoard() *board { return &board{place: make([]uint32, len(s.paths))} }

// at gives the standing of a page, which begins with the first call.
func (b *board) at(no uint32) *standing {
	if b.place[no] == 0 {
		b.list = append(b.list, standing{page: no})
		b.place[no] = uint32(len(b.list))
	}
	return &b.list[b.place[no]-1]
}

// sparePages is for how many pages counts are made at once.
const sparePages = 256

// counts gives n zeros.
func (b *board) counts(n int) []float64 {
	if len(b.spare) < n {
		b.spare = make([]float64, sparePages*n)
	}
	list := b.spare[:n:n]
	b.spare = b.spare[n:]
	return list
}

// count gives how many pages are in.
func (b *board) count() (n int) {
	for i := range b.list {
		if b.list[i].in {
			n++
		}
	}
	return n
}

// clear takes all pages off.
func (b *board) clear() {
	clear(b.place)
	b.list = b.list[:0]
}

// has gives the standing of a page that is in, else nil.
func (b *board) has(no uint32) *standing {
	if b.place[no] == 0 || !b.list[b.place[no]-1].in {
		return nil
	}
	return &b.list[b.place[no]-1]
}

// meet finds the pages that have enough of the query, among those that pass its filters, and gives whether one has all.
// If any will do, a page that has something has enough.
func (p *plan) meet(b *board, among *roaring.Bitmap, anyWillDo bool) (whole bool) {
	total := 0.0
	for i := range p.units {
		u := &p.units[i]
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
	few := len(p.units) <= rankWeights.few
	for i := range b.list {
		page := &b.list[i]
		all := page.units == len(p.units)
		whole = whole || all
		page.in = all || anyWillDo || !few && page.cover >= rankWeights.quorum*total
	}
	return whole
}

// admit puts all pages on the board that pass the filters, for a query without plain words.
func (p *plan) admit(b *board, among *roaring.Bitmap) {
	for it := among.Iterator(); it.HasNext(); {
		doc := it.Next()
		page := b.at(p.s.pageNo(uint64(doc)))
		page.own, page.in = doc, true
	}
}
