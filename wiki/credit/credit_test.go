package credit_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/credit/truth"
)

// git runs native git in dir, with the host's configuration shut out.
func git(t testing.TB, dir string, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.org", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// story is a history that is written commit by commit and made by git fast-import.
type story struct {
	t     testing.TB
	out   strings.Builder
	mark  int
	clock int64
}

// commit adds a commit by somebody ("Ann" is "Ann <ann@example.org>") to a branch; files come in pairs of name and text,
// of which "-" takes the file away.
func (s *story) commit(branch, who, message string, files ...string) int {
	return s.commitFrom(branch, who, message, nil, files...)
}

func (s *story) commitFrom(branch, who, message string, parents []int, files ...string) int {
	s.mark++
	s.clock += 3600
	if !strings.Contains(who, "<") {
		who = fmt.Sprintf("%s <%s@example.org>", who, strings.ToLower(who))
	}
	fmt.Fprintf(&s.out, "commit refs/heads/%s\nmark :%d\nauthor %s %d +0000\ncommitter %s %d +0000\ndata %d\n%s\n", branch, s.mark, who, s.clock, who, s.clock, len(message), message)
	for i, p := range parents {
		fmt.Fprintf(&s.out, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p)
	}
	for i := 0; i < len(files); i += 2 {
		if files[i+1] == "-" {
			fmt.Fprintf(&s.out, "D %s\n", files[i])
			continue
		}
		fmt.Fprintf(&s.out, "M 100644 inline %s\ndata %d\n%s\n", files[i], len(files[i+1]), files[i+1])
	}
	return s.mark
}

func (s *story) wiki() *wiki.Wiki {
	s.t.Helper()
	dir := filepath.Join(s.t.TempDir(), "wiki.git")
	git(s.t, ".", "", "init", "-q", "--bare", "-b", "main", dir)
	git(s.t, dir, s.out.String(), "fast-import", "--quiet", "--date-format=raw-permissive")
	return openWiki(s.t, dir)
}

func newStory(t testing.TB) *story { return &story{t: t, clock: 1_600_000_000} }

func openWiki(t testing.TB, dir string) *wiki.Wiki {
	t.Helper()
	w, err := wiki.Open(dir, wiki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func openIndex(t testing.TB, dir string) *credit.Index {
	t.Helper()
	x, err := credit.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func follow(t testing.TB, x *credit.Index, w *wiki.Wiki) {
	t.Helper()
	if err := x.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
}

func mustPath(t testing.TB, s string) wiki.Path {
	t.Helper()
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func viewOf(t testing.TB, w *wiki.Wiki) *credit.View {
	t.Helper()
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	return x.View(w, w.Head())
}

// told writes who wrote what: "Ann: words; Ben+Cy: more words".
func told(t testing.TB, v *credit.View, page wiki.Page) string {
	t.Helper()
	a, err := v.Authorship(page)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	last := ""
	for i := range a.Passages {
		p := &a.Passages[i]
		var who []string
		for _, x := range p.Authors {
			who = append(who, x.Name)
		}
		if now := strings.Join(who, "+"); i == 0 || now != last {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(now + ":")
			last = now
		}
		b.WriteString(" " + a.Text(p))
	}
	return b.String()
}

func at(t testing.TB, w *wiki.Wiki, name string) wiki.Page {
	t.Helper()
	page, err := w.Head().Page(mustPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

const (
	one   = "The quick brown fox jumps over the lazy dog."
	two   = "A community of practice is a group of people who learn together."
	three = "Every question deserves an answer that somebody can find again."
)

// TestOrigins tells stories and says who wrote the words at their end.
func TestOrigins(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(s *story)
		page string
		want string
	}{
		"a word is mended": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one)
			s.commit("main", "Ben", "b", "a.md", strings.Replace(one, "brown", "red", 1))
		}, "a", "Ann: The quick; Ben: red; Ann: fox jumps over the lazy dog"},
		"lines are wrapped and words set in bold": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+" "+two)
			s.commit("main", "Ben", "b", "a.md", "> The QUICK\n> **brown** [fox](x.md)\n> jumps over the lazy dog.\n> "+strings.ReplaceAll(two, " ", "\n"))
		}, "a", "Ann: The QUICK brown fox jumps over the lazy dog A community of practice is a group of people who learn together"},
		"vandalism is reverted": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two)
			s.commit("main", "Vandal", "b", "a.md", "ha ha ha")
			s.commit("main", "Ben", "c", "a.md", one+"\n\n"+two)
		}, "a", "Ann: " + words(one+" "+two)},
		"a section comes back among other edits": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two)
			s.commit("main", "Ben", "b", "a.md", one)
			s.commit("main", "Cy", "c", "a.md", one+"\n\n"+three)
			s.commit("main", "Dee", "d", "a.md", one+"\n\n"+two+"\n\n"+three)
		}, "a", "Ann: " + words(one+" "+two) + "; Cy: " + words(three)},
		"a section comes back mended": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", "# T\n\n## Heading\n\n"+one+"\n\n"+two+"\n\n"+three)
			s.commit("main", "Ben", "b", "a.md", "# T\n")
			s.commit("main", "Cy", "c", "a.md", "# T\n\n## Heading\n\n"+one+"\n\n"+strings.Replace(two, "learn", "sing", 1)+"\n\n"+three)
		}, "a", "Ann: T Heading " + words(one) + " A community of practice is a group of people who; Cy: sing; Ann: together " + words(three)},
		"paragraphs change places": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one)
			s.commit("main", "Ben", "b", "a.md", one+"\n\n"+two)
			s.commit("main", "Cy", "c", "a.md", two+"\n\n"+one)
		}, "a", "Ben: " + words(two) + "; Ann: " + words(one)},
		"another sentence with the same small words": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", "The history of the town is told in the books of the library.")
			s.commit("main", "Ben", "b", "a.md", "In the evening of the second day, the members met at the lake.")
		}, "a", "Ben: In the evening of the second day the members met at the lake"},
		"a page is renamed and mended": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+"\n"+two+"\n"+three)
			s.commit("main", "Ben", "b", "a.md", "-", "b.md", one+"\n"+two+"\nIndeed.\n"+three)
		}, "b", "Ann: " + words(one+" "+two) + "; Ben: Indeed; Ann: " + words(three)},
		"a page is split": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", "# A\n\n"+one+"\n\n"+two+"\n\n"+three)
			s.commit("main", "Ben", "b", "a.md", "# A\n\n"+one, "b.md", "# New page\n\n"+two+"\n\n"+three)
		}, "b", "Ben: New page; Ann: " + words(two+" "+three)},
		"two pages are joined": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one, "x.md", three+"\n\n"+three)
			s.commit("main", "Ben", "b", "b.md", two)
			s.commit("main", "Cy", "c", "b.md", "-", "a.md", one+"\n\n"+two)
		}, "a", "Ann: " + words(one) + "; Ben: " + words(two)},
		"a paragraph is moved in two commits": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two, "b.md", "# B")
			s.commit("main", "Ben", "b", "a.md", one)
			s.commit("main", "Ben", "c", "b.md", "# B\n\n"+two)
		}, "b", "Ann: B " + words(two)},
		"a paragraph is copied": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two)
			s.commit("main", "Ben", "b", "b.md", "# Mine\n\n"+two)
		}, "b", "Ben: Mine; Ann: " + words(two)},
		"a page is copied and converted": {func(s *story) {
			code := "`alpha := beta(gamma, delta)` \n`for epsilon in zeta: print eta` \n`return theta of iota kappa` \n"
			s.commit("main", "Ann", "a", "old/a.md", "# Old\n\n"+one+" "+two+" "+three+"\n\n"+code)
			s.commit("main", "Ben", "b", "a.md", "# Old\n\n"+one+"\n\n"+two+"\n\n"+three+"\n\n```go\nalpha := beta(gamma, delta)\nfor epsilon in zeta: print eta\nreturn theta of iota kappa\n```\n")
		}, "a", "Ann: Old " + words(one+" "+two+" "+three) + " alpha beta gamma delta for epsilon in zeta print eta return theta of iota kappa"},
		"a deleted page comes back": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one)
			s.commit("main", "Ben", "b", "a.md", "-")
			s.commit("main", "Cy", "c", "a.md", one+"\n\nMore.")
		}, "a", "Ann: " + words(one) + "; Cy: More"},
		"branches are merged": {func(s *story) {
			base := s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two+"\n\n"+three)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", one+"\n\n"+two+"\n\n"+strings.Replace(three, "answer", "echo", 1))
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", strings.Replace(one, "lazy", "old", 1)+"\n\n"+two+"\n\n"+three)
			s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", strings.Replace(one, "lazy", "old", 1)+"\n\n"+two+"\n\n"+strings.Replace(three, "answer", "echo", 1))
		}, "a", "Ann: The quick brown fox jumps over the; Cy: old; Ann: dog " + words(two) + " Every question deserves an; Ben: echo; Ann: that somebody can find again"},
		"a merge adds a word": {func(s *story) {
			base := s.commit("main", "Ann", "a", "a.md", one)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", one+"\n\n"+two)
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", one+"\n\n"+three)
			s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", one+"\n\n"+three+"\n\n"+two+"\n\nBoth.")
		}, "a", "Ann: " + words(one) + "; Cy: " + words(three) + "; Ben: " + words(two) + "; Merger: Both"},
		"lines of one sentence are merged": {func(s *story) {
			base := s.commit("main", "Ann", "a", "a.md", wrapped)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", replaced(wrapped, "river", "RILL", "garden", "GROVE"))
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", replaced(wrapped, "basket", "HAMPER", "candle", "TAPER"))
			s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", replaced(wrapped, "river", "RILL", "garden", "GROVE", "basket", "HAMPER", "candle", "TAPER"))
		}, "a", "Ann: The; Ben: RILL GROVE; Ann: shelter market teacher harvest village winter council kettle lantern orchard pebble quarry window yellow anchor; Cy: HAMPER TAPER"},
		"lines of one sentence are merged the other way": {func(s *story) {
			base := s.commit("main", "Ann", "a", "a.md", wrapped)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", replaced(wrapped, "river", "RILL", "garden", "GROVE"))
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", replaced(wrapped, "basket", "HAMPER", "candle", "TAPER"))
			s.commitFrom("main", "Merger", "d", []int{side, main}, "a.md", replaced(wrapped, "river", "RILL", "garden", "GROVE", "basket", "HAMPER", "candle", "TAPER"))
		}, "a", "Ann: The; Ben: RILL GROVE; Ann: shelter market teacher harvest village winter council kettle lantern orchard pebble quarry window yellow anchor; Cy: HAMPER TAPER"},
		"three sides of one sentence are merged": {func(s *story) {
			base := s.commit("main", "Ann", "a", "a.md", wrapped)
			ben := s.commitFrom("ben", "Ben", "b", []int{base}, "a.md", replaced(wrapped, "river", "RILL", "garden", "GROVE"))
			cy := s.commitFrom("cy", "Cy", "c", []int{base}, "a.md", replaced(wrapped, "kettle lantern orchard pebble quarry", "ONE TWO THREE"))
			dee := s.commitFrom("dee", "Dee", "d", []int{base}, "a.md", replaced(wrapped, "basket candle", "HAMPER"))
			s.commitFrom("main", "Merger", "e", []int{base, ben, cy, dee}, "a.md",
				replaced(wrapped, "river", "RILL", "garden", "GROVE", "kettle lantern orchard pebble quarry", "ONE TWO THREE", "basket candle", "HAMPER"))
		}, "a", "Ann: The; Ben: RILL GROVE; Ann: shelter market teacher harvest village winter council; Cy: ONE TWO THREE; Ann: window yellow anchor; Dee: HAMPER"},
		"a conflict in a line is resolved": {func(s *story) {
			line := "These words about the branch here are quite many indeed."
			base := s.commit("main", "Ann", "a", "a.md", line)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", replaced(line, "words about", "TERMS ON"))
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", replaced(line, "quite many indeed", "RATHER FEW HONESTLY"))
			s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", replaced(line, "words about", "TERMS ON", "quite many indeed", "RATHER FEW HONESTLY")+"\n\nBoth are kept.")
		}, "a", "Ann: These; Ben: TERMS ON; Ann: the branch here are; Cy: RATHER FEW HONESTLY; Merger: Both are kept"},
		"authors share, suggesters replace": {func(s *story) {
			s.commit("main", "Ann", "a\n\nCo-authored-by: Ben <ben@example.org>\n", "a.md", one)
			s.commit("main", "Ann", "b\n\nsuggested-by: Cy <cy@example.org>\n", "a.md", one+"\n\n"+two)
			s.commit("main", "Ann", "c\n\nImported-from: Dee\nCo-authored-by: Ben <ben@example.org>", "a.md", one+"\n\n"+two+"\n\n"+three)
		}, "a", "Ann+Ben: " + words(one) + "; Cy: " + words(two) + "; Dee+Ben: " + words(three)},
		"an author is a co-author under another address": {func(s *story) {
			s.commit("main", "Ann", "a\n\nCo-authored-by: ann  <12345+ann@users.example>\nCo-authored-by: Ben <ben@example.org>\n", "a.md", one)
			s.commit("main", "Merger", "b\n\nSuggested-by: Cy <cy@example.org>\nCo-authored-by: CY <cy@home.example>\n", "a.md", one+"\n\n"+two)
			s.commit("main", "Ann <other@example.org>", "c", "a.md", one+"\n\n"+two+"\n\nThird.")
		}, "a", "Ann+Ben: " + words(one) + "; Cy: " + words(two) + "; Ann: Third"},
		"bots, formats, merged and hidden people": {func(s *story) {
			s.commit("main", "Ann", "a", "a.md", one)
			s.commit("main", "Robot <robot@example.org>", "b", "a.md", one+"\n\n"+two)
			s.commit("main", "Benjamin <old@example.org>", "c", "a.md", one+"\n\n"+two+"\n\nThird.")
			s.commit("main", "Shy", "d", "a.md", one+"\n\n"+two+"\n\nThird.\n\nFourth.")
			s.commit("main", "Ann", "e", ".mailmap", "Ben <ben@example.org> <OLD@example.org>\n", ".coppice/credit.yml", "bots: [robot@example.org]\nopt_out:\n  - Shy\n")
		}, "a", "Ann: " + words(one) + "; : " + words(two) + "; Ben: Third; a contributor: Fourth"},
		"one mail, several names": {func(s *story) {
			s.commit("main", "A. Old <ann@example.org>", "a", "a.md", one)
			s.commit("main", "Ann <ANN@example.org>", "b", "a.md", one+"\n\n"+two)
			s.commit("main", "Ann <noreply@coppice.invalid>", "c", "a.md", one+"\n\n"+two+"\n\nThird.")
			s.commit("main", "Ben <noreply@coppice.invalid>", "d", "a.md", one+"\n\n"+two+"\n\nThird.\n\nFourth.")
		}, "a", "Ann: " + words(one+" "+two) + " Third; Ben: Fourth"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			c.tell(s)
			w := s.wiki()
			v := viewOf(t, w)
			if got := told(t, v, at(t, w, c.page)); got != c.want {
				t.Errorf("\n%s\nwant\n%s", got, c.want)
			}
			for _, p := range v.Problems() {
				t.Errorf("%+v", p)
			}
		})
	}
}

