package web

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// pagePolicy lets a page use the theme's own script and style, pictures from anywhere under https, and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// filePolicy shuts a file of the repository in, whatever a browser takes it for.
const filePolicy = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; sandbox; frame-ancestors 'none'"

// Values of the safety headers, as slices that all answers share. They are never changed.
var (
	headerPolicy   = []string{pagePolicy}
	headerNosniff  = []string{"nosniff"}
	headerReferrer = []string{"strict-origin-when-cross-origin"}
)

// setSafetyHeaders puts on an answer what keeps a visitor safe. There is no more of it than does something: members on
// slow lines pay for every byte. The keys are spelt as net/http keeps them.
func setSafetyHeaders(h http.Header) {
	h["Content-Security-Policy"] = headerPolicy
	h["X-Content-Type-Options"] = headerNosniff
	h["Referrer-Policy"] = headerReferrer
}

// dropSafetyHeaders takes them off an answer that says "what you have is right": they came with what the visitor has.
func dropSafetyHeaders(h http.Header) {
	delete(h, "Content-Security-Policy")
	delete(h, "X-Content-Type-Options")
	delete(h, "Referrer-Policy")
}

// ServeHTTP answers one request: from the page cache if that is possible, else through guards and router.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.logged(w, r)
		return
	}
	s.answer(w, r)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if s.serveCached(w, r) {
		return
	}
	defer s.recover(w, r)
	setSafetyHeaders(w.Header())
	if err := s.guard(r); err != nil {
		s.fail(w, r, err)
		return
	}
	if r.Body != nil {
		r.Body = &boundedBody{http.MaxBytesReader(w, r.Body, maxFormBytes), r.Body}
	}
	s.router.ServeHTTP(w, r)
}

// boundedBody is a request's body up to maxFormBytes.
type boundedBody struct {
	io.ReadCloser
	whole io.Reader
}

// drain reads the rest of a body that is too long, within reason: a browser that is cut off while it sends shows a fault of
// the network, and not the sentence that says what is wrong.
func (b *boundedBody) drain() {
	_, _ = io.CopyN(io.Discard, b.whole, maxDrainedBytes) // whatever ends it, the answer is the same
}

// anyQuery are the addresses that take a query of any length: each looks at no more of it than its own limit, and search
// says that it is too long where it was typed.
var anyQuery = []string{"/search", "/suggest", "/api/v1/search", "/api/v1/suggest"}

// guard refuses or redirects what no handler should see.
func (s *Server) guard(r *http.Request) error {
	if len(r.RequestURI) > maxAddressBytes && !slices.Contains(anyQuery, r.URL.Path) {
		return &failure{status: http.StatusRequestURITooLong, sentence: "This address is too long."}
	}
	if path := oneSlash(r.URL.Path); path != r.URL.Path && reads(r) && !strings.HasPrefix(path, "/api/") {
		u := *r.URL
		u.Scheme, u.Host, u.User, u.Path, u.RawPath = "", "", nil, path, ""
		return &redirect{http.StatusMovedPermanently, u.String()}
	}
	if reads(r) {
		return nil
	}
	if err := s.origin.Check(r); err != nil {
		return &failure{status: http.StatusForbidden, sentence: "This came from a page of another site, and was refused to keep the wiki safe.", cause: err}
	}
	if !s.knowsHost(r) {
		return &failure{status: http.StatusForbidden, sentence: "The wiki is not known under this host's name, and takes no edits under it."}
	}
	return nil
}

// knowsHost stops DNS rebinding: a page of some other site whose name suddenly leads to this machine. It would be the
// same origin to the browser, so only the name gives it away.
func (s *Server) knowsHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return true
	}
	if at, err := netip.ParseAddrPort(local.String()); err != nil || !at.Addr().IsLoopback() {
		return true
	}
	host := hostName(r)
	return isLoopbackName(host) || (s.baseURL != nil && host == strings.ToLower(s.baseURL.Hostname()))
}

// hostName gives the name under which a request asks for the wiki, without the port.
func hostName(r *http.Request) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// isLoopbackName reports whether a host's name leads to the machine itself wherever it is asked.
func isLoopbackName(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// recover makes a panic a page. It is the last guard; what panics is a fault of ours and is logged with its stack.
func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) { // how handlers tell net/http to break off
		panic(p)
	}
	s.log.Error("panic", "method", r.Method, "path", r.URL.Path, "error", fmt.Sprint(p), "stack", string(debug.Stack()))
	s.failPlainly(w)
}

// logged answers and logs what came of it.
func (s *Server) logged(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	s.answer(rec, r)
	s.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", rec.status, "bytes", rec.bytes, "took", time.Since(begun))
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status, bytes int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
