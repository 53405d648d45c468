package diff

import (
	"bytes"
	"hash/maphash"
)

// SplitLines cuts text after each "\n". The lines keep their endings and share text's memory; the last one may
// have no ending. An empty text has no lines.
func SplitLines(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	lines := make([][]byte, 0, bytes.Count(text, newline)+1)
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		lines = append(lines, text[:end:end])
		text = text[end:]
	}
	return lines
}

var newline = []byte{'\n'}

// Lines gives the edits that make b of a, with as few deleted and inserted lines as possible. If the texts differ so
// much that finding the fewest would take more than exactSteps, the edits are correct but may be more than needed.
//
// Where lines repeat, an edit can stand in several places that mean the same. Lines chooses as git does: beside a
// change of the other text if there is one, else as far down as possible.
func Lines(a, b [][]byte) []Edit {
	steps := exactSteps
	return diffLines(a, b, &steps, slideDown)
}

// Apply carries out edits, which Lines made of a and b, on a: it gives b's lines.
func Apply(a [][]byte, edits []Edit, b [][]byte) [][]byte {
	var out [][]byte
	at := 0
	for _, e := range edits {
		out = append(out, a[at:e.A0]...)
		out = append(out, b[e.B0:e.B1]...)
		at = e.A1
	}
	return append(out, a[at:]...)
}

// diffLines is Lines with a budget of steps, which it draws on, and a choice of where an ambiguous edit stands.
func diffLines(a, b [][]byte, steps *int, choose placement) []Edit {
	prefix := commonPrefix(a, b)
	suffix := commonSuffix(a[prefix:], b[prefix:])
	coreA, coreB := a[prefix:len(a)-suffix], b[prefix:len(b)-suffix]
	if len(coreA) == 0 && len(coreB) == 0 {
		return nil
	}
	var edits []Edit
	if len(coreA) == 0 || len(coreB) == 0 {
		edits = []Edit{{0, len(coreA), 0, len(coreB)}}
	} else {
		edits = differ(coreA, coreB, steps)
	}
	for i := range edits {
		edits[i].A0 += prefix
		edits[i].A1 += prefix
		edits[i].B0 += prefix
		edits[i].B1 += prefix
	}
	return slide(a, b, edits, choose)
}

func commonPrefix(a, b [][]byte) int {
	n := 0
	for n < len(a) && n < len(b) && bytes.Equal(a[n], b[n]) {
		n++
	}
	return n
}

func commonSuffix(a, b [][]byte) int {
	n := 0
	for n < len(a) && n < len(b) && bytes.Equal(a[len(a)-1-n], b[len(b)-1-n]) {
		n++
	}
	return n
}

// interner gives equal lines equal numbers, from 0 in order of first sight, so that the search compares integers.
// It is an open-addressed table: a Go map would copy every line into a string. The hash has a random seed, so that
// nobody can write a page whose lines collide.
type interner struct {
	slots []int32 // number of a line + 1; 0 is free
	mask  uint64
	lines [][]byte // by number
}

var hashSeed = maphash.MakeSeed()

// newInterner makes room for n lines at most.
func newInterner(n int) *interner {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &interner{slots: make([]int32, size), mask: uint64(size - 1)}
}

// number gives a line's number, the next one when it is new.
func (t *interner) number(line []byte) int32 {
	n, at := t.find(line)
	if n < 0 {
		n = int32(len(t.lines))
		t.lines = append(t.lines, line)
		t.slots[at] = n + 1
	}
	return n
}

// known gives the number of a line that has one.
func (t *interner) known(line []byte) (int32, bool) {
	n, _ := t.find(line)
	return n, n >= 0
}

// find gives a line's number, or -1 and the slot for it.
func (t *interner) find(line []byte) (n int32, at uint64) {
	for at = maphash.Bytes(hashSeed, line) & t.mask; ; at = (at + 1) & t.mask {
		switch slot := t.slots[at]; {
		case slot == 0:
			return -1, at
		case bytes.Equal(t.lines[slot-1], line):
			return slot - 1, at
		}
	}
}

