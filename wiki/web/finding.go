package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"coppice/search"
)

// showSearch answers GET /search?q=. A query that names a page is offered that page first.
func (q *request) showSearch() error {
	text := strings.TrimSpace(q.query("q"))
	v := SearchView{Base: q.base("Search", "search"), Searched: text != ""}
	v.Query, v.NoIndex = text, true
	if text == "" {
		return q.render(http.StatusOK, "search", v)
	}
	v.Behind = q.await(q.cfg.FollowingSearch, derivedWait)
	part := parsePart(q.query("part"))
	query := search.Parse(text).WithNames(q.KeywordNames)
	query.Limit, query.Offset, query.Others = searchHits, (part-1)*searchHits, searchOthers
	found, err := q.cfg.Search.Search(q.r.Context(), query)
	if err != nil {
		return q.failedSearch(v, err)
	}
	if last := (found.Total + searchHits - 1) / searchHits; part > last && last > 0 { // there are no more: the last are shown
		return &redirect{http.StatusFound, address("search", "", "q", text, "part", strconv.Itoa(last))}
	}
	v.Title = "Search: " + text
	v.Total, v.Took, v.First, v.DidYouMean = found.Total, found.Took, query.Offset+1, found.DidYouMean
	if found.Relaxed {
		v.Sentence = "No page has all that you typed as you typed it. These come nearest."
	}
	for _, h := range found.Hits {
		v.Hits = append(v.Hits, q.searchHit(h))
	}
	if part == 1 {
		v.Related = q.relatedToHit(found.Hits)
	}
	q.searchLinks(&v, text, query.Filters(), part)
	v.Facets, v.Active = facets(found, query)
	return q.render(http.StatusOK, "search", v)
}

// failedSearch shows the search page with what is wrong, and with the query still in its box: a word of it wants changing,
// or it can be sent once more.
func (q *request) failedSearch(v SearchView, err error) error {
	status, sentence := decide(err, q.r)
	if status == http.StatusInternalServerError || q.r.Context().Err() != nil {
		return err
	}
	if status >= http.StatusInternalServerError {
		q.log.Error("a search failed", "query", v.Query, "status", status, "error", err)
		q.w.Header().Set("Retry-After", retryAfter)
	}
	v.Searched, v.Sentence = false, sentence
	return q.render(status, "search", v)
}

// searchHit opens at the question or heading that matched.
func (q *request) searchHit(h search.Hit) SearchHit {
	hit := SearchHit{Title: h.Title, URL: pageURL(h.Path) + fragment(h.Anchor), Path: h.Path.String(), Question: h.Question}
	for _, o := range h.Others {
		hit.Others = append(hit.Others, SearchPlace{o.Question, pageURL(h.Path) + fragment(o.Anchor)})
	}
	for _, f := range h.Snippet {
		hit.Snippet = append(hit.Snippet, DiffSpan{Text: f.Text, Mark: f.Mark})
	}
	if e, ok := q.view.Entry(h.Path); ok {
		hit.Keywords = e.Keywords
	}
	hit.Updated, _ = q.lastChange(h.Path)
	return hit
}

// searchLinks adds the ways on: other parts, another spelling, the page of that title, or a new one, for which a query with
// filters is no title.
func (q *request) searchLinks(v *SearchView, text string, filters bool, part int) {
	at := func(part int) string { return address("search", "", "q", text, "part", strconv.Itoa(part)) }
	if part > 1 {
		v.Newer = at(part - 1)
	}
	if v.First-1+len(v.Hits) < v.Total && len(v.Hits) > 0 {
		v.Older = at(part + 1)
	}
	if len(v.Hits) == 0 && len(text) <= maxRemovedQuery {
		v.RemovedURL = address("removed", "", "q", text)
	}
	if v.DidYouMean != "" {
		v.MeanURL = address("search", "", "q", v.DidYouMean)
	}
	p, ok := q.view.ByTitle(text)
	if !ok {
		p, ok = q.snap.Lookup(text)
	}
	if ok && q.snap.Has(p) {
		v.Exact = &PageLink{Title: q.title(p), URL: pageURL(p), Path: p.String()}
		if e, ok := q.view.Entry(p); ok {
			v.Exact.Lead = e.Lead
		}
	} else if q.who.MayEdit && !filters {
		v.CreateURL = address("new", "", "title", titleOf(text))
	}
}

// titleOf gives the title that a page about a query would have: the query, without the quotes if all of it stands in some.
func titleOf(text string) string {
	if inner := strings.Trim(text, `"`); len(inner) == len(text)-2 && inner != "" && !strings.Contains(inner, `"`) {
		return inner
	}
	return text
}

