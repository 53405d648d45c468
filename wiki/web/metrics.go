package web

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"coppice/wiki"
)

// Figures for whoever runs the server, in the text format of Prometheus. A page that comes from the cache is counted
// and nothing else: a clock and a label would cost more than finding it.

// requestSeconds are the bounds that requests are sorted by: at once, not felt, felt, slow, very slow, broken.
var requestSeconds = []float64{0.005, 0.025, 0.1, 0.5, 2.5, 10}

// metrics counts what one Server does.
type metrics struct {
	cached   prometheus.Counter
	requests *prometheus.CounterVec   // by route and code
	seconds  *prometheus.HistogramVec // by route
	saves    *prometheus.CounterVec   // by kind
	handler  http.Handler
}

func newMetrics(c Config) *metrics {
	m := &metrics{
		cached: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "coppice_cached_pages_total", Help: "Requests answered from the page cache. They are not among coppice_requests_total."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coppice_requests_total", Help: "Requests by the first word of their address and the status of the answer."}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "coppice_request_seconds", Help: "Time that requests took, by the first word of their address.", Buckets: requestSeconds}, []string{"route"}),
		saves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coppice_saves_total", Help: "Changes made through the pages, by what came of them."}, []string{"kind"}),
	}
	r := prometheus.NewRegistry()
	r.MustRegister(m.cached, m.requests, m.seconds, m.saves, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "coppice_pages", Help: "Pages of the wiki."},
		func() float64 { return float64(c.Wiki.Head().Len()) }))
	for _, f := range []wiki.Follower{c.History, c.Catalog, c.Search, c.Credit} {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "coppice_index_commits_behind", Help: "Commits that an index does not reflect yet, counted up to a thousand.",
			ConstLabels: prometheus.Labels{"index": f.Name()},
		}, func() float64 { return float64(c.behind(f)) }))
	}
	m.handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{DisableCompression: true})
	return m
}

// behind counts the commits that an index does not reflect yet. What cannot be counted is as far behind as can be.
func (c Config) behind(f wiki.Follower) int {
	n, err := c.Wiki.CountSince(context.Background(), f.Position(), c.Wiki.Head().Commit(), maxBehind)
	if err != nil {
		return maxBehind
	}
	return n
}

// measure counts and times what is answered by a route.
func (m *metrics) measure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun, route, status := time.Now(), routeName(c.Path()), http.StatusInternalServerError // which a panic becomes
		defer func() {
			m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
			m.seconds.WithLabelValues(route).Observe(time.Since(begun).Seconds())
		}()
		if err := next(c); err != nil {
			c.Error(err)
		}
		status = c.Response().Status
		return nil
	}
}

// routeName is the first word of a route: there are as many as routes, whatever visitors ask for.
func routeName(path string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case path == "":
		return "none"
	case word == "":
		return "front"
	}
	return word
}

// showMetrics answers GET /metrics, on the machine itself. To others there is nothing at this address: how busy a wiki is,
// and how it fares, is for those who run it.
func (q *request) showMetrics() error {
	if !asksHere(q.r) {
		return notFound(routingSentence(http.StatusNotFound))
	}
	q.w.Header().Set("Cache-Control", "no-store")
	q.metrics.handler.ServeHTTP(q.w, q.r)
	return nil
}

// asksHere reports whether a request comes from this machine, by its own name, and through no proxy that says so.
func asksHere(r *http.Request) bool {
	for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && isLoopbackName(hostName(r))
}
