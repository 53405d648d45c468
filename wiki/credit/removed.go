package credit

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"coppice/wiki"
)

// maxScanned bounds the texts that one call of Removed reads; a Cursor says where to go on.
const maxScanned = 500

// removed is Removed for a query that has been read; one without words asks for all.
func (v *View) removed(ctx context.Context, path wiki.Path, q *text, from Cursor, limit int) ([]Removed, Cursor, error) {
	s := removedSearch{v: v, pages: map[int32]*removedPage{}}
	var found []Removed
	for here, no := range v.removals(path, from) {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if len(found) >= limit || s.scanned >= maxScanned {
			return found, here, nil
		}
		more, err := s.by(no, q)
		if err != nil {
			return nil, 0, err
		}
		found = append(found, more...)
	}
	return found, 0, nil
}

// removedSearch is one search for removed sentences.
type removedSearch struct {
	v       *View
	scanned int                    // texts
	pages   map[int32]*removedPage // by number
}

// removedPage is what has to be known of a page to tell whether one of its sentences is gone for good.
type removedPage struct {
	stands map[uint64]bool  // sentences that the page has in the View's Snapshot
	last   map[uint32]int32 // for each sentence, as gone has it, the rev that took it away last
}

// by gives the sentences that a rev took away for good and that have all words of a query.
func (s *removedSearch) by(no int32, q *text) ([]Removed, error) {
	v := s.v
	r := &v.d.revs[no]
	if r.base < 0 {
		return nil, nil
	}
	blob := v.d.revs[r.base].blob
	source, err := v.w.Blob(blob)
	if err != nil {
		return nil, err
	}
	s.scanned++
	gone := map[uint32]bool{}
	for h := range r.removals() {
		gone[h] = true
	}
	t := lex(source)
	var found []Removed
	for _, x := range t.sentences {
		h := uint32(x.hash>>32) | 1
		if !gone[h] || !t.hasAll(x, q) {
			continue
		}
		page, err := s.page(r.page)
		if err != nil {
			return nil, err
		}
		if page.stands[x.hash] || page.last[h] != no {
			continue
		}
		gone[h] = false // once is enough
		name := v.d.paths[r.path]
		if r.from >= 0 {
			name = v.d.paths[r.from]
		}
		path, err := wiki.ParsePath(name)
		if err != nil {
			return nil, fmt.Errorf("credit: %w", err)
		}
		c := &v.d.commits[r.commit]
		found = append(found, Removed{
			Path: path, Text: string(source[t.words[x.from].start:t.words[x.to-1].end]), Commit: c.id,
			Time: v.when(r.commit), By: v.people.authors(v.d, r.commit), Last: blob,
		})
	}
	return found, nil
}

// page reads what a page has today, when one of its sentences is first asked about.
func (s *removedSearch) page(no int32) (*removedPage, error) {
	if p := s.pages[no]; p != nil {
		return p, nil
	}
	v := s.v
	p := &removedPage{stands: map[uint64]bool{}, last: map[uint32]int32{}}
	s.pages[no] = p
	last := v.newestOf(no)
	for no := range v.backward(last, v.tip) {
		for h := range v.d.revs[no].removals() {
			if _, later := p.last[h]; !later {
				p.last[h] = no
			}
		}
	}
	if last < 0 {
		return p, nil
	}
	path, err := wiki.ParsePath(v.d.paths[v.d.revs[last].path])
	if err != nil {
		return nil, fmt.Errorf("credit: %w", err)
	}
	blob, ok := v.snap.PageBlob(path)
	if !ok {
		return p, nil
	}
	source, err := v.w.Blob(blob)
	if err != nil {
		return nil, err
	}
	s.scanned++
	for _, x := range lex(source).sentences {
		p.stands[x.hash] = true
	}
	return p, nil
}

// removals gives the sentences of which a rev left hardly a word, as gone has them.
func (r *rev) removals() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for g := r.gone; len(g) > 0; g = g[4:] {
			if h := binary.LittleEndian.Uint32(g); h&1 == 1 && !yield(h) {
				return
			}
		}
	}
}
