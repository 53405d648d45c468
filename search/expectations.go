package search

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"coppice/wiki"
)

// ExpectationsFile is where a community writes down what search has to find.
const ExpectationsFile = ".coppice/search-tests.txt"

const (
	// DefaultWithin is among how many hits an answer has to be when its line does not say: what a reader sees at once.
	DefaultWithin = 3
	// MaxWithin is the most that a line may say. What stands after the first screen is not found.
	MaxWithin = DefaultLimit
	// MaxExpectations bounds what is read of a file: each line is a search.
	MaxExpectations = 1000
	// maxExpectationsFile leaves room for comments; NFC of a file of any size would take any time.
	maxExpectationsFile = 1 << 20
	// maxExpectationLine is longer than the longest query and the longest path together.
	maxExpectationLine = 4 << 10
)

// Expectation is a line of the file: whoever types Query wants Path, opened at Anchor, among the first Within hits.
type Expectation struct {
	Line   int // from 1
	Query  string
	Path   wiki.Path
	Anchor string // "" is anywhere on the page
	Within int
}

// Problem is a line that cannot be used, with a sentence that says why.
type Problem struct {
	Line int // from 1
	Text string
}

// within is what may stand at the end of a line.
var within = regexp.MustCompile(`^(.*\S)\s+within\s+(\S+)$`)

// ReadExpectations reads a file of expectations, one a line:
//
//	how big should a community be -> what-is-a-community#how-big
//	first steps -> how-to-start within 1
//
// Before the arrow stands what somebody types, after it the page, its #anchor if one question on it is meant, and within
// N if DefaultWithin is not what is wanted. Empty lines, and lines that begin with #, say nothing. A line that cannot be
// read is left out and named.
func ReadExpectations(source []byte) ([]Expectation, []Problem) {
	var list []Expectation
	var problems []Problem
	n := 0
	source, cut := firstLines(source)
	for line := range strings.Lines(strings.TrimPrefix(composed(string(source)), "\uFEFF")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(list)+len(problems) == MaxExpectations {
			return list, append(problems, Problem{n, fmt.Sprintf("A file may have %d searches; this line and those below it are not tried.", MaxExpectations)})
		}
		e, fault := readExpectation(line)
		if fault != "" {
			problems = append(problems, Problem{n, fault})
			continue
		}
		e.Line = n
		list = append(list, e)
	}
	if cut {
		problems = append(problems, Problem{n + 1, "The file is too long; this line and those below it are not tried."})
	}
	return list, problems
}

// firstLines gives as many whole lines as may be read, and whether there are more.
func firstLines(source []byte) (first []byte, cut bool) {
	if len(source) <= maxExpectationsFile {
		return source, false
	}
	source = source[:maxExpectationsFile]
	return source[:bytes.LastIndexByte(source, '\n')+1], true
}

// readExpectation reads one line; fault is a sentence when it cannot be read.
func readExpectation(line string) (e Expectation, fault string) {
	if len(line) > maxExpectationLine {
		return e, "This line is too long."
	}
	query, target, arrow := strings.Cut(line, "->")
	e.Query, target = strings.TrimSpace(query), strings.TrimSpace(target)
	q := Parse(e.Query)
	switch {
	case !arrow:
		return e, "There is no arrow (->) between what is typed and the page that should be found."
	case q.Problem != "":
		return e, q.Problem
	case q.Empty():
		return e, "Before the arrow stands nothing that can be searched for."
	}
	e.Within = DefaultWithin
	if m := within.FindStringSubmatch(target); m != nil {
		n, err := strconv.Atoi(m[2])
		if err != nil || n < 1 || n > MaxWithin {
			return e, fmt.Sprintf("After “within” belongs a number from 1 to %d.", MaxWithin)
		}
		target, e.Within = m[1], n
	}
	name, anchor, _ := strings.Cut(target, "#")
	e.Anchor = anchor
	var err error
	if e.Path, err = wiki.ParsePath(strings.TrimSuffix(strings.Trim(strings.TrimSpace(name), "/"), ".md")); err != nil {
		return e, "After the arrow stands no name of a page."
	}
	return e, ""
}

