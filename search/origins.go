package search

import (
	"strings"
	"time"

	"coppice/wiki"
)

// Origin is what history knows of a page.
type Origin struct {
	Authors []string  // who wrote in it, as they may be shown
	Changed time.Time // when it was last changed
}

// Origins is history at one moment: what the index itself does not know, because it changes without the page, as when
// somebody asks to be shown under another name.
type Origins interface {
	State() any                // changes whenever any answer may; comparable
	Names() any                // changes whenever authors may be called otherwise; comparable
	Newest(path wiki.Path) int // number of the newest revision of a page
	Origin(path wiki.Path) Origin
}

// originTable has the origins of all pages, by their numbers, for the filters and facets that go by them.
type originTable struct {
	state, names any
	rows         []originRow
}

// originRow is an Origin with numbers in the place of names. It does not change.
type originRow struct {
	newest  int
	authors []uint32 // numbers of values
	year    uint32   // number of a value
	changed int64    // Unix seconds; 0 is not known
}

// originsAt gives the rows for the newest state of history. The rows of pages that did not change stay.
func (d *directory) originsAt(of Origins) []originRow {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.origins
	if of == nil || old.state == of.State() && len(old.rows) == len(d.paths) {
		return old.rows
	}
	next := originTable{state: of.State(), names: of.Names(), rows: make([]originRow, len(d.paths))}
	for no, name := range d.paths {
		path, err := wiki.ParsePath(name)
		if err != nil {
			continue // cannot be: only pages with such a path are indexed
		}
		newest := of.Newest(path)
		if no < len(old.rows) && old.names == next.names && old.rows[no].newest == newest {
			next.rows[no] = old.rows[no]
			continue
		}
		next.rows[no] = d.originRow(newest, of.Origin(path))
	}
	d.origins = next
	return next.rows
}

// originRow is for whoever holds mu.
func (d *directory) originRow(newest int, o Origin) originRow {
	row := originRow{newest: newest}
	seen := make(map[string]bool, len(o.Authors))
	for _, name := range o.Authors {
		if key := fold(name); key != "" && !seen[key] { // two people whose names differ in capitals are one value
			seen[key] = true
			row.authors = append(row.authors, d.valueOf(facetValue{facetAuthor, key, strings.TrimSpace(name)}))
		}
	}
	if !o.Changed.IsZero() {
		year := o.Changed.UTC().Format("2006")
		row.changed, row.year = o.Changed.Unix(), d.valueOf(facetValue{facetYear, year, year})
	}
	return row
}

// matchesOrigin makes the test of a filter by author or time; nil for one of another kind.
func (s *session) matchesOrigin(c clause) func(row *originRow) bool {
	switch c.field {
	case byAuthor:
		return s.wroteBy(fold(c.text), c.phrase)
	case inYear, changedBefore, changedAfter:
		from, to, _ := period(c.text)
		low, high := from.Unix(), to.Unix()
		switch c.field {
		case changedBefore:
			return func(r *originRow) bool { return r.changed != 0 && r.changed < low }
		case changedAfter:
			return func(r *originRow) bool { return r.changed != 0 && r.changed >= low }
		}
		return func(r *originRow) bool { return r.changed >= low && r.changed < high && r.changed != 0 }
	}
	return nil
}

// wroteBy tests for an author: whose name is just that, when it is in quotes, else whose name has the words.
func (s *session) wroteBy(name string, exactly bool) func(row *originRow) bool {
	words := strings.Fields(name)
	is := make(map[uint32]bool)
	for n, v := range s.values {
		if v.kind != facetAuthor {
			continue
		}
		is[uint32(n)] = v.key == name || !exactly && hasWords(v.key, words)
	}
	return func(r *originRow) bool {
		for _, a := range r.authors {
			if is[a] {
				return true
			}
		}
		return false
	}
}

func hasWords(name string, words []string) bool {
	padded := " " + name + " "
	for _, w := range words {
		if !strings.Contains(padded, " "+w+" ") {
			return false
		}
	}
	return len(words) > 0
}
