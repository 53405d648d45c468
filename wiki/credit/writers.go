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

// Newest gives a number that changes, together with Names, whenever another revision of a page is known; -1 when none is.
func (v *View) Newest(path wiki.Path) int { return int(v.latestRev(path)) }

// latestRev gives the rev of the page that has a path which came in last, wherever it stands in the page's line; or -1.
func (v *View) latestRev(path wiki.Path) int32 {
	if v.tip < 0 {
		return -1
	}
	t := v.d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	newest := v.d.newestOf(path.String(), []int32{v.tip})
	if newest < 0 {
		return -1
	}
	page := v.d.revs[newest].page
	if latest := t.latest[page]; int(latest) < len(v.d.revs) {
		return latest
	}
	for _, no := range t.of[page] { // the View is not the newest
		if int(no) < len(v.d.revs) {
			newest = max(newest, no)
		}
	}
	return newest
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
