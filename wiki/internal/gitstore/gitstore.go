// Package gitstore reads and writes one git repository: objects, packs and refs, with no work tree.
//
// Its nouns are git's own: an object has a Kind and an ID; a Store opens a repository and hands out objects to any
// number of goroutines; a Batch collects new objects and makes them durable in one go; a ref is moved by
// compare-and-swap under git's own lock file. Names of files, pages or people are of no concern here.
//
// # Reading
//
//	s, err := gitstore.Open("wiki.git", gitstore.Options{Log: log})
//	...
//	head, err := s.Ref("refs/heads/main")
//	c, err := s.Commit(head)
//	root, err := s.Tree(c.Tree)
//	for e, err := range gitstore.Entries(root) { ... }
//
// Objects are found in memory-mapped packs (ours, git's, and those of alternates) and in loose files. A miss makes the
// Store look at the disk once more, so an outside gc, repack or push is seen. Lengths and zlib checksums are checked on
// every read, names only by Check; a damaged object is an error, never a panic, even when the disk fails under a mapping,
// and another copy of it is looked for first.
//
// Pages of a mapping are given back to the system after every few hundred objects, so that of a pack no more counts as
// memory of ours than is being read.
//
// Trees, pages and what deltas build on stay in a cache of fixed size. Reading in the order of history, newest first,
// makes the most of it: a version is then one small delta away from the last one read.
//
// The list of packs is an immutable value behind an atomic pointer; readers take no lock. A pack that git has replaced is
// unmapped by the garbage collector once no reader holds it.
//
// Commit-graphs, multi-pack-indexes, bitmaps, grafts and refs/replace are not looked at. SHA-256, reftable and partial
// clones are refused when the repository is opened.
//
// # Writing
//
// A Batch becomes one pack and its index, each written to a temporary name, synced and renamed, and their folder
// synced. Only then may a ref move: UpdateRef takes <ref>.lock exclusively, reads the ref again, compares, writes,
// syncs, renames and syncs the folder. Native git does the same, so the two exclude each other. Nothing else in
// Coppice writes a ref.
//
// Small packs and loose objects are folded into larger packs in the background (Maintain), so that many saves leave few files.
package gitstore

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// ID is the SHA-1 name of an object. The zero ID names nothing.
type ID [20]byte

// ParseID reads 40 hexadecimal digits.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 40 {
		return ID{}, fmt.Errorf("gitstore: %q is not an object name", s)
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("gitstore: %q is not an object name", s)
	}
	return id, nil
}

// String gives the 40 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Short gives the first ten digits, for people.
func (id ID) Short() string { return hex.EncodeToString(id[:5]) }

// IsZero reports whether id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText and UnmarshalText write an ID as its 40 digits; the zero ID is the empty text.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	*id, err = ParseID(string(b))
	return err
}

// Kind is the type of an object, with the numbers that packs use.
type Kind uint8

// The kinds of objects.
const (
	Commit Kind = 1
	Tree   Kind = 2
	Blob   Kind = 3
	Tag    Kind = 4
)

// Errors that callers tell apart with errors.Is.
var (
	ErrNotFound      = errors.New("gitstore: object not found")
	ErrDamaged       = errors.New("gitstore: object or pack is damaged")
	ErrNoRef         = errors.New("gitstore: no such ref")
	ErrBadRef        = errors.New("gitstore: ref is broken")
	ErrRefMoved      = errors.New("gitstore: ref is not where it was expected") // compare-and-swap lost
	ErrRefLocked     = errors.New("gitstore: ref is locked by another process")
	ErrNotRepository = errors.New("gitstore: not a git repository")
	ErrUnsupported   = errors.New("gitstore: repository uses a format that is not supported") // SHA-256, reftable
	ErrTooLarge      = errors.New("gitstore: object is over the limit")
	ErrReadOnly      = errors.New("gitstore: repository cannot be written")
)
