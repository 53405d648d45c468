// Package api answers programs: pages, their revisions, search and suggestions as JSON under /api/v1.
//
// It is a face beside the web pages, reads the same rooms and writes nothing: writing comes with accounts. The shapes
// are the exported structs of this package; huma derives the OpenAPI document (/api/v1/openapi.json) from them and
// from the registrations in New. Errors are RFC 9457 problem details whose detail is a sentence for people. Lists are
// cut into parts: "next" is the cursor of the part that follows, and is missing at the end. Whoever takes gzip gets it, and
// an ETag that is weak.
//
// An address of a page that was renamed leads to the page as it is called now (301), for ever; a name that several pages had is
// answered with a list of them (300).
//
// A page's path may hold slashes and stands in the address as it is: /api/v1/pages/guide/start/revisions. Only a page
// whose own last element is the name of a sub-resource needs its slash escaped: /api/v1/pages/guide%2Frevisions.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

const (
	// base is where everything here begins.
	base = "/api/v1"
	// maxLimit bounds a part of a list: each revision costs the reading of a commit.
	maxLimit = 100
	// defaultLimit is a part's size when none is asked for.
	defaultLimit = 50
	// derivedWait bounds how long an answer waits for an index to reflect the newest save. An index takes a few
	// milliseconds for one, so in practice only a first build runs into it; then the answer is what is known so far.
	derivedWait = 300 * time.Millisecond
	// smallestCompressed is about what fits in one packet, in bytes: compressing less saves nobody anything.
	smallestCompressed = 1400
)

// Config says what the API reads.
type Config struct {
	Wiki    *wiki.Wiki
	History *history.Index
	Catalog *catalog.Catalog
	Search  *search.Index
	Credit  *credit.Index
	// Read gives a page of a Snapshot as the web pages show it.
	Read func(ctx context.Context, snap *wiki.Snapshot, page wiki.Page) (Reading, error)
	// KeywordNames gives all names of the keyword that a word names. nil gives none.
	KeywordNames func(word string) []string
	// The Followings keep the indexes at the head. Without one, its index is taken to be never behind.
	FollowingHistory, FollowingCatalog, FollowingSearch, FollowingCredit *wiki.Following

	Log     *slog.Logger
	Version string
	BaseURL string // "https://faq.example.org", or "" for addresses without a host
}

// Reading is a page as readers see it: its source without what is for writers only, the document that its form makes of
// it, and its HTML.
type Reading struct {
	Source []byte
	Doc    *markdown.Document
	HTML   string
}

// API is an http.Handler for every address under /api/v1.
type API struct {
	c      Config
	mux    *http.ServeMux
	packed http.Handler // a.answer, compressed for whoever takes gzip
}

// New registers every operation.
func New(c Config) *API {
	a := &API{c: c, mux: http.NewServeMux()}
	if a.c.Log == nil {
		a.c.Log = slog.New(slog.DiscardHandler)
	}
	if a.c.KeywordNames == nil {
		a.c.KeywordNames = func(string) []string { return nil }
	}
	conf := huma.DefaultConfig("Coppice", c.Version)
	conf.Info.Description = "The pages of a FAQ wiki, their revisions, and search. Read-only."
	conf.OpenAPIPath = base + "/openapi"
	conf.SchemasPath = base + "/schemas"
	conf.DocsPath = ""     // a page of documentation would need scripts from elsewhere
	conf.CreateHooks = nil // no "$schema" in answers
	conf.Transformers = []huma.Transformer{validationSentence}
	if c.BaseURL != "" {
		conf.Servers = []*huma.Server{{URL: c.BaseURL}}
	}
	h := humago.New(a.mux, conf)
	get(h, "list-pages", base+"/pages", "All pages, by path", a.pages)
	get(h, "get-page", base+"/pages/{path}", "One page: its source, its HTML, its questions", a.page)
	get(h, "list-revisions", base+"/pages/{path}/revisions", "A page's revisions, newest first, through renames", a.revisions)
	getCredit(h, "get-credits", base+"/pages/{path}/credits", "Whom a page owes its words to", a.credits)
	getCredit(h, "get-authorship", base+"/pages/{path}/authorship", "Who wrote which words of a page", a.authorship)
	get(h, "search", base+"/search", "Search: each hit points at a question or a heading", a.search)
	get(h, "suggest", base+"/suggest", "Titles and questions that begin so", a.suggest)
	a.mux.HandleFunc("/", a.notFound)
	// It fails only for a level or a size that does not exist.
	pack, err := gzhttp.NewWrapper(gzhttp.MinSize(smallestCompressed), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false))
	if err != nil {
		panic(err)
	}
	a.packed = pack(http.HandlerFunc(a.answer))
	return a
}

