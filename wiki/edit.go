package wiki

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"coppice/wiki/internal/diff"
	"coppice/wiki/internal/gitstore"
	"coppice/wiki/markdown"
)

// Edit is a new text for a page.
type Edit struct {
	Path      Path
	Base      ID // commit the writer started from; zero for a new page
	Source    []byte
	Summary   string // "" gets one that names the page
	Author    Contributor
	CoAuthors []Contributor
}

// Rename gives a page another path. Links to the old one go on working: history knows where it went.
type Rename struct {
	From, To Path
	Summary  string
	Author   Contributor
}

// Delete takes a page away; its history stays. With a Base, a page that changed since is not deleted.
type Delete struct {
	Path    Path
	Base    ID
	Summary string
	Author  Contributor
}

// Restore brings the version that a page had at commit From back, as a new revision. The page may be gone.
type Restore struct {
	Path    Path
	From    ID
	Summary string
	Author  Contributor
}

// Revert undoes one old revision and keeps what came later.
type Revert struct {
	Path     Path // of the page now
	Was      Path // what it was called at Revision; zero if as now
	Revision ID
	Summary  string
	Author   Contributor
}

// Saved is the answer to an edit that is on disk.
type Saved struct {
	Revision Revision
	Merged   bool // somebody else's words were merged in
	Snapshot *Snapshot
}

// ConflictError says that an edit clashes with a newer revision. Nothing was written, and the writer's text is in it.
type ConflictError struct {
	Path               Path
	Base, Theirs, Mine []byte
	TheirCommit        ID   // what the next try should name as its Base
	Deleted            bool // the page is gone
	Chunks             []MergeChunk
}

func (e *ConflictError) Error() string {
	if e.Deleted {
		return "Somebody else deleted the page while you were writing."
	}
	return "Somebody else changed the same words while you were writing."
}

// MergeChunk is a part of a merged text: agreed, or a clash with its three texts.
type MergeChunk struct {
	Conflict                 bool
	Text, Base, Theirs, Mine []byte
}

// Save puts a new text on a page, or makes the page when Base is zero. When the page has changed since Base the two
// edits are merged; a page that was renamed since is found under its new name. Line endings and the final newline are
// those of the base.
//
// Errors: *ConflictError when both changed the same words; Kind Invalid for a text, a name or a summary that cannot be kept;
// Unchanged when there is nothing to save; Refused when the disk or the repository cannot be written. In each case
// nothing was written.
func (w *Wiki) Save(ctx context.Context, e Edit) (Saved, error) {
	if err := cmp.Or(checkSource(e.Source), checkSummary(e.Summary)); err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) { return d.save(e) })
}

// Rename moves a page. Errors: Kind NotFound when there is no page From, Invalid for a name or a summary that cannot be used,
// Exists when there is a page To already.
func (w *Wiki) Rename(ctx context.Context, r Rename) (Saved, error) {
	if err := checkSummary(r.Summary); err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) {
		p, err := d.page(r.From)
		if err != nil {
			return Saved{}, err
		}
		if r.From == r.To {
			return Saved{}, unchanged("The page has that name already.")
		}
		if err := d.snap.checkFree(r.To, r.From); err != nil {
			return Saved{}, err
		}
		return d.record(Revision{Path: r.To, From: r.From, Kind: Renamed, Blob: p.Blob, Size: len(p.Source)},
			r.Author, message(r.Summary, fmt.Sprintf("Rename %s to %s", r.From, r.To), nil),
			put{file: r.From.File()}, put{file: r.To.File(), blob: p.Blob})
	})
}

// Delete takes a page away. Errors: Kind NotFound; *ConflictError when it changed since Base.
func (w *Wiki) Delete(ctx context.Context, r Delete) (Saved, error) {
	if err := checkSummary(r.Summary); err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) {
		p, err := d.page(r.Path)
		if err != nil {
			return Saved{}, err
		}
		if !r.Base.IsZero() {
			if base, err := d.pageAt(r.Base, r.Path); err != nil || base.Blob != p.Blob {
				return Saved{}, &ConflictError{Path: r.Path, Base: base.Source, Theirs: p.Source, TheirCommit: d.head}
			}
		}
		return d.record(Revision{Path: r.Path, Kind: Deleted, Delta: -len(p.Source)},
			r.Author, message(r.Summary, "Delete "+r.Path.String(), nil), put{file: r.Path.File()})
	})
}

