package web

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
	"coppice/wiki/credit"
)

// showContributors answers GET /contributors?sort=recent|name|words&q=NAME: everybody who wrote or reviewed.
func (q *request) showContributors() error {
	v := ContributorsView{
		Base: q.base("Contributors", "contributors"), Find: strings.TrimSpace(q.query("q")), Action: "/contributors", Participation: "/participation",
	}
	v.Behind = q.await(q.cfg.FollowingCredit, derivedWait)
	v.NoIndex = q.r.URL.RawQuery != ""
	if len(v.Find) > maxTyped {
		return badRequest("That is too long for a name.")
	}
	v.Find = strings.ToValidUTF8(v.Find, "")
	if err := q.sortContributors(&v); err != nil {
		return err
	}
	people := q.credit().Contributors()
	found := make([]*credit.Contributor, 0, len(people))
	wanted := foldName(v.Find)
	for _, c := range people {
		switch {
		case c.Hidden && v.Find == "":
			v.Hidden++
			v.HiddenWords += wholeWords(c.Words)
		case !c.Hidden && strings.Contains(foldName(c.Name), wanted):
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, contributorOrder(v.Sort))
	v.Total = len(found)
	part := parsePart(q.query("part"))
	start := len(found)
	if part <= len(found)/contributorRows+1 { // so that no product is too large
		start = min((part-1)*contributorRows, len(found))
	}
	end := min(start+contributorRows, len(found))
	for _, c := range found[start:end] {
		v.Rows = append(v.Rows, contributorRow(c))
	}
	if part > 1 {
		v.Newest = address("contributors", "", "sort", q.query("sort"), "q", v.Find)
	}
	if end < len(found) {
		v.Older = address("contributors", "", "sort", q.query("sort"), "q", v.Find, "part", strconv.Itoa(part+1))
	}
	return q.render(http.StatusOK, "contributors", v)
}

// sortContributors reads ?sort= and offers the other orders.
func (q *request) sortContributors(v *ContributorsView) error {
	v.Sort = cmp.Or(q.query("sort"), "recent")
	for _, s := range []Choice{{Text: "Recently active", URL: "recent"}, {Text: "By name", URL: "name"}, {Text: "By words", URL: "words"}} {
		s.Current = s.URL == v.Sort
		s.URL = address("contributors", "", "sort", s.URL, "q", v.Find)
		v.Sorts = append(v.Sorts, s)
	}
	if !slices.ContainsFunc(v.Sorts, func(c Choice) bool { return c.Current }) {
		return badRequest("The list can be sorted by “recent”, “name” or “words”.")
	}
	return nil
}

func contributorOrder(sort string) func(a, b *credit.Contributor) int {
	byName := func(a, b *credit.Contributor) int {
		return cmp.Or(cmp.Compare(foldName(a.Name), foldName(b.Name)), cmp.Compare(a.Slug, b.Slug))
	}
	switch sort {
	case "name":
		return byName
	case "words":
		return func(a, b *credit.Contributor) int { return cmp.Or(cmp.Compare(b.Words, a.Words), byName(a, b)) }
	default:
		return func(a, b *credit.Contributor) int { return cmp.Or(b.Last.Compare(a.Last), byName(a, b)) }
	}
}

// foldName is a name as people look for it: in small letters, without accents.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
}

func contributorRow(c *credit.Contributor) ContributorRow {
	return ContributorRow{
		Name: c.Name, URL: contributorURL(c.Person), Begun: c.Begun, Improved: c.Improved, Review: c.Reviews, Words: wholeWords(c.Words), Last: c.Last,
	}
}

// contributorURL is the address of a person's page; "" when there is none.
func contributorURL(p *credit.Person) string {
	if p.Slug == "" {
		return ""
	}
	return address("contributors", p.Slug)
}

// authored says who a commit's author is now, by .mailmap too, and where their page is. What credit has not read yet keeps
// the name that the commit has; nobody waits for it.
func (q *request) authored(c wiki.Commit) (name, url string) {
	name = q.shown(c.Author)
	if q.cfg.Credit.Reached().IsZero() {
		return name, ""
	}
	p, ok := q.credit().Author(c.ID)
	switch {
	case !ok || p.Hidden:
		return name, ""
	case !q.credit().Active(p): // who only merged or imported has no page
		return p.Name, ""
	}
	return p.Name, contributorURL(p)
}

// wholeWords rounds, for words that several people share count in parts.
func wholeWords(n float64) int { return int(math.Round(n)) }

