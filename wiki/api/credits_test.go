package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"coppice/wiki"
	"coppice/wiki/api"
)

var ben = wiki.Contributor{Name: "Ben Reader", Email: "ben@users.noreply.example"}

// saveAs writes a page as somebody else than ada.
func (h *house) saveAs(who wiki.Contributor, name, text, summary string, with ...wiki.Contributor) wiki.Saved {
	h.t.Helper()
	saved, err := h.wiki.Save(h.t.Context(), wiki.Edit{Path: h.path(name), Base: h.wiki.Head().Commit(), Source: []byte(text), Summary: summary, Author: who, CoAuthors: with})
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return saved
}

const (
	bedsBefore = "---\nparticipants:\n  - name: Mira\n    part: launched it\n---\n\n# Beds\n\nOne two three four five six.\n"
	bedsAfter  = bedsBefore + "\nSeven eight nine.\n"
)

func TestCredits(t *testing.T) {
	h := build(t, sample)
	begun := h.save("guide/beds", bedsBefore, "Begin")
	h.settle()
	changed := h.saveAs(ben, "guide/beds", bedsAfter, "Say more")
	w := h.get("/api/v1/pages/guide/beds/credits")
	c := into[api.CreditsAnswer](t, w)
	revision := changed.Revision.ID.String()
	if etag := w.Header().Get("ETag"); !strings.HasPrefix(etag, `"`+revision+`-`) || c.Revision != revision || c.Path != "guide/beds" {
		t.Errorf("ETag %s, revision %s of %s, want %s", etag, c.Revision, c.Path, revision)
	}
	if c.Words != 10 || c.Uncredited != 0 || c.Revisions != 2 || c.Created == nil || !c.Created.Equal(begun.Revision.Time) || !slices.Equal(c.Original, []string{ada.Name}) {
		t.Errorf("the credits are %+v", c)
	}
	if len(c.Contributors) != 2 || c.Contributors[0].Name != ada.Name || c.Contributors[0].Words != 7 || c.Contributors[0].Share != .7 ||
		c.Contributors[1].Name != ben.Name || c.Contributors[1].Words != 3 || c.Contributors[1].Share != .3 || c.Contributors[1].Edits != 1 {
		t.Errorf("the contributors are %+v", c.Contributors)
	}
	if len(c.Reviewers) != 0 || !slices.Equal(c.Participants, []api.Participant{{Name: "Mira", Part: "launched it"}}) {
		t.Errorf("reviewers %+v, participants %+v", c.Reviewers, c.Participants)
	}
	if strings.Contains(w.Body.String(), "noreply") {
		t.Error("an address is given away")
	}
	if same := h.get("/api/v1/pages/guide/beds/credits", "If-None-Match: "+w.Header().Get("ETag")); same.Code != http.StatusNotModified || same.Body.Len() > 0 {
		t.Errorf("status %d for what did not change", same.Code)
	}
	old := into[api.CreditsAnswer](t, h.get("/api/v1/pages/guide/beds/credits?rev="+begun.Revision.ID.String()))
	if old.Words != 7 || len(old.Contributors) != 1 || old.Revision != begun.Revision.ID.String() {
		t.Errorf("the credits of the first version are %+v", old)
	}
	// So does a commit elsewhere change the answer, and its tag, if it says how somebody is called by now.
	etag := w.Header().Get("ETag")
	h.saveAs(wiki.Contributor{Name: "Benedict Reader", Email: ben.Email}, "elsewhere", "# Elsewhere\n", "Under another name")
	h.settle()
	if called := into[api.CreditsAnswer](t, h.get("/api/v1/pages/guide/beds/credits", "If-None-Match: "+etag)); called.Contributors[1].Name != "Benedict Reader" || called.Revision != revision {
		t.Errorf("under the other name: %+v", called)
	}
	h.saveAs(ben, "elsewhere", "# Elsewhere\n\nAgain.\n", "Under the old name")
	h.settle()
	if same := h.get("/api/v1/pages/guide/beds/credits", "If-None-Match: "+etag); same.Code != http.StatusNotModified {
		t.Errorf("status %d for what is as it was", same.Code)
	}
	// A name that changes its meaning changes the answer, and its tag.
	h.saveFile(t, ".coppice/credit.yml", "opt_out: [Ben Reader, Mira]\nlicence: CC BY 4.0\n")
	hidden := into[api.CreditsAnswer](t, h.get("/api/v1/pages/guide/beds/credits", "If-None-Match: "+w.Header().Get("ETag")))
	if hidden.Contributors[1].Name != "a contributor" || hidden.Licence != "CC BY 4.0" || hidden.Revision != revision ||
		!slices.Equal(hidden.Participants, []api.Participant{{Name: "a contributor", Part: "launched it"}}) {
		t.Errorf("after opting out: %+v", hidden)
	}
}

