package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"coppice/themes"
	"coppice/wiki"
	"coppice/wiki/api"
	"coppice/wiki/web"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the wiki to browsers and programs",
		Description: "Makes a wiki with the starter pages when there is none yet. Indexes that are missing or behind are brought up to\n" +
			"date while pages are served already. There are no accounts yet: on this machine alone (loopback) everybody edits\n" +
			"as the one local author; on any other address the wiki is read-only.",
		Flags: append(placeFlags(),
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "`ADDRESS` to listen on; port 0 takes a free one", Sources: cli.EnvVars("COPPICE_LISTEN")},
			&cli.StringFlag{Name: "author", Usage: "credit edits to `\"Name <mail>\"`; else git's configuration says", Sources: cli.EnvVars("COPPICE_AUTHOR")},
			&cli.StringFlag{Name: "name", Usage: "`NAME` of the wiki; else its front page's title", Sources: cli.EnvVars("COPPICE_NAME")},
			&cli.StringFlag{Name: "base-url", Usage: "`URL` under which readers reach the wiki, for feeds and the site map", Sources: cli.EnvVars("COPPICE_BASE_URL")},
			&cli.StringFlag{Name: "theme", Usage: "`FOLDER` of a theme, instead of the built-in one", Sources: cli.EnvVars("COPPICE_THEME")},
			&cli.BoolFlag{Name: "read-only", Usage: "refuse edits", Sources: cli.EnvVars("COPPICE_READ_ONLY")},
		),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := wantArgs(c, 0, "no arguments"); err != nil {
				return err
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			startFast()
			s, err := openServer(ctx, serveOptions{
				place: p, listen: c.String("listen"), author: c.String("author"), name: c.String("name"),
				baseURL: c.String("base-url"), theme: c.String("theme"), readOnly: c.Bool("read-only"),
			}, c.Root().Writer)
			if err != nil {
				return err
			}
			return s.run(ctx)
		},
	}
}

type serveOptions struct {
	place
	listen, author, name, baseURL, theme string
	readOnly                             bool
}

const (
	// stopTimeout is how long requests that have begun may take after the signal to stop.
	stopTimeout = 10 * time.Second
	// quickPause and searchPause keep the indexes from taking processor and disk away from whoever has just saved, or is
	// the first visitor after a start: the first lets the answer go out, the second also the reader's next view, because
	// that index is dear. A second is promised; whoever asks an index at once ends its pause.
	quickPause  = 4 * time.Millisecond
	searchPause = 150 * time.Millisecond
	// creditPause lets search go first: nobody waits for credit but whoever opens the page that was just saved.
	creditPause = 250 * time.Millisecond
	// creditStart keeps the reading of its file, some milliseconds on a large wiki, away from the first answers.
	creditStart = 2 * time.Second
)

// server is everything that a running wiki consists of, ready to run. Tests start one on port 0 in a temporary folder.
type server struct {
	out       io.Writer
	opts      serveOptions
	listener  net.Listener
	lock      *os.File
	wiki      *wiki.Wiki
	indexes   *indexes
	following []*wiki.Following
	theme     *themes.Theme
	web       *web.Server
}

// openServer opens the wiki, takes the data folder and the port, and builds the handlers. When it fails, nothing stays
// open.
func openServer(ctx context.Context, o serveOptions, out io.Writer) (_ *server, err error) {
	s := &server{out: out, opts: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	author, err := authorOf(o.author, o.repo)
	if err != nil {
		return nil, err
	}
	if _, err := web.ParseBaseURL(o.baseURL); err != nil {
		return nil, usageError("--base-url: %w", err)
	}
	if s.theme, err = o.givenTheme(); err != nil {
		return nil, err
	}
	if s.listener, err = o.bind(ctx); err != nil {
		return nil, err
	}
	loopback := isLoopback(s.listener.Addr())
	readOnly := o.readOnly || !loopback
	if err := s.take(author); err != nil {
		return nil, err
	}
	if err := s.openParts(readOnly); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "%s: %d pages on branch %s\n", s.wiki.Dir(), s.wiki.Head().Len(), s.wiki.Branch())
	if !loopback && !o.readOnly {
		fmt.Fprintln(out, "read-only: there are no accounts yet, and the address can be reached from elsewhere")
	}
	x := s.indexes
	x.tellOrigins(s.wiki)
	s.following = []*wiki.Following{
		s.wiki.FollowAfter(x.catalog, quickPause), s.wiki.FollowAfter(x.history, quickPause),
		s.wiki.FollowAfter(x.search, searchPause), s.wiki.FollowLater(x.credit, creditStart, creditPause),
	}
	if err := s.openFaces(author, readOnly); err != nil {
		return nil, err
	}
	return s, sayHolder(s.lock, holder{PID: os.Getpid(), Address: s.address()})
}

