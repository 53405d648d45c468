// Command coppice serves, edits and looks after a FAQ wiki that lives in a git repository.
//
// main wires and nothing else: each sub-command is a file with its options, its help and a run function. What they
// share is in wiring.go: the folders of a wiki and what is opened from them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"coppice/wiki"
)

// Exit codes, the same for every sub-command.
const (
	exitOK      = 0
	exitFailure = 1 // it did not work; the reason is on standard error
	exitUsage   = 2 // the command line, or a setting in the environment, is not understood
	exitFaults  = 3 // check found faults
	exitMissing = 4 // there is no such page, revision, folder or answer
)

const exitCodes = `EXIT CODES:
   0  it worked
   1  it did not work; the reason is on standard error
   2  the command line, or a setting in the environment, is not understood
   3  check found faults
   4  there is no such page, revision or answer
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program but for the process around it, so that tests can call it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	app := newApp(stdout, stderr)
	var unknown error // it was asked for help about what is not there
	app.CommandNotFound = func(_ context.Context, c *cli.Command, name string) { unknown = noSuchCommand(c, name) }
	err := app.Run(ctx, args)
	if err == nil {
		err = unknown
	}
	if err == nil {
		return exitOK
	}
	var code *exitError
	if !errors.As(err, &code) { // the library's own: no command has begun
		code = &exitError{exitUsage, err}
	}
	if code.err != nil {
		fmt.Fprintln(stderr, "coppice:", code.err)
	}
	return code.code
}

// exitError is an error with an exit code of its own. A nil err says nothing.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return fmt.Sprint(e.err) }
func (e *exitError) Unwrap() error { return e.err }

// ended gives the error of a command that has run its exit code.
func ended(err error) error {
	var code *exitError
	switch {
	case err == nil || errors.As(err, &code):
		return err
	case wiki.KindOf(err) == wiki.NotFound:
		return &exitError{exitMissing, errors.New(sentence(err))}
	default:
		return &exitError{exitFailure, errors.New(sentence(err))}
	}
}

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// sentence is what a person at a terminal is told: the sentence for readers, then the cause, which here is theirs too.
func sentence(err error) string {
	var e *wiki.Error
	switch {
	case !errors.As(err, &e) || e.Sentence == "":
		return err.Error()
	case e.Err == nil:
		return e.Sentence
	default:
		return fmt.Sprintf("%s (%v)", e.Sentence, e.Err)
	}
}

func newApp(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:                  "coppice",
		Usage:                 "a FAQ wiki for communities of practice, kept in git",
		Version:               version(),
		EnableShellCompletion: true,
		Writer:                stdout,
		ErrWriter:             stderr,
		Action:                noCommand,
		ExitErrHandler:        func(context.Context, *cli.Command, error) {}, // run decides
		OnUsageError: func(_ context.Context, _ *cli.Command, err error, _ bool) error {
			return &exitError{exitUsage, err}
		},
		ConfigureShellCompletionCommand: func(c *cli.Command) { c.Hidden = false },
		CustomRootCommandHelpTemplate:   cli.RootCommandHelpTemplate + "\n" + exitCodes,
		Commands: withExitCodes(
			serveCommand(), initCommand(), reindexCommand(), checkCommand(), backupCommand(), restoreCommand(),
			logCommand(), showCommand(), searchCommand(), versionCommand(),
		),
	}
}

// noCommand runs when the first word is no sub-command: without any word it shows the help.
func noCommand(_ context.Context, c *cli.Command) error {
	name := c.Args().First()
	if name == "" {
		return cli.ShowRootCommandHelp(c)
	}
	return noSuchCommand(c, name)
}

func noSuchCommand(c *cli.Command, name string) error {
	meant := ""
	if near := nearestCommand(c.Commands, name); near != "" {
		meant = fmt.Sprintf(" Did you mean %q?", near)
	}
	return usageError("there is no command %q.%s See coppice --help", name, meant)
}

// lettersPerSlip is how many letters of a command there are for each slip that is forgiven: with fewer, every short word
// would be like some command.
const lettersPerSlip = 3

// nearestCommand gives the command that was most likely meant, or "".
func nearestCommand(commands []*cli.Command, typed string) (nearest string) {
	best := (len(typed)+1)/lettersPerSlip + 1
	for _, c := range commands {
		if n := slips(typed, c.Name); n < best {
			nearest, best = c.Name, n
		}
	}
	return nearest
}

// slips counts the letters that were left out, added, mistaken for another, or swapped with their neighbour (the
// distance of Damerau and Levenshtein, in the form of optimal string alignment).
func slips(typed, meant string) int {
	var before, last []int // the rows above
	row := make([]int, len(meant)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(typed) {
		before, last, row = last, row, make([]int, len(meant)+1)
		row[0] = i + 1
		for j := range len(meant) {
			mistaken := 1
			if typed[i] == meant[j] {
				mistaken = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+mistaken)
			if i > 0 && j > 0 && typed[i] == meant[j-1] && typed[i-1] == meant[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(meant)]
}

// withExitCodes gives every command the same exit codes, and names them in its help.
func withExitCodes(commands ...*cli.Command) []*cli.Command {
	for _, c := range commands {
		action := c.Action
		c.Action = func(ctx context.Context, c *cli.Command) error { return ended(action(ctx, c)) }
		c.OnUsageError = func(_ context.Context, _ *cli.Command, err error, _ bool) error {
			return &exitError{exitUsage, err}
		}
		c.HideHelpCommand = true // "help" may be a page, or what is searched for
		c.CustomHelpTemplate = cli.CommandHelpTemplate + "\n" + exitCodes
	}
	return commands
}

// wantArgs refuses a command line with fewer or more arguments than the command takes.
func wantArgs(c *cli.Command, n int, names string) error {
	if c.Args().Len() != n {
		return usageError("%s takes %s; see coppice %s --help", c.Name, names, c.Name)
	}
	return nil
}

// limitFlag bounds a list of what; 0 is all of it.
func limitFlag(value int, what string) cli.Flag {
	return &cli.IntFlag{
		Name: "limit", Aliases: []string{"n"}, Value: value, Usage: "at most `N` " + what + "; 0 is all", Sources: cli.EnvVars("COPPICE_LIMIT"),
		Validator: func(n int) error {
			if n < 0 {
				return errors.New("less than none cannot be listed")
			}
			return nil
		},
	}
}
