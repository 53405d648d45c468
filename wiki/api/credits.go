package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/markdown"
)

// tagBytes is how much of a hash stands in an ETag, beside the revision: enough for it not to come up again by chance.
const tagBytes = 8

// retryAfter is how long, in seconds, a client may wait for an index that is being built. Most are done by then.
const retryAfter = "5"

// ContributorShare is one person's part in a page.
type ContributorShare struct {
	Name  string     `json:"name" doc:"“a contributor” stands for whoever opted out"`
	Words float64    `json:"words" doc:"Words that stand; a word of several authors counts for each in equal parts"`
	Share float64    `json:"share" minimum:"0" maximum:"1" doc:"Of the words that are somebody's; the shares of a page add up to 1"`
	Added float64    `json:"added" doc:"Words brought to the page, ever"`
	Edits int        `json:"edits" doc:"Of the page; none if all the words came from elsewhere"`
	First *time.Time `json:"first,omitempty" doc:"First edit"`
	Last  *time.Time `json:"last,omitempty" doc:"Last edit"`
}

// Reviewer is a person who reviewed changes of a page.
type Reviewer struct {
	Name    string     `json:"name"`
	Reviews int        `json:"reviews"`
	Last    *time.Time `json:"last,omitempty"`
}

// Participant is a person of the discussion behind a page.
type Participant struct {
	Name string `json:"name"`
	Part string `json:"part,omitempty" doc:"What they had to do with it"`
}

// SubstantialRevision is a revision that changed many of a page's words.
type SubstantialRevision struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Authors []string  `json:"authors"`
	Added   int       `json:"added" doc:"Words that had been nowhere before"`
	Removed int       `json:"removed"`
}

// CreditsAnswer is whom a page owes its words to.
type CreditsAnswer struct {
	Path         string                `json:"path"`
	Revision     string                `json:"revision" doc:"Commit that made this version; the ETag begins with it"`
	Words        int                   `json:"words"`
	Uncredited   int                   `json:"uncredited" doc:"Words that a program or a format commit brought, which are nobody's"`
	Contributors []ContributorShare    `json:"contributors" doc:"Most words first; at the end, whoever edited the page and has no word in it"`
	Original     []string              `json:"original" doc:"Who began the page"`
	Created      *time.Time            `json:"created,omitempty"`
	Revisions    int                   `json:"revisions"`
	Reviewers    []Reviewer            `json:"reviewers" doc:"Most recent first"`
	Participants []Participant         `json:"participants" doc:"As the page's front matter names them"`
	Substantial  []SubstantialRevision `json:"substantial" doc:"The newest 100 substantial revisions, newest first"`
	Licence      string                `json:"licence,omitempty" doc:"As .coppice/credit.yml names it"`
}

// Passage is a run of words in a row that one commit brought.
type Passage struct {
	Text     string    `json:"text" doc:"The words as they stand in the source, with one space between"`
	Author   string    `json:"author" doc:"A name; several as in “A, B and C”; empty when the words are nobody's"`
	Authors  []string  `json:"authors" doc:"The same names one by one"`
	Revision string    `json:"revision" doc:"Commit that brought the words"`
	Time     time.Time `json:"time"`
}

// AuthorshipAnswer is who wrote which words of a page.
type AuthorshipAnswer struct {
	Path     string    `json:"path"`
	Revision string    `json:"revision" doc:"Commit that made this version; the ETag begins with it"`
	Words    int       `json:"words"`
	Passages []Passage `json:"passages" doc:"The texts, joined with a space, are the words of the page in order"`
}

// creditRequest asks for credit of a page, or of an older version of it.
type creditRequest struct {
	Conditional
	Asked
	Path string `path:"path" doc:"Slashes may stand as they are; one before a last part that is called revisions, credits or authorship is written %2F"`
	Rev  string `query:"rev" doc:"A commit; without it, today's version"`
}

// version is what a creditRequest means.
type version struct {
	page     wiki.Page
	view     *credit.View
	credits  *credit.Credits
	revision string
}

func (a *API) credits(ctx context.Context, in *creditRequest) (*answer[CreditsAnswer], error) {
	v, err := a.version(ctx, in)
	if err != nil {
		return nil, a.problem(err)
	}
	c := v.credits
	body := CreditsAnswer{
		Path: v.page.Path.String(), Revision: v.revision, Words: c.Words, Uncredited: c.Uncredited, Contributors: []ContributorShare{},
		Original: personNames(c.Original), Created: stamp(c.Created), Revisions: len(c.Revisions), Reviewers: []Reviewer{}, Participants: []Participant{},
		Substantial: []SubstantialRevision{}, Licence: v.view.Licence(),
	}
	for _, s := range c.Contributors {
		body.Contributors = append(body.Contributors, ContributorShare{
			Name: s.Name, Words: rounded(s.Words), Share: rounded(s.Share), Added: rounded(s.Added), Edits: s.Edits, First: stamp(s.First), Last: stamp(s.Last),
		})
	}
	for _, r := range c.Reviewers {
		body.Reviewers = append(body.Reviewers, Reviewer{r.Name, r.Reviews, stamp(r.Last)})
	}
	for _, p := range markdown.Parse(v.page.Source, markdown.Options{}).FrontMatter.Participants {
		body.Participants = append(body.Participants, Participant{v.view.ShownName(p.Name), p.Part})
	}
	for i := len(c.Revisions) - 1; i > 0 && len(body.Substantial) < maxLimit; i-- {
		if r := c.Revisions[i]; r.Substantial {
			body.Substantial = append(body.Substantial, SubstantialRevision{r.Commit.String(), r.Time, personNames(r.Authors), r.Added, r.Removed})
		}
	}
	return tagged(in, v.revision, body)
}

