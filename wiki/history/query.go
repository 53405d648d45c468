package history

import (
	"context"
	"fmt"
	"slices"
	"time"

	"coppice/wiki"
	"coppice/wiki/internal/gitstore"
)

// Cursor says where a list goes on; zero is its beginning. It stays good while history grows.
type Cursor int32

// MaxLimit bounds how many revisions one call gives: each costs the reading of a commit.
const MaxLimit = 500

// Revisions gives up to limit revisions of a page, newest first, through its renames, and the Cursor of the rest (zero
// at the end). A page that is gone still has its revisions. The error is of Kind NotFound when there never was such a
// page.
func (x *Index) Revisions(ctx context.Context, w *wiki.Wiki, p wiki.Path, from Cursor, limit int) ([]wiki.Revision, Cursor, error) {
	d := x.view()
	line := d.line(p)
	if len(line) == 0 {
		return nil, 0, &wiki.Error{Kind: wiki.NotFound, Sentence: fmt.Sprintf("There never was a page “%s”.", p)}
	}
	if from > 0 {
		i := slices.IndexFunc(line, func(no int32) bool { return no < int32(from) })
		if i < 0 {
			return nil, 0, nil
		}
		line = line[i:]
	}
	n := min(limit, MaxLimit, len(line))
	revs := make([]wiki.Revision, n)
	for i := range revs {
		var err error
		if revs[i], err = d.inLine(ctx, w, line, i); err != nil {
			return nil, 0, err
		}
	}
	if n == len(line) {
		return revs, 0, nil
	}
	return revs, Cursor(line[n-1]), nil
}

// Count gives how many revisions a page has.
func (x *Index) Count(p wiki.Path) int { return len(x.view().line(p)) }

// Latest gives a page's newest revision, and whether there is one.
func (x *Index) Latest(ctx context.Context, w *wiki.Wiki, p wiki.Path) (wiki.Revision, bool) {
	d := x.view()
	line := d.line(p)
	if len(line) == 0 {
		return wiki.Revision{}, false
	}
	r, err := d.inLine(ctx, w, line, 0)
	return r, err == nil
}

// First gives the revision that began a page, under whatever name, and whether there is one.
func (x *Index) First(ctx context.Context, w *wiki.Wiki, p wiki.Path) (wiki.Revision, bool) {
	d := x.view()
	line := d.line(p)
	if len(line) == 0 {
		return wiki.Revision{}, false
	}
	r, err := d.inLine(ctx, w, line, len(line)-1)
	return r, err == nil
}

// At gives the revision that a page had at time t: the newest that is not later by the author's clock.
func (x *Index) At(ctx context.Context, w *wiki.Wiki, p wiki.Path, t time.Time) (wiki.Revision, bool) {
	d := x.view()
	line := d.line(p)
	for i, no := range line {
		if d.commits[d.revs[no].commit].time <= t.Unix() {
			r, err := d.inLine(ctx, w, line, i)
			return r, err == nil
		}
	}
	return wiki.Revision{}, false
}

// LastChange gives the commit that last changed a page and its time by the author's clock, without reading it.
func (x *Index) LastChange(p wiki.Path) (wiki.ID, time.Time, bool) {
	d := x.view()
	no, ok := d.last(p)
	if !ok {
		return wiki.ID{}, time.Time{}, false
	}
	c := d.commits[d.revs[no].commit]
	return c.id, time.Unix(c.time, 0).UTC(), true
}

// last gives the newest revision under exactly this path.
func (d *data) last(p wiki.Path) (int32, bool) {
	path, ok := d.pathNo[p.String()]
	if !ok || len(d.byPath[path]) == 0 {
		return 0, false
	}
	return d.byPath[path][len(d.byPath[path])-1], true
}

// Around gives the commits of the revisions before and after one in a page's line; zero where there is none.
func (x *Index) Around(p wiki.Path, commit wiki.ID) (before, after wiki.ID) {
	d := x.view()
	line := d.line(p)
	id := func(no int32) wiki.ID { return d.commits[d.revs[no].commit].id }
	i := slices.IndexFunc(line, func(no int32) bool { return id(no) == commit })
	if i > 0 {
		after = id(line[i-1])
	}
	if i >= 0 && i+1 < len(line) {
		before = id(line[i+1])
	}
	return before, after
}

