package markdown

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// TitleAnchor is the key under which asked_as says how people ask for the page as a whole: the anchor of the heading that
// gives the page its title, or what its anchor would be when the title stands only in the front matter.
func (d *Document) TitleAnchor() string {
	if d.titleHeading != nil {
		return d.headings[d.titleHeading].anchor
	}
	return Anchor(d.Title)
}

// HasAnchor reports whether a heading of the page has an anchor.
func (d *Document) HasAnchor(anchor string) bool { return d.anchors[anchor] }

// ReadFrontMatter gives what a page says of itself, without the rest of it. ok is false when its front matter cannot be
// read, and line is then where: whoever wants to change a key must not touch such a page.
func ReadFrontMatter(source []byte) (f FrontMatter, line int, ok bool) {
	d := &Document{Source: source}
	start, end, _, found := splitFrontMatter(source)
	if !found {
		d.readFrontMatter()
		if len(d.Problems) > 0 {
			return FrontMatter{}, d.Problems[0].Line, false
		}
		return FrontMatter{}, 0, true
	}
	m := metaReader{line: lineNumber(source, start) - 1}
	f.Raw = source[start:end]
	if ok = m.each(f.Raw, func(key string, value *yaml.Node) { m.key(&f, key, value) }); !ok {
		line = m.problems[0].Line
	}
	return f, line, ok
}

// SetFrontMatterList is SetFrontMatter for a list of texts, which is written on one line. An empty list takes the key away.
func SetFrontMatterList(source []byte, key string, values []string) []byte {
	if !isKey(key) {
		return slices.Clone(source)
	}
	var quoted []string
	for _, v := range values {
		if v != "" {
			quoted = append(quoted, quoteYAML(v))
		}
	}
	if quoted == nil {
		return setLines(source, key)
	}
	return setLines(source, key, key+": ["+strings.Join(quoted, ", ")+"]")
}

// askedKey is the key of front matter that says how people ask, questionsKey the one under which single questions stand.
const (
	askedKey     = "asked_as"
	questionsKey = "questions"
)

// SetAskedAs gives source with other wordings of the question at an anchor, and every other byte as it was. What else
// asked_as says stays; where it is written in a way that cannot be mended line by line, that one key is written anew, and
// where YAML is written so that no line of it stands for a key, all of the front matter. No wordings take the anchor away.
// A page whose front matter cannot be read is given back as it is.
func SetAskedAs(source []byte, anchor string, asked []string) []byte {
	f, _, ok := ReadFrontMatter(source)
	if anchor = strings.ToValidUTF8(anchor, "\uFFFD"); !ok || anchor == "" {
		return slices.Clone(source)
	}
	want := maps.Clone(f.AskedAs)
	if want == nil {
		want = map[string][]string{}
	}
	if delete(want, anchor); len(asked) > 0 {
		want[anchor] = asked
	}
	says := func(next []byte) bool {
		g, _, ok := ReadFrontMatter(next)
		return ok && maps.EqualFunc(g.AskedAs, want, slices.Equal)
	}
	if next, ok := mendAsked(source, anchor, asked); ok && len(want) > 0 && says(next) {
		return next
	}
	var lines []string
	for _, a := range askedOrder(f.Raw, anchor) {
		if len(want[a]) > 0 {
			lines = append(lines, askedLines("  ", a, want[a])...)
		}
	}
	if lines != nil {
		lines = append([]string{askedKey + ":"}, lines...)
	}
	next := setLines(source, askedKey, lines...)
	if !says(next) {
		next = setLines(plainlyWritten(source), askedKey, lines...)
	}
	return next
}

// plainlyWritten gives a page with its front matter as our YAML library writes it: a key a line, from the first column.
func plainlyWritten(source []byte) []byte {
	start, end, _, ok := splitFrontMatter(source)
	var doc yaml.Node
	if !ok || yaml.Unmarshal(source[start:end], &doc) != nil || len(doc.Content) == 0 {
		return source
	}
	doc.Content[0].Style = 0
	text, err := yaml.Marshal(&doc)
	if err != nil {
		return source
	}
	return slices.Concat(source[:start], bytes.ReplaceAll(text, []byte("\n"), []byte(newlineOf(source))), source[end:])
}

// askedLines writes the wordings of one question.
func askedLines(indent, anchor string, asked []string) []string {
	lines := []string{indent + quoteYAML(anchor) + ":"}
	for _, s := range asked {
		if s != "" {
			lines = append(lines, indent+"  - "+quoteYAML(s))
		}
	}
	return lines
}

// askedOrder gives the anchors in the order in which they stand, and one more if it is not among them.
func askedOrder(raw []byte, more string) []string {
	var order []string
	new(metaReader).each(raw, func(key string, value *yaml.Node) {
		if key != askedKey {
			return
		}
		for i := 0; i+1 < len(value.Content); i += 2 {
			order = append(order, value.Content[i].Value)
		}
	})
	if !slices.Contains(order, more) {
		order = append(order, more)
	}
	return order
}

// mendAsked replaces the lines of one anchor below asked_as. It gives false where that is not written line by line.
func mendAsked(source []byte, anchor string, asked []string) ([]byte, bool) {
	start, end, _, ok := splitFrontMatter(source)
	if !ok {
		return nil, false
	}
	from, to := keyLines(source, start, end, askedKey)
	first := lineEnd(source, from)
	if from == to || len(bytes.Trim(source[from+len(askedKey):first], " \t\r\n:")) > 0 {
		return nil, false
	}
	indent, ok := childIndent(source[first:to])
	if !ok {
		return nil, false
	}
	newline, text := newlineOf(source), ""
	if len(asked) > 0 {
		text = strings.Join(askedLines(indent, anchor, asked), newline) + newline
	}
	at, until := childLines(source, first, to, indent, anchor)
	return slices.Concat(source[:at], []byte(text), source[until:]), true
}

// childIndent gives what stands before the first key in a block.
func childIndent(block []byte) (string, bool) {
	for line := range bytes.Lines(block) {
		text := bytes.TrimLeft(line, " ")
		if t := bytes.TrimSpace(text); len(t) == 0 || t[0] == '#' {
			continue
		}
		indent := string(line[:len(line)-len(text)])
		return indent, indent != "" && text[0] != '-'
	}
	return "", false
}

// childLines gives the lines of a key in the block source[start:end] whose keys are indented so: its own, and those that
// are indented further or begin with a hyphen. If the key is not there, the range is empty and at the end.
func childLines(source []byte, start, end int, indent, key string) (from, to int) {
	from = -1
	for pos := start; pos < end; pos = lineEnd(source, pos) {
		line := source[pos:lineEnd(source, pos)]
		text := bytes.TrimLeft(line, " ")
		blank := len(bytes.TrimSpace(text)) == 0
		if isChild := !blank && len(line)-len(text) <= len(indent) && text[0] != '-'; !isChild {
			if from >= 0 && !blank {
				to = lineEnd(source, pos)
			}
			continue
		}
		if from >= 0 {
			return from, to
		}
		if name, _, ok := bytes.Cut(text, []byte(":")); ok && unquoted(string(name)) == key {
			from, to = pos, lineEnd(source, pos)
		}
	}
	if from < 0 {
		return end, end
	}
	return from, to
}

// unquoted reads a key as it is written.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	var out string
	if strings.HasPrefix(s, `"`) && json.Unmarshal([]byte(s), &out) == nil {
		return out
	}
	if len(s) > 1 && s[0] == '\'' && strings.HasSuffix(s, "'") {
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	}
	return s
}
