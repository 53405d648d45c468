package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"coppice/wiki"
	"coppice/wiki/api"
)

func (h *house) rename(from, to string) {
	h.t.Helper()
	if _, err := h.wiki.Rename(h.t.Context(), wiki.Rename{From: h.path(from), To: h.path(to), Author: ada}); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// leads fails the test unless an answer sends the client to an address.
func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != to || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("status %d, leads to %q, want %q: %s", w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

// TestOldAddresses: every address that a page had leads to it, whatever is asked of the page.
func TestOldAddresses(t *testing.T) {
	h := build(t, sample)
	first := h.wiki.Head().Commit().String()
	h.rename("guide/start", "guide/begin")
	second := h.wiki.Head().Commit().String()
	h.rename("guide/begin", "guide/credits")
	const at = "/api/v1/pages/"
	leads(t, h.get(at+"guide/start"), at+"guide%2Fcredits")
	leads(t, h.get(at+"guide%2Fbegin/credits"), at+"guide%2Fcredits/credits")
	leads(t, h.get(at+"guide/start/authorship"), at+"guide%2Fcredits/authorship")
	leads(t, h.get(at+"guide/start/revisions?limit=3"), at+"guide%2Fcredits/revisions?limit=3")
	for _, address := range []string{"guide%2Fcredits", "guide%2Fcredits/credits", "guide/start/credits?rev=" + first, "guide/start/credits?rev=" + second, "guide%2Fcredits/authorship?rev=" + first} {
		if w := h.get(at + address); w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", address, w.Code, w.Body)
		}
	}
	h.rename("guide/credits", "one")
	h.save("guide/start", "# Another\n\nOther words altogether.\n", "Begin")
	h.settle()
	leads(t, h.get(at+"guide/start/credits?rev="+second), at+"guide/begin/credits?rev="+second)
	h.rename("guide/start", "two")
	for _, sub := range []string{"", "/credits", "/authorship", "/revisions"} {
		w := h.get(at + "guide/start" + sub)
		var problem api.ChoicesError
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != http.StatusMultipleChoices || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Fatalf("status %d, %s, %v: %s", w.Code, w.Header().Get("Content-Type"), err, w.Body)
		}
		want := []api.Choice{{Path: "two", Title: "Another", URL: at + "two" + sub}, {Path: "one", Title: "Getting started", URL: at + "one" + sub}}
		if len(problem.Choices) != 2 || problem.Choices[0] != want[0] || problem.Choices[1] != want[1] || !strings.Contains(problem.Detail, "Several pages were once called “guide/start”") {
			t.Errorf("%+v", problem)
		}
	}
}

// TestParametersOfOtherTimes: what asks the web pages for another time is refused where it would be passed over.
func TestParametersOfOtherTimes(t *testing.T) {
	h := build(t, sample)
	for address, want := range map[string]string{
		"index?at=2009-01-01": "“at” is not known here", "index/credits?at=2009-01-01": "“at” is not known here", "index/authorship?at=": "“at” is not known here",
		"index/revisions?at=2009-01-01": "“at” is not known here", "index?rev=0123456": "“rev” is not known here", "index/revisions?rev=0123456": "“rev” is not known here",
	} {
		if w := h.get("/api/v1/pages/" + address); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d: %s", address, w.Code, w.Body)
		}
	}
}
