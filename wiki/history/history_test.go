package history_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"coppice/wiki"
	"coppice/wiki/history"
)

var ann = wiki.Contributor{Name: "Ann Example", Email: "ann@example.org"}

// git runs native git in dir, with the host's configuration shut out.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.org", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func newWiki(t *testing.T, pairs ...string) *wiki.Wiki {
	t.Helper()
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, fs.FS(m), ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	return openWiki(t, dir, wiki.Options{})
}

func openWiki(t *testing.T, dir string, o wiki.Options) *wiki.Wiki {
	t.Helper()
	w, err := wiki.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func openIndex(t *testing.T, dir string) *history.Index {
	t.Helper()
	x, err := history.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func follow(t *testing.T, x *history.Index, w *wiki.Wiki) {
	t.Helper()
	if err := x.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
}

func mustPath(t *testing.T, s string) wiki.Path {
	t.Helper()
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// all gives every revision of a page, fetched in parts of so many.
func all(t *testing.T, x *history.Index, w *wiki.Wiki, path string, part int) []wiki.Revision {
	t.Helper()
	var revs []wiki.Revision
	for from := history.Cursor(0); ; {
		r, next, err := x.Revisions(t.Context(), w, mustPath(t, path), from, part)
		if err != nil {
			t.Fatal(err)
		}
		revs = append(revs, r...)
		if from = next; next == 0 {
			return revs
		}
	}
}

// story tells revisions in short: kind, path and size of each, newest first.
func story(revs []wiki.Revision) string {
	var b strings.Builder
	for _, r := range revs {
		fmt.Fprintf(&b, "%s %s %d %+d; ", r.Kind, r.Path, r.Size, r.Delta)
	}
	return b.String()
}

// must gives the saved revision, or ends the test.
func must(t *testing.T) func(wiki.Saved, error) wiki.Saved {
	return func(s wiki.Saved, err error) wiki.Saved {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestRevisionsThroughRenames(t *testing.T) {
	w := newWiki(t, "index.md", "# Home\n", "a.md", "12345\n")
	ctx, ok := t.Context(), must(t)
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	edit := func(path, text string) {
		ok(w.Save(ctx, wiki.Edit{Path: mustPath(t, path), Base: w.Head().Commit(), Source: []byte(text), Author: ann}))
		follow(t, x, w)
	}
	rename := func(from, to string) {
		ok(w.Rename(ctx, wiki.Rename{From: mustPath(t, from), To: mustPath(t, to), Author: ann}))
		follow(t, x, w)
	}
	edit("a", "1234567890\n")
	rename("a", "b")
	edit("b", "123\n")
	rename("b", "c/d")
	edit("a", "another page\n") // the old name is used again

	if got, want := story(all(t, x, w, "c/d", 2)), "renamed c/d 4 +0; modified b 4 -7; renamed b 11 +0; modified a 11 +5; added a 6 +6; "; got != want {
		t.Errorf("c/d: %s\nwant %s", got, want)
	}
	if got, want := story(all(t, x, w, "a", 50)), "added a 13 +13; modified a 11 +5; added a 6 +6; "; got != want {
		t.Errorf("a: %s\nwant %s", got, want)
	}
	if to, ok := x.MovedTo(mustPath(t, "b")); !ok || to.String() != "c/d" {
		t.Errorf("b moved to %q, %v", to, ok)
	}
	if to, ok := x.MovedTo(mustPath(t, "a")); ok {
		t.Errorf("a, which is used again, moved to %q", to)
	}
	rename("c/d", "b") // and back: a ring
	if to, ok := x.MovedTo(mustPath(t, "c/d")); !ok || to.String() != "b" {
		t.Errorf("c/d moved to %q, %v", to, ok)
	}
	if r, ok := x.First(ctx, w, mustPath(t, "b")); !ok || r.Kind != wiki.Added || r.Path.String() != "a" {
		t.Errorf("b began as %+v", r)
	}
	if got, err := x.Deleted(ctx, w, 10); err != nil || len(got) != 0 {
		t.Errorf("deleted: %v, %v", got, err)
	}
	_, _, err := x.Revisions(ctx, w, mustPath(t, "never"), 0, 10)
	if wiki.KindOf(err) != wiki.NotFound {
		t.Errorf("a page that never was: %v", err)
	}
}

func TestDeletedPages(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n", "b.md", "# B\n")
	ctx, ok := t.Context(), must(t)
	x := openIndex(t, t.TempDir())
	had := w.Head().Commit()
	gone := ok(w.Delete(ctx, wiki.Delete{Path: mustPath(t, "a"), Author: ann}))
	follow(t, x, w)
	g, there := x.Gone(ctx, w, mustPath(t, "a"))
	if !there || g.ID != gone.Revision.ID || g.Last != had || g.Delta != -4 {
		t.Errorf("gone: %+v, %v", g, there)
	}
	list, err := x.Deleted(ctx, w, 10)
	if err != nil || len(list) != 1 || list[0].Path.String() != "a" {
		t.Errorf("deleted: %v, %v", list, err)
	}
	ok(w.Restore(ctx, wiki.Restore{Path: mustPath(t, "a"), From: had, Author: ann}))
	follow(t, x, w)
	if list, err = x.Deleted(ctx, w, 10); err != nil || len(list) != 0 {
		t.Errorf("after the page came back: %v, %v", list, err)
	}
	if got, want := story(all(t, x, w, "a", 1)), "added a 4 +4; deleted a 0 -4; added a 4 +4; "; got != want {
		t.Errorf("a: %s\nwant %s", got, want)
	}
}

func TestRecent(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n")
	ctx, ok := t.Context(), must(t)
	for i := range 7 {
		ok(w.Save(ctx, wiki.Edit{Path: mustPath(t, "a"), Base: w.Head().Commit(), Source: fmt.Appendf(nil, "# A\n\n%d\n", i), Author: ann}))
	}
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	var ids []string
	for from := history.Cursor(0); ; {
		revs, next, err := x.Recent(ctx, w, from, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range revs {
			ids = append(ids, r.ID.String())
		}
		if from = next; next == 0 {
			break
		}
	}
	if want := strings.Fields(git(t, w.Dir(), "log", "--format=%H")); !slices.Equal(ids, want) {
		t.Errorf("recent changes %v\nwant %v", ids, want)
	}
}

func TestMergesCountWhereTheyDiffer(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n\nOne.\n\nTwo.\n", "b.md", "# B\n")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", w.Dir(), clone)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git(t, clone, "checkout", "-qb", "side")
	write("a.md", "# A\n\nOne by side.\n\nTwo.\n")
	write("b.md", "# B\n\nBy side.\n")
	git(t, clone, "commit", "-qam", "side")
	git(t, clone, "checkout", "-q", "main")
	write("a.md", "# A\n\nOne.\n\nTwo by main.\n")
	git(t, clone, "commit", "-qam", "main")
	git(t, clone, "merge", "-q", "--no-edit", "side")
	git(t, clone, "push", "-q", "origin", "main")
	if err := w.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	revs := all(t, x, w, "a", 50)
	if len(revs) != 4 || !revs[0].Merge {
		t.Errorf("a, which the merge put together, has %s", story(revs))
	}
	if revs := all(t, x, w, "b", 50); len(revs) != 2 || revs[0].Merge {
		t.Errorf("b, which the merge only carried, has %s", story(revs))
	}
}

// bundle finds the corpus, and says when it is not there.
func bundle(t *testing.T) string {
	t.Helper()
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "..", "shared", "corpora", "owasp-cheatsheets.bundle")
	if _, err := os.Stat(file); err != nil {
		t.Log("the corpus is not there; the generated repository stands in for it")
		return ""
	}
	return file
}

// generated makes a repository with renames, merges and deletions by native git.
func generated(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "work")
	git(t, ".", "init", "-q", "-b", "main", dir)
	random := rand.New(rand.NewPCG(3, 4))
	var pages []string
	write := func(name string) {
		var b strings.Builder
		for i := range 20 {
			fmt.Fprintf(&b, "Line %d of %s: %d\n", i, name, random.IntN(1000))
		}
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(b.String()), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	amend := func(name string) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(f, "More: %d\n", random.Int())
		f.Close()
	}
	for n := range 150 {
		switch {
		case n%5 == 0:
			pages = append(pages, fmt.Sprintf("d%d/page-%d.md", n%3, n))
			write(pages[len(pages)-1])
		case n%11 == 0:
			i := random.IntN(len(pages))
			to := fmt.Sprintf("d%d/moved-%d.md", n%4, n)
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(to)), 0o777); err != nil {
				t.Fatal(err)
			}
			git(t, dir, "mv", pages[i], to)
			pages[i] = to
			if n%2 == 0 {
				amend(to)
			}
		case n%23 == 0 && len(pages) > 3:
			i := random.IntN(len(pages))
			git(t, dir, "rm", "-q", pages[i])
			pages = slices.Delete(pages, i, i+1)
		default:
			amend(pages[random.IntN(len(pages))])
		}
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", fmt.Sprintf("change %d", n))
	}
	return filepath.Join(dir, ".git")
}

// explained says why a page's list may differ from `git log --follow`, for each commit that one of the two lacks.
// merge: git leaves merges out of --follow. copied: git goes on with a page that lives on, or with a file that was no page.
func explained(t *testing.T, repo, root string, only []string, ours bool, revs []wiki.Revision) []string {
	t.Helper()
	var left []string
	first := revs[len(revs)-1]
	for _, id := range only {
		switch {
		case ours && slices.ContainsFunc(revs, func(r wiki.Revision) bool { return r.ID.String() == id && r.Merge }):
		case !ours && git(t, repo, "merge-base", "--is-ancestor", id, first.ID.String()) == "" && startsFromElsewhere(t, repo, root, first):
		default:
			left = append(left, id)
		}
	}
	return left
}

// startsFromElsewhere reports whether git sees the first revision of a page as a copy of one that goes on living, or as
// another name for a file that was no page.
func startsFromElsewhere(t *testing.T, repo, root string, r wiki.Revision) bool {
	t.Helper()
	name := r.Path.File()
	if root != "" {
		name = root + "/" + name
	}
	out := git(t, repo, "show", "--format=", "--raw", "-C", "--find-copies-harder", r.ID.String())
	for line := range strings.Lines(out) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 && f[2] == name && (strings.Contains(f[0], " C") || !strings.HasSuffix(f[1], ".md")) {
			return true
		}
	}
	return false
}

func difference(a, b []string) []string {
	var only []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			only = append(only, x)
		}
	}
	return only
}

