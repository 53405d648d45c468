package credit

import (
	"bytes"
	"iter"
	"slices"

	"coppice/wiki/internal/diff"
)

// Limits of matching. Those that decide whether equal words are the same words were set on generated histories with
// known truth; the figures in the package comment are from other seeds.
const (
	// copyWords is how many words a sentence needs to be recognised on another page, or long after it was removed from
	// one: shorter ones are written by several people independently. One that continues such a sentence may be shorter.
	copyWords = 6
	// restoreWords is the same for a sentence that the very page had before.
	restoreWords = 2
	// leftoverWords is how long a run of words must be to be recognised without its sentence, among the words that the
	// same commit took from the page; from other pages it must be longer.
	leftoverWords  = 5
	leftoverFar    = 7
	leftoverPlaces = 8 // how many equal beginnings of a run are tried
	// relatedWords is how many words must have been found, sentence by sentence, in an old text for runs of leftoverWords
	// to be looked for there too: a page that is copied and rearranged, or converted from another markup, keeps few of
	// its sentences as they were.
	relatedWords = 30
	// likeness is the share of the words of the shorter sentence that must be found, in order, in the longer one for
	// the two to be one sentence that was edited; likenessAlone is the share if nothing else could have become it.
	likeness      = 0.5
	likenessAlone = 0.34
	// runWords is how many words in a row are believed to be the same words although their sentences are unlike.
	runWords = 4
	// shortWord is the length in bytes up to which a match counts half: such words are in most sentences. So is one
	// character of a script without spaces, which is three bytes. (How often a word occurs on the page says no more.)
	shortWord = 3
	// alignSteps bounds the comparisons for one page in one commit: a page of 1,000 changed words stays within it, and
	// one that was rewritten from end to end gets a good answer instead of the best.
	alignSteps = 1 << 19
	// maxSources bounds the old texts that are looked at for one page in one commit: each costs about as much as the
	// page itself.
	maxSources = 24
	// maxHits bounds the places of one sentence that are considered.
	maxHits = 16
	// gapSentences bounds the sentences between two that were found in the same source, for what lies between them there
	// to be compared.
	gapSentences = 12
)

const nobody = -1 // the origin of a word that is not decided yet

// source is a text whose words have known origins.
type source struct {
	*text
	origins []int32 // for each word the number of the commit that brought it
	rev     int32
	index   map[uint64][]int32 // sentences by hash, made when it is first asked for
	on      *shelf             // that it is kept on
}

func (s *source) find(hash uint64) []int32 {
	if s.index == nil {
		s.index = make(map[uint64][]int32, len(s.sentences))
		for i, t := range s.sentences {
			if list := s.index[t.hash]; len(list) < maxHits {
				s.index[t.hash] = append(list, int32(i))
			}
		}
	}
	return s.index[hash]
}

// pool is a base with a note of which of its words stand in the new text already, so that none is used twice.
type pool struct {
	*source
	taken []bool // words
	exact []bool // sentences that stand unchanged somewhere
}

func newPool(s *source, sc *scratch) *pool {
	return &pool{source: s, taken: sc.marks.take(len(s.words)), exact: sc.marks.take(len(s.sentences))}
}

// scratch is memory for the time of one commit, used again for the next.
type scratch struct {
	places arena[int32]
	links  arena[link]
	marks  arena[bool]
}

// maxScratch is how much of each is kept: one commit that changes every page does not hold on to its memory for ever.
const maxScratch = 1 << 19

func (s *scratch) reset() {
	s.places.reset()
	s.links.reset()
	s.marks.reset()
}

type arena[T any] struct {
	all  []T
	used int
}

func (a *arena[T]) reset() {
	if a.used = 0; len(a.all) > maxScratch {
		a.all = nil
	}
}

