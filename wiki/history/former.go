package history

import (
	"slices"
	"sync"
	"time"

	"coppice/wiki"
)

// Place is where a page is that once had a certain path.
type Place struct {
	Path wiki.Path // today's, or the last one that it had
	Gone bool      // it was deleted since
	Left time.Time // when it left the path that was asked for, by the author's clock
}

// Former gives the pages that once had path p and left it for another name, each once, through any number of renames;
// the one that left last stands first. Several are there when a name was used again: which of them a reader means, only
// the reader knows. A page that came back to p is not among them.
func (x *Index) Former(p wiki.Path) []Place { return x.view().former(p, noBound) }

// FormerAt is Former as it was at a commit; nil for a commit that the index does not know.
func (x *Index) FormerAt(p wiki.Path, commit wiki.ID) []Place {
	d := x.view()
	no, ok := d.numbers.of(d, commit)
	if !ok {
		return nil
	}
	return d.former(p, no)
}

// noBound is a commit number that no commit has: everything counts.
const noBound = int32(1<<31 - 1)

func (d *data) former(p wiki.Path, until int32) []Place {
	path, ok := d.pathNo[p.String()]
	if !ok {
		return nil
	}
	var places []Place
	seen := map[int32]bool{path: true}
	list := d.byPath[path]
	for i := len(list) - 1; i >= 0; i-- {
		r := d.revs[list[i]]
		if r.from != path || r.commit > until {
			continue
		}
		now, gone := d.follow(r.path, r.commit, until)
		if seen[now] {
			continue
		}
		seen[now] = true
		if to, err := wiki.ParsePath(d.paths[now]); err == nil {
			places = append(places, Place{to, gone, time.Unix(d.commits[r.commit].time, 0).UTC()})
		}
	}
	return places
}

// follow goes with the page that has a path after a commit to the path that it has after commit until. A page that was
// deleted and made again under the same name is one page, as it is for its readers. Commit numbers only rise, so that a ring
// of renames ends.
func (d *data) follow(path, commit, until int32) (now int32, gone bool) {
	for {
		moved := false
		for _, no := range d.after(path, commit) {
			r := d.revs[no]
			if r.commit > until {
				break
			}
			if gone && r.kind == wiki.Renamed { // another page moved in: that is its own story
				return path, true
			}
			if r.from == path {
				path, commit, moved = r.path, r.commit, true
				break
			}
			gone = r.kind == wiki.Deleted
		}
		if !moved {
			return path, gone
		}
	}
}

// after gives the revisions under a path that came after a commit.
func (d *data) after(path, commit int32) []int32 {
	list := d.byPath[path]
	i, _ := slices.BinarySearchFunc(list, commit+1, func(no, c int32) int { return int(d.revs[no].commit) - int(c) })
	return list[i:]
}

// Today gives the path that the page which had path p at a commit has now, or had last, and whether it is gone. It is
// not ok when the index does not know the commit or the page.
func (x *Index) Today(p wiki.Path, commit wiki.ID) (now Place, ok bool) {
	d := x.view()
	no, known := d.numbers.of(d, commit)
	path, there := d.pathNo[p.String()]
	if !known || !there {
		return Place{}, false
	}
	at, gone := d.follow(path, no, noBound)
	to, err := wiki.ParsePath(d.paths[at])
	return Place{Path: to, Gone: gone}, err == nil
}

// PathAt gives the path that the page which is at p now had at a commit. It is not ok when the page was not there, or
// when the index does not know the commit.
func (x *Index) PathAt(p wiki.Path, commit wiki.ID) (wiki.Path, bool) {
	d := x.view()
	r, ok := d.revAt(p, commit)
	if !ok || r.kind == wiki.Deleted {
		return wiki.Path{}, false
	}
	then, err := wiki.ParsePath(d.paths[r.path])
	return then, err == nil
}

// revAt gives the newest revision in a page's line that is not later than a commit.
func (d *data) revAt(p wiki.Path, commit wiki.ID) (rev, bool) {
	no, ok := d.numbers.of(d, commit)
	if !ok {
		return rev{}, false
	}
	for _, i := range d.line(p) {
		if d.revs[i].commit <= no {
			return d.revs[i], true
		}
	}
	return rev{}, false
}

// Version is a text that a page had, with the commit that made it.
type Version struct{ Commit, Blob wiki.ID }

// Versions gives up to limit texts of a page, newest first, through its renames, without reading a commit. Deletions
// are left out.
func (x *Index) Versions(p wiki.Path, limit int) []Version {
	d := x.view()
	var list []Version
	for _, no := range d.line(p) {
		if len(list) == limit {
			break
		}
		if r := d.revs[no]; !r.blob.IsZero() {
			list = append(list, Version{d.commits[r.commit].id, r.blob})
		}
	}
	return list
}

// Since counts the revisions that changed a page's text after a commit; a rename that left it alone is none. It is not ok
// when the index does not know the commit.
func (x *Index) Since(p wiki.Path, commit wiki.ID) (count int, ok bool) {
	d := x.view()
	no, ok := d.numbers.of(d, commit)
	if !ok {
		return 0, false
	}
	line := d.line(p)
	for i, at := range line {
		if d.revs[at].commit <= no {
			break
		}
		if i+1 == len(line) || d.revs[line[i+1]].blob != d.revs[at].blob {
			count++
		}
	}
	return count, true
}

// SameText gives the pages that came after p was deleted with the very text that p had last: a page that somebody made
// again elsewhere instead of renaming it. There are none when p was not deleted. At most limit are given.
func (x *Index) SameText(p wiki.Path, limit int) []wiki.Path {
	d := x.view()
	last, ok := d.last(p)
	if !ok || d.revs[last].kind != wiki.Deleted {
		return nil
	}
	blob := d.blobBefore(last)
	var found []wiki.Path
	for _, r := range d.revs[last+1:] {
		if r.kind != wiki.Added || r.blob != blob || len(found) == limit {
			continue
		}
		now, gone := d.follow(r.path, r.commit, noBound)
		if to, err := wiki.ParsePath(d.paths[now]); err == nil && !gone && !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	return found
}

// numbers finds the number of a commit. The table grows as far as somebody asks: most requests are about pages as they
// are now, and never need it.
type numbers struct {
	mu sync.Mutex
	no map[wiki.ID]int32
}

func (n *numbers) of(d *data, id wiki.ID) (int32, bool) {
	if n == nil {
		return 0, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.no == nil {
		n.no = make(map[wiki.ID]int32, len(d.commits))
	}
	for i := len(n.no); i < len(d.commits); i++ {
		n.no[d.commits[i].id] = int32(i)
	}
	no, ok := n.no[id]
	return no, ok && int(no) < len(d.commits)
}
