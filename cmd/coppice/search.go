package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/api"
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
			&cli.IntFlag{Name: "limit", Aliases: []string{"n"}, Value: 10, Usage: "at most `N` hits", Sources: cli.EnvVars("COPPICE_LIMIT")},
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
	hits, err := searchHere(ctx, p, query, limit)
	var inUse *inUseError
	if errors.As(err, &inUse) && inUse.by.Address != "" {
		hits, err = searchThere(ctx, inUse.by.Address, query, limit)
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

// searchHere opens the index itself.
func searchHere(ctx context.Context, p place, query string, limit int) (hits []api.Hit, err error) {
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
	q := search.Parse(query)
	q.Limit = limit
	results, err := index.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, h := range results.Hits {
		hits = append(hits, api.NewHit(h))
	}
	return hits, nil
}

// askTimeout is more than a busy server on this machine needs.
const askTimeout = 10 * time.Second

// searchThere asks the server that holds the index.
func searchThere(ctx context.Context, address, query string, limit int) ([]api.Hit, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	u := fmt.Sprintf("%s/api/v1/search?q=%s&limit=%d", address, url.QueryEscape(query), limit)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server at %s answered %s", address, resp.Status)
	}
	var answer api.SearchAnswer
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	return answer.Hits, nil
}
