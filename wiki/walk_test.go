package wiki_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestCountSince: native git counts the same, also around merges.
func TestCountSince(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", w.Dir(), clone)
	made := 0
	commit := func(n int) {
		for range n {
			made++ // a commit of the same second and message would be the same
			git(t, clone, "commit", "-q", "--allow-empty", "-m", strconv.Itoa(made))
		}
	}
	commit(2)
	git(t, clone, "checkout", "-q", "-b", "side")
	commit(3)
	git(t, clone, "checkout", "-q", "main")
	commit(2)
	git(t, clone, "merge", "-q", "--no-ff", "-m", "merge", "side")
	commit(1)
	git(t, clone, "push", "-q", "origin", "main")
	waitHead(t, w, git(t, clone, "rev-parse", "HEAD"))

	head := w.Head().Commit()
	for position := range strings.SplitSeq(git(t, clone, "rev-list", "HEAD"), "\n") {
		c, err := w.Revision(t.Context(), position)
		if err != nil {
			t.Fatal(err)
		}
		want := git(t, clone, "rev-list", "--count", position+"..HEAD")
		if n, err := w.CountSince(t.Context(), c.ID, head, 100); err != nil || strconv.Itoa(n) != want {
			t.Errorf("%d commits since %s, and git counts %s: %v", n, c.ID.Short(), want, err)
		}
		if n, err := w.CountSince(t.Context(), c.ID, head, 4); err != nil || n > 4 {
			t.Errorf("%d commits since %s, and 4 were asked for: %v", n, c.ID.Short(), err)
		}
	}
	for _, unknown := range []string{"", "1"} {
		var id [20]byte
		copy(id[:], unknown)
		if n, err := w.CountSince(t.Context(), id, head, 100); err != nil || n != 10 {
			t.Errorf("%d commits since none: %v", n, err)
		}
	}
}