// Recent gives up to limit changes of any page, newest first, and the Cursor of the rest (zero at the end).
func (x *Index) Recent(ctx context.Context, w *wiki.Wiki, from Cursor, limit int) ([]wiki.Revision, Cursor, error) {
	d := x.view()
	end := int32(len(d.revs))
	if from > 0 {
		end = min(end, int32(from))
	}
	var revs []wiki.Revision
	for no := end - 1; no >= 0; no-- {
		if len(revs) == min(limit, MaxLimit) {
			return revs, Cursor(no + 1), nil
		}
		r, err := d.revision(ctx, w, no, d.blobBefore(no))
		if err != nil {
			return nil, 0, err
		}
		revs = append(revs, r)
	}
	return revs, 0, nil
}

// blobBefore gives the page's text before a revision: that of the revision before it under the same or the old name.
func (d *data) blobBefore(no int32) wiki.ID {
	r := d.revs[no]
	path := r.path
	if r.from >= 0 {
		path = r.from
	}
	list := d.byPath[path]
	i, _ := slices.BinarySearch(list, no)
	if i == 0 {
		return wiki.ID{}
	}
	return d.revs[list[i-1]].blob
}

// MovedTo gives the path of the page that once had path p and lives elsewhere now, through any number of renames.
func (x *Index) MovedTo(p wiki.Path) (wiki.Path, bool) {
	d := x.view()
	no, ok := d.pathNo[p.String()]
	if !ok {
		return wiki.Path{}, false
	}
	for at := int32(-1); ; { // only later renames count, so that a ring of renames comes to an end
		list := d.byPath[no]
		last := list[len(list)-1]
		r := d.revs[last]
		if r.from != no || last <= at {
			break
		}
		no, at = r.path, last
	}
	to, err := wiki.ParsePath(d.paths[no])
	return to, err == nil && to != p && d.alive(no)
}

// alive reports whether a path has a page after all revisions.
func (d *data) alive(no int32) bool {
	list := d.byPath[no]
	if len(list) == 0 {
		return false
	}
	r := d.revs[list[len(list)-1]]
	return r.kind != wiki.Deleted && r.from != no
}

// Gone is a page that was deleted: the Revision took it away, and Last is the commit that still has it.
type Gone struct {
	wiki.Revision
	Last wiki.ID
}

// Deleted gives up to limit pages that were deleted and not made again, latest first.
func (x *Index) Deleted(ctx context.Context, w *wiki.Wiki, limit int) ([]Gone, error) {
	d := x.view()
	var last []int32
	for _, list := range d.byPath {
		if len(list) > 0 && d.revs[list[len(list)-1]].kind == wiki.Deleted {
			last = append(last, list[len(list)-1])
		}
	}
	slices.SortFunc(last, func(a, b int32) int { return int(b - a) })
	var gone []Gone
	for _, no := range last[:min(len(last), limit, MaxLimit)] {
		g, err := d.gone(ctx, w, no)
		if err != nil {
			return nil, err
		}
		gone = append(gone, g)
	}
	return gone, nil
}

// Gone tells how a page was deleted, and whether it was.
func (x *Index) Gone(ctx context.Context, w *wiki.Wiki, p wiki.Path) (Gone, bool) {
	d := x.view()
	no, ok := d.last(p)
	if !ok || d.revs[no].kind != wiki.Deleted {
		return Gone{}, false
	}
	g, err := d.gone(ctx, w, no)
	return g, err == nil
}

func (d *data) gone(ctx context.Context, w *wiki.Wiki, no int32) (Gone, error) {
	r, err := d.revision(ctx, w, no, d.blobBefore(no))
	if err != nil {
		return Gone{}, err
	}
	g := Gone{Revision: r}
	if len(r.Parents) > 0 {
		g.Last = r.Parents[0]
	}
	return g, nil
}