// wrapped is one sentence on five lines.
const wrapped = "The river garden shelter market\nteacher harvest village winter council\nkettle lantern orchard pebble quarry\nwindow yellow anchor\nbasket candle.\n"

func replaced(s string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(s) }

func words(s string) string { return strings.ReplaceAll(s, ".", "") }

// TestCleanMerges has git merge pages whose sentences were changed on several sides, each on lines of its own: no word
// is the merge's, and whoever merged has edited nothing.
func TestCleanMerges(t *testing.T) {
	const rounds, pages = 5, 12
	random := rand.New(rand.NewPCG(11, 12))
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "", "init", "-q", "-b", "main", clone)
	var merges []string
	for round := range rounds {
		texts := map[string][]string{}
		for i := range pages {
			for range 5 + random.IntN(8) {
				name := fmt.Sprintf("page-%d.md", i)
				texts[name] = append(texts[name], randomLine(random))
			}
		}
		commitLines(t, clone, "Ann", texts)
		base := git(t, clone, "", "rev-parse", "HEAD")
		sides := []string{"Ben", "Cy", "Dee"}[:2+round%2]
		for i, changed := range changedLines(random, texts, len(sides)) {
			git(t, clone, "", "checkout", "-qB", sides[i], base)
			commitLines(t, clone, sides[i], changed)
		}
		git(t, clone, "", "checkout", "-qB", "main", sides[0])
		git(t, clone, "", slices.Concat([]string{"merge", "-q", "--no-ff", "--no-edit"}, sides[1:])...)
		merges = append(merges, git(t, clone, "", "rev-parse", "HEAD"))
	}
	dir := filepath.Join(t.TempDir(), "wiki.git")
	git(t, ".", "", "clone", "-q", "--bare", clone, dir)
	w := openWiki(t, dir)
	v := viewOf(t, w)
	for _, merge := range merges {
		snap, err := w.At(t.Context(), merge)
		if err != nil {
			t.Fatal(err)
		}
		for ref := range snap.Pages() {
			page, err := snap.Page(ref.Path)
			if err != nil {
				t.Fatal(err)
			}
			a, err := v.Authorship(page)
			if err != nil {
				t.Fatal(err)
			}
			for i := range a.Passages {
				if p := &a.Passages[i]; p.Commit.String() == merge {
					t.Errorf("%s at %s: %q is the merge's, in\n%s", ref.Path, merge[:7], a.Text(p), page.Source)
				}
			}
		}
	}
	for _, c := range v.Contributors() {
		if c.Name == "Git" {
			t.Errorf("whoever merged has %d edits and improved %d pages", c.Edits, c.Improved)
		}
	}
}

