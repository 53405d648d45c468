package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"sync/atomic"
)

// Kinds that stand only in packs.
const (
	ofsDelta Kind = 6 // base by its distance in the same pack
	refDelta Kind = 7 // base by its name, in the same pack
)

// The layout of packs and of version 2 indexes, from gitformat-pack(5), in bytes.
const (
	packHeaderSize  = 12 // "PACK", version, count
	packTrailerSize = 20 // SHA-1 of all before it
	idxHeaderSize   = 8  // magic, version
	idxFanoutSize   = 256 * 4
	idxNames        = idxHeaderSize + idxFanoutSize
	idxTrailerSize  = 40 // the pack's SHA-1 and the index's own
	idxPerObject    = 20 + 4 + 4
	maxEntryHeader  = 10 + 20 // a length of 10 digits, then a base name
)

const (
	// maxDeltaDepth bounds the chain of bases under one object. git itself never writes more than 4,095 and rarely more
	// than 50; a longer chain is a loop or an attack.
	maxDeltaDepth = 4096

	// maxPackObjects keeps counts in an int32 and rejects an index whose fan-out is noise.
	maxPackObjects = 1 << 30
)

// pack is one pack with its index, both mapped. It is immutable and safe for many goroutines. Who uses bytes that
// slice returned keeps the pack reachable meanwhile: see file.
type pack struct {
	base   string      // path without ".pack"
	info   os.FileInfo // of the .pack file, to tell a successor of the same name from it
	size   int64       // of the .pack file
	count  int         // objects in it
	serial uint32      // names it in the base cache

	idx, dat *file
	large    int // entries of the table of 64-bit offsets
}

var packSerial atomic.Uint32

// openPack opens base+".pack" and base+".idx". What does not fit together is ErrDamaged.
func openPack(base string) (p *pack, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	p = &pack{base: base, serial: packSerial.Add(1)}
	if p.info, err = os.Stat(base + ".pack"); err != nil {
		return nil, err
	}
	if p.idx, err = openFile(base+".idx", true); err != nil {
		return nil, err
	}
	if p.dat, err = openFile(base+".pack", false); err != nil {
		return nil, err
	}
	p.size = p.dat.size
	if err := p.checkIndex(); err != nil {
		return nil, fmt.Errorf("%s.idx: %w", base, err)
	}
	if err := p.checkPack(); err != nil {
		return nil, fmt.Errorf("%s.pack: %w", base, err)
	}
	return p, nil
}

// checkIndex checks everything that later look-ups rely on, except the offsets, which are checked one by one.
func (p *pack) checkIndex() error {
	b := p.idx.data
	if len(b) < idxNames+idxTrailerSize || !bytes.Equal(b[:4], []byte("\xfftOc")) {
		return fmt.Errorf("not a pack index: %w", ErrDamaged)
	}
	if v := binary.BigEndian.Uint32(b[4:]); v != 2 {
		return fmt.Errorf("index version %d: %w", v, ErrUnsupported)
	}
	before := 0
	for i := range 256 {
		n := p.fanout(i)
		if n < before || n > maxPackObjects {
			return fmt.Errorf("fan-out table: %w", ErrDamaged)
		}
		before = n
	}
	p.count = before
	rest := int64(len(b)) - idxNames - idxTrailerSize - int64(p.count)*idxPerObject
	if rest < 0 || rest%8 != 0 || rest/8 > int64(p.count) {
		return fmt.Errorf("length does not fit %d objects: %w", p.count, ErrDamaged)
	}
	p.large = int(rest / 8)
	return nil
}

