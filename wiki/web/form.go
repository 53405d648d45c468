package web

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// form is a page form: a skeleton that new pages begin with, and what pages made with it have in common. It is a
// Markdown file in .coppice/forms whose front matter says what it is for:
//
//	---
//	title: A FAQ page
//	about: One question with its answer, discussion and sources.
//	guide: Say in the first paragraph what a hurried reader needs.
//	questions: [Discussions]
//	---
//	## Introduction
//	<!-- guide: two or three sentences -->
//
// Comments in the skeleton are for writers: no reader ever sees one.
type form struct {
	name      string // the file's name without ".md"
	title     string
	about     string
	guide     string
	questions []string // titles of sections under which every heading is a question
	keywords  []string
	skeleton  string
}

// formMatter is the front matter of a form.
type formMatter struct {
	Title     string   `yaml:"title"`
	About     string   `yaml:"about"`
	Guide     string   `yaml:"guide"`
	Questions []string `yaml:"questions"`
	Keywords  []string `yaml:"keywords"`
}

// formFiles lists the forms' files.
func formFiles(snap *wiki.Snapshot) []wiki.FileRef {
	files := slices.DeleteFunc(snap.Files(formFolder), func(f wiki.FileRef) bool { return f.Dir || !strings.HasSuffix(f.Name, ".md") })
	return files[:min(len(files), maxForms)]
}

// readForms reads the forms. A broken one is left out and logged: it must not keep anybody from writing.
func (s *Server) readForms(snap *wiki.Snapshot, files []wiki.FileRef) []form {
	var forms []form
	for _, file := range files {
		source, _, err := snap.File(file.Name)
		if err == nil && len(source) > maxFormFile {
			err = errors.New("larger than a form may be")
		}
		var f form
		if err == nil {
			f, err = parseForm(strings.TrimSuffix(path.Base(file.Name), ".md"), source)
		}
		if err != nil {
			s.log.Warn("a page form cannot be used", "file", file.Name, "error", err)
			continue
		}
		forms = append(forms, f)
	}
	return forms
}

func parseForm(name string, source []byte) (form, error) {
	doc := markdown.Parse(source, markdown.Options{})
	var m formMatter
	if err := yaml.Unmarshal(doc.FrontMatter.Raw, &m); err != nil {
		return form{}, fmt.Errorf("front matter: %w", err)
	}
	f := form{name: name, title: m.Title, about: m.About, guide: m.Guide, questions: m.Questions, keywords: m.Keywords}
	if f.title == "" {
		f.title = readableName(name)
	}
	f.skeleton = strings.TrimLeft(string(source[doc.Body:]), "\r\n")
	return f, nil
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
	text := []byte("\n" + f.skeleton)
	if f.name != "" {
		text = markdown.SetFrontMatter(text, "form", f.name)
	}
	if len(f.keywords) > 0 {
		text = markdown.SetFrontMatter(text, "keywords", strings.Join(f.keywords, ", "))
	}
	return string(markdown.SetFrontMatter(text, "title", title))
}

// noForm is the name under which a writer does without any form.
const noForm = "none"

// choices lists the forms for a view, and doing without one; url makes the address that begins with one. A wiki that
// has no forms leaves no choice.
func (t *site) choices(current string, url func(name string) string) []FormChoice {
	var list []FormChoice
	for _, f := range t.forms {
		list = append(list, FormChoice{Name: f.name, Title: f.title, About: f.about, URL: url(f.name), Current: f.name == current})
	}
	if list != nil {
		list = append(list, FormChoice{Name: noForm, Title: "Empty page", About: "A title, and nothing else.", URL: url(noForm), Current: current == noForm})
	}
	return list
}

// parse reads a page's text as its form has it read: a section of the form may make every heading below it a question.
func (t *site) parse(source []byte) *markdown.Document {
	doc := markdown.Parse(source, markdown.Options{})
	if doc.FrontMatter.Form == "" {
		return doc
	}
	if f, ok := t.form(doc.FrontMatter.Form); ok && len(f.questions) > 0 {
		return markdown.Parse(source, markdown.Options{QuestionSections: f.questions})
	}
	return doc
}