// TestEditsByMerges counts a merge as an edit only if it brings words, or takes away what all its parents have.
func TestEditsByMerges(t *testing.T) {
	for name, c := range map[string]struct {
		merged        string
		edits         int
		removed, want string // a word of a sentence, and by whom
	}{
		"what git makes of it":        {two + "\n\nCy wrote this line.", 0, "fox", "Ben"},
		"one side alone":              {one + "\n\n" + two + "\n\n" + three + "\n\nCy wrote this line.", 0, "fox", ""},
		"a sentence of its own":       {two + "\n\nCy wrote this line.\n\nMerged today.", 1, "fox", "Ben"},
		"without a sentence of all":   {"Cy wrote this line.", 1, "community", "Merger"},
		"without what one side wrote": {two, 0, "fox", "Ben"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			base := s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two+"\n\n"+three)
			side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", two)
			main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", one+"\n\n"+two+"\n\n"+three+"\n\nCy wrote this line.")
			s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", c.merged)
			w := s.wiki()
			v := viewOf(t, w)
			credits, err := v.Credits(at(t, w, "a"))
			if err != nil {
				t.Fatal(err)
			}
			edits := 0
			for _, x := range credits.Contributors {
				if x.Name == "Merger" {
					edits = x.Edits
				}
			}
			improved := 0
			if merger, ok := v.Contributor("merger"); ok {
				improved = merger.Improved
			}
			if edits != c.edits || improved != c.edits {
				t.Errorf("the merger has %d edits of the page and improved %d pages, want %d", edits, improved, c.edits)
			}
			list, _, err := v.Removed(t.Context(), mustPath(t, "a"), c.removed, 0, 10)
			by := ""
			for _, r := range list {
				by += r.By[0].Name
			}
			if err != nil || by != c.want {
				t.Errorf("%q was removed by %q (%v), want %q", c.removed, by, err, c.want)
			}
		})
	}
}

// TestConflictSideBySide resolves a conflict of two sentences that two sides replaced: their words are much the same.
func TestConflictSideBySide(t *testing.T) {
	first, second := "Ribbon window garden and timber in the lantern. ", "Garden in the ribbon and window of timber."
	s := newStory(t)
	base := s.commit("main", "Ann", "a", "a.md", first+second)
	side := s.commitFrom("side", "Ben", "b", []int{base}, "a.md", "Somebody wrote our opening anew. "+second)
	main := s.commitFrom("main", "Cy", "c", []int{base}, "a.md", first+"Another has mended its end.")
	s.commitFrom("main", "Merger", "d", []int{main, side}, "a.md", "Somebody wrote our opening anew. Another has mended its end.")
	w := s.wiki()
	v := viewOf(t, w)
	if got, want := told(t, v, at(t, w, "a")), "Ben: Somebody wrote our opening anew; Cy: Another has mended its end"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if merger, ok := v.Contributor("merger"); ok {
		t.Errorf("whoever merged has %d edits", merger.Edits)
	}
}

// randomLine is a part of a sentence, or has the end of one in it. Its words are few, so that many are equal by chance.
func randomLine(random *rand.Rand) string {
	vocabulary := strings.Fields("the of and a to in is for river garden shelter market teacher harvest village winter council")
	list := make([]string, 1+random.IntN(6))
	for i := range list {
		list[i] = vocabulary[random.IntN(len(vocabulary))]
	}
	if random.IntN(6) == 0 {
		list[random.IntN(len(list))] += "."
	}
	return strings.Join(list, " ")
}

