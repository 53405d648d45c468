package search

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"

	index "github.com/blevesearch/bleve_index_api"
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
type cursor interface {
	doc() uint64           // where it stands: noDoc at the end; before the first step anything below it matches nothing
	seek(min uint64) error // goes to the first match that is not before min; stays where it is if that is one
	score() float64        // of the document it stands on
	cost() uint64          // about how many documents match
	close()
}

// termCursor walks the documents that have one term in a field. It starts on the first.
type termCursor struct {
	r      index.TermFieldReader
	at     index.TermFieldDoc
	id     uint64
	seekID [8]byte
	weight float64 // boost and rarity
	avg    float64 // words in the field, on average
}

// postings opens a cursor. Without ranks, only the documents are read.
func (s *session) postings(f, term string, boost float64, ranks bool) (*termCursor, error) {
	r, err := s.reader.TermFieldReader(s.ctx, []byte(term), f, ranks, ranks, false)
	if err != nil {
		return nil, err
	}
	c := &termCursor{r: r}
	if ranks {
		c.weight, c.avg = boost*s.rarity(r.Count()), s.average(f)
	}
	return c, c.step()
}

// rarity is BM25's weight of a term that df documents have.
func (s *session) rarity(df uint64) float64 {
	n, d := float64(s.docs), float64(df)
	return math.Log(1 + (n-d+0.5)/(d+0.5))
}

func (c *termCursor) step() error {
	return c.set(c.r.Next(c.at.Reset()))
}

func (c *termCursor) set(d *index.TermFieldDoc, err error) error {
	switch {
	case err != nil:
		return err
	case d == nil:
		c.id = noDoc
	default:
		c.id = d.ID.Value()
	}
	return nil
}

func (c *termCursor) doc() uint64 { return c.id }

func (c *termCursor) seek(min uint64) error {
	switch {
	case c.id >= min:
		return nil
	case c.id+1 == min:
		return c.step()
	}
	binary.BigEndian.PutUint64(c.seekID[:], min)
	return c.set(c.r.Advance(c.seekID[:], c.at.Reset()))
}

func (c *termCursor) score() float64 {
	if c.weight == 0 || c.at.Norm == 0 {
		return 0
	}
	tf, length := float64(c.at.Freq), 1/(c.at.Norm*c.at.Norm)
	return c.weight * tf * (bm25K1 + 1) / (tf + bm25K1*(1-bm25B+bm25B*length/c.avg))
}

func (c *termCursor) cost() uint64 { return c.r.Count() }
func (c *termCursor) close()       { _ = c.r.Close() } // gives buffers back; nothing can fail that matters here

// fixedCursor gives every match the same score.
type fixedCursor struct {
	cursor
	points float64
}

func (c fixedCursor) score() float64 { return c.points }

// scaledCursor gives every match a part of its score.
type scaledCursor struct {
	cursor
	factor float64
}

func (c scaledCursor) score() float64 { return c.factor * c.cursor.score() }

// allCursor walks the documents that match all of must and none of not. What else they match of may adds to the score.
type allCursor struct {
	must, may, not []cursor
	id             uint64
}

// all makes an allCursor; must is not empty.
func all(must, may, not []cursor) (*allCursor, error) {
	c := &allCursor{must: must, may: may, not: not}
	slices.SortStableFunc(c.must, func(a, b cursor) int { return cmp.Compare(a.cost(), b.cost()) })
	return c, c.settle(0)
}

func (c *allCursor) doc() uint64 { return c.id }

func (c *allCursor) seek(min uint64) error {
	if c.id >= min {
		return nil
	}
	return c.settle(min)
}

// settle goes to the first match at or after id.
func (c *allCursor) settle(id uint64) error {
	for {
		at, err := c.agree(id)
		if err != nil {
			return err
		}
		c.id = at
		if at == noDoc {
			return nil
		}
		out, err := anyAt(c.not, at)
		if err != nil || !out {
			return err
		}
		id = at + 1
	}
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

func anyAt(list []cursor, id uint64) (bool, error) {
	for _, c := range list {
		if err := c.seek(id); err != nil {
			return false, err
		}
		if c.doc() == id {
			return true, nil
		}
	}
	return false, nil
}

func (c *allCursor) score() float64 {
	sum := 0.0
	for _, m := range c.must {
		sum += m.score()
	}
	for _, m := range c.may {
		if m.seek(c.id) == nil && m.doc() == c.id {
			sum += m.score()
		}
	}
	return sum
}

func (c *allCursor) cost() uint64 { return c.must[0].cost() }

func (c *allCursor) close() { closeAll(c.must); closeAll(c.may); closeAll(c.not) }

func closeAll(list []cursor) {
	for _, c := range list {
		c.close()
	}
}

// anyCursor walks the documents that match any of its parts. The score is the sum over the parts that match; with
// share, times the share of the parts that do, so that two words found count for more than one word found often.
type anyCursor struct {
	parts []cursor
	share bool
	id    uint64
}

// anyOf makes an anyCursor; of one part, that part.
func anyOf(parts []cursor, share bool) cursor {
	if len(parts) == 1 {
		return parts[0]
	}
	c := &anyCursor{parts: parts, share: share}
	c.lowest()
	return c
}

func (c *anyCursor) lowest() {
	c.id = noDoc
	for _, p := range c.parts {
		c.id = min(c.id, p.doc())
	}
}

func (c *anyCursor) doc() uint64 { return c.id }

func (c *anyCursor) seek(min uint64) error {
	if c.id >= min {
		return nil
	}
	for _, p := range c.parts {
		if err := p.seek(min); err != nil {
			return err
		}
	}
	c.lowest()
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

func (c *anyCursor) close() { closeAll(c.parts) }

// listCursor walks documents that are known already.
type listCursor struct {
	docs []uint64 // in order
	at   int
}

func (c *listCursor) doc() uint64 {
	if c.at == len(c.docs) {
		return noDoc
	}
	return c.docs[c.at]
}

func (c *listCursor) seek(min uint64) error {
	n, _ := slices.BinarySearch(c.docs[c.at:], min)
	c.at += n
	return nil
}

func (c *listCursor) score() float64 { return 0 }
func (c *listCursor) cost() uint64   { return uint64(len(c.docs)) }
func (c *listCursor) close()         {}

// session is one search on one state of the index.
type session struct {
	ctx     context.Context
	reader  index.IndexReader
	docs    uint64
	lengths lengths     // sums over all documents
	langs   []*language // those that the index has pages of
	cache   *facetCache
	words   map[string]wordForms
	known   map[string]bool // words: whether some page has them
	near    map[spelt][]index.DictEntry
}

// average gives the mean number of words of a ranked field, over all documents.
func (s *session) average(f string) float64 {
	for i, name := range scoredFields {
		if name == f && s.docs > 0 && s.lengths[i] > 0 {
			return float64(s.lengths[i]) / float64(s.docs)
		}
	}
	return 1
}
