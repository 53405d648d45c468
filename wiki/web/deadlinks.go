package web

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

// A link is dead when a reader's click on it leads nowhere. So the links are those of the rendered page, raw HTML
// included, the places on a page are what it has for ids, and the resolver that readers follow says where they lead.

// DeadLink is a link that leads nowhere.
type DeadLink struct {
	From wiki.Path // the page it stands on
	Line int       // there, from 1; 0 when it is not known, as of some raw HTML

	Target string    // as it is written, without ?query and #fragment; "" is the page itself
	File   bool      // it means a file, and not a page
	Page   wiki.Path // where the page is there, the page: it has nothing called Anchor, and never had
	Anchor string
}

// DeadLinks gives the dead links of all pages, by page and line. All that was renamed leads on, and so do anchors that a
// section had in former versions. The indexes must be at the Snapshot's commit.
func DeadLinks(ctx context.Context, w *wiki.Wiki, snap *wiki.Snapshot, h *history.Index, c *catalog.Catalog) ([]DeadLink, error) {
	s := &Server{cfg: Config{Wiki: w, History: h, Catalog: c}, log: slog.New(slog.DiscardHandler)} // it answers nobody
	check := linkCheck{
		server: s, now: generation{snap: snap, view: c.View()},
		ids: map[wiki.Path]map[string]bool{}, former: map[wiki.Path]map[string]bool{},
	}
	t := s.readSite(check.now, nil)
	for ref := range snap.Pages() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		page, err := snap.Page(ref.Path)
		if err != nil {
			return nil, err
		}
		check.read(page, t.parse(page.Source))
	}
	for _, l := range check.anchored {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if lives, err := check.lives(l.Page, l.Anchor); err != nil {
			return nil, err
		} else if !lives {
			check.dead = append(check.dead, l)
		}
	}
	slices.SortFunc(check.dead, func(a, b DeadLink) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Anchor, b.Anchor))
	})
	return slices.Compact(check.dead), nil // a picture in the writer's own HTML is asked for twice
}

// linkCheck is a check under way.
type linkCheck struct {
	server   *Server
	now      generation
	ids      map[wiki.Path]map[string]bool // what has an address on each page
	former   map[wiki.Path]map[string]bool // and had, where somebody asked
	dead     []DeadLink
	anchored []DeadLink // links to places, which are looked for when all pages have been read
}

// followed is a Resolver that notes what it is asked.
type followed struct {
	*resolver
	links []markdown.Link
}

func (f *followed) Resolve(l markdown.Link) markdown.Target {
	f.links = append(f.links, l)
	return f.resolver.Resolve(l)
}

// read takes in one page.
func (c *linkCheck) read(page wiki.Page, doc *markdown.Document) {
	to := &followed{resolver: &resolver{server: c.server, now: c.now, from: page.Path}}
	ids, own := placesIn(string(doc.HTML(to)))
	c.ids[page.Path] = ids
	for _, l := range doc.Links {
		if l.Kind == markdown.LinkAnchor && !ids[l.Fragment] && ids[markdown.Anchor(l.Fragment)] {
			continue // the page itself leads by what a heading says, too
		}
		c.follow(to.resolver, l, lineAt(doc.Source, l.Start))
	}
	for _, anchor := range own {
		to.links = append(to.links, markdown.Link{Kind: markdown.LinkAnchor, Fragment: anchor})
	}
	for _, l := range to.links {
		if !slices.ContainsFunc(doc.Links, func(known markdown.Link) bool { return sameLink(known, l) }) {
			c.follow(to.resolver, l, lineOf(doc.Source, l))
		}
	}
}

// follow notes where a link leads, if that is nowhere or may yet be.
func (c *linkCheck) follow(to *resolver, l markdown.Link, line int) {
	found := DeadLink{From: to.from, Line: line, Target: l.Target, Anchor: l.Fragment}
	switch l.Kind {
	case markdown.LinkAnchor:
		found.Page = to.from
	case markdown.LinkPage, markdown.LinkFile:
		if to.Resolve(l).Missing {
			found.File, found.Anchor = l.Image || l.Kind == markdown.LinkFile, ""
			c.dead = append(c.dead, found)
			return
		}
		found.Page, _ = to.shows(l)
	default:
		return
	}
	if !found.Page.IsZero() && l.Fragment != "" {
		c.anchored = append(c.anchored, found)
	}
}

// sameLink reports whether two links are written with the same words. A link in the writer's own HTML is none of the
// Document's.
func sameLink(a, b markdown.Link) bool {
	a.Text, a.Start, b.Text, b.Start = "", 0, "", 0
	return a == b
}

// shows gives the living page that a link shows at the place that it names. A page that redirects shows another.
func (r *resolver) shows(l markdown.Link) (wiki.Path, bool) {
	if l.Query != "" { // of an old version, say
		return wiki.Path{}, false
	}
	p, ok := r.page(l)
	if name, isAddress := strings.CutPrefix(oneSlash(l.Target), "/wiki/"); !ok && isAddress {
		p, ok = r.addressed(name)
	}
	if e, there := r.now.view.Entry(p); !ok || !there || e.RedirectTo != "" {
		return wiki.Path{}, false
	}
	return p, true
}

// placesIn gives the ids of a rendered page, and the anchors that its links to itself name.
func placesIn(page string) (ids map[string]bool, own []string) {
	ids = map[string]bool{"": true, "top": true} // which every browser knows
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ids, own
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			for _, a := range t.Attr {
				switch {
				case a.Key == "id" || a.Key == "name" && t.Data == "a":
					ids[a.Val] = true
				case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
					if anchor, err := url.PathUnescape(a.Val[1:]); err == nil {
						own = append(own, anchor)
					}
				}
			}
		}
	}
}

// lives reports whether an anchor leads anywhere on a page: to what has it, or to what had it.
func (c *linkCheck) lives(p wiki.Path, anchor string) (bool, error) {
	if c.ids[p][anchor] || strings.HasPrefix(anchor, ":~:") { // the latter names words, for browsers to look for
		return true, nil
	}
	if _, known := c.former[p]; !known {
		page, err := c.now.snap.Page(p)
		if err != nil {
			return false, err
		}
		c.former[p] = c.server.formerOf(page)
	}
	return c.former[p][anchor], nil
}

// formerOf gives the anchors that a page answers to without having them today, however long it takes to find them.
func (s *Server) formerOf(page wiki.Page) map[string]bool {
	former := map[string]bool{}
	versions := s.cfg.History.Versions(page.Path, anchorVersions)
	if len(versions) < 2 {
		return former
	}
	line := &anchorLine{}
	line.follow(s, versions)
	shown := line.show(s, page)
	for _, names := range shown.of {
		for _, name := range names {
			former[name] = true
		}
	}
	for _, l := range shown.lost {
		former[l.Anchor] = true
	}
	return former
}

// lineAt gives the number of the line on which a byte stands.
func lineAt(source []byte, at int) int { return 1 + bytes.Count(source[:at], []byte("\n")) }

// lineOf looks for a link in the writer's own HTML, as such links are most often written. 0 is not found.
func lineOf(source []byte, l markdown.Link) int {
	written := l.Target
	if l.Fragment != "" {
		written += "#" + l.Fragment
	}
	if at := bytes.Index(source, []byte(`="`+written+`"`)); at >= 0 {
		return lineAt(source, at)
	}
	return 0
}