// changedLines gives what each of several sides makes of the texts. Between lines that two of them change is one that
// both leave: git takes changes side by side for a conflict.
func changedLines(random *rand.Rand, texts map[string][]string, sides int) []map[string][]string {
	changed := make([]map[string][]string, sides)
	for i := range changed {
		changed[i] = map[string][]string{}
		for name, lines := range texts {
			changed[i][name] = slices.Clone(lines)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		side := random.IntN(sides)
		for n := range texts[name] {
			if random.IntN(3) == 0 {
				side = random.IntN(sides)
				continue
			}
			mine := strings.Fields(texts[name][n])
			other := strings.Fields(randomLine(random))
			for range random.IntN(4) {
				mine[random.IntN(len(mine))] = other[0]
			}
			changed[side][name][n] = strings.Join(slices.Concat(mine, other[:random.IntN(2)]), " ")
		}
	}
	return changed
}

// commitLines writes pages and commits them.
func commitLines(t *testing.T, clone, who string, texts map[string][]string) {
	t.Helper()
	for name, lines := range texts {
		if err := os.WriteFile(filepath.Join(clone, name), []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git(t, clone, "", "add", ".")
	git(t, clone, "", "commit", "-q", "--allow-empty", "-m", "change", "--author", fmt.Sprintf("%s <%s@example.org>", who, strings.ToLower(who)))
}

// TestOldRevisions asks for the authorship of every revision there was, from memory and from the file.
func TestOldRevisions(t *testing.T) {
	s := newStory(t)
	text := one
	var want []string
	for i := range 90 { // more than the scripts that build on one another
		s.commit("main", fmt.Sprintf("P%d", i%7), "x", "a.md", text)
		text = fmt.Sprintf("New sentence number %d.\n\n%s", i, text)
	}
	w := s.wiki()
	dir := t.TempDir()
	x := openIndex(t, dir)
	follow(t, x, w)
	revs := strings.Fields(git(t, w.Dir(), "", "rev-list", "--reverse", "main"))
	tell := func(x *credit.Index) (all []string) {
		v := x.View(w, w.Head())
		for _, rev := range revs {
			snap, err := w.At(t.Context(), rev)
			if err != nil {
				t.Fatal(err)
			}
			page, err := snap.Page(mustPath(t, "a"))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, told(t, v, page))
		}
		return all
	}
	want = tell(x)
	if !strings.HasPrefix(want[2], "P2: New sentence number 1; P1: New sentence number 0; P0: The quick") {
		t.Error(want[2])
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if got := tell(openIndex(t, dir)); !slices.Equal(got, want) {
		t.Error("the file tells another story than memory did")
	}
}

func TestCredits(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "old.md", "# Title\n\n## One?\n\n"+one+"\n\n## Two?\n\n"+two)
	s.commit("main", "Ben", "b\n\nReviewed-by: Ann <ann@example.org>", "old.md", "# Title\n\n## One?\n\n"+one+"\n\n## Two?\n\n"+two+" "+three)
	s.commit("main", "Vandal", "c", "old.md", "ha")
	s.commit("main", "Cy", "d", "old.md", "# Title\n\n## One?\n\n"+one+"\n\n## Two?\n\n"+two+" "+three)
	s.commit("main", "Cy", "e", "old.md", "-", "new.md", "# Title\n\n## One?\n\n"+one+"\n\n## Two?\n\n"+two+" "+three)
	w := s.wiki()
	v := viewOf(t, w)
	page := at(t, w, "new")
	c, err := v.Credits(page)
	if err != nil {
		t.Fatal(err)
	}
	if c.Words != 34 || len(c.Original) != 1 || c.Original[0].Name != "Ann" || !c.Created.Equal(c.Revisions[0].Time) || len(c.Revisions) != 5 {
		t.Errorf("%+v", c)
	}
	var line []string
	for _, x := range c.Contributors {
		line = append(line, fmt.Sprintf("%s %.0f %.2f added %.0f in %d", x.Name, x.Words, x.Share, x.Added, x.Edits))
	}
	if got, want := strings.Join(line, "; "), "Ann 24 0.71 added 24 in 1; Ben 10 0.29 added 10 in 1; Vandal 0 0.00 added 1 in 1; Cy 0 0.00 added 0 in 2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	var substantial []bool
	for _, r := range c.Revisions {
		substantial = append(substantial, r.Substantial)
	}
	if !slices.Equal(substantial, []bool{true, true, false, false, false}) { // what was undone is not, nor what undid it
		t.Errorf("substantial: %v", substantial)
	}
	if len(c.Reviewers) != 1 || c.Reviewers[0].Name != "Ann" || c.Reviewers[0].Reviews != 1 {
		t.Errorf("reviewers: %+v", c.Reviewers)
	}
	if p, ok := v.Person(wiki.Contributor{Name: "Ben", Email: "ben@example.org"}); !ok || p != c.Contributors[1].Person {
		t.Errorf("Ben is %+v", p)
	}
	if p := v.Authors(c.CreatedIn); len(p) != 1 || p[0] != c.Original[0] {
		t.Errorf("the first revision's authors are %+v", p)
	}
	from := bytes.Index(page.Source, []byte("## Two"))
	part, err := v.CreditsOf(page, from, len(page.Source))
	if err != nil || part.Words != 23 || part.Contributors[0].Words != 13 || part.Contributors[1].Words != 10 {
		t.Errorf("%v: %+v", err, part)
	}
}

// TestUndone tells of edits that were undone, and of ones that only look like that.
func TestUndone(t *testing.T) {
	text := func(word string) string { // each of words that stand nowhere else
		var b strings.Builder
		for i := range credit.SubstantialWords {
			fmt.Fprintf(&b, "%s%d ", word, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		tell func(s *story)
		want string
	}{
		"a revert": {func(s *story) {
			for _, name := range []string{"a", "b", "c", "b", "d"} {
				s.commit("main", name, name, "p.md", text(name))
			}
		}, "a b d"},
		"a war": {func(s *story) {
			for _, name := range []string{"a", "b", "a", "b", "a", "b", "c", "b"} {
				s.commit("main", name, name, "p.md", text(name))
			}
		}, "a b"},
		"a deletion": {func(s *story) {
			s.commit("main", "a", "a", "p.md", text("a"))
			s.commit("main", "b", "b", "p.md", "-")
			s.commit("main", "c", "c", "p.md", text("a"))
		}, "a"},
		"a renaming": {func(s *story) {
			s.commit("main", "a", "a", "o.md", text("a"))
			s.commit("main", "b", "b", "o.md", text("a")+text("b"))
			s.commit("main", "c", "c", "o.md", "-", "p.md", text("a")+text("b"))
		}, "a b"},
		"a revert on a branch": {func(s *story) {
			a := s.commit("main", "a", "a", "p.md", text("a"))
			b := s.commitFrom("side", "b", "b", []int{a}, "p.md", text("b"))
			c := s.commitFrom("main", "c", "c", []int{a}, "p.md", text("a")+"\n\n"+text("c"))
			d := s.commitFrom("side", "d", "d", []int{b}, "p.md", text("a"))
			s.commitFrom("main", "e", "e", []int{c, d}, "p.md", text("a")+"\n\n"+text("c")+"\n\n"+text("e"))
		}, "a c e"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			c.tell(s)
			w := s.wiki()
			x := openIndex(t, t.TempDir())
			follow(t, x, w)
			all, err := x.View(w, w.Head()).Credits(at(t, w, "p"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range all.Revisions {
				if r.Substantial {
					got = append(got, r.Authors[0].Name)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("substantial are %s, want %s", got, c.want)
			}
			footersAreCredits(t, x, w, w.Head())
		})
	}
}

func TestRemoved(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two+"\n\n"+three, "b.md", "# B\n\nThe brown bear sleeps all winter long here.")
	s.commit("main", "Ben", "b", "a.md", two+"\n\n"+three)
	s.commit("main", "Cy", "c", "a.md", two, "b.md", "# B\n\nThe brown bear sleeps all winter long here.\n\n"+three) // moved
	s.commit("main", "Dee", "d", "b.md", "-")
	w := s.wiki()
	v := viewOf(t, w)
	find := func(path, query string) string {
		var p wiki.Path
		if path != "" {
			p = mustPath(t, path)
		}
		list, next, err := v.Removed(t.Context(), p, query, 0, 10)
		if err != nil || next != 0 {
			t.Fatal(err, next)
		}
		var out []string
		for _, r := range list {
			out = append(out, fmt.Sprintf("%s %s: %.15s", r.By[0].Name, r.Path, r.Text))
		}
		return strings.Join(out, "; ")
	}
	for _, c := range [][3]string{
		{"a", "fox brown", "Ben a: The quick brown"},
		{"a", "question", ""},
		{"", "brown", "Dee b: The brown bear ; Ben a: The quick brown"},
		{"", "never there", ""},
	} {
		if got := find(c[0], c[1]); got != c[2] {
			t.Errorf("%q in %q: %q, want %q", c[1], c[0], got, c[2])
		}
	}
	if _, _, err := v.Removed(t.Context(), wiki.Path{}, "...", 0, 10); wiki.KindOf(err) != wiki.Invalid {
		t.Errorf("no word: %v", err)
	}
	list, next, err := v.Removed(t.Context(), wiki.Path{}, "brown", 0, 1)
	if err != nil || len(list) != 1 || next == 0 {
		t.Fatal(list, next, err)
	}
	if list, _, err = v.Removed(t.Context(), wiki.Path{}, "brown", next, 1); err != nil || len(list) != 1 || list[0].By[0].Name != "Ben" {
		t.Error("the second part:", list, err)
	}
}

// TestRemovedForGood restores sentences, removes some of them again and renames the page: what stands is not listed, and
// the rest once.
func TestRemovedForGood(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two+"\n\n"+three)
	s.commit("main", "Vandal", "b", "a.md", "ha ha ha")
	s.commit("main", "Ben", "c", "a.md", one+"\n\n"+two+"\n\n"+three)
	s.commit("main", "Cy", "d", "a.md", one+"\n\n"+three)
	s.commit("main", "Dee", "e", "a.md", "-", "b.md", one+"\n\n"+three)
	s.commit("main", "Vandal", "f", "b.md", one+"\n\nho ho")
	s.commit("main", "Ben", "g", "b.md", one+"\n\n"+three)
	w := s.wiki()
	v := viewOf(t, w)
	for _, path := range []wiki.Path{mustPath(t, "b"), {}} {
		var got []string
		for from := credit.Cursor(0); ; {
			list, next, err := v.LatelyRemoved(t.Context(), path, from, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				got = append(got, fmt.Sprintf("%s %s: %.15s", r.By[0].Name, r.Path, r.Text))
			}
			if from = next; next == 0 {
				break
			}
		}
		if got, want := strings.Join(got, "; "), "Ben b: ho ho; Cy a: A community of ; Ben a: ha ha ha"; got != want {
			t.Errorf("of %q: %s\nwant %s", path, got, want)
		}
		if list, _, err := v.Removed(t.Context(), path, "fox", 0, 10); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	}
}

func TestContributors(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one, "b.md", two)
	s.commit("main", "Ben", "b\n\nReviewed-by: Ann <ann@example.org>", "a.md", one+"\n\n"+three)
	s.commit("main", "Ann <other@example.org>", "c", "c.md", "Another Ann wrote this.")
	s.commit("main", " <>", "d", "d.md", "Nobody wrote this.")
	w := s.wiki()
	v := viewOf(t, w)
	var got []string
	for _, c := range v.Contributors() {
		got = append(got, fmt.Sprintf("%s %s %.0f %d/%d/%d r%d d%d", c.Slug, c.Name, c.Words, c.Edits, c.Begun, c.Improved, c.Reviews, len(c.Days)))
	}
	if want := "ann Ann 21 1/2/0 r1 d1; ben Ben 10 1/0/1 r0 d1; ann-2 Ann 4 1/1/0 r0 d1; unknown Unknown 3 1/1/0 r0 d1"; strings.Join(got, "; ") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "; "), want)
	}
	ben, ok := v.Contributor("ben")
	if !ok || len(ben.Pages) != 1 || ben.Pages[0].Path.String() != "a" || ben.Pages[0].Begun {
		t.Errorf("%+v", ben)
	}
	p := v.Participation()
	if len(p.People) != 4 || len(p.Pages) != 4 || len(p.Pages[0].People) != 2 || p.People[0].Edits != 1 {
		t.Errorf("%+v", p)
	}
	if keepers := credit.SinglePageKeepers(p.Pages); len(keepers) != 3 {
		t.Errorf("%v", keepers)
	}
}

