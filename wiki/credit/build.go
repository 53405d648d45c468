package credit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"coppice/wiki"
	"coppice/wiki/internal/diff"
	"coppice/wiki/internal/gitstore"
)

// builder adds commits to a data.
type builder struct {
	w     *wiki.Wiki
	d     *data
	texts texts
	scratch
}

func newBuilder(w *wiki.Wiki, d *data) *builder { return &builder{w: w, d: d, texts: newTexts()} }

// build adds the steps, whose order may be any that puts parents first.
func (b *builder) build(ctx context.Context, steps []wiki.Step, progress func(done, total int)) error {
	ctx, cancel := context.WithCancel(ctx)
	ahead := b.fetch(ctx, mainlineFirst(steps))
	defer func() { // nothing reads the repository any more when this returns
		cancel()
		for range ahead {
		}
	}()
	i := 0
	for f := range ahead {
		if f.err != nil {
			return f.err
		}
		if i%chunkSteps == 0 {
			progress(i, len(steps))
		}
		i++
		if err := b.add(f); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	progress(len(steps), len(steps))
	b.rest()
	return nil
}

// rest lets go of all texts but the newest of the pages that were worked on last: the next edit begins with one of them.
func (b *builder) rest() {
	b.d.tables.mu.Lock()
	defer b.d.tables.mu.Unlock()
	newest := make(map[int32]bool, len(b.texts.of))
	for no := range b.texts.of {
		if last := b.d.newest(b.d.revs[no].path, []int32{int32(len(b.d.commits) - 1)}); last >= 0 {
			newest[b.d.own(last)] = true
		}
	}
	b.texts.rest(func(no int32) bool { return newest[no] })
}

// fetched is a step with what has to be read of it.
type fetched struct {
	*wiki.Step
	commit *gitstore.CommitData
	texts  [][]byte // of each change; nil when Deleted
	err    error
}

// aheadSteps is how many commits are read while the one before is being matched.
const aheadSteps = 16

// fetch reads commits and pages ahead: unpacking takes as long as matching. The channel is closed after the last step,
// after an error and when ctx ends.
func (b *builder) fetch(ctx context.Context, steps []*wiki.Step) <-chan fetched {
	out := make(chan fetched, aheadSteps)
	go func() {
		defer close(out)
		for _, step := range steps {
			f := b.read(step)
			select {
			case out <- f:
			case <-ctx.Done():
				return
			}
			if f.err != nil {
				return
			}
		}
	}()
	return out
}

func (b *builder) read(step *wiki.Step) fetched {
	f := fetched{Step: step, texts: make([][]byte, len(step.Changes))}
	if f.commit, f.err = b.w.Store().Commit(step.ID); f.err != nil {
		return f
	}
	for i, c := range step.Changes {
		if c.Blob.IsZero() {
			continue
		}
		if f.texts[i], f.err = b.blob(c.Blob); f.err != nil {
			return f
		}
	}
	return f
}

// blob reads a text. One that is too large to be read has no words, as if it were over maxText.
func (b *builder) blob(id wiki.ID) ([]byte, error) {
	raw, err := b.w.Store().Blob(id)
	if errors.Is(err, gitstore.ErrTooLarge) {
		return nil, nil
	}
	return raw, err
}

const chunkSteps = 64 // between two reports of progress

// mainlineFirst puts steps in the order in which a branch grows: each merge brings its other sides right before it. The
// numbers of a commit's ancestors are then a few spans.
func mainlineFirst(steps []wiki.Step) []*wiki.Step {
	at := make(map[wiki.ID]int, len(steps))
	child := make([]bool, len(steps))
	for i := range steps {
		at[steps[i].ID] = i
	}
	for i := range steps {
		for _, p := range steps[i].Parents {
			if j, ok := at[p]; ok {
				child[j] = true
			}
		}
	}
	out := make([]*wiki.Step, 0, len(steps))
	done := make([]bool, len(steps))
	var stack []int
	for tip := range steps {
		if child[tip] {
			continue
		}
		stack = append(stack, tip)
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			waits := false
			for _, p := range steps[top].Parents {
				if j, ok := at[p]; ok && !done[j] {
					stack = append(stack, j)
					waits = true
					break
				}
			}
			if waits {
				continue
			}
			stack = stack[:len(stack)-1]
			if !done[top] {
				done[top] = true
				out = append(out, &steps[top])
			}
		}
	}
	return out
}