// get registers a read-only operation.
func get[I, O any](h huma.API, id, path, summary string, handler func(context.Context, *I) (*O, error)) {
	huma.Register(h, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, handler)
}

// ServeHTTP answers one request. HEAD is answered as GET, for gzhttp packs no answer to HEAD and their headers should be the
// same; net/http leaves the body out.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		r = r.Clone(r.Context())
		r.Method = http.MethodGet
	}
	a.packed.ServeHTTP(w, r)
}

func (a *API) answer(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w = weakTagged{w}
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, http.StatusMethodNotAllowed, "Nothing can be written here yet: only GET and HEAD are answered.")
		return
	}
	a.mux.ServeHTTP(w, onePathElement(r))
}

// weakTagged makes the ETag of an answer a weak one. A strong one names bytes, and whoever takes gzip may get one answer
// in two encodings; a weak one stays the revision, where a strong one of each encoding would not.
type weakTagged struct{ http.ResponseWriter }

// WriteHeader sends the header.
func (w weakTagged) WriteHeader(status int) {
	if tag := w.Header().Get("ETag"); strings.HasPrefix(tag, `"`) {
		w.Header().Set("ETag", "W/"+tag)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w weakTagged) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// subresources are the last elements of addresses below a page.
var subresources = []string{"/revisions", "/credits", "/authorship"}

// onePathElement escapes the slashes of a page's path, so that the path is one element for the router.
func onePathElement(r *http.Request) *http.Request {
	const prefix = base + "/pages/"
	escaped := r.URL.EscapedPath()
	rest, ok := strings.CutPrefix(escaped, prefix)
	if !ok || rest == "" {
		return r
	}
	tail := ""
	for _, sub := range subresources {
		if head, ok := strings.CutSuffix(rest, sub); ok && head != "" {
			rest, tail = head, sub
		}
	}
	if !strings.Contains(rest, "/") {
		return r
	}
	clone := r.Clone(r.Context())
	clone.URL.RawPath = prefix + strings.ReplaceAll(rest, "/", "%2F") + tail
	return clone
}

// notFound answers addresses that are none.
func (a *API) notFound(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, http.StatusNotFound, "There is nothing at this address; see /api/v1/openapi.json.")
}

// writeProblem answers what never reaches an operation.
func writeProblem(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.NewError(status, sentence)) // a client that has left needs no answer
}

// validationSentence makes a sentence of what huma found wrong with the parameters of a request.
func validationSentence(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok || e.Detail != "validation failed" || len(e.Errors) == 0 {
		return v, nil
	}
	told := *e
	first := e.Errors[0]
	name := first.Location[strings.LastIndexByte(first.Location, '.')+1:]
	told.Detail = fmt.Sprintf("The parameter “%s” cannot be used: %s.", name, first.Message)
	return &told, nil
}

// await waits a little for an index to reflect the newest save.
func await(ctx context.Context, f *wiki.Following) {
	if f == nil || !f.Behind() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, derivedWait)
	defer cancel()
	_ = f.Await(ctx) // what is known so far is an answer too
}

// problem makes an error a problem detail. What is nobody's business goes to the log.
func (a *API) problem(err error) error {
	var status huma.StatusError
	if errors.As(err, &status) {
		return err // with its headers
	}
	switch wiki.KindOf(err) {
	case wiki.NotFound:
		return huma.Error404NotFound(wiki.SentenceOf(err, "There is no such page."))
	case wiki.Invalid:
		return huma.Error422UnprocessableEntity(wiki.SentenceOf(err, "The request cannot be understood."))
	}
	if errors.Is(err, context.Canceled) {
		return huma.NewError(499, "The client left.")
	}
	a.c.Log.Error("the API failed", "err", err)
	return huma.Error500InternalServerError("Something went wrong here. It is in the log; please try again later.")
}

// Conditional holds the header of requests that have an answer already, and of answers.
type Conditional struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of the answer you have; if it is still right you get 304"`
}

// matches reports whether the client has the answer with this ETag.
func (c Conditional) matches(etag string) bool {
	for have := range strings.SplitSeq(c.IfNoneMatch, ",") {
		if have = strings.TrimPrefix(strings.TrimSpace(have), "W/"); have == etag || have == "*" {
			return true
		}
	}
	return false
}

// notModified is the answer 304.
func notModified(etag string) error {
	return huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"ETag": {etag}})
}

// clampLimit gives the number of rows for what was asked.
func clampLimit(asked int) int {
	if asked <= 0 {
		return defaultLimit
	}
	return min(asked, maxLimit)
}

func stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
