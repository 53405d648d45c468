package gitstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestDueForFold(t *testing.T) {
	for _, c := range []struct {
		sizes string // ascending or not
		due   int
	}{
		{"", 0},
		{"1", 0},
		{"1 1", 2},
		{"1 2", 0},
		{"1 3 9", 0},
		{"9 1 3", 0},
		{"1 1 1 1 100", 4},
		{"1 1 1 1 7", 5},
		{"1 1 10 12 100", 4},
		{"1 10 30 30 200", 4},
		{"5 5 5 5 5 5", 6},
	} {
		var packs []*pack
		for i, f := range strings.Fields(c.sizes) {
			size, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			p := &pack{base: strconv.Itoa(i), size: size}
			packs = append(packs, p)
		}
		if got := len(dueForFold(packs)); got != c.due {
			t.Errorf("%s: %d are due, want %d", c.sizes, got, c.due)
		}
	}
}

func TestSkipFrom(t *testing.T) {
	for i, want := range map[int]int{1: 0, 2: 1, 15: 14, 16: 0, 17: 16, 32: 16, 255: 254, 256: 0, 272: 256, 4095: 4094} {
		if got := skipFrom(i); got != want {
			t.Errorf("skipFrom(%d) = %d, want %d", i, got, want)
		}
	}
	for i := 1; i < maxVersions; i++ {
		steps := 0
		for j := i; j > 0; j = skipFrom(j) {
			steps++
		}
		if steps > maxChain {
			t.Fatalf("version %d is %d steps from the newest", i, steps)
		}
	}
}