// page is one page that a commit changed, while its origins are being found.
type page struct {
	change wiki.Change
	bases  []*source // in each parent; nil where it was not
	same   int32
	*matching
}

// add numbers a commit and finds the origins of the pages that it changed.
func (b *builder) add(step fetched) (err error) {
	parents := make([]int32, 0, len(step.Parents))
	for _, id := range step.Parents {
		no, ok := b.d.number(id)
		if !ok {
			return fmt.Errorf("credit: commit %s comes before its parent %s", step.ID, id)
		}
		parents = append(parents, no)
	}
	b.d.tables.mu.Lock()
	b.addPeople(step.commit, parents)
	b.d.tables.mu.Unlock()
	if len(step.Changes) == 0 {
		return nil
	}
	b.reset()
	b.texts.reset()
	pages := make([]*page, len(step.Changes))
	for i := range step.Changes {
		if pages[i], err = b.open(step, i, parents); err != nil {
			return err
		}
	}
	if err := b.match(pages, parents); err != nil {
		return err
	}
	b.finish(step, pages)
	return nil
}

func (b *builder) addPeople(data *gitstore.CommitData, parents []int32) {
	d := b.d
	c := commit{id: data.ID, time: data.Written().Unix(), mentions: int32(len(d.mentions))}
	c.author = d.personNumber(ident{data.Author.Name, data.Author.Email})
	for _, m := range readTrailers(data.Message) {
		d.mentions = append(d.mentions, mention{m.role, d.personNumber(m.ident)})
	}
	d.addCommit(c, parents)
}

// open reads the texts of a page that a commit changed.
func (b *builder) open(step fetched, i int, parents []int32) (*page, error) {
	c := step.Changes[i]
	p := &page{change: c, same: -1}
	olds := []wiki.ID{c.Old}
	if step.Bases != nil {
		olds = step.Bases[i]
	}
	for k, old := range olds {
		p.bases = append(p.bases, nil)
		if old.IsZero() || k >= len(parents) {
			continue
		}
		path := c.Path
		if c.Kind == wiki.Renamed && k == 0 {
			path = c.From
		}
		base, err := b.text(b.d.find(old, path.String(), parents[k:k+1]), old)
		if err != nil {
			return nil, err
		}
		p.bases[k] = base
	}
	if c.Blob.IsZero() {
		p.matching = newMatching(&text{}, b.pools(p), nil, &b.scratch)
		return p, nil
	}
	p.same = b.d.find(c.Blob, c.Path.String(), parents)
	if p.same >= 0 && !b.reusable(p) {
		p.same = -1
	}
	if p.same >= 0 {
		same, err := b.text(p.same, c.Blob)
		if err != nil {
			return nil, err
		}
		p.matching = newMatching(same.text, b.pools(p), nil, &b.scratch)
		return p, nil
	}
	raw := step.texts[i]
	var t *text
	var origins []int32
	if len(p.bases) > 0 && p.bases[0] != nil {
		old := b.texts.old()
		t, origins = relex(p.bases[0].text, raw, old.text), old.origins
	} else {
		t = lex(raw)
	}
	p.matching = newMatching(t, b.pools(p), origins, &b.scratch)
	return p, nil
}

