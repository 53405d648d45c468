package history_test

import (
	"fmt"
	"strings"
	"testing"

	"coppice/wiki"
	"coppice/wiki/history"
)

// TestFormer moves pages about, a word for each step, and says where the pages are that once had a name.
func TestFormer(t *testing.T) {
	for _, c := range []struct{ name, steps, asked, want string }{
		{"never moved", "+a", "a", ""},
		{"a chain", "+a a>b b>c c>d/e", "a", "d/e"},
		{"the middle of a chain", "+a a>b b>c", "b", "c"},
		{"a ring", "+a a>b b>a", "a", ""},
		{"a ring, seen from its other name", "+a a>b b>a", "b", "a"},
		{"a ring that goes on", "+a a>b b>a a>c", "a", "c"},
		{"another page took the name and stayed", "+a a>b +a", "a", "b"},
		{"another page took the name and left too", "+a a>b +a a>c", "a", "c b"},
		{"three of them", "+a a>b +a a>c +a a>d", "a", "d c b"},
		{"deleted afterwards", "+a a>b -b", "a", "b(gone)"},
		{"deleted and made again", "+a a>b -b +b", "a", "b"},
		{"deleted, and another page moved in", "+a a>b -b +c c>b", "a", "b(gone)"},
		{"the new holder was deleted", "+a a>b +a -a", "a", "b"},
		{"case only", "+a a>x/A x/A>x/a", "x/A", "x/a"},
		{"a folder", "+old/a +old/b old/a>new/a old/b>new/b", "old/b", "new/b"},
		{"no such name", "+a", "z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, x := newWiki(t, "index.md", "# Home\n"), openIndex(t, t.TempDir())
			walk(t, w, c.steps)
			follow(t, x, w)
			if got := places(x.Former(mustPath(t, c.asked))); got != c.want {
				t.Errorf("after %q %s is %q, want %q", c.steps, c.asked, got, c.want)
			}
		})
	}
}

// walk does steps: +a makes a page, a>b renames it, -a deletes it, ~a changes it. It gives the commit after each.
func walk(t *testing.T, w *wiki.Wiki, steps string) []wiki.ID {
	t.Helper()
	var commits []wiki.ID
	for i, step := range strings.Fields(steps) {
		text := fmt.Appendf(nil, "# Page %d\n\nIts own words, of step %d.\n", i, i)
		var err error
		switch from, to, renames := strings.Cut(step, ">"); {
		case renames:
			_, err = w.Rename(t.Context(), wiki.Rename{From: mustPath(t, from), To: mustPath(t, to), Author: ann})
		case step[0] == '+':
			_, err = w.Save(t.Context(), wiki.Edit{Path: mustPath(t, step[1:]), Source: text, Author: ann})
		case step[0] == '~':
			_, err = w.Save(t.Context(), wiki.Edit{Path: mustPath(t, step[1:]), Base: w.Head().Commit(), Source: text, Author: ann})
		default:
			_, err = w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, step[1:]), Author: ann})
		}
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		commits = append(commits, w.Head().Commit())
	}
	return commits
}

func places(list []history.Place) string {
	var names []string
	for _, p := range list {
		name := p.Path.String()
		if p.Gone {
			name += "(gone)"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestPathsThroughTime(t *testing.T) {
	w, x := newWiki(t, "index.md", "# Home\n"), openIndex(t, t.TempDir())
	begin := w.Head().Commit()
	at := walk(t, w, "+a ~a a>b +a ~b b>c -a")
	follow(t, x, w)
	for _, c := range []struct {
		now    string
		commit wiki.ID
		want   string
	}{
		{"c", at[0], "a"}, {"c", at[1], "a"}, {"c", at[2], "b"}, {"c", at[4], "b"}, {"c", at[6], "c"}, {"c", begin, ""}, {"a", at[3], "a"}, {"a", at[6], ""}, {"none", at[3], ""},
	} {
		if p, _ := x.PathAt(mustPath(t, c.now), c.commit); p.String() != c.want {
			t.Errorf("what is %s now was %q, want %q", c.now, p, c.want)
		}
	}
	for _, c := range []struct {
		then   string
		commit wiki.ID
		want   string
	}{
		{"a", at[0], "c"}, {"a", at[3], "a(gone)"}, {"b", at[2], "c"}, {"index", at[0], "index"},
	} {
		now, _ := x.Today(mustPath(t, c.then), c.commit)
		if got := places([]history.Place{now}); got != c.want {
			t.Errorf("what was %s is %q, want %q", c.then, got, c.want)
		}
	}
	if got := places(x.FormerAt(mustPath(t, "a"), at[2])); got != "b" {
		t.Errorf("then, a was %q", got)
	}
	if n, ok := x.Since(mustPath(t, "c"), at[1]); !ok || n != 1 {
		t.Errorf("%d revisions since, %v", n, ok)
	}
	if v := x.Versions(mustPath(t, "c"), 10); len(v) != 5 || v[0].Commit != at[5] || v[4].Commit != at[0] {
		t.Errorf("versions %v", v)
	}
}

// TestSameText: a page that was deleted and made again elsewhere is found by its words.
func TestSameText(t *testing.T) {
	w, x := newWiki(t, "index.md", "# Home\n", "a.md", "# A\n\nWords.\n"), openIndex(t, t.TempDir())
	walk(t, w, "-a")
	if _, err := w.Save(t.Context(), wiki.Edit{Path: mustPath(t, "b"), Source: []byte("# A\n\nWords.\n"), Author: ann}); err != nil {
		t.Fatal(err)
	}
	walk(t, w, "b>c")
	follow(t, x, w)
	if got := x.SameText(mustPath(t, "a"), 3); len(got) != 1 || got[0].String() != "c" {
		t.Errorf("found %v", got)
	}
	if got := x.SameText(mustPath(t, "index"), 3); got != nil {
		t.Errorf("a page that is there: %v", got)
	}
}
