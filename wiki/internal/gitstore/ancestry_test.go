package gitstore

import (
	"fmt"
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

// ancestorsOf is the closure over parents, from native git's list of them.
func ancestorsOf(t testing.TB, dir string) map[ID]map[ID]bool {
	t.Helper()
	all := make(map[ID]map[ID]bool)
	for line := range strings.Lines(gitRun(t, dir, "", "rev-list", "--all", "--parents", "--topo-order", "--reverse")) {
		f := strings.Fields(line)
		id := mustID(t, f[0])
		set := map[ID]bool{id: true}
		for _, p := range f[1:] {
			for a := range all[mustID(t, p)] {
				set[a] = true
			}
		}
		all[id] = set
	}
	return all
}

func TestIsAncestor(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	dirs := []string{skewed(t, r, 120), generated(t)}
	if bundle, ok := owaspBundle(t); ok {
		dirs = append(dirs, cloneBundle(t, bundle))
	}
	for _, dir := range dirs {
		s := mustOpen(t, dir)
		all := ancestorsOf(t, dir)
		ids := make([]ID, 0, len(all))
		for id := range all {
			ids = append(ids, id)
		}
		slices.SortFunc(ids, compareIDs)
		for range 400 {
			a, b := ids[r.IntN(len(ids))], ids[r.IntN(len(ids))]
			if got, err := s.IsAncestor(a, b); err != nil || got != all[b][a] {
				t.Fatalf("IsAncestor(%s, %s) = %v, %v", a, b, got, err)
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
