package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/blevesearch/bleve/v2"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/markdown"
)

const (
	// retrieved is how many answers are looked at: what comes later nobody reads.
	retrieved = 10
	// wantedGain is by how much more of the questions the right page has to come first than with bleve as it comes.
	wantedGain = 0.10
)

// retrieving asks the questions over the OWASP cheat sheets, and counts how often the page and the section that answer
// them come first. Weights were fitted on the first half of the questions; the second is what is reported.
func (b *bench) retrieving() error {
	if b.owasp == "" {
		b.report.say("the corpus is not there: how well questions are answered is left out")
		return nil
	}
	questions, err := askedQuestions()
	if err != nil {
		return err
	}
	half := questions[len(questions)/2:]
	if b.fitting {
		half = questions[:len(questions)/2]
	}
	w, err := wiki.Open(b.owasp, wiki.Options{Root: "cheatsheets", ReadOnly: true})
	if err != nil {
		return err
	}
	defer w.Close()
	if err := b.askAll(w, half); err != nil {
		return err
	}
	return b.askedAs()
}

func (b *bench) askAll(w *wiki.Wiki, questions []asked) error {
	dir, err := os.MkdirTemp(b.dir, "retrieve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := b.askCoppice(w, filepath.Join(dir, "ours"), questions)
	if err != nil {
		return err
	}
	docs, err := documents(w)
	if err != nil {
		return err
	}
	bleves, err := askBleve(docs, questions)
	if err != nil {
		return err
	}
	like, err := askLike(filepath.Join(dir, "like.db"), docs, questions)
	if err != nil {
		return err
	}
	for i, what := range []string{"page", "section"} {
		us, them, sql := ours[i], bleves[i], like[i]
		b.report.row(fmt.Sprintf("questions whose %s comes first (%d), gain over bleve as it comes", what, us.n), us.percent(us.first), "bleve "+them.percent(them.first), us.share(us.first)-them.share(them.first), atLeast, wantedGain)
		b.report.say("%s: first %s, among five %s, MRR %.3f; bleve %s, %s, %.3f; SQL LIKE %s, %s, %.3f", what,
			us.percent(us.first), us.percent(us.five), us.mrr(), them.percent(them.first), them.percent(them.five), them.mrr(), sql.percent(sql.first), sql.percent(sql.five), sql.mrr())
	}
	return nil
}

// marks count how often the right answer came first, among the first five, and how high it stood.
type marks struct {
	n, first, five int
	reciprocal     float64
}

// add takes note of an answer's place, from 1; 0 is none.
func (m *marks) add(place int) {
	m.n++
	if place == 0 {
		return
	}
	m.reciprocal += 1 / float64(place)
	if place == 1 {
		m.first++
	}
	if place <= 5 {
		m.five++
	}
}

func (m *marks) share(n int) float64  { return float64(n) / float64(max(m.n, 1)) }
func (m *marks) percent(n int) string { return fmt.Sprintf("%.1f %%", 100*m.share(n)) }
func (m *marks) mrr() float64         { return m.reciprocal / float64(max(m.n, 1)) }

// judge finds the first of the answers that is right: for the page, and for the section.
func judge(answers []target, right []target) (page, section int) {
	for i, a := range answers {
		for _, r := range right {
			if a.path != r.path {
				continue
			}
			if page == 0 {
				page = i + 1
			}
			if section == 0 && (a.anchor == r.anchor || r.anchor == "") {
				section = i + 1
			}
		}
	}
	return page, section
}

// askCoppice gives the marks for pages and for sections.
func (b *bench) askCoppice(w *wiki.Wiki, dir string, questions []asked) (m [2]marks, err error) {
	index, err := search.Open(dir, nil)
	if err != nil {
		return m, err
	}
	defer index.Close()
	if err := index.Follow(b.ctx, w, w.Head()); err != nil {
		return m, err
	}
	for _, q := range questions {
		query := search.Parse(q.question)
		query.Limit = retrieved
		found, err := index.Search(b.ctx, query)
		if err != nil {
			return m, err
		}
		var answers []target
		for _, h := range found.Hits {
			answers = append(answers, target{h.Path.String(), h.Anchor})
		}
		page, section := judge(answers, q.targets)
		m[0].add(page)
		m[1].add(section)
		if b.fitting && section != 1 {
			got := target{}
			if len(answers) > 0 {
				got = answers[0]
			}
			b.report.say("%d %d | %s | want %v | got %v", page, section, q.question, q.targets, got)
		}
	}
	return m, nil
}

// askBleve asks bleve with its default mapping and one text field: whole pages for pages, sections for sections.
func askBleve(docs []searchDoc, questions []asked) (m [2]marks, err error) {
	pages := map[string]string{}
	sections := map[string]string{}
	for _, d := range docs {
		text := d.title + "\n" + d.question + "\n" + d.body
		pages[d.path] += text + "\n"
		sections[d.path+"#"+d.anchor] = text
	}
	for i, texts := range []map[string]string{pages, sections} {
		index, err := bleve.NewMemOnly(bleve.NewIndexMapping())
		if err != nil {
			return m, err
		}
		for id, text := range texts {
			if err := index.Index(id, map[string]string{"text": text}); err != nil {
				return m, errors.Join(err, index.Close())
			}
		}
		for _, q := range questions {
			request := bleve.NewSearchRequestOptions(bleve.NewMatchQuery(q.question), retrieved, 0, false)
			found, err := index.Search(request)
			if err != nil {
				return m, errors.Join(err, index.Close())
			}
			var answers []target
			for _, h := range found.Hits {
				path, anchor, _ := strings.Cut(h.ID, "#")
				answers = append(answers, target{path, anchor})
			}
			page, section := judge(answers, q.targets)
			m[i].add([]int{page, section}[i])
		}
		if err := index.Close(); err != nil {
			return m, err
		}
	}
	return m, nil
}

// askLike asks SQL for the texts that have most of the question's words, by LIKE on title and text.
func askLike(file string, docs []searchDoc, questions []asked) (m [2]marks, err error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return m, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE docs (path TEXT, anchor TEXT, title TEXT, body TEXT)`); err != nil {
		return m, err
	}
	for _, d := range docs {
		if _, err := db.Exec(`INSERT INTO docs VALUES (?,?,?,?)`, d.path, d.anchor, d.title+" "+d.question, d.body); err != nil {
			return m, err
		}
	}
	for _, q := range questions {
		var terms []string
		var args []any
		for _, word := range strings.FieldsFunc(q.question, func(r rune) bool { return strings.ContainsRune(" ?!.,;:\"'()", r) }) {
			terms = append(terms, "(title LIKE ? OR body LIKE ?)")
			args = append(args, "%"+word+"%", "%"+word+"%")
		}
		answers, err := targetsOf(db, `SELECT path, anchor FROM docs ORDER BY `+strings.Join(terms, "+")+` DESC, rowid LIMIT 10`, args)
		if err != nil {
			return m, err
		}
		page, section := judge(answers, q.targets)
		m[0].add(page)
		m[1].add(section)
	}
	return m, nil
}

// targetsOf reads the answers of a query.
func targetsOf(db *sql.DB, query string, args []any) ([]target, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []target
	for rows.Next() {
		var t target
		if err := rows.Scan(&t.path, &t.anchor); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// askedAs gives pages the first wordings of past queries, and asks others.
func (b *bench) askedAs() error {
	all, err := rephrasedQuestions()
	if err != nil {
		return err
	}
	var none [2]marks
	for _, n := range []int{0, 2, pastWordings} {
		m, err := b.askRephrased(all, n)
		if err != nil {
			return err
		}
		if n == 0 {
			none = m
			b.report.say("%d other wordings of %d questions: page first %s, section first %s", m[1].n, len(all), m[0].percent(m[0].first), m[1].percent(m[1].first))
			continue
		}
		b.report.row(fmt.Sprintf("the same with %d past queries each as asked_as, sections first, gain", n), m[1].percent(m[1].first), "without "+none[1].percent(none[1].first), m[1].share(m[1].first)-none[1].share(none[1].first), atLeast, 0)
		b.report.say("pages first %s", m[0].percent(m[0].first))
	}
	return nil
}

// askRephrased writes the first n past wordings into a copy of the wiki, and asks the queries that are counted.
func (b *bench) askRephrased(all []rephrased, n int) (m [2]marks, err error) {
	dir, err := os.MkdirTemp(b.dir, "rephrased-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(dir)
	repo := filepath.Join(dir, "wiki.git")
	if _, err := git(dir, "clone", "-q", "--bare", b.owasp, repo); err != nil {
		return m, err
	}
	w, err := wiki.Open(repo, wiki.Options{Root: "cheatsheets"})
	if err != nil {
		return m, err
	}
	defer w.Close()
	matter := map[string]string{}
	var questions []asked
	for _, r := range all {
		if n > 0 {
			matter[r.target.path] += fmt.Sprintf("  %q: [%s]\n", r.target.anchor, quoted(r.past[:n]))
		}
		for _, q := range r.queries {
			questions = append(questions, asked{q, []target{r.target}})
		}
	}
	for name, lines := range matter {
		path, err := wiki.ParsePath(name)
		if err != nil {
			return m, err
		}
		page, err := w.Head().Page(path)
		if err != nil {
			return m, err
		}
		if doc := markdown.Parse(page.Source, markdown.Options{}); doc.Body != 0 {
			return m, fmt.Errorf("%s has front matter of its own", name)
		}
		edit := wiki.Edit{Path: path, Base: w.Head().Commit(), Source: []byte("---\nasked_as:\n" + lines + "---\n" + string(page.Source)), Author: wiki.Contributor{Name: "Bench", Email: "bench@users.noreply.example"}}
		if _, err := w.Save(b.ctx, edit); err != nil {
			return m, err
		}
	}
	return b.askCoppice(w, filepath.Join(dir, "search"), questions)
}

func quoted(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}
