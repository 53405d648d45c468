package search

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

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
}

// Results answer a Query.
type Results struct {
	Total      int // pages that match
	Hits       []Hit
	Facets     []Facet // those with values
	Took       time.Duration
	DidYouMean string  // the query in another spelling, or ""
	Relaxed    bool    // no page has all the words: these have words like them, or some of them
	Exact      bool    // the first hit's title, or another title of it, is the query
	Commit     wiki.ID // what the index reflects; zero when there is no index yet
}

// Search answers q. Pages that have all the words come back, best first, one hit a page; if there is none, pages with
// words spelt like them, or with some of them, and Relaxed says so. Words of all languages that the wiki has pages in
// are understood.
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
		limit, offset := q.Limit, q.Offset
		q = Parse(q.Text)
		q.Limit, q.Offset = limit, offset
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	switch {
	case q.Problem != "":
		return q, &wiki.Error{Kind: wiki.Invalid, Sentence: q.Problem}
	case q.Offset < 0 || q.Offset > MaxOffset:
		return q, &wiki.Error{Kind: wiki.Invalid, Sentence: fmt.Sprintf("Only the first %d results can be shown. Please narrow the search.", MaxOffset)}
	}
	return q, nil
}

// answer tries the stages until one finds something.
func (s *session) answer(q Query, res *Results) error {
	for st := range stages {
		p := newPlan(s, q, st)
		if st != strict && len(p.words) == 0 {
			return nil
		}
		if st == spelling {
			if yes, err := p.misspelt(); err != nil {
				return err
			} else if !yes {
				continue
			}
		}
		list, t, err := p.pages(q.Offset + q.Limit)
		if err != nil {
			return err
		}
		if t.pages == 0 {
			continue
		}
		res.Total, res.Facets, res.Relaxed = t.pages, t.facets(), st != strict
		if err := p.hits(list, res); err != nil {
			return err
		}
		if st != strict {
			res.DidYouMean, err = p.respelt()
		}
		return err
	}
	return nil
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

// found is a page of the answer: its score is that of its best document, and it opens at its best section.
type found struct {
	path    string
	score   float64
	section string // document id, "" when only the page as a whole has all the words
	exact   bool   // called just what was typed
}

// top reports whether the page is to be opened at its top.
func (p *plan) top(f found) bool { return f.exact || !p.has(anywhere) }

// windowFactor is how many documents are ranked for each page wanted, at first: its sections rank near each other.
const windowFactor = 4

// pages gives the best n pages, and counts all. What is first is the same for any n: pages with a section that has all
// the words, by the best of these, and after them pages that have the words in several sections.
func (p *plan) pages(n int) ([]found, *tally, error) {
	if p.excludes() {
		p.kind = kindPage
	}
	t, err := p.count()
	switch {
	case err != nil || t.pages == 0:
		return nil, t, err
	case !p.ranks():
		list, err := p.pagesByPath(n)
		return list, t, err
	case p.useless || p.kind != "": // names of pages and of questions rank together
		list, err := p.ranked(p.kind, n, nil)
		return list, t, err
	}
	list, err := p.ranked(kindSection, n, nil)
	if err == nil && len(list) < min(n, t.pages) {
		list, err = p.ranked(kindPage, n, list)
	}
	return list, t, err
}

// count walks the own documents of the pages that match.
func (p *plan) count() (*tally, error) {
	table, err := p.s.facets()
	if err != nil {
		return nil, err
	}
	t := table.tally()
	c, err := p.documents(kindPage, nil, false)
	if err != nil {
		return nil, err
	}
	err = p.s.walk(c, func(doc uint64) error {
		t.see(doc)
		return nil
	})
	return t, err
}

// ranked appends pages to list by their best documents of a kind, until it has n.
func (p *plan) ranked(kind string, n int, list []found) ([]found, error) {
	for window := windowFactor * n; ; window *= windowFactor {
		c, err := p.documents(kind, nil, true)
		if err != nil {
			return nil, err
		}
		docs, err := p.s.best(c, window)
		if err != nil {
			return nil, err
		}
		longer, err := p.s.group(docs, list)
		if err != nil {
			return nil, err
		}
		if len(longer) >= n || len(docs) < window {
			return longer[:min(len(longer), n)], nil
		}
	}
}

// ranks reports whether there is something to rank by; filters alone give no order.
func (p *plan) ranks() bool { return p.has(anywhere) || p.has(inTitle) }

// has reports whether the query asks for something in a field.
func (p *plan) has(f field) bool {
	return slices.ContainsFunc(p.q.clauses, func(c clause) bool { return !c.not && c.field == f })
}

// pagesByPath gives the first n pages that pass the filters.
func (p *plan) pagesByPath(n int) ([]found, error) {
	c, err := p.documents(kindPage, nil, false)
	if err != nil {
		return nil, err
	}
	docs, err := p.s.best(c, math.MaxInt)
	if err != nil {
		return nil, err
	}
	list, err := p.s.group(docs, nil)
	slices.SortFunc(list, func(a, b found) int { return strings.Compare(a.path, b.path) })
	return list[:min(len(list), n)], err
}

// group appends the pages of documents, best first, to a list that does not have them.
func (s *session) group(docs []scored, list []found) ([]found, error) {
	list = slices.Clip(list) // the caller's is not written to
	byPath := make(map[string]int, len(list)+len(docs))
	for i, f := range list {
		byPath[f.path] = i
	}
	for _, d := range docs {
		id, err := s.id(d.doc)
		if err != nil {
			return nil, err
		}
		path := pathOf(id)
		i, seen := byPath[path]
		if !seen {
			i = len(list)
			byPath[path] = i
			list = append(list, found{path: path, score: d.score, exact: isExact(d.score)})
		}
		if !isPageID(id) && list[i].section == "" {
			list[i].section = id
		}
	}
	return list, nil
}

// hits makes the hits of the part of a list that is asked for.
func (p *plan) hits(list []found, res *Results) error {
	res.Exact = len(list) > 0 && list[0].exact
	list = list[min(p.q.Offset, len(list)):]
	sections, err := p.sections(list)
	if err != nil {
		return err
	}
	m := p.marker()
	for i, f := range list {
		h, ok, err := p.hit(f, sections[i], m)
		if err != nil {
			return err
		}
		if ok {
			res.Hits = append(res.Hits, h)
		}
	}
	return nil
}

// sections gives the documents at which pages are opened.
func (p *plan) sections(list []found) ([]string, error) {
	ids := make([]string, len(list))
	scattered := map[string]int{} // pages in which no section has all the words: index in list
	for i, f := range list {
		ids[i] = f.section
		if p.top(f) || f.section == "" {
			ids[i] = sectionID(f.path, 0)
		}
		if !p.top(f) && f.section == "" {
			scattered[f.path] = i
		}
	}
	if len(scattered) == 0 {
		return ids, nil
	}
	return ids, p.openBest(scattered, ids)
}

// openBest sets the documents of pages to the sections that have most of the words.
func (p *plan) openBest(pages map[string]int, ids []string) error {
	loose := *p
	loose.stage, loose.kind = some, ""
	loose.q.clauses = slices.DeleteFunc(slices.Clone(p.q.clauses), func(c clause) bool { return c.not })
	c, err := loose.documents(kindSection, slices.Collect(maps.Keys(pages)), true)
	if err != nil {
		return err
	}
	best := map[string]float64{}
	return p.s.walk(c, func(doc uint64) error {
		id, err := p.s.id(doc)
		if err != nil {
			return err
		}
		path := pathOf(id)
		if most, ok := best[path]; !ok || c.score() > most {
			best[path], ids[pages[path]] = c.score(), id
		}
		return nil
	})
}

// hit reads what is shown of a page that opens at a document; ok is false for one that is not as it should be.
func (p *plan) hit(f found, id string, m *marker) (h Hit, ok bool, err error) {
	if h.Path, err = wiki.ParsePath(f.path); err != nil {
		return h, false, nil //nolint:nilerr // cannot be: only pages with such a path are indexed
	}
	d, ok, err := p.s.stored(id)
	if err == nil && !ok {
		d, ok, err = p.s.stored(pageID(f.path))
	}
	if err != nil || !ok {
		return h, false, err
	}
	h.Title, h.Score = d.title, f.score
	if !p.top(f) {
		h.Anchor, h.Question = d.anchor, d.heading
	}
	h.Snippet = m.snippet(d.text, languageNamed(d.language))
	return h, true, nil
}

// excludes reports whether the query leaves something out. What is left out is left out by page: a section without the
// word, of a page that has it, is no answer. Then only the pages' own documents are ranked.
func (p *plan) excludes() bool {
	return slices.ContainsFunc(p.q.clauses, func(c clause) bool { return c.not })
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
			known, err := p.s.has(word)
			if err != nil {
				return "", err
			}
			if !known {
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
	return strings.Join(out, " "), o.err
}

// has reports whether some page has the word.
func (s *session) has(word string) (bool, error) {
	o := opener{s: s}
	c := o.word(fieldAll, word, 1)
	return c != nil && c.cost() > 0, o.err
}

// written gives a clause as one types it, with another word in it.
func (c clause) written(text string) string {
	var b strings.Builder
	if c.not {
		b.WriteByte('-')
	}
	for name, f := range map[string]field{"title": inTitle, "keyword": inKeyword, "lang": inLang, "path": inPath} {
		if f == c.field {
			b.WriteString(name + ":")
		}
	}
	if c.phrase {
		return b.String() + `"` + text + `"`
	}
	return b.String() + text
}
