// Package catalog knows what each page says of itself.
package catalog

import (
	"context"
	"log/slog"
	"time"

	"coppice/wiki"
)

// Question is a question that a page answers.
type Question struct{ Anchor, Text string }

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
}

// Category is a keyword and how many pages have it.
type Category struct {
	Name  string
	Count int
}

// Wanted is a name that pages link to and no page has.
type Wanted struct {
	Name string
	From []wiki.Path
}

// Catalog is the persisted catalog; a wiki.Follower.
type Catalog struct {
	// OnProgress, if set before the first Follow, hears how far a build is: pages done of total.
	OnProgress func(done, total int)
}

// Open opens the catalog in folder dir, or begins an empty one.
func Open(dir string, log *slog.Logger) (*Catalog, error) { panic("not built yet") }

// Close frees the catalog.
func (c *Catalog) Close() error { panic("not built yet") }

// Name gives "catalog".
func (c *Catalog) Name() string { return "catalog" }

// Position gives the commit that the catalog reflects.
func (c *Catalog) Position() wiki.ID { panic("not built yet") }

// Follow brings the catalog to the commit of to.
func (c *Catalog) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	panic("not built yet")
}

// Equal says how the catalog differs from one built afresh from snap; nil when it does not.
func (c *Catalog) Equal(ctx context.Context, w *wiki.Wiki, snap *wiki.Snapshot) error {
	panic("not built yet")
}

// View gives the newest view. It never changes.
func (c *Catalog) View() *View { panic("not built yet") }

// View is the catalog at one commit: immutable, safe for many goroutines.
type View struct{}

func (v *View) Commit() wiki.ID                       { panic("not built yet") }
func (v *View) Len() int                              { panic("not built yet") }
func (v *View) Entry(p wiki.Path) (Entry, bool)       { panic("not built yet") }
func (v *View) Title(p wiki.Path) string              { panic("not built yet") }
func (v *View) All() []Entry                          { panic("not built yet") }
func (v *View) Categories() []Category                { panic("not built yet") }
func (v *View) Category(name string) []Entry          { panic("not built yet") }
func (v *View) Backlinks(p wiki.Path) []Entry         { panic("not built yet") }
func (v *View) Wanted() []Wanted                      { panic("not built yet") }
func (v *View) Orphans() []Entry                      { panic("not built yet") }
func (v *View) ByTitle(name string) (wiki.Path, bool) { panic("not built yet") }
