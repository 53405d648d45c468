package diff

import (
	"bytes"
	"slices"
	"unicode"
)

// Merge joins theirs and mine, both made from base.
//
// It first merges by line, as git does: where only one side changed a run of lines, that change is kept; where
// both made the same change, it is kept once; runs that overlap or touch are a conflict. If that leaves a
// conflict, it also merges by block: split cuts a text in the things an editor thinks of (headings, paragraphs,
// list items, table rows). Changes of different blocks are kept even where the blocks are neighbours, and blocks
// that both changed are merged by line. Of the two results, the one that leaves less in conflict is given.
//
// Some things stay conflicts because nobody but a person can order them: different text inserted at the same
// place, an insertion next to a block that the other side deleted or split, an edit in a block that the other side
// deleted.
//
// The blocks of split must cover the text in order; ends of blocks that are not ends of lines don't count. A nil
// split leaves the merge by line. The slices of the result may share memory with the arguments.
//
// merge(base, x, base) and merge(base, x, x) are x. Exchanging theirs and mine exchanges them in the conflicts and
// changes nothing else. A line with words in it that neither side touched stands in the result, whichever side of
// the conflicts is taken. Nothing is normalised: see Normalize for line endings.
func Merge(base, theirs, mine []byte, split func([]byte) []Block) Result {
	b, t, m := lineCut(base), lineCut(theirs), lineCut(mine)
	byThem, byMe := Lines(b.parts, t.parts), Lines(b.parts, m.parts)
	best := mergeLines(b, t, m, byThem, byMe)
	if clashes(best) > 0 && split != nil {
		byBlock := mergeBlocks(base, theirs, mine, split)
		if less(byBlock, best) && keeps(byBlock, untouched(b.parts, byThem, byMe)) {
			best = byBlock
		}
	}
	return resultOf(best, endingOf(base))
}

// piece is a part of a merge in progress: what stands there in the three versions, and in the result. Of an agreed
// piece, agreed is one of the three.
type piece struct {
	clash                      bool
	agreed, base, theirs, mine []byte
}

func clashes(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		if p.clash {
			n++
		}
	}
	return n
}

// less says whether p leaves less in conflict than q: fewer conflicts, or as many with no more text in them.
func less(p, q []piece) bool {
	if np, nq := clashes(p), clashes(q); np != nq {
		return np < nq
	}
	return clashSize(p) <= clashSize(q)
}

func clashSize(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		if p.clash {
			n += len(p.base) + len(p.theirs) + len(p.mine)
		}
	}
	return n
}

// untouched counts the lines with words in them that, line by line, neither side touched. Blocks that were
// mistaken for one another could lose such a line; the merge by line, by its nature, can't.
func untouched(lines [][]byte, byThem, byMe []Edit) lineCounts {
	touched := make([]bool, len(lines))
	for _, edits := range [][]Edit{byThem, byMe} {
		for _, e := range edits {
			for i := e.A0; i < e.A1; i++ {
				touched[i] = true
			}
		}
	}
	counts := lineCounts{table: newInterner(len(lines))}
	for i, line := range lines {
		if words := bytes.TrimSpace(line); !touched[i] && bytes.IndexFunc(words, wordRune) >= 0 {
			n := counts.table.number(words)
			if int(n) == len(counts.of) {
				counts.of = append(counts.of, 0)
			}
			counts.of[n]++
		}
	}
	return counts
}

// lineCounts says how often each of some lines occurs, without the white space around them.
type lineCounts struct {
	table *interner
	of    []int32 // by the line's number
}

// keeps says whether all the lines stand in the merge, whichever side of its conflicts is taken.
func keeps(pieces []piece, lines lineCounts) bool {
	withTheirs, withMine := slices.Clone(lines.of), slices.Clone(lines.of) // how many are still missing
	take := func(text []byte, from ...[]int32) {
		for len(text) > 0 {
			n := lineLength(text)
			if line, ok := lines.table.known(bytes.TrimSpace(text[:n])); ok {
				for _, missing := range from {
					missing[line]--
				}
			}
			text = text[n:]
		}
	}
	for _, p := range pieces {
		if p.clash {
			take(p.theirs, withTheirs)
			take(p.mine, withMine)
			continue
		}
		take(p.agreed, withTheirs, withMine)
	}
	lacks := func(missing []int32) bool { return slices.ContainsFunc(missing, func(n int32) bool { return n > 0 }) }
	return !lacks(withTheirs) && !lacks(withMine)
}

