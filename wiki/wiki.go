// Package wiki keeps a community's pages in one git repository: pages, revisions, edits and merges. No HTTP, no SQL.
//
// Its nouns: a Wiki is an open repository. Head is a Snapshot, an immutable view of one commit; a request takes one and
// reads everything from it. A Page is a Markdown file, named by its Path. An Edit becomes a Revision through Save, which
// merges when the page has moved on and gives a ConflictError when it can't. Whatever is derived is a Follower.
//
//	w, err := wiki.Open("data/wiki.git", wiki.Options{})
//	page, err := w.Head().Page(path)
//	saved, err := w.Save(ctx, wiki.Edit{Path: path, Base: page.Commit, Source: text, Summary: "typo", Author: who})
//
// # Promises
//
// A Save that returned is on disk. No Save overwrites another: different blocks merge, the same block is a conflict
// that holds both texts. The next Head shows it. A branch moved from outside is seen within PollInterval.
//
// # How a save travels
//
// Save, Rename, Delete, Restore and Revert each become a plan: a function that looks at the newest state and says what
// to commit. One writer takes whatever plans are waiting, runs them one after another on a draft (each becomes a commit
// on top of the one before), makes all objects durable in one flush, moves the branch once, and answers everybody. If
// the branch was moved from outside in between, the draft is thrown away and the plans run again on what is there now.
package wiki

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"coppice/wiki/internal/gitstore"
)

// ID names a commit or a blob.
type ID = gitstore.ID

// ParseID reads 40 hexadecimal digits.
func ParseID(s string) (ID, error) { return gitstore.ParseID(s) }

const (
	// PollInterval is how often the branch is looked at for a move from outside. Reading one small file is cheap, and
	// the promise is that a push is seen within a second.
	PollInterval = 400 * time.Millisecond
	// MaxPageSize is what one page may hold. The longest page of a large real FAQ has 75 kB; what is larger than this
	// is data, and nobody could read or merge it in a browser.
	MaxPageSize = 2 << 20
	// MaintainInterval is how often small packs and loose objects from outside are looked for; our own saves ask for
	// folding themselves.
	MaintainInterval = 30 * time.Second
)

// Options say how a repository is served.
type Options struct {
	Root     string           // subfolder of the repository that is the wiki; "" is all of it
	Branch   string           // short name; "" is the one that HEAD names
	Log      *slog.Logger     // nil: nothing is logged
	Now      func() time.Time // nil: time.Now; saves and indexes ask it at the same time
	ReadOnly bool
}

// Wiki is an open repository. It is safe for many goroutines.
type Wiki struct {
	store    *gitstore.Store
	root     string
	ref      string
	log      *slog.Logger
	now      func() time.Time
	readOnly bool

	head    atomic.Pointer[Snapshot]
	moveMu  sync.Mutex    // held while the branch is read or moved and head is set, so that head never goes back
	movedMu sync.Mutex    // guards moved
	moved   chan struct{} // closed and replaced when head changes

	plans chan *request // to the writer
	saved chan struct{} // holds one: there is something to fold, perhaps
	ended <-chan struct{}
	stop  context.CancelFunc
	done  sync.WaitGroup

	mainline mainline
}

// Probe gives the error that Open would give for a repository that is not there, is of a sort that cannot be served, or
// has no such branch or root. It reads no page and writes nothing.
func Probe(dir string, o Options) error {
	o.ReadOnly = true
	w, err := open(dir, o)
	if err != nil {
		return err
	}
	defer w.store.Close()
	id, err := w.store.Ref(w.ref)
	if errors.Is(err, gitstore.ErrNoRef) {
		return nil // nothing is in it yet
	}
	if err != nil {
		return err
	}
	s, err := w.snapshot(id, nil)
	if err != nil {
		return w.unreadable(id, err)
	}
	return w.checkRoot(s)
}

// Open opens the repository in dir: bare, a work tree, or its .git folder. The error is of Kind NotFound when there is
// no repository, and of Kind Refused when it is of a sort that cannot be served. An empty repository is a wiki without
// pages.
func Open(dir string, o Options) (*Wiki, error) {
	w, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	err = w.load()
	if err == nil {
		err = w.checkRoot(w.Head())
	}
	if err != nil {
		return nil, errors.Join(err, w.store.Close())
	}
	w.start()
	return w, nil
}

