package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"coppice/wiki"
)

// helpPage is where an editor's "how to write" leads, if the wiki has it.
const helpPage = "help/contributors"

// draft is what POST /edit/PATH carries.
type draft struct {
	path    wiki.Path
	base    wiki.ID // zero for a new page
	section string  // anchor; "" is the whole page
	source  string  // of the section, if there is one
	summary string
	action  string // "save", "preview", "changes" or "trial"
	lost    bool   // the version that it began from is not in the history any more

	translated string // revision of the original that the text is up to date with, or ""
	fields     fields // what the editor asks beside the text
}

// showEditor answers GET /edit/PATH: the page's text, or one ?section= of it, or an old ?rev=, or what a new page
// begins with.
func (q *request) showEditor() error {
	if !q.who.MayEdit {
		return errReadOnly
	}
	name := q.rest("edit")
	p, err := q.find("edit", name)
	if isMissing(err) {
		return q.showNewEditor(name)
	}
	if err != nil {
		return q.redirectedEditor(name, err)
	}
	d := draft{path: p, base: q.snap.Commit(), section: q.query("section")}
	page, err := q.snap.Page(p)
	if err != nil {
		return err
	}
	source := page.Source
	v := q.editView(d, false)
	if rev := q.query("rev"); rev != "" {
		old, err := q.versionAt(p, rev)
		if err != nil {
			return err
		}
		source, d.section = old.page.Source, ""
		v.Section, v.Summary = "", "Restore the version of "+old.commit.Time.UTC().Format("2 January 2006")
		v.Notice = &Notice{Kind: "warning", Text: "This is the text of an older version. Saving it takes back what came after.", LinkText: "Edit the current text", LinkTo: address("edit", p.String())}
	}
	v.Source = inForm(source)
	doc := q.site.parse(source)
	if d.section == "" {
		v.Problems = q.editorProblems(p, doc)
	} else {
		start, end, ok := doc.Section(d.section)
		if now, was := q.sectionNow(page, d.section); !ok && was {
			return &redirect{http.StatusFound, address("edit", p.String(), "section", now)}
		}
		if !ok {
			return &redirect{http.StatusFound, address("edit", p.String())}
		}
		v.Source = inForm(source[start:end])
		v.SectionText = sectionHeading(v.Source)
	}
	return q.renderEditor(http.StatusOK, v, d)
}

// redirectedEditor: a name that only resembles a page's may be just what the writer wants to begin; only an old name
// of a page, or another spelling of the address, leads elsewhere.
func (q *request) redirectedEditor(name string, err error) error {
	var over *redirect
	if errors.As(err, &over) && over.status == http.StatusFound {
		return q.showNewEditor(name)
	}
	return err
}

// showNewEditor begins a page: from a form when there is one.
func (q *request) showNewEditor(name string) error {
	p, err := q.free(name)
	if err != nil {
		return &missingPageError{name, err}
	}
	d := draft{path: p}
	v := q.editView(d, true)
	title := strings.TrimSpace(q.query("title"))
	if title == "" {
		title = readable(p)
	}
	f, ok := q.site.form(q.query("form"))
	if q.query("form") == noForm {
		f, ok = form{}, false
	}
	v.Source = "# " + title + "\n\n"
	if ok {
		v.Source = f.begin(title)
	}
	v.Forms = q.site.choices(cmp.Or(f.name, noForm), func(form string) string {
		return address("edit", p.String(), "form", form, "title", q.query("title"))
	})
	v.Notice = q.goneNotice(p)
	return q.renderEditor(http.StatusOK, v, d)
}

// free gives the path of a page that can be begun under a name, or says what speaks against it.
func (q *request) free(name string) (wiki.Path, error) {
	p, err := wiki.NewPath(name)
	if err == nil {
		err = q.snap.CheckFree(p)
	}
	return p, err
}

// goneNotice tells whoever begins a page that there was one, whose text need not be written again; nil when there was none.
func (q *request) goneNotice(p wiki.Path) *Notice {
	gone, ok := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, p)
	if !ok || q.snap.Has(p) {
		return nil
	}
	by := q.stampOf(gone.Commit)
	return &Notice{
		Kind: "info", Text: fmt.Sprintf("There was such a page. %s deleted it on %s.", cmp.Or(by.Author, "Somebody"), by.Time.UTC().Format(longDate)),
		LinkText: "See its history and bring it back", LinkTo: address("history", p.String()),
	}
}

