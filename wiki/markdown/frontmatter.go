package markdown

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// MaxFrontMatter bounds the bytes between the fences. What a page says of itself is a few lines; YAML is slow to read.
const MaxFrontMatter = 64 << 10

var fence = []byte("---")

// splitFrontMatter finds front matter: a first line of three hyphens, then YAML, then a line of three hyphens or dots.
// The YAML is source[start:end], the Markdown source[body:]. A page that begins with a thematic break has none: the
// first line that says something must look like a key.
func splitFrontMatter(source []byte) (start, end, body int, ok bool) {
	pos := skipBOM(source)
	start = lineEnd(source, pos)
	if !bytes.HasPrefix(source[pos:], fence) || !bytes.Equal(bytes.TrimRight(source[pos:start], " \t\r\n"), fence) || source[start-1] != '\n' {
		return 0, 0, pos, false
	}
	said := false
	for end = start; end < len(source) && end-start <= MaxFrontMatter; {
		next := lineEnd(source, end)
		line := bytes.TrimRight(source[end:next], " \t\r\n")
		if bytes.Equal(line, fence) || bytes.Equal(line, []byte("...")) {
			return start, end, next, true
		}
		if !said && len(line) > 0 && line[0] != '#' {
			if said = looksLikeKey(line); !said {
				break
			}
		}
		end = next
	}
	return 0, 0, pos, false
}

// skipBOM gives the place after a byte order mark.
func skipBOM(source []byte) int {
	if bytes.HasPrefix(source, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
}

// looksLikeKey reports whether a line begins a YAML mapping ("key:", "key: value", "{").
func looksLikeKey(line []byte) bool {
	if line[0] == '{' {
		return true
	}
	i := bytes.IndexByte(line, ':')
	return i > 0 && isSpaceOrEnd(line, i+1) && bytes.IndexByte(line[:i], ' ') < 0
}

// readFrontMatter finds and reads the front matter. What is wrong with it becomes a Problem.
func (d *Document) readFrontMatter() {
	start, end, body, ok := splitFrontMatter(d.Source)
	d.Body = body
	if !ok {
		if body < len(d.Source) && looksUnclosed(d.Source[body:]) {
			d.Problems = append(d.Problems, Problem{Line: 1, Text: "The front matter has no closing line of three hyphens; it is shown as text."})
		}
		return
	}
	d.FrontMatter.Raw = d.Source[start:end]
	m := metaReader{line: lineNumber(d.Source, start) - 1}
	m.read(&d.FrontMatter)
	d.Problems, d.named = m.problems, m.named
	d.Title, d.Lang = d.FrontMatter.Title, d.FrontMatter.Lang
}

// looksUnclosed reports whether text begins like front matter, though splitFrontMatter found no end of it.
func looksUnclosed(text []byte) bool {
	first := lineEnd(text, 0)
	if !bytes.Equal(bytes.TrimRight(text[:first], " \t\r\n"), fence) {
		return false
	}
	line := bytes.TrimRight(text[first:lineEnd(text, first)], " \t\r\n")
	return len(line) > 0 && looksLikeKey(line)
}

// metaReader reads YAML node by node, so that one value of the wrong type costs only itself, and no alias is followed.
type metaReader struct {
	line     int // of the opening fence: YAML's lines count from the one after it
	problems []Problem
	named    []namedAnchor
}

// namedAnchor is an anchor that front matter says something of.
type namedAnchor struct {
	key, anchor string
	line        int
}

// name notes that something is said under key of the anchor that stands in n.
func (m *metaReader) name(key string, n *yaml.Node) string {
	m.named = append(m.named, namedAnchor{key, n.Value, m.line + n.Line})
	return n.Value
}

func (m *metaReader) problem(n *yaml.Node, format string, args ...any) {
	m.problems = append(m.problems, Problem{Line: m.line + n.Line, Text: fmt.Sprintf(format, args...)})
}

func (m *metaReader) read(f *FrontMatter) {
	m.each(f.Raw, func(key string, value *yaml.Node) { m.key(f, key, value) })
}

// each calls take for every key of front matter. It gives false when that cannot be read at all.
func (m *metaReader) each(raw []byte, take func(key string, value *yaml.Node)) bool {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		line, message := 1, err.Error()
		if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
			line, message = max(1, e.Mark.Line), e.Message
		}
		// An error at the end of the text would be named on the closing fence or after it.
		line = min(line, max(1, bytes.Count(raw, []byte{'\n'})))
		m.problems = append(m.problems, Problem{Line: m.line + line, Text: "The front matter cannot be read: " + message + "."})
		return false
	}
	if at := secondDocument(raw); at > 0 {
		m.problems = append(m.problems, Problem{Line: m.line + at, Text: "The front matter ends here for YAML, which takes what follows for another document."})
		return false
	}
	if len(doc.Content) == 0 {
		return true
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		m.problem(top, "The front matter is not a list of keys and values.")
		return false
	}
	m.twice(top)
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if value.Kind == yaml.AliasNode {
			m.problem(value, "%s refers to another value; write it out.", key.Value)
			continue
		}
		take(key.Value, value)
	}
	return true
}

