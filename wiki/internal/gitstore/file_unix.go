//go:build unix

package gitstore

import (
	"math"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// openFile maps a file, or falls back to reading it where the file system or the address space does not allow that.
func openFile(path string, whole bool) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // a mapping outlives its descriptor
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 || info.Size() > math.MaxInt {
		return openReadAt(path, whole)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return openReadAt(path, whole)
	}
	mapped := &file{data: data, size: info.Size(), mapped: true}
	runtime.AddCleanup(mapped, func(data []byte) { _ = unix.Munmap(data) }, data)
	return mapped, nil
}

// release gives the pages of a mapping back to the system. Whoever reads them meanwhile has them brought in again.
func (f *file) release() { _ = unix.Madvise(f.data, unix.MADV_DONTNEED) }
