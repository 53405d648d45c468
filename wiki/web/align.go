package web

import (
	"cmp"
	"slices"
)

const (
	// sameSection is the share of words that must stay for a section under another heading to be the same one: the measure
	// that git takes for a renamed file.
	sameSection = 0.5
	// otherSection is the share below which a section that stands in the place of another is another one altogether.
	otherSection = 0.15
	// fewWords is the number of words below which a text says nothing about what it is.
	fewWords = 6
)

// alignSections finds the sections of an old text in a newer one: for each its index there, or -1. First come headings that
// stayed, in order; then headings that moved; then sections whose words stayed under another heading; then the one section
// that stands between the same neighbours.
func alignSections(old, fresh []section) []int {
	a := alignment{old: old, fresh: fresh, to: make([]int, len(old)), from: make([]int, len(fresh))}
	for i := range a.to {
		a.to[i] = -1
	}
	for j := range a.from {
		a.from[j] = -1
	}
	a.inOrder()
	a.anywhere()
	a.byWords()
	a.title()
	a.byPlace()
	return a.to
}

type alignment struct {
	old, fresh []section
	to, from   []int // -1: not aligned
}

func (a *alignment) pair(i, j int) { a.to[i], a.from[j] = j, i }

// inOrder aligns equal headings by their longest common subsequence, after what both texts begin and end with.
func (a *alignment) inOrder() {
	same := func(i, j int) bool { return a.old[i].text == a.fresh[j].text }
	lo, n, m := 0, len(a.old), len(a.fresh)
	for lo < n && lo < m && same(lo, lo) {
		a.pair(lo, lo)
		lo++
	}
	for n > lo && m > lo && same(n-1, m-1) {
		n, m = n-1, m-1
		a.pair(n, m)
	}
	if (n-lo)*(m-lo) > maxAlignedPairs {
		return
	}
	best := make([][]int, n-lo+1)
	for i := range best {
		best[i] = make([]int, m-lo+1)
	}
	for i := n - 1; i >= lo; i-- {
		for j := m - 1; j >= lo; j-- {
			if same(i, j) {
				best[i-lo][j-lo] = best[i-lo+1][j-lo+1] + 1
			} else {
				best[i-lo][j-lo] = max(best[i-lo+1][j-lo], best[i-lo][j-lo+1])
			}
		}
	}
	for i, j := lo, lo; i < n && j < m; {
		switch {
		case same(i, j):
			a.pair(i, j)
			i, j = i+1, j+1
		case best[i-lo+1][j-lo] >= best[i-lo][j-lo+1]:
			i++
		default:
			j++
		}
	}
}

// anywhere aligns headings that moved. Of several that read alike, the first that is left is as good as another.
func (a *alignment) anywhere() {
	left := map[string][]int{}
	for j, s := range a.fresh {
		if a.from[j] < 0 {
			left[s.text] = append(left[s.text], j)
		}
	}
	for i, s := range a.old {
		if list := left[s.text]; a.to[i] < 0 && len(list) > 0 {
			a.pair(i, list[0])
			left[s.text] = list[1:]
		}
	}
}

// byWords aligns what is left by its words, the most alike first.
func (a *alignment) byWords() {
	type likeness struct {
		i, j  int
		score float64
	}
	var likely []likeness
	compared := 0
	for i := range a.old {
		for j := range a.fresh {
			if a.to[i] >= 0 || a.from[j] >= 0 || len(a.old[i].words()) < fewWords || len(a.fresh[j].words()) < fewWords {
				continue
			}
			if compared++; compared > maxLikenesses {
				break
			}
			if score := similarity(a.old[i].words(), a.fresh[j].words()); score >= sameSection {
				likely = append(likely, likeness{i, j, score})
			}
		}
	}
	slices.SortStableFunc(likely, func(x, y likeness) int { return cmp.Compare(y.score, x.score) })
	for _, l := range likely {
		if a.to[l.i] < 0 && a.from[l.j] < 0 {
			a.pair(l.i, l.j)
		}
	}
}

// title aligns the headings of level 1 that both texts begin with: whatever it says, it is the page's title.
func (a *alignment) title() {
	if len(a.old) > 0 && len(a.fresh) > 0 && a.old[0].level == 1 && a.fresh[0].level == 1 && a.to[0] < 0 && a.from[0] < 0 {
		a.pair(0, 0)
	}
}

// byPlace aligns a section that stands alone between two neighbours with the one between them now, if its level is the same
// and its text is not plainly another.
func (a *alignment) byPlace() {
	for i := range a.old {
		if a.to[i] >= 0 {
			continue
		}
		j := 0
		if i > 0 {
			if a.to[i-1] < 0 {
				continue
			}
			j = a.to[i-1] + 1
		}
		if j >= len(a.fresh) || a.from[j] >= 0 || !a.endsAt(i+1, j+1) || a.old[i].level != a.fresh[j].level {
			continue
		}
		x, y := a.old[i].words(), a.fresh[j].words()
		if len(x) < fewWords || len(y) < fewWords || similarity(x, y) >= otherSection {
			a.pair(i, j)
		}
	}
}

// endsAt reports whether i and j are the same section, or the end of both texts.
func (a *alignment) endsAt(i, j int) bool {
	if i == len(a.old) || j == len(a.fresh) {
		return i == len(a.old) && j == len(a.fresh)
	}
	return a.to[i] == j
}
