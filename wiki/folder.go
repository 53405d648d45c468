package wiki

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"coppice/wiki/internal/gitstore"
)

// folder is one git tree, read when it is first asked for and never changed after. Snapshots share folders: a new
// commit makes new ones only along the paths it touched.
type folder struct {
	id   ID
	like *listing // an older listing of the same place, whose unchanged sub-folders are taken over
	list atomic.Pointer[listing]
}

// listing is what a folder holds. Entries stand in git's order, which sorts a folder as if its name ended in a slash.
type listing struct {
	entries []entry
	folds   func() *folds
}

type entry struct {
	name string
	mode uint32
	id   ID
	sub  *folder // of a folder, else nil
}

// folds finds entries by names that differ in case or in the way words are joined.
type folds struct {
	loose map[string][]int32 // looseKey of page, file and folder names -> entries, in order
	twin  map[string]int32   // twinKey of the whole name -> entry
}

const (
	modeFolder = 0o040000
	modeFile   = 0o100644
	modeExec   = 0o100755
	modeLink   = 0o120000
	modeCommit = 0o160000 // of another repository: a submodule
)

func (e *entry) isFile() bool { return e.mode == modeFile || e.mode == modeExec }

// sort says what an entry is, for a sentence.
func (e *entry) sort() string {
	switch e.mode {
	case modeFolder:
		return "a folder"
	case modeLink:
		return "a symbolic link"
	case modeCommit:
		return "a submodule"
	}
	return "a file"
}

// isPage: a regular Markdown file that is not hidden. A symbolic link is none: it could point anywhere.
func (e *entry) isPage() bool {
	return e.isFile() && len(e.name) > len(pageSuffix) && strings.HasSuffix(e.name, pageSuffix) && isOpenName(e.name)
}

// isOpen: a folder that pages may be in.
func (e *entry) isOpen() bool { return e.sub != nil && isOpenName(e.name) }

// isOpenName reports whether an element of a tree can stand in a Path. Trees that somebody made by hand hold anything.
func isOpenName(elem string) bool {
	return elem != "" && elem[0] != '.' && len(elem) <= maxElementBytes && utf8.ValidString(elem) && !strings.ContainsAny(elem, "\n\x00/")
}

// maxElementBytes is what file systems allow; a longer name could be in no clone.
const maxElementBytes = 255

// key orders entries as git does.
func (e *entry) key() string {
	if e.mode == modeFolder {
		return e.name + "/"
	}
	return e.name
}

// open gives the folder's listing, reading it the first time. Two goroutines may read it at once; one result stays.
func (f *folder) open(r gitstore.TreeReader) (*listing, error) {
	if l := f.list.Load(); l != nil {
		return l, nil
	}
	var raw []byte
	if !f.id.IsZero() {
		var err error
		if raw, err = r.Tree(f.id); err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.id.Short(), err)
		}
	}
	var entries []entry
	for t, err := range gitstore.Entries(raw) {
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.id.Short(), err)
		}
		if t.Name == "" || t.Name == "." || t.Name == ".." || strings.Contains(t.Name, "/") {
			continue // no git makes such a name, and no path can lead to it
		}
		e := entry{name: strings.Clone(t.Name), mode: t.Mode, id: t.ID}
		if e.mode == modeFolder {
			e.sub = &folder{id: e.id}
			if f.like != nil {
				if old := f.like.find(e.name); old != nil && old.sub != nil {
					if old.id == e.id {
						e.sub = old.sub
					} else {
						e.sub.like = old.sub.list.Load()
					}
				}
			}
		}
		entries = append(entries, e)
	}
	f.list.CompareAndSwap(nil, newListing(entries))
	return f.list.Load(), nil
}

func newListing(entries []entry) *listing {
	l := &listing{entries: entries}
	l.folds = sync.OnceValue(l.fold)
	return l
}

func (l *listing) fold() *folds {
	f := &folds{loose: make(map[string][]int32, len(l.entries)), twin: make(map[string]int32, len(l.entries))}
	for i := range l.entries {
		e := &l.entries[i]
		name := e.name
		if e.isPage() {
			name = strings.TrimSuffix(name, pageSuffix)
		}
		k := looseKey(name)
		f.loose[k] = append(f.loose[k], int32(i))
		f.twin[twinKey(e.name)] = int32(i)
	}
	return f
}

// find gives the entry of exactly that name, or nil. A name is a file's or a folder's, never both.
func (l *listing) find(name string) *entry {
	for _, key := range [2]string{name, name + "/"} {
		i := sort.Search(len(l.entries), func(i int) bool { return l.entries[i].key() >= key })
		if i < len(l.entries) && l.entries[i].name == name {
			return &l.entries[i]
		}
	}
	return nil
}

// with gives a copy of the listing with e put in place of, or beside, the entry of that name; an e without a mode
// takes the entry out.
func (l *listing) with(e entry) *listing {
	entries := make([]entry, 0, len(l.entries)+1)
	entries = append(entries, l.entries...)
	if i := slices.IndexFunc(entries, func(o entry) bool { return o.name == e.name }); i >= 0 {
		entries = slices.Delete(entries, i, i+1)
	}
	if e.mode != 0 {
		key := e.key()
		i := sort.Search(len(entries), func(i int) bool { return entries[i].key() >= key })
		entries = slices.Insert(entries, i, e)
	}
	return newListing(entries)
}

func (l *listing) encode() []byte {
	tree := make([]gitstore.TreeEntry, len(l.entries))
	for i, e := range l.entries {
		tree[i] = gitstore.TreeEntry{Mode: e.mode, Name: e.name, ID: e.id}
	}
	return gitstore.EncodeTree(tree)
}

// walk calls yield for each entry below f whose folders are all open, in the order of path names, until it returns
// false. prefix is the name of f with a slash, or "".
func (f *folder) walk(r gitstore.TreeReader, prefix string, yield func(name string, e *entry) bool) (bool, error) {
	l, err := f.open(r)
	if err != nil {
		return false, err
	}
	for i := range l.entries {
		e := &l.entries[i]
		if !yield(prefix+e.name, e) {
			return false, nil
		}
		if e.isOpen() {
			if more, err := e.sub.walk(r, prefix+e.name+"/", yield); !more {
				return false, err
			}
		}
	}
	return true, nil
}
