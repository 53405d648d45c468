// Package diff compares texts and merges them three ways. Everything here is a pure function of its input, safe
// for many goroutines, in time bounded by named limits whatever the input is.
//
// Its nouns: a text is a list of lines (SplitLines). An Edit replaces some lines of the old text by lines of the
// new one; Lines gives the edits between two texts. A Hunk is what people read: a run of changed Lines with their
// context, whose Spans mark the words that changed. A Block is what an editor thinks of as one thing, a paragraph
// or a table row; Merge joins two versions of one base by line and by block and gives a Result, whose Chunks are
// agreed text or a conflict.
//
//	r := diff.Merge(base, theirs, mine, split)
//	if !r.Clean {
//		show(r.Chunks)
//	}
//
// # Promises
//
// Applying the edits of Lines to the old text gives the new one, and as few lines as possible are touched as long
// as the search stays within exactSteps. The spans of Words, put together, give both texts. Merge never loses a
// line that only one side touched: it stands in the text or in a conflict. It's clean wherever git merge-file is.
package diff

// Edit replaces a[A0:A1] by b[B0:B1]: indexes of lines from 0, half open. Of a list of edits, each stands after
// the one before it, with at least one line in between that both texts have.
type Edit struct{ A0, A1, B0, B1 int }

// Op is what a span or a line is in the step from the old text to the new one.
type Op uint8

// What a span can be.
const (
	Equal  Op = iota // in both texts
	Delete           // in the old text only
	Insert           // in the new text only
)

// Span is a piece of a line, or of a text.
type Span struct {
	Op   Op
	Text string
}

// Line is one line of a Hunk. Joined, the texts of Spans and Ending are the line.
//
// A changed line that has a counterpart on the other side has Equal spans, and spans of its own Op for what
// changed in it; one without has a single span of its own Op. An empty line has no span. Lines that differ in
// their ending only have Equal spans.
type Line struct {
	Op       Op
	Old, New int    // numbers of the line in the two texts, from 1; 0 where it is not there
	Pair     int    // of a changed line: the number, in the other text, of the line it was compared with; 0 if none
	Ending   string // "\n", "\r\n", or "" at the end of a text without a final newline
	Spans    []Span
}

// Hunk is a run of changed lines with the lines around them. Starts are numbers of lines from 1; where a side has no
// line in the hunk, its start is the number of the line before, as in git's headers.
type Hunk struct {
	OldStart, OldLines, NewStart, NewLines int
	Heading                                string // text of the nearest Markdown heading above the first change in the new text; "" if none
	Lines                                  []Line // deleted lines stand before the inserted ones that replace them
}

// Block is a half-open range of bytes of a text that an editor thinks of as one thing.
type Block struct{ Start, End int }

// Result is what Merge made.
type Result struct {
	Text      []byte  // the merged text; where there is a conflict, mine's text stands
	Chunks    []Chunk // the whole text in order
	Conflicts int     // how many of Chunks are conflicts
	Clean     bool    // there is none
}

// Chunk is a piece of a merged text: Text where the two sides agree, or a conflict with its three texts.
type Chunk struct {
	Conflict           bool
	Text               []byte
	Base, Theirs, Mine []byte
}
