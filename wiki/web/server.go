// Package web is the wiki in a browser: addresses, forms, and one struct for each view of the theme.
//
// # Nouns
//
// A Server is an http.Handler over one wiki and its indexes. A request takes one Snapshot and one catalog view when it
// begins and reads everything from them, so that page, links and menu agree. A handler is a method of request that
// returns an error; fail, and nothing else, makes an error an answer. A view is a struct that embeds Base and names a
// template of the theme (views.go); addresses in it are whole and escaped, and no HTML is made here.
//
//	s, err := web.New(web.Config{Wiki: w, History: h, Catalog: c, Search: x, Theme: theme, Author: me})
//	ln, err := net.Listen("tcp", "127.0.0.1:8080")
//	go s.Serve(ln)
//	...
//	s.Shutdown(ctx)
//
// # How a page travels
//
// GET /wiki/PATH is answered from the page cache, before any router, when nothing that it shows can have changed since
// it was last looked at (serveCached). Otherwise the view is put together: body from the body cache, keyed by blob and
// by where its links lead; last change, backlinks and relatives from the indexes. If the view's fingerprint is that of
// the cached page, that is sent after all; if not, the theme renders it. Nothing is ever invalidated.
//
// # How an edit travels
//
// POST /edit/PATH carries the text, and as "base" the commit that the writer started from. A section is put back into
// the whole page as it was at base, so that a merge always sees whole pages. The answer is 303 to the page, 409 with
// both texts, or 422 with the form and a sentence; whichever it is, the writer's words are in it or saved. Fields beside
// the text (fields.go) are put into its front matter first. What a page's form asks for (guide.go) is worked out from the
// text whenever the editor or a preview is made; lists of what pages lack (gaps.go) from what the catalog knows of sizes.
//
// # Safety
//
// Every answer forbids script and style from anywhere but the theme, and frames altogether. What changes something is
// refused when another site's page sends it (http.CrossOriginProtection), and on a loopback address also when it comes
// under a foreign host's name (DNS rebinding). Files of the repository that could run script are downloads. Every limit
// is a constant in limits.go.
//
// This is the only importer of echo, which routes and nothing else: its types stay in server.go, failure.go and metrics.go.
// It is the only one of Prometheus's client too, whose types stay in metrics.go.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"coppice/search"
	"coppice/themes"
	"coppice/wiki"
	"coppice/wiki/catalog"
	"coppice/wiki/credit"
	"coppice/wiki/history"
	"coppice/wiki/markdown"
)

// Config is what a Server stands on. Wiki, History, Catalog, Search, Credit and Theme must be there.
type Config struct {
	Wiki    *wiki.Wiki
	History *history.Index
	Catalog *catalog.Catalog
	Search  *search.Index
	Credit  *credit.Index
	Theme   *themes.Theme

	// The Followings keep the indexes at the head. Without one, its index is taken to be never behind.
	FollowingHistory, FollowingCatalog, FollowingSearch, FollowingCredit *wiki.Following

	Author   wiki.Contributor // to whom edits are credited
	ReadOnly bool             // nobody may edit
	Name     string           // of the wiki; "" is the title of the root folder's own page
	Tagline  string           // "" is that page's first paragraph
	BaseURL  string           // "https://faq.example.org", for feeds and the like; "" is what the visitor asked for
	Version  string           // of the program
	API      http.Handler     // answers everything under /api/; nil is 404
	Log      *slog.Logger     // nil: nothing is logged
}

// Server answers every address of the wiki. It is safe for many goroutines.
type Server struct {
	cfg     Config
	log     *slog.Logger
	baseURL *url.URL // Config.BaseURL, or nil
	started time.Time
	origin  *http.CrossOriginProtection
	router  *echo.Echo
	http    *http.Server

	site        atomic.Pointer[site]
	top         atomic.Pointer[popular]
	bodies      *otter.Cache[bodyKey, *body]
	pages       *otter.Cache[string, *cachedPage] // by address
	questions   *otter.Cache[questionKey, []answer]
	credits     *otter.Cache[wiki.Path, keptCredits]
	counted     atomic.Uint64      // credits that were ever counted
	rendering   singleflight.Group // bodies that are being made
	pastTitles  *pastTitles
	anchorLines *anchorLines
	translated  atomic.Pointer[translations]
	keptHeirs   atomic.Pointer[keptHeirs]
	vocabulary  atomic.Pointer[keptVocabulary]
	gaps        atomic.Pointer[gaps]
	driftWords  *driftWords
	expected    atomic.Pointer[expected]
	metrics     *metrics
	readers     slots // for pages
	writers     slots // for previews and comparisons
	failPage    []byte
}

