package wiki

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Snapshot is an immutable view of one commit. It is safe for many goroutines and costs nothing to keep for the
// length of a request. Folders are read when they are first asked for; those of Head are read already.
type Snapshot struct {
	w      *Wiki
	commit ID
	time   time.Time
	top    *folder // of the repository
	root   *folder // of the wiki: top, or a folder below it
	pages  func() []PageRef
}

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

// newSnapshot finds the wiki's root in the tree top. A root that is not there is an empty folder.
func (w *Wiki) newSnapshot(commit ID, when time.Time, top *folder) (*Snapshot, error) {
	s := &Snapshot{w: w, commit: commit, time: when, top: top, root: top}
	if w.root != "" {
		for elem := range strings.SplitSeq(w.root, "/") {
			l, err := s.root.open(w.store)
			if err != nil {
				return nil, err
			}
			e := l.find(elem)
			if e == nil || e.sub == nil {
				s.root = emptyFolder()
				break
			}
			s.root = e.sub
		}
	}
	s.pages = sync.OnceValue(s.list)
	return s, nil
}

func emptyFolder() *folder {
	f := &folder{}
	f.list.Store(newListing(nil))
	return f
}

// Commit names the commit; zero in a repository that has none yet.
func (s *Snapshot) Commit() ID { return s.commit }

// Time is when the commit was made, by its committer's clock.
func (s *Snapshot) Time() time.Time { return s.time }

// Len counts the pages.
func (s *Snapshot) Len() int { return len(s.pages()) }

// Pages gives every page, ordered by path. Files in hidden folders (".coppice") are no pages.
func (s *Snapshot) Pages() iter.Seq[PageRef] { return slices.Values(s.pages()) }

// list collects the pages once for a Snapshot. A folder that cannot be read ends the list, and the log says so.
func (s *Snapshot) list() []PageRef {
	var refs []PageRef
	_, err := s.root.walk(s.w.store, "", func(name string, e *entry) bool {
		if e.isPage() {
			refs = append(refs, PageRef{Path{strings.TrimSuffix(name, pageSuffix)}, e.id})
		}
		return true
	})
	if err != nil {
		s.w.log.Error("cannot list pages", "commit", s.commit, "err", err)
	}
	slices.SortFunc(refs, func(a, b PageRef) int { return a.Path.Compare(b.Path) })
	return refs
}

// PageBlob gives the blob of the page, and whether there is one.
func (s *Snapshot) PageBlob(p Path) (ID, bool) {
	if e := s.entry(p.File()); e != nil && e.isPage() && !hidden(p.name) {
		return e.id, true
	}
	return ID{}, false
}

// Has reports whether there is a page of that path.
func (s *Snapshot) Has(p Path) bool {
	_, ok := s.PageBlob(p)
	return ok
}

// Page reads a page. The error is of Kind NotFound when there is none.
func (s *Snapshot) Page(p Path) (Page, error) {
	blob, ok := s.PageBlob(p)
	if !ok {
		return Page{}, noPage(p)
	}
	source, err := s.w.blob(blob)
	if err != nil {
		return Page{}, err
	}
	return Page{Path: p, Blob: blob, Commit: s.commit, Source: source}, nil
}

func noPage(p Path) error {
	return &Error{Kind: NotFound, Sentence: fmt.Sprintf("There is no page “%s”.", strings.Map(visible, p.name))}
}

// File reads any regular file by its name below the root. The error is of Kind NotFound when there is none.
func (s *Snapshot) File(name string) ([]byte, ID, error) {
	id, ok := s.FileID(name)
	if !ok {
		return nil, ID{}, &Error{Kind: NotFound, Sentence: fmt.Sprintf("There is no file “%s”.", strings.Map(visible, name))}
	}
	data, err := s.w.blob(id)
	return data, id, err
}

// RepositoryFileID is FileID for a name in the repository, whatever folder of it is the wiki: git's own files
// (".mailmap") stand at the top.
func (s *Snapshot) RepositoryFileID(name string) (ID, bool) {
	if e := s.entryIn(s.top, name); e != nil && e.isFile() {
		return e.id, true
	}
	return ID{}, false
}

// FileID gives the blob of a regular file, and whether there is one.
func (s *Snapshot) FileID(name string) (ID, bool) {
	if e := s.entry(name); e != nil && e.isFile() {
		return e.id, true
	}
	return ID{}, false
}

// Files gives the regular files and folders directly in a folder, in git's order; none when there is no such folder.
func (s *Snapshot) Files(name string) []FileRef {
	f := s.root
	if name = strings.Trim(name, "/"); name != "" {
		e := s.entry(name)
		if e == nil || e.sub == nil {
			return nil
		}
		f, name = e.sub, name+"/"
	}
	l, err := f.open(s.w.store)
	if err != nil {
		s.w.log.Error("cannot list files", "folder", name, "commit", s.commit, "err", err)
		return nil
	}
	var refs []FileRef
	for _, e := range l.entries {
		if e.isFile() || e.sub != nil {
			refs = append(refs, FileRef{Name: name + e.name, ID: e.id, Dir: e.sub != nil})
		}
	}
	return refs
}

