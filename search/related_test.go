package search

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"coppice/wiki"
)

// long is how long a test waits for what must come.
const long = time.Minute

func related(list []Related) string {
	var out []string
	for _, r := range list {
		out = append(out, targetOf(r.Path, r.Anchor))
	}
	return strings.Join(out, " ")
}

// kitchen is a wiki of few subjects with few words of each in common.
var kitchen = map[string]string{
	"bread":   "# Baking bread\n\nFlour, water, salt and yeast make a dough that rises in a warm oven.\n\n## Why does my dough not rise?\n\nThe yeast is old, or the dough is cold. Warm the oven, feed the yeast with flour.\n\n## How long does bread keep?\n\nA loaf keeps for days in a cloth.\n",
	"pizza":   "# Pizza\n\nA flat bread from the hot oven.\n\n## Which flour is best for pizza dough?\n\nStrong flour. The dough rises overnight with little yeast and rests before the oven.\n\n## Sources\n\nFlour, dough, yeast and oven: a book.\n",
	"rolls":   "# Rolls\n\nSmall loaves for breakfast.\n\n## Do rolls need yeast?\n\nYes: yeast makes the dough rise, and flour from spelt needs less of it.\n",
	"bicycle": "# Mending a bicycle\n\nTyres, chain and brakes.\n\n## How do I patch a tyre?\n\nFind the hole, sand the tube, glue the patch and pump the tyre.\n",
	"tandem":  "# Tandem\n\nA bicycle for two.\n\n## Which tyre does a tandem need?\n\nA strong tyre, for a tube with a patch bursts: pump it hard, and mind the chain and the brakes.\n",
	"moon":    "# The moon\n\nIt turns around the earth once a month.\n",
}

func TestRelated(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, newWiki(t, kitchen))
	tests := []struct{ path, anchor, want string }{
		{"bread", "", "pizza#which-flour-is-best-for-pizza-dough rolls#do-rolls-need-yeast"},
		{"bread", "why-does-my-dough-not-rise", "pizza#which-flour-is-best-for-pizza-dough rolls#do-rolls-need-yeast"},
		{"bread", "no-such-place", ""},
		{"bicycle", "", "tandem#which-tyre-does-a-tandem-need"},
		{"tandem", "", "bicycle#how-do-i-patch-a-tyre"},
		{"moon", "", ""},
		{"no such page", "", ""},
	}
	for _, tt := range tests {
		list, err := x.Related(t.Context(), pathTo(t, tt.path), tt.anchor, 10)
		if err != nil {
			t.Fatal(err)
		}
		if got := related(list); got != tt.want {
			t.Errorf("%s#%s:\ngot  %s\nwant %s", tt.path, tt.anchor, got, tt.want)
		}
		for _, r := range list {
			if r.Title == "" || (r.Anchor == "") != (r.Question == "") {
				t.Errorf("%+v", r)
			}
		}
	}
	if list, err := x.Related(t.Context(), pathTo(t, "bread"), "", 1); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	for _, n := range []int{0, -1} {
		if list, err := x.Related(t.Context(), pathTo(t, "bread"), "", n); err != nil || len(list) != 0 {
			t.Errorf("%d: %v %v", n, list, err)
		}
	}
}

// One long page does not fill the list, and the page itself is never in it.
func TestRelatedIsOfSeveralPages(t *testing.T) {
	pages := map[string]string{}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 40 {
		pages[fmt.Sprintf("page-%d", i)] = randomPage(r)
	}
	var b strings.Builder
	b.WriteString("# All of it\n\n")
	for i := range 30 {
		fmt.Fprintf(&b, "## What about %s?\n\n%s\n\n", words[i%len(words)], strings.Repeat(strings.Join(words, " ")+". ", 3))
	}
	pages["long"] = b.String()
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, pages)
	followHead(t, x, w)
	found := 0
	for ref := range w.Head().Pages() {
		list, err := x.Related(t.Context(), ref.Path, "", MaxRelated)
		if err != nil {
			t.Fatal(err)
		}
		of, seen := map[wiki.Path]int{}, map[string]bool{}
		for i, n := range list {
			found++
			if of[n.Path]++; n.Path == ref.Path || of[n.Path] > relatedPerPage || seen[targetOf(n.Path, n.Anchor)] || i > 0 && n.Score > list[i-1].Score {
				t.Errorf("%s: %s", ref.Path, related(list))
				break
			}
			seen[targetOf(n.Path, n.Anchor)] = true
		}
	}
	if found == 0 {
		t.Error("nothing is related")
	}
}

