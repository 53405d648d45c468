package web

import (
	"errors"
	"net/http"
	"strings"

	"coppice/wiki"
)

// Renaming, deleting, restoring and reverting each have a question (GET) and an answer (POST) under one address.
// Whatever is refused shows the question again, with the sentence why.

// confirmation begins the view of a question about a page.
func (q *request) confirmation(verb, title string, p wiki.Path) ConfirmView {
	v := ConfirmView{
		Base: q.base(title+": "+q.title(p), verb), Tabs: q.tabs(p, verb), Crumbs: q.crumbs(p, true), Path: p.String(),
		Action: address(verb, p.String()), BaseRev: q.snap.Commit().String(), Cancel: pageURL(p),
		Summary: q.r.PostForm.Get("summary"),
	}
	v.NoIndex, v.Canonical, v.Feed = true, v.Action, ""
	return v
}

// refuseChange shows a question again with why it was not done. It hands on what is not for the visitor to mend.
func (q *request) refuseChange(verb string, v ConfirmView, err error) error {
	sentence := wiki.SentenceOf(err, "")
	if sentence == "" {
		return err
	}
	v.Sentence = sentence
	status := http.StatusUnprocessableEntity
	if wiki.KindOf(err) == wiki.Conflict {
		status = http.StatusConflict
	}
	if wiki.KindOf(err) == wiki.Refused {
		q.log.Error("a change was refused", "verb", verb, "path", v.Path, "error", err)
	}
	return q.render(status, verb, v)
}

// changed gives the page that a form is about, with the form read.
func (q *request) changed(verb string) (wiki.Path, error) {
	if !q.who.MayEdit {
		return wiki.Path{}, errReadOnly
	}
	if err := q.readForm(); err != nil {
		return wiki.Path{}, err
	}
	return q.findPast(verb, q.rest(verb))
}

func (q *request) askRename() error {
	p, err := q.asked("rename")
	if err != nil {
		return err
	}
	return q.render(http.StatusOK, "rename", q.renameView(p, p.String()))
}

// asked is changed for a page that is there, and without a form.
func (q *request) asked(verb string) (wiki.Path, error) {
	if !q.who.MayEdit {
		return wiki.Path{}, errReadOnly
	}
	return q.find(verb, q.rest(verb))
}

func (q *request) renameView(p wiki.Path, to string) ConfirmView {
	v := q.confirmation("rename", "Rename", p)
	v.To, v.Links = to, len(q.view.Backlinks(p))
	v.Broken = q.namedBy(p)
	return v
}

func (q *request) rename() error {
	p, err := q.changed("rename")
	if err != nil {
		return err
	}
	typed := q.r.PostForm.Get("to")
	to, err := wiki.NewPath(strings.TrimSuffix(typed, ".md"))
	if err != nil {
		return q.refuseChange("rename", q.renameView(p, typed), err)
	}
	saved, err := q.cfg.Wiki.Rename(q.r.Context(), wiki.Rename{From: p, To: to, Summary: q.r.PostForm.Get("summary"), Author: q.who.Contributor})
	if err != nil {
		return q.refuseChange("rename", q.renameView(p, typed), err)
	}
	return q.see(pageURL(saved.Revision.Path), "renamed")
}

func (q *request) askDelete() error {
	p, err := q.asked("delete")
	if err != nil {
		return err
	}
	return q.render(http.StatusOK, "delete", q.deleteView(p))
}

func (q *request) deleteView(p wiki.Path) ConfirmView {
	v := q.confirmation("delete", "Delete", p)
	v.Links = len(q.view.Backlinks(p))
	v.Broken = q.breaks(p, nil, thisDelete)
	return v
}

// deletePage leads to the history, where the page can be brought back.
func (q *request) deletePage() error {
	p, err := q.changed("delete")
	if err != nil {
		return err
	}
	r := wiki.Delete{Path: p, Summary: q.r.PostForm.Get("summary"), Author: q.who.Contributor}
	if base := q.r.PostForm.Get("base"); base != "" {
		commit, err := q.cfg.Wiki.Revision(q.r.Context(), base)
		if err != nil {
			return q.refuseChange("delete", q.deleteView(p), err)
		}
		r.Base = commit.ID
	}
	if _, err := q.cfg.Wiki.Delete(q.r.Context(), r); err != nil {
		var clash *wiki.ConflictError
		if errors.As(err, &clash) {
			err = &wiki.Error{Kind: wiki.Conflict, Sentence: "Somebody changed the page while you were deciding. Please look at it again.", Err: err}
		}
		return q.refuseChange("delete", q.deleteView(p), err)
	}
	return q.see(address("history", p.String()), "deleted")
}

// revisionAsked gives the revision that a restore or a revert is about.
func (q *request) revisionAsked() (*wiki.Commit, error) {
	rev := q.r.FormValue("revision")
	if rev == "" {
		return nil, badRequest("Which revision is meant? Please choose one in the page's history.")
	}
	return q.cfg.Wiki.Revision(q.r.Context(), rev)
}

