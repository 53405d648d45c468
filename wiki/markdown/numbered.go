package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// People number their questions in plain text, and paste such pages from elsewhere. Each of these lines asks:
//
//	1. What is it?          an item of a numbered list, answered in the item, by the list after it or by paragraphs
//	1) What is it?          the same
//	1. What is it? - It is  the answer begins on the same line, behind a dash
//	**1. What is it?**      a line of a paragraph; also 1.What, (1) What, 1、what
//	Q1: What is it?         a line of a paragraph; also Q: and the word for question in some languages; its answer may
//	                        begin on the same line without a dash
//
// Not every list that asks is a list of questions: it may be steps, one of which is a question, or examples of what could
// be asked. So the numbered lines of one kind under one heading are looked at together. They are questions when most of
// them ask and are answered. Those within quotes, tables, notes, code and other lists are somebody's words and do not
// count, nor do those under a heading that asks, for they are a part of its answer; a page's title may ask.

const (
	// MaxNumbered is how many questions of a page are numbered in plain text: each is an address, a line in the contents
	// and a hit of its own. A page of more is a table of data.
	MaxNumbered = 1_000
	// maxAsked is how many bytes of a numbered line may be its question: longer ones tell something first.
	maxAsked = 500
	// maxAskedLines is over how many lines of source a question may run before its mark stands at the end of one.
	maxAskedLines = 3
	// maxNumber is the longest number of a line in digits, and maxFirst the highest that a list begins with: 2006 begins a
	// sentence about a year.
	maxNumber = 3
	maxFirst  = 999
	// maxTries is at how many dashes and question marks of a line its answer may begin.
	maxTries = 3
)

// numbered is a line of text that begins with a number, or with a sign like "Q:". Offsets are of the parsed source, and of
// the plain text.
type numbered struct {
	askedNote
	part               int      // index in reader.parts
	style              byte     // lines of one style belong together: '.' or ')' of a list, 'n' of paragraphs, 'q' of "Q1:"
	block              ast.Node // whose inlines the line is
	start, end         int      // of the line; where the question's own lines end, or the question if its answer is on the same
	textStart, textEnd int      // the question, with its number and what parts it from its answer
	itemEnd, itemText  int      // of a list: where the item ends
	own                bool     // the item says more than the question
	asks               bool
	lines              int // that were looked at so far
	stop, textStop     int // where its answer ends; known when all lines are
}

// askedNote is what the renderer knows of a numbered question.
type askedNote struct {
	text, anchor string   // the question without its number
	first, last  ast.Node // the line's first inline, nil at the beginning of its block; the one that the question ends with
	split        int      // where in the source the question ends if last is a Text that goes on; else 0
}

// listed takes the text of a numbered list and notes its items.
func (r *reader) listed(list *ast.List) {
	r.gap("\n\n")
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		block := item.FirstChild()
		if block == nil || isTask(item) || block.Kind() != ast.KindTextBlock && block.Kind() != ast.KindParagraph {
			r.block(item)
			continue
		}
		r.gap(gapBefore(block))
		q := numbered{part: len(r.parts), style: list.Marker, block: block, start: r.startOf(item), textStart: len(r.out)}
		r.lines(block, func(l line) { r.ask(&q, l) })
		for c := block.NextSibling(); c != nil; c = c.NextSibling() {
			r.block(c)
		}
		q.itemText = len(bytes.TrimRight(r.out, " \n"))
		q.own = q.asks && q.itemText > q.textEnd
		q.itemEnd = r.itemEnd(item)
		r.numbered = append(r.numbered, q)
	}
}

// itemEnd gives where an item of a list at the top level ends: blank lines after it are not counted.
func (r *reader) itemEnd(item ast.Node) int {
	start := r.startOf(item)
	if next := item.NextSibling(); next != nil {
		return r.trim(start, r.lineBefore(start, r.startOf(next)), true)
	}
	end := len(r.source)
	if after := item.Parent().NextSibling(); after != nil && after.Kind() != east.KindFootnoteList {
		end = r.startOf(after)
	}
	return r.trim(start, end, true)
}