// mergeLines merges by line, with the edits that made theirs and mine of base.
func mergeLines(base, theirs, mine cut, byThem, byMe []Edit) []piece {
	var pieces []piece
	for _, r := range threeWay(byThem, byMe, len(base.parts), neverIndependent) {
		p := r.piece(base, theirs, mine)
		if p.clash {
			pieces = append(pieces, trimmed(p)...)
			continue
		}
		pieces = append(pieces, p)
	}
	return joinClose(pieces, endingOf(base.text))
}

// mergeBlocks merges by block, and by line what clashes. All its searches share one budget of steps.
func mergeBlocks(base, theirs, mine []byte, split func([]byte) []Block) []piece {
	steps := exactSteps
	edits := func(a, b cut) []Edit { return diffLines(a.parts, b.parts, &steps, slideDown) }

	b, t, m := newCut(base, blocks(base, split)), newCut(theirs, blocks(theirs, split)), newCut(mine, blocks(mine, split))
	byThem, byMe := pairBlocks(b.parts, t.parts, edits(b, t)), pairBlocks(b.parts, m.parts, edits(b, m))
	var pieces []piece
	for _, r := range threeWay(byThem, byMe, len(b.parts), blocksIndependent) {
		p := r.piece(b, t, m)
		if p.clash {
			b, t, m := lineCut(p.base), lineCut(p.theirs), lineCut(p.mine)
			pieces = append(pieces, mergeLines(b, t, m, edits(b, t), edits(b, m))...)
			continue
		}
		pieces = append(pieces, p)
	}
	return joinClose(pieces, endingOf(base))
}

// cut is a text in parts that cover it, with their offsets.
type cut struct {
	text  []byte
	parts [][]byte
	start []int // start[i] is where parts[i] begins; the last one is len(text)
}

func newCut(text []byte, parts [][]byte) cut {
	start := make([]int, len(parts)+1)
	for i, p := range parts {
		start[i+1] = start[i] + len(p)
	}
	return cut{text, parts, start}
}

func lineCut(text []byte) cut { return newCut(text, SplitLines(text)) }

func (c cut) between(from, to int) []byte { return c.text[c.start[from]:c.start[to]:c.start[to]] }

// blocks gives the blocks of a text as parts. Blank lines around a block are a part of their own, for what follows a
// block is no property of it: a paragraph stays the same when another is put after it.
func blocks(text []byte, split func([]byte) []Block) [][]byte {
	var parts [][]byte
	from := 0
	add := func(to int) {
		if to > from {
			parts = append(parts, text[from:to:to])
			from = to
		}
	}
	for _, block := range split(text) {
		end := block.End
		if end <= from || end > len(text) || end < len(text) && text[end-1] != '\n' {
			continue
		}
		head, tail := from, end
		for head < end {
			next := head + lineLength(text[head:end])
			if !blank(text[head:next]) {
				break
			}
			head = next
		}
		if n := len(bytes.TrimRightFunc(text[head:tail], unicode.IsSpace)); head+n < tail {
			tail = head + n + lineLength(text[head+n:tail])
		}
		add(head)
		add(tail)
		add(end)
	}
	add(len(text))
	return parts
}

