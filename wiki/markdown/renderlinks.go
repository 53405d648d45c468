package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
)

const (
	externalAttrs = ` class="external" rel="nofollow noopener"`
	missingAttrs  = ` class="missing"`
)

// linkOf gives what Parse made of a link.
func (r *renderer) linkOf(n ast.Node) (Link, bool) {
	if i := n.Pos(); i >= 0 {
		return r.d.Links[i], true
	}
	return Link{}, false
}

func (r *renderer) link(n ast.Node, title []byte) {
	l, ok := r.linkOf(n)
	if !ok || r.linked() { // an address that is not admitted, or a link in a link: only the text is left
		r.inlines(n)
		return
	}
	r.anchorStart(l, decoded(title))
	r.inlines(n)
	r.anchorEnd()
}

func (r *renderer) autoLink(n *ast.AutoLink) {
	l, ok := r.linkOf(n)
	label := n.Label(r.source)
	if !ok || r.linked() {
		r.out = appendEscaped(r.out, label)
		return
	}
	r.anchorStart(l, "")
	r.markedLabel(label, l, len(label)+1)
	r.anchorEnd()
}

func (r *renderer) wikilink(n *wikilink) {
	l, ok := r.linkOf(n)
	if !ok || r.linked() {
		r.out = appendEscaped(r.out, n.label)
		return
	}
	r.anchorStart(l, "")
	r.markedLabel([]byte(n.label), l, maxWikilink)
	r.anchorEnd()
}

// anchorStart writes the start tag of a link; a title of the writer's goes before the Resolver's.
func (r *renderer) anchorStart(l Link, title string) {
	r.write(`<a href="`)
	t := r.target(l)
	r.write(`"`)
	switch {
	case l.Kind == LinkExternal:
		r.write(externalAttrs)
	case t.Missing:
		r.write(missingAttrs)
	}
	if title == "" {
		title = t.Title
	}
	if title != "" {
		r.attr("title", title)
	}
	r.write(">")
	r.inLink++
}

func (r *renderer) anchorEnd() {
	r.inLink--
	r.write("</a>")
}

// target writes the address that a link leads to, and gives what the Resolver said.
func (r *renderer) target(l Link) Target {
	switch l.Kind {
	case LinkExternal:
		r.out = appendURL(r.out, l.Target)
	case LinkMail:
		r.write("mailto:")
		r.out = appendURL(r.out, l.Target)
	case LinkAnchor:
		r.out = appendFragment(r.out, r.d.anchorFor(l.Fragment))
	default:
		return r.resolved(l)
	}
	return Target{}
}

// anchorFor gives the anchor that a fragment means: itself, or that of the heading which reads so.
func (d *Document) anchorFor(fragment string) string {
	if a := Anchor(fragment); !d.anchors[fragment] && d.anchors[a] {
		return a
	}
	return fragment
}

// resolved writes where the Resolver says that a page or file is, or the address as it stands in the source.
func (r *renderer) resolved(l Link) Target {
	if r.res == nil {
		r.out = appendURL(r.out, escapePath(l.Target))
		r.queryAndFragment(l)
		return Target{}
	}
	t := r.res.Resolve(l)
	if !safeURL(t.URL) {
		r.write("#")
		return t
	}
	r.out = appendURL(r.out, t.URL)
	if !t.Missing {
		if bytes.IndexByte([]byte(t.URL), '?') >= 0 {
			l.Query = ""
		}
		if bytes.IndexByte([]byte(t.URL), '#') >= 0 {
			return t
		}
		r.queryAndFragment(l)
	}
	return t
}

func (r *renderer) queryAndFragment(l Link) {
	if l.Query != "" {
		r.out = appendURL(append(r.out, '?'), l.Query)
	}
	if l.Fragment != "" {
		r.out = appendFragment(r.out, l.Fragment)
	}
}

func (r *renderer) image(n *ast.Image) {
	l, ok := r.linkOf(n)
	start := len(r.out)
	if ok {
		r.write(`<img src="`)
		if t := r.target(l); t.Missing { // a broken picture says less than a link that leads to where it can be added
			r.out = r.out[:start]
			ok = false
			if !r.linked() {
				r.write(`<a class="missing" href="`)
				r.target(l)
				r.write(`">`)
				defer r.write("</a>")
			}
		}
	}
	if !ok {
		r.altText(n)
		return
	}
	r.write(`" alt="`)
	r.altText(n)
	r.write(`"`)
	if len(n.Title) > 0 {
		r.attr("title", decoded(n.Title))
	}
	r.write(` loading="lazy" decoding="async">`)
}

// altText writes the text in an image's brackets without any tags.
func (r *renderer) altText(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			value := c.Segment.Value(r.source)
			if !c.IsRaw() {
				value = appendDecoded(nil, value)
			}
			r.out = appendEscaped(r.out, value)
			if c.SoftLineBreak() || c.HardLineBreak() {
				r.write(" ")
			}
		case *ast.String:
			r.out = appendEscaped(r.out, c.Value)
		case *ast.AutoLink:
			r.out = appendEscaped(r.out, c.Label(r.source))
		case *wikilink:
			r.out = appendEscaped(r.out, c.label)
		default:
			r.altText(c)
		}
	}
}
