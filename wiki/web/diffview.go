package web

import "coppice/wiki"

// diffHunks shapes hunks for a view, inline and side by side.
func diffHunks(hunks []wiki.Hunk) []DiffHunk {
	list := make([]DiffHunk, 0, len(hunks))
	for _, h := range hunks {
		lines := diffLines(h.Lines)
		list = append(list, DiffHunk{Heading: h.Heading, OldStart: h.OldStart, NewStart: h.NewStart, Lines: lines, Pairs: pairs(lines)})
	}
	return list
}

// flatDiff gives the lines of a comparison without regard to hunks: for a clash, which is short.
func flatDiff(a, b []byte) []DiffLine {
	var lines []DiffLine
	for _, h := range wiki.Diff(a, b, diffContext) {
		lines = append(lines, diffLines(h.Lines)...)
	}
	return lines
}

func diffLines(in []wiki.Line) []DiffLine {
	lines := make([]DiffLine, 0, len(in))
	for _, l := range in {
		lines = append(lines, DiffLine{Op: opName(l.Op), Old: l.Old, New: l.New, Spans: diffSpans(l)})
	}
	return lines
}

func opName(op wiki.Op) string {
	switch op {
	case wiki.OpDelete:
		return "delete"
	case wiki.OpInsert:
		return "insert"
	default:
		return "equal"
	}
}

// diffSpans marks the words that changed. In a line that is new or gone as a whole no word is marked: all of it would be.
func diffSpans(l wiki.Line) []DiffSpan {
	some := false
	for _, s := range l.Spans {
		some = some || s.Op == wiki.OpEqual
	}
	spans := make([]DiffSpan, 0, len(l.Spans))
	for _, s := range l.Spans {
		spans = append(spans, DiffSpan{Text: s.Text, Mark: some && s.Op != wiki.OpEqual})
	}
	return spans
}

// pairs sets lines side by side: within a run of changes the first that went stands beside the first that came.
func pairs(lines []DiffLine) []DiffPair {
	var list []DiffPair
	for i := 0; i < len(lines); {
		if lines[i].Op == "equal" {
			list = append(list, DiffPair{&lines[i], &lines[i]})
			i++
			continue
		}
		var gone, come []*DiffLine
		for ; i < len(lines) && lines[i].Op != "equal"; i++ {
			if lines[i].Op == "delete" {
				gone = append(gone, &lines[i])
			} else {
				come = append(come, &lines[i])
			}
		}
		for k := range max(len(gone), len(come)) {
			var p DiffPair
			if k < len(gone) {
				p.Old = gone[k]
			}
			if k < len(come) {
				p.New = come[k]
			}
			list = append(list, p)
		}
	}
	return list
}
