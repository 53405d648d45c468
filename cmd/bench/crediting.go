package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"coppice/content"
	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/credit/truth"
	"coppice/wiki/history"
)

// Seeds of the reported histories. Those that limits were set on are below 100.
var truthSeeds = [...]uint64{101, 102, 103}

// crediting measures whether words are credited to whoever wrote them, on histories of which that is known, and what it
// costs on real ones.
func (b *bench) crediting() error {
	sentences, err := b.realSentences()
	if err != nil {
		return err
	}
	b.report.say("words of generated histories are drawn from %d real sentences; seeds %v", len(sentences), truthSeeds)
	for _, between := range []bool{false, true} {
		if err := b.creditTruth(sentences, between); err != nil {
			return err
		}
	}
	if b.owasp == "" {
		return nil
	}
	if err := b.creditPages(); err != nil {
		return err
	}
	return errors.Join(b.creditAll("owasp", b.owasp, "cheatsheets"), b.creditAll("generated", b.large, ""))
}

// realSentences takes them from the corpus, or from the starter pages.
func (b *bench) realSentences() ([]string, error) {
	var texts []string
	if b.owasp != "" {
		w, err := wiki.Open(b.owasp, wiki.Options{Root: "cheatsheets", ReadOnly: true})
		if err != nil {
			return nil, err
		}
		defer w.Close()
		for ref := range w.Head().Pages() {
			page, err := w.Head().Page(ref.Path)
			if err != nil {
				return nil, err
			}
			texts = append(texts, string(page.Source))
		}
		return truth.Sentences(texts...), nil
	}
	err := fs.WalkDir(content.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".md") {
			return err
		}
		raw, err := fs.ReadFile(content.FS(), name)
		texts = append(texts, string(raw))
		return err
	})
	return truth.Sentences(texts...), err
}

// score is how well a method did on some pages.
type score struct {
	right, words int
	worst        float64 // largest error of any author's share of any page
}

// count compares the authors that a method gives with those who wrote.
func (s *score) count(got []int, want []truth.Word, authors int) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d words, and %d are known", len(got), len(want))
	}
	off := make([]float64, authors)
	for i, a := range got {
		if a == want[i].Author {
			s.right++
		}
		if a >= 0 {
			off[a] += 1 / float64(len(want))
		}
		off[want[i].Author] -= 1 / float64(len(want))
	}
	s.words += len(want)
	for _, o := range off {
		s.worst = max(s.worst, o, -o)
	}
	return nil
}

func (s *score) share() float64 { return float64(s.right) / float64(max(s.words, 1)) }

const truthAuthors = 10

// creditTruth makes histories, and lets us, git blame and a plain token diff say who wrote each word.
func (b *bench) creditTruth(sentences []string, between bool) error {
	var ours, blame, plain score
	for _, seed := range truthSeeds {
		repo, known, err := b.truthRepository(truth.Options{Seed: seed, Authors: truthAuthors, Pages: 20, Revisions: 66, Between: between, Sentences: sentences})
		if err != nil {
			return err
		}
		if err := b.scoreOurs(repo, known, &ours); err != nil {
			return err
		}
		if err := scoreBlame(repo, known, &blame); err != nil {
			return err
		}
		if err := scorePlain(known, &plain); err != nil {
			return err
		}
		if err := os.RemoveAll(repo); err != nil {
			return err
		}
	}
	what, target := "one page at a time", 0.99
	if between {
		what, target = "between pages and branches", 0.98
	}
	percent := func(f float64) string { return fmt.Sprintf("%.2f %%", 100*f) }
	b.report.row("words credited to their author ("+what+")", percent(ours.share()), "git blame "+percent(blame.share()), ours.share(), atLeast, target)
	b.report.say("a plain token diff credits %s of the words rightly", percent(plain.share()))
	b.report.row("largest error of a share of a page ("+what+")", fmt.Sprintf("%.4f", ours.worst), fmt.Sprintf("git blame %.4f", blame.worst), ours.worst, atMost, 0.02)
	b.report.say("a plain token diff errs by up to %.4f", plain.worst)
	return nil
}

func (b *bench) truthRepository(o truth.Options) (string, *truth.History, error) {
	repo := filepath.Join(b.dir, fmt.Sprintf("truth-%d-%v.git", o.Seed, o.Between))
	if err := os.RemoveAll(repo); err != nil {
		return "", nil, err
	}
	if _, err := git(b.dir, "init", "-q", "--bare", "-b", "main", repo); err != nil {
		return "", nil, err
	}
	cmd := exec.Command("git", "-C", repo, "fast-import", "--quiet")
	cmd.Env, cmd.Stderr = gitEnv(), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	known, err := truth.Write(in, o)
	return repo, known, errors.Join(err, in.Close(), cmd.Wait())
}

