package web

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// resolver says where the links of one page lead. Its answers depend on the generation alone: a fingerprint of them says whether a rendered body still holds.
type resolver struct {
	server *Server
	now    generation
	from   wiki.Path // the page the links stand on
	rev    string    // of an old version: its files are shown as they were
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
		return markdown.Target{URL: pageURL(p) + fragment(l.Fragment)}
	}
	if name, ok := r.file(l.Target); ok {
		return markdown.Target{URL: address("files", name, "rev", r.rev)}
	}
	if to, ok := ownAddress(l); ok {
		return markdown.Target{URL: to}
	}
	if l.Image {
		return markdown.Target{URL: address("files", r.below(l.Target)), Missing: true, Title: "There is no such file"}
	}
	return r.missing(l)
}

// page finds the page that a link means: by its path, by a title, or where it has moved to.
func (r *resolver) page(l markdown.Link) (wiki.Path, bool) {
	if l.Image {
		return wiki.Path{}, false
	}
	if p, ok := r.now.snap.LookupFrom(r.from, l.Target); ok {
		return p, true
	}
	if l.Wiki {
		if p, ok := r.now.view.ByTitle(l.Target); ok && r.now.snap.Has(p) {
			return p, true
		}
	}
	if old, err := wiki.ParsePath(r.below(l.Target)); err == nil {
		if p, ok := r.server.cfg.History.MovedTo(old); ok && r.now.snap.Has(p) {
			return p, true
		}
	}
	return wiki.Path{}, false
}

// file finds a file of the repository: relative to the page's folder, then to the root.
func (r *resolver) file(target string) (string, bool) {
	for _, name := range [2]string{r.below(target), strings.TrimPrefix(path.Clean("/"+target), "/")} {
		if _, ok := r.now.snap.FileID(name); ok && servable(name) {
			return name, true
		}
	}
	return "", false
}

// ownAddress gives the address that a link from the root means when it is one of the wiki's own and not a page's path.
func ownAddress(l markdown.Link) (string, bool) {
	if l.Wiki || !wiki.IsAddress(l.Target) {
		return "", false
	}
	u := url.URL{Path: oneSlash(l.Target), RawQuery: l.Query, Fragment: l.Fragment}
	return u.String(), true
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

// readable makes a title of a path: its last element, with spaces and a capital.
func readable(p wiki.Path) string { return readableName(p.String()) }

func readableName(name string) string {
	name = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(name)))
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}
