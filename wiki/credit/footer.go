package credit

import (
	"slices"
	"time"

	"coppice/wiki"
)

// Footer is what stands of a page's credits below it. It is made for the first view after an edit: the page's history is
// neither listed nor added up for it.
type Footer struct {
	Part
	Original  []*Person
	Created   time.Time // by the first revision, under whatever name
	CreatedIn wiki.ID
	Revised   []Revision // the newest that are substantial, the newest first; without the first of all
	Reviewers []Review   // most recent first
}

// Footer gives the footer of a page with up to so many of its substantial revisions. Errors are those of Authorship.
func (v *View) Footer(page wiki.Page, revised int) (*Footer, error) {
	rev, at, err := v.locate(page)
	if err != nil {
		return nil, err
	}
	return v.footer(rev, v.newest(page.Path, at), at, revised), nil
}

// LatestFooter is to Footer what Latest is to Credits.
func (v *View) LatestFooter(path wiki.Path, revised int) (*Footer, bool) {
	last := v.latest(path)
	if last < 0 {
		return nil, false
	}
	return v.footer(v.d.own(last), last, v.tip, revised), true
}

// footer puts together what is known of a text, of which rev has the origins, and of its page, of which last is the
// newest rev up to a commit.
func (v *View) footer(rev, last, at int32, revised int) *Footer {
	f := &Footer{Part: v.shares(rev)}
	if last < 0 {
		return f
	}
	first := v.first(last, at)
	began := v.revision(first)
	f.Original, f.Created, f.CreatedIn = began.Authors, began.Time, began.Commit
	var undone undoing
	for no := range v.backward(last, at) {
		if no == first || len(f.Revised) >= revised {
			break
		}
		if v.substantial(no, &undone) {
			r := v.revision(no)
			r.Substantial = true
			f.Revised = append(f.Revised, r)
		}
	}
	for _, no := range v.d.reviews(v.d.revs[last].page) {
		if !v.isKnown(no, at) || v.d.compareRevs(no, last) > 0 {
			continue
		}
		c := v.d.revs[no].commit
		for _, who := range v.people.reviewers(v.d, c) {
			f.Reviewers = reviewed(f.Reviewers, who, v.when(c))
		}
	}
	slices.SortFunc(f.Reviewers, laterReview)
	return f
}

// sum are the shares of a text, for the people of a roster.
type sum struct {
	people *roster
	Part
}

// maxSums bounds the texts whose shares wait for a reader, some kilobytes each.
const maxSums = 256

// addUp adds up the texts that came in, from a rev on, of pages that somebody has looked at: their next reader finds the
// shares there.
func (v *View) addUp(from int) {
	for no := from; no < min(from+maxSums, len(v.d.revs)); no++ {
		r := &v.d.revs[no]
		v.x.mu.Lock()
		_, seen := v.x.kept[r.base]
		seen = seen && v.x.keptOf == v.d.tables
		v.x.mu.Unlock()
		if !seen || r.same >= 0 {
			continue
		}
		s := sum{v.people, v.standing(int32(no))}
		v.x.mu.Lock()
		if len(v.x.sums) >= maxSums {
			clear(v.x.sums)
		}
		v.x.sums[int32(no)] = s
		v.x.mu.Unlock()
	}
}

// shares gives those of a whole text. They are nobody's to change.
func (v *View) shares(rev int32) Part {
	v.x.mu.Lock()
	s, ok := v.x.sums[rev]
	ok = ok && s.people == v.people && v.x.keptOf == v.d.tables
	v.x.mu.Unlock()
	if ok {
		return s.Part
	}
	return v.standing(rev)
}

// standing adds up the shares of a whole text.
func (v *View) standing(rev int32) Part {
	var all Part
	words := make(map[*Person]float64, usualPeople)
	for _, r := range v.brought(rev) {
		all.Words += int(r.to)
		authors := v.people.authors(v.d, r.commit)
		if len(authors) == 0 {
			all.Uncredited += int(r.to)
		}
		for _, who := range authors {
			words[who] += float64(r.to) / float64(len(authors))
		}
	}
	all.share(words)
	return all
}

// usualPeople is how many people have words in a page at most, nearly always.
const usualPeople = 64

// first gives the rev that began the page of another one, as far as a commit knows: nearly always it is the first of the
// line, and then the rest is not looked at.
func (v *View) first(no, at int32) int32 {
	for _, other := range v.d.line(v.d.revs[no].page) {
		if v.isKnown(other, at) {
			return other
		}
	}
	return no
}
