package wiki

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"coppice/wiki/internal/gitstore"
)

const (
	// MaxGroup bounds how many saves share one flush, so that the first in the group does not wait for ever.
	MaxGroup = 256
	// maxRaces is how often a group is run again because somebody else moved the branch in between. Each time means a
	// push landed within the few milliseconds of a flush.
	maxRaces = 10
)

// plan looks at the newest state and commits to the draft, or refuses. It may run more than once.
type plan func(d *draft) (Saved, error)

// request is a plan that waits for the writer.
type request struct {
	ctx    context.Context
	plan   plan
	answer chan answer // holds one, so that the writer never waits for somebody who left
}

type answer struct {
	saved Saved
	err   error
}

var errClosed = &Error{Kind: Refused, Sentence: "The wiki is shutting down; nothing was saved. Keep your text and try again in a moment."}

// do hands a plan to the writer and waits until it is on disk or refused. When ctx ends first, the save may still
// happen; the caller has left anyway.
func (w *Wiki) do(ctx context.Context, p plan) (Saved, error) {
	if w.readOnly {
		return Saved{}, &Error{Kind: Refused, Sentence: "This wiki is read-only; nothing was saved."}
	}
	r := &request{ctx: ctx, plan: p, answer: make(chan answer, 1)}
	select {
	case w.plans <- r:
	case <-w.ended:
		return Saved{}, errClosed
	case <-ctx.Done():
		return Saved{}, ctx.Err()
	}
	select {
	case a := <-r.answer:
		return a.saved, a.err
	case <-ctx.Done():
		return Saved{}, ctx.Err()
	}
}

// write is the one writer. It takes what is waiting, up to MaxGroup plans, and answers them together.
func (w *Wiki) write(ctx context.Context) {
	for {
		w.store.Ready()
		var group []*request
		select {
		case <-ctx.Done():
			return
		case r := <-w.plans:
			group = append(group, r)
		}
	gather:
		for len(group) < MaxGroup {
			select {
			case r := <-w.plans:
				group = append(group, r)
			default:
				break gather
			}
		}
		answers := w.commitGroup(group)
		for i, r := range group {
			r.answer <- answers[i]
		}
		select {
		case w.saved <- struct{}{}:
		default: // it is asked for already
		}
	}
}

// commitGroup runs the plans until the branch stands still long enough to be moved.
func (w *Wiki) commitGroup(group []*request) []answer {
	answers := make([]answer, len(group))
	refuse := func(err error) []answer {
		for i, a := range answers {
			// What was refused for its own sake stays so; all else was said about a draft that never landed.
			if a.err == nil || KindOf(a.err) == Conflict || KindOf(a.err) == Unchanged {
				answers[i] = answer{err: err}
			}
		}
		return answers
	}
	for range maxRaces {
		if err := w.load(); err != nil {
			return refuse(refused(err))
		}
		d := w.newDraft()
		for i, r := range group {
			answers[i] = d.run(r)
		}
		if d.head == d.from.commit {
			return answers
		}
		err := d.land()
		if err == nil {
			return answers
		}
		if !errors.Is(err, gitstore.ErrRefMoved) {
			w.log.Error("a save failed", "err", err)
			return refuse(refused(err))
		}
	}
	return refuse(&Error{Kind: Refused, Sentence: "The wiki is being changed from outside too fast; nothing was saved. Keep your text and try again."})
}

// refused turns a failure of the disk or of the repository into a sentence.
func refused(err error) error {
	sentence := "The wiki could not write to its disk; nothing was saved. Keep your text and try again later."
	switch {
	case errors.Is(err, gitstore.ErrRefLocked):
		sentence = "Another program holds the wiki's branch; nothing was saved. Keep your text and try again in a moment."
	case errors.Is(err, gitstore.ErrReadOnly):
		sentence = "The wiki's repository cannot be written; nothing was saved."
	case errors.Is(err, gitstore.ErrBadRef), errors.Is(err, gitstore.ErrNoRef), errors.Is(err, gitstore.ErrDamaged), errors.Is(err, gitstore.ErrNotFound):
		sentence = "The wiki's repository is damaged; nothing was saved. The people who run it find the reason in the log."
	}
	return &Error{Kind: Refused, Sentence: sentence, Err: err}
}

// draft is a line of commits that is not on disk yet, on top of the Snapshot from.
type draft struct {
	w     *Wiki
	from  *Snapshot
	batch *gitstore.Batch
	head  ID
	top   *folder
	snap  *Snapshot // of head
}

