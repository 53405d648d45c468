package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
)

// The fields of the index. A page has one document, kind "p", in whose fieldAll every term of it stands, and each of its
// sections has one, kind "s". Each text is in one ranked field only: every further copy would make the index a third
// larger and slower to build.
const (
	fieldTags     = "tag"      // what the document is, unranked: tags of the kinds below
	fieldShown    = "shown"    // of pages: keywords, folded and as written, and language, for the facets; how many words
	fieldWords    = "words"    // words of the page's titles, of the section's questions: folded, no stems
	fieldStart    = "start"    // beginnings of those words, for suggestions
	fieldTitle    = "title"    // terms of the page's titles
	fieldQuestion = "question" // terms of the heading
	fieldAsked    = "asked"    // terms of how people really ask
	fieldKeywords = "keywords" // terms of the keywords
	fieldBody     = "body"     // terms of the text
	fieldAll      = "all"      // of pages: all terms, not counted
	fieldStored   = "stored"   // what a hit shows; not searched
	fieldID       = "_id"      // bleve's own: the name of the document
)

// The kinds of tags. They are terms of one field, for each field of a document costs as much as several terms.
const (
	tagKind     = "k:" // kindPage or kindSection
	tagPage     = "p:" // path, exactly
	tagPath     = "f:" // path and the folders above it, folded, for path:
	tagLang     = "l:" // as the page says, lower case
	tagAnalyzer = "a:" // whose analyzer made the terms
	tagKeyword  = "w:" // folded, whole
	tagName     = "n:" // page: titles, folded, whole; section: questions
	tagWords    = "#:" // in fieldShown: how many words the page's text has
	tagAsks     = "?:" // of sections, that they ask: asksTitle, asksHeading
	tagTitled   = "t:" // titles of the page, folded, whole: of the page and of its first section
)

// shownMark parts the two forms of a keyword in fieldShown.
const shownMark = "\x1f"

const (
	kindPage    = "p"
	kindSection = "s"

	asksTitle   = "t" // the page's title is a question
	asksHeading = "h" // the section's heading is one
)

// scoredFields are the fields whose matches are ranked by BM25, which needs their average length. The order is that of
// lengths on disk.
var scoredFields = [...]string{fieldTitle, fieldQuestion, fieldAsked, fieldKeywords, fieldBody, fieldWords, fieldStart}

const (
	exactly = index.IndexField | index.SkipFreqNorm
	counted = exactly | index.DocValues
	ranked  = index.IndexField
)

// startRunes is the longest beginning of a word that is a term of its own. Longer ones begin few words, which are found in
// the dictionary.
const startRunes = 3

// terms is a field that was analyzed before bleve sees it. Analyzing here rather than in bleve's workers means that a
// text is cut once for all the fields it is in, and that a panic of an analyzer is ours to catch.
type terms struct {
	name    string
	value   []byte // of a stored field
	options index.FieldIndexingOptions
	length  int
	freqs   index.TokenFrequencies
}

func (t *terms) Name() string                                     { return t.name }
func (t *terms) Value() []byte                                    { return t.value }
func (t *terms) ArrayPositions() []uint64                         { return nil }
func (t *terms) EncodedFieldType() byte                           { return 't' }
func (t *terms) Analyze()                                         {}
func (t *terms) Options() index.FieldIndexingOptions              { return t.options }
func (t *terms) AnalyzedLength() int                              { return t.length }
func (t *terms) AnalyzedTokenFrequencies() index.TokenFrequencies { return t.freqs }
func (t *terms) NumPlainTextBytes() uint64                        { return uint64(len(t.value)) }
func (t *terms) Size() int                                        { return len(t.value) + 64*len(t.freqs) }

var _ document.Field = (*terms)(nil)

// builder makes the documents of one page.
type builder struct {
	p        *page
	lang     *language
	title    []analysis.TokenStream
	tags     []analysis.TokenStream
	keywords []string // of the page and of the questions in it
	lens     lengths
	all      index.TokenFrequencies // every term of the page
	sums     []uint64
}

// documents makes the index's documents for a page: one for each section, then the page's own.
func documents(p *page) []*document.Document {
	b := &builder{p: p, lang: languageNamed(p.language), keywords: p.allKeywords(), sums: p.sums(), all: index.TokenFrequencies{}}
	for _, t := range append([]string{p.title}, p.aliases...) {
		b.title = append(b.title, b.lang.found(t))
	}
	for _, k := range p.keywords {
		b.tags = append(b.tags, b.lang.found(k))
	}
	b.note(b.title)
	b.note(b.tags)
	docs := make([]*document.Document, 0, len(p.sections)+1)
	for i := range p.sections {
		docs = append(docs, b.section(i))
	}
	return append(docs, b.page())
}

// allKeywords gives the keywords of a page and of the questions in it.
func (p *page) allKeywords() []string {
	all := slices.Clone(p.keywords)
	for i := range p.sections {
		for _, k := range p.sections[i].keywords {
			if len(all) < maxNames && !slices.ContainsFunc(all, func(other string) bool { return fold(other) == fold(k) }) {
				all = append(all, k)
			}
		}
	}
	return all
}

