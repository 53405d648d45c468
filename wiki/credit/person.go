package credit

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"coppice/wiki"
)

// Contribution is one edit of one page by somebody. Whether it is Substantial is not told: that is a matter of what others
// did to the page after it.
type Contribution struct {
	Revision
	Path  wiki.Path // that the page has today, or had then if it is gone
	There bool      // the page is there today
}

// Contributions gives up to limit edits of a contributor, the latest first, and the Cursor of the rest (zero at the end).
// The contributor must be one of this View's.
func (v *View) Contributions(c *Contributor, from Cursor, limit int) ([]Contribution, Cursor, error) {
	paths := v.tally().paths
	var list []Contribution
	revs := c.revs
	if from > 0 {
		revs = revs[:min(int(from), len(revs))]
	}
	for i, no := range slices.Backward(revs) {
		if len(list) >= limit {
			return list, Cursor(i + 1), nil
		}
		r := &v.d.revs[no]
		path, there := paths[r.page]
		if !there {
			var err error
			if path, err = wiki.ParsePath(v.d.paths[r.path]); err != nil {
				return nil, 0, err
			}
		}
		list = append(list, Contribution{v.revision(no), path, there})
	}
	return list, 0, nil
}

// Known gives the contributors who have, or once had, a name, or whose Slug it is: usually one; several who share a name;
// none. Nobody finds those who opted out by a name. Case and everything that a Slug leaves out make no difference.
func (v *View) Known(name string) []*Contributor {
	slug := slugOf(name)
	t := v.tally()
	list := t.named(slug)
	if c := t.bySlug[slug]; c != nil && !slices.Contains(list, c) {
		list = append(slices.Clone(list), c)
	}
	return list
}

// named gives those who had a name. The list of all names is made when somebody first asks.
func (t *tally) named(slug string) []*Contributor {
	t.naming.Do(func() {
		of := make(map[*Person]*Contributor, len(t.people))
		for _, c := range t.people {
			of[c.Person] = c
		}
		t.byName = map[string][]*Contributor{}
		for no, id := range t.view.d.people {
			p, ok := t.view.people.person(int32(no))
			c := of[p]
			if !ok || c == nil || p.Hidden || id.name == "" {
				continue
			}
			if name := slugOf(id.name); !slices.Contains(t.byName[name], c) {
				t.byName[name] = append(t.byName[name], c)
			}
		}
		for _, list := range t.byName {
			slices.SortFunc(list, func(a, b *Contributor) int { return cmp.Compare(a.number, b.number) })
		}
	})
	return t.byName[slug]
}

// Author gives the person who is a commit's author, whether or not the words are credited to them. It is not ok for a bot
// and for a commit that the index does not know.
func (v *View) Author(commit wiki.ID) (p *Person, ok bool) {
	no, ok := v.number(commit)
	if !ok {
		return nil, false
	}
	return v.people.person(v.d.commits[no].author)
}

// active says for each person of a roster, by number, whether commits give them credit. It is made when it is first asked
// for, and grows with the data.
type active struct {
	mu            sync.Mutex
	persons       []bool
	revs, commits int // that were looked at
}

// Active reports whether a person of this View is a Contributor, without adding anything up: not who only committed what
// others had suggested, what was imported, or what changed the look of the text.
func (v *View) Active(p *Person) bool {
	a := &v.people.active
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.persons == nil {
		a.persons = make([]bool, len(v.people.persons))
	}
	note := func(people []*Person) {
		for _, p := range people {
			a.persons[p.number] = true
		}
	}
	for ; a.revs < len(v.d.revs); a.revs++ {
		if r := &v.d.revs[a.revs]; !r.carries() && v.d.reaches(r.commit, v.d.head) {
			note(v.people.authors(v.d, r.commit))
		}
	}
	for ; a.commits < len(v.d.commits); a.commits++ {
		if !v.d.reaches(int32(a.commits), v.d.head) {
			continue
		}
		note(v.people.reviewers(v.d, int32(a.commits)))
	}
	return a.persons[p.number]
}

// hiddenNames are the names, in small letters, under which people who opted out were known. They are listed when one is
// first asked for.
type hiddenNames struct {
	once sync.Once
	has  map[string]bool
}

// ShownName is Shown for somebody of whom only a name is known, as of the people of a discussion: whoever has, or had, the
// name of somebody who opted out is not named.
func (v *View) ShownName(name string) string {
	x := v.people
	if len(x.rules.optOut) == 0 {
		return name
	}
	x.hidden.once.Do(func() {
		x.hidden.has = map[string]bool{}
		for no, id := range x.resolved {
			if p, ok := x.person(int32(no)); ok && p.Hidden {
				x.hidden.has[strings.ToLower(id.name)] = true
				x.hidden.has[strings.ToLower(v.d.people[no].name)] = true
			}
		}
	})
	if low := strings.ToLower(name); x.rules.optOut[low] || low != "" && x.hidden.has[low] {
		return hiddenName
	}
	return name
}

// person gives the Person of somebody whom commits name.
func (x *roster) person(no int32) (*Person, bool) {
	if int(no) >= len(x.of) || x.of[no] < 0 {
		return nil, false
	}
	return x.persons[x.of[no]], true
}

// Part gives how many of the words between two bytes of the Source are somebody's, and how many are one person's. Words
// of several authors count in equal parts.
func (a *Authorship) Part(who *Person, start, end int) (all int, theirs float64) {
	i, _ := slices.BinarySearchFunc(a.Passages, start, func(p Passage, at int) int { return p.End - at })
	for ; i < len(a.Passages) && a.Passages[i].Start < end; i++ {
		p := &a.Passages[i]
		if len(p.Authors) == 0 {
			continue
		}
		n := 0
		for _, w := range a.words[p.first : p.first+p.Words] {
			if int(w.start) >= start && int(w.end) <= end {
				n++
			}
		}
		all += n
		if slices.Contains(p.Authors, who) {
			theirs += float64(n) / float64(len(p.Authors))
		}
	}
	return all, theirs
}