func (w *Wiki) newDraft() *draft {
	from := w.Head()
	return &draft{w: w, from: from, batch: w.store.NewBatch(), head: from.commit, top: from.top, snap: from}
}

// run lets one plan work on the draft. A plan whose caller has left does nothing.
func (d *draft) run(r *request) answer {
	if err := r.ctx.Err(); err != nil {
		return answer{err: err}
	}
	saved, err := r.plan(d)
	return answer{saved, err}
}

// land makes the draft the branch's head.
func (d *draft) land() error {
	d.w.moveMu.Lock()
	defer d.w.moveMu.Unlock()
	if err := d.batch.FlushRef(d.w.ref, d.head, d.from.commit); err != nil {
		return err
	}
	d.w.setHead(d.snap)
	return nil
}

// put is one file of a commit: its name below the wiki's root and its new text. A nil text takes the file away.
type put struct {
	file string
	text []byte
	blob ID // instead of text: an object that is there already
}

// commit adds a commit with these files to the draft.
func (d *draft) commit(author Contributor, message string, puts ...put) (*Snapshot, *gitstore.CommitData, error) {
	top := d.top
	prefix := ""
	if d.w.root != "" {
		prefix = d.w.root + "/"
	}
	for _, p := range puts {
		e := entry{id: p.blob, mode: modeFile}
		if p.text != nil {
			e.id = d.batch.Put(gitstore.Blob, p.text)
		} else if p.blob.IsZero() {
			e.mode = 0
		}
		var err error
		if top, err = d.splice(top, prefix+p.file, e); err != nil {
			return nil, nil, err
		}
	}
	top, err := d.store(top, d.top)
	if err != nil {
		return nil, nil, err
	}
	author = author.clean()
	who := gitstore.Signature{Name: author.Name, Email: author.Email, When: d.w.now().Truncate(time.Second)}
	c := &gitstore.CommitData{Tree: top.id, Author: who, Committer: who, Message: message}
	if !d.head.IsZero() {
		c.Parents = []ID{d.head}
	}
	c.ID = d.batch.Put(gitstore.Commit, gitstore.EncodeCommit(c))
	snap, err := d.w.newSnapshot(c.ID, who.When, top)
	if err != nil {
		return nil, nil, err
	}
	d.head, d.top, d.snap = c.ID, top, snap
	return snap, c, nil
}

// splice gives a copy of f in which the named entry is e. Folders on the way are made, and go away when they are empty.
// The copies have no ID until store gives them one.
func (d *draft) splice(f *folder, name string, e entry) (*folder, error) {
	l, err := f.open(d.w.store)
	if err != nil {
		return nil, err
	}
	elem, rest, more := strings.Cut(name, "/")
	e.name = elem
	if old := l.find(elem); !more && old != nil && old.isFile() && e.mode != 0 {
		e.mode = old.mode
	}
	if more {
		sub := emptyFolder()
		if old := l.find(elem); old != nil {
			if old.sub == nil {
				return nil, &Error{Kind: Exists, Sentence: fmt.Sprintf("There is a file named “%s” where a folder would be needed.", elem)}
			}
			sub = old.sub
		}
		if sub, err = d.splice(sub, rest, e); err != nil {
			return nil, err
		}
		e = entry{name: elem, mode: modeFolder, sub: sub}
		if len(sub.list.Load().entries) == 0 {
			e.mode = 0
		}
	}
	fresh := &folder{}
	fresh.list.Store(l.with(e))
	return fresh, nil
}

// store writes the trees of f that have no ID yet, deepest first. like is what stood in f's place before.
func (d *draft) store(f, like *folder) (*folder, error) {
	l := f.list.Load()
	if !f.id.IsZero() || l == nil {
		return f, nil
	}
	var before *listing
	var likeID ID
	if like != nil {
		before, likeID = like.list.Load(), like.id
	}
	for i := range l.entries {
		e := &l.entries[i]
		if e.sub == nil || !e.id.IsZero() {
			continue
		}
		var old *folder
		if before != nil {
			if o := before.find(e.name); o != nil {
				old = o.sub
			}
		}
		sub, err := d.store(e.sub, old)
		if err != nil {
			return nil, err
		}
		e.sub, e.id = sub, sub.id
	}
	f.id = d.batch.PutTree(l.encode(), likeID)
	return f, nil
}
