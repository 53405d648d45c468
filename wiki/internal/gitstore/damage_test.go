package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
)

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestDamagedLoose(t *testing.T) {
	dir := gitInit(t)
	s := mustOpen(t, dir)
	whole := deflate([]byte("blob 5\x00words"))
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"empty":              {nil, ErrDamaged},
		"not zlib":           {[]byte("blob 5\x00words"), ErrDamaged},
		"cut short":          {whole[:len(whole)-1], ErrDamaged},
		"bad checksum":       {append(whole[:len(whole)-1:len(whole)-1], whole[len(whole)-1]^1), ErrDamaged},
		"no header":          {deflate([]byte("words")), ErrDamaged},
		"unknown kind":       {deflate([]byte("blub 5\x00words")), ErrDamaged},
		"length is no digit": {deflate([]byte("blob five\x00words")), ErrDamaged},
		"length is negative": {deflate([]byte("blob -5\x00words")), ErrDamaged},
		"longer":             {deflate([]byte("blob 4\x00words")), ErrDamaged},
		"shorter":            {deflate([]byte("blob 6\x00words")), ErrDamaged},
		"much shorter":       {deflate([]byte("blob 200000000\x00words")), ErrDamaged},
		"over the limit":     {deflate([]byte("blob 9999999999\x00words")), ErrTooLarge},
		"long header":        {deflate([]byte("blob " + strings.Repeat("0", 40) + "5\x00words")), ErrDamaged},
	} {
		id := HashObject(Blob, []byte(name))
		writeFile(t, loosePath(filepath.Join(dir, "objects"), id), string(c.file))
		if _, _, err := s.Read(id); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnotherCopy damages one of two copies of an object.
func TestAnotherCopy(t *testing.T) {
	dir := generated(t)
	blob := mustID(t, gitRun(t, dir, strings.Repeat("words that are in two places\n", 100), "hash-object", "-w", "--stdin"))
	gitRun(t, dir, blob.String(), "pack-objects", "-q", filepath.Join(dir, "objects", "pack", "pack"))
	for _, p := range mustOpen(t, dir).packs() {
		if off, ok, _ := p.offsetOf(blob); ok {
			e, err := p.entry(off)
			if err != nil {
				t.Fatal(err)
			}
			flipByte(t, p.base+".pack", e.data+10)
		}
	}
	s := mustOpen(t, dir)
	if _, content, err := s.Read(blob); err != nil || HashObject(Blob, content) != blob {
		t.Errorf("the loose copy is whole: %v", err)
	}
	if err := os.Remove(loosePath(s.objectsDir, blob)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Read(blob); !errors.Is(err, ErrDamaged) {
		t.Errorf("no whole copy: %v", err)
	}
}

func flipByte(t testing.TB, path string, at int64) {
	t.Helper()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 0x55
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPackCutShortInUse cuts a pack that is mapped: reading behind its end is a fault of memory, which must not end the process.
func TestPackCutShortInUse(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	all := gitObjects(t, dir)
	path := onlyPack(t, dir)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 5000); err != nil { // inside the second memory page
		t.Fatal(err)
	}
	damaged := 0
	for _, o := range all {
		kind, content, err := s.Read(o.id)
		switch {
		case errors.Is(err, ErrDamaged):
			damaged++
		case err != nil:
			t.Fatalf("%s: %v", o.id, err)
		case HashObject(kind, content) != o.id:
			t.Fatalf("%s: wrong content", o.id)
		}
	}
	if damaged == 0 {
		t.Error("no damage seen")
	}
	if _, err := Open(dir, Options{}); err != nil {
		t.Errorf("opening with a broken pack: %v", err)
	}
}

// TestBrokenPack puts a pack that cannot be opened beside a whole one.
func TestBrokenPack(t *testing.T) {
	dir := packed(t, generated(t))
	all := gitObjects(t, dir)
	base := filepath.Join(dir, "objects", "pack", "pack-"+strings.Repeat("1", 40))
	whole := strings.TrimSuffix(onlyPack(t, dir), ".pack")
	idx, err := os.ReadFile(whole + ".idx")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, base+".pack", "PACK\x00\x00\x00\x02 and nothing that follows from it")
	writeFile(t, base+".idx", string(idx))
	s := mustOpen(t, dir)
	compareAll(t, s, all)
	_, _, err = s.Read(HashObject(Blob, []byte("perhaps in the broken pack")))
	if !errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotFound) {
		t.Errorf("an object that may be in the broken pack: %v", err)
	}
	for _, ext := range []string{".idx", ".pack"} {
		if err := os.Remove(base + ext); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err = s.Read(HashObject(Blob, []byte("nowhere"))); !errors.Is(err, ErrNotFound) {
		t.Errorf("after the broken pack has gone: %v", err)
	}
}

// TestReadWithoutMapping reads a pack as systems without mmap do.
func TestReadWithoutMapping(t *testing.T) {
	dir := packed(t, generated(t))
	s := mustOpen(t, dir)
	p := s.packs()[0]
	var err error
	if p.dat, err = openReadAt(p.base+".pack", false); err != nil {
		t.Fatal(err)
	}
	if p.idx, err = openReadAt(p.base+".idx", true); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.checkIndex(), p.checkPack()); err != nil {
		t.Fatal(err)
	}
	compareAll(t, s, gitObjects(t, dir))
}

