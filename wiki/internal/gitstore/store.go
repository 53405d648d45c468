package gitstore

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
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
	common     string   // the git folder that linked work trees share: objects, refs, packed-refs, config
	objectsDir string   // new objects go here
	alternates []string // other objects folders, read only
	log        *slog.Logger
	readOnly   bool
	shallow    map[ID]bool // commits whose parents are not here

	packList atomic.Pointer[packSet] // never nil; replaced as a whole
	scanning sync.Mutex              // held by whoever replaces packList
	upkeep   sync.Mutex              // held by Maintain
	lastHit  atomic.Pointer[pack]    // where the last object was found: the next is often there too
	bases    *baseCache

	packedRefs atomic.Pointer[packedRefs] // the last reading of packed-refs, or nil
	spares     spares                     // files for the next save
}

// packSet is what one look at the disk found. It is immutable.
type packSet struct {
	packs  []*pack // own folder first, then alternates; newest first in each
	broken []error // packs that could not be opened
	stamps []stamp // of each folder of packs, taken before it was read
	scans  uint64  // how many looks there were
	closed bool
}

// Open opens a bare repository, the root of a work tree, or its .git folder or file; linked work trees and alternates
// are followed. What is no repository is ErrNotRepository; one with SHA-256 names, reftable or objects left out by a
// filter (git clone --filter) is ErrUnsupported. Shallow clones are fine: their oldest commits have no parents.
// Unless it is opened read-only, locks that dead processes left are removed: see RemoveStaleLocks.
//
// Close the Store when done.
func Open(dir string, o Options) (*Store, error) {
	gitDir, common, err := findGitDir(dir)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(filepath.Join(common, "config")); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	s := &Store{
		dir:        gitDir,
		common:     common,
		objectsDir: filepath.Join(common, "objects"),
		log:        cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		readOnly:   o.ReadOnly,
		bases:      newBaseCache(baseCacheBytes),
	}
	s.alternates = s.findAlternates()
	if s.shallow, err = readShallow(filepath.Join(common, "shallow")); err != nil {
		return nil, err
	}
	s.packList.Store(&packSet{})
	if err := s.rescan(); err != nil {
		return nil, err
	}
	if err := s.RemoveStaleLocks(); err != nil {
		s.log.Warn("stale locks stay", "error", err) // reading does not need them gone, and a save will say more
	}
	return s, nil
}

// Close lets go of the packs. Reads that are under way finish; later ones fail with fs.ErrClosed.
func (s *Store) Close() error {
	s.scanning.Lock()
	defer s.scanning.Unlock()
	s.packList.Store(&packSet{closed: true})
	s.lastHit.Store(nil)
	s.spares.discard()
	return nil
}

// Dir is the git folder: "wiki.git", or ".git" of a work tree.
func (s *Store) Dir() string { return s.dir }

// Read returns an object's kind and whole content, which the caller owns. Errors are ErrNotFound, ErrDamaged and
// ErrTooLarge. If there are several copies, a damaged one is passed over.
func (s *Store) Read(id ID) (Kind, []byte, error) {
	kind, content, shared, err := s.read(id)
	if shared {
		content = bytes.Clone(content)
	}
	return kind, content, err
}

