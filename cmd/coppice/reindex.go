package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"
)

func reindexCommand() *cli.Command {
	return &cli.Command{
		Name:  "reindex",
		Usage: "build every index anew",
		Description: "Deletes what is derived and follows the repository from its beginning: the same that happens by itself when\n" +
			"an index is missing. The server must be stopped.",
		Flags: placeFlags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 0, "no arguments"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runReindex(ctx, p, c.Root().Writer)
		},
	}
}

// derivedFolders are the folders of the indexes.
var derivedFolders = []string{"history", "catalog", "search", "credit"}

func runReindex(ctx context.Context, p place, out io.Writer) (err error) {
	w, err := p.openWiki(true)
	if err != nil {
		return err
	}
	defer w.Close()
	lock, err := p.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	for _, name := range derivedFolders {
		if err := os.RemoveAll(filepath.Join(p.derived(), name)); err != nil {
			return err
		}
	}
	x, err := p.openIndexes(&progress{out: out})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	if err := x.catchUp(ctx, w); err != nil {
		return err
	}
	fmt.Fprintf(out, "every index is at %s: %d pages\n", w.Head().Commit().Short(), w.Head().Len())
	return nil
}