func (q *request) askRestore() error {
	p, err := q.changed("restore")
	if err != nil {
		return err
	}
	v, _, err := q.restoreView(p)
	if err != nil {
		return err
	}
	return q.render(http.StatusOK, "restore", v)
}

// restoreView shows what would come back, as a comparison with what is there now.
func (q *request) restoreView(p wiki.Path) (ConfirmView, version, error) {
	commit, err := q.revisionAsked()
	if err != nil {
		return ConfirmView{}, version{}, err
	}
	old, err := q.versionAt(p, commit.ID.String())
	if err != nil {
		return ConfirmView{}, version{}, err
	}
	v := q.confirmation("restore", "Restore", p)
	v.RevID, v.Revision = commit.ID.String(), q.stampOf(q.revisionShown(p, old).Commit)
	v.Revision.URL = address("wiki", p.String(), "rev", v.RevID)
	now, _ := q.snap.Page(p) // a page that is gone is an empty text
	v.Hunks = diffHunks(wiki.Diff(now.Source, old.page.Source, diffContext))
	if !q.snap.Has(p) {
		v.Cancel = address("history", p.String())
	}
	return v, old, nil
}

func (q *request) restore() error {
	p, err := q.changed("restore")
	if err != nil {
		return err
	}
	v, old, err := q.restoreView(p)
	if err != nil {
		return err
	}
	saved, err := q.bringBack(p, old)
	if wiki.KindOf(err) == wiki.Unchanged && err != nil {
		return q.see(pageURL(p), "unchanged")
	}
	if err != nil {
		return q.refuseChange("restore", v, err)
	}
	return q.see(pageURL(saved.Revision.Path), "restored")
}

// bringBack restores a version. One from before a rename is not at the page's path in its commit: its text is saved as
// an edit of today's page, which is the same thing.
func (q *request) bringBack(p wiki.Path, old version) (wiki.Saved, error) {
	summary := q.r.PostForm.Get("summary")
	if old.page.Path == p {
		return q.cfg.Wiki.Restore(q.r.Context(), wiki.Restore{Path: p, From: old.commit.ID, Summary: summary, Author: q.who.Contributor})
	}
	if summary == "" {
		summary = "Restore " + p.String() + " as of " + old.commit.ID.Short()
	}
	return q.cfg.Wiki.Save(q.r.Context(), wiki.Edit{Path: p, Base: q.snap.Commit(), Source: old.page.Source, Summary: summary, Author: q.who.Contributor})
}

func (q *request) askRevert() error {
	p, err := q.changed("revert")
	if err != nil {
		return err
	}
	v, err := q.revertView(p)
	if err != nil {
		return err
	}
	return q.render(http.StatusOK, "revert", v)
}

// revertView shows the change that would be undone, turned round. There is none of a renaming, nor of a commit that is
// about other pages.
func (q *request) revertView(p wiki.Path) (ConfirmView, error) {
	commit, err := q.revisionAsked()
	if err != nil {
		return ConfirmView{}, err
	}
	after, err := q.versionOrNothing(p, commit.ID.String())
	if err != nil {
		return ConfirmView{}, err
	}
	before, _, err := q.compareFrom(p, "", after)
	if err != nil {
		return ConfirmView{}, err
	}
	if before.page.Blob == after.page.Blob {
		return ConfirmView{}, notFound("That revision did not change the text of this page.")
	}
	v := q.confirmation("revert", "Undo a change", p)
	v.RevID, v.Revision = commit.ID.String(), q.stampOf(*commit)
	v.Revision.URL = address("compare", p.String(), "to", v.RevID)
	v.Hunks = diffHunks(wiki.Diff(after.page.Source, before.page.Source, diffContext))
	return v, nil
}

// revert undoes one revision. Where later edits stand in the way, the visitor gets the view of a conflict, in other words.
func (q *request) revert() error {
	p, err := q.changed("revert")
	if err != nil {
		return err
	}
	v, err := q.revertView(p)
	if err != nil {
		return err
	}
	commit, err := q.revisionAsked()
	if err != nil {
		return err
	}
	summary := q.r.PostForm.Get("summary")
	was, _ := q.cfg.History.PathAt(p, commit.ID) // zero when it was not there: a deletion is undone
	saved, err := q.cfg.Wiki.Revert(q.r.Context(), wiki.Revert{Path: p, Was: was, Revision: commit.ID, Summary: summary, Author: q.who.Contributor})
	var clash *wiki.ConflictError
	switch {
	case errors.As(err, &clash):
		if summary == "" {
			summary = "Undo " + commit.ID.Short()
		}
		c := q.conflictView(draft{path: p, summary: summary}, clash)
		c.Title, c.Undo = v.Title, &v.Revision
		return q.render(http.StatusConflict, "conflict", c)
	case wiki.KindOf(err) == wiki.Unchanged && err != nil:
		return q.see(pageURL(p), "unchanged")
	case err != nil:
		return q.refuseChange("revert", v, err)
	}
	if saved.Revision.Kind == wiki.Deleted { // the page's first revision was undone
		return q.see(address("history", p.String()), "deleted")
	}
	return q.see(pageURL(saved.Revision.Path), "reverted")
}
