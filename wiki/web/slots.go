package web

import (
	"context"
	"net/http"
	"runtime"
	"time"
)

// slots bound how much heavy work runs at once, so that a few bad pages can't take every processor from all others.
// Readers and writers have slots of their own: many previews never hold up a reader.
type slots chan struct{}

func newSlots() slots { return make(slots, max(2, runtime.GOMAXPROCS(0))) }

// take waits for a slot and gives the function that frees it. The error tells the visitor to try again.
func (s slots) take(ctx context.Context) (release func(), err error) {
	release = func() { <-s }
	select {
	case s <- struct{}{}:
		return release, nil
	default:
	}
	wait := time.NewTimer(slotWait)
	defer wait.Stop()
	select {
	case s <- struct{}{}:
		return release, nil
	case <-wait.C:
		return nil, &failure{status: http.StatusServiceUnavailable, sentence: "The wiki has too much to do right now. Please try again in a moment."}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
