package diff

import "bytes"

// placement says where an edit that can stand in several places shall stand: lines is the text that it deletes
// from or inserts into, [start, end) its highest place; it may move down by up to room lines. The answer is how
// many.
type placement func(lines [][]byte, start, end, room int) int

// slideDown puts an edit as low as possible, as git does when it merges.
func slideDown(_ [][]byte, _, _, room int) int { return room }

// slide moves the edits that only delete or only insert, where the same lines stand before and after. If a, b, b,
// c becomes a, b, c, it doesn't matter which b went. An edit moves to another one if it reaches it, for one
// replacement reads better than a deletion here and an insertion there; else to where choose says.
func slide(a, b [][]byte, edits []Edit, choose placement) []Edit {
	placed := edits[:0:0]
	for i := 0; i < len(edits); i++ {
		e := edits[i]
		for e.A0 == e.A1 || e.B0 == e.B1 {
			var before, after Edit // the neighbours; where there is none, the end of the text, which never merges
			if before.A1, before.B1 = -1, -1; len(placed) > 0 {
				before = placed[len(placed)-1]
			}
			if after.A0, after.B0 = len(a)+1, len(b)+1; i+1 < len(edits) {
				after = edits[i+1]
			}
			top, up := climb(a, b, e, before)
			bottom, down := climbDown(a, b, e, after)
			if down {
				e = join(bottom, after)
				i++
				continue
			}
			if up {
				e = join(before, top)
				placed = placed[:len(placed)-1]
				continue
			}
			e = place(a, b, top, bottom, choose)
			break
		}
		placed = append(placed, e)
	}
	return placed
}

// climb moves e up as far as it goes, at most to the end of before, and says whether it touches it.
func climb(a, b [][]byte, e, before Edit) (Edit, bool) {
	lines, start, end := e.lines(a, b)
	floor := max(before.A1, 0)
	for e.A0 > floor && start > 0 && bytes.Equal(lines[start-1], lines[end-1]) {
		e, start, end = e.shifted(-1), start-1, end-1
	}
	return e, e.A0 == before.A1
}

// climbDown is climb in the other direction.
func climbDown(a, b [][]byte, e, after Edit) (Edit, bool) {
	lines, start, end := e.lines(a, b)
	for e.A1 < min(after.A0, len(a)) && end < len(lines) && bytes.Equal(lines[start], lines[end]) {
		e, start, end = e.shifted(1), start+1, end+1
	}
	return e, e.A1 == after.A0
}

func place(a, b [][]byte, top, bottom Edit, choose placement) Edit {
	room := bottom.A0 - top.A0
	if room == 0 {
		return top
	}
	lines, start, end := top.lines(a, b)
	return top.shifted(choose(lines, start, end, room))
}

// lines gives the text that a deletion or an insertion is about, and its range there.
func (e Edit) lines(a, b [][]byte) (lines [][]byte, start, end int) {
	if e.A0 < e.A1 {
		return a, e.A0, e.A1
	}
	return b, e.B0, e.B1
}

func (e Edit) shifted(by int) Edit { return Edit{e.A0 + by, e.A1 + by, e.B0 + by, e.B1 + by} }

func join(first, second Edit) Edit { return Edit{first.A0, second.A1, first.B0, second.B1} }
