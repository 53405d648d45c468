// Package content holds the Markdown that a new wiki begins with.
//
// Everything is a file of the folder starter, embedded as it stands: the starter pages (a FAQ on communities of practice), the
// help pages, and in the hidden folder .coppice what steers a wiki: the form of a FAQ page, the keywords, the menu, synonyms for
// search, and questions that search has to answer. The wiki package commits all of it as the first revision of a new wiki:
//
//	wiki.Create(dir, wiki.Options{}, content.FS(), author, "Begin the wiki")
//
// From then on the files belong to the community. Nothing here is read again, so a later release changes no wiki that is
// already there, and a community may edit or delete every one of these pages.
//
// What the tests hold of each page, so that a new wiki is an example of a well-kept one: front matter that parses, with a title, keywords
// from the shared vocabulary and aliases and asked_as that point at something; links that lead to
// a page or a heading that is there; a name of lower-case words joined by hyphens; an answer below every
// question; and a Sources section wherever figures are quoted.
package content

import (
	"embed"
	"fmt"
	"io/fs"
)

// The prefix "all:" takes in .coppice, which go:embed leaves out by itself.
//
//go:embed all:starter
var starter embed.FS

// FS gives the files of a new wiki, rooted so that the front page is "index.md" and the FAQ form ".coppice/forms/faq.md".
// It is safe for concurrent use.
func FS() fs.FS {
	files, err := fs.Sub(starter, "starter")
	if err != nil {
		panic(fmt.Sprint("content: the embedded folder is not there: ", err)) // the directive above would not have compiled
	}
	return files
}
