package web

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/maypok86/otter/v2"

	"coppice/wiki"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

// A heading's anchor is an address, and so is that of a question that is numbered in plain text; and people mend both. Nobody keeps a list: the versions of a page are aligned,
// each with the one before, and what a section was called then leads to what it is called now. A server never sees the
// fragment of an address, so the page itself carries an invisible target for each former anchor.
//
// The work is done when a page is first asked for, and kept by path with the version that it reached, so that an edit
// costs the alignment of two texts. Texts whose heading lines are equal are not even parsed. A first visitor waits at
// most anchorWait; whoever comes too early gets the page without former anchors, and that page is not kept.

// section is a heading or a numbered question with the text up to the next one.
type section struct {
	anchor, text string
	level        int
	body         []byte          // its own text
	set          map[uint64]bool // its words, once somebody asked
}

// words gives the words of a section's own text. Most sections stand under the heading they had, and nobody asks.
func (s *section) words() map[uint64]bool {
	if s.set == nil {
		s.set = wordSet(s.body)
	}
	return s.set
}

// pastSection is a section that is no longer on its page.
type pastSection struct {
	text    string
	words   map[uint64]bool
	version history.Version // the last that had it
	next    wiki.ID         // the commit that took it away
	order   int             // rises with each
	moved   []PageLink      // pages that it went to
	settled bool            // moved is final
}

// anchorLine is what is known of a page's anchors up to one of its versions.
type anchorLine struct {
	mu    sync.Mutex
	head  history.Version
	today map[string]string // what the sections of head say, by their anchors; nil when they were not read yet
	steps int
	names map[string][]string     // a former anchor -> what the sections that had it are called now, or were at last
	gone  map[string]*pastSection // by the anchor that it had last
	seen  wiki.ID                 // position of history at which shown was made
	open  bool                    // a section may yet turn up on another page: shown holds for that position only
	shown *formerAnchors
}

// formerAnchors is what a page says of its former anchors. It never changes.
type formerAnchors struct {
	of    map[string][]string // by today's anchor, sorted
	lost  []LostSection
	print string // equal for equal targets
}

// targets names the targets that the page gets; "" for none.
func (f *formerAnchors) targets() string {
	if f == nil {
		return ""
	}
	return f.print
}

type anchorLines = otter.Cache[wiki.Path, *anchorLine]

func newAnchorLines() *anchorLines {
	return otter.Must(&otter.Options[wiki.Path, *anchorLine]{MaximumSize: anchorPages})
}

// anchors gives the former anchors of today's version of a page. It is not done when they are not known yet, because
// there is much history to read; nil is none.
func (q *request) anchors(page wiki.Page) (known *formerAnchors, done bool) {
	if q.former == nil || q.former.path != page.Path { // once for a request: body and page must agree
		known, done := q.findAnchors(page)
		q.former = &foundAnchors{page.Path, known, done}
	}
	return q.former.known, q.former.done
}

// foundAnchors is what a request found.
type foundAnchors struct {
	path  wiki.Path
	known *formerAnchors
	done  bool
}

func (q *request) findAnchors(page wiki.Page) (known *formerAnchors, done bool) {
	versions := q.cfg.History.Versions(page.Path, anchorVersions)
	if len(versions) < 2 || versions[0].Blob != page.Blob {
		return nil, true // new, or history is behind: then the page is looked at again when it is not
	}
	line, ok := q.anchorLines.GetIfPresent(page.Path)
	if !ok {
		line, _ = q.anchorLines.SetIfAbsent(page.Path, &anchorLine{})
	}
	if line.mu.TryLock() {
		at := q.cfg.History.Position()
		if line.head == versions[0] && line.shown != nil && (line.seen == at || !line.open) {
			defer line.mu.Unlock()
			return line.shown, true
		}
		ready := make(chan *formerAnchors, 1)
		go func() {
			defer line.mu.Unlock()
			defer close(ready)
			defer func() {
				if p := recover(); p != nil {
					q.log.Error("former anchors failed", "path", page.Path.String(), "error", p)
				}
			}()
			line.follow(q.Server, versions)
			line.seen, line.shown = at, line.show(q.Server, page)
			ready <- line.shown
		}()
		timer := time.NewTimer(anchorWait)
		defer timer.Stop()
		select {
		case known, done = <-ready:
			return known, done
		case <-timer.C:
		}
	}
	return nil, false // whoever comes next will find them
}