// twice names the keys of a mapping that stand in it a second time. YAML admits each once; of most the last counts, and the
// other is lost.
func (m *metaReader) twice(n *yaml.Node) {
	seen := make(map[string]bool, len(n.Content)/2)
	told := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] && told < maxUnknown {
			told++
			m.problem(key, "“%s” stands here a second time; put what it says in one place.", key.Value)
		}
		seen[key.Value] = true
	}
}

// secondDocument gives the line on which a second document of YAML begins; 0 when there is none.
func secondDocument(raw []byte) int {
	if !bytes.Contains(raw, []byte("---")) && !bytes.Contains(raw, []byte("...")) {
		return 0
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	var first, second yaml.Node
	if d.Decode(&first) != nil {
		return 0
	}
	switch err := d.Decode(&second); {
	case err == nil:
		return max(1, second.Line)
	case errors.Is(err, io.EOF):
		return 0
	}
	return max(1, first.Line)
}

// key reads the value of one key. Keys that are not known are left to others.
func (m *metaReader) key(f *FrontMatter, key string, value *yaml.Node) {
	switch key {
	case "title":
		f.Title = strings.TrimSpace(m.text(key, value))
	case "lang":
		if s := strings.TrimSpace(m.text(key, value)); s == "" || isLanguage(s) {
			f.Lang = s
		} else {
			m.problem(value, "lang is not a language such as \"en\" or \"pt-BR\".")
		}
	case "translation_of":
		f.TranslationOf = m.text(key, value)
	case "redirect_to":
		f.RedirectTo = m.text(key, value)
	case "form":
		f.Form = m.text(key, value)
	case "keywords":
		f.Keywords = m.texts(key, value)
	case "aliases":
		f.Aliases = m.texts(key, value)
	case "asked_as":
		m.askedAs(f, value)
	case "questions":
		m.questions(f, value)
	case "participants":
		f.Participants = m.participants(value)
	case "review_by":
		f.ReviewBy = m.date(key, value)
	}
}

// text reads one value that is no list. A key without a value is "".
func (m *metaReader) text(key string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		m.problem(n, "%s must be one line of text.", key)
		return ""
	}
	if n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

// texts reads a list, or one text with commas.
func (m *metaReader) texts(key string, n *yaml.Node) []string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	switch {
	case n.Kind == yaml.SequenceNode && len(n.Content) > maxListed:
		m.problem(n, "%s has more than %d entries.", key, maxListed)
	case n.Kind == yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				m.problem(c, "%s must be a list of texts.", key)
				continue
			}
			add(c.Value)
		}
	case n.Kind == yaml.ScalarNode:
		for s := range strings.SplitSeq(m.text(key, n), ",") {
			add(s)
		}
	default:
		m.problem(n, "%s must be a list of texts.", key)
	}
	return out
}

// maxListed bounds a list in front matter: each entry is compared with those before it.
const maxListed = 500

// askedAs reads a mapping from anchors to what people ask.
func (m *metaReader) askedAs(f *FrontMatter, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		m.problem(n, "asked_as must name an anchor, and under it how people ask.")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f.ask(m.name(askedKey, n.Content[i]), m.wordings(n.Content[i+1]))
	}
}

// wordings reads how people ask: one text, which may hold a comma, or a list.
func (m *metaReader) wordings(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		if s := strings.TrimSpace(m.text("asked_as", n)); s != "" {
			return []string{s}
		}
		return nil
	}
	return m.texts("asked_as", n)
}

