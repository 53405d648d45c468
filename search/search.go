// Package search finds pages and the questions in them.
//
// Its nouns: an Index holds the words of every page of a wiki at one commit, its Position. It is a wiki.Follower: Follow
// brings it to a Snapshot. A Query is what a person typed, parsed; Search answers it with Hits, each a page that opens at
// the question or heading that matches best, with a Snippet. Facets count the matching pages by keyword, language, author
// and year. Suggest completes what is being typed. Related finds questions about the same, Around keeps them. An
// Expectation is a search that a community wants to find something; Try tells which of them an edit would break. Related finds questions about the same as a page, and Around keeps them. An
// Expectation is a search that a community has written down with what it must find: Check runs them, and Try says which
// of them an edit would break.
//
//	x, err := search.Open("data/derived/search", log)
//	following := w.Follow(x)
//	results, err := x.Search(ctx, search.Parse(`launch "planning workshop" -budget`))
//
// # What is indexed
//
// Every section of a page is a document of its own: what stands under a heading, or a question that is numbered in plain
// text with its answer. The page as a whole is one more document, which has every term of the page. Words are stemmed by
// the language of the page: its lang, else what its script tells, else English, of which British and American spellings
// are one. They are found without their accents too (folding.go), and by their letters where no space parts them
// (unspaced.go). A query is understood in all languages that the wiki has pages in.
//
// # How a query is answered
//
// compile.go reads its words as units: a word, or several that are a synonym together, with all that each may stand for
// (synonyms.go, spelling.go). Filters become sets of pages. board.go finds the pages that have enough of the units: one or
// two words are a name, and must all be there; of a question a part will do. scorer.go scores their sections by BM25F,
// rank.go adds what the page as a whole counts, and orders. weights.go has the weights, and says what they were fitted
// on. A page or question called just what was typed comes first, then a question that has every word of it. When nothing
// has the words, what English says in their place will do, then any of them.
//
// What the index cannot know, because it changes without the page, is asked of history when a search begins (Origins):
// authors, and times of change.
//
// # Promises
//
// The Position is stored in the same write as the data, so that a crash costs time and never truth. What Follow was given
// is found as soon as it returns. A rebuild goes to a new folder beside the old one: searching goes on meanwhile. An
// index that is damaged, of another version or unknown to the history is rebuilt, and the log says why. Open never waits
// for another process longer than lockWait. A panic inside bleve becomes an error and a rebuild.
//
// It is the only importer of bleve.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"coppice/wiki"
)

const (
	// lockWait is how long Open waits for another process that has the index: one that is just ending needs a moment.
	lockWait = 3 * time.Second
	// closeWait is how long Close waits for bleve to finish what it is writing. What is not written then is followed
	// again at the next start.
	closeWait = 10 * time.Second
)

// Index is the search index of one wiki. It is safe for many goroutines.
type Index struct {
	// OnProgress, if set before the first Follow, hears how far a build is: pages done of total. It is called from one
	// goroutine at a time, after every few pages and at the end.
	OnProgress func(done, total int)

	// Origins, if set before the first search, gives what history knows now: for the filters and facets that go by
	// authors and times.
	Origins func() Origins

	dir  string
	log  *slog.Logger
	lock *bolt.DB
	ctx  context.Context // ends with Close
	stop context.CancelFunc
	work sync.WaitGroup // repairs and other work under way

	around *around

	follow sync.Mutex // held by whoever changes the index

	mu       sync.Mutex
	store    *store         // nil before the first build
	reason   string         // why the next Follow builds afresh
	head     *wiki.Snapshot // the newest that was followed, for repairs
	repair   bool           // one is under way
	synonyms *synonyms
	closed   bool
}

// ErrClosed is what a closed Index answers.
var ErrClosed = errors.New("the search index is closed")

