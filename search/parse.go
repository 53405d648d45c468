package search

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MaxQuery is the longest query in bytes: a long question and its filters are a few hundred.
	MaxQuery = 1000
	// MaxTerms is the most words, phrases and filters of a query: each costs a walk through the index.
	MaxTerms = 32
	// MaxLimit is the most hits of one answer: each has a snippet to make.
	MaxLimit = 100
	// DefaultLimit is what a Query without a Limit gets: a screen or two.
	DefaultLimit = 20
)

// Query is what a person asks. Parse makes it.
type Query struct {
	Text   string // as typed
	Limit  int    // hits wanted; 0 is DefaultLimit, and there are never more than MaxLimit
	Offset int    // hits to leave out; past the last there are none
	Others int    // how many other sections of each hit's page are named that match, too; see MaxOthers

	// Problem says what is wrong with the text, in a sentence for the reader; "" when nothing is.
	Problem string

	clauses []clause
}

// field is where a clause looks.
type field uint8

const (
	anywhere field = iota
	inTitle
	inKeyword
	inLang
	inPath
	byAuthor
	inYear
	changedBefore
	changedAfter
)

// fieldNames are what may stand before a colon. Anything else there is an ordinary word.
var fieldNames = map[string]field{
	"title": inTitle, "intitle": inTitle,
	"keyword": inKeyword, "keywords": inKeyword, "tag": inKeyword, "category": inKeyword,
	"lang": inLang, "language": inLang,
	"path": inPath, "in": inPath,
	"by": byAuthor, "author": byAuthor,
	"year": inYear, "before": changedBefore, "after": changedAfter,
}

// shownAs are the names by which a query that we write calls its fields.
var shownAs = [...]string{
	inTitle: "title", inKeyword: "keyword", inLang: "lang", inPath: "in", byAuthor: "by", inYear: "year", changedBefore: "before", changedAfter: "after",
}

// clause is one word, phrase or filter of a query.
type clause struct {
	field  field
	text   string // NFC, without quotes
	begun  bool   // a word that may go on
	phrase bool   // the words must stand together
	not    bool   // what matches is left out

	also []string // of a keyword: its other names
}

// Parse reads a query as typed:
//
//	community practice       pages that have both words, in any form ("communities")
//	"community of practice"  the words together
//	practi*                  words that begin so
//	-budget  -"annual plan"  without
//	title:launch             in the title or another title of the page
//	keyword:"knowledge management"   with that keyword, whole
//	lang:fr                  in that language (fr, fr-CA, ...)
//	in:guide/                below that path
//	by:"Etienne Wenger"      somebody of that name wrote a part of the page
//	after:2025  before:2026-03-31    last changed since the beginning of that time, or before it
//	year:2025                last changed in that year
//
// It never fails: a quote that is not closed ends with the query, a field of another name is a word, what holds no
// letter or digit is left out. A query that cannot be searched has a Problem.
func Parse(text string) Query {
	q := Query{Text: text}
	if len(text) > MaxQuery {
		q.Problem = "This query is too long. Please use fewer words."
		q.Text = text[:cutAt(text, MaxQuery)]
		return q
	}
	rest := norm.NFC.String(strings.ToValidUTF8(text, " "))
	for {
		var c clause
		var ok bool
		if c, rest, ok = nextClause(rest); !ok {
			break
		}
		if fold(c.text) == "" {
			continue
		}
		if q.Problem = c.problem(); q.Problem != "" {
			return q
		}
		if len(q.clauses) == MaxTerms {
			q.Problem = "This query has too many words. Please use fewer."
			return q
		}
		q.clauses = append(q.clauses, c)
	}
	if len(q.clauses) > 0 && !q.asksSomething() {
		q.Problem = "This query only says what to leave out. Please add what to find."
	}
	return q
}

// problem says what is wrong with a clause; "" when nothing is.
func (c clause) problem() string {
	switch c.field {
	case inYear, changedBefore, changedAfter:
		if _, _, ok := period(c.text); !ok {
			return shownAs[c.field] + ": wants a day, month or year, such as 2026-03-31, 2026-03 or 2026."
		}
	}
	return ""
}

// periodLayouts are how a time may be written, and how far the period reaches that it names.
var periodLayouts = [...]struct {
	layout              string
	years, months, days int
}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}}

// period reads a day, month or year, in UTC: from its first moment to the one after its last.
func period(text string) (from, to time.Time, ok bool) {
	for _, l := range periodLayouts {
		if t, err := time.Parse(l.layout, text); err == nil {
			return t, t.AddDate(l.years, l.months, l.days), true
		}
	}
	return from, to, false
}