// TestAgainstGitLogFollow holds every page's revisions against native git's.
func TestAgainstGitLogFollow(t *testing.T) {
	check := func(t *testing.T, repo, root string) {
		w := openWiki(t, repo, wiki.Options{Root: root, ReadOnly: true})
		x := openIndex(t, t.TempDir())
		follow(t, x, w)
		same, pages := 0, 0
		for ref := range w.Head().Pages() {
			pages++
			revs := all(t, x, w, ref.Path.String(), 100)
			var ours []string
			for _, r := range revs {
				ours = append(ours, r.ID.String())
			}
			theirs := strings.Fields(git(t, repo, "log", "--follow", "--format=%H", "--", filepath.Join(root, ref.Path.File())))
			if slices.Equal(ours, theirs) {
				same++
				continue
			}
			extra, missing := difference(ours, theirs), difference(theirs, ours)
			if left := explained(t, repo, root, extra, true, revs); len(left) > 0 {
				t.Errorf("%s: only here: %v", ref.Path, left)
			}
			if left := explained(t, repo, root, missing, false, revs); len(left) > 0 {
				t.Errorf("%s: only in git: %v", ref.Path, left)
			}
			if len(extra)+len(missing) == 0 {
				t.Logf("%s: the same revisions in another order", ref.Path)
			} else {
				t.Logf("%s: %d more and %d fewer than git, explained", ref.Path, len(extra), len(missing))
			}
		}
		t.Logf("%d of %d pages have exactly git's list", same, pages)
	}
	t.Run("generated", func(t *testing.T) { check(t, generated(t), "") })
	if file := bundle(t); file != "" {
		t.Run("owasp", func(t *testing.T) {
			repo := filepath.Join(t.TempDir(), "owasp.git")
			git(t, ".", "clone", "-q", "--bare", file, repo)
			check(t, repo, "cheatsheets")
		})
	}
}

