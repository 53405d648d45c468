package credit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestMendedRules reads files of which some lines are no YAML: these are named, and the others hold.
func TestMendedRules(t *testing.T) {
	for _, c := range []struct{ file, bots, optOut, format, licence, lines string }{
		{"bots: [a\nopt_out: b\n", "a", "b", "", "", "1"},
		{"opt_out: [a,\n  b,\n  c\nbots: x\n", "x", "a b c", "", "", "1"},
		{"opt_out:\n  - a\n  - [b\n  - c\nbots: x\n", "x", "a c", "", "", "3"},
		{"opt_out:\n- a\n- @b\n- c\nbots:\n- x", "x", "a c", "", "", "3"},
		{"bots: x: y\nopt_out: z\n", "", "z", "", "", "1"},
		{"opt_out: x: y\n  - a\n  - b\n", "", "a b", "", "", "1"},
		{"opt_out:\n  - a\n\t- b\n  - c\n", "", "a c", "", "", "3"},
		{"opt_out:\n  - a\n - b\n  - c\nbots: x\n", "x", "a c", "", "", "3"},
		{"opt_out:\n  - \"a\n  - b\n", "", "b", "", "", "2"},
		{"# people\n\nopt_out: [a]\nnonsense\nbots: x # and\n\n# more\nlicence: CC: BY\nformat_commits: [1234567]\n", "x", "a", "1234567", "", "4 8"},
		{"opt_out:\n  - a\n  - b\x00\n  - c\nlicence: CC BY\n", "", "a c", "", "CC BY", "3"},
		{"a\x00b: c\nopt_out: a\n", "", "a", "", "", "1"},
		{"---\nopt_out: a\nbots: {\n", "", "a", "", "", "3"},
		{"- [a\n", "", "", "", "", "1"},
		{"{opt_out: [a}\n", "", "", "", "", "1"},
		{"opt_out:\n  - a\n" + strings.Repeat("  - b\n :\n", 100) + "bots: x\n", "x", "", "", "", ""},
	} {
		r, problems := readRules([]byte(c.file))
		var lines []string
		for _, p := range problems {
			lines = append(lines, fmt.Sprint(p.Line))
		}
		list := func(m map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }
		got := []string{list(r.bots), list(r.optOut), strings.Join(r.format, " "), r.licence, strings.Join(lines, " ")}
		if want := []string{c.bots, c.optOut, c.format, c.licence, c.lines}; !slices.Equal(got[:4], want[:4]) || c.lines != "" && got[4] != want[4] {
			t.Errorf("%.80q: %q, want %q: %.300v", c.file, got, want, problems)
		}
	}
}
