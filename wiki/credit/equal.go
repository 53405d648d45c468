package credit

import (
	"fmt"
	"slices"
	"strings"

	"coppice/wiki"
)

// Equal says what two indexes answer differently, in whatever order they have read history; nil if nothing.
func (x *Index) Equal(y *Index) error {
	a, b := x.view(), y.view()
	if a.position != b.position {
		return fmt.Errorf("credit is at %s and a fresh one at %s", a.position.Short(), b.position.Short())
	}
	if len(a.commits) != len(b.commits) || len(a.revs) != len(b.revs) {
		return fmt.Errorf("credit has %d commits and %d revisions, a fresh one %d and %d", len(a.commits), len(a.revs), len(b.commits), len(b.revs))
	}
	mine := make(map[revKey]int32, len(a.revs))
	for no := range a.revs {
		mine[a.key(int32(no))] = int32(no)
	}
	for no := range b.revs {
		k := b.key(int32(no))
		m, ok := mine[k]
		if !ok {
			return fmt.Errorf("credit lacks the revision %s of the page %s", k.commit.Short(), k.path)
		}
		if ours, theirs := a.tell(m), b.tell(int32(no)); ours != theirs {
			return fmt.Errorf("credit differs for the page %s at %s: %s, and a fresh one %s", k.path, k.commit.Short(), ours, theirs)
		}
	}
	for no := range a.commits {
		other, ok := b.number(a.commits[no].id)
		if !ok || a.people[a.commits[no].author] != b.people[b.commits[other].author] || a.commits[no].time != b.commits[other].time ||
			!slices.EqualFunc(a.mentionsOf(int32(no)), b.mentionsOf(other), func(m, n mention) bool {
				return m.role == n.role && a.people[m.person] == b.people[n.person]
			}) {
			return fmt.Errorf("credit differs for the commit %s", a.commits[no].id.Short())
		}
	}
	return nil
}

type revKey struct {
	commit wiki.ID
	path   string
}

func (d *data) key(no int32) revKey {
	r := &d.revs[no]
	return revKey{d.commits[r.commit].id, d.paths[r.path]}
}

// tell puts what is known of a rev into words that do not depend on numbers.
func (d *data) tell(no int32) string {
	r := &d.revs[no]
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d words, %d added, %d removed:", r.kind, r.blob.Short(), r.words, r.added, r.dropped)
	if r.from >= 0 {
		fmt.Fprintf(&b, " from %s", d.paths[r.from])
	}
	if r.blob.IsZero() {
		return b.String()
	}
	for _, run := range d.runs(no) {
		fmt.Fprintf(&b, " %d of %s", run.to, d.commits[run.commit].id.Short())
	}
	return b.String()
}