// take gives n zeros.
func (a *arena[T]) take(n int) []T {
	if len(a.all)-a.used < n {
		a.all, a.used = make([]T, max(2*len(a.all), n)), 0 // who has the old memory keeps it
	}
	got := a.all[a.used : a.used+n : a.used+n]
	a.used += n
	clear(got)
	return got
}

// link says where a sentence of the new text was found whole.
type link struct {
	from     *source
	pool     *pool // of from, if its words are used up
	sentence int32
}

// gap is a stretch of sentences of a base that became a stretch of the new text.
type gap struct {
	diff.Edit
	pool *pool
}

// matching finds the origins of the words of one page that a commit changed.
type matching struct {
	*text
	bases  []*pool // of each parent; the first may be nil
	origin []int32 // of each word, or nobody
	copied []int32 // of each word: its place in bases[0], or -1
	links  []link  // of each sentence
	gaps   []gap
	open   int // sentences without a link
	steps  int
	merge  bool // of several bases
}

// newMatching begins with nothing found. The memory of origins, if there is enough, becomes that of the new ones.
func newMatching(t *text, bases []*pool, origins []int32, s *scratch) *matching {
	m := &matching{
		text: t, bases: bases,
		origin: slices.Grow(origins[:0], len(t.words))[:len(t.words)], copied: s.places.take(len(t.words)),
		links: s.links.take(len(t.sentences)), open: len(t.sentences), steps: alignSteps,
	}
	for i := range m.origin {
		m.origin[i], m.copied[i] = nobody, -1
	}
	there := 0
	for _, p := range bases {
		if p != nil {
			there++
		}
	}
	m.merge = there > 1
	return m
}

// take gives word i the origin of word at of a source.
func (m *matching) take(i, at int32, s *source, p *pool) {
	if m.origin[i] != nobody {
		if m.merge && p != nil {
			p.taken[at] = true // another parent has it too
		}
		return
	}
	m.origin[i] = s.origins[at]
	if p != nil {
		p.taken[at] = true
		if len(m.bases) > 0 && p == m.bases[0] {
			m.copied[i] = at
		}
	}
}

// whole gives sentence i the origins of sentence at of a source.
func (m *matching) whole(i, at int32, s *source, p *pool) {
	mine, theirs := m.sentences[i], s.sentences[at]
	if m.links[i].from == nil {
		m.open--
	}
	m.links[i] = link{s, p, at}
	if p != nil {
		p.exact[at] = true
	}
	for k := range int32(mine.len()) {
		m.take(mine.from+k, theirs.from+k, s, p)
	}
}

// same reports whether two sentences have the same words.
func (m *matching) same(i, at int32, s *source) bool {
	a, b := m.sentences[i], s.sentences[at]
	if a.hash != b.hash || a.len() != b.len() {
		return false
	}
	for k := range a.len() {
		if m.words[int(a.from)+k].hash != s.words[int(b.from)+k].hash {
			return false
		}
	}
	return true
}

// align finds the sentences that stand unchanged and in order since a base.
func (m *matching) align(p *pool) {
	edits := diff.Hashes(sentenceHashes(p.text), sentenceHashes(m.text), &m.steps)
	i, j := 0, 0
	equal := func(to int) {
		if p == m.bases[0] && i < to {
			m.stretch(int32(j), int32(i), int32(to-i))
			i, j = to, j+to-i
			return
		}
		for ; i < to; i, j = i+1, j+1 {
			if m.links[j].from == nil {
				m.whole(int32(j), int32(i), p.source, p)
				continue
			}
			p.exact[i] = true // another parent has it too
			for w := p.sentences[i].from; w < p.sentences[i].to; w++ {
				p.taken[w] = true
			}
		}
	}
	for _, e := range edits {
		equal(e.A0)
		i, j = e.A1, e.B1
		m.gaps = append(m.gaps, gap{e, p})
	}
	equal(len(p.sentences))
}

