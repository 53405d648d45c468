package gitstore

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
)

// receiveCache bounds, in bytes, the contents kept while deltas are resolved. Each delta is resolved right after its base,
// so a larger one would hardly be used.
const receiveCache = 64 << 20

// receivedChunk is how much of an object is in memory while it is hashed, in bytes.
const receivedChunk = 32 << 10

// receiver takes in a pack from a stream, as git index-pack does: it writes the pack to a file while it parses and hashes
// it, then resolves the deltas from the file, and makes an index.
type receiver struct {
	in      *packStream
	objects []receivedObject // in the order of the pack
	pack    *pack            // the file, once it is written
	byBase  []int32          // deltas, ordered by the offset of their base (ofsDelta) or its name (refDelta)
	byName  []int32
	cache   *baseCache
}

// receivedObject is one object of the pack.
type receivedObject struct {
	entry       // as its header says
	id    ID    // zero until a delta is resolved
	off   int64 // where it starts
	crc   uint32
	base  int32 // of a delta that is about to be resolved: place of its base
	final Kind  // kind of the object itself; 0 until it is known
}

// receivePack reads a pack from in, up to its trailer, and publishes it with its index in a folder of packs. A pack that
// is cut short, damaged, or lacks the base of a delta is ErrDamaged.
func receivePack(ctx context.Context, in *bufio.Reader, dir string) error {
	staged, err := stageFiles(dir)
	if err != nil {
		return err
	}
	defer staged.discard()
	r := &receiver{in: newPackStream(in, staged.packTemp), cache: newBaseCache(receiveCache)}
	sum, err := r.readAll(ctx)
	if err != nil {
		return err
	}
	if err := r.resolve(ctx, staged.packTemp.Name()); err != nil {
		return err
	}
	records, err := r.records()
	if err != nil {
		return err
	}
	_, err = staged.publishAs(sum, records)
	return err
}

// readAll reads the whole pack, checks its trailer, and returns that.
func (r *receiver) readAll(ctx context.Context) (sum ID, err error) {
	var head [packHeaderSize]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return sum, cutShort(err)
	}
	if version := binary.BigEndian.Uint32(head[4:]); string(head[:4]) != "PACK" || version != 2 {
		return sum, fmt.Errorf("no pack of version 2: %w", ErrDamaged)
	}
	count := int64(binary.BigEndian.Uint32(head[8:]))
	if count > maxPackObjects {
		return sum, fmt.Errorf("pack of %d objects: %w", count, ErrTooLarge)
	}
	in := takeInflater()
	for n := range count {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return sum, ctx.Err()
		}
		if err := r.readObject(in); err != nil {
			err = cmp.Or(r.in.writeErr, err) // inflating takes any error for damage
			return sum, fmt.Errorf("object %d of the pack: %w", n, err)
		}
	}
	in.release()
	return r.in.finish()
}

// readObject reads one entry. What is no delta gets its name at once.
func (r *receiver) readObject(in *inflater) error {
	o := receivedObject{off: r.in.offset(), base: -1}
	r.in.restartCRC()
	var err error
	if o.entry, err = r.readHeader(o.off); err != nil {
		return err
	}
	if o.size > MaxObjectSize {
		return fmt.Errorf("%d bytes: %w", o.size, ErrTooLarge)
	}
	if err := in.start(r.in); err != nil {
		return err
	}
	h := sha1.New()
	if o.kind < ofsDelta {
		h.Write(appendLooseHeader(nil, o.kind, o.size))
	}
	if err := in.pour(h, o.size); err != nil {
		return err
	}
	if o.kind < ofsDelta {
		h.Sum(o.id[:0])
		o.final = o.kind
	}
	o.crc = r.in.sumCRC()
	r.objects = append(r.objects, o)
	return nil
}

// pour writes the next n bytes, which must be the last, to w.
func (in *inflater) pour(w io.Writer, n int64) error {
	if cap(in.delta) < receivedChunk {
		in.delta = make([]byte, receivedChunk)
	}
	for n > 0 {
		chunk := in.delta[:min(n, receivedChunk)]
		if err := in.fill(chunk); err != nil {
			return err
		}
		_, _ = w.Write(chunk) // a hash takes everything
		n -= int64(len(chunk))
	}
	return in.finish()
}

