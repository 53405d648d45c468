package search

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"

	"coppice/wiki"
)

// Limits of a trial, for which a writer waits.
const (
	// trialSearches is how many searches are tried: more than a community that looks after its search has written down.
	trialSearches = 200
	// trialTime is when no further search is begun.
	trialTime = 400 * time.Millisecond
)

// Trial is what an edit would do to the searches that a community has written down.
type Trial struct {
	Broken []Failure // met now, and no more with the edit; those about the page itself first
	Tried  int       // searches that were run, of all that were given
}

// Try runs searches on the index as it would be if the page at path had the text source; nil is no page at all. Nothing
// is written. Those about the page come first; with very many, or on a slow machine, the last are not tried.
func (x *Index) Try(ctx context.Context, list []Expectation, path wiki.Path, source []byte) (t Trial, err error) {
	var p *page
	if source != nil {
		if read, ok := extract(path, source); ok {
			p = &read
		}
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Expectation) int { return first(a.Path == path, b.Path == path) })
	list = list[:min(len(list), trialSearches)]
	err = x.read(ctx, func(s *session, _ wiki.ID) error {
		s.patient = true
		began := time.Now()
		return s.with(path.String(), p, func(edited *session) error {
			for _, e := range list {
				if time.Since(began) > trialTime {
					return nil
				}
				f, broken, err := s.breaks(edited, e)
				if err != nil {
					return err
				}
				t.Tried++
				if broken {
					t.Broken = append(t.Broken, f)
				}
			}
			return nil
		})
	})
	return t, err
}

// breaks reports whether an expectation that is met is not met in another state of the index.
func (s *session) breaks(edited *session, e Expectation) (f Failure, broken bool, err error) {
	f, failed, err := edited.check(e)
	if err != nil || !failed {
		return f, false, err
	}
	hits, err := s.firstHits(e.Query, e.Within)
	if err != nil {
		return f, false, err
	}
	_, failed = e.Judge(hits)
	return f, !failed, nil
}

// with gives do a session on the index as it would be with p in the place of the page at path; nil is no page. It is made
// of the segments there are, less that page's documents, and one more in memory, which is built as any other.
// So every figure that ranking goes by is the one that it would be after the edit.
func (s *session) with(path string, p *page, do func(*session) error) error {
	t := *s
	t.rows = nil
	parts, gone, err := s.without(path)
	if err != nil {
		return err
	}
	t.docs -= gone.docs
	for i, n := range gone.lengths {
		t.lengths[i] -= min(n, t.lengths[i])
	}
	r := &editedReader{reader: s.reader}
	if p != nil {
		docs := documents(p)
		seg, err := inMemory(docs)
		if err != nil {
			return err
		}
		defer seg.Close() //nolint:errcheck // it is in memory only
		for _, part := range parts {
			r.first += part.Count()
		}
		r.added = seg
		parts = append(parts, part{Segment: seg})
		t.docs += uint64(len(docs))
		for i, n := range lengthsOf(docs) {
			t.lengths[i] += n
		}
	}
	t.reader = r
	t.consistOf(parts)
	if t.langs, err = t.languages(); err != nil {
		return err
	}
	return do(&t)
}

// removed counts what goes when a page does.
type removed struct {
	docs    uint64
	lengths lengths
}

// without gives the parts of the index without a page.
func (s *session) without(path string) ([]part, removed, error) {
	var gone removed
	parts := slices.Clone(s.parts)
	d, ok, err := s.stored(pageID(path))
	if err != nil || !ok {
		return parts, gone, err
	}
	own, err := s.postings(fieldTags, tagPage+path)
	if err != nil {
		return nil, gone, err
	}
	gone.docs, gone.lengths = own.count, d.lengths
	copied := make([]bool, len(parts))
	for it := own.docs.Iterator(); it.HasNext(); {
		i, local := s.placeOf(uint64(it.Next()))
		if !copied[i] {
			copied[i] = true
			if parts[i].deleted == nil {
				parts[i].deleted = roaring.New()
			} else {
				parts[i].deleted = parts[i].deleted.Clone()
			}
		}
		parts[i].deleted.Add(uint32(local))
	}
	return parts, gone, nil
}

