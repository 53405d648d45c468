package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"coppice/wiki"
)

const (
	saveRounds  = 60
	flatPages   = 4600
	writers     = 64
	writerSaves = 40
)

// saving compares one durable save with the same done by git's plumbing, told to sync everything.
func (b *bench) saving() error {
	if b.owasp != "" {
		if err := b.saveOn("owasp", b.owasp, "cheatsheets", "Session_Management_Cheat_Sheet"); err != nil {
			return err
		}
	}
	flat := filepath.Join(b.dir, "flat.git")
	if err := makeFlat(flat); err != nil {
		return err
	}
	return b.saveOn("folder of 4,600 pages", flat, "", "page-2300")
}

// makeFlat makes a repository with all its pages in one folder.
func makeFlat(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if _, err := git(".", "init", "-q", "--bare", "-b", "main", dir); err != nil {
		return err
	}
	var in bytes.Buffer
	in.WriteString("commit refs/heads/main\ncommitter Bench <bench@example.org> 1300000000 +0000\ndata 5\nBegin\n")
	for i := range flatPages {
		text := fmt.Sprintf("# Page %d\n\n%s", i, strings.Repeat(fmt.Sprintf("Sentence %d of a page.\n", i), 20))
		fmt.Fprintf(&in, "M 100644 inline page-%04d.md\ndata %d\n%s\n", i, len(text), text)
	}
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet")
	cmd.Stdin, cmd.Stderr, cmd.Env = &in, os.Stderr, gitEnv()
	return cmd.Run()
}

func (b *bench) saveOn(what, repo, root, page string) error {
	file := filepath.Join(root, page+".md")
	yard, err := b.fresh(repo, "plumbing.git")
	if err != nil {
		return err
	}
	p, err := newPlumbing(yard)
	if err != nil {
		return err
	}
	source, err := git(yard, "show", "HEAD:"+file)
	if err != nil {
		return err
	}
	text := func(i int) []byte { return fmt.Appendf([]byte(source), "\n\nLine %d.\n", i) }

	own, err := b.fresh(repo, "store.git")
	if err != nil {
		return err
	}
	w, err := wiki.Open(own, wiki.Options{Root: root})
	if err != nil {
		return err
	}
	defer w.Close()
	served, err := b.fresh(repo, "served.git")
	if err != nil {
		return err
	}
	r, err := b.serve(served, "--root", root)
	if err != nil {
		return err
	}
	defer r.stop() //nolint:errcheck // nothing is lost
	if err := r.ready(); err != nil {
		return err
	}
	path, err := wiki.ParsePath(page)
	if err != nil {
		return err
	}
	var viaGit, viaStore, viaHTTP durations
	for i := range saveRounds { // turn and turn about, so that a slow minute of the disk is everybody's
		start := time.Now()
		if err := p.save(file, text(i)); err != nil {
			return err
		}
		viaGit = append(viaGit, time.Since(start))
		start = time.Now()
		if _, err := w.Save(b.ctx, wiki.Edit{Path: path, Base: w.Head().Commit(), Source: text(i)}); err != nil {
			return err
		}
		viaStore = append(viaStore, time.Since(start))
		base, err := git(served, "rev-parse", "HEAD")
		if err != nil {
			return err
		}
		took, err := r.edit(page, base, text(i))
		if err != nil {
			return err
		}
		viaHTTP = append(viaHTTP, took)
	}
	yardstick := "plumbing " + show(viaGit.p50())
	b.report.row("durable save, store alone, p50 ("+what+")", show(viaStore.p50()), yardstick, ratio(viaStore.p50(), viaGit.p50()), atMost, 0.12)
	b.report.row("durable save through HTTP, p50 ("+what+")", show(viaHTTP.p50()), yardstick, ratio(viaHTTP.p50(), viaGit.p50()), atMost, 0.2)
	return nil
}

// plumbing saves a page with git's own commands, each object and ref synced, and an index kept between saves.
type plumbing struct {
	dir string
	env []string
}

func newPlumbing(dir string) (*plumbing, error) {
	p := &plumbing{dir: dir, env: append(gitEnv(), "GIT_INDEX_FILE="+filepath.Join(dir, "bench.index"))}
	_, err := p.git(nil, "read-tree", "HEAD")
	return p, err
}

func (p *plumbing) git(in []byte, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", p.dir, "-c", "core.fsync=all"}, args...)...)
	cmd.Env = p.env
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

func (p *plumbing) save(file string, text []byte) error {
	blob, err := p.git(text, "hash-object", "-w", "--stdin")
	if err != nil {
		return err
	}
	if _, err := p.git(nil, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+file); err != nil {
		return err
	}
	tree, err := p.git(nil, "write-tree")
	if err != nil {
		return err
	}
	commit, err := p.git(nil, "commit-tree", tree, "-p", "HEAD", "-m", "Measure a save")
	if err != nil {
		return err
	}
	_, err = p.git(nil, "update-ref", "HEAD", commit)
	return err
}

// manyWriters compares saves a second of 64 writers on different pages with the plumbing, one save after another.
func (b *bench) manyWriters() error {
	repo := b.owasp
	root := "cheatsheets"
	if repo == "" {
		repo, root = b.large, ""
	}
	own, err := b.fresh(repo, "writers.git")
	if err != nil {
		return err
	}
	w, err := wiki.Open(own, wiki.Options{Root: root})
	if err != nil {
		return err
	}
	defer w.Close()
	var pages []wiki.Page
	for ref := range w.Head().Pages() {
		if len(pages) == writers {
			break
		}
		page, err := w.Head().Page(ref.Path)
		if err != nil {
			return err
		}
		pages = append(pages, page)
	}
	start := time.Now()
	var wg sync.WaitGroup
	errs := make(chan error, writers)
	for _, page := range pages {
		wg.Go(func() {
			base := page.Commit
			for i := range writerSaves {
				s, err := w.Save(context.Background(), wiki.Edit{Path: page.Path, Base: base, Source: fmt.Appendf(bytes.Clone(page.Source), "\nLine %d.\n", i)})
				if err != nil {
					errs <- err
					return
				}
				base = s.Revision.ID
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
	}
	rate := float64(len(pages)*writerSaves) / time.Since(start).Seconds()
	yard, err := b.fresh(repo, "plumbing.git")
	if err != nil {
		return err
	}
	p, err := newPlumbing(yard)
	if err != nil {
		return err
	}
	d, err := timed(saveRounds, func(i int) error {
		page := pages[i%len(pages)]
		return p.save(filepath.Join(root, page.Path.File()), fmt.Appendf(bytes.Clone(page.Source), "\nLine %d.\n", i))
	})
	if err != nil {
		return err
	}
	theirs := 1 / d.p50().Seconds()
	b.report.row("durable saves a second, 64 writers on different pages", fmt.Sprintf("%.0f/s", rate), fmt.Sprintf("plumbing %.0f/s", theirs), rate/theirs, atLeast, 20)
	return nil
}
