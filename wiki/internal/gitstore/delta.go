package gitstore

import "fmt"

// A delta is two lengths, of its base and of its result, and then instructions: copy a range of the base, or insert
// the bytes that follow (gitformat-pack(5), "Deltified representation").

// maxLengthDigits is the most 7-bit digits that a length of 63 bits has.
const maxLengthDigits = 9

// deltaLength reads a length at the front of b.
func deltaLength(b []byte) (n int64, rest []byte, err error) {
	for i, c := range b {
		if i == maxLengthDigits {
			break
		}
		n |= int64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return n, b[i+1:], nil
		}
	}
	return 0, nil, fmt.Errorf("delta has no length: %w", ErrDamaged)
}

// deltaSizes reads both lengths and returns the instructions behind them.
func deltaSizes(delta []byte) (base, result int64, ops []byte, err error) {
	if base, ops, err = deltaLength(delta); err != nil {
		return 0, 0, nil, err
	}
	result, ops, err = deltaLength(ops)
	return base, result, ops, err
}

// applyDelta returns what delta makes of base, in the memory of spare if that is large enough. It believes nothing:
// every range is checked, and no more memory is taken than the instructions really fill.
func applyDelta(spare, base, delta []byte) ([]byte, error) {
	baseSize, size, ops, err := deltaSizes(delta)
	if err != nil {
		return nil, err
	}
	if baseSize != int64(len(base)) {
		return nil, fmt.Errorf("delta is for a base of %d bytes, not of %d: %w", baseSize, len(base), ErrDamaged)
	}
	if size > MaxObjectSize {
		return nil, fmt.Errorf("delta makes %d bytes: %w", size, ErrTooLarge)
	}
	if size > int64(len(base)+len(ops)) && size != deltaFills(ops) {
		return nil, fmt.Errorf("delta promises more than it holds: %w", ErrDamaged)
	}
	out := spare[:0]
	if int64(cap(out)) < size {
		out = make([]byte, 0, size)
	}
	for len(ops) > 0 {
		var piece []byte
		piece, ops = nextPiece(base, ops)
		if len(piece) == 0 || int64(len(out)+len(piece)) > size {
			return nil, fmt.Errorf("delta instruction out of range: %w", ErrDamaged)
		}
		out = append(out, piece...)
	}
	if int64(len(out)) != size {
		return nil, fmt.Errorf("delta makes %d bytes instead of %d: %w", len(out), size, ErrDamaged)
	}
	return out, nil
}

// nextPiece reads one instruction and returns the bytes that it appends; none means that the instruction is wrong.
func nextPiece(base, ops []byte) (piece, rest []byte) {
	op := ops[0]
	if op&0x80 == 0 {
		n := int(op) // 0 is reserved
		if len(ops) < 1+n {
			return nil, nil
		}
		return ops[1 : 1+n], ops[1+n:]
	}
	off, n, rest := copyRange(op, ops[1:])
	if off < 0 || n > len(base) || off > len(base)-n { // off < 0: an int of 32 bits
		return nil, nil
	}
	return base[off : off+n], rest
}

// copyRange reads the operands of a copy instruction. Bits of op say which bytes of offset and length are there; a
// length of 0 stands for 64 KiB. If operands are missing the length is 0.
func copyRange(op byte, ops []byte) (off, n int, rest []byte) {
	for bit := range 7 {
		if op&(1<<bit) == 0 {
			continue
		}
		if len(ops) == 0 {
			return 0, 0, nil
		}
		if bit < 4 {
			off |= int(ops[0]) << (8 * bit)
		} else {
			n |= int(ops[0]) << (8 * (bit - 4))
		}
		ops = ops[1:]
	}
	if n == 0 {
		n = 1 << 16
	}
	return off, n, ops
}

// deltaFills adds up what the instructions append, whatever the base is; -1 if they cannot be read.
func deltaFills(ops []byte) (total int64) {
	for len(ops) > 0 {
		op := ops[0]
		if op&0x80 == 0 {
			n := int(op)
			if n == 0 || len(ops) < 1+n {
				return -1
			}
			total += int64(n)
			ops = ops[1+n:]
			continue
		}
		var n int
		if _, n, ops = copyRange(op, ops[1:]); n == 0 {
			return -1
		}
		total += int64(n)
	}
	return total
}
