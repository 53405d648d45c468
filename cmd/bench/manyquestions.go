package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	"coppice/search"
	"coppice/wiki"
)

const (
	manyQuestionsName = "40,000 questions"

	manyPages      = 8000 // of five questions each
	questionsAPage = 5
	manySaves      = 500 // edits that search has to show
	savesASecond   = 50
	// visibleWithin is how soon search has to show an edit.
	visibleWithin = time.Second
	// searchPause is that of coppice serve, in which a burst of saves becomes one step of the index.
	searchPause = 150 * time.Millisecond
)

// manyQuestions measures search on 40,000 questions whose words are those of the corpus, and how soon it shows edits that
// come without a pause.
func (b *bench) manyQuestions() (err error) {
	sentences, err := b.realSentences()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.dir, "questions-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	repo := filepath.Join(dir, "wiki.git")
	author := wiki.Contributor{Name: "Bench", Email: "bench@users.noreply.example"}
	if err := wiki.Create(repo, wiki.Options{}, questionPages(sentences), author, "Questions"); err != nil {
		return err
	}
	if err := b.searchOf(manyQuestionsName, repo, ""); err != nil {
		return err
	}
	return b.visible(repo, filepath.Join(dir, "visible"), author)
}

// questionPages makes the pages: questions of three to eight words, answers of two to six sentences, a few keywords.
func questionPages(sentences []string) fs.FS {
	random := rand.New(rand.NewPCG(40_000, 4))
	sentence := func() string { return strings.TrimSpace(sentences[random.IntN(len(sentences))]) }
	files := fstest.MapFS{}
	for i := range manyPages {
		var text strings.Builder
		fmt.Fprintf(&text, "---\nkeywords: [subject %d, subject %d]\n---\n\n# %s\n\n%s\n", random.IntN(60), random.IntN(60), firstWords(sentence(), 6), sentence())
		for range questionsAPage {
			fmt.Fprintf(&text, "\n## %s?\n\n", firstWords(sentence(), 3+random.IntN(6)))
			for range 2 + random.IntN(5) {
				text.WriteString(sentence() + " ")
			}
			text.WriteByte('\n')
		}
		files[fmt.Sprintf("part-%02d/page-%04d.md", i%40, i)] = &fstest.MapFile{Data: []byte(text.String())}
	}
	return files
}

// firstWords gives the first words of a sentence, without what means something in Markdown.
func firstWords(s string, n int) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') })
	return strings.Join(words[:min(n, len(words))], " ")
}

// visible saves at an even rate and looks for each edit until search shows it.
func (b *bench) visible(repo, dir string, author wiki.Contributor) (err error) {
	w, err := wiki.Open(repo, wiki.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	index, err := search.Open(dir, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	following := w.FollowAfter(index, searchPause)
	defer following.Stop()
	if err := following.Await(b.ctx); err != nil {
		return err
	}
	var paths []wiki.Path
	for ref := range w.Head().Pages() {
		paths = append(paths, ref.Path)
	}
	type saved struct {
		word string
		at   time.Time
		err  error
	}
	edits := make(chan saved, manySaves)
	go func() {
		defer close(edits)
		next := time.Now()
		for i := range manySaves {
			time.Sleep(time.Until(next))
			next = next.Add(time.Second / savesASecond)
			word := fmt.Sprintf("visible%dword", i)
			path := paths[i*len(paths)/manySaves]
			page, err := w.Head().Page(path)
			if err == nil {
				_, err = w.Save(b.ctx, wiki.Edit{Path: path, Base: page.Commit, Source: append(page.Source, "\nSeen as "+word+".\n"...), Author: author})
			}
			edits <- saved{word, time.Now(), err}
		}
	}()
	var took durations
	for e := range edits {
		for found := 0; e.err == nil && found == 0; {
			res, err := index.Search(b.ctx, search.Parse(e.word))
			if err != nil {
				return err
			}
			if found = res.Total; found == 0 {
				time.Sleep(time.Millisecond)
			}
			if res.Relaxed { // another word that is spelt like it
				found = 0
			}
		}
		if e.err != nil {
			return e.err
		}
		took = append(took, time.Since(e.at))
	}
	b.report.row(fmt.Sprintf("an edit in search, p99 of %d at %d saves a second", manySaves, savesASecond), show(took.p99()), "allowed "+show(visibleWithin), ratio(took.p99(), visibleWithin), atMost, 1)
	b.report.say("p50 %s", show(took.p50()))
	return nil
}
