package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxSnippet is about how many bytes a snippet has: two or three lines on a wide screen, five on a phone.
	MaxSnippet = 240
	// snippetLead is how far before the first marked word a snippet may begin to begin with a sentence.
	snippetLead = 100
	// snippetOpening is how much of a section's beginning stands before a passage that is further down: it says what the
	// answer is, and the passage why it was found.
	snippetOpening = 120
	// ellipsis stands where a snippet begins or ends within a sentence.
	ellipsis = "…"
)

// Fragment is a part of a snippet; Mark is set on what the query matched. The texts joined are the snippet: plain text
// in one line.
type Fragment struct {
	Text string
	Mark bool
}

// marker finds a query's words in text, in any of their forms.
type marker struct {
	clauses []clause
	others  []string // terms of what the words may stand for, beside themselves
	byLang  map[string]*langMarker
}

// langMarker is a marker for texts of one language.
type langMarker struct {
	lang   *language
	wanted []string       // terms
	firsts [][2]rune      // how words of wanted may begin; the second letter is 0 where it may change
	known  map[string]int // word as it stands in a text: index in wanted, or -1
}

// marker makes the marker of a plan.
func (p *plan) marker() *marker {
	m := &marker{byLang: map[string]*langMarker{}}
	for _, u := range p.units {
		for _, a := range u.alternatives {
			if a.whole {
				m.others = append(m.others, a.terms...)
			}
		}
	}
	for _, c := range p.q.clauses {
		if !c.not && (c.field == anywhere || c.field == inTitle) {
			m.clauses = append(m.clauses, c)
		}
	}
	return m
}

func (m *marker) in(l *language) *langMarker {
	if lm := m.byLang[l.name]; lm != nil {
		return lm
	}
	lm := &langMarker{lang: l, known: map[string]int{}}
	for _, c := range m.clauses {
		for _, form := range l.forms(c.text) {
			lm.wanted = append(lm.wanted, form...)
		}
	}
	lm.wanted = append(lm.wanted, m.others...)
	for _, t := range lm.wanted {
		lm.firsts = append(lm.firsts, lm.beginningOf(t))
	}
	m.byLang[l.name] = lm
	return lm
}

// span is a place in a text where term matches.
type span struct{ start, end, term int }

// snippet gives the beginning of a text, which is the answer in short, and the passage in which most of the query's words
// stand near each other, the words marked.
func (m *marker) snippet(text string, l *language) []Fragment {
	if text == "" {
		return nil
	}
	spans := m.in(l).find(text)
	start, end := passage(text, spans)
	if start <= snippetOpening {
		return fragments(text, 0, max(end, cutEnd(text, 0, 0)), spans)
	}
	opening := fragments(text, 0, cutOpening(text), spans)
	if last := len(opening) - 1; opening[last].Mark || !strings.HasSuffix(opening[last].Text, ellipsis) {
		opening = append(opening, Fragment{Text: " " + ellipsis})
	}
	found := fragments(text, start, end, spans)
	if strings.HasPrefix(found[0].Text, ellipsis) && !found[0].Mark {
		found[0].Text = strings.TrimPrefix(found[0].Text, ellipsis)
	}
	return joined(slices.Concat(opening, []Fragment{{Text: " "}}, slices.DeleteFunc(found, func(f Fragment) bool { return f.Text == "" })))
}

// cutOpening gives where the first sentence ends, or a word within it when it is long.
func cutOpening(text string) int {
	low := min(snippetOpening, len(text))
	for i := 1; i < low; i++ {
		if endsSentence(text[:i]) && !isSpaceByte(text[i]) {
			return i
		}
	}
	if i := strings.LastIndexByte(text[:low], ' '); i > 0 {
		return i
	}
	return cutAt(text, low)
}

// find gives the places, in order, not overlapping.
func (lm *langMarker) find(text string) []span {
	if len(lm.wanted) == 0 {
		return nil
	}
	if !lm.lang.suffixing {
		return lm.findTokens(text)
	}
	var spans []span
	for start, end := nextWord(text, 0); start < end; start, end = nextWord(text, end) {
		if i := lm.term(text[start:end]); i >= 0 {
			spans = append(spans, span{start, end, i})
		}
	}
	return spans
}

// findTokens finds by analyzing the whole text, for languages whose terms need not look like the words. Terms may
// overlap there (pairs of ideographs); spans are joined.
func (lm *langMarker) findTokens(text string) []span {
	var spans []span
	for _, t := range lm.lang.found(text) {
		i := lm.index(string(t.Term))
		if i < 0 || t.Start < 0 || t.End > len(text) || t.Start >= t.End {
			continue
		}
		if n := len(spans); n > 0 && t.Start < spans[n-1].end {
			spans[n-1].end = max(spans[n-1].end, t.End)
			continue
		}
		spans = append(spans, span{t.Start, t.End, i})
	}
	return spans
}

// term gives the wanted term that a word is a form of, or -1.
func (lm *langMarker) term(word string) int {
	if !lm.mayMatch(word) {
		return -1
	}
	i, ok := lm.known[word]
	if !ok {
		i = -1
		for _, t := range lm.lang.found(word) {
			if i = lm.index(string(t.Term)); i >= 0 {
				break
			}
		}
		lm.known[word] = i
	}
	return i
}

// mayMatch saves the stemmer work: a form of a word begins like it.
func (lm *langMarker) mayMatch(word string) bool {
	first, second := firstLetters(word)
	for _, f := range lm.firsts {
		if f[0] == first && (f[1] == 0 || f[1] == second) {
			return true
		}
	}
	return false
}

