package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

var (
	commentStart = []byte("<!--")
	commentEnd   = []byte("-->")
)

// comment is an HTML comment in a page. Source[start:end] is all of it, with its marks; one without an end goes to the
// end of what holds it.
type comment struct {
	start, end int
	text       string // what it says, as it is typed
	closed     bool
}

// comments gives the comments of a page, in order. What looks like one in code is none.
func (d *Document) comments() []comment {
	if !bytes.Contains(d.markdown, commentStart) {
		return nil
	}
	var list []comment
	err := ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if lines := n.Lines(); lines.Len() > 0 {
				end := lines.At(lines.Len() - 1).Stop
				if n.HasClosure() {
					end = max(end, n.ClosureLine.Stop)
				}
				list = d.commentsIn(list, lines.At(0).Start, end)
			} else if n.HasClosure() {
				list = d.commentsIn(list, n.ClosureLine.Start, n.ClosureLine.Stop)
			}
		case *ast.RawHTML:
			if s := n.Segments; s.Len() > 0 {
				list = d.commentsIn(list, s.At(0).Start, s.At(s.Len()-1).Stop)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil { // the function above has none
		return nil
	}
	return list
}

// commentsIn adds the comments in a stretch of the parsed text.
func (d *Document) commentsIn(list []comment, from, to int) []comment {
	for from < to {
		i := bytes.Index(d.markdown[from:to], commentStart)
		if i < 0 {
			break
		}
		start := from + i
		from = to
		c := comment{start: d.Body + start, end: d.Body + to, text: string(d.markdown[start+len(commentStart) : to])}
		if n := bytes.Index(d.markdown[start+len(commentStart):to], commentEnd); n >= 0 {
			from = start + len(commentStart) + n + len(commentEnd)
			c.end, c.closed, c.text = d.Body+from, true, c.text[:n]
		}
		list = append(list, c)
	}
	return list
}

// without gives text with some of its comments left out, and with them the lines that held nothing else. Of blank lines
// around such a line one side is enough.
func without(text []byte, gone []comment) []byte {
	out := make([]byte, 0, len(text))
	pos := 0
	for _, c := range gone {
		out = append(out, text[pos:c.start]...)
		pos = c.end
		before := bytes.LastIndexByte(out, '\n') + 1
		next := lineEnd(text, pos)
		if len(bytes.TrimSpace(out[before:])) > 0 || len(bytes.TrimSpace(text[pos:next])) > 0 {
			continue
		}
		out, pos = out[:before], next
		for pos < len(text) && endsBlank(out) && len(bytes.TrimSpace(text[pos:lineEnd(text, pos)])) == 0 {
			pos = lineEnd(text, pos)
		}
	}
	return append(out, text[pos:]...)
}

// endsBlank reports whether text ends with a blank line, or has nothing in it.
func endsBlank(text []byte) bool {
	line := bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	return len(bytes.TrimSpace(line[bytes.LastIndexByte(line, '\n')+1:])) == 0
}

// oneSpace makes every gap between words one space, so that texts that only break their lines elsewhere are the same.
func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// paragraphs makes a text that is broken into lines one line a paragraph.
func paragraphs(s string) string {
	var list []string
	var words []string
	for line := range strings.SplitSeq(s, "\n") {
		if fields := strings.Fields(line); len(fields) > 0 {
			words = append(words, fields...)
		} else if len(words) > 0 {
			list, words = append(list, strings.Join(words, " ")), nil
		}
	}
	if len(words) > 0 {
		list = append(list, strings.Join(words, " "))
	}
	return strings.Join(list, "\n")
}
