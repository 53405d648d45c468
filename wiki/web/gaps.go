package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"coppice/wiki/catalog"
	"coppice/wiki/markdown"
)

// Lists of pages can be narrowed to those that lack something: /pages?missing=KEY. Three keys are about every page that is
// no redirect; all others are about pages that follow a form, for only a form says what else a page should have.
const (
	gapKeywords  = "keywords"  // none, or only what a form begins with
	gapQuestions = "questions" // none asked
	gapSources   = "sources"   // no section of sources, or nothing in it
	gapRequired  = "required"  // something that the page's form asks for
)

// gap is something that pages lack.
type gap struct {
	key, label string
	pages      []*catalog.Entry // by title
}

// gaps are all of them, for one view of the pages and one state of the forms.
type gaps struct {
	view  *catalog.View
	forms fingerprint
	list  []*gap
	byKey map[string]*gap
}

// gapsNow gives what pages lack. It is worked out once for each state of pages and forms, and when somebody asks: a save
// does not wait for it.
func (q *request) gapsNow(view *catalog.View) *gaps {
	print := q.site.formPrint()
	if g := q.gaps.Load(); g != nil && g.view == view && g.forms == print {
		return g
	}
	g := &gaps{view: view, forms: print, byKey: map[string]*gap{}}
	g.kinds(q.site.forms)
	for _, e := range view.All() {
		if e.RedirectTo == "" {
			g.judge(e, q.site)
		}
	}
	q.gaps.Store(g)
	return g
}

// kinds lists what can be lacking: what the forms ask for comes in their order.
func (g *gaps) kinds(forms []form) {
	g.kind(gapRequired, "not complete")
	g.kind(gapKeywords, "no keywords")
	g.kind(gapQuestions, "no questions")
	if len(forms) == 0 {
		g.kind(gapSources, "no sources")
	}
	for _, f := range forms {
		if f.Unreadable {
			continue
		}
		for _, s := range f.Sections {
			if s.Field == "" {
				g.kind(s.Slug, "no "+lowerFirst(s.Title))
			}
		}
	}
}

func (g *gaps) kind(key, label string) {
	if g.byKey[key] == nil {
		k := &gap{key: key, label: label}
		g.byKey[key], g.list = k, append(g.list, k)
	}
}

// lowerFirst makes a heading a part of a sentence.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

// judge puts a page under what it lacks.
func (g *gaps) judge(e *catalog.Entry, t *site) {
	f, follows := t.formOf(markdown.FrontMatter{Form: e.Form})
	follows = follows && !f.Unreadable
	lacks := map[string]bool{
		gapKeywords:  !t.chose(e.Keywords),
		gapQuestions: len(e.Questions) == 0,
	}
	if size, _ := e.Section(gapSources); size.Words == 0 {
		lacks[gapSources] = true
	}
	if follows {
		for _, s := range f.Sections {
			state := f.stateOf(s, e)
			lacks[gapRequired] = lacks[gapRequired] || s.Required && state != markdown.Fine
			if s.Field == "" && (state == markdown.Missing || state == markdown.Empty) {
				lacks[s.Slug] = true
			}
		}
	}
	for key, lacking := range lacks {
		if k := g.byKey[key]; k != nil && lacking {
			k.pages = append(k.pages, e)
		}
	}
}

// chose reports whether a page has a keyword that somebody chose for it: what forms begin with is none.
func (t *site) chose(keywords []string) bool {
	return slices.ContainsFunc(keywords, func(k string) bool {
		return !slices.ContainsFunc(t.forms, func(f form) bool { return f.chosen([]string{k}) == 0 })
	})
}

// listGap answers GET /pages?missing=KEY.
func (q *request) listGap(view *catalog.View, key string) error {
	g := q.gapsNow(view)
	k, unread := g.byKey[key], unreadForms(q.site.forms)
	if k == nil && len(unread) > 0 { // one of them may have asked for it
		k = &gap{key: key, label: "not known"}
	}
	if k == nil {
		return notFound(fmt.Sprintf("No form has a section “%s” that a page could lack.", strings.ToValidUTF8(key[:min(len(key), maxTyped)], "?")))
	}
	v := ListView{
		Base: q.base("Pages: "+k.label, "list"), Kind: "all", Empty: "No page lacks this.",
		Crumbs: []Crumb{{Text: "All pages", URL: "/pages"}}, Lead: gapLead(key, len(k.pages)), Filters: g.links(key, q.site.forms, view),
	}
	v.NoIndex = true
	switch {
	case g.byKey[key] == nil:
		v.Lead, v.Empty = unread, "It is not known which pages lack this."
	case key != gapKeywords && key != gapQuestions && unread != "":
		v.Lead += " " + unread
	}
	return q.showList(v, k.pages)
}

