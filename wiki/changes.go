package wiki

import (
	"context"
	"slices"
	"strings"
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
	return compare(a, b, w.blob)
}

// compare walks two Snapshots side by side. Folders with the same tree are skipped, so that the cost is that of what
// changed.
func compare(a, b *Snapshot, read func(ID) ([]byte, error)) ([]Change, error) {
	var changes []Change
	if err := compareFolders(a, b, a.root, b.root, "", &changes); err != nil {
		return nil, err
	}
	changes, err := FindRenames(changes, read)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(changes, func(x, y Change) int { return x.Path.Compare(y.Path) })
	return changes, nil
}

func compareFolders(a, b *Snapshot, fa, fb *folder, prefix string, changes *[]Change) error {
	if fa == fb || (fa != nil && fb != nil && fa.id == fb.id && !fa.id.IsZero()) {
		return nil
	}
	la, err := openOr(fa, a)
	if err != nil {
		return err
	}
	lb, err := openOr(fb, b)
	if err != nil {
		return err
	}
	i, j := 0, 0
	for i < len(la.entries) || j < len(lb.entries) {
		var x, y *entry
		switch {
		case j == len(lb.entries):
			x, i = &la.entries[i], i+1
		case i == len(la.entries):
			y, j = &lb.entries[j], j+1
		default:
			switch strings.Compare(la.entries[i].key(), lb.entries[j].key()) {
			case -1:
				x, i = &la.entries[i], i+1
			case 1:
				y, j = &lb.entries[j], j+1
			default:
				x, y, i, j = &la.entries[i], &lb.entries[j], i+1, j+1
			}
		}
		if err := compareEntries(a, b, x, y, prefix, changes); err != nil {
			return err
		}
	}
	return nil
}

// compareEntries tells the difference between two entries of one name; either may be nil.
func compareEntries(a, b *Snapshot, x, y *entry, prefix string, changes *[]Change) error {
	was, is := x != nil && x.isPage(), y != nil && y.isPage()
	page := func(e *entry) Path { return Path{prefix + strings.TrimSuffix(e.name, pageSuffix)} }
	switch {
	case was && is && x.id != y.id:
		*changes = append(*changes, Change{Kind: Modified, Path: page(y), Blob: y.id, Old: x.id})
	case was && !is:
		*changes = append(*changes, Change{Kind: Deleted, Path: page(x), Old: x.id})
	case is && !was:
		*changes = append(*changes, Change{Kind: Added, Path: page(y), Blob: y.id})
	}
	var fx, fy *folder
	name := ""
	if x != nil && x.isOpen() {
		fx, name = x.sub, x.name
	}
	if y != nil && y.isOpen() {
		fy, name = y.sub, y.name
	}
	if fx == nil && fy == nil {
		return nil
	}
	return compareFolders(a, b, fx, fy, prefix+name+"/", changes)
}

func openOr(f *folder, s *Snapshot) (*listing, error) {
	if f == nil {
		return &listing{}, nil
	}
	return f.open(s.w.store)
}
