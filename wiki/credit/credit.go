package credit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
)

// Index knows who wrote which words of every page. It is safe for many goroutines.
type Index struct {
	// OnProgress, if set before Follow, is told how many of how many commits a rebuild has read.
	OnProgress func(done, total int)

	log    *slog.Logger
	name   string
	follow sync.Mutex // held by Follow

	mu      sync.Mutex
	file    *recordlog.Log // nil until the index is first asked for anything
	records [][]byte       // of the file, until they are put together
	data    *data          // nil until then
	builder *builder       // of the last Follow, for the texts that it keeps

	people   *roster // of peopleOf
	peopleOf *data
	warned   [2]wiki.ID      // .mailmap and credit.yml whose problems were logged last
	kept     map[int32][]run // origins of revs of keptOf
	keptOf   *tables
	sums     map[int32]sum // of texts of keptOf: see addUp
	tally    *tally        // of the newest View that asked for contributors
	counting sync.Mutex    // held while a tally is made, so that many who ask at once have it made once

	reached atomic.Pointer[wiki.ID] // position, for whoever must not wait for mu
}

// FileName is the name of the index within its folder.
const FileName = "credit.log"

// Open names the index in the folder dir, or begins an empty one there. The file is read when it is first asked for:
// that takes time in proportion to its length, and a server has pages to serve first. A file that is damaged, or from
// another version of the format, is dropped and the reason logged; the next Follow rebuilds.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return &Index{log: log, name: filepath.Join(dir, FileName)}, nil
}

// open reads the file, once. The caller holds mu.
func (x *Index) open() error {
	if x.file != nil {
		return nil
	}
	file, records, reason, err := recordlog.Open(x.name, format)
	if err != nil {
		return fmt.Errorf("credit: %w", err)
	}
	x.file, x.records = file, records
	if reason != nil {
		x.data = newData()
		x.warn(reason)
	}
	x.noteReached()
	return nil
}

// load puts the records of the file together, once. The caller holds mu.
func (x *Index) load() error {
	if err := x.open(); err != nil || x.data != nil {
		return err
	}
	var reason error
	x.data, reason = replay(x.records)
	x.records = nil
	if reason != nil {
		x.warn(reason)
	}
	x.noteReached()
	return nil
}

func (x *Index) warn(reason error) {
	if !errors.Is(reason, recordlog.ErrNew) {
		x.log.Warn("credit is rebuilt", "reason", reason)
	}
}

// forget lets the next call read the file again. The caller holds mu.
func (x *Index) forget() {
	x.file.Close()
	x.file, x.records, x.data, x.builder = nil, nil, nil, nil
}

func newData() *data {
	d := &data{head: -1, tables: newTables()}
	d.tables.newest = d
	return d
}

// replay puts the records of a file together. When one is damaged, nothing is.
func replay(records [][]byte) (*data, error) {
	d := newData()
	for _, body := range records {
		if err := decode(body, d); err != nil {
			return newData(), err
		}
	}
	return d, nil
}

// view gives today's data. A file that cannot be read is nobody's words; Follow says why.
func (x *Index) view() *data {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.load(); err != nil {
		return newData()
	}
	return x.data
}

// Close releases the file.
func (x *Index) Close() error {
	x.follow.Lock()
	defer x.follow.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.file == nil {
		return nil
	}
	err := x.file.Close()
	x.file, x.records, x.data = nil, nil, nil
	return err
}

// Name is "credit".
func (x *Index) Name() string { return "credit" }

// Position is the commit that the index reflects.
func (x *Index) Position() wiki.ID {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.open(); err != nil {
		return wiki.ID{}
	}
	return x.position()
}

// position is Position without putting the records together: each begins with its own. The caller holds mu.
func (x *Index) position() (id wiki.ID) {
	if x.data != nil {
		return x.data.position
	}
	if n := len(x.records); n > 0 {
		copy(id[:], x.records[n-1])
	}
	return id
}

