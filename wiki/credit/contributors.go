package credit

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"coppice/wiki"
)

// Contributor is one person's work on the whole wiki.
type Contributor struct {
	*Person
	Words       float64 // that stand; shared words count in parts
	Added       float64 // brought, ever
	Edits       int     // commits that changed pages; a merge that only puts together what others did is none
	Begun       int     // pages that are there today
	Improved    int     // pages that are there today and that others began
	Reviews     int     // commits that name the person as reviewer
	First, Last time.Time
	Pages       []PagePart // pages that are there today, most words first
	Days        []Day      // with edits, oldest first
	revs        []int32    // that are theirs, in the order of history
}

// PagePart is a person's part in one page.
type PagePart struct {
	Path  wiki.Path
	Begun bool
	Words float64
	Added float64
	Edits int
	Last  time.Time // edit; zero if all words came from elsewhere
}

// Day is how many edits somebody made on a day, by the author's clock in UTC.
type Day struct {
	Date  time.Time
	Edits int
}

// PagePeople is who edited a page.
type PagePeople struct {
	Path   wiki.Path
	People []*Person // those with the most edits first
	Edits  []int     // of each
	Last   time.Time
}

// Participation is what statistics are made of.
type Participation struct {
	People []Activity
	Pages  []PagePeople // that are there today, ordered by path
}

// Activity is one person's edits by month.
type Activity struct {
	*Person
	Edits  int
	Words  float64 // that stand
	Months []MonthEdits
}

// MonthEdits is how many edits fall into a month, by the author's clock in UTC.
type MonthEdits struct {
	Month Month
	Edits int
}

// tally is everything that needs all pages, added up once for a View.
type tally struct {
	view   *View // that it holds for: one with the same data, people and Snapshot has the same
	people []*Contributor
	bySlug map[string]*Contributor
	paths  map[int32]wiki.Path // of each page that is there
	part   Participation

	naming sync.Once
	byName map[string][]*Contributor // by every name that somebody had, as a Slug; see known
}

// tally gives the sums for a View, made when they are first asked for.
func (v *View) tally() *tally {
	if t := v.keptTally(); t != nil {
		return t
	}
	v.x.counting.Lock()
	defer v.x.counting.Unlock()
	t := v.keptTally()
	if t == nil {
		t = v.count()
		v.x.mu.Lock()
		v.x.tally = t
		v.x.mu.Unlock()
	}
	return t
}

// keptTally gives the sums that were made last, if they are this View's; else nil.
func (v *View) keptTally() *tally {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	t := v.x.tally
	if t == nil || t.view.d != v.d || t.view.people != v.people || t.view.snap != v.snap {
		return nil
	}
	return t
}

// Contributors gives everybody who wrote or reviewed, most words first. Whoever only wrote as a bot is left out.
func (v *View) Contributors() []*Contributor { return v.tally().people }

// Contributor gives the person with a Slug, and whether there is one.
func (v *View) Contributor(slug string) (*Contributor, bool) {
	c, ok := v.tally().bySlug[slug]
	return c, ok
}

// Participation gives the edits by person and month, and by page and person.
func (v *View) Participation() Participation { return v.tally().part }

// partKey is a person and a page.
type partKey struct {
	person *Person
	page   int32
}

type counting struct {
	v       *View
	people  map[*Person]*Contributor
	parts   map[partKey]*PagePart
	days    map[*Person]map[int64]int
	paths   map[int32]wiki.Path // of each page that is there
	began   map[int32]int32     // the first rev of each page that is there
	counted map[*Person]int32   // the last commit counted
}

func (v *View) count() *tally {
	c := &counting{
		v: v, people: map[*Person]*Contributor{}, parts: map[partKey]*PagePart{}, days: map[*Person]map[int64]int{},
		paths: map[int32]wiki.Path{}, began: map[int32]int32{}, counted: map[*Person]int32{},
	}
	if v.tip < 0 {
		return c.finish()
	}
	c.standing()
	for _, no := range v.d.known(v.tip) {
		c.edit(no)
	}
	for no := range v.d.commits {
		if v.d.commits[no].mentioned == 0 || !v.d.reaches(int32(no), v.tip) {
			continue
		}
		for _, p := range v.people.reviewers(v.d, int32(no)) {
			c.of(p).Reviews++
		}
	}
	return c.finish()
}

func (c *counting) of(p *Person) *Contributor {
	x := c.people[p]
	if x == nil {
		x = &Contributor{Person: p}
		c.people[p] = x
	}
	return x
}

func (c *counting) part(p *Person, page int32) *PagePart {
	k := partKey{p, page}
	x := c.parts[k]
	if x == nil {
		x = &PagePart{Path: c.paths[page]}
		c.parts[k] = x
	}
	return x
}

