// Package catalog is the derived list of what each page says of itself: title, language, keywords, other titles,
// questions, and the links that lead from page to page.
//
// Its nouns: an Entry is one page; a View is all entries at one commit, immutable, swapped as a whole. From a View come
// titles for lists, categories (keywords), backlinks, wanted pages (linked and not there) and orphans (there and not
// linked). The Catalog is a wiki.Follower: a changed page is parsed again, and only links that the change can touch
// are resolved again.
//
// Of each page the Entry also knows how much stands under which heading. Whether that is enough is for a form to say, which
// may change without the page. What keywords there should be is the Taxonomy, a file that people write; the Vocabulary joins
// it with the keywords that pages carry.
//
//	c, _ := catalog.Open("data/derived/catalog", log)
//	following := w.Follow(c)
//	title := c.View().Title(path)
//
// On disk it is a record log with one record for each Follow: the pages that changed, and the Position. When more than
// half of the file is about pages that changed again later, it is written anew.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
	"coppice/wiki/markdown"
)

// Question is a question that a page answers.
type Question struct {
	Anchor, Text string
	Keywords     []string // its own, beside those of the page
}

// Entry is what a page says of itself.
type Entry struct {
	Path          wiki.Path
	Blob          wiki.ID
	Title         string // never empty: the page's title, else its name made readable
	Lang          string // BCP 47, or ""
	Lead          string // first paragraph, plain
	Keywords      []string
	Aliases       []string
	Questions     []Question
	Links         []wiki.Path // pages it links to, each once, sorted
	Wanted        []string    // names it links to that no page has
	RedirectTo    string
	TranslationOf string
	ReviewBy      time.Time
	Problems      int
	Words         int
	Form          string // the name of the form that it follows, or ""
	Introduction  markdown.Size
	Keyed         []Question // headings with keywords of their own, whether they ask by themselves or by a form

	sections []section // by key
	targets  []string  // of its links to pages as they are written, each once; those of wikilinks begin with [[
}

// Catalog is the persisted catalog; a wiki.Follower. It is safe for many goroutines.
type Catalog struct {
	// OnProgress, if set before the first Follow, hears how far a build is: pages done of total.
	OnProgress func(done, total int)

	log    *slog.Logger
	follow sync.Mutex // held by Follow
	file   *recordlog.Log
	view   atomic.Pointer[View]
}

// Open opens the catalog in folder dir, or begins an empty one. What is damaged or of another version is dropped, with
// the reason in the log; Position is then zero and the next Follow rebuilds.
func Open(dir string, log *slog.Logger) (*Catalog, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	file, records, reason, err := recordlog.Open(filepath.Join(dir, "catalog.log"), format)
	if err != nil {
		return nil, err
	}
	c := &Catalog{log: log, file: file}
	c.view.Store(emptyView())
	if reason == nil {
		reason = c.replay(records)
	}
	if reason != nil && !errors.Is(reason, recordlog.ErrNew) {
		log.Warn("the catalog is rebuilt", "reason", reason)
	}
	return c, nil
}

// replay puts the records of the file together.
func (c *Catalog) replay(records [][]byte) error {
	var entries map[wiki.Path]*Entry
	var position wiki.ID
	for _, body := range records {
		at, changed, gone, err := decode(body)
		if err != nil {
			return err
		}
		if entries == nil { // the first record holds nearly everything
			entries = make(map[wiki.Path]*Entry, len(changed))
		}
		for _, p := range gone {
			delete(entries, p)
		}
		for _, e := range changed {
			entries[e.Path] = e
		}
		position = at
	}
	c.view.Store(newView(position, entries))
	return nil
}

// Close frees the catalog.
func (c *Catalog) Close() error {
	c.follow.Lock()
	defer c.follow.Unlock()
	return c.file.Close()
}

// Name gives "catalog".
func (c *Catalog) Name() string { return "catalog" }

// Position gives the commit that the catalog reflects.
func (c *Catalog) Position() wiki.ID { return c.view.Load().commit }

// View gives the newest view. It never changes.
func (c *Catalog) View() *View { return c.view.Load() }