func TestAuthorship(t *testing.T) {
	h := build(t, sample)
	begun := h.save("guide/beds", bedsBefore, "Begin")
	h.settle()
	changed := h.saveAs(ben, "guide/beds", bedsAfter, "Say more", wiki.Contributor{Name: "Cara", Email: "cara@users.noreply.example"})
	w := h.get("/api/v1/pages/guide/beds/authorship")
	a := into[api.AuthorshipAnswer](t, w)
	if a.Revision != changed.Revision.ID.String() || !strings.HasPrefix(w.Header().Get("ETag"), `"`+a.Revision+`-`) || a.Words != 10 {
		t.Errorf("revision %s, ETag %s, %d words", a.Revision, w.Header().Get("ETag"), a.Words)
	}
	var texts []string
	for _, p := range a.Passages {
		texts = append(texts, p.Text)
	}
	if got := strings.Join(texts, " "); got != "Beds One two three four five six Seven eight nine" {
		t.Errorf("the words are %q", got)
	}
	if len(a.Passages) != 2 || a.Passages[0].Author != ada.Name || a.Passages[0].Revision != begun.Revision.ID.String() ||
		a.Passages[1].Author != "Ben Reader and Cara" || !slices.Equal(a.Passages[1].Authors, []string{"Ben Reader", "Cara"}) || a.Passages[1].Revision != a.Revision {
		t.Errorf("the passages are %+v", a.Passages)
	}
	// A renamed page answers for its old versions too.
	renamed, err := h.wiki.Rename(t.Context(), wiki.Rename{From: h.path("guide/beds"), To: h.path("beds"), Summary: "Move", Author: ben})
	if err != nil {
		t.Fatal(err)
	}
	h.settle()
	if now := into[api.AuthorshipAnswer](t, h.get("/api/v1/pages/beds/authorship")); now.Revision != renamed.Revision.ID.String() || now.Words != 10 {
		t.Errorf("after the renaming: %+v", now)
	}
	if old := into[api.AuthorshipAnswer](t, h.get("/api/v1/pages/beds/authorship?rev="+begun.Revision.ID.String())); old.Words != 7 || old.Path != "guide/beds" {
		t.Errorf("before the renaming: %+v", old)
	}
}

// TestCreditsAtOnce: an answer is never about the text before an edit that was answered.
func TestCreditsAtOnce(t *testing.T) {
	h := build(t, sample)
	for i := range 10 {
		text := "# Home\n\n" + strings.Repeat("Welcome again. ", i+1) + "\n"
		saved := h.save("index", text, "Welcome")
		c := into[api.CreditsAnswer](t, h.get("/api/v1/pages/index/credits"))
		if c.Revision != saved.Revision.ID.String() || c.Words != 1+2*(i+1) {
			t.Fatalf("after edit %d: %d words at %s", i, c.Words, c.Revision)
		}
	}
}

func TestCreditsOfWhatIsNotThere(t *testing.T) {
	h := build(t, sample)
	first := h.wiki.Head().Commit().String()
	h.save("late", "# Late\n", "Begin")
	for address, want := range map[string]int{
		"nowhere/credits":                  404,
		"nowhere/authorship":               404,
		"index/credits?rev=0000000":        404,
		"index/authorship?rev=rubbish%00":  404,
		"late/credits?rev=" + first:        404,
		"..%2F..%2Fetc%2Fpasswd/credits":   422,
		"guide%2Fstart/authorship?rev=":    200,
		"guide/start/credits?rev=" + first: 200,
	} {
		w := h.get("/api/v1/pages/" + address)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d: %s", address, w.Code, want, w.Body)
		}
		if want >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", address, w.Header().Get("Content-Type"))
		}
	}
	if doc := h.get("/api/v1/openapi.json").Body.String(); !strings.Contains(doc, "/pages/{path}/credits") || !strings.Contains(doc, "/pages/{path}/authorship") {
		t.Error("the OpenAPI document does not describe credits")
	}
}

// saveFile writes a file that is no page.
func (h *house) saveFile(t *testing.T, name, text string) {
	t.Helper()
	if _, err := h.wiki.Import(t.Context(), fstest.MapFS{name: file(text)}, ada, "Steer"); err != nil {
		t.Fatal(err)
	}
	h.settle()
}