// Target gives the address that is expected, as one writes it in the file.
func (e Expectation) Target() string { return targetOf(e.Path, e.Anchor) }

func targetOf(p wiki.Path, anchor string) string {
	if anchor == "" {
		return p.String()
	}
	return p.String() + "#" + anchor
}

// lookedThrough is among how many hits a page is looked for that is not where it should be.
const lookedThrough = MaxWithin

// Failure is an Expectation that is not met, and what was found instead.
type Failure struct {
	Expectation
	Place int    // of the page among the hits, from 1; 0 when it is not among the first twenty
	Opens string // the anchor that the page is opened at there
	First string // what comes first, as Target writes it; "" when nothing is found
}

// Sentence says what is wrong.
func (f Failure) Sentence() string {
	var s string
	switch {
	case f.Place == 0:
		s = fmt.Sprintf("“%s” does not find %s among the first %d", f.Query, f.Target(), lookedThrough)
	case f.Place > f.Within:
		s = fmt.Sprintf("“%s” finds %s in place %d, not among the first %d", f.Query, f.Path, f.Place, f.Within)
	case f.Opens == "":
		s = fmt.Sprintf("“%s” finds %s in place %d, but opens it at its top, not at #%s", f.Query, f.Path, f.Place, f.Anchor)
	default:
		s = fmt.Sprintf("“%s” finds %s in place %d, but opens it at #%s, not at #%s", f.Query, f.Path, f.Place, f.Opens, f.Anchor)
	}
	switch {
	case f.First == "":
		return s + "; it finds nothing"
	case f.Place != 1:
		return s + "; first comes " + f.First
	}
	return s
}

// Check runs searches and gives those that do not find what they should, in their order.
func (x *Index) Check(ctx context.Context, list []Expectation) ([]Failure, error) {
	var failures []Failure
	err := x.read(ctx, func(s *session, _ wiki.ID) error {
		s.patient = true
		for _, e := range list {
			f, failed, err := s.check(e)
			if err != nil {
				return err
			}
			if failed {
				failures = append(failures, f)
			}
		}
		return nil
	})
	return failures, err
}

// check runs one search. Few hits are asked for first, since most searches find what they should.
func (s *session) check(e Expectation) (f Failure, failed bool, err error) {
	hits, err := s.firstHits(e.Query, e.Within)
	if err != nil {
		return f, false, err
	}
	if _, failed = e.Judge(hits); !failed {
		return f, false, nil
	}
	if hits, err = s.firstHits(e.Query, lookedThrough); err != nil {
		return f, false, err
	}
	f, failed = e.Judge(hits)
	return f, failed, nil
}

// firstHits gives the first n hits of a search.
func (s *session) firstHits(text string, n int) ([]Hit, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	q, err := Query{Text: text, Limit: n}.checked()
	if err != nil {
		return nil, err
	}
	var res Results
	err = s.answer(q, &res)
	return res.Hits, err
}

// Judge says whether the expected page is among the first Within of hits and opens where it should; else how it fails. Of
// hits the first MaxWithin are wanted, and of them Path and Anchor.
func (e Expectation) Judge(hits []Hit) (f Failure, failed bool) {
	meets := func(h Hit) bool { return h.Path == e.Path && (e.Anchor == "" || h.Anchor == e.Anchor) }
	if slices.ContainsFunc(hits[:min(len(hits), e.Within)], meets) {
		return f, false
	}
	f.Expectation = e
	if len(hits) > 0 {
		f.First = targetOf(hits[0].Path, hits[0].Anchor)
	}
	if i := slices.IndexFunc(hits, func(h Hit) bool { return h.Path == e.Path }); i >= 0 {
		f.Place, f.Opens = i+1, hits[i].Anchor
	}
	return f, true
}
