package search

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadExpectations(t *testing.T) {
	list, problems := ReadExpectations([]byte("\uFEFF# a comment\r\n\r\nhow big -> size#how-big\r\nfirst steps -> guide/start within 1\n" +
		"within reach -> within reach\nx->/a.md  within 20\n"))
	want := []Expectation{
		{3, "how big", pathTo(t, "size"), "how-big", DefaultWithin},
		{4, "first steps", pathTo(t, "guide/start"), "", 1},
		{5, "within reach", pathTo(t, "within reach"), "", DefaultWithin},
		{6, "x", pathTo(t, "a"), "", 20},
	}
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if fmt.Sprint(list) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", list, want)
	}
}

func TestBrokenExpectationsAreNamed(t *testing.T) {
	tests := map[string]string{
		"how big":                               "There is no arrow",
		"-> page":                               "Before the arrow",
		"?! -> page":                            "Before the arrow",
		"-budget -> page":                       "only says what to leave out",
		strings.Repeat("w ", 40) + " -> page":   "too many words",
		"q ->":                                  "no name of a page",
		"q -> #anchor":                          "no name of a page",
		"q -> ../page":                          "no name of a page",
		"q -> page within 0":                    "from 1 to 20",
		"q -> page within 21":                   "from 1 to 20",
		"q -> page within five":                 "from 1 to 20",
		"q -> page within 99999999999999999999": "from 1 to 20",
		strings.Repeat("x", maxExpectationLine+1): "too long",
	}
	for line, want := range tests {
		list, problems := ReadExpectations([]byte("fine -> page\n" + line + "\nfine -> page\n"))
		if len(list) != 2 || len(problems) != 1 || problems[0].Line != 2 || !strings.Contains(problems[0].Text, want) {
			t.Errorf("%.40q: %v %v", line, list, problems)
		}
	}
	list, problems := ReadExpectations([]byte("q -> page\n" + strings.Repeat("#\n", maxExpectationsFile)))
	if len(list) != 1 || len(problems) != 1 || problems[0].Line != 1+(maxExpectationsFile-len("q -> page\n"))/2+1 {
		t.Errorf("a long file: %v %v", list, problems)
	}
	list, problems = ReadExpectations([]byte(strings.Repeat("q -> page\n", 2*MaxExpectations)))
	if len(list) != MaxExpectations || len(problems) != 1 || problems[0].Line != MaxExpectations+1 {
		t.Errorf("%d searches, %v", len(list), problems)
	}
}

func TestCheck(t *testing.T) {
	x := storeOf(t, faq()...)
	tests := []struct{ line, want string }{
		{"community -> communities", ""},
		{"how big -> communities#how-big", ""},
		{"budget launch -> launch#agenda within 1", ""},
		{"communty -> communities", ""},
		{"how big -> communities#who-takes-part", "“how big” finds communities in place 1, but opens it at #how-big, not at #who-takes-part"},
		{"what is a community of practice -> communities#how-big", "“what is a community of practice” finds communities in place 1, but opens it at its top, not at #how-big"},
		{"zeppelin -> launch", "“zeppelin” does not find launch among the first 20; it finds nothing"},
		{"launch workshop -> guide/network", "“launch workshop” does not find guide/network among the first 20; first comes launch"},
		{"network cost -> communities", "“network cost” does not find communities among the first 20; first comes guide/network#budget"},
		{"community practice -> guide/network within 1", "“community practice” finds guide/network in place 2, not among the first 1; first comes communities"},
	}
	for _, tt := range tests {
		failures, err := x.Check(t.Context(), expectations(t, tt.line))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range failures {
			got += f.Sentence()
		}
		if got != tt.want {
			t.Errorf("%s\ngot  %q\nwant %q", tt.line, got, tt.want)
		}
	}
}

// FuzzReadExpectations: whatever a file holds, lines are either read or named, and what is read can be searched for and
// is read again when it is written.
func FuzzReadExpectations(f *testing.F) {
	for _, s := range []string{"", "a -> b", "a -> b#c within 3\n# x\n\nq", "\uFEFFa->b\r\nb -> c within x", "\xff -> \x00", "a -> b -> c within 1 within 2", "“é” -> é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		list, problems := ReadExpectations([]byte(source))
		lines := strings.Count(source, "\n") + 1
		last := 0
		for _, e := range list {
			if e.Line <= last || e.Line > lines || e.Within < 1 || e.Within > MaxWithin || e.Path.IsZero() {
				t.Fatalf("%+v of %d lines", e, lines)
			}
			last = e.Line
			if q, err := (Query{Text: e.Query}).checked(); err != nil || q.Empty() {
				t.Fatalf("%q cannot be searched for: %v", e.Query, err)
			}
			again, faults := ReadExpectations([]byte(fmt.Sprintf("%s -> %s within %d", e.Query, e.Target(), e.Within)))
			if e.Line = 1; len(faults) > 0 || len(again) != 1 || again[0] != e {
				t.Fatalf("%+v is read again as %+v %v", e, again, faults)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Fatalf("%+v of %d lines", p, lines)
			}
		}
	})
}
