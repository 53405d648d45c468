package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"

	"coppice/content"
	"coppice/wiki"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "make a new wiki with the starter pages",
		Description: "Makes a bare repository in FOLDER/wiki.git, with the pages below --root. A wiki that is there already is left alone,\n" +
			"and that is an error. serve does the same by itself when there is no wiki yet.",
		Flags: append(placeFlags(),
			&cli.BoolFlag{Name: "empty", Usage: "no starter pages", Sources: cli.EnvVars("COPPICE_EMPTY")},
			&cli.StringFlag{Name: "author", Usage: "credit the first revision to `\"Name <mail>\"`", Sources: cli.EnvVars("COPPICE_AUTHOR")},
		),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := wantArgs(c, 0, "no arguments"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runInit(p, c.Bool("empty"), c.String("author"), c.Root().Writer)
		},
	}
}

func runInit(p place, empty bool, given string, out io.Writer) error {
	if p.repo != "" {
		return usageError("init makes FOLDER/wiki.git; it does not take --repo")
	}
	dir := p.repository()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is a wiki in %s already", dir)
	}
	author, err := authorOf(given, "")
	if err != nil {
		return err
	}
	if err := create(p, empty, author); err != nil {
		return err
	}
	fmt.Fprintf(out, "made a wiki in %s\n", dir)
	return nil
}

// create makes the repository of a new wiki.
func create(p place, empty bool, author wiki.Contributor) error {
	files := content.FS()
	if empty {
		files = nil
	}
	err := wiki.Create(p.repository(), p.options(false), files, author, "Begin the wiki")
	if wiki.KindOf(err) == wiki.Invalid { // what was asked for, --root or --branch, can be in no new wiki
		return &exitError{exitUsage, err}
	}
	return err
}