// showContributor answers GET /contributors/NAME. Another name that the person had leads there.
func (q *request) showContributor() error {
	name := q.rest("contributors")
	behind := q.await(q.cfg.FollowingCredit, derivedWait)
	c, ok := q.credit().Contributor(name)
	if !ok {
		return q.otherName(name, behind)
	}
	v := ContributorView{
		Base: q.base(c.Name, "contributor"), Crumbs: []Crumb{{Text: "Contributors", URL: "/contributors"}}, Behind: behind,
		Begun: c.Begun, Improved: c.Improved, Words: wholeWords(c.Words), Edits: c.Edits, Reviews: c.Reviews, First: c.First, Last: c.Last,
	}
	v.NoIndex = q.r.URL.RawQuery != ""
	for _, other := range q.credit().Known(c.Name) {
		if other != c && len(v.Namesakes) < nearPages {
			v.Namesakes = append(v.Namesakes, Choice{Text: other.Name, URL: contributorURL(other.Person)})
		}
	}
	var err error
	if v.Calendar, err = q.calendarOf(c); err != nil {
		return err
	}
	q.pagesOf(&v, c)
	if err := q.answersOf(&v, c); err != nil {
		return err
	}
	if err := q.changesOf(&v, c); err != nil {
		return err
	}
	return q.render(http.StatusOK, "contributor", v)
}

// otherName answers for a name that is no person's address: with the address of whoever has or had it, with a choice of
// several, or with what can be done when there is nobody.
func (q *request) otherName(name string, behind bool) error {
	crumbs := []Crumb{{Text: "Contributors", URL: "/contributors"}}
	shown := strings.ToValidUTF8(name, "?")
	known := q.credit().Known(name)
	switch {
	case len(known) == 1 && known[0].Slug != name:
		return &redirect{http.StatusFound, contributorURL(known[0].Person)}
	case len(known) > 1:
		v := NamesakesView{Base: q.base(shown, "namesakes"), Crumbs: crumbs, Name: shown}
		v.NoIndex = true
		for _, c := range known[:min(len(known), contributorRows)] {
			v.Rows = append(v.Rows, contributorRow(c))
		}
		return q.render(http.StatusMultipleChoices, "namesakes", v)
	}
	if q.credit().Commit().IsZero() {
		return &failure{status: http.StatusServiceUnavailable, sentence: "Who wrote here is still being read. Please try again in a moment."}
	}
	v := ErrorView{
		Base: q.base("Nobody of this name", "error"), Status: http.StatusNotFound, Sentence: fmt.Sprintf("Nobody called “%s” has written or reviewed here.", shown),
		Near: []PageLink{{Title: "All contributors", URL: "/contributors"}},
	}
	v.NoIndex = true
	if behind {
		v.Sentence += " The newest changes are still being read; please try again in a moment."
	}
	return q.render(http.StatusNotFound, "error", v)
}

// pagesOf adds the pages with most of somebody's words.
func (q *request) pagesOf(v *ContributorView, c *credit.Contributor) {
	for _, p := range c.Pages {
		words := wholeWords(p.Words)
		if words == 0 && !p.Begun {
			continue
		}
		if len(v.Pages) == personPages {
			v.MorePages++
			continue
		}
		v.Pages = append(v.Pages, PersonPage{
			PageLink: PageLink{Title: q.title(p.Path), URL: pageURL(p.Path), Path: p.Path.String()}, Begun: p.Begun, Words: words,
		})
	}
}

// changesOf adds somebody's edits, the latest first.
func (q *request) changesOf(v *ContributorView, c *credit.Contributor) error {
	from := credit.Cursor(cursor(q.query("from")))
	edits, next, err := q.credit().Contributions(c, from, personChanges)
	if err != nil {
		return err
	}
	for _, e := range edits {
		commit, err := q.cfg.Wiki.Revision(q.r.Context(), e.Commit.String())
		if err != nil {
			return err
		}
		v.Changes = append(v.Changes, q.personChange(e, *commit))
	}
	if next != 0 {
		v.Older = address("contributors", c.Slug, "from", strconv.Itoa(int(next)))
	}
	if from != 0 {
		v.Newest = address("contributors", c.Slug)
	}
	return nil
}

func (q *request) personChange(e credit.Contribution, commit wiki.Commit) PersonChange {
	name := e.Path.String()
	x := PersonChange{
		Stamp: q.stampOf(commit), Kind: e.Kind.String(), Added: e.Added, Removed: e.Removed,
		Page: PageLink{Title: q.title(e.Path), URL: pageURL(e.Path), Path: name, Missing: !e.There},
		Diff: address("compare", name, "to", e.Commit.String()),
	}
	if !e.There {
		x.Page.URL = address("history", name)
	}
	if e.Kind != wiki.Deleted {
		x.URL = address("wiki", name, "rev", e.Commit.String())
	}
	return x
}

// questionKey names what a page asks: the text, and the forms that say which headings are questions.
type questionKey struct {
	blob  wiki.ID
	forms fingerprint
}

// answer is a question of a page, and where in its source the answer stands.
type answer struct {
	text, anchor string
	start, end   int
}

