package gitstore

import (
	"sync"
	"sync/atomic"
)

const (
	// baseCacheBytes bounds the contents that are kept because deltas build on them, or because they are asked for often.
	// A walk over history needs the last version of every tree it passes: 8 MiB holds them for 100,000 pages. More makes
	// it no faster, and would take the room of what readers ask for.
	baseCacheBytes = 8 << 20

	// maxCachedShare is the part of the cache, as a divisor, that one object may take.
	maxCachedShare = 4

	// cachedOverhead is added to each content's length, so that many tiny ones are bounded too.
	cachedOverhead = 128

	cacheShards = 16 // so that readers on different cores rarely meet at one lock; a power of two
)

// cacheKey is where an object starts. A pack's serial is never used again, so a pack that goes takes its entries with it
// in the course of time.
type cacheKey struct {
	pack uint32
	off  int64
}

// baseCache keeps contents of packed objects, least recently used out first, bounded in bytes over all shards. Contents
// are shared: nobody writes to what was put in or taken out.
type baseCache struct {
	limit  int64
	used   atomic.Int64
	shards [cacheShards]cacheShard
}

type cacheShard struct {
	mu      sync.Mutex
	entries map[cacheKey]*cached
	newest  *cached // ends of the list by use
	oldest  *cached
}

type cached struct {
	key          cacheKey
	kind         Kind
	content      []byte
	newer, older *cached
}

func (c *cached) cost() int64 { return int64(len(c.content)) + cachedOverhead }

func newBaseCache(limit int64) *baseCache {
	c := &baseCache{limit: limit}
	for i := range c.shards {
		c.shards[i].entries = make(map[cacheKey]*cached)
	}
	return c
}

func (c *baseCache) shardOf(k cacheKey) int {
	// Offsets are near each other; Fibonacci hashing spreads them into the top bits.
	h := (uint64(k.off) + uint64(k.pack)<<40) * 0x9E3779B97F4A7C15
	return int(h >> 60 % cacheShards)
}

func (c *baseCache) get(k cacheKey) (Kind, []byte, bool) {
	s := &c.shards[c.shardOf(k)]
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[k]
	if e == nil {
		return 0, nil, false
	}
	if s.newest != e {
		s.unlink(e)
		s.link(e)
	}
	return e.kind, e.content, true
}

// put keeps content, which must not change afterwards, and reports whether it did: what is too large is not kept.
func (c *baseCache) put(k cacheKey, kind Kind, content []byte) bool {
	e := &cached{key: k, kind: kind, content: content}
	if e.cost() > c.limit/maxCachedShare {
		return false
	}
	home := c.shardOf(k)
	s := &c.shards[home]
	s.mu.Lock()
	if s.entries[k] == nil {
		s.entries[k] = e
		s.link(e)
		c.used.Add(e.cost())
	}
	s.mu.Unlock()
	c.shrink(home)
	return true
}

// shrink evicts the oldest entries until the limit holds, beginning with the shard that has grown and sparing what it has
// just taken in. It holds one lock at a time.
func (c *baseCache) shrink(from int) {
	for i := 0; i < cacheShards && c.used.Load() > c.limit; i++ {
		s := &c.shards[(from+i)%cacheShards]
		s.mu.Lock()
		var spare *cached
		if i == 0 {
			spare = s.newest
		}
		for c.used.Load() > c.limit && s.oldest != spare {
			e := s.oldest
			s.unlink(e)
			delete(s.entries, e.key)
			c.used.Add(-e.cost())
		}
		s.mu.Unlock()
	}
}

func (s *cacheShard) link(e *cached) {
	e.older, e.newer = s.newest, nil
	if s.newest != nil {
		s.newest.newer = e
	} else {
		s.oldest = e
	}
	s.newest = e
}

func (s *cacheShard) unlink(e *cached) {
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		s.newest = e.older
	}
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		s.oldest = e.newer
	}
	e.newer, e.older = nil, nil
}
