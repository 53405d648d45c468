package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"coppice/wiki/credit"
)

// The sources that the page of participation names.
var (
	giniSource     = Source{"Deltas 2003", "https://doi.org/10.1162/rest.2003.85.1.226"}
	lorenzSource   = Source{"Lorenz 1905", "https://doi.org/10.2307/2276207"}
	nielsenSource  = Source{"Nielsen 2006", "https://www.nngroup.com/articles/participation-inequality/"}
	ratioSource    = Source{"Serrano, Arroyo and Hassan 2018", "https://doi.org/10.1145/3233391.3233536"}
	absenceSource  = Source{"CHAOSS", "https://chaoss.community/kb/metric-contributor-absence-factor/"}
	flowSource     = Source{"Halfaker, Geiger, Morgan and Riedl 2013", "https://doi.org/10.1177/0002764212469365"}
	movementSource = Source{"Preece and Shneiderman 2009", "https://www.umiacs.umd.edu/publications/reader-leader-framework-motivating-technology-mediated-social-participation"}
)

// showParticipation answers GET /participation?months=N|all. It is about how people take part, and names nobody but for the
// pages that one person alone has edited. There is no ranking.
func (q *request) showParticipation() error {
	v := ParticipationView{
		Base: q.base("Participation", "participation"), Crumbs: []Crumb{{Text: "Contributors", URL: "/contributors"}}, Least: fewestPeople, Survival: credit.SurvivalMonths,
		LorenzSource: lorenzSource, FlowSource: flowSource, KeptSource: absenceSource,
	}
	v.NoIndex = true
	v.Behind = q.await(q.cfg.FollowingCredit, derivedWait)
	part := q.credit().Participation()
	last := credit.MonthOf(time.Now())
	flows := credit.Flows(part.People, last)
	months, err := q.monthsAsked(len(flows))
	if err != nil {
		return err
	}
	if len(flows) > months {
		flows = flows[len(flows)-months:]
	}
	q.periods(&v)
	for _, p := range q.credit().Problems() {
		v.Unread = append(v.Unread, UnreadLine(p))
	}
	first := last - credit.Month(months) + 1
	v.Period = monthName(first) + " to " + monthName(last)
	edits := editsBetween(part.People, first, last)
	v.People, v.Edits = len(edits), int(total(edits))
	if v.People < fewestPeople {
		v.Few, v.People, v.Edits = true, 0, 0
		if q.query("months") != "all" {
			v.Longer = address("participation", "", "months", "all")
		}
		return q.render(http.StatusOK, "participation", v)
	}
	v.Measures = measures(edits)
	v.Lorenz = lorenzChart(edits)
	v.Active, v.Newcomers, v.Growth = activeChart(flows), newcomersChart(flows), growthChart(part.People, flows)
	v.Movement = movement(part.People, last)
	q.keepers(&v, part.Pages)
	return q.render(http.StatusOK, "participation", v)
}

// usualMonths is the period that is shown unless another one is asked for.
const usualMonths = 12

// monthsAsked reads ?months=. all is how many there are since the first edit.
func (q *request) monthsAsked(all int) (int, error) {
	switch asked := q.query("months"); asked {
	case "":
		return usualMonths, nil
	case "all":
		return max(all, leastMonths), nil
	default:
		n, err := strconv.Atoi(asked)
		if err != nil || n < leastMonths || n > mostMonths {
			return 0, badRequest(fmt.Sprintf("Please give a number of months from %d to %d, or “all”.", leastMonths, mostMonths))
		}
		return n, nil
	}
}

// periods offers some.
func (q *request) periods(v *ParticipationView) {
	asked := cmp.Or(q.query("months"), strconv.Itoa(usualMonths))
	for _, c := range []Choice{{Text: "One year", URL: "12"}, {Text: "Two years", URL: "24"}, {Text: "Five years", URL: "60"}, {Text: "All the time", URL: "all"}} {
		c.Current = c.URL == asked
		c.URL = address("participation", "", "months", c.URL)
		v.Periods = append(v.Periods, c)
	}
}

func monthName(m credit.Month) string { return m.Time().Format("January 2006") }

// editsBetween gives the edits of everybody who made some from one month to another.
func editsBetween(people []credit.Activity, first, last credit.Month) []float64 {
	var list []float64
	for _, a := range people {
		n := 0
		for _, m := range a.Months {
			if m.Month >= first && m.Month <= last {
				n += m.Edits
			}
		}
		if n > 0 {
			list = append(list, float64(n))
		}
	}
	return list
}

