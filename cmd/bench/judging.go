package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"coppice/wiki"
)

// judgement is a line of wiki/credit/testdata/owasp-judged.txt: a word, and the commits that may be said to have
// brought it, in their first ten digits.
type judgement struct {
	at      int
	commits []string
}

// judging counts the words of a real wiki that are given to the right commit, by the credit index and by git blame.
func (b *bench) judging() error {
	if b.owasp == "" {
		return nil
	}
	judged, err := judgements()
	if err != nil {
		return err
	}
	w, v, done, err := b.credited(b.owasp, "cheatsheets")
	if err != nil {
		return err
	}
	defer done()
	all, ours, theirs := 0, 0, 0
	for name, words := range judged {
		path, err := wiki.ParsePath(name)
		if err != nil {
			return err
		}
		page, err := w.Head().Page(path)
		if err != nil {
			return err
		}
		a, err := v.Authorship(page)
		if err != nil {
			return err
		}
		lines, err := blamed(b.owasp, w.Head().Commit().String(), "cheatsheets/"+name+".md")
		if err != nil {
			return err
		}
		origins := map[int]string{}
		for span, p := range a.Each() {
			origins[span.Start] = p.Commit.String()[:10]
		}
		for _, j := range words {
			origin, ok := origins[j.at]
			if !ok {
				continue // no word any more; the test of the judgements says how many may be
			}
			line := bytes.Count(page.Source[:j.at], []byte("\n"))
			if line >= len(lines) {
				return fmt.Errorf("%s: git blame has no line %d", name, line+1)
			}
			all++
			if slices.Contains(j.commits, origin) {
				ours++
			}
			if slices.Contains(j.commits, lines[line]) {
				theirs++
			}
		}
	}
	share := func(n int) float64 { return float64(n) / float64(all) }
	b.report.row("words right on 300 judged words (owasp)", fmt.Sprintf("%.4f", share(ours)),
		fmt.Sprintf("git blame %.4f", share(theirs)), share(ours), atLeast, 0.97)
	return nil
}

// judgements reads the judged words by page. How they were judged stands at the top of the file.
func judgements() (map[string][]judgement, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "wiki", "credit", "testdata", "owasp-judged.txt"))
	if err != nil {
		return nil, err
	}
	pages := map[string][]judgement{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 4 {
			return nil, fmt.Errorf("judged words: %q", line)
		}
		at, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("judged words: %w", err)
		}
		pages[f[0]] = append(pages[f[0]], judgement{at, strings.Split(f[3], ",")})
	}
	return pages, nil
}

// blamed gives the first ten digits of the commit of each line, as git blame sees it when it looks for moves and copies
// as hard as it can. The whole page is asked for: with -L, lines that were moved together would be looked for alone.
func blamed(repo, commit, file string) ([]string, error) {
	out, err := git(repo, "blame", "-w", "-M", "-C", "-C", "-C", "--porcelain", commit, "--", file)
	if err != nil {
		return nil, err
	}
	var lines []string
	head := ""
	for line := range strings.Lines(out) {
		switch id, _, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "\t"):
			lines = append(lines, head)
		case len(id) == 40 && strings.Trim(id, "0123456789abcdef") == "":
			head = id[:10]
		}
	}
	return lines, nil
}
