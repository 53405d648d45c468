package diff

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs the native program, the referee, with the host's configuration shut out.
func git(tb testing.TB, dir string, args ...string) []byte {
	tb.Helper()
	out, err := gitCommand(tb, dir, args...).Output()
	if err != nil {
		tb.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func gitCommand(tb testing.TB, dir string, args ...string) *exec.Cmd {
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir)
	return c
}

// corpus clones the OWASP bundle that stands beside the repository, or gives "".
func corpus(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the package")
		}
		dir = parent
	}
	bundle := filepath.Join(dir, "..", "shared", "corpora", "owasp-cheatsheets.bundle")
	if _, err := os.Stat(bundle); err != nil {
		return ""
	}
	clone := filepath.Join(tb.TempDir(), "owasp.git")
	git(tb, tb.TempDir(), "clone", "-q", "--bare", bundle, clone)
	return clone
}

// triple is one case of a merge.
type triple struct {
	name               string
	base, theirs, mine []byte
}

// triples gives real cases of a merge, from the bundle, and generated ones where it isn't there. Of any three
// successive versions of a page on the main line, x, y, z, the base is y, theirs undoes what led from x to y, and
// mine makes what led from y to z: two real edits of one text, by different people for the most part. Every page
// that both parents of a merge commit changed is a case as well.
func triples(tb testing.TB) []triple {
	tb.Helper()
	dir := corpus(tb)
	if dir == "" {
		tb.Log("the OWASP bundle isn't there: generated pages take its place")
		return generatedTriples(1000)
	}
	versions := make(map[string][]string) // page -> blobs, newest first
	var pages []string
	for line := range strings.Lines(string(git(tb, dir, "log", "--first-parent", "--raw", "--no-renames", "--no-abbrev", "--format=", "--", "*.md"))) {
		fields, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		if f := strings.Fields(fields); f[4] != "D" {
			if versions[path] == nil {
				pages = append(pages, path)
			}
			versions[path] = append(versions[path], f[3])
		}
	}
	blobs := newBlobReader(tb, dir)
	var all []triple
	for _, page := range pages {
		v := versions[page]
		for i := 1; i+1 < len(v); i++ {
			if v[i-1] == v[i] || v[i] == v[i+1] {
				continue
			}
			all = append(all, triple{fmt.Sprintf("%s at %.8s", page, v[i]), blobs.read(v[i]), blobs.read(v[i+1]), blobs.read(v[i-1])})
		}
	}
	for _, merge := range strings.Fields(string(git(tb, dir, "log", "--merges", "--format=%H"))) {
		base := strings.TrimSpace(string(git(tb, dir, "merge-base", merge+"^1", merge+"^2")))
		changed := func(side string) map[string]bool {
			set := make(map[string]bool)
			for line := range strings.Lines(string(git(tb, dir, "diff", "--name-only", "--diff-filter=M", "--no-renames", base, side, "--", "*.md"))) {
				set[strings.TrimSuffix(line, "\n")] = true
			}
			return set
		}
		ours := changed(merge + "^1")
		for page := range changed(merge + "^2") {
			if ours[page] {
				all = append(all, triple{fmt.Sprintf("%s merged in %.8s", page, merge), blobs.read(base + ":" + page), blobs.read(merge + "^2:" + page), blobs.read(merge + "^1:" + page)})
			}
		}
	}
	return all
}

// blobReader reads through one git cat-file.
type blobReader struct {
	tb  testing.TB
	in  io.Writer
	out *bufio.Reader
}

func newBlobReader(tb testing.TB, dir string) *blobReader {
	c := gitCommand(tb, dir, "cat-file", "--batch")
	in, err := c.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		c.Wait()
	})
	return &blobReader{tb, in, bufio.NewReaderSize(out, 1<<16)}
}

