package catalog

import (
	"bytes"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

const (
	// maxPastTitles is how many texts are read for the titles of an older Snapshot, beyond those that read so today: at some
	// 0.1 ms each, what one visitor may cost. Pages beyond it are found by their path alone.
	maxPastTitles = 2000
	// pastHead is how much of a page behind its front matter is searched for its title.
	pastHead = 2 << 10
)

// Past gives ByTitle as it would have been in an older Snapshot. It reads the pages whose text is another one today, so
// whoever needs it twice keeps it. A page that cannot be read has no title.
func (v *View) Past(old *wiki.Snapshot) func(name string) (wiki.Path, bool) {
	then := emptyView()
	left := maxPastTitles
	for ref := range old.Pages() {
		if e, ok := v.entries[ref.Path]; ok && e.Blob == ref.Blob {
			then.entries[ref.Path] = e
			continue
		}
		if left--; left < 0 {
			break
		}
		if page, err := old.Page(ref.Path); err == nil {
			then.entries[ref.Path] = titlesOf(page)
		}
	}
	return then.ByTitle
}

// titlesOf reads no more of a page than where titles stand.
func titlesOf(page wiki.Page) *Entry {
	head := page.Source
	end := 0
	if bytes.HasPrefix(head, []byte("---")) {
		if i := bytes.Index(head, []byte("\n---")); i >= 0 {
			end = i + len("\n---")
		}
	}
	if len(head) > end+pastHead {
		head = head[:end+pastHead]
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	doc := markdown.Parse(head, markdown.Options{})
	e := &Entry{Path: page.Path, Title: doc.Title, Aliases: doc.FrontMatter.Aliases}
	if e.Title == "" {
		e.Title = Readable(page.Path)
	}
	return e
}