func TestDamagedIndex(t *testing.T) {
	dir := packed(t, generated(t))
	base := strings.TrimSuffix(onlyPack(t, dir), ".pack")
	idx, err := os.ReadFile(base + ".idx")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(base+".idx", 0o644); err != nil {
		t.Fatal(err)
	}
	count := openedCount(t, base)
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		want   error
	}{
		"empty":           {func(b []byte) []byte { return nil }, ErrDamaged},
		"no magic":        {func(b []byte) []byte { b[0] = 0; return b }, ErrDamaged},
		"version 3":       {func(b []byte) []byte { b[7] = 3; return b }, ErrUnsupported},
		"fan-out falls":   {func(b []byte) []byte { b[8] = 0x0f; return b }, ErrDamaged},
		"fan-out too big": {func(b []byte) []byte { b[8+255*4] = 0xff; return b }, ErrDamaged},
		"cut short":       {func(b []byte) []byte { return b[:len(b)-1] }, ErrDamaged},
		"cut by a table":  {func(b []byte) []byte { return b[:len(b)-28] }, ErrDamaged},
		"other pack":      {func(b []byte) []byte { b[len(b)-40] ^= 1; return b }, ErrDamaged},
	} {
		if err := os.WriteFile(base+".idx", c.change(bytes.Clone(idx)), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := openPack(base); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Offsets that lead outside are seen when they are used.
	wrong := bytes.Clone(idx)
	for i := range count {
		copy(wrong[idxNames+24*count+4*i:], "\x7f\xff\xff\xff")
	}
	if err := os.WriteFile(base+".idx", wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := openPack(base)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := p.offsetOf(p.id(0)); !ok || !errors.Is(err, ErrDamaged) {
		t.Errorf("offset outside: %v", err)
	}
}

func openedCount(t testing.TB, base string) int {
	t.Helper()
	p, err := openPack(base)
	if err != nil {
		t.Fatal(err)
	}
	return p.count
}

func TestApplyDelta(t *testing.T) {
	base := []byte("the words of the base")
	head := func(from, to int) string { return string([]byte{byte(from), byte(to)}) }
	for name, c := range map[string]struct {
		delta, want string
		err         error
	}{
		"insert":               {head(21, 3) + "\x03abc", "abc", nil},
		"copy":                 {head(21, 5) + "\x91\x04\x05", "words", nil},
		"copy without offset":  {head(21, 3) + "\x90\x03", "the", nil},
		"both":                 {head(21, 6) + "\x03abc\x90\x03", "abcthe", nil},
		"grows":                {head(21, 42) + "\x90\x15\x90\x15", string(base) + string(base), nil},
		"empty":                {head(21, 0), "", nil},
		"nothing":              {"", "", ErrDamaged},
		"one length":           {"\x15", "", ErrDamaged},
		"endless length":       {strings.Repeat("\xff", 20), "", ErrDamaged},
		"other base":           {head(20, 3) + "\x03abc", "", ErrDamaged},
		"instruction 0":        {head(21, 3) + "\x00", "", ErrDamaged},
		"insert cut short":     {head(21, 3) + "\x03ab", "", ErrDamaged},
		"operand cut short":    {head(21, 3) + "\x91\x04", "", ErrDamaged},
		"copy past the end":    {head(21, 5) + "\x91\x11\x05", "", ErrDamaged},
		"copy of 64 KiB":       {head(21, 5) + "\x80", "", ErrDamaged},
		"copy from 4 GiB":      {head(21, 5) + "\x9f\xff\xff\xff\xff\x05", "", ErrDamaged},
		"more than promised":   {head(21, 2) + "\x03abc", "", ErrDamaged},
		"less than promised":   {head(21, 4) + "\x03abc", "", ErrDamaged},
		"promises 200 MB":      {"\x15\x80\x84\xaf\x5f\x03abc", "", ErrDamaged},
		"promises 34 GB":       {"\x15\xff\xff\xff\xff\x7f\x03abc", "", ErrTooLarge},
		"instructions are bad": {"\x15\x80\x7f\x00", "", ErrDamaged},
	} {
		got, err := applyDelta(nil, base, []byte(c.delta))
		if !errors.Is(err, c.err) || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func FuzzApplyDelta(f *testing.F) {
	f.Add([]byte("the words of the base"), []byte("\x15\x06\x03abc\x90\x03"))
	f.Add([]byte(""), []byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		got, err := applyDelta(nil, base, delta)
		if err != nil {
			return
		}
		spare := make([]byte, 7, 64)
		again, err := applyDelta(spare, base, delta)
		if err != nil || !bytes.Equal(got, again) {
			t.Fatalf("%q, then %q, %v", got, again, err)
		}
		if _, size, _, err := deltaSizes(delta); err != nil || size != int64(len(got)) {
			t.Fatalf("promised %d, made %d", size, len(got))
		}
	})
}

// FuzzPack flips bytes in a pack and its index, or cuts them, and reads everything. Nothing may panic, hang or take memory
// without bound. The zlib checksum guards contents, so that what can be read in spite of it is nearly always right; a flip
// in a header may change a kind or a base, which only the name shows (Check compares it).
func FuzzPack(f *testing.F) {
	dir := packed(f, generated(f))
	base := strings.TrimSuffix(onlyPack(f, dir), ".pack")
	idx, err := os.ReadFile(base + ".idx")
	if err != nil {
		f.Fatal(err)
	}
	pack, err := os.ReadFile(base + ".pack")
	if err != nil {
		f.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		f.Add(r.Uint32(), byte(r.Uint32()), r.Uint32(), byte(r.Uint32()), uint32(0))
	}
	f.Add(uint32(4), byte(1), uint32(8), byte(0x80), uint32(0))
	f.Add(uint32(100), byte(0), uint32(100), byte(0), uint32(50_000))
	f.Fuzz(func(t *testing.T, packAt uint32, packFlip byte, idxAt uint32, idxFlip byte, cut uint32) {
		folder := t.TempDir()
		p, i := bytes.Clone(pack), bytes.Clone(idx)
		p[int(packAt)%len(p)] ^= packFlip
		i[int(idxAt)%len(i)] ^= idxFlip
		p = p[:len(p)-int(cut)%len(p)]
		copyOf := filepath.Join(folder, "pack-x")
		writeFile(t, copyOf+".pack", string(p))
		writeFile(t, copyOf+".idx", string(i))
		opened, err := openPack(copyOf)
		if err != nil {
			return
		}
		cache := newBaseCache(1 << 20)
		for k := range opened.count {
			if err := readAll(opened, k, cache); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
		}
	})
}

func readAll(p *pack, i int, cache *baseCache) error {
	off, err := p.offset(i)
	if err != nil {
		return err
	}
	kind, size, sizeErr := p.kindAndSize(off)
	readKind, content, _, err := p.read(off, cache)
	if err == nil && (sizeErr != nil || readKind != kind || int64(len(content)) != size) {
		return fmt.Errorf("read a %s of %d, kindAndSize says %s, %d, %w", readKind, len(content), kind, size, sizeErr)
	}
	return err
}

func TestBaseCache(t *testing.T) {
	const limit = 100_000
	c := newBaseCache(limit)
	if c.put(cacheKey{1, 1}, Blob, make([]byte, limit)) {
		t.Error("kept what is larger than its share")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 2000 {
		k := cacheKey{uint32(i % 3), int64(r.IntN(300))}
		want := bytes.Repeat([]byte{byte(k.off)}, int(k.off)*50+int(k.pack))
		if _, got, ok := c.get(k); ok && !bytes.Equal(got, want) {
			t.Fatalf("%v: another content", k)
		}
		kept := c.put(k, Tree, want)
		if _, got, ok := c.get(k); kept && (!ok || !bytes.Equal(got, want)) {
			t.Fatalf("%v: not there although kept", k)
		}
		if c.used.Load() > limit {
			t.Fatalf("%d bytes in use", c.used.Load())
		}
	}
	var sum int64
	for i := range c.shards {
		for _, e := range c.shards[i].entries {
			sum += e.cost()
		}
	}
	if sum != c.used.Load() {
		t.Errorf("%d bytes in the shards, %d counted", sum, c.used.Load())
	}
}
