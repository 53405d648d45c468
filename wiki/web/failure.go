package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"coppice/wiki"
)

// failure is an error with a status and a sentence for the visitor; the cause is for the log.
type failure struct {
	status   int
	sentence string
	cause    error
}

func (f *failure) Error() string {
	if f.cause != nil {
		return f.sentence + ": " + f.cause.Error()
	}
	return f.sentence
}

func (f *failure) Unwrap() error { return f.cause }

// redirect is the answer "it is over there". Handlers return it like an error, for it ends what they were asked to do.
type redirect struct {
	status int
	to     string
}

func (r *redirect) Error() string { return "see " + r.to }

// missingPageError says that there is no page of that name, and may never have been.
type missingPageError struct {
	name  string
	cause error // why the name could not even be a page's, or nil
}

func (n *missingPageError) Error() string { return fmt.Sprintf("no page %q", n.name) }
func (n *missingPageError) Unwrap() error { return n.cause }

var errReadOnly = &failure{status: http.StatusForbidden, sentence: "This wiki can be read here, but not changed."}

func badRequest(sentence string) error {
	return &failure{status: http.StatusBadRequest, sentence: sentence}
}

func notFound(sentence string) error {
	return &failure{status: http.StatusNotFound, sentence: sentence}
}

// decide says with which status and sentence an error is answered. What it does not know is 500 without a word of it.
func decide(err error, r *http.Request) (status int, sentence string) {
	var (
		own     *failure
		missing *missingPageError
		routing *echo.HTTPError
		tooBig  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &own):
		return own.status, own.sentence
	case errors.As(err, &missing):
		return http.StatusNotFound, "There is no page of this name."
	case errors.As(err, &routing):
		return routing.Code, routingSentence(routing.Code)
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge, "That is more than a page may hold."
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "That took too long. Please try again in a moment."
	}
	switch wiki.KindOf(err) {
	case wiki.NotFound:
		status = http.StatusNotFound
	case wiki.Invalid:
		status = http.StatusUnprocessableEntity
		if reads(r) {
			status = http.StatusBadRequest
		}
	case wiki.Exists, wiki.Unchanged:
		status = http.StatusUnprocessableEntity
	case wiki.Conflict:
		status = http.StatusConflict
	case wiki.Refused:
		status = http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError, internalSentence
	}
	return status, wiki.SentenceOf(err, internalSentence)
}

// retryAfter is in how many seconds a busy wiki is asked again.
const retryAfter = "5"

const internalSentence = "Something went wrong on our side. Nothing that was saved is lost. The people who run this wiki can read in its log what happened."

func routingSentence(status int) string {
	switch status {
	case http.StatusNotFound:
		return "There is nothing at this address."
	case http.StatusMethodNotAllowed:
		return "This address cannot be used in that way."
	case http.StatusRequestEntityTooLarge:
		return "That is more than a page may hold."
	default:
		return http.StatusText(status) + "."
	}
}

// fail makes an error an answer. It is the only place that does.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var over *redirect
	if errors.As(err, &over) {
		w.Header().Set("Location", over.to)
		if over.status == http.StatusMovedPermanently {
			w.Header().Set("Cache-Control", "no-cache") // "for ever" is our promise to old addresses, not the browser's to itself
		}
		w.WriteHeader(over.status)
		return
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the visitor has gone
	}
	var choice *choiceError
	if errors.As(err, &choice) {
		if err = s.newRequest(w, r).render(choice.status, "choice", choice.view); err == nil {
			return
		}
	}
	status, sentence := decide(err, r)
	if status >= http.StatusInternalServerError {
		s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "status", status, "error", err)
	}
	if status == http.StatusInternalServerError || s.showFailure(w, r, status, sentence, err) != nil {
		s.failPlainly(w)
	}
}

// showFailure renders the page for a failure, with ways on from there.
func (s *Server) showFailure(w http.ResponseWriter, r *http.Request, status int, sentence string, err error) (broken error) {
	defer func() { // what failed once may fail again while its page is made
		if p := recover(); p != nil {
			broken = fmt.Errorf("the page for status %d failed: %v", status, p)
			s.log.Error("no page for a failure", "error", broken)
		}
	}()
	q := s.newRequest(w, r)
	v := ErrorView{Base: q.base(http.StatusText(status), "error"), Status: status, Sentence: sentence, Retry: status == http.StatusServiceUnavailable}
	v.NoIndex = true
	var missing *missingPageError
	if errors.As(err, &missing) {
		q.helpMissing(&v, missing)
	}
	if v.Retry {
		w.Header().Set("Retry-After", retryAfter)
	}
	return q.render(status, "error", v)
}

// helpMissing adds to a 404 what may be meant: a page that was deleted, pages with a like name, a page to be written.
func (q *request) helpMissing(v *ErrorView, missing *missingPageError) {
	words := strings.NewReplacer("-", " ", "_", " ", "/", " ").Replace(canonicalName(missing.name))
	if len(words) > maxTyped {
		words = strings.ToValidUTF8(words[:maxTyped], "")
	}
	v.Query = strings.ToValidUTF8(words, "")
	v.Near = q.near(v.Query)
	if sentence := wiki.SentenceOf(missing.cause, ""); sentence != "" {
		v.Sentence = sentence
		return
	}
	p, err := wiki.ParsePath(canonicalName(missing.name))
	if err != nil {
		return
	}
	v.Title = readable(p)
	if gone, ok := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, p); ok && !q.snap.Has(p) {
		stamp := q.stampOf(gone.Commit)
		v.Deleted, v.History = &stamp, address("history", p.String())
		v.Sentence = "This page was deleted."
		heirs, _ := q.heirs(p)
		if len(heirs) > 0 {
			v.Sentence = "This page was deleted. Some of what it said stands on other pages now, the first of those below."
		}
		v.Near = q.madeAgain(p, heirs, v.Near)
	}
	if _, err := q.free(p.String()); err == nil && q.who.MayEdit {
		v.CreateURL = address("edit", p.String())
	}
}

// near gives pages that somebody who typed these words may have meant. No answer is as good as none: the search may be
// building its index.
func (q *request) near(words string) []PageLink {
	found, err := q.cfg.Search.Suggest(q.r.Context(), words, 2*nearPages)
	if err != nil {
		q.log.Debug("no suggestions for a missing page", "error", err)
		return nil
	}
	var list []PageLink
	seen := map[wiki.Path]bool{}
	for _, f := range found {
		if e, ok := q.view.Entry(f.Path); ok && !seen[f.Path] && len(list) < nearPages {
			seen[f.Path] = true
			list = append(list, link(&e))
		}
	}
	return list
}

// failPlainly answers with the page that was rendered at start-up: nothing that may be broken now is needed for it.
func (s *Server) failPlainly(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", htmlType)
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Encoding")
	h.Del("ETag")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(s.failPage) // an error here is the visitor having gone
}

// renderFailPage makes the page for 500 while all is well.
func renderFailPage(c Config) ([]byte, error) {
	var buf bytes.Buffer
	v := ErrorView{
		Base:   Base{Site: Site{Name: c.Name, Version: c.Version}, Title: http.StatusText(http.StatusInternalServerError), Lang: interfaceLang, NoIndex: true, BodyClass: "error"},
		Status: http.StatusInternalServerError, Sentence: internalSentence, Retry: true,
	}
	if err := c.Theme.Render(&buf, "error", v); err != nil {
		return nil, fmt.Errorf("the theme cannot render an error: %w", err)
	}
	return buf.Bytes(), nil
}