// Follow brings the catalog to the commit of to. It needs no history: the pages whose text differs from what the
// catalog has are parsed again, wherever the branch came from.
func (c *Catalog) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	c.follow.Lock()
	defer c.follow.Unlock()
	old := c.View()
	if old.commit == to.Commit() && c.file.Scope() == w.Root() {
		return nil
	}
	rebuild := old.commit.IsZero() || c.file.Scope() != w.Root()
	if rebuild {
		old = emptyView()
	}
	changed, gone, err := c.differences(ctx, w, old, to)
	if err != nil {
		return err
	}
	next, fresh := old.with(to, changed, gone)
	if err := c.write(w.Root(), next, fresh, gone, rebuild); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	c.view.Store(next)
	return nil
}

// differences parses the pages whose text is not what the view has, and names those that are gone.
func (c *Catalog) differences(ctx context.Context, w *wiki.Wiki, old *View, to *wiki.Snapshot) (changed []*Entry, gone []wiki.Path, err error) {
	stale, gone := stalePages(ctx, w, old, to)
	for i, ref := range stale {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		page, err := to.Page(ref.Path)
		if err != nil {
			return nil, nil, err
		}
		changed = append(changed, newEntry(page))
		if c.OnProgress != nil && old.commit.IsZero() {
			c.OnProgress(i+1, len(stale))
		}
	}
	return changed, gone, nil
}

// stalePages asks git for the difference where it can, and else compares page by page.
func stalePages(ctx context.Context, w *wiki.Wiki, old *View, to *wiki.Snapshot) (stale []wiki.PageRef, gone []wiki.Path) {
	if !old.commit.IsZero() && !to.Commit().IsZero() {
		if changes, err := w.Changes(ctx, old.commit, to.Commit()); err == nil {
			for _, ch := range changes {
				switch ch.Kind {
				case wiki.Deleted:
					gone = append(gone, ch.Path)
				case wiki.Renamed:
					gone = append(gone, ch.From)
					fallthrough
				default:
					stale = append(stale, wiki.PageRef{Path: ch.Path, Blob: ch.Blob})
				}
			}
			return stale, gone
		}
	}
	for ref := range to.Pages() {
		if e, ok := old.entries[ref.Path]; !ok || e.Blob != ref.Blob {
			stale = append(stale, ref)
		}
	}
	for p := range old.entries {
		if !to.Has(p) {
			gone = append(gone, p)
		}
	}
	return stale, gone
}

// compactFrom is the size of a file, in bytes, below which old records are not worth a thought.
const compactFrom = 1 << 20

// write appends what is new, or writes the whole when that is new or when the file has become mostly old.
func (c *Catalog) write(root string, v *View, changed []*Entry, gone []wiki.Path, rebuild bool) error {
	body := encode(v.commit, changed, gone)
	if rebuild || (c.file.Size() > compactFrom && c.file.Size()+int64(len(body)) > 2*v.size) {
		all := make([]*Entry, 0, len(v.entries))
		for _, e := range v.entries {
			all = append(all, e)
		}
		body = encode(v.commit, all, nil)
		v.size = int64(len(body))
		return c.file.Replace(root, body)
	}
	if v.size == 0 {
		v.size = c.file.Size()
	}
	return c.file.Append(body)
}

// Equal says how the catalog differs from one built afresh from snap; nil when it does not.
func (c *Catalog) Equal(ctx context.Context, w *wiki.Wiki, snap *wiki.Snapshot) error {
	fresh := &Catalog{}
	changed, _, err := fresh.differences(ctx, w, emptyView(), snap)
	if err != nil {
		return err
	}
	want, _ := emptyView().with(snap, changed, nil)
	have := c.View()
	if have.commit != want.commit {
		return fmt.Errorf("the catalog is at %s and the wiki at %s", have.commit.Short(), want.commit.Short())
	}
	if len(have.entries) != len(want.entries) {
		return fmt.Errorf("the catalog has %d pages and the wiki %d", len(have.entries), len(want.entries))
	}
	for p, e := range want.entries {
		if mine := have.entries[p]; mine == nil || !reflect.DeepEqual(mine, e) {
			return fmt.Errorf("the catalog is wrong about the page %s", p)
		}
		if !reflect.DeepEqual(have.backlinks[p], want.backlinks[p]) {
			return fmt.Errorf("the catalog is wrong about the pages that link to %s", p)
		}
	}
	return nil
}
