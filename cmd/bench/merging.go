package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"coppice/wiki"
)

// triple is a page's text and two texts that were made from it.
type triple struct{ base, theirs, mine []byte }

const mergeSample = 1200

// merging compares three-way merges of real texts with git merge-file: the verdict, and the time.
//
// A triple is three revisions of one page, the one in the middle taken for the base: one side undoes the older change,
// the other has made the newer. That is what a revert asks for, and it clashes about as often as edits in a hurry do.
func (b *bench) merging() error {
	if b.owasp == "" {
		return nil
	}
	triples, err := realTriples(b.owasp, mergeSample)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.dir, "merge-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var ours, theirs time.Duration
	same, better, worse, differ := 0, 0, 0, 0
	for _, t := range triples {
		start := time.Now()
		text, clean := wiki.Merge(t.base, t.theirs, t.mine)
		ours += time.Since(start)
		start = time.Now()
		theirText, theirClean, err := mergeFile(dir, t)
		if err != nil {
			return err
		}
		theirs += time.Since(start)
		switch {
		case clean && !theirClean:
			better++
		case !clean && theirClean:
			worse++
		default:
			same++
			if clean && !bytes.Equal(text, theirText) {
				differ++
			}
		}
	}
	n := float64(len(triples))
	b.report.say("merge of %d real triples: %d verdicts the same (%d of them with another text), %d clean only here, %d clean only in git",
		len(triples), same, differ, better, worse)
	b.report.row("three-way merges with git's verdict or a better one", fmt.Sprint(same+better), fmt.Sprintf("git merge-file %d", len(triples)), float64(same+better)/n, atLeast, 1)
	b.report.row("three-way merge, mean time", show(ours/time.Duration(len(triples))), "git merge-file "+show(theirs/time.Duration(len(triples))), ratio(ours, theirs), atMost, 0.1)
	return nil
}

func mergeFile(dir string, t triple) ([]byte, bool, error) {
	names := [3]string{"mine", "base", "theirs"}
	for i, text := range [3][]byte{t.mine, t.base, t.theirs} {
		if err := os.WriteFile(filepath.Join(dir, names[i]), text, 0o666); err != nil {
			return nil, false, err
		}
	}
	cmd := exec.Command("git", "merge-file", "-p", "-q", names[0], names[1], names[2])
	cmd.Dir, cmd.Env = dir, gitEnv()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128 {
		return out, false, nil
	}
	return out, err == nil, err
}

// realTriples takes consecutive revisions of each page, in turn, until there are enough.
func realTriples(repo string, n int) ([]triple, error) {
	out, err := git(repo, "log", "--no-merges", "--no-renames", "--diff-filter=AM", "--raw", "--no-abbrev", "--format=")
	if err != nil {
		return nil, err
	}
	blobs := map[string][]string{} // of each page, newest first
	var pages []string
	for line := range strings.Lines(out) {
		meta, file, ok := strings.Cut(strings.TrimSpace(line), "\t")
		f := strings.Fields(meta)
		if !ok || len(f) < 5 || !strings.HasSuffix(file, ".md") {
			continue
		}
		if blobs[file] == nil {
			pages = append(pages, file)
		}
		blobs[file] = append(blobs[file], f[3])
	}
	read, done, err := catFile(repo)
	if err != nil {
		return nil, err
	}
	defer done()
	var triples []triple
	for i := 0; len(triples) < n; i++ {
		more := false
		for _, page := range pages {
			if b := blobs[page]; i+2 < len(b) && len(triples) < n {
				more = true
				t := triple{}
				for k, at := range map[*[]byte]string{&t.mine: b[i], &t.base: b[i+1], &t.theirs: b[i+2]} {
					if *k, err = read(at); err != nil {
						return nil, err
					}
				}
				triples = append(triples, t)
			}
		}
		if !more {
			break
		}
	}
	return triples, nil
}

// catFile reads blobs through one git process.
func catFile(repo string) (read func(id string) ([]byte, error), done func(), err error) {
	w, err := wiki.Open(repo, wiki.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	return func(id string) ([]byte, error) {
		parsed, err := wiki.ParseID(id)
		if err != nil {
			return nil, err
		}
		return w.Blob(parsed)
	}, func() { w.Close() }, nil
}
