package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Form says of which sections pages of a kind consist. It is read from a Markdown file that people write by hand:
//
//	---
//	title: FAQ page
//	about: One subject with the questions that people ask about it.
//	guide: Write for a reader in a hurry.
//	required: [Introduction, Keywords, Sources]
//	length:
//	  Introduction: one or two paragraphs
//	  Keywords: three to six
//	questions: [Discussions]
//	fields: [Keywords]
//	keywords: [draft]
//	---
//	<!-- Answer the title in two sentences. -->
//
//	## Keywords
//	<!-- Those that other pages use. -->
//
//	## Discussions
//	<!-- Each question is a heading with three #. -->
//
//	## Sources
//	<!-- Where the facts come from. -->
//
// Headings are the sections, in order. What stands before the first is the introduction; the key "introduction" gives it
// another name. Comments are instructions for the section that they stand in: only editors show them. Other text is what a
// new page has in that place. required, length and questions name sections by their headings; questions are those under
// which every heading asks. fields are sections that a page keeps in its front matter: a list of "keywords" or "aliases",
// or a mapping from a heading in another language to one of them. keywords are what a new page carries until its writer
// has chosen others.
type Form struct {
	Title, About, Guide string
	Sections            []FormSection
	Keywords            []string
	Problems            []Problem // what is wrong with the file, by line; the rest of it holds
	Unreadable          bool      // what it asks for is not known: its front matter, or all of it, cannot be read
}

// FormSection is a section that pages of a form have.
type FormSection struct {
	Title       string
	Slug        string // Anchor(Title)
	Level       int    // of its heading; 0 for the introduction
	Field       string // the key of the front matter that it is kept in, or ""
	Required    bool
	Questions   bool // every heading below it asks
	Length      Length
	Instruction string // plain text, one line a paragraph; "" when there is none
	Text        string // what a new page has in it; nearly always ""
}

// Limits on forms.
const (
	// MaxForm bounds the bytes of a form's file: the longest instructions anybody reads are a few kilobytes.
	MaxForm = 64 << 10
	// MaxFormSections is more than a page that anybody fills in has.
	MaxFormSections = 60
	// maxFormProblems is as many faults as somebody mends at once; each has its line counted.
	maxFormProblems = 20
)

// The fields of the front matter that a section can stand for.
const (
	FieldKeywords = "keywords"
	FieldAliases  = "aliases"
)

// introductionTitle is what the text before the first heading is called where a form does not say.
const introductionTitle = "Introduction"

// ParseForm reads a form. It never fails: what is wrong with the file is in Problems. Time and memory are linear in the
// length of source; what is longer than MaxForm is not read.
func ParseForm(source []byte) *Form {
	f := &Form{}
	if len(source) > MaxForm {
		f.Unreadable = true
		f.Problems = []Problem{{Line: 1, Text: fmt.Sprintf("The form is longer than %d bytes.", MaxForm)}}
		return f
	}
	start, end, body, ok := splitFrontMatter(source)
	if !ok && looksUnclosed(source[body:]) {
		f.Unreadable = true
		f.Problems = []Problem{{Line: 1, Text: "The front matter has no closing line of three hyphens."}}
		return f
	}
	r := formReader{form: f, metaReader: metaReader{line: lineNumber(source, start) - 1}, introduction: introductionTitle}
	if ok {
		f.Unreadable = !r.each(source[start:end], r.key)
	}
	r.sections(source, body)
	r.apply()
	f.Problems = append(f.Problems, r.problems...)
	slices.SortStableFunc(f.Problems, func(a, b Problem) int { return a.Line - b.Line })
	f.Problems = f.Problems[:min(len(f.Problems), maxFormProblems)]
	return f
}

// formReader is a form that is being read.
type formReader struct {
	metaReader
	form         *Form
	introduction string
	named        []sectionName // what the front matter says of sections, until they are known
}

// sectionName is a place in the front matter that names a section.
type sectionName struct {
	node  *yaml.Node
	apply func(*FormSection)
}

