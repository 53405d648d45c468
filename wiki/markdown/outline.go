package markdown

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// mark says of a heading of Outline where it stands in the plain text, and of a numbered question where its answer ends.
type mark struct {
	textStart, textEnd int
	numbered           bool
	textStop           int // of a numbered question
	parent             int // of a numbered question: index in Outline of the heading it stands under, or -1
}

// outline lists the headings at the top level and the questions that are numbered in plain text, and where their
// sections end.
func (r *reader) outline() {
	numbered := r.numbered
	var open []int // indexes of headings whose section has not ended
	for i, p := range r.parts {
		if h, ok := p.node.(*ast.Heading); ok {
			open = r.addHeading(h, i, open)
		}
		for len(numbered) > 0 && numbered[0].part == i {
			r.addNumbered(numbered[0], open)
			numbered = numbered[1:]
		}
	}
}

// addHeading adds the heading that is a part, and ends the sections that end with it.
func (r *reader) addHeading(h *ast.Heading, i int, open []int) []int {
	d, p := r.d, r.parts[i]
	note, start := d.headings[h], d.Body+p.start
	for len(open) > 0 && d.Outline[open[len(open)-1]].Level >= h.Level {
		d.Outline[open[len(open)-1]].SectionEnd = start
		open = open[:len(open)-1]
	}
	end := len(r.source)
	if i+1 < len(r.parts) {
		end = r.parts[i+1].start
	}
	open = append(open, len(d.Outline))
	d.Outline = append(d.Outline, Heading{
		Level: h.Level, Text: note.text, Anchor: note.anchor,
		Start: start, End: d.Body + r.trim(p.start, end, false), SectionEnd: len(d.Source),
	})
	r.marks = append(r.marks, mark{textStart: p.textStart, textEnd: p.textEnd})
	if h.Level == 1 && d.titleHeading == nil {
		d.titleHeading = h
		if d.Title == "" {
			d.Title = note.text
		}
		if d.Title != note.text {
			d.titleHeading = nil
		}
	}
	return open
}

// addNumbered adds a question a level below the heading that it stands under.
func (r *reader) addNumbered(q numbered, open []int) {
	d := r.d
	m := mark{textStart: q.textStart, textEnd: q.textEnd, numbered: true, textStop: q.textStop, parent: -1}
	level := 1
	if len(open) > 0 {
		m.parent = open[len(open)-1]
		level = d.Outline[m.parent].Level
	}
	d.Outline = append(d.Outline, Heading{
		Level: level + 1, Text: q.text, Anchor: q.anchor, Numbered: true,
		Start: d.Body + q.start, End: d.Body + q.end, SectionEnd: d.Body + q.stop,
	})
	r.marks = append(r.marks, m)
}

// ownTexts cuts the plain text at the outline. What stands behind the last of several numbered questions and answers none
// of them belongs to the heading above them.
func (r *reader) ownTexts() {
	d := r.d
	own := make([]string, 1+len(r.marks))
	cutText := r.cutter()
	until := func(i int) int {
		if i+1 < len(r.marks) {
			return r.marks[i+1].textStart
		}
		return len(r.out)
	}
	own[0] = cutText(0, until(-1))
	for i, m := range r.marks {
		end := until(i)
		if !m.numbered || m.textStop >= end {
			own[i+1] = cutText(m.textEnd, end)
			continue
		}
		own[i+1] = cutText(m.textEnd, m.textStop)
		if rest := cutText(m.textStop, end); rest != "" {
			own[m.parent+1] = strings.TrimSpace(own[m.parent+1] + "\n\n" + rest)
		}
	}
	d.own = own
}

// cutter gives a function that cuts the plain text, by offsets of out: out of Text, so that no text is copied, unless Text
// was mended.
func (r *reader) cutter() func(from, to int) string {
	if r.d.broken {
		return func(from, to int) string { return r.str(bytes.TrimSpace(r.out[from:max(from, to)])) }
	}
	lead := len(r.out) - len(bytes.TrimLeftFunc(r.out, unicode.IsSpace))
	in := func(pos int) int { return max(0, min(pos-lead, len(r.d.Text))) }
	return func(from, to int) string { return strings.TrimSpace(r.d.Text[in(from):max(in(from), in(to))]) }
}

