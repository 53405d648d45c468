package credit_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coppice/wiki"
	"coppice/wiki/credit"
)

// judgement is a line of testdata/owasp-judged.txt, which says how it was made.
type judgement struct {
	page    string
	at      int // byte of the page's source
	word    string
	commits []string // the first ten digits; any of them is right
	phrase  string   // for git log -S
	note    string
}

func (j judgement) command() string {
	return "git log --reverse -S'" + strings.ReplaceAll(j.phrase, "'", `'\''`) + "' -- 'cheatsheets/*.md'"
}

func judgements(t *testing.T) []judgement {
	t.Helper()
	raw, err := os.ReadFile("testdata/owasp-judged.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []judgement
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 6 {
			t.Fatalf("not six columns: %q", line)
		}
		at, err := strconv.Atoi(f[1])
		if err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		j := judgement{page: f[0], at: at, word: f[2], commits: strings.Split(f[3], ","), phrase: f[4], note: f[5]}
		for _, c := range j.commits {
			if len(c) != 10 || strings.Trim(c, "0123456789abcdef") != "" {
				t.Fatalf("%q is not ten hex digits: %q", c, line)
			}
		}
		all = append(all, j)
	}
	return all
}

// TestJudgedWords compares the origins of words of a real wiki with what people found who read its diffs.
func TestJudgedWords(t *testing.T) {
	const (
		sampled = 300
		target  = 0.97
		undone  = 3 // words that the division may have given up since they were sampled
	)
	judged := judgements(t)
	if len(judged) != sampled {
		t.Fatalf("%d judgements, want %d", len(judged), sampled)
	}
	for i, j := range judged[1:] {
		if last := judged[i]; last.page == j.page && last.at >= j.at {
			t.Errorf("%s: byte %d after byte %d", j.page, j.at, last.at)
		}
	}
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "..", "shared", "corpora", "owasp-cheatsheets.bundle")
	if _, err := os.Stat(bundle); err != nil {
		t.Log("the corpus is not there: only the form of the judgements was checked")
		return
	}
	repo := filepath.Join(t.TempDir(), "owasp.git")
	clone := exec.Command("git", "clone", "-q", "--bare", bundle, repo)
	clone.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	if out, err := clone.CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	w, err := wiki.Open(repo, wiki.Options{Root: "cheatsheets", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	x, err := credit.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}

	v := x.View(w, w.Head())
	pages := map[string]*credit.Authorship{}
	right, gone := 0, 0
	for _, j := range judged {
		a, ok := pages[j.page]
		if !ok {
			if a, err = authorship(v, w.Head(), j.page); err != nil {
				t.Fatalf("%s: %v", j.page, err)
			}
			pages[j.page] = a
		}
		if !bytes.HasPrefix(a.Page.Source[min(j.at, len(a.Page.Source)):], []byte(j.word)) {
			t.Errorf("%s, byte %d: the text is not %q, which was judged", j.page, j.at, j.word)
			continue
		}
		switch word, commit := wordAt(a, j.at); {
		case word != j.word:
			t.Logf("%s, byte %d: %q is no word any more, but %q", j.page, j.at, j.word, word)
			gone++
		case slices.Contains(j.commits, commit):
			right++
		default:
			t.Logf("%s, byte %d: %q is from %s, judged %s (%s)\n\t%s", j.page, j.at, word, commit, strings.Join(j.commits, " or "), j.note, j.command())
		}
	}
	if gone > undone {
		t.Errorf("%d of the judged words are no words any more, at most %d may be", gone, undone)
	}
	share := float64(right) / float64(sampled-gone)
	t.Logf("%d of %d words are right: %.4f", right, sampled-gone, share)
	if share < target {
		t.Errorf("%.4f of the words are right, want %.2f", share, target)
	}
}

func authorship(v *credit.View, s *wiki.Snapshot, name string) (*credit.Authorship, error) {
	p, err := wiki.ParsePath(name)
	if err != nil {
		return nil, err
	}
	page, err := s.Page(p)
	if err != nil {
		return nil, err
	}
	return v.Authorship(page)
}

// wordAt gives the word that begins at a byte, and the first ten digits of its commit.
func wordAt(a *credit.Authorship, at int) (word, commit string) {
	for span, p := range a.Each() {
		if span.Start == at {
			return string(a.Page.Source[span.Start:span.End]), p.Commit.String()[:10]
		}
	}
	return "", ""
}