// unreadForms names the forms that cannot be read: of what they ask for, no list knows.
func unreadForms(forms []form) string {
	var said []string
	for _, f := range forms {
		if f.Unreadable && len(said) < steeringFaults {
			said = append(said, fmt.Sprintf("The form “%s” cannot be read (line %d of %s), so the list leaves out what it asks for.", f.Title, cmp.Or(f.Problems[0].Line, 1), f.file))
		}
	}
	return strings.Join(said, " ")
}

// gapLead says what is listed.
func gapLead(key string, n int) string {
	pages := "Pages that"
	if n == 1 {
		pages = "One page that"
	} else if n > 1 {
		pages = fmt.Sprintf("%d pages that", n)
	}
	verb := map[bool]string{true: " has", false: " have"}[n == 1]
	switch key {
	case gapRequired:
		return pages + map[bool]string{true: " lacks", false: " lack"}[n == 1] + " something that the form asks for."
	case gapKeywords:
		return pages + verb + " no keywords, or only the one that a form begins with."
	case gapQuestions:
		return pages + map[bool]string{true: " asks", false: " ask"}[n == 1] + " no question."
	}
	return pages + verb + " nothing in this section."
}

// links gives the ways to narrow a list to pages that lack something, with how many do; nothing that no page lacks. Pages
// that still carry what a form begins with are a category.
func (g *gaps) links(current string, forms []form, view *catalog.View) []FacetValue {
	var list []FacetValue
	for _, k := range g.list {
		if len(k.pages) > 0 || k.key == current {
			address := url.URL{Path: "/pages", RawQuery: url.Values{"missing": {k.key}}.Encode()}
			list = append(list, FacetValue{Name: k.label, URL: address.String(), Count: len(k.pages), Current: k.key == current})
		}
	}
	for _, f := range forms {
		for _, name := range f.Keywords {
			link := FacetValue{Name: name, URL: address("categories", name), Count: len(view.Category(name))}
			if link.Count > 0 && !slices.ContainsFunc(list, func(v FacetValue) bool { return v.URL == link.URL }) {
				list = append(list, link)
			}
		}
	}
	return list[:min(len(list), gapLinks)]
}

// listFolder answers GET /pages?in=FOLDER.
func (q *request) listFolder(view *catalog.View, folder string) error {
	folder = strings.Trim(folder, "/")
	var inside []*catalog.Entry
	for _, e := range view.All() {
		if strings.HasPrefix(e.Path.String(), folder+"/") {
			inside = append(inside, e)
		}
	}
	if len(inside) == 0 {
		return notFound(fmt.Sprintf("There is no page in the folder “%s”.", strings.ToValidUTF8(folder[:min(len(folder), maxTyped)], "?")))
	}
	v := ListView{
		Base: q.base("Pages in "+folder, "list"), Kind: "all", Crumbs: []Crumb{{Text: "All pages", URL: "/pages"}},
		Lead: fmt.Sprintf("Every page in this folder, by title: %d.", len(inside)),
	}
	v.NoIndex = true
	return q.showList(v, inside)
}

// listAll answers GET /pages, /pages?in=FOLDER, and /pages?missing=KEY with those that lack something.
func (q *request) listAll() error {
	q.await(q.cfg.FollowingCatalog, derivedWait)
	view := q.cfg.Catalog.View()
	if key := q.query("missing"); key != "" {
		return q.listGap(view, key)
	}
	if folder := q.query("in"); folder != "" {
		return q.listFolder(view, folder)
	}
	all := view.All()
	v := ListView{
		Base: q.base("All pages", "list"), Kind: "all", Empty: "There is no page yet.",
		Lead: fmt.Sprintf("Every page of the wiki, by title: %d.", len(all)),
	}
	if q.who.MayEdit {
		v.Filters = q.gapsNow(view).links("", q.site.forms, view)
	}
	return q.showList(v, all)
}

// sendJSON answers with JSON.
func (q *request) sendJSON(v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, "application/json; charset=utf-8", body)
}