// checkPack checks the pack's header, and by its checksum that the index belongs to it.
func (p *pack) checkPack() error {
	if p.size < packHeaderSize+packTrailerSize {
		return fmt.Errorf("cut short: %w", ErrDamaged)
	}
	head, err := p.slice(0, packHeaderSize)
	if err != nil {
		return err
	}
	version, count := binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if string(head[:4]) != "PACK" || version != 2 && version != 3 {
		return fmt.Errorf("not a pack: %w", ErrDamaged)
	}
	trailer, err := p.slice(p.size-packTrailerSize, packTrailerSize)
	if err != nil {
		return err
	}
	sum := p.idx.data[len(p.idx.data)-idxTrailerSize:][:packTrailerSize]
	if int(count) != p.count || !bytes.Equal(trailer, sum) {
		return fmt.Errorf("not the pack of its index: %w", ErrDamaged)
	}
	return nil
}

// fanout is how many objects have a name whose first byte is at most i.
func (p *pack) fanout(i int) int {
	return int(binary.BigEndian.Uint32(p.idx.data[idxHeaderSize+4*i:]))
}

// name is the i-th name in the order of the index, aliasing the mapping.
func (p *pack) name(i int) []byte {
	at := idxNames + 20*i
	return p.idx.data[at : at+20]
}

// id is the i-th name, 0 <= i < count.
func (p *pack) id(i int) ID {
	id := ID(p.name(i))
	runtime.KeepAlive(p)
	return id
}

// crc is the CRC-32 over the i-th object's header and stream, as the index has it.
func (p *pack) crc(i int) uint32 {
	sum := binary.BigEndian.Uint32(p.idx.data[idxNames+20*p.count+4*i:])
	runtime.KeepAlive(p)
	return sum
}

// offset is where the i-th object starts in the pack.
func (p *pack) offset(i int) (int64, error) {
	table := idxNames + 24*p.count
	off := int64(binary.BigEndian.Uint32(p.idx.data[table+4*i:]))
	if off&(1<<31) != 0 {
		at := int(off &^ (1 << 31))
		if at >= p.large {
			return 0, fmt.Errorf("%s.idx: offset of %s: %w", p.base, p.id(i), ErrDamaged)
		}
		off = int64(binary.BigEndian.Uint64(p.idx.data[table+4*p.count+8*at:]))
	}
	if off < packHeaderSize || off >= p.size-packTrailerSize {
		return 0, fmt.Errorf("%s.idx: offset of %s: %w", p.base, p.id(i), ErrDamaged)
	}
	runtime.KeepAlive(p)
	return off, nil
}

// find returns an object's place in the order of the index.
func (p *pack) find(id ID) (i int, ok bool) {
	i = p.firstFrom(id)
	ok = i < p.count && bytes.Equal(p.name(i), id[:])
	runtime.KeepAlive(p)
	return i, ok
}

// firstFrom is the place of the first name that is not before id; count if there is none.
func (p *pack) firstFrom(id ID) int {
	lo, hi := 0, p.fanout(int(id[0]))
	if id[0] > 0 {
		lo = p.fanout(int(id[0]) - 1)
	}
	i := lo + sort.Search(hi-lo, func(k int) bool { return bytes.Compare(p.name(lo+k), id[:]) >= 0 })
	runtime.KeepAlive(p)
	return i
}

