package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"coppice/wiki"
)

// A trial of an edit answers as the index does once the edit is saved: hits, scores, facets and totals.
func TestTrialAnswersAsTheEditWould(t *testing.T) {
	names := []string{"a", "b", "guide/a", "guide/b", "index", "two words", "new"}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			w := newWiki(t, map[string]string{"index": "# Front\n", "plain": "# Plain\n\nCommunity practice budget.\n"})
			x := openIndex(t, t.TempDir(), nil)
			for range 30 {
				followHead(t, x, w)
				p, text := pathTo(t, names[r.IntN(len(names))]), randomPage(r)
				switch n := r.IntN(10); {
				case n < 2 && w.Head().Has(p):
					text = ""
				case n < 3:
					text = "---\nredirect_to: plain\n---\n"
				}
				var queries, tried []string
				for range 12 {
					queries = append(queries, []string{"", "lang:", "keyword:", `"`, "kommunity "}[r.IntN(5)]+words[r.IntN(len(words))]+" "+words[r.IntN(len(words))])
				}
				queries = append(queries, "lang:d", "lang:de", "path:guide", "front", "k1", "-workshop community")
				tryEdit(t, x, p, text, func(s *session) {
					for _, q := range queries {
						tried = append(tried, answerOf(t, s, q))
					}
				})
				if text == "" {
					if _, err := w.Delete(t.Context(), wiki.Delete{Path: p, Base: w.Head().Commit(), Author: author}); err != nil {
						t.Fatal(err)
					}
				} else {
					save(t, w, p.String(), text)
				}
				followHead(t, x, w)
				tryNothing(t, x, func(s *session) {
					for i, q := range queries {
						if got := answerOf(t, s, q); got != tried[i] {
							t.Errorf("%q with %s changed:\ntried %s\nis    %s", q, p, tried[i], got)
						}
					}
				})
			}
		})
	}
}

// tryEdit gives a session on the index with a page of another text, or without it.
func tryEdit(t *testing.T, x *Index, p wiki.Path, text string, do func(*session)) {
	t.Helper()
	err := x.read(t.Context(), func(s *session, _ wiki.ID) error {
		var edited *page
		if read, ok := extract(p, []byte(text)); ok && text != "" {
			edited = &read
		}
		return s.with(p.String(), edited, func(s *session) error {
			do(s)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tryNothing(t *testing.T, x *Index, do func(*session)) {
	t.Helper()
	err := x.read(t.Context(), func(s *session, _ wiki.ID) error {
		do(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// answerOf writes an answer out, equal scores in an order of their own.
func answerOf(t *testing.T, s *session, query string) string {
	t.Helper()
	q, err := Query{Text: query, Limit: 50}.checked()
	if err != nil {
		t.Fatal(err)
	}
	var res Results
	if err := s.answer(q, &res); err != nil {
		t.Fatal(err)
	}
	var facets []string
	for _, f := range res.Facets {
		facets = append(facets, fmt.Sprint(f))
	}
	return fmt.Sprintf("%d %v %q %s %s", res.Total, res.Relaxed, res.DidYouMean, strings.ReplaceAll(scores(res), "\n", ", "), strings.Join(facets, ", "))
}

func expectations(t *testing.T, source string) []Expectation {
	t.Helper()
	list, problems := ReadExpectations([]byte(source))
	for _, p := range problems {
		t.Fatalf("line %d: %s", p.Line, p.Text)
	}
	return list
}

func TestTrialNamesWhatAnEditBreaks(t *testing.T) {
	pages := map[string]string{
		"size":   "# Size of a community\n\nWords.\n\n## How many people should it have?\n\nBetween fifteen and fifty people.\n",
		"launch": "# Launch\n\nA workshop brings people together.\n\n## Who comes?\n\nMembers.\n",
		"other":  "# Other\n\nNothing of it.\n",
	}
	for i := range 6 {
		pages[fmt.Sprintf("rival-%d", i)] = fmt.Sprintf("# Rival %d\n\nFifteen people and fifty others, people of all kinds.\n", i)
	}
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, pages)
	followHead(t, x, w)
	list := expectations(t, `
		launch workshop -> launch
		how many people -> size#how-many-people-should-it-have within 1
		nothing of it -> other
		words that fail already -> launch
	`)
	tests := []struct{ name, path, text, want string }{
		{"unchanged", "size", pages["size"], ""},
		{"reworded", "size", strings.Replace(pages["size"], "How many people should it have?", "What is its size?", 1), "how many people"},
		{"moved within the page", "size", "# Size of a community\n\nHow many people? How many people should it have: fifty.\n", "how many people"},
		{"gone", "size", "", "how many people"},
		{"a rival takes the first place", "other", "# How many people?\n\nHow many people, how many people.\n\n## How many people?\n\nMany.\n", "how many people, nothing of it"},
		{"a redirect", "launch", "---\nredirect_to: size\n---\n", "launch workshop"},
		{"a new page", "new", "# Launch workshop\n\nLaunch workshop, launch workshop.\n", ""},
	}
	for _, tt := range tests {
		var source []byte
		if tt.text != "" {
			source = []byte(tt.text)
		}
		trial, err := x.Try(t.Context(), list, pathTo(t, tt.path), source)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range trial.Broken {
			got = append(got, f.Query)
		}
		if slices.Sort(got); strings.Join(got, ", ") != tt.want || trial.Tried != len(list) {
			t.Errorf("%s: %q of %d, want %q", tt.name, got, trial.Tried, tt.want)
		}
	}
	if failures, err := x.Check(t.Context(), list); err != nil || len(failures) != 1 || failures[0].Line != 5 {
		t.Errorf("a trial changed the index: %v %v", failures, err)
	}
}

func TestTrialBeginsWithThePageItself(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, newWiki(t, map[string]string{"a": "# Alpha\n\nWords.\n", "b": "# Beta\n\nWords.\n"}))
	var b strings.Builder
	for range trialSearches + 1 {
		b.WriteString("beta -> b\n")
	}
	b.WriteString("alpha -> a\n")
	trial, err := x.Try(t.Context(), expectations(t, b.String()), pathTo(t, "a"), nil)
	if err != nil || len(trial.Broken) != 1 || trial.Broken[0].Path != pathTo(t, "a") || trial.Tried > trialSearches {
		t.Errorf("%+v %v", trial, err)
	}
}
