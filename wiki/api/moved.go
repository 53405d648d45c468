package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"coppice/wiki"
	"coppice/wiki/history"
)

// Asked is the address of a request for a page or a part of what is known of it. Every name that a page ever had leads to the
// page: to the one, or to a list of those that had the name.
type Asked struct{ url url.URL }

// Resolve takes the address, and refuses the one parameter of the web pages that would be passed over here.
func (a *Asked) Resolve(ctx huma.Context) []error {
	if a.url = ctx.URL(); a.url.Query().Has("at") {
		return []error{huma.Error422UnprocessableEntity("“at” is not known here. /revisions lists the versions of a page with their times, and /credits and /authorship take one as “rev”.")}
	}
	return nil
}

// Newest is part of a request that is answered with today's version only.
type Newest struct{}

// Resolve refuses to answer for another version with today's.
func (Newest) Resolve(ctx huma.Context) []error {
	rev := ctx.Query("rev")
	if rev == "" {
		return nil
	}
	return []error{huma.Error422UnprocessableEntity("“rev” is not known here: this is about today’s version. /raw/PATH?rev= has the Markdown of an older one.")}
}

// Choice is a page that may be meant by a name.
type Choice struct {
	Path  string `json:"path"`
	Title string `json:"title"`
	URL   string `json:"url" doc:"What was asked for, of this page"`
}

// ChoicesError is the answer 300 for a name that several pages had.
type ChoicesError struct {
	huma.ErrorModel
	Choices []Choice `json:"choices" doc:"The page that left the name last stands first"`
}

// of gives the address under which the same is asked of another page.
func (a *Asked) of(p wiki.Path) string {
	rest, sub := strings.TrimPrefix(a.url.EscapedPath(), base+"/pages/"), ""
	name := p.String()
	for _, s := range subresources {
		if strings.HasSuffix(rest, s) {
			sub = s
		}
	}
	u := url.URL{Path: base + "/pages/" + name + sub, RawQuery: a.url.RawQuery}
	if slices.ContainsFunc(subresources, func(s string) bool { return strings.HasSuffix(name, s) }) { // see onePathElement
		u.RawPath = base + "/pages/" + url.PathEscape(name) + sub
	}
	return u.String()
}

// elsewhere answers for a name that no page has: where the one is that had it, or which they are. Otherwise it is missing.
func (a *API) elsewhere(asked *Asked, p wiki.Path, places []history.Place, missing error) error {
	switch len(places) {
	case 0:
		return missing
	case 1:
		moved := huma.NewError(http.StatusMovedPermanently, fmt.Sprintf("The page is called “%s” now.", places[0].Path))
		return huma.ErrorWithHeaders(moved, http.Header{"Location": {asked.of(places[0].Path)}, "Cache-Control": {revalidate}})
	}
	several := &ChoicesError{ErrorModel: huma.ErrorModel{
		Title: http.StatusText(http.StatusMultipleChoices), Status: http.StatusMultipleChoices,
		Detail: fmt.Sprintf("Several pages were once called “%s”. They have other addresses now.", p),
	}}
	for _, at := range places {
		several.Choices = append(several.Choices, Choice{at.Path.String(), a.c.Catalog.View().Title(at.Path), asked.of(at.Path)})
	}
	return several
}

// livingIn gives those places that have a page in a Snapshot.
func livingIn(snap *wiki.Snapshot, places []history.Place) []history.Place {
	return slices.DeleteFunc(places, func(at history.Place) bool { return at.Gone || !snap.Has(at.Path) })
}

// moved is elsewhere for a page of today.
func (a *API) moved(asked *Asked, snap *wiki.Snapshot, p wiki.Path, missing error) error {
	return a.elsewhere(asked, p, livingIn(snap, a.c.History.Former(p)), missing)
}
