package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
)

// place says where a wiki and what is derived from it are kept.
type place struct {
	data   string
	repo   string // --repo, or ""
	root   string
	branch string
	log    *slog.Logger
}

// placeFlags are the flags of every command that opens a wiki. The environment comes after the command line.
func placeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "data", Value: "data", Usage: "`FOLDER` that holds the wiki and its indexes", Sources: cli.EnvVars("COPPICE_DATA")},
		&cli.StringFlag{Name: "repo", Usage: "serve this git `REPOSITORY`, bare or not, instead of FOLDER/wiki.git", Sources: cli.EnvVars("COPPICE_REPO")},
		&cli.StringFlag{Name: "root", Usage: "`FOLDER` of the repository that is the wiki", Sources: cli.EnvVars("COPPICE_ROOT")},
		&cli.StringFlag{Name: "branch", Usage: "`BRANCH` that is the wiki; HEAD's when not given", Sources: cli.EnvVars("COPPICE_BRANCH")},
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "`LEVEL` of the log: debug, info, warn or error", Sources: cli.EnvVars("COPPICE_LOG_LEVEL")},
	}
}

func placeOf(c *cli.Command, stderr io.Writer) (place, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return place{}, usageError("there is no log level %q; there are debug, info, warn and error", c.String("log-level"))
	}
	return place{
		data: c.String("data"), repo: c.String("repo"), root: c.String("root"), branch: c.String("branch"),
		log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	}, nil
}

// repository is the git folder that is served.
func (p place) repository() string {
	if p.repo != "" {
		return p.repo
	}
	return filepath.Join(p.data, "wiki.git")
}

// derived is where the indexes of that repository are. A repository from elsewhere has a folder of its own, so that
// going back and forth between two does not build everything anew.
func (p place) derived() string {
	dir := filepath.Join(p.data, "derived")
	if p.repo == "" {
		return dir
	}
	abs, err := filepath.Abs(p.repo)
	if err != nil {
		abs = p.repo
	}
	sum := sha256.Sum256([]byte(abs + "\x00" + p.root + "\x00" + p.branch))
	name := strings.TrimSuffix(filepath.Base(abs), ".git")
	return filepath.Join(dir, "of", name+"-"+hex.EncodeToString(sum[:4]))
}

func (p place) openWiki(readOnly bool) (*wiki.Wiki, error) {
	return wiki.Open(p.repository(), p.options(readOnly))
}

func (p place) options(readOnly bool) wiki.Options {
	return wiki.Options{Root: p.root, Branch: p.branch, Log: p.log, ReadOnly: readOnly}
}

// holder is who uses the derived folder, as the lock file says for others to read.
type holder struct {
	PID     int    `json:"pid"`
	Address string `json:"address,omitempty"` // of the server
}

// inUseError says that another process uses the indexes.
type inUseError struct{ by holder }

func (e *inUseError) Error() string {
	who := "another process"
	if e.by.PID != 0 {
		who = fmt.Sprintf("process %d", e.by.PID)
	}
	if e.by.Address != "" {
		who += ", which serves " + e.by.Address
	}
	return fmt.Sprintf("the data folder is in use by %s; stop it first, or choose another folder with --data", who)
}

// lock takes the derived folder for this process; release gives it back. The kernel drops the lock of a process that
// dies, so that nothing stale stays behind.
func (p place) lock() (*os.File, error) {
	if err := os.MkdirAll(p.derived(), 0o777); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(p.derived(), "lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		in := &inUseError{readHolder(f)}
		f.Close()
		return nil, in
	}
	return f, sayHolder(f, holder{PID: os.Getpid()})
}

// heldBy tells who has the derived folder now. It makes nothing, and takes the lock for no longer than it looks.
func (p place) heldBy() (holder, bool) {
	f, err := os.OpenFile(filepath.Join(p.derived(), "lock"), os.O_RDWR, 0)
	if err != nil {
		return holder{}, false
	}
	defer f.Close()
	if tryLock(f) == nil {
		return holder{}, false
	}
	return readHolder(f), true
}

