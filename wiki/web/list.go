package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
	"coppice/wiki/catalog"
)

// listCategories answers GET /categories: the keywords that pages carry.
func (q *request) listCategories() error {
	q.await(q.cfg.FollowingCatalog, derivedWait)
	v := ListView{Base: q.base("Categories", "list"), Kind: "categories", Lead: "The keywords that pages and questions carry.", Empty: "No page has a keyword yet."}
	for _, c := range q.cfg.Catalog.View().Categories() {
		v.Categories = append(v.Categories, Category{Name: c.Name, Count: c.Count, URL: address("categories", c.Name)})
	}
	v.Total = len(v.Categories)
	return q.render(http.StatusOK, "list", v)
}

// listCategory answers GET /categories/NAME.
func (q *request) listCategory() error {
	name := q.rest("categories")
	q.await(q.cfg.FollowingCatalog, derivedWait)
	entries := q.cfg.Catalog.View().Category(name)
	if len(entries) == 0 {
		return notFound(fmt.Sprintf("No page has the keyword “%s”.", strings.ToValidUTF8(name, "?")))
	}
	return q.showRows(ListView{
		Base: q.base(name, "list"), Kind: "category", Lead: "Pages and questions that carry this keyword.",
		Crumbs: []Crumb{{Text: "Categories", URL: "/categories"}},
	}, entries, func(e *catalog.Entry) []PageLink { return carriers(e, name) })
}

// carriers gives the page that carries a keyword, or else the questions on it that do.
func carriers(e *catalog.Entry, keyword string) []PageLink {
	if e.Carries(keyword) {
		return []PageLink{link(e)}
	}
	var list []PageLink
	for _, question := range e.Carrying(keyword) {
		l := PageLink{Title: question.Text, URL: pageURL(e.Path) + fragment(question.Anchor), Path: e.Path.String()}
		if question.Text != e.Title {
			l.Lead = "On the page “" + e.Title + "”."
		}
		list = append(list, l)
	}
	return list
}

// listBacklinks answers GET /backlinks/PATH.
func (q *request) listBacklinks() error {
	p, err := q.find("backlinks", q.rest("backlinks"))
	if err != nil {
		return err
	}
	q.await(q.cfg.FollowingCatalog, derivedWait)
	v := ListView{
		Base: q.base("Links to "+q.title(p), "list"), Kind: "backlinks", Crumbs: q.crumbs(p, true),
		Lead: "Pages that link here.", Empty: "No page links here yet.",
	}
	v.NoIndex = true
	from := q.cfg.Catalog.View().Backlinks(p)
	slices.SortStableFunc(from, func(a, b *catalog.Entry) int { return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)) })
	return q.showList(v, from)
}

// listOrphans answers GET /orphans.
func (q *request) listOrphans() error {
	q.await(q.cfg.FollowingCatalog, derivedWait)
	return q.showList(ListView{
		Base: q.base("Orphan pages", "list"), Kind: "orphans", Lead: "Pages that no other page links to.",
		Empty: "Every page is linked from another one.",
	}, q.cfg.Catalog.View().Orphans())
}

// listWanted answers GET /wanted: what pages link to and nobody has written.
func (q *request) listWanted() error {
	q.await(q.cfg.FollowingCatalog, derivedWait)
	q.await(q.cfg.FollowingHistory, derivedWait)
	wanted := slices.DeleteFunc(slices.Clone(q.cfg.Catalog.View().Wanted()), q.hasMoved)
	v := ListView{
		Base: q.base("Wanted pages", "list"), Kind: "wanted", Lead: "Pages that others link to and that nobody has written yet.",
		Empty: "Every link leads somewhere.", Total: len(wanted),
	}
	group := ListGroup{}
	for _, w := range q.part(&v, len(wanted)) {
		group.Pages = append(group.Pages, q.wantedLink(wanted[w]))
	}
	if len(group.Pages) > 0 {
		v.Groups = []ListGroup{group}
	}
	return q.render(http.StatusOK, "list", v)
}