// credited opens a repository and an index of its credit; done gives both back.
func (b *bench) credited(repo, root string) (w *wiki.Wiki, v *credit.View, done func(), err error) {
	dir, err := os.MkdirTemp(b.dir, "credit-")
	if err != nil {
		return nil, nil, nil, err
	}
	var x *credit.Index
	done = func() {
		if x != nil {
			x.Close()
		}
		if w != nil {
			w.Close()
		}
		os.RemoveAll(dir)
	}
	if w, err = wiki.Open(repo, wiki.Options{Root: root, ReadOnly: true}); err == nil {
		x, err = credit.Open(dir, nil)
	}
	if err == nil {
		err = x.Follow(b.ctx, w, w.Head())
	}
	if err != nil {
		done()
		return nil, nil, nil, err
	}
	return w, x.View(w, w.Head()), done, nil
}

// scoreOurs asks the index.
func (b *bench) scoreOurs(repo string, known *truth.History, s *score) error {
	w, v, done, err := b.credited(repo, "")
	if err != nil {
		return err
	}
	defer done()
	for ref := range w.Head().Pages() {
		page, err := w.Head().Page(ref.Path)
		if err != nil {
			return err
		}
		a, err := v.Authorship(page)
		if err != nil {
			return err
		}
		var got []int
		for _, p := range a.Each() {
			got = append(got, authorNumber(p.Authors[0].Name))
		}
		if err := s.count(got, known.Pages[ref.Path.String()], truthAuthors); err != nil {
			return fmt.Errorf("%s: %w", ref.Path, err)
		}
	}
	return nil
}

func authorNumber(name string) int {
	for i := range truthAuthors {
		if name == truth.AuthorName(i) {
			return i
		}
	}
	return -1
}

