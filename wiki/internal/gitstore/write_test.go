package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newStore makes an empty repository with Init and opens it.
func newStore(t testing.TB) *Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := Init(dir, "main"); err != nil {
		t.Fatal(err)
	}
	return mustOpen(t, dir)
}

// fsck lets native git judge a repository.
func fsck(t testing.TB, dir string) {
	t.Helper()
	if out := gitRun(t, dir, "", "fsck", "--strict", "--full", "--no-dangling"); strings.TrimSpace(out) != "" {
		t.Fatalf("git fsck: %s", out)
	}
}

// author is who saves in tests.
func author(n int) Signature {
	return Signature{Name: "Wanda Writer", Email: "wanda@example.org", When: time.Unix(1700000000+int64(n), 0).UTC()}
}

// saver makes saves as the wiki does: a page, the trees above it, a commit, the ref.
type saver struct {
	t     testing.TB
	s     *Store
	pages map[string]ID // path -> blob; paths have one folder
	trees map[string]ID // folder -> tree
	head  ID
	count int
}

func newSaver(t testing.TB, s *Store) *saver {
	return &saver{t: t, s: s, pages: map[string]ID{}, trees: map[string]ID{}}
}

// save writes one page and returns the commit.
func (sv *saver) save(path, text string) ID {
	sv.t.Helper()
	b := sv.s.NewBatch()
	next := sv.put(b, path, text)
	if err := b.Flush(); err != nil {
		sv.t.Fatal(err)
	}
	if err := sv.s.UpdateRef("refs/heads/main", next, sv.head); err != nil {
		sv.t.Fatal(err)
	}
	sv.head = next
	return next
}

// put puts a page's objects in a batch and returns the commit, whose parent is what parent says.
func (sv *saver) put(b *Batch, path, text string) ID {
	sv.count++
	folder := path[:strings.IndexByte(path, '/')]
	sv.pages[path] = b.Put(Blob, []byte(text))
	var files, folders []TreeEntry
	for p, id := range sv.pages {
		if dir, name, _ := strings.Cut(p, "/"); dir == folder {
			files = append(files, TreeEntry{Mode: ModeFile, Name: name, ID: id})
		}
	}
	sv.trees[folder] = b.PutTree(EncodeTree(files), sv.trees[folder])
	for name, id := range sv.trees {
		folders = append(folders, TreeEntry{Mode: ModeTree, Name: name, ID: id})
	}
	root := b.PutTree(EncodeTree(folders), sv.trees["/"])
	c := &CommitData{Tree: root, Author: author(sv.count), Committer: author(sv.count), Message: fmt.Sprintf("save %d\n", sv.count)}
	if !sv.head.IsZero() {
		c.Parents = []ID{sv.head}
	}
	return b.Put(Commit, EncodeCommit(c))
}

// pageText is a page of about n lines that changes a little from version to version.
func pageText(page, version, n int) string {
	r := rand.New(rand.NewPCG(uint64(page), 7))
	var b strings.Builder
	fmt.Fprintf(&b, "# Page %d\n\n", page)
	for line := range n {
		fmt.Fprintf(&b, "Line %d says %d and %d to those who ask.\n", line, r.Uint32(), r.Uint32())
		if line == version%max(n, 1) {
			fmt.Fprintf(&b, "Version %d was here.\n", version)
		}
	}
	return b.String()
}

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "down", "wiki.git")
	if err := Init(dir, "trunk"); err != nil {
		t.Fatal(err)
	}
	if got := gitLine(t, dir, "symbolic-ref", "HEAD"); got != "refs/heads/trunk" {
		t.Errorf("HEAD names %s", got)
	}
	if got := gitLine(t, dir, "rev-parse", "--is-bare-repository"); got != "true" {
		t.Errorf("bare is %s", got)
	}
	fsck(t, dir)
	s := mustOpen(t, dir)
	if branch, err := s.HeadBranch(); err != nil || branch != "refs/heads/trunk" {
		t.Errorf("HeadBranch() = %q, %v", branch, err)
	}
	if err := Init(dir, "main"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Init of a full folder: %v", err)
	}
	for _, bad := range []string{"", "a..b", "a b", "x.lock", "-/", "a\nb"} {
		empty := t.TempDir()
		if err := Init(empty, bad); !errors.Is(err, ErrBadRef) {
			t.Errorf("Init with branch %q: %v", bad, err)
		}
	}
}