// Open opens the index in folder dir, which is made if need be. An index that cannot be used is set aside with the
// reason in the log, and the first Follow builds another. The error is of Kind wiki.Refused when another process has the
// index, or the folder cannot be written.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, refused("The folder of the search index cannot be made.", err)
	}
	lock, err := bolt.Open(filepath.Join(dir, lockName), 0o666, &bolt.Options{Timeout: lockWait})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, refused("The search index is in use by another process.", fmt.Errorf("%s: %w", dir, err))
	case err != nil:
		return nil, refused("The search index cannot be opened.", err)
	}
	x := &Index{dir: dir, log: log, lock: lock}
	x.ctx, x.stop = context.WithCancel(context.Background())
	x.around = newAround(x)
	x.store, x.reason = openCurrent(dir)
	if x.store == nil && x.reason != reasonNone {
		log.Warn("the search index cannot be used and will be built afresh", "reason", x.reason, "dir", dir)
	}
	x.removeStray()
	return x, nil
}

func refused(sentence string, err error) error {
	return &wiki.Error{Kind: wiki.Refused, Sentence: sentence, Err: err}
}

// Close ends the use of the index. Searches under way are finished first, rebuilds are given up.
func (x *Index) Close() error {
	x.stop()
	x.around.close()
	x.work.Wait()
	x.follow.Lock()
	defer x.follow.Unlock()
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return nil
	}
	x.closed = true
	s := x.store
	x.store = nil
	x.mu.Unlock()
	var err error
	if s != nil {
		err = s.retire(false)
	}
	return errors.Join(err, x.lock.Close())
}

// Name gives "search".
func (x *Index) Name() string { return "search" }

// Position gives the commit that the index reflects; zero when there is none, or it is damaged.
func (x *Index) Position() wiki.ID {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.store == nil || x.store.failure() != nil {
		return wiki.ID{}
	}
	return x.store.position
}

func (x *Index) origins() Origins {
	if x.Origins == nil {
		return nil
	}
	return x.Origins()
}

// Stats are figures of an index.
type Stats struct {
	Pages     int
	Documents int   // pages and sections
	Bytes     int64 // on disk
}

// Stats counts; the zero Stats when there is no index yet.
func (x *Index) Stats(ctx context.Context) (st Stats, err error) {
	err = x.read(ctx, func(s *session, _ wiki.ID) error {
		st.Documents = int(s.docs)
		o := opener{s: s}
		if c := o.tag(tagKind, kindPage); c != nil {
			st.Pages = int(c.cost())
		}
		return o.err
	})
	if err != nil {
		return Stats{}, err
	}
	err = filepath.WalkDir(x.dir, func(_ string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) || err == nil && d.IsDir() {
			return nil // bleve removes files as it merges them
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err == nil {
			st.Bytes += info.Size()
		}
		return err
	})
	return st, err
}

// read gives do a session on the newest state of the index. When there is no index yet, do is not called.
func (x *Index) read(ctx context.Context, do func(*session, wiki.ID) error) error {
	st, err := x.acquire()
	if st == nil {
		return err
	}
	defer st.release()
	x.mu.Lock()
	known := x.synonyms
	x.mu.Unlock()
	err = st.read(ctx, func(s *session, at wiki.ID) error {
		s.synonyms, s.history = known, x.origins
		return do(s, at)
	})
	if errors.Is(err, errPanic) {
		st.fail(err)
		x.mend("a search panicked: " + err.Error())
	}
	return err
}

// acquire gives the store and keeps it open until release; nil when there is none.
func (x *Index) acquire() (*store, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, ErrClosed
	}
	if x.store != nil {
		x.store.retain()
	}
	return x.store, nil
}

// mend builds the index afresh in the background, if it has been followed before: nobody may edit for days, and until
// then searches would fail.
func (x *Index) mend(reason string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.repair || x.closed || x.head == nil || x.ctx.Err() != nil {
		return
	}
	x.repair = true
	head := x.head
	x.work.Go(func() {
		x.follow.Lock()
		defer x.follow.Unlock()
		err := x.rebuild(x.ctx, head, reason)
		if err != nil && x.ctx.Err() == nil {
			x.log.Error("the search index could not be mended", "err", err)
		}
		x.mu.Lock()
		x.repair = false
		x.mu.Unlock()
	})
}

