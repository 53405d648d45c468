package search

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"strings"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// MaxRelated is the most questions that Related gives: some of them may be shown already where they are wanted.
const MaxRelated = 12

// How the question of what is related is put. The weights are those that gave the fewest odd neighbours when all pages of
// the OWASP cheat sheets and of the starter wiki were read through; results change little with any of them.
const (
	// relatedTerms is how many telling words stand for a page: with fewer a page of several subjects is found by one of
	// them only, with more by words that tell nothing.
	relatedTerms = 24
	// relatedCandidates are the words, those that weigh most in the page, whose rarity is looked up.
	relatedCandidates = 160
	// relatedText is how many bytes of a page's text are read for them, shared out among its sections: a page of 16 kB has
	// said what it is about.
	relatedText = 16 << 10
	// relatedSections bounds the sections of a page that are read: each is a look-up.
	relatedSections = 200
	// relatedPostings bounds the work: entries of the index that are scored. Words that too many have are left out.
	relatedPostings = 20_000
	// What a word counts for standing in the title, in a heading or another wording of it, or in the text; a section's own
	// heading counts as much as a page's title.
	titleWeight, questionWeight, textWeight = 4.0, 2.0, 1.0
	// leastShare is the part of all telling words, by weight, that a neighbour must have, and leastTerms how many of them,
	// or all of a few, but never one alone: below it stands what has a word or two in common by chance.
	leastShare = 0.2
	leastTerms = 3
	fewTerms   = 2
	// relatedPerPage keeps one long page from filling the list, and secondShare its weaker sections from standing in it.
	relatedPerPage = 2
	secondShare    = 0.6
	// relatedSum is how many sections of a page count for it.
	relatedSum = 4
	// weakShare of the best neighbour's score is what others need: what trails far behind only happens to come next.
	weakShare = 0.12
	// relatedReach is how many pages, best first, count as neighbours of a page that was edited (see Around).
	relatedReach = 40
	// relatedWindow is how many documents are ranked for each neighbour: the sections of a page rank near each other.
	relatedWindow = 6
)

// Related is a question of another page about the same, or that page itself.
type Related struct {
	Path     wiki.Path
	Anchor   string // "" is the page
	Title    string // the page's
	Question string // at Anchor, "" for the page
	Score    float64
}

// Related gives at most n questions of other pages, best first, that are about the same as a page, or as the section of
// it at an anchor. A neighbour whose best section is no question is given as a page. There may be none: what has too
// little in common is left out. An unknown page or anchor has none.
//
// The most telling words are taken, which the page has often and few others have, those of its title and questions
// first; other pages' sections are ranked by them with BM25. No more than relatedPostings entries of the index are read.
//
// It takes a few milliseconds; Around keeps what it gave.
func (x *Index) Related(ctx context.Context, path wiki.Path, anchor string, n int) ([]Related, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	var near neighbourhood
	err := x.read(ctx, func(s *session, _ wiki.ID) (err error) {
		near, err = s.neighbours(path.String(), anchor)
		return err
	})
	return near.list[:min(max(n, 0), len(near.list))], err
}

// neighbourhood is what lies around a page or section.
type neighbourhood struct {
	list  []Related   // at most MaxRelated
	pages []wiki.Path // at most relatedReach, of list and beyond
}

func (s *session) neighbours(path, anchor string) (near neighbourhood, err error) {
	w := weighing{s: s, weights: map[string]float64{}}
	if found, err := w.weigh(path, anchor); err != nil || !found {
		return near, err
	}
	terms, err := s.telling(w.weights)
	if err != nil || len(terms) == 0 {
		return near, err
	}
	docs, err := s.scoreBy(terms, path)
	if err != nil {
		return near, err
	}
	return s.gather(docs, terms, anchor == "")
}

// weighing counts the words of a text by where they stand.
type weighing struct {
	s       *session
	weights map[string]float64
	lang    *language
}

// weigh reads a page, or the section of it at an anchor; found is false when it is not there.
func (w *weighing) weigh(path, anchor string) (found bool, err error) {
	own, found, err := w.s.stored(pageID(path))
	if err != nil || !found {
		return false, err
	}
	w.lang = languageNamed(own.language)
	sections := min(own.sections, relatedSections)
	text := relatedText / max(1, sections)
	title := titleWeight
	if anchor != "" {
		text, title, found = relatedText, textWeight, false
	}
	w.add(own.title, title)
	for i := range sections {
		d, ok, err := w.s.stored(sectionID(path, i))
		if err != nil {
			return false, err
		}
		if !ok || anchor != "" && d.anchor != anchor {
			continue
		}
		heading := questionWeight
		if anchor != "" {
			heading, found = titleWeight, true
		}
		w.add(d.heading, heading)
		w.add(d.asked, questionWeight)
		w.add(shorten(d.text, text), textWeight)
	}
	return found, nil
}

