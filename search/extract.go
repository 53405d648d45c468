package search

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

const (
	// maxSections is the most sections of one page that are found on their own. A page of more is a table of data; the
	// rest of it belongs to its last section.
	maxSections = 1000
	// maxStoredText is how much of a section is kept for snippets and phrases: a screen of text is 2 kB, and what stands
	// after 32 kB under one heading is found by its words, but not quoted and not as a phrase.
	maxStoredText = 32 << 10
	// maxNames is the most other titles of a page, other wordings of a question and keywords of a page that count.
	maxNames = 100
)

// page is a page as the index sees it.
type page struct {
	path     string
	title    string
	asks     bool   // the title is a question
	lang     string // as the page says, lower case; "" when it does not
	language string // whose analyzer is used
	keywords []string
	aliases  []string
	sections []section
}

// section is what stands under one heading, or a question in plain text with its answer. The first may have no heading.
type section struct {
	anchor   string
	heading  string
	asks     bool // the heading is a question
	askedAs  []string
	keywords []string // its own, beside those of the page
	related  []string // pages and questions that its writers want to be read next: see markdown.QuestionMatter
	text     string
}

// extract reads a page. A page that only redirects has nothing to be found: ok is false.
func extract(path wiki.Path, source []byte) (p page, ok bool) {
	d := markdown.Parse(source, markdown.Options{})
	if d.FrontMatter.RedirectTo != "" {
		return page{}, false
	}
	p = page{
		path:     path.String(),
		title:    composed(d.Title),
		lang:     strings.ToLower(strings.TrimSpace(d.Lang)),
		language: languageFor(d.Lang, d.Text),
		keywords: names(d.FrontMatter.Keywords),
		aliases:  names(d.FrontMatter.Aliases),
	}
	if p.title == "" {
		p.title = composed(readable(path.Base()))
	}
	p.asks = markdown.IsQuestion(p.title)
	p.sections = sectionsOf(d)
	return p, true
}

// readable makes a title of a file name.
func readable(base string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return r
	}, base))
}

// composed brings text to NFC, so that a text and a query written on different systems are the same.
func composed(s string) string { return norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")) }

// names drops what is empty or too many.
func names(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(composed(s)); s != "" && len(out) < maxNames {
			out = append(out, s)
		}
	}
	return out
}

// sectionsOf cuts the plain text of a document at its headings and at the questions that are numbered in it. The heading
// that gives the page its title opens at the top of the page.
func sectionsOf(d *markdown.Document) []section {
	own := d.OwnTexts()
	asks := map[string]bool{}
	for _, q := range d.Questions {
		asks[q.Anchor] = true
	}
	all := []section{orphansOf(d)}
	all[0].text = composed(own[0])
	var rest strings.Builder // of a page of too many sections
	for i, h := range d.Outline {
		text := composed(own[i+1])
		last := &all[len(all)-1]
		switch q := d.FrontMatter.Questions[h.Anchor]; {
		case i == 0 && last.text == "" && strings.TrimSpace(h.Text) == strings.TrimSpace(d.Title):
			last.askedAs, last.text = names(slices.Concat(d.FrontMatter.AskedAs[h.Anchor], last.askedAs)), text
			last.keywords, last.related = names(slices.Concat(q.Keywords, last.keywords)), names(slices.Concat(q.Related, last.related))
		case len(all) == maxSections:
			rest.WriteString("\n\n" + composed(h.Text) + "\n\n" + text)
		default:
			all = append(all, section{
				anchor: h.Anchor, heading: composed(h.Text), asks: asks[h.Anchor], askedAs: names(d.FrontMatter.AskedAs[h.Anchor]),
				keywords: names(q.Keywords), related: names(q.Related), text: text,
			})
		}
	}
	last := &all[len(all)-1]
	last.text = strings.TrimSpace(last.text + rest.String())
	if first := all[0]; first.text == "" && len(first.askedAs)+len(first.keywords)+len(first.related) == 0 && len(all) > 1 {
		all = all[1:]
	}
	return all
}

// orphansOf gives what front matter says of questions that the page does not have: of its title, when that stands in the
// front matter only, and of questions that were called otherwise when it was written. It belongs to the page as a whole,
// so that nothing that people asked is lost with a heading.
func orphansOf(d *markdown.Document) (s section) {
	for _, anchor := range slices.Sorted(maps.Keys(d.FrontMatter.AskedAs)) {
		if !d.HasAnchor(anchor) {
			s.askedAs = append(s.askedAs, d.FrontMatter.AskedAs[anchor]...)
		}
	}
	for _, anchor := range slices.Sorted(maps.Keys(d.FrontMatter.Questions)) {
		if !d.HasAnchor(anchor) {
			q := d.FrontMatter.Questions[anchor]
			s.keywords, s.related = append(s.keywords, q.Keywords...), append(s.related, q.Related...)
		}
	}
	s.askedAs, s.keywords, s.related = names(s.askedAs), names(s.keywords), names(s.related)
	return s
}

// stored is what the index keeps of a document to show it: of a page's own document the numbers of its sections and
// words, of a section's what a hit shows. sum is a checksum of everything that was indexed, so that two indexes can be
// compared without their postings.
type stored struct {
	title, heading, asked, anchor, text, language string
	sections                                      int
	lengths                                       lengths // page: of all its documents
	sum                                           uint64
}

// lengths are words per scored field, in the order of scoredFields.
type lengths [len(scoredFields)]uint64

// encode packs s: eight bytes of sum, then varints and strings with their lengths before them.
func (s *stored) encode() []byte {
	b := make([]byte, 8, 64+len(s.text)+len(s.title)+len(s.heading))
	binary.LittleEndian.PutUint64(b, s.sum)
	b = binary.AppendUvarint(b, uint64(s.sections))
	for _, n := range s.lengths {
		b = binary.AppendUvarint(b, n)
	}
	for _, t := range []string{s.language, s.title, s.heading, s.asked, s.anchor, s.text} {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}

var errStored = errors.New("what is stored with a document cannot be read")

// decodeStored unpacks what encode packed.
func decodeStored(b []byte) (s stored, err error) {
	if len(b) < 8 {
		return s, errStored
	}
	s.sum, b = binary.LittleEndian.Uint64(b), b[8:]
	number := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			err, b = errStored, nil
			return 0
		}
		b = b[size:]
		return n
	}
	s.sections = int(min(number(), maxSections))
	for i := range s.lengths {
		s.lengths[i] = number()
	}
	for _, t := range []*string{&s.language, &s.title, &s.heading, &s.asked, &s.anchor, &s.text} {
		n := number()
		if n > uint64(len(b)) {
			return s, errStored
		}
		*t, b = string(b[:n]), b[n:]
	}
	return s, err
}

// sumOf hashes texts, keeping them apart.
func sumOf(texts ...string) uint64 {
	h := fnv.New64a()
	for _, t := range texts {
		h.Write([]byte(t))
		h.Write([]byte{0xff})
	}
	return h.Sum64()
}

// shorten cuts a text at a word so that it has at most n bytes.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[:cutAt(s, n)]
	if i := strings.LastIndexFunc(s, unicode.IsSpace); i > n/2 {
		s = s[:i]
	}
	return s
}
