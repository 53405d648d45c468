package gitstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync/atomic"
)

// file is a pack or an index that is read by offset: mapped where the system can, with ReadAt elsewhere.
//
// The garbage collector closes it. Reference counts would let a forgotten release keep a deleted pack's disk space for
// ever, and an early release crash the process; so the rule is the other one: whoever uses bytes of a mapping keeps the
// pack reachable until it has done (runtime.KeepAlive), and the mapping goes when the last such user and the last list
// of packs have let go of it. The collector runs at least every two minutes, which bounds how long a repacked
// file's space stays taken.
type file struct {
	data   []byte      // the whole file if it is mapped or read, else nil
	src    io.ReaderAt // where data is nil
	size   int64
	mapped bool
	reads  atomic.Int64 // of objects in a mapping, counted by touched
}

// releaseReads is after how many objects that were read the pages of a mapping are given back. Each may have brought in 64
// kB of the file around it, and all of them count as memory of ours as long as they are mapped: without this, that is soon
// the whole pack. They stay in the system's cache, so that the next read costs a microsecond more. git has the same bound
// (core.packedGitLimit).
const releaseReads = 256

// touched takes note of an object that was read.
func (f *file) touched() {
	if f.mapped && f.reads.Add(1)%releaseReads == 0 {
		f.release()
	}
}

// openReadAt opens a file for reading by offset, without a mapping. With whole, all of it is read into memory.
func openReadAt(path string, whole bool) (*file, error) {
	if whole {
		data, err := os.ReadFile(path)
		return &file{data: data, size: int64(len(data))}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &file{src: f, size: info.Size()}, nil // os.File closes itself when it is collected
}

// view returns the n bytes at off, or as many as there are before the end. The slice may alias the mapping.
func (f *file) view(off int64, n int) ([]byte, error) {
	if off < 0 || off > f.size {
		return nil, io.ErrUnexpectedEOF
	}
	n = int(min(int64(n), f.size-off))
	if f.data != nil {
		return f.data[off : off+int64(n) : off+int64(n)], nil
	}
	b := make([]byte, n)
	got, err := f.src.ReadAt(b, off)
	if got == n {
		err = nil
	}
	return b[:got], err
}

// catchFault turns a memory fault into ErrDamaged. A mapped file whose disk fails, or that somebody cuts short, faults
// when it is read, and Go would end the process. Every function that reads a mapping begins with
//
//	defer catchFault(debug.SetPanicOnFault(true), &err)
func catchFault(before bool, err *error) {
	debug.SetPanicOnFault(before)
	r := recover()
	if r == nil {
		return
	}
	var fault interface{ Addr() uintptr }
	if e, ok := r.(error); !ok || !errors.As(e, &fault) {
		panic(r) // a fault of ours, not of the disk
	}
	*err = fmt.Errorf("pack cannot be read from disk: %w", ErrDamaged)
}