// Restore brings an old version back. Errors: Kind NotFound when the page was not there at From; Unchanged when the
// page reads so already.
func (w *Wiki) Restore(ctx context.Context, r Restore) (Saved, error) {
	if err := checkSummary(r.Summary); err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) {
		old, err := d.pageAt(r.From, r.Path)
		if err != nil {
			return Saved{}, err
		}
		msg := message(r.Summary, fmt.Sprintf("Restore %s as of %s", r.Path, r.From.Short()), nil)
		return d.replace(r.Path, old.Source, r.Author, msg)
	})
}

// Revert undoes one revision of a page. Errors: Kind NotFound when that revision did not touch the page;
// *ConflictError when later edits changed the same words; Unchanged when it is undone already.
func (w *Wiki) Revert(ctx context.Context, r Revert) (Saved, error) {
	if err := checkSummary(r.Summary); err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) { return d.revert(r) })
}

// Import adds files, each by its name below the root, in one commit. Errors: Kind Exists when one is there already.
func (w *Wiki) Import(ctx context.Context, files fs.FS, author Contributor, summary string) (Saved, error) {
	if err := checkSummary(summary); err != nil {
		return Saved{}, err
	}
	var puts []put
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		puts = append(puts, put{file: name, text: append([]byte{}, data...)})
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	return w.do(ctx, func(d *draft) (Saved, error) {
		for _, p := range puts {
			if _, there := d.snap.FileID(p.file); there {
				return Saved{}, &Error{Kind: Exists, Sentence: fmt.Sprintf("There is a file %s already.", p.file)}
			}
		}
		snap, c, err := d.commit(author, message(summary, "Import files", nil), puts...)
		if err != nil {
			return Saved{}, err
		}
		return Saved{Revision: Revision{Commit: NewCommit(c), Kind: Added}, Snapshot: snap}, nil
	})
}

// checkSource says what speaks against keeping a text as a page.
func checkSource(source []byte) error {
	switch {
	case len(source) > MaxPageSize:
		return &Error{Kind: Invalid, Sentence: fmt.Sprintf("The page is too large: %d kB, and %d kB are the most. Split it into several pages.", len(source)>>10, MaxPageSize>>10)}
	case !utf8.Valid(source):
		line := 1 + bytes.Count(source[:firstInvalid(source)], []byte("\n"))
		return &Error{Kind: Invalid, Sentence: fmt.Sprintf("The text is not valid UTF-8: line %d holds bytes that are no character.", line)}
	case bytes.IndexByte(source, 0) >= 0:
		return &Error{Kind: Invalid, Sentence: "The text holds a NUL character, which no page can keep."}
	}
	return nil
}

// Legible gives a text as an editor can show it: what is no character becomes U+FFFD. Lines stay where they are, and Save
// puts the bytes of those back that nobody changed.
func Legible(source []byte) []byte {
	if utf8.Valid(source) && bytes.IndexByte(source, 0) < 0 {
		return source
	}
	return bytes.ReplaceAll(bytes.ToValidUTF8(source, []byte("\uFFFD")), []byte{0}, []byte("\uFFFD"))
}

