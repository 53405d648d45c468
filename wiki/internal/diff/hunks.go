package diff

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Hunks gives the changes from a to b for people, each with up to context unchanged lines before and after it;
// changes whose contexts meet share a hunk. A negative context gives the whole text as one hunk. Equal texts have
// no hunk.
//
// Old and new lines that replace one another are compared by word if they have enough in common. A change that can
// stand in several places stands where it reads best: from the beginning of a paragraph to its end.
func Hunks(a, b []byte, context int) []Hunk {
	old, new := SplitLines(a), SplitLines(b)
	lineSteps := exactSteps
	edits := diffLines(old, new, &lineSteps, readable)
	if len(edits) == 0 {
		return nil
	}
	if context < 0 {
		context = len(old) + len(new)
	}
	w := hunkWriter{old: old, new: new, titles: titles{lines: new}, wordSteps: exactSteps}
	var hunks []Hunk
	for from := 0; from < len(edits); {
		to := from + 1
		for to < len(edits) && edits[to].A0-edits[to-1].A1 <= 2*context {
			to++
		}
		hunks = append(hunks, w.hunk(edits[from:to], context))
		from = to
	}
	return hunks
}

// hunkWriter makes hunks of two texts.
type hunkWriter struct {
	old, new [][]byte
	titles   titles
	// wordSteps is the budget for all pairs of lines together: a page of long lines, every one of them rewritten,
	// may not take a full search for each.
	wordSteps int
}

func (w *hunkWriter) hunk(edits []Edit, context int) Hunk {
	first, last := edits[0], edits[len(edits)-1]
	before, after := min(context, first.A0), min(context, len(w.old)-last.A1)
	h := Hunk{
		OldStart: first.A0 - before, OldLines: last.A1 + after - (first.A0 - before),
		NewStart: first.B0 - before, NewLines: last.B1 + after - (first.B0 - before),
		Heading: w.titles.above(first.B0),
	}
	i, j := h.OldStart, h.NewStart
	equal := func(to int) {
		for ; i < to; i, j = i+1, j+1 {
			h.Lines = append(h.Lines, whole(Equal, w.new[j], i+1, j+1))
		}
	}
	for _, e := range edits {
		equal(e.A0)
		h.Lines = w.changed(h.Lines, e)
		i, j = e.A1, e.B1
	}
	equal(last.A1 + after)
	if h.OldLines > 0 {
		h.OldStart++
	}
	if h.NewLines > 0 {
		h.NewStart++
	}
	return h
}

// changed appends the lines of an edit, with their words marked.
func (w *hunkWriter) changed(lines []Line, e Edit) []Line {
	deleted := len(lines)
	for i := e.A0; i < e.A1; i++ {
		lines = append(lines, whole(Delete, w.old[i], i+1, 0))
	}
	inserted := len(lines)
	for j := e.B0; j < e.B1; j++ {
		lines = append(lines, whole(Insert, w.new[j], 0, j+1))
	}
	for _, p := range pairs(w.old[e.A0:e.A1], w.new[e.B0:e.B1]) {
		w.compareWords(&lines[deleted+p.a], &lines[inserted+p.b])
	}
	return lines
}

// whole makes a line without marks.
func whole(op Op, line []byte, old, new int) Line {
	text, ending := withoutEnding(line)
	l := Line{Op: op, Old: old, New: new, Ending: string(ending)}
	if len(text) > 0 {
		l.Spans = []Span{{op, string(text)}}
	}
	return l
}

func withoutEnding(line []byte) (text, ending []byte) {
	text = bytes.TrimSuffix(line, newline)
	if len(text) < len(line) {
		text = bytes.TrimSuffix(text, []byte{'\r'})
	}
	return text, line[len(text):]
}

// compareWords marks what changed from one line to another, unless in order they have so little in common that
// marks would be confetti.
func (w *hunkWriter) compareWords(old, new *Line) {
	spans := spansOf(joined(old.Spans), joined(new.Spans), &w.wordSteps)
	kept, all := 0, 0
	for _, s := range spans {
		n := visible(s.Text)
		all += n
		if s.Op == Equal {
			kept, all = kept+2*n, all+n
		}
	}
	if float64(kept) < likeness*float64(all) {
		return
	}
	old.Pair, new.Pair = new.New, old.Old
	old.Spans, new.Spans = nil, nil
	for _, s := range spans {
		if s.Op != Insert {
			old.Spans = append(old.Spans, s)
		}
		if s.Op != Delete {
			new.Spans = append(new.Spans, s)
		}
	}
}