// appendBetween appends the names from lo to hi, both included.
func (p *pack) appendBetween(ids []ID, lo, hi ID) (_ []ID, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	for i := p.firstFrom(lo); i < p.count; i++ {
		id := p.id(i)
		if compareIDs(id, hi) > 0 {
			break
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// offsetOf is find and offset in one.
func (p *pack) offsetOf(id ID) (off int64, ok bool, err error) {
	i, ok := p.find(id)
	if !ok {
		return 0, false, nil
	}
	off, err = p.offset(i)
	return off, true, err
}

// slice returns n bytes of the pack file at off, aliasing the mapping where there is one.
func (p *pack) slice(off int64, n int) ([]byte, error) {
	b, err := p.dat.view(off, n)
	if err == nil && len(b) < n {
		err = fmt.Errorf("%s.pack is cut short: %w", p.base, ErrDamaged)
	}
	return b, err
}

// entry is the header of one packed object.
type entry struct {
	kind    Kind  // Commit to Tag, ofsDelta or refDelta
	size    int64 // of the inflated content, or of the inflated delta
	data    int64 // where the zlib stream starts
	baseOff int64 // ofsDelta: where the base starts, before this entry
	baseID  ID    // refDelta
}

// entry reads the header at an offset.
func (p *pack) entry(off int64) (entry, error) {
	if off < packHeaderSize || off >= p.size-packTrailerSize {
		return entry{}, p.damaged(off, "offset is outside")
	}
	b, err := p.dat.view(off, int(min(maxEntryHeader, p.size-packTrailerSize-off)))
	if err != nil {
		return entry{}, err
	}
	e, n := parseEntry(b, off)
	runtime.KeepAlive(p)
	if n == 0 {
		return entry{}, p.damaged(off, "header")
	}
	e.data = off + int64(n)
	if e.size > MaxObjectSize {
		return entry{}, fmt.Errorf("%s.pack: object at %d has %d bytes: %w", p.base, off, e.size, ErrTooLarge)
	}
	if e.size > (p.size-e.data)*maxInflation {
		return entry{}, p.damaged(off, "length")
	}
	return e, nil
}

// parseEntry reads the header of an object that starts at off, and returns the header's length, or 0 if it is none.
func parseEntry(b []byte, off int64) (e entry, n int) {
	if len(b) == 0 {
		return e, 0
	}
	c := b[0]
	e.kind, e.size = Kind(c>>4&7), int64(c&15)
	n = 1
	for shift := 4; c&0x80 != 0; shift += 7 {
		if n == len(b) || shift > 4+7*7 {
			return e, 0
		}
		c = b[n]
		n++
		e.size |= int64(c&0x7f) << shift
	}
	switch e.kind {
	case Commit, Tree, Blob, Tag:
		return e, n
	case refDelta:
		if len(b) < n+len(e.baseID) {
			return e, 0
		}
		return e, n + copy(e.baseID[:], b[n:])
	case ofsDelta:
		back, m := parseDistance(b[n:])
		if m == 0 || back <= 0 || back > off-packHeaderSize {
			return e, 0
		}
		e.baseOff = off - back
		return e, n + m
	}
	return e, 0
}

// parseDistance reads the distance of an ofsDelta to its base: big-endian base 128, where each digit but the last
// counts from one.
func parseDistance(b []byte) (back int64, n int) {
	for n < len(b) && n < maxLengthDigits-1 {
		c := b[n]
		n++
		back |= int64(c & 0x7f)
		if c&0x80 == 0 {
			return back, n
		}
		back = (back + 1) << 7
	}
	return 0, 0
}

func (p *pack) damaged(off int64, what string) error {
	return fmt.Errorf("%s.pack: %s of the object at %d: %w", p.base, what, off, ErrDamaged)
}

// inflate fills dst with the stream of the entry, which must have exactly that length.
func (p *pack) inflate(in *inflater, e entry, dst []byte) error {
	err := in.startFile(p.dat, e.data, p.size-packTrailerSize)
	if err == nil {
		err = in.fill(dst)
	}
	if err == nil {
		err = in.finish()
	}
	p.dat.touched()
	runtime.KeepAlive(p)
	if err != nil {
		return fmt.Errorf("%s.pack: object with data at %d: %w", p.base, e.data, err)
	}
	return nil
}

// link is one delta on the way from an object to the content it builds on. Its baseOff is set, even of a refDelta.
type link struct {
	off int64
	entry
}

// read returns the content of the object that starts at off. Contents that deltas build on go through the cache. If
// shared, the content belongs to the cache as well and must not be written to.
func (p *pack) read(off int64, cache *baseCache) (kind Kind, content []byte, shared bool, err error) {
	in := takeInflater()
	var buf [64]link // git's chains have at most 50 links unless it was asked for more
	chain, kind, content, shared, err := p.bottom(in, off, buf[:0], cache)
	if err != nil {
		return 0, nil, false, err
	}
	at := off // where content comes from
	if len(chain) > 0 {
		at = chain[len(chain)-1].baseOff
	}
	var spare []byte // a base that nobody else holds, for the next result but one
	for i := len(chain) - 1; i >= 0; i-- {
		kept := shared || cache.put(cacheKey{p.serial, at}, kind, content)
		result, err := p.applyLink(in, chain[i], spare, content)
		if err != nil {
			return 0, nil, false, err
		}
		spare = nil
		if !kept {
			spare = content
		}
		at, content, shared = chain[i].off, result, false
	}
	in.release() // not on errors: an inflater that failed is not worth keeping
	return kind, content, shared, nil
}

// bottom follows the deltas from off down to a content that is cached or whole. The chain holds the deltas on the way,
// topmost first.
func (p *pack) bottom(in *inflater, off int64, chain []link, cache *baseCache) (_ []link, kind Kind, content []byte, shared bool, err error) {
	for {
		if kind, content, ok := cache.get(cacheKey{p.serial, off}); ok {
			return chain, kind, content, true, nil
		}
		e, err := p.entry(off)
		if err != nil {
			return nil, 0, nil, false, err
		}
		if e.kind < ofsDelta {
			content := make([]byte, e.size)
			err := p.inflate(in, e, content)
			return chain, e.kind, content, false, err
		}
		if e.kind == refDelta {
			if e.baseOff, err = p.offsetOfBase(e.baseID); err != nil {
				return nil, 0, nil, false, err
			}
		}
		if len(chain) == maxDeltaDepth {
			return nil, 0, nil, false, p.damaged(off, "delta chain")
		}
		chain = append(chain, link{off, e})
		off = e.baseOff
	}
}

// offsetOfBase finds the base of a refDelta, which on disk lies in the same pack.
func (p *pack) offsetOfBase(id ID) (int64, error) {
	off, ok, err := p.offsetOf(id)
	if err == nil && !ok {
		err = fmt.Errorf("%s.pack: delta base %s is not in it: %w", p.base, id, ErrDamaged)
	}
	return off, err
}

// applyLink inflates one delta and applies it.
func (p *pack) applyLink(in *inflater, l link, spare, base []byte) ([]byte, error) {
	if int64(cap(in.delta)) < l.size {
		in.delta = make([]byte, max(l.size, 4096))
	}
	delta := in.delta[:l.size]
	if err := p.inflate(in, l.entry, delta); err != nil {
		return nil, err
	}
	result, err := applyDelta(spare, base, delta)
	if err != nil {
		return nil, fmt.Errorf("%s.pack: object at %d: %w", p.base, l.off, err)
	}
	return result, nil
}

// kindAndSize returns what the object at off is and how long, reading headers only.
func (p *pack) kindAndSize(off int64) (Kind, int64, error) {
	size := int64(-1)
	for range maxDeltaDepth + 1 {
		e, err := p.entry(off)
		if err != nil {
			return 0, 0, err
		}
		if size < 0 {
			if size, err = p.resultSize(e); err != nil {
				return 0, 0, err
			}
		}
		switch e.kind {
		case ofsDelta:
			off = e.baseOff
		case refDelta:
			if off, err = p.offsetOfBase(e.baseID); err != nil {
				return 0, 0, err
			}
		default:
			return e.kind, size, nil
		}
	}
	return 0, 0, p.damaged(off, "delta chain")
}

// resultSize is the length of the object itself: of a delta, the second number at its front.
func (p *pack) resultSize(e entry) (int64, error) {
	if e.kind < ofsDelta {
		return e.size, nil
	}
	in := takeInflater()
	if err := in.startFile(p.dat, e.data, p.size-packTrailerSize); err != nil {
		return 0, err
	}
	var front [2 * maxLengthDigits]byte
	n := min(int64(len(front)), e.size)
	if err := in.fill(front[:n]); err != nil {
		return 0, err
	}
	runtime.KeepAlive(p)
	in.release()
	_, size, _, err := deltaSizes(front[:n])
	if err == nil && size > MaxObjectSize {
		err = fmt.Errorf("%s.pack: %d bytes: %w", p.base, size, ErrTooLarge)
	}
	return size, err
}