// TestBadFiles names the lines of .mailmap and credit.yml that cannot be read; the rest of them works.
func TestBadFiles(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Old <old@example.org>", "a", "a.md", one,
		".mailmap", "# people\nno address\nNew <old@example.org>\nA <a@example.org> <b\n",
		".coppice/credit.yml", "bots: [robot]\nbot: x\nformat_commits:\n  - xyz\n")
	w := s.wiki()
	v := viewOf(t, w)
	if got := told(t, v, at(t, w, "a")); got != "New: "+words(one) {
		t.Error(got)
	}
	var lines []string
	for _, p := range v.Problems() {
		lines = append(lines, fmt.Sprintf("%s:%d", p.File, p.Line))
	}
	if got := strings.Join(lines, " "); got != ".mailmap:2 .mailmap:4 .coppice/credit.yml:2 .coppice/credit.yml:4" {
		t.Error(got)
	}
	s = newStory(t)
	s.commit("main", "Ann", "a", "a.md", one, ".coppice/credit.yml", "bots: [a\nb: {")
	w = s.wiki()
	var log bytes.Buffer
	x, err := credit.Open(t.TempDir(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	follow(t, x, w)
	for i := range 3 {
		if p := x.View(w, w.Head()).Problems(); len(p) != 2 || p[0].Line != 1 || p[1].Line != 2 {
			t.Errorf("%+v", p)
		}
		if _, err := w.Save(t.Context(), wiki.Edit{Path: mustPath(t, "b"), Base: w.Head().Commit(), Source: fmt.Appendf(nil, "Number %d.", i), Author: wiki.Contributor{Name: fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
		follow(t, x, w)
	}
	if n := strings.Count(log.String(), "file=.coppice/credit.yml line="); n != 2 {
		t.Errorf("two lines are named %d times in the log: %s", n, log.String())
	}
}

// TestBadHistories follows what nobody would write: no page fails, and what can be told is told.
func TestBadHistories(t *testing.T) {
	t.Run("one line of two megabytes", func(t *testing.T) {
		var b strings.Builder
		for i := 0; b.Len() < 2<<20; i++ {
			fmt.Fprintf(&b, "w%d ", i%5000)
		}
		s := newStory(t)
		s.commit("main", "Ann", "a", "a.md", b.String())
		s.commit("main", "Ben", "b", "a.md", b.String()[:1<<20]+" here "+b.String()[1<<20:])
		var c strings.Builder
		for i := 0; c.Len() < 2<<20; i++ {
			fmt.Fprintf(&c, "w%d ", i*7919%5000)
		}
		s.commit("main", "Cy", "c", "a.md", c.String())
		w := s.wiki()
		if _, err := viewOf(t, w).Credits(at(t, w, "a")); err != nil {
			t.Error(err)
		}
	})
	t.Run("rewritten 5,000 times", func(t *testing.T) {
		s := newStory(t)
		for i := range 5000 {
			s.commit("main", fmt.Sprintf("P%d", i%10), "x", "a.md", fmt.Sprintf("%s\n\nRevision %d of %d sentences that are not the same.\n\n%s", one, i, i%3, two))
		}
		w := s.wiki()
		v := viewOf(t, w)
		c, err := v.Credits(at(t, w, "a"))
		if err != nil || len(c.Revisions) != 5000 || c.Contributors[0].Name != "P0" {
			t.Error(err, len(c.Revisions))
		}
	})
	t.Run("a ring of renames", func(t *testing.T) {
		s := newStory(t)
		s.commit("main", "Ann", "x", "a.md", one, "b.md", two, "c.md", three)
		for range 20 {
			s.commit("main", "Ben", "x", "a.md", two, "b.md", three, "c.md", one)
			s.commit("main", "Ben", "x", "a.md", "-", "d.md", two)
			s.commit("main", "Ben", "x", "d.md", "-", "a.md", two)
			s.commit("main", "Ben", "x", "a.md", one, "b.md", two, "c.md", three)
		}
		w := s.wiki()
		v := viewOf(t, w)
		for name, text := range map[string]string{"a": one, "b": two, "c": three} {
			if got := told(t, v, at(t, w, name)); got != "Ann: "+words(text) {
				t.Error(got)
			}
			if _, err := v.Credits(at(t, w, name)); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("clocks", func(t *testing.T) {
		s := newStory(t)
		for i, clock := range []int64{4_000_000_000, 10, 253402300799, 1_600_000_000} {
			s.clock = clock
			s.commit("main", "Ann", "x", "a.md", fmt.Sprint(one, i))
		}
		w := s.wiki()
		v := viewOf(t, w)
		if c := v.Contributors(); len(c) != 1 || c[0].Edits != 4 || len(c[0].Days) != 2 { // the year 10000 is no date
			t.Errorf("%+v", c[0])
		}
		credit.Flows(v.Participation().People, credit.MonthOf(w.Head().Time()))
	})
}

// TestFuture shows no date that is yet to come.
func TestFuture(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one)
	s.clock = 4_000_000_000
	s.commit("main", "Ben", "b", "a.md", one+"\n\n"+two)
	s.clock = 1_600_100_000
	s.commit("main", "Cy", "c", "b.md", three)
	s.clock = 4_100_000_000
	s.commit("main", "Dee", "d", "a.md", one+"\n\n"+two+"\n\n"+three)
	w := s.wiki()
	before := w.Now().Truncate(time.Second)
	v := viewOf(t, w)
	last := map[string]time.Time{}
	for _, c := range v.Contributors() {
		last[c.Name] = c.Last
	}
	if !last["Ben"].Equal(last["Cy"]) {
		t.Errorf("Ben edited on %s, and what follows is of %s", last["Ben"], last["Cy"])
	}
	if d := last["Dee"]; d.Before(before) || d.After(w.Now()) {
		t.Errorf("Dee edited on %s", d)
	}
	c, err := v.Credits(at(t, w, "a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Revisions {
		if r.Time.After(w.Now()) {
			t.Errorf("a revision of %s", r.Time)
		}
	}
}

// equalsFresh compares an index with one that is made anew.
func equalsFresh(t *testing.T, x *credit.Index, w *wiki.Wiki) {
	t.Helper()
	fresh := openIndex(t, t.TempDir())
	follow(t, fresh, w)
	if err := x.Equal(t.Context(), w, w.Head(), fresh); err != nil {
		t.Fatal(err)
	}
}

// move lets main be where another branch is, as a push does.
func move(t *testing.T, w *wiki.Wiki, branch string) {
	t.Helper()
	git(t, w.Dir(), "", "update-ref", "refs/heads/main", "refs/heads/"+branch)
	if err := w.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestArrival lets commits come in after others that are younger, as when somebody pulls and pushes: answers are those of
// history all the same.
func TestArrival(t *testing.T) {
	text := func(word string) string { // that stands nowhere else
		var b strings.Builder
		for i := range 30 {
			fmt.Fprintf(&b, "%s%d ", word, i)
		}
		return b.String()
	}
	s := newStory(t)
	base := s.commit("main", "Zed", "z", "a.md", one)
	side := s.commitFrom("side", "Same <one@example.org>", "s", []int{base}, "n.md", "# New\n\n"+two)
	side = s.commitFrom("side", "Una", "s", []int{side}, "a.md", one+"\n\n"+text("una"))
	s.clock += 100_000
	main := s.commitFrom("main", "Same <two@example.org>", "m", []int{base}, "n.md", "# New\n\n"+three)
	main = s.commitFrom("main", "Max", "m", []int{main}, "a.md", text("max")+"\n\n"+one)
	s.commitFrom("pushed", "Merger", "m", []int{side, main}, "a.md", text("max")+"\n\n"+one+"\n\n"+text("una"),
		"n.md", "# New\n\n"+two+"\n\n"+three)
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	x.View(w, w.Head()).Contributors()
	move(t, w, "pushed")
	follow(t, x, w)
	v := x.View(w, w.Head())
	for name, email := range map[string]string{"same": "one@example.org", "same-2": "two@example.org"} {
		if c, ok := v.Contributor(name); !ok || c.Email != email {
			t.Errorf("%s is %+v", name, c)
		}
	}
	c, err := v.Credits(at(t, w, "n"))
	if err != nil || len(c.Original) != 1 || c.Original[0].Email != "one@example.org" || len(c.Revisions) != 3 {
		t.Errorf("%v: %+v", err, c)
	}
	f, err := v.Footer(at(t, w, "a"), 2)
	if err != nil || len(f.Revised) != 2 || f.Revised[0].Authors[0].Name != "Max" || f.Revised[1].Authors[0].Name != "Una" {
		t.Errorf("%v: %+v", err, f)
	}
	equalsFresh(t, x, w)
}

// TestNameGivenAgain gives the name of a page that was renamed to another page: they are two.
func TestNameGivenAgain(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one)
	s.commit("main", "Ben", "b", "a.md", "-", "b.md", one)
	s.commit("main", "Cy", "c", "a.md", three)
	s.commit("main", "Dee", "d", "a.md", three+"\n\n"+two)
	s.commit("main", "Eve", "e", "c.md", two)
	s.commit("main", "Eve", "f", "c.md", "-")
	s.commit("main", "Fay", "g", "c.md", two) // this one comes back
	w := s.wiki()
	v := viewOf(t, w)
	for name, want := range map[string]string{"a": "Cy Dee", "b": "Ann Ben", "c": "Eve Eve Fay"} {
		c, err := v.Credits(at(t, w, name))
		if err != nil {
			t.Fatal(err)
		}
		var who []string
		for _, r := range c.Revisions {
			who = append(who, r.Authors[0].Name)
		}
		if got := strings.Join(who, " "); got != want || c.Original[0].Name != who[0] {
			t.Errorf("%s is by %s, begun by %s; want %s", name, got, c.Original[0].Name, want)
		}
	}
}

// TestForcedPush takes commits away from the branch: the index goes on from what is left, and nobody hears of the others.
func TestForcedPush(t *testing.T) {
	s := newStory(t)
	base := s.commit("main", "Ann", "a", "a.md", one+"\n\n"+two, "b.md", two)
	for range 6 {
		base = s.commit("main", "Ann", "a", "c.md", fmt.Sprint(three, s.clock))
	}
	s.commitFrom("kept", "Ann", "a", []int{base}, "d.md", "Only a few words.")
	gone := s.commit("main", "Same <gone@example.org>", "b\n\nReviewed-by: Rev <rev@example.org>", "a.md", one)
	s.commitFrom("main", "Gil", "b", []int{gone}, "b.md", "-", "moved.md", two)
	other := s.commitFrom("other", "Same <here@example.org>", "c", []int{base}, "a.md", two, "b.md", two+"\n\n"+three)
	s.commitFrom("other", "Ben", "d", []int{other}, "moved.md", "Something else that has its own words.")
	new := s.commitFrom("new", "Zed", "z", nil, "z.md", one)
	s.commitFrom("new", "Zed", "z", []int{new}, "a.md", two)
	w := s.wiki()
	git(t, w.Dir(), "", "branch", "was", "main")
	dir := t.TempDir()
	var log bytes.Buffer
	x, err := credit.Open(dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	follow(t, x, w)
	for _, c := range []struct{ branch, people, removed, log string }{
		{"other", "ann ben same", "fox", "follows a branch"},
		{"kept", "ann", "", "follows a branch"},
		{"was", "ann gil rev same", "", "follows a branch"},
		{"other", "ann ben same", "fox", "follows a branch"},
		{"new", "zed", "", "reason=\"too much"},
	} {
		log.Reset()
		move(t, w, c.branch)
		follow(t, x, w)
		if !strings.Contains(log.String(), c.log) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s: the log says %q, want %s", c.branch, log.String(), c.log)
		}
		v := x.View(w, w.Head())
		var people []string
		for _, p := range v.Contributors() {
			people = append(people, p.Slug)
		}
		slices.Sort(people)
		if got := strings.Join(people, " "); got != c.people {
			t.Errorf("%s: the people are %s, want %s", c.branch, got, c.people)
		}
		found, _, err := v.Removed(t.Context(), wiki.Path{}, "fox", 0, 10)
		if err != nil || len(found) > 0 != (c.removed != "") {
			t.Errorf("%s: removed %v, %v", c.branch, found, err)
		}
		for ref := range w.Head().Pages() {
			if f, err := v.Footer(at(t, w, ref.Path.String()), 3); err != nil || len(f.Original) == 0 || v.Newest(ref.Path) < 0 {
				t.Errorf("%s: %s: %v, %+v", c.branch, ref.Path, err, f)
			}
		}
		equalsFresh(t, x, w)
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		equalsFresh(t, x, w) // as the file has it
	}
}

// TestBroughtBack takes a commit away from the branch and brings it back by a merge: its author was nobody in between.
func TestBroughtBack(t *testing.T) {
	s := newStory(t)
	base := s.commit("main", "Ann", "a", "a.md", one)
	for range 6 {
		base = s.commit("main", "Ann", "a", "c.md", fmt.Sprint(three, s.clock))
	}
	s.commitFrom("kept", "Ann", "b", []int{base}, "b.md", "A few words of Ann.")
	gone := s.commitFrom("main", "Gil", "c", []int{base}, "a.md", one+"\n\n"+two)
	here := s.commitFrom("here", "Ann", "d", []int{base}, "b.md", "Other words that Ann has written.")
	s.commitFrom("merged", "Ann", "e", []int{here, gone}, "a.md", one+"\n\n"+two, "b.md", "Other words that Ann has written.")
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	gil, _ := x.View(w, w.Head()).Person(wiki.Contributor{Name: "Gil", Email: "gil@example.org"})
	if gil == nil || !x.View(w, w.Head()).Active(gil) {
		t.Fatal("Gil has written nothing")
	}
	move(t, w, "here")
	follow(t, x, w)
	if v := x.View(w, w.Head()); len(v.Contributors()) != 1 {
		t.Errorf("%d contributors", len(v.Contributors()))
	}
	move(t, w, "merged")
	follow(t, x, w)
	if got, want := told(t, x.View(w, w.Head()), at(t, w, "a")), "Ann: "+words(one)+"; Gil: "+words(two); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	equalsFresh(t, x, w)
}

// TestGoneAndStillNamed: who only suggested what is left, and whose own commit is gone, has no page that a link could lead to.
func TestGoneAndStillNamed(t *testing.T) {
	s := newStory(t)
	base := s.commit("main", "Ann", "a", "a.md", one)
	for range 6 {
		base = s.commit("main", "Max", "a\n\nSuggested-by: Ann <ann@example.org>", "c.md", fmt.Sprint(three, s.clock))
	}
	s.commitFrom("main", "Max", "gone", []int{base}, "a.md", one+"\n\n"+two)
	s.commitFrom("here", "Ann", "kept", []int{base}, "b.md", two)
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	move(t, w, "here")
	follow(t, x, w)
	v := x.View(w, w.Head())
	max, ok := v.Person(wiki.Contributor{Name: "Max", Email: "max@example.org"})
	if !ok || v.Active(max) {
		t.Errorf("Max, who only committed what Ann suggested, is %+v", max)
	}
}

// TestFutureByHistory: in which order commits came in makes no difference to what stands for a date in the future.
func TestFutureByHistory(t *testing.T) {
	s := newStory(t)
	s.clock = 4_000_000_000
	base := s.commit("main", "Ann", "a", "a.md", one)
	s.clock = 1_600_000_000
	side := s.commitFrom("side", "Ben", "b", []int{base}, "b.md", two)
	s.clock = 1_700_000_000
	main := s.commitFrom("main", "Cy", "c", []int{base}, "c.md", three)
	s.commitFrom("pushed", "Dee", "d", []int{side, main}, "a.md", one, "b.md", two, "c.md", three)
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	follow(t, x, w) // main first, the side later
	move(t, w, "pushed")
	follow(t, x, w)
	fresh := openIndex(t, t.TempDir())
	follow(t, fresh, w)
	for _, v := range []*credit.View{x.View(w, w.Head()), fresh.View(w, w.Head())} {
		c, err := v.Credits(at(t, w, "a"))
		if err != nil || c.Created.Unix() != 1_600_000_000+3600 {
			t.Errorf("begun %v (%v)", c.Created, err)
		}
	}
	equalsFresh(t, x, w)
}

// TestFollowingEqualsBuilding edits at random, here and by pushes, forced ones too, and compares the index that followed
// with a fresh one.
func TestFollowingEqualsBuilding(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { followAtRandom(t, rand.New(rand.NewPCG(5, seed))) })
	}
}

func followAtRandom(t *testing.T, random *rand.Rand) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", "# A\n\n"+one, "b.md", "# B\n\n"+two, "c/d.md", "# D\n\n"+three)
	w := s.wiki()
	dir := t.TempDir()
	x := openIndex(t, dir)
	follow(t, x, w)
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "", "clone", "-q", w.Dir(), clone)
	for step := range 40 {
		randomStep(t, w, clone, random, step)
		if err := w.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if step%3 == 0 {
			continue // several commits at once
		}
		follow(t, x, w)
		if step%10 == 4 { // the file says the same as memory
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = openIndex(t, dir)
			if x.Position() != w.Head().Commit() {
				t.Fatal("the position is not kept")
			}
		}
		t.Log("step", step)
		equalsFresh(t, x, w)
		footersAreCredits(t, x, w, w.Head())
		commits := strings.Fields(git(t, w.Dir(), "", "rev-list", "main"))
		old, err := w.At(t.Context(), commits[random.IntN(len(commits))])
		if err != nil {
			t.Fatal(err)
		}
		footersAreCredits(t, x, w, old)
	}
}

// footersAreCredits compares what footers say of all pages of a Snapshot with what is counted from whole histories.
func footersAreCredits(t *testing.T, x *credit.Index, w *wiki.Wiki, s *wiki.Snapshot) {
	t.Helper()
	const revised = 2
	v := x.View(w, s)
	for ref := range s.Pages() {
		page, err := s.Page(ref.Path)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := v.Credits(page)
		if err != nil {
			t.Fatal(err)
		}
		foot, err := v.Footer(page, revised)
		if err != nil {
			t.Fatal(err)
		}
		want := credit.Footer{Original: whole.Original, Created: whole.Created, CreatedIn: whole.CreatedIn, Reviewers: whole.Reviewers}
		want.Words, want.Uncredited = whole.Words, whole.Uncredited
		for _, c := range whole.Contributors {
			if c.Words > 0 {
				want.Shares = append(want.Shares, credit.Share{Person: c.Person, Words: c.Words, Share: c.Share})
			}
		}
		for _, r := range slices.Backward(whole.Revisions[min(1, len(whole.Revisions)):]) {
			if r.Substantial && len(want.Revised) < revised {
				want.Revised = append(want.Revised, r)
			}
		}
		byPerson := func(a, b credit.Share) int { return cmp.Or(cmp.Compare(b.Words, a.Words), cmp.Compare(a.Slug, b.Slug)) }
		slices.SortFunc(want.Shares, byPerson) // whoever added more comes first among equals there
		slices.SortFunc(foot.Shares, byPerson)
		if got, want := fmt.Sprintf("%+v", *foot), fmt.Sprintf("%+v", want); got != want {
			t.Fatalf("%s:\n%s\nwant\n%s", ref.Path, got, want)
		}
	}
}

func randomStep(t *testing.T, w *wiki.Wiki, clone string, random *rand.Rand, step int) {
	t.Helper()
	ann := wiki.Contributor{Name: fmt.Sprintf("Person %d", step%5), Email: fmt.Sprintf("p%d@example.org", step%5)}
	var pages []wiki.Path
	for ref := range w.Head().Pages() {
		pages = append(pages, ref.Path)
	}
	p := pages[random.IntN(len(pages))]
	other := at(t, w, pages[random.IntN(len(pages))].String())
	var err error
	switch n := random.IntN(10); {
	case n < 4:
		text := string(at(t, w, p.String()).Source) + fmt.Sprintf("\n\nThis is what step number %d has to say.\n\n", step) + string(other.Source[:len(other.Source)/2])
		_, err = w.Save(t.Context(), wiki.Edit{Path: p, Base: w.Head().Commit(), Source: []byte(text[max(0, len(text)-2000):]), Author: ann})
	case n < 6:
		_, err = w.Save(t.Context(), wiki.Edit{Path: mustPath(t, fmt.Sprintf("new/page-%d", step)), Source: fmt.Appendf(nil, "# New %d\n\n%s", step, one), Author: ann})
	case n < 7:
		_, err = w.Rename(t.Context(), wiki.Rename{From: p, To: mustPath(t, fmt.Sprintf("moved/page-%d", step)), Author: ann})
	case n < 8 && len(pages) > 2:
		_, err = w.Delete(t.Context(), wiki.Delete{Path: p, Author: ann})
	default:
		git(t, clone, "", "fetch", "-q")
		commits := strings.Count(git(t, w.Dir(), "", "rev-list", "--first-parent", "main"), "\n")
		git(t, clone, "", "checkout", "-qB", "side", fmt.Sprintf("origin/main~%d", random.IntN(min(commits, 5)+1)))
		for i := range 1 + random.IntN(3) {
			files := map[string]string{
				fmt.Sprintf("pushed-%d.md", step):          fmt.Sprintf("# Pushed\n\n%s\n\nTime %d.\n\n%s", two, i, other.Source),
				fmt.Sprintf("both-%d.md", random.IntN(20)): fmt.Sprintf("# Both\n\n%s\n\nTime %d of step %d.", three, i, step),
			}
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			git(t, clone, "", "add", ".")
			git(t, clone, "", "commit", "-qm", "pushed", "-m", fmt.Sprintf("Reviewed-by: Person %d <p%d@example.org>", step%4, step%4),
				"--author", fmt.Sprintf("Person %d <q%d@example.org>", random.IntN(4), random.IntN(4)), "--date", fmt.Sprintf("@%d +0000", 1_700_000_000+random.IntN(200_000_000)))
		}
		if step%3 == 1 { // the wiki's line becomes the second parent
			git(t, clone, "", "merge", "-q", "--no-edit", "--no-ff", "-X", "ours", "origin/main")
			git(t, clone, "", "checkout", "-qB", "main")
		} else {
			git(t, clone, "", "checkout", "-qB", "main", "origin/main")
			git(t, clone, "", "merge", "-q", "--no-edit", "--no-ff", "-X", "theirs", "side")
		}
		if n == 9 && step%2 == 0 { // a rewritten history
			git(t, clone, "", "commit", "-q", "--amend", "-m", "rewritten")
			git(t, clone, "", "push", "-qf", "origin", "main")
			git(t, clone, "", "reset", "-q", "--hard", "HEAD~1")
			git(t, clone, "", "commit", "-q", "--allow-empty", "-m", "other line")
		}
		git(t, clone, "", "push", "-qf", "origin", "main")
	}
	if err != nil && wiki.KindOf(err) != wiki.Unchanged {
		t.Fatal(err)
	}
}

// TestDamagedFiles opens an index that was cut, flipped or written by another version: it is rebuilt, and the log says
// why.
func TestDamagedFiles(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one)
	w := s.wiki()
	dir := t.TempDir()
	x := openIndex(t, dir)
	follow(t, x, w)
	middle := x.Position()
	if _, err := w.Save(t.Context(), wiki.Edit{Path: mustPath(t, "a"), Base: w.Head().Commit(), Source: []byte(two), Author: wiki.Contributor{Name: "Ben"}}); err != nil {
		t.Fatal(err)
	}
	follow(t, x, w)
	good, err := os.ReadFile(filepath.Join(dir, credit.FileName))
	if err != nil {
		t.Fatal(err)
	}
	flip := func(i int) []byte {
		data := bytes.Clone(good)
		data[i] ^= 0x15
		return data
	}
	for name, c := range map[string]struct {
		data []byte
		at   wiki.ID // position after opening
		log  string
	}{
		"torn tail":       {good[:len(good)-5], middle, ""},
		"flipped tail":    {flip(len(good) - 3), middle, ""},
		"flipped middle":  {flip(60), wiki.ID{}, "damaged"},
		"another version": {flip(15), wiki.ID{}, "another format"},
		"something else":  {[]byte("hello, this is no index at all"), wiki.ID{}, "damaged"},
		"empty":           {nil, wiki.ID{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, credit.FileName), c.data, 0o666); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			x, err := credit.Open(dir, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if x.Position() != c.at || !strings.Contains(log.String(), c.log) {
				t.Errorf("position %s, log %q", x.Position(), log.String())
			}
			follow(t, x, w)
			equalsFresh(t, x, w)
		})
	}
}

// TestBehind asks about a page before the index knows it.
func TestBehind(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one)
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	if _, err := x.View(w, w.Head()).Authorship(at(t, w, "a")); !errors.Is(err, credit.ErrBehind) {
		t.Errorf("%v", err)
	}
	if c := x.View(w, w.Head()).Contributors(); len(c) != 0 {
		t.Errorf("%v", c)
	}
}

