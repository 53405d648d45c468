package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"coppice/search"
	"coppice/themes"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
	"coppice/wiki/web"
)

// Rounds of creditedView: a first view takes milliseconds, a cached one a fraction of one.
const (
	creditedFirstViews  = 240
	creditedNextViews   = 300
	creditedCachedViews = 4000
)

// pair is two servers over one wiki and the same indexes but for credit: one knows who wrote what, and the other, whose
// index of credit is empty, shows below a page what it showed before there were credits. They are in one process and are
// asked turn and turn about, so that whatever else happens on the machine happens to both.
type pair struct {
	wiki      *wiki.Wiki
	following []*wiki.Following
	with      running
	without   running
	close     []func() error
}

// creditedView compares the view of a page with its credits below with the view of the same page without. In each round
// every index has caught up before the first view is asked for: what is measured is the first view of a page whose
// credits have changed with it, the next view after another page was edited (everything is put together anew, and
// nothing rendered), and the view from the cache.
func (b *bench) creditedView() (err error) {
	if b.owasp == "" {
		return nil
	}
	repo, err := b.fresh(b.owasp, "creditview.git")
	if err != nil {
		return err
	}
	p, err := b.pairOf(repo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	const name, other = "Session_Management_Cheat_Sheet", "Logging_Cheat_Sheet"
	if err := p.edit(b.ctx, other, 0); err != nil {
		return err
	}
	view := "/wiki/" + name
	row := func(what string, rounds int, prepare func(i int) error) error {
		with, without, err := p.compare(rounds, view, prepare)
		if err == nil {
			b.report.row(what, show(with.p50()), "no credits "+show(without.p50()), ratio(with.p50(), without.p50()), atMost, 1.05)
		}
		return err
	}
	return errors.Join(
		row("page with credits, first view after its edit, p50", creditedFirstViews, func(i int) error { return p.edit(b.ctx, name, i) }),
		row("page with credits, first view after another's edit, p50", creditedNextViews, func(i int) error { return p.edit(b.ctx, other, i+1) }),
		row("page with credits, from the cache, p50", creditedCachedViews, func(int) error { return nil }),
	)
}

// compare views a page in turns, each round after a preparation.
func (p *pair) compare(rounds int, view string, prepare func(i int) error) (with, without durations, err error) {
	one := func(r *running, list *durations) error {
		start := time.Now()
		err := r.view(view)
		*list = append(*list, time.Since(start))
		return err
	}
	for i := range rounds {
		if err := prepare(i); err != nil {
			return nil, nil, err
		}
		if i%2 == 0 {
			err = errors.Join(one(&p.with, &with), one(&p.without, &without))
		} else {
			err = errors.Join(one(&p.without, &without), one(&p.with, &with))
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return with, without, nil
}

// edit adds a line to a page and waits until every index knows it.
func (p *pair) edit(ctx context.Context, name string, i int) error {
	path, err := wiki.ParsePath(name)
	if err != nil {
		return err
	}
	head := p.wiki.Head()
	page, err := head.Page(path)
	if err != nil {
		return err
	}
	source := fmt.Appendf(append([]byte{}, page.Source...), "\nLine %d of somebody.\n", i)
	author := wiki.Contributor{Name: fmt.Sprintf("Bench %d", i%4), Email: fmt.Sprintf("bench-%d@example.org", i%4)}
	if _, err := p.wiki.Save(ctx, wiki.Edit{Path: path, Base: head.Commit(), Source: source, Summary: "Measure a view", Author: author}); err != nil {
		return err
	}
	for _, f := range p.following {
		if err := f.Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) pairOf(repo string) (_ *pair, err error) {
	p := &pair{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop())
		}
	}()
	dir := filepath.Join(b.dir, "creditview")
	if p.wiki, err = wiki.Open(repo, wiki.Options{Root: "cheatsheets"}); err != nil {
		return nil, err
	}
	p.close = append(p.close, p.wiki.Close)
	theme, err := themes.Load(themes.Default())
	if err != nil {
		return nil, err
	}
	hist, err := history.Open(filepath.Join(dir, "history"), nil)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, hist.Close)
	cat, err := catalog.Open(filepath.Join(dir, "catalog"), nil)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, cat.Close)
	index, err := search.Open(filepath.Join(dir, "search"), nil)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, index.Close)
	known, err := credit.Open(filepath.Join(dir, "credit"), nil)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, known.Close)
	unknown, err := credit.Open(filepath.Join(dir, "no-credit"), nil)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, unknown.Close)
	c := web.Config{
		Wiki: p.wiki, History: hist, Catalog: cat, Search: index, Theme: theme, Author: wiki.Contributor{Name: "Bench", Email: "bench@example.org"},
		FollowingHistory: p.wiki.Follow(hist), FollowingCatalog: p.wiki.Follow(cat),
	}
	c.FollowingSearch = p.wiki.Follow(index) // pages show related questions from it
	p.following = []*wiki.Following{c.FollowingHistory, c.FollowingCatalog, c.FollowingSearch, p.wiki.Follow(known)}
	p.close = append(p.close, func() error {
		for _, f := range p.following {
			f.Stop()
		}
		return nil
	})
	c.Credit = known
	if err := p.serve(c, &p.with); err != nil {
		return nil, err
	}
	c.Credit = unknown
	return p, p.serve(c, &p.without)
}

// serve answers for a configuration on a free port.
func (p *pair) serve(c web.Config, r *running) error {
	s, err := web.New(c)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	p.close = append(p.close, func() error { return errors.Join(s.Shutdown(context.Background()), <-done) })
	r.address, r.client = "http://"+ln.Addr().String(), &http.Client{}
	return nil
}

// stop ends the servers, then what they stand on.
func (p *pair) stop() error {
	var errs []error
	for _, end := range slices.Backward(p.close) {
		errs = append(errs, end())
	}
	return errors.Join(errs...)
}
