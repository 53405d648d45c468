package web

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"coppice/wiki"
	"coppice/wiki/internal/diff"
)

// A rendered comparison shows the newer version as readers see it, with <ins> around what came and <del> around what
// went. Both versions are rendered whole (so that footnotes and references resolve), cut into top-level elements, and
// compared element by element; in an element that was changed, word by word.
//
// It is safe by construction. The markup of an unchanged or changed element is that of the newer rendering, which is
// safe HTML; of the older only whole elements or bare words are taken. Words are put only right beside words of the
// newer version, where text may stand. All that is added is <ins> and <del>, written by the html package.

// renderedDiff renders both versions of a page and marks what changed.
func (q *request) renderedDiff(before, after wiki.Page) template.HTML {
	to := &resolver{server: q.Server, now: q.now, from: after.Path}
	if after.Path.IsZero() {
		to.from = before.Path
	}
	return richDiff(q.site.parse(before.Source).HTML(to), q.site.parse(after.Source).HTML(to))
}

// richDiff marks what changed from one rendering to another.
func richDiff(before, after template.HTML) template.HTML {
	a, b := elements(string(before)), elements(string(after))
	words := len(before)+len(after) <= richDiffBytes
	var out strings.Builder
	at := 0
	for _, e := range diff.Lines(asLines(a), asLines(b)) {
		for _, el := range b[at:e.B0] {
			out.WriteString(el.html)
		}
		at = e.B1
		writeChanged(&out, a[e.A0:e.A1], b[e.B0:e.B1], words)
	}
	for _, el := range b[at:] {
		out.WriteString(el.html)
	}
	return template.HTML(out.String())
}

// element is a top-level element of a rendering, or text between two.
type element struct {
	html string
	tag  string // "" for text
}

func asLines(list []element) [][]byte {
	lines := make([][]byte, len(list))
	for i, e := range list {
		lines[i] = []byte(e.html)
	}
	return lines
}

// elements cuts a rendering at its top level. White space between two elements stays with the one before it.
func elements(rendered string) []element {
	var list []element
	depth, start := 0, 0
	tag := ""
	z := html.NewTokenizer(strings.NewReader(rendered))
	pos := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := len(z.Raw())
		name, _ := z.TagName()
		begins := depth == 0 && (kind == html.StartTagToken || kind == html.SelfClosingTagToken)
		if begins && pos > start {
			list = append(list, element{rendered[start:pos], tag})
			start, tag = pos, ""
		}
		if begins {
			tag = string(name)
		}
		switch {
		case kind == html.StartTagToken && !isVoid(string(name)):
			depth++
		case kind == html.EndTagToken && depth > 0:
			depth--
		}
		pos += raw
	}
	if start < len(rendered) {
		list = append(list, element{rendered[start:], tag})
	}
	return list
}

// isVoid tells elements that have no end tag (HTML standard, 13.1.2).
func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr":
		return true
	}
	return false
}

// writeChanged pairs the elements that went with those that came, first with first among those of the same kind that
// have words in common; whatever has no partner went or came as a whole.
func writeChanged(out *strings.Builder, gone, come []element, words bool) {
	for len(gone) > 0 || len(come) > 0 {
		switch {
		case len(gone) > 0 && len(come) > 0 && words && alike(gone[0], come[0]):
			writeWords(out, gone[0].html, come[0].html)
			gone, come = gone[1:], come[1:]
		case len(gone) > 0 && (len(come) == 0 || len(gone) >= len(come)):
			writeWhole(out, "del", withoutIDs(gone[0].html))
			gone = gone[1:]
		default:
			writeWhole(out, "ins", come[0].html)
			come = come[1:]
		}
	}
}

func writeWhole(out *strings.Builder, tag, inner string) {
	if strings.TrimSpace(inner) == "" {
		out.WriteString(inner)
		return
	}
	mark := html.Token{Type: html.StartTagToken, Data: tag, Attr: []html.Attribute{{Key: "class", Val: "block"}}}
	out.WriteString(mark.String())
	out.WriteString(inner)
	out.WriteString(html.Token{Type: html.EndTagToken, Data: tag}.String())
}

// alike reports whether two elements are versions of one: of the same kind, with at least a third of the words in common.
func alike(a, b element) bool {
	if a.tag != b.tag || a.tag == "" {
		return false
	}
	count := map[string]int{}
	n, shared := 0, 0
	for _, t := range tokens(a.html) {
		if t.word {
			count[t.raw]++
			n++
		}
	}
	m := 0
	for _, t := range tokens(b.html) {
		if t.word {
			m++
			if count[t.raw] > 0 {
				count[t.raw]--
				shared++
			}
		}
	}
	return 3*shared >= max(n, m)
}

