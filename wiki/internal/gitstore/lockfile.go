package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// git guards a file by creating <file>.lock exclusively, and a process that dies leaves that file behind for ever: there
// is no owner in it, and its content is what the file shall become. So that the next start can tell our own dead locks
// from the living ones of git, we create ours by a hard link (which fails if the name is there, as an exclusive creation
// does) to a file of our own, the claim, on which the process holds an flock(2). A lock that is the same file as a
// claim whose flock is free belongs to a dead process of ours, and may go. File systems without hard links or
// flock get plain lock files, which only their age can condemn.

const (
	// LockWait is how long a ref that somebody else has locked is waited for. git holds its locks for milliseconds, unless
	// a hook runs meanwhile; a person who saves waits no longer than this before being told.
	LockWait = 5 * time.Second

	// firstPause and longestPause are the shortest and the longest time between two attempts; each pause is up to twice
	// the one before, at random, so that waiting writers do not march in step.
	firstPause   = time.Millisecond
	longestPause = 50 * time.Millisecond

	// reclaimAfter is when a waiting writer looks whether the lock's owner is alive: only after a time that no living owner
	// should need, because it opens every claim.
	reclaimAfter = 100 * time.Millisecond

	// StaleLockAge is when a lock that is not ours counts as left behind by a dead git. It covers the slowest push hook
	// by far, and the clock is the file system's own on both sides.
	StaleLockAge = time.Hour

	// staleTempAge is the same for temporary packs: receiving a large push over a slow line takes hours.
	staleTempAge = 48 * time.Hour

	// claimFolder holds the claims, in the git folder, where git looks at no name that it does not know.
	claimFolder = "coppice-locks"
)

// fileLock is <target>.lock, held by us. It ends with commit or release; release after commit does nothing.
type fileLock struct {
	target string
	file   *os.File // open for writing the target's new content
	claim  string   // path of the claim; "" for a plain lock file
	held   bool
}

func (l *fileLock) path() string { return l.target + ".lock" }

// lockFile locks target, waiting up to LockWait. content is what the target is to become; it is on disk before the
// lock is taken, so that others wait for as short a time as possible. Folders above target are made.
func (s *Store) lockFile(target string, content []byte) (*fileLock, error) {
	return s.takeLock(&fileLock{target: target}, content)
}

// takeLock is lockFile for a lock that may be prepared already, with that content.
func (s *Store) takeLock(l *fileLock, content []byte) (*fileLock, error) {
	begun, pause, asked := time.Now(), firstPause, false
	for {
		err := l.try(filepath.Join(s.common, claimFolder), content)
		if err == nil {
			return l, nil
		}
		switch waited := time.Since(begun); {
		case !errors.Is(err, fs.ErrExist):
			l.release()
			return nil, err
		case waited >= LockWait:
			l.release()
			return nil, fmt.Errorf("%s is there since over %v: %w", l.path(), LockWait, ErrRefLocked)
		case waited >= reclaimAfter && !asked:
			s.reclaimLocks([]string{l.path()})
			asked = true
			continue
		}
		time.Sleep(pause/2 + rand.N(pause))
		pause = min(2*pause, longestPause)
	}
}

// maxTakeTries bounds how often one attempt starts anew because somebody took away a folder or the claim meanwhile.
const maxTakeTries = 5

// try takes the lock once; fs.ErrExist means that somebody has it.
func (l *fileLock) try(claims string, content []byte) (err error) {
	for range maxTakeTries {
		if l.file == nil {
			if err = l.prepare(claims, content); errors.Is(err, errors.ErrUnsupported) {
				return l.plain(content)
			} else if err != nil {
				return err
			}
		}
		err = os.Link(l.claim, l.path())
		switch {
		case err == nil:
			l.held = true
			return nil
		case errors.Is(err, fs.ErrNotExist) && !isFile(l.claim):
			l.dropClaim() // somebody took it for a dead one, before we had our flock on it
		case errors.Is(err, fs.ErrNotExist):
			if err := makeFolders(filepath.Dir(l.target)); err != nil {
				return err
			}
		case hasNoLinks(err):
			l.dropClaim()
			return l.plain(content)
		default:
			return err
		}
	}
	return err
}

// hasNoLinks reports whether an error of os.Link is about hard links as such.
func hasNoLinks(err error) bool {
	for _, e := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.ENOSYS, syscall.EMLINK, syscall.EXDEV} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// makeClaim makes an empty claim that is ours as long as this process lives.
