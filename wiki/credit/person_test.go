package credit

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"coppice/wiki"
)

// TestPersonOfAView asks for what one person did: edits in parts, other names, and a part of an answer.
func TestPersonOfAView(t *testing.T) {
	dir := t.TempDir()
	ann := wiki.Contributor{Name: "Ann Maiden", Email: "ann@people.example"}
	repo := filepath.Join(dir, "wiki.git")
	if err := wiki.Create(repo, wiki.Options{}, fstest.MapFS{"index.md": {Data: []byte("# Home\n")}}, ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	w, err := wiki.Open(repo, wiki.Options{Now: func() time.Time { now = now.Add(time.Hour); return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	path, err := wiki.ParsePath("page")
	if err != nil {
		t.Fatal(err)
	}
	ben := wiki.Contributor{Name: "Ben", Email: "ben@people.example"}
	var last wiki.Saved
	for _, e := range []wiki.Edit{
		{Source: []byte("One two three four.\n"), Author: ann},
		{Source: []byte("One two three four.\n\nFive six seven, said Ben.\n"), Author: ben},
		{Source: []byte("One two three four.\n\nFive six seven, said Ben.\n\nAnd the end is married.\n"), Author: wiki.Contributor{Name: "Ann Married", Email: ann.Email}},
	} {
		e.Path, e.Base = path, w.Head().Commit()
		if last, err = w.Save(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	x, err := Open(filepath.Join(dir, "credit"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	if err := x.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
	v := x.View(w, w.Head())
	married := v.Known("ANN  MAIDEN")
	if len(married) != 1 || married[0].Name != "Ann Married" {
		t.Fatalf("the old name is known as %v", married)
	}
	if known := v.Known("ann-married"); len(known) != 1 || known[0] != married[0] {
		t.Errorf("the address is known as %v", known)
	}
	if known := v.Known("nobody"); len(known) != 0 {
		t.Errorf("nobody is known as %v", known)
	}
	var seen []string
	from := Cursor(0)
	for {
		list, next, err := v.Contributions(married[0], from, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seen = append(seen, e.Path.String())
			if !e.There {
				t.Errorf("%s is there", e.Path)
			}
		}
		if from = next; next == 0 {
			break
		}
	}
	if got := strings.Join(seen, " "); got != "page page index" {
		t.Errorf("the edits are of %s", got)
	}
	if p, ok := v.Author(last.Revision.ID); !ok || p != married[0].Person {
		t.Errorf("the author of the last edit is %v", p)
	}
	if _, ok := v.Author(wiki.ID{1}); ok {
		t.Error("a commit that is not there has an author")
	}
	page, err := w.Head().Page(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := v.Authorship(page)
	if err != nil {
		t.Fatal(err)
	}
	second := strings.Index(string(page.Source), "Five")
	third := strings.Index(string(page.Source), "And")
	for _, c := range []struct{ start, end, all, theirs int }{
		{0, len(page.Source), 14, 9}, {second, third, 5, 0}, {0, second, 4, 4}, {4, second, 3, 3}, {third, len(page.Source), 5, 5}, {second, second, 0, 0},
	} {
		all, theirs := a.Part(married[0].Person, c.start, c.end)
		if all != c.all || theirs != float64(c.theirs) {
			t.Errorf("bytes %d to %d: %d words, %v theirs; want %d and %d", c.start, c.end, all, theirs, c.all, c.theirs)
		}
	}
}