// token is a tag, a word, or what stands between words. raw is HTML.
type token struct {
	raw  string
	tag  bool
	word bool
}

// tokens cuts HTML into tags and words. Text is cut as it is escaped, so an entity stays whole.
func tokens(s string) []token {
	var list []token
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return list
		}
		raw := string(z.Raw())
		if kind != html.TextToken {
			list = append(list, token{raw: raw, tag: true})
			continue
		}
		for raw != "" {
			n := wordEnd(raw)
			r, _ := utf8.DecodeRuneInString(raw)
			list = append(list, token{raw: raw[:n], word: !unicode.IsSpace(r)})
			raw = raw[n:]
		}
	}
}

// wordEnd gives the length of what s begins with: a run of space, a word, an entity, or one other character, so that a
// comma does not make another word of the one before it. Scripts that put no space between words are cut at each
// character; combining marks stay with theirs.
func wordEnd(s string) int {
	first, n := utf8.DecodeRuneInString(s)
	if first == '&' {
		if i := strings.IndexByte(s, ';'); i > 0 && i <= maxEntity {
			return i + 1
		}
	}
	space, letter, dense := unicode.IsSpace(first), isWordRune(first), isDense(first)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		together := unicode.IsMark(r) || (letter && !dense && isWordRune(r) && !isDense(r))
		if space {
			together = unicode.IsSpace(r)
		}
		if !together {
			return n
		}
		n += size
	}
	return n
}

// maxEntity is the length of the longest entity that renderers write, as in "&#1114111;".
const maxEntity = 10

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '\'' || r == '’'
}

func isDense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// writeWords writes the newer element with the words marked that differ from the older.
func writeWords(out *strings.Builder, older, newer string) {
	a, b := tokens(older), tokens(newer)
	var av, bv [][]byte
	var aw, bw []int // index of each text token
	for i, t := range a {
		if !t.tag {
			av, aw = append(av, []byte(t.raw)), append(aw, i)
		}
	}
	for i, t := range b {
		if !t.tag {
			bv, bw = append(bv, []byte(t.raw)), append(bw, i)
		}
	}
	came := make([]bool, len(b))       // tokens of b that are new
	before := make([]string, len(b)+1) // words of a that went, by the token of b they stand before
	after := make([]string, len(b)+1)  // the same, for those behind the last word
	for _, e := range diff.Lines(av, bv) {
		for _, i := range bw[e.B0:e.B1] {
			came[i] = true
		}
		var lost strings.Builder
		for _, i := range aw[e.A0:e.A1] {
			lost.WriteString(a[i].raw)
		}
		if strings.TrimSpace(lost.String()) == "" {
			continue
		}
		if i, ok := anchorWord(b, bw, e.B0); ok {
			before[i] += lost.String()
		} else if i, ok := lastWord(b); ok {
			after[i] += lost.String()
		} else {
			writeWhole(out, "del", lost.String())
		}
	}
	for i, t := range b {
		writeMarked(out, "del", before[i])
		if came[i] && t.word {
			writeMarked(out, "ins", t.raw)
		} else {
			out.WriteString(t.raw)
		}
		writeMarked(out, "del", after[i])
	}
}

// anchorWord gives the first real word from text token k on: text may stand beside it, which between, say, two rows
// of a table it may not.
func anchorWord(b []token, bw []int, k int) (int, bool) {
	for _, i := range bw[k:] {
		if b[i].word {
			return i, true
		}
	}
	return 0, false
}

func lastWord(b []token) (int, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].word {
			return i, true
		}
	}
	return 0, false
}

// writeMarked writes text, which is escaped already, in <ins> or <del>.
func writeMarked(out *strings.Builder, tag, text string) {
	if text == "" {
		return
	}
	out.WriteString(html.Token{Type: html.StartTagToken, Data: tag}.String())
	out.WriteString(text)
	out.WriteString(html.Token{Type: html.EndTagToken, Data: tag}.String())
}

// withoutIDs takes the ids off an element that went: the newer version may have the same, and an id is there once.
func withoutIDs(s string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(z.Raw())
			continue
		}
		t := z.Token()
		kept := t.Attr[:0]
		for _, a := range t.Attr {
			if a.Key != "id" && a.Key != "name" {
				kept = append(kept, a)
			}
		}
		t.Attr = kept
		out.WriteString(t.String())
	}
}
