package api

import (
	"context"
	"strconv"

	"coppice/search"
)

// Hit is a page that answers a query, or a question or heading of it.
type Hit struct {
	Path     string  `json:"path"`
	Anchor   string  `json:"anchor" doc:"Question or heading that matched; empty for the page itself"`
	Title    string  `json:"title"`
	Question string  `json:"question" doc:"Text of the question or heading, or empty"`
	Snippet  string  `json:"snippet" doc:"Plain text around what matched"`
	Score    float64 `json:"score" doc:"Comparable within one answer only"`
}

// Facet counts the pages that match by one of their properties.
type Facet struct {
	Name   string       `json:"name" enum:"keyword,lang,by,year"`
	Values []FacetValue `json:"values"`
}

// FacetValue is one value of a Facet.
type FacetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// SearchAnswer is a part of the hits, best first.
type SearchAnswer struct {
	Total  int     `json:"total" doc:"Pages that match"`
	Hits   []Hit   `json:"hits"`
	Facets []Facet `json:"facets"`
	Next   string  `json:"next,omitempty" doc:"Cursor of the next part"`
}

// Suggestion is a title or question that begins as typed.
type Suggestion struct {
	Text   string `json:"text"`
	Path   string `json:"path"`
	Anchor string `json:"anchor"`
	Asked  string `json:"asked,omitempty" doc:"Another wording of the question, if that is what was typed"`
}

// SuggestAnswer lists suggestions, best first.
type SuggestAnswer struct {
	Suggestions []Suggestion `json:"suggestions"`
}

// NewHit shapes a hit of the index for programs: the snippet without its marks.
func NewHit(h search.Hit) Hit {
	hit := Hit{Path: h.Path.String(), Anchor: h.Anchor, Title: h.Title, Question: h.Question, Score: h.Score}
	for _, f := range h.Snippet {
		hit.Snippet += f.Text
	}
	return hit
}

func (a *API) search(ctx context.Context, in *struct {
	Query  string `query:"q" required:"true" doc:"Words, \"phrases\", -without, title:word, keyword:word, lang:en, in:folder, by:name, after:2025, before:2026-03"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" doc:"Hits wanted; 50 when not given"`
	Cursor string `query:"cursor" doc:"next of the part before"`
}) (*answer[SearchAnswer], error) {
	offset, err := strconv.ParseUint("0"+in.Cursor, 10, 31)
	if err != nil {
		return nil, badCursor(in.Cursor)
	}
	await(ctx, a.c.FollowingSearch)
	q := search.Parse(in.Query).WithNames(a.c.KeywordNames)
	q.Limit, q.Offset = clampLimit(in.Limit), int(offset)
	results, err := a.c.Search.Search(ctx, q)
	if err != nil {
		return nil, a.problem(err)
	}
	body := SearchAnswer{Total: results.Total, Hits: []Hit{}, Facets: []Facet{}}
	for _, h := range results.Hits {
		body.Hits = append(body.Hits, NewHit(h))
	}
	for _, f := range results.Facets {
		facet := Facet{Name: f.Name, Values: []FacetValue{}}
		for _, v := range f.Values {
			facet.Values = append(facet.Values, FacetValue(v))
		}
		body.Facets = append(body.Facets, facet)
	}
	if end := q.Offset + len(results.Hits); len(results.Hits) > 0 && end < results.Total {
		body.Next = strconv.Itoa(end)
	}
	return reply("", body), nil
}

func (a *API) suggest(ctx context.Context, in *struct {
	Query string `query:"q" required:"true" doc:"What was typed so far"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" doc:"Suggestions wanted; 50 when not given"`
}) (*answer[SuggestAnswer], error) {
	await(ctx, a.c.FollowingSearch)
	found, err := a.c.Search.Suggest(ctx, in.Query, clampLimit(in.Limit))
	if err != nil {
		return nil, a.problem(err)
	}
	body := SuggestAnswer{Suggestions: []Suggestion{}}
	for _, s := range found {
		body.Suggestions = append(body.Suggestions, Suggestion{s.Text, s.Path.String(), s.Anchor, s.Asked})
	}
	return reply("", body), nil
}
