package credit

import (
	"context"
	"sort"

	"coppice/wiki"
)

// Source says where a commit brought words: Own is set if it changed the page in question, under whatever name; Others
// are the other pages that it changed and did not delete, by the paths they had then.
type Source struct {
	Own    bool
	Others []wiki.Path
}

// Sources gives the Source of every commit that has a passage in a text. Words whose Source is not Own came from
// another page later on.
func (v *View) Sources(a *Authorship) map[wiki.ID]Source {
	own := map[int32]bool{} // numbers of the revs of the page
	if _, at, err := v.locate(a.Page); err == nil {
		for _, no := range v.line(a.Page.Path, at) {
			own[no] = true
		}
	}
	sources := map[wiki.ID]Source{}
	for i := range a.Passages {
		id := a.Passages[i].Commit
		if _, known := sources[id]; known {
			continue
		}
		var s Source
		commit, ok := v.number(id)
		first := sort.Search(len(v.d.revs), func(i int) bool { return v.d.revs[i].commit >= commit })
		for no := first; ok && no < len(v.d.revs) && v.d.revs[no].commit == commit; no++ {
			r := &v.d.revs[no]
			if own[int32(no)] {
				s.Own = true
				continue
			}
			if p, err := wiki.ParsePath(v.d.paths[r.path]); err == nil && r.kind != wiki.Deleted {
				s.Others = append(s.Others, p)
			}
		}
		sources[id] = s
	}
	return sources
}

// LatelyRemoved is Removed without a query: the sentences that were taken out of a page, or with the zero Path of any
// page, latest first.
func (v *View) LatelyRemoved(ctx context.Context, path wiki.Path, from Cursor, limit int) ([]Removed, Cursor, error) {
	return v.removed(ctx, path, &text{}, from, limit)
}

// Matches gives the words of a text that are words of a query, as Removed compares them.
func Matches(in, query string) []Span {
	wanted := map[uint64]bool{}
	for _, w := range lex([]byte(query)).words {
		wanted[w.hash] = true
	}
	var spans []Span
	for _, w := range lex([]byte(in)).words {
		if wanted[w.hash] {
			spans = append(spans, Span{int(w.start), int(w.end)})
		}
	}
	return spans
}