// key reads one key of the front matter.
func (r *formReader) key(key string, value *yaml.Node) {
	switch key {
	case "title":
		r.form.Title = strings.TrimSpace(r.text(key, value))
	case "about":
		r.form.About = strings.TrimSpace(r.text(key, value))
	case "guide":
		r.form.Guide = strings.TrimSpace(r.text(key, value))
	case "introduction":
		if name := oneSpace(r.text(key, value)); name != "" {
			r.introduction = name
		}
	case "keywords":
		r.form.Keywords = r.texts(key, value)
	case "required":
		r.names(key, value, func(s *FormSection) { s.Required = true })
	case "questions":
		r.names(key, value, func(s *FormSection) { s.Questions = true })
	case "length":
		r.pairs(key, value, func(s *FormSection, hint string) { s.Length = parseLength(hint) })
	case "fields":
		r.fields(key, value)
	}
}

// names reads a list of sections.
func (r *formReader) names(key string, n *yaml.Node, apply func(*FormSection)) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	for _, c := range list {
		if c.Kind != yaml.ScalarNode {
			r.problem(c, "%s must be a list of sections.", key)
		} else if c.ShortTag() != "!!null" {
			r.name(c, apply)
		}
	}
}

// pairs reads a mapping from sections to texts.
func (r *formReader) pairs(key string, n *yaml.Node, apply func(*FormSection, string)) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, "%s must name sections, and after each a text.", key)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		text := oneSpace(r.text(key, n.Content[i+1]))
		r.name(n.Content[i], func(s *FormSection) { apply(s, text) })
	}
}

// fields reads which sections stand in the front matter: as a list of keys, or as a mapping from headings to keys.
func (r *formReader) fields(key string, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		r.pairs(key, n, func(s *FormSection, field string) { r.field(n, s, field) })
		return
	}
	r.names(key, n, func(s *FormSection) { r.field(n, s, s.Title) })
}

func (r *formReader) field(n *yaml.Node, s *FormSection, field string) {
	switch field = strings.ToLower(field); field {
	case FieldKeywords, FieldAliases:
		s.Field = field
	default:
		r.problem(n, "A page keeps no “%s” in its front matter; there are keywords and aliases.", field)
	}
}

func (r *formReader) name(n *yaml.Node, apply func(*FormSection)) {
	if len(r.named) < 8*MaxFormSections { // each costs a look through the sections
		r.named = append(r.named, sectionName{n, apply})
	}
}

// sections reads headings and comments.
func (r *formReader) sections(source []byte, body int) {
	doc := Parse(source[body:], Options{})
	line := lineNumber(source, body) - 1
	for _, p := range doc.Problems {
		r.form.Problems = append(r.form.Problems, Problem{Line: line + p.Line, Text: p.Text})
	}
	comments := doc.comments()
	fault := func(pos int, text string) {
		if len(r.form.Problems) < maxFormProblems {
			r.form.Problems = append(r.form.Problems, Problem{Line: line + lineNumber(doc.Source, pos), Text: text})
		}
	}
	for _, c := range comments {
		if !c.closed {
			fault(c.start, "The comment that begins here has no end: --> is missing.")
		}
	}
	intro := FormSection{Title: r.introduction, Slug: Anchor(r.introduction)}
	end := len(doc.Source)
	if len(doc.Outline) > 0 {
		end = doc.Outline[0].Start
	}
	r.add(doc, intro, 0, end, comments)
	for i, h := range doc.Outline {
		if len(r.form.Sections) == MaxFormSections {
			fault(h.Start, fmt.Sprintf("A form has at most %d sections; the rest is left out.", MaxFormSections))
			return
		}
		end := len(doc.Source)
		if i+1 < len(doc.Outline) {
			end = doc.Outline[i+1].Start
		}
		s := FormSection{Title: h.Text, Slug: Anchor(h.Text), Level: h.Level}
		if _, twice := r.form.Section(s.Slug); twice {
			fault(h.Start, fmt.Sprintf("There is a section “%s” already.", s.Title))
			continue
		}
		r.add(doc, s, h.End, end, comments)
	}
}

