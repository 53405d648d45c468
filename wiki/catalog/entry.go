package catalog

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
	"coppice/wiki/markdown"
)

// newEntry reads a page. Its links are not resolved yet.
func newEntry(page wiki.Page) *Entry {
	doc := markdown.Parse(page.Source, markdown.Options{})
	f := doc.FrontMatter
	e := &Entry{
		Path: page.Path, Blob: page.Blob, Title: doc.Title, Lang: doc.Lang, Lead: doc.Lead,
		Keywords: someOf(f.Keywords), Aliases: someOf(f.Aliases), RedirectTo: f.RedirectTo, TranslationOf: f.TranslationOf,
		ReviewBy: f.ReviewBy.UTC(), Problems: len(doc.Problems), Words: len(strings.Fields(doc.Text)), Form: f.Form,
	}
	e.measure(doc)
	if e.Title == "" {
		e.Title = Readable(page.Path)
	}
	for _, q := range doc.Questions {
		e.Questions = append(e.Questions, Question{q.Anchor, q.Text, someOf(q.Keywords)})
	}
	for _, h := range doc.Outline {
		if keywords := f.Questions[h.Anchor].Keywords; len(keywords) > 0 {
			e.Keyed = append(e.Keyed, Question{h.Anchor, h.Text, keywords})
		}
	}
	for _, l := range doc.Links {
		switch {
		case l.Kind != markdown.LinkPage || l.Target == "" || l.Image:
		case l.Query != "" && wiki.IsAddress(l.Target): // of an old version, say
		case l.Wiki:
			e.targets = append(e.targets, wikilink+l.Target)
		default:
			e.targets = append(e.targets, l.Target)
		}
	}
	slices.Sort(e.targets)
	e.targets = slices.Compact(e.targets)
	return e
}

// Carries reports whether the page as a whole has a keyword, without regard to case and punctuation.
func (e *Entry) Carries(keyword string) bool { return hasKeyword(e.Keywords, keyword) }

// Carrying gives the headings of the page that have a keyword of their own.
func (e *Entry) Carrying(keyword string) []Question {
	var list []Question
	for _, q := range e.Keyed {
		if hasKeyword(q.Keywords, keyword) {
			list = append(list, q)
		}
	}
	return list
}

func hasKeyword(list []string, keyword string) bool {
	key := titleKey(keyword)
	return slices.ContainsFunc(list, func(k string) bool { return titleKey(k) == key })
}

// keywords calls take for every keyword that stands on the page: its own, then those of its headings.
func (e *Entry) keywords(take func(name string)) {
	for _, k := range e.Keywords {
		take(k)
	}
	for _, q := range e.Keyed {
		for _, k := range q.Keywords {
			take(k)
		}
	}
}

// wikilink stands before the targets of links that are written [[so]]: those may also be a page's title.
const wikilink = "[["

