package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
)

// generate makes a bare repository with so many pages in nested folders and so many commits, renames and merges among
// them, always the same. It speaks to git fast-import, so that native git vouches for what comes out.
func generate(dir string, pages, commits int) error {
	tmp := dir + ".tmp"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if _, err := git(".", "init", "-q", "--bare", "-b", "main", tmp); err != nil {
		return err
	}
	cmd := exec.Command("git", "-C", tmp, "fast-import", "--quiet")
	cmd.Env = gitEnv()
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	g := newGenerator(in, pages)
	g.history(commits)
	if err := g.finish(); err != nil {
		return err
	}
	if err := in.Close(); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return err
	}
	if _, err := git(tmp, "gc", "-q"); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}

const (
	folders        = 24 // in each folder, of the first two levels
	renameEvery    = 250
	mergeEvery     = 100
	branchCommits  = 3
	generatorEpoch = 1_300_000_000
)

// generator writes a fast-import stream.
type generator struct {
	out    *bufio.Writer
	random *rand.Rand
	words  []string
	zipf   *rand.Zipf
	paths  []string
	lines  [][]string // of each page
	mark   int
	clock  int64
	made   int // pages so far
	wanted int
}

func newGenerator(out io.Writer, pages int) *generator {
	random := rand.New(rand.NewPCG(2026, 11))
	g := &generator{out: bufio.NewWriterSize(out, 1<<20), random: random, clock: generatorEpoch, wanted: pages}
	g.words = vocabulary(random, 20_000)
	g.zipf = rand.NewZipf(random, 1.2, 8, uint64(len(g.words)-1))
	return g
}

// vocabulary makes words of syllables; with Zipf's law over it text has the word frequencies of a language.
func vocabulary(random *rand.Rand, n int) []string {
	syllables := strings.Fields("ba be bi bo ca ce ci co da de di do fa fe fi fo ga ge gi go la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo")
	seen := map[string]bool{}
	words := make([]string, 0, n)
	for len(words) < n {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			b.WriteString(syllables[random.IntN(len(syllables))])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

func (g *generator) sentence(n int) string {
	w := make([]string, n)
	for i := range w {
		w[i] = g.words[g.zipf.Uint64()]
	}
	return strings.ToUpper(w[0][:1]) + w[0][1:] + " " + strings.Join(w[1:], " ") + "."
}

func (g *generator) newPage() {
	i := g.made
	g.made++
	path := fmt.Sprintf("area-%02d/topic-%02d/page-%05d.md", i%folders, i/folders%folders, i)
	title := g.sentence(3)
	lines := []string{"---", "keywords: [" + g.words[g.zipf.Uint64()] + ", " + g.words[g.zipf.Uint64()] + "]", "---", "# " + strings.TrimSuffix(title, "."), ""}
	for range 2 + g.random.IntN(4) {
		lines = append(lines, "## "+strings.TrimSuffix(g.sentence(5), ".")+"?", "", g.sentence(12+g.random.IntN(40)), "", g.sentence(8+g.random.IntN(30)), "")
	}
	if i > 0 {
		lines = append(lines, "See [another page](/"+g.paths[g.random.IntN(i)]+").", "")
	}
	g.paths, g.lines = append(g.paths, path), append(g.lines, lines)
}

// commit begins a commit on a branch; more parents are merged.
func (g *generator) commit(branch, summary string, from int, merge ...int) int {
	g.mark++
	g.clock += int64(60 + g.random.IntN(6000))
	who := fmt.Sprintf("Person %d <person%d@example.org> %d +0000", g.random.IntN(300), g.random.IntN(300), g.clock)
	fmt.Fprintf(g.out, "commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n", branch, g.mark, who, who, len(summary), summary)
	if from > 0 {
		fmt.Fprintf(g.out, "from :%d\n", from)
	}
	for _, m := range merge {
		fmt.Fprintf(g.out, "merge :%d\n", m)
	}
	return g.mark
}

func (g *generator) put(i int) {
	text := strings.Join(g.lines[i], "\n")
	fmt.Fprintf(g.out, "M 100644 inline %s\ndata %d\n%s\n", g.paths[i], len(text), text)
}

// edit changes one line of a page.
func (g *generator) edit(i int) {
	lines := g.lines[i]
	for {
		at := 5 + g.random.IntN(len(lines)-5)
		if strings.HasSuffix(lines[at], ".") && !strings.HasPrefix(lines[at], "See") {
			lines[at] = g.sentence(10 + g.random.IntN(30))
			return
		}
	}
}

// history writes the commits: pages come with a third of them, at first several at a time; the rest are edits.
func (g *generator) history(commits int) {
	tip := g.commit("main", "Begin", 0)
	for range max(1, g.wanted/5) {
		g.newPage()
		g.put(g.made - 1)
	}
	for n := 1; n < commits; n++ {
		switch {
		case n%mergeEvery == 0 && n+branchCommits+1 < commits:
			tip = g.sideBranch(tip)
			n += branchCommits + 1
		case n%renameEvery == 7:
			i := g.random.IntN(g.made)
			tip = g.commit("main", "Rename a page", tip)
			old := g.paths[i]
			g.paths[i] = strings.Replace(old, "page-", fmt.Sprintf("moved-%d-", n), 1)
			fmt.Fprintf(g.out, "R %s %s\n", old, g.paths[i])
		case g.made < g.wanted && n%3 == 0:
			g.newPage()
			tip = g.commit("main", "Write a page", tip)
			g.put(g.made - 1)
		default:
			i := g.busy()
			tip = g.commit("main", "Mend a sentence", tip)
			g.edit(i)
			g.put(i)
		}
	}
}

// sideBranch edits one page beside the main line, which edits another, and merges.
func (g *generator) sideBranch(tip int) int {
	side := tip
	i, j := g.random.IntN(g.made/2), g.made/2+g.random.IntN(g.made-g.made/2)
	for range branchCommits {
		side = g.commit("side", "Mend beside", side)
		g.edit(i)
		g.put(i)
	}
	tip = g.commit("main", "Mend on the main line", tip)
	g.edit(j)
	g.put(j)
	tip = g.commit("main", "Merge branch 'side'", tip, side)
	g.put(i)
	return tip
}

// busy picks a page; a few get most of the edits, as in every wiki.
func (g *generator) busy() int {
	switch g.random.IntN(8) {
	case 0:
		return g.random.IntN(min(g.made, 8))
	case 1:
		return g.random.IntN(min(g.made, 100))
	}
	return g.random.IntN(g.made)
}

func (g *generator) finish() error {
	fmt.Fprintf(g.out, "reset refs/heads/side\nfrom 0000000000000000000000000000000000000000\n\n")
	return g.out.Flush()
}
