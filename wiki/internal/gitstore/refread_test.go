package gitstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// gitRefs is what native git lists.
func gitRefs(t testing.TB, dir string, prefix ...string) (refs []Ref) {
	t.Helper()
	for line := range strings.Lines(gitRun(t, dir, "", append([]string{"for-each-ref", "--format=%(objectname) %(refname)"}, prefix...)...)) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		refs = append(refs, Ref{name, mustID(t, id)})
	}
	return refs
}

func TestRefs(t *testing.T) {
	dir := generated(t)
	s := mustOpen(t, dir)
	compare := func(when string) {
		t.Helper()
		all := gitRefs(t, dir)
		for _, prefix := range []string{"", "refs/", "refs/heads/", "refs/tags/", "refs/heads/m", "refs/none/"} {
			want := slices.DeleteFunc(slices.Clone(all), func(r Ref) bool { return !strings.HasPrefix(r.Name, prefix) })
			got, err := s.Refs(prefix)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, %q: %v, %v\ngit says %v", when, prefix, got, err, want)
			}
		}
		for _, r := range all {
			if id, err := s.Ref(r.Name); err != nil || id != r.ID {
				t.Errorf("%s: %s is %s, %v", when, r.Name, id, err)
			}
		}
	}
	compare("loose")
	gitRun(t, dir, "", "pack-refs", "--all")
	compare("packed")
	gitRun(t, dir, "", "update-ref", "refs/heads/main", "main~1")
	gitRun(t, dir, "", "update-ref", "refs/heads/deep/er/new", "main~2")
	gitRun(t, dir, "", "symbolic-ref", "refs/heads/by-name", "refs/heads/main")
	gitRun(t, dir, "", "symbolic-ref", "refs/heads/dangling", "refs/heads/none")
	writeFile(t, filepath.Join(dir, "refs", "heads", "main.lock"), "")
	if err := os.Remove(filepath.Join(dir, "refs", "heads", "main.lock")); err != nil {
		t.Fatal(err)
	}
	compare("both")
	gitRun(t, dir, "", "update-ref", "-d", "refs/heads/side")
	gitRun(t, dir, "", "update-ref", "-d", "refs/heads/deep/er/new")
	compare("deleted")
}

func TestRefErrors(t *testing.T) {
	dir := generated(t)
	head := gitLine(t, dir, "rev-parse", "main")
	ref := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	writeFile(t, ref("refs/heads/empty-file"), "")
	writeFile(t, ref("refs/heads/words"), "some words that are no name at all, and long enough\n")
	writeFile(t, ref("refs/heads/short"), head[:39]+"\n")
	writeFile(t, ref("refs/heads/long"), head+"0\n")
	writeFile(t, ref("refs/heads/zero"), strings.Repeat("0", 40)+"\n")
	writeFile(t, ref("refs/heads/out"), "ref: ../../secret\n")
	writeFile(t, ref("refs/heads/to-nothing"), "ref: refs/heads/none\n")
	writeFile(t, ref("refs/heads/loop"), "ref: refs/heads/pool\n")
	writeFile(t, ref("refs/heads/pool"), "ref: refs/heads/loop\n")
	writeFile(t, ref("refs/heads/huge"), strings.Repeat("x", maxPointerFile+1))
	writeFile(t, ref("refs/heads/bare"), head)
	writeFile(t, ref("refs/heads/crlf"), head+"\r\n")
	writeFile(t, ref("refs/heads/folder/below"), head+"\n")
	writeFile(t, filepath.Join(dir, "secret"), head+"\n")
	s := mustOpen(t, dir)
	for name, want := range map[string]error{
		"refs/heads/none": ErrNoRef, "refs/heads/folder": ErrNoRef, "refs/heads/main/below": ErrNoRef, "refs/heads/to-nothing": ErrNoRef,
		"refs/heads/empty-file": ErrBadRef, "refs/heads/words": ErrBadRef, "refs/heads/short": ErrBadRef, "refs/heads/long": ErrBadRef,
		"refs/heads/zero": ErrBadRef, "refs/heads/out": ErrBadRef, "refs/heads/loop": ErrBadRef, "refs/heads/huge": ErrBadRef,
		"refs/../secret": ErrBadRef, "refs/heads/../../secret": ErrBadRef, "secret": ErrBadRef, "": ErrBadRef, "refs/": ErrBadRef,
		"refs/heads/": ErrBadRef, "/refs/heads/main": ErrBadRef, "refs//heads/main": ErrBadRef, "refs/heads/main.lock": ErrBadRef,
		"refs/heads/a b": ErrBadRef, "refs/heads/\x00": ErrBadRef, "refs/heads/.hidden": ErrBadRef, `refs\heads\main`: ErrBadRef,
		"refs/heads/bare": nil, "refs/heads/crlf": nil, "refs/heads/folder/below": nil,
	} {
		if _, err := s.Ref(name); !errors.Is(err, want) {
			t.Errorf("Ref(%q): %v, want %v", name, err, want)
		}
	}
	refs, err := s.Refs("refs/heads/")
	if !errors.Is(err, ErrBadRef) || !strings.Contains(err.Error(), "refs/heads/words") {
		t.Errorf("Refs: %v", err)
	}
	if !slices.ContainsFunc(refs, func(r Ref) bool { return r.Name == "refs/heads/main" }) {
		t.Error("broken refs hide main")
	}
}