// follow aligns the versions that are new, newest first in the list.
func (a *anchorLine) follow(s *Server, versions []history.Version) {
	from := slices.Index(versions, a.head)
	if from < 0 {
		from = len(versions) - 1
		a.head, a.today, a.names, a.gone = versions[from], nil, map[string][]string{}, map[string]*pastSection{}
	}
	source := s.blobOrNothing(a.head.Blob)
	var old []section // of source; nil when not parsed yet
	for i := from - 1; i >= 0; i-- {
		next := s.blobOrNothing(versions[i].Blob)
		if versions[i].Blob != a.head.Blob && !bytes.Equal(markdown.OutlineLines(source), markdown.OutlineLines(next)) {
			if old == nil {
				old = sectionsOf(source)
			}
			fresh := sectionsOf(next)
			a.step(old, fresh, versions[i].Commit)
			old, a.today = fresh, nil
		} else {
			old = nil // its words may be others
		}
		source, a.head = next, versions[i]
	}
}

// blobOrNothing reads a version. One that cannot be read is an empty text: an old fault must not keep today's page away.
func (s *Server) blobOrNothing(blob wiki.ID) []byte {
	if blob.IsZero() {
		return nil
	}
	source, err := s.cfg.Wiki.Blob(blob)
	if err != nil {
		s.log.Warn("an old version cannot be read", "blob", blob.String(), "error", err)
	}
	return source
}

// step takes what a.head had to what the next version has, which is commit's.
func (a *anchorLine) step(old, fresh []section, commit wiki.ID) {
	renamed := map[string]string{}
	for i, to := range alignSections(old, fresh) {
		name := old[i].anchor
		if to < 0 {
			a.steps++
			a.gone[name] = &pastSection{text: old[i].text, words: old[i].words(), version: a.head, next: commit, order: a.steps}
		} else if fresh[to].anchor != name {
			renamed[name] = fresh[to].anchor
		}
	}
	for _, targets := range a.names {
		for i, name := range targets {
			if to, ok := renamed[name]; ok {
				targets[i] = to
			}
		}
	}
	for name, to := range renamed {
		if !slices.Contains(a.names[name], to) && len(a.names) < maxFormerAnchors {
			a.names[name] = append(a.names[name], to)
		}
	}
	for _, s := range fresh {
		delete(a.gone, s.anchor)
	}
	maps.DeleteFunc(a.gone, func(_ string, g *pastSection) bool { return g.order <= a.steps-keptLostSections })
}

// show says where each former anchor leads on today's page.
func (a *anchorLine) show(s *Server, page wiki.Page) *formerAnchors {
	a.open = false
	shown := &formerAnchors{of: map[string][]string{}}
	if len(a.names) == 0 && len(a.gone) == 0 {
		return shown
	}
	if a.today == nil {
		a.today = map[string]string{}
		for _, h := range sectionsOf(page.Source) {
			a.today[h.anchor] = h.text
		}
	}
	today := a.today
	for _, name := range slices.Sorted(maps.Keys(a.names)) {
		if _, taken := today[name]; taken {
			continue
		}
		var living []string
		for _, to := range a.names[name] {
			if _, ok := today[to]; ok && !slices.Contains(living, to) {
				living = append(living, to)
			}
		}
		switch {
		case len(living) == 1:
			shown.of[living[0]] = append(shown.of[living[0]], name)
			shown.print += living[0] + "\x00" + name + "\x00"
		case len(living) > 1:
			lost := LostSection{Anchor: name}
			for _, to := range living {
				lost.Now = append(lost.Now, PageLink{Title: today[to], URL: fragment(to)})
			}
			shown.lost = append(shown.lost, lost)
		case a.gone[name] == nil:
			for _, to := range a.names[name] {
				if g := a.gone[to]; g != nil {
					shown.lost = append(shown.lost, a.lost(s, page.Path, name, to, g))
					break
				}
			}
		}
	}
	gone := slices.SortedFunc(maps.Keys(a.gone), func(x, y string) int { return cmp.Compare(a.gone[y].order, a.gone[x].order) })
	for _, name := range gone[:min(len(gone), maxLostSections)] {
		if _, taken := today[name]; !taken && !a.leads(shown, name) {
			shown.lost = append(shown.lost, a.lost(s, page.Path, name, name, a.gone[name]))
		}
	}
	shown.lost = shown.lost[:min(len(shown.lost), maxLostSections)]
	return shown
}

// leads reports whether a name that a section had when it went is also the former name of one that is there.
func (a *anchorLine) leads(shown *formerAnchors, name string) bool {
	for _, names := range shown.of {
		if slices.Contains(names, name) {
			return true
		}
	}
	return slices.ContainsFunc(shown.lost, func(l LostSection) bool { return l.Anchor == name })
}