// OwnTexts gives the plain text cut at the outline: what stands before the first heading, and then for each heading of
// Outline what stands under it itself, up to the next.
func (d *Document) OwnTexts() []string { return slices.Clone(d.own) }

// OutlineLines gives the lines of a source that the anchors of its outline come from, with some that only look so: while
// they are equal in two texts, so are the anchors, but for a numbered question that got its first answer or lost its last.
func OutlineLines(source []byte) []byte {
	var out, last []byte
	asked := 0 // lines that may yet belong to a numbered question
	for line := range bytes.Lines(source) {
		t := bytes.TrimSpace(line)
		switch {
		case len(t) == 0:
			asked = 0
		case mayBeNumbered(t):
			asked = maxAskedLines
		}
		switch {
		case len(t) > 0 && t[0] == '#', asked > 0:
			out = append(append(out, t...), '\n')
		case len(t) > 0 && (t[0] == '=' || t[0] == '-') && len(bytes.Trim(t, string(t[:1]))) == 0:
			out = append(append(append(out, last...), t...), '\n')
		}
		last = t
		asked = max(0, asked-1)
	}
	return out
}

// mayBeNumbered reports whether a line of source may begin a numbered question: behind marks of emphasis and the like it
// begins with a number, or with a letter that a word for question begins with.
func mayBeNumbered(line []byte) bool {
	line = bytes.TrimLeft(line, " \t*_~`[(<")
	c, _ := utf8.DecodeRune(line)
	if unicode.IsDigit(c) || c == '&' {
		return true
	}
	for _, word := range questionWords {
		if len(line) >= len(word) && strings.EqualFold(string(line[:len(word)]), word) {
			return true
		}
	}
	return false
}

// questions lists the headings that ask, those of the highest level under a section that holds questions, and those that
// are numbered in plain text.
func (r *reader) questions(o Options) {
	d := r.d
	sections := map[string]bool{}
	for _, s := range o.QuestionSections {
		sections[strings.ToLower(strings.TrimSpace(s))] = true
	}
	until, level := -1, 0 // the section of questions we are in, and the level of those
	var asks []int        // indexes in Outline
	for i, h := range d.Outline {
		if h.Numbered {
			asks = append(asks, i)
			continue
		}
		inSection := h.Start < until
		if inSection && level == 0 {
			level = h.Level
		}
		if IsQuestion(h.Text) || inSection && h.Level <= level {
			asks = append(asks, i)
		}
		if !inSection && sections[strings.ToLower(strings.TrimSpace(h.Text))] {
			until, level = h.SectionEnd, 0
		}
	}
	for n, i := range asks {
		end := d.Outline[i].SectionEnd
		if n+1 < len(asks) {
			end = min(end, d.Outline[asks[n+1]].Start)
		}
		d.Questions = append(d.Questions, r.question(i, end))
	}
}

// question makes a question of a heading of the outline, whose answer ends at a byte of Source.
func (r *reader) question(i, end int) Question {
	d, h, m := r.d, r.d.Outline[i], r.marks[i]
	stop := m.textStop
	if !m.numbered {
		stop = r.textEnd()
		if next := sort.Search(len(d.Outline), func(j int) bool { return d.Outline[j].Start >= end }); next < len(r.marks) {
			stop = r.marks[next].textStart
		}
	}
	said := d.FrontMatter.Questions[h.Anchor]
	return Question{
		Text: h.Text, Anchor: h.Anchor, Answer: r.str(bytes.TrimSpace(r.out[m.textEnd:max(m.textEnd, stop)])),
		AskedAs: d.FrontMatter.AskedAs[h.Anchor], Keywords: said.Keywords, Related: said.Related, ReviewBy: said.ReviewBy,
		Start: h.Start, End: end,
	}
}
