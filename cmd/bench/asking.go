package main

import (
	"embed"
	"errors"
	"fmt"
	"strings"
)

// What people ask of the OWASP cheat sheets and of FAQs, and where the answers stand. How the files were made, and what they may be
// used for, is said at the top of each.
//
//go:embed testdata/owasp-questions.txt testdata/owasp-rephrasings.txt testdata/faq-threads.txt
var askedFiles embed.FS

// asked is a question and the sections that answer it, the best first.
type asked struct {
	question string
	targets  []target
}

// target is a section of a page, or the whole page where it has no anchor. The path is that of the page's address.
type target struct{ path, anchor string }

// rephrased is a section and what different people typed to find it.
type rephrased struct {
	target  target
	past    []string // given to the index as asked_as
	queries []string // those that are counted
}

const (
	wordings     = 8 // of each rephrased target
	pastWordings = 5 // of these
)

// askedQuestions reads all questions in the order of the file. The first half is for fitting weights; only the second is
// reported.
func askedQuestions() ([]asked, error) {
	var questions []asked
	err := eachLine("testdata/owasp-questions.txt", func(line string) error {
		question, answers, found := strings.Cut(line, " -> ")
		if !found {
			return errors.New("no ` -> ` between question and target")
		}
		q := asked{question: question}
		for answer := range strings.SplitSeq(answers, " | ") {
			t, err := parseTarget(answer)
			if err != nil {
				return err
			}
			q.targets = append(q.targets, t)
		}
		questions = append(questions, q)
		return nil
	})
	return questions, err
}

// rephrasedQuestions reads the targets with all of their wordings.
func rephrasedQuestions() ([]rephrased, error) {
	var all []rephrased
	err := eachLine("testdata/owasp-rephrasings.txt", func(line string) error {
		if name, found := strings.CutPrefix(line, "> "); found {
			t, err := parseTarget(name)
			all = append(all, rephrased{target: t})
			return err
		}
		if len(all) == 0 {
			return errors.New("a wording before the first target")
		}
		switch r := &all[len(all)-1]; {
		case len(r.past) < pastWordings:
			r.past = append(r.past, line)
		case len(r.past)+len(r.queries) < wordings:
			r.queries = append(r.queries, line)
		default:
			return fmt.Errorf("more than %d wordings of one target", wordings)
		}
		return nil
	})
	return all, err
}

// eachLine hands over the lines of an embedded file that are neither empty nor a comment, and names the line that fails.
func eachLine(name string, use func(line string) error) error {
	raw, err := askedFiles.ReadFile(name)
	if err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(string(raw)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := use(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, number, err)
		}
	}
	return nil
}

func parseTarget(s string) (target, error) {
	path, anchor, marked := strings.Cut(s, "#")
	if path == "" || strings.ContainsAny(s, " |>") || marked && anchor == "" {
		return target{}, fmt.Errorf("%q is not PATH or PATH#anchor", s)
	}
	return target{path, anchor}, nil
}
