package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrRefConflict is returned for a ref whose name cannot stand beside another one's: "refs/heads/a" and "refs/heads/a/b".
var ErrRefConflict = errors.New("gitstore: ref name is in the way of another ref")

// UpdateRef moves a ref from one object to another if it is still where the caller believes it to be. A zero from means
// that the ref must not exist yet, a zero to deletes it. When UpdateRef returns nil, the change is on disk; on any error the
// ref is as it was, unless the very last sync of its folder failed, in which case it has moved but may not be durable.
//
// A symbolic ref is followed, as git update-ref does. The ref is locked in git's own way, so native pushes are excluded
// meanwhile; reflogs and hooks are git's business and are left alone.
//
// Errors: ErrRefMoved if the ref is elsewhere; ErrRefLocked if somebody else held its lock for all of LockWait;
// ErrRefConflict if the name clashes with another ref's; ErrBadRef for a name that git would refuse, or a ref whose
// file is broken; ErrNotFound if the store has no object to; ErrReadOnly if nothing may be written there. A full disk
// is syscall.ENOSPC in the chain.
func (s *Store) UpdateRef(name string, to, from ID) error {
	if s.readOnly {
		return fmt.Errorf("update %s: %w", name, ErrReadOnly)
	}
	name, err := s.followSymbolic(name)
	if err != nil {
		return fmt.Errorf("update %s: %w", name, err)
	}
	if !to.IsZero() && !s.Has(to) {
		return fmt.Errorf("update %s to %s: %w", name, to, ErrNotFound)
	}
	if err := s.updateDirect(name, to, from, &fileLock{target: s.refPath(name)}); err != nil {
		return writeError("update "+name, err)
	}
	return nil
}

// FlushRef is Flush and then UpdateRef, for a save: the ref's new content is written and synced beside the objects, so
// that the disk is waited for three times and not four. The ref moves only when the objects are on disk. The errors are
// those of both; after an error of Flush the ref was not touched.
func (b *Batch) FlushRef(name string, to, from ID) error {
	s := b.s
	if s.readOnly {
		return fmt.Errorf("update %s: %w", name, ErrReadOnly)
	}
	name, err := s.followSymbolic(name)
	if err != nil {
		return fmt.Errorf("update %s: %w", name, err)
	}
	lock := s.spares.lock(s.refPath(name))
	claimed := make(chan struct{})
	go func() {
		defer close(claimed)
		// What goes wrong here leaves no claim, and is met again when the lock is taken.
		_ = lock.prepare(filepath.Join(s.common, claimFolder), refContent(to))
	}()
	err = b.Flush()
	<-claimed
	if err != nil {
		lock.release()
		return err
	}
	if !s.Has(to) {
		lock.release()
		return fmt.Errorf("update %s to %s: %w", name, to, ErrNotFound)
	}
	if err := s.updateDirect(name, to, from, lock); err != nil {
		return writeError("update "+name, err)
	}
	return nil
}

// refContent is what a ref's file says; nothing for a ref that is to go.
func refContent(to ID) []byte {
	if to.IsZero() {
		return nil
	}
	return []byte(to.String() + "\n")
}

// updateDirect is UpdateRef for a ref that is not symbolic. The lock is not taken yet, but may be prepared.
func (s *Store) updateDirect(name string, to, from ID, lock *fileLock) error {
	lock, err := s.takeLock(lock, refContent(to))
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("a part of the name is a ref: %w", ErrRefConflict)
	}
	if err != nil {
		return err
	}
	defer lock.release()

	now, err := s.Ref(name)
	if errors.Is(err, ErrNoRef) {
		now, err = ID{}, nil
	}
	switch {
	case err != nil:
		return err
	case now != from:
		return fmt.Errorf("it is at %s, not at %s: %w", now, from, ErrRefMoved)
	case to == from:
		return nil
	case to.IsZero():
		return s.removeRef(name)
	case from.IsZero():
		if err := s.clearWay(name); err != nil {
			return err
		}
	}
	return lock.commit()
}

// followSymbolic returns the ref that name stands for, which need not exist. HEAD stands for a branch; one that is detached
// is not ours to move.
func (s *Store) followSymbolic(name string) (string, error) {
	for range maxSymbolicDepth + 1 {
		v, err := s.looseRef(name)
		if err != nil && !errors.Is(err, ErrNoRef) {
			return name, err
		}
		if v.target == "" {
			if name == "HEAD" {
				return name, fmt.Errorf("it names no branch: %w", ErrBadRef)
			}
			return name, nil
		}
		name = v.target
	}
	return name, fmt.Errorf("it names a ref that names a ref, and so on: %w", ErrBadRef)
}

// clearWay makes sure that a new ref has no other above or below it. Empty folders, which git leaves behind, are removed.
func (s *Store) clearWay(name string) error {
	for above := path.Dir(name); above != "refs" && above != "."; above = path.Dir(above) {
		switch _, err := s.Ref(above); {
		case err == nil:
			return fmt.Errorf("%s exists: %w", above, ErrRefConflict)
		case !errors.Is(err, ErrNoRef) && !errors.Is(err, ErrBadRef):
			return err
		}
	}
	below, err := s.Refs(name + "/")
	if err != nil {
		return err
	}
	if len(below) > 0 {
		return fmt.Errorf("%s exists: %w", below[0].Name, ErrRefConflict)
	}
	return removeEmptyFolders(s.refPath(name))
}

// removeEmptyFolders removes dir if it is a folder with nothing but such folders in it. A folder that is not empty is left
// for the rename to stumble over.
func removeEmptyFolders(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeEmptyFolders(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("%w: %w", ErrRefConflict, err)
	}
	return nil
}

// removeRef deletes a ref whose lock we hold. It goes from packed-refs first: otherwise its old packed value would show
// between the two steps.
func (s *Store) removeRef(name string) error {
	if err := s.removePacked(name); err != nil {
		return err
	}
	file := s.refPath(name)
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(file))
}

// removePacked deletes a ref from packed-refs, if it is there.
func (s *Store) removePacked(name string) error {
	file := filepath.Join(s.common, "packed-refs")
	if b, err := os.ReadFile(file); errors.Is(err, fs.ErrNotExist) || err == nil && len(withoutPacked(b, name)) == len(b) {
		return nil
	}
	lock, err := s.lockFile(file, nil)
	if err != nil {
		return err
	}
	defer lock.release()
	b, err := os.ReadFile(file) // again: it may have changed until we had the lock
	if err != nil {
		return err
	}
	if err := lock.write(withoutPacked(b, name)); err != nil {
		return err
	}
	return lock.commit()
}

// withoutPacked returns the lines of a packed-refs file without that of one ref and the line of the object that its tag
// names ("^" and an id), if there is one.
func withoutPacked(packed []byte, name string) []byte {
	kept := make([]byte, 0, len(packed))
	dropped := false
	for line := range bytes.Lines(packed) {
		if dropped && line[0] == '^' {
			continue
		}
		_, of, found := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
		dropped = found && of == name && line[0] != '#'
		if !dropped {
			kept = append(kept, line...)
		}
	}
	return kept
}