func TestAroundIsFoundOnce(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	bread := pathTo(t, "bread")
	none := x.Around(bread, "", long)
	if len(none.List) > 0 || !none.Current() {
		t.Errorf("before there is an index: %v", none.List)
	}
	w := newWiki(t, kitchen)
	followHead(t, x, w)
	if none.Current() {
		t.Error("what was given before there was an index is still current")
	}
	first := x.Around(bread, "", long)
	want, err := x.Related(t.Context(), bread, "", MaxRelated)
	if err != nil || related(first.List) != related(want) || len(want) == 0 {
		t.Errorf("%s, want %s %v", related(first.List), related(want), err)
	}
	if again := x.Around(bread, "", 0); again != first || !first.Current() {
		t.Error("it was found twice")
	}
	save(t, w, "moon", "# The moon\n\nIt has no air.\n")
	followHead(t, x, w)
	settle(t, x)
	if again := x.Around(bread, "", 0); again != first || !first.Current() {
		t.Error("an edit of what it has nothing to do with took it away")
	}
	save(t, w, "moon", "# The moon\n\n## Does yeast work on the moon?\n\nDough with yeast and flour does not rise in an oven there.\n")
	followHead(t, x, w)
	settle(t, x)
	if first.Current() || !strings.Contains(related(x.Around(bread, "", 0).List), "moon#does-yeast-work-on-the-moon") {
		t.Errorf("a page that has become related is missing: %s", related(x.Around(bread, "", 0).List))
	}
	if _, err := w.Delete(t.Context(), wiki.Delete{Path: pathTo(t, "pizza"), Base: w.Head().Commit(), Author: author}); err != nil {
		t.Fatal(err)
	}
	followHead(t, x, w)
	settle(t, x)
	if got := related(x.Around(bread, "", 0).List); strings.Contains(got, "pizza") || got == "" {
		t.Errorf("after pizza was deleted: %s", got)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if n := x.Around(bread, "", long); len(n.List) > 0 {
		t.Errorf("closed: %v", n.List)
	}
}

func settle(t *testing.T, x *Index) {
	t.Helper()
	if err := x.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What the rules of Around call for is, after each of many random edits, renames and deletions, what is found afresh.
func TestAroundFollowsEdits(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			pages := map[string]string{}
			for i := range 30 {
				pages[fmt.Sprintf("page-%d", i)] = subjectPage(r, i%6)
			}
			x := openIndex(t, t.TempDir(), nil)
			w := newWiki(t, pages)
			followHead(t, x, w)
			for ref := range w.Head().Pages() {
				x.Around(ref.Path, "", long)
			}
			moved := 0
			for i := range 25 {
				before := shownNow(x)
				p := pathTo(t, fmt.Sprintf("page-%d", r.IntN(30)))
				changed := map[wiki.Path]bool{p: true}
				switch n := r.IntN(8); {
				case n == 0 && w.Head().Has(p):
					_, err := w.Delete(t.Context(), wiki.Delete{Path: p, Base: w.Head().Commit(), Author: author})
					must(t, err)
				case n == 1 && w.Head().Has(p):
					to := pathTo(t, fmt.Sprintf("page-%d", 30+i))
					_, err := w.Rename(t.Context(), wiki.Rename{From: p, To: to, Author: author})
					must(t, err)
					changed[to] = true
				default:
					save(t, w, p.String(), subjectPage(r, r.IntN(6)))
				}
				followHead(t, x, w)
				settle(t, x)
				moved += checkAround(t, x, before, changed)
			}
			if moved == 0 {
				t.Error("no edit changed what is related to another page")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// subjectPage makes a page mostly in the words of one subject.
func subjectPage(r *rand.Rand, subject int) string {
	var b strings.Builder
	text := func(n int) {
		for range n {
			s := subject
			if r.IntN(8) == 0 {
				s = r.IntN(6)
			}
			fmt.Fprintf(&b, "word%dx%d ", s, r.IntN(12))
		}
	}
	b.WriteString("# ")
	text(3)
	for range 1 + r.IntN(4) {
		b.WriteString("\n\n## ")
		text(4)
		b.WriteString("?\n\n")
		text(25)
	}
	return b.String()
}

// shownNow gives what is kept of every page.
func shownNow(x *Index) map[wiki.Path][]Related {
	x.around.mu.Lock()
	defer x.around.mu.Unlock()
	lists := map[wiki.Path][]Related{}
	for p, k := range x.around.kept {
		lists[p.path] = k.now.List
	}
	return lists
}

// checkAround holds what Around promises about an update, and counts the pages it says so of whose list is another now.
func checkAround(t *testing.T, x *Index, before map[wiki.Path][]Related, changed map[wiki.Path]bool) (moved int) {
	t.Helper()
	called := map[wiki.Path]bool{}
	for p := range changed {
		called[p] = true
		var near neighbourhood
		must(t, x.read(t.Context(), func(s *session, _ wiki.ID) (err error) {
			near, err = s.neighbours(p.String(), "")
			return err
		}))
		for _, q := range near.pages {
			called[q] = true
		}
	}
	now := shownNow(x)
	for p, list := range before {
		for _, r := range list {
			if changed[r.Path] {
				called[p] = true
			}
		}
		for _, r := range now[p] {
			if changed[r.Path] && !called[p] {
				t.Errorf("%s shows a page that changed, and was not found again", p)
			}
		}
	}
	for p := range called {
		if _, kept := now[p]; !kept {
			continue
		}
		want, err := x.Related(t.Context(), p, "", MaxRelated)
		must(t, err)
		if got := related(now[p]); got != related(want) {
			t.Errorf("%s\nkept  %s\nfresh %s", p, got, related(want))
		}
		if related(now[p]) != related(before[p]) {
			moved++
		}
	}
	return moved
}

// What no rule calls for lags behind, and no longer than promised.
func TestAroundLagsNoLongerThanPromised(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, kitchen)
	followHead(t, x, w)
	moon := pathTo(t, "moon")
	x.Around(moon, "", long)
	settle(t, x)
	at := func() uint64 {
		x.around.mu.Lock()
		defer x.around.mu.Unlock()
		return x.around.kept[place{moon, ""}].at
	}
	first := at()
	for i := range neighbourLag + 1 {
		x.Around(moon, "", 0)
		settle(t, x)
		if i <= neighbourLag && at() != first {
			t.Fatalf("it was found again after %d changes", i)
		}
		save(t, w, "bicycle", fmt.Sprintf("# Bicycle %d\n\nWheels.\n", i))
		followHead(t, x, w)
	}
	x.Around(moon, "", 0)
	settle(t, x)
	if at() == first {
		t.Error("it was not found again")
	}
}

func TestAroundIsBounded(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, newWiki(t, kitchen))
	bread := x.Around(pathTo(t, "bread"), "", long)
	for i := range keptNeighbours {
		x.Around(pathTo(t, "bread"), fmt.Sprint(i), 0)
	}
	settle(t, x)
	a := x.around
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) != keptNeighbours || a.recent.Len() != keptNeighbours || len(a.ofPage[pathTo(t, "bread")]) != keptNeighbours {
		t.Errorf("%d are kept, %d in order", len(a.kept), a.recent.Len())
	}
	if bread.Current() || len(a.shownBy) > 0 {
		t.Error("what was asked for longest ago is still kept")
	}
}

// A flood of changes, as of a large push, drops everything at once.
func TestAroundAfterAFlood(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, kitchen)
	followHead(t, x, w)
	bread := x.Around(pathTo(t, "bread"), "", long)
	pages := map[wiki.Path]bool{}
	for i := range neighbourFlood + 1 {
		pages[pathTo(t, fmt.Sprint("page-", i))] = true
	}
	x.around.changed(pages)
	if bread.Current() || len(shownNow(x)) != 0 {
		t.Error("something is kept")
	}
	if again := x.Around(pathTo(t, "bread"), "", long); related(again.List) != related(bread.List) {
		t.Error("it is not found again")
	}
}

