package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/markdown"
)

const (
	// relatedShown is how many related questions stand below a page and below search results: what one takes in at a
	// glance. relatedFound of them are found by content, if so many are, however many were picked by hand: those stand on
	// the page itself too.
	relatedShown = 5
	relatedFound = 2
	// maxLostTargets bounds what an editor is told of at once, and the pages that are read for it.
	maxLostTargets = 20
	// pickedLinks bounds what is read of a section of related pages: a longer one is a list of links.
	pickedLinks = 10
	// relatedWait bounds how long a page that nobody has looked at yet waits for its related questions. They take a few
	// milliseconds; without them the page is shown, and looks again next time.
	relatedWait = 30 * time.Millisecond
)

// relatedHeadings are what a section is called in which writers put related pages by hand. Case does not count.
var relatedHeadings = []string{"related faqs", "related faq", "related questions", "related pages", "related", "see also"}

// pickedOf gives what writers have picked: first what front matter says of single questions, then the links in the page's
// section of related pages.
func pickedOf(doc *markdown.Document) []markdown.Link {
	var list []markdown.Link
	for _, question := range doc.Questions {
		for _, name := range question.Related {
			if len(list) == pickedLinks {
				break
			}
			link := pickedLink(name)
			if link.Kind == markdown.LinkAnchor {
				i := slices.IndexFunc(doc.Outline, func(h markdown.Heading) bool { return h.Anchor == link.Fragment })
				if i < 0 || link.Fragment == question.Anchor { // the editor names what is not there
					continue
				}
				link.Text = strings.Clone(doc.Outline[i].Text)
			}
			list = append(list, link)
		}
	}
	for _, h := range doc.Outline {
		if !slices.Contains(relatedHeadings, strings.ToLower(strings.TrimRight(strings.TrimSpace(h.Text), ":"))) {
			continue
		}
		for _, l := range doc.Links {
			if l.Start < h.End || l.Start >= h.SectionEnd || l.Kind != markdown.LinkPage || l.Image || len(list) == pickedLinks {
				continue
			}
			l.Text, l.Target, l.Fragment = strings.Clone(l.Text), strings.Clone(l.Target), strings.Clone(l.Fragment)
			list = append(list, l)
		}
	}
	return slices.Clip(list)
}

// pickedLink reads what front matter names as related: a page, a question of one, or a question of the same page.
func pickedLink(name string) markdown.Link {
	target, anchor, _ := strings.Cut(name, "#")
	if target == "" {
		return markdown.Link{Kind: markdown.LinkAnchor, Fragment: anchor}
	}
	return markdown.Link{Kind: markdown.LinkPage, Wiki: true, Target: target, Fragment: anchor}
}

// editorProblems gives what is wrong with a page for those who edit it: what its text shows, and what its front matter names
// as related or as its original and is not there.
func (q *request) editorProblems(p wiki.Path, doc *markdown.Document) []Problem {
	list := append(problemsOf(doc), q.originalProblem(p, doc)...)
	to := &resolver{server: q.Server, now: q.now, from: p}
	told := 0
	for i, target := range doc.FrontMatter.Targets {
		if told == maxLostTargets {
			break
		}
		link := pickedLink(target.Name)
		page, ok := to.page(link)
		var text string
		switch {
		case !ok || !q.snap.Has(page):
			text = fmt.Sprintf("There is no page “%s”, which related names.", link.Target)
		case link.Fragment != "" && i < maxLostTargets && !q.hasAnchor(page, link.Fragment):
			text = fmt.Sprintf("The page “%s” has no question or heading with the address %q, which related names.", q.title(page), link.Fragment)
		default:
			continue
		}
		told++
		list = append(list, Problem{Line: target.Line, Text: text})
	}
	slices.SortStableFunc(list, func(a, b Problem) int { return a.Line - b.Line })
	return list
}

// hasAnchor reports whether a page has a heading at an anchor.
func (q *request) hasAnchor(p wiki.Path, anchor string) bool {
	page, err := q.snap.Page(p)
	return err == nil && q.site.parse(page.Source).HasAnchor(anchor)
}

