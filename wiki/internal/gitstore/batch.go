package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// maxBatchDepth bounds the chain of deltas within one batch, as git bounds its own: each step of it is a read of one
// more entry.
const maxBatchDepth = 50

// Batch collects new objects in memory and makes them durable in one go: Flush writes one pack. It is for one goroutine.
//
// A batch that is dropped instead of flushed leaves nothing behind. After Flush the batch is empty and may be used again;
// an importer flushes whenever Size has grown to some tens of megabytes.
type Batch struct {
	s       *Store
	index   map[ID]int // place in objects
	objects []batchObject
	size    int64
	fresh   map[*pack]bool // packs that hold known objects: whether they are still on disk
}

type batchObject struct {
	id    ID
	kind  Kind
	data  []byte
	like  int    // place of the delta's base, which stands before this object; -1: stored whole
	delta []byte // against like
	depth int    // of the delta chain; 0: stored whole
}

// NewBatch begins an empty batch.
func (s *Store) NewBatch() *Batch {
	return &Batch{s: s, index: make(map[ID]int), fresh: make(map[*pack]bool)}
}

// Put adds an object and returns its name. The batch keeps data, which must not change any more. What the batch or the
// store has already is not written again. Content is not looked at: a tree or a commit must be well formed.
func (b *Batch) Put(kind Kind, data []byte) ID {
	id := HashObject(kind, data)
	if _, ok := b.index[id]; ok || b.durable(id) {
		return id
	}
	b.index[id] = len(b.objects)
	b.objects = append(b.objects, batchObject{id: id, kind: kind, data: data, like: -1})
	b.size += int64(len(data))
	return id
}

// PutTree is Put for a tree that is much like another one of this batch, as its folder's earlier version is: it is stored
// as a delta against that one if that is less than half as long. An unknown like is no error.
func (b *Batch) PutTree(data []byte, like ID) ID {
	before := len(b.objects)
	id := b.Put(Tree, data)
	if base, ok := b.index[like]; ok && base < before && before < len(b.objects) {
		b.deltify(before, base)
	}
	return id
}

// deltify stores object i as a delta against the object at base, where that pays.
func (b *Batch) deltify(i, base int) {
	o, from := &b.objects[i], &b.objects[base]
	if from.kind != o.kind || from.depth >= maxBatchDepth {
		return
	}
	if d := makeDelta(from.data, o.data, deltaLimit(len(o.data))); d != nil {
		o.like, o.delta, o.depth = base, d, from.depth+1
	}
}

// deltaLimit is the longest delta that is worth a step of indirection for content of n bytes; the rule is git's.
func deltaLimit(n int) int { return n/2 - 20 }

// Read returns an object of the batch or, failing that, of the store. The caller owns the content.
func (b *Batch) Read(id ID) (Kind, []byte, error) {
	if i, ok := b.index[id]; ok {
		o := &b.objects[i]
		return o.kind, slices.Clone(o.data), nil
	}
	return b.s.Read(id)
}

// Len is the number of objects that Flush would write.
func (b *Batch) Len() int { return len(b.objects) }

// Size is the memory that the batch's contents take, in bytes.
func (b *Batch) Size() int64 { return b.size }

// Flush writes the batch's objects as one pack and returns when they are on disk and the Store can read them; then it
// empties the batch. An empty batch writes nothing. On error nothing of the batch is visible, the batch is as it was, and
// Flush may be called again. The error is ErrReadOnly if nothing may be written there, and has the system's own error
// in its chain (a full disk is syscall.ENOSPC).
func (b *Batch) Flush() error {
	if len(b.objects) == 0 {
		return nil
	}
	if b.s.readOnly {
		return fmt.Errorf("write %d objects: %w", len(b.objects), ErrReadOnly)
	}
	for range maxFlushTries {
		if kept, err := b.flushOnce(); err != nil {
			return err
		} else if kept {
			clear(b.index)
			clear(b.fresh)
			b.objects, b.size = nil, 0
			return nil
		}
	}
	return fmt.Errorf("write %d objects: somebody else removes them at once: %w", len(b.objects), ErrNotFound)
}

// maxFlushTries bounds how often a pack is written that another process removes before it is opened.
const maxFlushTries = 3

// flushOnce writes the pack and opens it. A gc of git's may have removed it by then, if it knew a pack of the same objects
// before; it has put them elsewhere, or else they are not kept and have to be written again.
func (b *Batch) flushOnce() (kept bool, err error) {
	staged, err := b.s.spares.pack(b.s, len(b.objects))
	if err != nil {
		return false, err
	}
	staged.hasty = true
	offsets := b.write(staged.packWriter)
	base, err := staged.publish()
	if isMissing(err) {
		return false, nil // somebody has removed the temporary files
	}
	if err != nil {
		return false, err
	}
	p, err := b.s.addPack(base)
	if err == nil {
		b.keepBlobs(p, offsets)
		return true, nil
	}
	if !isMissing(err) {
		return false, fmt.Errorf("open the pack just written: %w", err)
	}
	for i := range b.objects {
		if !b.s.Has(b.objects[i].id) {
			return false, nil
		}
	}
	return true, nil
}

// write writes the objects and returns where each starts.
func (b *Batch) write(pw *packWriter) []int64 {
	offsets := make([]int64, len(b.objects))
	for i := range b.objects {
		if o := &b.objects[i]; o.like >= 0 {
			offsets[i] = pw.addDelta(o.id, offsets[o.like], o.delta)
		} else {
			offsets[i] = pw.add(o.kind, o.id, o.data)
		}
	}
	return offsets
}

// keepBlobs puts the pages that were written into the cache: whoever saved a page looks at it next, and the next edit
// begins with it.
func (b *Batch) keepBlobs(p *pack, offsets []int64) {
	for i := range b.objects {
		if o := &b.objects[i]; o.kind == Blob && len(o.data) <= maxCachedBlob {
			b.s.bases.put(cacheKey{p.serial, offsets[i]}, Blob, o.data)
		}
	}
}

// durable reports whether the store has the object in a file that will stay. A mapped pack may have been deleted by a
// gc that found the object unreachable, and a gc that is running may be about to: giving the file the present time, as
// git does for the same reason, keeps it for the two weeks that gc waits.
func (b *Batch) durable(id ID) bool {
	for _, p := range b.s.packs() {
		if _, ok := p.find(id); !ok {
			continue
		}
		fresh, asked := b.fresh[p]
		if !asked {
			fresh = freshen(p.base + ".pack")
			b.fresh[p] = fresh
		}
		if fresh {
			return true
		}
	}
	return freshen(loosePath(b.s.objectsDir, id)) || slices.ContainsFunc(b.s.alternates, func(dir string) bool {
		return freshen(loosePath(dir, id))
	})
}

// freshen gives a file the present time and reports whether it is there. Another's file, as in an alternate, is only
// looked at.
func freshen(path string) bool {
	now := time.Now()
	err := os.Chtimes(path, now, now)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err == nil
	}
	return isFile(path)
}
