// Package diff compares texts and merges them three ways.
//
// Lines gives the edits between two texts by line (Myers, minimal, over interned lines); Words marks the changed
// words within a pair of lines; Merge joins two edits of one base, block by block and then line by line.
// Everything here is a pure function of its input, in time bounded by named limits.
package diff
