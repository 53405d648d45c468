package wiki

import (
	"context"
	"slices"
	"strings"

	"coppice/wiki/internal/gitstore"
)

// Changes gives what happened to pages between two commits, ordered by path, with renames found as git finds them. A
// zero from means that every page was Added.
func (w *Wiki) Changes(_ context.Context, from, to ID) ([]Change, error) {
	a, err := w.at(from)
	if err != nil {
		return nil, err
	}
	b, err := w.at(to)
	if err != nil {
		return nil, err
	}
	changes, err := CompareRoots(w.store, a.root.id, b.root.id)
	if err != nil {
		return nil, err
	}
	changes, err = FindRenames(changes, w.blob)
	slices.SortFunc(changes, func(x, y Change) int { return x.Path.Compare(y.Path) })
	return changes, err
}

// CompareRoots gives the pages that differ between two root folders (zero: an empty one), in git's order, without
// looking for renames: a page under a new name is a Deleted and an Added.
func CompareRoots(r gitstore.TreeReader, old, new ID) ([]Change, error) {
	var changes []Change
	err := gitstore.CompareTrees(r, old, new, func(name string) bool { return isOpenName(lastElement(name)) }, func(t gitstore.TreeChange) error {
		was, is := isPageFile(t.Name, t.OldMode), isPageFile(t.Name, t.NewMode)
		c := Change{Path: Path{strings.TrimSuffix(t.Name, pageSuffix)}}
		switch {
		case was && is && t.Old == t.New: // only the mode changed
			return nil
		case was && is:
			c.Kind, c.Old, c.Blob = Modified, t.Old, t.New
		case was:
			c.Kind, c.Old = Deleted, t.Old
		case is:
			c.Kind, c.Blob = Added, t.New
		default:
			return nil
		}
		changes = append(changes, c)
		return nil
	})
	return changes, err
}

func lastElement(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func isPageFile(name string, mode uint32) bool {
	e := entry{name: lastElement(name), mode: mode}
	return e.isPage()
}
