package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

const (
	// maxEdits is the most letters that may be wrong in a word: with three, most short words are like each other.
	maxEdits = 2
	// maxSimilar bounds the terms of a dictionary that are compared: there never are that many within two letters.
	maxSimilar = 5000
	// maxCounted bounds the terms whose documents are counted to find those that most pages have.
	maxCounted = 64
	// maxExpansions bounds the terms that one word with a spelling mistake may stand for: each is looked up in every field.
	maxExpansions = 12
)

// editsFor gives how many letters of a term may be wrong: none of a short one, which would match anything.
func editsFor(term string) int {
	switch n := utf8.RuneCountInString(term); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return maxEdits
}

// speller recognizes the words that are spelt like one: as many letters as editsFor allows are changed, missing, added,
// or swapped with the next, not the first. It is the automaton with which bleve walks a dictionary, and makes its states
// as the walk comes to them; bleve's own makes them all beforehand, which for a long word takes longer than all else in
// a search.
type speller struct {
	word   []rune // not empty
	edits  uint8
	states []reading // 0 is a dead end, 1 the start
}

// reading is what has been read of a word: a row of the table of the optimal string alignment distance and the one
// before it, for both its band of beginnings of the speller's word that may be near enough: row[j] is the distance to
// the beginning of read+j-edits letters.
type reading struct {
	row, before [2*maxEdits + 1]uint8
	read        int
	last        rune
	bytes       [utf8.UTFMax]byte // of a letter that is not read whole
	pending     int
}

func newSpeller(word string) *speller {
	s := &speller{word: []rune(word), edits: uint8(editsFor(word)), states: make([]reading, 2)}
	start := &s.states[1]
	for j := range start.row {
		start.row[j], start.before[j] = s.edits+1, s.edits+1
		if at := j - int(s.edits); at >= 0 && at <= int(s.edits) {
			start.row[j] = uint8(at)
		}
	}
	return s
}

func (s *speller) Start() int { return 1 }

func (s *speller) CanMatch(state int) bool { return state != 0 }

func (s *speller) WillAlwaysMatch(int) bool { return false }

func (s *speller) IsMatch(state int) bool { return s.distance(&s.states[state]) <= s.edits }

// distance gives how far what was read is from the word; more than edits when it is too far.
func (s *speller) distance(sp *reading) uint8 {
	j := len(s.word) - sp.read + int(s.edits)
	if sp.pending > 0 || j < 0 || j > 2*int(s.edits) {
		return s.edits + 1
	}
	return sp.row[j]
}

// Accept reads a byte.
func (s *speller) Accept(state int, b byte) int {
	if state == 0 {
		return 0
	}
	next := s.states[state]
	next.bytes[next.pending] = b
	next.pending++
	if read := next.bytes[:next.pending]; utf8.FullRune(read) {
		r, _ := utf8.DecodeRune(read)
		next.pending = 0
		if !s.read(&next, r) {
			return 0
		}
	}
	s.states = append(s.states, next)
	return len(s.states) - 1
}

// read goes a letter on; it reports whether what was read can still become like the word.
func (s *speller) read(sp *reading, r rune) bool {
	if sp.read == 0 && r != s.word[0] {
		return false
	}
	far := s.edits + 1
	row, alive := sp.row, false
	for j := range int(2*s.edits + 1) {
		at := sp.read + 1 + j - int(s.edits) // letters of the word
		best := far
		if at >= 0 && at <= len(s.word) {
			if j < int(2*s.edits) {
				best = min(best, sp.row[j+1]+1) // r is too much
			}
			if j > 0 {
				best = min(best, row[j-1]+1) // a letter is missing
			}
			if at > 0 && s.word[at-1] == r {
				best = min(best, sp.row[j])
			} else if at > 0 {
				best = min(best, sp.row[j]+1)
			}
			if at > 1 && sp.read > 0 && s.word[at-1] == sp.last && s.word[at-2] == r {
				best = min(best, sp.before[j]+1)
			}
		}
		row[j] = best
		alive = alive || best <= s.edits
	}
	sp.before, sp.row = sp.row, row
	sp.read++
	sp.last = r
	return alive
}

// distanceTo gives how many letters differ in a word, more than edits when too many do.
func (s *speller) distanceTo(word string) uint8 {
	sp := s.states[1]
	for _, r := range word {
		if !s.read(&sp, r) {
			return s.edits + 1
		}
	}
	return s.distance(&sp)
}

// minMistyped is the shortest word whose every mistake is tried: of shorter ones, similar finds what there is.
const minMistyped = 7

