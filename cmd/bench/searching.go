package main

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the yardstick: FTS5

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/markdown"
)

const queries = 300

// searching compares the search index with SQLite's FTS5 on the same documents: one for each page and one for each
// question of it, with the same fields.
func (b *bench) searching() error {
	if b.owasp != "" {
		if err := b.searchOf("owasp", b.owasp, "cheatsheets"); err != nil {
			return err
		}
	}
	return b.searchOf("generated", b.large, "")
}

type searchDoc struct{ path, anchor, title, question, body, keywords string }

func (b *bench) searchOf(what, repo, root string) error {
	w, err := wiki.Open(repo, wiki.Options{Root: root, ReadOnly: true})
	if err != nil {
		return err
	}
	defer w.Close()
	dir, err := os.MkdirTemp(b.dir, "search-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	start := time.Now()
	index, err := search.Open(filepath.Join(dir, "bleve"), nil)
	if err != nil {
		return err
	}
	defer index.Close()
	if err := index.Follow(b.ctx, w, w.Head()); err != nil {
		return err
	}
	ourBuild := time.Since(start)

	start = time.Now()
	docs, err := documents(w)
	if err != nil {
		return err
	}
	fts, err := newFTS(filepath.Join(dir, "fts.db"), docs)
	if err != nil {
		return err
	}
	defer fts.Close()
	theirBuild := time.Since(start)

	rate := func(d time.Duration) string { return fmt.Sprintf("%.0f/s", float64(len(docs))/d.Seconds()) }
	b.report.row(fmt.Sprintf("search index built, documents a second (%s, %d)", what, len(docs)), rate(ourBuild), "FTS5 "+rate(theirBuild), ratio(theirBuild, ourBuild), atLeast, 0.4)
	ourSize := folderSize(filepath.Join(dir, "bleve"))
	theirSize := folderSize(dir) - ourSize
	b.report.row("search index on disk ("+what+")", kilobytes(ourSize), "FTS5 "+kilobytes(theirSize), float64(ourSize)/float64(theirSize), atMost, 0.8)
	return b.queryBoth(what, index, fts, docs)
}

// documents cuts every page as the index does: the page, and each question or heading with the text below it.
func documents(w *wiki.Wiki) ([]searchDoc, error) {
	var docs []searchDoc
	for ref := range w.Head().Pages() {
		page, err := w.Head().Page(ref.Path)
		if err != nil {
			return nil, err
		}
		doc := markdown.Parse(page.Source, markdown.Options{})
		keywords := strings.Join(doc.FrontMatter.Keywords, " ")
		docs = append(docs, searchDoc{ref.Path.String(), "", doc.Title, "", doc.Lead, keywords})
		for _, h := range doc.Outline {
			body := string(page.Source[h.End:h.SectionEnd])
			for _, sub := range doc.Outline {
				if sub.Start > h.Start && sub.Start < h.SectionEnd {
					body = string(page.Source[h.End:sub.Start])
					break
				}
			}
			docs = append(docs, searchDoc{ref.Path.String(), h.Anchor, doc.Title, h.Text, body, keywords})
		}
	}
	return docs, nil
}

func newFTS(file string, docs []searchDoc) (*sql.DB, error) {
	db, err := sql.Open("sqlite", file+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE VIRTUAL TABLE docs USING fts5(path UNINDEXED, anchor UNINDEXED, title, question, body, keywords, tokenize='porter unicode61', prefix='2 3')`); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	const batch = 1000
	for start := 0; start < len(docs); start += batch {
		if err := insert(db, docs[start:min(start+batch, len(docs))]); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	_, err = db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	return db, err
}

func insert(db *sql.DB, docs []searchDoc) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	stmt, err := tx.Prepare(`INSERT INTO docs VALUES (?,?,?,?,?,?)`)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	defer stmt.Close()
	for _, d := range docs {
		if _, err := stmt.Exec(d.path, d.anchor, d.title, d.question, d.body, d.keywords); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// queryBoth runs the same two-term queries and the same beginnings of titles on both, turn and turn about.
func (b *bench) queryBoth(what string, index *search.Index, fts *sql.DB, docs []searchDoc) error {
	random := rand.New(rand.NewPCG(7, 7))
	word := func() string {
		for {
			f := strings.FieldsFunc(docs[random.IntN(len(docs))].body, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
			if len(f) > 0 {
				if w := f[random.IntN(len(f))]; len(w) > 3 {
					return strings.ToLower(w)
				}
			}
		}
	}
	var ours, theirs, ourPrefix, theirPrefix durations
	for i := range queries + 20 {
		x, y := word(), word()
		start := time.Now()
		q := search.Parse(x + " " + y)
		q.Limit = 10
		if _, err := index.Search(b.ctx, q); err != nil {
			return err
		}
		mine := time.Since(start)
		start = time.Now()
		if err := drain(fts, `SELECT path, anchor, snippet(docs, 4, '<', '>', '…', 24) FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 0, 5, 3, 1, 2) LIMIT 10`, `"`+x+`" AND "`+y+`"`); err != nil {
			return err
		}
		other := time.Since(start)
		prefix := titlePrefix(docs[random.IntN(len(docs))].title)
		start = time.Now()
		if _, err := index.Suggest(b.ctx, prefix, 8); err != nil {
			return err
		}
		minePrefix := time.Since(start)
		start = time.Now()
		if err := drain(fts, `SELECT path, anchor, title FROM docs WHERE docs MATCH ? ORDER BY bm25(docs) LIMIT 8`, `{title question} : "`+prefix+`"*`); err != nil {
			return err
		}
		if i >= 20 { // the first ones warm both
			ours, theirs = append(ours, mine), append(theirs, other)
			ourPrefix, theirPrefix = append(ourPrefix, minePrefix), append(theirPrefix, time.Since(start))
		}
	}
	b.report.row("two-term ranked query with snippets, p50 ("+what+")", show(ours.p50()), "FTS5 "+show(theirs.p50()), ratio(ours.p50(), theirs.p50()), atMost, 0.5)
	b.report.row("two-term ranked query with snippets, p99 ("+what+")", show(ours.p99()), "FTS5 "+show(theirs.p99()), ratio(ours.p99(), theirs.p99()), atMost, longTail(what))
	b.report.row("suggestion as you type, p50 ("+what+")", show(ourPrefix.p50()), "FTS5 "+show(theirPrefix.p50()), ratio(ourPrefix.p50(), theirPrefix.p50()), atMost, 0.8)
	b.report.row("suggestion as you type, p99 ("+what+")", show(ourPrefix.p99()), "FTS5 "+show(theirPrefix.p99()), ratio(ourPrefix.p99(), theirPrefix.p99()), atMost, 0.8)
	return nil
}

// longTail is the target for the slowest of a hundred queries: what was asked for first for the two repositories, and for
// 40,000 questions later.
func longTail(what string) float64 {
	if what == manyQuestionsName {
		return 1
	}
	return 0.5
}

// titlePrefix is the first three letters of a title.
func titlePrefix(title string) string {
	letters := strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, title)
	if len(letters) < 3 {
		return "the"
	}
	return letters[:3]
}

func drain(db *sql.DB, query string, args ...any) error {
	rows, err := db.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c string
		if err := rows.Scan(&a, &b, &c); err != nil {
			return err
		}
	}
	return rows.Err()
}
