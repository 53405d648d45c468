package web

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"coppice/wiki"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

// resolver says where the links of one page lead. Its answers depend on the generation alone: a fingerprint of them says whether a rendered body still holds.
type resolver struct {
	server  *Server
	now     generation
	from    wiki.Path      // the page the links stand on
	anchors *formerAnchors // of the page, or nil
	past    *moment        // of an old version: its links lead to what was there then; nil is today
}

// Resolve implements markdown.Resolver.
func (r *resolver) Resolve(l markdown.Link) markdown.Target {
	switch l.Kind {
	case markdown.LinkPage, markdown.LinkFile:
	case markdown.LinkAnchor:
		return markdown.Target{URL: fragment(l.Fragment)}
	default:
		return markdown.Target{URL: l.Target}
	}
	if p, ok := r.page(l); ok {
		return markdown.Target{URL: r.address("wiki", p.String()) + fragment(l.Fragment)}
	}
	if name, ok := r.file(l.Target); ok {
		return markdown.Target{URL: r.address("files", name)}
	}
	if name, ok := r.folder(l); ok {
		return markdown.Target{URL: folderURL(name)}
	}
	if to, ok := ownAddress(l); ok {
		name, file, missing := r.lacks(l)
		if !missing {
			return markdown.Target{URL: to}
		}
		if l.Target = "/" + name; file {
			l.Kind = markdown.LinkFile
		}
	}
	if l.Image || l.Kind == markdown.LinkFile {
		return markdown.Target{URL: r.address("files", r.below(l.Target)), Missing: true, Title: "There is no such file"}
	}
	return r.missing(l)
}

// page finds the page that a link means: by its path, by a title, or where it has moved to.
func (r *resolver) page(l markdown.Link) (wiki.Path, bool) {
	if l.Image {
		return wiki.Path{}, false
	}
	snap := r.snap()
	if p, ok := snap.LookupFrom(r.from, l.Target); ok {
		return p, true
	}
	if l.Wiki {
		if p, ok := r.byTitle(l.Target); ok && snap.Has(p) {
			return p, true
		}
	}
	return r.former(l)
}

// former finds where a page is that once had the name in a link. When several had it, the link leads to the name itself,
// where the reader is asked.
func (r *resolver) former(l markdown.Link) (wiki.Path, bool) {
	names := []string{strings.TrimSuffix(r.below(l.Target), ".md")}
	if l.Wiki { // [[Name of a page]] as a title: what the file of such a page is called
		names = append(names, wiki.PathFor(l.Target).String())
	}
	for _, name := range names {
		old, err := wiki.ParsePath(name)
		if err != nil {
			continue
		}
		switch places := livingIn(r.snap(), r.places(old)); len(places) {
		case 0:
		case 1:
			return places[0].Path, true
		default:
			return old, true
		}
	}
	return wiki.Path{}, false
}

// places are the pages that once had a name, as far as that had happened in the time that links lead to.
func (r *resolver) places(p wiki.Path) []history.Place {
	if r.past != nil {
		return r.server.cfg.History.FormerAt(p, r.past.commit())
	}
	return r.server.cfg.History.Former(p)
}

// snap is the state of the wiki that links lead to.
func (r *resolver) snap() *wiki.Snapshot {
	if r.past != nil {
		return r.past.snap
	}
	return r.now.snap
}

func (r *resolver) byTitle(name string) (wiki.Path, bool) {
	if r.past != nil {
		return r.past.byTitle(name)
	}
	return r.now.view.ByTitle(name)
}

// address is that of a page or file in the time that links lead to.
func (r *resolver) address(verb, name string) string {
	if r.past != nil {
		return r.past.address(verb, name)
	}
	return address(verb, name)
}

// file finds a file of the repository: relative to the page's folder, then to the root.
func (r *resolver) file(target string) (string, bool) {
	for _, name := range r.names(target) {
		if _, ok := r.snap().FileID(name); ok && servable(name) {
			return name, true
		}
	}
	return "", false
}

// folder finds a folder that has pages and none of its own, in the same way. Only today's have a list.
func (r *resolver) folder(l markdown.Link) (string, bool) {
	if l.Wiki || l.Image || r.past != nil {
		return "", false
	}
	for _, name := range r.names(l.Target) {
		if r.snap().HasPagesIn(name) {
			return name, true
		}
	}
	return "", false
}

// names are those below the root that a target may mean.
func (r *resolver) names(target string) [2]string {
	return [2]string{r.below(target), strings.TrimPrefix(path.Clean("/"+target), "/")}
}

// ownAddress gives the address that a link from the root means when it is one of the wiki's own and not a page's path.
func ownAddress(l markdown.Link) (string, bool) {
	if l.Wiki || !wiki.IsAddress(l.Target) {
		return "", false
	}
	u := url.URL{Path: oneSlash(l.Target), RawQuery: l.Query, Fragment: l.Fragment}
	return u.String(), true
}

// lacks gives the page or file that a link to one of the wiki's own addresses names, when it is not there. Old versions of
// what is gone have addresses too, and links in an old version lead to those of today.
func (r *resolver) lacks(l markdown.Link) (name string, file, missing bool) {
	verb, name, _ := strings.Cut(strings.TrimPrefix(oneSlash(l.Target), "/"), "/")
	if name == "" || l.Query != "" || r.past != nil {
		return "", false, false
	}
	switch verb {
	case "wiki":
		_, there := r.addressed(name)
		return name, false, !there && !r.snap().HasPagesIn(canonicalName(name))
	case "files":
		_, there := r.snap().FileID(name)
		return name, true, !there || !servable(name)
	}
	return "", false, false
}

// addressed finds the page that /wiki/NAME shows or leads to.
func (r *resolver) addressed(name string) (wiki.Path, bool) {
	if p, ok := r.snap().Lookup(canonicalName(name)); ok {
		return p, true
	}
	if p, ok := r.byTitle(name); ok && r.snap().Has(p) {
		return p, true
	}
	return r.former(markdown.Link{Target: "/" + name})
}

// below gives the name that a relative link has below the root. It cannot leave it.
func (r *resolver) below(target string) string {
	if !strings.HasPrefix(target, "/") {
		target = path.Join(r.from.Folder(), target)
	}
	return strings.TrimPrefix(path.Clean("/"+target), "/")
}

// missing leads to the editor of the page that a link would like there to be.
func (r *resolver) missing(l markdown.Link) markdown.Target {
	if r.past != nil {
		return r.missingThen(l)
	}
	t := markdown.Target{Missing: true, Title: "There is no such page yet"}
	if l.Wiki {
		if p := wiki.PathFor(l.Target); !p.IsZero() {
			t.URL = address("edit", p.String(), "title", l.Target)
			return t
		}
	}
	p, err := wiki.NewPath(canonicalName(r.below(l.Target)))
	if err != nil {
		t.URL = address("new", "", "title", l.Target)
		return t
	}
	t.URL = address("edit", p.String())
	return t
}

// missingThen leads to the same address, which says whether such a page came later: nobody can write one into the past.
func (r *resolver) missingThen(l markdown.Link) markdown.Target {
	name := canonicalName(r.below(l.Target))
	if p := wiki.PathFor(l.Target); l.Wiki && !p.IsZero() {
		name = p.String()
	}
	return markdown.Target{URL: r.address("wiki", name), Missing: true, Title: "There was no such page at that time"}
}

// readable makes a title of a path: its last element, with spaces and a capital.
func readable(p wiki.Path) string { return readableName(p.String()) }

func readableName(name string) string {
	name = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(name)))
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}
