// Package truth makes histories of a wiki of which it is known, by construction, who wrote every word: the measure for
// package credit, in its tests and in the benchmarks.
//
//	h, err := truth.Write(out, truth.Options{Seed: 7, Authors: 10, Pages: 20, Revisions: 66, Sentences: truth.Sentences(pages)})
//
// What is written is a stream for git fast-import, so that native git vouches for the repository. The words are drawn
// from real text: each sentence is used once, in random order, so that pages have the word frequencies and the chance
// resemblances of real ones. Every edit is one commit by one author:
//
//	40 % words of a sentence replaced, inserted or taken out      10 % a sentence, paragraph or section moved
//	20 % a sentence added                                          5 % a sentence or paragraph deleted
//	15 % a question with its answer added                          5 % a paragraph or sentence split, or two joined
//	                                                               5 % a section blanked, and restored later by somebody else
//
// With Between, a quarter of the edits reach over pages or branches instead: a section or paragraph moved or copied to
// another page (every third of them with a word fixed in the same commit), a page renamed, split or joined to another,
// and a side branch that is merged.
package truth

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// Options say what history is made.
type Options struct {
	Seed      uint64
	Authors   int
	Pages     int // at the beginning
	Revisions int // of each page, about
	Between   bool
	Sentences []string // from Sentences; at least a few hundred
}

// Word is a word of the text and its author, numbered from 0.
type Word struct {
	Text   string
	Author int
}

// Revision is what one commit made of one page, for programs that follow page by page.
type Revision struct {
	Author int
	Path   string
	Words  []string
	Base   int // index of the revision that the commit changed; -1 when the page is new under this path
}

// History is what is known.
type History struct {
	Pages     map[string][]Word // at the head, by path without ".md", in the order of the text
	Revisions []Revision
}

// AuthorName names an author, as the commits do.
func AuthorName(i int) string { return fmt.Sprintf("Author %d", i) }

// AuthorMail is the author's address.
func AuthorMail(i int) string { return fmt.Sprintf("author%d@example.org", i) }

var (
	plainLine = regexp.MustCompile(`^[A-Za-z][^|<>{}\[\]` + "`" + `]*$`)
	wordShape = regexp.MustCompile(`[A-Za-z]+`)
)

// Sentences takes the sentences of prose out of Markdown texts: none twice, and only their plain words.
func Sentences(texts ...string) []string {
	seen := map[string]bool{}
	var out []string
	for _, text := range texts {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if !plainLine.MatchString(line) {
				continue
			}
			for s := range strings.SplitSeq(line, ". ") {
				words := wordShape.FindAllString(s, -1)
				joined := strings.Join(words, " ")
				if len(words) < 4 || len(words) > 40 || seen[strings.ToLower(joined)] {
					continue
				}
				seen[strings.ToLower(joined)] = true
				out = append(out, joined)
			}
		}
	}
	return out
}

type sentence []Word

type paragraph []sentence

type section struct {
	heading sentence
	body    []paragraph
}

type page struct {
	path     string
	title    sentence
	sections []*section
	last     int // its newest revision
}

func (p *page) words() []Word {
	words := slices.Clone(p.title)
	for _, s := range p.sections {
		words = append(words, s.heading...)
		for _, par := range s.body {
			words = append(words, slices.Concat(par...)...)
		}
	}
	return words
}