// WithNames gives the query with the other names of its keywords: names gives those of a keyword as it is typed. A page that
// carries any of them has the keyword.
func (q Query) WithNames(names func(keyword string) []string) Query {
	q.clauses = slices.Clone(q.clauses)
	for i, c := range q.clauses {
		if c.field == inKeyword {
			q.clauses[i].also = names(c.text)
		}
	}
	return q
}

// withoutQuotes gives the query with words in the place of its phrases, as many as a query may have, and whether it has any.
func (q Query) withoutQuotes() (loose Query, quoted bool) {
	loose = q
	loose.clauses = nil
	for _, c := range q.clauses {
		if !c.phrase || c.not || c.field != anywhere {
			loose.clauses = append(loose.clauses, c)
			continue
		}
		quoted = true
		for word := range strings.FieldsSeq(c.text) {
			if fold(word) != "" {
				loose.clauses = append(loose.clauses, clause{text: word})
			}
		}
	}
	loose.clauses = loose.clauses[:min(len(loose.clauses), MaxTerms)]
	return loose, quoted
}

// Empty reports whether the query asks for nothing at all.
func (q Query) Empty() bool { return len(q.clauses) == 0 && q.Problem == "" }

// Without gives the text of the query without the filter for a value of a facet, in whichever of its names and spellings
// it was typed, and whether it was there.
func (q Query) Without(facet, value string) (text string, ok bool) {
	var rest []string
	for _, c := range q.clauses {
		if c.filters(facet, value) {
			ok = true
			continue
		}
		rest = append(rest, c.written(c.text))
	}
	return strings.Join(rest, " "), ok
}

// filters reports whether a clause is the filter for a value of a facet. Of a name that is not in quotes there may be more
// than one.
func (c clause) filters(facet, value string) bool {
	return !c.not && c.field != anywhere && c.field == fieldNames[facet] && (c.field != byAuthor || c.phrase) && fold(c.text) == fold(value)
}

// Filters reports whether the query is more than words and phrases to look for: whether some of it was understood as a
// field, or as what to leave out.
func (q Query) Filters() bool {
	return slices.ContainsFunc(q.clauses, func(c clause) bool { return c.not || c.field != anywhere })
}

func (q Query) asksSomething() bool {
	for _, c := range q.clauses {
		if !c.not {
			return true
		}
	}
	return false
}

// cutAt gives the largest rune boundary of s that is not above n.
func cutAt(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// nextClause takes the first clause off s; ok is false when there is none.
func nextClause(s string) (c clause, rest string, ok bool) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if s == "" {
		return clause{}, "", false
	}
	if after, minus := cutMinus(s); minus {
		c.not, s = true, after
	}
	if name, after, found := strings.Cut(s, ":"); found {
		if f, known := fieldNames[strings.ToLower(name)]; known && after != "" && !startsWithSpace(after) {
			c.field, s = f, after
		}
	}
	if quote, size := openingQuote(s); quote {
		c.phrase = true
		c.text, rest = untilQuote(s[size:])
		return c, rest, true
	}
	end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) })
	if end < 0 {
		end = len(s)
	}
	c.text = s[:end]
	if word, star := strings.CutSuffix(c.text, "*"); star && c.field == anywhere && utf8.RuneCountInString(fold(word)) >= minBegun {
		c.text, c.begun = word, true
	}
	return c, s[end:], true
}

// minBegun is how many letters of a word there have to be for all that begin so to be looked for: fewer begin anything.
const minBegun = 3

// cutMinus takes a minus off that stands before a word or a quote. A minus on its own, or a dash, means nothing; before a
// single letter it belongs to a command that was pasted ("tail -f"), of which no page that has the letter is to be left out.
func cutMinus(s string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, "-")
	if !ok || rest == "" || rest[0] == '-' || startsWithSpace(rest) || isFlag(rest) {
		return s, false
	}
	return rest, true
}

// isFlag reports whether the first word is one letter or digit.
func isFlag(s string) bool {
	return isASCII(s[:1]) && (unicode.IsLetter(rune(s[0])) || unicode.IsDigit(rune(s[0]))) && (len(s) == 1 || startsWithSpace(s[1:]))
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

// isQuote knows the straight quote and those that phones and word processors put in its place.
func isQuote(r rune) bool { return strings.ContainsRune(`"“”„‟«»`, r) }

func openingQuote(s string) (ok bool, size int) {
	r, size := utf8.DecodeRuneInString(s)
	return isQuote(r), size
}

func untilQuote(s string) (text, rest string) {
	i := strings.IndexFunc(s, isQuote)
	if i < 0 {
		return s, ""
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[:i], s[i+size:]
}
