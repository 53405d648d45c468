package credit

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"coppice/wiki"
)

// View is the index as one request sees it: the data of one moment, and the people as .mailmap and credit.yml of one
// Snapshot have them. It is immutable and safe for many goroutines.
type View struct {
	x      *Index
	w      *wiki.Wiki
	snap   *wiki.Snapshot
	d      *data
	people *roster
	tip    int32 // number of the Snapshot's commit, or of the newest that is known
	now    int64 // Unix seconds

	late   sync.Once // see when
	bounds map[int32]int64
}

// View gives the index for a request that reads from a Snapshot. The index may be behind it: a page that it does not
// know yet is ErrBehind.
func (x *Index) View(w *wiki.Wiki, s *wiki.Snapshot) *View {
	d := x.view()
	v := &View{x: x, w: w, snap: s, d: d, people: x.roster(d, w, s), tip: d.head, now: w.Now().Unix()}
	if no, ok := v.number(s.Commit()); ok {
		v.tip = no
	}
	return v
}

// ErrBehind says that the index does not know a page's text yet: it was saved a moment ago, or history is being read.
var ErrBehind = errors.New("credit: the text is not known yet")

// Problems are the lines of .mailmap and credit.yml that could not be read.
func (v *View) Problems() []Problem { return v.people.problems }

// Commit is the commit that the answers reflect.
func (v *View) Commit() wiki.ID { return v.d.position }

// number gives the number of a commit that the index's own knows.
func (v *View) number(id wiki.ID) (no int32, ok bool) {
	no, ok = v.d.number(id)
	return no, ok && v.d.reaches(no, v.d.head)
}

// Authors gives the people who share the credit for a commit; none when it is a bot's or a format commit's, or unknown.
func (v *View) Authors(commit wiki.ID) []*Person {
	no, ok := v.number(commit)
	if !ok {
		return nil
	}
	return v.people.authors(v.d, no)
}

// Person gives whoever an identity is, and whether commits have named it: for names that other lists show. A bot is
// nobody.
func (v *View) Person(c wiki.Contributor) (*Person, bool) {
	t := v.d.tables
	t.mu.Lock()
	no, ok := t.personNo[ident{c.Name, c.Email}]
	t.mu.Unlock()
	if !ok || int(no) >= len(v.people.of) || v.people.of[no] < 0 {
		return nil, false
	}
	return v.people.persons[v.people.of[no]], true
}

// Passage is a run of words in a row that one commit brought.
type Passage struct {
	Start, End int // bytes of the Source, from the first word's first to behind the last word's last
	Words      int
	Commit     wiki.ID
	Time       time.Time // the author's, UTC
	Authors    []*Person // who share it; none when it is a bot's or a format commit's
	first      int
}

// Authorship is who wrote which words of one text.
type Authorship struct {
	Page     wiki.Page
	Words    int
	Passages []Passage // in the order of the text; each word is in exactly one
	words    []word
	at       int32 // number of the commit as of which it was asked
}

// Text gives a passage's words as they stand, with one space between: the texts of all passages, joined in the same way,
// are the words of the page in order.
func (a *Authorship) Text(p *Passage) string {
	var b strings.Builder
	for i, w := range a.words[p.first : p.first+p.Words] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.Write(a.Page.Source[w.start:w.end])
	}
	return b.String()
}

// Span is a range of bytes of a Source, half open.
type Span struct{ Start, End int }

// Each gives every word with its passage, for views that mark words in what was rendered.
func (a *Authorship) Each() iter.Seq2[Span, *Passage] {
	return func(yield func(Span, *Passage) bool) {
		for i := range a.Passages {
			p := &a.Passages[i]
			for _, w := range a.words[p.first : p.first+p.Words] {
				if !yield(Span{int(w.start), int(w.end)}, p) {
					return
				}
			}
		}
	}
}

// locate finds a page's text: the rev that has its origins, and the commit as of which it is asked.
func (v *View) locate(page wiki.Page) (rev, at int32, err error) {
	at = v.tip
	if no, ok := v.number(page.Commit); ok {
		at = no
	}
	if at < 0 {
		return 0, 0, ErrBehind
	}
	rev = v.d.find(page.Blob, page.Path.String(), []int32{at})
	if rev < 0 {
		return 0, 0, ErrBehind
	}
	return rev, at, nil
}

