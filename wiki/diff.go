package wiki

import "coppice/wiki/internal/diff"

// Hunk is a run of changed lines with a few unchanged ones around it; Line is one of its lines, and its Spans mark the
// words that changed. Op says whether a Line or Span is in both texts or only in one.
type (
	Hunk = diff.Hunk
	Line = diff.Line
	Span = diff.Span
	Op   = diff.Op
)

// The values of Op.
const (
	OpEqual  = diff.Equal
	OpDelete = diff.Delete
	OpInsert = diff.Insert
)

// Diff compares two texts by line, with words marked within lines, and context unchanged lines around each hunk.
func Diff(a, b []byte, context int) []Hunk { return diff.Hunks(a, b, context) }

// Words compares two strings by word.
func Words(a, b string) []Span { return diff.Words(a, b) }

// Merge joins theirs and mine, both made from base, by Markdown block and then by line. When it is not clean, text has
// mine where the two clash.
func Merge(base, theirs, mine []byte) (text []byte, clean bool) {
	r := merge(base, theirs, mine)
	return r.Text, r.Clean
}