// readHeader reads the header of the entry that starts at off.
func (r *receiver) readHeader(off int64) (entry, error) {
	var b []byte
	for len(b) < maxEntryHeader {
		c, err := r.in.ReadByte()
		if err != nil {
			return entry{}, cutShort(err)
		}
		b = append(b, c)
		if e, n := parseEntry(b, off); n > 0 {
			e.data = off + int64(n)
			return e, nil
		}
	}
	return entry{}, fmt.Errorf("header: %w", ErrDamaged)
}

// resolve names all deltas, each after its base.
func (r *receiver) resolve(ctx context.Context, path string) (err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	file, err := openFile(path, false)
	if err != nil {
		return err
	}
	r.pack = &pack{base: path, dat: file, size: file.size}
	r.sortDeltas()
	var todo []int32
	for n := range r.objects {
		if r.objects[n].kind < ofsDelta {
			todo = r.waiting(int32(n), todo)
		}
		for done := 0; len(todo) > 0; done++ {
			if done%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			next := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if err := r.resolveOne(next); err != nil {
				return err
			}
			todo = r.waiting(next, todo)
		}
	}
	runtime.KeepAlive(r.pack)
	return nil
}

func (r *receiver) sortDeltas() {
	for n := range r.objects {
		switch r.objects[n].kind {
		case ofsDelta:
			r.byBase = append(r.byBase, int32(n))
		case refDelta:
			r.byName = append(r.byName, int32(n))
		}
	}
	slices.SortFunc(r.byBase, func(a, b int32) int { return cmp.Compare(r.objects[a].baseOff, r.objects[b].baseOff) })
	slices.SortFunc(r.byName, func(a, b int32) int {
		return bytes.Compare(r.objects[a].baseID[:], r.objects[b].baseID[:])
	})
}

// waiting appends to todo the deltas that build on object n and are not named yet.
func (r *receiver) waiting(n int32, todo []int32) []int32 {
	base := &r.objects[n]
	i, _ := slices.BinarySearchFunc(r.byBase, base.off, func(k int32, off int64) int {
		return cmp.Compare(r.objects[k].baseOff, off)
	})
	for ; i < len(r.byBase) && r.objects[r.byBase[i]].baseOff == base.off; i++ {
		todo = r.await(r.byBase[i], n, todo)
	}
	i, _ = slices.BinarySearchFunc(r.byName, base.id, func(k int32, id ID) int {
		return bytes.Compare(r.objects[k].baseID[:], id[:])
	})
	for ; i < len(r.byName) && r.objects[r.byName[i]].baseID == base.id; i++ {
		todo = r.await(r.byName[i], n, todo)
	}
	return todo
}

func (r *receiver) await(delta, base int32, todo []int32) []int32 {
	if o := &r.objects[delta]; o.base < 0 {
		o.base = base
		return append(todo, delta)
	}
	return todo // the pack has its base twice
}

// resolveOne names an object whose base has a name.
func (r *receiver) resolveOne(n int32) error {
	content, err := r.content(n)
	if err != nil {
		return err
	}
	o := &r.objects[n]
	o.final = r.objects[o.base].final
	o.id = HashObject(o.final, content)
	return nil
}

// content reads an object whose bases are known. It goes down to the first content that is cached or whole, and up again.
func (r *receiver) content(n int32) ([]byte, error) {
	var chain []int32
	var content []byte
	for {
		o := &r.objects[n]
		var ok bool
		if _, content, ok = r.cache.get(cacheKey{off: o.off}); ok {
			break
		}
		if o.kind < ofsDelta {
			content = make([]byte, o.size)
			if err := r.inflate(o, content); err != nil {
				return nil, err
			}
			r.cache.put(cacheKey{off: o.off}, o.kind, content)
			break
		}
		if len(chain) == maxDeltaDepth {
			return nil, r.pack.damaged(o.off, "delta chain")
		}
		chain = append(chain, n)
		n = o.base
	}
	for _, n := range slices.Backward(chain) {
		o := &r.objects[n]
		delta := make([]byte, o.size)
		err := r.inflate(o, delta)
		if err == nil {
			content, err = applyDelta(nil, content, delta)
		}
		if err != nil {
			return nil, err
		}
		r.cache.put(cacheKey{off: o.off}, Blob, content)
	}
	return content, nil
}

