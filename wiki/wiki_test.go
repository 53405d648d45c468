package wiki_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"coppice/wiki"
)

var ann = wiki.Contributor{Name: "Ann Example", Email: "ann@example.org"}

// gitEnv shuts the host's configuration out.
func gitEnv(home string) []string {
	return append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+home,
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.org", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.org")
}

// git runs native git in dir and gives what it prints.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = gitEnv(t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func files(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// newWiki makes and opens a wiki with these files; it is closed, and checked by native git, when the test ends.
func newWiki(t *testing.T, pairs ...string) *wiki.Wiki {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, files(pairs...), ann, "Begin"); err != nil {
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
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		git(t, w.Dir(), "fsck", "--strict", "--no-dangling")
	})
	return w
}

func mustPath(t *testing.T, s string) wiki.Path {
	t.Helper()
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func text(t *testing.T, w *wiki.Wiki, path string) string {
	t.Helper()
	p, err := w.Head().Page(mustPath(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(p.Source)
}

// save edits a page on top of base.
func save(t *testing.T, w *wiki.Wiki, path string, base wiki.ID, source string) (wiki.Saved, error) {
	t.Helper()
	return w.Save(t.Context(), wiki.Edit{Path: mustPath(t, path), Base: base, Source: []byte(source), Author: ann})
}

func mustSave(t *testing.T, w *wiki.Wiki, path string, base wiki.ID, source string) wiki.Saved {
	t.Helper()
	s, err := save(t, w, path, base, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantKind(t *testing.T, err error, kind wiki.Kind) {
	t.Helper()
	if err == nil || wiki.KindOf(err) != kind {
		t.Fatalf("error %v of kind %d; want kind %d", err, wiki.KindOf(err), kind)
	}
}

func TestSave(t *testing.T) {
	w := newWiki(t, "index.md", "# Home\n", "guide/start.md", "# Start\n\nOne.\n\nTwo.\n")
	base := w.Head().Commit()

	saved := mustSave(t, w, "guide/start", base, "# Start\r\n\r\nOne, mended.\r\n\r\nTwo.")
	if got, want := text(t, w, "guide/start"), "# Start\n\nOne, mended.\n\nTwo.\n"; got != want {
		t.Errorf("line endings of the base are not kept: %q", got)
	}
	if saved.Merged || saved.Revision.Kind != wiki.Modified || saved.Revision.Delta != 8 || saved.Revision.Author != ann {
		t.Errorf("revision %+v", saved.Revision)
	}
	if saved.Snapshot.Commit() != w.Head().Commit() || git(t, w.Dir(), "rev-parse", "main") != w.Head().Commit().String() {
		t.Error("the branch, Head and the answer do not agree")
	}
	if got := git(t, w.Dir(), "log", "-1", "--format=%an <%ae> %s"); got != "Ann Example <ann@example.org> Edit guide/start" {
		t.Errorf("git log says %q", got)
	}

	_, err := save(t, w, "guide/start", w.Head().Commit(), text(t, w, "guide/start"))
	wantKind(t, err, wiki.Unchanged)

	saved = mustSave(t, w, "new/page", wiki.ID{}, "# New")
	if saved.Revision.Kind != wiki.Added || text(t, w, "new/page") != "# New\n" {
		t.Errorf("a new page: %+v", saved.Revision)
	}
	_, err = save(t, w, "empty", wiki.ID{}, " \n")
	wantKind(t, err, wiki.Invalid)
}

func TestSaveMergesDifferentBlocks(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n\nOne.\n\nTwo.\n\nThree.\n")
	base := w.Head().Commit()
	mustSave(t, w, "p", base, "# P\n\nOne by Ann.\n\nTwo.\n\nThree.\n")
	saved := mustSave(t, w, "p", base, "# P\n\nOne.\n\nTwo.\n\nThree by Ben.\n")
	if got := text(t, w, "p"); got != "# P\n\nOne by Ann.\n\nTwo.\n\nThree by Ben.\n" || !saved.Merged {
		t.Errorf("merged %v: %q", saved.Merged, got)
	}
}

func TestSaveConflictKeepsBothTexts(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n\nOne.\n\nTwo.\n")
	base := w.Head().Commit()
	mustSave(t, w, "p", base, "# P\n\nOne by Ann.\n\nTwo.\n")
	head := w.Head().Commit()
	_, err := save(t, w, "p", base, "# P\n\nOne by Ben.\n\nTwo.\n")
	var c *wiki.ConflictError
	if !errors.As(err, &c) {
		t.Fatalf("error %v", err)
	}
	if string(c.Base) != "# P\n\nOne.\n\nTwo.\n" || !bytes.Contains(c.Theirs, []byte("by Ann")) || !bytes.Contains(c.Mine, []byte("by Ben")) || c.TheirCommit != head {
		t.Errorf("conflict %+v", c)
	}
	clashes := 0
	for _, ch := range c.Chunks {
		if ch.Conflict {
			clashes++
		}
	}
	if clashes != 1 || w.Head().Commit() != head {
		t.Errorf("%d clashes; head moved: %v", clashes, w.Head().Commit() != head)
	}
	// The next try, on top of theirs, goes through.
	mustSave(t, w, "p", c.TheirCommit, "# P\n\nOne by Ann and Ben.\n\nTwo.\n")
}

func TestSaveNewPageTwice(t *testing.T) {
	w := newWiki(t, "index.md", "# Home\n")
	mustSave(t, w, "p", wiki.ID{}, "# P\n\nAnn's.\n")
	_, err := save(t, w, "p", wiki.ID{}, "# P\n\nBen's.\n")
	wantKind(t, err, wiki.Conflict)
}

func TestSaveFollowsRename(t *testing.T) {
	w := newWiki(t, "old.md", "# P\n\nOne.\n\nTwo.\n")
	base := w.Head().Commit()
	if _, err := w.Rename(t.Context(), wiki.Rename{From: mustPath(t, "old"), To: mustPath(t, "sub/new"), Author: ann}); err != nil {
		t.Fatal(err)
	}
	saved := mustSave(t, w, "old", base, "# P\n\nOne.\n\nTwo, mended.\n")
	if saved.Revision.Path.String() != "sub/new" || w.Head().Has(mustPath(t, "old")) {
		t.Errorf("saved to %s", saved.Revision.Path)
	}
}

func TestSaveOnDeletedPage(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n", "q.md", "# Q\n")
	base := w.Head().Commit()
	if _, err := w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "p"), Base: base, Author: ann}); err != nil {
		t.Fatal(err)
	}
	_, err := save(t, w, "p", base, "# P\n\nMore.\n")
	var c *wiki.ConflictError
	if !errors.As(err, &c) || !c.Deleted || string(c.Mine) != "# P\n\nMore.\n" {
		t.Fatalf("error %v", err)
	}
	// Made anew on top of the deletion.
	mustSave(t, w, "p", c.TheirCommit, "# P\n\nMore.\n")
}

func TestDeleteOfChangedPage(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	base := w.Head().Commit()
	mustSave(t, w, "p", base, "# P\n\nMore.\n")
	_, err := w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "p"), Base: base, Author: ann})
	wantKind(t, err, wiki.Conflict)
}