// ask adds wordings of the question at an anchor: they may stand under two keys.
func (f *FrontMatter) ask(anchor string, wordings []string) {
	if f.AskedAs == nil {
		f.AskedAs = map[string][]string{}
	}
	list := f.AskedAs[anchor]
	for _, s := range wordings[:min(len(wordings), maxListed-len(list))] {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	f.AskedAs[anchor] = list
}

// questions reads what is said of single questions, by their anchors.
func (m *metaReader) questions(f *FrontMatter, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		m.problem(n, "questions must name an anchor, and under it keywords, asked_as, related or review_by.")
		return
	}
	m.twice(n)
	f.Questions = make(map[string]QuestionMatter, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		anchor, value := m.name("questions", n.Content[i]), n.Content[i+1]
		if value.Kind != yaml.MappingNode {
			m.problem(value, "Under the question %q must stand keys such as keywords or related.", anchor)
			continue
		}
		m.twice(value)
		var q QuestionMatter
		for j := 0; j+1 < len(value.Content); j += 2 {
			switch key, value := value.Content[j].Value, value.Content[j+1]; key {
			case "keywords":
				q.Keywords = m.texts(key, value)
			case "asked_as":
				f.ask(anchor, m.wordings(value))
			case "related":
				q.Related = m.targets(f, key, value)
			case "review_by":
				q.ReviewBy = m.date(key, value)
			}
		}
		f.Questions[anchor] = q
	}
}

// targets reads a list of pages and questions, and notes their lines. To YAML, [[Page]] is a list in a list, and what
// follows " #" a comment.
func (m *metaReader) targets(f *FrontMatter, key string, n *yaml.Node) []string {
	var list []string
	var read func(n *yaml.Node, depth int)
	read = func(n *yaml.Node, depth int) {
		switch {
		case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
			m.problem(n, "%s has an entry without a text; put one that begins with # in quotation marks.", key)
		case n.Kind == yaml.ScalarNode:
			s := strings.TrimSpace(n.Value)
			if inner, ok := strings.CutPrefix(s, "[["); ok {
				s, _, _ = strings.Cut(strings.TrimSuffix(inner, "]]"), "|")
			}
			if s = strings.TrimSpace(s); s != "" && len(list) < maxListed && !slices.Contains(list, s) {
				list = append(list, s)
				if anchor, here := strings.CutPrefix(s, "#"); here {
					m.named = append(m.named, namedAnchor{key, anchor, m.line + n.Line})
				} else {
					f.Targets = append(f.Targets, RelatedTarget{s, m.line + n.Line})
				}
			}
		case n.Kind == yaml.SequenceNode && depth < 3: // a list of [[Page]]
			for _, c := range n.Content {
				read(c, depth+1)
			}
		default:
			m.problem(n, "%s must be a list of pages or questions.", key)
		}
	}
	read(n, 0)
	return list
}

// participants reads a list of names, of "Name: part", or of {name: ..., part: ...}.
func (m *metaReader) participants(n *yaml.Node) []Participant {
	if n.Kind != yaml.SequenceNode {
		m.problem(n, "participants must be a list.")
		return nil
	}
	var out []Participant
	for _, c := range n.Content {
		p := Participant{}
		switch c.Kind {
		case yaml.ScalarNode:
			p.Name = c.Value
		case yaml.MappingNode:
			for i := 0; i+1 < len(c.Content); i += 2 {
				switch key, value := c.Content[i].Value, c.Content[i+1].Value; {
				case key == "name":
					p.Name = value
				case key == "part":
					p.Part = value
				case len(c.Content) == 2:
					p = Participant{Name: key, Part: value}
				}
			}
		}
		if p.Name == "" {
			m.problem(c, "A participant has no name.")
			continue
		}
		out = append(out, p)
	}
	return out
}

// date reads a day, or a day and a time.
func (m *metaReader) date(key string, n *yaml.Node) time.Time {
	s := m.text(key, n)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, time.DateTime} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	m.problem(n, "%s must be a date such as 2026-03-31.", key)
	return time.Time{}
}

// isLanguage reports whether s has the shape of a BCP 47 tag; whether the language exists is not asked.
func isLanguage(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) == 0 || len(part) > 8 || i == 0 && (len(part) < 2 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
		for _, c := range []byte(part) {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
				return false
			}
		}
	}
	return true
}

// SetFrontMatter gives source with the text value at a top-level key of its front matter, and every other byte as it
// was. The key's lines are replaced where they stand, or a line is added at the end; where there is no front matter, it
// is made. An empty value takes the key away. Line endings are those of the first line. A key that is not a plain word
// (letters, digits, - and _) changes nothing.
func SetFrontMatter(source []byte, key, value string) []byte {
	if !isKey(key) {
		return slices.Clone(source)
	}
	if value == "" {
		return setLines(source, key)
	}
	return setLines(source, key, key+": "+quoteYAML(value))
}