// line gives the numbers of a page's revisions, newest first. Where the page came from another name, the line goes on
// there, with what is older than the renaming.
func (d *data) line(p wiki.Path) []int32 {
	no, ok := d.pathNo[p.String()]
	if !ok {
		return nil
	}
	var line []int32
	for bound := int32(len(d.revs)); no >= 0; {
		list, next := d.byPath[no], int32(-1)
		for i := len(list) - 1; i >= 0; i-- {
			if list[i] >= bound {
				continue
			}
			r := &d.revs[list[i]]
			if r.from == no && len(line) > 0 {
				continue // this name was left for another before it was used again: that is the other page's story
			}
			line = append(line, list[i])
			if r.kind == wiki.Renamed && r.path == no {
				next, bound = r.from, list[i]
				break
			}
		}
		no = next
	}
	return line
}

// inLine reads revision i of a line.
func (d *data) inLine(ctx context.Context, w *wiki.Wiki, line []int32, i int) (wiki.Revision, error) {
	var before wiki.ID
	if i+1 < len(line) {
		before = d.revs[line[i+1]].blob
	}
	return d.revision(ctx, w, line[i], before)
}

// revision reads the commit of a revision. before is the text that it changed.
func (d *data) revision(ctx context.Context, w *wiki.Wiki, no int32, before wiki.ID) (wiki.Revision, error) {
	if err := ctx.Err(); err != nil {
		return wiki.Revision{}, err
	}
	v := d.revs[no]
	c, err := w.Store().Commit(d.commits[v.commit].id)
	if err != nil {
		return wiki.Revision{}, err
	}
	r := wiki.Revision{Commit: wiki.NewCommit(c), Kind: v.kind, Blob: v.blob, Merge: v.merge}
	if r.Path, err = wiki.ParsePath(d.paths[v.path]); err != nil {
		return wiki.Revision{}, err
	}
	if v.from >= 0 {
		if r.From, err = wiki.ParsePath(d.paths[v.from]); err != nil {
			return wiki.Revision{}, err
		}
	}
	r.Size = blobSize(w.Store(), v.blob)
	r.Delta = r.Size
	if v.kind != wiki.Added {
		r.Delta -= blobSize(w.Store(), before)
	}
	return r, nil
}

// blobSize gives a text's length in bytes. A text that is missing counts as none: a size is no reason to fail.
func blobSize(store *gitstore.Store, id wiki.ID) int {
	if id.IsZero() {
		return 0
	}
	_, n, err := store.Size(id)
	if err != nil {
		return 0
	}
	return int(n)
}

// Equal says how two indexes differ, or nil: `coppice check` compares an index that followed with a fresh one. The
// order of commits may differ where branches ran side by side; what is compared is each path's set of revisions.
func (x *Index) Equal(y *Index) error {
	a, b := x.view(), y.view()
	if a.position != b.position {
		return fmt.Errorf("history is at %s and a fresh one at %s", a.position.Short(), b.position.Short())
	}
	if len(a.commits) != len(b.commits) || len(a.revs) != len(b.revs) {
		return fmt.Errorf("history has %d commits and %d revisions, a fresh one %d and %d", len(a.commits), len(a.revs), len(b.commits), len(b.revs))
	}
	for name, no := range b.pathNo {
		mine, ok := a.pathNo[name]
		if !ok {
			return fmt.Errorf("history lacks the page %s", name)
		}
		if !slices.Equal(a.keys(mine), b.keys(no)) {
			return fmt.Errorf("history differs for the page %s", name)
		}
	}
	return nil
}

// keys describes the revisions of a path, in an order of their own.
func (d *data) keys(path int32) []string {
	var keys []string
	for _, no := range d.byPath[path] {
		r := d.revs[no]
		from := ""
		if r.from >= 0 {
			from = d.paths[r.from]
		}
		keys = append(keys, fmt.Sprint(d.commits[r.commit].id, d.paths[r.path], from, r.kind, r.blob, r.merge))
	}
	slices.Sort(keys)
	return keys
}
