package credit

import (
	"iter"
	"slices"
	"time"

	"coppice/wiki"
)

// when gives the author's date of a commit, UTC. One in the future comes from a wrong clock: it counts as the earliest true
// date of those that build on this one, or else as today.
func (v *View) when(commit int32) time.Time {
	at := v.d.commits[commit].time
	if at > v.now {
		v.late.Do(v.boundLate)
		var ok bool
		if at, ok = v.bounds[commit]; !ok {
			at = v.now
		}
	}
	return time.Unix(at, 0).UTC()
}

// boundLate finds what the commits that build on those with a date in the future say of these.
func (v *View) boundLate() {
	v.bounds = map[int32]int64{}
	for no := v.d.head; no >= 0; no-- {
		if !v.d.reaches(no, v.d.head) {
			continue
		}
		c := &v.d.commits[no]
		at := c.time
		if at > v.now {
			var ok bool
			if at, ok = v.bounds[no]; !ok {
				continue
			}
		}
		for _, p := range c.parents {
			if b, ok := v.bounds[p]; v.d.commits[p].time > v.now && (!ok || at < b) {
				v.bounds[p] = at
			}
		}
	}
}

// newest gives the last rev up to a commit of the page that has a path, or -1.
func (v *View) newest(path wiki.Path, at int32) int32 {
	t := v.d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	return v.d.newestOf(path.String(), []int32{at}) // the path may have been given to another page since
}

// backward gives the revs of a page up to a commit, the newest first and through renames, from one of them on.
func (v *View) backward(from, at int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if from < 0 {
			return
		}
		begun := false
		for _, no := range slices.Backward(v.d.line(v.d.revs[from].page)) {
			begun = begun || no == from
			if begun && v.isKnown(no, at) && !yield(no) {
				return
			}
		}
	}
}

// newestOf gives the last rev of a page that the View's tip knows, or -1.
func (v *View) newestOf(page int32) int32 {
	for _, no := range slices.Backward(v.d.line(page)) {
		if v.isKnown(no, v.tip) {
			return no
		}
	}
	return -1
}

// before gives the rev of the same page before one, or -1.
func (v *View) before(no int32) int32 {
	for other := range v.backward(no, v.d.revs[no].commit) {
		if other != no {
			return other
		}
	}
	return -1
}

// isKnown reports whether a commit knows a rev, which may be one that came in after the View was made.
func (v *View) isKnown(no, at int32) bool {
	return int(no) < len(v.d.revs) && v.d.reaches(v.d.revs[no].commit, at)
}

// line gives the revs of the page that has a path, oldest first and through renames, up to a commit.
func (v *View) line(path wiki.Path, at int32) []int32 {
	line := slices.Collect(v.backward(v.newest(path, at), at))
	slices.Reverse(line)
	return line
}

// revision gives what is told of a rev, but for its being substantial.
func (v *View) revision(no int32) Revision {
	r := &v.d.revs[no]
	c := &v.d.commits[r.commit]
	return Revision{
		Commit: c.id, Time: v.when(r.commit), Kind: r.kind, Authors: v.people.authors(v.d, r.commit),
		Words: int(r.words), Added: int(r.added), Removed: int(r.dropped),
	}
}

// undoing is where somebody who goes backward through the line of a page stands between a rev that brought an older text
// back, byte for byte, and the rev that the text is of: what lies between was undone. It is of no page at first.
type undoing []int32 // such revs whose text was not met yet; two only if branches brought back texts of their own

// quiet reports whether a rev was undone by a later one, or brings back a text itself. It wants every rev of the line in
// turn.
func (u *undoing) quiet(d *data, no int32) bool {
	r := &d.revs[no]
	undone := false
	for i := 0; i < len(*u); {
		switch by := &d.revs[(*u)[i]]; {
		case !d.reaches(r.commit, by.commit): // on another branch
			i++
		case by.blob == r.blob:
			*u = slices.Delete(*u, i, i+1)
		default:
			undone = true
			i++
		}
	}
	if undone {
		return true
	}
	if r.same < 0 || d.revs[r.same].page != r.page || r.base == r.same {
		return false
	}
	*u = append(*u, no)
	return true
}

// substantial reports whether a rev changed much, for good: see SubstantialWords. A line is asked about from its newest rev
// backward, each with the same undoing.
func (v *View) substantial(no int32, u *undoing) bool {
	if u.quiet(v.d, no) {
		return false
	}
	r := &v.d.revs[no]
	changed := max(r.added, r.dropped)
	if changed < SubstantialLeast || changed >= SubstantialWords {
		return changed >= SubstantialWords
	}
	size := max(r.words, 1)
	if r.base >= 0 {
		size = max(size, v.d.revs[r.base].words)
	}
	return float64(changed) >= SubstantialShare*float64(size)
}
