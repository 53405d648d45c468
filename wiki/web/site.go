package web

import (
	"path/filepath"
	"slices"
	"strings"

	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/markdown"
)

// interfaceLang is the language that buttons and sentences are written in.
const interfaceLang = "en"

// navFile and formFolder are what the community steers the wiki with.
const (
	navFile    = ".coppice/nav.md"
	formFolder = ".coppice/forms"
)

// site is what every page shows of the wiki as a whole, in one generation.
type site struct {
	Site
	now      generation
	nav      []NavLink
	front    wiki.Path // the root folder's own page; zero when there is none
	forms    []form
	keywords *catalog.Taxonomy
	sources  siteSources
	navLinks []markdown.Link
}

// siteSources are the blobs a site is read from: while they stay, nothing is parsed again.
type siteSources struct {
	front, nav, keywords wiki.ID
	forms                []wiki.FileRef
}

// siteOf gives the site of a generation. The last one is kept: two requests that make it at once do the same work twice.
func (s *Server) siteOf(now generation) *site {
	old := s.site.Load()
	if old != nil && old.now == now {
		return old
	}
	next := s.readSite(now, old)
	s.site.Store(next)
	return next
}

func (s *Server) readSite(now generation, old *site) *site {
	snap := now.snap
	t := &site{now: now, Site: Site{Name: s.cfg.Name, Tagline: s.cfg.Tagline, Version: s.cfg.Version, URL: s.ownAddress(""), Pages: snap.Len(), ReadOnly: s.cfg.ReadOnly}}
	t.front, _ = snap.FolderPage("")
	t.sources.front, _ = snap.PageBlob(t.front)
	t.sources.nav, _ = snap.FileID(navFile)
	t.sources.keywords, _ = snap.FileID(catalog.TaxonomyFile)
	t.sources.forms = FormFiles(snap)
	if old != nil && old.sources.front == t.sources.front {
		t.Name, t.Tagline = old.Name, old.Tagline
	} else {
		t.readFront(snap)
		if t.Name == "" {
			t.Name = repositoryName(s.cfg.Wiki.Dir())
		}
	}
	if old != nil && old.sources.nav == t.sources.nav {
		t.navLinks = old.navLinks
	} else if source, _, err := snap.File(navFile); err == nil {
		t.navLinks = markdown.Parse(source, markdown.Options{}).Links
	}
	t.nav = s.resolveNav(now, t)
	if old != nil && slices.Equal(old.sources.forms, t.sources.forms) {
		t.forms = old.forms
	} else {
		t.forms = s.readForms(snap, t.sources.forms)
	}
	if old != nil && old.sources.keywords == t.sources.keywords {
		t.keywords = old.keywords
	} else {
		t.keywords = s.readTaxonomy(snap)
	}
	return t
}

// readFront takes the wiki's name and tagline from the root folder's own page, unless they are set.
func (t *site) readFront(snap *wiki.Snapshot) {
	page, err := snap.Page(t.front)
	if err == nil && (t.Name == "" || t.Tagline == "") {
		doc := markdown.Parse(page.Source, markdown.Options{})
		if t.Name == "" {
			t.Name = doc.Title
		}
		if t.Tagline == "" {
			t.Tagline = doc.Lead
		}
	}
}

// repositoryName is what a repository without a front page is called: its folder's name.
func repositoryName(dir string) string {
	name := filepath.Base(dir)
	if name == ".git" {
		name = filepath.Base(filepath.Dir(dir))
	}
	if name = strings.TrimSuffix(name, ".git"); name == "" || name == "." || name == string(filepath.Separator) || name == "wiki" {
		return "Wiki"
	}
	return name
}

// resolveNav makes the links of nav.md the menu.
func (s *Server) resolveNav(now generation, t *site) []NavLink {
	var nav []NavLink
	root := &resolver{server: s, now: now, from: t.front}
	for _, l := range t.navLinks {
		if l.Image || len(nav) == maxNav {
			continue
		}
		nav = append(nav, NavLink{Text: l.Text, URL: root.Resolve(l).URL})
	}
	return nav
}

// base fills what every view has.
func (q *request) base(title, view string) Base {
	b := Base{
		Site: q.site.Site, Title: title, Lang: interfaceLang, BodyClass: view,
		Canonical: q.r.URL.EscapedPath(), Nav: slices.Clone(q.site.nav), NewPageURL: "/new", Feed: "/recent.atom",
	}
	for i := range b.Nav {
		b.Nav[i].Current = b.Nav[i].URL == b.Canonical
	}
	if q.who.MayEdit {
		b.Author = q.who.Name
	} else {
		b.NewPageURL = ""
	}
	return b
}

// tabs are the addresses around one page. Of a page that is not there, or is gone, only those that make sense.
func (q *request) tabs(p wiki.Path, current string) Tabs {
	name := p.String()
	if !q.snap.Has(p) {
		t := Tabs{Current: current}
		if q.who.MayEdit {
			t.Edit = address("edit", name)
		}
		if q.cfg.History.Count(p) > 0 {
			t.History = address("history", name)
		}
		return t
	}
	t := Tabs{
		Current: current, Read: pageURL(p), History: address("history", name), Raw: address("raw", name),
		Credits: address("credits", name), Blame: address("blame", name), Backlinks: address("backlinks", name), Feed: q.feedURL(p), At: pageURL(p),
	}
	if q.who.MayEdit {
		t.Edit, t.Rename, t.Delete = address("edit", name), address("rename", name), address("delete", name)
	}
	return t
}

// crumbs are the folders on the way to a page; with the page itself when a view about it is shown.
func (q *request) crumbs(p wiki.Path, withPage bool) []Crumb {
	var list []Crumb
	name := p.String()
	for i, r := range name {
		if r != '/' {
			continue
		}
		folder := name[:i]
		c := Crumb{Text: readableName(folder)}
		if own, ok := q.snap.FolderPage(folder); ok && own != p {
			c = Crumb{Text: q.title(own), URL: pageURL(own)}
		} else if !ok && q.snap.HasPagesIn(folder) {
			c.URL = folderURL(folder)
		}
		list = append(list, c)
	}
	if withPage {
		list = append(list, Crumb{Text: q.title(p), URL: pageURL(p)})
	}
	return list
}
