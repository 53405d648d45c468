package web

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coppice/wiki"
	"coppice/wiki/credit"
)

// crowd is a wiki that many people write, each at a time of their own.
type crowd struct {
	*house
	now *atomic.Pointer[time.Time] // indexes look at it as they follow
}

// setNow sets the clock.
func (c *crowd) setNow(t time.Time) { c.now.Store(&t) }

// newCrowd serves a wiki of files whose clock stands where the test sets it.
func newCrowd(t *testing.T, pairs ...string) *crowd {
	t.Helper()
	now := new(atomic.Pointer[time.Time])
	now.Store(new(time.Now().UTC()))
	dir := t.TempDir()
	o := wiki.Options{Now: func() time.Time { return *now.Load() }}
	if err := wiki.Create(dir+"/wiki.git", o, files(pairs...), ada, "Begin the wiki"); err != nil {
		t.Fatal(err)
	}
	return &crowd{serve(t, dir+"/wiki.git", dir, o), now}
}

// save saves a whole page as somebody.
func (c *crowd) save(who, path, source string) wiki.Saved {
	c.t.Helper()
	saved, err := c.wiki.Save(c.t.Context(), wiki.Edit{
		Path: mustPath(c.t, path), Base: c.wiki.Head().Commit(), Source: []byte(source), Summary: "By " + who,
		Author: wiki.Contributor{Name: who, Email: strings.ReplaceAll(strings.ToLower(who), " ", ".") + "@people.example"},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.settle()
	return saved
}

func TestContributorsWhoOptedOutAndBots(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n", ".coppice/credit.yml", "bots: [robot]\nopt_out: [Shy Person]\n")
	c.save("Shy Person", "one", "# One\n\nThese are six words of mine.\n")
	c.save("Robot", "two", "# Two\n\nMade by a machine.\n")
	c.save("Bea Open", "three", "# Three\n\nWords of somebody who is named.\n")
	r := c.get("/contributors").want(t, 200, "Bea Open", "a contributor who would rather not be named", "with 7 words that stand")
	for _, name := range []string{"Shy", "Robot", "@people.example"} {
		if strings.Contains(r.body, name) {
			t.Errorf("%q is in the list of contributors", name)
		}
	}
	for _, address := range []string{"/contributors/shy-person", "/contributors/Shy%20Person", "/contributors/robot"} {
		c.get(address).want(t, 404)
	}
	if r := c.get("/contributors?q=contributor"); strings.Contains(r.body, "rather not be named") {
		t.Error("somebody who opted out is found by name")
	}
	for _, address := range []string{"/wiki/one", "/history/one", "/recent"} {
		if r := c.get(address).want(t, 200, "a contributor"); strings.Contains(r.body, "<bdi>Shy Person") {
			t.Errorf("%s names somebody who opted out", address)
		}
	}
	if r := c.get("/history/two").want(t, 200, "Robot"); strings.Contains(r.body, "/contributors/robot") {
		t.Error("a bot has an address")
	}
}

// TestNoLinksToNobody: who only merged, imported or formatted what others wrote has no page, and nothing leads to one.
func TestNoLinksToNobody(t *testing.T) {
	repo, dir := past(t,
		commit{ana, "Begin", 1_000_000_000, map[string]string{"index.md": "# Home\n"}},
		commit{"Merger <merger@example.org>", "Merge\n\nSuggested-by: Ben <ben@example.org>\n", 1_100_000_000, map[string]string{"soil.md": "# Soil\n\nOne two three.\n"}},
		commit{"Importer <importer@example.org>", "Import\n\nImported-from: Cara\n", 1_200_000_000, map[string]string{"sand.md": "# Sand\n\nFour five six.\n"}},
	)
	h := serve(t, repo, dir, wiki.Options{})
	for page, name := range map[string]string{"soil": "Merger", "sand": "Importer"} {
		slug := "/contributors/" + strings.ToLower(name)
		h.get(slug).want(t, 404)
		for _, address := range []string{"/wiki/" + page, "/history/" + page, "/recent"} {
			if r := h.get(address).want(t, 200, name); strings.Contains(r.body, slug) {
				t.Errorf("%s leads to %s", address, slug)
			}
		}
	}
	h.get("/wiki/soil").want(t, 200, `href="/contributors/ben"`)
	if _, err := h.wiki.Save(t.Context(), wiki.Edit{Path: mustPath(t, "new"), Source: []byte("# New\n\nA page.\n"), Author: wiki.Contributor{Name: "Merger", Email: "merger@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.get("/wiki/soil").want(t, 200, `href="/contributors/merger"`)
	h.get("/contributors/merger").want(t, 200)
}

// TestPeopleBeforeTheyAreKnown: while nothing is known of anybody, nobody is said not to be there.
func TestPeopleBeforeTheyAreKnown(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"), func(c *Config) {
		empty, err := credit.Open(t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = empty.Close() })
		c.Credit = empty
	})
	if r := h.get("/contributors/ada-writer").want(t, 503, "still being read"); r.header.Get("Retry-After") == "" {
		t.Error("nothing says when to ask again")
	}
}

func TestContributorNamesOfAnyKind(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	for i, name := range []string{"مريم علي", "李小龍", "A/B.C %20 ../d", "..", "<b>Bold</b>", "O'Neil & \"Sons\""} {
		c.save(name, fmt.Sprintf("page-%d", i), "# Page\n\nSome words by one person.\n")
	}
	body := c.get("/contributors?sort=name").want(t, 200).body
	n := 0
	for _, link := range (&crawler{house: c.house}).links("/contributors", body) {
		if strings.HasPrefix(link, "/contributors/") {
			n++
			c.get(link).want(t, 200, "Activity in")
		}
	}
	if n != 7 { // and who began the wiki
		t.Errorf("%d people have addresses, want 7", n)
	}
	c.get("/contributors/A%2FB.C%20%2520%20..%2Fd").want(t, 302)
	c.get("/contributors/%D9%85%D8%B1%D9%8A%D9%85%20%D8%B9%D9%84%D9%8A").want(t, 302)
}

func TestContributorUnderOtherNames(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	write := func(name, mail, path string) {
		t.Helper()
		_, err := c.wiki.Save(t.Context(), wiki.Edit{Path: mustPath(t, path), Source: []byte("# Page\n\nSome words.\n"), Author: wiki.Contributor{Name: name, Email: mail}})
		if err != nil {
			t.Fatal(err)
		}
		c.setNow(c.now.Load().Add(time.Hour))
	}
	c.setNow(c.now.Load().AddDate(0, 0, -9))
	write("Ann Maiden", "ann@people.example", "a")
	write("Ann Married", "ann@people.example", "b")
	write("Jo Smith", "jo@one.example", "c")
	write("Jo Smith", "jo@two.example", "d")
	c.settle()
	if r := c.get("/contributors/Ann%20Maiden").want(t, 302); r.header.Get("Location") != "/contributors/ann-married" {
		t.Errorf("an old name leads to %q", r.header.Get("Location"))
	}
	c.get("/contributors/jo-smith").want(t, 200, "Others have written under this name", `href="/contributors/jo-smith-2"`)
	c.get("/contributors/jo-smith-2").want(t, 200)
	c.get("/contributors/Jo%20Smith").want(t, 300, "Whom did you mean?", `href="/contributors/jo-smith"`, `href="/contributors/jo-smith-2"`)
}

func TestWhoAnsweredAQuestion(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	question := "# Plants\n\n## How often do we water them?\n\n"
	c.save("Asker", "plants", question)
	c.save("Answerer", "plants", question+"Every morning before the sun is high, and never at noon.\n")
	c.save("Mender", "plants", question+"Every morning before the sun is up, and never at noon.\n")
	c.get("/contributors/answerer").want(t, 200, "question answered", "/wiki/plants#how-often-do-we-water-them")
	for _, other := range []string{"asker", "mender"} {
		if r := c.get("/contributors/"+other).want(t, 200, "questions answered"); strings.Contains(r.body, "/wiki/plants#") {
			t.Errorf("%s has answered", other)
		}
	}
}

func TestContributorChangesLeadToComparisons(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	var first wiki.Saved
	for i := range personChanges + 3 {
		s := c.save("Busy", "busy", fmt.Sprintf("# Busy\n\nWord number %d here.\n", i))
		if i == 0 {
			first = s
		}
		c.setNow(c.now.Load().Add(time.Minute))
	}
	if _, err := c.wiki.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "busy"), Author: ada}); err != nil {
		t.Fatal(err)
	}
	c.settle()
	r := c.get("/contributors/busy").want(t, 200, "Recent changes", `href="/history/busy"`)
	at := strings.Index(r.body, "/contributors/busy?from=")
	if at < 0 {
		t.Fatal("the list does not go on")
	}
	next, _, _ := strings.Cut(r.body[at:], `"`)
	c.get(next).want(t, 200, "Earlier changes", "/compare/busy?to="+first.Revision.ID.String())
	c.get("/compare/busy?to="+first.Revision.ID.String()).want(t, 200, "number 0 here")
}