func (t *interner) numbers(lines [][]byte) []int32 {
	ids := make([]int32, len(lines))
	for i, line := range lines {
		ids[i] = t.number(line)
	}
	return ids
}

// differ compares two texts that share neither their first nor their last line.
func differ(a, b [][]byte, steps *int) []Edit {
	table := newInterner(len(a) + len(b))
	idsA, idsB := table.numbers(a), table.numbers(b)
	return differNumbers(idsA, idsB, len(table.lines), steps)
}

// differNumbers compares two sequences of numbers below limit.
func differNumbers(idsA, idsB []int32, limit int, steps *int) []Edit {
	inA, inB := make([]bool, limit), make([]bool, limit)
	for _, id := range idsA {
		inA[id] = true
	}
	for _, id := range idsB {
		inB[id] = true
	}
	// What only one text has can't be matched: marked as changed at once, it doesn't burden the search, and the
	// answer is as short as before.
	changedA, restA, atA := setAside(idsA, inB)
	changedB, restB, atB := setAside(idsB, inA)
	if len(restA) > 0 && len(restB) > 0 {
		s := newSearch(restA, restB, steps)
		s.compare(0, len(restA), 0, len(restB))
		for i, changed := range s.changedA {
			changedA[atA[i]] = changed
		}
		for i, changed := range s.changedB {
			changedB[atB[i]] = changed
		}
	} else {
		for _, i := range atA {
			changedA[i] = true
		}
		for _, i := range atB {
			changedB[i] = true
		}
	}
	return editsOf(changedA, changedB)
}

// Hashes gives the edits that make b of a, two texts of which each element is known by its hash: words or sentences. It
// draws on a budget of steps, each about one comparison; when that is spent, the edits are correct but may be more than
// needed.
func Hashes(a, b []uint64, steps *int) []Edit {
	prefix := 0
	for prefix < len(a) && prefix < len(b) && a[prefix] == b[prefix] {
		prefix++
	}
	end := 0
	for end < len(a)-prefix && end < len(b)-prefix && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	coreA, coreB := a[prefix:len(a)-end], b[prefix:len(b)-end]
	if len(coreA) == 0 && len(coreB) == 0 {
		return nil
	}
	if len(coreA) == 0 || len(coreB) == 0 {
		return []Edit{{prefix, prefix + len(coreA), prefix, prefix + len(coreB)}}
	}
	number := make(map[uint64]int32, len(coreA)+len(coreB))
	numbers := func(hashes []uint64) []int32 {
		ids := make([]int32, len(hashes))
		for i, h := range hashes {
			id, ok := number[h]
			if !ok {
				id = int32(len(number))
				number[h] = id
			}
			ids[i] = id
		}
		return ids
	}
	idsA := numbers(coreA)
	idsB := numbers(coreB)
	edits := differNumbers(idsA, idsB, len(number), steps)
	for i := range edits {
		edits[i].A0 += prefix
		edits[i].A1 += prefix
		edits[i].B0 += prefix
		edits[i].B1 += prefix
	}
	return edits
}

// setAside marks the lines that the other text lacks, and gives the rest with their places.
func setAside(ids []int32, inOther []bool) (changed []bool, rest []int32, at []int32) {
	changed = make([]bool, len(ids))
	rest, at = make([]int32, 0, len(ids)), make([]int32, 0, len(ids))
	for i, id := range ids {
		if !inOther[id] {
			changed[i] = true
			continue
		}
		rest, at = append(rest, id), append(at, int32(i))
	}
	return changed, rest, at
}

// editsOf reads edits off the marks: between them, lines match one to one.
func editsOf(changedA, changedB []bool) []Edit {
	var edits []Edit
	i, j := 0, 0
	for i < len(changedA) || j < len(changedB) {
		e := Edit{A0: i, B0: j}
		for i < len(changedA) && changedA[i] {
			i++
		}
		for j < len(changedB) && changedB[j] {
			j++
		}
		if e.A1, e.B1 = i, j; e.A0 < e.A1 || e.B0 < e.B1 {
			edits = append(edits, e)
			continue
		}
		i, j = i+1, j+1
	}
	return edits
}
