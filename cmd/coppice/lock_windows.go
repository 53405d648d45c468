//go:build windows

package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock locks a file for this process until it is closed, or fails at once. The locked byte lies far behind what the
// file says, so that others can read it.
func tryLock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: 1 << 20})
}