// sums gives a checksum of what is indexed of each document of a page, in the order of documents.
func (p *page) sums() []uint64 {
	common := fmt.Sprintf("%q", []any{p.path, p.title, p.lang, p.language, p.keywords, p.aliases, p.asks})
	sums := make([]uint64, 0, len(p.sections)+1)
	for i := range p.sections {
		s := &p.sections[i]
		sums = append(sums, sumOf(common, s.anchor, s.heading, strconv.FormatBool(s.asks), strings.Join(s.askedAs, "\x00"), strings.Join(s.keywords, "\x00"), s.text))
	}
	return append(sums, sumOf(common, strconv.Itoa(len(p.sections))))
}

// sectionID and pageID name documents. A path holds no NUL, so that no two pages share a name.
func pageID(path string) string { return path + "\x00" }

func sectionID(path string, i int) string { return fmt.Sprintf("%s\x00%d", path, i) }

// pathOf gives the path of the page that a document belongs to.
func pathOf(id string) string {
	path, _, _ := strings.Cut(id, "\x00")
	return path
}

func isPageID(id string) bool { return strings.HasSuffix(id, "\x00") }

func (b *builder) section(i int) *document.Document {
	s := &b.p.sections[i]
	var heading, asked, own []analysis.TokenStream
	if s.heading != "" {
		heading = append(heading, b.lang.found(s.heading))
	}
	for _, a := range s.askedAs {
		asked = append(asked, b.lang.found(a))
	}
	for _, k := range s.keywords {
		own = append(own, b.lang.found(k))
	}
	body := []analysis.TokenStream{b.lang.found(s.text)}
	b.note(own)
	b.note(heading)
	b.note(asked)
	b.note(body)

	d := document.NewDocument(sectionID(b.p.path, i))
	tags := b.addCommon(d, kindSection, own)
	b.addRanked(d, fieldQuestion, heading)
	b.addRanked(d, fieldAsked, asked)
	b.addRanked(d, fieldBody, body)
	questions := s.askedAs
	if s.heading != "" {
		questions = append([]string{s.heading}, questions...)
	}
	tags = append(tags, b.addNames(d, questions)...)
	if i == 0 {
		tags = append(tags, b.titleTags()...)
	}
	if s.asks {
		tags = append(tags, tagAsks+asksHeading)
	}
	if b.p.asks {
		tags = append(tags, tagAsks+asksTitle)
	}
	d.AddField(whole(fieldTags, exactly, tags...))
	b.addStored(d, &stored{
		title: b.p.title, heading: s.heading, anchor: s.anchor, language: b.p.language,
		asked: strings.Join(s.askedAs, "\n"), text: shorten(s.text, maxStoredText),
		sum: b.sums[i],
	})
	return d
}

// note adds terms to those of the whole page.
func (b *builder) note(texts []analysis.TokenStream) {
	for _, ts := range texts {
		for _, t := range ts {
			if _, ok := b.all[string(t.Term)]; !ok {
				b.all[string(t.Term)] = &index.TokenFreq{Term: t.Term}
			}
		}
	}
}

// page makes the page's own document: a match in its fieldAll says that the page has all the words, wherever they stand.
func (b *builder) page() *document.Document {
	d := document.NewDocument(pageID(b.p.path))
	tags := b.addCommon(d, kindPage, nil)
	if len(b.all) > 0 {
		d.AddField(&terms{name: fieldAll, options: exactly, length: len(b.all), freqs: b.all})
	}
	tags = append(tags, b.addNames(d, append([]string{b.p.title}, b.p.aliases...))...)
	d.AddField(whole(fieldTags, exactly, append(tags, b.titleTags()...)...))
	var shown []string
	for _, k := range b.keywords {
		shown = append(shown, tagKeyword+fold(k)+shownMark+k)
	}
	switch {
	case b.p.lang != "":
		shown = append(shown, tagLang+b.p.lang)
	case b.p.language == defaultLanguage: // as lang: has it
		shown = append(shown, tagLang+defaultLanguage)
	}
	words := b.lens[slices.Index(scoredFields[:], fieldBody)]
	d.AddField(whole(fieldShown, counted, append(shown, tagWords+strconv.FormatUint(words, 10))...))
	b.addStored(d, &stored{
		title: b.p.title, language: b.p.language, sections: len(b.p.sections), lengths: b.lens,
		sum: b.sums[len(b.p.sections)],
	})
	return d
}

// addCommon adds what all documents of a page have, and gives the tags that they have. A question's own keywords count
// beside those of its page.
func (b *builder) addCommon(d *document.Document, kind string, own []analysis.TokenStream) []string {
	b.addRanked(d, fieldTitle, b.title)
	b.addRanked(d, fieldKeywords, slices.Concat(b.tags, own))
	tags := []string{tagKind + kind, tagPage + b.p.path, tagAnalyzer + b.p.language}
	for _, p := range pathAndFolders(b.p.path) {
		tags = append(tags, tagPath+p)
	}
	if b.p.lang != "" {
		tags = append(tags, tagLang+b.p.lang)
	}
	for _, k := range b.keywords {
		tags = append(tags, tagKeyword+fold(k))
	}
	return tags
}

