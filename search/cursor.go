package search

import (
	"cmp"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// noDoc is where a cursor stands that has come to its end.
const noDoc = math.MaxUint64

// BM25's constants, as in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
const (
	bm25K1 = 1.2
	bm25B  = 0.75
)

// cursor walks the documents that match something, in the order of their internal numbers. Ranking is done over bleve's
// postings here and not by its searchers, whose BM25 takes the number of different terms in the whole field divided by
// the number of documents for the average length, the root of the frequency for the frequency, and counts the rarity of
// a term twice; and which multiply a sum over fields by the share of fields that matched.
//
// A cursor stands nowhere before it is sought for the first time.
type cursor interface {
	doc() uint64            // where it stands: noDoc at the end
	seek(from uint64) error // goes to the first match that is not before from; stays where it is if that is one
	score() float64         // of the document it stands on
	cost() uint64           // about how many documents match; 0 is none
}

// setCursor walks a set of documents, which all have no score.
type setCursor struct {
	set   *roaring.Bitmap
	it    roaring.IntPeekable
	id    uint64
	begun bool
}

func nothing() *setCursor { return &setCursor{set: roaring.New()} }

func (c *setCursor) doc() uint64 { return c.id }

func (c *setCursor) seek(from uint64) error {
	if c.begun && c.id >= from {
		return nil
	}
	if !c.begun {
		c.begun, c.it = true, c.set.Iterator()
	}
	c.id = noDoc
	if from <= math.MaxUint32 {
		c.it.AdvanceIfNeeded(uint32(from))
		if c.it.HasNext() {
			c.id = uint64(c.it.Next())
		}
	}
	return nil
}

func (c *setCursor) score() float64 { return 0 }
func (c *setCursor) cost() uint64   { return c.set.GetCardinality() }

// combined makes one set of those in a list, and gives the list with it in their place. Sets are combined many times
// quicker than cursors walk.
func combined(list []cursor, how func([]*roaring.Bitmap) *roaring.Bitmap) []cursor {
	var sets []*roaring.Bitmap
	var rest []cursor
	for _, c := range list {
		if set, ok := c.(*setCursor); ok {
			sets = append(sets, set.set)
		} else {
			rest = append(rest, c)
		}
	}
	if len(sets) < 2 {
		return list
	}
	return append(rest, &setCursor{set: how(sets)})
}

// termCursor walks the documents that have one term in a field, and scores them by BM25.
type termCursor struct {
	p       *postings
	offsets []uint64 // of the segments
	part    int      // the segment it is in
	it      segment.PostingsIterator
	at      posting
	id      uint64
	begun   bool
	weight  float64 // boost and rarity
	avg     float64 // words in the field, on average
}

// posting is one of a segment's, as zapx makes them: beside what bleve asks of it, it knows how many words the field has.
type posting interface {
	segment.Posting
	NormUint64() uint64
}

// ranked opens a termCursor.
func (s *session) ranked(field string, p *postings, boost float64) *termCursor {
	return &termCursor{p: p, offsets: s.offsets, weight: boost * rarity(s.docs, p.count), avg: s.average(field)}
}

func (c *termCursor) doc() uint64 { return c.id }

func (c *termCursor) seek(from uint64) error {
	if c.begun && c.id >= from {
		return nil
	}
	for c.begun = true; c.part < len(c.offsets); c.part++ {
		first := c.offsets[c.part]
		if c.it == nil {
			c.it, c.at = c.p.lists[c.part].Iterator(true, true, false, nil), nil
		}
		at, err := c.it.Advance(max(from, first) - first)
		if err != nil {
			return err
		}
		if at != nil {
			if c.at == nil { // it is one thing that changes with every step
				c.at = at.(posting)
			}
			c.id = first + at.Number()
			return nil
		}
		c.it = nil
	}
	c.id = noDoc
	return nil
}

func (c *termCursor) score() float64 {
	tf, length := float64(c.at.Frequency()), float64(c.at.NormUint64())
	return c.weight * tf * (bm25K1 + 1) / (tf + bm25K1*(1-bm25B+bm25B*length/c.avg))
}

func (c *termCursor) cost() uint64 { return c.p.count }

// fixedCursor gives every match the same score.
type fixedCursor struct {
	cursor
	points float64
}

func (c fixedCursor) score() float64 { return c.points }

// allCursor walks the documents that match all of must. What else they match of may adds to the score.
type allCursor struct {
	must, may []cursor
	id        uint64
	begun     bool
}

// all makes an allCursor; must is not empty.
func all(must, may []cursor) *allCursor {
	slices.SortStableFunc(must, func(a, b cursor) int { return cmp.Compare(a.cost(), b.cost()) })
	return &allCursor{must: must, may: may}
}

func (c *allCursor) doc() uint64 { return c.id }

func (c *allCursor) seek(from uint64) error {
	if c.begun && c.id >= from {
		return nil
	}
	c.begun = true
	at, err := c.agree(from)
	if err != nil {
		return err
	}
	if c.id = at; at == noDoc {
		return nil
	}
	return seekAll(c.may, at)
}

func seekAll(list []cursor, from uint64) error {
	for _, c := range list {
		if err := c.seek(from); err != nil {
			return err
		}
	}
	return nil
}

// agree finds the first document at or after id on which all of must stand.
func (c *allCursor) agree(id uint64) (uint64, error) {
	for i := 0; i < len(c.must); {
		m := c.must[i]
		if err := m.seek(id); err != nil {
			return 0, err
		}
		switch at := m.doc(); {
		case at == noDoc:
			return noDoc, nil
		case at > id && i > 0:
			id, i = at, 0
		default:
			id = at
			i++
		}
	}
	return id, nil
}

func (c *allCursor) score() float64 {
	sum := 0.0
	for _, m := range c.must {
		sum += m.score()
	}
	for _, m := range c.may {
		if m.doc() == c.id {
			sum += m.score()
		}
	}
	return sum
}

func (c *allCursor) cost() uint64 { return c.must[0].cost() }

// anyCursor walks the documents that match any of its parts. The score is the sum over the parts that match; with
// share, times the share of the parts that do, so that two words found count for more than one word found often.
type anyCursor struct {
	parts []cursor
	share bool
	id    uint64
	begun bool
}

// anyOf makes an anyCursor; of one part, that part.
func anyOf(parts []cursor, share bool) cursor {
	if len(parts) == 1 {
		return parts[0]
	}
	return &anyCursor{parts: parts, share: share}
}

func (c *anyCursor) doc() uint64 { return c.id }

func (c *anyCursor) seek(from uint64) error {
	if c.begun && c.id >= from {
		return nil
	}
	if err := seekAll(c.parts, from); err != nil {
		return err
	}
	c.begun, c.id = true, noDoc
	for _, p := range c.parts {
		c.id = min(c.id, p.doc())
	}
	return nil
}

func (c *anyCursor) score() float64 {
	sum, n := 0.0, 0
	for _, p := range c.parts {
		if p.doc() == c.id {
			sum += p.score()
			n++
		}
	}
	if c.share {
		sum *= float64(n) / float64(len(c.parts))
	}
	return sum
}

func (c *anyCursor) cost() uint64 {
	n := uint64(0)
	for _, p := range c.parts {
		n += p.cost()
	}
	return n
}
