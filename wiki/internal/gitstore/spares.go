package gitstore

import (
	"path/filepath"
	"sync"
)

// spares are the three files that a save needs: for the pack, for its index, and for what becomes the ref's file. To make
// a file takes as long as to write a page into it, and longer on a file system that has much to do; so they are made
// ahead, when nobody waits. What a crash leaves of them is removed at the next start.
type spares struct {
	mu     sync.Mutex
	staged *stagedPack
	claim  *fileLock
	closed bool
}

// Ready makes what the next save needs, if it is not there: it is for the moment after a save. Whatever fails is left for
// that save to do, and to report.
func (s *Store) Ready() {
	s.spares.mu.Lock()
	defer s.spares.mu.Unlock()
	if s.readOnly || s.spares.closed {
		return
	}
	if s.spares.staged == nil {
		s.spares.staged, _ = stageFiles(s.packFolder())
	}
	if s.spares.claim == nil {
		l := &fileLock{}
		if l.makeClaim(filepath.Join(s.common, claimFolder)) == nil {
			s.spares.claim = l
		}
	}
}

// pack begins a pack of count entries of s.
func (p *spares) pack(s *Store, count int) (*stagedPack, error) {
	p.mu.Lock()
	staged := p.staged
	p.staged = nil
	p.mu.Unlock()
	if staged == nil {
		return s.stagePack(count)
	}
	staged.start(count)
	return staged, nil
}

// lock gives a lock on target that is not taken yet.
func (p *spares) lock(target string) *fileLock {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.claim
	if l == nil {
		l = &fileLock{}
	}
	p.claim, l.target = nil, target
	return l
}

// discard removes the files; no more are made.
func (p *spares) discard() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.staged != nil {
		p.staged.discard()
	}
	if p.claim != nil {
		p.claim.release()
	}
	p.staged, p.claim = nil, nil
}
