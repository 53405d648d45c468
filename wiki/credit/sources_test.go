package credit

import (
	"slices"
	"testing"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		in, query string
		want      []string
	}{
		{"Seven **Cats** sleep; cats do.", "cats", []string{"Cats", "cats"}},
		{"Größe und GRÖSSE", "größe", []string{"Größe"}},
		{"a [link](cats.md)", "cats", nil}, // an address of a link is no word
		{"anything", "!!!", nil},
		{"", "cats", nil},
	} {
		var got []string
		for _, s := range Matches(c.in, c.query) {
			got = append(got, c.in[s.Start:s.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Matches(%q, %q) = %q, want %q", c.in, c.query, got, c.want)
		}
	}
}
