package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"coppice/wiki"
	"coppice/wiki/history"
)

// PageRow is a page in a list.
type PageRow struct {
	Path     string     `json:"path" doc:"Address below /wiki/" example:"guide/start"`
	Title    string     `json:"title"`
	Revision string     `json:"revision,omitempty" doc:"Commit that last changed the page"`
	Time     *time.Time `json:"time,omitempty" doc:"When it did"`
}

// PagesAnswer is a part of the list of pages.
type PagesAnswer struct {
	Pages []PageRow `json:"pages"`
	Next  string    `json:"next,omitempty" doc:"Cursor of the next part"`
}

// Question is a question of a page.
type Question struct {
	Anchor   string `json:"anchor" doc:"Address within the page, behind #"`
	Question string `json:"question"`
	Answer   string `json:"answer" doc:"Plain text"`
}

// Heading is a line of a page's outline.
type Heading struct {
	Level  int    `json:"level" minimum:"1" maximum:"6"`
	Text   string `json:"text"`
	Anchor string `json:"anchor"`
}

// PageAnswer is one page, whole.
type PageAnswer struct {
	Path      string     `json:"path"`
	Title     string     `json:"title"`
	Revision  string     `json:"revision" doc:"Commit that last changed the page; also the ETag"`
	Time      *time.Time `json:"time,omitempty"`
	Lang      string     `json:"lang,omitempty" doc:"BCP 47"`
	Keywords  []string   `json:"keywords"`
	Aliases   []string   `json:"aliases"`
	Source    string     `json:"source" doc:"Markdown, without instructions of the page's form"`
	HTML      string     `json:"html" doc:"Sanitised"`
	Outline   []Heading  `json:"outline"`
	Questions []Question `json:"questions"`
}

// RevisionRow is one change of a page.
type RevisionRow struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	Author    Person    `json:"author"`
	CoAuthors []Person  `json:"co_authors,omitempty"`
	Summary   string    `json:"summary"`
	Path      string    `json:"path" doc:"The page's path then"`
	From      string    `json:"from,omitempty" doc:"The path before a rename"`
	Change    string    `json:"change" enum:"added,modified,renamed,deleted"`
	Size      int       `json:"size" doc:"Bytes"`
	Delta     int       `json:"delta" doc:"Bytes more than before"`
}

// Person is a contributor. Addresses are not given away.
type Person struct {
	Name string `json:"name"`
}

// RevisionsAnswer is a part of a page's revisions.
type RevisionsAnswer struct {
	Revisions []RevisionRow `json:"revisions"`
	Next      string        `json:"next,omitempty" doc:"Cursor of the next part"`
}

// answer is a body with the headers that make it conditional.
type answer[T any] struct {
	ETag         string `header:"ETag"` // "" is no header
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// revalidate lets a cache keep an answer and ask each time whether it is still right.
const revalidate = "no-cache"

func reply[T any](etag string, body T) *answer[T] {
	return &answer[T]{ETag: etag, CacheControl: revalidate, Body: body}
}

func (a *API) pages(ctx context.Context, in *struct {
	Conditional
	Limit  int    `query:"limit" minimum:"1" maximum:"100" doc:"Rows wanted; 50 when not given"`
	Cursor string `query:"cursor" doc:"next of the part before"`
}) (*answer[PagesAnswer], error) {
	after, err := pageCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	await(ctx, a.c.FollowingCatalog)
	await(ctx, a.c.FollowingHistory)
	snap, view := a.c.Wiki.Head(), a.c.Catalog.View()
	// An index that is still behind makes another answer, which must not be taken for this one later.
	etag := fmt.Sprintf(`"%s-%s-%s-%d-%s"`, snap.Commit().Short(), view.Commit().Short(), a.c.History.Position().Short(), clampLimit(in.Limit), in.Cursor)
	if in.matches(etag) {
		return nil, notModified(etag)
	}
	body := PagesAnswer{Pages: []PageRow{}}
	for ref := range snap.Pages() {
		name := ref.Path.String()
		if name <= after {
			continue
		}
		if len(body.Pages) == clampLimit(in.Limit) {
			body.Next = base64.RawURLEncoding.EncodeToString([]byte(body.Pages[len(body.Pages)-1].Path))
			break
		}
		row := PageRow{Path: name, Title: view.Title(ref.Path)}
		if id, when, ok := a.c.History.LastChange(ref.Path); ok {
			row.Revision, row.Time = id.String(), stamp(when)
		}
		body.Pages = append(body.Pages, row)
	}
	return reply(etag, body), nil
}

// pageCursor gives the path of the last page of the part before, "" when there is none. The page may be gone by now.
func pageCursor(cursor string) (after string, err error) {
	if cursor == "" {
		return "", nil
	}
	name, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = wiki.ParsePath(string(name))
	}
	if err != nil {
		return "", badCursor(cursor)
	}
	return string(name), nil
}

func badCursor(cursor string) error {
	return huma.Error422UnprocessableEntity(fmt.Sprintf("“%.40s” is no cursor: take the one that “next” gave.", cursor))
}