func TestCalendar(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	cal := newCalendar(2024, []credit.Day{{Date: day(2023, 12, 31), Edits: 5}, {Date: day(2024, 2, 29), Edits: 3}, {Date: day(2024, 12, 31), Edits: 9}})
	if cal.Edits != 12 || cal.Days != 2 || len(cal.Months) != 12 {
		t.Errorf("%d edits on %d days in %d months", cal.Edits, cal.Days, len(cal.Months))
	}
	feb := cal.Months[1]
	if len(feb.Cells) != 29 || feb.Edits != 3 || feb.Weeks != 5 {
		t.Errorf("February has %d days, %d edits and %d weeks", len(feb.Cells), feb.Edits, feb.Weeks)
	}
	// 1 February 2024 was a Thursday; the 29th too.
	if first, last := feb.Cells[0], feb.Cells[28]; first.Y != 3*dayPitch || first.X != 0 || last.Y != 3*dayPitch || last.X != 4*dayPitch || last.Level != "2" || last.Text != "29 February 2024: 3 edits" {
		t.Errorf("%+v %+v", first, last)
	}
	for _, m := range cal.Months {
		if m.Width != m.Weeks*dayPitch-2 || m.Weeks < 4 || m.Weeks > 6 {
			t.Errorf("%s: %d weeks, width %d", m.Name, m.Weeks, m.Width)
		}
	}
}

