package gitstore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// bundleOf writes a store's bundle.
func bundleOf(t testing.TB, s *Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.WriteBundle(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// refList is what git says of a repository's refs and HEAD.
func refList(t testing.TB, dir string) string {
	t.Helper()
	return gitRun(t, dir, "", "symbolic-ref", "HEAD") + gitRun(t, dir, "", "show-ref", "--head")
}

// sameObjects compares everything two repositories' refs lead to, as git sees it.
func sameObjects(t testing.TB, a, b string) {
	t.Helper()
	list := func(dir string) string { return gitRun(t, dir, "", "rev-list", "--objects", "--all") }
	if list(a) != list(b) {
		t.Error("the repositories hold different objects")
	}
}

// mixedStore has packs of ours, of git's and loose objects, a tag, branches and a note.
func mixedStore(t testing.TB) *Store {
	t.Helper()
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 60 {
		sv.save(fmt.Sprintf("f%d/p%d.md", n%3, n%9), pageText(n%9, n, 50))
		switch n {
		case 20:
			gitRun(t, s.Dir(), "", "gc", "-q")
		case 40:
			maintain(t, s)
		}
	}
	gitRun(t, s.Dir(), "", "tag", "-a", "-m", "one", "v1", "main~5")
	gitRun(t, s.Dir(), "", "notes", "add", "-m", "note", "main")
	gitRun(t, s.Dir(), "", "branch", "aside", "main~9")
	gitRun(t, s.Dir(), "", "branch", "a-twin", "main") // HEAD's branch is not the first where HEAD is
	return mustOpen(t, s.Dir())
}

func TestWriteBundleIsReadByGit(t *testing.T) {
	s := mixedStore(t)
	path := filepath.Join(t.TempDir(), "x.bundle")
	if err := os.WriteFile(path, bundleOf(t, s), 0o666); err != nil {
		t.Fatal(err)
	}
	gitRun(t, s.Dir(), "", "bundle", "verify", "-q", path)
	clone := filepath.Join(t.TempDir(), "clone.git")
	gitRun(t, s.Dir(), "", "clone", "-q", "--mirror", path, clone)
	fsck(t, clone)
	sameObjects(t, s.Dir(), clone)

	head, pack, _ := bytes.Cut(bundleOf(t, s), []byte("\n\n"))
	if !bytes.HasPrefix(head, []byte(bundleV2+"\n")) {
		t.Errorf("head: %.100q", head)
	}
	gitRun(t, gitInit(t), string(pack), "index-pack", "--strict", "--stdin")
}

func TestBundleRoundTrip(t *testing.T) {
	s := mixedStore(t)
	dir := filepath.Join(t.TempDir(), "restored", "wiki.git")
	if err := ReadBundle(context.Background(), iotest.OneByteReader(bytes.NewReader(bundleOf(t, s))), dir); err != nil {
		t.Fatal(err)
	}
	fsck(t, dir)
	if got, want := refList(t, dir), refList(t, s.Dir()); got != want {
		t.Errorf("refs are\n%swant\n%s", got, want)
	}
	sameObjects(t, s.Dir(), dir)
	restored := mustOpen(t, dir)
	compareAll(t, restored, gitObjects(t, dir))
	if got := problems(t, restored); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if err := ReadBundle(context.Background(), bytes.NewReader(bundleOf(t, s)), dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second ReadBundle to the same place: %v", err)
	}
}

func TestBundleOfEmptyRepository(t *testing.T) {
	s := newStore(t)
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := ReadBundle(context.Background(), bytes.NewReader(bundleOf(t, s)), dir); err != nil {
		t.Fatal(err)
	}
	if branch, err := mustOpen(t, dir).HeadBranch(); err != nil || branch != "refs/heads/main" {
		t.Errorf("HeadBranch() = %s, %v", branch, err)
	}
}

// A bundle is made while saves and folds go on.
func TestWriteBundleWhileSaving(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	sv.save("f/p.md", "0")
	done := make(chan struct{})
	var bundles [][]byte
	var failed error
	go func() {
		defer close(done)
		for range 10 {
			var b bytes.Buffer
			if failed = s.WriteBundle(context.Background(), &b); failed != nil {
				return
			}
			bundles = append(bundles, b.Bytes())
		}
	}()
	for n := 0; ; n++ {
		select {
		case <-done:
			if failed != nil {
				t.Fatal(failed)
			}
			for i, b := range bundles {
				dir := filepath.Join(t.TempDir(), strconv.Itoa(i))
				if err := ReadBundle(context.Background(), bytes.NewReader(b), dir); err != nil {
					t.Fatal(err)
				}
			}
			return
		default:
			sv.save("f/p.md", pageText(1, n, 30))
			maintain(t, s)
		}
	}
}

// What native git writes is read, delta bases given by name included.
func TestReadBundleOfGit(t *testing.T) {
	s := mixedStore(t)
	path := filepath.Join(t.TempDir(), "git.bundle")
	for name, args := range map[string][]string{
		"offsets": {"bundle", "create", "-q", path, "HEAD", "--all"},
		"names":   {"-c", "repack.useDeltaBaseOffset=false", "bundle", "create", "-q", path, "HEAD", "--all"},
		"v3":      {"bundle", "create", "-q", "--version=3", path, "HEAD", "--all"},
	} {
		gitRun(t, s.Dir(), "", args...)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "restored.git")
		if err := ReadBundle(context.Background(), bytes.NewReader(raw), dir); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		fsck(t, dir)
		sameObjects(t, s.Dir(), dir)
	}
	gitRun(t, s.Dir(), "", "bundle", "create", "-q", path, "main~3..main")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := ReadBundle(context.Background(), bytes.NewReader(raw), filepath.Join(t.TempDir(), "x")); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a bundle with prerequisites: %v", err)
	}
}