// reusable reports whether the origins of a blob that was there before hold for a page: always, if it is that page's;
// else if there are enough words for it to be no coincidence.
func (b *builder) reusable(p *page) bool {
	r := &b.d.revs[p.same]
	if r.words >= copyWords {
		return true
	}
	name := b.d.paths[r.path]
	return name == p.change.Path.String() || p.change.Kind == wiki.Renamed && name == p.change.From.String()
}

func (b *builder) pools(p *page) []*pool {
	pools := make([]*pool, len(p.bases))
	for i, s := range p.bases {
		if s != nil {
			pools[i] = newPool(s, &b.scratch)
		}
	}
	return pools
}

// text gives the text and the origins of a rev. A blob that no rev has, which only a repository that was tampered with
// can show, is nobody's text.
func (b *builder) text(no int32, blob wiki.ID) (*source, error) {
	if no < 0 {
		return nil, nil
	}
	no = b.d.own(no)
	if s, ok := b.texts.get(no); ok {
		return s, nil
	}
	raw, err := b.blob(blob)
	if err != nil {
		return nil, err
	}
	t := lex(raw)
	s := &source{text: t, origins: expand(b.d.runs(no), len(t.words)), rev: no}
	b.texts.keep(s)
	return s, nil
}

// match finds the origins of the words of all pages that one commit changed, from what is nearest to what is far.
func (b *builder) match(pages []*page, parents []int32) error {
	var open []*matching
	all := make([]*matching, len(pages))
	for i, p := range pages {
		m := p.matching
		all[i] = m
		for _, base := range m.bases {
			if base != nil {
				m.align(base)
			}
		}
		for _, base := range m.bases {
			if base != nil {
				m.moved(base, 1)
			}
		}
		switch {
		case p.same >= 0:
			m.fillGaps() // only to see what is gone
		case len(m.words) > 0:
			open = append(open, m)
		}
	}
	for _, p := range pages {
		if p.same < 0 && p.open > 0 {
			if err := b.restored(p, parents); err != nil {
				return err
			}
		}
	}
	for _, m := range open {
		for _, other := range all {
			if other != m && len(other.bases) > 0 && other.bases[0] != nil {
				m.moved(other.bases[0], copyWords)
			}
		}
	}
	for _, p := range pages {
		if p.same < 0 && p.open > 0 {
			if err := b.copied(p, parents); err != nil {
				return err
			}
		}
	}
	for _, m := range open {
		if m.merge {
			m.join()
		}
		m.fill()
		m.fillGaps()
	}
	b.useLeftovers(open, all)
	return nil
}

func (b *builder) useLeftovers(open, all []*matching) {
	var left *leftovers
	for _, m := range open {
		if !m.hasRun(leftoverWords) {
			continue
		}
		if left == nil {
			left = newLeftovers(all)
		}
		left.use(m)
		if m.hasRun(leftoverWords) {
			if more := m.related(&b.scratch); more != nil {
				more.use(m)
			}
		}
	}
}

// restored finds sentences that the page had at any time before.
func (b *builder) restored(p *page, parents []int32) error {
	d := b.d
	t := d.tables
	if t.gone == nil {
		t.gone = &hashTable{last: make(map[uint32]int32)}
	}
	t.gone.extend(d, func(r *rev) []byte { return r.gone })
	t.mu.Lock()
	name := p.change.Path
	if p.change.Kind == wiki.Renamed {
		name = p.change.From
	}
	last := d.newestOf(name.String(), parents)
	t.mu.Unlock()
	if last < 0 {
		return nil
	}
	line := d.revs[last].page
	return b.search(p, restoreWords, func(hash uint32, f func(rev int32) bool) {
		t.gone.each(d, hash, parents, func(no int32) bool {
			r := &d.revs[no]
			return r.page != line || r.base < 0 || f(r.base)
		})
	})
}