// answersOf counts the questions of today's pages that somebody answered: those under which at least answerShare of the
// words that are anybody's are theirs.
func (q *request) answersOf(v *ContributorView, c *credit.Contributor) error {
	v.AnswerRule = fmt.Sprintf("A question counts as answered by whoever wrote at least half of the words that stand under it today, if they are %d or more.", answerLeast)
	for i, p := range c.Pages {
		if p.Words < answerLeast*answerShare {
			break // they come with most words first
		}
		if i == answerPages {
			v.AnswerLimit = answerPages
			break
		}
		page, err := q.snap.Page(p.Path)
		if err != nil {
			continue // credit may be a moment behind
		}
		answers, err := q.answers(page)
		if err != nil {
			return err
		}
		if len(answers) == 0 {
			continue
		}
		a, err := q.credit().Authorship(page)
		if err != nil {
			v.Behind = true
			continue
		}
		for _, x := range answers {
			all, theirs := a.Part(c.Person, x.start, x.end)
			if all < answerLeast || theirs < answerShare*float64(all) {
				continue
			}
			v.Answered++
			if len(v.Answers) < personAnswers {
				v.Answers = append(v.Answers, PageLink{Title: x.text, URL: pageURL(p.Path) + fragment(x.anchor), Path: q.title(p.Path)})
			}
		}
	}
	return nil
}

// answers gives the questions of a page, from the cache if its text was asked about before.
func (q *request) answers(page wiki.Page) ([]answer, error) {
	key := questionKey{page.Blob, q.site.formPrint()}
	if list, ok := q.questions.GetIfPresent(key); ok {
		return list, nil
	}
	release, err := q.readers.take(context.WithoutCancel(q.r.Context()))
	if err != nil {
		return nil, err
	}
	defer release()
	doc := q.site.parse(page.Source)
	ends := make(map[int]int, len(doc.Outline))
	for _, h := range doc.Outline {
		ends[h.Start] = h.End
	}
	var list []answer
	for _, x := range doc.Questions {
		list = append(list, answer{strings.Clone(x.Text), strings.Clone(x.Anchor), max(x.Start, ends[x.Start]), x.End})
	}
	q.questions.Set(key, list)
	return list, nil
}

// answersWeight is about what a page's questions take in memory.
func answersWeight(_ questionKey, list []answer) uint32 {
	n := 96
	for _, a := range list {
		n += 48 + len(a.text) + len(a.anchor)
	}
	return uint32(n)
}

// calendarOf gives the year of somebody's days that ?year= asks for, or that of their last edit.
func (q *request) calendarOf(c *credit.Contributor) (*Calendar, error) {
	var years []int
	for _, d := range slices.Backward(c.Days) {
		if y := d.Date.Year(); !slices.Contains(years, y) && len(years) < calendarYears {
			years = append(years, y)
		}
	}
	year, err := yearAsked(q.query("year"), years)
	if year == 0 || err != nil {
		return nil, err
	}
	cal := newCalendar(year, c.Days)
	for _, y := range years {
		text := strconv.Itoa(y)
		cal.Years = append(cal.Years, Choice{Text: text, URL: address("contributors", c.Slug, "year", text), Current: y == year})
	}
	return cal, nil
}

// yearAsked reads ?year=. Unless one is asked for it is the latest with edits, or 0 when there is none.
func yearAsked(asked string, years []int) (int, error) {
	if asked == "" {
		return append(years, 0)[0], nil
	}
	year, err := strconv.Atoi(asked)
	if err != nil || year < firstYear || year > lastYear {
		return 0, badRequest("Please give a year as in 2009.")
	}
	return year, nil
}

// The squares of a calendar, in the units of its drawing.
const (
	daySquare = 10
	dayPitch  = 12
)

// newCalendar lays a year out: months side by side, weeks as columns that begin on Monday.
func newCalendar(year int, days []credit.Day) *Calendar {
	edits := map[time.Time]int{}
	for _, d := range days {
		if d.Date.Year() == year {
			edits[d.Date] += d.Edits
		}
	}
	cal := &Calendar{Year: year, Scale: []string{"0", "1", "2", "3", "4"}}
	for m := time.January; m <= time.December; m++ {
		first := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
		before := (int(first.Weekday()) + 6) % 7 // days of its first week that are another month's
		month := CalendarMonth{Name: m.String(), Short: m.String()[:3]}
		for day := first; day.Month() == m; day = day.AddDate(0, 0, 1) {
			place, n := before+day.Day()-1, edits[day]
			cell := CalendarDay{X: place / 7 * dayPitch, Y: place % 7 * dayPitch, Level: dayLevel(n)}
			if n > 0 {
				cell.Text = fmt.Sprintf("%s: %s", day.Format("2 January 2006"), counted(n, "edit", "edits"))
				month.Edits += n
				month.Days++
			}
			month.Weeks = place/7 + 1
			month.Cells = append(month.Cells, cell)
		}
		month.Width = month.Weeks*dayPitch - (dayPitch - daySquare)
		cal.Edits += month.Edits
		cal.Days += month.Days
		cal.Months = append(cal.Months, month)
	}
	return cal
}

// dayLevel is the same for everybody and every year, so that calendars can be read beside one another.
func dayLevel(edits int) string {
	switch {
	case edits == 0:
		return "0"
	case edits == 1:
		return "1"
	case edits < 4:
		return "2"
	case edits < 8:
		return "3"
	default:
		return "4"
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
