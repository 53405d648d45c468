package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	bolt "go.etcd.io/bbolt"

	"coppice/wiki"
)

// Files in the folder of the index.
const (
	lockName    = "lock"    // held by the process that has the index: bbolt's lock works on every system
	currentName = "current" // two lines: the format, and the folder of the index that counts
	storePrefix = "index-"
)

// format names the version of what is indexed. It goes up whenever documents or analyzers change, so that an index built
// by an older Coppice is rebuilt.
//
//	1: the first
//	3: positions are no longer kept; what a document is stands in one field of tags
//	4: a page's own document says how many words it has, and ranks by its names only
//	5: pages that name no language are shown to be in the default one, and have what was asked of questions that they no longer have
//	5: more languages are known; words are found without their accents in all of them, and in scripts without spaces
//	6: titles and headings that are questions are marked
const format = "coppice search index 6"

// Why an index is built afresh.
const (
	reasonNone    = "there is no index yet"
	reasonFormat  = "the index is of another version"
	reasonCut     = "a file of the index is cut short or changed"
	reasonBleve   = "bleve cannot open the index"
	reasonInner   = "what the index says of itself cannot be read"
	reasonCurrent = "the file that names the index cannot be read"
)

// Keys of what bleve keeps beside the documents.
var (
	positionKey = []byte("coppice.position") // commit, in hexadecimal
	lengthsKey  = []byte("coppice.lengths")  // words per ranked field of all documents, varints
)

const (
	// batchDocs and batchBytes bound a batch: larger ones are hardly faster, and all of a batch is in memory at once.
	batchDocs  = 4000
	batchBytes = 8 << 20
)

// errPanic is wrapped by errors that were a panic inside bleve.
var errPanic = errors.New("panic in the search library")

// store is one bleve index in a folder of its own.
type store struct {
	path string
	b    bleve.Index
	i    index.Index

	mu        sync.Mutex
	users     int
	retired   bool
	remove    bool // the folder, when it is closed
	closed    chan struct{}
	closeErr  error
	directory directory
	failed    chan struct{} // closed when something broke
	err       error         // why

	unverified bool // opened, and its files not read through yet; for whoever holds Index.follow

	// Only whoever holds Index.follow writes these, under mu.
	position wiki.ID
	lengths  lengths
	langs    []*language
}

// openCurrent opens the index that counts; without one, the reason.
func openCurrent(dir string) (*store, string) {
	text, err := os.ReadFile(filepath.Join(dir, currentName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, reasonNone
	}
	first, name, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	switch {
	case err != nil || !strings.HasPrefix(first, "coppice search index "):
		return nil, reasonCurrent
	case first != format:
		return nil, reasonFormat
	case !strings.HasPrefix(name, storePrefix) || filepath.Base(name) != name:
		return nil, reasonCurrent
	}
	path := filepath.Join(dir, name)
	st, err := openStore(path)
	if err != nil {
		return nil, reasonBleve + ": " + err.Error()
	}
	st.unverified = true
	if err := st.load(); err != nil {
		return nil, reasonInner + ": " + errors.Join(err, st.retire(false)).Error()
	}
	return st, ""
}

// removeStray removes folders of indexes that do not count: a build that was cut off, or the one before.
func (x *Index) removeStray() {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return // the first build will say what is wrong
	}
	for _, e := range entries {
		path := filepath.Join(x.dir, e.Name())
		if strings.HasPrefix(e.Name(), storePrefix) && (x.store == nil || x.store.path != path) {
			if err := os.RemoveAll(path); err != nil {
				x.log.Warn("an old search index could not be removed", "err", err)
			}
		}
	}
}

// watchers hears of what breaks in bleve's own goroutines, by the folder of the index. bleve takes a callback by name
// only, from a table of its own that is filled before any index is opened.
var watchers sync.Map

const watcherName = "coppice"

func init() {
	scorch.RegistryAsyncErrorCallbacks[watcherName] = func(err error, path string) {
		if errors.Is(err, scorch.ErrCleanup) {
			return // a file that is no longer needed stays a while longer
		}
		if st, ok := watchers.Load(filepath.Clean(path)); ok {
			st.(*store).fail(err)
		}
	}
}

func config() map[string]any {
	return map[string]any{
		"bolt_timeout":           lockWait.String(), // bleve would wait for ever
		"asyncErrorCallbackName": watcherName,
	}
}

// newStore makes an empty index in a new folder.
func newStore(dir string) (st *store, err error) {
	path, err := os.MkdirTemp(dir, storePrefix)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o755); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}()
	return guarded(path, func(inner string) (bleve.Index, error) {
		return bleve.NewUsing(inner, bleve.NewIndexMapping(), scorch.Name, scorch.Name, config())
	})
}

