package gitstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// blobs puts n small blobs into the store and returns their names: refs may name them, except branches.
func blobs(t testing.TB, s *Store, n int) []ID {
	t.Helper()
	b := s.NewBatch()
	ids := make([]ID, n)
	for i := range ids {
		ids[i] = b.Put(Blob, fmt.Appendf(nil, "blob %d\n", i))
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestUpdateRef(t *testing.T) {
	s := newStore(t)
	ids := blobs(t, s, 3)
	a, b, none := ids[0], ids[1], ID{}
	absent := HashObject(Blob, []byte("absent"))
	steps := []struct {
		name     string
		to, from ID
		want     error
	}{
		{"refs/tags/x", a, b, ErrRefMoved},
		{"refs/tags/x", a, none, nil},
		{"refs/tags/x", b, none, ErrRefMoved},
		{"refs/tags/x", b, a, nil},
		{"refs/tags/x", b, b, nil},
		{"refs/tags/x", a, a, ErrRefMoved},
		{"refs/tags/x", absent, b, ErrNotFound},
		{"refs/tags/x/y", a, none, ErrRefConflict},
		{"refs/tags/deep/down/z", a, none, nil},
		{"refs/tags/deep", a, none, ErrRefConflict},
		{"refs/tags/deep/down", a, none, ErrRefConflict},
		{"refs/tags/deep/down/z", none, b, ErrRefMoved},
		{"refs/tags/deep/down/z", none, a, nil},
		{"refs/tags/deep/down/z", none, none, nil},
		{"refs/tags/deep", a, none, nil}, // empty folders are no conflict
		{"refs/tags/../../config", a, none, ErrBadRef},
		{"refs/tags/x.lock", a, none, ErrBadRef},
		{"config", a, none, ErrBadRef},
		{"refs/", a, none, ErrBadRef},
	}
	for i, st := range steps {
		if err := s.UpdateRef(st.name, st.to, st.from); !errors.Is(err, st.want) {
			t.Errorf("step %d: UpdateRef(%s, %.4s, %.4s) = %v, want %v", i, st.name, st.to, st.from, err, st.want)
		}
	}
	want := a.String() + " refs/tags/deep\n" + b.String() + " refs/tags/x\n"
	if got := gitRun(t, s.Dir(), "", "for-each-ref", "--format=%(objectname) %(refname)"); got != want {
		t.Errorf("git sees\n%swant\n%s", got, want)
	}
	noLeftovers(t, s)
}

// noLeftovers looks for lock files and claims.
func noLeftovers(t testing.TB, s *Store) {
	t.Helper()
	locks, err := s.refLocks()
	if err != nil {
		t.Fatal(err)
	}
	claims, err := readNames(filepath.Join(s.common, claimFolder))
	if err != nil {
		t.Fatal(err)
	}
	if len(locks)+len(claims) > 0 {
		t.Errorf("left behind: %q %q", locks, claims)
	}
}

func TestUpdatePackedRef(t *testing.T) {
	s := newStore(t)
	ids := blobs(t, s, 3)
	names := []string{"refs/tags/a", "refs/tags/b", "refs/tags/c/d"}
	for _, name := range names {
		if err := s.UpdateRef(name, ids[0], ID{}); err != nil {
			t.Fatal(err)
		}
	}
	annotated := gitRun(t, s.Dir(), "object "+ids[0].String()+"\ntype blob\ntag t\ntagger A <a@example.org> 1 +0000\n\nx\n", "mktag")
	gitRun(t, s.Dir(), "", "update-ref", "refs/tags/t", strings.TrimSpace(annotated))
	gitRun(t, s.Dir(), "", "pack-refs", "--all", "--prune")

	if err := s.UpdateRef("refs/tags/a", ids[1], ids[2]); !errors.Is(err, ErrRefMoved) {
		t.Errorf("wrong from on a packed ref: %v", err)
	}
	if _, err := os.Stat(s.refPath("refs/tags/a")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a failed update left a loose file: %v", err)
	}
	if err := s.UpdateRef("refs/tags/a", ids[1], ids[0]); err != nil {
		t.Error(err)
	}
	if err := s.UpdateRef("refs/tags/c", ids[1], ID{}); !errors.Is(err, ErrRefConflict) {
		t.Errorf("a name above a packed ref: %v", err)
	}
	if err := s.UpdateRef("refs/tags/b/x", ids[1], ID{}); !errors.Is(err, ErrRefConflict) {
		t.Errorf("a name below a packed ref: %v", err)
	}
	for _, name := range []string{"refs/tags/a", "refs/tags/b", "refs/tags/t"} {
		id, err := s.Ref(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.UpdateRef(name, ID{}, id); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
		if _, err := s.Ref(name); !errors.Is(err, ErrNoRef) {
			t.Errorf("after delete of %s: %v", name, err)
		}
	}
	if got := gitLine(t, s.Dir(), "for-each-ref", "--format=%(refname)"); got != "refs/tags/c/d" {
		t.Errorf("git sees %q", got)
	}
	fsck(t, s.Dir())
	noLeftovers(t, s)
}

func TestUpdateSymbolicRef(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	first := sv.save("f/p.md", "1")
	b := s.NewBatch()
	next := sv.put(b, "f/p.md", "2")
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateRef("HEAD", next, first); err != nil {
		t.Fatal(err)
	}
	if got := gitLine(t, s.Dir(), "rev-parse", "refs/heads/main"); got != next.String() {
		t.Errorf("main is at %s", got)
	}
	gitRun(t, s.Dir(), "", "update-ref", "--no-deref", "HEAD", first.String())
	if err := s.UpdateRef("HEAD", next, first); !errors.Is(err, ErrBadRef) {
		t.Errorf("a detached HEAD was moved: %v", err)
	}
}

func TestUpdateBrokenRef(t *testing.T) {
	s := newStore(t)
	id := blobs(t, s, 1)[0]
	for _, content := range []string{"", "garbage\n", "0000"} {
		path := s.refPath("refs/tags/broken")
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := s.UpdateRef("refs/tags/broken", id, ID{}); !errors.Is(err, ErrBadRef) {
			t.Errorf("%q was overwritten: %v", content, err)
		}
	}
	noLeftovers(t, s)
}

// Somebody else's lock is waited for.
func TestUpdateRefWaits(t *testing.T) {
	s := newStore(t)
	ids := blobs(t, s, 2)
	lock := s.refPath("refs/tags/x") + ".lock"
	if err := os.WriteFile(lock, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.UpdateRef("refs/tags/x", ids[0], ID{}) }()
	claims := filepath.Join(s.common, claimFolder)
	for { // until the writer has its claim, and so is about to meet the lock
		if names, _ := readNames(claims); len(names) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	noLeftovers(t, s)
}

func TestUpdateRefGivesUp(t *testing.T) {
	if testing.Short() {
		t.Log("waits for all of LockWait")
	}
	t.Parallel()
	s := newStore(t)
	id := blobs(t, s, 1)[0]
	lock := s.refPath("refs/tags/x") + ".lock"
	if err := os.WriteFile(lock, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateRef("refs/tags/x", id, ID{}); !errors.Is(err, ErrRefLocked) {
		t.Errorf("UpdateRef() = %v", err)
	}
	if _, err := os.Stat(lock); err != nil {
		t.Errorf("somebody else's young lock is gone: %v", err)
	}
}

// Sixteen writers count one ref up through compare-and-swap, half of them native git.
func TestUpdateRefRaces(t *testing.T) {
	const writers, rounds = 8, 6
	s := newStore(t)
	chain := blobs(t, s, 2*writers*rounds+1)
	next := make(map[ID]ID)
	for i := range len(chain) - 1 {
		next[chain[i]] = chain[i+1]
	}
	if err := s.UpdateRef("refs/tags/x", chain[0], ID{}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < rounds; {
				now, err := s.Ref("refs/tags/x")
				if err != nil {
					t.Error(err)
					return
				}
				switch err := s.UpdateRef("refs/tags/x", next[now], now); {
				case err == nil:
					done++
				case !errors.Is(err, ErrRefMoved):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for done := range writers * rounds {
			for {
				now, err := s.Ref("refs/tags/x")
				if err != nil {
					t.Error(err)
					return
				}
				if gitTry(s.Dir(), "update-ref", "refs/tags/x", next[now].String(), now.String()) == nil {
					break
				}
			}
			if done%10 == 0 {
				_ = gitTry(s.Dir(), "pack-refs", "--all", "--prune")
			}
		}
	})
	wg.Wait()
	if got, err := s.Ref("refs/tags/x"); err != nil || got != chain[len(chain)-1] {
		t.Errorf("the ref is at %s, %v; want the last of the chain", got, err)
	}
	noLeftovers(t, s)
}

func TestRemoveStaleLocks(t *testing.T) {
	s := newStore(t)
	id := blobs(t, s, 1)[0]
	old := time.Now().Add(-2 * StaleLockAge)
	ancient := time.Now().Add(-2 * staleTempAge)
	living, err := s.stagePack(1)
	if err != nil {
		t.Fatal(err)
	}
	defer living.discard()
	of := func(f *os.File) string { return "objects/pack/" + filepath.Base(f.Name()) }
	files := []struct {
		path, content string
		when          time.Time
		stays         bool
	}{
		{"refs/heads/young.lock", "", time.Now(), true},
		{"refs/heads/old-empty.lock", "", old, false},
		{"refs/heads/a/old-id.lock", id.String() + "\n", old, false},
		{"refs/heads/old-other.lock", "somebody's notes", old, true},
		{"objects/pack/tmp_pack_git1xx", "PACK", ancient, false},
		{"objects/pack/tmp_idx_git1xx", "", ancient, false},
		{"objects/pack/tmp_pack_git2xx", "PACK", old, true},
		{"objects/pack/tmp_pack_2_x_y", "PACK", time.Now(), false}, // of a process of ours that is gone
		{of(living.packTemp), "PACK", time.Now(), true},
		{of(living.idxTemp), "", time.Now(), true},
	}
	for _, f := range files {
		path := filepath.Join(s.Dir(), f.path)
		if err := makeFolders(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.content), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, f.when, f.when); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RemoveStaleLocks(); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if stays := isFile(filepath.Join(s.Dir(), f.path)); stays != f.stays {
			t.Errorf("%s stays: %v, want %v", f.path, stays, f.stays)
		}
	}
}

// A lock that a dead process of ours left is reclaimed by whoever meets it, one of a living process is not.
func TestReclaimLocks(t *testing.T) {
	s := newStore(t)
	ids := blobs(t, s, 2)
	target := s.refPath("refs/tags/x")
	lock, err := s.lockFile(target, []byte(ids[0].String()+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if lock.claim == "" {
		t.Log("no claims on this file system")
		return
	}
	if removed := s.reclaimLocks([]string{lock.path()}); len(removed) > 0 || !isFile(lock.path()) {
		t.Fatalf("a living lock was removed: %q", removed)
	}
	lock.file.Close() // what the system does when the process ends
	if err := s.UpdateRef("refs/tags/x", ids[1], ID{}); err != nil {
		t.Fatal(err)
	}
	noLeftovers(t, s)
}
