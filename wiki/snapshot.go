package wiki

import (
	"context"
	"io/fs"
	"iter"
	"log/slog"
	"time"
)

// Options say how a repository is served.
type Options struct {
	Root     string           // subfolder of the repository that is the wiki; "" is all of it
	Branch   string           // "" is HEAD's
	Log      *slog.Logger     // nil: nothing is logged
	Now      func() time.Time // nil: time.Now
	ReadOnly bool
}

// Wiki is an open repository. It is safe for many goroutines.
type Wiki struct{}

func Open(dir string, o Options) (*Wiki, error) { panic("not built yet") }
func Create(dir string, o Options, files fs.FS, author Contributor, summary string) error {
	panic("not built yet")
}
func (w *Wiki) Close() error                                          { panic("not built yet") }
func (w *Wiki) Root() string                                          { panic("not built yet") }
func (w *Wiki) Head() *Snapshot                                       { panic("not built yet") }
func (w *Wiki) Refresh(ctx context.Context) error                     { panic("not built yet") }
func (w *Wiki) At(ctx context.Context, rev string) (*Snapshot, error) { panic("not built yet") }
func (w *Wiki) AtTime(ctx context.Context, t time.Time) (*Snapshot, error) {
	panic("not built yet")
}
func (w *Wiki) Revision(ctx context.Context, rev string) (*Commit, error)  { panic("not built yet") }
func (w *Wiki) Save(ctx context.Context, e Edit) (Saved, error)            { panic("not built yet") }
func (w *Wiki) Rename(ctx context.Context, r Rename) (Saved, error)        { panic("not built yet") }
func (w *Wiki) Delete(ctx context.Context, d Delete) (Saved, error)        { panic("not built yet") }
func (w *Wiki) Restore(ctx context.Context, r Restore) (Saved, error)      { panic("not built yet") }
func (w *Wiki) Revert(ctx context.Context, r Revert) (Saved, error)        { panic("not built yet") }
func (w *Wiki) Changes(ctx context.Context, from, to ID) ([]Change, error) { panic("not built yet") }
func ParsePath(s string) (Path, error)                                     { panic("not built yet") }

// Snapshot is an immutable view of one commit.
type Snapshot struct{}

func (s *Snapshot) Commit() ID                                     { panic("not built yet") }
func (s *Snapshot) Time() time.Time                                { panic("not built yet") }
func (s *Snapshot) Page(p Path) (Page, error)                      { panic("not built yet") }
func (s *Snapshot) Has(p Path) bool                                { panic("not built yet") }
func (s *Snapshot) Len() int                                       { panic("not built yet") }
func (s *Snapshot) Pages() iter.Seq[PageRef]                       { panic("not built yet") }
func (s *Snapshot) PageBlob(p Path) (ID, bool)                     { panic("not built yet") }
func (s *Snapshot) File(name string) ([]byte, ID, error)           { panic("not built yet") }
func (s *Snapshot) FileID(name string) (ID, bool)                  { panic("not built yet") }
func (s *Snapshot) Files(folder string) []FileRef                  { panic("not built yet") }
func (s *Snapshot) Lookup(name string) (Path, bool)                { panic("not built yet") }
func (s *Snapshot) LookupFrom(from Path, name string) (Path, bool) { panic("not built yet") }
func (s *Snapshot) FolderPage(folder string) (Path, bool)          { panic("not built yet") }

// PageRef names a page and its text.
type PageRef struct {
	Path Path
	Blob ID
}

// FileRef is an entry of a folder.
type FileRef struct {
	Name string // whole name below the root
	ID   ID
	Dir  bool
}

// Page is a page's text in a Snapshot.
type Page struct {
	Path   Path
	Blob   ID
	Commit ID // the Snapshot's: the Base of an edit that starts here
	Source []byte
}

// Contributor is a git identity.
type Contributor struct{ Name, Email string }

// Commit is a commit's metadata. Time is the author's.
type Commit struct {
	ID        ID
	Parents   []ID
	Time      time.Time
	Author    Contributor
	CoAuthors []Contributor
	Summary   string // first line of the message
	Message   string
}

// Revision is one change of one page.
type Revision struct {
	Commit
	Path  Path // the page's path then
	From  Path // the path before, of a Renamed
	Kind  ChangeKind
	Blob  ID  // zero when Deleted
	Size  int // bytes
	Delta int // bytes more than before
	Merge bool
}

// ChangeKind says what a Change did.
type ChangeKind uint8

const (
	Added ChangeKind = iota + 1
	Modified
	Renamed
	Deleted
)

// String gives "added", "modified", "renamed" or "deleted".
func (k ChangeKind) String() string {
	return [...]string{"", "added", "modified", "renamed", "deleted"}[k]
}

// Change is what happened to one page between two commits.
type Change struct {
	Kind       ChangeKind
	Path, From Path
	Blob, Old  ID
}

// Edit is a new text for a page.
type Edit struct {
	Path      Path
	Base      ID // commit the writer started from; zero for a new page
	Source    []byte
	Summary   string
	Author    Contributor
	CoAuthors []Contributor
}

// Rename gives a page another path.
type Rename struct {
	From, To Path
	Base     ID
	Summary  string
	Author   Contributor
}

// Delete takes a page away; its history stays.
type Delete struct {
	Path    Path
	Base    ID
	Summary string
	Author  Contributor
}

// Restore brings the version of a page at commit From back, as a new revision.
type Restore struct {
	Path    Path
	From    ID
	Summary string
	Author  Contributor
}

// Revert undoes one old revision and keeps what came later.
type Revert struct {
	Path     Path
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
	return "Somebody else changed the same words while you were writing."
}

// MergeChunk is a part of a merged text: agreed, or a clash with its three texts.
type MergeChunk struct {
	Conflict                 bool
	Text, Base, Theirs, Mine []byte
}

// Follower is derived data that reflects one commit, its Position, stored in the same write as the data.
type Follower interface {
	Name() string // "history", "search", "catalog"
	Position() ID // zero: nothing yet
	// Follow brings the data from Position to to. When Position is unknown or no ancestor, it rebuilds and logs why.
	Follow(ctx context.Context, w *Wiki, to *Snapshot) error
}

// Following keeps one Follower at the head.
type Following struct{}

func (w *Wiki) Follow(f Follower) *Following         { panic("not built yet") }
func (f *Following) Await(ctx context.Context) error { panic("not built yet") }
func (f *Following) Behind() bool                    { panic("not built yet") }
func (f *Following) Stop()                           { panic("not built yet") }