// add adds a section whose text is doc.Source[start:end].
func (r *formReader) add(doc *Document, s FormSection, start, end int, comments []comment) {
	var mine []comment
	var said []string
	for _, c := range comments {
		if c.start < start || c.start >= end {
			continue
		}
		said = append(said, c.text)
		c.start, c.end = c.start-start, min(c.end, end)-start
		mine = append(mine, c)
	}
	s.Instruction = paragraphs(strings.Join(said, "\n\n"))
	s.Text = strings.Trim(string(without(doc.Source[start:end], mine)), " \t\r\n")
	r.form.Sections = append(r.form.Sections, s)
}

// apply hands what the front matter says to the sections that it names. The introduction is one only if the form says
// something about it.
func (r *formReader) apply() {
	for _, n := range r.named {
		i, ok := r.form.Section(Anchor(n.node.Value))
		if !ok {
			r.problem(n.node, "The form has no section “%s”.", oneSpace(n.node.Value))
			continue
		}
		n.apply(&r.form.Sections[i])
	}
	if s := r.form.Sections[0]; s.Instruction == "" && s.Text == "" && !s.Required && s.Length.Hint == "" {
		r.form.Sections = r.form.Sections[1:]
	}
}

// Section finds a section by its slug and gives its index.
func (f *Form) Section(slug string) (int, bool) {
	i := slices.IndexFunc(f.Sections, func(s FormSection) bool { return s.Slug == slug })
	return i, i >= 0
}

// QuestionSections gives the titles of the sections that hold questions, for Options.
func (f *Form) QuestionSections() []string {
	var titles []string
	for _, s := range f.Sections {
		if s.Questions {
			titles = append(titles, s.Title)
		}
	}
	return titles
}

// Skeleton gives the text that a new page begins with: headings, with a blank line to write in, and no instructions.
func (f *Form) Skeleton() string {
	var b strings.Builder
	for _, s := range f.Sections {
		if s.Field != "" {
			continue
		}
		if s.Level > 0 {
			if b.Len() == 0 { // front matter comes to stand above
				b.WriteString("\n")
			}
			b.WriteString(strings.Repeat("#", s.Level) + " " + s.Title + "\n")
		}
		b.WriteString("\n" + s.Text + "\n")
		if s.Text != "" {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// WithoutInstructions gives a page's source without comments that say what an instruction of the form says: they were put
// there by a form, and readers who copy the source have no use for them. All other comments are their writers' and stay.
func (f *Form) WithoutInstructions(source []byte) []byte {
	gone := f.instructions(source)
	if len(gone) == 0 {
		return source
	}
	return without(source, gone)
}

// InstructionLines gives the numbers of the lines of a page, from 1, on which nothing but an instruction of the form stands.
func (f *Form) InstructionLines(source []byte) map[int]bool {
	lines := map[int]bool{}
	line, pos, alone := 1, 0, true // alone: the line says nothing before pos
	for _, c := range f.instructions(source) {
		before := source[pos:c.start]
		if i := bytes.LastIndexByte(before, '\n'); i >= 0 {
			line, alone, before = line+bytes.Count(before, []byte{'\n'}), true, before[i+1:]
		}
		first := line
		if alone = alone && isBlank(before); !alone {
			first++
		}
		line, pos = line+bytes.Count(source[c.start:c.end], []byte{'\n'}), c.end
		for n := first; n < line; n++ {
			lines[n] = true
		}
		alone = alone || first <= line
		if _, ends := blankUntil(source, pos); ends && alone {
			lines[line] = true
		}
	}
	return lines
}

// instructions gives those comments of a page that say what an instruction of the form says, in order.
func (f *Form) instructions(source []byte) []comment {
	if !bytes.Contains(source, commentStart) {
		return nil
	}
	known := map[string]bool{}
	for _, s := range f.Sections {
		known[oneSpace(s.Instruction)] = true
		for line := range strings.SplitSeq(s.Instruction, "\n") { // a section may have several comments
			known[line] = true
		}
	}
	delete(known, "")
	return slices.DeleteFunc(Parse(source, Options{}).comments(), func(c comment) bool { return !c.closed || !known[oneSpace(c.text)] })
}
