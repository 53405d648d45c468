package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// alignment is the optimal string alignment distance, by the whole table.
func alignment(x, y string) int {
	a, b := []rune(x), []rune(y)
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range b {
		d[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// misspelt makes some mistakes in a word.
func misspelt(r *rand.Rand, word string) string {
	letters := []rune(word)
	for range r.IntN(4) {
		if len(letters) < 2 {
			break
		}
		i, other := r.IntN(len(letters)-1), []rune("abéд字")[r.IntN(5)]
		switch r.IntN(4) {
		case 0:
			letters = slices.Delete(letters, i, i+1)
		case 1:
			letters = slices.Insert(letters, i, other)
		case 2:
			letters[i] = other
		case 3:
			letters[i], letters[i+1] = letters[i+1], letters[i]
		}
	}
	return string(letters)
}

func TestSpeller(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		word := misspelt(r, []string{"a", "form", "babab", "facilitator", "коопération", "字字字字字字字字", "aabbaabbaabbaabb"}[r.IntN(7)])
		other := misspelt(r, word)
		s := newSpeller(word)
		first, _ := utf8.DecodeRuneInString(word)
		want := alignment(word, other) <= editsFor(word) && strings.HasPrefix(other, string(first))
		if got := s.distanceTo(other) <= s.edits; got != want {
			t.Fatalf("%q is like %q: %t, not %t", other, word, got, want)
		}
		state := s.Start()
		for i := range len(other) {
			state = s.Accept(state, other[i])
		}
		if got := s.CanMatch(state) && s.IsMatch(state); got != want {
			t.Fatalf("%q, byte by byte, is like %q: %t, not %t", other, word, got, want)
		}
	}
}

// What is typed may go on: a word is like it if some beginning of the word is.
func TestStartSpeller(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	for range 20_000 {
		word := misspelt(r, []string{"form", "babab", "facilitat", "коопер", "aabbaabbaabb"}[r.IntN(5)])
		other := misspelt(r, word) + misspelt(r, []string{"", "or", "ация", "字", "b"}[r.IntN(5)])
		least := maxEdits + 1
		for i := range other + " " {
			least = min(least, alignment(word, other[:min(i, len(other))]))
		}
		first, _ := utf8.DecodeRuneInString(word)
		want := least <= editsFor(word) && strings.HasPrefix(other, string(first))
		s := startSpeller{newSpeller(word)}
		if got := s.distanceTo(other); (got <= s.edits) != want || want && int(got) != least {
			t.Fatalf("%q begins like %q: %d, not %d", other, word, got, least)
		}
		state := s.Start()
		for i := range len(other) {
			if state = s.Accept(state, other[i]); s.WillAlwaysMatch(state) && !want {
				t.Fatalf("%q begins like %q", other[:i+1], word)
			}
		}
		if got := s.CanMatch(state) && s.IsMatch(state); got != want {
			t.Fatalf("%q, byte by byte, begins like %q: %t, not %t", other, word, got, want)
		}
	}
}

// Of words that are as near, the one that most pages have comes first, whatever segments of the index they are in.
func TestDidYouMeanWhatMostPagesHave(t *testing.T) {
	w := newWiki(t, map[string]string{"one.md": "# Agency\n\nText.\n", "two.md": "# Agenda\n\nText.\n"})
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, w)
	for _, name := range []string{"three", "four"} {
		save(t, w, name, "# The agenda of "+name+"\n\nText.\n")
		followHead(t, x, w)
	}
	if got := find(t, x, "agenca").DidYouMean; got != "agenda" { // as near to "agency"
		t.Errorf("%q, not agenda", got)
	}
}

// What is found by its spelling is marked by it.
func TestSwappedLettersAreMarked(t *testing.T) {
	x := storeOf(t, page{path: "a", title: "A", sections: []section{{text: "Nobody knows what to launch."}}})
	res := find(t, x, "lanuch")
	if len(res.Hits) != 1 || !strings.Contains(show(res.Hits[0].Snippet), "[launch]") {
		t.Errorf("%+v", res.Hits)
	}
}