// ReadKind returns the content of an object of one kind, which the caller owns. An object of another kind is ErrDamaged,
// because what names it expects this kind. Tags are not peeled.
func (s *Store) ReadKind(id ID, want Kind) ([]byte, error) {
	kind, content, err := s.Read(id)
	if err == nil {
		err = checkKind(id, kind, want)
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

func checkKind(id ID, kind, want Kind) error {
	if kind != want {
		return fmt.Errorf("%s is a %s, not a %s: %w", id, kind, want, ErrDamaged)
	}
	return nil
}

// Blob returns the content of a blob, shared with other callers: never write to it. Errors are those of ReadKind.
func (s *Store) Blob(id ID) ([]byte, error) {
	kind, content, _, err := s.read(id)
	if err == nil {
		err = checkKind(id, kind, Blob)
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Commit reads and parses a commit. In a shallow clone the oldest commits come without their parents.
func (s *Store) Commit(id ID) (*CommitData, error) {
	kind, raw, _, err := s.read(id) // parsing copies what it keeps
	if err == nil {
		err = checkKind(id, kind, Commit)
	}
	if err != nil {
		return nil, err
	}
	c, err := ParseCommit(id, raw)
	if err == nil && s.shallow[id] {
		c.Parents = nil
	}
	return c, err
}

// Tree returns raw tree bytes, for Entries. They are shared with other callers: never write to them.
func (s *Store) Tree(id ID) ([]byte, error) { return s.tree(id, s.bases) }

// Passing gives a reader for many trees that nobody will ask for again. It keeps nothing: not them, and not the dozen
// older versions that each may be built on.
func (s *Store) Passing() TreeReader { return passing{s, newBaseCache(0)} }

type passing struct {
	s       *Store
	nothing *baseCache
}

func (p passing) Tree(id ID) ([]byte, error) { return p.s.tree(id, p.nothing) }

func (s *Store) tree(id ID, bases *baseCache) ([]byte, error) {
	if id == emptyTree {
		return nil, nil // git knows it without an object
	}
	kind, raw, _, err := s.readThrough(id, bases)
	if err == nil {
		err = checkKind(id, kind, Tree)
	}
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// emptyTree is the name of the tree without entries.
var emptyTree = HashObject(Tree, nil)

// maxCachedBlob is the largest page, in bytes, that stays in the cache after it was read: pages are asked for again, and
// the version before is a delta on them, while pictures would only drive out the trees.
const maxCachedBlob = 128 << 10

// readPacked is pack.read with the result itself in the cache where that is likely to be of use again.
func readPacked(p *pack, off int64, bases *baseCache) (kind Kind, content []byte, shared bool, err error) {
	kind, content, shared, err = p.read(off, bases)
	if err != nil || shared {
		return kind, content, shared, err
	}
	if kind == Tree || kind == Blob && len(content) <= maxCachedBlob {
		shared = bases.put(cacheKey{p.serial, off}, kind, content)
	}
	return kind, content, shared, nil
}

// Size returns an object's kind and length in bytes, reading as little of it as possible.
func (s *Store) Size(id ID) (Kind, int64, error) {
	var kind Kind
	var size int64
	err := s.twice(id, func(l *packSet) (bool, error) {
		return s.fromCopies(l, id, func(p *pack, off int64) (err error) {
			kind, size, err = p.kindAndSize(off)
			return err
		}, func(path string) (err error) {
			kind, size, err = sizeLoose(path)
			return err
		})
	})
	if err != nil {
		return 0, 0, err
	}
	return kind, size, nil
}

// Has reports whether the object is there. Whether it can be read is not checked.
func (s *Store) Has(id ID) bool {
	return s.twice(id, func(l *packSet) (bool, error) { return s.holds(l, id) }) == nil
}

// known is Has without the second look at the disk: it may miss what another process has just written, and is much
// cheaper where a miss is the ordinary answer.
func (s *Store) known(id ID) bool {
	found, _ := s.holds(s.packList.Load(), id)
	return found
}

// read returns an object. If shared, its content must not be written to.
func (s *Store) read(id ID) (kind Kind, content []byte, shared bool, err error) {
	return s.readThrough(id, s.bases)
}

// readThrough is read with a cache of the caller's choice.
func (s *Store) readThrough(id ID, bases *baseCache) (kind Kind, content []byte, shared bool, err error) {
	err = s.twice(id, func(l *packSet) (bool, error) {
		return s.fromCopies(l, id, func(p *pack, off int64) (err error) {
			kind, content, shared, err = readPacked(p, off, bases)
			return err
		}, func(path string) (err error) {
			kind, content, err = readLoose(path)
			shared = false
			return err
		})
	})
	if err != nil {
		return 0, nil, false, err
	}
	return kind, content, shared, nil
}

// twice runs look on the present list of packs and, when it finds nothing or only damage, once more after a look at the
// disk: another process may have packed, repacked or pushed in the meantime.
func (s *Store) twice(id ID, look func(*packSet) (found bool, err error)) error {
	l := s.packList.Load()
	found, err := look(l)
	if found && err == nil {
		return nil
	}
	if rescanErr := s.rescanAfter(l); rescanErr != nil {
		return rescanErr
	}
	l = s.packList.Load()
	found, again := look(l)
	switch {
	case again != nil:
		return again
	case found:
		if err != nil {
			s.log.Warn("passed over a damaged copy of an object", "object", id, "error", err)
		}
		return nil
	case len(l.broken) > 0:
		return fmt.Errorf("%s is in no pack that can be opened: %w", id, errors.Join(l.broken...))
	}
	return fmt.Errorf("%s: %w", id, ErrNotFound)
}

// fromCopies tries the copies of an object, one after another, until one can be read. found says that there was one; err is
// that of the first that could not be read, and nil if another could.
func (s *Store) fromCopies(l *packSet, id ID, packed func(p *pack, off int64) error, loose func(path string) error) (found bool, err error) {
	if l.closed {
		return false, fmt.Errorf("gitstore: %w", fs.ErrClosed)
	}
	last := s.lastHit.Load()
	if last != nil {
		if found, err = fromPack(last, id, packed); found && err == nil {
			return true, nil
		}
	}
	for _, p := range l.packs {
		if p == last {
			continue
		}
		ok, tried := fromPack(p, id, packed)
		if ok && tried == nil {
			s.lastHit.Store(p)
			return true, nil
		}
		found, err = found || ok, cmp.Or(err, tried)
	}
	for dir := range s.objectFolders() {
		tried := loose(loosePath(dir, id))
		if tried == nil {
			return true, nil
		}
		if !isMissing(tried) {
			found, err = true, cmp.Or(err, tried)
		}
	}
	return found, err
}

// fromPack runs use on the object's place in p, if it is there.
func fromPack(p *pack, id ID, use func(p *pack, off int64) error) (found bool, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	off, found, err := p.offsetOf(id)
	if found && err == nil {
		err = use(p, off)
	}
	runtime.KeepAlive(p)
	return found, err
}

// holds reports whether a list or a loose file has the object.
func (s *Store) holds(l *packSet, id ID) (bool, error) {
	return s.fromCopies(l, id, func(*pack, int64) error { return nil }, func(path string) error {
		_, err := os.Lstat(path)
		return err
	})
}

// objectFolders yields the repository's own objects folder, then the alternates.
func (s *Store) objectFolders() func(func(string) bool) {
	return func(yield func(string) bool) {
		if !yield(s.objectsDir) {
			return
		}
		for _, dir := range s.alternates {
			if !yield(dir) {
				return
			}
		}
	}
}

// packs is the present list: own packs first, newest first.
func (s *Store) packs() []*pack { return s.packList.Load().packs }

// rescan brings the list of packs in line with the disk.
func (s *Store) rescan() error { return s.rescanAfter(nil) }

// rescanAfter is rescan for somebody whom the list seen did not suffice: if another goroutine has looked since, or the
// folders certainly are as they were, there is nothing to do.
func (s *Store) rescanAfter(seen *packSet) error {
	s.scanning.Lock()
	defer s.scanning.Unlock()
	now := s.packList.Load()
	if now.closed || seen != nil && (now.scans > seen.scans || s.upToDate(now)) {
		return nil
	}
	next, err := s.scan(now)
	if err != nil {
		return err
	}
	s.packList.Store(next)
	if last := s.lastHit.Load(); last != nil && !slices.Contains(next.packs, last) {
		s.lastHit.Store(nil) // so that its mapping can go
	}
	return nil
}

// upToDate reports whether no folder of packs has changed since the list was made.
func (s *Store) upToDate(l *packSet) bool {
	i := 0
	for dir := range s.objectFolders() {
		if i == len(l.stamps) || !l.stamps[i].holds(filepath.Join(dir, "pack")) {
			return false
		}
		i++
	}
	return true
}

// maxScans bounds how often a folder is read again because it changed meanwhile.
const maxScans = 8

// scan reads all folders of packs and opens what is new. Packs that the old list has open are taken over.
func (s *Store) scan(old *packSet) (*packSet, error) {
	open := make(map[string]*pack, len(old.packs))
	for _, p := range old.packs {
		open[p.base] = p
	}
	next := &packSet{scans: old.scans + 1}
	for dir := range s.objectFolders() {
		packs, broken, st, err := s.scanFolder(filepath.Join(dir, "pack"), open)
		if err != nil {
			return nil, err
		}
		next.packs = append(next.packs, packs...)
		next.broken = append(next.broken, broken...)
		next.stamps = append(next.stamps, st)
	}
	return next, nil
}

// scanFolder reads one folder of packs, again if it changes meanwhile: a repack puts its new pack in place before it
// removes the old ones, but a listing that overlaps both may show neither.
func (s *Store) scanFolder(dir string, open map[string]*pack) (packs []*pack, broken []error, st stamp, err error) {
	for range maxScans {
		st = takeStamp(dir)
		names, err := readNames(dir)
		if err != nil {
			return nil, nil, st, err
		}
		packs, broken = s.openPacks(dir, names, open)
		if after := takeStamp(dir); after.info == nil && st.info == nil || after.info != nil && st.looksLike(after.info) {
			break
		}
	}
	slices.SortStableFunc(packs, func(a, b *pack) int { return b.info.ModTime().Compare(a.info.ModTime()) })
	return packs, broken, st, nil
}

// openPacks opens the packs among names that are not open yet. One that vanishes meanwhile is passed over; one that is
// broken is logged and remembered, and the others serve on.
func (s *Store) openPacks(dir string, names []string, open map[string]*pack) (packs []*pack, broken []error) {
	for _, name := range names {
		stem, ok := strings.CutSuffix(name, ".idx")
		if !ok || !strings.HasPrefix(name, "pack-") {
			continue
		}
		base := filepath.Join(dir, stem)
		if p := open[base]; p != nil && p.isCurrent() {
			packs = append(packs, p)
			continue
		}
		p, err := openPack(base)
		switch {
		case err == nil:
			open[base] = p
			packs = append(packs, p)
		case !isMissing(err):
			s.log.Error("cannot open a pack", "pack", base, "error", err)
			broken = append(broken, err)
		}
	}
	return packs, broken
}

// isCurrent reports whether the file is still the one that was opened.
func (p *pack) isCurrent() bool {
	info, err := os.Stat(p.base + ".pack")
	return err == nil && stamp{info: p.info}.looksLike(info)
}

// addPack puts a pack that has just been written, base+".pack" and base+".idx" below objectsDir, at the front of the
// list, without a look at the folder.
func (s *Store) addPack(base string) (*pack, error) {
	p, err := openPack(base)
	if err != nil {
		return nil, err
	}
	s.scanning.Lock()
	defer s.scanning.Unlock()
	now := s.packList.Load()
	if now.closed {
		return nil, fmt.Errorf("gitstore: %w", fs.ErrClosed)
	}
	next := *now
	others := slices.DeleteFunc(slices.Clone(now.packs), func(o *pack) bool { return o.base == base })
	next.packs = append([]*pack{p}, others...)
	s.packList.Store(&next)
	return p, nil
}

// readShallow reads the commits at which a shallow clone ends. No file means a whole clone.
func readShallow(path string) (map[ID]bool, error) {
	text, err := readLimited(path, maxShallowFile)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := make(map[ID]bool)
	for line := range bytes.Lines(text) {
		id, err := parseHexID(bytes.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		ids[id] = true
	}
	return ids, nil
}

// maxShallowFile holds 400,000 commits, more than any clone is cut at.
const maxShallowFile = 16 << 20