// paragraph takes the text of a paragraph and notes those of its lines that are numbered.
func (r *reader) paragraph(n *ast.Paragraph) {
	r.gap(gapBefore(n))
	var open *numbered
	r.lines(n, func(l line) {
		if style, length := label(r.out[l.textStart:]); length > 0 {
			r.numbered = append(r.numbered, numbered{askedNote: askedNote{first: l.first}, part: len(r.parts), style: style, block: n, start: l.start, textStart: l.textStart})
			open = &r.numbered[len(r.numbered)-1]
		}
		if open != nil {
			r.ask(open, l)
		}
	})
}

// line is a line of a paragraph: what stands between two breaks that lie in nothing else.
type line struct {
	first, last ast.Node // first is nil on the first line
	start, end  int      // in the parsed source
	textStart   int      // in the plain text, which ends with the line
}

// piece is an inline of the line that is being read, and where its plain text begins.
type piece struct {
	node  ast.Node
	start int
}

// lines takes the plain text in a block line by line; f sees each before its break is written.
func (r *reader) lines(block ast.Node, f func(line)) {
	l := line{start: r.startOf(block), textStart: len(r.out)}
	r.pieces = r.pieces[:0]
	for c := block.FirstChild(); c != nil; c = c.NextSibling() {
		l.last = c
		r.pieces = append(r.pieces, piece{c, len(r.out)})
		text, ok := c.(*ast.Text)
		if !ok || !text.SoftLineBreak() && !text.HardLineBreak() {
			r.inline(c)
			continue
		}
		r.words(text)
		l.end = lineEnd(r.source, text.Segment.Stop)
		f(l)
		r.lineBreak(text)
		l = line{first: c.NextSibling(), start: l.end, textStart: len(r.out)}
		r.pieces = r.pieces[:0]
	}
	if segments := block.Lines(); l.last != nil && segments.Len() > 0 {
		l.end = lineEnd(r.source, max(l.start, segments.At(segments.Len()-1).Stop-1))
		f(l)
	}
}

// ask finds out whether the plain text of a numbered line asks, now that it ends with l.
func (r *reader) ask(q *numbered, l line) {
	q.lines++
	if q.asks || q.lines > maxAskedLines {
		return
	}
	style, length := label(r.out[q.textStart:])
	begin := q.textStart + length
	text := r.out[begin:min(len(r.out), begin+maxAsked)]
	end, answer := inlineAnswer(text, style == 'q')
	switch {
	case end > 0 && r.splitLine(q, l, begin+end):
		q.text, q.textEnd, q.asks = r.str(bytes.TrimSpace(text[:end])), begin+answer, true
	case len(r.out) <= begin+maxAsked && asks(text):
		q.text, q.last, q.end, q.textEnd, q.asks = r.str(bytes.TrimSpace(text)), l.last, l.end, len(r.out), true
	}
}

// asks reports whether a text is a question and not only its mark.
func asks(text []byte) bool {
	return IsQuestion(string(text)) && bytes.ContainsFunc(text, unicode.IsLetter)
}

// inlineAnswer gives where a question ends, and where its answer begins, in a line that has both: behind a dash, or, where
// the line says that it is a question, behind the first mark. Otherwise end is 0.
func inlineAnswer(text []byte, marked bool) (end, answer int) {
	marked = marked && !asks(text)
	tries := 0
	for i, c := range string(text) {
		behind := i + utf8.RuneLen(c)
		switch {
		case c == utf8.RuneError || tries == maxTries:
			return 0, 0
		case (c == '-' || c == '–' || c == '—') && i > 0 && isSpaceBefore(text, i) && len(bytes.TrimSpace(text[behind:])) > 0:
			if tries++; asks(text[:i]) {
				return len(bytes.TrimRightFunc(text[:i], unicode.IsSpace)), behind
			}
		case marked && strings.ContainsRune(questionMarks, c) && behind < len(text) && (text[behind] == ' ' || c == '？'):
			if tries++; asks(text[:behind]) {
				return behind, behind
			}
		}
	}
	return 0, 0
}

