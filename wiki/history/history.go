// Package history is the derived index of who changed which page when.
//
// Its nouns are the wiki's: a Revision is one change of one page by one commit. The Index answers, without walking
// history: a page's revisions newest first and through its renames, the wiki's recent changes, where a page that had a
// certain path lives today, and which pages are gone. Git is the truth; the index keeps what git would take minutes to
// tell: for each path the commits that touched it.
//
//	x, _ := history.Open("data/derived/history", log)
//	following := w.Follow(x)
//	revs, next, err := x.Revisions(ctx, w, path, 0, 50)
//
// # What counts as a revision
//
// A commit with one parent (or none) is a revision of every page that differs from the parent. A merge is a revision
// of a page only if the page differs from all its parents: otherwise the merge only carried somebody's change along.
// A page that a commit takes away under one name and brings under another, by git's own measure of similarity, is
// renamed: its revisions go on under the old name. That is what `git log --follow` shows, but for three things, which
// the tests name: merges that git leaves out, copies of pages that go on living (git takes the copy for a rename), and
// side branches on which a page still had its old name.
//
// # On disk
//
// One file, a record log with one record for each Follow: the commits, paths and revisions that are new, and the
// Position after them. A commit takes about 24 bytes, a revision about 26.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
)

// Index is the history of a wiki's pages. It is safe for many goroutines.
type Index struct {
	// OnProgress, if set before Follow, is told how many of how many commits a rebuild has read.
	OnProgress func(done, total int)

	log    *slog.Logger
	follow sync.Mutex // held by Follow

	mu   sync.RWMutex
	data *data
	file *recordlog.Log // its scope is the folder of the repository that the data is about
}

// FileName is the name of the index within its folder.
const FileName = "history.log"

// data is what the file says, in memory. It only grows; a rebuild makes a new one.
type data struct {
	position wiki.ID
	commits  []commit         // parents before children; the number of a commit is its place here
	paths    []string         // the number of a path is its place here
	pathNo   map[string]int32 // never written to once shared
	revs     []rev            // in the order of their commits
	byPath   [][]int32        // for each path its revisions, oldest first; a renaming stands under both paths
	numbers  *numbers         // of commits; shared by all data that grew from the same beginning
}

type commit struct {
	id   wiki.ID
	time int64 // the author's, Unix seconds
}

type rev struct {
	commit int32
	path   int32
	from   int32 // path before a renaming, else -1
	kind   wiki.ChangeKind
	merge  bool
	blob   wiki.ID
}

// Open reads the index in the folder dir, or begins an empty one there. A file that is damaged, or from another
// version of the format, is dropped and the reason logged; Position is then zero and the next Follow rebuilds.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	file, records, reason, err := recordlog.Open(filepath.Join(dir, FileName), format)
	if err != nil {
		return nil, err
	}
	x := &Index{log: log, file: file, data: &data{}}
	if reason == nil {
		x.data, reason = replay(records)
	}
	if reason != nil && !errors.Is(reason, recordlog.ErrNew) {
		log.Warn("history is rebuilt", "reason", reason)
	}
	return x, nil
}

// replay puts the records of a file together. When one is damaged, nothing is.
func replay(records [][]byte) (*data, error) {
	d := &data{}
	for _, body := range records {
		add, err := decode(body, d)
		if err != nil {
			return &data{}, err
		}
		d = d.grown(add)
	}
	return d, nil
}

// Close releases the file.
func (x *Index) Close() error {
	x.follow.Lock()
	defer x.follow.Unlock()
	return x.file.Close()
}

// Name is "history".
func (x *Index) Name() string { return "history" }

// Position is the commit that the index reflects.
func (x *Index) Position() wiki.ID { return x.view().position }

// view gives today's data, which is never changed: growing appends behind the lengths that are seen here.
func (x *Index) view() *data {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.data
}

