package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// session is one search on one state of the index. It is for one goroutine, and what it gave is good until it is closed.
//
// It reads bleve's segments and not through bleve's readers of terms: these look a term up once for every use, and give
// documents one by one, where sets of them are at hand as bitmaps.
type session struct {
	ctx     context.Context
	reader  reader
	parts   []part
	offsets []uint64 // of each part: the number of its first document
	docs    uint64
	lengths lengths     // sums over all documents
	langs   []*language // those that the index has pages of

	directory *directory
	rows      []*rows  // of each segment
	paths     []string // of pages, by their numbers
	values    []facetValue
	first     []uint32    // of each value, the first with its key
	origins   []originRow // of pages, by their numbers; none when history is not known
	pages     uint64
	synonyms  *synonyms
	patient   bool           // waits for synonyms that are being read: what it finds is judged
	history   func() Origins // nil when it is not known

	// What was looked up already.
	dicts map[string][]segment.TermDictionary // of each field, by segment
	terms map[fieldTerm]*postings
	near  map[fieldTerm][]string // terms spelt like it
	words map[string]wordForms
	keys  map[fieldTerm]string // of words of the query, by language: see keyOf
}

// reader is one state of the index: bleve's own, or one as it would be after an edit.
type reader interface {
	index.IndexReader
	Segments() []*scorch.SegmentSnapshot
}

// part is a segment of the index, and those of its documents that are no more.
type part struct {
	segment.Segment
	deleted *roaring.Bitmap // nil is none
}

// newSession begins a session; the reader is closed with it.
func newSession(ctx context.Context, r index.IndexReader) (*session, error) {
	reader, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("the index is a %T", r)
	}
	s := &session{ctx: ctx, reader: reader}
	var parts []part
	for _, p := range reader.Segments() {
		parts = append(parts, part{p.Segment(), p.Deleted()})
	}
	s.consistOf(parts)
	var err error
	s.docs, err = reader.DocCount()
	return s, err
}

// consult takes what the directory knows of the state, and of history, once for a session.
func (s *session) consult() (err error) {
	if s.rows != nil {
		return nil
	}
	d := s.directory
	if s.rows, err = d.rowsOf(s.parts); err != nil {
		return err
	}
	if s.history != nil {
		s.origins = d.originsAt(s.history())
	}
	s.paths, s.values, s.first = d.lists()
	own, err := s.postings(fieldTags, tagKind+kindPage)
	if err == nil {
		s.pages = own.count
	}
	return err
}

// pageNo gives the number of the page that a document belongs to.
func (s *session) pageNo(doc uint64) uint32 {
	part, local := s.placeOf(doc)
	return s.rows[part].page[local]
}

// sectionNo gives which section of its page a document is.
func (s *session) sectionNo(doc uint32) uint16 {
	part, local := s.placeOf(uint64(doc))
	return s.rows[part].place[local]
}

// consistOf makes a session one on these parts, with nothing looked up yet.
func (s *session) consistOf(parts []part) {
	s.parts, s.offsets = parts, nil
	next := uint64(0)
	for _, p := range parts {
		s.offsets = append(s.offsets, next)
		next += p.Count()
	}
	s.dicts = map[string][]segment.TermDictionary{}
	s.terms = map[fieldTerm]*postings{}
	s.near = map[fieldTerm][]string{}
	s.words = map[string]wordForms{}
	s.keys = map[fieldTerm]string{}
}

// average gives the mean number of words of a ranked field, over all documents.
func (s *session) average(f string) float64 {
	for i, name := range scoredFields {
		if name == f && s.docs > 0 && s.lengths[i] > 0 {
			return float64(s.lengths[i]) / float64(s.docs)
		}
	}
	return 1
}

// languages gives the languages that documents are in; the default one if there are none. Those of documents that are no
// more may still be in the dictionary, until bleve tidies up.
func (s *session) languages() ([]*language, error) {
	dict, err := s.reader.FieldDictPrefix(fieldTags, []byte(tagAnalyzer))
	if err != nil {
		return nil, err
	}
	o := opener{s: s}
	var langs []*language
	for _, e := range o.collect(dict, maxTags) {
		if p := o.postings(fieldTags, e.Term); p != nil && p.count > 0 {
			langs = append(langs, languageNamed(strings.TrimPrefix(e.Term, tagAnalyzer)))
		}
	}
	if len(langs) == 0 {
		langs = append(langs, languageNamed(defaultLanguage))
	}
	return langs, o.err
}

// fieldTerm is a term of a field.
type fieldTerm struct{ field, term string }

// postings are the documents that have a term in a field.
type postings struct {
	docs  *roaring.Bitmap
	count uint64
	lists []segment.PostingsList // by segment, with how often the term is in each
}