func isSpaceBefore(text []byte, i int) bool {
	c, _ := utf8.DecodeLastRune(text[:i])
	return unicode.IsSpace(c)
}

// splitLine finds the inline that a question ends in or with, by where its plain text ends. It must not end within a
// span or a link: then it cannot be told from its answer.
func (r *reader) splitLine(q *numbered, l line, textEnd int) bool {
	i := len(r.pieces) - 1
	for i > 0 && r.pieces[i].start >= textEnd {
		i--
	}
	p := r.pieces[i]
	if p.start >= textEnd { // on a line before
		return false
	}
	if text, ok := p.node.(*ast.Text); ok {
		q.last, q.split = text, text.Segment.Start-text.Segment.Padding+r.sourceOf(text, textEnd-p.start)
		q.end = q.split
		return q.end > l.start
	}
	if i+1 == len(r.pieces) || r.pieces[i+1].start != textEnd {
		return false
	}
	next, ok := r.pieces[i+1].node.(*ast.Text)
	if !ok {
		return false
	}
	q.last, q.end = p.node, next.Segment.Start
	return q.end > l.start
}

// sourceOf gives how many bytes of a Text's source make n bytes of its plain text.
func (r *reader) sourceOf(text *ast.Text, n int) int {
	value := text.Segment.Value(r.source)
	if text.IsRaw() || !bytes.ContainsAny(value, "\\&\x00") {
		return min(n, len(value))
	}
	at, buf := 0, make([]byte, 0, maxReference)
	for made := 0; at < len(value) && made < n; {
		step := wholeUnits(value[at:], 1)
		made += len(appendDecoded(buf, value[at:at+step]))
		at += step
	}
	return at
}

// maxLabel is how many bytes the number of a line takes at most, the space around it included.
const maxLabel = 32

// questionWords stand before the number of a question, or before a colon.
var questionWords = []string{
	"Q", "Question", "Frage", "Pregunta", "Pergunta", "Domanda", "Vraag", "Pytanie", "Вопрос", "سؤال", "问", "問", "问题", "質問",
}

// label gives the length of what numbers a line of text: "1.", "1)", "(1)", "2.1.", "1、", "Q1:", "Question 1.", "Q:".
// It is 0 when there is none. Style is 'q' where a word stands before the number, else 'n'.
func label(text []byte) (style byte, length int) {
	head := string(text[:min(len(text), maxLabel)])
	rest := strings.TrimPrefix(strings.TrimLeftFunc(head, unicode.IsSpace), "(")
	letters := strings.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) })
	if letters < 0 {
		return 0, 0
	}
	word := rest[:letters]
	if word != "" && !isQuestionWord(word) {
		return 0, 0
	}
	rest = rest[letters:]
	if style = 'n'; word != "" {
		style, rest = 'q', strings.TrimLeftFunc(rest, unicode.IsSpace)
	}
	digits := numberLength(rest)
	rest = rest[digits:]
	mark, size := utf8.DecodeRuneInString(rest)
	switch {
	case digits == 0 && word == "":
		return 0, 0
	case strings.ContainsRune(".)、．）", mark), word != "" && strings.ContainsRune(":：", mark):
		rest = rest[size:]
	case utf8.RuneCountInString(word) != 1 || digits == 0 || !unicode.IsSpace(mark): // "Q1 What"
		return 0, 0
	}
	if next, _ := utf8.DecodeRuneInString(rest); unicode.IsDigit(next) { // "1.5 million"
		return 0, 0
	}
	return style, len(head) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
}