// noteReached is for whoever has just changed the position. The caller holds mu.
func (x *Index) noteReached() {
	at := x.position()
	x.reached.Store(&at)
}

// Reached is Position for whoever cannot wait for the file to be read: zero until the index was first asked for anything.
func (x *Index) Reached() wiki.ID {
	if at := x.reached.Load(); at != nil {
		return *at
	}
	return wiki.ID{}
}

// Reasons to rebuild.
var (
	errNew    = errors.New("there is no index yet")
	errRoot   = errors.New("another folder of the repository is served")
	errPassed = errors.New("too much of what is known is not part of the branch's history any more")
)

const (
	// maxPassed bounds the commits that are kept although a forced push took them away, for each one that the branch
	// has: they take room, and are passed over whenever history is looked at.
	maxPassed = 1
	// maxGaps bounds the places where such commits stand between others: every commit that follows a forced push lists
	// those before it.
	maxGaps = 256
)

// Follow brings the index to the commit of to.
func (x *Index) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	x.follow.Lock()
	defer x.follow.Unlock()
	x.mu.Lock()
	err := x.open()
	there := err == nil && x.position() == to.Commit() && x.file.Scope() == w.Root()
	if err == nil && !there {
		err = x.load()
	}
	old := x.data
	x.mu.Unlock()
	if err != nil || there {
		return err
	}
	steps, reason := x.fresh(ctx, w, old, to)
	switch {
	case errors.Is(reason, errNew), errors.Is(reason, errRoot), errors.Is(reason, errPassed):
		return x.rebuild(ctx, w, to, reason)
	case reason != nil:
		return reason
	}
	if err := x.extend(ctx, w, old, steps, to.Commit()); err != nil {
		return err
	}
	x.View(w, to).addUp(len(old.revs))
	return nil
}

// fresh collects the commits that old lacks. After a forced push they go on from what the branch was before: what it left
// behind stays where it is, and is no ancestor of anything that is asked for. An error that is a reason to rebuild is one
// of the reasons.
func (x *Index) fresh(ctx context.Context, w *wiki.Wiki, old *data, to *wiki.Snapshot) ([]wiki.Step, error) {
	switch {
	case old.position.IsZero():
		return nil, errNew
	case x.file.Scope() != w.Root():
		return nil, errRoot
	}
	steps, err := w.Walk(ctx, to.Commit(), old.position, wiki.KnownCommits(old.position, func() map[wiki.ID]bool {
		m := make(map[wiki.ID]bool, len(old.commits))
		for _, c := range old.commits {
			m[c.id] = true
		}
		return m
	}))
	if !errors.Is(err, wiki.ErrRewritten) {
		return steps, err
	}
	if steps, err = w.Walk(ctx, to.Commit(), wiki.ID{}, func(id wiki.ID) bool { _, ok := old.number(id); return ok }); err != nil {
		return nil, err
	}
	shared, gaps := old.shared(to.Commit(), steps)
	passed := len(old.commits) - shared
	if passed > maxPassed*(shared+len(steps)) || gaps > maxGaps {
		return nil, errPassed
	}
	x.log.Info("credit follows a branch whose history was rewritten", "commits", len(steps), "passed", passed)
	return steps, nil
}

func (x *Index) rebuild(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot, reason error) error {
	start := time.Now()
	progress := x.OnProgress
	if progress == nil {
		progress = func(int, int) {}
	}
	d, b, err := fromNothing(ctx, w, to.Commit(), progress)
	if err != nil {
		return err
	}
	if err := x.file.Replace(w.Root(), encode(newData(), d)); err != nil {
		return fmt.Errorf("credit: %w", err)
	}
	x.mu.Lock()
	x.data, x.builder = d, b
	x.noteReached()
	x.mu.Unlock()
	x.log.Info("credit was built", "reason", reason, "commits", len(d.commits), "revisions", len(d.revs),
		"took", time.Since(start).Round(time.Millisecond))
	return nil
}

