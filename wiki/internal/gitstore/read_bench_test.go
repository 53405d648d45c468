package gitstore

import (
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
)

// benchRepository is the real history if it is there, else the generated one, in one pack.
func benchRepository(b *testing.B) string {
	if bundle, ok := owaspBundle(b); ok {
		return cloneBundle(b, bundle)
	}
	return packed(b, generated(b))
}

// pagesOf lists the blobs of the newest tree.
func pagesOf(b *testing.B, dir string) (ids []ID) {
	for line := range strings.Lines(gitRun(b, dir, "", "ls-tree", "-r", "HEAD")) {
		if f := strings.Fields(line); strings.HasSuffix(line, ".md\n") {
			ids = append(ids, mustID(b, f[2]))
		}
	}
	return ids
}

// BenchmarkReadBlob reads the pages of the newest tree by name, one after another: for the first time, and again.
func BenchmarkReadBlob(b *testing.B) {
	dir := benchRepository(b)
	s, ids := mustOpen(b, dir), pagesOf(b, dir)
	read := func(b *testing.B, i int) int64 {
		_, content, err := s.Read(ids[i%len(ids)])
		if err != nil {
			b.Fatal(err)
		}
		return int64(len(content))
	}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		var bytes int64
		for i := 0; b.Loop(); i++ {
			if i%len(ids) == 0 {
				s.bases = newBaseCache(baseCacheBytes)
			}
			bytes += read(b, i)
		}
		b.ReportMetric(float64(bytes)/float64(b.N), "bytes/page")
	})
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			read(b, i)
		}
	})
}

// BenchmarkReadBlobGoGit is the yardstick of BenchmarkReadBlob/again: go-git caches too.
func BenchmarkReadBlobGoGit(b *testing.B) {
	dir := benchRepository(b)
	ids := pagesOf(b, dir)
	r, err := gogit.PlainOpen(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		o, err := r.BlobObject(plumbing.Hash(ids[i%len(ids)]))
		if err != nil {
			b.Fatal(err)
		}
		rd, err := o.Reader()
		if err != nil {
			b.Fatal(err)
		}
		content := make([]byte, o.Size)
		if _, err := rd.Read(content); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadBlobParallel shows whether readers get in each other's way: its time is to be that of BenchmarkReadBlob
// divided by the number of cores.
func BenchmarkReadBlobParallel(b *testing.B) {
	dir := benchRepository(b)
	s, ids := mustOpen(b, dir), pagesOf(b, dir)
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := s.Read(ids[int(next.Add(1))%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTreeAgain reads a tree that is in the cache, as every page view does.
func BenchmarkTreeAgain(b *testing.B) {
	dir := benchRepository(b)
	s := mustOpen(b, dir)
	id := mustID(b, gitLine(b, dir, "rev-parse", "HEAD^{tree}"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Tree(id); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWalkHistory reads every commit and compares its tree with those of its parents, and prints the time as a
// share of native git log --raw --no-renames -m, the best of five each in the same run.
func BenchmarkWalkHistory(b *testing.B) {
	dir := benchRepository(b)
	commits := strings.Fields(gitRun(b, dir, "", "rev-list", "--all"))
	const rounds = 5
	for b.Loop() {
		native, own := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
		changes := 0
		for range rounds {
			start := time.Now()
			cmd := exec.Command("git", "log", "--raw", "--no-renames", "-m", "--all", "--format=%H")
			cmd.Dir, cmd.Env = dir, gitEnv(dir)
			if _, err := cmd.Output(); err != nil {
				b.Fatal(err)
			}
			native = min(native, time.Since(start))
			start = time.Now()
			s, err := Open(dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			if changes, err = walkHistory(s, commits); err != nil {
				b.Fatal(err)
			}
			own = min(own, time.Since(start))
			s.Close()
		}
		b.ReportMetric(float64(changes), "changes")
		b.ReportMetric(float64(own)/1e6, "ms")
		b.ReportMetric(float64(native)/1e6, "git-ms")
		b.ReportMetric(float64(own)/float64(native), "of-git-log")
	}
}

// walkHistory counts the differences between commits, newest first, and their parents.
func walkHistory(s *Store, commits []string) (changes int, err error) {
	parsed := make(map[ID]*CommitData, len(commits))
	commit := func(id ID) (*CommitData, error) {
		if c := parsed[id]; c != nil {
			return c, nil
		}
		c, err := s.Commit(id)
		parsed[id] = c
		return c, err
	}
	count := func(TreeChange) error { changes++; return nil }
	for _, hex := range commits {
		id, err := ParseID(hex)
		if err != nil {
			return 0, err
		}
		c, err := commit(id)
		if err != nil {
			return 0, err
		}
		if len(c.Parents) == 0 {
			if err := CompareTrees(s, ID{}, c.Tree, nil, count); err != nil {
				return 0, err
			}
		}
		for _, parent := range c.Parents {
			p, err := commit(parent)
			if err != nil {
				return 0, err
			}
			if err := CompareTrees(s, p.Tree, c.Tree, nil, count); err != nil {
				return 0, err
			}
		}
	}
	return changes, nil
}

// BenchmarkOpen opens a repository with one pack.
func BenchmarkOpen(b *testing.B) {
	dir := benchRepository(b)
	for b.Loop() {
		s, err := Open(filepath.Clean(dir), Options{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