// readHolder reads what sayHolder wrote. What cannot be read is only a less helpful sentence.
func readHolder(f *os.File) (h holder) {
	data, err := io.ReadAll(io.LimitReader(f, 4096)) // far more than sayHolder writes
	if err == nil {
		_ = json.Unmarshal(data, &h)
	}
	return h
}

// sayHolder writes who holds the lock into its file.
func sayHolder(f *os.File, h holder) error {
	data, err := json.Marshal(h)
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(data, 0)
	}
	return err
}

// indexes are the Followers of a wiki.
type indexes struct {
	history *history.Index
	catalog *catalog.Catalog
	search  *search.Index
	credit  *credit.Index
}

// openIndexes opens what is derived, side by side. A nil progress says nothing.
func (p place) openIndexes(progress *progress) (*indexes, error) {
	x := &indexes{}
	var parts errgroup.Group
	parts.Go(func() (err error) {
		x.history, err = history.Open(filepath.Join(p.derived(), "history"), p.log)
		return err
	})
	parts.Go(func() (err error) {
		x.catalog, err = catalog.Open(filepath.Join(p.derived(), "catalog"), p.log)
		return err
	})
	parts.Go(func() (err error) {
		x.search, err = search.Open(filepath.Join(p.derived(), "search"), p.log)
		return err
	})
	parts.Go(func() (err error) {
		x.credit, err = credit.Open(filepath.Join(p.derived(), "credit"), p.log)
		return err
	})
	if err := parts.Wait(); err != nil {
		return nil, errors.Join(err, x.close())
	}
	x.history.OnProgress = progress.of("reading history", "commits")
	x.search.OnProgress = progress.of("building the search index", "pages")
	x.credit.OnProgress = progress.of("crediting authors", "commits")
	return x, nil
}

// all gives the Followers in the order in which a reader misses them.
func (x *indexes) all() []wiki.Follower {
	return []wiki.Follower{x.catalog, x.history, x.search, x.credit}
}

// catchUp brings every index to the head of the wiki.
func (x *indexes) catchUp(ctx context.Context, w *wiki.Wiki) error {
	head := w.Head()
	for _, f := range x.all() {
		if err := f.Follow(ctx, w, head); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

func (x *indexes) close() error {
	var errs []error
	if x.history != nil {
		errs = append(errs, x.history.Close())
	}
	if x.catalog != nil {
		errs = append(errs, x.catalog.Close())
	}
	if x.search != nil {
		errs = append(errs, x.search.Close())
	}
	if x.credit != nil {
		errs = append(errs, x.credit.Close())
	}
	return errors.Join(errs...)
}

// progress prints a line about whatever takes longer than a second, at most once a second for each.
type progress struct {
	mu  sync.Mutex
	out io.Writer
}

func (p *progress) of(what, unit string) func(done, total int) {
	if p == nil {
		return func(int, int) {}
	}
	var start, last time.Time
	return func(done, total int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		now := time.Now()
		if start.IsZero() || done == 0 {
			start, last = now, now
		}
		finished := done == total && now.Sub(start) > time.Second
		if now.Sub(last) > time.Second || finished {
			last = now
			fmt.Fprintf(p.out, "  %s: %d of %d %s\n", what, done, total, unit)
		}
	}
}

// authorOf decides who edits are credited to as long as there are no accounts: --author, else git's configuration,
// else "Local author".
func authorOf(given, repository string) (wiki.Contributor, error) {
	if given != "" {
		c := wiki.ParseContributor(given)
		if c.Name == "" {
			return c, usageError(`--author wants "Name <mail>", not %q`, given)
		}
		if c.Email == "" {
			c.Email = noReply
		}
		return c, nil
	}
	if c, ok := wiki.ConfiguredContributor(repository); ok {
		if c.Email == "" {
			c.Email = noReply
		}
		return c, nil
	}
	return wiki.Contributor{Name: "Local author", Email: noReply}, nil
}

// noReply is the address of whoever has given none: personal data stays out of git.
const noReply = "noreply@coppice.invalid"
