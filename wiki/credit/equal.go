package credit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice/wiki"
)

// Equal says what two indexes answer differently, in whatever order they have read history; nil if nothing. What they
// keep of commits that are not part of the history any more makes no difference.
func (x *Index) Equal(ctx context.Context, w *wiki.Wiki, s *wiki.Snapshot, y *Index) error {
	mine, fresh := x.View(w, s), y.View(w, s)
	if mine.Commit() != fresh.Commit() {
		return fmt.Errorf("credit is at %s and a fresh one at %s", mine.Commit().Short(), fresh.Commit().Short())
	}
	if fresh.d.head < 0 {
		return nil
	}
	if err := sameHistory(mine.d, fresh.d); err != nil {
		return err
	}
	for ref := range s.Pages() {
		if err := ctx.Err(); err != nil {
			return err
		}
		page := wiki.Page{Path: ref.Path, Blob: ref.Blob, Commit: s.Commit()}
		if ours, theirs := mine.tellPage(page), fresh.tellPage(page); ours != theirs {
			return fmt.Errorf("credit differs for the page %s: %s, and a fresh one says %s", ref.Path, ours, theirs)
		}
	}
	people, others := mine.Contributors(), fresh.Contributors()
	if len(people) != len(others) {
		return fmt.Errorf("credit knows %d contributors, a fresh one %d", len(people), len(others))
	}
	for i := range people {
		if ours, theirs := people[i].tell(), others[i].tell(); ours != theirs {
			return fmt.Errorf("credit differs for a contributor: %s, and a fresh one says %s", ours, theirs)
		}
	}
	return nil
}

// sameHistory compares what two data keep of the commits that their position knows.
func sameHistory(a, b *data) error {
	mine, fresh := a.known(a.head), b.known(b.head)
	for i := range min(len(mine), len(fresh)) {
		ours, theirs := a.key(mine[i]), b.key(fresh[i])
		if ours != theirs {
			return fmt.Errorf("revision %d of credit is of the page %s at %s, and of a fresh one of %s at %s",
				i, ours.path, ours.commit.Short(), theirs.path, theirs.commit.Short())
		}
		if m, f := a.tell(mine[i]), b.tell(fresh[i]); m != f {
			return fmt.Errorf("credit differs for the page %s at %s: %s, and a fresh one says %s", ours.path, ours.commit.Short(), m, f)
		}
	}
	if len(mine) != len(fresh) {
		return fmt.Errorf("credit has %d revisions, a fresh one %d", len(mine), len(fresh))
	}
	commits := 0
	for no := range int32(len(a.commits)) {
		if !a.reaches(no, a.head) {
			continue
		}
		commits++
		c := &a.commits[no]
		other, ok := b.number(c.id)
		if !ok || a.people[c.author] != b.people[b.commits[other].author] || c.time != b.commits[other].time ||
			!slices.EqualFunc(a.mentionsOf(no), b.mentionsOf(other), func(m, n mention) bool {
				return m.role == n.role && a.people[m.person] == b.people[n.person]
			}) {
			return fmt.Errorf("credit differs for the commit %s", c.id.Short())
		}
	}
	all := 0
	for no := range int32(len(b.commits)) {
		if b.reaches(no, b.head) {
			all++
		}
	}
	if commits != all {
		return fmt.Errorf("credit has %d commits, a fresh one %d", commits, all)
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
	for _, other := range d.line(r.page) {
		if d.reaches(d.revs[other].commit, d.head) {
			k := d.key(other)
			fmt.Fprintf(&b, " begun as %s by %s", k.path, k.commit.Short())
			break
		}
	}
	if r.blob.IsZero() {
		return b.String()
	}
	for _, run := range d.runs(no) {
		fmt.Fprintf(&b, " %d of %s", run.to, d.commits[run.commit].id.Short())
	}
	return b.String()
}

// tellPage puts the credits of a page into words.
func (v *View) tellPage(page wiki.Page) string {
	c, err := v.Credits(page)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d words, %d uncredited, begun by %s in %s", c.Words, c.Uncredited, tellPeople(c.Original), c.CreatedIn.Short())
	for _, s := range c.Contributors {
		fmt.Fprintf(&b, "; %s %v of %v, %v, %d edits", s.Slug, s.Words, s.Added, s.Share, s.Edits)
	}
	for _, r := range c.Revisions {
		fmt.Fprintf(&b, "; %s by %s", r.Commit.Short(), tellPeople(r.Authors))
		if r.Substantial {
			b.WriteString(", substantial")
		}
	}
	for _, r := range c.Reviewers {
		fmt.Fprintf(&b, "; %s reviewed %d until %s", r.Slug, r.Reviews, r.Last)
	}
	return b.String()
}

func tellPeople(people []*Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Slug)
	}
	return strings.Join(all, "+")
}

// tell puts a contributor's work into words.
func (c *Contributor) tell() string {
	return fmt.Sprintf("%+v: %v of %v words, %d edits, %d begun, %d improved, %d reviews, %s to %s, %v, %v",
		*c.Person, c.Words, c.Added, c.Edits, c.Begun, c.Improved, c.Reviews, c.First, c.Last, c.Pages, c.Days)
}