func (b *builder) titleTags() []string {
	var tags []string
	for _, t := range append([]string{b.p.title}, b.p.aliases...) {
		for _, t := range foldings(t) {
			if t != "" {
				tags = append(tags, tagTitled+shortName(t))
			}
		}
	}
	return tags
}

// addNames adds what the document is called, in words and in beginnings of words, and gives the tags with it whole.
func (b *builder) addNames(d *document.Document, list []string) (tags []string) {
	var words, starts analysis.TokenStream
	for _, name := range list {
		for _, f := range foldings(name) {
			if f != "" {
				tags = append(tags, tagName+shortName(f))
			}
		}
		for _, w := range nameWords(name) {
			words = append(words, &analysis.Token{Term: []byte(w), Position: len(words)})
			for _, s := range startsOf(w) {
				starts = append(starts, &analysis.Token{Term: []byte(s), Position: len(starts)})
			}
		}
	}
	b.addRanked(d, fieldWords, []analysis.TokenStream{shortTerms(words)})
	b.addRanked(d, fieldStart, []analysis.TokenStream{shortTerms(starts)})
	return tags
}

// nameWords gives the words of a name, and after them those that are others with letters spelled out.
func nameWords(name string) []string {
	var words []string
	for i, f := range foldings(name) {
		for _, w := range wordsOf(f) {
			if w != "" && (i == 0 || !slices.Contains(words, w)) {
				words = append(words, w)
			}
		}
	}
	return words
}

// maxNameTerm is the longest name that is found whole; a longer one is found by its words.
const maxNameTerm = 250

func shortName(folded string) string { return folded[:cutAt(folded, maxNameTerm)] }

// wordsOf cuts folded text in words. Ideographs are words by themselves, since no space parts them.
func wordsOf(folded string) []string {
	var words []string
	for w := range strings.SplitSeq(folded, " ") {
		if isASCII(w) {
			words = append(words, w)
			continue
		}
		for _, t := range languageNamed(plainLanguage).tokens(w) {
			words = append(words, string(t.Term))
		}
	}
	return words
}

// startsOf gives the beginnings of a word that are terms.
func startsOf(word string) []string {
	var starts []string
	for i := range word {
		if i > 0 {
			starts = append(starts, word[:i])
		}
		if len(starts) == startRunes {
			return starts
		}
	}
	return append(starts, word)
}

// addRanked adds texts as one field with their terms counted.
func (b *builder) addRanked(d *document.Document, name string, texts []analysis.TokenStream) {
	n := 0
	for _, ts := range texts {
		n += wordsIn(ts)
	}
	if n == 0 {
		return
	}
	d.AddField(&terms{name: name, options: ranked, length: n, freqs: frequencies(texts)})
	for i, f := range scoredFields {
		if f == name {
			b.lens[i] += uint64(n)
		}
	}
}

// wordsIn counts words: those of one position are one, which is found by more than one term.
func wordsIn(ts analysis.TokenStream) (n int) {
	for i, t := range ts {
		if i == 0 || t.Position != ts[i-1].Position {
			n++
		}
	}
	return n
}

// frequencies counts terms. Where they stand is not kept: it would be a quarter of the index, for the sake of phrases,
// which can be looked for in the text.
func frequencies(texts []analysis.TokenStream) index.TokenFrequencies {
	n := 0
	for _, ts := range texts {
		n += len(ts)
	}
	freqs := make(index.TokenFrequencies, n)
	counts := make([]index.TokenFreq, n)
	for _, ts := range texts {
		for _, t := range ts {
			f := freqs[string(t.Term)]
			if f == nil {
				f = &counts[len(freqs)]
				f.Term = t.Term
				freqs[string(t.Term)] = f
			}
			f.SetFrequency(f.Frequency() + 1)
		}
	}
	return freqs
}

// whole makes a field whose values are its terms.
func whole(name string, options index.FieldIndexingOptions, values ...string) *terms {
	f := &terms{name: name, options: options, length: len(values), freqs: make(index.TokenFrequencies, len(values))}
	for _, v := range values {
		f.freqs[v] = &index.TokenFreq{Term: []byte(v)}
	}
	return f
}

// addStored is for the document's last field.
func (b *builder) addStored(d *document.Document, s *stored) {
	value := s.encode()
	d.StoredFieldsSize += uint64(len(value))
	d.AddField(&terms{name: fieldStored, value: value, options: index.StoreField})
}

// pathAndFolders gives what a page is found under with path:.
func pathAndFolders(path string) []string {
	path = foldPath(path)
	list := []string{path}
	for i, r := range path {
		if r == '/' {
			list = append(list, path[:i])
		}
	}
	return list
}

// foldPath is how paths are compared in path: without case and accents.
func foldPath(path string) string { return stripAccents(strings.ToLower(path)) }
