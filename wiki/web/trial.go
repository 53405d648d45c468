package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"coppice/search"
	"coppice/wiki"
)

// brokenShown is how many broken searches are named: whoever breaks more has seen enough.
const brokenShown = 10

// expected are the searches that the community has written down, as one version of their file has them.
type expected struct {
	file wiki.ID
	list []search.Expectation
}

// expectations gives the searches of the request's Snapshot. The file is read when it has changed.
func (q *request) expectations() []search.Expectation {
	file, ok := q.snap.FileID(search.ExpectationsFile)
	if !ok {
		return nil
	}
	if kept := q.expected.Load(); kept != nil && kept.file == file {
		return kept.list
	}
	source, _, err := q.snap.File(search.ExpectationsFile)
	if err != nil {
		q.log.Error("the searches to be tried cannot be read", "error", err)
		return nil
	}
	list, problems := search.ReadExpectations(source)
	for _, p := range problems {
		q.log.Warn("a line of the searches to be tried cannot be read", "file", search.ExpectationsFile, "line", p.Line, "problem", p.Text)
	}
	q.expected.Store(&expected{file, list})
	return list
}

// breaks tells which searches would no longer find what they should if a page had another text, or (nil) were gone; nil
// when there is nothing to tell. Nobody is kept from an edit because that cannot be found out.
func (q *request) breaks(p wiki.Path, source []byte, deed string) *BrokenSearches {
	list := q.expectations()
	if len(list) == 0 {
		return nil
	}
	trial, err := q.cfg.Search.Try(q.r.Context(), list, p, source)
	if err != nil {
		if q.r.Context().Err() == nil {
			q.log.Error("the searches of the community cannot be tried", "path", p.String(), "error", err)
		}
		return nil
	}
	if len(trial.Broken) == 0 {
		return nil
	}
	b := &BrokenSearches{Head: deed + " would break " + testsOf(len(trial.Broken)) + ":"}
	for _, f := range trial.Broken[:min(len(trial.Broken), brokenShown)] {
		b.List = append(b.List, brokenSearch(f.Query, q.lost(p, f)))
	}
	if left := len(list) - trial.Tried; left > 0 {
		b.Rest = testsOf(left) + " could not be tried in time."
	}
	return b
}

func testsOf(n int) string {
	if n == 1 {
		return "1 search test"
	}
	return fmt.Sprintf("%d search tests", n)
}

func brokenSearch(query, what string) BrokenSearch {
	return BrokenSearch{Query: query, URL: address("search", "", "q", query), What: what}
}

// lost says what a search does not do any more.
func (q *request) lost(edited wiki.Path, f search.Failure) string {
	page := "this page"
	if f.Path != edited {
		page = "“" + q.title(f.Path) + "”"
	}
	switch {
	case f.Place == 0:
		return "no longer finds " + page
	case f.Place > f.Within && f.Within == 1:
		return fmt.Sprintf("no longer finds %s first: it is in place %d", page, f.Place)
	case f.Place > f.Within:
		return fmt.Sprintf("no longer finds %s among the first %d: it is in place %d", page, f.Within, f.Place)
	}
	return fmt.Sprintf("no longer opens %s at #%s", page, f.Anchor)
}

// namedBy tells which searches name a page that is to be renamed.
func (q *request) namedBy(p wiki.Path) *BrokenSearches {
	b := &BrokenSearches{}
	n := 0
	for _, e := range q.expectations() {
		if e.Path != p {
			continue
		}
		if n++; n <= brokenShown {
			b.List = append(b.List, brokenSearch(e.Query, "should find this page"))
		}
	}
	if n == 0 {
		return nil
	}
	verb := "name"
	if n == 1 {
		verb = "names"
	}
	b.Head = fmt.Sprintf("%s %s the page. Once it is renamed, %s has to say its new name:", testsOf(n), verb, search.ExpectationsFile)
	return b
}

// sendTrial answers POST /edit/PATH with the action "trial": what the editor asks for while one writes.
func (q *request) sendTrial(d draft, whole string) error {
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	b := q.breaks(d.path, []byte(whole), thisEdit)
	if b == nil {
		b = &BrokenSearches{}
	}
	var body strings.Builder
	if err := json.NewEncoder(&body).Encode(b); err != nil {
		return err
	}
	return q.send(http.StatusOK, "application/json; charset=utf-8", []byte(body.String()))
}

// What would break a search, as the sentence about it begins.
const (
	thisEdit   = "This edit"
	thisDelete = "Deleting the page"
)
