package credit

import (
	"bytes"
	"cmp"
	"slices"

	"coppice/wiki"
)

// union puts spans in order and joins those that touch; the one that reaches up to no-1 becomes low.
func union(all []span, no int32) (low int32, rest []span) {
	slices.SortFunc(all, func(a, b span) int { return int(a.from) - int(b.from) })
	out := all[:1]
	for _, s := range all[1:] {
		if last := &out[len(out)-1]; s.from <= last.to+1 {
			last.to = max(last.to, s.to)
			continue
		}
		out = append(out, s)
	}
	if last := out[len(out)-1]; last.to == no-1 {
		return last.from, slices.Clone(out[:len(out)-1])
	}
	return no, slices.Clone(out)
}

// shared counts the commits that are there and that a new head knows, of which steps are those that are not there, and
// the gaps between them.
func (d *data) shared(head wiki.ID, steps []wiki.Step) (commits, gaps int) {
	var all []span
	note := func(id wiki.ID) {
		if no, ok := d.number(id); ok {
			c := &d.commits[no]
			all = append(append(all, c.rest...), span{c.low, no})
		}
	}
	note(head)
	for _, s := range steps {
		for _, p := range s.Parents {
			note(p)
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	low, rest := union(all, int32(len(d.commits)))
	commits = len(d.commits) - int(low)
	for _, s := range rest {
		commits += int(s.to-s.from) + 1
	}
	return commits, len(rest)
}

// reaches reports whether commit a is b or an ancestor of it.
func (d *data) reaches(a, b int32) bool {
	c := &d.commits[b]
	if a > b {
		return false
	}
	if a >= c.low {
		return true
	}
	i, _ := slices.BinarySearchFunc(c.rest, a, func(s span, a int32) int {
		if s.to < a {
			return -1
		}
		return 1
	})
	return i < len(c.rest) && c.rest[i].from <= a
}

// anyReaches reports whether a is one of the commits of or an ancestor of one.
func (d *data) anyReaches(a int32, of []int32) bool {
	return slices.ContainsFunc(of, func(b int32) bool { return d.reaches(a, b) })
}

// compareCommits puts commits in the order of history: ancestors first, and otherwise by time, as far as clocks agree
// with that. What is asked of history is answered in this order and never in that of the numbers, which tells how commits
// came in: it is a matter of the commits alone, and whoever is added to the newest comes behind all.
func (d *data) compareCommits(a, b int32) int {
	x, y := &d.commits[a], &d.commits[b]
	return cmp.Or(cmp.Compare(x.since, y.since), cmp.Compare(x.height, y.height), bytes.Compare(x.id[:], y.id[:]))
}

// compareRevs does the same with revs. Those of one commit came in together, in the order of its changes.
func (d *data) compareRevs(a, b int32) int {
	return cmp.Or(d.compareCommits(d.revs[a].commit, d.revs[b].commit), cmp.Compare(a, b))
}

// insert puts a rev into a list at its place. Lists that others hold do not change: what comes before the end goes into a
// copy.
func (d *data) insert(list []int32, no int32) []int32 {
	if len(list) == 0 || d.compareRevs(list[len(list)-1], no) < 0 {
		return append(list, no)
	}
	i, _ := slices.BinarySearchFunc(list, no, d.compareRevs)
	return slices.Concat(list[:i], []int32{no}, list[i:])
}

// newest gives the last rev of a path, in the order of history, that one of the commits knows; -1 if there is none. The
// caller holds the tables' lock.
func (d *data) newest(path int32, at []int32) int32 {
	if int(path) >= len(d.tables.on) {
		return -1
	}
	for _, no := range slices.Backward(d.tables.on[path]) {
		if int(no) < len(d.revs) && d.anyReaches(d.revs[no].commit, at) {
			return no
		}
	}
	return -1
}

// newestOf is newest for a path by its name.
func (d *data) newestOf(path string, at []int32) int32 {
	no, ok := d.tables.pathNo[path]
	if !ok {
		return -1
	}
	return d.newest(no, at)
}

// line gives all revs of a page in the order of history. Some may be of no commit that d has.
func (d *data) line(page int32) []int32 {
	t := d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[page]
}

// known gives the revs that a commit knows, in the order of history.
func (d *data) known(at int32) []int32 {
	t := d.tables
	t.mu.Lock()
	if fresh := len(t.newest.revs) - t.orderRevs; fresh > 0 {
		list := make([]int32, fresh)
		for i := range list {
			list[i] = int32(t.orderRevs + i)
		}
		slices.SortFunc(list, t.newest.compareRevs)
		t.order = t.newest.merge(t.order, list)
		t.orderRevs += fresh
	}
	order := t.order
	t.mu.Unlock()
	list := make([]int32, 0, min(len(d.revs), len(order)))
	for _, no := range order {
		if int(no) < len(d.revs) && d.reaches(d.revs[no].commit, at) {
			list = append(list, no)
		}
	}
	return list
}

// merge puts two lists into one, as insert does.
func (d *data) merge(list, more []int32) []int32 {
	if len(list) == 0 || d.compareRevs(list[len(list)-1], more[0]) < 0 {
		return append(list, more...)
	}
	all := make([]int32, 0, len(list)+len(more))
	for len(list) > 0 && len(more) > 0 {
		next := &list
		if d.compareRevs(more[0], list[0]) < 0 {
			next = &more
		}
		all = append(all, (*next)[0])
		*next = (*next)[1:]
	}
	return append(append(all, list...), more...)
}