// TestTruth makes histories of which the author of every word is known.
func TestTruth(t *testing.T) {
	var texts []string
	files, err := filepath.Glob("../../content/starter/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no starter pages", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(raw))
	}
	sentences := truth.Sentences(texts...)
	for name, c := range map[string]struct {
		between bool
		words   float64 // least share of words credited rightly
	}{"one page at a time": {false, 0.995}, "between pages and branches": {true, 0.99}} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "truth.git")
			git(t, ".", "", "init", "-q", "--bare", "-b", "main", dir)
			var stream bytes.Buffer
			h, err := truth.Write(&stream, truth.Options{Seed: 2001, Authors: 10, Pages: 8, Revisions: 40, Between: c.between, Sentences: sentences})
			if err != nil {
				t.Fatal(err)
			}
			git(t, dir, stream.String(), "fast-import", "--quiet")
			w := openWiki(t, dir)
			v := viewOf(t, w)
			right, all := 0, 0
			for ref := range w.Head().Pages() {
				a, err := v.Authorship(at(t, w, ref.Path.String()))
				if err != nil {
					t.Fatal(err)
				}
				want := h.Pages[ref.Path.String()]
				if len(want) != a.Words {
					t.Fatalf("%s has %d words, %d are known", ref.Path, a.Words, len(want))
				}
				i := 0
				for span, p := range a.Each() {
					if text := string(a.Page.Source[span.Start:span.End]); text != want[i].Text {
						t.Fatalf("%s: word %d is %q, want %q", ref.Path, i, text, want[i].Text)
					}
					if p.Authors[0].Name == truth.AuthorName(want[i].Author) {
						right++
					}
					i++
				}
				all += i
			}
			if got := float64(right) / float64(all); got < c.words {
				t.Errorf("%.4f of %d words are credited rightly, want %.4f", got, all, c.words)
			} else {
				t.Logf("%.4f of %d words", got, all)
			}
		})
	}
}