// scoreBlame gives each word the author that git blame names for its line. Pages are blamed two at a time.
func scoreBlame(repo string, known *truth.History, s *score) error {
	var mu sync.Mutex
	var wait sync.WaitGroup
	var errs []error
	limit := make(chan struct{}, 2)
	for path, want := range known.Pages {
		wait.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			out, err := git(repo, "blame", "-w", "-M", "-C", "-C", "-C", "--line-porcelain", "main", "--", path+".md")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				err = s.count(blamedWords(out), want, truthAuthors)
			}
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func blamedWords(porcelain string) []int {
	var authors []int
	author := -1
	for line := range strings.Lines(porcelain) {
		if name, ok := strings.CutPrefix(line, "author "); ok {
			author = authorNumber(strings.TrimSpace(name))
		}
		if text, ok := strings.CutPrefix(line, "\t"); ok {
			for w := range strings.FieldsSeq(text) {
				if strings.Trim(w, "#?.") != "" {
					authors = append(authors, author)
				}
			}
		}
	}
	return authors
}

// scorePlain carries authors from revision to revision of a path by a shortest edit script of its words.
func scorePlain(known *truth.History, s *score) error {
	owners := make([][]int, len(known.Revisions))
	last := map[string]int{}
	for i, r := range known.Revisions {
		owners[i] = make([]int, len(r.Words))
		for k := range owners[i] {
			owners[i][k] = r.Author
		}
		if r.Base >= 0 {
			for _, m := range commonWords(known.Revisions[r.Base].Words, r.Words) {
				owners[i][m[1]] = owners[r.Base][m[0]]
			}
		}
		last[r.Path] = i
	}
	for path, want := range known.Pages {
		if err := s.count(owners[last[path]], want, truthAuthors); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// commonWords gives the places of a longest common subsequence: Myers' greedy algorithm with its trace.
func commonWords(a, b []string) (pairs [][2]int) {
	n, m := len(a), len(b)
	far := make([]int, 2*(n+m)+3)
	zero := n + m + 1
	var trace [][]int
	for d := 0; ; d++ {
		for k := -d; k <= d; k += 2 {
			x := far[zero+k-1] + 1
			if k == -d || k != d && far[zero+k-1] < far[zero+k+1] {
				x = far[zero+k+1]
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			far[zero+k] = x
			if x >= n && x-k >= m {
				return walkBack(trace, a, b, d)
			}
		}
		trace = append(trace, slices.Clone(far[zero-d:zero+d+1]))
	}
}

// walkBack follows the trace from the end; trace[d] holds diagonals -d to d.
func walkBack(trace [][]int, a, b []string, d int) (pairs [][2]int) {
	x, y := len(a), len(b)
	for ; d > 0; d-- {
		before := trace[d-1]
		at := func(k int) int {
			if k < -(d-1) || k > d-1 {
				return -1
			}
			return before[k+d-1]
		}
		k := x - y
		prev := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			prev = k + 1
		}
		px := at(prev)
		py := px - prev
		for x > px && y > py && x > 0 && y > 0 && a[x-1] == b[y-1] {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		x, y = px, py
	}
	for x > 0 && y > 0 {
		x, y = x-1, y-1
		pairs = append(pairs, [2]int{x, y})
	}
	return pairs
}

// creditPages compares one page's credit, from nothing and for one more revision, with git blame, on the longest histories.
// The yardstick reads the repository as a clone has it; what a commit-graph would save it is said beside it.
func (b *bench) creditPages() error {
	repo, err := b.fresh(b.owasp, "credit-pages.git")
	if err != nil {
		return err
	}
	w, err := wiki.Open(repo, wiki.Options{Root: "cheatsheets"})
	if err != nil {
		return err
	}
	defer w.Close()
	dir, err := os.MkdirTemp(b.dir, "credit-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := history.Open(filepath.Join(dir, "history"), nil)
	if err != nil {
		return err
	}
	defer h.Close()
	x, err := credit.Open(filepath.Join(dir, "credit"), nil)
	if err != nil {
		return err
	}
	defer x.Close()
	if err := errors.Join(h.Follow(b.ctx, w, w.Head()), x.Follow(b.ctx, w, w.Head())); err != nil {
		return err
	}
	if _, err := git(repo, "commit-graph", "write", "--reachable", "--changed-paths"); err != nil {
		return err
	}
	pages := longest(w, h, 20)
	var scratch, more, blame, prepared, thorough durations
	for _, p := range pages {
		revs, _, err := h.Revisions(b.ctx, w, p, 0, history.MaxLimit)
		if err != nil {
			return err
		}
		slices.Reverse(revs)
		d, err := timed(5, func(int) error { _, err := credit.Alone(b.ctx, w, revs); return err })
		if err != nil {
			return err
		}
		scratch = append(scratch, d.p50())
		d, err = timed(5, func(int) error {
			_, err := git(repo, "-c", "core.commitGraph=false", "blame", "HEAD", "--", "cheatsheets/"+p.File())
			return err
		})
		if err != nil {
			return err
		}
		blame = append(blame, d.p50())
		d, err = timed(3, func(int) error {
			_, err := git(repo, "blame", "HEAD", "--", "cheatsheets/"+p.File())
			return err
		})
		if err != nil {
			return err
		}
		prepared = append(prepared, d.p50())
		d, err = timed(1, func(int) error {
			_, err := git(repo, "blame", "-w", "-M", "-C", "-C", "-C", "HEAD", "--", "cheatsheets/"+p.File())
			return err
		})
		if err != nil {
			return err
		}
		thorough = append(thorough, d.p50())
	}
	for n := range 5 {
		for _, p := range pages {
			page, err := w.Head().Page(p)
			if err != nil {
				return err
			}
			text := append(page.Source[:len(page.Source):len(page.Source)], fmt.Sprintf("\nOne more sentence, number %d.\n", n)...)
			edit := wiki.Edit{Path: p, Base: page.Commit, Source: text, Author: wiki.Contributor{Name: "Bench", Email: "bench@example.org"}}
			if _, err := w.Save(b.ctx, edit); err != nil {
				return err
			}
			if _, err := w.Head().Page(p); err != nil { // whoever saved is shown the page before credit follows
				return err
			}
			start := time.Now()
			if err := x.Follow(b.ctx, w, w.Head()); err != nil {
				return err
			}
			if n > 0 { // the first time, a page's text is read again
				more = append(more, time.Since(start))
			}
		}
	}
	b.report.row("credit of a page from nothing, p50 of 20 longest histories", show(scratch.p50()), "git blame "+show(blame.p50()), ratio(scratch.p50(), blame.p50()), atMost, 0.3)
	b.report.say("git blame with a commit-graph that knows changed paths, which a clone has not, takes %s", show(prepared.p50()))
	b.report.say("git blame that looks for moved and copied lines (-w -M -C -C -C) takes %s", show(thorough.p50()))
	b.report.row("credit of one more revision, p50", show(more.p50()), "git blame "+show(blame.p50()), ratio(more.p50(), blame.p50()), atMost, 0.01)
	return nil
}

// longest gives the pages with the most revisions.
func longest(w *wiki.Wiki, h *history.Index, n int) []wiki.Path {
	var pages []wiki.Path
	for ref := range w.Head().Pages() {
		pages = append(pages, ref.Path)
	}
	slices.SortStableFunc(pages, func(a, b wiki.Path) int { return h.Count(b) - h.Count(a) })
	return pages[:min(n, len(pages))]
}

// creditAll compares crediting a whole repository from nothing with git log -p, and the file with the pack.
func (b *bench) creditAll(what, repo, root string) error {
	var ours, theirs durations
	var size int64
	runs := 3
	if root == "" {
		runs = 1
	}
	for range runs {
		took, bytes, err := b.fromNothing(repo, root, func(dir string) (derived, error) { return credit.Open(dir, nil) })
		if err != nil {
			return err
		}
		ours, size = append(ours, took), bytes
		d, err := timed(1, func(int) error { _, err := git(repo, "log", "-p", "HEAD"); return err })
		if err != nil {
			return err
		}
		theirs = append(theirs, d...)
	}
	b.report.row("credit of everything from nothing ("+what+")", show(ours.p50()), "git log -p "+show(theirs.p50()), ratio(ours.p50(), theirs.p50()), atMost, 3)
	pack := folderSize(filepath.Join(repo, "objects", "pack"))
	b.report.row("credit on disk ("+what+")", kilobytes(size), "pack "+kilobytes(pack), float64(size)/float64(pack), atMost, 0.25)
	return nil
}