func TestBatchIsReadByGit(t *testing.T) {
	s := newStore(t)
	sv := newSaver(t, s)
	for n := range 30 {
		sv.save(fmt.Sprintf("f%d/p%d.md", n%3, n%7), pageText(n%7, n, 40))
	}
	fsck(t, s.Dir())
	if got := gitLine(t, s.Dir(), "rev-list", "--count", "main"); got != "30" {
		t.Errorf("git counts %s commits", got)
	}
	if got := gitRun(t, s.Dir(), "", "cat-file", "blob", "main:f2/p1.md"); got != pageText(1, 29, 40) {
		t.Errorf("git reads\n%s", got)
	}
	compareAll(t, s, gitObjects(t, s.Dir()))
	again := mustOpen(t, s.Dir())
	compareAll(t, again, gitObjects(t, s.Dir()))
}

func TestBatchKinds(t *testing.T) {
	s := newStore(t)
	b := s.NewBatch()
	blob := b.Put(Blob, nil)
	big := b.Put(Blob, bytes.Repeat([]byte("much of the same "), 1<<18))
	tree := b.Put(Tree, EncodeTree([]TreeEntry{{ModeFile, "empty", blob}, {ModeExecutable, "big", big}, {ModeSymlink, "link", blob}}))
	commit := b.Put(Commit, EncodeCommit(&CommitData{Tree: tree, Author: author(1), Committer: author(1), Message: "m\n"}))
	tag := b.Put(Tag, []byte("object "+commit.String()+"\ntype commit\ntag v1\ntagger A <a@example.org> 1 +0000\n\nx\n"))
	if b.Len() != 5 {
		t.Errorf("Len() = %d", b.Len())
	}
	if kind, content, err := b.Read(commit); err != nil || kind != Commit || len(content) == 0 {
		t.Errorf("Read from the batch: %v %d %v", kind, len(content), err)
	}
	if _, _, err := s.Read(commit); !errors.Is(err, ErrNotFound) {
		t.Errorf("Read before Flush: %v", err)
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if b.Len() != 0 || b.Size() != 0 {
		t.Errorf("after Flush: %d objects, %d bytes", b.Len(), b.Size())
	}
	if err := s.UpdateRef("refs/tags/v1", tag, ID{}); err != nil {
		t.Fatal(err)
	}
	compareAll(t, s, gitObjects(t, s.Dir()))
	fsck(t, s.Dir())
}

func TestBatchSkipsWhatIsThere(t *testing.T) {
	s := newStore(t)
	gitRun(t, s.Dir(), "loose one\n", "hash-object", "-w", "--stdin")
	sv := newSaver(t, s)
	sv.save("f/p.md", "text\n")
	b := s.NewBatch()
	b.Put(Blob, []byte("text\n"))
	b.Put(Blob, []byte("loose one\n"))
	b.Put(Blob, []byte("new\n"))
	b.Put(Blob, []byte("new\n"))
	if b.Len() != 1 {
		t.Errorf("Len() = %d, want 1", b.Len())
	}
	before := packFiles(t, s)
	if err := s.NewBatch().Flush(); err != nil || len(packFiles(t, s)) != len(before) {
		t.Errorf("empty Flush: %v, %d files", err, len(packFiles(t, s)))
	}
}

// A pack that is gone from disk but still mapped does not count.
func TestBatchWritesAgainWhatIsGone(t *testing.T) {
	s := newStore(t)
	b := s.NewBatch()
	id := b.Put(Blob, []byte("unreachable\n"))
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, name := range packFiles(t, s) {
		if err := os.Remove(filepath.Join(s.Dir(), "objects", "pack", name)); err != nil {
			t.Fatal(err)
		}
	}
	b = s.NewBatch()
	b.Put(Blob, []byte("unreachable\n"))
	if b.Len() != 1 {
		t.Fatal("the object was taken for durable")
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	gitRun(t, s.Dir(), "", "cat-file", "-e", id.String())
}

func packFiles(t testing.TB, s *Store) []string {
	t.Helper()
	names, err := readNames(filepath.Join(s.Dir(), "objects", "pack"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutTreeStoresDeltas(t *testing.T) {
	s := newStore(t)
	b := s.NewBatch()
	entries := make([]TreeEntry, 500)
	for i := range entries {
		entries[i] = TreeEntry{ModeFile, fmt.Sprintf("page-%04d.md", i), HashObject(Blob, []byte{byte(i), byte(i >> 8)})}
		b.Put(Blob, []byte{byte(i), byte(i >> 8)})
	}
	like := b.PutTree(EncodeTree(entries), ID{})
	var last ID
	for n := range 120 {
		blob := fmt.Appendf(nil, "version %d", n)
		entries[n*4].ID = b.Put(Blob, blob)
		last = b.PutTree(EncodeTree(entries), like)
		like = last
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Tree(last)
	if err != nil || !bytes.Equal(raw, EncodeTree(entries)) {
		t.Fatalf("last tree: %d bytes, %v", len(raw), err)
	}
	out := verifyPacks(t, s)
	depth, trees := 0, 0
	for _, o := range out {
		if o.kind == "tree" {
			trees++
			depth = max(depth, o.depth)
		}
	}
	if trees != 121 || depth != maxBatchDepth {
		t.Errorf("%d trees in chains of up to %d", trees, depth)
	}
	if size := s.packs()[0].size; size > 80<<10 {
		t.Errorf("the pack has %d bytes", size)
	}
}

// verifiedObject is a line of git verify-pack -v.
type verifiedObject struct {
	id    ID
	kind  string
	depth int
}

// verifyPacks lets git verify every pack, objects and index, and returns what it says is in them.
func verifyPacks(t testing.TB, s *Store) (all []verifiedObject) {
	t.Helper()
	for _, p := range s.ownPacks() {
		for line := range strings.Lines(gitRun(t, s.Dir(), "", "verify-pack", "-v", p.base+".idx")) {
			f := strings.Fields(line)
			if len(f) < 5 || len(f[0]) != 40 {
				continue
			}
			o := verifiedObject{id: mustID(t, f[0]), kind: f[1]}
			if len(f) == 7 {
				o.depth, _ = strconv.Atoi(f[5])
			}
			all = append(all, o)
		}
	}
	return all
}

// A flush that cannot write leaves nothing behind, and can be repeated.
func TestFlushRefused(t *testing.T) {
	s := newStore(t)
	b := s.NewBatch()
	id := b.Put(Blob, []byte("x"))
	packs := filepath.Join(s.Dir(), "objects", "pack")
	if err := os.Remove(packs); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(packs, nil, 0o666); err != nil { // a file where the folder should be: nobody can write there
		t.Fatal(err)
	}
	if err := b.Flush(); err == nil {
		t.Fatal("Flush wrote into a file")
	}
	if b.Len() != 1 {
		t.Errorf("after the error: %d objects", b.Len())
	}
	if err := os.Remove(packs); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(); err != nil {
		t.Fatalf("second Flush: %v", err)
	}
	if _, _, err := s.Read(id); err != nil {
		t.Error(err)
	}
	for _, name := range packFiles(t, s) {
		if strings.HasPrefix(name, "tmp_") {
			t.Errorf("%s was left", name)
		}
	}
	ro := openReadOnly(t, s.Dir())
	b = ro.NewBatch()
	b.Put(Blob, []byte("y"))
	if err := b.Flush(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Flush of a read-only store: %v", err)
	}
}

// openReadOnly is mustOpen for a store that must not be written to.
func openReadOnly(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// failAfter is a disk that is full after n bytes.
type failAfter struct{ n int }

func (f *failAfter) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestPackWriterKeepsFirstError(t *testing.T) {
	for n := range 40 {
		pw := newPackWriter(&failAfter{n * 5000}, 1)
		noise := make([]byte, 200_000)
		_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
		pw.add(Blob, ID{1}, noise)
		if _, err := pw.finish(); !errors.Is(err, io.ErrShortWrite) {
			t.Fatalf("full after %d bytes: %v", n*5000, err)
		}
	}
	pw := newPackWriter(io.Discard, 2)
	pw.add(Blob, ID{1}, nil)
	if _, err := pw.finish(); err == nil {
		t.Error("a pack of 2 was finished with 1")
	}
}

func TestEntryHeaderRoundTrip(t *testing.T) {
	const off = 1 << 40
	for _, size := range []int64{0, 1, 15, 16, 2047, 2048, 1<<20 + 3, 1 << 31, 1<<40 + 5} {
		for _, kind := range []Kind{Commit, Tree, Blob, Tag} {
			b := appendEntryHeader(nil, kind, size)
			e, n := parseEntry(b, off)
			if n != len(b) || e.kind != kind || e.size != size {
				t.Errorf("%v %d: read back as %v %d, %d of %d bytes", kind, size, e.kind, e.size, n, len(b))
			}
		}
		if size == 0 || size >= off {
			continue
		}
		b := appendDistance(appendEntryHeader(nil, ofsDelta, size), size)
		if e, n := parseEntry(b, off); n != len(b) || e.baseOff != off-size {
			t.Errorf("distance %d: read back as %d", size, off-e.baseOff)
		}
	}
}

func TestIndexOfLargePack(t *testing.T) {
	records := []packRecord{{ID{0}, 1, 12}, {ID{0xff}, 2, largeOffset - 1}, {ID{7}, 3, largeOffset}, {ID{7, 1}, 4, 1 << 40}}
	b := encodeIndex(records, ID{9})
	if got := binary.BigEndian.Uint32(b[8+4*255:]); got != 4 {
		t.Errorf("fan-out ends at %d", got)
	}
	p := &pack{base: "x", size: 1 << 41, count: 4, large: 2, idx: &file{data: b, size: int64(len(b))}}
	for _, r := range records {
		off, ok, err := p.offsetOf(r.id)
		if err != nil || !ok || off != r.off {
			t.Errorf("%v: offset %d, %v, %v; want %d", r.id, off, ok, err, r.off)
		}
	}
}

func TestMakeDelta(t *testing.T) {
	long := pageText(1, 2, 400)
	for _, c := range []struct {
		name         string
		base, target string
		most         int // bytes of delta; 0: none expected
	}{
		{"equal", long, long, 30},
		{"one line more", long, pageText(1, 2, 401), 120},
		{"splice", long, long[:900] + "something else" + long[1000:], 50},
		{"two places", long, "new front\n" + long[100:5000] + "middle" + long[5000:9000] + "new end", 100},
		{"moved", long, long[6000:] + long[:6000], 60},
		{"repeated base", strings.Repeat("abc", 9000), strings.Repeat("abc", 9001), 60},
		{"nothing in common", strings.Repeat("a", 500), strings.Repeat("b", 500), 0},
		{"empty base", "", long, 0},
		{"empty target", long, "", 0},
		{"over 64 KiB", strings.Repeat(long, 9), strings.Repeat(long, 9) + "x", 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := makeDelta([]byte(c.base), []byte(c.target), deltaLimit(len(c.target)))
			if c.most == 0 {
				if d != nil {
					t.Fatalf("a delta of %d bytes", len(d))
				}
				return
			}
			if d == nil || len(d) > c.most {
				t.Fatalf("%d bytes of delta (nil: %v), want at most %d", len(d), d == nil, c.most)
			}
			got, err := applyDelta(nil, []byte(c.base), d)
			if err != nil || string(got) != c.target {
				t.Fatalf("applied: %d bytes, %v", len(got), err)
			}
		})
	}
}

func FuzzMakeDelta(f *testing.F) {
	f.Add([]byte("one two three four five six seven"), []byte("one two three 4 five six seven eight"))
	f.Add([]byte(pageText(1, 1, 30)), []byte(pageText(1, 9, 30)))
	f.Add(bytes.Repeat([]byte("ab"), 200), bytes.Repeat([]byte("ba"), 300))
	f.Fuzz(func(t *testing.T, base, target []byte) {
		d := makeDelta(base, target, 1<<30)
		if d == nil {
			if len(base) > 0 && len(target) > 0 {
				t.Fatal("no delta")
			}
			return
		}
		got, err := applyDelta(nil, base, d)
		if err != nil || !bytes.Equal(got, target) {
			t.Fatalf("%q from %q: %q, %v", target, base, got, err)
		}
	})
}

// FuzzPackRoundTrip writes a pack of the pieces of its input, whole and as deltas, and reads it back. git verifies the
// seeds. Nothing is synced: that would leave one round a second.
func FuzzPackRoundTrip(f *testing.F) {
	f.Add([]byte("alpha|beta|gamma"), byte('|'))
	f.Add([]byte(pageText(3, 1, 30)+"\x00"+pageText(3, 2, 30)+"\x00"+pageText(3, 3, 30)), byte(0))
	f.Add([]byte{}, byte(0))
	f.Add(bytes.Repeat([]byte{0, 1, 2, 3}, 5000), byte(4))
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	f.Fuzz(func(t *testing.T, data []byte, cut byte) {
		b := (&Store{bases: newBaseCache(1 << 20)}).NewBatch()
		want := map[ID][]byte{}
		for i, piece := range bytes.Split(data, []byte{cut}) {
			id := HashObject(Blob, piece)
			if _, ok := want[id]; ok {
				continue
			}
			want[id] = piece
			b.objects = append(b.objects, batchObject{id: id, kind: Blob, data: piece, like: -1})
			if n := len(b.objects) - 1; i%3 > 0 && n > 0 {
				b.deltify(n, n-1)
			}
		}
		p := writeUnsynced(t, b)
		for id, piece := range want {
			off, ok, err := p.offsetOf(id)
			if err != nil || !ok {
				t.Fatalf("%s is not in the index: %v", id, err)
			}
			if _, got, _, err := p.read(off, b.s.bases); err != nil || !bytes.Equal(got, piece) {
				t.Fatalf("%s: %d bytes, %v; want %d", id, len(got), err, len(piece))
			}
		}
		if !fuzzing {
			gitRun(t, filepath.Dir(p.base), "", "verify-pack", p.base+".idx")
		}
	})
}

// writeUnsynced writes a batch as a pack and opens it.
func writeUnsynced(t *testing.T, b *Batch) *pack {
	t.Helper()
	base := filepath.Join(t.TempDir(), "pack-x")
	var content bytes.Buffer
	pw := newPackWriter(&content, len(b.objects))
	b.write(pw)
	sum, err := pw.finish()
	if err == nil {
		err = errors.Join(os.WriteFile(base+".pack", content.Bytes(), 0o666), os.WriteFile(base+".idx", encodeIndex(pw.records, sum), 0o666))
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := openPack(base)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