// Authorship gives who wrote the words of a page, of Head or of any older Snapshot. The error is ErrBehind when the
// index does not know the text yet.
func (v *View) Authorship(page wiki.Page) (*Authorship, error) {
	rev, at, err := v.locate(page)
	if err != nil {
		return nil, err
	}
	t := lex(page.Source)
	a := &Authorship{Page: page, Words: len(t.words), words: t.words, at: at}
	from := 0
	for _, r := range v.x.runs(v.d, rev) {
		to := min(int(r.to), len(t.words))
		if to <= from {
			continue
		}
		c := &v.d.commits[r.commit]
		a.Passages = append(a.Passages, Passage{
			Start: int(t.words[from].start), End: int(t.words[to-1].end), Words: to - from, first: from,
			Commit: c.id, Time: v.when(r.commit), Authors: v.people.authors(v.d, r.commit),
		})
		from = to
	}
	return a, nil
}

// Share is one person's part in a text.
type Share struct {
	*Person
	Words       float64   // that stand; a word of several authors counts for each in equal parts
	Share       float64   // of the words that are somebody's, 0 to 1; the shares of a text add up to 1
	Added       float64   // words brought to the page, ever: what stands of them and what does not
	Edits       int       // of the page; a merge that only puts together what others did is none
	First, Last time.Time // edit of the page; zero if all the words came from elsewhere
}

// Revision is one edit of a page, with what it did to the words.
type Revision struct {
	Commit      wiki.ID
	Time        time.Time // the author's, UTC
	Kind        wiki.ChangeKind
	Authors     []*Person
	Words       int  // of the page then
	Added       int  // that had been nowhere before
	Removed     int  // that went, and not to another page
	Substantial bool // see SubstantialWords
}

// A revision is substantial if it brought or removed at least SubstantialWords words, or SubstantialShare of the page
// and no fewer than SubstantialLeast. A word that was restored or moved was not brought. A revision that restores an older
// text of the page, byte for byte, is not substantial, and neither are those that it undoes.
const (
	SubstantialWords = 25
	SubstantialShare = 0.1
	SubstantialLeast = 5
)

// Review is a person's reviews of a page.
type Review struct {
	*Person
	Reviews int
	Last    time.Time
}

// Credits are what a footer says of a page, or of a part of it.
type Credits struct {
	Words        int     // of the page, or of the part
	Uncredited   int     // of them, nobody's: a bot's or a format commit's
	Contributors []Share // most words first; at the end, whoever edited the page and has no word in it
	Original     []*Person
	Created      time.Time // by the first revision, under whatever name
	CreatedIn    wiki.ID
	Revisions    []Revision // of the whole page, oldest first, through its renames
	Reviewers    []Review   // of the whole page, most recent first
}

// Credits gives the credits of a page. Errors are those of Authorship.
func (v *View) Credits(page wiki.Page) (*Credits, error) {
	rev, at, err := v.locate(page)
	if err != nil {
		return nil, err
	}
	return v.CreditsIn(v.whole(page.Path, rev, at), 0, 0), nil
}

// CreditsOf gives the credits of the words between two bytes of a page's Source: a section's, or a question's with its
// answer. Revisions, reviewers and original author are the whole page's.
func (v *View) CreditsOf(page wiki.Page, start, end int) (*Credits, error) {
	a, err := v.Authorship(page)
	if err != nil {
		return nil, err
	}
	return v.CreditsIn(a, start, end), nil
}

// CreditsIn is CreditsOf for a page whose Authorship this View gave: for many parts of one page.
func (v *View) CreditsIn(a *Authorship, start, end int) *Credits {
	c := &Credits{}
	shares := map[*Person]*Share{}
	of := func(p *Person) *Share {
		s := shares[p]
		if s == nil {
			s = &Share{Person: p}
			shares[p] = s
		}
		return s
	}
	credited := 0
	for i := range a.Passages {
		p := &a.Passages[i]
		n := p.Words
		if p.Start < start || p.End > end {
			n = 0
			for _, w := range a.words[p.first : p.first+p.Words] {
				if int(w.start) >= start && int(w.end) <= end {
					n++
				}
			}
		}
		c.Words += n
		if len(p.Authors) == 0 {
			c.Uncredited += n
			continue
		}
		credited += n
		if n > 0 {
			for _, who := range p.Authors {
				of(who).Words += float64(n) / float64(len(p.Authors))
			}
		}
	}
	line := v.line(a.Page.Path, a.at)
	c.Revisions = make([]Revision, 0, len(line))
	var undone undoing
	for i := len(line) - 1; i >= 0; i-- {
		r := v.revision(line[i])
		r.Substantial = v.substantial(line[i], &undone)
		c.Revisions = append(c.Revisions, r)
	}
	slices.Reverse(c.Revisions)
	for i, r := range c.Revisions {
		no := line[i]
		if i == 0 {
			c.Original, c.Created, c.CreatedIn = r.Authors, r.Time, r.Commit
		}
		if !v.d.revs[no].carries() {
			for _, who := range r.Authors {
				s := of(who)
				s.Added += float64(r.Added) / float64(len(r.Authors))
				s.edited(r.Time)
			}
		}
		for _, who := range v.people.reviewers(v.d, v.d.revs[no].commit) {
			c.Reviewers = reviewed(c.Reviewers, who, r.Time)
		}
	}
	c.Contributors = make([]Share, 0, len(shares))
	for _, s := range shares {
		if credited > 0 {
			s.Share = s.Words / float64(credited)
		}
		c.Contributors = append(c.Contributors, *s)
	}
	slices.SortFunc(c.Contributors, func(x, y Share) int {
		return cmp.Or(cmp.Compare(y.Words, x.Words), cmp.Compare(y.Added, x.Added), cmp.Compare(x.number, y.number))
	})
	slices.SortFunc(c.Reviewers, laterReview)
	return c
}

