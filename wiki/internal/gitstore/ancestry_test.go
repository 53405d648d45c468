package gitstore

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// skewed makes a history of merges whose dates are noise.
func skewed(t testing.TB, r *rand.Rand, n int) string {
	t.Helper()
	dir := gitInit(t)
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "commit refs/heads/c%d\nmark :%d\ncommitter C <c@x> %d +0000\ndata 1\nx\n", i, i, r.IntN(1_000_000))
		parents := map[int]bool{}
		for range r.IntN(4) {
			if p := i - 1 - r.IntN(12); p > 0 && !parents[p] {
				fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge"}[min(len(parents), 1)], p)
				parents[p] = true
			}
		}
		if len(parents) == 0 {
			fmt.Fprintf(&b, "M 100644 inline f\ndata %d\n%d\n", len(fmt.Sprint(i)), i)
		}
	}
	b.WriteString("done\n")
	gitRun(t, dir, b.String(), "fast-import", "--quiet")
	return dir
}

// closure is who reaches whom in a repository, from native git's list of parents. Each commit has a number and the set of
// the numbers that it reaches, itself among them.
type closure struct {
	ids     []ID
	reaches []*big.Int
}

func closureOf(t testing.TB, dir string) (c closure) {
	t.Helper()
	number := make(map[string]int)
	for line := range strings.Lines(gitRun(t, dir, "", "rev-list", "--all", "--parents", "--topo-order", "--reverse")) {
		f := strings.Fields(line)
		n := len(c.ids)
		number[f[0]] = n
		set := new(big.Int).SetBit(new(big.Int), n, 1)
		for _, p := range f[1:] {
			set.Or(set, c.reaches[number[p]])
		}
		c.ids = append(c.ids, mustID(t, f[0]))
		c.reaches = append(c.reaches, set)
	}
	return c
}

func TestIsAncestor(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	dirs := []string{skewed(t, r, 120), generated(t)}
	if bundle, ok := owaspBundle(t); ok {
		dirs = append(dirs, cloneBundle(t, bundle))
	}
	for _, dir := range dirs {
		s := mustOpen(t, dir)
		c := closureOf(t, dir)
		for range 250 {
			a, b := r.IntN(len(c.ids)), r.IntN(len(c.ids))
			want := c.reaches[b].Bit(a) == 1
			if got, err := s.IsAncestor(c.ids[a], c.ids[b]); err != nil || got != want {
				t.Fatalf("IsAncestor(%s, %s) = %v, %v", c.ids[a], c.ids[b], got, err)
			}
		}
	}
}

func TestIsAncestorMissing(t *testing.T) {
	dir := generated(t)
	s := mustOpen(t, dir)
	head := mustID(t, gitLine(t, dir, "rev-parse", "main"))
	for _, pair := range [][2]ID{{{1}, head}, {head, {1}}} {
		if _, err := s.IsAncestor(pair[0], pair[1]); !isNotFound(err) {
			t.Errorf("%v", err)
		}
	}
}

func TestResolvePrefix(t *testing.T) {
	dir := packed(t, generated(t))
	gitRun(t, dir, "", "update-ref", "refs/heads/loose", strings.TrimSpace(gitRun(t, dir, "loose\n", "commit-tree", "main^{tree}")))
	s := mustOpen(t, dir)
	var commits []ID
	for _, o := range gitObjects(t, dir) {
		if o.kind == Commit {
			commits = append(commits, o.id)
		}
		if got, err := s.ResolvePrefix(o.id.String()); err != nil || slices.Contains(got, o.id) != (o.kind == Commit) {
			t.Errorf("%s %s: %v, %v", o.kind, o.id, got, err)
		}
	}
	slices.SortFunc(commits, compareIDs)
	for _, id := range commits {
		for _, digits := range []int{4, 5, 10, 39} {
			hex := id.String()[:digits]
			want := slices.DeleteFunc(slices.Clone(commits), func(c ID) bool { return !strings.HasPrefix(c.String(), hex) })
			want = want[:min(len(want), 2)]
			if got, err := s.ResolvePrefix(strings.ToUpper(hex)); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", hex, got, err, want)
			}
		}
	}
	for _, hex := range []string{"", "abc", "nothex", strings.Repeat("a", 41), "../../"} {
		if got, err := s.ResolvePrefix(hex); err != nil || got != nil {
			t.Errorf("%q: %v, %v", hex, got, err)
		}
	}
}

// TestResolveAmbiguous makes commits until two have names that begin alike.
func TestResolveAmbiguous(t *testing.T) {
	dir := gitInit(t)
	s := mustOpen(t, dir)
	seen := map[string][]byte{}
	for i := 0; ; i++ {
		raw := EncodeCommit(&CommitData{Tree: emptyTree, Message: fmt.Sprint(i)})
		id := HashObject(Commit, raw)
		prefix := id.String()[:minPrefix]
		twin, ok := seen[prefix]
		seen[prefix] = raw
		if !ok {
			continue
		}
		want := []ID{id, HashObject(Commit, twin)}
		slices.SortFunc(want, compareIDs)
		for _, content := range [][]byte{raw, twin, []byte("tree")} {
			whole := append(appendLooseHeader(nil, Commit, int64(len(content))), content...)
			writeFile(t, loosePath(s.objectsDir, HashObject(Commit, content)), string(deflate(whole)))
		}
		if got, err := s.ResolvePrefix(prefix); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
		return
	}
}