// Readers, saves and rebuilds at once: in the end all that the last edit calls for is fresh.
func TestAroundAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	pages := map[string]string{}
	for i := range 12 {
		pages[fmt.Sprintf("page-%d", i)] = subjectPage(r, i%3)
	}
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, pages)
	followHead(t, x, w)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 8))
			for ctx.Err() == nil {
				n := x.Around(wiki.Path{}, "", 0)
				if p, err := wiki.ParsePath(fmt.Sprintf("page-%d", r.IntN(12))); err == nil {
					n = x.Around(p, "", time.Duration(r.IntN(2))*time.Millisecond)
				}
				if len(n.List) > MaxRelated {
					t.Error("too many")
				}
			}
		})
	}
	last := pathTo(t, "page-0")
	for i := range 30 {
		last = pathTo(t, fmt.Sprintf("page-%d", r.IntN(12)))
		save(t, w, last.String(), subjectPage(r, r.IntN(3)))
		followHead(t, x, w)
		if i == 15 {
			x.mend("a test asks for it")
		}
	}
	cancel()
	readers.Wait()
	settle(t, x) // what is still to be found again may no longer show what is edited next
	before := shownNow(x)
	save(t, w, last.String(), subjectPage(r, 1))
	followHead(t, x, w)
	settle(t, x)
	checkAround(t, x, before, map[wiki.Path]bool{last: true})
	canceled, stop := context.WithCancel(t.Context())
	stop()
	if err := x.Settle(canceled); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