// New makes a Server. It fails when a part is missing, when BaseURL is no address, or when the theme cannot render
// even the page that says that something went wrong.
func New(c Config) (*Server, error) {
	if c.Wiki == nil || c.History == nil || c.Catalog == nil || c.Search == nil || c.Credit == nil || c.Theme == nil {
		return nil, errors.New("web: Wiki, History, Catalog, Search, Credit and Theme must be given")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg: c, log: c.Log, started: time.Now().UTC().Truncate(time.Second),
		origin: http.NewCrossOriginProtection(), readers: newSlots(), writers: newSlots(),
		bodies: otter.Must(&otter.Options[bodyKey, *body]{
			MaximumWeight: bodyCacheBytes, Weigher: func(_ bodyKey, b *body) uint32 { return b.weight() },
		}),
		pages: otter.Must(&otter.Options[string, *cachedPage]{
			MaximumWeight: pageCacheBytes, Weigher: func(_ string, p *cachedPage) uint32 { return p.weight() },
		}),
		credits: otter.Must(&otter.Options[wiki.Path, keptCredits]{MaximumSize: keptCreditPages}),
	}
	s.questions = otter.Must(&otter.Options[questionKey, []answer]{MaximumWeight: questionCacheBytes, Weigher: answersWeight})
	s.pastTitles, s.anchorLines, s.driftWords = newPastTitles(), newAnchorLines(), newDriftWords()
	s.metrics = newMetrics(c)
	var err error
	if s.baseURL, err = ParseBaseURL(c.BaseURL); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.failPage, err = renderFailPage(c); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.router = s.routes()
	s.http = &http.Server{
		Handler: s, MaxHeaderBytes: maxHeaderBytes, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, ConnContext: withConn, ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// ParseBaseURL reads what Config.BaseURL may be; nil is for "".
func ParseBaseURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q is no address of a site, such as https://faq.example.org", s)
	}
	return u, nil
}

// CheckTheme says why New would refuse a theme, before there is all that New wants.
func CheckTheme(t *themes.Theme) error {
	_, err := renderFailPage(Config{Theme: t})
	return err
}

// Serve answers requests that come in on ln until Shutdown; then it returns nil. The caller listens, so that a port
// that is taken is an ordinary error of its own.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(gathering{ln}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown takes no more requests and waits for those under way, at most until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}

// Read gives a page of a Snapshot as readers see it: its source without what its form says to writers, the document, and
// its HTML without the title. It is for the other faces of the wiki.
func (s *Server) Read(ctx context.Context, snap *wiki.Snapshot, page wiki.Page) (source []byte, doc *markdown.Document, html string, err error) {
	now := s.generationAt(snap)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return nil, nil, "", err
	}
	q := &request{Server: s, r: r, snap: snap, view: now.view, now: now}
	q.site = s.siteOf(now)
	b, err := q.body(page)
	if err != nil {
		return nil, nil, "", err
	}
	return q.site.withoutInstructions(page.Source), q.site.parse(page.Source), string(b.html), nil
}

// routes is the table of addresses.
func (s *Server) routes() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect() // headers about addresses are anybody's word
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if c.Response().Committed {
			s.log.Error("an answer broke off", "path", c.Request().URL.Path, "error", err)
			return
		}
		s.fail(c.Response(), c.Request(), err)
	}
	e.Use(s.metrics.measure)
	read := func(path string, h func(*request) error) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, s.handle(h))
	}
	write := func(path string, h func(*request) error) {
		e.POST(path, s.handle(func(q *request) error {
			if !q.who.MayEdit {
				return errReadOnly
			}
			return h(q)
		}))
	}

	read("/", (*request).showFront)
	read("/wiki", (*request).showPage)
	read("/wiki/*", (*request).showPage)
	read("/raw/*", (*request).showRaw)

	read("/new", (*request).askTitle)
	read("/edit/*", (*request).showEditor)
	write("/edit/*", (*request).edit)
	write("/preview", (*request).preview)
	write("/preview/*", (*request).preview)

	read("/history/*", (*request).showHistory)
	read("/compare/*", (*request).compare)
	read("/blame/*", (*request).showBlame)
	read("/removed", (*request).showRemoved)
	read("/removed/*", (*request).showRemoved)
	read("/credits/*", (*request).showCredits)
	read("/rename/*", (*request).askRename)
	write("/rename/*", (*request).rename)
	read("/delete/*", (*request).askDelete)
	write("/delete/*", (*request).deletePage)
	read("/restore/*", (*request).askRestore)
	write("/restore/*", (*request).restore)
	read("/revert/*", (*request).askRevert)
	write("/revert/*", (*request).revert)

	read("/search", (*request).showSearch)
	read("/suggest", (*request).suggest)
	read("/suggest/keywords", (*request).suggestKeywords)
	read("/opensearch.xml", (*request).describeSearch)
	read("/recent", (*request).showRecent)
	read("/recent.atom", (*request).recentFeed)

	read("/contributors", (*request).showContributors)
	read("/contributors/*", (*request).showContributor)
	read("/participation", (*request).showParticipation)

	read("/pages", (*request).listAll)
	read("/categories", (*request).listCategories)
	read("/categories/*", (*request).listCategory)
	read("/backlinks/*", (*request).listBacklinks)
	read("/wanted", (*request).listWanted)
	read("/orphans", (*request).listOrphans)
	read("/deleted", (*request).listDeleted)
	read("/translations", (*request).listTranslations)

	read("/files/*", (*request).showFile)
	read("/assets/*", (*request).showAsset)
	read("/favicon.ico", (*request).showIcon)
	read("/healthz", (*request).healthy)
	read("/readyz", (*request).ready)
	read("/metrics", (*request).showMetrics)
	read("/robots.txt", (*request).robots)
	read("/sitemap.xml", (*request).sitemap)
	if s.cfg.API != nil {
		e.RouteNotFound("/api/*", echo.WrapHandler(s.cfg.API)) // whatever the method, of which Any knows a few
	}
	return e
}

// handle gives a handler its request.
func (s *Server) handle(h func(*request) error) echo.HandlerFunc {
	return func(c echo.Context) error { return h(s.newRequest(c.Response(), c.Request())) }
}