// someOf gives nil for an empty list, as reading from a file does.
func someOf(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// Readable makes a title of a page's name: its last element with spaces for hyphens, and a capital.
func Readable(p wiki.Path) string {
	name := p.Base()
	if folder := p.Folder(); folder != "" && (name == "index" || name == "README" || name == "Home") {
		name = folder[strings.LastIndexByte(folder, '/')+1:]
	}
	runes := []rune(strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(name)))
	if len(runes) == 0 {
		return p.Base()
	}
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// format of the file. Its version is raised whenever older files would be read wrongly, or when a page would be read
// differently: the entries of pages that did not change are not made again.
//
//	1: the first format.
//	2: wikilinks are told from other links, and lead to titles too.
//	3: questions that are numbered in plain text are among a page's questions, and questions have keywords.
//	4: the form of a page, and how much stands in its sections.
//	5: a folder with pages is no wanted page.
//	6: a link to the address of a page is one to the page.
//	7: headings with keywords of their own.
var format = recordlog.Format{Magic: "coppice catalog\n", Version: 7}

// encode writes one record: position, new entries, paths that are gone.
func encode(position wiki.ID, changed []*Entry, gone []wiki.Path) []byte {
	b := append([]byte{}, position[:]...)
	b = binary.AppendUvarint(b, uint64(len(changed)))
	for _, e := range changed {
		b = e.append(b)
	}
	b = binary.AppendUvarint(b, uint64(len(gone)))
	for _, p := range gone {
		b = recordlog.AppendString(b, p.String())
	}
	return b
}

func (e *Entry) append(b []byte) []byte {
	b = append(b, e.Blob[:]...)
	for _, s := range []string{e.Path.String(), e.Title, e.Lang, e.Lead, e.RedirectTo, e.TranslationOf, e.Form} {
		b = recordlog.AppendString(b, s)
	}
	links := make([]string, len(e.Links))
	for i, p := range e.Links {
		links[i] = p.String()
	}
	for _, list := range [][]string{e.Keywords, e.Aliases, e.targets, e.Wanted, links} {
		b = appendStrings(b, list)
	}
	b = appendQuestions(appendQuestions(b, e.Questions), e.Keyed)
	b = binary.AppendVarint(b, e.ReviewBy.Unix())
	b = binary.AppendUvarint(b, uint64(e.Problems))
	b = binary.AppendUvarint(b, uint64(e.Words))
	return e.appendSections(b)
}

func appendQuestions(b []byte, list []Question) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, q := range list {
		b = recordlog.AppendString(recordlog.AppendString(b, q.Anchor), q.Text)
		b = appendStrings(b, q.Keywords)
	}
	return b
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = recordlog.AppendString(b, s)
	}
	return b
}

// decode reads what encode wrote.
func decode(body []byte) (position wiki.ID, changed []*Entry, gone []wiki.Path, err error) {
	r := &recordlog.Reader{Rest: body}
	r.Copy(position[:])
	entries := make([]Entry, r.Count(len(position)))
	changed = make([]*Entry, len(entries))
	for i := range entries {
		if err := entries[i].read(r); err != nil {
			return wiki.ID{}, nil, nil, err
		}
		changed[i] = &entries[i]
	}
	for range r.Count(1) {
		p, err := wiki.ParsePath(r.String())
		if err != nil {
			return wiki.ID{}, nil, nil, recordlog.ErrDamaged
		}
		gone = append(gone, p)
	}
	if !r.Done() {
		return wiki.ID{}, nil, nil, recordlog.ErrDamaged
	}
	return position, changed, gone, nil
}

// read reads what append wrote.
func (e *Entry) read(r *recordlog.Reader) (err error) {
	r.Copy(e.Blob[:])
	if e.Path, err = wiki.ParsePath(r.String()); err != nil || r.Short {
		return recordlog.ErrDamaged
	}
	for _, s := range []*string{&e.Title, &e.Lang, &e.Lead, &e.RedirectTo, &e.TranslationOf, &e.Form} {
		*s = r.String()
	}
	for _, list := range []*[]string{&e.Keywords, &e.Aliases, &e.targets, &e.Wanted} {
		*list = stringsOf(r)
	}
	e.Links = listOf[wiki.Path](r, 1)
	for i := range e.Links {
		if e.Links[i], err = wiki.ParsePath(r.String()); err != nil {
			return recordlog.ErrDamaged
		}
	}
	e.Questions, e.Keyed = questionsOf(r), questionsOf(r)
	e.ReviewBy = time.Unix(r.Varint(), 0).UTC()
	e.Problems, e.Words = int(r.Uvarint()), int(r.Uvarint())
	e.readSections(r)
	return nil
}

// questionsOf reads what appendQuestions wrote.
func questionsOf(r *recordlog.Reader) []Question {
	list := listOf[Question](r, 3)
	for i := range list {
		list[i] = Question{r.String(), r.String(), stringsOf(r)}
	}
	return list
}

// stringsOf reads what appendStrings wrote.
func stringsOf(r *recordlog.Reader) []string {
	list := listOf[string](r, 1)
	for i := range list {
		list[i] = r.String()
	}
	return list
}

// listOf makes a list for as many things as follow, of at least size bytes each; nil for none, as newEntry has it.
func listOf[T any](r *recordlog.Reader, size int) []T {
	if n := r.Count(size); n > 0 {
		return make([]T, n)
	}
	return nil
}
