package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"coppice/wiki"
)

// healthy answers GET /healthz: the process is there and answers.
func (q *request) healthy() error { return q.send(http.StatusOK, textType, []byte("ok\n")) }

// ready answers GET /readyz: 200 when every index reflects the newest commit, else 503 with those that do not.
func (q *request) ready() error {
	var behind []string
	for _, f := range []struct {
		name string
		at   *wiki.Following
	}{{"history", q.cfg.FollowingHistory}, {"catalog", q.cfg.FollowingCatalog}, {"search", q.cfg.FollowingSearch}, {"credit", q.cfg.FollowingCredit}} {
		if f.at != nil && f.at.Behind() {
			behind = append(behind, f.name)
		}
	}
	if len(behind) > 0 {
		q.w.Header().Set("Retry-After", "1")
		return q.send(http.StatusServiceUnavailable, textType, []byte("behind: "+strings.Join(behind, ", ")+"\n"))
	}
	return q.send(http.StatusOK, textType, []byte("ready\n"))
}

// robotsRules keep robots off what has no end (comparisons, old versions) and what is for people only.
const robotsRules = `User-agent: *
Disallow: /edit/
Disallow: /new
Disallow: /preview
Disallow: /compare/
Disallow: /blame/
Disallow: /removed
Disallow: /history/
Disallow: /rename/
Disallow: /delete/
Disallow: /restore/
Disallow: /revert/
Disallow: /search
Disallow: /suggest
Disallow: /*?rev=
Disallow: /*?at=

Sitemap: `

func (q *request) robots() error {
	return q.send(http.StatusOK, textType, []byte(robotsRules+q.absolute("/sitemap.xml")+"\n"))
}

// urlSet is a site map (sitemaps.org, 0.9).
type urlSet struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func (q *request) sitemap() error {
	set := urlSet{URLs: []sitemapURL{{Loc: q.absolute("/")}}}
	for ref := range q.snap.Pages() {
		if len(set.URLs) == sitemapPages {
			break
		}
		u := sitemapURL{Loc: q.absolute(pageURL(ref.Path))}
		if t, ok := q.lastChange(ref.Path); ok {
			u.LastMod = t.UTC().Format(time.RFC3339)
		}
		set.URLs = append(set.URLs, u)
	}
	return q.sendXML("application/xml; charset=utf-8", set)
}