// copied finds sentences that stand on another page, or stood there before.
func (b *builder) copied(p *page, parents []int32) error {
	d := b.d
	t := d.tables
	if t.fresh == nil {
		t.fresh = &hashTable{last: make(map[uint32]int32)}
	}
	t.fresh.extend(d, func(r *rev) []byte { return r.fresh })
	t.gone.extend(d, func(r *rev) []byte { return r.gone })
	return b.search(p, copyWords, func(hash uint32, f func(rev int32) bool) {
		t.fresh.each(d, hash, parents, f)
	})
}

// search looks the sentences of a page that are still open up in old texts: each in the one in which the sentence before
// it was found, else in those that revs lists for its hash.
func (b *builder) search(p *page, least int, revs func(hash uint32, f func(rev int32) bool)) error {
	m := p.matching
	var seen []int32 // what is in memory counts too: how much there is, is no matter of history
	var last *source
	var err error
	for i := range int32(len(m.sentences)) {
		s := m.sentences[i]
		if m.links[i].from != nil || s.len() < least {
			continue
		}
		if last != nil && m.lookUp(i, last) {
			continue
		}
		revs(uint32(s.hash>>32), func(no int32) bool {
			if !slices.Contains(seen, no) {
				if len(seen) == maxSources {
					return false
				}
				seen = append(seen, no)
			}
			var from *source
			if from, err = b.text(no, b.d.revs[no].blob); err != nil {
				return false
			}
			if !m.lookUp(i, from) {
				return true
			}
			last = from
			return false
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lookUp finds sentence i in a source, and its neighbours beside it.
func (m *matching) lookUp(i int32, s *source) bool {
	for _, at := range s.find(m.sentences[i].hash) {
		if m.same(i, at, s) {
			m.whole(i, at, s, nil)
			m.spread(i, at, s, nil)
			return true
		}
	}
	return false
}

// finish gives what is left to the commit itself and writes it all down.
func (b *builder) finish(step fetched, pages []*page) {
	d := b.d
	self := int32(len(d.commits) - 1)
	for _, p := range pages {
		p.giveRest(self)
	}
	d.tables.mu.Lock()
	defer d.tables.mu.Unlock()
	for _, p := range pages {
		c := p.change
		r := rev{
			commit: self, path: d.pathNumber(c.Path.String()), from: -1, kind: c.Kind, merge: len(step.Parents) > 1,
			blob: c.Blob, same: p.same, base: -1, words: int32(len(p.words)),
		}
		if c.Kind == wiki.Renamed {
			r.from = d.pathNumber(c.From.String())
		}
		if len(p.bases) > 0 && p.bases[0] != nil {
			r.base = p.bases[0].rev
			r.gone, r.dropped = p.removed()
		}
		if p.same < 0 && !c.Blob.IsZero() {
			b.write(&r, p)
		}
		no := d.addRev(r)
		if p.same < 0 && !c.Blob.IsZero() {
			b.texts.keep(&source{text: p.text, origins: p.origin, rev: no})
			if r.base >= 0 {
				b.texts.follow(r.base)
			}
		}
	}
}

// smallScript is the length of a script that is kept without looking whether one that stands alone were shorter.
const smallScript = 40

// write makes the script of a rev and lists its new sentences.
func (b *builder) write(r *rev, p *page) {
	for i, l := range p.links {
		if l.from != nil {
			continue
		}
		for _, o := range p.origin[p.sentences[i].from:p.sentences[i].to] {
			if o == r.commit {
				r.added++
			}
		}
	}
	if r.base >= 0 && b.d.revs[r.base].depth < maxDepth {
		r.script = encodeScript(p.origin, p.copied, r.commit)
	}
	if n := len(r.script); n == 0 || n > smallScript {
		if s := encodeRuns(p.origin, r.commit); n == 0 || len(s) <= n+2 {
			r.script, r.alone = s, true
		}
	}
	for i, s := range p.sentences {
		if p.links[i].from == nil && s.len() >= copyWords {
			r.fresh = binary.LittleEndian.AppendUint32(r.fresh, uint32(s.hash>>32)|1)
		}
	}
}

// removed lists the sentences of the first base that are gone, and counts the words.
func (m *matching) removed() (hashes []byte, words int32) {
	p := m.bases[0]
	stand := p.taken
	if m.merge {
		stand = m.standOrWent()
	}
	for i, s := range p.sentences {
		if p.exact[i] {
			continue
		}
		left := 0
		for _, stands := range stand[s.from:s.to] {
			if !stands {
				left++
			}
		}
		words += int32(left)
		h := uint32(s.hash>>32) &^ 1
		if 2*left >= s.len() {
			h |= 1
		}
		hashes = binary.LittleEndian.AppendUint32(hashes, h)
	}
	return hashes, words
}

// standOrWent marks the words of the first base of a merge that stand, or that another parent does not have in that place:
// these were taken away before the merge, or brought and not chosen.
func (m *matching) standOrWent() []bool {
	type known struct {
		hash   uint64
		origin int32
	}
	first := m.bases[0]
	stand := slices.Clone(first.taken)
	places := m.lost(first)
	for _, p := range m.bases[1:] {
		if p == nil {
			continue
		}
		others := map[known][]gone{}
		for _, g := range m.lost(p) {
			k := known{p.words[g.word].hash, p.origins[g.word]}
			others[k] = append(others[k], g)
		}
		kept := places[:0]
		for _, g := range places {
			k := known{first.words[g.word].hash, first.origins[g.word]}
			list := others[k]
			for len(list) > 0 && list[0].before(g) {
				list = list[1:]
			}
			if len(list) > 0 && !g.before(list[0]) {
				kept, list = append(kept, g), list[1:]
			}
			others[k] = list
		}
		places = kept
	}
	both := make([]bool, len(stand))
	for _, g := range places {
		both[g.word] = true
	}
	for w := range stand {
		stand[w] = stand[w] || !both[w]
	}
	return stand
}

// gone is a word of a base that is not in the new text, and where that has other words in place of it and of those
// around it: words[from:to].
type gone struct {
	word     int
	from, to int
}

// before reports whether two words are not gone from one place, for other words came in place of each.
func (g gone) before(h gone) bool {
	return g.to < h.from || g.to == h.from && g.from < g.to && h.from < h.to
}

// lost gives the words of a base that the new text has not, in order.
func (m *matching) lost(p *pool) (list []gone) {
	steps := alignSteps
	for _, e := range diff.Hashes(wordHashes(p.text), wordHashes(m.text), &steps) {
		for w := e.A0; w < e.A1; w++ {
			list = append(list, gone{w, e.B0, e.B1})
		}
	}
	return list
}

func wordHashes(t *text) []uint64 {
	h := make([]uint64, len(t.words))
	for i, w := range t.words {
		h[i] = w.hash
	}
	return h
}

// Alone credits one page from a list of its revisions, oldest first, as if each had changed the one before and there
// were no other page: it says what a page costs from nothing, and needs no index. It gives the words of the last
// revision that each commit brought.
func Alone(ctx context.Context, w *wiki.Wiki, revs []wiki.Revision) (map[wiki.ID]int, error) {
	steps := make([]wiki.Step, len(revs))
	for i, r := range revs {
		steps[i] = wiki.Step{ID: r.ID, Changes: []wiki.Change{{Kind: r.Kind, Path: r.Path, From: r.From, Blob: r.Blob}}}
		if i > 0 {
			steps[i].Parents = []wiki.ID{revs[i-1].ID}
			steps[i].Changes[0].Old = revs[i-1].Blob
		}
	}
	d := newData()
	if err := newBuilder(w, d).build(ctx, steps, func(int, int) {}); err != nil || len(d.revs) == 0 {
		return nil, err
	}
	brought := make(map[wiki.ID]int)
	from := int32(0)
	for _, r := range d.runs(int32(len(d.revs) - 1)) {
		brought[d.commits[r.commit].id] += int(r.to - from)
		from = r.to
	}
	return brought, nil
}
