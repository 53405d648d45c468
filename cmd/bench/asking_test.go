package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// TestAskedQuestions holds the questions to what the top of their file says of them.
func TestAskedQuestions(t *testing.T) {
	questions, err := askedQuestions()
	if err != nil {
		t.Fatal(err)
	}
	const fewest, mostOfPage, wholePages = 340, 5, 0.15
	if len(questions) < fewest {
		t.Errorf("%d questions, want %d", len(questions), fewest)
	}
	once := unique{t, map[string]bool{}}
	whole, pages := 0, map[string]int{}
	for _, q := range questions {
		once.see("question", q.question)
		once.see("target", q.targets[0].path+"#"+q.targets[0].anchor)
		pages[q.targets[0].path]++
		if q.targets[0].anchor == "" {
			whole++
		}
		again := unique{t, map[string]bool{}}
		for _, answer := range q.targets {
			again.see("target of "+q.question, answer.path+"#"+answer.anchor)
		}
	}
	if float64(whole) > wholePages*float64(len(questions)) {
		t.Errorf("the whole page is the answer to %d questions of %d", whole, len(questions))
	}
	for path, n := range pages {
		if n < 2 || n > mostOfPage {
			t.Errorf("%d questions about %s", n, path)
		}
	}
}

// TestRephrasedQuestions wants eight wordings of each of sixty targets, and none that was asked elsewhere.
func TestRephrasedQuestions(t *testing.T) {
	all, err := rephrasedQuestions()
	if err != nil {
		t.Fatal(err)
	}
	questions, err := askedQuestions()
	if err != nil {
		t.Fatal(err)
	}
	const targets, fewestPages = 60, 45
	if len(all) != targets {
		t.Errorf("%d targets, want %d", len(all), targets)
	}
	once := unique{t, map[string]bool{}}
	for _, q := range questions {
		once.see("question", q.question)
	}
	pages := map[string]bool{}
	for _, r := range all {
		once.see("target", r.target.path+"#"+r.target.anchor)
		pages[r.target.path] = true
		if len(r.past) != pastWordings || len(r.queries) != wordings-pastWordings {
			t.Errorf("%v has %d wordings for the index and %d queries", r.target, len(r.past), len(r.queries))
		}
		for _, wording := range slices.Concat(r.past, r.queries) {
			once.see("wording", wording)
		}
	}
	if len(pages) < fewestPages {
		t.Errorf("targets on %d pages, want %d", len(pages), fewestPages)
	}
}

// TestAskedTargets looks every target up in the corpus, so that none counts as missed because its name is wrong.
func TestAskedTargets(t *testing.T) {
	bundle, err := corpus()
	if err != nil {
		t.Logf("the corpus is not there (%v): targets are not looked up", err)
		return
	}
	known := anchorsOf(t, bundle)
	questions, err := askedQuestions()
	if err != nil {
		t.Fatal(err)
	}
	all, err := rephrasedQuestions()
	if err != nil {
		t.Fatal(err)
	}
	var targets []target
	for _, q := range questions {
		targets = append(targets, q.targets...)
	}
	for _, r := range all {
		targets = append(targets, r.target)
	}
	for _, want := range targets {
		if !known[want] {
			t.Errorf("the corpus has no %s#%s", want.path, want.anchor)
		}
	}
}

// TestParseTarget refuses what would count as a miss without anybody noticing.
func TestParseTarget(t *testing.T) {
	if got, err := parseTarget("Folder/Page#an-anchor"); err != nil || got != (target{"Folder/Page", "an-anchor"}) {
		t.Errorf("a section: %v, %v", got, err)
	}
	if got, err := parseTarget("Page"); err != nil || got != (target{"Page", ""}) {
		t.Errorf("a page: %v, %v", got, err)
	}
	for _, bad := range []string{"", "#anchor", "Page#", "Page#a |", "Page#a -> b"} {
		if got, err := parseTarget(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, got)
		}
	}
}

// unique fails a test that sees the same text twice, in whatever case.
type unique struct {
	t    *testing.T
	seen map[string]bool
}

func (u unique) see(what, text string) {
	if key := strings.ToLower(text); u.seen[key] {
		u.t.Errorf("%s stands twice: %s", what, text)
	} else {
		u.seen[key] = true
	}
}

// anchorsOf gives every page of the corpus and every section of it.
func anchorsOf(t *testing.T, bundle string) map[target]bool {
	repo := filepath.Join(t.TempDir(), "owasp.git")
	if _, err := git(".", "clone", "-q", "--bare", bundle, repo); err != nil {
		t.Fatal(err)
	}
	w, err := wiki.Open(repo, wiki.Options{Root: "cheatsheets", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	known := map[target]bool{}
	for ref := range w.Head().Pages() {
		page, err := w.Head().Page(ref.Path)
		if err != nil {
			t.Fatal(err)
		}
		known[target{ref.Path.String(), ""}] = true
		for _, h := range markdown.Parse(page.Source, markdown.Options{}).Outline {
			known[target{ref.Path.String(), h.Anchor}] = true
		}
	}
	return known
}

// TestAskedThreads wants threads to fit on and others to report, each title once.
func TestAskedThreads(t *testing.T) {
	const fewest = 100
	once := unique{t, map[string]bool{}}
	for _, fitting := range []bool{true, false} {
		threads, err := askedThreads(fitting)
		if err != nil {
			t.Fatal(err)
		}
		if len(threads) < fewest {
			t.Errorf("%d threads, want %d", len(threads), fewest)
		}
		for _, thread := range threads {
			once.see("title", thread.title)
		}
	}
}

// TestFAQsAsMarkdown: headings keep their levels and words, and what is no text goes.
func TestFAQsAsMarkdown(t *testing.T) {
	if got, want := fromPOD("=encoding utf8\n\n=head1 Data\n\n=head2 How does C<< -i >> differ from C<I<x> E<gt> 1>?\n\nSo.\n"), "\n\n# Data\n\n## How does C<< -i >> differ from x > 1?\n\nSo.\n"; got != want {
		t.Errorf("%q", got)
	}
	if got, want := fromRST("===\nFAQ\n===\n\n.. contents::\n\nWhat is :func:`len`?\n--------------------\n\nThis.\n"), "# FAQ\n\n\n\n## What is `len`?\n\nThis.\n"; got != want {
		t.Errorf("%q", got)
	}
}
