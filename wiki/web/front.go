package web

import (
	"cmp"
	"net/http"
	"slices"

	"coppice/wiki"
	"coppice/wiki/catalog"
)

// showFront answers GET /: search first, then what there is and what is new. Of an older moment it leads to the page that
// introduces the wiki, as it was then: what was new or much linked to is not kept.
func (q *request) showFront() error {
	for _, key := range []string{"rev", "at"} {
		if value := q.query(key); value != "" && q.snap.Has(q.site.front) {
			return &redirect{http.StatusFound, address("wiki", q.site.front.String(), key, value)}
		}
	}
	q.await(q.cfg.FollowingCatalog, stampWait)
	v := FrontView{Base: q.base(q.site.Name, "front"), Categories: q.topics(frontTopics)}
	v.Notice = takeNotice(q.w, q.r)
	v.Graph = &OpenGraph{Type: "website", Title: q.site.Name, Description: q.site.Tagline, Locale: locale(interfaceLang)}
	var bodyPrint fingerprint
	if page, err := q.snap.Page(q.site.front); err == nil {
		b, err := q.body(page)
		if err != nil {
			return err
		}
		v.Intro, v.IntroURL, bodyPrint = b.html, pageURL(page.Path), b.print
	}
	top := q.popular()
	v.Popular, v.Questions = top.pages, top.questions
	v.Recent = q.recentPages()
	if v.Notice != nil || q.r.URL.RawQuery != "" {
		return q.render(http.StatusOK, "front", v)
	}
	c, err := q.cached("front", v, bodyPrint)
	if err != nil {
		return err
	}
	c.send(q.w, q.r)
	return nil
}

// topics gives the categories with the most pages, in the order of their names.
func (q *request) topics(limit int) []Category {
	list := slices.Clone(q.view.Categories())
	slices.SortStableFunc(list, func(a, b catalog.Category) int { return b.Count - a.Count })
	list = list[:min(len(list), limit)]
	slices.SortStableFunc(list, func(a, b catalog.Category) int { return cmp.Compare(a.Name, b.Name) })
	var out []Category
	for _, c := range list {
		out = append(out, Category{Name: c.Name, Count: c.Count, URL: address("categories", c.Name)})
	}
	return out
}

// popular is what the front door shows of the pages that most others link to. All links must be counted for it, so the
// last one is kept as long as the catalog stays the same.
type popular struct {
	view      *catalog.View
	front     wiki.Path
	pages     []PageLink
	questions []PageLink // one from each
}

func (q *request) popular() *popular {
	if old := q.top.Load(); old != nil && old.view == q.view && old.front == q.site.front {
		return old
	}
	p := newPopular(q.view, q.site.front)
	q.top.Store(p)
	return p
}

func newPopular(view *catalog.View, front wiki.Path) *popular {
	type ranked struct {
		entry *catalog.Entry
		count int
	}
	var list []ranked
	for _, e := range view.All() {
		if n := len(view.Backlinks(e.Path)); n > 0 && e.Path != front && e.RedirectTo == "" {
			list = append(list, ranked{e, n})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return b.count - a.count })
	p := &popular{view: view, front: front}
	for _, r := range list {
		if len(p.pages) < frontRows {
			l := link(r.entry)
			l.Count = r.count
			p.pages = append(p.pages, l)
		}
		if len(p.questions) < frontRows && len(r.entry.Questions) > 0 {
			first := r.entry.Questions[0]
			p.questions = append(p.questions, PageLink{Title: first.Text, URL: pageURL(r.entry.Path) + fragment(first.Anchor), Path: r.entry.Path.String()})
		}
	}
	return p
}

// recentPages gives the pages that changed last, each once.
func (q *request) recentPages() []PageLink {
	revs, _, err := q.cfg.History.Recent(q.r.Context(), q.cfg.Wiki, 0, recentRows)
	if err != nil {
		q.log.Warn("no recent changes for the front door", "error", err)
	}
	var list []PageLink
	seen := map[wiki.Path]bool{}
	for _, r := range revs {
		if len(list) == frontRows {
			break
		}
		if seen[r.Path] || !q.snap.Has(r.Path) {
			continue
		}
		seen[r.Path] = true
		list = append(list, PageLink{Title: q.title(r.Path), URL: pageURL(r.Path), Path: r.Path.String(), Time: r.Time, Author: q.shown(r.Author)})
	}
	return list
}