// relatedList collects related questions, each once.
type relatedList struct {
	q      *request
	from   wiki.Path // never among them; a question on it may be
	list   []RelatedLink
	listed map[string]bool // addresses, those that are shown elsewhere too
}

// relatedTo lists what is related to a page: what its writers have picked, then what is found by content. The index is
// not searched: what it keeps is good until it says otherwise (see cachedPage).
func (q *request) relatedTo(p wiki.Path, b *body) []RelatedLink {
	l := relatedList{q: q, from: p, listed: map[string]bool{}}
	q.around = q.cfg.Search.Around(p, "", relatedWait)
	return l.of(b.picked, q.around.List)
}

// relatedToHit lists what is related to the best hit of a search and not among the hits.
func (q *request) relatedToHit(hits []search.Hit) []RelatedLink {
	if len(hits) == 0 {
		return nil
	}
	best := hits[0]
	l := relatedList{q: q, from: best.Path, listed: map[string]bool{}}
	for _, h := range hits {
		l.listed[pageURL(h.Path)] = true
		l.listed[pageURL(h.Path)+fragment(h.Anchor)] = true
	}
	var picked []markdown.Link
	if page, err := q.snap.Page(best.Path); err == nil {
		if b, err := q.body(page); err == nil { // without it nothing was picked
			picked = b.picked
		}
	}
	return l.of(picked, q.cfg.Search.Around(best.Path, best.Anchor, relatedWait).List)
}

// of lists what was picked by hand, then what was found by content.
func (l *relatedList) of(picked []markdown.Link, found []search.Related) []RelatedLink {
	l.pick(picked)
	byHand := l.list
	l.list = nil
	l.find(found, relatedShown-min(len(byHand), relatedShown-relatedFound))
	return append(byHand[:min(len(byHand), relatedShown-len(l.list))], l.list...)
}

// pick adds what was picked by hand.
func (l *relatedList) pick(links []markdown.Link) {
	to := &resolver{server: l.q.Server, now: l.q.now, from: l.from}
	quick := true // one page whose former anchors take time is enough
	for _, link := range links {
		p, ok := l.from, true // a question of the same page
		if link.Kind == markdown.LinkPage {
			p, ok = to.page(link)
		}
		if !ok || !l.q.snap.Has(p) {
			continue
		}
		title := l.q.title(p)
		if quick {
			link.Fragment, quick = l.q.anchorNow(p, link.Fragment)
		}
		if question := l.q.questionAt(p, link.Fragment); link.Text == "" || question != "" && unlabelled(link) {
			link.Text = question
		}
		r := RelatedLink{Text: strings.TrimSpace(link.Text), URL: pageURL(p) + fragment(link.Fragment), Picked: true}
		if link.Fragment == "" || r.Text == "" {
			r.Text = title
		} else if r.Text != title && p != l.from {
			r.Where = title
		}
		l.add(p, r)
	}
}

// unlabelled reports whether a link only says where it leads: [[page#question]].
func unlabelled(l markdown.Link) bool {
	return l.Wiki && strings.HasPrefix(l.Text, l.Target+"#")
}

// questionAt gives the text of a page's question; "" when it has none at that anchor.
func (q *request) questionAt(p wiki.Path, anchor string) string {
	e, _ := q.view.Entry(p)
	for _, question := range e.Questions {
		if question.Anchor == anchor {
			return question.Text
		}
	}
	return ""
}

// find adds what was found by content, so many at most.
func (l *relatedList) find(found []search.Related, limit int) {
	for _, r := range found {
		if len(l.list) == limit {
			return
		}
		if !l.q.snap.Has(r.Path) { // the index is about to learn of it
			continue
		}
		link := RelatedLink{Text: r.Title, URL: pageURL(r.Path) + fragment(r.Anchor)}
		if r.Question != "" {
			link.Text = r.Question
			if r.Question != r.Title {
				link.Where = r.Title
			}
		}
		l.add(r.Path, link)
	}
}

func (l *relatedList) add(p wiki.Path, r RelatedLink) {
	if p == l.from && r.URL == pageURL(p) || l.listed[r.URL] {
		return
	}
	l.listed[r.URL] = true
	l.list = append(l.list, r)
}