// open opens the repository and finds the branch; nothing is read yet.
func open(dir string, o Options) (*Wiki, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	store, err := gitstore.Open(dir, gitstore.Options{Log: log, ReadOnly: o.ReadOnly})
	switch {
	case errors.Is(err, gitstore.ErrNotRepository):
		return nil, &Error{Kind: NotFound, Sentence: dir + " is not a git repository.", Err: err}
	case errors.Is(err, gitstore.ErrUnsupported):
		return nil, &Error{Kind: Refused, Sentence: fmt.Sprintf("The repository %s uses a format that Coppice cannot read.", dir), Err: err}
	case err != nil:
		return nil, err
	}
	w := &Wiki{
		store: store, log: log, now: o.Now, readOnly: o.ReadOnly,
		root:  cleanRoot(o.Root),
		moved: make(chan struct{}),
		plans: make(chan *request),
		saved: make(chan struct{}, 1),
	}
	if w.now == nil {
		w.now = time.Now
	}
	if err := w.findBranch(o.Branch); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return w, nil
}

// findBranch decides which ref is served, and refuses one that is missing while there are others: taking that for a
// new wiki would begin a second history.
func (w *Wiki) findBranch(name string) error {
	var err error
	if name != "" {
		w.ref = "refs/heads/" + strings.TrimPrefix(name, "refs/heads/")
	} else if w.ref, err = w.store.HeadBranch(); err != nil {
		return &Error{Kind: Refused, Sentence: "HEAD of the repository names no branch; choose one with --branch.", Err: err}
	}
	switch _, err = w.store.Ref(w.ref); {
	case errors.Is(err, gitstore.ErrBadRef):
		return &Error{Kind: Refused, Sentence: fmt.Sprintf("The branch %s is broken: its ref holds no commit.", w.Branch()), Err: err}
	case errors.Is(err, gitstore.ErrNoRef):
		refs, err := w.store.Refs("refs/heads/")
		if err != nil {
			return err
		}
		if len(refs) > 0 {
			var names []string
			for _, r := range refs[:min(len(refs), 5)] {
				names = append(names, strings.TrimPrefix(r.Name, "refs/heads/"))
			}
			return &Error{Kind: Refused, Sentence: fmt.Sprintf("There is no branch %s in the repository; choose one with --branch, for instance %s.",
				w.Branch(), strings.Join(names, ", "))}
		}
		return nil
	default:
		return err
	}
}

// checkRoot refuses a root that is not there while the repository has something: a mistyped --root would look like an
// empty wiki.
func (w *Wiki) checkRoot(s *Snapshot) error {
	if w.root == "" || s.commit.IsZero() || !s.root.id.IsZero() {
		return nil
	}
	return &Error{Kind: NotFound, Sentence: fmt.Sprintf("There is no folder %s in the repository.", w.root)}
}

// start begins the writer and the watch over the branch; Close ends them.
func (w *Wiki) start() {
	ctx, stop := context.WithCancel(context.Background())
	w.stop, w.ended = stop, ctx.Done()
	w.done.Go(func() { w.watch(ctx) })
	if !w.readOnly {
		w.done.Go(func() { w.write(ctx) })
		w.done.Go(func() { w.maintain(ctx) })
	}
}

// Close waits for the saves that have begun, then ends everything. Later saves are refused.
func (w *Wiki) Close() error {
	w.stop()
	w.done.Wait()
	return w.store.Close()
}

// Store is the repository itself, for the rooms under wiki that read history.
func (w *Wiki) Store() *gitstore.Store { return w.store }

// Dir is the git folder.
func (w *Wiki) Dir() string { return w.store.Dir() }

// Root is the subfolder that is the wiki, without slashes around it; "" is the whole repository.
func (w *Wiki) Root() string { return w.root }

// Branch is the short name of the branch that is served.
func (w *Wiki) Branch() string { return strings.TrimPrefix(w.ref, "refs/heads/") }

// ReadOnly reports whether edits are refused.
func (w *Wiki) ReadOnly() bool { return w.readOnly }