func maintain(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Maintain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestMaintain(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	const saves = 400
	most := 0
	for n := range saves {
		sv.save(fmt.Sprintf("f%d/p%d.md", n%3, n%40), pageText(n%40, n, 60))
		if s.NeedsMaintenance() {
			maintain(t, s)
		}
		most = max(most, len(s.packs()))
	}
	if most > 32 {
		t.Errorf("there were %d packs at a time", most)
	}
	fsck(t, s.Dir())
	compareAll(t, s, gitObjects(t, s.Dir()))
	for _, o := range verifyPacks(t, s) {
		if o.depth > maxChain {
			t.Errorf("%s %s lies under %d deltas", o.kind, o.id, o.depth)
		}
	}
	maintain(t, s)
	ours := packBytes(t, s)
	gitRun(t, s.Dir(), "", "gc", "-q", "--prune=now")
	theirs := packBytes(t, s)
	t.Logf("%d packs at most; %d bytes, git gc makes %d", most, ours, theirs)
	if ours > 2*theirs {
		t.Errorf("%d bytes of packs, git gc makes %d", ours, theirs)
	}
	compareAll(t, s, gitObjects(t, s.Dir()))
}

func packBytes(t testing.TB, s *Store) (total int64) {
	t.Helper()
	for _, name := range packFiles(t, s) {
		if info, err := os.Stat(filepath.Join(s.Dir(), "objects", "pack", name)); err == nil && strings.HasSuffix(name, ".pack") {
			total += info.Size()
		}
	}
	return total
}

// One page saved a thousand times takes little more than its text: the folder around it is not repeated.
func TestMaintainManyVersions(t *testing.T) {
	s := newStore(t)
	files := make([]TreeEntry, 400)
	b := s.NewBatch()
	for i := range files {
		files[i] = TreeEntry{ModeFile, fmt.Sprintf("page-number-%d.md", i), b.Put(Blob, fmt.Append(nil, i))}
	}
	var head ID
	const versions = 1000
	for n := range versions {
		files[n%400].ID = b.Put(Blob, fmt.Appendf(nil, "version %d", n))
		root := b.Put(Tree, EncodeTree([]TreeEntry{{ModeTree, "pages", b.Put(Tree, EncodeTree(files))}}))
		c := &CommitData{Tree: root, Author: author(n), Committer: author(n), Message: "m\n"}
		if n > 0 {
			c.Parents = []ID{head}
		}
		head = b.Put(Commit, EncodeCommit(c))
		if n%25 == 24 { // each flush is a pack with whole trees
			if err := b.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.UpdateRef("refs/heads/main", head, ID{}); err != nil {
		t.Fatal(err)
	}
	before := packBytes(t, s)
	maintain(t, s)
	after := packBytes(t, s)
	t.Logf("%d bytes became %d in %d packs", before, after, len(s.packs()))
	if after > 600<<10 { // 1,000 commits and small trees of about 350 bytes, and a few copies of a folder of 10 KB
		t.Errorf("%d bytes became %d", before, after)
	}
	fsck(t, s.Dir())
	compareAll(t, s, gitObjects(t, s.Dir()))
}

func TestMaintainFoldsLooseObjects(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	sv.save("f/p.md", pageText(1, 1, 50))
	work := filepath.Join(t.TempDir(), "work")
	gitRun(t, s.Dir(), "", "clone", "-q", s.Dir(), work)
	for n := range 5 {
		if err := os.WriteFile(filepath.Join(work, "f", "p.md"), []byte(pageText(1, n+2, 50)), 0o666); err != nil {
			t.Fatal(err)
		}
		gitRun(t, work, "", "commit", "-qam", "outside")
		gitRun(t, work, "", "push", "-q", "origin", "main")
	}
	unreachable := mustID(t, gitRun(t, s.Dir(), "unreachable", "hash-object", "-w", "--stdin"))
	all := gitObjects(t, s.Dir())
	maintain(t, s)
	if got := gitLine(t, s.Dir(), "count-objects"); strings.HasPrefix(got, "0 objects") {
		t.Error("loose objects were folded that a push may just have brought")
	}
	age(t, s, 2*looseRest)
	maintain(t, s)
	if got := gitLine(t, s.Dir(), "count-objects"); !strings.HasPrefix(got, "0 objects") {
		t.Errorf("loose: %s", got)
	}
	if !s.Has(unreachable) {
		t.Error("an unreachable object was dropped")
	}
	compareAll(t, s, all)
	fsck(t, s.Dir())
	files := packFiles(t, s)
	maintain(t, s)
	if again := packFiles(t, s); strings.Join(files, " ") != strings.Join(again, " ") {
		t.Errorf("a second Maintain changed %q to %q", files, again)
	}
}

// age makes all loose objects older.
func age(t testing.TB, s *Store, by time.Duration) {
	t.Helper()
	when := time.Now().Add(-by)
	for first := range 256 {
		ids, err := looseIDs(s.objectsDir, byte(first))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if err := os.Chtimes(loosePath(s.objectsDir, id), when, when); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestMaintainLeavesMarkedPacks(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	sv.save("f/a.md", "a")
	kept := s.packs()[0].base
	if err := os.WriteFile(kept+".keep", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		sv.save("f/b.md", strconv.Itoa(n))
	}
	gitRun(t, s.Dir(), "", "multi-pack-index", "write")
	maintain(t, s)
	if !isFile(kept + ".pack") {
		t.Error("a kept pack was folded")
	}
	if n := len(s.packs()); n != 2 {
		t.Errorf("%d packs remain, want the kept one and one more", n)
	}
	fsck(t, s.Dir())
	compareAll(t, mustOpen(t, s.Dir()), gitObjects(t, s.Dir()))
}

func TestMaintainLeavesAlternates(t *testing.T) {
	lender := newStore(t)
	sv := newSaver(t, lender)
	for n := range 6 {
		sv.save("f/a.md", strconv.Itoa(n))
	}
	lent := packFiles(t, lender)
	dir := filepath.Join(t.TempDir(), "borrower.git")
	gitRun(t, lender.Dir(), "", "clone", "-q", "--bare", "--shared", lender.Dir(), dir)
	s := mustOpen(t, dir)
	borrower := &saver{t: t, s: s, pages: sv.pages, trees: sv.trees, head: sv.head, count: sv.count}
	for n := range 4 {
		borrower.save("f/b.md", strconv.Itoa(n))
	}
	maintain(t, s)
	if now := packFiles(t, lender); strings.Join(lent, " ") != strings.Join(now, " ") {
		t.Errorf("the lender's packs were %q and are %q", lent, now)
	}
	if n := len(s.ownPacks()); n != 1 {
		t.Errorf("%d own packs", n)
	}
	fsck(t, s.Dir())
}

// What cannot be read right is not folded, and nothing goes.
func TestMaintainStopsAtDamage(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 5 {
		sv.save("f/a.md", pageText(n, n, 20))
	}
	victim := s.packs()[2].base + ".pack"
	if err := os.Chmod(victim, 0o666); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(victim)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 0x10
	if err := os.WriteFile(victim, raw, 0o666); err != nil {
		t.Fatal(err)
	}
	before := packFiles(t, s)
	again := mustOpen(t, s.Dir())
	if err := again.Maintain(context.Background()); !errors.Is(err, ErrDamaged) {
		t.Errorf("Maintain() = %v", err)
	}
	if after := packFiles(t, s); len(after) != len(before) {
		t.Errorf("the files were %q and are %q", before, after)
	}
}

func TestMaintainStops(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 5 {
		sv.save("f/a.md", strconv.Itoa(n))
	}
	before := packFiles(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Maintain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Maintain() = %v", err)
	}
	if after := packFiles(t, s); len(after) != len(before) {
		t.Errorf("the files were %q and are %q", before, after)
	}
	ro := openReadOnly(t, s.Dir())
	if err := ro.Maintain(context.Background()); !errors.Is(err, ErrReadOnly) || ro.NeedsMaintenance() {
		t.Errorf("Maintain() of a read-only store = %v", err)
	}
}

// Readers, a writer, Maintain, and native git's gc, clone, push and repack all at once.
func TestMaintainBesideOthers(t *testing.T) {
	const saves = 80
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 20 {
		sv.save(fmt.Sprintf("f%d/p%d.md", n%3, n), pageText(n, n, 30))
	}
	pusher := filepath.Join(t.TempDir(), "pusher")
	gitRun(t, s.Dir(), "", "clone", "-q", s.Dir(), pusher)
	known := gitObjects(t, s.Dir())

	var stop atomic.Bool
	var wg sync.WaitGroup
	loop := func(what string, round func(n int) error) {
		wg.Go(func() {
			for n := 0; !stop.Load() && !t.Failed(); n++ {
				if err := round(n); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
	for range 2 {
		loop("read", func(int) error { return compareOne(s, known[rand.N(len(known))]) })
	}
	loop("maintain", func(int) error { return s.Maintain(context.Background()) })
	loop("git", func(n int) error { return nativeRound(t, s.Dir(), pusher, n) })
	for n := range saves {
		sv.save(fmt.Sprintf("f%d/p%d.md", n%3, n%20), pageText(n%20, n, 30))
	}
	stop.Store(true)
	wg.Wait()
	fsck(t, s.Dir())
	compareAll(t, s, gitObjects(t, s.Dir()))
	if got := gitLine(t, s.Dir(), "rev-list", "--count", "main"); got != strconv.Itoa(saves+20) {
		t.Errorf("git counts %s commits", got)
	}
}

// nativeRound does one thing that people do to a served repository. gc and repack may give up when a pack goes that they
// were about to look at, as they do beside one another; pushes and clones may not.
func nativeRound(t *testing.T, dir, pusher string, n int) error {
	switch n % 4 {
	case 0:
		if err := gitTry(dir, "gc", "-q"); err != nil {
			t.Log(err)
		}
		return nil
	case 1:
		return gitTry(dir, "clone", "-q", "--bare", "--no-local", dir, filepath.Join(t.TempDir(), strconv.Itoa(n)))
	case 2:
		if err := gitTry(pusher, "commit", "-q", "--allow-empty", "-m", strconv.Itoa(n)); err != nil {
			return err
		}
		return gitTry(pusher, "push", "-q", "origin", "HEAD:refs/heads/outside")
	}
	if err := gitTry(dir, "repack", "-q", "-d", "-A"); err != nil {
		t.Log(err)
	}
	return nil
}

func TestMaintainRealHistory(t *testing.T) {
	bundle, ok := owaspBundle(t)
	if !ok {
		return
	}
	dir := cloneBundle(t, bundle)
	s := mustOpen(t, dir)
	native := packBytes(t, s)
	if err := repackBy(s, 97); err != nil {
		t.Fatal(err)
	}
	before := packBytes(t, s)
	all := gitObjects(t, dir)
	maintain(t, s)
	after := packBytes(t, s)
	fsck(t, dir)
	compareAll(t, s, all)
	t.Logf("%d bytes in small packs became %d; git packs them in %d", before, after, native)
	if after > 2*native {
		t.Errorf("%d bytes of packs, git needs %d", after, native)
	}
}

// repackBy cuts a repository's objects into packs of n, without deltas.
func repackBy(s *Store, n int) error {
	old := s.ownPacks()
	b := s.NewBatch()
	for _, p := range old {
		for i := range p.count {
			kind, content, err := s.Read(p.id(i))
			if err != nil {
				return err
			}
			id := HashObject(kind, content)
			b.index[id] = len(b.objects) // Put would find it in the old pack
			b.objects = append(b.objects, batchObject{id: id, kind: kind, data: content, like: -1})
			if b.Len() == n {
				if err := b.Flush(); err != nil {
					return err
				}
			}
		}
	}
	if err := b.Flush(); err != nil {
		return err
	}
	for _, p := range old {
		if err := removePack(p.base); err != nil {
			return err
		}
	}
	return s.rescan()
}
