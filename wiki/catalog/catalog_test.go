package catalog_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"coppice/wiki"
	"coppice/wiki/catalog"
)

var ann = wiki.Contributor{Name: "Ann Example", Email: "ann@example.org"}

func newWiki(t *testing.T, pairs ...string) *wiki.Wiki {
	t.Helper()
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, m, ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	w, err := wiki.Open(dir, wiki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func openCatalog(t *testing.T, dir string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func follow(t *testing.T, c *catalog.Catalog, w *wiki.Wiki) *catalog.View {
	t.Helper()
	if err := c.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
	return c.View()
}

func mustPath(t *testing.T, s string) wiki.Path {
	t.Helper()
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func save(t *testing.T, w *wiki.Wiki, path, text string) {
	t.Helper()
	e := wiki.Edit{Path: mustPath(t, path), Source: []byte(text), Author: ann}
	if w.Head().Has(e.Path) {
		e.Base = w.Head().Commit()
	}
	if _, err := w.Save(t.Context(), e); err != nil && wiki.KindOf(err) != wiki.Unchanged {
		t.Fatal(err)
	}
}

func paths(entries []*catalog.Entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, e.Path.String())
	}
	return strings.Join(names, " ")
}

func TestView(t *testing.T) {
	w := newWiki(t,
		"index.md", "# Front\n\n[Start](guide/start.md) and [[What is a CoP?]].\n",
		"what-is-a-cop.md", "---\ntitle: What is a CoP?\nkeywords: [Practice, community]\naliases: [Definition of a CoP]\n---\n\nA group.\n\n## How big?\n\nSmall.\n",
		"guide/start.md", "---\nkeywords: practice\n---\n# Start here\n\n[up](../what-is-a-cop.md#how-big), [[Missing page]], [gone](gone.md)\n",
		"guide/page-10.md", "no title", "guide/page-9.md", "no title",
	)
	v := follow(t, openCatalog(t, t.TempDir()), w)
	if v.Commit() != w.Head().Commit() || v.Len() != 5 {
		t.Errorf("%d entries at %s", v.Len(), v.Commit())
	}
	if got := paths(v.All()); got != "index guide/page-9 guide/page-10 guide/start what-is-a-cop" {
		t.Errorf("all: %s", got)
	}
	e, _ := v.Entry(mustPath(t, "what-is-a-cop"))
	if e.Title != "What is a CoP?" || len(e.Questions) != 1 || e.Questions[0].Text != "How big?" || e.Words == 0 {
		t.Errorf("entry %+v", e)
	}
	if got := paths(v.Backlinks(mustPath(t, "what-is-a-cop"))); got != "guide/start index" {
		t.Errorf("backlinks: %s", got)
	}
	if got := fmt.Sprint(v.Categories()); got != "[{community 1} {practice 2}]" {
		t.Errorf("categories: %s", got)
	}
	if got := paths(v.Category("PRACTICE")); got != "guide/start what-is-a-cop" {
		t.Errorf("category: %s", got)
	}
	if got := fmt.Sprint(v.Wanted()); got != "[{Missing page [guide/start]} {gone [guide/start]}]" {
		t.Errorf("wanted: %s", got)
	}
	if got := paths(v.Orphans()); got != "guide/page-9 guide/page-10" {
		t.Errorf("orphans: %s", got)
	}
	for name, want := range map[string]string{"what is a cop": "what-is-a-cop", "definition of a CoP!": "what-is-a-cop", "Page 9": "guide/page-9", "nothing": ""} {
		if p, ok := v.ByTitle(name); p.String() != want || ok != (want != "") {
			t.Errorf("by title %q: %s", name, p)
		}
	}
	if v.Title(mustPath(t, "some/new_page")) != "New page" {
		t.Error("the title of a page that is not there")
	}
}

// TestQuestions: a page's questions, the numbered ones among them, are the same when they were read from the file.
func TestQuestions(t *testing.T) {
	w := newWiki(t, "faq.md", "---\nquestions:\n  how-big:\n    keywords: [size, growth]\n---\n# FAQ\n\n1. Who?\n- Everybody.\n2. How big?\n- Small.\n\n## Why?\n\nSo.\n")
	dir := t.TempDir()
	c := openCatalog(t, dir)
	const want = "[{who Who? []} {how-big How big? [size growth]} {why Why? []}]"
	for range 2 {
		e, _ := follow(t, c, w).Entry(mustPath(t, "faq"))
		if got := fmt.Sprint(e.Questions); got != want {
			t.Errorf("questions %s", got)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = openCatalog(t, dir)
	}
}

// TestKeywordsOfQuestions: what a question carries by itself is a keyword as any other, and says where it stands. What
// questions are a form may say, so any heading can have some.
func TestKeywordsOfQuestions(t *testing.T) {
	w := newWiki(t,
		"faq.md", "---\nkeywords: [garden]\nquestions:\n  how-big: {keywords: [size, Garden]}\n  beds: {keywords: [size]}\n  gone: {keywords: [nothing]}\n---\n# FAQ\n\n## How big?\n\nSmall.\n\n## Beds\n\nText.\n",
		"other.md", "---\nkeywords: [Size]\n---\n# Other\n")
	dir := t.TempDir()
	c := openCatalog(t, dir)
	for range 2 {
		v := follow(t, c, w)
		if got := fmt.Sprint(v.Categories()); got != "[{garden 1} {size 2}]" {
			t.Errorf("categories %s", got)
		}
		if got := paths(v.Category("size")); got != "faq other" {
			t.Errorf("pages %q", got)
		}
		e, _ := v.Entry(mustPath(t, "faq"))
		if got := fmt.Sprint(e.Carrying("SIZE")); got != "[{how-big How big? [size Garden]} {beds Beds [size]}]" {
			t.Errorf("headings %s", got)
		}
		if own, headings := e.Carries("size"), e.Carrying("nothing"); own || headings != nil || !e.Carries("Garden") {
			t.Error("what the page carries itself", own, headings)
		}
		words := v.Vocabulary(&catalog.Taxonomy{})
		if k, ok := words.Find("size"); !ok || k.Pages != 2 {
			t.Errorf("vocabulary %+v", k)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = openCatalog(t, dir)
	}
}

// TestLinksFollowOtherPages: a link can change its meaning though its own page does not change.
func TestLinksFollowOtherPages(t *testing.T) {
	w := newWiki(t, "a.md", "[[Target]] [folder](sub/)\n")
	c := openCatalog(t, t.TempDir())
	links := func() string {
		e, _ := follow(t, c, w).Entry(mustPath(t, "a"))
		return fmt.Sprint(e.Links, e.Wanted)
	}
	if got := links(); got != "[] [Target sub/]" {
		t.Errorf("at first: %s", got)
	}
	save(t, w, "x/target", "# First\n")
	if got := links(); got != "[x/target] [sub/]" {
		t.Errorf("one page of that name: %s", got)
	}
	save(t, w, "y/target", "# Second\n")
	if got := links(); got != "[] [Target sub/]" {
		t.Errorf("two pages of that name: %s", got)
	}
	save(t, w, "target", "# Third\n")
	save(t, w, "sub/README", "# Sub\n")
	if got := links(); got != "[sub/README target] []" {
		t.Errorf("a page at the root: %s", got)
	}
	if _, err := w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "target"), Author: ann}); err != nil {
		t.Fatal(err)
	}
	if got := links(); got != "[sub/README] [Target]" {
		t.Errorf("after it went: %s", got)
	}
	save(t, w, "named/otherwise", "---\ntitle: Something\n---\n")
	save(t, w, "named/otherwise", "---\ntitle: Target!\n---\n")
	if got := links(); got != "[named/otherwise sub/README] []" {
		t.Errorf("a page of that title: %s", got)
	}
	save(t, w, "named/otherwise", "---\ntitle: Something\naliases: [other, target]\n---\n")
	if got := links(); got != "[named/otherwise sub/README] []" {
		t.Errorf("a page of that alias: %s", got)
	}
	save(t, w, "named/otherwise", "---\ntitle: Something\n---\n")
	if got := links(); got != "[sub/README] [Target]" {
		t.Errorf("after its title went: %s", got)
	}
	save(t, w, "a", "[changes](/recent) [front](/) [file](LICENSE)\n")
	if got := links(); got != "[] [LICENSE]" {
		t.Errorf("addresses: %s", got)
	}
	save(t, w, "a", "[page](/wiki/later.md) [title](/wiki/Last) [old](/wiki/never?rev=1) [wiki](/wiki/)\n")
	if got := links(); got != "[] [Last later]" {
		t.Errorf("addresses of pages: %s", got)
	}
	save(t, w, "later", "# Last\n")
	if got := links(); got != "[later] []" {
		t.Errorf("addresses of a page: %s", got)
	}
}

// TestFoldersAreNotWanted: a folder that has pages, however deep, and none of its own is a list.
func TestFoldersAreNotWanted(t *testing.T) {
	w := newWiki(t, "a.md", "[folder](sub/)\n", "b/c.md", "[folder](/sub) [same](sub)\n")
	c := openCatalog(t, t.TempDir())
	wanted := func() string { return fmt.Sprint(follow(t, c, w).Wanted()) }
	if got := wanted(); got != "[{sub [b/c]} {sub/ [a]}]" {
		t.Errorf("at first: %s", got)
	}
	save(t, w, "sub/deep/page", "# Page\n")
	if got := wanted(); got != "[]" {
		t.Errorf("with a page below: %s", got)
	}
	if _, err := w.Delete(t.Context(), wiki.Delete{Path: mustPath(t, "sub/deep/page"), Author: ann}); err != nil {
		t.Fatal(err)
	}
	if got := wanted(); got != "[{sub [b/c]} {sub/ [a]}]" {
		t.Errorf("without: %s", got)
	}
}

// TestFollowingEqualsBuilding edits at random and compares with a catalog made afresh, also after reading the file.
func TestFollowingEqualsBuilding(t *testing.T) {
	w := newWiki(t, "index.md", "# Home\n")
	dir := t.TempDir()
	c := openCatalog(t, dir)
	random := rand.New(rand.NewPCG(1, 9))
	name := func() string { return fmt.Sprintf("%s/p%d", string("abc"[random.IntN(3)]), random.IntN(6)) }
	for step := range 150 {
		switch random.IntN(6) {
		case 0:
			p := mustPath(t, name())
			if w.Head().Has(p) {
				if _, err := w.Delete(t.Context(), wiki.Delete{Path: p, Author: ann}); err != nil {
					t.Fatal(err)
				}
			}
		case 1:
			from, to := mustPath(t, name()), mustPath(t, name())
			if w.Head().Has(from) && !w.Head().Has(to) {
				if _, err := w.Rename(t.Context(), wiki.Rename{From: from, To: to, Author: ann}); err != nil {
					t.Fatal(err)
				}
			}
		default:
			save(t, w, name(), fmt.Sprintf("---\nkeywords: [k%d]\naliases: [other %d]\n---\n# Title %d\n\n[[p%d]] [x](../%s.md) [y](p%d.md)\n",
				random.IntN(4), random.IntN(9), random.IntN(9), random.IntN(6), name(), random.IntN(6)))
		}
		follow(t, c, w)
		if err := c.Equal(t.Context(), w, w.Head()); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if step%20 == 10 {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			c = openCatalog(t, dir)
			if c.Position() != w.Head().Commit() {
				t.Fatal("the position is not kept")
			}
		}
	}
}

func TestDamagedFile(t *testing.T) {
	w := newWiki(t, "a.md", "# A\n", "b.md", "# B\n")
	dir := t.TempDir()
	c := openCatalog(t, dir)
	follow(t, c, w)
	file := filepath.Join(dir, "catalog.log")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"cut": good[:len(good)-3], "short": good[:8], "other": []byte("not a catalog at all, no"), "version": append(append(bytes.Clone(good[:16]), 99), good[17:]...)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "catalog.log"), bad, 0o666); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			c, err := catalog.Open(dir, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if !c.Position().IsZero() || !strings.Contains(log.String(), "reason=") {
				t.Errorf("position %s, log %q", c.Position(), log.String())
			}
			follow(t, c, w)
			if err := c.Equal(t.Context(), w, w.Head()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSections holds that the catalog knows how much stands where, and still does when it is opened again.
func TestSections(t *testing.T) {
	w := newWiki(t, "a.md", "---\ntitle: A\nform: faq\n---\nTwo words.\n\n## Sources\n\n- one two three\n\n## Empty\n\n## Sources\n\nSecond.\n", "b.md", "No headings.\n")
	dir := t.TempDir()
	check := func(v *catalog.View) {
		t.Helper()
		e, _ := v.Entry(mustPath(t, "a"))
		if e.Form != "faq" || e.Introduction.Words != 2 || e.Introduction.Paragraphs != 1 {
			t.Errorf("%+v", e)
		}
		for slug, words := range map[string]int{"sources": 3, "empty": 0, "nothing": -1} {
			if size, ok := e.Section(slug); ok != (words >= 0) || ok && size.Words != words {
				t.Errorf("%s: %+v, %v", slug, size, ok)
			}
		}
		if e, _ := v.Entry(mustPath(t, "b")); e.Introduction.Words != 2 {
			t.Errorf("%+v", e)
		}
	}
	c := openCatalog(t, dir)
	check(follow(t, c, w))
	c.Close()
	again := openCatalog(t, dir)
	check(again.View())
	if err := again.Equal(t.Context(), w, w.Head()); err != nil {
		t.Error(err)
	}
}
