package gitstore

import (
	"context"
	"hash/maphash"
	"slices"
)

// A delta is short when it is made against another version of the same file or folder. Which objects are that is read
// off the commits that go into the pack: where a commit's tree differs from its first parent's, the two objects at that path are
// versions of each other.
//
// The newest version stays whole, as git does it, for it is the one that is read most. Version i, counted back from
// the newest, is stored against version i - 16^k, where k is the number of zeros at the end of i in base 16. Such
// "skip deltas" (from Subversion's FSFS) keep a chain at 15 steps a digit however many versions there are, and
// never need another whole copy; a plain chain of at most 50 steps would repeat a large folder at every fiftieth save.

// skipBase is the base of those steps: a larger one makes longer chains of shorter deltas.
const skipBase = 16

// maxVersions bounds how many versions of one path are lined up; what is older starts anew. It is the number that
// three digits can name, whose chains are within maxChain.
const maxVersions = skipBase * skipBase * skipBase

// versions lines up the objects of each path, newest first.
type versions struct {
	r     *repacker
	seed  maphash.Seed
	paths map[uint64][]int32 // by the path's hash: a collision costs a useless attempt at a delta
	order []uint64           // paths as they turned up
}

// proposeByHistory proposes deltas for the objects that are stored whole, and sets the order: commits, newest first, then
// the versions of each path together.
func (r *repacker) proposeByHistory(ctx context.Context) error {
	commits, err := r.newCommits(ctx)
	if err != nil {
		return err
	}
	v := &versions{r: r, seed: maphash.MakeSeed(), paths: make(map[uint64][]int32)}
	for n, c := range commits {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.order = append(r.order, c.place)
		v.addCommit(c.CommitData)
	}
	for _, path := range v.order {
		v.propose(v.paths[path])
		r.order = append(r.order, v.paths[path]...)
	}
	return nil
}

// placedCommit is a commit and its place among the entries.
type placedCommit struct {
	*CommitData
	place int32
}

// newCommits reads the commits of all sources, newest first, except those of the largest source if it holds more than
// half of all objects: within it deltas have been made, and what it shares a path with is met as a parent's version.
func (r *repacker) newCommits(ctx context.Context) ([]placedCommit, error) {
	var commits []placedCommit
	for n := range r.entries {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		e := &r.entries[n]
		if e.source == 0 && r.sources[0].count > len(r.entries)/2 {
			continue
		}
		if kind, err := r.kindOf(int32(n)); err != nil || kind != Commit {
			continue // damage shows when the entry is written
		}
		c, err := r.s.Commit(e.id)
		if err != nil {
			continue
		}
		c.Message, c.ExtraHeaders = "", nil // the rest is small
		commits = append(commits, placedCommit{c, int32(n)})
	}
	slices.SortStableFunc(commits, func(a, b placedCommit) int { return b.Committed().Compare(a.Committed()) })
	return commits, nil
}

func (v *versions) addCommit(c *CommitData) {
	var before ID
	if len(c.Parents) > 0 {
		if parent, err := v.r.s.Commit(c.Parents[0]); err == nil {
			before = parent.Tree
		}
	}
	v.addPair(v.hash(0, ""), c.Tree, before)
	v.addTrees(0, c.Tree, before, 0)
}

func (v *versions) hash(folder uint64, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(v.seed)
	var b [8]byte
	for i := range b {
		b[i] = byte(folder >> (8 * i))
	}
	h.Write(b[:])
	h.WriteString(name)
	return h.Sum64()
}

// maxTreeDepth bounds how deep folders may lie in one another before they are no longer looked into: file systems allow
// paths of 4,096 bytes.
const maxTreeDepth = 2048

// addTrees lines up what differs between two versions of a folder. Trees that cannot be read have no versions.
func (v *versions) addTrees(folder uint64, now, before ID, depth int) {
	if now == before || depth > maxTreeDepth {
		return
	}
	if _, ok := v.r.places[now]; !ok {
		return // an older tree: its parts are older still
	}
	newRaw, err := v.r.s.Tree(now)
	if err != nil {
		return
	}
	var oldRaw []byte
	if !before.IsZero() {
		oldRaw, _ = v.r.s.Tree(before)
	}
	for e, old := range changedEntries(newRaw, oldRaw) {
		if e.Mode&modeTypes == ModeCommit {
			continue
		}
		path := v.hash(folder, e.Name)
		v.addPair(path, e.ID, old)
		if e.IsTree() {
			v.addTrees(path, e.ID, old, depth+1)
		}
	}
}

// modeTypes is the part of a mode that says what kind of thing an entry is.
const modeTypes = 0o170000

// changedEntries yields the entries of now that are not in before, each with the object of the same name and kind in
// before, or zero. Both are sorted, so one pass does.
func changedEntries(now, before []byte) func(func(TreeEntry, ID) bool) {
	return func(yield func(TreeEntry, ID) bool) {
		for len(now) > 0 {
			e, n := parseTreeEntry(now)
			if n == 0 {
				return
			}
			old, m := parseTreeEntry(before)
			order := 1
			if m > 0 {
				order = compareEntries(old, e)
			}
			switch {
			case m > 0 && order < 0:
				before = before[m:]
				continue
			case m > 0 && order == 0:
				before = before[m:]
			default:
				old = TreeEntry{}
			}
			now = now[n:]
			if e.ID != old.ID && !yield(e, old.ID) {
				return
			}
		}
	}
}

// addPair appends a path's object, and the one before it, to the path's versions.
func (v *versions) addPair(path uint64, now, before ID) {
	list, seen := v.paths[path]
	if !seen {
		v.order = append(v.order, path)
	}
	for _, id := range [2]ID{now, before} {
		if place, ok := v.r.places[id]; ok && (len(list) == 0 || list[len(list)-1] != place) {
			list = append(list, place)
		}
	}
	v.paths[path] = list
}

// propose proposes deltas for one path's versions, newest first.
func (v *versions) propose(list []int32) {
	for start := 0; start < len(list); start += maxVersions {
		part := list[start:min(start+maxVersions, len(list))]
		for i := 1; i < len(part); i++ {
			v.proposeOne(part, i)
		}
	}
}

// proposeOne tries the version that skip deltas ask for, then those further up the same chain.
func (v *versions) proposeOne(list []int32, i int) {
	for j := i; j > 0; {
		j = skipFrom(j)
		if v.r.proposeDelta(list[i], list[j]) {
			return
		}
	}
}

// skipFrom is the version that version i > 0 is stored against.
func skipFrom(i int) int {
	step := 1
	for i/step%skipBase == 0 {
		step *= skipBase
	}
	return i - step
}
