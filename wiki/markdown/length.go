package markdown

import (
	"strconv"
	"strings"
)

// Unit is what a length counts.
type Unit uint8

// The units of lengths.
const (
	Unmeasured Unit = iota
	Words
	Paragraphs
	Entries // of a list in the front matter
)

// Length is how long a section should be. Hint is what the form says, in any words; Least and Unit are what was understood
// of it, Unmeasured when nothing was.
type Length struct {
	Hint  string
	Least int
	Unit  Unit
}

// maxLength bounds a number in a length: nobody asks for more.
const maxLength = 100_000

// numbers are those that people write out.
var numbers = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}

// units are the words for units.
var units = map[string]Unit{
	"word": Words, "words": Words, "paragraph": Paragraphs, "paragraphs": Paragraphs,
	"entry": Entries, "entries": Entries, "keyword": Entries, "keywords": Entries, "name": Entries, "names": Entries,
}

// joints are words that change nothing about the least that is wanted.
var joints = map[string]bool{
	"at": true, "least": true, "about": true, "around": true, "between": true, "and": true, "to": true, "or": true, "more": true, "than": true,
}

// parseLength reads a hint such as "one or two paragraphs", "2-4 paragraphs", "at least 50 words", "up to 200 words" or, of
// a field, "three to six". A hint in other words is kept as it is and not measured.
func parseLength(hint string) Length {
	l := Length{Hint: hint}
	unit, least, most := Unmeasured, 0, false
	for _, word := range strings.Fields(strings.NewReplacer("–", " to ", "—", " to ", "-", " to ", "+", " or more ", ",", " ").Replace(strings.ToLower(hint))) {
		n, isNumber := numbers[word]
		if !isNumber {
			v, err := strconv.Atoi(word)
			n, isNumber = v, err == nil && v > 0 && v <= maxLength
		}
		switch u, isUnit := units[word]; {
		case isNumber && least == 0:
			least = n
		case isNumber:
			least = min(least, n)
		case isUnit && (unit == Unmeasured || unit == u):
			unit = u
		case word == "up" || word == "most":
			most = true
		case !joints[word]:
			return l
		}
	}
	if least == 0 {
		return l
	}
	if most { // any text will do
		least = 1
	}
	if unit == Unmeasured {
		unit = Entries
	}
	l.Least, l.Unit = least, unit
	return l
}

// State is how complete a section is.
type State uint8

// The states of a section.
const (
	Fine    State = iota
	Short         // shorter than its form wants it
	Empty         // its heading is there, and nothing below it
	Missing       // not there at all
)

// State judges a section of which there is so much; of a field, entries counts. A section whose length is not measured is
// fine when it says anything.
func (s FormSection) State(size Size, entries int, there bool) State {
	if s.Field != "" {
		switch {
		case entries == 0:
			return Missing
		case s.Length.Unit == Entries && entries < s.Length.Least:
			return Short
		}
		return Fine
	}
	switch {
	case !there, s.Level == 0 && size.Words == 0:
		return Missing
	case size.Words == 0:
		return Empty
	case s.Length.Unit == Words && size.Words < s.Length.Least, s.Length.Unit == Paragraphs && size.Paragraphs < s.Length.Least:
		return Short
	}
	return Fine
}

// Lacks reports whether a section in that state still has to be worked on before the page is what its form asks for.
func (s FormSection) Lacks(state State) bool {
	return state == Empty || s.Required && state != Fine
}