// Head gives the newest Snapshot. It is never nil; in an empty repository its Commit is zero.
func (w *Wiki) Head() *Snapshot { return w.head.Load() }

// Moved is closed when Head changes. Take it, then look at Head, then wait.
func (w *Wiki) Moved() <-chan struct{} {
	w.movedMu.Lock()
	defer w.movedMu.Unlock()
	return w.moved
}

// setHead makes s what everybody sees. The caller holds moveMu.
func (w *Wiki) setHead(s *Snapshot) {
	w.head.Store(s)
	w.movedMu.Lock()
	close(w.moved)
	w.moved = make(chan struct{})
	w.movedMu.Unlock()
}

// Refresh looks at the branch now.
func (w *Wiki) Refresh(context.Context) error { return w.load() }

// load reads the branch and, if it moved, sets Head. A branch that cannot be read leaves Head as it is.
func (w *Wiki) load() error {
	w.moveMu.Lock()
	defer w.moveMu.Unlock()
	id, err := w.store.Ref(w.ref)
	old := w.Head()
	if errors.Is(err, gitstore.ErrNoRef) && (old == nil || old.commit.IsZero()) {
		if old != nil {
			return nil
		}
		s, err := w.newSnapshot(ID{}, time.Time{}, emptyFolder())
		w.setHead(s)
		return err
	}
	if err != nil || (old != nil && old.commit == id) {
		return err
	}
	s, err := w.snapshot(id, old)
	if err != nil {
		return w.unreadable(id, err)
	}
	// Everything is read once here, so that a damaged commit is never shown and no request pays for the reading.
	var trees gitstore.TreeReader = w.store
	if old == nil {
		trees = w.store.Passing() // all of them, and from here on the folders have what was in them
	}
	if _, err := s.root.walk(trees, "", func(string, *entry) bool { return true }); err != nil {
		return w.unreadable(id, err)
	}
	w.setHead(s)
	return nil
}

// unreadable gives err, met on reading the branch's commit id, a sentence when it is the repository that has a fault.
func (w *Wiki) unreadable(id ID, err error) error {
	switch {
	case !IsDamaged(err):
		return err
	case !w.store.Has(id):
		return &Error{Kind: Refused, Sentence: fmt.Sprintf("The branch %s is broken: its ref names a commit that is not there.", w.Branch()), Err: err}
	default:
		return &Error{Kind: Refused, Sentence: fmt.Sprintf("The branch %s cannot be read: the repository is damaged.", w.Branch()), Err: err}
	}
}

// Now is the time by the wiki's clock.
func (w *Wiki) Now() time.Time { return w.now() }

// snapshot reads a commit; folders that old has too are shared with it.
func (w *Wiki) snapshot(id ID, old *Snapshot) (*Snapshot, error) {
	c, err := w.store.Commit(id)
	if err != nil {
		return nil, err
	}
	top := &folder{id: c.Tree}
	if old != nil {
		if old.top.id == c.Tree {
			top = old.top
		} else {
			top.like = old.top.list.Load()
		}
	}
	return w.newSnapshot(id, c.Committed(), top)
}

// watch follows the branch until ctx ends. The same fault is logged once.
func (w *Wiki) watch(ctx context.Context) {
	tick := time.NewTicker(PollInterval)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch err := w.load(); {
		case err == nil:
			said = ""
		case err.Error() != said:
			said = err.Error()
			w.log.Error("the branch cannot be read; serving what was there", "branch", w.Branch(), "err", err)
		}
	}
}