func lineLength(text []byte) int {
	if at := bytes.IndexByte(text, '\n'); at >= 0 {
		return at + 1
	}
	return len(text)
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// pairBlocks cuts edits of several blocks into edits of single ones where the old blocks can be recognised in the new
// ones, so that rewriting three list items is three changes. The edits it gives may touch one another.
func pairBlocks(a, b [][]byte, edits []Edit) []Edit {
	var out []Edit
	for _, e := range edits {
		if e.A1-e.A0 == 1 && e.B1-e.B0 == 1 || !replaces(e) {
			out = append(out, e)
			continue
		}
		from := Edit{A0: e.A0, B0: e.B0} // where what isn't paired yet begins
		upTo := func(i, j int) {
			if from.A0 < i || from.B0 < j {
				out = append(out, Edit{from.A0, i, from.B0, j})
			}
		}
		for _, p := range pairs(a[e.A0:e.A1], b[e.B0:e.B1]) {
			i, j := e.A0+p.a, e.B0+p.b
			upTo(i, j)
			out = append(out, Edit{i, i + 1, j, j + 1})
			from = Edit{A0: i + 1, B0: j + 1}
		}
		upTo(e.A1, e.B1)
	}
	return out
}

// region is a run of parts: base[b0:b1] became theirs[t0:t1] and mine[m0:m1].
type region struct {
	b0, b1, t0, t1, m0, m1 int
	byThem, byMe           bool
}

// piece decides a region.
func (r region) piece(base, theirs, mine cut) piece {
	p := piece{base: base.between(r.b0, r.b1), theirs: theirs.between(r.t0, r.t1), mine: mine.between(r.m0, r.m1)}
	switch {
	case !r.byThem:
		p.agreed = p.mine
	case !r.byMe, bytes.Equal(p.theirs, p.mine):
		p.agreed = p.theirs
	default:
		p.clash = true
	}
	return p
}

// neverIndependent is the rule for lines next to one another: x and y, edits of different sides of which y begins
// where x ends, are in conflict, for what stands next to a change is what its writer saw. It's git's rule.
func neverIndependent(_, _ Edit) bool { return false }

// blocksIndependent is the rule for blocks: x and y can both be kept if there is no doubt what comes first. Two
// insertions, or two edits that could each have put something in between, would leave it to chance. An insertion next
// to a block that went away, was split or was joined may have lost what it refers to.
func blocksIndependent(x, y Edit) bool {
	switch {
	case x.inserts() && y.inserts():
		return false
	case x.inserts():
		return y.growth() == 0
	case y.inserts():
		return x.growth() == 0
	default:
		return x.growth() <= 0 || y.growth() <= 0
	}
}

func (e Edit) inserts() bool { return e.A0 == e.A1 }
func (e Edit) growth() int   { return (e.B1 - e.B0) - (e.A1 - e.A0) }

// side is one side's edits while threeWay walks over them.
type side struct {
	edits []Edit
	shift int // an index in base plus shift is the index in the side's version, between edits
	last  Edit
	any   bool // last is part of the region at hand
}

func (s *side) take() Edit {
	s.last, s.any = s.edits[0], true
	s.edits = s.edits[1:]
	s.shift += s.last.growth()
	return s.last
}

// meets says whether the side's next edit belongs to the region up to end: it overlaps what is there, or touches
// an edit of the other side and depends on it.
func (s *side) meets(other *side, end int, independent func(x, y Edit) bool) bool {
	if len(s.edits) == 0 {
		return false
	}
	next := s.edits[0]
	switch {
	case next.A0 < end:
		return true
	case next.A0 > end || !other.any || other.last.A1 != end:
		return false
	case next.inserts() && other.last.inserts():
		return true
	default:
		return !independent(other.last, next)
	}
}

// threeWay walks over the edits that made theirs and mine of base's n parts, and gives the regions of the three
// texts in order: agreed ones, and between them those that one side or both changed. It's the algorithm of diff3
// (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007) with the question of neighbours put
// to independent.
func threeWay(theirs, mine []Edit, n int, independent func(x, y Edit) bool) []region {
	var regions []region
	at := 0
	t, m := &side{edits: theirs}, &side{edits: mine}
	same := func(to int) {
		if at < to {
			regions = append(regions, region{b0: at, b1: to, t0: at + t.shift, t1: to + t.shift, m0: at + m.shift, m1: to + m.shift})
			at = to
		}
	}
	for len(t.edits) > 0 || len(m.edits) > 0 {
		first := t
		if len(t.edits) == 0 || len(m.edits) > 0 && before(m.edits[0], t.edits[0]) {
			first = m
		}
		same(first.edits[0].A0)
		r := region{b0: at, t0: at + t.shift, m0: at + m.shift}
		t.any, m.any = false, false
		end := first.take().A1
		for {
			next := t
			if !t.meets(m, end, independent) {
				if next = m; !m.meets(t, end, independent) {
					break
				}
			}
			end = max(end, next.take().A1)
		}
		r.b1, r.t1, r.m1 = end, end+t.shift, end+m.shift
		r.byThem, r.byMe = t.any, m.any
		regions = append(regions, r)
		at = end
	}
	same(n)
	return regions
}

// before says whether x comes first: where both begin, an insertion precedes.
func before(x, y Edit) bool {
	return x.A0 < y.A0 || x.A0 == y.A0 && x.inserts() && !y.inserts()
}

// trimmed takes the lines that both sides of a conflict begin or end with out of it.
func trimmed(p piece) []piece {
	b, t, m := SplitLines(p.base), SplitLines(p.theirs), SplitLines(p.mine)
	head := commonPrefix(t, m)
	tail := commonSuffix(t[head:], m[head:])
	// What both sides put there may have been in base as well: then it isn't part of the conflict's base either.
	baseHead := min(commonPrefix(b, t), head)
	baseTail := min(commonSuffix(b[baseHead:], t[head:]), tail)
	if head == 0 && tail == 0 {
		return []piece{p}
	}
	mid := piece{clash: true, base: p.base, theirs: p.theirs, mine: p.mine}
	var before, after piece
	before.base, mid.base = p.base[:size(b[:baseHead])], p.base[size(b[:baseHead]):]
	before.theirs, mid.theirs = p.theirs[:size(t[:head])], p.theirs[size(t[:head]):]
	before.mine, mid.mine = p.mine[:size(m[:head])], p.mine[size(m[:head]):]
	mid.base, after.base = cutTail(mid.base, size(b[len(b)-baseTail:]))
	mid.theirs, after.theirs = cutTail(mid.theirs, size(t[len(t)-tail:]))
	mid.mine, after.mine = cutTail(mid.mine, size(m[len(m)-tail:]))
	before.agreed, after.agreed = before.theirs, after.theirs
	return []piece{before, mid, after}
}

func size(lines [][]byte) int {
	n := 0
	for _, l := range lines {
		n += len(l)
	}
	return n
}

func cutTail(text []byte, tail int) (head, rest []byte) {
	return text[:len(text)-tail], text[len(text)-tail:]
}

// closeLines is how many lines without a letter or digit may stand between two conflicts that are shown as one: a
// reader would not take a blank line or a closing fence for something the sides agree about. git merge-file has
// the same measure.
const closeLines = 3

// joinClose makes one conflict of those with next to nothing between them. ending is what ends a line.
func joinClose(pieces []piece, ending []byte) []piece {
	out := make([]piece, 0, len(pieces))
	for i := 0; i < len(pieces); {
		end := i + 1
		for pieces[i].clash {
			next := end
			for next < len(pieces) && !pieces[next].clash {
				next++
			}
			if next == len(pieces) || !slight(pieces[end:next]) {
				break
			}
			end = next + 1
		}
		out = append(out, joinPieces(pieces[i:end], ending))
		i = end
	}
	return out
}

// joinPieces makes one conflict of several pieces; a single piece stays what it is.
func joinPieces(pieces []piece, ending []byte) piece {
	if len(pieces) == 1 {
		return pieces[0]
	}
	all := piece{clash: true}
	for _, p := range pieces {
		if !p.clash {
			p.theirs, p.mine = p.agreed, p.agreed
		}
		for _, text := range []struct{ to, more *[]byte }{{&all.base, &p.base}, {&all.theirs, &p.theirs}, {&all.mine, &p.mine}} {
			if len(*text.more) > 0 { // what it follows may be a version's last line, without an ending
				*text.to = append(closed(*text.to, ending), *text.more...)
			}
		}
	}
	return all
}

// slight says whether agreed pieces are too little to stand between two conflicts.
func slight(pieces []piece) bool {
	lines := 0
	for _, p := range pieces {
		lines += bytes.Count(p.agreed, newline)
		if lines > closeLines || bytes.IndexFunc(p.agreed, wordRune) >= 0 {
			return false
		}
	}
	return true
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// resultOf puts the pieces together. ending is what ends a line.
func resultOf(pieces []piece, ending []byte) Result {
	total, followed := 0, false
	for i := len(pieces) - 1; i >= 0; i-- {
		p := &pieces[i]
		if followed {
			// A version's last line may have no ending and yet stand before another version's text.
			for _, text := range []*[]byte{&p.agreed, &p.base, &p.theirs, &p.mine} {
				*text = closed(*text, ending)
			}
			if p.clash && bytes.Equal(p.theirs, p.mine) {
				*p = piece{agreed: p.mine, base: p.base} // they differed in the ending only
			}
		}
		total += len(p.result())
		followed = followed || len(p.result()) > 0 || p.clash
	}

	r := Result{Text: make([]byte, 0, total)}
	agreed := 0 // where the agreed text at hand begins
	settle := func() {
		if end := len(r.Text); agreed < end {
			r.Chunks = append(r.Chunks, Chunk{Text: r.Text[agreed:end:end]})
		}
	}
	for _, p := range pieces {
		if !p.clash {
			r.Text = append(r.Text, p.agreed...)
			continue
		}
		settle()
		r.Chunks = append(r.Chunks, Chunk{Conflict: true, Base: p.base, Theirs: p.theirs, Mine: p.mine})
		r.Conflicts++
		r.Text = append(r.Text, p.mine...)
		agreed = len(r.Text)
	}
	settle()
	r.Clean = r.Conflicts == 0
	return r
}

// result is what a piece adds to the merged text.
func (p piece) result() []byte {
	if p.clash {
		return p.mine
	}
	return p.agreed
}

// closed gives text with its last line ended.
func closed(text, ending []byte) []byte {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return text
	}
	return append(text[:len(text):len(text)], ending...)
}

// endingOf gives the ending of text's first line.
func endingOf(text []byte) []byte {
	if at := bytes.IndexByte(text, '\n'); at > 0 && text[at-1] == '\r' {
		return []byte("\r\n")
	}
	return newline
}