func (w *weighing) add(text string, weight float64) {
	if text == "" {
		return
	}
	for _, t := range w.lang.tokens(text) {
		w.weights[string(t.Term)] += weight
	}
}

// tellingTerm is a word that stands for a text.
type tellingTerm struct {
	term   string
	weight float64 // how much the text has of it
	value  float64 // weight and rarity
}

// telling gives the most telling words. The logarithm keeps a word that is in every sentence from being the only one.
func (s *session) telling(weights map[string]float64) ([]tellingTerm, error) {
	list := make([]tellingTerm, 0, len(weights))
	for t, w := range weights {
		list = append(list, tellingTerm{term: t, weight: w})
	}
	byWeight := func(a, b tellingTerm) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), strings.Compare(a.term, b.term))
	}
	slices.SortFunc(list, byWeight)
	list = list[:min(len(list), relatedCandidates)]
	pages, err := s.postings(fieldTags, tagKind+kindPage)
	if err != nil {
		return nil, err
	}
	rare := list[:0]
	for _, t := range list {
		df, err := s.frequency(fieldAll, t.term)
		if err != nil {
			return nil, err
		}
		if df < 2 { // no other page has it
			continue
		}
		n, d := float64(pages.count), float64(df)
		t.weight = math.Log1p(t.weight)
		t.value = t.weight * math.Log(1+(n-d+0.5)/(d+0.5))
		rare = append(rare, t)
	}
	slices.SortFunc(rare, func(a, b tellingTerm) int {
		return cmp.Or(cmp.Compare(b.value, a.value), byWeight(a, b))
	})
	return rare[:min(len(rare), relatedTerms)], nil
}

// frequency gives how many documents have a term. It is quicker than to look its postings up.
func (s *session) frequency(field, term string) (n uint64, err error) {
	dicts, err := s.dictionaries(field)
	if err != nil {
		return 0, err
	}
	for i, d := range dicts {
		list, err := d.PostingsList([]byte(term), s.parts[i].deleted, nil)
		if err != nil {
			return 0, err
		}
		n += list.Count()
	}
	return n, nil
}

// similarity is what a document has in common with a text.
type similarity struct {
	score float64
	terms uint32 // a bit for each telling word
}

// alike is a document and what it has in common.
type alike struct {
	doc uint64
	similarity
}

// scoreBy gives the sections of other pages that have most in common, the best first.
func (s *session) scoreBy(terms []tellingTerm, path string) ([]alike, error) {
	found := map[uint64]similarity{}
	left := relatedPostings
	for i, t := range terms {
		cost, err := s.score(t, uint32(1)<<i, left, found)
		if err != nil {
			return nil, err
		}
		left -= cost
	}
	sections, err := s.postings(fieldTags, tagKind+kindSection)
	if err != nil {
		return nil, err
	}
	own, err := s.postings(fieldTags, tagPage+path)
	if err != nil {
		return nil, err
	}
	least := max(fewTerms, min(leastTerms, len(terms)))
	var docs []alike
	for doc, f := range found {
		if bits.OnesCount32(f.terms) >= least && sections.docs.Contains(uint32(doc)) && !own.docs.Contains(uint32(doc)) {
			docs = append(docs, alike{doc, f})
		}
	}
	slices.SortFunc(docs, func(a, b alike) int { return better(scored{a.doc, a.score}, scored{b.doc, b.score}) })
	return docs[:min(len(docs), relatedWindow*relatedReach)], s.ctx.Err()
}

// relatedFields are the fields in which a telling word is looked for, and what it counts there.
var relatedFields = [...]struct {
	name  string
	boost float64
}{{fieldTitle, 2}, {fieldQuestion, 2}, {fieldAsked, 2}, {fieldKeywords, 1}, {fieldBody, 1}}

