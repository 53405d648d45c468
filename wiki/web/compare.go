package web

import (
	"net/http"
	"slices"

	"coppice/wiki"
)

// compare answers GET /compare/PATH?from=REVISION&to=REVISION&mode=inline|split|rendered. Without "to" that is the page's
// latest revision; without "from" it is what was there before "to": the change that "to" made.
func (q *request) compare() error {
	p, err := q.findPast("compare", q.rest("compare"))
	if err != nil {
		return err
	}
	to, err := q.compareTo(p, q.query("to"))
	if err != nil {
		return err
	}
	from, follows, err := q.compareFrom(p, q.query("from"), to)
	if err != nil {
		return err
	}
	v := CompareView{
		Base: q.base("Changes to "+q.title(p), "compare"), Tabs: q.tabs(p, "history"), Crumbs: q.crumbs(p, true), Path: p.String(),
		From: q.sideStamp(p, from), To: q.sideStamp(p, to), Mode: q.compareMode(), Same: from.page.Blob == to.page.Blob,
	}
	v.NoIndex, v.Query = true, ""
	q.compareLinks(&v, p, to, follows)
	if v.Same {
		return q.render(http.StatusOK, "compare", v)
	}
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	if v.Mode == "rendered" {
		v.Rendered = q.renderedDiff(from.page, to.page)
	} else {
		v.Hunks = q.sourceHunks(from, to)
	}
	return q.render(http.StatusOK, "compare", v)
}

// sourceHunks compares two sources. An instruction of the page's form that stands in both is nothing to a reader, and left
// out. One that the change brought or took away is shown: without it, a change that only did that would seem to be none.
func (q *request) sourceHunks(from, to version) []DiffHunk {
	hunks := wiki.Diff(from.page.Source, to.page.Source, diffContext)
	then := q.site
	if m, err := q.momentOf(to.commit.ID.String()); err == nil {
		then = m.oldSite(q.site)
	}
	if f, ok := then.instructed(to.page.Source); ok {
		hidden := f.InstructionLines(to.page.Source)
		for i, h := range hunks {
			hunks[i].Lines = slices.DeleteFunc(h.Lines, func(l wiki.Line) bool { return l.Op == wiki.OpEqual && hidden[l.New] })
		}
	}
	return diffHunks(hunks)
}

func (q *request) compareMode() string {
	switch mode := q.query("mode"); mode {
	case "split", "rendered":
		return mode
	default:
		return "inline"
	}
}

// compareTo gives the newer side. A revision that deleted the page is an empty text.
func (q *request) compareTo(p wiki.Path, rev string) (version, error) {
	if rev == "" {
		rev = q.latestRevision(p).String()
	}
	return q.versionOrNothing(p, rev)
}

// latestRevision names the commit that made what the page says now. Where history does not know it yet, that is taken for
// the newest commit.
func (q *request) latestRevision(p wiki.Path) wiki.ID {
	q.await(q.cfg.FollowingHistory, derivedWait)
	now, _ := q.snap.PageBlob(p) // zero for a page that is gone
	if last, ok := q.cfg.History.Latest(q.r.Context(), q.cfg.Wiki, p); ok && last.Blob == now {
		return last.ID
	}
	return q.snap.Commit()
}

// compareFrom gives the older side, and whether the newer is one revision made from it.
func (q *request) compareFrom(p wiki.Path, rev string, to version) (from version, follows bool, err error) {
	var parent string
	if len(to.commit.Parents) > 0 {
		parent = to.commit.Parents[0].String()
	}
	if rev == "" {
		if parent == "" {
			return version{}, false, nil // the very first commit
		}
		rev = parent
	}
	from, err = q.versionOrNothing(p, rev)
	return from, err == nil && from.commit.ID.String() == parent && !from.page.Blob.IsZero(), err
}

// versionOrNothing is versionAt with an empty page where the page was not there.
func (q *request) versionOrNothing(p wiki.Path, rev string) (version, error) {
	v, err := q.versionAt(p, rev)
	if err == nil {
		return v, nil
	}
	commit, commitErr := q.cfg.Wiki.Revision(q.r.Context(), rev)
	if commitErr != nil {
		return version{}, commitErr
	}
	if status, _ := decide(err, q.r); status != http.StatusNotFound {
		return version{}, err
	}
	return version{page: wiki.Page{Path: p}, commit: *commit}, nil
}

// sideStamp heads one side of a comparison with the revision that made its text.
func (q *request) sideStamp(p wiki.Path, v version) Stamp {
	if v.commit.ID.IsZero() {
		return Stamp{}
	}
	shown := v.commit
	if !v.page.Blob.IsZero() {
		shown = q.revisionShown(p, v).Commit
	}
	s := q.stampOf(shown)
	if !v.page.Blob.IsZero() {
		s.URL = address("wiki", v.page.Path.String(), "rev", shown.ID.String())
	}
	return s
}

// compareLinks adds the other modes, the neighbouring changes, and the undoing of this one.
func (q *request) compareLinks(v *CompareView, p wiki.Path, to version, follows bool) {
	name := p.String()
	at := func(mode string) string {
		return address("compare", name, "from", q.query("from"), "to", q.query("to"), "mode", mode)
	}
	v.InlineURL, v.SplitURL, v.RichURL = at(""), at("split"), at("rendered")
	mode := v.Mode
	if mode == "inline" {
		mode = ""
	}
	before, after := q.cfg.History.Around(p, to.commit.ID)
	if !before.IsZero() {
		v.Previous = address("compare", name, "to", before.String(), "mode", mode)
	}
	if !after.IsZero() {
		v.Next = address("compare", name, "to", after.String(), "mode", mode)
	}
	if follows && q.who.MayEdit && !v.Same && !to.page.Blob.IsZero() && q.snap.Has(p) {
		v.RevertID = to.commit.ID.String()
		v.RevertURL = address("revert", name, "revision", v.RevertID)
	}
}