func (a *API) authorship(ctx context.Context, in *creditRequest) (*answer[AuthorshipAnswer], error) {
	v, err := a.version(ctx, in)
	if err != nil {
		return nil, a.problem(err)
	}
	who, err := v.view.Authorship(v.page)
	if err != nil {
		return nil, a.problem(behind(err))
	}
	body := AuthorshipAnswer{Path: v.page.Path.String(), Revision: v.revision, Words: who.Words, Passages: []Passage{}}
	for i := range who.Passages {
		p := &who.Passages[i]
		names := personNames(p.Authors)
		body.Passages = append(body.Passages, Passage{Text: who.Text(p), Author: inWords(names), Authors: names, Revision: p.Commit.String(), Time: p.Time})
	}
	return tagged(in, v.revision, body)
}

// version finds the version that is asked for, and its credits. Its revision is the last one that the page had by then.
func (a *API) version(ctx context.Context, in *creditRequest) (*version, error) {
	await(ctx, a.c.FollowingCredit)
	await(ctx, a.c.FollowingHistory)
	snap := a.c.Wiki.Head()
	v := &version{view: a.c.Credit.View(a.c.Wiki, snap)}
	var err error
	if in.Rev == "" {
		v.page, err = a.find(&in.Asked, snap, in.Path)
	} else {
		v.page, err = a.findOld(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	if v.credits, err = v.view.Credits(v.page); err != nil {
		return nil, behind(err)
	}
	n := len(v.credits.Revisions)
	if n == 0 {
		return nil, behind(credit.ErrBehind)
	}
	v.revision = v.credits.Revisions[n-1].Commit.String()
	return v, nil
}

// tagged answers with an ETag that stands for all that is said: who is meant by a name, and how they are called, may change
// without the page, by files of the wiki and by commits elsewhere.
func tagged[T any](in *creditRequest, revision string, body T) (*answer[T], error) {
	said, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(said)
	etag := fmt.Sprintf(`"%s-%x"`, revision, sum[:tagBytes])
	if in.matches(etag) {
		return nil, notModified(etag)
	}
	return reply(etag, body), nil
}

// findOld reads a page as it was at a commit: under the name that it had then, or has today, or says where it had moved to.
func (a *API) findOld(ctx context.Context, in *creditRequest) (wiki.Page, error) {
	path, err := wiki.ParsePath(in.Path)
	if err != nil {
		return wiki.Page{}, err
	}
	snap, err := a.c.Wiki.At(ctx, in.Rev)
	if err != nil {
		return wiki.Page{}, err
	}
	if snap.Has(path) {
		return snap.Page(path)
	}
	if then, ok := a.c.History.PathAt(path, snap.Commit()); ok && snap.Has(then) {
		return snap.Page(then)
	}
	former := livingIn(snap, a.c.History.FormerAt(path, snap.Commit()))
	missing := huma.Error404NotFound("The page was not there at that time.")
	if a.c.History.Count(path) == 0 {
		missing = huma.Error404NotFound("There never was a page of this name.")
	}
	return wiki.Page{}, a.elsewhere(&in.Asked, path, former, missing)
}

// behind makes of an index that does not know a text yet an answer that says when to ask again.
func behind(err error) error {
	if !errors.Is(err, credit.ErrBehind) {
		return err
	}
	return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable("Who wrote this page is still being read. Please try again in a moment."), http.Header{"Retry-After": {retryAfter}})
}

func personNames(people []*credit.Person) []string {
	names := []string{}
	for _, p := range people {
		names = append(names, p.Name)
	}
	return names
}

// inWords gives "A", "A and B", "A, B and C".
func inWords(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// rounded keeps thirds of words from being sixteen digits.
func rounded(f float64) float64 { return math.Round(f*1e6) / 1e6 }

// getCredit is get for answers that an index may not have yet.
func getCredit[I, O any](h huma.API, id, path, summary string, handler func(context.Context, *I) (*O, error)) {
	huma.Register(h, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}, handler)
}

// names says under what name somebody may be shown. Where no file says who opted out, credit is not asked.
func (a *API) names(s *wiki.Snapshot) func(wiki.Contributor) string {
	if _, ok := s.FileID(credit.RulesFile); !ok {
		return func(c wiki.Contributor) string { return c.Name }
	}
	return a.c.Credit.View(a.c.Wiki, s).Shown
}
