package gitstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"runtime/debug"
	"slices"
)

const (
	// maxChain bounds the delta chains that we make, as git does by default: reading the last of a chain costs as many
	// inflations. Chains of others are taken over as they are.
	maxChain = 50

	// repackCache bounds, in bytes, what a repack keeps in memory of contents that it needs again soon.
	repackCache = 16 << 20

	// checkEvery is how many objects go by between two looks at the context.
	checkEvery = 256
)

// repacker writes one pack out of objects that the store has already. Entries that are in packs are copied as they
// are, compressed, and only the distance to a delta's base is written anew; so a repack costs little more than
// copying. Its memory is about a hundred bytes an object, and repackCache.
//
// Use: add objects, link, then (optionally) propose deltas, and write.
type repacker struct {
	s       *Store
	sources []*source
	places  map[ID]int32 // place in entries
	entries []repackEntry
	order   []int32    // places in the order they shall be written in, as far as bases allow
	cache   *baseCache // its own, so that a fold does not drive out what readers use
}

// source is a pack that entries are copied from.
type source struct {
	*pack
	starts []start // by offset
}

// start is where an entry begins, and its place in the index.
type start struct {
	off int64
	i   int32
}

// repackEntry is one object on its way.
type repackEntry struct {
	id      ID
	off     int64 // where it starts in its source
	out     int64 // where it starts in the new pack; 0: not written yet
	source  int32 // place in sources; -1: loose
	base    int32 // place of the base of the delta it is stored as; -1: none, or none that goes along
	propose int32 // place of an object that a delta might be made against; -1: none
	height  int16 // longest chain of deltas that builds on it
	kind    Kind  // as in its source: ofsDelta and refDelta too; 0: not looked at, or loose
	busy    bool  // its bases are being written: meeting it again means a loop
	foreign bool  // stored as a delta whose base stays behind, so it must be written anew
}

func newRepacker(s *Store) *repacker {
	return &repacker{s: s, places: make(map[ID]int32), cache: newBaseCache(repackCache)}
}

// addSource makes a pack's entries available for copying and returns its place.
func (r *repacker) addSource(p *pack) (int32, error) {
	src := &source{pack: p, starts: make([]start, p.count)}
	for i := range src.starts {
		off, err := p.offset(i)
		if err != nil {
			return 0, err
		}
		src.starts[i] = start{off, int32(i)}
	}
	slices.SortFunc(src.starts, func(a, b start) int { return cmp.Compare(a.off, b.off) })
	r.sources = append(r.sources, src)
	return int32(len(r.sources) - 1), nil
}

// at returns the index place of the entry that starts at off, and where the next thing starts.
func (src *source) at(off int64) (i int, end int64, err error) {
	k, ok := slices.BinarySearchFunc(src.starts, off, func(s start, off int64) int { return cmp.Compare(s.off, off) })
	if !ok {
		return 0, 0, src.damaged(off, "place in the index")
	}
	end = src.size - packTrailerSize
	if k+1 < len(src.starts) {
		end = src.starts[k+1].off
	}
	return int(src.starts[k].i), end, nil
}

// add takes in an object of a source, or a loose one if source is -1. One that is there already is passed over.
func (r *repacker) add(id ID, source int32, off int64) {
	if _, ok := r.places[id]; ok {
		return
	}
	r.places[id] = int32(len(r.entries))
	r.entries = append(r.entries, repackEntry{id: id, source: source, off: off, base: -1, propose: -1})
}

// link reads all headers and finds for each delta its base among the entries. All entries must have been added.
func (r *repacker) link(ctx context.Context) error {
	for n := range r.entries {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if r.entries[n].source < 0 {
			continue
		}
		if err := r.linkEntry(int32(n)); err != nil {
			return err
		}
	}
	for n := range r.entries {
		r.raise(int32(n))
	}
	return nil
}

func (r *repacker) linkEntry(n int32) (err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	e := &r.entries[n]
	src := r.sources[e.source]
	h, err := src.entry(e.off)
	if err != nil {
		return err
	}
	e.kind = h.kind
	base := h.baseID
	switch h.kind {
	case ofsDelta:
		i, _, err := src.at(h.baseOff)
		if err != nil {
			return err
		}
		base = src.id(i)
	case refDelta:
	default:
		return nil
	}
	if place, ok := r.places[base]; ok && place != n {
		e.base = place
	} else {
		e.foreign = true
	}
	return nil
}

// raise brings the heights of an entry's bases in line with its own. Loops, which copies of the same objects in several
// packs can make, end it: no height passes the longest chain there may be.
func (r *repacker) raise(n int32) {
	for h := r.entries[n].height + 1; h <= maxDeltaDepth; h++ {
		n = r.baseOf(n)
		if n < 0 || r.entries[n].height >= h {
			return
		}
		r.entries[n].height = h
	}
}

// baseOf is the entry that n is stored against, or is to be.
func (r *repacker) baseOf(n int32) int32 {
	if e := &r.entries[n]; e.base >= 0 {
		return e.base
	}
	return r.entries[n].propose
}

// depth is the number of deltas on the way from n to a whole object; maxDeltaDepth if stop is on the way.
func (r *repacker) depth(n, stop int32) int {
	for d := range maxDeltaDepth {
		if n == stop {
			break
		}
		if n = r.baseOf(n); n < 0 {
			return d
		}
	}
	return maxDeltaDepth
}

