package markdown

import (
	"bytes"
	"slices"
	"testing"
)

func TestRenameAnchorKeys(t *testing.T) {
	old := AnchorKey{"asked_as", "old"}
	for _, c := range []struct {
		name, source string
		to           map[AnchorKey]string
		want         string
	}{
		{"in its place", "---\nasked_as:\n  a: x\n  old: # mine\n    - y\n  b: z\n---\n", map[AnchorKey]string{old: "new"}, "---\nasked_as:\n  a: x\n  new: # mine\n    - y\n  b: z\n---\n"},
		{"in quotation marks", "---\r\nasked_as:\r\n  \"old\": x\r\n---\r\n", map[AnchorKey]string{old: "new"}, "---\r\nasked_as:\r\n  new: x\r\n---\r\n"},
		{"in apostrophes", "---\nasked_as: {é: x, 'old': y}\n---\n", map[AnchorKey]string{old: "nein"}, "---\nasked_as: {é: x, nein: y}\n---\n"},
		{"that must be quoted", "---\nasked_as:\n  old: x\n---\n", map[AnchorKey]string{old: "1-no"}, "---\nasked_as:\n  \"1-no\": x\n---\n"},
		{"of questions alone", "---\nasked_as:\n  old: x\nquestions:\n  old:\n    keywords: [old]\n---\n", map[AnchorKey]string{{"questions", "old"}: "new"}, "---\nasked_as:\n  old: x\nquestions:\n  new:\n    keywords: [old]\n---\n"},
		{"two at once", "---\nasked_as:\n  old: x\n  b: y\n---\n", map[AnchorKey]string{old: "much-longer", {"asked_as", "b"}: "c"}, "---\nasked_as:\n  much-longer: x\n  c: y\n---\n"},
		{"that is there already", "---\nasked_as:\n  old: x\n  new: y\n---\n", map[AnchorKey]string{old: "new"}, "---\nasked_as:\n  old: x\n  new: y\n---\n"},
		{"that cannot be read", "---\nasked_as: [\n  old: x\n---\n", map[AnchorKey]string{old: "new"}, "---\nasked_as: [\n  old: x\n---\n"},
		{"none", "Text\n", map[AnchorKey]string{old: "new"}, "Text\n"},
	} {
		if got := string(RenameAnchorKeys([]byte(c.source), c.to)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzRenameAnchorKeys: the first anchor gets the new name or nothing changes, and the text below stays.
func FuzzRenameAnchorKeys(f *testing.F) {
	f.Add([]byte("---\nasked_as:\n  a: x\n  \"b\": y\nquestions: {é: {}, 'c': {}}\n---\nText\n"), "new")
	f.Add([]byte("---\r\nasked_as:\r\n  ? a\r\n  : x\r\n---\r\n"), "y")
	f.Add([]byte("---\nasked_as:\n  &x a: *x\n  !!str b: c\n---\n"), "\u2028")
	f.Fuzz(func(t *testing.T, source []byte, anchor string) {
		keys := AnchorKeys(source)
		if len(keys) == 0 || len(anchor) > 200 {
			return
		}
		next := RenameAnchorKeys(source, map[AnchorKey]string{keys[0]: anchor})
		_, _, body, _ := splitFrontMatter(source)
		if !bytes.HasSuffix(next, source[body:]) {
			t.Fatalf("the text below changed: %q became %q", source, next)
		}
		if bytes.Equal(next, source) {
			return
		}
		if after := AnchorKeys(next); len(after) != len(keys) || !slices.Contains(after, AnchorKey{keys[0].Key, anchor}) {
			t.Fatalf("%q with %q became %q", source, anchor, next)
		}
	})
}
