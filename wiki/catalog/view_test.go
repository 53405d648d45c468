package catalog

import (
	"testing"

	"coppice/wiki"
)

// The first page after a start or a save asks for a category. With 10,000 pages, sorting them all takes longer than the
// rest of a start.
func TestCategoryDoesNotSortAllPages(t *testing.T) {
	entries := map[wiki.Path]*Entry{}
	for _, name := range []string{"b", "a", "c"} {
		p, err := wiki.ParsePath(name)
		if err != nil {
			t.Fatal(err)
		}
		entries[p] = &Entry{Path: p, Title: "Page " + name, Keywords: []string{"Some Word", "some-word"}}
	}
	v := newView(wiki.ID{1}, entries)
	v.lists = func() *lists {
		t.Error("all pages were sorted")
		return v.makeLists()
	}
	got := ""
	for _, e := range v.Category("SOME WORD") {
		got += e.Path.String()
	}
	if got != "abc" {
		t.Errorf("pages %q", got)
	}
}
