package gitstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
)

// gitObject is one object as native git has it.
type gitObject struct {
	id      ID
	kind    Kind
	content []byte
}

// gitObjects returns every object of a repository, as git cat-file --batch prints them.
func gitObjects(t testing.TB, dir string) (all []gitObject) {
	t.Helper()
	out := bufio.NewReader(strings.NewReader(gitRun(t, dir, "", "cat-file", "--batch", "--batch-all-objects", "--unordered")))
	for {
		line, err := out.ReadString('\n')
		if err == io.EOF {
			return all
		}
		f := strings.Fields(line)
		size, _ := strconv.Atoi(f[2])
		content := make([]byte, size+1)
		if _, err := io.ReadFull(out, content); err != nil {
			t.Fatal(err)
		}
		all = append(all, gitObject{mustID(t, f[0]), parseKind([]byte(f[1])), content[:size]})
	}
}

// compareAll reads every object through every way in and compares it with git's.
func compareAll(t *testing.T, s *Store, all []gitObject) {
	t.Helper()
	if len(all) == 0 {
		t.Fatal("no objects to compare")
	}
	for _, want := range all {
		if err := compareOne(s, want); err != nil {
			t.Fatal(err)
		}
	}
}

func compareOne(s *Store, want gitObject) error {
	kind, content, err := s.Read(want.id)
	if err != nil {
		return err
	}
	if kind != want.kind || !bytes.Equal(content, want.content) {
		return fmt.Errorf("%s: read as a %s of %d bytes, git says a %s of %d", want.id, kind, len(content), want.kind, len(want.content))
	}
	if HashObject(kind, content) != want.id {
		return fmt.Errorf("%s: HashObject says %s", want.id, HashObject(kind, content))
	}
	kind, size, err := s.Size(want.id)
	if err != nil || kind != want.kind || size != int64(len(want.content)) {
		return fmt.Errorf("%s: Size = %s, %d, %w", want.id, kind, size, err)
	}
	if !s.Has(want.id) {
		return fmt.Errorf("%s: Has = false", want.id)
	}
	if kind != Tree {
		return nil
	}
	tree, err := s.Tree(want.id)
	if err != nil || !bytes.Equal(tree, want.content) {
		return fmt.Errorf("%s: Tree differs: %w", want.id, err)
	}
	return nil
}

// TestReadEveryObject compares every object of every shape of repository with git's own reading.
func TestReadEveryObject(t *testing.T) {
	loose := unpacked(t)
	all := gitObjects(t, loose)
	shapes := map[string]func(t *testing.T) string{
		"loose":  func(t *testing.T) string { return loose },
		"packed": func(t *testing.T) string { return packed(t, loose) },
		"deep deltas by name": func(t *testing.T) string {
			dir := packed(t, loose)
			gitRun(t, dir, "", "-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-adf", "--depth=250", "--window=50")
			return dir
		},
		"64-bit offsets": func(t *testing.T) string {
			dir := packed(t, loose)
			pack := onlyPack(t, dir)
			gitRun(t, dir, "", "index-pack", "--index-version=2,0x40", pack)
			return dir
		},
		"several packs and loose objects": func(t *testing.T) string {
			dir := packed(t, loose)
			for i := range 3 {
				gitRun(t, dir, fmt.Sprintf("more words %d\n", i), "hash-object", "-w", "--stdin")
				gitRun(t, dir, "", "-c", "pack.allowPackReuse=false", "repack", "-q", "-d")
				blob := gitRun(t, dir, strings.Repeat(fmt.Sprintf("words %d\n", i), 1000), "hash-object", "-w", "--stdin")
				gitRun(t, dir, blob, "pack-objects", "-q", filepath.Join(dir, "objects", "pack", "pack"))
			}
			return dir
		},
		"alternates of alternates": func(t *testing.T) string {
			first, second := filepath.Join(t.TempDir(), "first.git"), filepath.Join(t.TempDir(), "second.git")
			gitRun(t, loose, "", "clone", "-q", "--bare", "--shared", loose, first)
			gitRun(t, loose, "", "clone", "-q", "--bare", "--shared", first, second)
			gitRun(t, second, "only in the second\n", "hash-object", "-w", "--stdin")
			return second
		},
		"multi-pack-index and commit-graph": func(t *testing.T) string {
			dir := packed(t, loose)
			gitRun(t, dir, "", "multi-pack-index", "write")
			gitRun(t, dir, "", "commit-graph", "write", "--reachable")
			return dir
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			dir := shape(t)
			s := mustOpen(t, dir)
			compareAll(t, s, all)
			compareAll(t, s, gitObjects(t, dir))
		})
	}
}