func TestRestore(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n\nFirst.\n")
	first := w.Head().Commit()
	mustSave(t, w, "p", first, "# P\n\nSecond.\n")
	if _, err := w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "p"), Author: ann}); err != nil {
		t.Fatal(err)
	}
	saved, err := w.Restore(t.Context(), wiki.Restore{Path: mustPath(t, "p"), From: first, Author: ann})
	if err != nil || text(t, w, "p") != "# P\n\nFirst.\n" || saved.Revision.Kind != wiki.Added {
		t.Fatalf("%v: %q", err, text(t, w, "p"))
	}
	_, err = w.Restore(t.Context(), wiki.Restore{Path: mustPath(t, "p"), From: first, Author: ann})
	wantKind(t, err, wiki.Unchanged)
	_, err = w.Restore(t.Context(), wiki.Restore{Path: mustPath(t, "other"), From: first, Author: ann})
	wantKind(t, err, wiki.NotFound)
}

func TestRevertKeepsWhatCameLater(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n\nOne.\n\nTwo.\n")
	bad := mustSave(t, w, "p", w.Head().Commit(), "# P\n\nSpam.\n\nTwo.\n").Revision.ID
	mustSave(t, w, "p", bad, "# P\n\nSpam.\n\nTwo, mended.\n")
	revert := wiki.Revert{Path: mustPath(t, "p"), Revision: bad, Author: ann}
	if _, err := w.Revert(t.Context(), revert); err != nil {
		t.Fatal(err)
	}
	if got := text(t, w, "p"); got != "# P\n\nOne.\n\nTwo, mended.\n" {
		t.Errorf("reverted: %q", got)
	}
	_, err := w.Revert(t.Context(), revert)
	wantKind(t, err, wiki.Unchanged)
}