func joined(spans []Span) string {
	if len(spans) == 0 {
		return ""
	}
	return spans[0].Text
}

// visible counts the characters of a text that aren't white space.
func visible(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// readable puts an edit where it begins after a blank line or with a heading: it then covers a paragraph, a list
// item or a section from its beginning to the blank line after it, as a person would say what they did. The idea
// is the indent heuristic of git, for prose.
func readable(lines [][]byte, start, _, room int) int {
	best, bestScore := room, -1
	for by := room; by >= 0; by-- {
		if score := beginning(lines, start+by); score > bestScore {
			best, bestScore = by, score
		}
	}
	return best
}

// beginning scores a line as the first one of a change.
func beginning(lines [][]byte, at int) int {
	line := lines[at]
	_, heading := atxHeading(line)
	switch afterBlank := at == 0 || blank(lines[at-1]); {
	case heading:
		return 4
	case blank(line):
		return 0
	case afterBlank:
		return 3
	case line[0] != ' ' && line[0] != '\t':
		return 2
	default:
		return 1
	}
}

// titles finds the headings of a Markdown text, going forward.
type titles struct {
	lines  [][]byte
	next   int // the first line not yet read
	title  string
	fence  []byte // the code fence that is open
	matter bool   // inside the front matter
	text   bool   // the line before is one of a paragraph, which an underline would make a heading
}

// above gives the text of the last heading that begins before line number at, from 0. Calls go forward.
func (t *titles) above(at int) string {
	for ; t.next < at && t.next < len(t.lines); t.next++ {
		t.read(t.lines[t.next])
	}
	return t.title
}

func (t *titles) read(line []byte) {
	text := bytes.TrimSpace(line)
	underlines := t.text && underline(text)
	t.text = false
	switch {
	case t.matter:
		t.matter = !bytes.Equal(text, []byte("---")) && !bytes.Equal(text, []byte("..."))
	case t.fence != nil:
		if run := fenceOf(text); len(run) >= len(t.fence) && run[0] == t.fence[0] && len(run) == len(text) {
			t.fence = nil
		}
	case t.next == 0 && bytes.Equal(text, []byte("---")):
		t.matter = true
	default:
		if run := fenceOf(text); run != nil {
			t.fence = run
			return
		}
		if title, ok := atxHeading(line); ok {
			t.title = title
			return
		}
		if underlines {
			t.title = string(bytes.TrimSpace(t.lines[t.next-1]))
			return
		}
		t.text = paragraphLike(line, text)
	}
}

// fenceOf gives the run of backticks or tildes that opens or closes a code block, at any indentation, for code may
// stand in a list.
func fenceOf(text []byte) []byte {
	if len(text) < 3 || text[0] != '`' && text[0] != '~' {
		return nil
	}
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	if n < 3 || text[0] == '`' && bytes.IndexByte(text[n:], '`') >= 0 {
		return nil
	}
	return text[:n]
}

// atxHeading reads a heading that begins with up to six #.
func atxHeading(line []byte) (title string, ok bool) {
	text := bytes.TrimLeft(line, " ")
	if len(line)-len(text) > 3 {
		return "", false
	}
	rest := bytes.TrimLeft(text, "#")
	level := len(text) - len(rest)
	if level < 1 || level > 6 || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\r' && rest[0] != '\n' {
		return "", false
	}
	rest = bytes.TrimSpace(rest)
	if open := bytes.TrimRight(rest, "#"); len(open) == 0 || open[len(open)-1] == ' ' || open[len(open)-1] == '\t' {
		rest = bytes.TrimSpace(open)
	}
	return string(rest), true
}

// underline says whether a line makes a heading of the paragraph line before it.
func underline(text []byte) bool {
	return len(text) > 0 && (len(bytes.Trim(text, "=")) == 0 || len(bytes.Trim(text, "-")) == 0)
}

// paragraphLike says whether a line can be a paragraph's: not blank, not code, not a list item, a quote or a table
// row.
func paragraphLike(line, text []byte) bool {
	if len(text) == 0 || len(line)-len(bytes.TrimLeft(line, " ")) > 3 || line[0] == '\t' {
		return false
	}
	if bytes.IndexByte(text, '|') >= 0 || text[0] == '>' {
		return false
	}
	if (text[0] == '-' || text[0] == '*' || text[0] == '+') && len(text) > 1 && text[1] == ' ' {
		return false
	}
	r, _ := utf8.DecodeRune(text)
	return inWord(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}
