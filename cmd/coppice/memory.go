package main

import (
	"runtime"
	"runtime/debug"
)

const (
	// gcPercent lets garbage grow to several times what lives before it is collected: requests make much that lives
	// for a millisecond, and collecting it at every doubling takes a fifth of the processor under load.
	gcPercent = 400
	// leastMemory is the soft limit on the Go heap at which collecting becomes eager all the same, in bytes. With the
	// mapped pack and index files a wiki of 10,000 pages then stays below 200 MB.
	leastMemory = 80 << 20
)

// startFast lets opening go on without a stop for garbage: most of what is made then stays.
func startFast() { debug.SetGCPercent(gcPercent) }

// tuneMemory sets when garbage is collected. For a large wiki the limit is what is there once everything is open, and
// room beside it for the caches, which are bounded, and for requests.
func tuneMemory() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(max(leastMemory, int64(m.HeapAlloc)+leastMemory/2))
}