// HasPagesIn reports whether a page lies in a folder, or in one below it. Hidden folders have none.
func (s *Snapshot) HasPagesIn(name string) bool {
	if name == "" || hidden(name) {
		return false
	}
	e := s.entry(name)
	if e == nil || e.sub == nil {
		return false
	}
	found := false
	_, err := e.sub.walk(s.w.store, "", func(_ string, e *entry) bool {
		found = e.isPage()
		return !found
	})
	if err != nil {
		s.w.log.Error("cannot list pages", "folder", name, "commit", s.commit, "err", err)
	}
	return found
}

// entry finds a file or folder by its exact name, or gives nil. A folder that cannot be read is logged and not there.
func (s *Snapshot) entry(name string) *entry { return s.entryIn(s.root, name) }

func (s *Snapshot) entryIn(f *folder, name string) *entry {
	for {
		elem, rest, more := strings.Cut(name, "/")
		l, err := f.open(s.w.store)
		if err != nil {
			s.w.log.Error("cannot read folder", "file", name, "commit", s.commit, "err", err)
			return nil
		}
		e := l.find(elem)
		if e == nil || !more {
			return e
		}
		if e.sub == nil {
			return nil
		}
		f, name = e.sub, rest
	}
}

// hidden reports whether any element of a path begins with a dot.
func hidden(name string) bool { return name[0] == '.' || strings.Contains(name, "/.") }

// folderPages are the names of a folder's own page, first come first.
var folderPages = [...]string{"index", "README", "Home"}

// FolderPage gives a folder's own page: index, README or Home. "" is the root.
func (s *Snapshot) FolderPage(name string) (Path, bool) {
	prefix := ""
	if name = strings.Trim(name, "/"); name != "" {
		prefix = name + "/"
	}
	for _, base := range folderPages {
		if p := (Path{prefix + base}); s.Has(p) {
			return p, true
		}
	}
	return Path{}, false
}

// Lookup finds a page by a name as a person types it: exactly; then with case, spaces, hyphens and underscores taken
// as equal; then a folder's own page; then, if only one page anywhere ends so, that page.
func (s *Snapshot) Lookup(name string) (Path, bool) {
	name = strings.Trim(strings.TrimSuffix(name, pageSuffix), "/")
	if name == "" {
		return s.FolderPage("")
	}
	if p, ok := s.resolve(name); ok {
		return p, true
	}
	return s.lookupBase(name)
}

// LookupFrom finds the page that a link on page from means: relative to its folder, then to the root, then as Lookup
// does. Nothing outside the root is ever found.
func (s *Snapshot) LookupFrom(from Path, name string) (Path, bool) {
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		return s.resolve(clean(rest))
	}
	trimmed := strings.TrimSuffix(name, pageSuffix)
	if rel, ok := inside(path.Join(from.Folder(), trimmed)); ok {
		if p, ok := s.resolve(rel); ok {
			return p, true
		}
	}
	if strings.HasPrefix(name, ".") {
		return Path{}, false
	}
	return s.Lookup(trimmed)
}

func clean(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path.Clean("/"+name), "/"), pageSuffix)
}

// inside reports whether a cleaned relative name stays below the root.
func inside(name string) (string, bool) {
	if name == "." {
		return "", true
	}
	return name, name != ".." && !strings.HasPrefix(name, "../")
}

// resolve finds the page of that name, exactly or loosely, or the own page of the folder of that name.
func (s *Snapshot) resolve(name string) (Path, bool) {
	if name == "" {
		return s.FolderPage("")
	}
	if p := (Path{name}); s.Has(p) {
		return p, true
	}
	if hidden(name) {
		return Path{}, false
	}
	return s.resolveLoosely(s.root, "", norm.NFC.String(name))
}

// resolveLoosely walks the elements of name, trying every entry that is loosely equal, pages before folders.
func (s *Snapshot) resolveLoosely(f *folder, prefix, name string) (Path, bool) {
	elem, rest, more := strings.Cut(name, "/")
	l, err := f.open(s.w.store)
	if err != nil {
		return Path{}, false
	}
	matches := l.folds().loose[looseKey(elem)]
	if !more {
		for _, i := range matches {
			if e := &l.entries[i]; e.isPage() {
				return Path{prefix + strings.TrimSuffix(e.name, pageSuffix)}, true
			}
		}
	}
	for _, i := range matches {
		e := &l.entries[i]
		if !e.isOpen() {
			continue
		}
		sub := prefix + e.name
		if !more {
			if p, ok := s.FolderPage(sub); ok {
				return p, true
			}
		} else if p, ok := s.resolveLoosely(e.sub, sub+"/", rest); ok {
			return p, true
		}
	}
	return Path{}, false
}

// lookupBase finds the one page whose path ends in name. Several such pages are none: a link must not guess.
func (s *Snapshot) lookupBase(name string) (Path, bool) {
	if hidden(name) || strings.Contains(name, "/") {
		return Path{}, false
	}
	key, count, found := looseKey(name), 0, Path{}
	var search func(f *folder, prefix string)
	search = func(f *folder, prefix string) {
		l, err := f.open(s.w.store)
		if err != nil || count > 1 {
			return
		}
		for _, i := range l.folds().loose[key] {
			if e := &l.entries[i]; e.isPage() {
				count++
				found = Path{prefix + strings.TrimSuffix(e.name, pageSuffix)}
			}
		}
		for i := range l.entries {
			if e := &l.entries[i]; e.isOpen() {
				search(e.sub, prefix+e.name+"/")
			}
		}
	}
	search(s.root, "")
	if count != 1 {
		return Path{}, false
	}
	return found, true
}
