package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"coppice/wiki"
)

func showCommand() *cli.Command {
	return &cli.Command{
		Name:        "show",
		Usage:       "print the Markdown of a page, now or as of a revision",
		ArgsUsage:   "PATH[@REVISION]",
		Description: "REVISION is a commit's name or its first seven digits or more.",
		Flags:       placeFlags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 1, "the path of a page"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runShow(ctx, p, c.Args().First(), c.Root().Writer)
		},
	}
}

func runShow(ctx context.Context, p place, arg string, out io.Writer) error {
	w, err := p.openWiki(true)
	if err != nil {
		return err
	}
	defer w.Close()
	name, rev := arg, ""
	if i := strings.LastIndexByte(arg, '@'); i > 0 {
		name, rev = arg[:i], arg[i+1:]
	}
	snap := w.Head()
	if rev != "" {
		if snap, err = w.At(ctx, rev); err != nil {
			return err
		}
	}
	path, ok := snap.Lookup(name)
	if !ok {
		return &wiki.Error{Kind: wiki.NotFound, Sentence: fmt.Sprintf("There is no page “%s”.", name)}
	}
	page, err := snap.Page(path)
	if err != nil {
		return err
	}
	_, err = out.Write(page.Source)
	return err
}
