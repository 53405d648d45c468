package credit_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestHeirs: where the words of a page went that is no longer there.
func TestHeirs(t *testing.T) {
	para := func(name string) string {
		var words []string
		for i := range 30 {
			words = append(words, fmt.Sprintf("%s%d", name, i))
		}
		return strings.Join(words, " ") + ".\n\n"
	}
	a, b, c := para("alder"), para("birch"), para("cedar")
	s := newStory(t)
	s.commit("main", "Ann", "Import", "index.md", "# Home\n", "split.md", "# Split\n\n"+a+b, "other.md", "# Other\n\n"+c, "gone.md", "# Gone\n\n"+para("dogwood"))
	s.commit("main", "Ben", "Split in two, one of them new", "split.md", "-", "one.md", "# One\n\n"+a, "other.md", "# Other\n\n"+c+b)
	s.commit("main", "Ben", "Rename", "one.md", "-", "first.md", "# One\n\n"+a)
	s.commit("main", "Cy", "Write", "elm.md", "# Elm\n\n"+para("elm"))
	s.commit("main", "Cy", "Join, first the words", "other.md", "# Other\n\n"+c+b+para("elm")+para("fir"))
	s.commit("main", "Dee", "And then the page", "elm.md", "-")
	s.commit("main", "Dee", "Delete", "gone.md", "-")
	s.commit("main", "Ann", "Again", "again.md", "# Gone\n\n"+para("dogwood"))
	s.commit("main", "Ann", "And gone for good", "again.md", "-")
	v := viewOf(t, s.wiki())
	for path, want := range map[string]string{
		"split": "61: first 30, other 30",
		"elm":   "31: other 30",
		"gone":  "31:",
		"again": "31:",
		"index": "0:", "never": "0:", "first": "0:",
	} {
		heirs, words, err := v.Heirs(mustPath(t, path))
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, h := range heirs {
			list = append(list, fmt.Sprint(" ", h.Path, " ", h.Words))
		}
		if got := fmt.Sprint(words, ":") + strings.Join(list, ","); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
