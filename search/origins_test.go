package search

import (
	"fmt"
	"testing"
	"time"

	"coppice/wiki"
)

// past is a history that a test tells.
type past struct {
	state, names int
	of           map[string]Origin
	newest       map[string]int
	asked        []string // whose origins were read
}

func (p *past) State() any                { return p.state }
func (p *past) Names() any                { return p.names }
func (p *past) Newest(path wiki.Path) int { return p.newest[path.String()] }
func (p *past) Origin(path wiki.Path) Origin {
	p.asked = append(p.asked, path.String())
	return p.of[path.String()]
}

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestFiltersByHistory(t *testing.T) {
	x := storeOf(t, faq()...)
	p := &past{newest: map[string]int{}, of: map[string]Origin{
		"communities":   {Authors: []string{"Ann Example", "Étienne Wenger"}, Changed: day("2024-12-31")},
		"launch":        {Authors: []string{"Ann Example"}, Changed: day("2025-01-01")},
		"guide/network": {Authors: []string{"Bo Annson"}, Changed: day("2025-06-15")},
	}}
	x.Origins = func() Origins { return p }
	for query, want := range map[string]string{
		"by:ann":                        "communities launch",
		`by:"Ann Example"`:              "communities launch",
		`by:"Ann"`:                      "", // a name in quotes is whole
		"by:wenger":                     "communities",
		"by:etienne":                    "communities",
		"BY:example community":          "communities#how-big",
		"author:nobody":                 "",
		"-by:ann community":             "guide/network",
		"year:2025":                     "guide/network launch",
		"before:2025":                   "communities",
		"after:2025":                    "guide/network launch",
		"after:2025-02 before:2025-07":  "guide/network",
		"before:2025-01-01":             "communities",
		"after:2024-12-31":              "communities guide/network launch",
		"year:2025 by:ann":              "launch",
		"keyword:cop after:2025 budget": "launch#agenda",
	} {
		if got := addresses(find(t, x, query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	res := find(t, x, "keyword:cop")
	if got := fmt.Sprint(res.Facets[len(res.Facets)-2:]); got != "[{by [{Ann Example 2} {Étienne Wenger 1}]} {year [{2025 1} {2024 1}]}]" {
		t.Errorf("facets: %s", got)
	}
	for _, query := range []string{"before:yesterday", "after:2025-13", "year:20", "a year:2025-02-30"} {
		if q := Parse(query); q.Problem == "" {
			t.Errorf("%s is no time", query)
		}
	}
}

// Only pages that changed are asked for again, unless somebody is called otherwise.
func TestOriginsAreKept(t *testing.T) {
	x := storeOf(t, faq()...)
	p := &past{newest: map[string]int{}, of: map[string]Origin{"launch": {Authors: []string{"Ann"}}}}
	x.Origins = func() Origins { return p }
	reads := func() int {
		find(t, x, "by:ann")
		n := len(p.asked)
		p.asked = nil
		return n
	}
	if n := reads(); n != len(faq()) {
		t.Errorf("%d pages were asked for at first", n)
	}
	if n := reads(); n != 0 {
		t.Errorf("%d pages were asked for though nothing changed", n)
	}
	p.state, p.newest["launch"] = 1, 7
	p.of["launch"] = Origin{Authors: []string{"Bo"}}
	if n := reads(); n != 1 {
		t.Errorf("%d pages were asked for when one changed", n)
	}
	if res := find(t, x, "by:bo"); res.Total != 1 {
		t.Errorf("the new author is not found: %d", res.Total)
	}
	p.state, p.names = 2, 1
	if n := reads(); n != len(faq()) {
		t.Errorf("%d pages were asked for when names changed", n)
	}
}
