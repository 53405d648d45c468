package credit_test

import (
	"math"
	"testing"
	"time"

	"coppice/wiki"
	"coppice/wiki/credit"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestInequality holds the measures against values that can be worked out by hand.
func TestInequality(t *testing.T) {
	for name, c := range map[string]struct {
		values                 []float64
		gini, top10, tenNinety float64
		absence                int
	}{
		"all the same":         {[]float64{5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, 0, 0.1, 1.0 / 9, 5},
		"one does nearly all":  {[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 991}, 0.99, 0.991, 991.0 / 9, 1},
		"one, two, three":      {[]float64{3, 1, 2}, 4.0 / 18 * 3 / 2, 0.5, 1, 1},
		"who did nothing":      {[]float64{0, 3, 0, 1, 2}, 4.0 / 18 * 3 / 2, 0.5, 1, 1},
		"two halves of eleven": {[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 2.0 / 11, 2.0 / 9, 6},
	} {
		if g, ok := credit.Gini(c.values); !ok || !near(g, c.gini) {
			t.Errorf("%s: Gini %v, %v; want %v", name, g, ok, c.gini)
		}
		if s := credit.TopShare(c.values, 0.1); !near(s, c.top10) {
			t.Errorf("%s: top tenth %v, want %v", name, s, c.top10)
		}
		if r, ok := credit.TenNinety(c.values); !ok || !near(r, c.tenNinety) {
			t.Errorf("%s: 10:90 %v, %v; want %v", name, r, ok, c.tenNinety)
		}
		if k := credit.AbsenceFactor(c.values); k != c.absence {
			t.Errorf("%s: absence factor %d, want %d", name, k, c.absence)
		}
		curve := credit.Lorenz(c.values)
		if first, last := curve[0], curve[len(curve)-1]; first != (credit.Point{}) || !near(last.People, 1) || !near(last.Share, 1) {
			t.Errorf("%s: Lorenz %v", name, curve)
		}
	}
	for _, values := range [][]float64{nil, {0}, {7}} {
		_, ok := credit.Gini(values)
		_, ok2 := credit.TenNinety(values)
		if ok || ok2 {
			t.Errorf("%v has no Gini coefficient and no ratio", values)
		}
	}
	if credit.TopShare(nil, 0.1) != 0 || credit.AbsenceFactor(nil) != 0 || len(credit.Lorenz(nil)) != 1 {
		t.Error("nobody")
	}
}

func TestFlows(t *testing.T) {
	month := func(y, m int) credit.Month {
		return credit.MonthOf(time.Date(y, time.Month(m), 15, 0, 0, 0, 0, time.UTC))
	}
	edits := func(months ...credit.Month) credit.Activity {
		a := credit.Activity{Person: &credit.Person{}}
		for _, m := range months {
			a.Months = append(a.Months, credit.MonthEdits{Month: m, Edits: 3})
		}
		return a
	}
	people := []credit.Activity{
		edits(month(2025, 11), month(2025, 12), month(2026, 3)),
		edits(month(2025, 12)),
		edits(month(2025, 12), month(2026, 8)),
		edits(month(2100, 1)),
	}
	flows := credit.Flows(people, month(2026, 9))
	want := map[string]credit.Flow{
		"2025-11": {Active: 1, New: 1, Surviving: 1, Known: true},
		"2025-12": {Active: 3, New: 2, Surviving: 0, Known: true},
		"2026-01": {Known: true},
		"2026-03": {Active: 1, Returning: 1},
		"2026-08": {Active: 1, Returning: 1},
	}
	if len(flows) != 11 {
		t.Fatalf("%d months", len(flows))
	}
	for _, f := range flows {
		w, ok := want[f.Month.String()]
		if !ok {
			continue
		}
		w.Month = f.Month
		if f != w {
			t.Errorf("%s: %+v, want %+v", f.Month, f, w)
		}
	}
	if got := month(1969, 12).Time().Format(time.DateOnly); got != "1969-12-01" {
		t.Error(got)
	}
	moved := credit.Movement(people, month(2026, 3))
	if moved[credit.Regular][credit.Occasional] != 1 || moved[credit.Occasional][credit.Absent] != 2 {
		t.Errorf("%v", moved)
	}
}

func TestSinglePageKeepers(t *testing.T) {
	ann, ben := &credit.Person{Name: "Ann"}, &credit.Person{Name: "Ben"}
	page := func(name string, who ...*credit.Person) credit.PagePeople {
		p, err := wiki.ParsePath(name)
		if err != nil {
			t.Fatal(err)
		}
		return credit.PagePeople{Path: p, People: who}
	}
	keepers := credit.SinglePageKeepers([]credit.PagePeople{page("a", ann), page("b", ann, ben), page("c", ann), page("d")})
	if len(keepers) != 1 || len(keepers[ann]) != 2 {
		t.Errorf("%v", keepers)
	}
}