// TestWhileFollowing asks from many goroutines while the index follows. The race detector looks on.
func TestWhileFollowing(t *testing.T) {
	s := newStory(t)
	s.commit("main", "Ann", "a", "a.md", one)
	w := s.wiki()
	x := openIndex(t, t.TempDir())
	follow(t, x, w)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := x.View(w, w.Head())
				page, err := w.Head().Page(mustPath(t, "a"))
				if err != nil {
					t.Error(err)
					return
				}
				if c, err := v.Credits(page); err != nil && !errors.Is(err, credit.ErrBehind) {
					t.Error(err)
				} else if err == nil && c.Words == 0 {
					t.Error("no words")
				}
				v.Contributors()
				if _, _, err := v.Removed(t.Context(), wiki.Path{}, "fox", 0, 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 40 {
		text := fmt.Sprintf("%s\n\nSentence number %d of this page.", one, i)
		who := wiki.Contributor{Name: fmt.Sprintf("P%d", i), Email: fmt.Sprintf("p%d@example.org", i)}
		if _, err := w.Save(t.Context(), wiki.Edit{Path: mustPath(t, "a"), Base: w.Head().Commit(), Source: []byte(text), Author: who}); err != nil {
			t.Fatal(err)
		}
		follow(t, x, w)
	}
	close(stop)
	readers.Wait()
}