// Follow brings the index to the commit of to. Pages that did not change are not read. When the Position is unknown to
// the repository, or the index cannot be used, it is built afresh.
func (x *Index) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	x.follow.Lock()
	defer x.follow.Unlock()
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return ErrClosed
	}
	x.head = to
	st, reason := x.store, x.reason
	x.mu.Unlock()
	x.readSynonyms(to)
	if st == nil {
		return x.rebuild(ctx, to, reason)
	}
	if st.unverified { // here and not in Open, which a start waits for
		if err := st.verify(); err != nil {
			return x.rebuild(ctx, to, reasonCut+": "+err.Error())
		}
		st.unverified = false
	}
	if err := st.failure(); err != nil {
		return x.rebuild(ctx, to, "the index failed: "+err.Error())
	}
	if st.position == to.Commit() {
		return nil
	}
	changes, err := w.Changes(ctx, st.position, to.Commit())
	if err != nil {
		if _, unknown := w.Revision(ctx, st.position.String()); ctx.Err() == nil && wiki.KindOf(unknown) == wiki.NotFound {
			return x.rebuild(ctx, to, fmt.Sprintf("the repository does not know commit %s any more", st.position))
		}
		return err
	}
	err = x.update(ctx, st, to, changes)
	if failure := st.failure(); failure != nil && ctx.Err() == nil {
		return x.rebuild(ctx, to, "an update failed: "+failure.Error())
	}
	return err
}

// update applies changes. The batches before the last leave the Position as it is: after a crash in between, the pages
// in them are written again, which changes nothing.
func (x *Index) update(ctx context.Context, st *store, to *wiki.Snapshot, changes []wiki.Change) error {
	present := map[wiki.Path]bool{} // paths that changed: whether there is a page now
	for _, c := range changes {
		if c.Kind == wiki.Renamed && !present[c.From] {
			present[c.From] = false
		}
		if c.Kind != wiki.Deleted {
			present[c.Path] = true
		} else if !present[c.Path] {
			present[c.Path] = false
		}
	}
	b := st.newBatch()
	for path, there := range present {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.remove(ctx, path.String()); err != nil {
			return err
		}
		if there {
			if err := addPage(b, to, path); err != nil {
				return err
			}
		}
		if b.full() {
			if err := b.write(); err != nil {
				return err
			}
		}
	}
	b.moveTo(to.Commit())
	if err := b.write(); err != nil {
		return err
	}
	x.around.changed(present)
	return nil
}

// addPage puts a page of a snapshot in a batch. A page whose path is no valid address cannot be shown, so it is not
// found either.
func addPage(b *batch, snap *wiki.Snapshot, path wiki.Path) error {
	if _, err := wiki.ParsePath(path.String()); err != nil {
		return nil //nolint:nilerr // see above
	}
	read, err := snap.Page(path)
	if err != nil {
		return err
	}
	if p, ok := extract(path, read.Source); ok {
		b.add(&p)
	}
	return nil
}

// buildWorkers is how many goroutines build an index: bleve builds a segment in one, so two keep two cores busy, and
// more would starve the readers that wait for the server to start.
const buildWorkers = 2