// TestFollowingEqualsBuilding edits at random, here and by pushes, and compares the index that followed with a fresh
// one after each step.
func TestFollowingEqualsBuilding(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n", "b.md", "# B\n", "c/d.md", "# D\n")
	dir := t.TempDir()
	x := openIndex(t, dir)
	follow(t, x, w)
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", w.Dir(), clone)
	random := rand.New(rand.NewPCG(5, 6))
	for step := range 60 {
		randomStep(t, w, clone, random, step)
		if err := w.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if step%3 == 0 {
			continue // several commits at once
		}
		follow(t, x, w)
		if step%10 == 4 { // the file says the same as memory
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = openIndex(t, dir)
			if x.Position() != w.Head().Commit() {
				t.Fatal("the position is not kept")
			}
		}
		fresh := openIndex(t, t.TempDir())
		follow(t, fresh, w)
		if err := x.Equal(fresh); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
	}
}

func randomStep(t *testing.T, w *wiki.Wiki, clone string, random *rand.Rand, step int) {
	t.Helper()
	var pages []wiki.Path
	for ref := range w.Head().Pages() {
		pages = append(pages, ref.Path)
	}
	p := pages[random.IntN(len(pages))]
	var err error
	switch n := random.IntN(10); {
	case n < 4:
		_, err = w.Save(t.Context(), wiki.Edit{Path: p, Base: w.Head().Commit(), Source: fmt.Appendf(nil, "# Page\n\nStep %d.\n", step), Author: ann})
	case n < 6:
		_, err = w.Save(t.Context(), wiki.Edit{Path: mustPath(t, fmt.Sprintf("new/page-%d", step)), Source: fmt.Appendf(nil, "# New %d\n", step), Author: ann})
	case n < 7:
		_, err = w.Rename(t.Context(), wiki.Rename{From: p, To: mustPath(t, fmt.Sprintf("moved/page-%d", step)), Author: ann})
	case n < 8 && len(pages) > 2:
		_, err = w.Delete(t.Context(), wiki.Delete{Path: p, Author: ann})
	default:
		git(t, clone, "fetch", "-q")
		git(t, clone, "checkout", "-qB", "side", fmt.Sprintf("origin/main~%d", random.IntN(2)))
		if err := os.WriteFile(filepath.Join(clone, fmt.Sprintf("pushed-%d.md", step)), []byte("# Pushed\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		git(t, clone, "add", ".")
		git(t, clone, "commit", "-qm", "pushed")
		git(t, clone, "checkout", "-qB", "main", "origin/main")
		git(t, clone, "merge", "-q", "--no-edit", "--no-ff", "side")
		if n == 9 && step%2 == 0 { // a rewritten history
			git(t, clone, "commit", "-q", "--amend", "-m", "rewritten")
			git(t, clone, "push", "-qf", "origin", "main")
			git(t, clone, "reset", "-q", "--hard", "HEAD~1")
			git(t, clone, "commit", "-q", "--allow-empty", "-m", "other line")
		}
		git(t, clone, "push", "-qf", "origin", "main")
	}
	if err != nil && wiki.KindOf(err) != wiki.Unchanged {
		t.Fatal(err)
	}
}

// TestDamagedFiles opens an index that was cut, flipped or written by another version: it is rebuilt, and the log says
// why.
func TestDamagedFiles(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n", "b.md", "# B\n")
	ctx, ok := t.Context(), must(t)
	dir := t.TempDir()
	x := openIndex(t, dir)
	follow(t, x, w)
	middle := x.Position()
	ok(w.Save(ctx, wiki.Edit{Path: mustPath(t, "a"), Base: w.Head().Commit(), Source: []byte("# A2\n"), Author: ann}))
	follow(t, x, w)
	file := filepath.Join(dir, "history.log")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		at   wiki.ID // position after opening
		log  string
	}{
		"torn tail":       {good[:len(good)-5], middle, ""},
		"flipped tail":    {flip(good, len(good)-3), middle, ""},
		"flipped middle":  {flip(good, 60), wiki.ID{}, "damaged"},
		"cut to nothing":  {good[:10], wiki.ID{}, "damaged"},
		"another version": {flip(good, 16), wiki.ID{}, "another format"},
		"something else":  {[]byte("hello, this is no index at all"), wiki.ID{}, "damaged"},
		"empty":           {nil, wiki.ID{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "history.log"), c.data, 0o666); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			x, err := history.Open(dir, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if x.Position() != c.at || !strings.Contains(log.String(), c.log) {
				t.Errorf("position %s, log %q", x.Position(), log.String())
			}
			follow(t, x, w)
			fresh := openIndex(t, t.TempDir())
			follow(t, fresh, w)
			if err := x.Equal(fresh); err != nil {
				t.Error(err)
			}
		})
	}
}

func flip(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 0x15
	return data
}

func TestFollowEndsWithItsContext(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n")
	x := openIndex(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Follow(ctx, w, w.Head()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
