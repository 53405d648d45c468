package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"coppice/wiki"
	"coppice/wiki/history"
)

func logCommand() *cli.Command {
	return &cli.Command{
		Name:        "log",
		Usage:       "list the revisions of a page, newest first",
		ArgsUsage:   "PATH",
		Description: "Follows renames. Works while a server is running. --json prints one object a line.",
		Flags: append(placeFlags(),
			&cli.BoolFlag{Name: "json", Usage: "one JSON object a line", Sources: cli.EnvVars("COPPICE_JSON")},
			limitFlag(50, "revisions"),
		),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 1, "the path of a page"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runLog(ctx, p, c.Args().First(), c.Int("limit"), c.Bool("json"), c.Root().Writer)
		},
	}
}

// revisionLine is one revision as JSON: the names of the API.
type revisionLine struct {
	ID      wiki.ID   `json:"id"`
	Time    time.Time `json:"time"`
	Author  string    `json:"author"`
	Summary string    `json:"summary"`
	Change  string    `json:"change"`
	Path    wiki.Path `json:"path"`
	From    string    `json:"from,omitempty"`
	Size    int       `json:"size"`
	Delta   int       `json:"delta"`
}

func runLog(ctx context.Context, p place, name string, limit int, asJSON bool, out io.Writer) (err error) {
	path, err := wiki.ParsePath(name)
	if err != nil {
		return err
	}
	w, err := p.openWiki(true)
	if err != nil {
		return err
	}
	defer w.Close()
	x, done, err := p.historyCopy(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	path = knownPath(w, x, path)
	for cursor, left := history.Cursor(0), limit; ; {
		n := history.MaxLimit
		if limit > 0 {
			n = min(n, left)
		}
		revs, next, err := x.Revisions(ctx, w, path, cursor, n)
		if err != nil {
			return err
		}
		for _, r := range revs {
			if err := printRevision(out, r, asJSON); err != nil {
				return err
			}
		}
		left -= len(revs)
		if cursor = next; next == 0 || (limit > 0 && left <= 0) {
			return nil
		}
	}
}

// knownPath gives the path under which history knows a page: as it was typed, or else of the page that is meant.
func knownPath(w *wiki.Wiki, x *history.Index, path wiki.Path) wiki.Path {
	if found, ok := w.Head().Lookup(path.String()); ok && x.Count(path) == 0 {
		return found
	}
	return path
}

func printRevision(out io.Writer, r wiki.Revision, asJSON bool) error {
	if !asJSON {
		_, err := fmt.Fprintf(out, "%s  %s  %-8s  %+6d  %s  %s\n", r.ID.Short(), r.Time.Format(time.DateOnly), r.Kind, r.Delta, r.Author.Name, r.Summary)
		return err
	}
	line := revisionLine{ID: r.ID, Time: r.Time, Author: r.Author.Name, Summary: r.Summary, Change: r.Kind.String(), Path: r.Path, Size: r.Size, Delta: r.Delta}
	if !r.From.IsZero() {
		line.From = r.From.String()
	}
	return json.NewEncoder(out).Encode(line)
}

// historyCopy opens a copy of the history index, brought to the head: a running server owns the file itself. done
// throws the copy away.
func (p place) historyCopy(ctx context.Context, w *wiki.Wiki) (x *history.Index, done func() error, err error) {
	dir, err := os.MkdirTemp("", "coppice-history-")
	if err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(filepath.Join(p.derived(), "history", history.FileName))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, history.FileName), data, 0o666)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	if x, err = history.Open(dir, nil); err == nil {
		err = x.Follow(ctx, w, w.Head())
	}
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return x, func() error { return errors.Join(x.Close(), os.RemoveAll(dir)) }, nil
}
