package diff

import (
	"hash/maphash"
	"slices"
	"unicode"
	"unicode/utf8"
)

// likeness is the share of words that an old and a new line must have in common to be shown as one line that was
// changed. Below it, the few words marked as unchanged ("the", "of") would tell a reader nothing.
const likeness = 0.4

// pairWindow is how many old and new lines are compared each with each. It bounds the work on a long rewritten
// passage: each word is looked at this many times.
const pairWindow = 64

// pairWords is how many words of a line its likeness is judged by.
const pairWords = 400

// usualWord is about the length of a word and what follows it, in bytes.
const usualWord = 5

// pair says that line a of the old lines became line b of the new ones.
type pair struct{ a, b int }

// pairs finds which of the new lines are old ones that were changed: the pairs, in order in both, whose likeness
// is the most together. A passage longer than pairWindow is cut in windows, at the same fraction of both sides.
func pairs(old, new [][]byte) []pair {
	windows := 1 + (max(len(old), len(new))-1)/pairWindow
	var all []pair
	for w := range windows {
		a0, a1 := len(old)*w/windows, len(old)*(w+1)/windows
		b0, b1 := len(new)*w/windows, len(new)*(w+1)/windows
		for _, p := range pairsInWindow(old[a0:a1], new[b0:b1]) {
			all = append(all, pair{p.a + a0, p.b + b0})
		}
	}
	return all
}

// pairsInWindow is the alignment of S. B. Needleman and C. D. Wunsch, "A general method applicable to the search
// for similarities" (1970), with likeness as the score and no penalty for what stays alone.
func pairsInWindow(old, new [][]byte) []pair {
	bagsA, bagsB := bags(old), bags(new)
	width := len(new) + 1
	likely := make([]float64, len(old)*width)
	best := make([]float64, (len(old)+1)*width) // best[i*width+j]: the most that old[i:] and new[j:] can give
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			score := max(best[(i+1)*width+j], best[i*width+j+1])
			if s := bagsA[i].likeness(bagsB[j]); s >= likeness {
				likely[i*width+j] = s
				score = max(score, s+best[(i+1)*width+j+1])
			}
			best[i*width+j] = score
		}
	}
	var found []pair
	for i, j := 0, 0; i < len(old) && j < len(new); {
		s := likely[i*width+j]
		switch {
		case s > 0 && best[i*width+j] == s+best[(i+1)*width+j+1]:
			found = append(found, pair{i, j})
			i, j = i+1, j+1
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return found
}

// bag is the words of a line but for white space, as sorted hashes: two words with the same hash would only make
// two lines look a little more alike.
type bag []uint64

func bags(lines [][]byte) []bag {
	all := make([]bag, len(lines))
	for i, line := range lines {
		all[i] = newBag(line)
	}
	return all
}

func newBag(line []byte) bag {
	b := make(bag, 0, min(len(line)/usualWord+1, pairWords))
	for len(line) > 0 && len(b) < pairWords {
		n := wordLength(line)
		if r, _ := utf8.DecodeRune(line); !unicode.IsSpace(r) {
			b = append(b, maphash.Bytes(hashSeed, line[:n]))
		}
		line = line[n:]
	}
	slices.Sort(b)
	return b
}

// likeness is Dice's coefficient: twice the words in common by the words in both, from 0 to 1.
func (b bag) likeness(other bag) float64 {
	if len(b) == 0 || len(other) == 0 {
		return 0
	}
	if few, many := min(len(b), len(other)), max(len(b), len(other)); 2*float64(few) < likeness*float64(few+many) {
		return 0 // even if all of the shorter one is in the longer one
	}
	common := 0
	for i, j := 0, 0; i < len(b) && j < len(other); {
		switch {
		case b[i] == other[j]:
			common, i, j = common+1, i+1, j+1
		case b[i] < other[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(common) / float64(len(b)+len(other))
}
