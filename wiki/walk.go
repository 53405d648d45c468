package wiki

import (
	"container/heap"
	"context"
	"errors"
	"runtime"
	"sync"

	"coppice/wiki/internal/gitstore"
)

// ErrRewritten says that what a Follower reflects is no ancestor of the commit it shall follow to.
var ErrRewritten = errors.New("the branch's history was rewritten")

// Step is one commit of a walk over history. Compare fills in what it did to pages.
type Step struct {
	ID      ID
	Tree    ID
	Parents []ID
	Time    int64 // author's, Unix seconds
	Date    int64 // committer's

	// Changes are the pages that differ from every parent, with renames; Kind, From and Old are against the first one.
	// A merge that only carries somebody's change along changes nothing.
	Changes []Change
	// Bases gives, for a merge, the blob that each change had in each parent, renames followed; zero where it had none.
	// It is nil for all other commits, whose base is the change's Old.
	Bases [][]ID
}

// Walk gives the commits that are reachable from head and not known (which may be nil), parents before children, and
// otherwise by the committer's date: the order of `git log`, turned round. Position, if it is not zero, is a known
// commit that must be the parent of one of them: if it is not, ErrRewritten comes back.
func (w *Wiki) Walk(ctx context.Context, head, position ID, known func(ID) bool) ([]Step, error) {
	c := collector{store: w.store, seen: map[ID]bool{}, known: known, position: position}
	if err := c.add(head); err != nil {
		return nil, err
	}
	var order []Step
	for c.queue.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := heap.Pop(&c.queue).(Step)
		order = append(order, p)
		for _, id := range p.Parents {
			if err := c.add(id); err != nil {
				return nil, err
			}
		}
	}
	if !position.IsZero() && !c.reached {
		return nil, ErrRewritten
	}
	return parentsFirst(order), nil
}

// CountSince counts the commits that are reachable from head and not from position, at most limit. All are, if position is
// zero or no commit of the repository.
func (w *Wiki) CountSince(ctx context.Context, position, head ID, limit int) (int, error) {
	asked := 0
	steps, err := w.Walk(ctx, head, ID{}, func(id ID) bool {
		asked++
		if asked > limit || position.IsZero() {
			return asked > limit
		}
		known, err := w.store.IsAncestor(id, position)
		return err == nil && known
	})
	return len(steps), err
}

type collector struct {
	store    *gitstore.Store
	known    func(ID) bool
	position ID
	reached  bool // position was met
	seen     map[ID]bool
	queue    byDate
}

func (c *collector) add(id ID) error {
	if id.IsZero() || c.seen[id] {
		return nil
	}
	c.seen[id] = true
	if c.known != nil && c.known(id) {
		c.reached = c.reached || id == c.position
		return nil
	}
	data, err := c.store.Commit(id)
	if err != nil {
		return err
	}
	heap.Push(&c.queue, Step{ID: id, Tree: data.Tree, Parents: data.Parents, Time: data.Written().Unix(), Date: data.Committed().Unix()})
	return nil
}

// KnownCommits gives a test for a commit being among those of a Follower at position. The table behind it is made when
// it is first needed: an ordinary save, whose parent is the position, never needs it, for its own commit is the one
// asked for first.
func KnownCommits(position ID, table func() map[ID]bool) func(ID) bool {
	table = sync.OnceValue(table)
	first := true
	return func(id ID) bool {
		if id == position {
			return true
		}
		if first { // the new head: known only if the branch was put back, and then position is not reached
			first = false
			return false
		}
		return table()[id]
	}
}

// parentsFirst turns newest-first into oldest-first and mends the places where a wrong clock put a child before its
// parent.
func parentsFirst(order []Step) []Step {
	at := make(map[ID]int, len(order))
	for i, p := range order {
		at[p.ID] = i
	}
	out := make([]Step, 0, len(order))
	done := make([]bool, len(order))
	var stack []int
	for i := len(order) - 1; i >= 0; i-- {
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			waits := false
			for _, id := range order[top].Parents {
				if j, ok := at[id]; ok && !done[j] {
					stack = append(stack, j)
					waits = true
				}
			}
			if waits {
				continue
			}
			stack = stack[:len(stack)-1]
			if !done[top] {
				done[top] = true
				out = append(out, order[top])
			}
		}
	}
	return out
}

