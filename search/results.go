package search

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"coppice/wiki"
)

// searchTimeout is the longest a search may take: what takes longer is no answer to a reader, and would keep others
// waiting. The slowest of a large wiki take some tens of milliseconds.
const searchTimeout = 5 * time.Second

// Hit is a page that matches, opened at the question or heading that matches best.
type Hit struct {
	Path     wiki.Path
	Anchor   string     // "" is the top of the page
	Title    string     // the page's
	Question string     // the question or heading at Anchor, or ""
	Snippet  []Fragment // about MaxSnippet bytes of the section; none when the section has no text
	Score    float64    // comparable within one answer only
	Others   []Place    // further questions and headings of the page that match about as well, best first
}

// Place is a question or heading of a page.
type Place struct{ Anchor, Question string }

// Results answer a Query.
type Results struct {
	Total      int // pages that match
	Hits       []Hit
	Facets     []Facet // of all of them; those with values
	Took       time.Duration
	DidYouMean string  // the query in another spelling, or ""
	Relaxed    bool    // no page has all that was typed: these have words like it, some of it, or not together
	Exact      bool    // the first hit's title, or another title of it, is the query
	Commit     wiki.ID // what the index reflects; zero when there is no index yet
}

// Search answers q, one hit a page, best first; if q.Others says so, a hit also names what else on the page matches. Of one or two words a page must have all; if none has, what English says
// in their place will do, then any of them. Of more words a page must have a part, by their rarity. A word that no page
// has stands for those spelt like it; a phrase that no page has stands for its words. Relaxed says when no page has all that was typed. Words of all languages that the
// wiki has pages in are understood. Past the last hit there are none.
//
// A q with a Problem gives an *wiki.Error of Kind Invalid with that sentence. An empty q gives no hits. While a first
// index is being built there are no hits and Commit is zero.
func (x *Index) Search(ctx context.Context, q Query) (res Results, err error) {
	began := time.Now()
	q, err = q.checked()
	if err != nil {
		return Results{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	err = x.read(ctx, func(s *session, at wiki.ID) error {
		res.Commit = at
		if q.Empty() {
			return nil
		}
		return s.answer(q, &res)
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = &wiki.Error{Kind: wiki.Invalid, Sentence: "This search took too long. Please use fewer or rarer words.", Err: err}
	}
	res.Took = time.Since(began)
	return res, err
}

// checked parses a query that was not made by Parse, and holds its numbers to the limits.
func (q Query) checked() (Query, error) {
	if q.clauses == nil && q.Problem == "" && q.Text != "" {
		limit, offset, others := q.Limit, q.Offset, q.Others
		q = Parse(q.Text)
		q.Limit, q.Offset, q.Others = limit, offset, others
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit, q.Others = min(q.Limit, MaxLimit), min(q.Others, MaxOthers)
	switch {
	case q.Problem != "":
		return q, &wiki.Error{Kind: wiki.Invalid, Sentence: q.Problem}
	case q.Offset < 0:
		return q, &wiki.Error{Kind: wiki.Invalid, Sentence: "Results are counted from the first."}
	}
	return q, nil
}

// answer finds what is asked for. Where no page has a phrase, its words are looked for: what people paste has quotes in it
// that are none of theirs.
func (s *session) answer(q Query, res *Results) error {
	if err := s.consult(); err != nil {
		return err
	}
	err := s.answerStrictly(q, res)
	if loose, quoted := q.withoutQuotes(); err == nil && res.Total == 0 && quoted {
		err = s.answerStrictly(loose, res)
		res.Relaxed = res.Total > 0
	}
	return err
}

// answerStrictly finds what has the words; when nothing has, what has others in their place; then what has any of them.
func (s *session) answerStrictly(q Query, res *Results) error {
	p := newPlan(s, q, false)
	b := s.newBoard()
	err := p.find(b, res)
	if err == nil && b.count() == 0 && !p.wide && len(p.units) > 0 {
		b.done()
		p, b = newPlan(s, q, true), s.newBoard()
		err = p.find(b, res)
	}
	defer b.done()
	if err != nil {
		return err
	}
	t := s.tally()
	defer t.done()
	for i := range b.list {
		if b.list[i].in {
			t.see(uint64(b.list[i].own))
		}
	}
	res.Total, res.Facets = t.pages, t.facets()
	list := p.ranking(b, q.Offset, q.Limit)
	if p.err != nil {
		return p.err
	}
	res.Exact = q.Offset == 0 && len(list) > 0 && isExact(list[0].score)
	if err := p.hits(list, res); err != nil {
		return err
	}
	if p.unknown {
		var err error
		res.DidYouMean, err = p.respelt()
		return err
	}
	return nil
}

// find puts the pages of the answer on the board, with their scores.
func (p *plan) find(b *board, res *Results) error {
	among := p.narrowed()
	switch {
	case p.err != nil:
	case p.useless:
		return p.findNames(b, among)
	case len(p.units) == 0:
		if among != nil {
			p.admit(b, among, 0)
		}
	case len(p.units) <= rankWeights.few:
		if p.meetAll(b, among); b.count() == 0 && p.wide {
			p.meetSome(b, among, 0)
			res.Relaxed = true
		}
	default:
		whole := p.meetSome(b, among, rankWeights.quorum)
		res.Relaxed = !whole
	}
	res.Relaxed = len(b.list) > 0 && (res.Relaxed || p.unknown)
	if p.err != nil {
		return p.err
	}
	return p.score(b)
}

// findNames is for a query of stop words only: pages and questions that have them in their names.
func (p *plan) findNames(b *board, among *roaring.Bitmap) error {
	o := opener{s: p.s, ranks: true}
	for _, c := range p.words {
		o.require(o.names(c.text))
	}
	c, err := o.matching()
	if err != nil {
		return err
	}
	own := p.own()
	if among == nil {
		among = own
	}
	byPage := p.ownDocs(among)
	exact := p.exactSections()
	return p.s.walk(c, func(doc uint64) error {
		no := p.s.pageNo(doc)
		at, ok := byPage[no]
		if !ok {
			return nil
		}
		page := b.at(no)
		page.own, page.in = at, true
		switch score := c.score(); {
		case own.Contains(uint32(doc)):
			page.cover = max(page.cover, score)
		case exact != nil && exact.Contains(uint32(doc)):
			p.s.note(page, uint32(doc), score+exactQuestion)
		default:
			p.s.note(page, uint32(doc), score)
		}
		return nil
	})
}

// ownDocs gives the own documents of a set by the numbers of their pages.
func (p *plan) ownDocs(set *roaring.Bitmap) map[uint32]uint32 {
	list := make(map[uint32]uint32, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		doc := it.Next()
		list[p.s.pageNo(uint64(doc))] = doc
	}
	return list
}

// scored is a document and its score.
type scored struct {
	doc   uint64
	score float64
}

// better orders by score, then by number, so that one index always gives one order.
func better(a, b scored) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
}

// worstFirst is a heap of the best documents so far with the worst of them on top.
type worstFirst []scored

func (h worstFirst) Len() int           { return len(h) }
func (h worstFirst) Less(i, j int) bool { return better(h[i], h[j]) > 0 }
func (h worstFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *worstFirst) Push(v any)        { *h = append(*h, v.(scored)) }
func (h *worstFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// best gives the n best documents of c, best first.
func (s *session) best(c cursor, n int) ([]scored, error) {
	var h worstFirst
	err := s.walk(c, func(doc uint64) error {
		d := scored{doc, c.score()}
		switch {
		case len(h) < n:
			heap.Push(&h, d)
		case better(d, h[0]) < 0:
			h[0] = d
			heap.Fix(&h, 0)
		}
		return nil
	})
	slices.SortFunc(h, better)
	return h, err
}

// hits makes the hits of pages.
func (p *plan) hits(list []found, res *Results) error {
	m := p.marker()
	others, err := p.others(list)
	if err != nil {
		return err
	}
	for _, f := range list {
		h, ok, err := p.hit(f, m)
		if err != nil {
			return err
		}
		if ok {
			h.Others = others[f.page]
			res.Hits = append(res.Hits, h)
		}
	}
	return nil
}

// hit reads what is shown of a page; ok is false for one that is not as it should be.
func (p *plan) hit(f found, m *marker) (h Hit, ok bool, err error) {
	if h.Path, err = wiki.ParsePath(p.s.paths[f.page]); err != nil {
		return h, false, nil //nolint:nilerr // cannot be: only pages with such a path are indexed
	}
	h.Score = f.score
	var d stored
	if f.opens {
		d, ok, err = p.s.storedAt(uint64(f.section))
	} else if d, ok, err = p.s.stored(sectionID(p.s.paths[f.page], 0)); err == nil && !ok {
		d, ok, err = p.s.storedAt(uint64(f.own))
	}
	if err != nil || !ok {
		return h, false, err
	}
	h.Title = d.title
	if f.opens {
		h.Anchor, h.Question = d.anchor, d.heading
	}
	h.Snippet = m.snippet(d.text, languageNamed(d.language))
	return h, true, nil
}

// respelt gives the query with those words that the index does not have replaced by the most frequent word of its
// titles and questions that is spelt like them; "" when that changes nothing.
func (p *plan) respelt() (string, error) {
	o := opener{s: p.s}
	changed := false
	out := make([]string, 0, len(p.q.clauses))
	for _, c := range p.q.clauses {
		word := c.text
		if c.field == anywhere && !c.phrase && !c.not && !p.s.isStop(word) {
			if !p.has(p.literally(word)) {
				if near := o.similar(fieldWords, fold(word)); len(near) > 0 && near[0] != fold(word) {
					word, changed = near[0], true
				}
			}
		}
		out = append(out, c.written(word))
	}
	if !changed {
		return "", o.err
	}
	return strings.Join(out, " "), errors.Join(o.err, p.err)
}

// written gives a clause as one types it, with another word in it.
func (c clause) written(text string) string {
	var b strings.Builder
	if c.not {
		b.WriteByte('-')
	}
	if c.field != anywhere {
		b.WriteString(shownAs[c.field] + ":")
	}
	if c.phrase {
		return b.String() + `"` + text + `"`
	}
	if c.begun {
		text += "*"
	}
	return b.String() + text
}
