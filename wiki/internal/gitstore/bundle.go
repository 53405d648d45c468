package gitstore

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A bundle is a whole repository in one file: a line that says so, a line for each ref, an empty line, and a pack
// (gitformat-bundle(5)). git clone, git fetch and git bundle verify read it.

const (
	bundleV2 = "# v2 git bundle"
	bundleV3 = "# v3 git bundle"

	// maxBundleRefs bounds the refs of a bundle that is read: as many as packed-refs may hold.
	maxBundleRefs = 1 << 20

	// maxBundleLine is the longest line of a bundle's head: an object name and a ref, or a missing commit's first line.
	maxBundleLine = 8 << 10
)

// WriteBundle writes HEAD, all refs, and every object that they lead to, as a git bundle of version 2. The refs are those of
// the moment it begins; saves go on meanwhile. Objects that are packed are copied as they are. Memory is about 150
// bytes an object.
//
// A broken ref is an ErrBadRef and a missing object an ErrNotFound, for a backup that leaves something out is none. A
// shallow clone is ErrUnsupported. A repository without refs gives a bundle without refs, which ReadBundle takes.
func (s *Store) WriteBundle(ctx context.Context, w io.Writer) error {
	if len(s.shallow) > 0 {
		return fmt.Errorf("write a bundle of a shallow clone: %w", ErrUnsupported)
	}
	refs, err := s.bundleRefs()
	if err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	r, err := s.gather(ctx, refs)
	if err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	var head bytes.Buffer
	head.WriteString(bundleV2 + "\n")
	for _, ref := range refs {
		fmt.Fprintf(&head, "%s %s\n", ref.ID, ref.Name)
	}
	head.WriteByte('\n')
	if _, err := head.WriteTo(w); err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	pw := newPackWriter(w, len(r.entries))
	if err := r.write(ctx, pw); err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	if _, err := pw.finish(); err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	return nil
}

// bundleRefs lists HEAD, the branch that it names, and then the other refs. A bundle does not say which branch HEAD was:
// readers take one that is where HEAD is, and we the first of them.
func (s *Store) bundleRefs() ([]Ref, error) {
	refs, err := s.Refs("")
	if err != nil {
		return nil, err
	}
	branch, err := s.HeadBranch()
	if err != nil && !errors.Is(err, ErrBadRef) {
		return nil, err
	}
	id, err := s.Ref("HEAD")
	if errors.Is(err, ErrNoRef) {
		return refs, nil
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(refs, func(a, b Ref) int { return before(a.Name == branch, b.Name == branch) })
	return slices.Insert(refs, 0, Ref{"HEAD", id}), nil
}

// before orders what is first before what is not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// gather makes a repacker of everything that refs lead to.
func (s *Store) gather(ctx context.Context, refs []Ref) (*repacker, error) {
	r := newRepacker(s)
	packs := slices.Clone(s.packs())
	slices.SortStableFunc(packs, func(a, b *pack) int { return cmp.Compare(b.size, a.size) })
	for _, p := range packs {
		if _, err := r.addSource(p); err != nil {
			return nil, err
		}
	}
	var places []objectPlace
	w := newWalk(s, refs)
	for step := range w.steps(ctx) {
		if err := s.expandStep(w, step); err != nil {
			return nil, fmt.Errorf("%s: %w", step, err)
		}
		place, err := r.locate(step.id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step, err)
		}
		places = append(places, place)
	}
	// In the order of their packs: copying then reads the disk forward, and keeps the neighbourhood that git chose.
	slices.SortFunc(places, func(a, b objectPlace) int { return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.off, b.off)) })
	for _, p := range places {
		r.add(p.id, p.source, p.off)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.link(ctx); err != nil {
		return nil, err
	}
	return r, r.proposeByHistory(ctx)
}

// expandStep reads an object that names others. Blobs are not read here.
func (s *Store) expandStep(w *walk, step walkStep) error {
	kind := step.kind
	if kind == 0 {
		var err error
		if kind, _, err = s.Size(step.id); err != nil {
			return err
		}
	}
	switch kind {
	case Blob:
		return nil
	case Tree:
		raw, err := s.Tree(step.id)
		if err != nil {
			return err
		}
		return w.expandTree(step.id, raw)
	}
	content, err := s.ReadKind(step.id, kind)
	if err != nil {
		return err
	}
	return w.expand(step, kind, content)
}

// objectPlace is where an object is stored.
type objectPlace struct {
	id     ID
	source int32 // -1: loose
	off    int64
}

// locate finds an object in the sources, or else as a loose file or in a pack that came later.
func (r *repacker) locate(id ID) (objectPlace, error) {
	for n, src := range r.sources {
		off, ok, err := src.offsetOf(id)
		if err != nil {
			return objectPlace{}, err
		}
		if ok {
			return objectPlace{id, int32(n), off}, nil
		}
	}
	if !r.s.Has(id) {
		return objectPlace{}, ErrNotFound
	}
	return objectPlace{id, -1, 0}, nil
}

// bundleHead is what stands before a bundle's pack.
type bundleHead struct {
	head ID // zero if the bundle has no HEAD
	refs []Ref
}

