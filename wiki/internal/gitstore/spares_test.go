package gitstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// temps lists what stands in the folder of packs under temporary names.
func temps(t *testing.T, s *Store) (names []string) {
	t.Helper()
	all, err := readNames(s.packFolder())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if strings.HasPrefix(name, "tmp_") {
			names = append(names, name)
		}
	}
	return names
}

// saveWith flushes one commit through FlushRef.
func saveWith(t *testing.T, s *Store, text string, from ID) ID {
	t.Helper()
	b := s.NewBatch()
	tree := b.Put(Tree, EncodeTree([]TreeEntry{{ModeFile, "p.md", b.Put(Blob, []byte(text))}}))
	c := &CommitData{Tree: tree, Author: author(1), Committer: author(1), Message: "save\n"}
	if !from.IsZero() {
		c.Parents = []ID{from}
	}
	head := b.Put(Commit, EncodeCommit(c))
	if err := b.FlushRef("refs/heads/main", head, from); err != nil {
		t.Fatal(err)
	}
	return head
}

func TestReadyIsUsedOnce(t *testing.T) {
	s := newStore(t)
	s.Ready()
	made := temps(t, s)
	if len(made) != 2 {
		t.Fatalf("made ahead: %q", made)
	}
	s.Ready()
	if again := temps(t, s); strings.Join(again, " ") != strings.Join(made, " ") {
		t.Errorf("%q became %q", made, again)
	}
	first := saveWith(t, s, "one\n", ID{})
	if left := temps(t, s); len(left) > 0 {
		t.Errorf("left after the save: %q", left)
	}
	saveWith(t, s, "two\n", first) // nothing was made ahead for this one
	fsck(t, s.Dir())

	s.Ready()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Ready() // too late, and no leftover
	if left := temps(t, s); len(left) > 0 {
		t.Errorf("left after Close: %q", left)
	}
	noLeftovers(t, s)
}

// git prune removes temporary files whatever their age, and somebody may tidy up the claims.
func TestReadyThatWasRemoved(t *testing.T) {
	s := newStore(t)
	s.Ready()
	for _, name := range temps(t, s) {
		if err := os.Remove(filepath.Join(s.packFolder(), name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.common, claimFolder)); err != nil {
		t.Fatal(err)
	}
	head := saveWith(t, s, "one\n", ID{})
	if now, err := s.Ref("refs/heads/main"); err != nil || now != head {
		t.Errorf("the branch is at %s, %v", now, err)
	}
	fsck(t, s.Dir())
	noLeftovers(t, s)
}

// A page that was just written is read from memory.
func TestFlushKeepsPages(t *testing.T) {
	s := newStore(t)
	b := s.NewBatch()
	id := b.Put(Blob, []byte("a page\n"))
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	p := s.packs()[0]
	off, ok, err := p.offsetOf(id)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, content, ok := s.bases.get(cacheKey{p.serial, off}); !ok || string(content) != "a page\n" {
		t.Errorf("in the cache: %q, %v", content, ok)
	}
}

// What a save deflated in haste is made small by a fold, and git reads both.
func TestFoldDeflatesAnew(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range foldPacks + 4 {
		sv.save("f/p.md", pageText(n, n, 400))
	}
	fsck(t, s.Dir())
	maintain(t, s)
	for _, p := range s.packs() {
		for i := range p.count {
			off, _, err := p.offsetOf(p.id(i))
			if err != nil {
				t.Fatal(err)
			}
			h, err := p.entry(off)
			if err != nil {
				t.Fatal(err)
			}
			stream, err := p.slice(h.data, 2)
			if err != nil {
				t.Fatal(err)
			}
			if isHasty(stream) {
				t.Fatalf("%s is still as it was saved", p.id(i))
			}
		}
	}
	fsck(t, s.Dir())
}