// givenTheme reads the theme that was asked for; nil is the built-in one. Whatever is wrong with it is found before
// anything is made.
func (o serveOptions) givenTheme() (*themes.Theme, error) {
	if o.theme == "" {
		return nil, nil
	}
	theme, err := themes.Load(os.DirFS(o.theme))
	if err == nil {
		err = web.CheckTheme(theme)
	}
	if err != nil {
		return nil, usageError("the theme in %s cannot be used: %s", o.theme, strings.TrimPrefix(err.Error(), "theme: "))
	}
	return theme, nil
}

// bind takes the port. When it is taken, the likeliest holder is a server on the same data folder, which is then named.
func (o serveOptions) bind(ctx context.Context) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err == nil {
		return ln, nil
	}
	if h, ok := o.heldBy(); ok {
		return nil, &inUseError{h}
	}
	reason := err
	var op *net.OpError
	if errors.As(err, &op) { // it says the address once more
		reason = op.Err
	}
	return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with --listen", o.listen, reason)
}

// take locks the data folder, and makes the wiki when there is none yet: only one process may do that. A repository
// from elsewhere must be one that can be served, so that a mistyped name leaves no data folder behind.
func (s *server) take(author wiki.Contributor) (err error) {
	if s.opts.repo != "" {
		if err := wiki.Probe(s.opts.repo, s.opts.options(true)); err != nil {
			return err
		}
	}
	if s.lock, err = s.opts.lock(); err != nil {
		return err
	}
	return s.begin(author)
}

// begin makes the wiki when there is none yet.
func (s *server) begin(author wiki.Contributor) error {
	if s.opts.repo != "" {
		return nil
	}
	if _, err := os.Stat(s.opts.repository()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := create(s.opts.place, false, author); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "made a new wiki in %s\n", s.opts.repository())
	return nil
}

// openParts reads repository, indexes and built-in theme side by side: each takes a while with a large wiki, and none needs
// another to be read.
func (s *server) openParts(readOnly bool) error {
	var parts errgroup.Group
	parts.Go(func() (err error) {
		s.wiki, err = s.opts.openWiki(readOnly)
		return err
	})
	parts.Go(func() (err error) {
		s.indexes, err = s.opts.openIndexes(&progress{out: s.out})
		return err
	})
	parts.Go(func() (err error) {
		if s.theme == nil {
			s.theme, err = themes.BuiltIn()
		}
		return err
	})
	return parts.Wait()
}

// openFaces wires the pages for people and the API for programs.
func (s *server) openFaces(author wiki.Contributor, readOnly bool) (err error) {
	programs := api.New(api.Config{
		Wiki: s.wiki, History: s.indexes.history, Catalog: s.indexes.catalog, Search: s.indexes.search, Credit: s.indexes.credit,
		Read: func(ctx context.Context, snap *wiki.Snapshot, page wiki.Page) (r api.Reading, err error) {
			r.Source, r.Doc, r.HTML, err = s.web.Read(ctx, snap, page) // s.web is made below, before anybody asks
			return r, err
		},
		KeywordNames: func(word string) []string { return s.web.KeywordNames(word) },

		FollowingCatalog: s.following[0], FollowingHistory: s.following[1], FollowingSearch: s.following[2], FollowingCredit: s.following[3],
		Log: s.opts.log, Version: version(), BaseURL: s.opts.baseURL,
	})
	s.web, err = web.New(web.Config{
		Wiki: s.wiki, History: s.indexes.history, Catalog: s.indexes.catalog, Search: s.indexes.search, Credit: s.indexes.credit, Theme: s.theme,
		FollowingCatalog: s.following[0], FollowingHistory: s.following[1], FollowingSearch: s.following[2], FollowingCredit: s.following[3],
		Author: author, ReadOnly: readOnly, Name: s.opts.name, BaseURL: s.opts.baseURL, Version: version(),
		API: programs, Log: s.opts.log,
	})
	return err
}

// address is where a browser on this machine finds the wiki.
func (s *server) address() string {
	addr, ok := s.listener.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + s.listener.Addr().String()
	}
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(addr.Port))
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// run serves until ctx ends, then lets the requests that have begun finish.
func (s *server) run(ctx context.Context) error {
	fmt.Fprintf(s.out, "serving %s\n", s.address())
	go settle(ctx, s.following)
	failed := make(chan error, 1)
	go func() { failed <- s.web.Serve(s.listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		fmt.Fprintln(s.out, "stopping")
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		err = s.web.Shutdown(stopCtx)
		cancel()
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, s.close())
}

// close releases what openServer took, in the opposite order.
func (s *server) close() error {
	var errs []error
	for _, f := range s.following {
		f.Stop()
	}
	if s.indexes != nil {
		errs = append(errs, s.indexes.close())
	}
	if s.wiki != nil {
		errs = append(errs, s.wiki.Close())
	}
	if s.lock != nil {
		errs = append(errs, sayHolder(s.lock, holder{}), s.lock.Close())
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
