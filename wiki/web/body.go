package web

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"html/template"
	"slices"
	"strings"
	"time"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// fingerprint stands for content: equal fingerprints mean equal content.
type fingerprint [sha256.Size]byte

// body is a page's text as readers see it, with what its Document said that a page shows around it. It never changes.
type body struct {
	html        template.HTML // without its title, which the view shows as its own
	title       string        // "" when the text names none
	titleAnchor string
	lang        string
	lead        string
	redirect    string
	toc         []TOCEntry
	keywords    []string
	aliases     []string
	problems    []Problem
	reviewBy    time.Time
	people      []Participant // of the discussion behind the page
	links       []markdown.Link
	picked      []markdown.Link // to related pages
	locale      string
	picture     Picture
	structured  structured  // of today's versions only
	print       fingerprint // of the source and of where its links lead
}

// bodyKey names a body by content. Bodies that differ only in where their links lead share a key, and the newest is kept.
type bodyKey struct {
	blob  wiki.ID
	path  wiki.Path // relative links depend on the folder, footnotes on nothing: the path is the folder and a name to log
	forms fingerprint
	at    momentKey
}

// momentKey says which past a body's links stay in; zero is today.
type momentKey struct {
	commit     wiki.ID
	key, value string
}

// flight names the making of a body in one generation.
func (k bodyKey) flight(now generation) string {
	commit, view := now.snap.Commit(), now.view.Commit()
	return string(commit[:]) + string(view[:]) + string(now.history[:]) + string(k.blob[:]) + k.path.String() + "\x00" + string(k.at.commit[:]) + k.at.key + k.at.value
}

// weight is about what a body takes in memory.
func (b *body) weight() uint32 {
	n := len(b.html) + len(b.structured.tail) + 200*(len(b.links)+len(b.picked)+len(b.toc)+4)
	for _, l := range slices.Concat(b.links, b.picked) {
		n += len(l.Text) + len(l.Target)
	}
	return uint32(n)
}

// body gives a page of today as readers see it, from the cache if the links on it still lead where they led.
func (q *request) body(page wiki.Page) (*body, error) { return q.bodyAt(page, nil) }

// bodyAt is body for a moment, or for today when there is none.
func (q *request) bodyAt(page wiki.Page, m *moment) (*body, error) {
	read := m.oldSite(q.site)
	key := bodyKey{blob: page.Blob, path: page.Path, forms: read.formPrint()}
	if m != nil {
		key.at = momentKey{m.commit(), m.key, m.value}
	}
	to := &resolver{server: q.Server, now: q.now, from: page.Path, past: m}
	if m == nil && page.Commit == q.snap.Commit() {
		to.anchors, _ = q.anchors(page)
	}
	if b, ok := q.bodies.GetIfPresent(key); ok && b.print == linkPrint(key, b.links, to) {
		return b, nil
	}
	// Whoever asks for the same body meanwhile waits for this one and takes no slot. The work outlives the visitor who
	// began it, for others may wait for it.
	made, err, _ := q.rendering.Do(key.flight(q.now)+to.anchors.targets(), func() (any, error) {
		release, err := q.readers.take(context.WithoutCancel(q.r.Context()))
		if err != nil {
			return nil, err
		}
		defer release()
		doc := read.parse(page.Source)
		b := newBody(doc, to)
		if m == nil {
			q.introduction(b, doc, page.Path, to)
		}
		b.print = linkPrint(key, b.links, to)
		q.bodies.Set(key, b)
		return b, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*body), nil
}

// newBody renders a document and keeps what a page shows of it.
func newBody(doc *markdown.Document, to markdown.Resolver) *body {
	b := &body{
		html: doc.HTMLWithoutTitle(to), title: doc.Title, lang: doc.Lang, lead: doc.Lead, redirect: doc.FrontMatter.RedirectTo,
		keywords: doc.FrontMatter.Keywords, aliases: doc.FrontMatter.Aliases, reviewBy: doc.FrontMatter.ReviewBy,
		people: participantsOf(doc), links: linksOf(doc), picked: pickedOf(doc), problems: problemsOf(doc),
	}
	outline := doc.Outline
	if len(outline) > 0 && outline[0].Level == 1 && outline[0].Text == doc.Title {
		b.titleAnchor, outline = outline[0].Anchor, outline[1:]
	}
	b.toc = contents(outline, doc.Questions)
	return b
}

// introduction adds what a page says of itself to machines.
func (s *Server) introduction(b *body, doc *markdown.Document, p wiki.Path, to markdown.Resolver) {
	title := b.title
	if title == "" {
		title = readable(p)
	}
	b.structured = structuredOf(doc, title, s.ownAddress(pageURL(p)), !s.cfg.ReadOnly)
	b.picture = s.pictureOf(doc, to)
	if b.locale = locale(b.lang); b.lang == "" {
		b.locale = locale(interfaceLang)
	}
}

// contents makes a table of contents of an outline: its shallowest level is 1.
func contents(outline []markdown.Heading, questions []markdown.Question) []TOCEntry {
	isQuestion := make(map[string]bool, len(questions))
	for _, a := range questions {
		isQuestion[a.Anchor] = true
	}
	top := 6
	for _, h := range outline {
		top = min(top, h.Level)
	}
	var list []TOCEntry
	for _, h := range outline {
		list = append(list, TOCEntry{Level: h.Level - top + 1, Text: h.Text, Anchor: h.Anchor, Question: isQuestion[h.Anchor]})
	}
	return list
}

// linksOf copies the links, whose texts would otherwise keep the whole source in memory.
func linksOf(doc *markdown.Document) []markdown.Link {
	list := make([]markdown.Link, 0, len(doc.Links))
	for _, l := range doc.Links {
		if l.Kind == markdown.LinkPage || l.Kind == markdown.LinkFile {
			l.Text, l.Target, l.Fragment = "", strings.Clone(l.Target), strings.Clone(l.Fragment)
			list = append(list, l)
		}
	}
	return slices.Clip(list)
}

func problemsOf(doc *markdown.Document) []Problem {
	var list []Problem
	for _, p := range doc.Problems {
		list = append(list, Problem{Line: p.Line, Text: p.Text})
	}
	return list
}

// linkPrint is the fingerprint of a body: of its source, and of where each link leads.
func linkPrint(key bodyKey, links []markdown.Link, to markdown.Resolver) (sum fingerprint) {
	h := sha256.New()
	h.Write(key.blob[:])
	h.Write(key.forms[:])
	writeText(h, key.path.String())
	h.Write(key.at.commit[:])
	writeText(h, key.at.key)
	writeText(h, key.at.value)
	if r, ok := to.(*resolver); ok {
		writeText(h, r.anchors.targets())
	}
	for _, l := range links {
		t := to.Resolve(l)
		writeText(h, t.URL)
		if t.Missing {
			writeText(h, "missing")
		}
	}
	h.Sum(sum[:0])
	return sum
}

// writeText hashes a text with its length, so that no two lists of texts look the same.
func writeText(h hash.Hash, s string) {
	h.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(s))), s...))
}

// formPrint is the fingerprint of all forms, for they say which headings are questions.
func (t *site) formPrint() (sum fingerprint) {
	if len(t.sources.forms) == 0 {
		return sum
	}
	h := sha256.New()
	for _, f := range t.sources.forms {
		writeText(h, f.Name)
		h.Write(f.ID[:])
	}
	h.Sum(sum[:0])
	return sum
}