// fromNothing reads the history of a commit.
func fromNothing(ctx context.Context, w *wiki.Wiki, head wiki.ID, progress func(done, total int)) (*data, *builder, error) {
	steps, err := w.Walk(ctx, head, wiki.ID{}, nil)
	if err != nil {
		return nil, nil, err
	}
	if err := w.CompareSteps(ctx, steps, func(int, int) {}); err != nil {
		return nil, nil, err
	}
	d := newData()
	b := newBuilder(w, d)
	if err := b.build(ctx, steps, progress); err != nil {
		return nil, nil, err
	}
	d.reach(head)
	return d, b, nil
}

// extend adds steps to the data, and to the file before anybody sees them.
func (x *Index) extend(ctx context.Context, w *wiki.Wiki, old *data, steps []wiki.Step, head wiki.ID) error {
	if err := w.CompareSteps(ctx, steps, func(int, int) {}); err != nil {
		return err
	}
	d := &data{}
	*d = *old
	d.position = wiki.ID{} // until all commits are there
	old.tables.mu.Lock()
	old.tables.newest = d
	old.tables.mu.Unlock()
	b := x.builder
	if b == nil || b.w != w || b.d != old {
		b = newBuilder(w, d)
	}
	b.d = d
	err := b.build(ctx, steps, func(int, int) {})
	if err == nil {
		d.reach(head)
		err = x.file.Append(encode(old, d))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err != nil { // the shared tables know what nobody else does: they are read again
		x.forget()
		return fmt.Errorf("credit: %w", err)
	}
	x.data, x.builder = d, b
	x.noteReached()
	return nil
}

// roster gives the people of a data as a Snapshot's files have them. It is kept until one of them changes.
func (x *Index) roster(d *data, w *wiki.Wiki, s *wiki.Snapshot) *roster {
	mapID, _ := s.RepositoryFileID(mailmapFile)
	rulesID, _ := s.FileID(RulesFile)
	x.mu.Lock()
	defer x.mu.Unlock()
	if r := x.people; r != nil && r.mailmap == mapID && r.file == rulesID && (x.peopleOf == d || r.holds(x.peopleOf, d)) {
		x.peopleOf = d
		return r
	}
	m, problems := readMailmap(x.steering(w, mailmapFile, mapID))
	rules, more := readRules(x.steering(w, RulesFile, rulesID))
	r := newRoster(d, m, rules)
	r.mailmap, r.file, r.problems = mapID, rulesID, slices.Concat(problems, more)
	if files := [2]wiki.ID{mapID, rulesID}; files != x.warned {
		x.warned = files
		for _, p := range r.problems {
			x.log.Warn("a line that credit depends on cannot be read", "file", p.File, "line", p.Line, "problem", p.Text)
		}
	}
	x.people, x.peopleOf = r, d
	return r
}

// steering reads a file that says how to read the names; without it they are taken as they stand.
func (x *Index) steering(w *wiki.Wiki, name string, id wiki.ID) []byte {
	if id.IsZero() {
		return nil
	}
	raw, err := w.Blob(id)
	if err != nil {
		x.log.Warn("a file that credit depends on cannot be read", "file", name, "err", err)
	}
	return raw
}

// runs gives the origins of a rev, and keeps those of the pages that are asked for.
func (x *Index) runs(d *data, no int32) []run {
	x.mu.Lock()
	if x.kept == nil || x.keptOf != d.tables || len(x.kept) > maxKept {
		x.kept, x.keptOf, x.sums = make(map[int32][]run), d.tables, make(map[int32]sum)
	}
	runs, ok := x.kept[no]
	base, next := x.kept[d.revs[no].base]
	x.mu.Unlock()
	switch {
	case ok:
		return runs
	case next && !d.revs[no].alone: // somebody saw the text before, as is likely for a page that was just edited
		runs = d.apply(no, base)
	default:
		runs = d.runs(no)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.keptOf == d.tables {
		x.kept[no] = runs
	}
	return runs
}

// maxKept bounds the texts whose origins are kept in memory, a few hundred bytes each.
const maxKept = 50_000