// lost says of a section that is gone where it went, or which version had it last.
func (a *anchorLine) lost(s *Server, p wiki.Path, name, last string, g *pastSection) LostSection {
	if !g.settled {
		if g.moved, g.settled = s.movedSection(p, g); g.settled {
			g.words = nil
		} else {
			a.open = true
		}
	}
	then := p
	if at, ok := s.cfg.History.PathAt(p, g.version.Commit); ok {
		then = at
	}
	return LostSection{Anchor: name, Text: g.text, Now: g.moved, LastURL: address("wiki", then.String(), "rev", g.version.Commit.String()) + fragment(last)}
}

// movedSection looks for a section that a page lost on the pages that got it in the commits around: whoever splits a page
// saves one half, then the other. It must have come under its own heading, and with its words: many pages have "See also".
func (s *Server) movedSection(p wiki.Path, g *pastSection) (found []PageLink, settled bool) {
	near, whole := s.cfg.History.Near(p, g.next, splitReach, splitPages)
	if len(g.words) < fewWords {
		return nil, true
	}
	heading := []byte(g.text)
	for _, b := range near {
		fresh := s.blobOrNothing(b.Blob) // reading is cheap beside parsing
		if !bytes.Contains(fresh, heading) || bytes.Contains(s.blobOrNothing(b.Old), heading) {
			continue
		}
		for _, h := range sectionsOf(fresh) {
			if h.text != g.text || similarity(g.words, h.words()) < sameSection {
				continue
			}
			to := PageLink{Title: s.cfg.Catalog.View().Title(b.Path), URL: pageURL(b.Path) + fragment(h.anchor), Path: b.Path.String()}
			if !slices.Contains(found, to) && len(found) < formerShown {
				found = append(found, to)
			}
		}
	}
	return found, whole
}

// FormerAnchors gives the anchors that a section of the page had before: see markdown.AnchorKeeper.
func (r *resolver) FormerAnchors(anchor string) []string {
	if r.anchors == nil {
		return nil
	}
	return r.anchors.of[anchor]
}

// sectionNow gives today's anchor of a section that is asked for under a former one.
func (q *request) sectionNow(page wiki.Page, anchor string) (string, bool) {
	known, _ := q.anchors(page)
	return known.now(anchor)
}

// now gives today's anchor for a former one.
func (f *formerAnchors) now(anchor string) (string, bool) {
	if f == nil {
		return "", false
	}
	for now, names := range f.of {
		if slices.Contains(names, anchor) {
			return now, true
		}
	}
	return "", false
}

// anchorNow gives today's anchor of what another page calls or once called so. What was never called so keeps its name, and so
// does everything while former anchors are not known: then it is not done.
func (q *request) anchorNow(p wiki.Path, anchor string) (now string, done bool) {
	if anchor == "" || q.questionAt(p, anchor) != "" {
		return anchor, true
	}
	page, err := q.snap.Page(p)
	if err != nil {
		return anchor, true
	}
	known, done := q.findAnchors(page) // those of the page that is shown are another's
	if now, ok := known.now(anchor); ok {
		return now, done
	}
	return anchor, done
}

// sectionsOf reads the sections of a text.
func sectionsOf(source []byte) []section {
	if len(source) == 0 {
		return nil
	}
	doc := markdown.Parse(source, markdown.Options{})
	list := make([]section, 0, len(doc.Outline))
	for i, h := range doc.Outline {
		end := len(source)
		if i+1 < len(doc.Outline) {
			end = doc.Outline[i+1].Start
		}
		list = append(list, section{anchor: strings.Clone(h.Anchor), text: strings.Clone(h.Text), level: h.Level, body: source[h.End:max(end, h.End)]})
	}
	return list
}

var wordSeed = maphash.MakeSeed()

// wordSet gives the words of a text, without regard to case. Where no spaces are written, each sign is one.
func wordSet(text []byte) map[uint64]bool {
	set := map[uint64]bool{}
	var word []rune
	end := func() {
		if len(word) > 0 {
			set[maphash.String(wordSeed, string(word))] = true
			word = word[:0]
		}
	}
	for _, r := range string(text) {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			end()
			word = append(word, r)
			end()
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			word = append(word, unicode.ToLower(r))
		default:
			end()
		}
	}
	end()
	return set
}

// similarity is the share of words of the longer text that both have, 0 to 1; 0 when either has none.
func similarity(a, b map[uint64]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(max(len(a), len(b)))
}