func TestRevertOfClashingEdit(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n\nOne.\n")
	bad := mustSave(t, w, "p", w.Head().Commit(), "# P\n\nSpam.\n").Revision.ID
	mustSave(t, w, "p", bad, "# P\n\nSpam, spelt better.\n")
	_, err := w.Revert(t.Context(), wiki.Revert{Path: mustPath(t, "p"), Revision: bad, Author: ann})
	wantKind(t, err, wiki.Conflict)
}

func TestRevertOfFirstRevisionAndOfDeletion(t *testing.T) {
	w := newWiki(t, "index.md", "# Home\n")
	made := mustSave(t, w, "p", wiki.ID{}, "# P\n").Revision.ID
	gone, err := w.Revert(t.Context(), wiki.Revert{Path: mustPath(t, "p"), Revision: made, Author: ann})
	if err != nil || w.Head().Has(mustPath(t, "p")) {
		t.Fatalf("%v: the page is still there", err)
	}
	if _, err := w.Revert(t.Context(), wiki.Revert{Path: mustPath(t, "p"), Revision: gone.Revision.ID, Author: ann}); err != nil {
		t.Fatal(err)
	}
	if text(t, w, "p") != "# P\n" {
		t.Error("the deletion is not undone")
	}
}

func TestBadNames(t *testing.T) {
	w := newWiki(t, "Guide/Start.md", "# Start\n", "e\u0301.md", "# NFD\n")
	for _, name := range []string{
		"..", "../x", "a/../b", ".git/config", "a/.git/b", ".hidden", "a//b", "/", "", "a\x00b", "a\nb", "a\x07b",
		"con", "aux.txt", "sub/NUL", "com1", "a:b", "a*b", `a\b`, "a?b", "a<b", "a|b", "a ", " a", "a.", "-rf", "git~1", "x.lock",
		"a#b", "a[b]", "a\u202eb", "a\u200bb", strings.Repeat("x", 300), strings.Repeat("a/", 13) + "b", "\xff\xfe",
	} {
		p, err := wiki.ParsePath(name)
		if err == nil {
			_, err = w.Save(t.Context(), wiki.Edit{Path: p, Source: []byte("x"), Author: ann})
		}
		wantKind(t, err, wiki.Invalid)
		if s := wiki.SentenceOf(err, ""); !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\x00\x07\n\u202e") {
			t.Errorf("%q: the sentence %q", name, s)
		}
	}
	for _, name := range []string{"guide/start", "GUIDE/new", "Guide/start", "é"} {
		p, err := wiki.NewPath(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Save(t.Context(), wiki.Edit{Path: p, Source: []byte("x"), Author: ann})
		wantKind(t, err, wiki.Exists)
	}
	for name, want := range map[string]string{"  what is a CoP ": "what is a CoP", "e\u0301te\u0301": "été", "الأسئلة": "الأسئلة", "a/b.md": "a/b"} {
		if p, err := wiki.NewPath(name); err != nil || p.String() != want {
			t.Errorf("NewPath(%q) = %q, %v", name, p, err)
		}
	}
}