// stretch is whole for n sentences in a row of the first base, before anything else was found: nearly all of a page.
func (m *matching) stretch(i, at, n int32) {
	p := m.bases[0]
	for k := range n {
		m.links[i+k] = link{p.source, p, at + k}
		p.exact[at+k] = true
	}
	m.open -= int(n)
	from, to := m.sentences[i].from, m.sentences[i+n-1].to
	old := p.sentences[at].from
	copy(m.origin[from:to], p.origins[old:])
	for k := range to - from {
		m.copied[from+k] = old + k
		p.taken[old+k] = true
	}
}

func sentenceHashes(t *text) []uint64 {
	h := make([]uint64, len(t.sentences))
	for i, s := range t.sentences {
		h[i] = s.hash
	}
	return h
}

// moved finds sentences of a base that stand elsewhere now. Short ones count only where least says so.
func (m *matching) moved(p *pool, least int) {
	if m.open == 0 {
		return
	}
	var loose map[uint64][]int32
	for at, s := range p.sentences {
		if !p.exact[at] {
			if loose == nil {
				loose = make(map[uint64][]int32)
			}
			loose[s.hash] = append(loose[s.hash], int32(at))
		}
	}
	if loose == nil {
		return
	}
	for i := range int32(len(m.sentences)) {
		s := m.sentences[i]
		if m.links[i].from != nil || s.len() < least {
			continue
		}
		for _, at := range loose[s.hash] {
			if !p.exact[at] && m.same(i, at, p.source) {
				m.whole(i, at, p.source, p)
				m.spread(i, at, p.source, p)
				break
			}
		}
	}
}

// spread goes on from a sentence that was found in a source to its neighbours there.
func (m *matching) spread(i, at int32, s *source, p *pool) {
	for _, by := range [2]int32{1, -1} {
		for i, at := i+by, at+by; i >= 0 && at >= 0 && int(i) < len(m.sentences) && int(at) < len(s.sentences); i, at = i+by, at+by {
			if m.links[i].from != nil || p != nil && p.exact[at] || !m.same(i, at, s) {
				break
			}
			m.whole(i, at, s, p)
		}
	}
}

// piece is the words of one sentence that stand on one line, words[from:to].
type piece struct{ from, to int32 }

// pieces gives those of the sentences that are wanted, and their hashes.
func (t *text) pieces(sentences []sentence, wanted func(i int) bool) (list []piece, hashes []uint64) {
	for i, s := range sentences {
		if !wanted(i) {
			continue
		}
		for from := s.from; from < s.to; {
			to := from + 1
			for to < s.to && bytes.IndexByte(t.source[t.words[to-1].end:t.words[to].start], '\n') < 0 {
				to++
			}
			list, hashes = append(list, piece{from, to}), append(hashes, gram(t.words[from:to]))
			from = to
		}
	}
	return list, hashes
}

// join finds the lines of a merge. What git merges without a conflict is put together from whole lines of the parents: a
// sentence that was changed on several sides may be like none of theirs, but each of its pieces is a piece of one. Those in
// the place where a parent has them come first.
func (m *matching) join() {
	for _, g := range m.gaps {
		p := g.pool
		old, oldHashes := p.pieces(p.sentences[g.A0:g.A1], func(i int) bool { return !p.exact[g.A0+i] })
		mine, myHashes := m.pieces(m.sentences[g.B0:g.B1], func(i int) bool { return m.links[g.B0+i].from == nil })
		for i, j := range common(diff.Hashes(oldHashes, myHashes, &m.steps), len(old)) {
			m.takePiece(mine[j], old[i], p)
		}
	}
	mine, hashes := m.pieces(m.sentences, func(i int) bool { return m.links[i].from == nil && m.isOpen(m.sentences[i]) })
	if len(mine) == 0 {
		return
	}
	for _, p := range m.bases {
		if p == nil {
			continue
		}
		old, oldHashes := p.pieces(p.sentences, func(int) bool { return true })
		at := make(map[uint64]piece, len(old))
		for i, h := range oldHashes {
			at[h] = old[i]
		}
		for i, h := range hashes {
			if o, ok := at[h]; ok {
				m.takePiece(mine[i], o, p)
			}
		}
	}
}