func (s sentence) text() string {
	var b strings.Builder
	for i, w := range s {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

func (p *page) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", p.title.text())
	for _, s := range p.sections {
		fmt.Fprintf(&b, "\n## %s?\n", s.heading.text())
		for _, par := range s.body {
			b.WriteByte('\n')
			for i, t := range par {
				if i > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(t.text() + ".")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (s *section) clone() *section {
	c := &section{heading: slices.Clone(s.heading)}
	for _, p := range s.body {
		var q paragraph
		for _, t := range p {
			q = append(q, slices.Clone(t))
		}
		c.body = append(c.body, q)
	}
	return c
}

// blanked is a section that somebody took away and somebody else will bring back.
type blanked struct {
	page    *page
	section *section
	at      int
	author  int
	due     int
}

type writer struct {
	Options
	out    *bufio.Writer
	random *rand.Rand
	pages  []*page
	next   int // sentence
	pool   []string
	vocab  []string
	mark   int
	clock  int64
	gone   []blanked
	h      *History
	author int
	named  int
}

// Write makes a history on the branch main.
func Write(out io.Writer, o Options) (*History, error) {
	w := &writer{Options: o, out: bufio.NewWriterSize(out, 1<<20), random: rand.New(rand.NewPCG(o.Seed, 77)), clock: 1_500_000_000, h: &History{Pages: map[string][]Word{}}}
	w.pool = slices.Clone(o.Sentences)
	w.random.Shuffle(len(w.pool), func(i, j int) { w.pool[i], w.pool[j] = w.pool[j], w.pool[i] })
	for _, s := range w.pool {
		w.vocab = append(w.vocab, strings.Fields(s)...)
	}
	tip := 0
	for range o.Pages {
		w.author = w.random.IntN(o.Authors)
		p := w.newPage()
		tip = w.commit("main", tip)
		w.put(p)
	}
	total := o.Pages * (o.Revisions - 1)
	for n := range total {
		w.author = w.random.IntN(o.Authors)
		if i := slices.IndexFunc(w.gone, func(b blanked) bool { return b.due <= n && b.author != w.author }); i >= 0 {
			b := w.gone[i]
			w.gone = slices.Delete(w.gone, i, i+1)
			if slices.Contains(w.pages, b.page) {
				b.page.sections = slices.Insert(b.page.sections, min(b.at, len(b.page.sections)), b.section)
				tip = w.commit("main", tip)
				w.put(b.page)
				continue
			}
		}
		if o.Between && w.random.IntN(4) == 0 {
			tip = w.between(tip)
			continue
		}
		p := w.pages[w.random.IntN(len(w.pages))]
		w.edit(p, p.sections, n)
		tip = w.commit("main", tip)
		w.put(p)
	}
	for _, p := range w.pages {
		w.h.Pages[p.path] = p.words()
	}
	fmt.Fprintf(w.out, "reset refs/heads/side\nfrom 0000000000000000000000000000000000000000\n\n")
	return w.h, w.out.Flush()
}

func (w *writer) sentence() sentence {
	s := w.pool[w.next%len(w.pool)]
	words := strings.Fields(s)
	if w.next++; w.next > len(w.pool) { // all are used: the words of real sentences in an order of their own
		w.random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	}
	out := make(sentence, len(words))
	for i, t := range words {
		out[i] = Word{t, w.author}
	}
	return out
}

func (w *writer) heading() sentence {
	s := w.sentence()
	return s[:min(len(s), 3+w.random.IntN(5))]
}

func (w *writer) paragraph() paragraph {
	var p paragraph
	for range 1 + w.random.IntN(5) {
		p = append(p, w.sentence())
	}
	return p
}

func (w *writer) section() *section {
	s := &section{heading: w.heading()}
	for range 1 + w.random.IntN(3) {
		s.body = append(s.body, w.paragraph())
	}
	return s
}

func (w *writer) path() string {
	w.named++
	return fmt.Sprintf("page-%03d", w.named)
}

func (w *writer) newPage() *page {
	p := &page{path: w.path(), title: w.heading(), last: -1}
	for range 3 + w.random.IntN(5) {
		p.sections = append(p.sections, w.section())
	}
	w.pages = append(w.pages, p)
	return p
}

func (w *writer) commit(branch string, from int, merge ...int) int {
	w.mark++
	w.clock += int64(600 + w.random.IntN(6000))
	who := fmt.Sprintf("%s <%s> %d +0000", AuthorName(w.author), AuthorMail(w.author), w.clock)
	fmt.Fprintf(w.out, "commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %s\ndata 4\nEdit\n", branch, w.mark, who, who)
	if from > 0 {
		fmt.Fprintf(w.out, "from :%d\n", from)
	}
	for _, m := range merge {
		fmt.Fprintf(w.out, "merge :%d\n", m)
	}
	return w.mark
}

// put writes a page into the commit that was begun.
func (w *writer) put(p *page) {
	text := p.text()
	fmt.Fprintf(w.out, "M 100644 inline %s.md\ndata %d\n%s\n", p.path, len(text), text)
	r := Revision{Author: w.author, Path: p.path, Base: p.last}
	for _, x := range p.words() {
		r.Words = append(r.Words, x.Text)
	}
	p.last = len(w.h.Revisions)
	w.h.Revisions = append(w.h.Revisions, r)
}

func (w *writer) remove(path string) { fmt.Fprintf(w.out, "D %s.md\n", path) }

// edit changes one thing in one of the sections of a page.
func (w *writer) edit(p *page, sections []*section, n int) {
	for {
		var done bool
		s := sections[w.random.IntN(len(sections))]
		switch k := w.random.IntN(100); {
		case k < 40:
			done = w.fix(s)
		case k < 60:
			w.addSentence(s)
			done = true
		case k < 75:
			p.sections = slices.Insert(p.sections, w.random.IntN(len(p.sections)+1), w.section())
			done = true
		case k < 85:
			done = w.move(p, s)
		case k < 90:
			done = w.delete(s)
		case k < 95:
			done = w.splitOrJoin(s)
		default:
			done = w.blank(p, s, n)
		}
		if done {
			return
		}
	}
}

// pick gives a paragraph and a sentence of a section, by number.
func (w *writer) pick(s *section) (par, sen int, ok bool) {
	if len(s.body) == 0 {
		return 0, 0, false
	}
	par = w.random.IntN(len(s.body))
	return par, w.random.IntN(len(s.body[par])), true
}

func (w *writer) anyWord(not string) Word {
	for {
		if t := w.vocab[w.random.IntN(len(w.vocab))]; !strings.EqualFold(t, not) {
			return Word{t, w.author}
		}
	}
}

func (w *writer) fix(s *section) bool {
	par, sen, ok := w.pick(s)
	if !ok {
		return false
	}
	t := slices.Clone(s.body[par][sen])
	for range 1 + w.random.IntN(2) {
		i := w.random.IntN(len(t))
		switch k := w.random.IntN(5); {
		case k == 0 && len(t) > 4:
			t = slices.Delete(t, i, i+1)
		case k == 1:
			t = slices.Insert(t, i, w.anyWord(""))
		default:
			t[i] = w.anyWord(t[i].Text)
		}
	}
	s.body[par][sen] = t
	return true
}

func (w *writer) addSentence(s *section) {
	par, sen, ok := w.pick(s)
	if !ok {
		s.body = append(s.body, paragraph{w.sentence()})
		return
	}
	s.body[par] = slices.Insert(s.body[par], sen, w.sentence())
}

func (w *writer) move(p *page, s *section) bool {
	switch w.random.IntN(3) {
	case 0: // the section
		if len(p.sections) < 2 {
			return false
		}
		i := slices.Index(p.sections, s)
		rest := slices.Delete(p.sections, i, i+1)
		j := w.random.IntN(len(rest) + 1)
		p.sections = slices.Insert(rest, j, s)
		return i != j
	case 1: // a paragraph
		if len(s.body) < 2 {
			return false
		}
		par, _, _ := w.pick(s)
		x := s.body[par]
		s.body = slices.Delete(s.body, par, par+1)
		to := p.sections[w.random.IntN(len(p.sections))]
		to.body = slices.Insert(to.body, w.random.IntN(len(to.body)+1), x)
		return true
	default: // a sentence
		par, sen, ok := w.pick(s)
		if !ok || len(s.body[par]) < 2 {
			return false
		}
		x := s.body[par][sen]
		s.body[par] = slices.Delete(s.body[par], sen, sen+1)
		to := p.sections[w.random.IntN(len(p.sections))]
		tp, ts, ok := w.pick(to)
		if !ok {
			to.body = append(to.body, paragraph{x})
			return true
		}
		to.body[tp] = slices.Insert(to.body[tp], ts, x)
		return true
	}
}

func (w *writer) delete(s *section) bool {
	par, sen, ok := w.pick(s)
	if !ok {
		return false
	}
	if len(s.body[par]) == 1 || w.random.IntN(3) == 0 {
		s.body = slices.Delete(s.body, par, par+1)
		return true
	}
	s.body[par] = slices.Delete(s.body[par], sen, sen+1)
	return true
}

func (w *writer) splitOrJoin(s *section) bool {
	par, sen, ok := w.pick(s)
	if !ok {
		return false
	}
	p := s.body[par]
	switch w.random.IntN(4) {
	case 0: // a paragraph in two
		if sen == 0 {
			return false
		}
		s.body = slices.Insert(s.body, par+1, slices.Clone(p[sen:]))
		s.body[par] = slices.Clone(p[:sen])
	case 1: // two paragraphs in one
		if par+1 == len(s.body) {
			return false
		}
		s.body[par] = slices.Concat(p, s.body[par+1])
		s.body = slices.Delete(s.body, par+1, par+2)
	case 2: // a sentence in two
		t := p[sen]
		if len(t) < 8 {
			return false
		}
		at := 3 + w.random.IntN(len(t)-6)
		s.body[par] = slices.Replace(slices.Clone(p), sen, sen+1, slices.Clone(t[:at]), slices.Clone(t[at:]))
	default: // two sentences in one
		if sen+1 == len(p) {
			return false
		}
		s.body[par] = slices.Replace(slices.Clone(p), sen, sen+2, slices.Concat(p[sen], p[sen+1]))
	}
	return true
}

// restoreWithin is how many commits later, at most, a blanked section comes back.
const restoreWithin = 60

func (w *writer) blank(p *page, s *section, n int) bool {
	if len(p.sections) < 3 {
		return false
	}
	i := slices.Index(p.sections, s)
	p.sections = slices.Delete(p.sections, i, i+1)
	w.gone = append(w.gone, blanked{p, s, i, w.author, n + 1 + w.random.IntN(restoreWithin)})
	return true
}

// between makes an edit that reaches over pages or branches.
func (w *writer) between(tip int) int {
	for {
		i := w.random.IntN(len(w.pages))
		p, q := w.pages[i], w.pages[(i+1+w.random.IntN(len(w.pages)-1))%len(w.pages)]
		switch k := w.random.IntN(100); {
		case k < 35: // a section moves
			if len(p.sections) < 3 {
				continue
			}
			j := w.random.IntN(len(p.sections))
			s := p.sections[j]
			p.sections = slices.Delete(p.sections, j, j+1)
			q.sections = slices.Insert(q.sections, w.random.IntN(len(q.sections)+1), s)
			w.maybeFix(s)
			tip = w.commit("main", tip)
			w.put(p)
			w.put(q)
		case k < 50: // a paragraph moves
			s := p.sections[w.random.IntN(len(p.sections))]
			if len(s.body) < 2 {
				continue
			}
			par, _, _ := w.pick(s)
			x := s.body[par]
			s.body = slices.Delete(s.body, par, par+1)
			to := q.sections[w.random.IntN(len(q.sections))]
			to.body = append(to.body, x)
			tip = w.commit("main", tip)
			w.put(p)
			w.put(q)
		case k < 60: // a section is copied
			c := p.sections[w.random.IntN(len(p.sections))].clone()
			q.sections = append(q.sections, c)
			w.maybeFix(c)
			tip = w.commit("main", tip)
			w.put(q)
		case k < 70: // renamed
			old := p.path
			p.path = w.path()
			tip = w.commit("main", tip)
			w.remove(old)
			w.put(p)
		case k < 77: // split
			if len(p.sections) < 6 {
				continue
			}
			n := &page{path: w.path(), title: w.heading(), last: -1, sections: slices.Clone(p.sections[len(p.sections)/2:])}
			p.sections = slices.Clone(p.sections[:len(p.sections)/2])
			w.pages = append(w.pages, n)
			tip = w.commit("main", tip)
			w.put(p)
			w.put(n)
		case k < 84: // joined
			if len(w.pages) < 4 {
				continue
			}
			p.sections = append(p.sections, q.sections...)
			w.pages = slices.DeleteFunc(w.pages, func(x *page) bool { return x == q })
			tip = w.commit("main", tip)
			w.remove(q.path)
			w.put(p)
		default:
			if len(p.sections) < 3 {
				continue
			}
			tip = w.branch(tip, p, q)
		}
		return tip
	}
}

func (w *writer) maybeFix(s *section) {
	if w.random.IntN(3) == 0 {
		w.fix(s)
	}
}

// branch edits some sections of a page on a side branch, others on the main line, and merges.
func (w *writer) branch(tip int, p, q *page) int {
	cut := 1 + w.random.IntN(len(p.sections)-1)
	side := &page{path: p.path, title: slices.Clone(p.title), last: p.last}
	for _, s := range p.sections {
		side.sections = append(side.sections, s.clone())
	}
	theirs := tip
	for range 1 + w.random.IntN(3) {
		w.author = w.random.IntN(w.Authors)
		w.smallEdit(side.sections[:cut])
		theirs = w.commit("side", theirs)
		w.put(side)
	}
	for range 1 + w.random.IntN(2) {
		w.author = w.random.IntN(w.Authors)
		w.smallEdit(p.sections[cut:])
		tip = w.commit("main", tip)
		w.put(p)
	}
	w.author = w.random.IntN(w.Authors)
	w.smallEdit(q.sections)
	tip = w.commit("main", tip)
	w.put(q)
	p.sections = slices.Concat(side.sections[:cut:cut], p.sections[cut:])
	w.author = w.random.IntN(w.Authors)
	tip = w.commit("main", tip, theirs)
	w.put(p)
	return tip
}

// smallEdit changes one section and leaves their order alone.
func (w *writer) smallEdit(sections []*section) {
	for {
		s := sections[w.random.IntN(len(sections))]
		if w.random.IntN(2) == 0 {
			w.addSentence(s)
			return
		}
		if w.fix(s) {
			return
		}
	}
}
