package credit

import (
	"cmp"
	"slices"
	"sort"

	"coppice/wiki"
)

// brought gives how many words of a rev's text each commit brought, as a run of that many.
func (v *View) brought(rev int32) []run {
	runs := v.x.runs(v.d, rev)
	parts := make([]run, 0, min(len(runs), usualCommits))
	at := make(map[int32]int32, cap(parts))
	from := int32(0)
	for _, r := range runs {
		i, ok := at[r.commit]
		if !ok {
			i = int32(len(parts))
			at[r.commit] = i
			parts = append(parts, run{commit: r.commit})
		}
		parts[i].to += r.to - from
		from = r.to
	}
	return parts
}

// whole gives the words of a rev's text as passages without their places, one for each commit: for that nobody has to
// read the text.
func (v *View) whole(path wiki.Path, rev, as int32) *Authorship {
	parts := v.brought(rev)
	a := &Authorship{Page: wiki.Page{Path: path}, Passages: make([]Passage, len(parts)), at: as}
	for i, p := range parts {
		a.Passages[i] = Passage{Words: int(p.to), Authors: v.people.authors(v.d, p.commit)}
	}
	return a
}

// usualCommits is how many commits a page stands on at most, nearly always.
const usualCommits = 128

// Latest gives the credits of the newest version of a page that the index knows, and whether there is one: what can be
// said while Credits of the page itself is ErrBehind.
func (v *View) Latest(path wiki.Path) (*Credits, bool) {
	last := v.latest(path)
	if last < 0 {
		return nil, false
	}
	return v.CreditsIn(v.whole(path, v.d.own(last), v.tip), 0, 0), true
}

// latest gives the rev of the newest version of a page that is there, or -1.
func (v *View) latest(path wiki.Path) int32 {
	if v.tip < 0 {
		return -1
	}
	last := v.newest(path, v.tip)
	if last < 0 || v.d.revs[last].blob.IsZero() {
		return -1
	}
	return last
}

// Part is what the credits of a part of a page add up to.
type Part struct {
	Words      int
	Uncredited int     // of them, nobody's
	Shares     []Share // of those who have words in it, most first; only Person, Words and Share are given
}

// Parts gives the shares of several parts of a page at once, each between two bytes of its Source. Errors are those of
// Authorship.
func (v *View) Parts(page wiki.Page, spans []Span) ([]Part, error) {
	a, err := v.Authorship(page)
	if err != nil {
		return nil, err
	}
	parts := make([]Part, len(spans))
	for i, s := range spans {
		parts[i] = a.part(s)
	}
	return parts, nil
}

// part adds up the words of a span.
func (a *Authorship) part(s Span) Part {
	from := sort.Search(len(a.words), func(i int) bool { return int(a.words[i].start) >= s.Start })
	to := from + sort.Search(len(a.words)-from, func(i int) bool { return int(a.words[from+i].end) > s.End })
	part := Part{Words: to - from}
	words := map[*Person]float64{}
	first := sort.Search(len(a.Passages), func(i int) bool { return a.Passages[i].first+a.Passages[i].Words > from })
	for i := first; i < len(a.Passages) && a.Passages[i].first < to; i++ {
		p := &a.Passages[i]
		n := min(to, p.first+p.Words) - max(from, p.first)
		if len(p.Authors) == 0 {
			part.Uncredited += n
		}
		for _, who := range p.Authors {
			words[who] += float64(n) / float64(len(p.Authors))
		}
	}
	part.share(words)
	return part
}

// share divides the words that are somebody's.
func (p *Part) share(words map[*Person]float64) {
	p.Shares = make([]Share, 0, len(words))
	for who, n := range words {
		p.Shares = append(p.Shares, Share{Person: who, Words: n, Share: n / float64(p.Words-p.Uncredited)})
	}
	slices.SortFunc(p.Shares, func(x, y Share) int {
		return cmp.Or(cmp.Compare(y.Words, x.Words), cmp.Compare(x.number, y.number))
	})
}

// Licence is under what readers may copy the pages, in the community's own words, as credit.yml has it; "" if it says
// nothing.
func (v *View) Licence() string { return v.people.rules.licence }

// Mark stands for what a View says of a page: as long as a page's Mark is the same, so are its Credits.
type Mark struct {
	people  *roster
	rev, at int32
	newest  int32
}

// Mark gives the mark of a page without counting a word. It is not ok while Credits is ErrBehind.
func (v *View) Mark(page wiki.Page) (m Mark, ok bool) {
	rev, at, err := v.locate(page)
	if err != nil {
		return Mark{}, false
	}
	m = Mark{people: v.people, rev: rev, at: at}
	if at == v.d.head {
		m.at = -1 // of the head only what is the page's own counts
	}
	m.newest = v.latestRev(page.Path)
	return m, true
}

// bringsBack reports whether the position knows commits again that an older one, which had them, did not know.
func (d *data) bringsBack(old *data) bool {
	if old.head < 0 || old.commits[old.head].low == 0 && int(old.head) == len(old.commits)-1 {
		return false // it knew all, as nearly always
	}
	for no := range int32(len(old.commits)) {
		if d.reaches(no, d.head) && !old.reaches(no, old.head) {
			return true
		}
	}
	return false
}

// holds reports whether the people of an older data are those of d, which has grown from it: nobody is new, and whoever
// committed since did so under the name that they are known by, after all others. Otherwise everybody is resolved anew,
// which takes time in proportion to all of history.
func (x *roster) holds(old, d *data) bool {
	if old == nil || old.tables != d.tables || len(old.commits) > len(d.commits) || len(d.people) != len(x.of) ||
		old.head >= 0 && !d.reaches(old.head, d.head) || d.bringsBack(old) {
		return false
	}
	for no := int32(len(old.commits)); no < int32(len(d.commits)); no++ {
		c := &d.commits[no]
		if old.head >= 0 && d.compareCommits(no, old.head) < 0 || len(x.rules.format) > 0 && x.rules.isFormat(c.id.String()) ||
			slices.ContainsFunc(d.mentionsOf(no), func(m mention) bool { return x.of[m.person] == isUnknown }) {
			return false
		}
		switch x.of[c.author] {
		case isUnknown:
			return false
		case isBot:
			continue
		}
		if p := x.persons[x.of[c.author]]; !p.Hidden && (p.Name != x.resolved[c.author].name || p.Email != x.resolved[c.author].mail) {
			return false
		}
	}
	return true
}