// mistyped gives what a word of Latin letters may be if one letter of it is wrong, too many, missing, or swapped with the
// next; not the first. It is for words of texts, of which the index has only the stems: each is stemmed and looked for.
func mistyped(word string) []string {
	if len(word) < minMistyped || strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return nil
	}
	var list []string
	for i := 1; i <= len(word); i++ {
		before, after := word[:i], word[i:]
		if after != "" {
			list = append(list, before+after[1:])
		}
		if len(after) > 1 {
			list = append(list, before+after[1:2]+after[:1]+after[2:])
		}
		for c := byte('a'); c <= 'z'; c++ {
			list = append(list, before+string(c)+after)
			if after != "" {
				list = append(list, before+string(c)+after[1:])
			}
		}
	}
	return list
}

// prefixer recognizes the words that begin with a text. Its state is how many bytes of it were read, and one.
type prefixer string

func (p prefixer) Start() int { return 1 }

func (p prefixer) CanMatch(state int) bool { return state != 0 }

func (p prefixer) WillAlwaysMatch(state int) bool { return state > len(p) }

func (p prefixer) IsMatch(state int) bool { return state > len(p) }

func (p prefixer) Accept(state int, b byte) int {
	switch {
	case state == 0 || state > len(p):
		return state
	case p[state-1] == b:
		return state + 1
	}
	return 0
}

func (p prefixer) distanceTo(string) uint8 { return 0 }

// beginning gives the terms of a field that begin so, those of most documents first.
func (s *session) beginning(field, text string) ([]string, error) {
	found, err := s.lookForSimilar(field, prefixer(text))
	return likest(found), err
}

// similarTerm is a term that is spelt like another.
type similarTerm struct {
	term  string
	edits uint8
	count uint64 // documents
}

// similar gives the terms of a field that are spelt like one, it included, once for a session: those with fewest
// differences and most documents first.
func (s *session) similar(field, term string) ([]string, error) {
	key := fieldTerm{field, term}
	if near, ok := s.near[key]; ok || editsFor(term) == 0 {
		return near, nil
	}
	found, err := s.lookForSimilar(field, newSpeller(term))
	if err != nil {
		return nil, err
	}
	// bleve's dictionaries count documents that are no more: those of the nearest are counted again.
	slices.SortFunc(found, func(a, b similarTerm) int { return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(a.term, b.term)) })
	found = found[:min(len(found), maxCounted)]
	for i := range found {
		p, err := s.postings(field, found[i].term)
		if err != nil {
			return nil, err
		}
		found[i].count = p.count
	}
	near := likest(found)
	s.near[key] = near
	return near, nil
}

// likest gives the terms that differ least.
func likest(found []similarTerm) []string {
	slices.SortFunc(found, func(a, b similarTerm) int {
		return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(b.count, a.count), cmp.Compare(a.term, b.term))
	})
	var near []string
	for _, t := range found[:min(len(found), maxExpansions)] {
		near = append(near, t.term)
	}
	return near
}

// recognizer is a speller of either kind.
type recognizer interface {
	segment.Automaton
	distanceTo(word string) uint8
}

func (s *session) lookForSimilar(field string, speller recognizer) ([]similarTerm, error) {
	dicts, err := s.dictionaries(field)
	if err != nil {
		return nil, err
	}
	var found []similarTerm
	places := map[string]int{} // in found
	for _, d := range dicts {
		it := d.AutomatonIterator(speller, nil, nil)
		for len(found) < maxSimilar {
			e, err := it.Next()
			if err != nil {
				return nil, err
			}
			if e == nil {
				break
			}
			i, ok := places[e.Term]
			if !ok {
				i = len(found)
				places[e.Term] = i
				found = append(found, similarTerm{term: e.Term, edits: speller.distanceTo(e.Term)})
			}
			found[i].count += e.Count
		}
	}
	return found, nil
}

// startSpeller recognizes the words that begin like one: what is typed may go on.
type startSpeller struct{ *speller }

// begunLike is its state once a beginning was like the word: whatever follows matches.
const begunLike = math.MaxInt

func (s startSpeller) CanMatch(state int) bool { return state != 0 }

func (s startSpeller) WillAlwaysMatch(state int) bool { return state == begunLike }

func (s startSpeller) IsMatch(state int) bool { return state == begunLike }

func (s startSpeller) Accept(state int, b byte) int {
	if state == begunLike {
		return state
	}
	next := s.speller.Accept(state, b)
	if next != 0 && s.speller.IsMatch(next) {
		return begunLike
	}
	return next
}

// distanceTo gives how many letters differ in the beginning of a word that is most like; more than edits when too many do.
func (s startSpeller) distanceTo(word string) uint8 {
	sp := s.states[1]
	best := s.edits + 1
	for _, r := range word {
		if !s.read(&sp, r) {
			break
		}
		best = min(best, s.distance(&sp))
	}
	return best
}

// beginLike gives words of names that begin like what is typed: those most like it, and of these those of most names,
// first.
func (s *session) beginLike(typed string) ([]string, error) {
	if editsFor(typed) == 0 {
		return nil, nil
	}
	found, err := s.lookForSimilar(fieldWords, startSpeller{newSpeller(typed)})
	return likest(found), err
}