// reviewed counts a review.
func reviewed(list []Review, who *Person, at time.Time) []Review {
	i := slices.IndexFunc(list, func(r Review) bool { return r.Person == who })
	if i < 0 {
		return append(list, Review{Person: who, Reviews: 1, Last: at})
	}
	list[i].Reviews++
	list[i].Last = later(list[i].Last, at)
	return list
}

func laterReview(x, y Review) int {
	return cmp.Or(y.Last.Compare(x.Last), cmp.Compare(x.number, y.number))
}

func (s *Share) edited(t time.Time) {
	s.Edits++
	if s.First.IsZero() || t.Before(s.First) {
		s.First = t
	}
	s.Last = later(s.Last, t)
}

func later(a, b time.Time) time.Time {
	if a.IsZero() || b.After(a) {
		return b
	}
	return a
}

// Cursor says where a list goes on; zero is its beginning.
type Cursor int32

// Removed is a sentence that somebody took out of a page.
type Removed struct {
	Path   wiki.Path // of the page, then
	Text   string    // of the Source, from the first word to the last
	Commit wiki.ID   // that removed it
	Time   time.Time
	By     []*Person
	Last   wiki.ID // a blob that still has it
}

// Removed finds sentences that were taken out of a page, or with the zero Path of any page, and that have all the words
// of the query in any order: the latest first. A sentence that stands on its page again is none, nor is one that moved to
// another page, or of which half the words stayed; of one that was taken out several times, the last time is told. When no more than a part of history was looked at, the Cursor is not zero although fewer than limit
// came out.
func (v *View) Removed(ctx context.Context, path wiki.Path, query string, from Cursor, limit int) ([]Removed, Cursor, error) {
	q := lex([]byte(query))
	if len(q.words) == 0 {
		return nil, 0, &wiki.Error{Kind: wiki.Invalid, Sentence: "Give at least one word to look for."}
	}
	return v.removed(ctx, path, q, from, limit)
}

// removals gives the revs that took a sentence away, latest first, and for each the Cursor that begins with it.
func (v *View) removals(path wiki.Path, from Cursor) iter.Seq2[Cursor, int32] {
	has := func(no int32) bool {
		for range v.d.revs[no].removals() {
			return true
		}
		return false
	}
	return func(yield func(Cursor, int32) bool) {
		var list []int32
		if path.IsZero() {
			list = v.d.known(v.tip)
		} else {
			list = v.line(path, v.tip)
		}
		if from > 0 {
			list = list[:min(int(from), len(list))]
		}
		for i, no := range slices.Backward(list) {
			if has(no) && !yield(Cursor(i+1), no) {
				return
			}
		}
	}
}

// hasAll reports whether a sentence has all words of a query.
func (t *text) hasAll(s sentence, q *text) bool {
	for _, w := range q.words {
		if !slices.ContainsFunc(t.words[s.from:s.to], func(x word) bool { return x.hash == w.hash }) {
			return false
		}
	}
	return true
}

// Shown gives the name under which an identity may be shown: its own, or "a contributor" for somebody who opted out.
func (v *View) Shown(c wiki.Contributor) string {
	optOut := v.people.rules.optOut
	if len(optOut) == 0 {
		return c.Name
	}
	if p, ok := v.Person(c); ok && p.Hidden || names(optOut, ident{c.Name, c.Email}) {
		return hiddenName
	}
	return c.Name
}
