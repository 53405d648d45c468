package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"coppice/wiki"
	"coppice/wiki/history"
)

// revisions compares a page's history, as a whole request, with git log on a commit-graph with changed paths; and a
// short history with a long one.
func (b *bench) revisions() error {
	if b.owasp != "" {
		if err := b.revisionsOf("owasp", b.owasp, "cheatsheets", "cheatsheets/Session_Management_Cheat_Sheet.md"); err != nil {
			return err
		}
	}
	page, err := busiest(b.large)
	if err != nil {
		return err
	}
	if err := b.revisionsOf("generated", b.large, "", page); err != nil {
		return err
	}
	return b.growth()
}

// busiest is the page with the most commits among those that still have their first name.
func busiest(repo string) (string, error) {
	out, err := git(repo, "log", "--format=", "--name-only", "-20000")
	if err != nil {
		return "", err
	}
	count, best := map[string]int{}, ""
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "moved-") {
			if count[line]++; count[line] > count[best] {
				best = line
			}
		}
	}
	if _, err := git(repo, "cat-file", "-e", "HEAD:"+best); err != nil {
		return "", fmt.Errorf("the busiest page is gone: %w", err)
	}
	return best, nil
}

func (b *bench) revisionsOf(what, repo, root, file string) error {
	if _, err := git(repo, "commit-graph", "write", "--reachable", "--changed-paths"); err != nil {
		return err
	}
	served, err := b.historyRequests(strings.TrimSuffix(strings.TrimPrefix(file, root+"/"), ".md"), root, repo)
	if err != nil {
		return err
	}
	ours := served[0]
	theirs, err := timed(15, func(int) error { _, err := git(repo, "log", "-50", "--format=%H %an %at %s", "--", file); return err })
	if err != nil {
		return err
	}
	b.report.row("first 50 revisions of a page, whole request, p50 ("+what+")", show(ours.p50()), "git log -50 "+show(theirs.p50()),
		ratio(ours.p50(), theirs.p50()), atMost, 0.05)
	b.report.say("the first request for it, before the page is in the cache: %s", show(ours[0]))
	return nil
}

// historyRequests asks for the history of a page of several repositories, turn and turn about, so that whatever else
// happens on the machine happens to all.
func (b *bench) historyRequests(page, root string, repos ...string) ([]durations, error) {
	servers, took := make([]*running, len(repos)), make([]durations, len(repos))
	for i, repo := range repos {
		r, err := b.serve(repo, "--root", root)
		if err != nil {
			return nil, err
		}
		defer r.stop() //nolint:errcheck // nothing is lost
		if err := r.ready(); err != nil {
			return nil, err
		}
		servers[i] = r
	}
	for range 60 {
		for i, r := range servers {
			start := time.Now()
			if err := r.view("/history/" + page); err != nil {
				return nil, err
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	return took, nil
}

// growth compares the same request on a history of 5,000 commits and on the whole one.
func (b *bench) growth() error {
	line, err := git(b.large, "rev-list", "--first-parent", "--reverse", "HEAD")
	if err != nil {
		return err
	}
	commits := strings.Fields(line)
	if len(commits) < 6000 {
		b.report.say("the generated history is short: how cost grows with history is left out")
		return nil
	}
	short, err := b.fresh(b.large, "short.git")
	if err != nil {
		return err
	}
	if _, err := git(short, "update-ref", "refs/heads/main", commits[5000]); err != nil {
		return err
	}
	out, err := git(short, "log", "--format=", "--name-only", "main")
	if err != nil {
		return err
	}
	count := map[string]int{}
	for f := range strings.FieldsSeq(out) {
		count[f]++
	}
	page := ""
	for f, n := range count { // a page that has 50 revisions in the short history already, and its name in both
		if n >= 50 && (page == "" || f < page) {
			if _, err := git(b.large, "cat-file", "-e", "HEAD:"+f); err == nil {
				page = f
			}
		}
	}
	if page == "" {
		return errors.New("no page has 50 revisions in the short history")
	}
	page = strings.TrimSuffix(page, ".md")
	both, err := b.historyRequests(page, "", short, b.large)
	if err != nil {
		return err
	}
	a, z := both[0], both[1]
	b.report.row("the same after 50,000 commits", show(z.p50()), "after 5,000 "+show(a.p50()), ratio(z.p50(), a.p50()), atMost, 1.2)
	return nil
}

// historyBuild compares building the history index from nothing with git log --raw, and its file with the pack.
func (b *bench) historyBuild() error {
	if b.owasp != "" {
		if err := b.historyOf("owasp", b.owasp, "cheatsheets"); err != nil {
			return err
		}
	}
	return b.historyOf("generated", b.large, "")
}

// derived is an index that can be built.
type derived interface {
	wiki.Follower
	io.Closer
}

// fromNothing builds an index of a repository in a new folder, and gives the time it took and the bytes it takes.
func (b *bench) fromNothing(repo, root string, open func(dir string) (derived, error)) (took time.Duration, size int64, err error) {
	w, err := wiki.Open(repo, wiki.Options{Root: root, ReadOnly: true})
	if err != nil {
		return 0, 0, err
	}
	defer w.Close()
	dir, err := os.MkdirTemp(b.dir, "index-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	start := time.Now()
	x, err := open(dir)
	if err != nil {
		return 0, 0, err
	}
	defer x.Close()
	err = x.Follow(b.ctx, w, w.Head())
	return time.Since(start), folderSize(dir), err
}

func (b *bench) historyOf(what, repo, root string) error {
	var ours, theirs durations
	var size int64
	for range 3 {
		took, bytes, err := b.fromNothing(repo, root, func(dir string) (derived, error) { return history.Open(dir, nil) })
		if err != nil {
			return err
		}
		ours, size = append(ours, took), bytes
		d, err := timed(1, func(int) error {
			_, err := git(repo, "log", "--raw", "--no-renames", "--format=%H %an %at %s", "HEAD")
			return err
		})
		if err != nil {
			return err
		}
		theirs = append(theirs, d...)
	}
	b.report.row("history index built from nothing ("+what+")", show(ours.p50()), "git log --raw "+show(theirs.p50()), ratio(ours.p50(), theirs.p50()), atMost, 1.5)
	pack := folderSize(filepath.Join(repo, "objects", "pack"))
	b.report.row("history index on disk ("+what+")", kilobytes(size), "pack "+kilobytes(pack), float64(size)/float64(pack), atMost, 0.1)
	return nil
}

func kilobytes(n int64) string { return fmt.Sprintf("%d kB", n>>10) }

// folderSize adds up the files below a folder.
func folderSize(dir string) int64 {
	var sum int64
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
