package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"coppice/wiki"
)

func showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "print the Markdown of a page, now or as of a revision",
		ArgsUsage: "PATH[@REVISION]",
		Description: "Follows renames: PATH is the page's name now or an earlier one. REVISION is a commit's name or its first seven\n" +
			"digits or more.",
		Flags: placeFlags(),
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
	path, err := p.pathIn(ctx, w, snap, name)
	if err != nil {
		return err
	}
	page, err := snap.Page(path)
	if err != nil {
		return err
	}
	_, err = out.Write(page.Source)
	return err
}

// pathIn finds a page in a Snapshot as the pages for people do: the one that stood there; or the one that stands there
// now, under the name that it had; or where the page had moved to by then; or what the name may mean. History is asked
// only when the name alone does not do.
func (p place) pathIn(ctx context.Context, w *wiki.Wiki, snap *wiki.Snapshot, name string) (_ wiki.Path, err error) {
	path, err := wiki.ParsePath(name)
	if err != nil { // perhaps a folder
		return lookup(snap, name)
	}
	if snap.Has(path) {
		return path, nil
	}
	x, done, err := p.historyCopy(ctx, w)
	if err != nil {
		return wiki.Path{}, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if snap.Commit() != w.Head().Commit() {
		if then, ok := x.PathAt(knownPath(w, x, path), snap.Commit()); ok && snap.Has(then) {
			return then, nil
		}
	}
	var living []wiki.Path
	var names []string
	for _, at := range x.FormerAt(path, snap.Commit()) {
		if !at.Gone && snap.Has(at.Path) {
			living, names = append(living, at.Path), append(names, at.Path.String())
		}
	}
	switch len(living) {
	case 0:
		return lookup(snap, name)
	case 1:
		return living[0], nil
	}
	return wiki.Path{}, &wiki.Error{Kind: wiki.NotFound, Sentence: fmt.Sprintf("Several pages were once called “%s”: %s.", name, strings.Join(names, ", "))}
}

// lookup finds a page by a name as a person types it.
func lookup(snap *wiki.Snapshot, name string) (wiki.Path, error) {
	if found, ok := snap.Lookup(name); ok {
		return found, nil
	}
	return wiki.Path{}, &wiki.Error{Kind: wiki.NotFound, Sentence: fmt.Sprintf("There is no page “%s”.", name)}
}
