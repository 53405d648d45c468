package gitstore

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Ref is a ref's full name, such as "refs/heads/main", and the object that it names.
type Ref struct {
	Name string
	ID   ID
}

const (
	// maxSymbolicDepth is git's own bound on refs that name refs.
	maxSymbolicDepth = 5

	// maxPackedRefs bounds packed-refs, in bytes: a million refs.
	maxPackedRefs = 128 << 20

	// maxRefName bounds a ref's name, in bytes: what file systems take for a path, less the repository's own.
	maxRefName = 1024
)

// HeadBranch returns the full name of the branch that HEAD names, whether or not it has a commit yet. A detached HEAD is
// an ErrBadRef.
func (s *Store) HeadBranch() (string, error) {
	v, err := s.looseRef("HEAD")
	if err != nil {
		return "", err
	}
	if v.target == "" {
		return "", fmt.Errorf("HEAD names a commit and no branch: %w", ErrBadRef)
	}
	return v.target, nil
}

// Ref returns what a ref names, through symbolic refs. One that does not exist is ErrNoRef; one that is empty, garbage, a
// loop, or has a name that git would refuse is ErrBadRef. Names begin with "refs/"; "HEAD" is allowed as well.
//
// While git updates, packs or renames, either the old or the new value is seen and never ErrNoRef.
func (s *Store) Ref(name string) (ID, error) {
	first := name
	for range maxSymbolicDepth + 1 {
		v, err := s.oneRef(name)
		if err != nil {
			return ID{}, err
		}
		if v.target == "" {
			return v.id, nil
		}
		name = v.target
	}
	return ID{}, fmt.Errorf("%s names a ref that names a ref, and so on: %w", first, ErrBadRef)
}

// refValue is what a ref holds: an object, or the name of another ref.
type refValue struct {
	id     ID
	target string
}

// oneRef reads one ref, without following it.
//
// git packs a ref by writing packed-refs first and removing the loose file then, so loose first and packed second always
// finds it. The second look at the loose file is for whoever creates the ref between the two, in a repository on a file
// system whose rename is not atomic.
func (s *Store) oneRef(name string) (refValue, error) {
	if v, err := s.looseRef(name); !errors.Is(err, ErrNoRef) {
		return v, err
	}
	packed, err := s.readPackedRefs()
	if err != nil {
		return refValue{}, err
	}
	if id, ok := packed.find(name); ok {
		return refValue{id: id}, nil
	}
	return s.looseRef(name)
}

// looseRef reads the file of a ref.
func (s *Store) looseRef(name string) (refValue, error) {
	if !validRefName(name) {
		return refValue{}, fmt.Errorf("%q is no name for a ref: %w", name, ErrBadRef)
	}
	path := s.refPath(name)
	text, err := readLimited(path, maxPointerFile)
	switch {
	case isMissing(err):
		if v, ok := linkedRef(path); ok {
			return v, nil
		}
		return refValue{}, fmt.Errorf("%s: %w", name, ErrNoRef)
	case errors.Is(err, syscall.EISDIR): // the folder of refs below this name
		return refValue{}, fmt.Errorf("%s: %w", name, ErrNoRef)
	case err != nil:
		return refValue{}, fmt.Errorf("%s: %w: %w", name, ErrBadRef, err)
	}
	if name == "HEAD" {
		if v, ok := linkedRef(path); ok {
			return v, nil
		}
	}
	return parseRef(name, text)
}

// linkedRef reads a symbolic ref of git's first years, which is a symbolic link.
func linkedRef(path string) (refValue, bool) {
	target, err := os.Readlink(path)
	if err != nil || !strings.HasPrefix(target, "refs/") || !validRefName(target) {
		return refValue{}, false
	}
	return refValue{target: target}, true
}

