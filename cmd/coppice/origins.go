package main

import (
	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/credit"
)

// origins tells search what history knows of the pages.
type origins struct{ *credit.View }

// Origin gives who wrote in a page, as they may be shown, and when it was last changed.
func (o origins) Origin(path wiki.Path) search.Origin {
	people, changed := o.Writers(path)
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return search.Origin{Authors: names, Changed: changed}
}

// tellOrigins lets the search index ask what credit knows.
func (x *indexes) tellOrigins(w *wiki.Wiki) {
	x.search.Origins = func() search.Origins { return origins{x.credit.View(w, w.Head())} }
}