// facets makes each value an address that adds it to the query, or takes it away when it is there. A language that all
// pages of the answer are in says nothing.
func facets(found search.Results, query search.Query) (list []Facet, active []FacetValue) {
	for _, f := range found.Facets {
		facet := Facet{Name: f.Name}
		for _, value := range f.Values {
			v := FacetValue{Name: value.Value, Count: value.Count}
			if rest, there := query.Without(f.Name, value.Value); there {
				v.Current, v.URL = true, address("search", "", "q", rest)
				active = append(active, v)
			} else {
				v.URL = address("search", "", "q", query.Text+" "+filter(f.Name, value.Value))
			}
			facet.Values = append(facet.Values, v)
		}
		if only := f.Values[0]; f.Name == "lang" && only.Count == found.Total && !facet.Values[0].Current {
			continue
		}
		list = append(list, facet)
	}
	return list, active
}

// filter writes a value of a facet as one types it.
func filter(facet, value string) string {
	if facet == "by" { // a name in quotes is the whole name
		return `by:"` + strings.ReplaceAll(value, `"`, "") + `"`
	}
	return facet + ":" + quoteTerm(value)
}

// quoteTerm puts a value of several words in quotes.
func quoteTerm(s string) string {
	s = strings.ReplaceAll(s, `"`, "")
	if strings.ContainsAny(s, " \t") {
		return `"` + s + `"`
	}
	return s
}

// suggest answers GET /suggest?q= as OpenSearch wants it: what was typed, completions, descriptions, addresses.
func (q *request) suggest() error {
	typed := q.query("q")
	if len(typed) > maxTyped {
		typed = strings.ToValidUTF8(typed[:maxTyped], "")
	}
	texts, about, urls := []string{}, []string{}, []string{}
	if strings.TrimSpace(typed) != "" {
		found, err := q.cfg.Search.Suggest(q.r.Context(), typed, suggestions)
		if err != nil {
			return err
		}
		for _, s := range found {
			texts, urls = append(texts, s.Text), append(urls, pageURL(s.Path)+fragment(s.Anchor))
			about = append(about, q.aboutSuggestion(s))
		}
	}
	body, err := json.Marshal([]any{typed, texts, about, urls})
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, "application/x-suggestions+json; charset=utf-8", body)
}

// aboutSuggestion says which page a question is of, and in which other words it was found.
func (q *request) aboutSuggestion(s search.Suggestion) string {
	var about []string
	if s.Asked != "" {
		about = append(about, "also asked: "+s.Asked)
	}
	if title := q.title(s.Path); s.Anchor != "" && title != s.Text {
		about = append(about, title)
	}
	return strings.Join(about, " · ")
}

// openSearch is the description by which a browser adds the wiki to its search engines (OpenSearch 1.1).
type openSearch struct {
	XMLName     xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
	ShortName   string          `xml:"ShortName"`
	LongName    string          `xml:"LongName"`
	Description string          `xml:"Description"`
	Encoding    string          `xml:"InputEncoding"`
	Image       openSearchImage `xml:"Image"`
	URLs        []openSearchURL `xml:"Url"`
}

type openSearchURL struct {
	Type     string `xml:"type,attr"`
	Rel      string `xml:"rel,attr,omitempty"`
	Template string `xml:"template,attr"`
}

type openSearchImage struct {
	Type    string `xml:"type,attr"`
	Address string `xml:",chardata"`
}

// The longest texts that OpenSearch admits, in characters.
const (
	shortNameRunes   = 16
	longNameRunes    = 48
	descriptionRunes = 1024
)

func (q *request) describeSearch() error {
	const openSearchType = "application/opensearchdescription+xml"
	d := openSearch{
		ShortName: firstRunes(q.site.Name, shortNameRunes), LongName: firstRunes(q.site.Name, longNameRunes),
		Description: firstRunes("Search "+q.site.Name, descriptionRunes), Encoding: "UTF-8",
		Image: openSearchImage{"image/svg+xml", q.absolute(q.cfg.Theme.AssetURL("img/mark.svg"))},
		URLs: []openSearchURL{
			{Type: "text/html", Template: q.absolute("/search?q={searchTerms}")},
			{Type: "application/x-suggestions+json", Template: q.absolute("/suggest?q={searchTerms}")},
			{Type: openSearchType, Rel: "self", Template: q.absolute("/opensearch.xml")},
		},
	}
	return q.sendXML(openSearchType+"; charset=utf-8", d)
}

// firstRunes gives so many characters of a text at most, in one line: whole words, if there is one.
func firstRunes(text string, n int) string {
	words := strings.Fields(text)
	text = strings.Join(words, " ")
	all := []rune(text)
	if len(all) <= n {
		return text
	}
	first := string(all[:n])
	if all[n] != ' ' && strings.Contains(first, " ") {
		first = first[:strings.LastIndexByte(first, ' ')]
	}
	return strings.TrimSpace(first)
}

func (q *request) sendXML(contentType string, v any) error {
	body, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return q.send(http.StatusOK, contentType, append([]byte(xml.Header), body...))
}

// absolute puts the site's own address, or else the one it was asked under, before a path.
func (q *request) absolute(path string) string {
	if q.baseURL != nil {
		return q.baseURL.String() + path
	}
	scheme := "http"
	if q.r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + q.r.Host + path
}
