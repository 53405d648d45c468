// Package search finds pages and the questions in them.
package search

import (
	"context"
	"log/slog"
	"time"

	"coppice/wiki"
)

// Index is the wiki's search index; a wiki.Follower.
type Index struct {
	// OnProgress, if set before the first Follow, hears how far a build is: pages done of total.
	OnProgress func(done, total int)
}

// Open opens the index in folder dir, or begins an empty one.
func Open(dir string, log *slog.Logger) (*Index, error) { panic("not built yet") }

// Close frees the index.
func (x *Index) Close() error { panic("not built yet") }

// Name gives "search".
func (x *Index) Name() string { return "search" }

// Position gives the commit that the index reflects.
func (x *Index) Position() wiki.ID { panic("not built yet") }

// Follow brings the index to the commit of to.
func (x *Index) Follow(ctx context.Context, w *wiki.Wiki, to *wiki.Snapshot) error {
	panic("not built yet")
}

// Equal says how the index differs from one built afresh from snap; nil when it does not.
func (x *Index) Equal(ctx context.Context, w *wiki.Wiki, snap *wiki.Snapshot) error {
	panic("not built yet")
}

// Query is what a person asks.
type Query struct {
	Text   string // as typed
	Limit  int    // hits wanted; 0 is DefaultLimit
	Offset int    // hits to leave out
}

// Parse reads a query as typed. It never fails.
func Parse(text string) Query { return Query{Text: text} }

// Fragment is a part of a snippet; Mark is set on what the query matched.
type Fragment struct {
	Text string
	Mark bool
}

// Hit is a page that matches, opened at the question or heading that matches best.
type Hit struct {
	Path     wiki.Path
	Anchor   string // "" is the top of the page
	Title    string // the page's
	Question string // the question or heading at Anchor, or ""
	Snippet  []Fragment
	Score    float64
}

// FacetValue is one value of a facet and the number of pages that have it.
type FacetValue struct {
	Value string
	Count int
}

// Facet groups all matching pages by a property: "keyword" or "lang".
type Facet struct {
	Name   string
	Values []FacetValue // most pages first
}

// Results answer a Query.
type Results struct {
	Total      int // pages that match
	Hits       []Hit
	Facets     []Facet
	Took       time.Duration
	DidYouMean string  // a better spelling, or ""
	Relaxed    bool    // no page has all the words: these have some of them, or words like them
	Exact      bool    // the first hit's title (or other title) is the query
	Commit     wiki.ID // what the index reflects
}

// Search answers q.
func (x *Index) Search(ctx context.Context, q Query) (Results, error) { panic("not built yet") }

// Suggestion completes what is being typed.
type Suggestion struct {
	Text   string
	Path   wiki.Path
	Anchor string
}

// Suggest gives at most limit titles and questions that what is typed may become.
func (x *Index) Suggest(ctx context.Context, prefix string, limit int) ([]Suggestion, error) {
	panic("not built yet")
}