func (r *blobReader) read(name string) []byte {
	r.tb.Helper()
	var id, kind string
	var size int
	fmt.Fprintln(r.in, name)
	if _, err := fmt.Fscanf(r.out, "%s %s %d\n", &id, &kind, &size); err != nil {
		r.tb.Fatalf("cat-file %s: %v", name, err)
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(r.out, text); err != nil {
		r.tb.Fatal(err)
	}
	return text[:size]
}

// generatedTriples makes pages of headings, paragraphs, lists and tables, and two edits of each.
func generatedTriples(n int) []triple {
	random := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("a community of practice is people who share what they know about work and meet to learn it together with others often")
	sentence := func() string {
		var s []string
		for range 4 + random.IntN(12) {
			s = append(s, words[random.IntN(len(words))])
		}
		return strings.Join(s, " ")
	}
	line := func() string {
		switch random.IntN(6) {
		case 0:
			return "\n## " + sentence() + "\n\n"
		case 1:
			return "- " + sentence() + "\n"
		case 2:
			return "| " + sentence() + " | " + sentence() + " |\n"
		case 3:
			return sentence() + ".\n\n"
		default:
			return sentence() + "\n"
		}
	}
	edited := func(lines []string) []byte {
		var out strings.Builder
		for _, l := range lines {
			switch random.IntN(25) {
			case 0:
			case 1:
				out.WriteString(line() + l)
			case 2:
				out.WriteString(line())
			default:
				out.WriteString(l)
			}
		}
		return []byte(out.String())
	}
	var all []triple
	for i := range n {
		var lines []string
		for range 10 + random.IntN(80) {
			lines = append(lines, line())
		}
		all = append(all, triple{fmt.Sprintf("generated %d", i), []byte(strings.Join(lines, "")), edited(lines), edited(lines)})
	}
	return all
}

// mergeFile is git merge-file: the merged text, and whether it is clean.
func mergeFile(tb testing.TB, dir string, c triple) ([]byte, bool) {
	tb.Helper()
	for name, text := range map[string][]byte{"base": c.base, "theirs": c.theirs, "mine": c.mine} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	out, err := gitCommand(tb, dir, "merge-file", "-p", "-q", "mine", "base", "theirs").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128 {
		return out, false
	}
	if err != nil {
		tb.Fatalf("%s: %v", c.name, err)
	}
	return out, true
}

// otherText lists the cases in which both merge cleanly and the texts differ, with the reason.
var otherText = map[string]string{}

// TestMergeAgainstGit: wherever git merge-file merges cleanly, so does Merge, with the same text.
func TestMergeAgainstGit(t *testing.T) {
	all := append(triples(t), generatedTriples(200)...)
	if len(all) < 1000 {
		t.Errorf("only %d cases", len(all))
	}
	dir := t.TempDir()
	var bothClean, sameText, bothClash, better int
	for i, c := range all {
		want, clean := mergeFile(t, dir, c)
		check := checkMergeLaws
		if i%5 > 0 { // the laws are six more merges
			check = mergeChecked
		}
		got := check(t, c.base, c.theirs, c.mine)
		switch {
		case clean && !got.Clean:
			t.Errorf("%s: git merges cleanly, we leave %d conflicts", c.name, got.Conflicts)
		case clean:
			bothClean++
			if bytes.Equal(got.Text, want) {
				sameText++
			} else if reason := otherText[c.name]; reason == "" {
				t.Errorf("%s: both merge cleanly, the texts differ: %s", c.name, sketch(Hunks(want, got.Text, 2)))
			}
		case got.Clean:
			better++
		default:
			bothClash++
		}
	}
	t.Logf("%d triples: clean in both %d (same text %d), conflicts in both %d, clean only here %d", len(all), bothClean, sameText, bothClash, better)
}

// TestLinesAgainstGit: as few changed lines as git's own minimal diff.
func TestLinesAgainstGit(t *testing.T) {
	all := triples(t)
	dir := t.TempDir()
	step := max(len(all)/150, 1)
	compared := 0
	for i := 0; i < len(all); i += step {
		c := all[i]
		for name, text := range map[string][]byte{"a": c.theirs, "b": c.mine} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := gitCommand(t, dir, "diff", "--no-index", "--minimal", "--numstat", "a", "b").Output()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
			t.Fatal(err)
		}
		var inserted, deleted int
		if len(out) > 0 {
			if _, err := fmt.Sscan(string(out), &inserted, &deleted); err != nil {
				t.Fatalf("%s: %q: %v", c.name, out, err)
			}
		}
		a, b := SplitLines(c.theirs), SplitLines(c.mine)
		edits := Lines(a, b)
		checkEdits(t, a, b, edits)
		if got := changedLines(edits); got > inserted+deleted {
			t.Errorf("%s: %d changed lines, git has %d", c.name, got, inserted+deleted)
		}
		checkHunks(t, c.theirs, c.mine, Hunks(c.theirs, c.mine, 3), 3)
		compared++
	}
	t.Logf("%d pairs compared", compared)
}
