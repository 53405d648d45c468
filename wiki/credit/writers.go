package credit

import (
	"slices"
	"time"

	"coppice/wiki"
)

// State changes whenever what a View says may be different; it can be compared.
func (v *View) State() any { return [2]any{v.d, v.people} }

// Names changes whenever people may be called otherwise; it can be compared.
func (v *View) Names() any { return v.people }

// Newest gives the number of a page's newest revision, which is never given again; -1 when none is known.
func (v *View) Newest(path wiki.Path) int {
	t := v.d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(v.d.last(path.String()))
}

// Writers gives everybody who wrote in a page, whether or not any of it is left, newest first, and when it was last
// changed. Bots and people who opted out are left out. No text is read.
func (v *View) Writers(path wiki.Path) (people []*Person, changed time.Time) {
	if v.tip < 0 {
		return nil, changed
	}
	line := v.line(path, v.tip)
	for _, no := range slices.Backward(line) {
		commit := v.d.revs[no].commit
		if changed.IsZero() {
			changed = v.when(commit)
		}
		if v.d.revs[no].carries() {
			continue
		}
		for _, p := range v.people.authors(v.d, commit) {
			if !p.Hidden && !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
	}
	return people, changed
}
