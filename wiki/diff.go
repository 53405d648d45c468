package wiki

import "coppice/wiki/internal/diff"

// What a comparison of two texts consists of.
type (
	// Hunk is a run of changed lines with a few unchanged ones around it.
	Hunk = diff.Hunk
	// Line is a line of a Hunk. Its Spans mark the words that changed.
	Line = diff.Line
	// Span is a part of a Line.
	Span = diff.Span
	// Op says whether a Line or Span is in both texts or only in one.
	Op = diff.Op
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
