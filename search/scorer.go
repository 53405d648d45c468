package search

import (
	"math"

	"github.com/RoaringBitmap/roaring/v2"
)

// termScorer scores the sections that have a term by BM25F: Robertson, Zaragoza and Taylor, "Simple BM25 Extension to
// Multiple Weighted Fields" (CIKM 2004). What a term counts in each field is added up before it is saturated, so that a
// word that is in the question and in the answer is not two words.
type termScorer struct {
	docs   *roaring.Bitmap
	idf    float64
	fields []scoredField
	next   uint64 // no section before this one has the term
}

type scoredField struct {
	*termCursor
	boost, page float64         // what a word counts for the section, and for the page as a whole
	flat, steep float64         // how much the length is held against it: not at all, and in proportion
	asking      float64         // what a word counts besides where the field asks
	asks        *roaring.Bitmap // the sections where it does; nil is all
}

// scorer gives the scorer of a term; it has no documents when the term is in no section.
func (p *plan) scorer(term string) *termScorer {
	t := &termScorer{}
	var sets []*roaring.Bitmap
	for _, f := range rankWeights.fields {
		if p.err != nil {
			break
		}
		var found *postings
		if found, p.err = p.s.postings(f.name, term); p.err != nil || found.count == 0 {
			continue
		}
		sets = append(sets, found.docs)
		c := p.s.ranked(f.name, found, 1)
		s := scoredField{c, f.boost, min(f.boost, rankWeights.pageBoost), 1 - f.length, f.length / c.avg, f.asking, p.asking(f.name)}
		if s.asks != nil && s.asks.IsEmpty() {
			s.asking = 0
		}
		t.fields = append(t.fields, s)
	}
	sections := p.docs(fieldTags, tagKind+kindSection)
	t.docs = roaring.And(union(sets), sections)
	t.idf = rarity(sections.GetCardinality(), t.docs.GetCardinality()) * fillerWeight(term)
	return t
}

// asking gives the sections in which a field asks; nil is all that have it.
func (p *plan) asking(field string) *roaring.Bitmap {
	switch field {
	case fieldTitle:
		return p.docs(fieldTags, tagAsks+asksTitle)
	case fieldQuestion:
		return p.docs(fieldTags, tagAsks+asksHeading)
	}
	return nil
}

// score gives what the term counts in a section. Sections come in order; one before next need not be asked for.
func (t *termScorer) score(doc uint64) (score, raw float64, err error) {
	tf, asked := 0.0, 0.0
	t.next = noDoc
	for i := range t.fields {
		f := &t.fields[i]
		if f.id < doc || !f.begun {
			if err := f.seek(doc); err != nil {
				return 0, 0, err
			}
		}
		if f.id != doc {
			t.next = min(t.next, f.id)
			continue
		}
		t.next = doc + 1
		n := float64(f.at.Frequency())
		raw += f.page * n
		n /= f.flat + f.steep*float64(f.at.NormUint64())
		tf += f.boost * n
		if f.asking > 0 && (f.asks == nil || f.asks.Contains(uint32(doc))) {
			asked += f.asking * saturated(n)
		}
	}
	if tf == 0 {
		return 0, 0, nil
	}
	return t.idf * (saturated(tf) + asked), raw, nil
}

// saturated is how BM25 counts a word that is there again: for less each time, and never for more than k1 + 1.
func saturated(tf float64) float64 { return tf * (rankWeights.k1 + 1) / (tf + rankWeights.k1) }

// rarity is BM25's weight of a term that df of n documents have.
func rarity(n, df uint64) float64 {
	return math.Log(1 + (float64(n)-float64(df)+0.5)/(float64(df)+0.5))
}

// weightOf gives how much a term says about what is wanted, by the pages that have it.
func (s *session) weightOf(term string, pages *roaring.Bitmap) float64 {
	return rarity(s.pages, pages.GetCardinality()) * fillerWeight(term)
}

// unitScorer scores the sections that have a unit.
type unitScorer struct {
	alternatives []scoredAlternative
	only         *roaring.Bitmap // the sections that may have it; nil is all
}

type scoredAlternative struct {
	terms  []*termScorer
	weight float64
	whole  bool
}

func (p *plan) unitScorer(list []alternative, only *roaring.Bitmap) *unitScorer {
	u := &unitScorer{only: only}
	for _, a := range list {
		s := scoredAlternative{weight: a.weight, whole: a.whole}
		for _, t := range a.terms {
			s.terms = append(s.terms, p.scorer(t))
		}
		u.alternatives = append(u.alternatives, s)
	}
	return u
}

// docs gives the sections that score.
func (u *unitScorer) docs() *roaring.Bitmap {
	var sets []*roaring.Bitmap
	for _, a := range u.alternatives {
		for _, t := range a.terms {
			sets = append(sets, t.docs)
		}
	}
	set := union(sets)
	if u.only != nil {
		set = roaring.And(set, u.only)
	}
	return set
}

// score is that of the best alternative.
func (u *unitScorer) score(doc uint64) (best, raw float64, err error) {
	if u.only != nil && !u.only.Contains(uint32(doc)) {
		return 0, 0, nil
	}
	for i := range u.alternatives {
		a := &u.alternatives[i]
		sum, tf, all := 0.0, 0.0, true
		for _, t := range a.terms {
			if doc < t.next {
				all = false
				continue
			}
			x, n, err := t.score(doc)
			if err != nil {
				return 0, 0, err
			}
			sum += x
			tf += n
			all = all && x > 0
		}
		if x := a.weight * sum; x > best && (all || !a.whole) {
			best, raw = x, a.weight*tf
		}
	}
	return best, raw, nil
}
