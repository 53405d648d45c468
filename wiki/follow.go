package wiki

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Follower is derived data that reflects one commit, its Position, stored in the same write as the data.
type Follower interface {
	Name() string // "history", "search", "catalog"
	Position() ID // zero: nothing yet
	// Follow brings the data from Position to to. When Position is unknown or no ancestor, it rebuilds, or goes on from
	// the commits that are left, and logs why.
	Follow(ctx context.Context, w *Wiki, to *Snapshot) error
}

const (
	// followRetry is the first pause after a Follower failed; it doubles up to followRetryMax, so that a full disk
	// does not fill the log.
	followRetry    = time.Second
	followRetryMax = time.Minute
)

// Following keeps one Follower at the head.
type Following struct {
	w     *Wiki
	f     Follower
	pause time.Duration
	first time.Duration // before the first step
	hurry chan struct{} // holds one: somebody began to await
	waits atomic.Int32  // how many await

	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	at    ID            // commit of the newest Snapshot that was followed
	seen  bool          // at is set
	moved chan struct{} // closed and replaced when at changes
}

// Follow starts to keep f at the head, in a goroutine of its own, until Stop.
func (w *Wiki) Follow(f Follower) *Following { return w.FollowAfter(f, 0) }

// FollowAfter is Follow for a Follower whose steps are dear: it lets a pause go by at the start and after the branch
// moved, so that whoever asks first or saved is answered first, and a burst of saves is one step. Somebody who awaits it
// ends the pause.
func (w *Wiki) FollowAfter(f Follower, pause time.Duration) *Following {
	return w.FollowLater(f, pause, pause)
}

// FollowLater is FollowAfter for a Follower that nobody asks for at once: the pause at the start is another one, so that
// a server that starts has its processors for its first answers.
func (w *Wiki) FollowLater(f Follower, first, pause time.Duration) *Following {
	ctx, stop := context.WithCancel(context.Background())
	g := &Following{w: w, f: f, pause: pause, first: first, hurry: make(chan struct{}, 1), stop: stop, done: make(chan struct{}), moved: make(chan struct{})}
	go g.run(ctx)
	return g
}

func (g *Following) run(ctx context.Context) {
	defer close(g.done)
	g.rest(ctx, g.first)
	pause := followRetry
	for ctx.Err() == nil {
		moved := g.w.Moved()
		head := g.w.Head()
		if g.reached(head.Commit()) {
			select {
			case <-moved:
				g.rest(ctx, g.pause)
				continue
			case <-ctx.Done():
				return
			}
		}
		err := g.f.Follow(ctx, g.w, head)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			pause = followRetry
			g.set(head.Commit())
			continue
		}
		g.w.log.Error("an index cannot follow; it will be tried again", "index", g.f.Name(), "commit", head.Commit(), "err", err)
		select {
		case <-time.After(pause):
			pause = min(2*pause, followRetryMax)
		case <-ctx.Done():
			return
		}
	}
}

// rest lets a pause go by, unless somebody awaits.
func (g *Following) rest(ctx context.Context, pause time.Duration) {
	if pause == 0 {
		return
	}
	select {
	case <-g.hurry: // of somebody who has long been answered, or else is counted
	default:
	}
	if g.waits.Load() > 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-g.hurry:
	case <-ctx.Done():
	}
}

func (g *Following) reached(id ID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen && g.at == id
}

func (g *Following) set(id ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at, g.seen = id, true
	close(g.moved)
	g.moved = make(chan struct{})
}

// Await waits until the Follower reflects a Snapshot that was Head at or after the call, or until ctx ends.
func (g *Following) Await(ctx context.Context) error {
	want := g.w.Head()
	g.waits.Add(1)
	defer g.waits.Add(-1)
	for {
		g.mu.Lock()
		at, seen, moved := g.at, g.seen, g.moved
		g.mu.Unlock()
		if seen && (at == want.Commit() || at == g.w.Head().Commit() || g.later(at, want)) {
			return nil
		}
		select {
		case g.hurry <- struct{}{}:
		default:
		}
		select {
		case <-moved:
		case <-g.done:
			return context.Canceled
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// later reports whether the commit at came after want on the branch. It is asked only when the head moved on while
// somebody waited.
func (g *Following) later(at ID, want *Snapshot) bool {
	if at.IsZero() || want.Commit().IsZero() {
		return want.Commit().IsZero()
	}
	after, err := g.w.store.IsAncestor(want.Commit(), at)
	return err == nil && after
}

// Behind reports whether the Follower does not reflect Head yet.
func (g *Following) Behind() bool { return !g.reached(g.w.Head().Commit()) }

// Stop ends the following and waits for the step that is under way to notice.
func (g *Following) Stop() {
	g.stop()
	<-g.done
}
