package web

import (
	"fmt"
	"slices"
	"strings"

	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/markdown"
)

// The editor of a whole page has two fields beside the text: keywords, and how people ask. They stand in the page's front
// matter, which stays in the text for those who know it. So that neither overwrites the other, a field counts only by what
// was changed in it since the form was made: the form carries each twice, as it was and as it is.

// field is a field of the editor that stands for a key of the front matter.
type field struct{ was, is string }

func (f field) changed() bool { return strings.TrimSpace(f.was) != strings.TrimSpace(f.is) }

// fields are those of one draft.
type fields struct {
	keywords, asked field
	pending         bool // typed, and not put into the text yet
}

// readFields reads them from the form that was sent.
func (q *request) readFields() fields {
	read := func(name string) field {
		return field{oneLineEnd(q.r.PostForm.Get(name + "_was")), oneLineEnd(q.r.PostForm.Get(name))}
	}
	f := fields{keywords: read("keywords"), asked: read("asked")}
	f.pending = f.keywords.changed() || f.asked.changed()
	return f
}

// takeFields puts the fields into the draft's text. What is refused keeps the text and the fields as they are.
func (q *request) takeFields(d draft) (draft, error) {
	if d.section != "" || !d.fields.pending {
		return d, nil
	}
	source, err := q.withFields(d.source, d.fields)
	if err != nil {
		return d, err
	}
	d.source, d.fields.pending = source, false
	return d, nil
}

func (q *request) withFields(source string, f fields) (string, error) {
	matter, line, ok := markdown.ReadFrontMatter([]byte(source))
	switch {
	case !ok:
		return "", invalid("The keywords and wordings cannot be put into the page, because what it says at its top cannot be read: see line %d.", line)
	case len(f.keywords.is) > maxKeywordField:
		return "", invalid("The keywords are too long: %d bytes, and %d are the most.", len(f.keywords.is), maxKeywordField)
	case len(f.asked.is) > maxAskedField:
		return "", invalid("The wordings are too long: %d bytes, and %d are the most.", len(f.asked.is), maxAskedField)
	}
	text := []byte(source)
	if f.keywords.changed() {
		was, is := q.canonical(splitKeywords(f.keywords.was)), q.canonical(splitKeywords(f.keywords.is))
		text = markdown.SetFrontMatterList(text, markdown.FieldKeywords, mergeLists(was, is, q.named(matter.Keywords)))
	}
	if f.asked.changed() {
		doc := q.site.parse(text)
		if doc.Title == "" {
			return "", invalid("A page without a title asks nothing. Please give it a title at its top.")
		}
		was, is := splitLines(f.asked.was), splitLines(f.asked.is)
		now, there := matter.AskedAs[doc.TitleAnchor()]
		for _, wordings := range matter.AskedAs {
			if !there && slices.Equal(wordings, was) { // they stand under the title as it was
				now = was
			}
		}
		text = markdown.SetAskedAs(text, doc.TitleAnchor(), mergeLists(was, is, now))
	}
	return string(text), nil
}

