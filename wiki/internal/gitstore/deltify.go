package gitstore

import (
	"encoding/binary"
	"math/bits"
)

// A delta makes one object from another by two instructions: copy a range of the base, or insert bytes of its own. The
// format is git's (Documentation/gitformat-pack, "Deltified representation").

const (
	// deltaBlock is the length, in bytes, of the pieces of a base that a delta can find again. Shorter ones find
	// more and cost more memory; git uses 16 as well.
	deltaBlock = 16

	// deltaProbes bounds how many equal-looking pieces are compared for one position, so that a page of one repeated
	// line stays linear.
	deltaProbes = 16

	// maxCopy is the longest range one copy instruction takes. The format allows 24 bits; git writes at most 64 KiB,
	// which every reader is known to understand.
	maxCopy = 0x10000

	// maxInsert is the longest insertion of one instruction: its length is the instruction's low seven bits.
	maxInsert = 127

	// maxDeltaSource bounds the objects that deltas are computed for, in bytes. What is larger is a picture or an
	// archive, which has no useful likeness to its earlier version, and two of them would have to be in memory.
	maxDeltaSource = 16 << 20
)

// makeDelta returns a delta that makes target from base, or nil if there is none of at most limit bytes.
//
// What the two begin and end with in common is copied first: most versions of a page, and of a tree, differ by one
// splice, and then nothing has to be indexed. The rest is found by an index of base's blocks. Time is linear in the two
// lengths.
func makeDelta(base, target []byte, limit int) []byte {
	if len(base) == 0 || len(target) == 0 || len(base) > maxDeltaSource || len(target) > maxDeltaSource {
		return nil
	}
	d := deltaWriter{limit: limit, out: make([]byte, 0, 64)}
	d.out = binary.AppendUvarint(d.out, uint64(len(base)))
	d.out = binary.AppendUvarint(d.out, uint64(len(target)))

	prefix := commonPrefix(base, target)
	suffix := commonSuffix(base[prefix:], target[prefix:])
	d.copy(0, prefix)
	if middle := target[prefix : len(target)-suffix]; len(middle) < 2*deltaBlock {
		d.insert(middle)
	} else {
		d.match(base, middle)
	}
	d.copy(len(base)-suffix, suffix)
	if len(d.out) > limit {
		return nil
	}
	return d.out
}

// deltaWriter appends instructions until out has passed limit; then it only has to stop soon.
type deltaWriter struct {
	out   []byte
	limit int
}

func (d *deltaWriter) copy(off, n int) {
	for n > 0 {
		size := min(n, maxCopy)
		d.copyOnce(uint32(off), uint32(size))
		off += size
		n -= size
	}
}

func (d *deltaWriter) copyOnce(off, size uint32) {
	op := len(d.out)
	d.out = append(d.out, 0x80)
	for i := range 4 {
		if b := byte(off >> (8 * i)); b != 0 {
			d.out = append(d.out, b)
			d.out[op] |= 1 << i
		}
	}
	if size == maxCopy {
		return // a size of zero means 64 KiB
	}
	for i := range 2 {
		if b := byte(size >> (8 * i)); b != 0 {
			d.out = append(d.out, b)
			d.out[op] |= 0x10 << i
		}
	}
}

func (d *deltaWriter) insert(b []byte) {
	for len(b) > 0 {
		n := min(len(b), maxInsert)
		d.out = append(d.out, byte(n))
		d.out = append(d.out, b[:n]...)
		b = b[n:]
	}
}

// match writes target as copies of base where it finds them.
func (d *deltaWriter) match(base, target []byte) {
	index := indexBlocks(base)
	pending, i := 0, 0 // target[pending:i] is still to be inserted
	for i+deltaBlock <= len(target) {
		from, at, n := index.longest(base, target, pending, i)
		if n == 0 {
			i++
			continue
		}
		d.insert(target[pending:at])
		d.copy(from, n)
		i = at + n
		pending = i
		if len(d.out) > d.limit {
			return
		}
	}
	d.insert(target[pending:])
}

// blockIndex finds the blocks of a base by their hash: heads[hash] is a block's number plus one, next the one before it
// with that hash.
type blockIndex struct {
	heads []int32
	next  []int32
	shift uint
}

func indexBlocks(base []byte) blockIndex {
	count := len(base) / deltaBlock
	width := max(bits.Len(uint(count)), 1)
	x := blockIndex{heads: make([]int32, 1<<width), next: make([]int32, count), shift: uint(64 - width)}
	for i := count - 1; i >= 0; i-- { // backwards, so that the first of many equal blocks is probed first
		h := blockHash(base[i*deltaBlock:]) >> x.shift
		x.next[i] = x.heads[h]
		x.heads[h] = int32(i + 1)
	}
	return x
}

// blockHash mixes the first 16 bytes of b; the top bits are the good ones.
func blockHash(b []byte) uint64 {
	const prime = 0x9E3779B97F4A7C15
	lo, hi := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	return (lo*prime ^ bits.RotateLeft64(hi, 31)) * prime
}

// longest returns the longest range of base that equals target around i: base[from:from+n] is target[at:at+n], with
// pending <= at <= i. n is 0 if there is none of a block's length.
func (x blockIndex) longest(base, target []byte, pending, i int) (from, at, n int) {
	block := x.heads[blockHash(target[i:])>>x.shift]
	for probes := 0; block > 0 && probes < deltaProbes; probes++ {
		start := int(block-1) * deltaBlock
		forward := commonPrefix(base[start:], target[i:])
		if forward >= deltaBlock {
			back := commonSuffix(base[:start], target[pending:i])
			if forward+back > n {
				from, at, n = start-back, i-back, forward+back
			}
		}
		block = x.next[block-1]
	}
	return from, at, n
}

// commonPrefix is how many bytes a and b begin with in common.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if d := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); d != 0 {
			return i + bits.TrailingZeros64(d)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// commonSuffix is how many bytes a and b end with in common.
func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if d := binary.LittleEndian.Uint64(a[len(a)-i-8:]) ^ binary.LittleEndian.Uint64(b[len(b)-i-8:]); d != 0 {
			return i + bits.LeadingZeros64(d)/8
		}
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}
