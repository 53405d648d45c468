package gitstore

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMappedPagesAreGivenBack reads every object of a pack, and then looks how much of the pack counts as memory of this
// process: what the last reads brought in, and not the whole pack.
func TestMappedPagesAreGivenBack(t *testing.T) {
	s := newStore(t)
	const objects, size = 8 * releaseReads, 16 << 10
	random := rand.New(rand.NewPCG(1, 2))
	b := s.NewBatch()
	var ids []ID
	for range objects {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.Uint32()) // does not get smaller
		}
		ids = append(ids, b.Put(Blob, data))
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	reader, err := Open(s.Dir(), Options{}) // its cache is empty
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, i := range random.Perm(objects) {
		if _, _, err := reader.Read(ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	const pack = objects * size >> 10 // and a little more
	mapped, resident := mappedFrom(t, filepath.Join(s.Dir(), "objects", "pack"))
	if mapped < pack {
		t.Fatalf("%d kB of packs are mapped", mapped)
	}
	if resident > pack/2 {
		t.Errorf("%d of the %d kB of the pack count as memory of ours", resident, pack)
	}
	t.Logf("%d of %d kB", resident, pack)
}

// mappedFrom gives how much of the packs in a folder this process has mapped, and how much of that counts as its memory,
// in kilobytes.
func mappedFrom(t *testing.T, folder string) (mapped, resident int) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ours := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, rest, _ := strings.Cut(lines.Text(), ":")
		var n int
		switch {
		case strings.Contains(key, "-") && strings.Contains(lines.Text(), " r"):
			ours = strings.Contains(lines.Text(), folder) && strings.HasSuffix(lines.Text(), ".pack")
		case ours && key == "Size":
			fmt.Sscan(rest, &n)
			mapped += n
		case ours && key == "Rss":
			fmt.Sscan(rest, &n)
			resident += n
		}
	}
	return mapped, resident
}
