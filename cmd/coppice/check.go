package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
	"coppice/wiki/web"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "look for faults: in the repository, in the indexes, in links between pages, in forms and keywords, in what search finds",
		Description: "Reads every object of the repository, compares every index with a fresh one, runs the searches that are written\n" +
			"down in " + search.ExpectationsFile + ", names the lines of forms, keywords, synonyms, .mailmap and\n" +
			credit.RulesFile + " that cannot be used, and lists links that lead nowhere. The repository is not changed;\n" +
			"an index that is missing, damaged or behind is brought up to date first, as when a server starts. While a server\n" +
			"is running its catalog, search index and credits are its own and not compared; the searches are run by it.\n" +
			"Links to missing pages, files and anchors are told but are no fault: a wiki grows by them.",
		Flags: append(placeFlags(),
			&cli.BoolFlag{Name: "strict-links", Usage: "links that lead nowhere are faults", Sources: cli.EnvVars("COPPICE_STRICT_LINKS")}),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 0, "no arguments"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runCheck(ctx, p, c.Bool("strict-links"), c.Root().Writer)
		},
	}
}

// faults counts and prints what check finds.
type faults struct {
	out    io.Writer
	count  int
	undone error // why a part was not looked at
}

func (f *faults) add(format string, args ...any) {
	f.count++
	fmt.Fprintf(f.out, "  fault: "+format+"\n", args...)
}

// note prints what is no fault.
func (f *faults) note(format string, args ...any) { fmt.Fprintf(f.out, "  "+format+"\n", args...) }

// verdict ends the report, with an error when there was a fault, or when something was not looked at.
func (f *faults) verdict() error {
	switch f.count {
	case 0:
		if f.undone != nil {
			return f.undone
		}
		fmt.Fprintln(f.out, "no faults")
		return nil
	case 1:
		fmt.Fprintln(f.out, "1 fault")
	default:
		fmt.Fprintf(f.out, "%d faults\n", f.count)
	}
	return &exitError{code: exitFaults}
}

func runCheck(ctx context.Context, p place, strictLinks bool, out io.Writer) error {
	f := &faults{out: out}
	w, err := p.openWiki(true)
	if wiki.IsDamaged(err) {
		f.add("%v", err)
		return f.verdict()
	}
	if err != nil {
		return err
	}
	defer w.Close()
	fmt.Fprintf(out, "repository %s, branch %s, %d pages\n", w.Dir(), w.Branch(), w.Head().Len())
	if err := w.Check(ctx, func(problem string) { f.add("%s", problem) }); err != nil {
		return err
	}
	dead, err := checkIndexes(ctx, p, w, f)
	switch {
	case err != nil && f.count > 0 && ctx.Err() == nil:
		f.add("the indexes cannot be compared: %v", err) // for what was found above, most likely
		return f.verdict()
	case err != nil:
		return err
	}
	if err := checkSteering(w.Head(), f); err != nil {
		return err
	}
	say := f.note
	if strictLinks {
		say = f.add
	}
	for _, l := range dead {
		say("%s", deadSentence(l))
	}
	return f.verdict()
}

// deadSentence says what a link leads to that is not there, and where it stands.
func deadSentence(l web.DeadLink) string {
	var lacking string
	switch {
	case !l.Page.IsZero():
		lacking = fmt.Sprintf("no anchor “%s” on the page %s", l.Anchor, l.Page)
	case l.File:
		lacking = fmt.Sprintf("no file “%s”", l.Target)
	default:
		lacking = fmt.Sprintf("no page “%s”", strings.TrimSuffix(l.Target, ".md"))
	}
	if l.Line == 0 {
		return fmt.Sprintf("%s, linked from %s", lacking, l.From)
	}
	return fmt.Sprintf("%s, linked from %s, line %d", lacking, l.From, l.Line)
}