func TestParticipationOfACrowd(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	today := *c.now.Load()
	for i := range 12 {
		c.setNow(today.AddDate(0, -2-3*i, 0))
		for j := range i%4 + 1 {
			c.save(fmt.Sprintf("Person %c", 'A'+i), fmt.Sprintf("page-%d", i), fmt.Sprintf("# Page\n\nWords of number %d.\n", j))
		}
	}
	c.setNow(today.AddDate(0, -40, 0))
	c.save("Person A", "page-11", "# Page\n\nWords of a second reader.\n")
	c.setNow(today)
	c.get("/participation?months=12").want(t, 200, "Fewer than 10 people", "months=all")
	all := c.get("/participation?months=all").want(t, 200, "13 people", "Gini coefficient", "Absence factor", "10:90 ratio", "Lorenz 1905",
		"12 of 13 pages have been edited by one person only", `role="img"`, "How the edits are spread: the numbers", "Longest untouched", `href="/contributors/person-k"`)
	if strings.Contains(all.body, "NaN") || strings.Contains(all.body, "Inf") {
		t.Error("there are figures that are none")
	}
	c.get("/participation?months=60").want(t, 200, "Gini coefficient")
}

// TestParticipationShowsNothingOfFew holds the limit on both of its sides.
func TestParticipationShowsNothingOfFew(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n")
	for i := range fewestPeople - 2 { // and who began the wiki
		c.save(fmt.Sprintf("Person %c", 'A'+i), fmt.Sprintf("page-%d", i), "# Page\n\nWords.\n")
	}
	if r := c.get("/participation").want(t, 200, "Fewer than 10 people"); strings.Contains(r.body, "<svg role") || strings.Contains(r.body, "Person A") {
		t.Error("something of nine people is shown")
	}
	c.save("Person Z", "page-z", "# Page\n\nWords.\n")
	c.get("/participation").want(t, 200, "10 people", "Gini coefficient")
}

func TestChartGeometry(t *testing.T) {
	bars, ticks := stackedBars([]stack{{"a", []int{1, 2}}, {"b", []int{0, 5}}}, []string{"1", "2"}, []string{"x", "y"})
	want := []ChartBar{
		{X: 5, Y: 83.333, Width: 40, Height: 16.667, Tone: "1", Text: "a: 1 x"},
		{X: 5, Y: 50, Width: 40, Height: 33.333, Tone: "2", Text: "a: 2 y"},
		{X: 55, Y: 16.667, Width: 40, Height: 83.333, Tone: "2", Text: "b: 5 y"},
	}
	if fmt.Sprint(bars) != fmt.Sprint(want) || fmt.Sprint(ticks) != "[6 3 0]" {
		t.Errorf("%v %v", bars, ticks)
	}
	line, ticks := steps([]int{1, 2}, "1")
	if line.Points != "0,50 50,50 50,0 100,0" || line.Area != "0,100 0,50 50,50 50,0 100,0 100,100" || fmt.Sprint(ticks) != "[2 1 0]" {
		t.Errorf("%+v %v", line, ticks)
	}
	for n, want := range map[int]int{0: 2, 1: 2, 3: 4, 10: 10, 11: 20, 41: 60, 100: 100, 101: 200} {
		if got := roundUp(n); got != want {
			t.Errorf("an axis up to %d ends at %d, want %d", n, got, want)
		}
	}
	points := credit.Lorenz([]float64{1, 1, 2})
	for people, want := range map[float64]float64{0: 0, 1.0 / 3: 0.25, 0.5: 0.375, 1: 1} {
		if got := lorenzAt(points, people); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("the curve at %v is %v, want %v", people, got, want)
		}
	}
}

// TestUnreadLines names the lines that say how people are named, and cannot be read, where maintainers look.
func TestUnreadLines(t *testing.T) {
	c := newCrowd(t, "index.md", "# Home\n", ".mailmap", "Ann <secret@people.example\n", credit.RulesFile, "bots: x\nopt_out:\n  - Ada Writer\n  - @secret\n")
	r := c.get("/participation").want(t, 200, "Lines that cannot be read", "<code>.mailmap</code>, line 1: A line wants a mail address", "<code>.coppice/credit.yml</code>, line 4:")
	if strings.Contains(r.body, "secret") || strings.Contains(c.get("/contributors").want(t, 200).body, "/contributors/ada-writer") {
		t.Error("somebody is named who opted out")
	}
	if r := newCrowd(t, "index.md", "# Home\n").get("/participation").want(t, 200); strings.Contains(r.body, "cannot be read") {
		t.Error("lines of no file cannot be read")
	}
}
