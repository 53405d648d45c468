package gitstore

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
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
	if !s.Has(want.id) || !s.known(want.id) {
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

func TestReadRealHistory(t *testing.T) {
	bundle, ok := owaspBundle(t)
	if !ok {
		return
	}
	dir := cloneBundle(t, bundle)
	s := mustOpen(t, dir)
	all := gitObjects(t, dir)
	compareAll(t, s, all)
	t.Logf("%d objects", len(all))
}