func TestHeadBranch(t *testing.T) {
	dir := gitInit(t)
	s := mustOpen(t, dir)
	if got, err := s.HeadBranch(); err != nil || got != "refs/heads/main" {
		t.Errorf("no commit yet: %q, %v", got, err)
	}
	if _, err := s.Ref("refs/heads/main"); !errors.Is(err, ErrNoRef) {
		t.Errorf("no commit yet: %v", err)
	}
	if refs, err := s.Refs(""); err != nil || len(refs) != 0 {
		t.Errorf("no commit yet: %v, %v", refs, err)
	}
	head := filepath.Join(dir, "HEAD")
	writeFile(t, head, strings.Repeat("1", 40)+"\n")
	if _, err := s.HeadBranch(); !errors.Is(err, ErrBadRef) {
		t.Errorf("detached: %v", err)
	}
	writeFile(t, head, "")
	if _, err := s.HeadBranch(); !errors.Is(err, ErrBadRef) {
		t.Errorf("empty: %v", err)
	}
	if err := os.Remove(head); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("refs/heads/linked", head); err != nil {
		t.Logf("no symbolic links here: %v", err)
		return
	}
	if got, err := s.HeadBranch(); err != nil || got != "refs/heads/linked" {
		t.Errorf("symbolic link: %q, %v", got, err)
	}
}

// TestRefWhileGitWrites reads a ref that native git moves and packs meanwhile. It always exists.
func TestRefWhileGitWrites(t *testing.T) {
	dir := generated(t)
	s := mustOpen(t, dir)
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for n := 0; !done.Load() || n < 100; n++ {
				if _, err := s.Ref("refs/heads/main"); err != nil {
					t.Error(err)
					return
				}
				if refs, err := s.Refs("refs/heads/ma"); err != nil || len(refs) != 1 {
					t.Error(refs, err)
					return
				}
			}
		})
	}
	for i := range 15 {
		gitRun(t, dir, "", "update-ref", "refs/heads/main", fmt.Sprintf("main~%d", i%2))
		gitRun(t, dir, "", "pack-refs", "--all")
	}
	done.Store(true)
	readers.Wait()
}

func TestPackedRefs(t *testing.T) {
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"# pack-refs with: peeled fully-peeled sorted \n" + one + " refs/heads/a\n" + two + " refs/tags/t\n^" + one + "\n", []string{"refs/heads/a", "refs/tags/t"}},
		{two + " refs/heads/b\r\n\n" + one + " refs/heads/a", []string{"refs/heads/a", "refs/heads/b"}},
		{one + " ../../etc/passwd\n" + one + " refs/heads/a\n", []string{"refs/heads/a"}},
	} {
		refs, err := parsePackedRefs([]byte(c.text))
		var names []string
		for _, r := range refs {
			names = append(names, r.Name)
		}
		if err != nil || !slices.Equal(names, c.want) {
			t.Errorf("%q: %q, %v", c.text, names, err)
		}
	}
	for _, text := range []string{"words\n", one + "\n", one[1:] + " refs/heads/a\n", "x"} {
		if _, err := parsePackedRefs([]byte(text)); !errors.Is(err, ErrBadRef) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestValidRefName compares the rule with git check-ref-format.
func TestValidRefName(t *testing.T) {
	dir := gitInit(t)
	for _, name := range []string{
		"refs/heads/main", "refs/heads/a/b", "refs/heads/é", "refs/heads/a.b", "refs/heads/a.", "refs/heads/.a", "refs/heads/a/.b", "refs/heads/a..b",
		"refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/a.lockb", "refs/heads/@", "refs/heads/a@{b", "refs/heads/a@b", "refs/heads/a b", "refs/heads/a~b",
		"refs/heads/a^b", "refs/heads/a:b", "refs/heads/a?b", "refs/heads/a*b", "refs/heads/a[b", "refs/heads/a]b", `refs/heads/a\b`, "refs/heads/a\x7f", "refs/heads/a\tb",
		"refs/heads//b", "refs/heads/b/", "refs/heads", "refs/proposals/12", "refs/heads/-a", "refs/heads/{", "refs/heads/a\xff",
	} {
		cmd := "check-ref-format"
		err := gitTry(dir, cmd, name)
		if got := validRefName(name); got != (err == nil) {
			t.Errorf("validRefName(%q) = %v, git says %v", name, got, err)
		}
	}
	for _, name := range []string{"", "refs", "refs/", "main", "heads/main", "/refs/heads/main", "refs/" + strings.Repeat("x", maxRefName)} {
		if validRefName(name) {
			t.Errorf("validRefName(%q) = true", name)
		}
	}
}

func FuzzPackedRefs(f *testing.F) {
	f.Add([]byte("# pack-refs with: peeled fully-peeled sorted \n" + strings.Repeat("1", 40) + " refs/heads/a\n^" + strings.Repeat("2", 40) + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		refs, err := parsePackedRefs(text)
		if err != nil {
			return
		}
		p := packedRefs{refs: refs}
		for _, r := range refs {
			if _, ok := p.find(r.Name); !ok || !validRefName(r.Name) {
				t.Fatalf("%q", r.Name)
			}
		}
		if len(p.withPrefix("refs/")) != len(refs) {
			t.Fatal("refs outside refs/")
		}
	})
}