// ReadBundle makes a new bare repository at dir from a bundle that holds all of its history, such as WriteBundle and "git
// bundle create --all" write. dir must not exist or be empty, else the error is fs.ErrExist. Every object is hashed, and
// everything that the refs lead to must be there; what is cut short or damaged is ErrDamaged, a bundle that builds on
// another repository ErrUnsupported.
//
// The repository appears at dir when all of it is on disk, below folders that are made if they are missing. On an error, or
// when ctx ends, nothing of that is left. Memory is about 150 bytes an object and a bounded cache.
func ReadBundle(ctx context.Context, r io.Reader, dir string) (err error) {
	dir = filepath.Clean(dir)
	in := bufio.NewReaderSize(r, packBuffer)
	head, err := readBundleHead(in)
	if err != nil {
		return fmt.Errorf("read a bundle: %w", err)
	}
	if err := checkVacant(dir); err != nil {
		return fmt.Errorf("read a bundle: %w", err)
	}
	above := missingFolders(filepath.Dir(dir))
	defer func() {
		if err != nil {
			removeEmpty(above)
		}
	}()
	if err := makeFolders(filepath.Dir(dir)); err != nil {
		return writeError("read a bundle", err)
	}
	building, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".restoring-*")
	if err != nil {
		return writeError("read a bundle", err)
	}
	defer os.RemoveAll(building) // gone if it was renamed
	if err := os.Chmod(building, 0o755); err != nil {
		return writeError("read a bundle", err)
	}
	if err := fillFromBundle(ctx, in, head, building); err != nil {
		return fmt.Errorf("read a bundle: %w", err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return writeError("read a bundle", err)
	}
	if err := os.Rename(building, dir); err != nil {
		return writeError("read a bundle", err)
	}
	return syncDir(filepath.Dir(dir))
}

// fillFromBundle makes the repository in a folder that nobody looks at yet.
func fillFromBundle(ctx context.Context, in *bufio.Reader, head bundleHead, dir string) error {
	if err := Init(dir, head.branch()); err != nil {
		return err
	}
	if err := receivePack(ctx, in, filepath.Join(dir, "objects", "pack")); err != nil {
		return err
	}
	if err := writeDurable(filepath.Join(dir, "packed-refs"), head.packedRefs()); err != nil {
		return writeError("write refs", err)
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	s, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return s.checkWhole(ctx, head.refs)
}

// checkWhole makes sure that everything the refs lead to is there. What is there has been hashed already.
func (s *Store) checkWhole(ctx context.Context, refs []Ref) error {
	w := newWalk(s, refs)
	for step := range w.steps(ctx) {
		switch err := s.expandStep(w, step); {
		case isNotFound(err):
			return fmt.Errorf("%s is missing: %w", step, ErrDamaged)
		case err != nil:
			return fmt.Errorf("%s: %w", step, err)
		}
		if !s.known(step.id) {
			return fmt.Errorf("%s is missing: %w", step, ErrDamaged)
		}
	}
	return ctx.Err()
}

// readBundleHead reads up to the empty line before the pack.
func readBundleHead(in *bufio.Reader) (h bundleHead, err error) {
	line, err := bundleLine(in)
	if err != nil {
		return h, err
	}
	if line != bundleV2 && line != bundleV3 {
		return h, fmt.Errorf("it does not begin as a git bundle does: %w", ErrDamaged)
	}
	version3 := line == bundleV3
	names := make(map[string]bool)
	for {
		line, err := bundleLine(in)
		switch {
		case err != nil:
			return h, err
		case line == "":
			return h, nil
		case version3 && line[0] == '@':
			if line != "@object-format=sha1" {
				return h, fmt.Errorf("it asks for %q: %w", line[1:], ErrUnsupported)
			}
			continue
		case line[0] == '-':
			return h, fmt.Errorf("it holds only what came after %q: %w", line[1:], ErrUnsupported)
		case len(h.refs) == maxBundleRefs:
			return h, fmt.Errorf("more than %d refs: %w", maxBundleRefs, ErrTooLarge)
		}
		digits, name, _ := strings.Cut(line, " ")
		id, err := ParseID(digits)
		if err != nil || !validRefName(name) || names[name] {
			return h, fmt.Errorf("its head has the line %q: %w", line, ErrDamaged)
		}
		names[name] = true
		if name == "HEAD" {
			h.head = id
		} else {
			h.refs = append(h.refs, Ref{name, id})
		}
	}
}

// bundleLine reads one line without its newline.
func bundleLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	switch {
	case err == nil && len(line) <= maxBundleLine:
		return string(line[:len(line)-1]), nil
	case err == nil || errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("line of more than %d bytes in its head: %w", maxBundleLine, ErrDamaged)
	case errors.Is(err, io.EOF):
		return "", fmt.Errorf("it ends within its head: %w", ErrDamaged)
	}
	return "", err
}

// branch is the one that HEAD shall name: the first where HEAD was, else a usual name, else any.
func (h bundleHead) branch() string {
	var branches []string
	for _, r := range h.refs {
		name, ok := strings.CutPrefix(r.Name, "refs/heads/")
		if !ok {
			continue
		}
		if r.ID == h.head {
			return name
		}
		branches = append(branches, name)
	}
	for _, usual := range []string{"main", "master"} {
		if slices.Contains(branches, usual) {
			return usual
		}
	}
	return append(branches, "main")[0]
}

// packedRefs is the content of a packed-refs file with the bundle's refs.
func (h bundleHead) packedRefs() []byte {
	var b bytes.Buffer
	b.WriteString("# pack-refs with: sorted \n")
	for _, r := range slices.SortedFunc(slices.Values(h.refs), compareRefs) {
		fmt.Fprintf(&b, "%s %s\n", r.ID, r.Name)
	}
	return b.Bytes()
}
