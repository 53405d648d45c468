package credit

import "container/list"

// How many words of texts are kept taken apart, about 26 bytes each. What falls out is read again.
const (
	maxCurrent = 1 << 20 // of pages as they stand, while history is read
	maxPast    = 1 << 15 // of what newer texts have followed, for whoever restores it
	maxIdle    = 1 << 17 // of all from one Follow to the next: the pages that are being worked on
	maxSpare   = 1 << 17 // whose memory waits for the next texts
)

// texts keeps texts taken apart, with their origins. History follows one text of a page with another, and what is
// allocated anew for each is what reading it costs: a text that is let go gives its memory to one that comes.
type texts struct {
	of            map[int32]*list.Element // of *source, by rev
	current, past *shelf
	gone          []*source // in the commit that is being added: its matchings may point to them still
	spare         []*source
	spareWords    int
}

// shelf holds texts in the order in which they were used, the last in front.
type shelf struct {
	order *list.List
	words int
	most  int
}

func newTexts() texts {
	return texts{of: make(map[int32]*list.Element), current: &shelf{list.New(), 0, maxCurrent}, past: &shelf{list.New(), 0, maxPast}}
}

func (t *texts) get(rev int32) (*source, bool) {
	e := t.of[rev]
	if e == nil {
		return nil, false
	}
	s := e.Value.(*source)
	s.on.order.MoveToFront(e)
	return s, true
}

// keep takes a text in as the one that its page has now.
func (t *texts) keep(s *source) { t.put(s, t.current) }

func (t *texts) put(s *source, on *shelf) {
	s.on = on
	t.of[s.rev] = on.order.PushFront(s)
	on.words += len(s.words)
	t.shrink(on, on.most)
}

// shrink lets go of what was not used for longest.
func (t *texts) shrink(on *shelf, words int) {
	for on.words > words && on.order.Len() > 1 {
		t.gone = append(t.gone, t.take(on.order.Back()))
	}
}

func (t *texts) take(e *list.Element) *source {
	s := e.Value.(*source)
	s.on.order.Remove(e)
	s.on.words -= len(s.words)
	delete(t.of, s.rev)
	return s
}

// follow says that a text is past: its page has another.
func (t *texts) follow(rev int32) {
	if e := t.of[rev]; e != nil {
		t.put(t.take(e), t.past)
	}
}

// reset begins with another commit.
func (t *texts) reset() {
	for _, s := range t.gone {
		if n := cap(s.words); t.spareWords+n <= maxSpare {
			t.spare = append(t.spare, s)
			t.spareWords += n
		}
	}
	clear(t.gone)
	t.gone = t.gone[:0]
}

// old gives a text that nobody needs any more, for its memory; it has none if there is none.
func (t *texts) old() source {
	n := len(t.spare) - 1
	if n < 0 {
		return source{}
	}
	s := t.spare[n]
	t.spare[n] = nil
	t.spare = t.spare[:n]
	t.spareWords -= cap(s.words)
	return source{text: s.text, origins: s.origins}
}

// rest lets go of all texts but those that are wanted still, and among them of what was not used for longest.
func (t *texts) rest(wanted func(rev int32) bool) {
	for rev, e := range t.of {
		if !wanted(rev) {
			t.take(e)
		}
	}
	t.shrink(t.current, maxIdle)
	t.gone, t.spare, t.spareWords = nil, nil, 0
}
