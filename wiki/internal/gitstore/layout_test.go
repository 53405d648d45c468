package gitstore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestOpenLayouts(t *testing.T) {
	bare := generated(t)
	top := t.TempDir()
	at := func(name string) string { return filepath.Join(top, name) }
	gitRun(t, top, "", "clone", "-q", bare, at("work"))
	gitRun(t, at("work"), "", "worktree", "add", "-q", "-b", "linked", at("linked"))
	gitRun(t, top, "", "clone", "-q", "--separate-git-dir", at("apart.git"), bare, at("apart"))
	for dir, gitDir := range map[string]string{
		bare:               bare,
		at("work"):         at("work/.git"),
		at("work/.git"):    at("work/.git"),
		at("linked"):       at("work/.git/worktrees/linked"),
		at("linked/.git"):  at("work/.git/worktrees/linked"),
		at("apart"):        at("apart.git"),
		at("apart") + "/.": at("apart.git"),
	} {
		s, err := Open(dir, Options{ReadOnly: true})
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		defer s.Close()
		if s.Dir() != gitDir {
			t.Errorf("%s: the git folder is %s, want %s", dir, s.Dir(), gitDir)
		}
		branch := gitLine(t, top, "--git-dir="+gitDir, "symbolic-ref", "HEAD")
		if got, err := s.HeadBranch(); err != nil || got != branch {
			t.Errorf("%s: HEAD is %s, %v; git says %s", dir, got, err, branch)
		}
		head := mustID(t, gitLine(t, top, "--git-dir="+gitDir, "rev-parse", "HEAD"))
		if got, err := s.Ref(branch); err != nil || got != head {
			t.Errorf("%s: %s is %s, %v; git says %s", dir, branch, got, err, head)
		}
		if _, err := s.Commit(head); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	top := t.TempDir()
	file := filepath.Join(top, "file.md")
	writeFile(t, file, "gitdir of words\n")
	pointer := filepath.Join(top, "pointer")
	writeFile(t, filepath.Join(pointer, ".git"), "gitdir: nowhere\n")
	for _, dir := range []string{top, file, pointer, filepath.Join(top, "none"), filepath.Join(file, "below")} {
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrNotRepository) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for name, lines := range map[string]string{
		"sha256":             "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n",
		"reftable":           "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
		"partial clone":      "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialclone = origin\n",
		"partial remote":     "[Remote \"a]b\"]\n\turl = x\n\tpromisor\n",
		"old style of name":  "[remote.origin] partialCloneFilter = blob:none\n",
		"unknown":            "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpaperTape\n",
		"version 2":          "[core]\n\trepositoryformatversion = 2\n",
		"not a config":       "[core]\n\t= = =\n",
		"sha256 on one line": "[extensions] objectformat = sha256\n",
		"sha256 version 0":   "[extensions]\n\tobjectformat = sha256\n",
	} {
		dir := gitInit(t)
		writeFile(t, filepath.Join(dir, "config"), lines)
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := gitInit(t)
	writeFile(t, filepath.Join(dir, "config"), "[core]\n\trepositoryformatversion = 1\n\tbare\n[extensions]\n\tobjectformat = sha1\n\tworktreeConfig = true\n")
	mustOpen(t, dir)
	if err := os.Remove(filepath.Join(dir, "config")); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, dir)
}

// Git says in different places that a clone is partial, and by version.
func TestOpenRefusesPartialClones(t *testing.T) {
	from := generated(t)
	gitRun(t, from, "", "config", "uploadpack.allowFilter", "true")
	for _, args := range [][]string{{"--bare", "--filter=blob:none"}, {"--mirror", "--filter=tree:0"}, {"--no-checkout", "--filter=blob:limit=1k"}} {
		dir := filepath.Join(t.TempDir(), "partial")
		gitRun(t, from, "", slices.Concat([]string{"clone", "-q"}, args, []string{"file://" + from, dir})...)
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// TestOpenWithAnyConfig opens repositories whose configuration git takes.
func TestOpenWithAnyConfig(t *testing.T) {
	dir := gitInit(t)
	for _, text := range []string{
		"", "# only words\n; and more\n",
		"[alias]\n\tx = !f() { echo \\\"a\\\"; }; f\n",
		"[a.b]\n\tk=v\n",
		"[a] k = v\n[core] bare = true\n",
		"\ufeff[core]\n\tbare = true\n",
		"[Core]\r\n\tBare = true\r\n\tRepositoryFormatVersion = 0\r\n",
		"[user]\n\tname = J\xf6rg\n[core]\n\tpager = \"l\xe4ss\"\n",
		"[remote \"o\"]\n\turl = a ; b\n\tpromisor = no\n\tx = \\\n\t\ty\n[remotely \"o\"]\n\tpromisor = true\n",
		"[core]\n\tbare\n\tsshCommand = \"ssh \\\n -v\" ; why\n\tx-y9 = 1\n[extensions]\n\tnoop\n",
	} {
		writeFile(t, filepath.Join(dir, "config"), text)
		gitRun(t, dir, "", "config", "--list", "--local")
		s, err := Open(dir, Options{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		s.Close()
	}
}

func FuzzCheckFormat(f *testing.F) {
	f.Add([]byte("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"))
	f.Add([]byte("[core] bare\n[x \"y\"]\nk = \"v\" # w\n"))
	path := filepath.Join(f.TempDir(), "config")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := checkFormat(path); err != nil && !errors.Is(err, ErrUnsupported) {
			t.Fatal(err)
		}
	})
}

func TestShallow(t *testing.T) {
	from := generated(t)
	dir := filepath.Join(t.TempDir(), "shallow.git")
	gitRun(t, from, "", "clone", "-q", "--bare", "--depth=3", "--no-local", "file://"+from, dir)
	s := mustOpen(t, dir)
	head, err := s.Ref("refs/heads/main")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(id ID) int
	walk = func(id ID) int {
		c, err := s.Commit(id)
		if err != nil {
			t.Fatal(err)
		}
		n := 1
		for _, p := range c.Parents {
			n += walk(p)
		}
		return n
	}
	if n := walk(head); n < 3 {
		t.Errorf("%d commits", n)
	}
	if ok, err := s.IsAncestor(head, head); !ok || err != nil {
		t.Error(ok, err)
	}
	oldest := mustID(t, strings.Fields(gitRun(t, dir, "", "rev-list", "--reverse", "main"))[0])
	if ok, err := s.IsAncestor(oldest, head); !ok || err != nil {
		t.Error(ok, err)
	}
	if ok, err := s.IsAncestor(head, oldest); ok || err != nil {
		t.Error(ok, err)
	}
}

func TestAlternates(t *testing.T) {
	first, second := generated(t), gitInit(t)
	gitRun(t, second, "words\n", "hash-object", "-w", "--stdin")
	dir := gitInit(t)
	rel, err := filepath.Rel(filepath.Join(dir, "objects"), filepath.Join(first, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "objects", "info", "alternates"),
		"# a comment\n"+rel+"\n\""+filepath.Join(second, "objects")+"\"\n\n/not/there\n")
	// A loop must end.
	writeFile(t, filepath.Join(second, "objects", "info", "alternates"), filepath.Join(dir, "objects")+"\n")
	s := mustOpen(t, dir)
	compareAll(t, s, gitObjects(t, first))
	compareAll(t, s, gitObjects(t, second))
	if len(s.alternates) != 2 {
		t.Errorf("alternates %q", s.alternates)
	}
}
