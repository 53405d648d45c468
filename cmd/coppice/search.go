package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/api"
	"coppice/wiki/catalog"
)

func searchCommand() *cli.Command {
	return &cli.Command{
		Name:      "search",
		Usage:     "search the wiki",
		ArgsUsage: "QUERY",
		Description: "While a server is running it is asked, for the index is its own. QUERY is what you would type into the search box:\n" +
			"words, \"phrases\", -without, title:word, keyword:word, lang:en, path:folder.",
		Flags: append(placeFlags(),
			&cli.BoolFlag{Name: "json", Usage: "one JSON object a line", Sources: cli.EnvVars("COPPICE_JSON")},
			limitFlag(10, "hits"),
		),
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Len() == 0 {
				return usageError("search takes a query; see coppice search --help")
			}
			p, err := placeOf(c, c.Root().ErrWriter)
			if err != nil {
				return err
			}
			return runSearch(ctx, p, strings.Join(c.Args().Slice(), " "), c.Int("limit"), c.Bool("json"), c.Root().Writer)
		},
	}
}

func runSearch(ctx context.Context, p place, query string, limit int, asJSON bool, out io.Writer) error {
	q := search.Parse(query)
	hits, err := searchHere(ctx, p, q, limit)
	var inUse *inUseError
	if errors.As(err, &inUse) && inUse.by.Address != "" {
		hits, err = searchThere(ctx, inUse.by.Address, q, limit)
	}
	if err != nil {
		return err
	}
	if len(hits) == 0 {
		return &wiki.Error{Kind: wiki.NotFound, Sentence: "Nothing was found."}
	}
	for _, h := range hits {
		if err := printHit(out, h, asJSON); err != nil {
			return err
		}
	}
	return nil
}

func printHit(out io.Writer, h api.Hit, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(h)
	}
	address := h.Path
	if h.Anchor != "" {
		address += "#" + h.Anchor
	}
	title := h.Title
	if h.Question != "" && h.Question != h.Title {
		title += " — " + h.Question
	}
	_, err := fmt.Fprintf(out, "%s\n    %s\n", address, title)
	return err
}

// part gives the next hits, up to n of them, and whether there are more.
type part func(n int) (hits []api.Hit, more bool, err error)

// collect puts parts together until there are limit hits; 0 is all.
func collect(limit int, next part) (hits []api.Hit, err error) {
	for more := true; more && (limit == 0 || len(hits) < limit); {
		n := search.MaxLimit
		if limit > 0 {
			n = min(n, limit-len(hits))
		}
		var found []api.Hit
		if found, more, err = next(n); err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	return hits, nil
}

// searchHere opens the index itself.
func searchHere(ctx context.Context, p place, q search.Query, limit int) (hits []api.Hit, err error) {
	w, err := p.openWiki(true)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	lock, err := p.lock()
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	index, err := search.Open(p.derived()+"/search", p.log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	if err := index.Follow(ctx, w, w.Head()); err != nil {
		return nil, err
	}
	keywords, err := vocabularyOf(w.Head())
	if err != nil {
		return nil, err
	}
	q = q.WithNames(keywords.Names)
	return collect(limit, func(n int) (hits []api.Hit, more bool, err error) {
		q.Limit = n
		results, err := index.Search(ctx, q)
		if err != nil {
			return nil, false, err
		}
		for _, h := range results.Hits {
			hits = append(hits, api.NewHit(h))
		}
		q.Offset += len(hits)
		return hits, len(hits) > 0 && q.Offset < results.Total, nil
	})
}

// vocabularyOf gives the keywords that a wiki's list of them names.
func vocabularyOf(head *wiki.Snapshot) (*catalog.Vocabulary, error) {
	var source []byte
	if _, ok := head.FileID(catalog.TaxonomyFile); ok {
		var err error
		if source, _, err = head.File(catalog.TaxonomyFile); err != nil {
			return nil, err
		}
	}
	return catalog.ParseTaxonomy(source).Vocabulary(), nil
}

// searchThere asks the server that holds the index. What can be said without it is not asked: a query that says
// nothing is no query to a server, and one that is too long is no address.
func searchThere(ctx context.Context, address string, q search.Query, limit int) ([]api.Hit, error) {
	switch {
	case q.Problem != "":
		return nil, &wiki.Error{Kind: wiki.Invalid, Sentence: q.Problem}
	case q.Empty():
		return nil, nil
	}
	cursor := ""
	return collect(limit, func(n int) ([]api.Hit, bool, error) {
		wanted := url.Values{"q": {q.Text}, "limit": {strconv.Itoa(n)}, "cursor": {cursor}}
		answer, err := askServer(ctx, address, "/api/v1/search?"+wanted.Encode())
		cursor = answer.Next
		return answer.Hits, cursor != "", err
	})
}

const (
	// askTimeout is more than a busy server on this machine needs.
	askTimeout = 10 * time.Second
	// maxProblem is far more than a server says of what went wrong.
	maxProblem = 64 << 10
)

func askServer(ctx context.Context, address, what string) (answer api.SearchAnswer, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+what, nil)
	if err != nil {
		return answer, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return answer, refusal(address, resp)
	}
	return answer, json.NewDecoder(resp.Body).Decode(&answer)
}

// refusal is what a server said instead of an answer: its own sentence when it gives one.
func refusal(address string, resp *http.Response) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	err := json.NewDecoder(io.LimitReader(resp.Body, maxProblem)).Decode(&problem)
	switch {
	case err != nil || problem.Detail == "":
		return fmt.Errorf("the server at %s answered %s", address, resp.Status)
	case resp.StatusCode == http.StatusUnprocessableEntity:
		return &wiki.Error{Kind: wiki.Invalid, Sentence: problem.Detail}
	default:
		return fmt.Errorf("the server at %s answered: %s", address, problem.Detail)
	}
}
