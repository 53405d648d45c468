package gitstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// maxInflation is how many bytes one byte of deflate data can become at most (a run of 258-byte matches of one bit
// each for length and distance). A header that promises more is a lie, told before memory is taken.
const maxInflation = 1032

// keepBuffer bounds what an idle inflater holds on to, in bytes. Deltas are nearly always smaller.
const keepBuffer = 1 << 20

// inflater undoes zlib. It is taken from a pool for one object, for a fresh one costs 40 KB.
type inflater struct {
	mem   bytes.Reader  // the source when it is mapped
	buf   *bufio.Reader // the source when it is not
	zr    io.ReadCloser // nil until it has seen its first stream
	probe [1]byte
	delta []byte // scratch for a delta that is applied and forgotten
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

func takeInflater() *inflater { return inflaters.Get().(*inflater) }

// release gives the inflater back. Nothing of it, nor its delta, may be used afterwards.
func (in *inflater) release() {
	in.mem.Reset(nil)
	if in.buf != nil {
		in.buf.Reset(nil)
	}
	if cap(in.delta) > keepBuffer {
		in.delta = nil
	}
	inflaters.Put(in)
}

// startBytes begins a stream that lies in memory.
func (in *inflater) startBytes(b []byte) error {
	in.mem.Reset(b)
	return in.start(&in.mem)
}

// startFile begins the stream at off in f that ends before end.
func (in *inflater) startFile(f *file, off, end int64) error {
	if f.data != nil {
		return in.startBytes(f.data[off:end])
	}
	section := io.NewSectionReader(f.src, off, end-off)
	if in.buf == nil {
		in.buf = bufio.NewReader(section)
	} else {
		in.buf.Reset(section)
	}
	return in.start(in.buf)
}

func (in *inflater) start(r io.Reader) (err error) {
	if in.zr == nil {
		in.zr, err = zlib.NewReader(r)
	} else {
		err = in.zr.(zlib.Resetter).Reset(r, nil)
	}
	return damagedStream(err)
}

// fill reads exactly len(dst) bytes.
func (in *inflater) fill(dst []byte) error {
	_, err := io.ReadFull(in.zr, dst)
	return damagedStream(err)
}

// finish insists that the stream ends here and that its checksum is right.
func (in *inflater) finish() error {
	switch n, err := in.zr.Read(in.probe[:]); {
	case n > 0:
		return fmt.Errorf("content is longer than its header says: %w", ErrDamaged)
	case err == io.EOF:
		return nil
	case err == nil:
		return fmt.Errorf("zlib stream does not end: %w", ErrDamaged)
	default:
		return damagedStream(err)
	}
}

// damagedStream makes an ErrDamaged of whatever zlib found, keeping the cause in the text.
func damagedStream(err error) error {
	if err == nil || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
