package wiki

import (
	"bytes"
	"cmp"
	"path"
	"slices"
)

const (
	// minSimilarity is the share of a page that must be kept for a deleted and an added page to be one renamed page:
	// git's default.
	minSimilarity = 0.5
	// maxRenamePairs bounds the texts compared in one step of history. git's default limit (diff.renameLimit) is a
	// thousand by a thousand; pages that moved unchanged are found without comparing texts.
	maxRenamePairs = 1_000_000
)

// FindRenames joins each Deleted and Added page that are one page under another name into a Renamed, and leaves all
// else as it is. First pages whose text is the same, of which the ones that keep their last element come first; then
// the most similar pairs, by git's measure.
func FindRenames(changes []Change, read func(ID) ([]byte, error)) ([]Change, error) {
	var gone, come []int
	for i, c := range changes {
		switch c.Kind {
		case Deleted:
			gone = append(gone, i)
		case Added:
			come = append(come, i)
		}
	}
	if len(gone) == 0 || len(come) == 0 {
		return changes, nil
	}
	m := renameMatch{changes: changes, from: make(map[int]int)}
	gone, come = m.exact(gone, come)
	if len(gone)*len(come) > 0 && len(gone)*len(come) <= maxRenamePairs {
		if err := m.similar(gone, come, read); err != nil {
			return nil, err
		}
	}
	return m.joined(), nil
}

// renameMatch collects which added page (by index) came from which deleted one.
type renameMatch struct {
	changes []Change
	from    map[int]int
}

func (m *renameMatch) joined() []Change {
	used := make(map[int]bool, len(m.from))
	for _, g := range m.from {
		used[g] = true
	}
	out := make([]Change, 0, len(m.changes)-len(m.from))
	for i, c := range m.changes {
		if g, ok := m.from[i]; ok {
			c.Kind, c.From, c.Old = Renamed, m.changes[g].Path, m.changes[g].Old
		} else if used[i] {
			continue
		}
		out = append(out, c)
	}
	return out
}

// exact joins pages with the same blob and gives the ones that are left.
func (m *renameMatch) exact(gone, come []int) (restGone, restCome []int) {
	byBlob := make(map[ID][]int)
	for _, g := range gone {
		byBlob[m.changes[g].Old] = append(byBlob[m.changes[g].Old], g)
	}
	for _, c := range come {
		blob := m.changes[c].Blob
		same := byBlob[blob]
		if len(same) == 0 {
			restCome = append(restCome, c)
			continue
		}
		base := m.changes[c].Path.Base()
		pick := max(0, slices.IndexFunc(same, func(g int) bool { return m.changes[g].Path.Base() == base }))
		m.from[c] = same[pick]
		byBlob[blob] = slices.Delete(same, pick, pick+1)
	}
	for _, g := range gone {
		if slices.Contains(byBlob[m.changes[g].Old], g) {
			restGone = append(restGone, g)
		}
	}
	return restGone, restCome
}

// similar joins the most similar pairs first.
func (m *renameMatch) similar(gone, come []int, read func(ID) ([]byte, error)) error {
	prints := make(map[ID]*fingerprint)
	of := func(id ID) (*fingerprint, error) {
		if f, ok := prints[id]; ok {
			return f, nil
		}
		text, err := read(id)
		if err != nil {
			return nil, err
		}
		prints[id] = newFingerprint(text)
		return prints[id], nil
	}
	type pair struct {
		gone, come int
		score      float64
		sameBase   bool
	}
	var pairs []pair
	for _, c := range come {
		fc, err := of(m.changes[c].Blob)
		if err != nil {
			return err
		}
		for _, g := range gone {
			fg, err := of(m.changes[g].Old)
			if err != nil {
				return err
			}
			if s := fg.similarity(fc); s >= minSimilarity {
				same := path.Base(m.changes[g].Path.name) == path.Base(m.changes[c].Path.name)
				pairs = append(pairs, pair{g, c, s, same})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		if a.sameBase != b.sameBase {
			return cmp.Compare(b2i(b.sameBase), b2i(a.sameBase))
		}
		return 0
	})
	used := make(map[int]bool)
	for _, p := range pairs {
		if _, taken := m.from[p.come]; taken || used[p.gone] {
			continue
		}
		m.from[p.come], used[p.gone] = p.gone, true
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fingerprint is how many bytes of a text fall in chunks of each hash. Chunks end at a newline or after 64 bytes, so
// that a change of one line changes one chunk. The measure is that of git (diffcore-delta.c), so that a rename here is
// a rename there.
type fingerprint struct {
	size   int
	chunks []chunk // ordered by hash
}

type chunk struct {
	hash  uint32
	bytes int
}

const (
	chunkBytes = 64
	hashBase   = 107927 // git's prime
)

func newFingerprint(text []byte) *fingerprint {
	counts := make(map[uint32]int)
	isText := bytes.IndexByte(text[:min(len(text), 8000)], 0) < 0
	var hi, lo uint32
	n := 0
	for i, c := range text {
		if isText && c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			continue
		}
		hi, lo = hi<<7^lo>>25, lo<<7^hi>>25
		hi += uint32(c)
		n++
		if n < chunkBytes && c != '\n' {
			continue
		}
		counts[(hi+lo*0x61)%hashBase] += n
		hi, lo, n = 0, 0, 0
	}
	f := &fingerprint{size: len(text), chunks: make([]chunk, 0, len(counts))}
	for h, b := range counts {
		f.chunks = append(f.chunks, chunk{h, b})
	}
	slices.SortFunc(f.chunks, func(a, b chunk) int { return cmp.Compare(a.hash, b.hash) })
	return f
}

// similarity is the share of the larger text that both have, 0 to 1.
func (f *fingerprint) similarity(g *fingerprint) float64 {
	larger := max(f.size, g.size)
	if larger == 0 || float64(min(f.size, g.size)) < minSimilarity*float64(larger) {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(f.chunks) && j < len(g.chunks); {
		a, b := f.chunks[i], g.chunks[j]
		switch {
		case a.hash < b.hash:
			i++
		case a.hash > b.hash:
			j++
		default:
			both += min(a.bytes, b.bytes)
			i, j = i+1, j+1
		}
	}
	return float64(both) / float64(larger)
}