// parseRef reads the content of a loose ref: 40 digits, or "ref: " and a name. White space may follow, and after digits
// whatever comes behind it, as in git.
func parseRef(name string, text []byte) (refValue, error) {
	if target, ok := bytes.CutPrefix(text, []byte("ref:")); ok {
		target := string(bytes.TrimSpace(target))
		if !validRefName(target) {
			return refValue{}, fmt.Errorf("%s names the ref %q: %w", name, target, ErrBadRef)
		}
		return refValue{target: target}, nil
	}
	digits := text[:min(40, len(text))]
	id, err := parseHexID(digits)
	if err != nil || id.IsZero() || len(text) > 40 && !isSpace(text[40]) {
		return refValue{}, fmt.Errorf("%s holds %d bytes that name nothing: %w", name, len(text), ErrBadRef)
	}
	return refValue{id: id}, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// refPath is the file of a loose ref with a valid name. Linked work trees have HEAD and a few folders of their own.
func (s *Store) refPath(name string) string {
	root := s.common
	if name == "HEAD" || strings.HasPrefix(name, "refs/bisect/") || strings.HasPrefix(name, "refs/worktree/") || strings.HasPrefix(name, "refs/rewritten/") {
		root = s.dir
	}
	return filepath.Join(root, filepath.FromSlash(name))
}

// validRefName is git's rule for full names of refs (git check-ref-format), and "HEAD". A valid name never leads out of
// the refs folder.
func validRefName(name string) bool {
	if name == "HEAD" {
		return true
	}
	rest, ok := strings.CutPrefix(name, "refs/")
	if !ok || rest == "" || len(name) > maxRefName || strings.HasSuffix(name, ".") {
		return false
	}
	if strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.ContainsAny(name, " ~^:?*[\\\x7f") {
		return false
	}
	for i := range len(name) {
		if name[i] < ' ' {
			return false
		}
	}
	for part := range strings.SplitSeq(rest, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// Refs returns all refs whose name begins with prefix, sorted by name; symbolic refs are followed. prefix is "" for all, or
// a beginning such as "refs/heads/". HEAD is not among them.
//
// A broken ref does not hide the others: they come together with an ErrBadRef that names the broken ones. Symbolic refs
// that lead nowhere are left out, as git does.
func (s *Store) Refs(prefix string) ([]Ref, error) {
	// Loose before packed: a ref that is packed meanwhile is then seen twice rather than not at all.
	names, err := s.looseNames(prefix)
	if err != nil {
		return nil, err
	}
	packed, err := s.readPackedRefs()
	if err != nil {
		return nil, err
	}
	refs := slices.Clone(packed.withPrefix(prefix))
	var broken []error
	for _, name := range names {
		id, err := s.Ref(name)
		switch {
		case err == nil:
			refs = append(refs, Ref{name, id})
		case !errors.Is(err, ErrNoRef):
			broken = append(broken, err)
			refs = slices.DeleteFunc(refs, func(r Ref) bool { return r.Name == name }) // the packed value is out of date
		}
	}
	// Loose values stand behind packed ones of the same name, and are the ones that count.
	slices.SortStableFunc(refs, compareRefs)
	last := refs[:0]
	for i, r := range refs {
		if i+1 == len(refs) || refs[i+1].Name != r.Name {
			last = append(last, r)
		}
	}
	return last, errors.Join(broken...)
}

// looseNames lists the files of loose refs. Lock files and other names that git would refuse are none.
func (s *Store) looseNames(prefix string) (names []string, err error) {
	roots := []string{s.common}
	if s.dir != s.common {
		roots = append(roots, s.dir)
	}
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join(root, "refs"), func(path string, d fs.DirEntry, err error) error {
			if isMissing(err) {
				return nil // gone since its folder was read
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			name := filepath.ToSlash(rel)
			if d.IsDir() {
				if apart := name + "/"; !strings.HasPrefix(apart, prefix) && !strings.HasPrefix(prefix, apart) {
					return fs.SkipDir
				}
				return err
			}
			if strings.HasPrefix(name, prefix) && validRefName(name) && s.refPath(name) == path {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// packedRefs is one reading of the packed-refs file.
type packedRefs struct {
	stamp stamp
	refs  []Ref // sorted by name
}

func (p *packedRefs) find(name string) (ID, bool) {
	i, ok := slices.BinarySearchFunc(p.refs, name, func(r Ref, name string) int { return cmp.Compare(r.Name, name) })
	if !ok {
		return ID{}, false
	}
	return p.refs[i].ID, true
}

// withPrefix is the part of the refs whose names begin so.
func (p *packedRefs) withPrefix(prefix string) []Ref {
	lo, _ := slices.BinarySearchFunc(p.refs, prefix, func(r Ref, prefix string) int { return cmp.Compare(r.Name, prefix) })
	hi := lo
	for hi < len(p.refs) && strings.HasPrefix(p.refs[hi].Name, prefix) {
		hi++
	}
	return p.refs[lo:hi]
}

// readPackedRefs reads packed-refs if it has changed since it was last read.
func (s *Store) readPackedRefs() (*packedRefs, error) {
	path := filepath.Join(s.common, "packed-refs")
	if p := s.packedRefs.Load(); p != nil && p.stamp.holds(path) {
		return p, nil
	}
	p := &packedRefs{stamp: takeStamp(path)}
	text, err := readLimited(path, maxPackedRefs)
	if err != nil && !isMissing(err) {
		return nil, fmt.Errorf("packed-refs: %w: %w", ErrBadRef, err)
	}
	if p.refs, err = parsePackedRefs(text); err != nil {
		return nil, err
	}
	s.packedRefs.Store(p)
	return p, nil
}

// parsePackedRefs reads lines of an object name, a space and a ref. Lines with "#" are comments; lines with "^" hold what
// the annotated tag before them peels to. The result is sorted, whether or not the file was. Refs with names that git would
// refuse are left out.
func parsePackedRefs(text []byte) ([]Ref, error) {
	refs := make([]Ref, 0, bytes.Count(text, []byte{'\n'}))
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		digits, name, ok := bytes.Cut(line, []byte{' '})
		id, err := parseHexID(digits)
		if err != nil || !ok {
			return nil, fmt.Errorf("packed-refs has the line %q: %w", line[:min(len(line), 80)], ErrBadRef)
		}
		if validRefName(string(name)) {
			refs = append(refs, Ref{string(name), id})
		}
	}
	if !slices.IsSortedFunc(refs, compareRefs) {
		slices.SortStableFunc(refs, compareRefs)
	}
	return refs, nil
}

func compareRefs(a, b Ref) int { return cmp.Compare(a.Name, b.Name) }
