package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// generated makes a bare repository with everything that a history may hold: a few hundred versions of pages in nested
// folders, merges, symbolic links, executables, a submodule, an empty page, a page of 300 kB, lightweight, annotated
// and nested tags, a tag of a blob. Most objects are in one pack, a few are loose.
func generated(t testing.TB) string {
	t.Helper()
	dir := gitInit(t)
	gitRun(t, dir, fastImport(rand.New(rand.NewPCG(1, 2)), 300), "fast-import", "--quiet")
	blob := strings.TrimSpace(gitRun(t, dir, "words of a tagged blob\n", "hash-object", "-w", "--stdin"))
	gitRun(t, dir, "", "tag", "plain", "main~3")
	gitRun(t, dir, "", "tag", "-a", "-m", "with words", "annotated", "main~5")
	gitRun(t, dir, "", "tag", "-a", "-m", "of a tag", "nested", "annotated")
	gitRun(t, dir, "", "tag", "of-blob", blob)
	empty := strings.TrimSpace(gitRun(t, dir, "", "mktree"))
	commit := strings.TrimSpace(gitRun(t, dir, "nothing in it\n", "commit-tree", empty, "-p", "main"))
	gitRun(t, dir, "", "update-ref", "refs/heads/empty", commit)
	return dir
}

// fastImport writes a history of n commits on main, with a branch that is merged now and then, for git fast-import.
func fastImport(r *rand.Rand, n int) string {
	var b strings.Builder
	pages := make([]string, 40)
	for i := range pages {
		pages[i] = strings.Repeat(fmt.Sprintf("Line of page %d, which is long enough to be worth a delta.\n", i), 5+i)
	}
	mark, side := 0, 0
	commit := func(ref, message string, parents ...int) int {
		mark++
		fmt.Fprintf(&b, "commit %s\nmark :%d\ncommitter Cem <cem@example.org> %d +0200\ndata %d\n%s\n", ref, mark, 1600000000+100*mark, len(message), message)
		for i, p := range parents {
			fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p)
		}
		return mark
	}
	file := func(mode, name, content string) {
		fmt.Fprintf(&b, "M %s inline %s\ndata %d\n%s\n", mode, name, len(content), content)
	}
	head := commit("refs/heads/main", "first words")
	file("100644", "empty.md", "")
	file("100755", "tool.sh", "#!/bin/sh\n")
	file("120000", "link", "tool.sh")
	file("100644", "img/large.bin", randomBytes(r, 300_000))
	fmt.Fprintf(&b, "M 160000 %040d module\n", 7)
	for i := range n {
		k := r.IntN(len(pages))
		pages[k] = edited(r, pages[k])
		name := fmt.Sprintf("a%d/b%d/page-%d.md", k%3, k%7, k)
		switch {
		case i%20 == 7:
			side = commit("refs/heads/side", fmt.Sprintf("on the side %d", i), head)
			file("100644", fmt.Sprintf("side-%d.md", i), pages[k])
		case i%20 == 15:
			head = commit("refs/heads/main", fmt.Sprintf("merge %d", i), head, side)
			file("100644", name, pages[k])
		default:
			head = commit("refs/heads/main", fmt.Sprintf("edit %d", i), head)
			file("100644", name, pages[k])
		}
	}
	b.WriteString("done\n")
	return b.String()
}

func randomBytes(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// edited changes a line of a text.
func edited(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	lines[r.IntN(len(lines)-1)] = fmt.Sprintf("A new line with the number %d in it.\n", r.IntN(1_000_000))
	return strings.Join(lines, "")
}

// unpacked is generated with all its objects loose.
func unpacked(t testing.TB) string {
	t.Helper()
	dir := generated(t)
	unpackAll(t, dir)
	return dir
}

// unpackAll turns the packs of a repository into loose objects, as a repack that keeps unreachable objects does.
func unpackAll(t testing.TB, dir string) {
	t.Helper()
	packs, _ := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	aside := gitInit(t) // git does not unpack what it has already
	for _, path := range packs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		gitRun(t, aside, string(text), "unpack-objects", "-q")
	}
	loose, _ := filepath.Glob(filepath.Join(aside, "objects", "??", "*"))
	for _, from := range loose {
		to := filepath.Join(dir, "objects", filepath.Base(filepath.Dir(from)), filepath.Base(from))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range packs {
		base := strings.TrimSuffix(path, ".pack")
		for _, ext := range []string{".idx", ".rev", ".bitmap", ".pack"} {
			if err := os.Remove(base + ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
}

// packed clones a repository into one with a single pack and packed refs.
func packed(t testing.TB, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "packed.git")
	gitRun(t, filepath.Dir(dir), "", "clone", "-q", "--mirror", "--no-local", from, dir)
	gitRun(t, dir, "", "gc", "-q")
	return dir
}
