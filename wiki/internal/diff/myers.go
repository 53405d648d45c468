package diff

// exactSteps is how many comparisons the search for the shortest edit may take before it settles for a good one.
// Two texts that differ in d lines take about d*d/2, so answers are the shortest up to some 3,000 changed lines
// that both texts have somewhere; lines that only one of them has cost nothing. It's a few hundredths of a second.
const exactSteps = 4 << 20

// coarseCost is how far the search looks from each end, once exactSteps are spent, before it takes the furthest
// point it has reached as part of the answer. It keeps the time for hostile texts proportional to their length: a
// page of 348 kB of lines of one byte takes a fraction of a second.
const coarseCost = 16

// search finds a shortest edit script in linear space: E. W. Myers, "An O(ND) Difference Algorithm and Its
// Variations", Algorithmica 1 (1986), section 4b. A point (x, y) means that x elements of a and y of b are dealt
// with; diagonal k holds the points with x - y = k.
type search struct {
	a, b               []int32
	changedA, changedB []bool
	forward, backward  []int32 // per diagonal the furthest x reached from the start, and from the end
	zero               int     // index of diagonal 0 in these
	steps              *int    // comparisons left before the search turns coarse
}

func newSearch(a, b []int32, steps *int) *search {
	diagonals := len(a) + len(b) + 3 // one more at either end, for the sentinels
	reached := make([]int32, 2*diagonals)
	return &search{
		a: a, b: b,
		changedA: make([]bool, len(a)), changedB: make([]bool, len(b)),
		forward: reached[:diagonals], backward: reached[diagonals:],
		zero:  len(b) + 1,
		steps: steps,
	}
}

// compare marks what changed in the box a[a0:a1], b[b0:b1].
func (s *search) compare(a0, a1, b0, b1 int) {
	for {
		for a0 < a1 && b0 < b1 && s.a[a0] == s.b[b0] {
			a0, b0 = a0+1, b0+1
		}
		for a0 < a1 && b0 < b1 && s.a[a1-1] == s.b[b1-1] {
			a1, b1 = a1-1, b1-1
		}
		if a0 == a1 || b0 == b1 {
			break
		}
		x, y := s.split(a0, a1, b0, b1)
		// The smaller box by recursion, the larger in this loop: so the stack stays shallow however lopsided the
		// splits are.
		if (x-a0)+(y-b0) < (a1-x)+(b1-y) {
			s.compare(a0, x, b0, y)
			a0, b0 = x, y
		} else {
			s.compare(x, a1, y, b1)
			a1, b1 = x, y
		}
	}
	for i := a0; i < a1; i++ {
		s.changedA[i] = true
	}
	for j := b0; j < b1; j++ {
		s.changedB[j] = true
	}
}

// split gives a point inside the box through which a shortest path leads, or, when the steps are spent, a path that
// is good near one corner. The box's first and last elements must differ.
func (s *search) split(a0, a1, b0, b1 int) (x, y int) {
	const beyond = 1<<31 - 1
	var (
		lowest, highest = a0 - b1, a1 - b0 // diagonals that cross the box
		first, last     = a0 - b0, a1 - b1 // diagonals of its corners
		fLow, fHigh     = first, first
		bLow, bHigh     = last, last
		odd             = (first-last)&1 != 0 // then the two searches meet in a forward step, else in a backward one
		fwd, bwd, zero  = s.forward, s.backward, s.zero
	)
	fwd[zero+first], bwd[zero+last] = int32(a0), int32(a1)
	for cost := 1; ; cost++ {
		// The range of diagonals grows by one at either end until it meets the box's edge, then shrinks by one, which
		// keeps the parity of the diagonals visited. What lies just outside gets a value that is never chosen.
		if fLow > lowest {
			fLow--
			fwd[zero+fLow-1] = -1
		} else {
			fLow++
		}
		if fHigh < highest {
			fHigh++
			fwd[zero+fHigh+1] = -1
		} else {
			fHigh--
		}
		for k := fHigh; k >= fLow; k -= 2 {
			x := int(fwd[zero+k+1])
			if left := int(fwd[zero+k-1]); left >= x {
				x = left + 1
			}
			from := x
			for x < a1 && x-k < b1 && s.a[x] == s.b[x-k] {
				x++
			}
			*s.steps -= 1 + x - from
			fwd[zero+k] = int32(x)
			if odd && bLow <= k && k <= bHigh && int(bwd[zero+k]) <= x {
				return x, x - k
			}
		}

		if bLow > lowest {
			bLow--
			bwd[zero+bLow-1] = beyond
		} else {
			bLow++
		}
		if bHigh < highest {
			bHigh++
			bwd[zero+bHigh+1] = beyond
		} else {
			bHigh--
		}
		for k := bHigh; k >= bLow; k -= 2 {
			x := int(bwd[zero+k-1])
			if right := int(bwd[zero+k+1]); right <= x {
				x = right - 1
			}
			from := x
			for x > a0 && x-k > b0 && s.a[x-1] == s.b[x-1-k] {
				x--
			}
			*s.steps -= 1 + from - x
			bwd[zero+k] = int32(x)
			if !odd && fLow <= k && k <= fHigh && x <= int(fwd[zero+k]) {
				return x, x - k
			}
		}

		if *s.steps < 0 && cost >= coarseCost {
			return s.furthest(a0, a1, b0, b1, fLow, fHigh, bLow, bHigh)
		}
	}
}

// furthest gives the point that either search has brought furthest from its corner.
func (s *search) furthest(a0, a1, b0, b1, fLow, fHigh, bLow, bHigh int) (x, y int) {
	most := -1
	for k := fLow; k <= fHigh; k += 2 {
		// A diagonal that left the box holds a point just beyond its edge.
		px := min(int(s.forward[s.zero+k]), a1, b1+k)
		if gone := (px - a0) + (px - k - b0); gone > most {
			most, x, y = gone, px, px-k
		}
	}
	for k := bLow; k <= bHigh; k += 2 {
		px := max(int(s.backward[s.zero+k]), a0, b0+k)
		if gone := (a1 - px) + (b1 - px + k); gone > most {
			most, x, y = gone, px, px-k
		}
	}
	return x, y
}
