package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"

	"coppice/wiki"
)

const (
	// gcPercent lets garbage grow to several times what lives before it is collected: requests make much that lives
	// for a millisecond, and collecting it at every doubling takes a fifth of the processor under load.
	gcPercent = 400
	// startPercent puts the first collection off until there are 80 MB, which opening a wiki of 10,000 pages does not
	// reach: most of what it makes stays, and looking through it again and again is a tenth of a start.
	startPercent = 2000
	// buildPercent is Go's own, and buildMemory what may be there beside the wiki while indexes that are missing are built,
	// in bytes: with two thirds of that the collector takes as long as the building.
	buildPercent = 100
	buildMemory  = 192 << 20
	// roomMemory is, in bytes, what may be there beside the wiki and its indexes before collecting becomes eager: the
	// caches, 24 MB when they are full, what the runtime takes for itself, and garbage. With less of that the collector
	// would hardly pause; with more, a wiki of 10,000 pages and its mapped files would not stay below 185 MB.
	roomMemory = 56 << 20
	// settleAfter is when the first visitors have been answered.
	settleAfter = time.Second
)

// startFast lets opening go on without a stop for garbage.
func startFast() { debug.SetGCPercent(startPercent) }

// settle ends that at the first collection, or when the first visitors have been answered. When everything is open and
// followed it sets the soft limit on memory by what is there, which is known only then.
func settle(ctx context.Context, following []*wiki.Following) {
	collected := make(chan struct{})
	runtime.AddCleanup(new(*byte), func(c chan struct{}) { close(c) }, collected)
	select {
	case <-collected:
	case <-time.After(settleAfter):
	case <-ctx.Done():
		return
	}
	debug.SetGCPercent(buildPercent)
	leaveRoom(buildMemory)
	for _, f := range following {
		if f.Await(ctx) != nil {
			return
		}
	}
	runtime.GC()
	leaveRoom(roomMemory)
	debug.SetGCPercent(gcPercent)
}

// leaveRoom sets the soft limit on memory to so many bytes beside what is there now.
func leaveRoom(room int64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(int64(m.HeapAlloc) + room)
}
