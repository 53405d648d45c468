package credit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coppice/wiki"
	"coppice/wiki/credit/truth"
)

func realSentences(t *testing.T) []string {
	t.Helper()
	var texts []string
	files, _ := filepath.Glob("../../content/starter/*.md")
	if dir := os.Getenv("TRUTH_TEXTS"); dir != "" {
		files, _ = filepath.Glob(dir + "/*.md")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	return truth.Sentences(texts...)
}

func makeHistory(t *testing.T, o truth.Options) (string, *truth.History) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "truth.git")
	if out, err := exec.Command("git", "init", "-q", "--bare", "-b", "main", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	cmd := exec.Command("git", "-C", dir, "fast-import", "--quiet")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h, err := truth.Write(in, o)
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return dir, h
}

func TestTruthProbe(t *testing.T) {
	sentences := realSentences(t)
	t.Log(len(sentences), "sentences")
	for _, between := range []bool{false, true} {
		for seed := range uint64(6) {
			dir, h := makeHistory(t, truth.Options{Seed: seed + 1, Authors: 10, Pages: 20, Revisions: 66, Between: between, Sentences: sentences})
			w, err := wiki.Open(dir, wiki.Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			d, b, err := fromNothing(t.Context(), w, w.Head().Commit(), func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			right, all, shown := 0, 0, 0
			worst := 0.0
			for ref := range w.Head().Pages() {
				no := d.find(ref.Blob, ref.Path.String(), []int32{int32(len(d.commits) - 1)})
				s, err := b.text(no, ref.Blob)
				if err != nil {
					t.Fatal(err)
				}
				want := h.Pages[ref.Path.String()]
				if len(want) != len(s.words) {
					t.Fatalf("%s: %d words, %d known", ref.Path, len(s.words), len(want))
				}
				mine, theirs := map[int]float64{}, map[int]float64{}
				bad := 0
				for i, o := range s.origins {
					name := d.people[d.commits[o].author].name
					all++
					a := 0
					fmt.Sscanf(name, "Author %d", &a)
					mine[a] += 1 / float64(len(want))
					theirs[want[i].Author] += 1 / float64(len(want))
					if a == want[i].Author {
						right++
					} else if bad++; os.Getenv("SHOW") != "" && shown < 60 {
						if i == 0 || bad == 1 || d.people[d.commits[s.origins[i-1]].author].name == truth.AuthorName(want[i-1].Author) {
							shown++
							lo, hi := max(0, i-6), min(len(want), i+10)
							var b strings.Builder
							for k := lo; k < hi; k++ {
								na := d.people[d.commits[s.origins[k]].author].name[7:]
								fmt.Fprintf(&b, "%s[%s/%d] ", want[k].Text, na, want[k].Author)
							}
							t.Logf("%s @%d by %s: %s", ref.Path, i, d.commits[o].id.Short(), b.String())
						}
					}
				}
				for a := range 10 {
					worst = max(worst, mine[a]-theirs[a], theirs[a]-mine[a])
				}
			}
			t.Logf("between %v seed %d: %.5f of %d, worst share %.4f", between, seed, float64(right)/float64(all), all, worst)
			w.Close()
		}
	}
}
