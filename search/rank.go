package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

const (
	// exactTitle is above any sum of scores, so that the page of just that title comes first, and exactQuestion above
	// those of all others, so that the question comes next.
	exactTitle    = 2000.0
	exactQuestion = 1000.0
)

// isExact reports whether a score has the points of an exact title. No other sum comes near.
func isExact(score float64) bool { return score >= exactTitle }

// scorers gives what sections are scored by.
func (p *plan) scorers() []*unitScorer {
	var list []*unitScorer
	for i := range p.units {
		list = append(list, p.unitScorer(p.units[i].alternatives, nil))
	}
	for _, c := range p.q.clauses {
		if c.not || c.field != inTitle && (c.field != anywhere || !c.phrase) {
			continue
		}
		var only *roaring.Bitmap
		if c.phrase && c.field == anywhere {
			only = p.placesOf(c.text).sections
		}
		list = append(list, p.unitScorer(p.literally(c.text), only))
	}
	return list
}

// score walks the sections of the pages that are in, and notes the best two of each.
func (p *plan) score(b *board) error {
	r := p.ranker()
	if p.err != nil {
		return p.err
	}
	b.measure(len(r.list))
	var block [pauseEvery]uint32
	for it := r.docs.ManyIterator(); ; {
		n := it.NextMany(block[:])
		if n == 0 {
			return nil
		}
		if err := p.s.ctx.Err(); err != nil {
			return err
		}
		for _, doc := range block[:n] {
			if err := r.rank(b, doc); err != nil {
				return err
			}
		}
	}
}

// orNone gives nil for an empty set, so that nobody asks it of each section.
func orNone(set *roaring.Bitmap) *roaring.Bitmap {
	if set == nil || set.IsEmpty() {
		return nil
	}
	return set
}

// sectionRanker says what sections count. It is asked for them in their order.
type sectionRanker struct {
	p            *plan
	list         []*unitScorer
	docs         *roaring.Bitmap // the sections that count
	exact, named *roaring.Bitmap // those that ask just that, and those that have every word in their names
	bonus        float64         // for having every word
	coord        []float64       // what the score is multiplied by, by how many units the section has
}

func (p *plan) ranker() *sectionRanker {
	list := p.scorers()
	sets := make([]*roaring.Bitmap, 0, len(list))
	for _, u := range list {
		sets = append(sets, u.docs())
	}
	return &sectionRanker{p, list, union(sets), orNone(p.exactSections()), orNone(p.namedSections()), p.weight() * rankWeights.named, p.coord()}
}

// coord gives the coordination factors of a section that has 0, 1... of the units. What no page has is not asked for.
func (p *plan) coord() []float64 {
	n := 0
	for i := range p.units {
		if !p.units[i].pages.IsEmpty() {
			n++
		}
	}
	list := make([]float64, len(p.units)+1)
	for i := range list {
		list[i] = math.Pow(float64(min(i, n))/float64(max(n, 1)), rankWeights.coord)
	}
	return list
}

// rank takes a section into account if its page is in.
func (r *sectionRanker) rank(b *board, doc uint32) error {
	at := b.has(r.p.s.pageNo(uint64(doc)))
	if at < 0 {
		return nil
	}
	sum, err := r.score(doc, b.row(at))
	if err == nil {
		r.p.s.note(&b.list[at], doc, sum)
	}
	return err
}

// score gives what a section counts, and adds up in tf how often it has each of what is scored.
func (r *sectionRanker) score(doc uint32, tf []float64) (sum float64, err error) {
	units := 0
	for i, u := range r.list {
		x, raw, err := u.score(uint64(doc))
		if err != nil {
			return 0, err
		}
		if x > 0 && i < len(r.coord)-1 {
			units++
		}
		sum += x
		tf[i] += raw
	}
	if len(r.coord) > 1 {
		sum *= r.coord[units]
	}
	if r.exact != nil && r.exact.Contains(doc) {
		sum += exactQuestion
	}
	if r.named != nil && r.named.Contains(doc) {
		sum += r.bonus
	}
	return sum, nil
}

// note takes a section into account. Of equals the one that stands first on the page is the best.
func (s *session) note(page *standing, doc uint32, score float64) {
	switch {
	case score <= 0:
	case score > page.best, score == page.best && s.sectionNo(doc) < s.sectionNo(page.section):
		page.second = page.best
		page.best, page.section = score, doc
	default:
		page.second = max(page.second, score)
	}
}