// inMemory builds a segment that is never written.
func inMemory(docs []*document.Document) (segment.Segment, error) {
	analyzed := make([]index.Document, len(docs))
	for i, d := range docs {
		d.AddIDField()
		d.VisitFields(func(f index.Field) {
			if f.Options().IsIndexed() {
				f.Analyze()
			}
		})
		analyzed[i] = d
	}
	seg, _, err := (&zap.ZapPlugin{}).New(analyzed)
	return seg, err
}

// lengthsOf counts the words of documents, as the index keeps them.
func lengthsOf(docs []*document.Document) (sum lengths) {
	for _, d := range docs {
		for _, f := range d.Fields {
			if i := slices.Index(scoredFields[:], f.Name()); i >= 0 {
				sum[i] += uint64(f.AnalyzedLength())
			}
		}
	}
	return sum
}

// editedReader is a state of the index with one segment more. It answers what a search asks a reader for; all else is
// looked up in the parts of the session.
type editedReader struct {
	reader
	added segment.Segment // nil when a page goes and none comes
	first uint64          // number of its first document
}

var errNoReader = errors.New("a trial looks terms up in its segments")

// TermFieldReader is what bleve's own searchers need, which are not used.
func (r *editedReader) TermFieldReader(context.Context, []byte, string, bool, bool, bool) (index.TermFieldReader, error) {
	return nil, errNoReader
}

// FieldDictPrefix gives the terms of a field that begin so, of both, in order.
func (r *editedReader) FieldDictPrefix(field string, prefix []byte) (index.FieldDict, error) {
	there, err := r.reader.FieldDictPrefix(field, prefix)
	if err != nil || r.added == nil {
		return there, err
	}
	dict, err := r.added.Dictionary(field)
	if err != nil {
		return nil, errors.Join(err, there.Close())
	}
	m := &mergedDict{FieldDict: there, it: dict.AutomatonIterator(nil, prefix, after(prefix))}
	if err = m.advance(); err == nil {
		m.more, err = m.it.Next()
	}
	if err != nil {
		return nil, errors.Join(err, there.Close())
	}
	return m, nil
}

// after gives the first term after all that begin so; nil is the end.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// mergedDict walks two dictionaries as one.
type mergedDict struct {
	index.FieldDict
	it   segment.DictionaryIterator
	here index.DictEntry  // of FieldDict, which uses its entries again
	more *index.DictEntry // of it
	end  bool             // of FieldDict
}

func (m *mergedDict) advance() error {
	e, err := m.FieldDict.Next()
	if err != nil {
		return err
	}
	if m.end = e == nil; !m.end {
		m.here = *e
	}
	return nil
}

// Next gives the next term, nil at the end.
func (m *mergedDict) Next() (*index.DictEntry, error) {
	var order int
	switch {
	case m.end && m.more == nil:
		return nil, nil //nolint:nilnil // bleve's way to say that there are no more
	case m.end:
		order = 1
	case m.more == nil:
		order = -1
	default:
		order = strings.Compare(m.here.Term, m.more.Term)
	}
	var e index.DictEntry
	var err error
	if order >= 0 {
		e.Term = m.more.Term
		e.Count += m.more.Count
		m.more, err = m.it.Next()
	}
	if order <= 0 && err == nil {
		e.Term = m.here.Term
		e.Count += m.here.Count
		err = m.advance()
	}
	return &e, err
}

// DocValueReader reads the values of documents of both.
func (r *editedReader) DocValueReader(fields []string) (index.DocValueReader, error) {
	there, err := r.reader.DocValueReader(fields)
	if err != nil || r.added == nil {
		return there, err
	}
	return &editedValues{DocValueReader: there, r: r, fields: fields}, nil
}

type editedValues struct {
	index.DocValueReader
	r      *editedReader
	fields []string
	state  segment.DocVisitState
}

// VisitDocValues calls visit with each value of a document.
func (v *editedValues) VisitDocValues(id index.IndexInternalID, visit index.DocValueVisitor) error {
	n := id.Value()
	if n < v.r.first {
		return v.DocValueReader.VisitDocValues(id, visit)
	}
	added, ok := v.r.added.(segment.DocValueVisitable)
	if !ok {
		return nil
	}
	var err error
	v.state, err = added.VisitDocValues(n-v.r.first, v.fields, visit, v.state)
	return err
}

var _ reader = (*scorch.IndexSnapshot)(nil)
