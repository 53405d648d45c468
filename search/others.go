package search

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"coppice/wiki/markdown"
)

const (
	// MaxOthers is the most that a hit may name of what else its page has: more is the page's own list of contents.
	MaxOthers = 5
	// othersShare is what part of the best section's score another needs, to be an answer beside it.
	othersShare = 0.5
)

// others gives for each page of an answer what else on it matches. Only the sections of these pages are scored again.
func (p *plan) others(list []found) (map[uint32][]Place, error) {
	if p.q.Others <= 0 || p.useless || len(p.units) == 0 {
		return nil, nil
	}
	places := make(map[uint32][]Place, len(list))
	r := p.ranker()
	tf := make([]float64, len(r.list))
	sections := roaring.New()
	for _, f := range list {
		sections.Or(p.docs(fieldTags, tagPage+p.s.paths[f.page]))
	}
	sections.And(r.docs)
	scores := map[uint32][]scored{} // by page
	for it := sections.Iterator(); it.HasNext() && p.err == nil; {
		doc := it.Next()
		var sum float64
		sum, p.err = r.score(doc, tf)
		page := p.s.pageNo(uint64(doc))
		scores[page] = append(scores[page], scored{uint64(doc), sum})
	}
	for _, f := range list {
		if p.err != nil {
			return nil, p.err
		}
		places[f.page], p.err = p.namesOf(scores[f.page], f)
	}
	return places, p.err
}

// namesOf gives the best of the scored sections of a page that have a name, but for the one at which its hit opens. Where
// there are questions among them, only these: a heading like "Further reading" answers nothing.
func (p *plan) namesOf(sections []scored, f found) (list []Place, err error) {
	if len(sections) == 0 {
		return nil, nil
	}
	slices.SortFunc(sections, better)
	best := sections[0].score
	if best >= exactQuestion { // what asks just that is first, and does not make the others worse answers
		best -= exactQuestion
	}
	var headings []Place
	for _, s := range sections {
		if len(list) == p.q.Others || s.score < othersShare*best {
			break
		}
		if f.opens && s.doc == uint64(f.section) {
			continue
		}
		d, ok, err := p.s.storedAt(s.doc)
		switch {
		case err != nil:
			return nil, err
		case !ok || d.heading == "":
		case markdown.IsQuestion(d.heading):
			list = append(list, Place{d.anchor, d.heading})
		case len(headings) < p.q.Others:
			headings = append(headings, Place{d.anchor, d.heading})
		}
	}
	if list == nil {
		list = headings
	}
	return list, nil
}
