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
		said := d.markdown[start+len(commentStart) : to]
		from = to
		c := comment{start: d.Body + start}
		if n := bytes.Index(said, commentEnd); n >= 0 {
			from = start + len(commentStart) + n + len(commentEnd)
			c.closed, said = true, said[:n]
		}
		c.end, c.text = d.Body+from, string(said) // no more than the comment: a page may hold very many
		list = append(list, c)
	}
	return list
}

// without gives text with some of its comments left out, and with them the lines that held nothing else. Of blank lines
// around such a line one side is enough. Its time is linear, though one line may hold very many comments.
func without(text []byte, gone []comment) []byte {
	out := make([]byte, 0, len(text))
	pos, line, blank := 0, 0, true // line is where the last line of out begins, blank whether it says nothing
	for _, c := range gone {
		kept := text[pos:c.start]
		if i := bytes.LastIndexByte(kept, '\n'); i >= 0 {
			line, blank = len(out)+i+1, isBlank(kept[i+1:])
		} else {
			blank = blank && isBlank(kept)
		}
		out = append(out, kept...)
		pos = c.end
		next, ends := blankUntil(text, pos)
		if !blank || !ends {
			continue
		}
		out, pos = out[:line], next
		for pos < len(text) {
			next, ends := blankUntil(text, pos)
			if !ends || !endsBlank(out) {
				break
			}
			pos = next
		}
	}
	return append(out, text[pos:]...)
}

// isBlank reports whether a piece of a line says nothing.
func isBlank(piece []byte) bool { return len(bytes.TrimSpace(piece)) == 0 }

// blankUntil gives where the line that pos is in ends, if nothing but blanks comes before that.
func blankUntil(text []byte, pos int) (end int, ok bool) {
	rest := bytes.TrimLeft(text[pos:], " \t\r\f\v")
	switch {
	case len(rest) == 0:
		return len(text), true
	case rest[0] == '\n':
		return len(text) - len(rest) + 1, true
	}
	return 0, false
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