// TestNamesTakenByNoPage makes pages where something stands that is none.
func TestNamesTakenByNoPage(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n", "folder.md/in.md", "# In\n", "notes.txt", "Notes\n")
	commit := w.Head().Commit().String()
	blob := git(t, w.Dir(), "rev-parse", "main:p.md")
	git(t, w.Dir(), "read-tree", "main")
	git(t, w.Dir(), "update-index", "--add", "--cacheinfo", "120000,"+blob+",link.md", "--cacheinfo", "160000,"+commit+",module.md")
	git(t, w.Dir(), "update-ref", "refs/heads/main", git(t, w.Dir(), "commit-tree", git(t, w.Dir(), "write-tree"), "-p", commit, "-m", "by git"))
	if err := w.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"link":        "There is a symbolic link named “link.md” where the page would be.",
		"module":      "There is a submodule named “module.md” where the page would be.",
		"folder":      "There is a folder named “folder.md” where the page would be.",
		"notes.txt/p": "There is a file named “notes.txt” where a folder would be needed.",
		"link.md/p":   "There is a symbolic link named “link.md” where a folder would be needed.",
		"LINK":        "“LINK” differs from “link” only in capitals or accents, and some computers cannot keep both apart.",
	} {
		_, err := save(t, w, name, wiki.ID{}, "# Text\n")
		wantKind(t, err, wiki.Exists)
		if got := wiki.SentenceOf(err, ""); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if got := wiki.SentenceOf(w.Head().CheckFree(mustPath(t, name)), ""); got != want {
			t.Errorf("%s: CheckFree says %q", name, got)
		}
	}
	if err := w.Head().CheckFree(mustPath(t, "folder.md/other")); err != nil {
		t.Error(err)
	}
	_, err := w.Rename(t.Context(), wiki.Rename{From: mustPath(t, "p"), To: mustPath(t, "p.md/q"), Author: ann})
	if err != nil {
		t.Error("a page cannot move below its own name:", err)
	}
}

