package gitstore

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// folderOf fills a store with one folder of n pages and returns the commit and the folder's entries.
func folderOf(b *testing.B, s *Store, n int) (ID, []TreeEntry) {
	batch := s.NewBatch()
	files := make([]TreeEntry, n)
	for i := range files {
		files[i] = TreeEntry{ModeFile, fmt.Sprintf("page-number-%05d.md", i), batch.Put(Blob, []byte(pageText(i, 0, 20)))}
	}
	root := batch.Put(Tree, EncodeTree([]TreeEntry{{ModeTree, "pages", batch.Put(Tree, EncodeTree(files))}}))
	head := batch.Put(Commit, EncodeCommit(&CommitData{Tree: root, Author: author(0), Committer: author(0), Message: "first\n"}))
	if err := batch.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := s.UpdateRef("refs/heads/main", head, ID{}); err != nil {
		b.Fatal(err)
	}
	return head, files
}

// BenchmarkSave is one durable save: a blob, two trees, a commit, the ref. Beside it, in the same run, stand git's
// plumbing with core.fsync=all and the bare cost of five syncs of new files and folders.
func BenchmarkSave(b *testing.B) {
	for _, pages := range []int{120, 4600} {
		b.Run(strconv.Itoa(pages), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "wiki.git")
			if err := Init(dir, "main"); err != nil {
				b.Fatal(err)
			}
			s := mustOpen(b, dir)
			head, files := folderOf(b, s, pages)
			var ours []time.Duration
			for n := 0; b.Loop(); n++ {
				begun := time.Now()
				head = saveFile(b, s, head, files, n)
				ours = append(ours, time.Since(begun))
			}
			b.StopTimer()
			p50 := median(ours)
			plumbing := median(plumbingSaves(b, dir, 20))
			raw := median(rawSyncs(b, 100))
			b.ReportMetric(float64(p50.Microseconds()), "p50-us")
			b.ReportMetric(float64(plumbing.Microseconds()), "git-us")
			b.ReportMetric(float64(raw.Microseconds()), "5syncs-us")
			b.ReportMetric(float64(p50)/float64(plumbing), "of-git")
		})
	}
}

func saveFile(b *testing.B, s *Store, head ID, files []TreeEntry, n int) ID {
	batch := s.NewBatch()
	files[n%len(files)].ID = batch.Put(Blob, []byte(pageText(n, n+1, 200)))
	root := batch.Put(Tree, EncodeTree([]TreeEntry{{ModeTree, "pages", batch.Put(Tree, EncodeTree(files))}}))
	next := batch.Put(Commit, EncodeCommit(&CommitData{Tree: root, Parents: []ID{head}, Author: author(n), Committer: author(n), Message: "save\n"}))
	if err := batch.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := s.UpdateRef("refs/heads/main", next, head); err != nil {
		b.Fatal(err)
	}
	return next
}

// plumbingSaves does the same with hash-object, mktree, commit-tree and update-ref.
func plumbingSaves(b *testing.B, dir string, rounds int) (took []time.Duration) {
	git := func(stdin string, args ...string) string {
		cmd := exec.CommandContext(b.Context(), "git", append([]string{"-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync"}, args...)...)
		cmd.Dir, cmd.Env, cmd.Stdin = dir, gitEnv(dir), strings.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	listing := strings.Split(git("", "ls-tree", "main:pages"), "\n")
	for n := range rounds {
		begun := time.Now()
		head := git("", "rev-parse", "main")
		blob := git(pageText(n, -n-1, 200), "hash-object", "-w", "--stdin")
		f := strings.Fields(listing[n%len(listing)])
		listing[n%len(listing)] = "100644 blob " + blob + "\t" + f[3]
		tree := git(strings.Join(listing, "\n")+"\n", "mktree")
		root := git("040000 tree "+tree+"\tpages\n", "mktree")
		next := git("", "commit-tree", "-p", head, "-m", "save", root)
		git("", "update-ref", "refs/heads/main", next, head)
		took = append(took, time.Since(begun))
	}
	return took
}

// rawSyncs is what the disk alone asks for: three new files and two folders, synced one after another.
func rawSyncs(b *testing.B, rounds int) (took []time.Duration) {
	dir := b.TempDir()
	for n := range rounds {
		begun := time.Now()
		for i := range 3 {
			if err := writeDurable(filepath.Join(dir, fmt.Sprint(n, "-", i)), bytes.Repeat([]byte{byte(n)}, 4096)); err != nil {
				b.Fatal(err)
			}
			if i > 0 {
				if err := syncDir(dir); err != nil {
					b.Fatal(err)
				}
			}
		}
		took = append(took, time.Since(begun))
	}
	return took
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkMaintain folds a real history, cut into packs of 97 objects, beside git gc.
func BenchmarkMaintain(b *testing.B) {
	bundle, ok := owaspBundle(b)
	if !ok {
		return
	}
	for b.Loop() {
		dir := cloneBundle(b, bundle)
		s := mustOpen(b, dir)
		if err := repackBy(s, 97); err != nil {
			b.Fatal(err)
		}
		twin := filepath.Join(b.TempDir(), "twin.git")
		if err := os.CopyFS(twin, os.DirFS(dir)); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		maintain(b, s)
		ours := time.Since(begun)
		begun = time.Now()
		gitRun(b, twin, "", "gc", "-q")
		gc := time.Since(begun)
		b.ReportMetric(float64(ours.Milliseconds()), "ms")
		b.ReportMetric(float64(gc.Milliseconds()), "git-gc-ms")
		b.ReportMetric(float64(packBytes(b, s)), "bytes")
		b.ReportMetric(float64(packBytes(b, mustOpen(b, twin))), "git-gc-bytes")
	}
}
