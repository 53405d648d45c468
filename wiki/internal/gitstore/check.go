package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Check reads every object that HEAD and the refs lead to, and reports what is wrong, a sentence a problem: refs that are
// broken or lead nowhere, objects that are missing, unreadable or not what their name says, trees out of order or with
// names that no file system should see, commits that cannot be read. It does not need native git.
//
// A sound repository has no reports and a nil error; an error means that the check could not be finished. Memory is about
// 50 bytes an object.
func (s *Store) Check(ctx context.Context, report func(problem string)) error {
	roots := s.checkRefs(report)
	w := newWalk(s, roots)
	for step := range w.steps(ctx) {
		if err := s.checkObject(w, step, report); err != nil {
			report(fmt.Sprintf("%s: %v", step, err))
		}
	}
	return ctx.Err()
}

// checkRefs reports refs that cannot be read and returns the others.
func (s *Store) checkRefs(report func(string)) []Ref {
	refs, err := s.Refs("")
	for _, e := range split(err) {
		report(e.Error())
	}
	switch id, err := s.Ref("HEAD"); {
	case err == nil:
		refs = append(refs, Ref{"HEAD", id})
	case !errors.Is(err, ErrNoRef): // a branch without a commit is no problem
		report(err.Error())
	}
	return refs
}

// split takes an error of errors.Join apart.
func split(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// checkObject checks one object and adds what it names to the walk.
func (s *Store) checkObject(w *walk, step walkStep, report func(string)) error {
	kind, content, err := s.Read(step.id)
	if err != nil {
		return err
	}
	if HashObject(kind, content) != step.id {
		return fmt.Errorf("content is not what its name says: %w", ErrDamaged)
	}
	if kind == Tree {
		for problem := range treeProblems(content) {
			report(fmt.Sprintf("%s: %s", step, problem))
		}
	}
	return w.expand(step, kind, content)
}

// treeProblems yields what is wrong with a tree: what git fsck calls an error.
func treeProblems(raw []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		var before TreeEntry
		names := make(map[string]bool)
		for e, err := range Entries(raw) {
			if err != nil {
				return // the walk meets it as well
			}
			if problem := entryProblem(e); problem != "" && !yield(fmt.Sprintf("entry %q %s", e.Name, problem)) {
				return
			}
			if names[e.Name] && !yield(fmt.Sprintf("entry %q is there twice", e.Name)) {
				return
			}
			if before.Name != "" && compareEntries(before, e) >= 0 && !names[e.Name] && !yield(fmt.Sprintf("entry %q is out of order", e.Name)) {
				return
			}
			names[e.Name] = true
			before = e
		}
	}
}

func entryProblem(e TreeEntry) string {
	switch {
	case e.Name == "." || e.Name == ".." || strings.EqualFold(e.Name, ".git") || strings.Contains(e.Name, "/"):
		return "has a name that no folder may hold"
	case e.ID.IsZero():
		return "names no object"
	}
	switch e.Mode {
	case ModeTree, ModeFile, ModeExecutable, ModeSymlink, ModeCommit, modeGroupWritable:
		return ""
	}
	return fmt.Sprintf("has the mode %o", e.Mode)
}

// modeGroupWritable is a file's mode in trees of git's first months, which git fsck still accepts.
const modeGroupWritable = 0o100664

// walk visits every object that some refs lead to, once each.
type walk struct {
	s    *Store
	seen map[ID]struct{}
	todo []walkStep // a stack, so that a history's parents do not pile up
}

// walkStep is an object, and why it must be there.
type walkStep struct {
	id     ID
	kind   Kind // 0: any
	parent ID   // the object that names it; zero for a ref
	ref    string
}

// String is for reports: "tree 12ab..., named by 34cd...".
func (st walkStep) String() string {
	what := "object"
	if st.kind != 0 {
		what = st.kind.String()
	}
	by := st.ref
	if by == "" {
		by = st.parent.String()
	}
	return fmt.Sprintf("%s %s, named by %s", what, st.id, by)
}

func newWalk(s *Store, roots []Ref) *walk {
	w := &walk{s: s, seen: make(map[ID]struct{})}
	for _, r := range slices.Backward(roots) { // the last that is pushed comes first
		w.push(walkStep{id: r.ID, ref: r.Name})
	}
	return w
}

func (w *walk) push(st walkStep) {
	if _, ok := w.seen[st.id]; !ok && st.id != emptyTree {
		w.todo = append(w.todo, st)
	}
}

// steps yields the objects until there are no more or ctx ends. Whoever takes a step calls expand for it.
func (w *walk) steps(ctx context.Context) iter.Seq[walkStep] {
	return func(yield func(walkStep) bool) {
		for n := 0; len(w.todo) > 0; n++ {
			if n%checkEvery == 0 && ctx.Err() != nil {
				return
			}
			st := w.todo[len(w.todo)-1]
			w.todo = w.todo[:len(w.todo)-1]
			if _, ok := w.seen[st.id]; ok {
				continue
			}
			w.seen[st.id] = struct{}{}
			if !yield(st) {
				return
			}
		}
	}
}

// expand adds what an object names to the walk. An object of another kind than it was named as is ErrDamaged.
func (w *walk) expand(st walkStep, kind Kind, content []byte) error {
	if st.kind != 0 && kind != st.kind {
		return fmt.Errorf("it is a %s: %w", kind, ErrDamaged)
	}
	switch kind {
	case Commit:
		return w.expandCommit(st.id, content)
	case Tree:
		return w.expandTree(st.id, content)
	case Tag:
		return w.expandTag(st.id, content)
	}
	return nil
}

func (w *walk) expandCommit(id ID, content []byte) error {
	c, err := ParseCommit(id, content)
	if err != nil {
		return err
	}
	if !w.s.shallow[id] {
		for _, p := range c.Parents {
			w.push(walkStep{id: p, kind: Commit, parent: id})
		}
	}
	w.push(walkStep{id: c.Tree, kind: Tree, parent: id})
	return nil
}

func (w *walk) expandTree(id ID, content []byte) error {
	for e, err := range Entries(content) {
		switch {
		case err != nil:
			return err
		case e.Mode&modeTypes == ModeCommit: // of another repository
		case e.IsTree():
			w.push(walkStep{id: e.ID, kind: Tree, parent: id})
		default:
			w.push(walkStep{id: e.ID, kind: Blob, parent: id})
		}
	}
	return nil
}

// expandTag reads the first two lines of a tag, "object <id>" and "type <kind>".
func (w *walk) expandTag(id ID, content []byte) error {
	first, rest, _ := bytes.Cut(content, []byte{'\n'})
	second, _, _ := bytes.Cut(rest, []byte{'\n'})
	digits, isObject := bytes.CutPrefix(first, []byte("object "))
	word, isType := bytes.CutPrefix(second, []byte("type "))
	target, err := parseHexID(digits)
	kind := parseKind(word)
	if !isObject || !isType || err != nil || kind == 0 {
		return fmt.Errorf("tag names no object: %w", ErrDamaged)
	}
	w.push(walkStep{id: target, kind: kind, parent: id})
	return nil
}
