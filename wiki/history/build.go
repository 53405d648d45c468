package history

import (
	"container/heap"
	"context"
	"runtime"
	"sync"

	"coppice/wiki"
	"coppice/wiki/internal/gitstore"
)

// pending is a commit whose changes are not in the index yet.
type pending struct {
	id      wiki.ID
	tree    wiki.ID
	parents []wiki.ID
	time    int64 // author's
	date    int64 // committer's
}

// collect gives the commits that are reachable from head and not in old (which may be nil), parents before children,
// and otherwise by the committer's date: the order of `git log`, turned round. Old's Position is an ancestor of head
// exactly when one of the new commits has it for a parent; if none has, errRewritten comes back.
func collect(ctx context.Context, store *gitstore.Store, head wiki.ID, old *data) ([]pending, error) {
	c := collector{store: store, seen: map[wiki.ID]bool{}}
	if old != nil {
		c.known, c.position = old.knows(), old.position
	}
	if err := c.add(head); err != nil {
		return nil, err
	}
	var order []pending
	for c.queue.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := heap.Pop(&c.queue).(pending)
		order = append(order, p)
		for _, id := range p.parents {
			if err := c.add(id); err != nil {
				return nil, err
			}
		}
	}
	if old != nil && !c.reached {
		return nil, errRewritten
	}
	return parentsFirst(order), nil
}

type collector struct {
	store    *gitstore.Store
	known    func(wiki.ID) bool
	position wiki.ID
	reached  bool // position was met
	seen     map[wiki.ID]bool
	queue    byDate
}

func (c *collector) add(id wiki.ID) error {
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
	heap.Push(&c.queue, pending{id, data.Tree, data.Parents, data.Author.When.Unix(), data.Committer.When.Unix()})
	return nil
}

// knows gives a test for a commit being in d. The table behind it is made when it is first needed: an ordinary save,
// whose parent is the Position, never needs it, for its own commit is the one asked for first.
func (d *data) knows() func(wiki.ID) bool {
	table := sync.OnceValue(func() map[wiki.ID]bool {
		m := make(map[wiki.ID]bool, len(d.commits))
		for _, c := range d.commits {
			m[c.id] = true
		}
		return m
	})
	first := true
	return func(id wiki.ID) bool {
		if id == d.position {
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
func parentsFirst(order []pending) []pending {
	at := make(map[wiki.ID]int, len(order))
	for i, p := range order {
		at[p.id] = i
	}
	out := make([]pending, 0, len(order))
	done := make([]bool, len(order))
	var stack []int
	for i := len(order) - 1; i >= 0; i-- {
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			waits := false
			for _, id := range order[top].parents {
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
type byDate []pending

func (h byDate) Len() int           { return len(h) }
func (h byDate) Less(i, j int) bool { return h[i].date > h[j].date }
func (h byDate) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *byDate) Push(x any) { *h = append(*h, x.(pending)) }

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

// build compares each commit with its parents, several at a time, and numbers what it finds after base.
func build(ctx context.Context, w *wiki.Wiki, base *data, fresh []pending, progress func(done, total int)) (*data, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	trees, err := parentTrees(w.Store(), fresh)
	if err != nil {
		return nil, err
	}
	changes := make([][]wiki.Change, len(fresh))
	starts := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(fresh)/chunkCommits) {
		workers.Go(func() {
			for start := range starts {
				for i := start; i < min(start+chunkCommits, len(fresh)); i++ {
					var err error
					if changes[i], err = changesOf(w, fresh[i], trees); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	for start := 0; start < len(fresh) && ctx.Err() == nil; start += chunkCommits {
		select {
		case starts <- start:
			progress(start, len(fresh))
		case <-ctx.Done():
		}
	}
	close(starts)
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	progress(len(fresh), len(fresh))
	return number(base, fresh, changes), nil
}

// parentTrees gives the tree of each commit and of each parent.
func parentTrees(store *gitstore.Store, fresh []pending) (map[wiki.ID]wiki.ID, error) {
	trees := make(map[wiki.ID]wiki.ID, len(fresh)+1)
	for _, p := range fresh {
		trees[p.id] = p.tree
	}
	for _, p := range fresh {
		for _, id := range p.parents {
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

// changesOf gives what one commit did to pages, with renames.
func changesOf(w *wiki.Wiki, p pending, trees map[wiki.ID]wiki.ID) ([]wiki.Change, error) {
	store := w.Store()
	root, err := gitstore.Subtree(store, p.tree, w.Root())
	if err != nil {
		return nil, err
	}
	parents := p.parents
	if len(parents) == 0 {
		parents = []wiki.ID{{}}
	}
	var changes []wiki.Change
	for i, parent := range parents {
		before, err := gitstore.Subtree(store, trees[parent], w.Root())
		if err != nil {
			return nil, err
		}
		found, err := wiki.CompareRoots(store, before, root)
		if err != nil {
			return nil, err
		}
		// For a merge too: a page that one side renamed is then no change that the merge made.
		found, err = wiki.FindRenames(found, func(id wiki.ID) ([]byte, error) { return store.ReadKind(id, gitstore.Blob) })
		if err != nil {
			return nil, err
		}
		if i > 0 {
			found = inBoth(changes, found)
		}
		if changes = found; len(changes) == 0 {
			break
		}
	}
	return changes, nil
}

// inBoth keeps the changes of a whose path b has too.
func inBoth(a, b []wiki.Change) []wiki.Change {
	paths := make(map[wiki.Path]bool, len(b))
	for _, c := range b {
		paths[c.Path] = true
	}
	var both []wiki.Change
	for _, c := range a {
		if paths[c.Path] {
			both = append(both, c)
		}
	}
	return both
}

// number gives commits, paths and revisions the numbers that follow base's.
func number(base *data, fresh []pending, changes [][]wiki.Change) *data {
	add := &data{}
	added := make(map[string]int32)
	pathNo := func(p wiki.Path) int32 {
		name := p.String()
		if no, ok := base.pathNo[name]; ok {
			return no
		}
		no, ok := added[name]
		if !ok {
			no = int32(len(base.paths) + len(add.paths))
			added[name] = no
			add.paths = append(add.paths, name)
		}
		return no
	}
	for i, p := range fresh {
		no := int32(len(base.commits) + i)
		add.commits = append(add.commits, commit{p.id, p.time})
		for _, c := range changes[i] {
			r := rev{commit: no, path: pathNo(c.Path), from: -1, kind: c.Kind, merge: len(p.parents) > 1, blob: c.Blob}
			if c.Kind == wiki.Renamed {
				r.from = pathNo(c.From)
			}
			add.revs = append(add.revs, r)
		}
	}
	return add
}