// standing counts the words of all pages that are there.
func (c *counting) standing() {
	v := c.v
	for ref := range v.snap.Pages() {
		last := v.newest(ref.Path, v.tip)
		rev := v.d.find(ref.Blob, ref.Path.String(), []int32{v.tip})
		if last < 0 || rev < 0 {
			continue
		}
		page := v.d.revs[last].page
		c.paths[page], c.began[page] = ref.Path, v.first(last, v.tip)
		from := int32(0)
		for _, r := range v.x.runs(v.d, rev) {
			authors := v.people.authors(v.d, r.commit)
			for _, p := range authors {
				n := float64(r.to-from) / float64(len(authors))
				c.of(p).Words += n
				c.part(p, page).Words += n
			}
			from = r.to
		}
	}
}

const daySeconds = 24 * 60 * 60

// edit counts one rev.
func (c *counting) edit(no int32) {
	v := c.v
	r := &v.d.revs[no]
	if r.carries() {
		return
	}
	when := v.when(r.commit)
	_, alive := c.paths[r.page]
	authors := v.people.authors(v.d, r.commit)
	for _, p := range authors {
		x := c.of(p)
		added := float64(r.added) / float64(len(authors))
		x.Added += added
		x.revs = append(x.revs, no)
		if last, ok := c.counted[p]; !ok || last != r.commit {
			c.counted[p] = r.commit
			x.Edits++
			if x.First.IsZero() || when.Before(x.First) {
				x.First = when
			}
			x.Last = later(x.Last, when)
			if c.days[p] == nil {
				c.days[p] = map[int64]int{}
			}
			day := when.Unix() / daySeconds
			if when.Unix()%daySeconds < 0 {
				day--
			}
			c.days[p][day]++
		}
		if alive {
			part := c.part(p, r.page)
			part.Added += added
			part.Edits++
			part.Last = later(part.Last, when)
			part.Begun = part.Begun || no == c.began[r.page]
		}
	}
}

// finish puts the sums in order.
func (c *counting) finish() *tally {
	t := &tally{view: c.v, bySlug: map[string]*Contributor{}, paths: c.paths}
	pages := map[int32]*PagePeople{}
	for page, path := range c.paths {
		pages[page] = &PagePeople{Path: path}
	}
	for k, part := range c.parts {
		x := c.of(k.person)
		x.Pages = append(x.Pages, *part)
		switch {
		case part.Begun:
			x.Begun++
		case part.Edits > 0:
			x.Improved++
		}
		if p := pages[k.page]; p != nil && part.Edits > 0 {
			p.People, p.Edits = append(p.People, k.person), append(p.Edits, part.Edits)
			p.Last = later(p.Last, part.Last)
		}
	}
	for _, x := range c.people {
		slices.SortFunc(x.Pages, func(a, b PagePart) int {
			return cmp.Or(cmp.Compare(b.Words, a.Words), a.Path.Compare(b.Path))
		})
		for day, n := range c.days[x.Person] {
			x.Days = append(x.Days, Day{time.Unix(day*daySeconds, 0).UTC(), n})
		}
		slices.SortFunc(x.Days, func(a, b Day) int { return a.Date.Compare(b.Date) })
		t.people = append(t.people, x)
		if x.Slug != "" {
			t.bySlug[x.Slug] = x
		}
	}
	slices.SortFunc(t.people, func(a, b *Contributor) int {
		return cmp.Or(cmp.Compare(b.Words, a.Words), cmp.Compare(b.Edits, a.Edits), cmp.Compare(a.number, b.number))
	})
	for _, x := range t.people {
		t.part.People = append(t.part.People, activityOf(x))
	}
	for _, p := range pages {
		p.sort()
		t.part.Pages = append(t.part.Pages, *p)
	}
	slices.SortFunc(t.part.Pages, func(a, b PagePeople) int { return a.Path.Compare(b.Path) })
	return t
}

func activityOf(x *Contributor) Activity {
	a := Activity{Person: x.Person, Edits: x.Edits, Words: x.Words}
	for _, d := range x.Days {
		m := MonthOf(d.Date)
		if n := len(a.Months); n == 0 || a.Months[n-1].Month != m {
			a.Months = append(a.Months, MonthEdits{Month: m})
		}
		a.Months[len(a.Months)-1].Edits += d.Edits
	}
	return a
}

func (p *PagePeople) sort() {
	order := make([]int, len(p.People))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.Edits[b], p.Edits[a]), cmp.Compare(p.People[a].number, p.People[b].number))
	})
	people, edits := make([]*Person, len(order)), make([]int, len(order))
	for i, j := range order {
		people[i], edits[i] = p.People[j], p.Edits[j]
	}
	p.People, p.Edits = people, edits
}