func (l *fileLock) makeClaim(claims string) error {
	f, err := createTemp(claims, "", 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(claims, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		f, err = createTemp(claims, "", 0o666)
	}
	if err != nil {
		return err
	}
	l.file, l.claim = f, f.Name()
	if err = flock(f, true); err != nil {
		l.dropClaim()
	}
	return err
}

// prepare makes the claim, if there is none yet, and writes content to it, so that it is on disk when the lock is taken.
func (l *fileLock) prepare(claims string, content []byte) (err error) {
	if l.file == nil {
		err = l.makeClaim(claims)
	}
	if err == nil && len(content) > 0 {
		if err = l.write(content); err != nil {
			l.dropClaim()
		}
	}
	return err
}

func (l *fileLock) dropClaim() {
	l.file.Close()
	os.Remove(l.claim)
	l.file, l.claim = nil, ""
}

// plain takes the lock without a claim.
func (l *fileLock) plain(content []byte) error {
	f, err := os.OpenFile(l.path(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolders(filepath.Dir(l.target)); err != nil {
			return err
		}
		f, err = os.OpenFile(l.path(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	if err != nil {
		return err
	}
	l.file, l.held = f, true
	if len(content) > 0 {
		return l.write(content)
	}
	return nil
}

// write gives the target's new content, durably.
func (l *fileLock) write(content []byte) error {
	if _, err := l.file.Write(content); err != nil {
		return err
	}
	return l.file.Sync()
}

// commit makes the lock file the target and ends the lock. On return the target is durable.
func (l *fileLock) commit() error {
	if l.claim == "" {
		// Systems without flock also do not rename open files.
		if err := l.file.Close(); err != nil {
			return err
		}
		l.file = nil
	}
	if err := os.Rename(l.path(), l.target); err != nil {
		return err
	}
	l.held = false
	return syncDir(filepath.Dir(l.target))
}

// release ends the lock without a change.
func (l *fileLock) release() {
	if l.held {
		os.Remove(l.path())
		l.held = false
	}
	if l.claim != "" {
		os.Remove(l.claim)
	}
	if l.file != nil {
		l.file.Close()
	}
	l.file, l.claim = nil, ""
}

// makeFolders makes dir and what is missing above it, durably.
func makeFolders(dir string) error {
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolders(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o777)
	}
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil // whoever needs a folder there will notice if it is none
		}
		return err
	}
	// A parent may be such that others can make folders in it but not read it; then it cannot be synced either.
	if err := syncDir(filepath.Dir(dir)); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// missingFolders gives those folders that makeFolders would make, deepest first.
func missingFolders(dir string) (missing []string) {
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, dir)
	}
	return missing
}

// removeEmpty removes folders as far as they are empty: it serves after a failure that is reported already.
func removeEmpty(dirs []string) {
	for _, dir := range dirs {
		_ = os.Remove(dir)
	}
}

// reclaimLocks removes those of the lock files, and all claims, whose process is dead, and returns the locks it removed.
func (s *Store) reclaimLocks(locks []string) (removed []string) {
	claims, err := os.ReadDir(filepath.Join(s.common, claimFolder))
	if err != nil {
		return nil // there is none, or nothing of ours can be told apart
	}
	for _, c := range claims {
		removed = append(removed, reclaim(filepath.Join(s.common, claimFolder, c.Name()), locks)...)
	}
	for _, lock := range removed {
		s.log.Info("removed the lock of a process of ours that is gone", "file", lock)
	}
	return removed
}

func reclaim(claim string, locks []string) (removed []string) {
	f, err := os.Open(claim)
	if err != nil {
		return nil
	}
	defer f.Close()
	if flock(f, false) != nil {
		return nil // its process lives
	}
	own, err := f.Stat()
	if err != nil {
		return nil
	}
	for _, lock := range locks {
		if info, err := os.Lstat(lock); err == nil && os.SameFile(own, info) && os.Remove(lock) == nil {
			removed = append(removed, lock)
		}
	}
	os.Remove(claim)
	return removed
}

// RemoveStaleLocks removes what dead processes left behind, and logs each: ref locks of our own, at any age; those of
// git that are older than StaleLockAge and hold what a ref lock holds; and temporary packs, our own at any age, those of
// git after two days. It is
// for the start of a process, before its first write. A read-only store is left as it is.
func (s *Store) RemoveStaleLocks() error {
	if s.readOnly {
		return nil
	}
	locks, err := s.refLocks()
	if err != nil {
		return fmt.Errorf("look for stale locks: %w", err)
	}
	s.reclaimLocks(append(locks, filepath.Join(s.common, "packed-refs.lock")))
	for _, lock := range locks {
		if age, ok := fileAge(lock); ok && age > StaleLockAge && isRefLock(lock) && os.Remove(lock) == nil {
			s.log.Warn("removed a lock that was left behind", "file", lock, "age", age.Round(time.Second))
		}
	}
	s.removeStaleTemps()
	return nil
}

// refLocks lists the lock files below refs.
func (s *Store) refLocks() (locks []string, err error) {
	err = filepath.WalkDir(filepath.Join(s.common, "refs"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed while we look
		}
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".lock") {
			locks = append(locks, path)
		}
		return err
	})
	return locks, err
}

// isRefLock reports whether a file is empty or holds one object name, as a lock of git's on a ref does.
func isRefLock(path string) bool {
	b, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	_, err = ParseID(strings.TrimSuffix(string(b), "\n"))
	return len(b) == 0 || err == nil
}

func (s *Store) removeStaleTemps() {
	dir := filepath.Join(s.objectsDir, "pack")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		tail, isPack := strings.CutPrefix(e.Name(), "tmp_pack_")
		tail, isIdx := strings.CutPrefix(tail, "tmp_idx_")
		if !isPack && !isIdx {
			continue
		}
		path := filepath.Join(dir, e.Name())
		age, ok := fileAge(path)
		dead := ok && (age > staleTempAge || strings.Contains(tail, "_") && isUnclaimed(path))
		if dead && os.Remove(path) == nil {
			s.log.Debug("removed a pack that was never finished", "file", path, "age", age.Round(time.Second))
		}
	}
}

// isUnclaimed reports whether a file is there, and no process of ours holds its flock.
func isUnclaimed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return flock(f, false) == nil
}

// fileAge is how long ago a file was last written.
func fileAge(path string) (time.Duration, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	return time.Since(info.ModTime()), true
}
