package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// problems runs Check and returns its reports.
func problems(t testing.TB, s *Store) (found []string) {
	t.Helper()
	if err := s.Check(context.Background(), func(p string) { found = append(found, p) }); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCheckSound(t *testing.T) {
	s := newStore(t)
	if got := problems(t, s); len(got) > 0 {
		t.Errorf("an empty repository: %q", got)
	}
	sv := newSaver(t, s)
	for n := range 20 {
		sv.save(fmt.Sprintf("f%d/p.md", n%3), strconv.Itoa(n))
	}
	gitRun(t, s.Dir(), "", "tag", "-a", "-m", "x", "v1", "main")
	gitRun(t, s.Dir(), "", "pack-refs", "--all")
	if got := problems(t, s); len(got) > 0 {
		t.Errorf("a sound repository: %q", got)
	}
	if bundle, ok := owaspBundle(t); ok {
		if got := problems(t, mustOpen(t, cloneBundle(t, bundle))); len(got) > 0 {
			t.Errorf("a real history: %q", got)
		}
	}
}

func TestCheckFinds(t *testing.T) {
	blob := HashObject(Blob, []byte("x"))
	absent := HashObject(Blob, []byte("absent"))
	commit := func(s *Store, tree ID, parents ...ID) ID {
		b := s.NewBatch()
		id := b.Put(Commit, EncodeCommit(&CommitData{Tree: tree, Parents: parents, Author: author(1), Committer: author(1), Message: "m\n"}))
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		return id
	}
	raw := func(s *Store, entries ...string) ID { // "mode name id"
		var tree bytes.Buffer
		for _, e := range entries {
			f := strings.Fields(e)
			id := mustID(t, f[2])
			tree.WriteString(f[0] + " " + f[1] + "\x00")
			tree.Write(id[:])
		}
		b := s.NewBatch()
		b.Put(Blob, []byte("x"))
		id := b.Put(Tree, tree.Bytes())
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		return id
	}
	write := func(s *Store, name, content string) {
		if err := os.WriteFile(filepath.Join(s.Dir(), name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ref := func(s *Store, id ID) {
		if err := s.UpdateRef("refs/heads/main", id, ID{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, want string
		breakIt    func(s *Store)
	}{
		{"empty ref", "refs/heads/bad", func(s *Store) {
			write(s, "refs/heads/bad", "")
		}},
		{"ref to nothing", "named by refs/heads/main", func(s *Store) {
			write(s, "refs/heads/main", absent.String()+"\n")
		}},
		{"missing tree", "tree " + absent.String(), func(s *Store) { ref(s, commit(s, absent)) }},
		{"missing parent", "commit " + absent.String(), func(s *Store) {
			ref(s, commit(s, raw(s, "100644 a "+blob.String()), absent))
		}},
		{"missing blob", "blob " + absent.String(), func(s *Store) { ref(s, commit(s, raw(s, "100644 a "+absent.String()))) }},
		{"wrong kind", "it is a blob", func(s *Store) { ref(s, commit(s, raw(s, "40000 a "+blob.String()))) }},
		{"unsorted tree", "out of order", func(s *Store) {
			ref(s, commit(s, raw(s, "100644 b "+blob.String(), "100644 a "+blob.String())))
		}},
		{"name twice", "twice", func(s *Store) {
			ref(s, commit(s, raw(s, "100644 a "+blob.String(), "100644 a "+blob.String())))
		}},
		{"name of git's", "no folder may hold", func(s *Store) { ref(s, commit(s, raw(s, "100644 .GIT "+blob.String()))) }},
		{"strange mode", "mode 100600", func(s *Store) { ref(s, commit(s, raw(s, "100600 a "+blob.String()))) }},
		{"cut tree", "damaged", func(s *Store) {
			b := s.NewBatch()
			tree := b.Put(Tree, []byte("100644 a\x00short"))
			if err := b.Flush(); err != nil {
				t.Fatal(err)
			}
			ref(s, commit(s, tree))
		}},
		{"loose object of another name", "not what its name says", func(s *Store) {
			id := mustID(t, gitRun(t, s.Dir(), "x", "hash-object", "-w", "--stdin"))
			to := loosePath(s.objectsDir, absent)
			if err := makeFolders(filepath.Dir(to)); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(loosePath(s.objectsDir, id), to); err != nil {
				t.Fatal(err)
			}
			b := s.NewBatch()
			tree := b.Put(Tree, EncodeTree([]TreeEntry{{ModeFile, "a", absent}}))
			if err := b.Flush(); err != nil {
				t.Fatal(err)
			}
			ref(s, commit(s, tree))
		}},
		{"flipped bit", "damaged", func(s *Store) {
			newSaver(t, s).save("f/p.md", pageText(1, 1, 300))
			path := s.packs()[0].base + ".pack"
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content[len(content)/2] ^= 1
			if err := errors.Join(os.Chmod(path, 0o666), os.WriteFile(path, content, 0o666)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			c.breakIt(s)
			got := strings.Join(problems(t, mustOpen(t, s.Dir())), "\n")
			if !strings.Contains(got, c.want) {
				t.Errorf("reports %q, want %q in them", got, c.want)
			}
		})
	}
}

func TestCheckStops(t *testing.T) {
	s := newStore(t)
	newSaver(t, s).save("f/p.md", "x")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Check(ctx, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("Check() = %v", err)
	}
}