// A pack in which deltas name their bases, made by git pack-objects without --delta-base-offset.
func TestReceivePackWithNamedBases(t *testing.T) {
	s := mixedStore(t)
	raw := gitRun(t, s.Dir(), "", "pack-objects", "--all", "--stdout", "-q", "--no-reuse-delta")
	dir := gitInit(t)
	if err := receivePack(context.Background(), bufio.NewReader(strings.NewReader(raw)), filepath.Join(dir, "objects", "pack")); err != nil {
		t.Fatal(err)
	}
	received := mustOpen(t, dir)
	named := 0
	p := received.packs()[0]
	for i := range p.count {
		off, err := p.offset(i)
		if err != nil {
			t.Fatal(err)
		}
		if e, err := p.entry(off); err != nil || e.kind == refDelta {
			named++
		}
	}
	if named == 0 {
		t.Error("no delta in the pack names its base")
	}
	verifyPacks(t, received)
	compareAll(t, received, gitObjects(t, s.Dir()))
}

// Every byte of a bundle matters: cut or changed anywhere, it is refused, and nothing is left.
func TestReadBundleDamaged(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 4 {
		sv.save("f/p.md", pageText(1, n, 12))
	}
	maintain(t, s)
	good := bundleOf(t, s)
	parent := t.TempDir()
	dir := filepath.Join(parent, "new", "data", "x.git")
	try := func(what string, raw []byte) {
		t.Helper()
		err := ReadBundle(context.Background(), bytes.NewReader(raw), dir)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", what, err)
		}
		if names, _ := readNames(parent); len(names) > 0 {
			t.Fatalf("%s: left %q", what, names)
		}
	}
	refs := bytes.Index(good, []byte("\n\n"))
	for n := 0; n < len(good); n += 1 + len(good)/50 {
		try(fmt.Sprintf("cut to %d of %d bytes", n, len(good)), good[:n])
		if n > len(bundleV2) && n < refs {
			continue // another letter in a ref's name is another ref
		}
		bad := bytes.Clone(good)
		bad[n] ^= 0x04
		try(fmt.Sprintf("byte %d of %d changed", n, len(good)), bad)
	}
	try("a ref to nothing", bytes.Replace(good, []byte(sv.head.String()), []byte(HashObject(Blob, nil).String()), 2))
	try("a name that leads out", bytes.Replace(good, []byte("refs/heads/main"), []byte("refs/../../main"), 1))
}

