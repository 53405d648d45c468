package credit

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// The functions in this file are pure: they know numbers and months, and no repository.

// Month counts months from January of the year 0.
type Month int

// MonthOf gives the month of a time, in UTC.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return Month(t.Year()*12 + int(t.Month()) - 1)
}

// Time gives the first moment of the month, in UTC.
func (m Month) Time() time.Time {
	return time.Date(int(math.Floor(float64(m)/12)), time.Month((int(m)%12+12)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// String gives "2026-03".
func (m Month) String() string {
	t := m.Time()
	return fmt.Sprintf("%04d-%02d", t.Year(), int(t.Month()))
}

// ascending gives the values that count, smallest first: who has nothing did not take part.
func ascending(values []float64) (sorted []float64, sum float64) {
	for _, v := range values {
		if v > 0 {
			sorted = append(sorted, v)
			sum += v
		}
	}
	slices.Sort(sorted)
	return sorted, sum
}

// Gini gives the Gini coefficient of contributions, 0 when all contribute the same and 1 when one contributes all, with
// the correction for small samples:
//
//	G = n/(n-1) * sum over i of (2i-n-1)*x[i] / (n * sum of x),   x ascending, i from 1 to n
//
// It is not ok for fewer than two people. Sources: C. Gini, "Variabilità e mutabilità", 1912; the correction n/(n-1): G.
// Deltas, "The Small-Sample Bias of the Gini Coefficient", Review of Economics and Statistics 85 (2003).
func Gini(values []float64) (g float64, ok bool) {
	x, sum := ascending(values)
	n := float64(len(x))
	if n < 2 {
		return 0, false
	}
	for i, v := range x {
		g += (2*float64(i+1) - n - 1) * v
	}
	return g / (n * sum) * n / (n - 1), true
}

// Point is a point of a Lorenz curve, both from 0 to 1.
type Point struct{ People, Share float64 }

// Lorenz gives the curve that starts at (0, 0) and for each person, those with least first, says what share of the
// people has contributed what share of all: L(i/n) = (x[1] + ... + x[i]) / sum of x. Source: M. O. Lorenz, "Methods of
// Measuring the Concentration of Wealth", Publications of the American Statistical Association 9 (1905).
func Lorenz(values []float64) []Point {
	x, sum := ascending(values)
	curve := []Point{{}}
	so := 0.0
	for i, v := range x {
		so += v
		curve = append(curve, Point{float64(i+1) / float64(len(x)), so / sum})
	}
	return curve
}

// TopShare gives the share of all contributions that the most active fraction of people made (0.01 for 1 %): at least
// one person, the number rounded up. Without people it is 0. The measure is that of J. Nielsen, "The 90-9-1 Rule for
// Participation Inequality in Social Media and Online Communities", 2006.
func TopShare(values []float64, fraction float64) float64 {
	x, sum := ascending(values)
	if len(x) == 0 {
		return 0
	}
	top := 0.0
	for _, v := range x[len(x)-topCount(len(x), fraction):] {
		top += v
	}
	return top / sum
}

func topCount(n int, fraction float64) int {
	return min(n, max(1, int(math.Ceil(float64(n)*fraction-1e-9)))) // what is a whole number but for rounding is not rounded up
}

// TenNinety gives the 10:90 ratio: contributions of the most active tenth of people for each one of all others,
//
//	R = TopShare(10 %) / (1 - TopShare(10 %))
//
// It is not ok when there are no others. Equal contributions give about 1/9.
func TenNinety(values []float64) (ratio float64, ok bool) {
	x, _ := ascending(values)
	if topCount(len(x), 0.1) >= len(x) {
		return 0, false
	}
	top := TopShare(values, 0.1)
	return top / (1 - top), true
}

// AbsenceFactor gives the fewest people who together made half of the contributions: the least k for which the k largest
// values add up to sum/2 or more. Source: CHAOSS, "Contributor Absence Factor" (formerly "bus factor"),
// https://chaoss.community/kb/metric-contributor-absence-factor/.
func AbsenceFactor(values []float64) int {
	x, sum := ascending(values)
	so := 0.0
	for k, v := range slices.Backward(x) {
		if so += v; so*2 >= sum {
			return len(x) - k
		}
	}
	return 0
}

// Flow is who came and went in a month.
type Flow struct {
	Month     Month
	Active    int  // people with an edit in the month
	New       int  // of them, with their first edit ever
	Returning int  // of them, not new, and without an edit in the month before
	Surviving int  // of the New, with another edit in one of the SurvivalMonths after
	Known     bool // the SurvivalMonths after are over, so that Surviving is final
}

// SurvivalMonths is how long after the month of the first edit a newcomer who stays is expected to edit again. Wikimedia's
// "surviving new editor" looks at 30 days (https://meta.wikimedia.org/wiki/Research:Surviving_new_editor); a wiki of
// answers is edited more rarely.
const SurvivalMonths = 6

// Flows gives the flow of every month from the first edit of anybody to the last month, those without edits among them.
// Definitions follow A. Halfaker, R. S. Geiger, J. Morgan, J. Riedl, "The Rise and Decline of an Open Collaboration
// System", American Behavioral Scientist 57 (2013). Edits after last, which a wrong clock can date, are left out.
func Flows(people []Activity, last Month) []Flow {
	first := last + 1
	for _, a := range people {
		for _, m := range a.Months {
			first = min(first, m.Month)
		}
	}
	first = max(first, last-maxMonths+1)
	if first > last {
		return nil
	}
	flows := make([]Flow, last-first+1)
	for i := range flows {
		flows[i] = Flow{Month: first + Month(i), Known: first+Month(i)+SurvivalMonths < last}
	}
	for _, a := range people {
		for i, m := range a.Months {
			if m.Month < first || m.Month > last {
				continue
			}
			f := &flows[m.Month-first]
			f.Active++
			switch {
			case i == 0:
				f.New++
				if len(a.Months) > 1 && a.Months[1].Month <= min(last, m.Month+SurvivalMonths) {
					f.Surviving++
				}
			case a.Months[i-1].Month < m.Month-1:
				f.Returning++
			}
		}
	}
	return flows
}

// maxMonths bounds a list of months: a commit dated in the year 1 makes none of 24,000.
const maxMonths = 12 * 60

// SinglePageKeepers gives the pages that one person alone has edited, by that person. A page that nobody edits besides
// its author is lost with them: the absence factor of that page is 1 and its second reader has never mended a comma.
func SinglePageKeepers(pages []PagePeople) map[*Person][]PagePeople {
	keepers := map[*Person][]PagePeople{}
	for _, p := range pages {
		if len(p.People) == 1 {
			keepers[p.People[0]] = append(keepers[p.People[0]], p)
		}
	}
	return keepers
}

// Level is how much somebody edits in a period of three months.
type Level int

// The levels, by edits in three months. Wikimedia calls whoever makes five edits a month an active editor; a wiki of
// answers has fewer edits and the same roles.
const (
	Absent     Level = iota // none
	Occasional              // 1 to 4
	Regular                 // 5 to 19
	Core                    // 20 and more
	levels
)

func levelOf(edits int) Level {
	switch {
	case edits == 0:
		return Absent
	case edits < 5:
		return Occasional
	case edits < 20:
		return Regular
	}
	return Core
}

// Movement counts people by their level in the three months before and in the three months up to a month, it included:
// Movement[from][to]. People who were never there are not counted; people who edited before both periods are Absent in
// both.
func Movement(people []Activity, last Month) [levels][levels]int {
	var moved [levels][levels]int
	for _, a := range people {
		var before, now int
		known := false
		for _, m := range a.Months {
			switch {
			case m.Month > last:
			case m.Month > last-3:
				now += m.Edits
			case m.Month > last-6:
				before += m.Edits
			}
			known = known || m.Month <= last
		}
		if known {
			moved[levelOf(before)][levelOf(now)]++
		}
	}
	return moved
}