// postings looks a term up, once for a session.
func (s *session) postings(field, term string) (*postings, error) {
	key := fieldTerm{field, term}
	if p := s.terms[key]; p != nil {
		return p, nil
	}
	p, err := s.lookFor(field, term)
	if err == nil {
		s.terms[key] = p
	}
	return p, err
}

func (s *session) lookFor(field, term string) (*postings, error) {
	dicts, err := s.dictionaries(field)
	if err != nil {
		return nil, err
	}
	p := &postings{lists: make([]segment.PostingsList, len(dicts))}
	parts := make([]*roaring.Bitmap, len(dicts))
	for i, d := range dicts {
		if p.lists[i], err = d.PostingsList([]byte(term), s.parts[i].deleted, nil); err != nil {
			return nil, err
		}
		if parts[i], err = documentsOf(p.lists[i]); err != nil {
			return nil, err
		}
		if s.offsets[i] > 0 {
			parts[i] = roaring.AddOffset64(parts[i], int64(s.offsets[i]))
		}
	}
	p.docs = union(parts)
	p.count = p.docs.GetCardinality()
	return p, nil
}

func (s *session) dictionaries(field string) ([]segment.TermDictionary, error) {
	if dicts, ok := s.dicts[field]; ok {
		return dicts, nil
	}
	var dicts []segment.TermDictionary
	for _, p := range s.parts {
		d, err := p.Dictionary(field)
		if err != nil {
			return nil, err
		}
		dicts = append(dicts, d)
	}
	s.dicts[field] = dicts
	return dicts, nil
}

// documentsOf gives the documents of one segment's postings. It is not to be written to: it may lie in the file.
func documentsOf(list segment.PostingsList) (*roaring.Bitmap, error) {
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return nil, fmt.Errorf("postings are a %T, which has no bitmap", list)
	}
	if bm := it.ActualBitmap(); bm != nil {
		return bm, nil
	}
	bm := roaring.New()
	if doc, ok := it.DocNum1Hit(); ok { // the only one
		bm.Add(uint32(doc))
	}
	return bm, nil
}

// union and intersection combine sets, and leave them as they are. The union of none is empty.
func union(sets []*roaring.Bitmap) *roaring.Bitmap {
	switch len(sets) {
	case 1:
		return sets[0]
	case 2:
		return roaring.Or(sets[0], sets[1])
	}
	return roaring.FastOr(sets...)
}

func intersection(sets []*roaring.Bitmap) *roaring.Bitmap {
	if len(sets) == 1 {
		return sets[0]
	}
	return roaring.FastAnd(sets...)
}

// pauseEvery is how many documents are read before a search looks whether it is still wanted.
const pauseEvery = 1024

// walk calls do with each document of c, in order.
func (s *session) walk(c cursor, do func(doc uint64) error) error {
	err := c.seek(0)
	for n := 0; err == nil && c.doc() != noDoc; n++ {
		if n%pauseEvery == 0 {
			err = s.ctx.Err()
		}
		if err == nil {
			err = do(c.doc())
		}
		if err == nil {
			err = c.seek(c.doc() + 1)
		}
	}
	return err
}

// placeOf gives the part that a document is in, by its index, and the document's number there.
func (s *session) placeOf(doc uint64) (part int, local uint64) {
	if len(s.offsets) == 1 {
		return 0, doc
	}
	i, _ := slices.BinarySearch(s.offsets, doc+1) // the next one; some are empty
	return i - 1, doc - s.offsets[i-1]
}

// id gives the name of a document.
func (s *session) id(doc uint64) (string, error) {
	i, local := s.placeOf(doc)
	id, err := s.parts[i].DocID(local)
	return string(id), err
}

// number gives the document of a name; ok is false when there is none.
func (s *session) number(id string) (doc uint64, ok bool, err error) {
	p, err := s.lookFor(fieldID, id)
	if err != nil || p.count == 0 {
		return 0, false, err
	}
	return uint64(p.docs.Minimum()), true, nil
}

// stored reads what is kept of the document of a name; ok is false when there is none.
func (s *session) stored(id string) (d stored, ok bool, err error) {
	doc, ok, err := s.number(id)
	if err != nil || !ok {
		return d, false, err
	}
	return s.storedAt(doc)
}

// storedAt reads what is kept of a document.
func (s *session) storedAt(doc uint64) (d stored, ok bool, err error) {
	i, local := s.placeOf(doc)
	visitErr := s.parts[i].VisitStoredFields(local, func(name string, _ byte, value []byte, _ []uint64) bool {
		if name == fieldStored {
			d, err = decodeStored(value)
			ok = err == nil
		}
		return name != fieldStored
	})
	if err == nil {
		err = visitErr
	}
	return d, ok, err
}