// changingTerm is the length in letters up to which a stemmer may have changed the second letter of a term.
const changingTerm = 3

func (lm *langMarker) beginningOf(term string) [2]rune {
	first, second := firstLetters(term)
	if lm.lang.spells || utf8.RuneCountInString(term) <= changingTerm {
		second = 0
	}
	return [2]rune{first, second}
}

// beginningRunes is how much of a word is folded to find its first two letters: they may carry a mark each.
const beginningRunes = 4

// firstLetters gives the first two letters of a word without case and accents: those of its first letter if that folds to
// more than one.
func firstLetters(word string) (first, second rune) {
	r, size := utf8.DecodeRuneInString(word)
	if r < utf8.RuneSelf && (size == len(word) || word[size] < utf8.RuneSelf) {
		first = lower(r)
		if size < len(word) {
			second = lower(rune(word[size]))
		}
		return first, second
	}
	end := 0
	for range beginningRunes {
		_, size := utf8.DecodeRuneInString(word[end:])
		end += size
	}
	word = fold(word[:end])
	first, size = utf8.DecodeRuneInString(word)
	if size < len(word) {
		second, _ = utf8.DecodeRuneInString(word[size:])
	}
	return first, second
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

func (lm *langMarker) index(term string) int {
	return slices.Index(lm.wanted, term)
}

// passage chooses what is shown: the stretch with most different words in it, the earliest of equals, from the
// beginning of a sentence if one is near.
func passage(text string, spans []span) (start, end int) {
	if len(spans) == 0 {
		return 0, cutEnd(text, 0, 0)
	}
	first, last, most := 0, 0, -1
	for i, j := 0, 0; i < len(spans); i++ {
		j = max(j, i)
		for j+1 < len(spans) && spans[j+1].end-spans[i].start <= MaxSnippet-snippetLead/2 {
			j++
		}
		if v := value(spans[i : j+1]); v > most {
			first, last, most = i, j, v
		}
	}
	from, to := spans[first].start, spans[last].end
	start = cutStart(text, from, min(snippetLead, max(0, MaxSnippet-(to-from))))
	return start, cutEnd(text, start, to)
}

// value counts different terms first, then how often they come, up to a few times.
func value(spans []span) int {
	seen := uint64(0)
	different := 0
	for _, s := range spans {
		if bit := uint64(1) << (s.term % 64); seen&bit == 0 {
			seen |= bit
			different++
		}
	}
	return 8*different + min(len(spans), 7)
}

// cutStart gives where a snippet begins whose first marked word is at from: the nearest beginning of a sentence within
// room bytes, else of a word.
func cutStart(text string, from, room int) int {
	low := max(0, from-room)
	for i := from; i > low; i-- {
		if endsSentence(text[:i]) {
			return i
		}
	}
	if low == 0 {
		return 0
	}
	low = max(low, from-snippetLead/2)
	for i := low; i < from; i++ {
		if text[i] == ' ' || text[i] == '\n' {
			return i + 1
		}
	}
	for !utf8.RuneStart(text[low]) {
		low++
	}
	return low
}

// endsSentence reports whether a new sentence begins after s.
func endsSentence(s string) bool {
	if strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "！") {
		return true
	}
	trimmed := strings.TrimRight(s, " ")
	if len(trimmed) == len(s) || trimmed == "" {
		return false
	}
	return strings.IndexByte(".?!", trimmed[len(trimmed)-1]) >= 0 || strings.HasSuffix(trimmed, "؟")
}

// cutEnd gives where a snippet ends that begins at start and must hold what is before keep.
func cutEnd(text string, start, keep int) int {
	end := start + MaxSnippet
	if end >= len(text) {
		return len(text)
	}
	end = cutAt(text, max(end, keep))
	keep = max(keep, start+MaxSnippet*2/3)
	for i := end; i > keep; i-- {
		if endsSentence(text[:i]) {
			return i
		}
	}
	for i := end; i > keep; i-- {
		if text[i] == ' ' || text[i] == '\n' {
			return i
		}
	}
	return end
}

// fragments cuts text[start:end] at the spans, in one line, with an ellipsis where a sentence is cut.
func fragments(text string, start, end int, spans []span) []Fragment {
	var list []Fragment
	add := func(s string, mark bool) {
		if s = oneLine(s); s != "" {
			list = append(list, Fragment{s, mark})
		}
	}
	if start > 0 && !endsSentence(text[:start]) {
		list = append(list, Fragment{Text: ellipsis})
	}
	for start < end && isSpaceByte(text[start]) {
		start++
	}
	for end > start && isSpaceByte(text[end-1]) {
		end--
	}
	at := start
	for _, s := range spans {
		if s.start < at || s.end > end {
			continue
		}
		add(text[at:s.start], false)
		add(text[s.start:s.end], true)
		at = s.end
	}
	add(text[at:end], false)
	if end < len(strings.TrimRightFunc(text, unicode.IsSpace)) && !endsSentence(text[:end]+" ") {
		list = append(list, Fragment{Text: ellipsis})
	}
	return joined(list)
}

func isSpaceByte(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// oneLine makes every run of white space one space, those at the ends too.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\t\r") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	gap := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte(' ')
	}
	return b.String()
}

// joined puts neighbours of one kind together.
func joined(list []Fragment) []Fragment {
	var out []Fragment
	for _, f := range list {
		if n := len(out); n > 0 && out[n-1].Mark == f.Mark && !f.Mark {
			out[n-1].Text += f.Text
			continue
		}
		out = append(out, f)
	}
	return out
}