// score adds what one word counts to all documents that have it, and gives how many entries it read; none if there are
// more than left.
func (s *session) score(t tellingTerm, bit uint32, left int, found map[uint64]similarity) (cost int, err error) {
	var cursors []*termCursor
	for _, f := range relatedFields {
		p, err := s.postings(f.name, t.term)
		if err != nil {
			return 0, err
		}
		cost += int(p.count)
		cursors = append(cursors, s.ranked(f.name, p, f.boost*t.weight))
	}
	if cost > left {
		return 0, nil
	}
	for _, c := range cursors {
		err := s.walk(c, func(doc uint64) error {
			f := found[doc]
			found[doc] = similarity{f.score + c.score(), f.terms | bit}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return cost, nil
}

// neighbour is a page with the sections of it that were found, the best first.
type neighbour struct {
	path  wiki.Path
	docs  []alike
	score float64
}

// gather makes neighbours of ranked sections. To a whole page others are compared as pages: what they have of the telling
// words counts wherever it stands, and their further sections count too, each half of the one before. To a section,
// sections are compared.
func (s *session) gather(docs []alike, terms []tellingTerm, whole bool) (near neighbourhood, err error) {
	pages, err := s.byPage(docs)
	if err != nil {
		return near, err
	}
	kept := pages[:0]
	for _, n := range pages {
		has, sum := n.docs[0].terms, n.docs[0].score
		if whole {
			if has, err = s.termsOf(n.path.String(), terms); err != nil {
				return near, err
			}
			for i, d := range n.docs[1:min(len(n.docs), relatedSum)] {
				sum += math.Ldexp(d.score, -i-1)
			}
		}
		if share := shareOf(terms, has); share >= leastShare {
			n.score = sum * share
			kept = append(kept, n)
		}
	}
	slices.SortFunc(kept, func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.score, a.score), a.path.Compare(b.path))
	})
	for _, n := range kept[:min(len(kept), relatedReach)] {
		near.pages = append(near.pages, n.path)
		if len(near.list) < MaxRelated && n.score >= weakShare*kept[0].score {
			if err := s.list(n, &near); err != nil {
				return near, err
			}
		}
	}
	slices.SortStableFunc(near.list, func(a, b Related) int { return cmp.Compare(b.Score, a.Score) })
	near.list = near.list[:min(len(near.list), MaxRelated)]
	return near, nil
}

// byPage groups sections, the best first, by their pages.
func (s *session) byPage(docs []alike) ([]neighbour, error) {
	var pages []neighbour
	at := map[string]int{}
	for _, d := range docs {
		id, err := s.id(d.doc)
		if err != nil {
			return nil, err
		}
		path := pathOf(id)
		i, seen := at[path]
		if !seen {
			p, err := wiki.ParsePath(path)
			if err != nil {
				continue // cannot be: only pages with such a path are indexed
			}
			i = len(pages)
			at[path] = i
			pages = append(pages, neighbour{path: p})
		}
		pages[i].docs = append(pages[i].docs, d)
	}
	return pages, nil
}

// termsOf tells which of the telling words a page has.
func (s *session) termsOf(path string, terms []tellingTerm) (has uint32, err error) {
	doc, ok, err := s.number(pageID(path))
	if err != nil || !ok {
		return 0, err
	}
	for i, t := range terms {
		p, err := s.postings(fieldAll, t.term)
		if err != nil {
			return 0, err
		}
		if p.docs.Contains(uint32(doc)) {
			has |= 1 << i
		}
	}
	return has, nil
}

// shareOf gives the part of the telling words' weight that some of them have.
func shareOf(terms []tellingTerm, has uint32) float64 {
	sum, all := 0.0, 0.0
	for i, t := range terms {
		all += t.value
		if has&(1<<i) != 0 {
			sum += t.value
		}
	}
	return sum / all
}

// list adds a page's best questions, or the page itself where its best section is no question.
func (s *session) list(n neighbour, near *neighbourhood) error {
	asPage := false
	added := 0
	for _, d := range n.docs {
		if added == relatedPerPage || d.score < secondShare*n.docs[0].score {
			return nil
		}
		kept, ok, err := s.storedAt(d.doc)
		if err != nil || !ok {
			return err
		}
		r := Related{Path: n.path, Title: kept.title, Score: n.score * d.score / n.docs[0].score}
		if markdown.IsQuestion(kept.heading) {
			r.Anchor, r.Question = kept.anchor, kept.heading
		} else if asPage {
			continue
		}
		asPage = asPage || r.Question == ""
		near.list = append(near.list, r)
		added++
	}
	return nil
}