// onlyPack is the path of the one pack of a repository.
func onlyPack(t testing.TB, dir string) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if len(found) != 1 {
		t.Fatalf("%d packs instead of one", len(found))
	}
	return found[0]
}

func TestReadRealHistory(t *testing.T) {
	bundle, ok := owaspBundle(t)
	if !ok {
		return
	}
	dir := cloneBundle(t, bundle)
	all := gitObjects(t, dir)
	compareAll(t, mustOpen(t, dir), all)
	t.Logf("%d objects", len(all))
}

// TestReadLikeGoGit reads with the other reader of this package's owner, so that an error that we share with native git's
// textual output would show.
func TestReadLikeGoGit(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	other, err := gogit.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range gitObjects(t, dir) {
		if o.kind != Commit {
			continue
		}
		want, err := other.CommitObject(plumbing.Hash(o.id))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Commit(o.id)
		if err != nil {
			t.Fatal(err)
		}
		if got.Message != want.Message || ID(want.TreeHash) != got.Tree || len(got.Parents) != len(want.ParentHashes) ||
			!got.Author.When.Equal(want.Author.When) || got.Committer.Email != want.Committer.Email {
			t.Errorf("%s: %+v, go-git says %+v", o.id, got, want)
		}
	}
}

func TestReadFlatFolder(t *testing.T) {
	dir := gitInit(t)
	const names = 100_000
	blob := mustID(t, gitRun(t, dir, "same words\n", "hash-object", "-w", "--stdin"))
	entries := make([]TreeEntry, names)
	var lines strings.Builder
	for i := range entries {
		entries[i] = TreeEntry{ModeFile, fmt.Sprintf("page-%06d.md", i), blob}
		fmt.Fprintf(&lines, "100644 blob %s\t%s\n", blob, entries[i].Name)
	}
	id := mustID(t, gitRun(t, dir, lines.String(), "mktree"))
	raw, err := mustOpen(t, dir).Tree(id)
	if err != nil || !bytes.Equal(raw, EncodeTree(entries)) {
		t.Fatalf("tree of %d bytes, %v", len(raw), err)
	}
	n := 0
	for e, err := range Entries(raw) {
		if err != nil || e != entries[n] {
			t.Fatalf("entry %d: %+v, %v", n, e, err)
		}
		n++
	}
	if n != names {
		t.Fatalf("%d entries", n)
	}
	if allocs := testing.AllocsPerRun(1, func() {
		for range Entries(raw) {
		}
	}); allocs > 1 {
		t.Errorf("%v allocations for %d entries", allocs, names)
	}
}

func TestMissingObject(t *testing.T) {
	s := mustOpen(t, packed(t, generated(t)))
	missing := HashObject(Blob, []byte("nobody wrote this"))
	for _, id := range []ID{missing, {}, {0: 0xff, 19: 0xff}} {
		if _, _, err := s.Read(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Read: %v", err)
		}
		if _, _, err := s.Size(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Size: %v", err)
		}
		if _, err := s.Tree(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Tree: %v", err)
		}
		if _, err := s.Commit(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Commit: %v", err)
		}
		if s.Has(id) {
			t.Error("Has = true")
		}
	}
}

func TestWrongKind(t *testing.T) {
	dir := generated(t)
	s := mustOpen(t, dir)
	commit := mustID(t, gitLine(t, dir, "rev-parse", "main"))
	tree := mustID(t, gitLine(t, dir, "rev-parse", "main^{tree}"))
	if _, err := s.ReadKind(commit, Blob); !errors.Is(err, ErrDamaged) {
		t.Errorf("a commit as a blob: %v", err)
	}
	if _, err := s.Tree(commit); !errors.Is(err, ErrDamaged) {
		t.Errorf("a commit as a tree: %v", err)
	}
	if _, err := s.Commit(tree); !errors.Is(err, ErrDamaged) {
		t.Errorf("a tree as a commit: %v", err)
	}
	if _, err := s.ReadKind(tree, Tree); err != nil {
		t.Error(err)
	}
}