// mergeLists does to a list what changed another: was became is, and what that added and took away is added to now and taken
// from it. Texts that differ in case only are the same. If now is as the other was, it becomes is, in the order of that.
func mergeLists(was, is, now []string) []string {
	if slices.Equal(was, now) {
		return is
	}
	in := func(list []string, s string) bool {
		return slices.ContainsFunc(list, func(t string) bool { return strings.EqualFold(s, t) })
	}
	var out []string
	for _, s := range now {
		if (in(is, s) || !in(was, s)) && !in(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range is {
		if !in(was, s) && !in(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func invalid(format string, args ...any) error {
	return &wiki.Error{Kind: wiki.Invalid, Sentence: fmt.Sprintf(format, args...)}
}

// splitKeywords reads keywords as they are typed, with commas or line ends between.
func splitKeywords(s string) []string {
	return uniqueTexts(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }))
}

// splitLines reads one text a line.
func splitLines(s string) []string { return uniqueTexts(strings.Split(s, "\n")) }

// uniqueTexts drops what is empty, what stands twice and what is too many.
func uniqueTexts(list []string) []string {
	var out []string
	for _, s := range list {
		s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
		if s != "" && !slices.Contains(out, s) && len(out) < maxFieldLines {
			out = append(out, s)
		}
	}
	return out
}

// vocabulary gives all keywords there are.
func (q *request) vocabulary() *catalog.Vocabulary { return q.vocabularyOf(q.view, q.site.keywords) }

// vocabularyOf gives all keywords of pages and taxonomy. The last one is kept as long as these stay.
func (s *Server) vocabularyOf(view *catalog.View, taxonomy *catalog.Taxonomy) *catalog.Vocabulary {
	old := s.vocabulary.Load()
	if old != nil && old.view == view && old.taxonomy == taxonomy {
		return old.words
	}
	next := &keptVocabulary{view, taxonomy, view.Vocabulary(taxonomy)}
	s.vocabulary.Store(next)
	return next.words
}

// KeywordNames gives all names of the keyword that a word names, as the list of keywords has them; none for a word that
// names no keyword. It is for searches.
func (s *Server) KeywordNames(word string) []string {
	now := s.generation()
	return s.vocabularyOf(now.view, s.siteOf(now).keywords).Names(word)
}

// keptVocabulary is a vocabulary with what it was made of.
type keptVocabulary struct {
	view     *catalog.View
	taxonomy *catalog.Taxonomy
	words    *catalog.Vocabulary
}

// canonical gives each keyword as the wiki writes it, each once: other words for a keyword become that keyword.
func (q *request) canonical(keywords []string) []string { return uniqueTexts(q.named(keywords)) }

// named gives keywords as the wiki writes them.
func (q *request) named(keywords []string) []string {
	words := q.vocabulary()
	names := slices.Clone(keywords)
	for i, k := range keywords {
		if known, ok := words.Find(k); ok {
			names[i] = known.Name
		}
	}
	return names
}

// keywordNotes says what the wiki makes of keywords: which of them are new, and which will be saved under another name.
func (q *request) keywordNotes(keywords []string) []string {
	var notes []string
	words := q.vocabulary()
	for _, k := range keywords {
		known, ok := words.Find(k)
		switch {
		case q.isPlaceholder(k):
		case !ok:
			notes = append(notes, fmt.Sprintf("“%s” is a new keyword: it is used nowhere yet.", k))
		case !strings.EqualFold(known.Name, k):
			notes = append(notes, fmt.Sprintf("“%s” will be saved as “%s”.", k, known.Name))
		}
	}
	return notes
}

// withKeywordNotice has the notice of a save say that a keyword of the page was used nowhere before.
func (q *request) withKeywordNotice(code, source string) string {
	matter, _, ok := markdown.ReadFrontMatter([]byte(source))
	if _, known := notices[code+"-new"]; !ok || !known {
		return code
	}
	for _, k := range matter.Keywords {
		if _, known := q.vocabulary().Find(k); !known && !q.isPlaceholder(k) {
			return code + "-new"
		}
	}
	return code
}

// isPlaceholder reports whether a form begins its pages with a keyword.
func (q *request) isPlaceholder(keyword string) bool {
	return slices.ContainsFunc(q.site.forms, func(f form) bool { return f.chosen([]string{keyword}) == 0 })
}

// suggestKeywords answers GET /suggest/keywords?q=&all= with keywords that begin as q does, and notes on all keywords that
// are typed already.
func (q *request) suggestKeywords() error {
	answer := KeywordSuggestions{Keywords: []KeywordSuggestion{}, Notes: []string{}}
	typed, all := q.query("q"), q.query("all")
	if len(typed) > catalog.MaxKeyword || len(all) > maxKeywordField {
		return q.sendJSON(answer)
	}
	for _, c := range q.vocabulary().Complete(typed, suggestions) {
		answer.Keywords = append(answer.Keywords, KeywordSuggestion{Keyword: c.Name, About: c.About, For: c.For, Pages: c.Pages})
	}
	answer.Notes = append(answer.Notes, q.keywordNotes(splitKeywords(all))...)
	return q.sendJSON(answer)
}

// fieldsView shows the fields of a whole page's editor: as they were typed, if they could not be put into the text, else
// as the text has them.
func (q *request) fieldsView(doc *markdown.Document, f fields) *PageFields {
	v := &PageFields{SuggestURL: "/suggest/keywords"}
	if f.pending {
		v.Keywords, v.KeywordsWas, v.Asked, v.AskedWas = f.keywords.is, f.keywords.was, f.asked.is, f.asked.was
	} else {
		v.Keywords = strings.Join(doc.FrontMatter.Keywords, ", ")
		v.Asked = strings.Join(doc.FrontMatter.AskedAs[doc.TitleAnchor()], "\n")
		v.KeywordsWas, v.AskedWas = v.Keywords, v.Asked
	}
	v.Notes = q.keywordNotes(splitKeywords(v.Keywords))
	for _, c := range q.vocabulary().Complete("", knownKeywords) {
		v.Known = append(v.Known, KeywordSuggestion{Keyword: c.Name, About: c.About, Pages: c.Pages})
	}
	for _, p := range q.site.keywords.Problems[:min(len(q.site.keywords.Problems), steeringFaults)] {
		v.Faults = append(v.Faults, faultOf(catalog.TaxonomyFile, p.Line, p.Text))
	}
	return v
}
