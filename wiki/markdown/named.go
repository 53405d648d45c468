package markdown

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// AnchorKey is an anchor that front matter says something of, and the key under which it does: asked_as or questions.
type AnchorKey struct{ Key, Anchor string }

// AnchorKeys gives the anchors that the front matter of a page names, in order; nil when it cannot be read.
func AnchorKeys(source []byte) []AnchorKey {
	var list []AnchorKey
	for _, w := range writtenKeys(source) {
		list = append(list, w.AnchorKey)
	}
	return list
}

// RenameAnchorKeys gives source with other anchors in its front matter, each in the place of the one that to names it for, and
// every other byte as it was. An anchor that the same key names already is left out: what is said under two of them is not
// put together. What is written so that it cannot be mended in its place stays.
func RenameAnchorKeys(source []byte, to map[AnchorKey]string) []byte {
	written := writtenKeys(source)
	taken := map[AnchorKey]bool{}
	want := make([]AnchorKey, len(written))
	for i, w := range written {
		want[i], taken[w.AnchorKey] = w.AnchorKey, true
	}
	next := slices.Clone(source)
	for i, w := range slices.Backward(written) { // so that what stands before stays where it is
		anchor, ok := to[w.AnchorKey]
		moved := AnchorKey{w.Key, anchor}
		if !ok || anchor == "" || taken[moved] || w.end == w.start {
			continue
		}
		taken[moved], want[i] = true, moved
		next = slices.Concat(next[:w.start], []byte(quoteYAML(anchor)), next[w.end:])
	}
	if !slices.Equal(AnchorKeys(next), want) {
		return slices.Clone(source)
	}
	return next
}

// writtenKey is an AnchorKey with the bytes that it is written in; none when these cannot be told.
type writtenKey struct {
	AnchorKey
	start, end int
}

func writtenKeys(source []byte) []writtenKey {
	start, end, _, ok := splitFrontMatter(source)
	if !ok {
		return nil
	}
	raw := source[start:end]
	lines := yamlLines(raw)
	var list []writtenKey
	ok = new(metaReader).each(raw, func(key string, value *yaml.Node) {
		if key != askedKey && key != questionsKey || value.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(value.Content); i += 2 {
			n := value.Content[i]
			from, to := writtenAt(raw, lines, n)
			list = append(list, writtenKey{AnchorKey{key, n.Value}, start + from, start + to})
		}
	})
	if !ok {
		return nil
	}
	return list
}

// writtenAt gives the bytes of raw in which a text of YAML stands on one line; none when it stands otherwise.
func writtenAt(raw []byte, lines []int, n *yaml.Node) (from, to int) {
	if n.Kind != yaml.ScalarNode || n.Line < 1 || n.Line > len(lines) {
		return 0, 0
	}
	from = lines[n.Line-1]
	for range n.Column - 1 { // columns are characters
		_, size := utf8.DecodeRune(raw[from:])
		from += size
	}
	rest := raw[from:min(len(raw), lineEnd(raw, from))]
	switch {
	case bytes.HasPrefix(rest, []byte(n.Value)):
		return from, from + len(n.Value)
	case len(rest) == 0 || rest[0] != '"' && rest[0] != '\'':
		return 0, 0
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] == rest[0] && unquoted(string(rest[:i+1])) == n.Value {
			return from, from + i + 1
		}
	}
	return 0, 0
}