// editView is the form for a draft, without its text.
func (q *request) editView(d draft, isNew bool) EditView {
	name := d.path.String()
	v := EditView{
		Base: q.base("Editing "+q.title(d.path), "edit"), Tabs: q.tabs(d.path, "edit"), Crumbs: q.crumbs(d.path, !isNew), Path: name,
		New: isNew, Action: address("edit", name), Section: d.section, Source: d.source, Summary: d.summary,
		PreviewURL: address("preview", name), Cancel: pageURL(d.path), Limit: wiki.MaxPageSize,
	}
	if !d.base.IsZero() {
		v.BaseRev = d.base.String()
	}
	if isNew {
		v.Title = "New page: " + readable(d.path)
		v.Cancel = "/"
	}
	if d.section != "" {
		v.Cancel += fragment(d.section)
	}
	v.HasTests = len(q.expectations()) > 0
	v.Translation = q.translationEdit(d.path, d.translated)
	if p, ok := q.snap.Lookup(helpPage); ok {
		v.Help = pageURL(p)
	}
	v.EditShown, v.NoIndex, v.Canonical, v.Feed = true, true, v.Action, ""
	return v
}

// edit answers POST /edit/PATH.
func (q *request) edit() error {
	d, err := q.readDraft()
	if err != nil {
		return err
	}
	if d.lost {
		return q.refuse(d, &wiki.Error{Kind: wiki.Invalid, Sentence: "The version that this edit began from is no longer known here, so nothing was saved. Your text is still here: save it again to see it beside the page as it is now."})
	}
	base, err := q.basePage(d)
	if err == nil && d.section == "" {
		d.source = q.withNamed(base, d.source) // before the fields, which are about today's title
		d, err = q.takeFields(d)
	}
	if err != nil {
		return q.refuse(d, err)
	}
	whole, err := q.whole(d, base)
	if err == nil {
		whole, err = q.markTranslated(d.translated, base, string(q.site.withoutInstructions([]byte(whole))))
	}
	if err != nil {
		return q.refuse(d, err)
	}
	switch d.action {
	case "preview":
		return q.showPreview(d, whole)
	case "changes":
		return q.showChanges(d, base, whole)
	case "trial":
		return q.sendTrial(d, whole)
	case "save":
		return q.save(d, whole)
	default:
		return q.refuse(d, &wiki.Error{Kind: wiki.Invalid, Sentence: "The form asks for something that is not known here; nothing was saved."})
	}
}

// readDraft reads the form. Browsers end lines with CR LF; the store puts back what the page had.
func (q *request) readDraft() (draft, error) {
	if err := q.readForm(); err != nil {
		return draft{}, err
	}
	name := canonicalName(q.rest("edit"))
	p, err := wiki.ParsePath(name)
	if err != nil {
		return draft{}, err
	}
	d := draft{
		path: p, section: q.r.PostForm.Get("section"), source: oneLineEnd(q.r.PostForm.Get("source")),
		summary: q.r.PostForm.Get("summary"), action: q.r.PostForm.Get("action"), translated: q.r.PostForm.Get("translated"),
	}
	d.fields = q.readFields()
	if d.action == "" {
		d.action = "save"
	}
	if base := q.r.PostForm.Get("base"); base != "" {
		if commit, err := q.cfg.Wiki.Revision(q.r.Context(), base); err == nil {
			d.base = commit.ID
		} else {
			d.lost = true
		}
	}
	return d, nil
}

// readForm parses the body, of either kind that forms have.
func (q *request) readForm() error {
	err := q.readBody()
	if err == nil {
		err = q.r.ParseForm()
	}
	if err == nil && strings.HasPrefix(q.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = q.r.ParseMultipartForm(maxFormBytes) // all of it in memory: no form here takes files
	}
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		if body, ok := q.r.Body.(*boundedBody); ok {
			body.drain()
		}
		return err
	case err != nil:
		return &failure{http.StatusBadRequest, "The form that was sent cannot be read.", err}
	}
	return nil
}