func TestPathFor(t *testing.T) {
	for title, want := range map[string]string{
		"What is a CoP?":        "what-is-a-cop",
		"  Don't  panic!  ":     "dont-panic",
		"guide/Getting started": "guide/getting-started",
		"ما هو مجتمع الممارسة؟": "ما-هو-مجتمع-الممارسة",
		"?!":                        "",
		"C++ and C#":                "c++-and-c",
		"../../etc/passwd":          "etc/passwd",
		"con":                       "",
		strings.Repeat("word ", 99): strings.TrimSuffix(strings.Repeat("word-", 13), "-"),
	} {
		if got := wiki.PathFor(title).String(); got != want {
			t.Errorf("PathFor(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestBadTexts(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	for name, source := range map[string]string{
		"too large":    strings.Repeat("x", wiki.MaxPageSize+1),
		"broken UTF-8": "fine\nbroken \xff\n",
		"NUL":          "a\x00b",
	} {
		if _, err := save(t, w, "p", w.Head().Commit(), source); wiki.KindOf(err) != wiki.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := save(t, w, "p", w.Head().Commit(), "fine\nbroken \xff\n")
	if !strings.Contains(wiki.SentenceOf(err, ""), "line 2") {
		t.Errorf("the line is not named: %v", err)
	}
}

// TestLongSummary: no change is made with a summary that is longer than it may be.
func TestLongSummary(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	head, p := w.Head().Commit(), mustPath(t, "p")
	long := strings.Repeat("x", wiki.MaxSummaryBytes+1)
	for name, change := range map[string]func() (wiki.Saved, error){
		"save": func() (wiki.Saved, error) {
			return w.Save(t.Context(), wiki.Edit{Path: p, Base: head, Source: []byte("# Q\n"), Summary: long, Author: ann})
		},
		"rename": func() (wiki.Saved, error) {
			return w.Rename(t.Context(), wiki.Rename{From: p, To: mustPath(t, "q"), Summary: long, Author: ann})
		},
		"delete": func() (wiki.Saved, error) {
			return w.Delete(t.Context(), wiki.Delete{Path: p, Summary: long, Author: ann})
		},
		"restore": func() (wiki.Saved, error) {
			return w.Restore(t.Context(), wiki.Restore{Path: p, From: head, Summary: long, Author: ann})
		},
		"revert": func() (wiki.Saved, error) {
			return w.Revert(t.Context(), wiki.Revert{Path: p, Revision: head, Summary: long, Author: ann})
		},
		"import": func() (wiki.Saved, error) {
			return w.Import(t.Context(), fstest.MapFS{"new.md": {Data: []byte("x")}}, ann, long)
		},
	} {
		if _, err := change(); wiki.KindOf(err) != wiki.Invalid || !strings.Contains(wiki.SentenceOf(err, ""), "too long") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w.Head().Commit() != head {
		t.Error("something was written")
	}
	if _, err := w.Save(t.Context(), wiki.Edit{Path: p, Base: head, Source: []byte("# Q\n"), Summary: long[1:], Author: ann}); err != nil {
		t.Error(err)
	}
}

func TestLookup(t *testing.T) {
	w := newWiki(t, "index.md", "x", "What-is-a-CoP.md", "x", "guide/README.md", "x", "guide/Start.md", "x", "other/deep/unique.md", "x",
		"a/twin.md", "x", "b/twin.md", "x", ".coppice/nav.md", "x", "img/a.png", "x")
	s := w.Head()
	for name, want := range map[string]string{
		"": "index", "What-is-a-CoP": "What-is-a-CoP", "what is a cop?": "What-is-a-CoP", "what_is_a_cop.md": "What-is-a-CoP",
		"guide": "guide/README", "GUIDE/start": "guide/Start", "unique": "other/deep/unique", "twin": "", "nothing": "",
		".coppice/nav": "", "guide/": "guide/README",
	} {
		p, ok := s.Lookup(name)
		if p.String() != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %v; want %q", name, p, ok, want)
		}
	}
	from := mustPath(t, "guide/Start")
	for name, want := range map[string]string{
		"README.md": "guide/README", "../index.md": "index", "/a/twin": "a/twin", "../a/twin.md": "a/twin", "../../etc/passwd": "",
		"./start.md": "guide/Start", "What is a CoP": "What-is-a-CoP", "..": "index", "../.coppice/nav": "",
	} {
		p, ok := s.LookupFrom(from, name)
		if p.String() != want || ok != (want != "") {
			t.Errorf("LookupFrom(%q) = %q, %v; want %q", name, p, ok, want)
		}
	}
	if s.Len() != 7 {
		t.Errorf("%d pages", s.Len())
	}
	if _, _, err := s.File(".coppice/nav.md"); err != nil {
		t.Error(err)
	}
}

func TestChanges(t *testing.T) {
	body := strings.Repeat("A line of a page that moves.\n", 20)
	w := newWiki(t, "a.md", "# A\n", "b.md", "# B\n\n"+body, "c.md", "# C\n", "d/e.md", "# E\n")
	from := w.Head().Commit()
	mustSave(t, w, "a", from, "# A\n\nMore.\n")
	mustSave(t, w, "new", wiki.ID{}, "# New\n")
	for _, f := range []func() (wiki.Saved, error){
		func() (wiki.Saved, error) {
			return w.Rename(t.Context(), wiki.Rename{From: mustPath(t, "b"), To: mustPath(t, "d/b2"), Author: ann})
		},
		func() (wiki.Saved, error) {
			return save(t, w, "d/b2", w.Head().Commit(), "# B\n\n"+body+"And one more.\n")
		},
		func() (wiki.Saved, error) {
			return w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "c"), Author: ann})
		},
	} {
		if _, err := f(); err != nil {
			t.Fatal(err)
		}
	}
	changes, err := w.Changes(t.Context(), from, w.Head().Commit())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %s", c.Kind, c.Path, c.From))
	}
	want := "modified a , deleted c , renamed d/b2 b, added new "
	if strings.Join(got, ", ") != want {
		t.Errorf("changes %q, want %q", strings.Join(got, ", "), want)
	}
}

func TestRootFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo.git")
	if err := wiki.Create(dir, wiki.Options{}, files("docs/faq/a.md", "# A\n", "README.md", "# Code\n"), ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	w := openWiki(t, dir, wiki.Options{Root: "/docs/faq/"})
	if w.Head().Len() != 1 {
		t.Fatalf("%d pages", w.Head().Len())
	}
	mustSave(t, w, "sub/b", wiki.ID{}, "# B\n")
	if got := git(t, dir, "ls-tree", "-r", "--name-only", "main"); got != "README.md\ndocs/faq/a.md\ndocs/faq/sub/b.md" {
		t.Errorf("files %q", got)
	}
	if _, ok := w.Head().LookupFrom(mustPath(t, "a"), "../../README.md"); ok {
		t.Error("a page outside the root was found")
	}
	if _, err := wiki.Open(dir, wiki.Options{Root: "nowhere"}); wiki.KindOf(err) != wiki.NotFound {
		t.Errorf("a root that is not there: %v", err)
	}
}