func (a *API) page(ctx context.Context, in *struct {
	Conditional
	Asked
	Newest
	Path string `path:"path" doc:"Slashes may stand as they are; one before a last part that is called revisions, credits or authorship is written %2F"`
}) (*answer[PageAnswer], error) {
	await(ctx, a.c.FollowingHistory)
	snap := a.c.Wiki.Head()
	page, err := a.find(&in.Asked, snap, in.Path)
	if err != nil {
		return nil, a.problem(err)
	}
	revision, when, known := a.lastChange(snap, page.Path)
	// The ETag is the revision, for that is what an edit begins from: source without the instructions of a form is what the
	// editor would save, and merges as such when it is written back.
	etag := ""
	if known {
		etag = `"` + revision.String() + `"`
	}
	if known && in.matches(etag) {
		return nil, notModified(etag)
	}
	read, err := a.c.Read(ctx, snap, page)
	if err != nil {
		return nil, a.problem(err)
	}
	doc := read.Doc
	body := PageAnswer{
		Path: page.Path.String(), Title: a.c.Catalog.View().Title(page.Path), Revision: revision.String(), Time: stamp(when),
		Lang: doc.Lang, Keywords: orEmpty(doc.FrontMatter.Keywords), Aliases: orEmpty(doc.FrontMatter.Aliases),
		Source: string(read.Source), HTML: read.HTML, Outline: []Heading{}, Questions: []Question{},
	}
	if doc.Title != "" {
		body.Title = doc.Title
	}
	for _, h := range doc.Outline {
		body.Outline = append(body.Outline, Heading{h.Level, h.Text, h.Anchor})
	}
	for _, q := range doc.Questions {
		body.Questions = append(body.Questions, Question{q.Anchor, q.Text, q.Answer})
	}
	return reply(etag, body), nil
}

// lastChange gives the commit that last changed a page of snap, and when. While history is not at snap it is not known:
// then it is snap's own commit, under which the page reads the same, but which is no name for this text.
func (a *API) lastChange(snap *wiki.Snapshot, p wiki.Path) (id wiki.ID, when time.Time, known bool) {
	at := snap.Commit()
	if a.c.History.Position() == at {
		id, when, known = a.c.History.LastChange(p)
	}
	if !known || a.c.History.Position() != at { // it moved on meanwhile
		return at, snap.Time(), false
	}
	return id, when, true
}

// find reads a page by its path, or says where it is that had the path once.
func (a *API) find(asked *Asked, snap *wiki.Snapshot, name string) (wiki.Page, error) {
	path, err := wiki.ParsePath(name)
	if err != nil {
		return wiki.Page{}, err
	}
	page, err := snap.Page(path)
	if wiki.KindOf(err) == wiki.NotFound && err != nil {
		return wiki.Page{}, a.moved(asked, snap, path, err)
	}
	return page, err
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (a *API) revisions(ctx context.Context, in *struct {
	Conditional
	Asked
	Newest
	Path   string `path:"path" doc:"Slashes may stand as they are; one before a last part that is called revisions, credits or authorship is written %2F"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" doc:"Rows wanted; 50 when not given"`
	Cursor string `query:"cursor" doc:"next of the part before"`
}) (*answer[RevisionsAnswer], error) {
	path, err := wiki.ParsePath(in.Path)
	if err != nil {
		return nil, a.problem(err)
	}
	from, err := strconv.ParseUint("0"+in.Cursor, 10, 31)
	if err != nil {
		return nil, badCursor(in.Cursor)
	}
	await(ctx, a.c.FollowingHistory)
	// A page's line can grow under another path, so that the page's own last change would be too little to go by.
	etag := fmt.Sprintf(`"%s-%d-%s"`, a.c.History.Position(), clampLimit(in.Limit), in.Cursor)
	if in.matches(etag) {
		return nil, notModified(etag)
	}
	if snap := a.c.Wiki.Head(); !snap.Has(path) { // what is gone has revisions still
		if err := a.moved(&in.Asked, snap, path, nil); err != nil {
			return nil, err
		}
	}
	revs, next, err := a.c.History.Revisions(ctx, a.c.Wiki, path, history.Cursor(from), clampLimit(in.Limit))
	if err != nil {
		return nil, a.problem(err)
	}
	body := RevisionsAnswer{Revisions: []RevisionRow{}}
	shown := a.names(a.c.Wiki.Head())
	for _, r := range revs {
		body.Revisions = append(body.Revisions, newRevisionRow(r, shown))
	}
	if next > 0 {
		body.Next = strconv.Itoa(int(next))
	}
	return reply(etag, body), nil
}

func newRevisionRow(r wiki.Revision, shown func(wiki.Contributor) string) RevisionRow {
	row := RevisionRow{
		ID: r.ID.String(), Time: r.Time, Author: Person{shown(r.Author)}, Summary: r.Summary,
		Path: r.Path.String(), From: r.From.String(), Change: r.Kind.String(), Size: r.Size, Delta: r.Delta,
	}
	for _, c := range r.CoAuthors {
		row.CoAuthors = append(row.CoAuthors, Person{shown(c)})
	}
	return row
}