// readBody takes a body whose length is known in one piece. Parsers read in pieces of a few kilobytes, and wait for the
// line at each.
func (q *request) readBody() error {
	n := q.r.ContentLength
	if n <= 0 || n > maxFormBytes {
		return nil // nothing, or for the parser to refuse
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(q.r.Body, body); err != nil {
		return err
	}
	q.r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// basePage gives the page as it was when the writer began; a zero Page when there was none.
func (q *request) basePage(d draft) (wiki.Page, error) {
	if d.base.IsZero() {
		return wiki.Page{}, nil
	}
	old, err := q.versionAt(d.path, d.base.String())
	if wiki.KindOf(err) == wiki.NotFound || isStatus(err, http.StatusNotFound) {
		return wiki.Page{}, nil
	}
	return old.page, err
}

func isStatus(err error, status int) bool {
	var f *failure
	return errors.As(err, &f) && f.status == status
}

// whole puts a section back into the page it was taken from. The merge then sees whole pages, and an edit of one
// section never clashes with an edit of another.
func (q *request) whole(d draft, base wiki.Page) (string, error) {
	if d.section == "" {
		return d.source, nil
	}
	start, end, ok := q.site.parse(base.Source).Section(d.section)
	if !ok {
		return "", &wiki.Error{Kind: wiki.Invalid, Sentence: fmt.Sprintf("The page has no section “%s”. Please copy your text and edit the whole page.", d.section)}
	}
	return q.withNamed(base, splice(inForm(base.Source[:start]), d.source, inForm(base.Source[end:]))), nil
}

// splice joins a section with what stands before and after it. A blank line is kept before what follows: without one,
// a heading of the following section could become a part of this one's last paragraph.
func splice(before, section, after string) string {
	if after == "" || strings.TrimSpace(section) == "" {
		return before + section + after
	}
	return before + strings.TrimRight(section, "\n") + "\n\n" + after
}

func (q *request) showPreview(d draft, whole string) error {
	v := q.editView(d, q.isNew(d))
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	doc := q.site.parse([]byte(d.source))
	v.Preview, v.HasPreview = doc.HTML(&resolver{server: q.Server, now: q.now, from: d.path}), true
	v.Problems = q.editorProblems(d.path, doc)
	v.Broken = q.breaks(d.path, []byte(whole), thisEdit)
	v.SectionText = q.sectionText(d)
	return q.renderEditor(http.StatusOK, v, d)
}

func (q *request) showChanges(d draft, base wiki.Page, whole string) error {
	v := q.editView(d, q.isNew(d))
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	v.Changes, v.HasChanges = diffHunks(wiki.Diff([]byte(inForm(base.Source)), []byte(whole), diffContext)), true
	v.Broken = q.breaks(d.path, []byte(whole), thisEdit)
	v.SectionText = q.sectionText(d)
	return q.renderEditor(http.StatusOK, v, d)
}

func (q *request) isNew(d draft) bool { return d.base.IsZero() && !q.snap.Has(d.path) }

func (q *request) sectionText(d draft) string {
	if d.section == "" {
		return ""
	}
	return sectionHeading(d.source)
}

// sectionHeading gives the heading that a section's text begins with.
func sectionHeading(source string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(source, "\n"), "\n")
	return strings.TrimSpace(strings.Trim(line, "# \t"))
}

// save saves, and answers with the page, with the conflict, or with the form and a sentence.
func (q *request) save(d draft, whole string) error {
	path := d.path
	if q.isNew(d) {
		var err error
		if path, err = wiki.NewPath(path.String()); err != nil {
			return q.refuse(d, err)
		}
	}
	saved, err := q.cfg.Wiki.Save(q.r.Context(), wiki.Edit{
		Path: path, Base: d.base, Source: []byte(whole), Summary: d.summary, Author: q.who.Contributor,
	})
	var clash *wiki.ConflictError
	switch {
	case errors.As(err, &clash):
		return q.render(http.StatusConflict, "conflict", q.conflictView(d, clash))
	case wiki.KindOf(err) == wiki.Unchanged && err != nil:
		return q.see(pageURL(path)+fragment(d.section), "unchanged")
	case err != nil:
		return q.refuse(d, err)
	}
	code := "saved"
	switch {
	case saved.Merged:
		code = "merged"
	case saved.Revision.Kind == wiki.Added:
		code = "created"
	}
	return q.see(pageURL(saved.Revision.Path)+fragment(d.section), q.withKeywordNotice(code, whole))
}

// refuse shows the form again, with the writer's words and why they were not saved. What only the log should read
// becomes a sentence that keeps the words too: losing them would be worse than the fault.
func (q *request) refuse(d draft, err error) error {
	if q.r.Context().Err() != nil {
		return err
	}
	v := q.editView(d, q.isNew(d))
	v.SectionText = q.sectionText(d)
	status := http.StatusUnprocessableEntity
	v.Sentence = wiki.SentenceOf(err, "")
	if v.Sentence == "" {
		status = http.StatusInternalServerError
		v.Sentence = "Something went wrong on our side, and your text was not saved. It is still here: please try again in a moment."
	}
	if kind := wiki.KindOf(err); kind == wiki.Internal || kind == wiki.Refused {
		q.log.Error("an edit was not saved", "path", d.path.String(), "error", err)
	}
	return q.renderEditor(status, v, d)
}

// conflictView shows what the other wrote, what the writer wrote, and an editor that holds both, joined where they agree
// and with the writer's own words where they clash. It is answered with 409.
func (q *request) conflictView(d draft, clash *wiki.ConflictError) ConflictView {
	name := clash.Path.String()
	v := ConflictView{
		Base: q.base("Two edits met: "+q.title(clash.Path), "conflict"), Crumbs: q.crumbs(clash.Path, true), Path: name,
		Action: address("edit", name), BaseRev: clash.TheirCommit.String(), Summary: d.summary, Deleted: clash.Deleted,
		Cancel: pageURL(clash.Path), TheirURL: pageURL(clash.Path),
	}
	v.EditShown, v.NoIndex, v.Canonical, v.Feed = true, true, v.Action, ""
	if clash.Deleted {
		v.BaseRev, v.TheirURL = "", address("history", name)
	}
	v.Theirs = q.theirStamp(clash)
	v.Source = q.conflictChunks(&v, clash)
	return v
}

// theirStamp says who made the other edit. The commit that the clash names is the head, which may be about another page.
func (q *request) theirStamp(clash *wiki.ConflictError) Stamp {
	q.await(q.cfg.FollowingHistory, derivedWait)
	if last, ok := q.cfg.History.Latest(q.r.Context(), q.cfg.Wiki, clash.Path); ok {
		return q.versionStamp(last)
	}
	commit, err := q.cfg.Wiki.Revision(q.r.Context(), clash.TheirCommit.String())
	if err != nil {
		return Stamp{}
	}
	return q.stampOf(*commit)
}

// conflictChunks fills in the clashes and gives the joined text.
func (q *request) conflictChunks(v *ConflictView, clash *wiki.ConflictError) string {
	if len(clash.Chunks) == 0 { // the page is gone: there is one text, the writer's
		return inForm(clash.Mine)
	}
	var joined strings.Builder
	for _, c := range clash.Chunks {
		if !c.Conflict {
			text := inForm(c.Text)
			joined.WriteString(text)
			v.Chunks = append(v.Chunks, ConflictChunk{Text: text})
			continue
		}
		v.Count++
		base, theirs, mine := inForm(c.Base), inForm(c.Theirs), inForm(c.Mine)
		joined.WriteString(mine)
		v.Chunks = append(v.Chunks, ConflictChunk{
			Conflict: true, Number: v.Count, Base: base, Theirs: theirs, Mine: mine,
			TheirDiff: flatDiff([]byte(base), []byte(theirs)), MyDiff: flatDiff([]byte(base), []byte(mine)),
		})
	}
	return joined.String()
}

// preview answers POST /preview/PATH with the rendered "source" alone: what the editor shows while one writes.
func (q *request) preview() error {
	if err := q.readForm(); err != nil {
		return err
	}
	name := q.rest("preview")
	if name == "/preview" {
		name = q.r.PostForm.Get("path")
	}
	from, err := wiki.ParsePath(canonicalName(name))
	if err != nil && name != "" {
		return err
	}
	source := q.r.PostForm.Get("source")
	if len(source) > wiki.MaxPageSize {
		return &failure{status: http.StatusRequestEntityTooLarge, sentence: fmt.Sprintf("A page may hold %d kB.", wiki.MaxPageSize>>10)}
	}
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	doc := q.site.parse([]byte(oneLineEnd(source)))
	html := []byte(doc.HTML(&resolver{server: q.Server, now: q.now, from: from}))
	return q.send(http.StatusOK, htmlType, append(html, q.liveGuide(from, oneLineEnd(source))...))
}

// inForm gives a page's text, or a part of it, as a form holds it.
func inForm(source []byte) string { return oneLineEnd(string(wiki.Legible(source))) }

// oneLineEnd makes every line end LF, as forms and diffs want it.
func oneLineEnd(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
