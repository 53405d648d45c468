package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/markdown"
)

const (
	// relatedPages is of how many pages, spread over the wiki, related questions are asked for.
	relatedPages = 1000
	// relatedEdits is how many pages are edited; after each, what is kept of others is brought up to date.
	relatedEdits = 20
	// relatedLimit is what the issue allows a page, from the cache.
	relatedLimit = time.Millisecond
	// upToDateLimit is how soon search must show an edit; related questions are held to the same.
	upToDateLimit = time.Second
)

// relating measures related questions: from what is kept, beside the time that is allowed; from nothing, beside SQLite's
// FTS5, which is asked for documents with any word of the page's title, ranked; and how long after an edit everything
// that is kept of a thousand pages is up to date.
func (b *bench) relating() error {
	if b.owasp != "" {
		if err := b.relateIn("owasp", b.owasp, "cheatsheets"); err != nil {
			return err
		}
	}
	return b.relateIn("generated", b.large, "")
}

func (b *bench) relateIn(what, repo, root string) (err error) {
	repo, err = b.fresh(repo, "relate.git")
	if err != nil {
		return err
	}
	w, err := wiki.Open(repo, wiki.Options{Root: root})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	dir, err := os.MkdirTemp(b.dir, "relate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	index, err := search.Open(filepath.Join(dir, "bleve"), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	if err := index.Follow(b.ctx, w, w.Head()); err != nil {
		return err
	}
	docs, err := documents(w)
	if err != nil {
		return err
	}
	fts, err := newFTS(filepath.Join(dir, "fts.db"), docs)
	if err != nil {
		return err
	}
	defer fts.Close()
	pages := samplePages(w.Head())
	return errors.Join(b.relatedFromNothing(what, index, fts, w.Head(), pages), b.relatedFromCache(what, index, pages), b.relatedAfterEdits(what, index, w, pages))
}

// samplePages takes pages at even distances.
func samplePages(head *wiki.Snapshot) []wiki.Path {
	every := max(1, head.Len()/relatedPages)
	var pages []wiki.Path
	n := 0
	for ref := range head.Pages() {
		if n++; n%every == 0 && len(pages) < relatedPages {
			pages = append(pages, ref.Path)
		}
	}
	return pages
}

func (b *bench) relatedFromNothing(what string, index *search.Index, fts *sql.DB, head *wiki.Snapshot, pages []wiki.Path) error {
	var ours, theirs durations
	for _, p := range pages {
		page, err := head.Page(p)
		if err != nil {
			return err
		}
		title := markdown.Parse(page.Source, markdown.Options{}).Title
		start := time.Now()
		if _, err := index.Related(b.ctx, p, "", search.MaxRelated); err != nil {
			return err
		}
		ours = append(ours, time.Since(start))
		match := anyWord(title)
		if match == "" {
			continue
		}
		start = time.Now()
		if err := drain(fts, fmt.Sprintf(`SELECT path, anchor, title FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 0, 5, 3, 1, 2) LIMIT %d`, search.MaxRelated), match); err != nil {
			return err
		}
		theirs = append(theirs, time.Since(start))
	}
	b.report.row("related questions of a page, from nothing, p50 ("+what+")", show(ours.p50()), "FTS5, title "+show(theirs.p50()), ratio(ours.p50(), theirs.p50()), atMost, 1)
	b.report.row("related questions of a page, from nothing, p99 ("+what+")", show(ours.p99()), "FTS5, title "+show(theirs.p99()), ratio(ours.p99(), theirs.p99()), atMost, 1)
	return nil
}

// anyWord asks FTS5 for the words of a title, joined by OR.
func anyWord(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	for i, w := range words {
		words[i] = `"` + w + `"`
	}
	return strings.Join(words, " OR ")
}

func (b *bench) relatedFromCache(what string, index *search.Index, pages []wiki.Path) error {
	found := 0
	for _, p := range pages {
		found += len(index.Around(p, "", time.Minute).List)
	}
	kept, err := timed(len(pages), func(i int) error {
		index.Around(pages[i], "", 0)
		return nil
	})
	if err != nil {
		return err
	}
	b.report.say("%d pages of %s have %.1f related questions each", len(pages), what, float64(found)/float64(len(pages)))
	b.report.row("related questions of a page, from the cache, p50 ("+what+")", show(kept.p50()), "allowed "+show(relatedLimit), ratio(kept.p50(), relatedLimit), atMost, 1)
	b.report.row("related questions of a page, from the cache, p99 ("+what+")", show(kept.p99()), "allowed "+show(relatedLimit), ratio(kept.p99(), relatedLimit), atMost, 1)
	return nil
}

// relatedAfterEdits edits pages. The time is from when search shows the edit to when nothing is left to be found again,
// without the pauses that this work makes for readers.
func (b *bench) relatedAfterEdits(what string, index *search.Index, w *wiki.Wiki, pages []wiki.Path) error {
	var times durations
	for i := range relatedEdits {
		p, from := pages[i*len(pages)/relatedEdits], pages[(i*7+3)%len(pages)]
		head := w.Head()
		page, err := head.Page(p)
		if err != nil {
			return err
		}
		other, err := head.Page(from)
		if err != nil {
			return err
		}
		doc := markdown.Parse(other.Source, markdown.Options{})
		source := fmt.Appendf(append([]byte{}, page.Source...), "\n\n## Is this about %s?\n\n%s\n", doc.Title, doc.Lead)
		author := wiki.Contributor{Name: "Bench", Email: "bench@example.org"}
		if _, err := w.Save(b.ctx, wiki.Edit{Path: p, Base: head.Commit(), Source: source, Summary: "Measure relatives", Author: author}); err != nil {
			return err
		}
		if err := index.Follow(b.ctx, w, w.Head()); err != nil {
			return err
		}
		start := time.Now()
		if err := index.Settle(b.ctx); err != nil {
			return err
		}
		times = append(times, time.Since(start))
	}
	b.report.row(fmt.Sprintf("related questions of %d kept pages up to date after an edit, p99 (%s)", len(pages), what), show(times.p99()), "allowed "+show(upToDateLimit), ratio(times.p99(), upToDateLimit), atMost, 1)
	return nil
}