// rebuild builds the index afresh in a folder of its own and puts it in the place of the old one.
func (x *Index) rebuild(ctx context.Context, to *wiki.Snapshot, reason string) (err error) {
	began := time.Now()
	x.log.Info("building the search index", "reason", reason, "commit", to.Commit(), "pages", to.Len())
	st, err := newStore(x.dir)
	if err != nil {
		return refused("The search index cannot be written.", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.retire(true))
		}
	}()
	if err := x.build(ctx, st, to); err != nil {
		return err
	}
	if err := st.makeCurrent(x.dir); err != nil {
		return refused("The search index cannot be written.", err)
	}
	x.mu.Lock()
	old := x.store
	x.store, x.reason = st, ""
	x.mu.Unlock()
	x.around.dropAll()
	if old != nil {
		if err := old.retire(true); err != nil {
			x.log.Warn("the old search index could not be removed", "err", err)
		}
	}
	x.log.Info("the search index is built", "commit", to.Commit(), "pages", to.Len(), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// build fills an empty store with every page of a snapshot.
func (x *Index) build(ctx context.Context, st *store, to *wiki.Snapshot) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	paths := make(chan wiki.Path)
	p := &progress{report: x.OnProgress, total: to.Len()}
	var workers sync.WaitGroup
	for range buildWorkers {
		workers.Go(func() {
			if err := buildSome(ctx, st, to, paths, p); err != nil {
				cancel(err)
			}
		})
	}
	for ref := range to.Pages() {
		select {
		case paths <- ref.Path:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(paths)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := st.compact(ctx); err != nil {
		return err
	}
	b := st.newBatch() // last: what has a Position is whole
	b.moveTo(to.Commit())
	if err := b.write(); err != nil {
		return err
	}
	p.end()
	return nil
}

// buildSome puts pages in batches of its own until there are no more.
func buildSome(ctx context.Context, st *store, to *wiki.Snapshot, paths <-chan wiki.Path, p *progress) error {
	b := st.newBatch()
	for path := range paths {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // whoever ended it has the reason
		}
		if err := addPage(b, to, path); err != nil {
			return err
		}
		if b.full() {
			if err := b.write(); err != nil {
				return err
			}
		}
		p.step()
	}
	return b.write()
}

// progressEvery is how many pages go by between two reports.
const progressEvery = 32

// progress counts pages for several workers.
type progress struct {
	report func(done, total int)
	total  int
	mu     sync.Mutex
	done   int
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.report != nil && p.done%progressEvery == 0 {
		p.report(p.done, p.total)
	}
}

func (p *progress) end() {
	if p.report != nil {
		p.report(p.total, p.total)
	}
}

// maxDifferences is how many differences Equal names: more say nothing new.
const maxDifferences = 10

// Equal compares the index with what a fresh one for snap would hold: every document and a checksum of what is indexed
// of it, and the checksums of its files. It gives nil, or an error that names the first differences.
func (x *Index) Equal(ctx context.Context, _ *wiki.Wiki, snap *wiki.Snapshot) error {
	st, err := x.acquire()
	if err != nil {
		return err
	}
	if st == nil {
		return errors.New("search: there is no index")
	}
	defer st.release()
	if err := st.verify(); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	var differences []string
	differ := func(format string, args ...any) {
		if len(differences) < maxDifferences {
			differences = append(differences, fmt.Sprintf(format, args...))
		}
	}
	err = st.read(ctx, func(s *session, at wiki.ID) error {
		if at != snap.Commit() {
			differ("the index is at commit %s, not %s", at, snap.Commit())
		}
		want := uint64(0)
		for ref := range snap.Pages() {
			if err := ctx.Err(); err != nil {
				return err
			}
			n, err := s.compare(snap, ref.Path, differ)
			if err != nil {
				return err
			}
			want += n
		}
		if s.docs != want {
			differ("the index has %d documents, not %d", s.docs, want)
		}
		return nil
	})
	if err == nil && len(differences) > 0 {
		err = fmt.Errorf("search: %s", strings.Join(differences, "; "))
	}
	return err
}

// compare holds the documents of one page against its text, and gives how many there should be.
func (s *session) compare(snap *wiki.Snapshot, path wiki.Path, differ func(string, ...any)) (uint64, error) {
	if _, err := wiki.ParsePath(path.String()); err != nil {
		return 0, nil //nolint:nilerr // such a page is not in the index
	}
	read, err := snap.Page(path)
	if err != nil {
		return 0, err
	}
	p, ok := extract(path, read.Source)
	if !ok {
		return 0, nil
	}
	sums := p.sums()
	for i, sum := range sums {
		id := sectionID(p.path, i)
		if i == len(sums)-1 {
			id = pageID(p.path)
		}
		d, ok, err := s.stored(id)
		switch {
		case err != nil:
			return 0, err
		case !ok:
			differ("%s: section %d is missing", p.path, i)
		case d.sum != sum:
			differ("%s: section %d differs", p.path, i)
		}
	}
	return uint64(len(sums)), nil
}