func isQuestionWord(word string) bool {
	for _, w := range questionWords {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// numberLength gives the length of a number of at most maxNumber digits, or of several with dots between them.
func numberLength(s string) int {
	digits := 0
	for i, c := range s {
		switch {
		case unicode.IsDigit(c) && digits < maxNumber:
			digits++
		case c == '.' && digits > 0 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			digits = 0
		case unicode.IsDigit(c):
			return 0
		default:
			return i
		}
	}
	return len(s)
}

// chooseNumbered keeps those numbered lines that are questions, and gives them their anchors.
func (r *reader) chooseNumbered() {
	lines := r.numbered
	r.numbered = nil
	if len(lines) == 0 {
		return
	}
	begin, hasTitle := -1, false
	for i := 0; i <= len(r.parts) && len(lines) > 0; i++ {
		if i < len(r.parts) && r.parts[i].node.Kind() != ast.KindHeading {
			continue
		}
		n := 0
		for n < len(lines) && lines[n].part < i {
			n++
		}
		h, ok := r.headingAt(begin)
		title := ok && h.Level == 1 && !hasTitle
		hasTitle = hasTitle || title
		if !ok || title || !IsQuestion(r.d.headings[h].text) {
			r.numbered = append(r.numbered, r.series(lines[:n], i)...)
		}
		begin, lines = i, lines[n:]
	}
	if len(r.numbered) > MaxNumbered {
		r.budget.pass(limitNumbered, r.numbered[MaxNumbered].start)
		r.numbered = r.numbered[:MaxNumbered]
	}
	r.nameNumbered()
}

// headingAt gives the heading at the top level that is a certain part.
func (r *reader) headingAt(part int) (*ast.Heading, bool) {
	if part < 0 {
		return nil, false
	}
	h, ok := r.parts[part].node.(*ast.Heading)
	return h, ok
}

// series gives the questions among the numbered lines under one heading, of which until is the first part behind. They
// are all of one style: the first whose lines are questions. Lines of other styles belong to the answers.
func (r *reader) series(lines []numbered, until int) []numbered {
	for _, style := range stylesOf(lines) {
		var list []numbered
		for _, q := range lines {
			if q.style == style {
				list = append(list, q)
			}
		}
		if asked := r.answered(list, until); len(asked)*2 > len(list) && (len(asked) > 1 || len(list) == 1) {
			return asked
		}
	}
	return nil
}

// stylesOf gives the styles of lines in the order in which they come.
func stylesOf(lines []numbered) []byte {
	var styles []byte
	for _, q := range lines {
		if bytes.IndexByte(styles, q.style) < 0 {
			styles = append(styles, q.style)
		}
	}
	return styles
}

// answered gives the lines that ask and have an answer, and finds where it ends: at the next line of their style. That of
// the last ends with its item, if it is answered there and none before goes on behind its item; else with the section.
func (r *reader) answered(list []numbered, until int) []numbered {
	var asked []numbered
	beyond := false
	for i, q := range list {
		switch {
		case i+1 < len(list):
			next := list[i+1]
			q.stop, q.textStop = next.start, next.textStart
			beyond = beyond || next.part > q.part
		case q.own && !beyond:
			q.stop, q.textStop = q.itemEnd, q.itemText
		case until < len(r.parts):
			q.stop, q.textStop = r.parts[until].start, r.parts[until].textStart
		default:
			q.stop, q.textStop = len(r.d.Source)-r.d.Body, r.textEnd()
		}
		if q.asks && len(bytes.TrimSpace(r.out[q.textEnd:q.textStop])) > 0 {
			asked = append(asked, q)
		}
	}
	return asked
}

// textEnd gives where the plain text of the last part ends: footnotes come after it.
func (r *reader) textEnd() int {
	if len(r.parts) == 0 {
		return 0
	}
	return r.parts[len(r.parts)-1].textEnd
}

// nameNumbered gives numbered questions their anchors. It comes when all headings have theirs: a question in plain text
// never takes an address away from a heading.
func (r *reader) nameNumbered() {
	if len(r.numbered) == 0 {
		return
	}
	r.d.asked = make(map[ast.Node][]askedNote, len(r.numbered))
	for i := range r.numbered {
		q := &r.numbered[i]
		q.anchor = r.anchors.add(q.text)
		r.d.asked[q.block] = append(r.d.asked[q.block], q.askedNote)
	}
}