// isOpen reports whether a word of a sentence has no origin.
func (m *matching) isOpen(s sentence) bool { return slices.Contains(m.origin[s.from:s.to], nobody) }

func (m *matching) takePiece(mine, old piece, p *pool) {
	for k := range min(mine.to-mine.from, old.to-old.from) {
		m.take(mine.from+k, old.from+k, p.source, p)
	}
}

// common gives the places, in the old list and the new one, of what stands between the edits of a list of that length.
func common(edits []diff.Edit, length int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		i, j := 0, 0
		for k := range len(edits) + 1 {
			next := diff.Edit{A0: length}
			if k < len(edits) {
				next = edits[k]
			}
			for ; i < next.A0; i, j = i+1, j+1 {
				if !yield(i, j) {
					return
				}
			}
			i, j = next.A1, next.B1
		}
	}
}

// fill compares, word by word, sentences beside ones that were found whole with what stands beside those in their source:
// what was moved, copied or restored may have been mended in the same commit.
func (m *matching) fill() {
	for from := int32(0); int(from) < len(m.links); from++ {
		if m.links[from].from != nil {
			continue
		}
		to := from + 1
		for int(to) < len(m.links) && m.links[to].from == nil {
			to++
		}
		if to-from <= gapSentences {
			m.fillBeside(from, to)
		}
		from = to
	}
}

func (m *matching) fillBeside(from, to int32) {
	var before, after link
	if from > 0 {
		before = m.links[from-1]
	}
	if int(to) < len(m.links) {
		after = m.links[to]
	}
	if before.from != nil && before.from == after.from && after.sentence > before.sentence && after.sentence-before.sentence <= gapSentences {
		m.compare(before.from, before.pool, before.sentence+1, after.sentence, from, to)
		return
	}
	reach := to - from + 1
	if before.from != nil {
		m.compare(before.from, before.pool, before.sentence+1, min(before.sentence+1+reach, int32(len(before.from.sentences))), from, to)
	}
	if after.from != nil {
		m.compare(after.from, after.pool, max(0, after.sentence-reach), after.sentence, from, to)
	}
}

// fillGaps compares, word by word, what was changed in place.
func (m *matching) fillGaps() {
	for _, g := range m.gaps {
		m.compare(g.pool.source, g.pool, int32(g.A0), int32(g.A1), int32(g.B0), int32(g.B1))
	}
}

// compare finds the words of sentences i0 to i1 that are those of sentences a0 to a1 of a source. In a merge, words that
// another parent gave are compared too: what one side changed in a sentence is little beside what all have.
func (m *matching) compare(s *source, p *pool, a0, a1, i0, i1 int32) {
	var old, mine []int32
	var oldHashes, myHashes []uint64
	oldSentences, mySentences := 0, 0
	for i, t := range s.sentences[a0:a1] {
		n := len(old)
		for w := t.from; w < t.to; w++ {
			if p == nil || !p.taken[w] || m.merge && !p.exact[int(a0)+i] {
				old, oldHashes = append(old, w), append(oldHashes, s.words[w].hash)
			}
		}
		if len(old) > n {
			oldSentences++
		}
	}
	if len(old) == 0 {
		return
	}
	for i, t := range m.sentences[i0:i1] {
		n := len(mine)
		for w := t.from; w < t.to; w++ {
			if m.origin[w] == nobody || m.merge && m.links[int(i0)+i].from == nil {
				mine, myHashes = append(mine, w), append(myHashes, m.words[w].hash)
			}
		}
		if len(mine) > n {
			mySentences++
		}
	}
	if len(mine) == 0 {
		return
	}
	c := comparison{m: m, s: s, old: old, mine: mine, alone: oldSentences == 1 && mySentences == 1}
	c.pair(diff.Hashes(oldHashes, myHashes, &m.steps), a0, i0)
	for k, x := range c.believed() {
		if x {
			m.take(mine[c.pairs[k].mine], old[c.pairs[k].old], s, p)
		}
	}
}

