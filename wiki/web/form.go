package web

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/markdown"
)

// form is a page form of the wiki: what its file says, and what it is called there.
type form struct {
	*markdown.Form
	name string // the file's name without ".md"
	file string
}

// FormFiles lists the forms' files, as many as are read.
func FormFiles(snap *wiki.Snapshot) []wiki.FileRef {
	files := slices.DeleteFunc(snap.Files(formFolder), func(f wiki.FileRef) bool { return f.Dir || !strings.HasSuffix(f.Name, ".md") })
	return files[:min(len(files), maxForms)]
}

// readForms reads the forms. What is wrong with one keeps nobody from writing: it is used as far as it can be read, and
// the editor of its pages names the line.
func (s *Server) readForms(snap *wiki.Snapshot, files []wiki.FileRef) []form {
	var forms []form
	for _, file := range files {
		f := form{name: strings.TrimSuffix(path.Base(file.Name), ".md"), file: file.Name}
		source, _, err := snap.File(file.Name)
		if err != nil {
			s.log.Warn("a page form cannot be read", "file", file.Name, "error", err)
			continue
		}
		f.Form = markdown.ParseForm(source)
		if len(f.Problems) > 0 {
			s.log.Warn("a page form has faults", "file", file.Name, "line", f.Problems[0].Line, "fault", f.Problems[0].Text)
		}
		if f.Title == "" {
			f.Title = readableName(f.name)
		}
		forms = append(forms, f)
	}
	return forms
}

// readTaxonomy reads the list of keywords; a wiki without one has an empty one.
func (s *Server) readTaxonomy(snap *wiki.Snapshot) *catalog.Taxonomy {
	source, _, err := snap.File(catalog.TaxonomyFile)
	if err != nil {
		return &catalog.Taxonomy{}
	}
	t := catalog.ParseTaxonomy(source)
	if len(t.Problems) > 0 {
		s.log.Warn("the list of keywords has faults", "file", catalog.TaxonomyFile, "line", t.Problems[0].Line, "fault", t.Problems[0].Text)
	}
	return t
}

// form gives the form of that name. Without a name it is the first: a wiki with one form means it for every page.
func (t *site) form(name string) (form, bool) {
	for _, f := range t.forms {
		if f.name == name || name == "" {
			return f, true
		}
	}
	return form{}, false
}

// begin gives the text that a new page with that title begins with.
func (f form) begin(title string) string {
	text := markdown.SetFrontMatter([]byte(f.Skeleton()), "title", title)
	text = markdown.SetFrontMatter(text, "form", f.name)
	return string(markdown.SetFrontMatterList(text, markdown.FieldKeywords, f.Keywords))
}

// noForm is the name under which a writer does without any form.
const noForm = "none"

// choices lists the forms for a view, and doing without one; url makes the address that begins with one. A wiki that
// has no forms leaves no choice.
func (t *site) choices(current string, url func(name string) string) []FormChoice {
	var list []FormChoice
	for _, f := range t.forms {
		list = append(list, FormChoice{Name: f.name, Title: f.Title, About: f.About, URL: url(f.name), Current: f.name == current})
	}
	if list != nil {
		list = append(list, FormChoice{Name: noForm, Title: "Empty page", About: "A title, and nothing else.", URL: url(noForm), Current: current == noForm})
	}
	return list
}

// parse reads a page's text as its form has it read: a section of the form may make every heading below it a question.
func (t *site) parse(source []byte) *markdown.Document {
	doc := markdown.Parse(source, markdown.Options{})
	if f, ok := t.formOf(doc.FrontMatter); ok {
		if titles := f.QuestionSections(); len(titles) > 0 {
			return markdown.Parse(source, markdown.Options{QuestionSections: titles})
		}
	}
	return doc
}

// formOf gives the form that a page says it follows.
func (t *site) formOf(f markdown.FrontMatter) (form, bool) {
	if f.Form == "" {
		return form{}, false
	}
	return t.form(f.Form)
}

// chosen counts what somebody chose of keywords: what the form begins every page with is no choice.
func (f form) chosen(keywords []string) int {
	n := 0
	for _, k := range keywords {
		if !slices.ContainsFunc(f.Keywords, func(p string) bool { return strings.EqualFold(p, k) }) {
			n++
		}
	}
	return n
}

// entries counts what a page has in a field of its front matter.
func (f form) entries(field string, keywords, aliases []string) int {
	if field == markdown.FieldAliases {
		return len(aliases)
	}
	return f.chosen(keywords)
}

// check gives the state of each section of the form in a page's text, in the form's order, and how much each holds.
func (f form) check(doc *markdown.Document) ([]markdown.State, []markdown.Size) {
	introduction, all := doc.Sizes()
	bySlug := make(map[string]markdown.Size, len(all))
	for _, s := range slices.Backward(all) { // of headings that say the same the first counts
		bySlug[s.Slug] = s.Size
	}
	states, sizes := make([]markdown.State, len(f.Sections)), make([]markdown.Size, len(f.Sections))
	for i, s := range f.Sections {
		size, there := bySlug[s.Slug]
		if s.Level == 0 {
			size, there = markdown.Size{Words: size.Words + introduction.Words, Paragraphs: size.Paragraphs + introduction.Paragraphs}, true
		}
		states[i], sizes[i] = s.State(size, f.entries(s.Field, doc.FrontMatter.Keywords, doc.FrontMatter.Aliases), there), size
	}
	return states, sizes
}

// stateOf gives the state of a section on a page as the catalog knows it.
func (f form) stateOf(s markdown.FormSection, e *catalog.Entry) markdown.State {
	size, there := e.Section(s.Slug)
	if s.Level == 0 {
		size.Words += e.Introduction.Words
		size.Paragraphs += e.Introduction.Paragraphs
		there = true
	}
	return s.State(size, f.entries(s.Field, e.Keywords, e.Aliases), there)
}

// faults says what is wrong with a form, for those who write with it.
func (f form) faults() []string {
	var list []string
	for _, p := range f.Problems[:min(len(f.Problems), steeringFaults)] {
		list = append(list, faultOf(f.file, p.Line, p.Text))
	}
	return list
}

// faultOf names a line of a file that steers the wiki.
func faultOf(file string, line int, text string) string {
	return fmt.Sprintf("Line %d of %s: %s", cmp.Or(line, 1), file, text)
}