// hasMoved tells whether links to a name work although no page has it: a page had it once, and has another one now.
func (q *request) hasMoved(w catalog.Wanted) bool {
	old, err := wiki.ParsePath(canonicalName(w.Name))
	if err != nil {
		return false
	}
	if len(q.moved(old)) > 0 {
		return true
	}
	slug := wiki.PathFor(w.Name)
	return !slug.IsZero() && slug != old && len(q.moved(slug)) > 0
}

func (q *request) wantedLink(w catalog.Wanted) PageLink {
	l := PageLink{Title: w.Name, Path: w.Name, Missing: true, Count: len(w.From)}
	if p, err := wiki.NewPath(canonicalName(w.Name)); err == nil {
		l.URL = address("edit", p.String())
	} else {
		l.URL = address("new", "", "title", w.Name)
	}
	var from []string
	for _, p := range w.From[:min(len(w.From), backlinksShown)] {
		from = append(from, q.title(p))
	}
	if len(from) > 0 {
		l.Lead = "Linked from " + strings.Join(from, ", ")
		if len(w.From) > len(from) {
			l.Lead += ", …"
		}
	}
	return l
}

// listDeleted answers GET /deleted: pages that are gone and can come back.
func (q *request) listDeleted() error {
	q.await(q.cfg.FollowingHistory, derivedWait)
	gone, err := q.cfg.History.Deleted(q.r.Context(), q.cfg.Wiki, deletedRows)
	if err != nil {
		return err
	}
	v := ListView{
		Base: q.base("Deleted pages", "list"), Kind: "deleted", Lead: "Pages that were deleted, latest first. Each can be restored from its history.",
		Empty: "No page has been deleted.", Total: len(gone),
	}
	v.NoIndex = true
	group := ListGroup{}
	for _, g := range gone {
		group.Pages = append(group.Pages, PageLink{
			Title: readable(g.Path), URL: address("history", g.Path.String()), Path: g.Path.String(), Lead: g.Summary, Missing: true,
			Time: g.Time, Author: q.shown(g.Author),
		})
	}
	if len(group.Pages) > 0 {
		v.Groups = []ListGroup{group}
	}
	return q.render(http.StatusOK, "list", v)
}

// showList shows a part of a list of pages, under their initials.
func (q *request) showList(v ListView, entries []*catalog.Entry) error {
	return q.showRows(v, entries, func(e *catalog.Entry) []PageLink { return []PageLink{link(e)} })
}

// showRows is showList with what of each page is shown.
func (q *request) showRows(v ListView, entries []*catalog.Entry, rows func(*catalog.Entry) []PageLink) error {
	v.Total = len(entries)
	for _, i := range q.part(&v, len(entries)) {
		e := entries[i]
		changed, _ := q.lastChange(e.Path)
		name := initial(e.Title)
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != name {
			v.Groups = append(v.Groups, ListGroup{Name: name})
		}
		g := &v.Groups[len(v.Groups)-1]
		for _, l := range rows(e) {
			l.Time = changed
			g.Pages = append(g.Pages, l)
		}
	}
	return q.render(http.StatusOK, "list", v)
}

// part gives the indexes of a list that ?part= asks for, and adds the addresses of the parts around it.
func (q *request) part(v *ListView, total int) []int {
	part := parsePart(q.query("part"))
	at := func(n int) string {
		here, query := url.URL{Path: q.r.URL.Path}, url.Values{}
		for _, key := range [2]string{"missing", "in"} {
			if value := q.query(key); value != "" {
				query.Set(key, value)
			}
		}
		if n > 1 {
			query.Set("part", strconv.Itoa(n))
		}
		here.RawQuery = query.Encode()
		return here.String()
	}
	start := min((part-1)*listRows, total)
	end := min(start+listRows, total)
	if part > 1 {
		v.Newest = at(1)
		v.NoIndex = true
	}
	if end < total {
		v.Older = at(part + 1)
	}
	indexes := make([]int, 0, end-start)
	for i := start; i < end; i++ {
		indexes = append(indexes, i)
	}
	return slices.Clip(indexes)
}

// initial is the letter a title is listed under: without its accent, so that it stands beside its sisters.
func initial(title string) string {
	for _, r := range norm.NFD.String(title) {
		switch {
		case unicode.IsLetter(r):
			return string(unicode.ToUpper(r))
		case unicode.IsDigit(r):
			return "0–9"
		}
	}
	return "#"
}
