package web

import (
	"bytes"
	"fmt"
	"strings"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// renderEditor answers with the editor, and what stands in it beside the text: fields, and what the page's form asks for.
func (q *request) renderEditor(status int, v EditView, d draft) error {
	d.section = v.Section
	doc := q.site.parse([]byte(v.Source))
	if d.section == "" {
		v.Fields = q.fieldsView(doc, d.fields)
	}
	v.Guide = q.guide(d, doc)
	if v.Guide != nil {
		v.Guide.Open = v.New || d.section != ""
	}
	return q.render(status, "edit", v)
}

// guide gives what the form of a page says to its writer, and how much of it is there. doc is the page, or the section of
// it that is edited. Pages without a form have no guide.
func (q *request) guide(d draft, doc *markdown.Document) *FormGuide {
	if d.section != "" {
		return q.sectionGuide(d, doc)
	}
	f, ok := q.site.formOf(doc.FrontMatter)
	if !ok {
		return nil
	}
	g := &FormGuide{Title: f.Title, Text: f.Guide, Faults: f.faults()}
	if g.Unread = f.Unreadable; g.Unread { // its headings alone would make every page complete
		return g
	}
	states, sizes := f.check(doc)
	for i, s := range f.Sections {
		entries := f.entries(s.Field, doc.FrontMatter.Keywords, doc.FrontMatter.Aliases)
		g.Sections = append(g.Sections, guideSection(s, states[i], sizes[i], entries))
		if s.Lacks(states[i]) {
			g.Lacking++
		}
	}
	return g
}

// sectionGuide gives what the form says about the section that is edited, or about the one that it lies in.
func (q *request) sectionGuide(d draft, doc *markdown.Document) *FormGuide {
	page, err := q.snap.Page(d.path)
	if err != nil {
		return nil
	}
	whole := q.site.parse(page.Source)
	f, ok := q.site.formOf(whole.FrontMatter)
	if !ok {
		return nil
	}
	if f.Unreadable {
		return &FormGuide{Title: f.Title, Faults: f.faults(), Part: true, Unread: true}
	}
	slug, own := enclosing(whole, d.section, f)
	i, ok := f.Section(slug)
	if !ok {
		return nil
	}
	s := f.Sections[i]
	g := &FormGuide{Title: f.Title, Faults: f.faults(), Part: true, Sections: []GuideSection{{
		Title: s.Title, Hint: s.Length.Hint, Instructions: instructions(s), Required: s.Required,
	}}}
	if _, all := doc.Sizes(); own && len(all) > 0 && all[0].Slug == slug {
		state := s.State(all[0].Size, 0, true)
		g.Sections[0] = guideSection(s, state, all[0].Size, 0)
	}
	return g
}

// enclosing gives the slug of the form's section that the section at anchor is, or lies in.
func enclosing(doc *markdown.Document, anchor string, f form) (slug string, own bool) {
	level := 0
	for i := len(doc.Outline) - 1; i >= 0; i-- {
		h := doc.Outline[i]
		if level == 0 && h.Anchor != anchor || level > 0 && h.Level >= level {
			continue
		}
		slug = markdown.Anchor(h.Text)
		if _, ok := f.Section(slug); ok {
			return slug, level == 0
		}
		level = h.Level
	}
	return "", false
}

func instructions(s markdown.FormSection) []string {
	if s.Instruction == "" {
		return nil
	}
	return strings.Split(s.Instruction, "\n")
}

// guideSection words the state of a section.
func guideSection(s markdown.FormSection, state markdown.State, size markdown.Size, entries int) GuideSection {
	g := GuideSection{Title: s.Title, Hint: s.Length.Hint, Instructions: instructions(s), Required: s.Required}
	switch state {
	case markdown.Fine:
		g.State, g.Said = "fine", "done"
	case markdown.Short:
		g.State, g.Said = "short", "so far "+amount(s, size, entries)
	case markdown.Empty:
		g.State, g.Said = "empty", "empty"
		if !s.Required {
			g.Said = "empty: fill it, or delete its heading"
		}
	case markdown.Missing:
		g.State, g.Said = "missing", "missing"
		if !s.Required {
			g.State, g.Said = "open", "not there, and need not be"
		}
	}
	if s.Field == markdown.FieldKeywords && state == markdown.Missing && s.Required {
		g.Said = "none chosen yet"
	}
	return g
}

// amount says how much of a section is there, in what its length counts.
func amount(s markdown.FormSection, size markdown.Size, entries int) string {
	n, one, many := size.Words, "word", "words"
	switch s.Length.Unit {
	case markdown.Paragraphs:
		n, one, many = size.Paragraphs, "paragraph", "paragraphs"
	case markdown.Entries:
		n, one, many = entries, "entry", "entries"
	}
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// liveGuide is what the preview of a draft carries along for the editor: its guide, rendered anew.
func (q *request) liveGuide(path wiki.Path, source string) []byte {
	d := draft{path: path, section: q.r.PostForm.Get("section"), source: source, fields: q.readFields()}
	if with, err := q.takeFields(d); err == nil {
		d = with
	}
	g := q.guide(d, q.site.parse([]byte(d.source)))
	if g == nil {
		return nil
	}
	var buf bytes.Buffer
	if err := q.cfg.Theme.RenderPart(&buf, "edit", "guide-sections", g); err != nil {
		q.log.Error("the guide of a form cannot be rendered", "error", err)
		return nil
	}
	return buf.Bytes()
}

// withoutInstructions takes the instructions of its form out of a page: before the editor's text is kept, and out of the
// source that readers are given, for a page that was pushed may carry them. Only what is sent is without them: places in
// a page are places in what is kept.
func (t *site) withoutInstructions(source []byte) []byte {
	if f, ok := t.instructed(source); ok {
		return f.WithoutInstructions(source)
	}
	return source
}

// instructed gives the form of a page that may carry instructions.
func (t *site) instructed(source []byte) (form, bool) {
	if !bytes.Contains(source, []byte("<!--")) {
		return form{}, false
	}
	matter, _, ok := markdown.ReadFrontMatter(source)
	if !ok {
		return form{}, false
	}
	return t.formOf(matter)
}

// sourceFor gives the source of a page for readers. A page with comments is parsed for it, so it waits for its turn.
func (q *request) sourceFor(t *site, source []byte) ([]byte, error) {
	f, ok := t.instructed(source)
	if !ok {
		return source, nil
	}
	release, err := q.readers.take(q.r.Context())
	if err != nil {
		return nil, err
	}
	defer release()
	return f.WithoutInstructions(source), nil
}
