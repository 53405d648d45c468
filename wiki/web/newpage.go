package web

import (
	"net/http"
	"strings"

	"coppice/wiki"
)

// askTitle answers GET /new. Without ?title= it asks for one; with it, it leads to the page of that title if there is one,
// shows the questions that may be the same, or leads to the editor when nothing is like it.
func (q *request) askTitle() error {
	if !q.who.MayEdit {
		return errReadOnly
	}
	title := strings.TrimSpace(q.query("title"))
	v := NewView{Base: q.base("New page", "new"), Action: "/new", Name: title}
	v.NoIndex, v.Feed = true, ""
	chosen := q.query("form")
	if f, ok := q.site.form(chosen); ok && chosen != noForm {
		chosen = f.name
	}
	v.Forms = q.site.choices(chosen, func(name string) string { return address("new", "", "form", name, "title", title) })
	if title == "" {
		return q.render(http.StatusOK, "new", v)
	}
	if p, ok := q.existing(title); ok {
		return &redirect{http.StatusSeeOther, pageURL(p)}
	}
	p := wiki.PathFor(title)
	if p.IsZero() {
		v.Sentence = "No address can be made of this title. Please use some letters or digits."
		v.Near = q.near(title)
		return q.render(http.StatusUnprocessableEntity, "new", v)
	}
	editor := address("edit", p.String(), "title", title, "form", q.query("form"))
	if v.Alike = q.alike(title); len(v.Alike) == 0 {
		return &redirect{http.StatusSeeOther, editor}
	}
	v.GoOnURL = editor
	return q.render(http.StatusOK, "new", v)
}

// existing gives the page that has a title, or that such a title would be kept under.
func (q *request) existing(title string) (wiki.Path, bool) {
	if p, ok := q.view.ByTitle(title); ok && q.snap.Has(p) {
		return p, true
	}
	p := wiki.PathFor(title)
	return p, !p.IsZero() && q.snap.Has(p)
}