// asBefore gives a writer's text with the lines that they left as they were shown, byte for byte as they were.
func asBefore(base, mine []byte) []byte {
	shown := Legible(base)
	if bytes.Equal(shown, base) {
		return mine
	}
	before, after := diff.SplitLines(shown), diff.SplitLines(mine)
	return bytes.Join(diff.Apply(diff.SplitLines(base), diff.Lines(before, after), after), nil)
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func unchanged(sentence string) error { return &Error{Kind: Unchanged, Sentence: sentence} }

// page reads a page of the draft's head.
func (d *draft) page(p Path) (Page, error) {
	return d.pageAt(d.head, p)
}

// read reads a blob that may not be on disk yet.
func (d *draft) read(blob ID) ([]byte, error) {
	_, data, err := d.batch.Read(blob)
	return data, err
}

// blobAt gives the blob that a page had at a commit. It looks only at what lies on the page's way: a whole Snapshot of
// an old commit would read every name in a large folder. Errors: Kind NotFound for no such commit or page.
func (d *draft) blobAt(commit ID, p Path) (ID, error) {
	if commit == d.head {
		blob, ok := d.snap.PageBlob(p)
		if !ok {
			return ID{}, noPage(p)
		}
		return blob, nil
	}
	_, raw, err := d.batch.Read(commit)
	if err != nil {
		return ID{}, &Error{Kind: NotFound, Sentence: fmt.Sprintf("There is no revision “%s”.", commit.Short()), Err: err}
	}
	c, err := gitstore.ParseCommit(commit, raw)
	if err != nil {
		return ID{}, err
	}
	mode, blob, err := gitstore.Find(d.batch, c.Tree, path.Join(d.w.root, p.File()))
	if err == nil && !isPageFile(p.File(), mode) {
		err = noPage(p)
	}
	return blob, err
}

// pageAt reads a page as it was at a commit.
func (d *draft) pageAt(commit ID, p Path) (Page, error) {
	blob, err := d.blobAt(commit, p)
	if err != nil {
		return Page{}, err
	}
	source, err := d.read(blob)
	return Page{Path: p, Blob: blob, Commit: commit, Source: source}, err
}

// save decides what an Edit does to the newest state.
func (d *draft) save(e Edit) (Saved, error) {
	base, err := d.baseOf(e)
	if err != nil {
		return Saved{}, err
	}
	at := e.Path
	if !d.snap.Has(at) {
		if base.Blob.IsZero() {
			return d.create(e)
		}
		moved, ok := d.movedSince(e.Base, at)
		if !ok {
			return Saved{}, &ConflictError{Path: at, Base: base.Source, Mine: e.Source, TheirCommit: d.head, Deleted: true}
		}
		at = moved
	}
	current, err := d.page(at)
	if err != nil {
		return Saved{}, err
	}
	like := base.Source
	if base.Blob.IsZero() {
		like = current.Source
	}
	mine := asBefore(like, diff.Normalize(e.Source, like))
	text, merged := mine, false
	if base.Blob != current.Blob {
		r := merge(base.Source, current.Source, mine)
		if !r.Clean {
			return Saved{}, &ConflictError{
				Path: current.Path, Base: base.Source, Theirs: current.Source, Mine: mine,
				TheirCommit: d.head, Chunks: chunks(r.Chunks),
			}
		}
		text, merged = r.Text, !bytes.Equal(r.Text, mine)
	}
	if bytes.Equal(text, current.Source) {
		return Saved{}, unchanged("Your text is what the page says already; there was nothing to save.")
	}
	saved, err := d.record(Revision{Path: current.Path, Kind: Modified, Size: len(text), Delta: len(text) - len(current.Source)},
		e.Author, message(e.Summary, "Edit "+current.Path.String(), e.CoAuthors), put{file: current.Path.File(), text: text})
	saved.Merged = merged
	return saved, err
}

// baseOf gives the page that a writer started from; its Blob is zero when there was none, and its Commit says nothing.
func (d *draft) baseOf(e Edit) (Page, error) {
	if e.Base.IsZero() {
		return Page{}, nil
	}
	p, err := d.pageAt(e.Base, e.Path)
	if err != nil && KindOf(err) == NotFound {
		return Page{}, nil
	}
	return p, err
}

// create makes a new page.
func (d *draft) create(e Edit) (Saved, error) {
	if err := d.snap.CheckFree(e.Path); err != nil {
		return Saved{}, err
	}
	text := diff.Normalize(e.Source, nil)
	if len(bytes.TrimSpace(text)) == 0 {
		return Saved{}, &Error{Kind: Invalid, Sentence: "The page has no text yet."}
	}
	return d.record(Revision{Path: e.Path, Kind: Added, Size: len(text), Delta: len(text)},
		e.Author, message(e.Summary, "Create "+e.Path.String(), e.CoAuthors), put{file: e.Path.File(), text: text})
}

// replace puts a whole text in place of whatever the page says, or makes the page again.
func (d *draft) replace(p Path, text []byte, author Contributor, msg string) (Saved, error) {
	rev := Revision{Path: p, Kind: Modified, Size: len(text), Delta: len(text)}
	if current, err := d.page(p); err == nil {
		if bytes.Equal(current.Source, text) {
			return Saved{}, unchanged("The page reads so already.")
		}
		rev.Delta -= len(current.Source)
	} else if rev.Kind = Added; KindOf(err) != NotFound {
		return Saved{}, err
	} else if err := d.snap.checkTwins(p, Path{}); err != nil {
		return Saved{}, err
	}
	return d.record(rev, author, msg, put{file: p.File(), text: append([]byte{}, text...)})
}

// revert merges the step back from a revision into the newest text: the revision's own text is the base, the text
// before it is the other side.
func (d *draft) revert(r Revert) (Saved, error) {
	after, err := d.w.at(r.Revision)
	if err != nil {
		return Saved{}, &Error{Kind: NotFound, Sentence: "There is no such revision.", Err: err}
	}
	commit, err := d.w.store.Commit(r.Revision)
	if err != nil {
		return Saved{}, err
	}
	var parent ID
	if len(commit.Parents) > 0 {
		parent = commit.Parents[0]
	}
	before, err := d.w.at(parent)
	if err != nil {
		return Saved{}, err
	}
	was := r.Was
	if was.IsZero() {
		was = r.Path
	}
	now, then := after.textOf(was), before.textOf(was)
	if now != nil && then == nil {
		if from, ok := d.w.renamedFrom(parent, r.Revision, was); ok {
			then = before.textOf(from)
		}
	}
	if bytes.Equal(now, then) {
		return Saved{}, &Error{Kind: NotFound, Sentence: "That revision did not change this page."}
	}
	msg := message(r.Summary, fmt.Sprintf("Revert “%s”", firstLine(commit.Message)), nil,
		fmt.Sprintf("This undoes what %s changed in %s.", r.Revision, r.Path))
	current, err := d.page(r.Path)
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Saved{}, err
	case err != nil && now == nil: // a deletion is undone
		return d.replace(r.Path, then, r.Author, msg)
	case err != nil:
		return Saved{}, &ConflictError{Path: r.Path, Base: now, Mine: then, TheirCommit: d.head, Deleted: true}
	case then == nil && bytes.Equal(current.Source, now): // the page's first revision is undone
		return d.record(Revision{Path: r.Path, Kind: Deleted, Delta: -len(current.Source)}, r.Author, msg, put{file: r.Path.File()})
	}
	m := merge(now, current.Source, diff.Normalize(then, current.Source))
	if !m.Clean || then == nil {
		return Saved{}, &ConflictError{Path: r.Path, Base: now, Theirs: current.Source, Mine: then, TheirCommit: d.head, Chunks: chunks(m.Chunks)}
	}
	if bytes.Equal(m.Text, current.Source) {
		return Saved{}, unchanged("That revision is undone already.")
	}
	return d.replace(r.Path, m.Text, r.Author, msg)
}