func total(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// measures says in figures how evenly the work is spread.
func measures(edits []float64) []Measure {
	list := []Measure{}
	if g, ok := credit.Gini(edits); ok {
		list = append(list, Measure{"Gini coefficient", strconv.FormatFloat(g, 'f', 2, 64), "0 if all make the same number of edits, 1 if one person makes them all. Corrected for small numbers of people.", giniSource})
	}
	list = append(list,
		Measure{"Edits by the top 1 %", percent(credit.TopShare(edits, 0.01)), "The share of all edits that the most active hundredth of the people made, one person at least.", nielsenSource},
		Measure{"Edits by the top 10 %", percent(credit.TopShare(edits, 0.1)), "The same of the most active tenth.", nielsenSource})
	if r, ok := credit.TenNinety(edits); ok {
		list = append(list, Measure{"10:90 ratio", strconv.FormatFloat(r, 'f', 1, 64), "Edits of the most active tenth for each edit of all the others. About 0.1 if all made the same.", ratioSource})
	}
	return append(list, Measure{"Absence factor", strconv.Itoa(credit.AbsenceFactor(edits)), "The fewest people who together made half of the edits: so many would be missed at once.", absenceSource})
}

// tenths are where the table of a Lorenz curve reads it.
const tenths = 10

func lorenzChart(edits []float64) Chart {
	points := credit.Lorenz(edits)
	line := curve(len(points), func(i int) (float64, float64) { return points[i].People, points[i].Share }, "1")
	line.Area = area([]byte(line.Points))
	c := Chart{
		ID: "lorenz", Title: "How the edits are spread", Square: true,
		YTitle: "share of the edits", YTicks: []string{"100 %", "50 %", "0 %"}, XTicks: []string{"0 %", "50 %", "100 % of the people"},
		Lines: []ChartLine{{Points: "0,100 100,0", Guide: true}, line},
		Keys:  []ChartKey{{Tone: "1", Text: "people, those with the fewest edits first"}, {Guide: true, Text: "if all made the same number"}},
		Table: ChartTable{Heads: []string{"People, fewest edits first", "Their share of the edits"}},
	}
	for i := 1; i <= tenths; i++ {
		at := float64(i) / tenths
		c.Table.Rows = append(c.Table.Rows, ChartRow{Label: "the first " + percent(at), Texts: []string{percent(lorenzAt(points, at))}})
	}
	half := percent(lorenzAt(points, 0.5))
	c.About = fmt.Sprintf("Half of the people, those with the fewest edits, made %s of all. The further the curve hangs below the straight line, the more of the work rests on few.", half)
	return c
}

// lorenzAt reads a Lorenz curve between its points.
func lorenzAt(points []credit.Point, people float64) float64 {
	for i, p := range points {
		if p.People < people-1e-9 {
			continue
		}
		if i == 0 || p.People-people < 1e-9 {
			return p.Share
		}
		before := points[i-1]
		return before.Share + (p.Share-before.Share)*(people-before.People)/(p.People-before.People)
	}
	return 1
}

// activeChart shows who edited in each month.
func activeChart(flows []credit.Flow) Chart {
	c := Chart{
		ID: "active", Title: "Who edited, month by month", YTitle: "people", XTicks: monthTicks(flows),
		Keys:  []ChartKey{{Tone: "1", Text: "new"}, {Tone: "2", Text: "came back"}, {Tone: "3", Text: "stayed on"}},
		Table: ChartTable{Heads: []string{"Month", "Active", "New", "Came back", "Stayed on"}},
	}
	var stacks []stack
	newcomers, most := 0, credit.Flow{}
	for _, f := range flows {
		stayed := f.Active - f.New - f.Returning
		stacks = append(stacks, stack{monthName(f.Month), []int{stayed, f.Returning, f.New}})
		c.Table.Rows = append(c.Table.Rows, ChartRow{Label: monthName(f.Month), Counts: []int{f.Active, f.New, f.Returning, stayed}})
		newcomers += f.New
		if f.Active > most.Active {
			most = f
		}
	}
	c.Bars, c.YTicks = stackedBars(stacks, []string{"3", "2", "1"}, []string{"stayed on", "came back", "new"})
	c.About = fmt.Sprintf("%s edited for the first time. The most active month was %s, with %s.", counted(newcomers, "person", "people"), monthName(most.Month), counted(most.Active, "person", "people"))
	return c
}

// newcomersChart shows whether those who were new came again.
func newcomersChart(flows []credit.Flow) Chart {
	c := Chart{
		ID: "newcomers", Title: "Do newcomers stay?", YTitle: "people", XTicks: monthTicks(flows),
		Keys:  []ChartKey{{Tone: "1", Text: "edited again"}, {Tone: "3", Text: "did not"}, {Tone: "0", Text: "not yet; it is too early to say"}},
		Table: ChartTable{Heads: []string{"Month of the first edit", "New", "Edited again", "Did not", "Too early to say"}},
	}
	var stacks []stack
	known, stayed := 0, 0
	for _, f := range flows {
		gone, open := f.New-f.Surviving, 0
		if f.Known {
			known += f.New
			stayed += f.Surviving
		} else {
			gone, open = 0, gone
		}
		stacks = append(stacks, stack{monthName(f.Month), []int{f.Surviving, gone, open}})
		c.Table.Rows = append(c.Table.Rows, ChartRow{Label: monthName(f.Month), Counts: []int{f.New, f.Surviving, gone, open}})
	}
	c.Bars, c.YTicks = stackedBars(stacks, []string{"1", "3", "0"}, []string{"edited again", "did not edit again", "may yet edit again"})
	if known == 0 {
		c.About = "Nobody's first edit in this time is long enough ago to tell."
	} else {
		c.About = fmt.Sprintf("Of %s whose first edit is long enough ago to tell, %s edited again in one of the %d months after.", counted(known, "newcomer", "newcomers"), percent(share(stayed, known)), credit.SurvivalMonths)
	}
	return c
}

// growthChart shows how many people have ever taken part.
func growthChart(people []credit.Activity, flows []credit.Flow) Chart {
	c := Chart{
		ID: "growth", Title: "Everybody who ever took part", YTitle: "people", XTicks: monthTicks(flows),
		Table: ChartTable{Heads: []string{"Month", "People so far"}},
	}
	if len(flows) == 0 {
		return c
	}
	so := 0
	for _, a := range people {
		if len(a.Months) > 0 && a.Months[0].Month < flows[0].Month {
			so++
		}
	}
	before := so
	var values []int
	for _, f := range flows {
		so += f.New
		values = append(values, so)
		c.Table.Rows = append(c.Table.Rows, ChartRow{Label: monthName(f.Month), Counts: []int{so}})
	}
	var line ChartLine
	line, c.YTicks = steps(values, "1")
	c.Lines = []ChartLine{line}
	c.About = fmt.Sprintf("%s in all, %d of them new in this time.", counted(so, "person", "people"), so-before)
	return c
}

// monthTicks are the first, the middle and the last month.
func monthTicks(flows []credit.Flow) []string {
	short := func(f credit.Flow) string { return f.Month.Time().Format("Jan 2006") }
	switch n := len(flows); n {
	case 0:
		return nil
	case 1:
		return []string{short(flows[0])}
	case 2:
		return []string{short(flows[0]), short(flows[1])}
	default:
		return []string{short(flows[0]), short(flows[n/2]), short(flows[n-1])}
	}
}

// levelNames are those of credit.Level.
var levelNames = []string{"None", "Occasional (1 to 4 edits)", "Regular (5 to 19)", "Core (20 and more)"}

// quarter is how many months credit.Movement compares.
const quarter = 3

func movement(people []credit.Activity, last credit.Month) Movement {
	m := Movement{
		Before: monthName(last-2*quarter+1) + " to " + monthName(last-quarter), Now: monthName(last-quarter+1) + " to " + monthName(last),
		Levels: levelNames, Source: movementSource,
	}
	for from, row := range credit.Movement(people, last) {
		r := MovementRow{Level: levelNames[from]}
		for to, n := range row {
			cell := MovementCell{Count: n, Way: "same"}
			switch {
			case to > from:
				cell.Way = "up"
				m.Up += n
			case to < from:
				cell.Way = "down"
				m.Down += n
			case credit.Level(from) != credit.Absent:
				m.Same += n
			}
			r.Cells = append(r.Cells, cell)
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// keepers shows which pages rest on one person.
func (q *request) keepers(v *ParticipationView, pages []credit.PagePeople) {
	names := []string{"1", "2", "3 to 5", "6 and more"}
	counts := make([]int, len(names))
	for _, p := range pages {
		switch n := len(p.People); {
		case n == 0:
			continue
		case n <= 2:
			counts[n-1]++
		case n <= 5:
			counts[2]++
		default:
			counts[3]++
		}
	}
	v.AllPages = sum(counts)
	c := Chart{
		ID: "sharing", Title: "How many people have edited each page", YTitle: "pages", XTicks: nil,
		Table: ChartTable{Heads: []string{"People who edited the page", "Pages", "Share"}},
	}
	var stacks []stack
	for i, n := range counts {
		label := names[i] + " people"
		if i == 0 {
			label = "1 person"
		}
		stacks = append(stacks, stack{label, []int{n}})
		c.XTicks = append(c.XTicks, label)
		c.Table.Rows = append(c.Table.Rows, ChartRow{Label: label, Counts: []int{n}, Texts: []string{percent(share(n, v.AllPages))}})
	}
	c.Bars, c.YTicks = stackedBars(stacks, []string{"1"}, []string{"pages"})
	c.About = fmt.Sprintf("%d of %s have been edited by one person only.", counts[0], counted(v.AllPages, "page", "pages"))
	v.Sharing = c

	byPerson := credit.SinglePageKeepers(pages)
	v.Keepers = len(byPerson)
	var kept []credit.PagePeople
	for _, list := range byPerson {
		kept = append(kept, list...)
	}
	v.Alone = len(kept)
	slices.SortFunc(kept, func(a, b credit.PagePeople) int { return cmp.Or(a.Last.Compare(b.Last), a.Path.Compare(b.Path)) })
	for _, p := range kept[:min(len(kept), keptRows)] {
		who := p.People[0]
		v.Kept = append(v.Kept, KeptPage{
			Page: PageLink{Title: q.title(p.Path), URL: pageURL(p.Path), Path: p.Path.String()}, Name: who.Name, URL: contributorURL(who), Last: p.Last,
		})
	}
}
