package catalog

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"

	"coppice/wiki/internal/recordlog"
	"coppice/wiki/markdown"
)

// maxSections is of how many headings of a page it is known how much stands below them: as many as a form may have. The
// largest pages have more, and those are no sections of a form.
const maxSections = markdown.MaxFormSections

// section is how much stands below a heading. Its key is a hash of the heading's slug, for most headings stand on one page
// only, and forty thousand pages have half a million of them.
type section struct {
	key               uint64
	words, paragraphs uint16 // at most that many: no form asks for more
}

func sectionKey(slug string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(slug))
	return h.Sum64()
}

// measure notes how much stands where. Of headings that say the same the first counts.
func (e *Entry) measure(doc *markdown.Document) {
	introduction, sizes := doc.Sizes()
	e.Introduction = introduction
	for _, s := range sizes[:min(len(sizes), maxSections)] {
		e.sections = append(e.sections, section{sectionKey(s.Slug), capped(s.Words), capped(s.Paragraphs)})
	}
	slices.SortStableFunc(e.sections, func(a, b section) int { return cmp.Compare(a.key, b.key) })
	e.sections = slices.CompactFunc(e.sections, func(a, b section) bool { return a.key == b.key })
	e.sections = slices.Clip(e.sections)
}

func capped(n int) uint16 { return uint16(min(n, math.MaxUint16)) }

// Section gives how much stands below the page's heading of that slug, as markdown.Anchor makes it, and whether there is
// one.
func (e *Entry) Section(slug string) (markdown.Size, bool) {
	i, ok := slices.BinarySearchFunc(e.sections, sectionKey(slug), func(s section, key uint64) int { return cmp.Compare(s.key, key) })
	if !ok {
		return markdown.Size{}, false
	}
	return markdown.Size{Words: int(e.sections[i].words), Paragraphs: int(e.sections[i].paragraphs)}, true
}

func (e *Entry) appendSections(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(e.Introduction.Words))
	b = binary.AppendUvarint(b, uint64(e.Introduction.Paragraphs))
	b = binary.AppendUvarint(b, uint64(len(e.sections)))
	for _, s := range e.sections {
		b = binary.LittleEndian.AppendUint64(b, s.key)
		b = binary.AppendUvarint(b, uint64(s.words))
		b = binary.AppendUvarint(b, uint64(s.paragraphs))
	}
	return b
}

func (e *Entry) readSections(r *recordlog.Reader) {
	e.Introduction = markdown.Size{Words: int(r.Uvarint()), Paragraphs: int(r.Uvarint())}
	e.sections = listOf[section](r, 8+1+1)
	for i := range e.sections {
		var key [8]byte
		r.Copy(key[:])
		e.sections[i] = section{binary.LittleEndian.Uint64(key[:]), uint16(r.Uvarint()), uint16(r.Uvarint())}
	}
}
