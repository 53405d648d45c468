package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestGenerate has native git vouch for a small repository of the generator's: as many pages and commits as were asked
// for, with renames and merges, and always the same.
func TestGenerate(t *testing.T) {
	const pages, commits = 120, 900
	var heads []string
	for _, name := range []string{"a.git", "b.git"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := generate(dir, pages, commits); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) string {
			out, err := git(dir, args...)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		run("fsck", "--strict")
		heads = append(heads, run("rev-parse", "main"))
		if n, _ := strconv.Atoi(run("rev-list", "--count", "main")); n < commits-10 || n > commits+10 {
			t.Errorf("%d commits", n)
		}
		if n := strings.Count(run("ls-tree", "-r", "--name-only", "main"), ".md"); n != pages {
			t.Errorf("%d pages", n)
		}
		if run("rev-list", "--count", "--merges", "main") == "0" || run("log", "--diff-filter=R", "-M", "--format=%H") == "" {
			t.Error("no merges or no renames")
		}
	}
	if heads[0] != heads[1] {
		t.Error("two runs made two histories")
	}
}