// openStore opens the index in a folder.
func openStore(path string) (*store, error) {
	if err := checkSnapshots(filepath.Join(path, innerName, "store", "root.bolt")); err != nil {
		return nil, err
	}
	return guarded(path, func(inner string) (bleve.Index, error) { return bleve.OpenUsing(inner, config()) })
}

// checkSnapshots reads bleve's list of its states through, a bbolt file, before bleve does. bbolt maps the file and believes
// what it says of itself: where it is cut, a goroutine of bleve's would end the process with a fault that nobody can catch.
func checkSnapshots(file string) (err error) {
	defer recovered(&err)
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	look := func(o bolt.Options, use func(tx *bolt.Tx) error) (err error) {
		o.ReadOnly, o.Timeout = true, lockWait
		db, err := bolt.Open(file, 0o666, &o)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return db.View(use)
	}
	err = look(bolt.Options{}, func(tx *bolt.Tx) error {
		if tx.Size() > info.Size() {
			return fmt.Errorf("%s is cut: it has %d bytes of %d", filepath.Base(file), info.Size(), tx.Size())
		}
		return nil
	})
	if err != nil {
		return err
	}
	return look(bolt.Options{PreLoadFreelist: true}, func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return readThrough(b) })
	})
}

// readThrough visits all that is in a bucket.
func readThrough(b *bolt.Bucket) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return readThrough(b.Bucket(key))
		}
		return nil
	})
}

// innerName is bleve's own folder, which it wants to make itself.
const innerName = "bleve"

func guarded(path string, open func(string) (bleve.Index, error)) (st *store, err error) {
	defer recovered(&err)
	st = &store{path: path, failed: make(chan struct{}), closed: make(chan struct{}), langs: []*language{languageNamed(defaultLanguage)}}
	inner := filepath.Join(path, innerName)
	watched := filepath.Join(inner, "store")
	watchers.Store(watched, st)
	if st.b, err = open(inner); err == nil {
		st.i, err = st.b.Advanced()
	}
	if err != nil {
		watchers.Delete(watched)
		return nil, err
	}
	return st, nil
}

// recovered makes an error of a panic. It is deferred.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v\n%s", errPanic, r, debug.Stack())
	}
}