// textOf gives a page's text, or nil when there is no such page.
func (s *Snapshot) textOf(p Path) []byte {
	page, err := s.Page(p)
	if err != nil {
		return nil
	}
	return append([]byte{}, page.Source...)
}

// record commits puts and tells the change as a Revision.
func (d *draft) record(rev Revision, author Contributor, msg string, puts ...put) (Saved, error) {
	snap, c, err := d.commit(author, msg, puts...)
	if err != nil {
		return Saved{}, err
	}
	rev.Commit = NewCommit(c)
	if rev.Blob.IsZero() && rev.Kind != Deleted {
		rev.Blob, _ = snap.PageBlob(rev.Path)
	}
	return Saved{Revision: rev, Snapshot: snap}, nil
}

// CheckFree says what speaks against a new page of that name. Errors: Kind Invalid for a name that cannot be used, Exists
// when something stands there, or under a name that some computers cannot keep apart from it.
func (s *Snapshot) CheckFree(p Path) error { return s.checkFree(p, Path{}) }

// checkFree is CheckFree when the page from is about to leave its own name.
func (s *Snapshot) checkFree(p, from Path) error {
	if err := p.checkNew(); err != nil {
		return err
	}
	if s.Has(p) {
		return &Error{Kind: Exists, Sentence: fmt.Sprintf("There is a page “%s” already.", p)}
	}
	return s.checkTwins(p, from)
}

