package history

import (
	"context"

	"coppice/wiki"
)

// fresh collects the commits that old lacks. An error that is a reason to rebuild is one of the reasons, or
// wiki.ErrRewritten.
func (x *Index) fresh(ctx context.Context, w *wiki.Wiki, old *data, to *wiki.Snapshot) ([]wiki.Step, error) {
	switch {
	case old.position.IsZero():
		return nil, errNew
	case x.file.Scope() != w.Root():
		return nil, errRoot
	}
	return w.Walk(ctx, to.Commit(), old.position, wiki.KnownCommits(old.position, func() map[wiki.ID]bool {
		m := make(map[wiki.ID]bool, len(old.commits))
		for _, c := range old.commits {
			m[c.id] = true
		}
		return m
	}))
}

// build finds what each commit did and numbers it after base.
func build(ctx context.Context, w *wiki.Wiki, base *data, fresh []wiki.Step, progress func(done, total int)) (*data, error) {
	if err := w.CompareSteps(ctx, fresh, progress); err != nil {
		return nil, err
	}
	return number(base, fresh), nil
}

// number gives commits, paths and revisions the numbers that follow base's.
func number(base *data, fresh []wiki.Step) *data {
	add := &data{}
	added := make(map[string]int32)
	pathNo := func(p wiki.Path) int32 {
		name := p.String()
		if no, ok := base.pathNo[name]; ok {
			return no
		}
		no, ok := added[name]
		if !ok {
			no = int32(len(base.paths) + len(add.paths))
			added[name] = no
			add.paths = append(add.paths, name)
		}
		return no
	}
	for i, p := range fresh {
		no := int32(len(base.commits) + i)
		add.commits = append(add.commits, commit{p.ID, p.Time})
		for _, c := range p.Changes {
			r := rev{commit: no, path: pathNo(c.Path), from: -1, kind: c.Kind, merge: len(p.Parents) > 1, blob: c.Blob}
			if c.Kind == wiki.Renamed {
				r.from = pathNo(c.From)
			}
			add.revs = append(add.revs, r)
		}
	}
	return add
}
