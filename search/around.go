package search

import (
	"container/list"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"coppice/wiki"
)

const (
	// keptNeighbours bounds what is kept of pages and questions; each takes about two kilobytes.
	keptNeighbours = 4000
	// neighbourLag is after how many changed pages neighbours that no rule below calls for are found again all the same.
	neighbourLag = 64
	// neighbourFlood is how many pages may change at once for that to be followed page by page. With more, all that is
	// kept is dropped, as after a rebuild.
	neighbourFlood = 200
	// neighbourPause lets whoever has just saved look at the page, and a burst of saves end, before neighbours are found
	// again: search must show an edit within a second, and they need not be quicker.
	neighbourPause = 300 * time.Millisecond
	// neighbourRest is how many times as long as it worked the search for neighbours rests, unless a reader waits: an edit
	// may call for some dozens, of a few milliseconds each, and no save, no search and no first view is to wait for them.
	// They are up to date within a second all the same.
	neighbourRest = 6
)

// Neighbours are the related questions of a page or question as they were last found. They do not change; once others
// take their place, they are no longer Current.
type Neighbours struct {
	List  []Related // best first, at most MaxRelated
	Since time.Time // when they were found

	old atomic.Bool
}

// Current reports whether these are still the newest. It costs nothing, so that whoever keeps something made of them can
// ask every time.
func (n *Neighbours) Current() bool { return !n.old.Load() }

// Around gives the related questions of a page, or of the section of it at an anchor, as Related finds them, from what is
// kept. What is not kept is found in the background, and Around waits for that so long at most; until it is there, it
// gives none.
//
// An edit keeps them up to date. When Follow has brought the index to a commit, these are found again, in the background,
// one after the other, and what was kept of them stands until then:
//
//   - those of each page that changed, and of its questions;
//   - those that show a page that changed, was renamed or deleted;
//   - those of the pages, at most relatedReach, that a changed page is now related to, for it may belong among theirs.
//
// Once that is done (see Settle), each of these is what Related gives for the index as it was then or later; one that was
// found on an older state is never kept. All others may lag behind in what a change elsewhere does to the rarity of words,
// or in a neighbour that is theirs but to which they are not; they are found again when they are asked for after
// neighbourLag changed pages. A rebuild drops all.
func (x *Index) Around(path wiki.Path, anchor string, wait time.Duration) *Neighbours {
	x.mu.Lock()
	none := x.store == nil
	x.mu.Unlock()
	return x.around.get(place{path, anchor}, none, wait)
}

