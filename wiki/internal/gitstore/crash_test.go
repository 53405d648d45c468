package gitstore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const (
	// crashRounds is how often the ordinary test kills a writer.
	crashRounds = 20

	// crashDirVar makes the test binary a writer that saves into the repository it names until it is killed.
	crashDirVar = "GITSTORE_CRASH_DIR"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDirVar); dir != "" {
		if err := saveForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// saveForEver saves, folds packs now and then, and says each commit on standard output once it is acknowledged.
func saveForEver(dir string) error {
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	if err := s.RemoveStaleLocks(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		next, err := saveOnce(s, fmt.Sprintf("pages/p%d.md", n%50), fmt.Sprintf("process %d, save %d\n", os.Getpid(), n))
		if err != nil {
			return err
		}
		fmt.Println(next)
		if n%4 == 3 {
			if err := s.Maintain(context.Background()); err != nil {
				return err
			}
		}
	}
}

// saveOnce replaces one file in the one folder of the repository and moves the branch.
func saveOnce(s *Store, path, text string) (ID, error) {
	folder, name, _ := strings.Cut(path, "/")
	b := s.NewBatch()
	var files []TreeEntry
	c := &CommitData{Author: author(1), Committer: author(1), Message: "save\n"}
	head, err := s.Ref("refs/heads/main")
	if err == nil {
		c.Parents = []ID{head}
		old, err := s.Commit(head)
		if err != nil {
			return ID{}, err
		}
		if files, err = folderEntries(s, old.Tree, folder); err != nil {
			return ID{}, err
		}
	}
	entry := TreeEntry{ModeFile, name, b.Put(Blob, []byte(text))}
	kept := files[:0]
	for _, f := range files {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	tree := b.Put(Tree, EncodeTree(append(kept, entry)))
	c.Tree = b.Put(Tree, EncodeTree([]TreeEntry{{ModeTree, folder, tree}}))
	next := b.Put(Commit, EncodeCommit(c))
	if err := b.Flush(); err != nil {
		return ID{}, err
	}
	return next, s.UpdateRef("refs/heads/main", next, head)
}

func folderEntries(s *Store, root ID, folder string) (files []TreeEntry, err error) {
	raw, err := s.Tree(root)
	if err != nil {
		return nil, err
	}
	for e, err := range Entries(raw) {
		if err != nil {
			return nil, err
		}
		if e.Name != folder {
			continue
		}
		if raw, err = s.Tree(e.ID); err != nil {
			return nil, err
		}
	}
	for e, err := range Entries(raw) {
		if err != nil {
			return nil, err
		}
		files = append(files, e)
	}
	return files, nil
}

// Writers are killed at random moments. Whatever they had acknowledged is there, and git finds nothing wrong.
func TestKilledWriter(t *testing.T) {
	s := newStore(t)
	for round := range crashRounds {
		acknowledged := runAndKill(t, s.Dir(), round)
		again := mustOpen(t, s.Dir())
		head, err := again.Ref("refs/heads/main")
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for _, id := range acknowledged {
			if is, err := again.IsAncestor(id, head); err != nil || !is {
				t.Fatalf("round %d: the acknowledged save %s is not in the history of %s (%v)", round, id, head, err)
			}
		}
		fsck(t, s.Dir())
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// runAndKill runs a writer until a random moment after its first save, and returns the commits it acknowledged.
func runAndKill(t *testing.T, dir string, round int) (acknowledged []ID) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashDirVar+"="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill() }
	var timer *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, err := ParseID(lines.Text())
		if err != nil {
			break // a line that the kill cut off
		}
		acknowledged = append(acknowledged, id)
		if timer == nil {
			timer = time.AfterFunc(rand.N(25*time.Millisecond), kill)
		}
	}
	err = cmd.Wait()
	if timer == nil || stderr.Len() > 0 {
		t.Fatalf("round %d: the writer ended by itself: %v\n%s", round, err, stderr.String())
	}
	timer.Stop()
	return acknowledged
}