// maintain folds small packs and loose objects: after saves, at the start, and now and then for what others wrote.
func (w *Wiki) maintain(ctx context.Context) {
	tick := time.NewTicker(MaintainInterval)
	defer tick.Stop()
	for {
		if w.store.NeedsMaintenance() {
			if err := w.store.Maintain(ctx); err != nil && ctx.Err() == nil {
				w.log.Warn("packing failed; it will be tried again", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-w.saved:
		case <-tick.C:
		}
	}
}

// Blob reads any version of any file by its blob's name. The error is of Kind NotFound when there is none.
func (w *Wiki) Blob(id ID) ([]byte, error) {
	data, err := w.blob(id)
	if errors.Is(err, gitstore.ErrNotFound) {
		return nil, &Error{Kind: NotFound, Sentence: "There is no such version.", Err: err}
	}
	return data, err
}

// blob reads a blob that a tree names.
func (w *Wiki) blob(id ID) ([]byte, error) { return w.store.ReadKind(id, gitstore.Blob) }

// MinPrefix is the shortest abbreviation of a commit that is looked up: git's own habit.
const MinPrefix = 7

// ResolveCommit finds the commit that rev means: a whole name, or its first digits. The error is of Kind NotFound when
// there is none or when there are several.
func (w *Wiki) ResolveCommit(rev string) (ID, error) {
	missing := &Error{Kind: NotFound, Sentence: fmt.Sprintf("There is no revision “%.40s”.", strings.Map(visible, rev))}
	if id, err := ParseID(strings.ToLower(rev)); err == nil {
		if _, err := w.store.Commit(id); err != nil {
			return ID{}, missing
		}
		return id, nil
	}
	if len(rev) < MinPrefix || len(rev) > 40 {
		return ID{}, missing
	}
	ids, err := w.store.ResolvePrefix(strings.ToLower(rev))
	if err != nil || len(ids) == 0 {
		return ID{}, missing
	}
	if len(ids) > 1 {
		return ID{}, &Error{Kind: NotFound, Sentence: fmt.Sprintf("Several revisions begin with “%s”; give more digits.", rev)}
	}
	return ids[0], nil
}

// Revision gives a commit's metadata; rev as in ResolveCommit.
func (w *Wiki) Revision(_ context.Context, rev string) (*Commit, error) {
	id, err := w.ResolveCommit(rev)
	if err != nil {
		return nil, err
	}
	data, err := w.store.Commit(id)
	if err != nil {
		return nil, err
	}
	c := NewCommit(data)
	return &c, nil
}

// At gives the wiki as it was at a commit; rev as in ResolveCommit.
func (w *Wiki) At(_ context.Context, rev string) (*Snapshot, error) {
	id, err := w.ResolveCommit(rev)
	if err != nil {
		return nil, err
	}
	return w.at(id)
}

func (w *Wiki) at(id ID) (*Snapshot, error) {
	head := w.Head()
	if id == head.commit {
		return head, nil
	}
	if id.IsZero() {
		return w.newSnapshot(ID{}, time.Time{}, emptyFolder())
	}
	return w.snapshot(id, head)
}

// AtTime gives the wiki as it was at time t: the newest commit on the branch's own line (first parents) that is not
// later. The error is of Kind NotFound when the wiki is younger.
func (w *Wiki) AtTime(ctx context.Context, t time.Time) (*Snapshot, error) {
	id, err := w.mainline.before(ctx, w.store, w.Head().commit, t)
	if err != nil {
		return nil, err
	}
	if id.IsZero() {
		return nil, &Error{Kind: NotFound, Sentence: fmt.Sprintf("The wiki has no revision from %s or earlier.", t.Format("2 January 2006"))}
	}
	return w.at(id)
}

// cleanRoot gives a root without slashes around it; nothing leads out of the repository.
func cleanRoot(root string) string { return strings.Trim(path.Clean("/"+root), "/") }

// Create makes a new bare repository in dir, which must be empty or missing, with one commit that holds files below the
// root of o; nil files mean no commit. The error is of Kind Invalid when there can be no folder of the root's name, or no
// branch of the branch's.
func Create(dir string, o Options, files fs.FS, author Contributor, summary string) error {
	if root := cleanRoot(o.Root); root != "" {
		if err := (Path{root}).checkNew(); err != nil {
			return err
		}
	}
	branch := o.Branch
	if branch == "" {
		branch = "main"
	}
	err := gitstore.Init(dir, branch)
	if errors.Is(err, gitstore.ErrBadRef) {
		return &Error{Kind: Invalid, Sentence: fmt.Sprintf("git has no branches of the name %q.", branch)}
	}
	if err != nil || files == nil {
		return err
	}
	w, err := Open(dir, o)
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = w.Import(context.Background(), files, author, summary)
	return err
}