// Settle waits until nothing that is kept for Around has to be found again. Pauses in that work are left out meanwhile.
func (x *Index) Settle(ctx context.Context) error {
	a := x.around
	a.awaited.Add(1)
	defer a.awaited.Add(-1)
	for {
		done := a.busy()
		if done == nil {
			return ctx.Err()
		}
		a.wake()
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// place is a page, or a section of it.
type place struct {
	path   wiki.Path
	anchor string
}

// around keeps neighbours. Time is counted in pages that changed.
type around struct {
	x *Index

	mu      sync.Mutex
	kept    map[place]*kept
	ofPage  map[wiki.Path][]*kept
	shownBy map[wiki.Path]map[*kept]bool // those whose list has a page
	recent  list.List                    // of *kept, the one asked for last in front
	none    *Neighbours                  // while there is no index
	clock   uint64
	first   []*kept       // to be found, for somebody waits
	later   []*kept       // to be found again
	awaited atomic.Int32  // how many wait for all of it
	hurry   chan struct{} // holds one: somebody has begun to wait
	working chan struct{} // closed when there is no more to do; nil when there is not
	closed  bool
}

// kept is what is kept of one place.
type kept struct {
	place
	now    *Neighbours
	found  chan struct{} // closed when now was found for the first time, or never will be
	isThat bool          // now was found
	at     uint64        // when
	wanted uint64        // what was found before must be found again
	spread uint64        // when its page changed, if that was not handed on to its neighbours yet
	queued bool
	recent *list.Element
}

func newAround(x *Index) *around {
	a := &around{x: x, hurry: make(chan struct{}, 1)}
	a.clear()
	return a
}

func (a *around) clear() {
	a.kept = map[place]*kept{}
	a.ofPage = map[wiki.Path][]*kept{}
	a.shownBy = map[wiki.Path]map[*kept]bool{}
	a.recent.Init()
	a.none = &Neighbours{Since: time.Now()}
	a.first, a.later = nil, nil
}

// get is Around.
func (a *around) get(p place, none bool, wait time.Duration) *Neighbours {
	a.mu.Lock()
	if none || a.closed {
		defer a.mu.Unlock()
		return a.none
	}
	k := a.kept[p]
	if k == nil {
		k = a.keep(p)
		a.queue(k)
	} else {
		a.recent.MoveToFront(k.recent)
		if k.isThat && a.clock-k.at > neighbourLag {
			a.want(k)
		}
	}
	now, is := k.now, k.isThat
	a.mu.Unlock()
	if is || wait <= 0 {
		return now
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-k.found:
	case <-timer.C:
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return k.now
}

// keep makes room for a place.
func (a *around) keep(p place) *kept {
	if len(a.kept) >= keptNeighbours {
		a.drop(a.recent.Back().Value.(*kept))
	}
	k := &kept{place: p, now: &Neighbours{Since: time.Now()}, found: make(chan struct{})}
	k.recent = a.recent.PushFront(k)
	a.kept[p] = k
	a.ofPage[p.path] = append(a.ofPage[p.path], k)
	return k
}

// drop forgets a place.
func (a *around) drop(k *kept) {
	a.show(k, nil)
	delete(a.kept, k.place)
	a.recent.Remove(k.recent)
	rest := slices.DeleteFunc(a.ofPage[k.path], func(other *kept) bool { return other == k })
	if a.ofPage[k.path] = rest; len(rest) == 0 {
		delete(a.ofPage, k.path)
	}
	k.leave()
}

// leave tells whoever has or awaits what is kept that it is no more.
func (k *kept) leave() {
	k.now.old.Store(true)
	if !k.isThat {
		close(k.found)
		k.isThat = true
	}
}

// show notes which pages the list of a place has.
func (a *around) show(k *kept, list []Related) {
	for _, r := range k.now.List {
		if by := a.shownBy[r.Path]; by != nil {
			if delete(by, k); len(by) == 0 {
				delete(a.shownBy, r.Path)
			}
		}
	}
	for _, r := range list {
		if a.shownBy[r.Path] == nil {
			a.shownBy[r.Path] = map[*kept]bool{}
		}
		a.shownBy[r.Path][k] = true
	}
}

// want has the neighbours of a place found again.
func (a *around) want(k *kept) {
	k.wanted = a.clock
	a.queue(k)
}

func (a *around) queue(k *kept) {
	if k.queued || a.closed {
		return
	}
	k.queued = true
	if k.isThat {
		a.later = append(a.later, k)
	} else {
		a.first = append(a.first, k)
		a.wake()
	}
	if a.working == nil {
		a.working = make(chan struct{})
		a.x.work.Go(a.work)
	}
}

// wake ends a pause.
func (a *around) wake() {
	select {
	case a.hurry <- struct{}{}:
	default:
	}
}

// changed takes note of an update of the index: of each page that changed, whether it is there now.
func (a *around) changed(pages map[wiki.Path]bool) {
	if len(pages) > neighbourFlood {
		a.dropAll()
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock += uint64(len(pages))
	if len(a.kept) == 0 {
		return
	}
	for path, there := range pages {
		for k := range a.shownBy[path] {
			a.want(k)
		}
		own := a.kept[place{path, ""}]
		if own == nil && there {
			own = a.keep(place{path, ""})
		}
		for _, k := range a.ofPage[path] {
			a.want(k)
		}
		if own != nil {
			own.spread = a.clock
		}
	}
}

// dropAll forgets everything, for the index is another.
func (a *around) dropAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range a.kept {
		k.leave()
	}
	a.none.old.Store(true)
	a.clock++
	a.clear()
}

// close ends the work, and lets nobody wait for it.
func (a *around) close() {
	a.dropAll()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}

// busy gives what is closed when there is no more to do; nil when there is nothing.
func (a *around) busy() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.working
}

// work finds neighbours until there is nothing to do.
func (a *around) work() {
	a.rest(neighbourPause)
	for {
		k, at := a.next()
		if k == nil {
			return
		}
		began := time.Now()
		near, err := a.find(k.place)
		a.settle(k, at, near, err)
		a.rest(neighbourRest * time.Since(began))
	}
}

// next gives what is to be found now, and the time; nil at the end of the work.
func (a *around) next() (*kept, uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, list := range []*[]*kept{&a.first, &a.later} {
		for len(*list) > 0 && !a.closed {
			k := (*list)[0]
			*list = (*list)[1:]
			if k.queued = false; a.kept[k.place] == k {
				return k, a.clock
			}
		}
	}
	close(a.working)
	a.working = nil
	return nil, 0
}

func (a *around) find(p place) (near neighbourhood, err error) {
	ctx, cancel := context.WithTimeout(a.x.ctx, searchTimeout)
	defer cancel()
	err = a.x.read(ctx, func(s *session, _ wiki.ID) (err error) {
		near, err = s.neighbours(p.path.String(), p.anchor)
		return err
	})
	return near, err
}

// settle keeps what was found at a time, unless it must have been found later.
func (a *around) settle(k *kept, at uint64, near neighbourhood, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.kept[k.place] != k: // dropped meanwhile
		return
	case err != nil:
		if a.x.ctx.Err() == nil {
			a.x.log.Warn("what is related to a page cannot be found", "path", k.path.String(), "err", err)
		}
		a.drop(k) // whoever asks next has it tried again
		return
	case at < k.wanted:
		a.queue(k)
		return
	}
	if !k.isThat || !slices.EqualFunc(k.now.List, near.list, sameRelated) {
		a.show(k, near.list)
		k.now.old.Store(true)
		k.now = &Neighbours{List: near.list, Since: time.Now()}
	}
	if k.at = at; !k.isThat {
		k.isThat = true
		close(k.found)
	}
	since := k.spread
	if k.spread = 0; since == 0 {
		return
	}
	for _, p := range near.pages {
		for _, other := range a.ofPage[p] {
			if other.at < since && other.wanted < since {
				a.want(other)
			}
		}
	}
}

// sameRelated compares what is shown: scores move with every edit of any page.
func sameRelated(a, b Related) bool {
	a.Score, b.Score = 0, 0
	return a == b
}

// rest lets time go by, unless somebody waits.
func (a *around) rest(pause time.Duration) {
	select {
	case <-a.hurry: // of somebody who has long been answered, or whose turn is next
	default:
	}
	a.mu.Lock()
	awaited, idle := len(a.first) > 0 || a.awaited.Load() > 0, len(a.later) == 0
	a.mu.Unlock()
	if awaited || idle {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.hurry:
	case <-a.x.ctx.Done():
	}
}