// comparison is a list of words that two stretches have in common, in order, and what speaks for their being the same.
type comparison struct {
	m         *matching
	s         *source
	old, mine []int32 // words
	alone     bool    // one sentence stands against one
	pairs     []pair
}

type pair struct {
	old, mine     int32 // places in the lists
	inOld, inMine int32 // sentences
}

func (c *comparison) pair(edits []diff.Edit, a0, i0 int32) {
	for i, j := range common(edits, len(c.old)) {
		for c.s.sentences[a0].to <= c.old[i] {
			a0++
		}
		for c.m.sentences[i0].to <= c.mine[j] {
			i0++
		}
		c.pairs = append(c.pairs, pair{int32(i), int32(j), a0, i0})
	}
}

// believed says which of the pairs are the same words. Two unrelated sentences of one language share a quarter of their
// words, in order, by chance; an old author gets no credit for that.
func (c *comparison) believed() []bool {
	yes := make([]bool, len(c.pairs))
	type key struct{ old, mine int32 }
	found := make(map[key]float64)
	for _, p := range c.pairs {
		found[key{p.inOld, p.inMine}] += weight(c.m.words[c.mine[p.mine]])
	}
	alike := make(map[key]bool, len(found))
	for k, sum := range found {
		shorter := min(c.s.weight(c.s.sentences[k.old]), c.m.weight(c.m.sentences[k.mine]))
		need := likeness
		if c.alone {
			need = likenessAlone
		}
		alike[k] = sum >= need*shorter
	}
	for from := 0; from < len(c.pairs); {
		to := from + 1
		for to < len(c.pairs) && c.pairs[to].old == c.pairs[to-1].old+1 && c.pairs[to].mine == c.pairs[to-1].mine+1 {
			to++
		}
		long := to-from >= runWords
		for k := from; k < to; k++ {
			yes[k] = long || alike[key{c.pairs[k].inOld, c.pairs[k].inMine}]
		}
		from = to
	}
	return yes
}

// weight is what a match of a word counts.
func weight(w word) float64 {
	if w.end-w.start <= shortWord {
		return 0.5
	}
	return 1
}

func (t *text) weight(s sentence) (sum float64) {
	for _, w := range t.words[s.from:s.to] {
		sum += weight(w)
	}
	return sum
}

// leftovers are the words that a commit took away from its pages, found by how a run of them begins.
type leftovers struct {
	pools []*pool
	owner []*matching // of each pool
	at    map[uint64][]place
}

type place struct {
	pool int32
	word int32
}

func newLeftovers(all []*matching) *leftovers {
	l := &leftovers{at: make(map[uint64][]place)}
	for _, m := range all {
		for _, p := range m.bases {
			if p != nil {
				l.add(p, m)
			}
		}
	}
	return l
}

func (l *leftovers) add(p *pool, owner *matching) {
	no := int32(len(l.pools))
	l.pools, l.owner = append(l.pools, p), append(l.owner, owner)
	run := 0
	for w := range p.words {
		if run++; p.taken[w] {
			run = 0
		}
		if w := w - leftoverWords + 1; run >= leftoverWords {
			h := gram(p.words[w : w+leftoverWords])
			if list := l.at[h]; len(list) < maxHits {
				l.at[h] = append(list, place{no, int32(w)})
			}
		}
	}
}