// TestReadOwnsContent writes into what Read returned and reads again.
func TestReadOwnsContent(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	for range 2 { // the second round reads what the first left in the cache
		for _, want := range gitObjects(t, dir) {
			if want.kind == Tree {
				if _, err := s.Tree(want.id); err != nil {
					t.Fatal(err)
				}
			}
			_, got, err := s.Read(want.id)
			if err != nil || !bytes.Equal(got, want.content) {
				t.Fatalf("%s: %v", want.id, err)
			}
			clear(got)
		}
	}
}

// TestReadWhileGitRepacks reads from several goroutines while native git packs, repacks and unpacks under them.
func TestReadWhileGitRepacks(t *testing.T) {
	dir := generated(t)
	all := gitObjects(t, dir)
	s := mustOpen(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var reads atomic.Int64
	for g := range 2 {
		readers.Go(func() {
			for i := g * len(all) / 2; ctx.Err() == nil; i++ {
				if err := compareOne(s, all[i%len(all)]); err != nil {
					t.Error(err)
					return
				}
				reads.Add(1)
			}
		})
	}
	for i := range 2 {
		gitRun(t, dir, "", "repack", "-q", "-ad") // loose objects go only with prune-packed
		gitRun(t, dir, "", "prune-packed", "-q")
		gitRun(t, dir, "", "repack", "-q", "-adf", fmt.Sprintf("--depth=%d", 10+20*i))
		gitRun(t, dir, "", "gc", "-q", "--prune=now")
		unpackAll(t, dir)
		runtime.GC() // unmaps what no reader holds: one that does would crash
	}
	stop()
	readers.Wait()
	t.Logf("%d objects read meanwhile", reads.Load())
}

// TestSeesPushes reads what native git pushes after the Store was opened.
func TestSeesPushes(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	for i, limit := range []string{"1", "100000"} { // as a pack; as loose objects
		work := filepath.Join(t.TempDir(), "work")
		gitRun(t, dir, "", "clone", "-q", dir, work)
		gitRun(t, work, "", "commit", "-q", "--allow-empty", "-m", fmt.Sprintf("pushed %d", i))
		gitRun(t, dir, "", "config", "receive.unpackLimit", limit)
		gitRun(t, work, "", "push", "-q")
		id := mustID(t, gitLine(t, work, "rev-parse", "HEAD"))
		if c, err := s.Commit(id); err != nil || c.Message != fmt.Sprintf("pushed %d\n", i) {
			t.Errorf("unpackLimit %s: %v", limit, err)
		}
		if got, err := s.Ref("refs/heads/main"); err != nil || got != id {
			t.Errorf("unpackLimit %s: main is %s, %v", limit, got, err)
		}
	}
}

// TestAddPack registers a pack that somebody has just put into the folder.
func TestAddPack(t *testing.T) {
	from := packed(t, generated(t))
	dir := gitInit(t)
	s := mustOpen(t, dir)
	source := strings.TrimSuffix(onlyPack(t, from), ".pack")
	base := filepath.Join(dir, "objects", "pack", filepath.Base(source))
	for _, ext := range []string{".pack", ".idx"} {
		if err := os.Rename(source+ext, base+ext); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // a second time changes nothing
		if _, err := s.addPack(base); err != nil {
			t.Fatal(err)
		}
		if n := len(s.packs()); n != 1 {
			t.Fatalf("%d packs", n)
		}
	}
	if err := s.rescan(); err != nil || len(s.packs()) != 1 {
		t.Fatalf("%d packs after a scan, %v", len(s.packs()), err)
	}
	compareAll(t, s, gitObjects(t, dir))
	if _, err := s.addPack(base + "-none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pack that is not there: %v", err)
	}
}

func TestClosed(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	id := mustID(t, gitLine(t, dir, "rev-parse", "main"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Read(id); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Read after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// TestUnmaps checks that a pack which git has replaced is let go of.
func TestUnmaps(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	compareAll(t, s, gitObjects(t, dir))
	gone := make(chan struct{})
	runtime.AddCleanup(s.packs()[0].dat, func(gone chan struct{}) { close(gone) }, gone)
	gitRun(t, dir, "", "repack", "-q", "-adf", "--depth=7")
	if err := s.rescan(); err != nil {
		t.Fatal(err)
	}
	const rounds = 100 // a cleanup runs some time after the collection that found it due
	for i := 0; ; i++ {
		runtime.GC()
		select {
		case <-gone:
			compareAll(t, s, gitObjects(t, dir))
			return
		default:
		}
		if i == rounds {
			t.Fatal("still mapped")
		}
		runtime.Gosched()
	}
}