// checkTwins refuses a name that is taken by what is no page, and one that a case-insensitive file system would take for
// one that is there: a clone on Windows or macOS would lose one of the two.
func (s *Snapshot) checkTwins(p, from Path) error {
	f, prefix := s.root, ""
	elems := strings.Split(p.File(), "/")
	for i, elem := range elems {
		l, err := f.open(s.w.store)
		if err != nil {
			return err
		}
		at, ok := l.folds().twin[twinKey(elem)]
		if !ok {
			return nil
		}
		e := &l.entries[at]
		if prefix+e.name == from.File() {
			return nil // it goes away
		}
		last := i == len(elems)-1
		switch {
		case e.name != elem:
			return &Error{Kind: Exists, Sentence: fmt.Sprintf("“%s” differs from “%s” only in capitals or accents, and some computers cannot keep both apart.",
				strings.TrimSuffix(path.Join(prefix, elem), pageSuffix), strings.TrimSuffix(prefix+e.name, pageSuffix))}
		case last:
			return &Error{Kind: Exists, Sentence: fmt.Sprintf("There is %s named “%s” where the page would be.", e.sort(), prefix+e.name)}
		case e.sub == nil:
			return &Error{Kind: Exists, Sentence: fmt.Sprintf("There is %s named “%s” where a folder would be needed.", e.sort(), prefix+e.name)}
		}
		f, prefix = e.sub, prefix+e.name+"/"
	}
	return nil
}

// movedSince finds the page that a page became between a commit and the draft's head.
func (d *draft) movedSince(base ID, p Path) (Path, bool) {
	from, err := d.w.at(base)
	if err != nil {
		return Path{}, false
	}
	changes, err := CompareRoots(d.batch, from.root.id, d.snap.root.id)
	if err != nil {
		return Path{}, false
	}
	if changes, err = FindRenames(changes, d.read); err != nil {
		return Path{}, false
	}
	for _, c := range changes {
		if c.Kind == Renamed && c.From == p {
			return c.Path, true
		}
	}
	return Path{}, false
}

// renamedFrom finds the path that a page had before a commit renamed it.
func (w *Wiki) renamedFrom(parent, commit ID, p Path) (Path, bool) {
	changes, err := w.Changes(context.Background(), parent, commit)
	if err != nil {
		return Path{}, false
	}
	for _, c := range changes {
		if c.Kind == Renamed && c.Path == p {
			return c.From, true
		}
	}
	return Path{}, false
}

// merge joins theirs and mine by Markdown block.
func merge(base, theirs, mine []byte) diff.Result {
	return diff.Merge(base, theirs, mine, func(text []byte) []diff.Block {
		ranges := markdown.SplitBlocks(text)
		blocks := make([]diff.Block, len(ranges))
		for i, r := range ranges {
			blocks[i] = diff.Block{Start: r[0], End: r[1]}
		}
		return blocks
	})
}

func chunks(in []diff.Chunk) []MergeChunk {
	out := make([]MergeChunk, len(in))
	for i, c := range in {
		out[i] = MergeChunk(c)
	}
	return out
}
