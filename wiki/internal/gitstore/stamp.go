package gitstore

import (
	"os"
	"time"
)

// racyWindow is how long after a change a file's time stamp may stay the same through a further change: kernels stamp
// with a tick of 1 to 10 ms, some file systems with up to 2 s.
const racyWindow = 2 * time.Second

// stamp remembers what a file or folder looked like just before it was read, so that it need not be read again while
// it looks the same. (git calls the trap, and its way out, "racily clean".)
type stamp struct {
	info  os.FileInfo // nil: it was not there
	taken time.Time
}

func takeStamp(path string) stamp {
	s := stamp{taken: time.Now()}
	if info, err := os.Stat(path); err == nil {
		s.info = info
	}
	return s
}

// holds reports whether what was read after the stamp was taken is certainly what is there now.
func (s stamp) holds(path string) bool {
	now, err := os.Stat(path)
	if err != nil || s.info == nil {
		return isMissing(err) && s.info == nil
	}
	return s.looksLike(now) && s.taken.Sub(s.info.ModTime()) > racyWindow
}

func (s stamp) looksLike(now os.FileInfo) bool {
	return s.info != nil && os.SameFile(s.info, now) && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime())
}