// verify checks the checksums at the ends of the segment files that the index consists of, which bleve does not look at
// itself. Others may lie beside them: those of a merge that was cut off. The files are read whole: some hundred megabytes
// a second from a cold disk, gigabytes from memory.
func (st *store) verify() error {
	return st.read(context.Background(), func(s *session, _ wiki.ID) error {
		for _, part := range s.reader.Segments() {
			if file, ok := part.Segment().(segment.PersistedSegment); ok {
				if err := verifySegment(file.Path()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func verifySegment(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	body := info.Size() - crc32.Size
	if body < 0 {
		return fmt.Errorf("%s is cut short", filepath.Base(name))
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, body); err != nil {
		return err
	}
	want := make([]byte, crc32.Size)
	if _, err := io.ReadFull(f, want); err != nil {
		return err
	}
	if sum.Sum32() != binary.BigEndian.Uint32(want) {
		return fmt.Errorf("%s does not match its checksum", filepath.Base(name))
	}
	return nil
}

// load reads what the index says of itself.
func (st *store) load() (err error) {
	defer recovered(&err)
	r, err := st.i.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	at, err := r.GetInternal(positionKey)
	if err != nil {
		return err
	}
	if st.position, err = wiki.ParseID(string(at)); err != nil {
		return err
	}
	packed, err := r.GetInternal(lengthsKey)
	if err != nil {
		return err
	}
	for i := range st.lengths {
		n, size := binary.Uvarint(packed)
		if size <= 0 {
			return errors.New("the lengths of its fields are cut short")
		}
		st.lengths[i], packed = n, packed[size:]
	}
	st.langs, err = languagesIn(r)
	return err
}

// languagesIn gives the languages that documents of a state of the index are in.
func languagesIn(r index.IndexReader) ([]*language, error) {
	s, err := newSession(context.Background(), r)
	if err != nil {
		return nil, err
	}
	return s.languages()
}

// makeCurrent makes this the index that counts, on disk.
func (st *store) makeCurrent(dir string) error {
	text := format + "\n" + filepath.Base(st.path) + "\n"
	f, err := os.CreateTemp(dir, currentName+"-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is gone when all went well
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, currentName)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fail marks the store as broken. It can still be read, for what it is worth, until another takes its place.
func (st *store) fail(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err == nil {
		st.err = err
		close(st.failed)
	}
}

func (st *store) failure() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.err
}

func (st *store) retain() {
	st.mu.Lock()
	st.users++
	st.mu.Unlock()
}

func (st *store) release() {
	st.mu.Lock()
	st.users--
	last := st.retired && st.users == 0
	st.mu.Unlock()
	if last {
		st.close()
	}
}

// retire closes the store when its last reader is done, and removes its folder if asked. It waits for that, but no
// longer than closeWait.
func (st *store) retire(remove bool) error {
	st.mu.Lock()
	if st.retired {
		st.mu.Unlock()
		return nil
	}
	st.retired, st.remove = true, remove
	idle := st.users == 0
	st.mu.Unlock()
	if idle {
		go st.close()
	}
	select {
	case <-st.closed:
		return st.closeErr
	case <-time.After(closeWait):
		return fmt.Errorf("the search index in %s did not close within %s", st.path, closeWait)
	}
}

func (st *store) close() {
	defer close(st.closed)
	defer recovered(&st.closeErr)
	st.closeErr = st.b.Close()
	watchers.Delete(filepath.Join(st.path, innerName, "store"))
	if st.remove {
		st.closeErr = errors.Join(st.closeErr, os.RemoveAll(st.path))
	}
}

// read gives do a session on the newest state.
func (st *store) read(ctx context.Context, do func(*session, wiki.ID) error) (err error) {
	defer recovered(&err)
	st.mu.Lock()
	at, lengths, langs := st.position, st.lengths, st.langs
	st.mu.Unlock()
	r, err := st.i.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := newSession(ctx, r)
	if err != nil {
		return err
	}
	s.lengths, s.langs, s.directory = lengths, langs, &st.directory
	return do(s, at)
}

// batch collects changes that are written at once.
type batch struct {
	st      *store
	b       *index.Batch
	docs    int
	bytes   int
	added   lengths
	removed lengths
	to      *wiki.ID
}

func (st *store) newBatch() *batch { return &batch{st: st, b: index.NewBatch()} }

// add puts a page in.
func (b *batch) add(p *page) {
	for _, d := range documents(p) {
		b.b.Update(d)
		b.docs++
		b.bytes += int(d.StoredFieldsSize)
		for _, f := range d.Fields {
			if i := slices.Index(scoredFields[:], f.Name()); i >= 0 {
				b.added[i] += uint64(f.AnalyzedLength())
			}
		}
	}
}

// remove takes a page out, as it is in the index now. It goes before add for the same page.
func (b *batch) remove(ctx context.Context, path string) error {
	return b.st.read(ctx, func(s *session, _ wiki.ID) error {
		d, ok, err := s.stored(pageID(path))
		if err != nil || !ok {
			return err
		}
		b.b.Delete(pageID(path))
		for i := range d.sections {
			b.b.Delete(sectionID(path, i))
		}
		b.docs += d.sections + 1
		for i, n := range d.lengths {
			b.removed[i] += n
		}
		return nil
	})
}

// moveTo makes the batch set the Position.
func (b *batch) moveTo(commit wiki.ID) { b.to = &commit }

func (b *batch) full() bool { return b.docs >= batchDocs || b.bytes >= batchBytes }

// write writes the batch and empties it. When it returns, what is in it is found, and on disk.
func (b *batch) write() error {
	if b.docs == 0 && b.to == nil {
		return nil
	}
	st := b.st
	st.mu.Lock()
	for i := range st.lengths {
		st.lengths[i] += b.added[i]
		st.lengths[i] -= min(b.removed[i], st.lengths[i])
	}
	total := st.lengths
	st.mu.Unlock()
	var packed []byte
	for _, n := range total {
		packed = binary.AppendUvarint(packed, n)
	}
	b.b.SetInternal(lengthsKey, packed)
	if b.to != nil {
		b.b.SetInternal(positionKey, []byte(b.to.String()))
	}
	if err := st.apply(b.b); err != nil {
		st.fail(err)
		return err
	}
	if b.to != nil {
		if err := st.arrived(*b.to); err != nil {
			return err
		}
	}
	*b = *st.newBatch()
	return nil
}

// apply gives a batch to bleve. When one of bleve's goroutines has died, its answer would never come.
func (st *store) apply(b *index.Batch) error {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer recovered(&err)
		err = st.i.Batch(b)
	}()
	select {
	case err := <-done:
		return err
	case <-st.failed:
		return st.failure()
	}
}

// arrived takes note of a new Position.
func (st *store) arrived(at wiki.ID) (err error) {
	defer recovered(&err)
	r, err := st.i.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	langs, err := languagesIn(r)
	if err != nil {
		return err
	}
	st.mu.Lock()
	st.position, st.langs = at, langs
	st.mu.Unlock()
	return nil
}

// compact merges the segments of a new index to one, which is smaller and quicker to search.
func (st *store) compact(ctx context.Context) (err error) {
	defer recovered(&err)
	if s, ok := st.i.(*scorch.Scorch); ok {
		options := mergeplan.SingleSegmentMergePlanOptions
		return s.ForceMerge(ctx, &options)
	}
	return nil
}
