package gitstore

import (
	"bytes"
	"container/heap"
	"fmt"
	"slices"
	"strings"
)

// IsAncestor reports whether a is b or can be reached from b by parents. If a commit that is needed for the answer, a
// and b among them, is not here, the error is ErrNotFound.
//
// It walks down from both at once, newest first by commit date. What lies below a cannot lead to a, so the walk ends as soon
// as nothing else is left in the queue. Dates decide only how soon that is: with clocks that were wrong the answer is the
// same. (git merge-base --is-ancestor paints in the same manner.)
func (s *Store) IsAncestor(a, b ID) (bool, error) {
	if a == b {
		return true, nil
	}
	w := ancestryWalk{store: s, seen: make(map[ID]*walked)}
	if err := w.visit(b, false); err != nil {
		return false, err
	}
	top, err := s.walked(a)
	if err != nil {
		return false, err
	}
	for _, parent := range top.parents {
		if err := w.visit(parent, true); err != nil {
			return false, err
		}
	}
	for w.open > 0 {
		c := w.next()
		for _, parent := range c.parents {
			if parent == a && !c.below {
				return true, nil
			}
			if err := w.visit(parent, c.below); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// walked is what a walk needs to know of a commit.
type walked struct {
	id      ID
	parents []ID
	date    int64 // of the committer, in seconds since 1970; 0 if it cannot be read
	below   bool  // reached from the commit that is looked for
	queued  bool
}

// ancestryWalk visits commits, newest first.
type ancestryWalk struct {
	store *Store
	seen  map[ID]*walked
	queue walkQueue
	open  int // how many in the queue are not below
}

// visit queues a commit that is new, or that turns out to be below.
func (w *ancestryWalk) visit(id ID, below bool) error {
	c := w.seen[id]
	if c == nil {
		var err error
		if c, err = w.store.walked(id); err != nil {
			return err
		}
		c.below = below
		w.seen[id] = c
		w.enqueue(c)
		return nil
	}
	if !below || c.below {
		return nil
	}
	c.below = true
	if c.queued {
		w.open--
	} else {
		w.enqueue(c) // a child with a wrong date came late: its ancestors must hear of it
	}
	return nil
}

func (w *ancestryWalk) enqueue(c *walked) {
	c.queued = true
	if !c.below {
		w.open++
	}
	heap.Push(&w.queue, c)
}

func (w *ancestryWalk) next() *walked {
	c := heap.Pop(&w.queue).(*walked)
	c.queued = false
	if !c.below {
		w.open--
	}
	return c
}

// walkQueue is a heap with the newest commit on top.
type walkQueue []*walked

func (q walkQueue) Len() int           { return len(q) }
func (q walkQueue) Less(i, j int) bool { return q[i].date > q[j].date }
func (q walkQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *walkQueue) Push(c any)        { *q = append(*q, c.(*walked)) }
func (q *walkQueue) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

// walked reads the parents and the date of a commit, a small part of what Commit parses.
func (s *Store) walked(id ID) (*walked, error) {
	kind, raw, _, err := s.read(id)
	if err == nil {
		err = checkKind(id, kind, Commit)
	}
	if err != nil {
		return nil, err
	}
	c := &walked{id: id}
	head, _ := splitCommit(raw)
	for line := range bytes.Lines(head) {
		key, value, _ := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
		switch string(key) {
		case "parent":
			parent, err := parseHexID(value)
			if err != nil {
				return nil, fmt.Errorf("commit %s: parent line: %w", id, err)
			}
			c.parents = append(c.parents, parent)
		case "committer":
			if when := parseDate(value[bytes.LastIndexByte(value, '>')+1:]); !when.IsZero() {
				c.date = when.Unix()
			}
		}
	}
	if s.shallow[id] {
		c.parents = nil
	}
	return c, nil
}

const (
	// minPrefix is the fewest digits that may stand for a name; git's own minimum.
	minPrefix = 4

	// maxResolved is enough to know that a prefix is not unique.
	maxResolved = 2
)

// ResolvePrefix returns the commits whose names begin with hex, 4 to 40 hexadecimal digits of either case: none, the
// one, or two of several, in order of name. Whether a branch leads to them is not asked. What is no such prefix names
// nothing, and so gives none.
func (s *Store) ResolvePrefix(hex string) ([]ID, error) {
	lo, hi, ok := prefixRange(hex)
	if !ok {
		return nil, nil
	}
	var found []ID
	err := s.twice(lo, func(l *packSet) (bool, error) {
		candidates, err := s.idsBetween(l, lo, hi)
		if err != nil {
			return false, err
		}
		found, err = s.onlyCommits(candidates)
		return len(found) > 0, err
	})
	if len(found) > 0 || isNotFound(err) {
		err = nil
	}
	return found, err
}

// prefixRange returns the first and the last name that begin with the digits.
func prefixRange(hex string) (lo, hi ID, ok bool) {
	if len(hex) < minPrefix || len(hex) > 40 {
		return lo, hi, false
	}
	lo, errLo := parseHexID([]byte(hex + strings.Repeat("0", 40-len(hex))))
	hi, errHi := parseHexID([]byte(hex + strings.Repeat("f", 40-len(hex))))
	return lo, hi, errLo == nil && errHi == nil
}

// idsBetween lists the objects from lo to hi, both included, whose first bytes are equal; sorted, each once.
func (s *Store) idsBetween(l *packSet, lo, hi ID) (ids []ID, err error) {
	for _, p := range l.packs {
		if ids, err = p.appendBetween(ids, lo, hi); err != nil {
			return nil, err
		}
	}
	for dir := range s.objectFolders() {
		loose, err := looseIDs(dir, lo[0])
		if err != nil {
			return nil, err
		}
		for _, id := range loose {
			if compareIDs(id, lo) >= 0 && compareIDs(id, hi) <= 0 {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids), nil
}

// onlyCommits keeps the first commits among ids, as many as are of interest.
func (s *Store) onlyCommits(ids []ID) (commits []ID, err error) {
	for _, id := range ids {
		kind, _, err := s.Size(id)
		if err != nil {
			return nil, err
		}
		if kind == Commit {
			if commits = append(commits, id); len(commits) == maxResolved {
				break
			}
		}
	}
	return commits, nil
}