// waitHead waits until Head is the commit.
func waitHead(t *testing.T, w *wiki.Wiki, commit string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		moved := w.Moved()
		if w.Head().Commit().String() == commit {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			t.Fatalf("head is %s, never %s", w.Head().Commit(), commit)
		}
	}
}

func TestOutsidePushAndRewrite(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", w.Dir(), clone)
	if err := os.WriteFile(filepath.Join(clone, "pushed.md"), []byte("# Pushed\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	git(t, clone, "add", ".")
	git(t, clone, "commit", "-qm", "push")
	git(t, clone, "push", "-q", "origin", "main")
	waitHead(t, w, git(t, clone, "rev-parse", "HEAD"))
	if text(t, w, "pushed") != "# Pushed\n" {
		t.Error("the pushed page is not there")
	}
	mustSave(t, w, "pushed", w.Head().Commit(), "# Pushed\n\nEdited here.\n")

	git(t, clone, "reset", "-q", "--hard", "HEAD~1")
	git(t, clone, "push", "-qf", "origin", "main")
	waitHead(t, w, git(t, clone, "rev-parse", "HEAD"))
	git(t, w.Dir(), "gc", "-q", "--prune=now")
	mustSave(t, w, "p", w.Head().Commit(), "# P\n\nAfter the gc.\n")
}

func TestBrokenRefKeepsServing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, files("p.md", "# P\n"), ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	w := openWiki(t, dir, wiki.Options{})
	ref := filepath.Join(dir, "refs/heads/main")
	good, err := os.ReadFile(ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ref, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = save(t, w, "p", w.Head().Commit(), "# P\n\nMore.\n")
	wantKind(t, err, wiki.Refused)
	if text(t, w, "p") != "# P\n" {
		t.Error("the page is gone")
	}
	if _, err := wiki.Open(dir, wiki.Options{}); wiki.KindOf(err) != wiki.Refused {
		t.Errorf("opened a broken branch: %v", err)
	}
	if err := os.WriteFile(ref, good, 0o666); err != nil {
		t.Fatal(err)
	}
	mustSave(t, w, "p", w.Head().Commit(), "# P\n\nMore.\n")
}

func TestUnwritableRepositoryRefusesSaves(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	pack := filepath.Join(w.Dir(), "objects", "pack")
	if err := os.Rename(pack, pack+".away"); err != nil {
		t.Fatal(err)
	}
	// A file where the folder was: nothing can be made in it. The store makes the next save's files ahead, and with them
	// the folder if it misses it at that very moment.
	err := os.WriteFile(pack, nil, 0o666)
	for errors.Is(err, syscall.EISDIR) {
		_ = os.RemoveAll(pack)
		err = os.WriteFile(pack, nil, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = save(t, w, "p", w.Head().Commit(), "# P\n\nMore.\n")
	wantKind(t, err, wiki.Refused)
	if text(t, w, "p") != "# P\n" {
		t.Error("the page changed")
	}
	if err := errors.Join(os.Remove(pack), os.Rename(pack+".away", pack)); err != nil {
		t.Fatal(err)
	}
	mustSave(t, w, "p", w.Head().Commit(), "# P\n\nMore.\n")
}

func TestOpenRefusals(t *testing.T) {
	empty := t.TempDir()
	if _, err := wiki.Open(empty, wiki.Options{}); wiki.KindOf(err) != wiki.NotFound {
		t.Errorf("an empty folder: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "r")
	git(t, ".", "init", "-q", "--bare", "-b", "trunk", dir)
	w := openWiki(t, dir, wiki.Options{})
	if w.Head().Len() != 0 || !w.Head().Commit().IsZero() {
		t.Error("a new repository is not empty")
	}
	mustSave(t, w, "index", wiki.ID{}, "# First\n")
	if git(t, dir, "log", "--format=%s", "trunk") != "Create index" {
		t.Error("the first commit is not on the branch that HEAD names")
	}
	if _, err := wiki.Open(dir, wiki.Options{Branch: "nope"}); wiki.KindOf(err) != wiki.Refused || !strings.Contains(err.Error(), "trunk") {
		t.Errorf("a branch that is not there: %v", err)
	}
	for _, name := range []string{"a..b", "a b", "-x", "x.lock"} {
		none := filepath.Join(t.TempDir(), "r")
		if err := wiki.Create(none, wiki.Options{Branch: name}, files("p.md", "# P\n"), ann, "Begin"); wiki.KindOf(err) != wiki.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("a new branch %q: %v", name, err)
		}
		if _, err := os.Stat(none); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a new branch %q leaves something behind: %v", name, err)
		}
	}
}

func TestAtTimeAndRevision(t *testing.T) {
	now := time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "wiki.git")
	o := wiki.Options{Now: func() time.Time { now = now.Add(24 * time.Hour); return now }}
	if err := wiki.Create(dir, o, files("p.md", "first\n"), ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	w := openWiki(t, dir, o)
	for _, s := range []string{"second\n", "third\n"} {
		mustSave(t, w, "p", w.Head().Commit(), s)
	}
	for day, want := range map[int]string{2: "first\n", 3: "second\n", 4: "third\n", 20: "third\n"} {
		s, err := w.AtTime(t.Context(), time.Date(2020, 1, day, 23, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := s.Page(mustPath(t, "p")); err != nil || string(p.Source) != want {
			t.Errorf("on day %d: %q, %v", day, p.Source, err)
		}
	}
	_, err := w.AtTime(t.Context(), time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))
	wantKind(t, err, wiki.NotFound)
	s, err := w.At(t.Context(), w.Head().Commit().String()[:8])
	if err != nil || s.Commit() != w.Head().Commit() {
		t.Errorf("an abbreviated name: %v", err)
	}
	for _, rev := range []string{"", "abc", "HEAD", "zzzzzzzz", strings.Repeat("0", 40), "../../x"} {
		_, err := w.At(t.Context(), rev)
		wantKind(t, err, wiki.NotFound)
	}
}

// TestManyWriters is the promise that no save is lost and none overwrites another: 16 writers on one page, 16 on pages
// of their own.
func TestManyWriters(t *testing.T) {
	const writers, rounds = 16, 10
	var shared strings.Builder
	shared.WriteString("# Shared\n")
	for i := range writers {
		fmt.Fprintf(&shared, "\nParagraph %d: 0\n", i)
	}
	w := newWiki(t, "shared.md", shared.String())
	var wg sync.WaitGroup
	var mu sync.Mutex
	saves, conflicts := 0, 0
	for i := range writers {
		wg.Go(func() {
			path := mustPath(t, fmt.Sprintf("own/page-%d", i))
			var base wiki.ID
			for n := 1; n <= rounds; n++ {
				s, err := w.Save(t.Context(), wiki.Edit{Path: path, Base: base, Source: fmt.Appendf(nil, "# Own\n\n%d\n", n), Author: ann})
				if err != nil {
					t.Error(err)
					return
				}
				base = s.Revision.ID
			}
		})
		wg.Go(func() {
			for n := 1; n <= rounds; n++ {
				for {
					page, err := w.Head().Page(mustPath(t, "shared"))
					if err != nil {
						t.Error(err)
						return
					}
					mine := strings.Replace(string(page.Source), fmt.Sprintf("Paragraph %d: %d\n", i, n-1), fmt.Sprintf("Paragraph %d: %d\n", i, n), 1)
					_, err = w.Save(t.Context(), wiki.Edit{Path: page.Path, Base: page.Commit, Source: []byte(mine), Author: ann})
					mu.Lock()
					if err == nil {
						saves++
					} else if wiki.KindOf(err) == wiki.Conflict {
						conflicts++
					} else {
						t.Error(err)
					}
					mu.Unlock()
					if err == nil {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	for i := range writers {
		if !strings.Contains(text(t, w, "shared"), fmt.Sprintf("Paragraph %d: %d\n", i, rounds)) {
			t.Errorf("paragraph %d is lost", i)
		}
	}
	if got := git(t, w.Dir(), "rev-list", "--count", "--first-parent", "main"); got != fmt.Sprint(1+2*writers*rounds) {
		t.Errorf("%s commits on the line; %d saves, %d conflicts", got, saves, conflicts)
	}
}

func TestFollowing(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	f := &lastSeen{}
	g := w.FollowLater(f, time.Hour, time.Hour) // whoever awaits ends the pauses
	defer g.Stop()
	for i := range 20 {
		mustSave(t, w, "p", w.Head().Commit(), fmt.Sprintf("# P\n\n%d\n", i))
		if err := g.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f.Position() != w.Head().Commit() || g.Behind() {
			t.Fatal("Await came back too early")
		}
	}
}

// lastSeen is a Follower that remembers where it is.
type lastSeen struct {
	mu sync.Mutex
	at wiki.ID
}

func (f *lastSeen) Name() string { return "last" }
func (f *lastSeen) Position() wiki.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}
func (f *lastSeen) Follow(_ context.Context, _ *wiki.Wiki, to *wiki.Snapshot) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = to.Commit()
	return nil
}

func TestCommitMessage(t *testing.T) {
	w := newWiki(t, "p.md", "# P\n")
	long := strings.Repeat("word ", 100)
	saved, err := w.Save(t.Context(), wiki.Edit{
		Path: mustPath(t, "p"), Base: w.Head().Commit(), Source: []byte("# P\n\nMore.\n"),
		Summary: "  two\nlines\x00 " + long, Author: wiki.Contributor{Name: "  <Bob>\n ", Email: "b<o>b@example.org"},
		CoAuthors: []wiki.Contributor{{Name: "Cy", Email: "cy@example.org"}, {Name: "Bob", Email: "b"}, {Name: "Cy", Email: "cy@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := saved.Revision
	if n := len([]rune(r.Summary)); n != wiki.MaxSummary || !strings.HasPrefix(r.Summary, "two lines word") {
		t.Errorf("summary of %d characters: %q", n, r.Summary)
	}
	if r.Author.Name != "Bob" || len(r.CoAuthors) != 1 || r.CoAuthors[0].Name != "Cy" {
		t.Errorf("people: %v, %v", r.Author, r.CoAuthors)
	}
}

// TestHandmadeTrees serves a commit whose trees hold names that no git would make: the pages beside them are there, and
// nothing else is.
func TestHandmadeTrees(t *testing.T) {
	w := newWiki(t, "good.md", "# Good\n")
	blob := git(t, w.Dir(), "rev-parse", "main:good.md")
	var raw bytes.Buffer
	for _, name := range []string{"..", "a\nb.md", "a/b.md", "bad\xff.md", "good.md", "ok.md", strings.Repeat("x", 300) + ".md"} {
		id, err := wiki.ParseID(blob)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&raw, "100644 %s\x00%s", name, id[:])
	}
	cmd := exec.Command("git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally")
	cmd.Dir, cmd.Stdin, cmd.Env = w.Dir(), &raw, gitEnv(t.TempDir())
	tree, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	before := w.Head().Commit()
	commit := git(t, w.Dir(), "commit-tree", strings.TrimSpace(string(tree)), "-p", before.String(), "-m", "by hand")
	git(t, w.Dir(), "update-ref", "refs/heads/main", commit)
	waitHead(t, w, commit)
	var names []string
	for ref := range w.Head().Pages() {
		names = append(names, ref.Path.String())
	}
	if fmt.Sprint(names) != "[good ok]" {
		t.Errorf("pages %q", names)
	}
	changes, err := w.Changes(t.Context(), before, w.Head().Commit())
	if err != nil || len(changes) != 1 || changes[0].Path.String() != "ok" {
		t.Errorf("changes %v, %v", changes, err)
	}
	git(t, w.Dir(), "update-ref", "refs/heads/main", before.String()) // so that the last fsck is clean
	git(t, w.Dir(), "gc", "-q", "--prune=now")
}

// Trailers hold addresses, and are for programs: people read what stands above them.
func TestCommitText(t *testing.T) {
	for message, want := range map[string]string{
		"Say more\n": "Say more",
		"Say more\n\nBecause it was asked.\n\nCo-authored-by: Cy <cy@example.org>\nReviewed-by: Di\n": "Say more\n\nBecause it was asked.",
		"Say more\n\nSigned-off-by: Cy <c@x.org>\n\nReviewed-by: Di <d@x.org>\n":                      "Say more",
		"Fix: a colon\n": "Fix: a colon",
		"Say more\n\nNote: this is\nno trailer.\n": "Say more\n\nNote: this is\nno trailer.",
		"": "",
	} {
		if got := (wiki.Commit{Message: message}).Text(); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
