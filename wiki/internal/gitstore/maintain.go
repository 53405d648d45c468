package gitstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// foldFactor is how many times larger than all smaller ones together each pack is after a fold. With 2, an object is
	// copied once per doubling of the repository, and a repository of 4 GB has about 20 packs.
	foldFactor = 2

	// foldPacks is how many packs must be due before a fold is worth it. With it, the number of packs stays near 30; git's
	// own gc --auto starts at 50.
	foldPacks = 16

	// foldLoose is how many loose objects are too many. Each costs a file of a disk block or more; a push of less than a
	// hundred objects leaves them loose. git's own bound is 6,700.
	foldLoose = 2048

	// looseRest is how long a loose object stays as it is. A gc of git's that has found an object unreachable leaves it
	// loose, or makes it so, before it deletes packs; if we moved it into one of those packs meanwhile, it would be gone.
	// Only an object that a ref is just about to name can be mourned, and it is young: a push that is under way.
	looseRest = 10 * time.Minute

	// looseSample is the fan-out folder that stands for all 256; git samples the same one.
	looseSample = 0x17
)

// NeedsMaintenance reports whether small packs or loose objects have piled up. It is cheap enough to be asked after each
// save.
func (s *Store) NeedsMaintenance() bool {
	if s.readOnly {
		return false
	}
	if own := s.ownPacks(); len(own) >= foldPacks && len(dueForFold(withoutMarks(own))) >= foldPacks {
		return true
	}
	ids, err := looseIDs(s.objectsDir, looseSample)
	return err == nil && len(ids)*256 > foldLoose
}

// Maintain folds small packs and loose objects older than ten minutes into one larger pack, so that the packs that remain grow in size
// geometrically, as git repack --geometric does. Versions of one file or folder become deltas. No object is ever
// dropped, reachable or not.
//
// The new pack is on disk before anything is removed, and only what it holds is removed. Readers and writers, of this
// process or git's own, go on meanwhile: whoever misses an object looks at the folder again, and finds the new pack. Packs
// with a .keep, .promisor or .mtimes file and those of alternates are left alone. A second Maintain at the same time
// returns at once. When the context ends, or the disk is full, everything is as it was. ErrReadOnly is returned for a
// store that was opened so, or may not be written to.
func (s *Store) Maintain(ctx context.Context) error {
	if s.readOnly {
		return fmt.Errorf("maintain: %w", ErrReadOnly)
	}
	if !s.upkeep.TryLock() {
		return nil
	}
	defer s.upkeep.Unlock()
	for range maxFolds {
		if more, err := s.foldOnce(ctx); err != nil {
			return fmt.Errorf("maintain: %w", err)
		} else if !more {
			break
		}
	}
	return nil
}

// maxFolds is how many folds one Maintain makes at the most: loose objects that have become a pack, or a pack that was
// deflated anew and is smaller now, can make a second one due.
const maxFolds = 3

// foldOnce folds what is due and reports whether there was anything.
func (s *Store) foldOnce(ctx context.Context) (folded bool, err error) {
	if err := s.rescan(); err != nil {
		return false, err
	}
	f, err := s.planFold()
	if err != nil || f.isEmpty() {
		return false, err
	}
	begun := time.Now()
	base, err := f.write(ctx)
	if err != nil {
		return false, err
	}
	switch _, err := s.addPack(base); {
	case isMissing(err): // git's own gc has been here, and put everything in one pack
		return false, s.rescan()
	case err != nil:
		return false, fmt.Errorf("open the new pack: %w", err)
	}
	if err := f.removeOld(base); err != nil {
		return false, fmt.Errorf("remove what was folded: %w", err)
	}
	s.log.Debug("folded packs", "packs", len(f.packs), "loose", len(f.loose), "objects", len(f.repack.entries),
		"took", time.Since(begun))
	return true, s.rescan()
}

// ownPacks are the packs of our own object folder.
func (s *Store) ownPacks() []*pack {
	dir := filepath.Join(s.objectsDir, "pack")
	return slices.DeleteFunc(slices.Clone(s.packs()), func(p *pack) bool { return filepath.Dir(p.base) != dir })
}

