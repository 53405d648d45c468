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
package wiki

import (
	"coppice/wiki/internal/gitstore"
)

// ID names a commit or a blob.
type ID = gitstore.ID

// ParseID reads 40 hexadecimal digits.
func ParseID(s string) (ID, error) { return gitstore.ParseID(s) }