// related gives the old texts of which a page has many sentences, without those.
func (m *matching) related(s *scratch) *leftovers {
	found := map[*source]int{}
	var order []*source
	for i, l := range m.links {
		if l.from != nil && l.pool == nil {
			if found[l.from] == 0 {
				order = append(order, l.from)
			}
			found[l.from] += m.sentences[i].len()
		}
	}
	var left *leftovers
	for _, from := range order {
		if found[from] < relatedWords {
			continue
		}
		p := newPool(from, s)
		for _, l := range m.links {
			if l.from == from && l.pool == nil {
				p.exact[l.sentence] = true
				for w := range from.sentences[l.sentence].len() {
					p.taken[int(from.sentences[l.sentence].from)+w] = true
				}
			}
		}
		if left == nil {
			left = &leftovers{at: make(map[uint64][]place)}
		}
		left.add(p, m)
	}
	return left
}

func gram(words []word) uint64 {
	h := uint64(fnvOffset)
	for _, w := range words {
		h = mix(h ^ w.hash)
	}
	return h
}

// use gives runs of words that a page has gained the origins of equal runs that were taken away.
func (l *leftovers) use(m *matching) {
	next := 0 // sentence
	for i := 0; i+leftoverWords <= len(m.words); {
		for int(m.sentences[next].to) <= i {
			next++
		}
		if m.links[next].from != nil {
			i = int(m.sentences[next].to)
			continue
		}
		if n := openRun(m.origin[i : i+leftoverWords]); n < leftoverWords {
			i += max(n, 1)
			continue
		}
		best, length := place{}, 0
		for k, pl := range l.at[gram(m.words[i:i+leftoverWords])] {
			if k == leftoverPlaces {
				break
			}
			p, n := l.pools[pl.pool], 0
			for i+n < len(m.words) && int(pl.word)+n < len(p.words) && m.origin[i+n] == nobody && !p.taken[int(pl.word)+n] && m.words[i+n].hash == p.words[int(pl.word)+n].hash {
				n++
			}
			if own := l.owner[pl.pool] == m; n > length && (own && n >= leftoverWords || n >= leftoverFar) {
				best, length = pl, n
			}
		}
		if length == 0 {
			i++
			continue
		}
		p := l.pools[best.pool]
		for k := range int32(length) {
			m.take(int32(i)+k, best.word+k, p.source, p)
		}
		m.around(int32(i), best.word, p)
		m.around(int32(i+length-1), best.word+int32(length)-1, p)
		i += length
	}
}

// hasRun reports whether so many words in a row have no origin.
func (m *matching) hasRun(n int) bool {
	if m.open == 0 {
		return false
	}
	run, next := 0, int32(0)
	for i, l := range m.links {
		if l.from != nil {
			continue
		}
		s := m.sentences[i]
		if s.from != next {
			run = 0
		}
		next = s.to
		for _, o := range m.origin[s.from:s.to] {
			if run++; o != nobody {
				run = 0
			}
			if run == n {
				return true
			}
		}
	}
	return false
}

// giveRest gives what nothing was found for to a commit.
func (m *matching) giveRest(commit int32) {
	for i, l := range m.links {
		if l.from != nil {
			continue
		}
		for w := m.sentences[i].from; w < m.sentences[i].to; w++ {
			if m.origin[w] == nobody {
				m.origin[w] = commit
			}
		}
	}
}

// openRun counts the words without an origin that a list begins with.
func openRun(origin []int32) int {
	for n, o := range origin {
		if o != nobody {
			return n
		}
	}
	return len(origin)
}

// around compares the whole sentences of two words that were found to be the same.
func (m *matching) around(i, at int32, p *pool) {
	mine, old := sentenceOf(m.text, i), sentenceOf(p.text, at)
	m.compare(p.source, p, old, old+1, mine, mine+1)
}

// sentenceOf gives the sentence that a word stands in.
func sentenceOf(t *text, w int32) int32 {
	n, _ := slices.BinarySearchFunc(t.sentences, w, func(s sentence, w int32) int {
		if s.to <= w {
			return -1
		}
		return 1
	})
	return int32(n)
}
