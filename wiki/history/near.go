package history

import (
	"slices"

	"coppice/wiki"
)

// Brought is a text that a commit gave to a page.
type Brought struct {
	Path wiki.Path // the page's path today
	Blob wiki.ID
	Old  wiki.ID // its text before; zero when the page was new
}

// Near gives the texts that other pages got in the commits around one: up to reach before it and up to reach after it,
// nearest first, at most limit. Whole says that all commits after it are there already. Pages that are gone are left out.
func (x *Index) Near(p wiki.Path, commit wiki.ID, reach int32, limit int) (found []Brought, whole bool) {
	d := x.view()
	no, ok := d.numbers.of(d, commit)
	if !ok {
		return nil, false
	}
	low, _ := slices.BinarySearchFunc(d.revs, no-reach, func(r rev, c int32) int { return int(r.commit) - int(c) })
	var near []int32
	for i := low; i < len(d.revs) && d.revs[i].commit <= no+reach; i++ {
		near = append(near, int32(i))
	}
	slices.SortStableFunc(near, func(a, b int32) int { return distance(d.revs[a].commit, no) - distance(d.revs[b].commit, no) })
	for _, i := range near {
		r := d.revs[i]
		if r.blob.IsZero() || len(found) == limit {
			continue
		}
		now, gone := d.follow(r.path, r.commit, noBound)
		to, err := wiki.ParsePath(d.paths[now])
		if err != nil || gone || to == p {
			continue
		}
		b := Brought{Path: to, Blob: r.blob}
		if r.kind != wiki.Added {
			b.Old = d.blobBefore(i)
		}
		found = append(found, b)
	}
	return found, int(no+reach) < len(d.commits)
}

func distance(a, b int32) int {
	if a < b {
		a, b = b, a
	}
	return int(a - b)
}