func (r *receiver) inflate(o *receivedObject, dst []byte) error {
	in := takeInflater()
	if err := r.pack.inflate(in, o.entry, dst); err != nil {
		return err
	}
	in.release()
	return nil
}

// records is what the index needs. Every object must have a name by now, and no name may come twice.
func (r *receiver) records() ([]packRecord, error) {
	records := make([]packRecord, len(r.objects))
	seen := make(map[ID]struct{}, len(r.objects))
	for n := range r.objects {
		o := &r.objects[n]
		if o.final == 0 {
			return nil, fmt.Errorf("the base of the delta at %d is not in the pack: %w", o.off, ErrDamaged)
		}
		if _, twice := seen[o.id]; twice {
			return nil, fmt.Errorf("the pack has %s twice: %w", o.id, ErrDamaged)
		}
		seen[o.id] = struct{}{}
		records[n] = packRecord{id: o.id, crc: o.crc, off: o.off}
	}
	return records, nil
}

// packStream reads a pack byte by byte, as inflating asks for so that nothing behind a stream is taken, and sums and
// copies what went by in large pieces.
type packStream struct {
	src   *bufio.Reader
	dst   *bufio.Writer
	buf   []byte // what src has buffered
	pos   int    // read of it
	taken int    // summed and copied of it
	off   int64  // summed and copied in all
	sum   hash.Hash
	crc   uint32

	writeErr error // the first of dst
}

func newPackStream(src *bufio.Reader, dst io.Writer) *packStream {
	return &packStream{src: src, dst: bufio.NewWriterSize(dst, packBuffer), sum: sha1.New()}
}

func (p *packStream) offset() int64 { return p.off + int64(p.pos-p.taken) }

// settle sums and copies what has been read.
func (p *packStream) settle() {
	b := p.buf[p.taken:p.pos]
	p.sum.Write(b)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	if _, err := p.dst.Write(b); err != nil && p.writeErr == nil {
		p.writeErr = writeError("write a pack", err)
	}
	p.off += int64(len(b))
	p.taken = p.pos
}

func (p *packStream) restartCRC() {
	p.settle()
	p.crc = 0
}

func (p *packStream) sumCRC() uint32 {
	p.settle()
	return p.crc
}

// refill gets the next bytes from src.
func (p *packStream) refill() error {
	p.settle()
	if p.writeErr != nil {
		return p.writeErr
	}
	if _, err := p.src.Discard(len(p.buf)); err != nil {
		return err
	}
	p.buf, p.pos, p.taken = nil, 0, 0
	if _, err := p.src.Peek(1); err != nil {
		return err
	}
	p.buf, _ = p.src.Peek(p.src.Buffered())
	return nil
}

func (p *packStream) ReadByte() (byte, error) {
	if p.pos == len(p.buf) {
		if err := p.refill(); err != nil {
			return 0, err
		}
	}
	c := p.buf[p.pos]
	p.pos++
	return c, nil
}

func (p *packStream) Read(b []byte) (int, error) {
	if p.pos == len(p.buf) {
		if err := p.refill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.buf[p.pos:])
	p.pos += n
	return n, nil
}

// finish reads the trailer, compares it with the sum of all before it, and returns it.
func (p *packStream) finish() (sum ID, err error) {
	p.settle()
	p.sum.Sum(sum[:0])
	var trailer ID
	if _, err := io.ReadFull(p, trailer[:]); err != nil {
		return sum, cutShort(err)
	}
	if trailer != sum {
		return sum, fmt.Errorf("the pack is not what its checksum says: %w", ErrDamaged)
	}
	p.settle()
	if p.writeErr != nil {
		return sum, p.writeErr
	}
	if err := p.dst.Flush(); err != nil {
		return sum, writeError("write a pack", err)
	}
	return sum, nil
}

// cutShort makes an ErrDamaged of a stream that ends too early, and leaves other errors alone.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it is cut short: %w", ErrDamaged)
	}
	return err
}
