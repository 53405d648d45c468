//go:build unix

package gitstore

import (
	"os"

	"golang.org/x/sys/unix"
)

// flock takes the exclusive lock on an open file, which ends with the file or the process. Without wait, a lock that
// somebody else holds is an error.
func flock(f *os.File, wait bool) error {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