// name gives what was typed, as titles and questions are compared; "" when there is none.
func (p *plan) name() string {
	typed := make([]string, len(p.words))
	for i, c := range p.words {
		typed[i] = c.text
	}
	if len(typed) == 0 { // a title in quotes is also that title
		for _, c := range p.q.clauses {
			if c.phrase && !c.not && c.field == anywhere {
				typed = append(typed, c.text)
			}
		}
	}
	return shortName(fold(strings.Join(typed, " ")))
}

// exactSections gives the sections that ask just what was typed; nil when nothing was.
func (p *plan) exactSections() *roaring.Bitmap {
	if name := p.name(); name != "" {
		return p.docs(fieldTags, tagName+name)
	}
	return nil
}

// asks reports whether something is asked that a section may answer; a filter alone leads to the top of a page.
func (p *plan) asks() bool {
	return slices.ContainsFunc(p.q.clauses, func(c clause) bool { return !c.not && c.field == anywhere })
}

// namedSections gives the sections whose question, or wordings of it, have every word that was typed; nil when it was one
// word, which says no more than that it is there.
func (p *plan) namedSections() *roaring.Bitmap {
	var sets []*roaring.Bitmap
	for _, c := range p.words {
		for _, w := range wordsOf(fold(c.text)) {
			sets = append(sets, p.docs(fieldWords, w))
		}
	}
	if len(sets) < 2 {
		return nil
	}
	return intersection(sets)
}

// weight gives how much the words of the query say together.
func (p *plan) weight() (sum float64) {
	for _, u := range p.units {
		sum += u.weight
	}
	return sum
}

// found is a page of the answer.
type found struct {
	page    uint32 // its number
	own     uint32 // its own document
	section uint32 // its best section
	opens   bool   // there, and not at its top
	score   float64
}

// ranking gives the pages that are in, best first: n of them after the first from.
func (p *plan) ranking(b *board, from, n int) []found {
	titled := roaring.New()
	if name := p.name(); name != "" {
		titled = p.docs(fieldTags, tagTitled+name)
	}
	t := top{s: p.s, n: min(from, math.MaxInt32) + n}
	for i := range b.list {
		page := &b.list[i]
		if !page.in {
			continue
		}
		f := found{page: page.page, own: page.own, section: page.section, opens: page.best > 0 && p.asks()}
		f.score = page.best + rankWeights.second*page.second + p.whole(page, b.row(i))
		if titled.Contains(page.own) {
			f.score, f.opens = f.score+exactTitle, false
		}
		t.add(f)
	}
	list := t.sorted()
	return list[min(from, len(list)):]
}

// top keeps the first n pages of those that are added.
type top struct {
	s     *session
	n     int
	list  []found
	floor float64 // the score of the last of n pages that were found so far
}

func (t *top) add(f found) {
	if f.score < t.floor {
		return
	}
	t.list = append(t.list, f)
	if len(t.list) >= 2*max(t.n, minTop) {
		if t.list = t.sorted(); t.n > 0 {
			t.floor = t.list[t.n-1].score
		}
	}
}

// minTop is how many pages are worth sorting.
const minTop = 32

// sorted gives them, best first, and pages of one score by their paths.
func (t *top) sorted() []found {
	slices.SortFunc(t.list, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(t.s.paths[a.page], t.s.paths[b.page]))
	})
	return t.list[:min(t.n, len(t.list))]
}

// whole scores a page as one text, by BM25 too: in each part of it a word may be rare, and the page be about it.
func (p *plan) whole(page *standing, counts []float64) float64 {
	length := p.s.lengthOf(page.own)
	sum := 0.0
	if p.useless {
		sum = rankWeights.names * page.cover
	}
	for i := range min(len(counts), len(p.units)) {
		tf := counts[i]
		sum += rankWeights.page * p.units[i].weight * tf * (rankWeights.pageK1 + 1) / (tf + rankWeights.pageK1*length)
	}
	return sum
}

// lengthOf gives how many words a page has, of the average.
func (s *session) lengthOf(own uint32) float64 {
	part, local := s.placeOf(uint64(own))
	words := float64(s.rows[part].of(local).words)
	body := slices.Index(scoredFields[:], fieldBody)
	return max(words, 1) * float64(s.pages) / float64(max(s.lengths[body], 1))
}