// byDate is a heap of commits, latest first.
type byDate []Step

func (h byDate) Len() int           { return len(h) }
func (h byDate) Less(i, j int) bool { return h[i].Date > h[j].Date }
func (h byDate) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *byDate) Push(x any) { *h = append(*h, x.(Step)) }

// Pop takes the last.
func (h *byDate) Pop() any {
	old := *h
	p := old[len(old)-1]
	*h = old[:len(old)-1]
	return p
}

// chunkCommits is how many commits one worker compares at a time: enough that neighbours share the trees they read,
// few enough that the last worker does not keep the others waiting.
const chunkCommits = 256

// CompareSteps compares each commit with its parents, several at a time, and fills in what it did to pages.
func (w *Wiki) CompareSteps(ctx context.Context, steps []Step, progress func(done, total int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	trees, err := parentTrees(w.store, steps)
	if err != nil {
		return err
	}
	starts := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(steps)/chunkCommits) {
		workers.Go(func() {
			for start := range starts {
				for i := start; i < min(start+chunkCommits, len(steps)); i++ {
					if err := w.compareStep(&steps[i], trees); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	for start := 0; start < len(steps) && ctx.Err() == nil; start += chunkCommits {
		select {
		case starts <- start:
			progress(start, len(steps))
		case <-ctx.Done():
		}
	}
	close(starts)
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	progress(len(steps), len(steps))
	return nil
}

// parentTrees gives the tree of each commit and of each parent.
func parentTrees(store *gitstore.Store, steps []Step) (map[ID]ID, error) {
	trees := make(map[ID]ID, len(steps)+1)
	for _, p := range steps {
		trees[p.ID] = p.Tree
	}
	for _, p := range steps {
		for _, id := range p.Parents {
			if _, ok := trees[id]; ok {
				continue
			}
			c, err := store.Commit(id)
			if err != nil {
				return nil, err
			}
			trees[id] = c.Tree
		}
	}
	return trees, nil
}

// compareStep finds what one commit did to pages, with renames.
func (w *Wiki) compareStep(p *Step, trees map[ID]ID) error {
	root, err := gitstore.Subtree(w.store, p.Tree, w.root)
	if err != nil {
		return err
	}
	parents := p.Parents
	if len(parents) == 0 {
		parents = []ID{{}}
	}
	for i, parent := range parents {
		before, err := gitstore.Subtree(w.store, trees[parent], w.root)
		if err != nil {
			return err
		}
		found, err := CompareRoots(w.store, before, root)
		if err != nil {
			return err
		}
		// For a merge too: a page that one side renamed is then no change that the merge made.
		found, err = FindRenames(found, w.blob)
		if err != nil {
			return err
		}
		if i == 0 {
			p.Changes = found
			if len(parents) > 1 {
				p.Bases = make([][]ID, len(found))
				for j, c := range found {
					p.Bases[j] = []ID{c.Old}
				}
			}
		} else {
			p.keepBoth(found)
		}
		if len(p.Changes) == 0 {
			break
		}
	}
	return nil
}

// keepBoth keeps the changes whose path is among those against another parent, and notes their base there.
func (p *Step) keepBoth(found []Change) {
	old := make(map[Path]ID, len(found))
	for _, c := range found {
		old[c.Path] = c.Old
	}
	n := 0
	for i, c := range p.Changes {
		if base, ok := old[c.Path]; ok {
			p.Bases[i] = append(p.Bases[i], base)
			p.Changes[n], p.Bases[n] = c, p.Bases[i]
			n++
		}
	}
	p.Changes, p.Bases = p.Changes[:n:n], p.Bases[:n:n]
}