// Reasons to rebuild, beside wiki.ErrRewritten.
var (
	errNew  = errors.New("there is no index yet")
	errRoot = errors.New("another folder of the repository is served")
)

// Follow brings the index to the commit of to.
func (x *Index) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	x.follow.Lock()
	defer x.follow.Unlock()
	old := x.view()
	if old.position == to.Commit() && x.file.Scope() == w.Root() {
		return nil
	}
	fresh, reason := x.fresh(ctx, w, old, to)
	switch {
	case errors.Is(reason, errNew), errors.Is(reason, errRoot), errors.Is(reason, wiki.ErrRewritten):
		return x.rebuild(ctx, w, to, reason)
	case reason != nil:
		return reason
	}
	add, err := build(ctx, w, old, fresh, func(int, int) {})
	if err != nil {
		return err
	}
	add.position = to.Commit()
	return x.extend(add)
}

func (x *Index) rebuild(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot, reason error) error {
	start := time.Now()
	fresh, err := w.Walk(ctx, to.Commit(), wiki.ID{}, nil)
	if err != nil {
		return err
	}
	progress := x.OnProgress
	if progress == nil {
		progress = func(int, int) {}
	}
	add, err := build(ctx, w, &data{}, fresh, progress)
	if err != nil {
		return err
	}
	add.position = to.Commit()
	if err := x.replace(w.Root(), add); err != nil {
		return err
	}
	x.log.Info("history was built", "reason", reason, "commits", len(add.commits), "revisions", len(add.revs),
		"took", time.Since(start).Round(time.Millisecond))
	return nil
}

// extend appends what is new, to the file first.
func (x *Index) extend(add *data) error {
	if err := x.file.Append(encode(add, int32(len(x.data.commits)))); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.data = x.data.grown(add)
	return nil
}

// replace puts a whole new file in the place of the old one.
func (x *Index) replace(root string, d *data) error {
	if err := x.file.Replace(root, encode(d, 0)); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.data = (&data{}).grown(d)
	return nil
}

// grown gives d with the commits, paths and revisions of add, whose numbers go on from d's. Lists are appended to in
// place: whoever holds d sees their old lengths. What add holds is d's from then on.
func (d *data) grown(add *data) *data {
	g := *d
	g.position = add.position
	if g.numbers == nil {
		g.numbers = &numbers{}
	}
	g.commits = joined(g.commits, add.commits)
	g.revs = joined(g.revs, add.revs)
	g.byPath = slices.Concat(d.byPath, add.newLists(len(d.paths)))
	if len(add.paths) > 0 || d.pathNo == nil {
		g.pathNo = make(map[string]int32, len(d.paths)+len(add.paths))
		maps.Copy(g.pathNo, d.pathNo)
		for i, name := range add.paths {
			g.pathNo[name] = int32(len(d.paths) + i)
		}
		g.paths = joined(g.paths, add.paths)
	}
	for i, r := range add.revs {
		no := int32(len(d.revs) + i)
		g.byPath[r.path] = append(g.byPath[r.path], no)
		if r.from >= 0 {
			g.byPath[r.from] = append(g.byPath[r.from], no)
		}
	}
	return &g
}

// joined appends b to a. Where there is nothing yet, as at a start, nothing is copied.
func joined[T any](a, b []T) []T {
	if len(a) == 0 {
		return b
	}
	return append(a, b...)
}

// newLists makes an empty list for each path of add, the first of which is number base, with room for its revisions:
// tens of thousands of lists that grow by themselves would be most of the work of a start.
func (add *data) newLists(base int) [][]int32 {
	counts, total := make([]int, len(add.paths)), 0
	for _, r := range add.revs {
		for _, no := range [...]int32{r.path, r.from} {
			if int(no) >= base {
				counts[int(no)-base]++
				total++
			}
		}
	}
	lists, room := make([][]int32, len(add.paths)), make([]int32, total)
	for i, n := range counts {
		lists[i], room = room[:0:n], room[n:]
	}
	return lists
}
