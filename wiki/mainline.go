package wiki

import (
	"context"
	"sync"
	"time"

	"coppice/wiki/internal/gitstore"
)

// mainline remembers the branch's own line of commits (first parents), so that a question about a date walks history
// once and not at each call.
type mainline struct {
	mu    sync.Mutex
	steps []step // oldest first
}

type step struct {
	id   ID
	time int64 // committer's, seconds; never earlier than the step before
}

// before gives the newest commit on head's line that is not later than t, or the zero ID.
func (m *mainline) before(ctx context.Context, store *gitstore.Store, head ID, t time.Time) (ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.extend(ctx, store, head); err != nil {
		return ID{}, err
	}
	at := t.Unix()
	lo, hi := 0, len(m.steps)
	for lo < hi {
		if mid := (lo + hi) / 2; m.steps[mid].time <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return ID{}, nil
	}
	return m.steps[lo-1].id, nil
}

// extend makes the line end at head, keeping what it shares with the line it was.
func (m *mainline) extend(ctx context.Context, store *gitstore.Store, head ID) error {
	if n := len(m.steps); n > 0 && m.steps[n-1].id == head {
		return nil
	}
	known := make(map[ID]int, len(m.steps))
	for i, s := range m.steps {
		known[s.id] = i
	}
	var fresh []step
	keep := 0
	for id := head; !id.IsZero(); {
		if i, ok := known[id]; ok {
			keep = i + 1
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := store.Commit(id)
		if err != nil {
			return err
		}
		fresh = append(fresh, step{id, c.Committed().Unix()})
		if id = (ID{}); len(c.Parents) > 0 {
			id = c.Parents[0]
		}
	}
	m.steps = m.steps[:keep]
	for i := len(fresh) - 1; i >= 0; i-- {
		s := fresh[i]
		if n := len(m.steps); n > 0 {
			s.time = max(s.time, m.steps[n-1].time) // a clock that went back does not hide what came after
		}
		m.steps = append(m.steps, s)
	}
	return nil
}