// checkIndexes compares each index with a fresh one, and gives the dead links that the fresh ones know of.
func checkIndexes(ctx context.Context, p place, w *wiki.Wiki, f *faults) (_ []web.DeadLink, err error) {
	fresh, err := os.MkdirTemp("", "coppice-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	head := w.Head()
	mine, done, err := p.historyCopy(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	other, err := history.Open(fresh+"/history", nil)
	if err != nil {
		return nil, err
	}
	defer other.Close()
	if err := other.Follow(ctx, w, head); err != nil {
		return nil, err
	}
	if err := mine.Equal(other); err != nil {
		f.add("%v; coppice reindex mends it", err)
	}
	fmt.Fprintln(f.out, "history compared")

	cat, err := catalog.Open(fresh+"/catalog", nil)
	if err != nil {
		return nil, err
	}
	defer cat.Close()
	if err := cat.Follow(ctx, w, head); err != nil {
		return nil, err
	}
	dead, err := web.DeadLinks(ctx, w, head, other, cat)
	if err != nil {
		return nil, err
	}
	return dead, checkOwned(ctx, p, w, f)
}

// checkOwned compares the indexes that only one process may open.
func checkOwned(ctx context.Context, p place, w *wiki.Wiki, f *faults) (err error) {
	lock, err := p.lock()
	var inUse *inUseError
	if errors.As(err, &inUse) {
		who := "a server"
		if inUse.by.Address == "" {
			who = "another process"
		}
		fmt.Fprintf(f.out, "catalog, search and credit not compared: %s is using them\n", who)
		return checkSearches(ctx, w.Head(), f, func(ctx context.Context, list []search.Expectation) ([]search.Failure, error) {
			failures, err := searchesThere(ctx, inUse, list)
			if err != nil && ctx.Err() == nil {
				f.undone = fmt.Errorf("no fault was found, but the searches of %s were not all run: %w", search.ExpectationsFile, err)
			}
			return failures, ctx.Err()
		})
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	cat, err := catalog.Open(p.derived()+"/catalog", p.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cat.Close()) }()
	index, err := search.Open(p.derived()+"/search", p.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	credits, err := credit.Open(p.derived()+"/credit", p.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, credits.Close()) }()
	head := w.Head()
	for _, x := range []interface {
		wiki.Follower
		Equal(context.Context, *wiki.Wiki, *wiki.Snapshot) error
	}{cat, index} {
		if err := x.Follow(ctx, w, head); err != nil {
			return err
		}
		if err := x.Equal(ctx, w, head); err != nil {
			f.add("%s: %v; coppice reindex mends it", x.Name(), err)
		}
		fmt.Fprintln(f.out, x.Name(), "compared")
	}
	if err := checkSearches(ctx, head, f, index.Check); err != nil {
		return err
	}
	return checkCredit(ctx, w, credits, f)
}

// checkSteering names the lines that cannot be used in the files by which a community steers its wiki: synonyms, keywords
// and forms.
func checkSteering(head *wiki.Snapshot, f *faults) error {
	read := func(name string, problems func(source []byte)) error {
		if _, ok := head.FileID(name); !ok {
			return nil
		}
		source, _, err := head.File(name)
		if err == nil {
			problems(source)
		}
		return err
	}
	fault := func(name string, line int, text string) { f.add("%s, line %d: %s", name, max(line, 1), text) }
	err := read(search.SynonymsFile, func(source []byte) {
		for _, p := range search.CheckSynonyms(source) {
			fault(search.SynonymsFile, p.Line, p.Text)
		}
	})
	err = errors.Join(err, read(catalog.TaxonomyFile, func(source []byte) {
		for _, p := range catalog.ParseTaxonomy(source).Problems {
			fault(catalog.TaxonomyFile, p.Line, p.Text)
		}
	}))
	for _, file := range web.FormFiles(head) {
		err = errors.Join(err, read(file.Name, func(source []byte) {
			for _, p := range markdown.ParseForm(source).Problems {
				fault(file.Name, p.Line, p.Text)
			}
		}))
	}
	return err
}

// searchesThere runs searches on the server that holds the index.
func searchesThere(ctx context.Context, inUse *inUseError, list []search.Expectation) ([]search.Failure, error) {
	if inUse.by.Address == "" {
		return nil, inUse
	}
	var failures []search.Failure
	for _, e := range list {
		answer, err := searchThere(ctx, inUse.by.Address, search.Parse(e.Query), search.MaxWithin)
		if err != nil {
			return failures, err
		}
		var hits []search.Hit
		for _, h := range answer {
			path, err := wiki.ParsePath(h.Path)
			if err != nil {
				return failures, err
			}
			hits = append(hits, search.Hit{Path: path, Anchor: h.Anchor})
		}
		if failure, failed := e.Judge(hits); failed {
			failures = append(failures, failure)
		}
	}
	return failures, nil
}

// checkSearches has run try the searches that the community has written down. One that does not find what it should is a
// fault, and so is a line that cannot be read.
func checkSearches(ctx context.Context, head *wiki.Snapshot, f *faults, run func(context.Context, []search.Expectation) ([]search.Failure, error)) error {
	if _, ok := head.FileID(search.ExpectationsFile); !ok {
		return nil
	}
	source, _, err := head.File(search.ExpectationsFile)
	if err != nil {
		return err
	}
	list, problems := search.ReadExpectations(source)
	for _, p := range problems {
		f.add("%s, line %d: %s", search.ExpectationsFile, p.Line, p.Text)
	}
	failures, err := run(ctx, list)
	if err != nil {
		return err
	}
	for _, failure := range failures {
		f.add("%s, line %d: %s", search.ExpectationsFile, failure.Line, failure.Sentence())
	}
	if f.undone == nil {
		fmt.Fprintf(f.out, "%d of %d searches find what they should\n", len(list)-len(failures), len(list))
	}
	return nil
}

// checkCredit compares with credits that are computed from nothing, and names the lines of .mailmap and credit.yml that
// cannot be read.
func checkCredit(ctx context.Context, w *wiki.Wiki, mine *credit.Index, f *faults) error {
	dir, err := os.MkdirTemp("", "coppice-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	other, err := credit.Open(dir, nil)
	if err != nil {
		return err
	}
	defer other.Close()
	for _, x := range []*credit.Index{mine, other} {
		if err := x.Follow(ctx, w, w.Head()); err != nil {
			return err
		}
	}
	if err := mine.Equal(ctx, w, w.Head(), other); ctx.Err() != nil {
		return err
	} else if err != nil {
		f.add("%v; coppice reindex mends it", err)
	}
	fmt.Fprintln(f.out, "credit compared")
	for _, p := range other.View(w, w.Head()).Problems() {
		f.add("%s, line %d: %s", p.File, p.Line, p.Text)
	}
	return nil
}
