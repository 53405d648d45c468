package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"coppice/wiki"
)

func backupCommand() *cli.Command {
	return &cli.Command{
		Name:      "backup",
		Usage:     "write the whole wiki into one file, while it is being served",
		ArgsUsage: "FILE",
		Description: "FILE is a git bundle: coppice restore reads it, and so does git clone. \"-\" is standard output. An old FILE is\n" +
			"replaced only when the new one is whole.",
		Flags: placeFlags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 1, "the name of a file"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runBackup(ctx, p, c.Args().First(), c.Root().Writer)
		},
	}
}

func runBackup(ctx context.Context, p place, file string, out io.Writer) error {
	w, err := p.openWiki(true)
	if err != nil {
		return err
	}
	defer w.Close()
	if file == "-" {
		return w.Backup(ctx, out)
	}
	if err := writeWhole(file, func(f io.Writer) error { return w.Backup(ctx, f) }); err != nil {
		return err
	}
	fmt.Fprintf(out, "wrote %s: %d pages as of %s\n", file, w.Head().Len(), w.Head().Commit().Short())
	return nil
}

// writeWhole writes a file under another name, syncs it and puts it in its place.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func restoreCommand() *cli.Command {
	return &cli.Command{
		Name:      "restore",
		Usage:     "make a wiki from a backup",
		ArgsUsage: "FILE",
		Description: "Makes FOLDER/wiki.git, which must not be there yet. FILE is what coppice backup wrote, or any git bundle of a\n" +
			"whole repository. \"-\" is standard input.",
		Flags: placeFlags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 1, "the name of a file"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runRestore(ctx, p, c.Args().First(), c.Root().Writer)
		},
	}
}

func runRestore(ctx context.Context, p place, file string, out io.Writer) error {
	if p.repo != "" {
		return usageError("restore makes FOLDER/wiki.git; it does not take --repo")
	}
	if _, err := os.Stat(p.repository()); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is a wiki in %s already; move it away first", p.repository())
	}
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return err
		}
		defer in.Close()
	}
	if err := wiki.ReadBackup(ctx, in, p.repository()); err != nil {
		return err
	}
	w, err := p.openWiki(true)
	if err != nil {
		return err
	}
	defer w.Close()
	fmt.Fprintf(out, "restored %s: %d pages as of %s\n", p.repository(), w.Head().Len(), w.Head().Commit().Short())
	return nil
}
