package gitstore

import (
	"bytes"
	"strings"
)

// TreeReader gives the raw bytes of trees: a Store, or a Batch that is not written yet.
type TreeReader interface {
	Tree(id ID) ([]byte, error)
}

// TreeChange is one file that differs between two trees. A zero Mode says that the file is not there on that side.
type TreeChange struct {
	Name             string // with slashes, below the trees that were compared
	OldMode, NewMode uint32
	Old, New         ID
}

// CompareTrees tells visit every file (anything that is no folder) that differs between two trees, in git's order.
// Folders with the same ID are never read, and a run of equal entries is skipped as bytes, so that the cost is that of
// what changed. A zero ID is an empty tree. A folder whose name enter refuses is passed over; a nil enter enters all.
func CompareTrees(r TreeReader, old, new ID, enter func(name string) bool, visit func(TreeChange) error) error {
	c := treeComparer{r: r, enter: enter, visit: visit}
	return c.compare("", old, new)
}

type treeComparer struct {
	r     TreeReader
	enter func(string) bool
	visit func(TreeChange) error
}

// rawEntry is an entry of a raw tree and what follows it. A nil name says that the tree has ended.
type rawEntry struct {
	mode uint32
	name []byte
	id   ID
	rest []byte
}

func nextEntry(raw []byte) (rawEntry, error) {
	if len(raw) == 0 {
		return rawEntry{}, nil
	}
	var e rawEntry
	i := 0
	for ; i < len(raw) && raw[i] != ' '; i++ {
		if raw[i] < '0' || raw[i] > '7' || i > 6 {
			return e, ErrDamaged
		}
		e.mode = e.mode<<3 | uint32(raw[i]-'0')
	}
	n := bytes.IndexByte(raw[min(i, len(raw)):], 0)
	if i == 0 || n < 2 || i+n+1+len(e.id) > len(raw) {
		return e, ErrDamaged
	}
	e.name = raw[i+1 : i+n]
	copy(e.id[:], raw[i+n+1:])
	e.rest = raw[i+n+1+len(e.id):]
	return e, nil
}

func (e *rawEntry) isFolder() bool { return e.mode == 0o040000 }

// before orders entries as git does: a folder's name counts as if it ended in a slash.
func (e *rawEntry) before(o *rawEntry) int {
	n := min(len(e.name), len(o.name))
	if c := bytes.Compare(e.name[:n], o.name[:n]); c != 0 {
		return c
	}
	return int(e.after(n)) - int(o.after(n))
}

func (e *rawEntry) after(n int) byte {
	switch {
	case n < len(e.name):
		return e.name[n]
	case e.isFolder():
		return '/'
	}
	return 0
}

func (c *treeComparer) compare(prefix string, old, new ID) error {
	if old == new {
		return nil
	}
	a, err := c.read(old)
	if err != nil {
		return err
	}
	b, err := c.read(new)
	if err != nil {
		return err
	}
	a, b, err = skipEqual(a, b)
	if err != nil {
		return err
	}
	for len(a) > 0 || len(b) > 0 {
		if bytes.Equal(a, b) {
			return nil
		}
		x, err := nextEntry(a)
		if err != nil {
			return err
		}
		y, err := nextEntry(b)
		if err != nil {
			return err
		}
		switch order := x.before(&y); {
		case y.name == nil || (x.name != nil && order < 0):
			a, err = x.rest, c.differ(prefix, &x, nil)
		case x.name == nil || order > 0:
			b, err = y.rest, c.differ(prefix, nil, &y)
		default:
			a, b = x.rest, y.rest
			if x.id != y.id || x.mode != y.mode {
				err = c.differ(prefix, &x, &y)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *treeComparer) read(id ID) ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return c.r.Tree(id)
}

// differ tells of two entries of one name; either may be nil.
func (c *treeComparer) differ(prefix string, x, y *rawEntry) error {
	ch := TreeChange{}
	var oldFolder, newFolder ID
	var name []byte
	if x != nil {
		name = x.name
		if x.isFolder() {
			oldFolder = x.id
		} else {
			ch.OldMode, ch.Old = x.mode, x.id
		}
	}
	if y != nil {
		name = y.name
		if y.isFolder() {
			newFolder = y.id
		} else {
			ch.NewMode, ch.New = y.mode, y.id
		}
	}
	if s := string(name); s == "." || s == ".." || strings.Contains(s, "/") {
		return nil // no git makes such a name, and it would be taken for another place
	}
	ch.Name = prefix + string(name)
	if ch.OldMode != 0 || ch.NewMode != 0 {
		if err := c.visit(ch); err != nil {
			return err
		}
	}
	if oldFolder == newFolder || (c.enter != nil && !c.enter(ch.Name)) {
		return nil
	}
	return c.compare(ch.Name+"/", oldFolder, newFolder)
}

// skipEqual drops the entries that both trees begin with. Their bytes are compared in bulk; then one tree is stepped
// through to the last entry that begins within what is equal.
func skipEqual(a, b []byte) ([]byte, []byte, error) {
	const bulk = 512
	n, limit := 0, min(len(a), len(b))
	for n+bulk <= limit && bytes.Equal(a[n:n+bulk], b[n:n+bulk]) {
		n += bulk
	}
	at := 0
	for at < n {
		i := bytes.IndexByte(a[at:], 0)
		if i < 0 || at+i+21 > len(a) {
			return nil, nil, ErrDamaged
		}
		if at+i+21 > n {
			break
		}
		at += i + 21
	}
	return a[at:], b[at:], nil
}

// Subtree finds the folder of that name (with slashes; "" is the tree itself) below a tree. It gives the zero ID when
// there is none.
func Subtree(r TreeReader, tree ID, name string) (ID, error) {
	if name == "" || tree.IsZero() {
		return tree, nil
	}
	mode, id, err := Find(r, tree, name)
	if mode != 0o040000 {
		id = ID{}
	}
	return id, err
}

// Find looks up one file or folder by its name (with slashes) below a tree, stepping over the bytes of the trees on the
// way. It gives mode 0 when there is none.
func Find(r TreeReader, tree ID, name string) (mode uint32, id ID, err error) {
	for {
		elem, rest, more := strings.Cut(name, "/")
		raw, err := r.Tree(tree)
		if err != nil {
			return 0, ID{}, err
		}
		e, err := findEntry(raw, elem)
		if err != nil || e.name == nil || !more {
			return e.mode, e.id, err
		}
		if !e.isFolder() {
			return 0, ID{}, nil
		}
		tree, name = e.id, rest
	}
}

// findEntry gives the entry of that name, or one without a name.
func findEntry(raw []byte, name string) (rawEntry, error) {
	for len(raw) > 0 {
		e, err := nextEntry(raw)
		if err != nil || string(e.name) == name {
			return e, err
		}
		raw = e.rest
	}
	return rawEntry{}, nil
}

// Tree gives a tree of the batch, or of the store behind it.
func (b *Batch) Tree(id ID) ([]byte, error) {
	kind, raw, err := b.Read(id)
	if err == nil && kind != Tree {
		err = ErrDamaged
	}
	return raw, err
}