// withoutMarks leaves out the packs that git has marked: kept by somebody's wish (.keep), promised by another
// repository (.promisor), or holding what is about to be thrown away (.mtimes).
func withoutMarks(packs []*pack) []*pack {
	return slices.DeleteFunc(packs, func(p *pack) bool {
		return isFile(p.base+".keep") || isFile(p.base+".promisor") || isFile(p.base+".mtimes")
	})
}

// dueForFold returns, smallest first, the packs that have to become one so that every pack that remains is foldFactor
// times larger than all smaller ones together; none if they are so already. It sorts packs.
func dueForFold(packs []*pack) []*pack {
	slices.SortFunc(packs, func(a, b *pack) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.base, b.base)) })
	due, sum := 0, int64(0)
	for i, p := range packs {
		if sum > 0 && p.size < foldFactor*sum {
			due = i + 1
		}
		sum += p.size
	}
	return packs[:due]
}

// fold is one round of maintenance.
type fold struct {
	s      *Store
	repack *repacker
	packs  []*pack // largest first
	loose  []ID
}

func (f *fold) isEmpty() bool { return len(f.packs) == 0 && len(f.loose) == 0 }

// planFold decides what goes into the new pack.
func (s *Store) planFold() (*fold, error) {
	f := &fold{s: s, repack: newRepacker(s)}
	if !isDir(filepath.Join(s.objectsDir, "pack", "multi-pack-index.d")) {
		f.packs = dueForFold(withoutMarks(s.ownPacks()))
	} // else git maintains a chain of indexes over the packs, and rewrites it at its own pace
	slices.Reverse(f.packs)
	for first := range 256 {
		ids, err := looseIDs(s.objectsDir, byte(first))
		if err != nil {
			return nil, err
		}
		f.loose = append(f.loose, slices.DeleteFunc(ids, func(id ID) bool {
			age, ok := fileAge(loosePath(s.objectsDir, id))
			return !ok || age < looseRest
		})...)
	}
	return f, nil
}

// write writes the new pack and returns its base.
func (f *fold) write(ctx context.Context) (base string, err error) {
	// The largest pack comes first: of several copies of an object its is the one most likely to be a delta.
	for _, p := range f.packs {
		source, err := f.repack.addSource(p)
		if err != nil {
			return "", err
		}
		for _, st := range f.repack.sources[source].starts {
			f.repack.add(p.id(int(st.i)), source, st.off)
		}
	}
	for _, id := range f.loose {
		f.repack.add(id, -1, 0)
	}
	if err := f.repack.link(ctx); err != nil {
		return "", err
	}
	if err := f.repack.proposeByHistory(ctx); err != nil {
		return "", err
	}
	staged, err := f.s.stagePack(len(f.repack.entries))
	if err != nil {
		return "", err
	}
	defer staged.discard()
	if err := f.repack.write(ctx, staged.packWriter); err != nil {
		return "", writeError("write a pack", err)
	}
	return staged.publish()
}

// removeOld removes what the new pack at base holds.
func (f *fold) removeOld(base string) error {
	p, err := openPack(base) // from disk: what is removed is what can be read there
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.dropMultiPackIndex(); err != nil {
		return err
	}
	for _, old := range f.packs {
		if old.base != base && holdsAll(p, old) {
			if err := removePack(old.base); err != nil {
				return err
			}
		}
	}
	for _, id := range f.loose {
		if _, ok := p.find(id); !ok {
			continue
		}
		if err := os.Remove(loosePath(f.s.objectsDir, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return writeError("remove", err)
		}
	}
	return nil
}

// holdsAll reports whether every object of old is in p.
func holdsAll(p, old *pack) bool {
	for i := range old.count {
		if _, ok := p.find(old.id(i)); !ok {
			return false
		}
	}
	return true
}

// dropMultiPackIndex removes git's index over several packs, which would name packs that are gone. It is derived
// data, and git repack removes it for the same reason.
func (f *fold) dropMultiPackIndex() error {
	if len(f.packs) == 0 {
		return nil
	}
	dir := filepath.Join(f.s.objectsDir, "pack")
	names, err := readNames(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != "multi-pack-index" && !strings.HasPrefix(name, "multi-pack-index-") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return writeError("remove", err)
		}
	}
	return nil
}

// removePack removes a pack and what belongs to it. The index goes first, for it is what others look for.
func removePack(base string) error {
	for _, ext := range []string{".idx", ".rev", ".bitmap", ".pack"} {
		if err := os.Remove(base + ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return writeError("remove", err)
		}
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