// setLines puts lines in the place of those of a key; without lines the key is gone. Of a key that stands several times the
// last is what counted.
func setLines(source []byte, key string, lines ...string) []byte {
	source = once(source, key)
	newline := newlineOf(source)
	text := ""
	if len(lines) > 0 {
		text = strings.Join(lines, newline) + newline
	}
	start, end, body, ok := splitFrontMatter(source)
	if !ok {
		if text == "" {
			return slices.Clone(source)
		}
		return slices.Concat(source[:body], []byte("---"+newline+text+"---"+newline), source[body:])
	}
	from, to := keyLines(source, start, end, key)
	return slices.Concat(source[:from], []byte(text), source[to:])
}

// once takes a key out of front matter wherever it stands but the last time.
func once(source []byte, key string) []byte {
	start, end, _, ok := splitFrontMatter(source)
	if !ok {
		return source
	}
	more := -1
	new(metaReader).each(source[start:end], func(k string, _ *yaml.Node) {
		if k == key {
			more++
		}
	})
	for ; more > 0; more-- {
		from, to := keyLines(source, start, end, key)
		source = slices.Concat(source[:from], source[to:])
		end -= to - from
	}
	return source
}

// newlineOf gives how the first line of a page ends.
func newlineOf(source []byte) string {
	if i := bytes.IndexByte(source, '\n'); i > 0 && source[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func isKey(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && s[0] != '-'
}

// keyLines gives the lines of a key in source[start:end]: its own, and those after it that are indented, or begin with
// a hyphen (a list need not be indented), or stand before the end of what was opened on it, as in brackets. If the key is
// not there, the range is empty and at the end.
func keyLines(source []byte, start, end int, key string) (from, to int) {
	for pos := start; pos < end; {
		next := lineEnd(source, pos)
		line := source[pos:next]
		if !bytes.HasPrefix(line, []byte(key)) || !bytes.HasPrefix(bytes.TrimLeft(line[len(key):], " \t"), []byte(":")) {
			pos = next
			continue
		}
		to = next
		for p := next; p < end; p = lineEnd(source, p) {
			line := source[p:lineEnd(source, p)]
			switch {
			case len(bytes.TrimSpace(line)) == 0: // a blank line belongs to the key only if more of the key follows
			case line[0] == ' ' || line[0] == '\t' || bytes.HasPrefix(line, []byte("- ")):
				to = lineEnd(source, p)
			default:
				return pos, max(to, valueEnd(source, start, end, pos, key))
			}
		}
		return pos, to
	}
	return end, end
}

// valueEnd gives where the value of the key at pos ends at the latest, as YAML reads source[start:end]: after the last line
// before the next key that is neither blank nor a comment. It gives 0 when that cannot be told.
func valueEnd(source []byte, start, end, pos int, key string) int {
	raw := source[start:end]
	var doc yaml.Node
	if yaml.Unmarshal(raw, &doc) != nil || len(doc.Content) == 0 {
		return 0
	}
	lines, keys := yamlLines(raw), doc.Content[0].Content
	at, ok := slices.BinarySearch(lines, pos-start)
	for i := 0; ok && i+1 < len(keys); i += 2 {
		if keys[i].Line != at+1 || keys[i].Value != key {
			continue
		}
		next, to := end, 0
		if i+2 < len(keys) {
			next = start + lines[keys[i+2].Line-1]
		}
		for p := pos; p < next; p = lineEnd(source, p) {
			if line := bytes.TrimSpace(source[p:min(next, lineEnd(source, p))]); len(line) > 0 && line[0] != '#' {
				to = min(next, lineEnd(source, p))
			}
		}
		return to
	}
	return 0
}

// yamlLines gives where lines begin as YAML sees them: a lone "\r" and three rarer characters end one too.
func yamlLines(raw []byte) []int {
	starts := []int{0}
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		i += n
		switch r {
		case '\n', '\u0085', '\u2028', '\u2029':
			starts = append(starts, i)
		case '\r':
			if i == len(raw) || raw[i] != '\n' {
				starts = append(starts, i)
			}
		}
	}
	return starts
}

// quoteYAML writes a text so that YAML reads it back as that text, plainly where that is safe.
func quoteYAML(s string) string {
	plain := s != "" && isKey(s[:1]) && s[0] > '9' && strings.TrimSpace(s) == s
	for _, r := range s {
		plain = plain && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_./?!()'", r))
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		plain = false
	}
	if plain {
		return s
	}
	// A JSON string is a YAML string; what is not UTF-8 becomes U+FFFD in it.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return escapeForYAML(strings.TrimSuffix(b.String(), "\n"))
}

// escapeForYAML escapes in a JSON string what YAML takes for the end of a line, or for no text at all, where JSON does not.
func escapeForYAML(quoted string) string {
	var b strings.Builder
	for _, r := range quoted {
		if r >= 0x7F && r < 0xA0 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
