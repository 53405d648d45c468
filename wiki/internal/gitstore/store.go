package gitstore

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
)

// MaxObjectSize bounds the content of one object, in bytes. A wiki's pages and pictures are far smaller; the bound keeps
// one hostile object from taking the server's memory.
const MaxObjectSize = 256 << 20

// Options say how a repository is opened. The zero value reads and writes, and logs nothing.
type Options struct {
	Log      *slog.Logger // nil: discard
	ReadOnly bool         // never writes: no maintenance, no lock clean-up
}

// Store is one open repository. All its methods are safe for many goroutines.
type Store struct {
	dir        string   // the git folder: HEAD
	common     string   // the git folder shared by linked work trees: objects, refs, packed-refs, config
	objectsDir string   // new objects go here
	alternates []string // other object folders, read only
	log        *slog.Logger
	readOnly   bool

	packList atomic.Pointer[[]*pack] // immutable; replaced as a whole
	scanning sync.Mutex              // held by whoever replaces packList
}

// Open opens a bare repository, the root of a work tree, or its .git folder or file.
func Open(dir string, o Options) (*Store, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return &Store{dir: dir, common: dir, objectsDir: dir + "/objects", log: log, readOnly: o.ReadOnly}, errPending
}

var errPending = errors.New("gitstore: pending")

// Close releases the packs. Reads that are under way finish.
func (s *Store) Close() error { return nil }

// Dir is the git folder.
func (s *Store) Dir() string { return s.dir }

// Read returns an object's kind and whole content, which the caller owns.
func (s *Store) Read(id ID) (Kind, []byte, error) { return 0, nil, errPending }

// ReadKind returns the content of an object of one kind.
func (s *Store) ReadKind(id ID, want Kind) ([]byte, error) { return nil, errPending }

// Has reports whether the object is there, looking at the disk again on a miss.
func (s *Store) Has(id ID) bool { return false }

// known is Has without the second look: it may miss what another process has just written.
func (s *Store) known(id ID) bool { return false }

// Size returns an object's kind and length without inflating it.
func (s *Store) Size(id ID) (Kind, int64, error) { return 0, 0, errPending }

// Commit reads and parses a commit.
func (s *Store) Commit(id ID) (*CommitData, error) { return nil, errPending }

// Tree returns raw tree bytes, shared with other callers: never write to them.
func (s *Store) Tree(id ID) ([]byte, error) { return nil, errPending }

// packs is the present list, own packs first, newest first.
func (s *Store) packs() []*pack {
	if l := s.packList.Load(); l != nil {
		return *l
	}
	return nil
}

// rescan brings the pack list in line with the disk.
func (s *Store) rescan() error { return nil }

// addPack registers objects/pack/<base>.pack and .idx, both in place, without a folder scan.
func (s *Store) addPack(base string) error { return nil }