// proposeDelta asks for n to be stored as a delta against base, if that makes neither a loop nor too long a chain. It
// reports whether that is so; whether a delta is worth it shows when it is made.
func (r *repacker) proposeDelta(n, base int32) bool {
	e := &r.entries[n]
	if r.baseOf(n) >= 0 || r.depth(base, n)+1+int(e.height) > maxChain {
		return false
	}
	e.propose = base
	r.raise(n)
	return true
}

// kindOf is the kind of the object itself. Loose objects are opened.
func (r *repacker) kindOf(n int32) (Kind, error) {
	for range maxDeltaDepth {
		e := &r.entries[n]
		switch {
		case e.source < 0:
			kind, _, err := r.s.Size(e.id)
			return kind, err
		case e.kind < ofsDelta:
			return e.kind, nil
		case e.foreign:
			kind, _, err := r.sources[e.source].kindAndSize(e.off)
			return kind, err
		}
		n = e.base
	}
	return 0, fmt.Errorf("%s: delta chain: %w", r.entries[n].id, ErrDamaged)
}

// write writes all entries, those in order first, and every base before what builds on it.
func (r *repacker) write(ctx context.Context, pw *packWriter) error {
	done := 0
	emit := func(n int32) error {
		if done++; done%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return r.writeWithBases(pw, n)
	}
	for _, n := range r.order {
		if err := emit(n); err != nil {
			return err
		}
	}
	for n := range r.entries {
		if err := emit(int32(n)); err != nil {
			return err
		}
	}
	return pw.err
}

// writeWithBases writes an entry after the entries that its delta builds on. A loop is cut at the entry that closes it,
// which is then written whole.
func (r *repacker) writeWithBases(pw *packWriter, n int32) error {
	var chain []int32
	for n >= 0 && r.entries[n].out == 0 {
		e := &r.entries[n]
		if e.busy {
			top := &r.entries[chain[len(chain)-1]]
			top.base, top.propose, top.foreign = -1, -1, top.kind >= ofsDelta
			break
		}
		e.busy = true
		chain = append(chain, n)
		n = r.baseOf(n)
	}
	for _, n := range slices.Backward(chain) {
		if err := r.writeOne(pw, n); err != nil {
			return fmt.Errorf("repack %s: %w", r.entries[n].id, err)
		}
		r.entries[n].busy = false
	}
	return nil
}

func (r *repacker) writeOne(pw *packWriter, n int32) error {
	e := &r.entries[n]
	if e.propose >= 0 {
		if done, err := r.writeProposed(pw, n); done || err != nil {
			return err
		}
	}
	if e.source >= 0 && !e.foreign {
		if done, err := r.copyEntry(pw, e); done || err != nil {
			return err
		}
	}
	kind, content, err := r.content(n)
	if err != nil {
		return err
	}
	e.out = pw.add(kind, e.id, content)
	return nil
}

// writeProposed writes n as a delta against the object proposed, if there is a short one.
func (r *repacker) writeProposed(pw *packWriter, n int32) (done bool, err error) {
	e := &r.entries[n]
	kind, target, err := r.content(n)
	if err != nil {
		return false, err
	}
	baseKind, base, err := r.content(e.propose)
	if err != nil || kind != baseKind {
		return false, err
	}
	delta := makeDelta(base, target, deltaLimit(len(target)))
	if delta == nil {
		return false, nil
	}
	e.out = pw.addDelta(e.id, r.entries[e.propose].out, delta)
	return true, nil
}

// content reads an object whole and checks that it is the one that its name says: whatever is written anew is hashed, for
// the new copy will be the only one.
func (r *repacker) content(n int32) (Kind, []byte, error) {
	key := cacheKey{off: int64(n)} // packs have serials from 1, so their own keys are others
	if kind, content, ok := r.cache.get(key); ok {
		return kind, content, nil
	}
	e := &r.entries[n]
	kind, content, err := r.readEntry(e)
	if err != nil {
		return 0, nil, err
	}
	if HashObject(kind, content) != e.id {
		return 0, nil, fmt.Errorf("content is not what its name says: %w", ErrDamaged)
	}
	r.cache.put(key, kind, content)
	return kind, content, nil
}

func (r *repacker) readEntry(e *repackEntry) (kind Kind, content []byte, err error) {
	if e.source < 0 {
		return r.s.Read(e.id)
	}
	defer catchFault(debug.SetPanicOnFault(true), &err)
	kind, content, _, err = r.sources[e.source].read(e.off, r.cache)
	return kind, content, err
}

// copyEntry copies an entry's stream, after comparing it with the checksum in its index, as git does: damage must not
// wander into a new pack under a new, right, checksum. A whole object that was deflated in haste is not copied.
func (r *repacker) copyEntry(pw *packWriter, e *repackEntry) (done bool, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	src := r.sources[e.source]
	i, end, err := src.at(e.off)
	if err != nil {
		return false, err
	}
	h, err := src.entry(e.off)
	if err != nil {
		return false, err
	}
	raw, err := src.slice(e.off, int(end-e.off))
	if err != nil {
		return false, err
	}
	if crc32.ChecksumIEEE(raw) != src.crc(i) {
		return false, src.damaged(e.off, "checksum")
	}
	stream := raw[h.data-e.off:]
	if e.base < 0 && isHasty(stream) {
		return false, nil
	}
	kind, base := h.kind, int64(0)
	if e.base >= 0 {
		kind, base = ofsDelta, r.entries[e.base].out
		if base == 0 {
			return false, errors.New("gitstore: a delta came before its base")
		}
	}
	e.out = pw.addStream(kind, e.id, h.size, base, stream)
	runtime.KeepAlive(src.pack)
	return true, nil
}
