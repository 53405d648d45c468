// Command bench measures Coppice and prints each figure beside its yardstick, both taken in the same run.
//
//	go run ./cmd/bench                  everything, on the starter wiki, the OWASP bundle and a generated repository
//	go run ./cmd/bench -only save,merge some figures
//
// A figure is a ratio of two medians (or of the percentiles it names), and a target from the issue that asked for it.
// Yardsticks are other programs: git, nginx, SQLite, and goldmark alone. A yardstick that is not installed is said to
// be missing, and so is the corpus, which a stranger's clone does not have; nothing is guessed in its place.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// bench is what the figures share.
type bench struct {
	ctx    context.Context
	dir    string // for repositories and everything else that is made
	binary string // coppice, built for this run
	owasp  string // bare repository of the corpus, or ""
	large  string // bare repository of the generator, or ""
	report report

	fitting bool // the questions that weights are fitted on are asked, not the others
}

// figures in the order of the report.
var figures = []struct {
	name string
	run  func(*bench) error
}{
	{"serve", (*bench).serving},
	{"view", (*bench).firstView},
	{"creditview", (*bench).creditedView},
	{"save", (*bench).saving},
	{"writers", (*bench).manyWriters},
	{"revisions", (*bench).revisions},
	{"history", (*bench).historyBuild},
	{"credit", (*bench).crediting},
	{"judged", (*bench).judging},
	{"search", (*bench).searching},
	{"retrieve", (*bench).retrieving},
	{"threads", (*bench).threads},
	{"questions", (*bench).manyQuestions},
	{"related", (*bench).relating},
	{"merge", (*bench).merging},
	{"worst", (*bench).worstPage},
	{"start", (*bench).starting},
}

func main() {
	only := flag.String("only", "", "comma-separated `figures`: serve, view, creditview, save, writers, revisions, history, credit, judged, search, retrieve, threads, questions, related, merge, worst, start")
	dir := flag.String("dir", filepath.Join(os.TempDir(), "coppice-bench"), "`folder` for generated repositories; they are used again by the next run")
	pages := flag.Int("pages", 10_000, "pages of the generated repository")
	commits := flag.Int("commits", 50_000, "commits of the generated repository")
	fitting := flag.Bool("fitting", false, "ask the half of the questions that search is fitted on, and list what it gets wrong")
	flag.Parse()
	b := &bench{ctx: context.Background(), dir: *dir, fitting: *fitting}
	if err := b.prepare(*pages, *commits); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	failed := false
	for _, f := range figures {
		if *only != "" && !strings.Contains(","+*only+",", ","+f.name+",") {
			continue
		}
		debug.FreeOSMemory() // what figures before this one left behind is not this one's to collect
		if err := f.run(b); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", f.name, err)
			failed = true
		}
	}
	b.report.summary()
	if failed {
		os.Exit(1)
	}
}

// prepare builds the binary and makes the repositories.
func (b *bench) prepare(pages, commits int) error {
	if err := os.MkdirAll(b.dir, 0o777); err != nil {
		return err
	}
	b.binary = filepath.Join(b.dir, "coppice")
	if out, err := exec.Command("go", "build", "-o", b.binary, "coppice/cmd/coppice").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	bundle, err := corpus()
	if err != nil {
		b.report.say("the corpus is not there (%v): figures on real pages are left out", err)
	} else {
		b.owasp = filepath.Join(b.dir, "owasp.git")
		if err := os.RemoveAll(b.owasp); err != nil {
			return err
		}
		if _, err := git(b.dir, "clone", "-q", "--bare", bundle, b.owasp); err != nil {
			return err
		}
	}
	b.large = filepath.Join(b.dir, fmt.Sprintf("generated-%d-%d.git", pages, commits))
	if _, err := os.Stat(b.large); err == nil {
		return nil
	}
	b.report.say("making a repository of %d pages and %d commits", pages, commits)
	return generate(b.large, pages, commits)
}

// corpus finds the bundle beside the project.
func corpus() (string, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	bundle := filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "..", "shared", "corpora", "owasp-cheatsheets.bundle")
	_, err = os.Stat(bundle)
	return bundle, err
}

// git runs native git with the host's configuration shut out.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = gitEnv()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func gitEnv() []string {
	return append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=Bench", "GIT_AUTHOR_EMAIL=bench@example.org", "GIT_COMMITTER_NAME=Bench", "GIT_COMMITTER_EMAIL=bench@example.org")
}

// fresh copies a repository, so that a figure that writes spoils nothing for the next.
func (b *bench) fresh(repo, name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.CopyFS(dir, os.DirFS(repo))
}