func TestReadBundleStops(t *testing.T) {
	s := mixedStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	parent := t.TempDir()
	if err := ReadBundle(ctx, bytes.NewReader(bundleOf(t, s)), filepath.Join(parent, "x.git")); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadBundle() = %v", err)
	}
	if names, _ := readNames(parent); len(names) > 0 {
		t.Errorf("left %q", names)
	}
	if err := s.WriteBundle(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("WriteBundle() = %v", err)
	}
	if err := s.WriteBundle(context.Background(), &failAfter{2000}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("WriteBundle() to a full disk = %v", err)
	}
}

func TestBundleOfRealHistory(t *testing.T) {
	bundle, ok := owaspBundle(t)
	if !ok {
		return
	}
	raw, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored.git")
	if err := ReadBundle(context.Background(), bytes.NewReader(raw), dir); err != nil {
		t.Fatal(err)
	}
	native := cloneBundle(t, bundle)
	sameObjects(t, native, dir)
	again := bundleOf(t, mustOpen(t, dir))
	t.Logf("git's bundle has %d bytes, ours %d", len(raw), len(again))
	path := filepath.Join(t.TempDir(), "again.bundle")
	if err := os.WriteFile(path, again, 0o666); err != nil {
		t.Fatal(err)
	}
	clone := filepath.Join(t.TempDir(), "clone.git")
	gitRun(t, dir, "", "clone", "-q", "--mirror", path, clone)
	fsck(t, clone)
	sameObjects(t, native, clone)
}

// FuzzReceivePack: whatever comes, there is an error, or every object can be read and is what its name says.
func FuzzReceivePack(f *testing.F) {
	s := newStore(f)
	sv := newSaver(f, s)
	addPack := func() {
		_, pack, _ := bytes.Cut(bundleOf(f, s), []byte("\n\n"))
		f.Add(pack)
	}
	f.Add([]byte{})
	for n := range 3 {
		sv.save("f/p.md", pageText(1, n, 5))
	}
	addPack()
	maintain(f, s)
	addPack()
	f.Add([]byte(gitRun(f, s.Dir(), "", "pack-objects", "--all", "--stdout", "-q", "--no-reuse-delta")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > packTrailerSize { // make the checksum right, or nothing else would ever be tried
			sum := sha1.Sum(raw[:len(raw)-packTrailerSize])
			raw = append(bytes.Clone(raw[:len(raw)-packTrailerSize]), sum[:]...)
		}
		file, err := os.Create(filepath.Join(t.TempDir(), "x.pack"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r := &receiver{in: newPackStream(bufio.NewReader(bytes.NewReader(raw)), file), cache: newBaseCache(1 << 20)}
		if _, err := r.readAll(context.Background()); err != nil {
			return
		}
		if err := r.resolve(context.Background(), file.Name()); err != nil {
			return
		}
		if _, err := r.records(); err != nil {
			return
		}
		for n := range r.objects {
			content, err := r.content(int32(n))
			if err != nil || HashObject(r.objects[n].final, content) != r.objects[n].id {
				t.Fatalf("object %d: %v", n, err)
			}
		}
	})
}

func FuzzBundleHead(f *testing.F) {
	id := HashObject(Blob, nil).String()
	f.Add([]byte(bundleV2 + "\n" + id + " HEAD\n" + id + " refs/heads/main\n\nPACK"))
	f.Add([]byte(bundleV3 + "\n@object-format=sha1\n-" + id + " subject\n" + id + " refs/heads/main\n\n"))
	f.Add([]byte(bundleV2 + "\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := readBundleHead(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		if !validRefName("refs/heads/" + h.branch()) {
			t.Errorf("HEAD would be %q", h.branch())
		}
		refs, err := parsePackedRefs(h.packedRefs())
		if err != nil || len(refs) != len(h.refs) {
			t.Errorf("%d refs became %d, %v", len(h.refs), len(refs), err)
		}
	})
}
