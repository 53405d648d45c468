package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"coppice/wiki"
)

// TestWritersSeeTheirEditAtOnce: whatever the indexes are doing, the page after a save is the page that was saved, and
// history and recent changes have it.
func TestWritersSeeTheirEditAtOnce(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	for i := range 10 {
		text := fmt.Sprintf("Words number %d.", i)
		h.post("/edit/index", "base", h.head(), "source", "# Home\n\n"+text+"\n", "summary", "Say "+text).want(t, 303)
		h.get("/wiki/index").want(t, 200, text)
		h.get("/history/index").want(t, 200, "Say "+text)
		h.get("/recent").want(t, 200, "Say "+text)
	}
}

// TestLongSummary: a summary that is too long is refused, and nothing that was typed is lost.
func TestLongSummary(t *testing.T) {
	h := build(t, files("page.md", "# Page\n"))
	base, long := h.head(), strings.Repeat("why ", 25_000)
	h.post("/edit/page", "base", base, "source", "# Page\n\nMy words.\n", "summary", long).want(t, 422, "The summary of the change is too long", "My words.", long)
	h.post("/delete/page", "base", base, "confirm", "yes", "summary", long).want(t, 422, "The summary of the change is too long", long)
	h.post("/rename/page", "to", "other", "summary", long).want(t, 422, "The summary of the change is too long", long)
	if h.head() != base {
		t.Error("something was saved")
	}
}

// TestTwoWritersMerge: edits of different blocks from one base are joined, and the second writer is told.
func TestTwoWritersMerge(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nFirst.\n\nSecond.\n\nThird.\n"))
	base := h.head()
	h.post("/edit/page", "base", base, "source", "# Page\r\n\r\nFirst, by one.\r\n\r\nSecond.\r\n\r\nThird.\r\n").want(t, 303)
	second := h.post("/edit/page", "base", base, "source", "# Page\r\n\r\nFirst.\r\n\r\nSecond.\r\n\r\nThird, by two.\r\n").want(t, 303)
	if !strings.Contains(second.header.Get("Set-Cookie"), "merged") {
		t.Error("the second writer is not told")
	}
	if got, want := h.get("/raw/page").body, "# Page\n\nFirst, by one.\n\nSecond.\n\nThird, by two.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSixteenWriters save different sections of one page at once: none gets lost, none is asked to choose.
func TestSixteenWriters(t *testing.T) {
	var text strings.Builder
	text.WriteString("# Page\n")
	for i := range 16 {
		fmt.Fprintf(&text, "\n## Part %d\n\nOld %d.\n", i, i)
	}
	h := build(t, files("page.md", text.String()))
	base := h.head()
	var wait sync.WaitGroup
	statuses := make([]int, 16)
	for i := range 16 {
		wait.Go(func() {
			statuses[i] = h.post("/edit/page", "base", base, "section", fmt.Sprintf("part-%d", i), "source", fmt.Sprintf("## Part %d\n\nNew %d.\n", i, i)).status
		})
	}
	wait.Wait()
	raw := h.get("/raw/page").body
	for i, status := range statuses {
		if status != http.StatusSeeOther || !strings.Contains(raw, fmt.Sprintf("New %d.", i)) {
			t.Errorf("writer %d: status %d; the page:\n%s", i, status, raw)
		}
	}
}

// TestConflictKeepsBothTexts, also when the page is gone, and the writer can go on from the answer.
func TestConflictKeepsBothTexts(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nWords.\n", "other.md", "# Other\n"))
	base := h.head()
	h.post("/edit/page", "base", base, "source", "# Page\n\nTheir words.\n").want(t, 303)
	h.post("/edit/page", "base", base, "source", "# Page\n\nMy words.\n", "summary", "Why").want(t, 409, "Their words.", "My words.", "Why")
	h.settle()
	h.post("/delete/page", "base", h.head()).want(t, 303)
	h.post("/edit/page", "base", base, "source", "# Page\n\nMy words.\n").want(t, 409, "My words.")
}

// TestRefusalKeepsWords: a name, a base or a size that is refused gives the form back with the text in it.
func TestRefusalKeepsWords(t *testing.T) {
	h := build(t, files("page.md", "# Page\n"))
	h.post("/edit/nul", "source", "My precious words.").want(t, 422, "My precious words.", "Windows")
	h.post("/edit/page", "source", "My precious\x00 words.").want(t, 422, "NUL")
	h.post("/edit/page", "base", h.head(), "source", strings.Repeat("word ", wiki.MaxPageSize/5+1)).want(t, 422, "too large")
	h.post("/edit/page", "base", h.head(), "source", strings.Repeat("x", maxFormBytes)).want(t, 413)
}

// TestHugeForm: whoever sends far too much, and as browsers do reads no answer until all of it is sent, is told so.
func TestHugeForm(t *testing.T) {
	h := build(t, files("page.md", "# Page\n"))
	line, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	const size = 5 * maxFormBytes
	fmt.Fprintf(line, "POST /edit/page HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", line.RemoteAddr(), size)
	if _, err := io.WriteString(line, strings.Repeat("x", size)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(line), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "more than a page may hold") {
		t.Errorf("%s, %v: %.200s", answer.Status, err, body)
	}
}

func TestReadOnly(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\n## Part\n"), func(c *Config) { c.ReadOnly = true })
	if page := h.get("/wiki/page").want(t, 200); strings.Contains(page.body, "/edit/") {
		t.Error("an editor is offered")
	}
	h.get("/edit/page").want(t, 403)
	h.post("/edit/page", "base", h.head(), "source", "x").want(t, 403)
	h.post("/delete/page", "base", h.head()).want(t, 403)
	h.get("/wiki/none").want(t, 404)
}

// TestRestoreAcrossRename: a version from before a rename comes back under today's name.
func TestRestoreAcrossRename(t *testing.T) {
	h := build(t, files("old.md", "# Page\n\nA long enough first text that stays.\n"))
	first := h.head()
	h.post("/rename/old", "to", "new").want(t, 303)
	h.post("/edit/new", "base", h.head(), "source", "# Page\n\nA long enough first text that stays.\n\nMore.\n").want(t, 303)
	h.settle()
	h.get("/wiki/new?rev="+first).want(t, 200, "first text")
	h.get("/compare/new?from="+first+"&to="+h.head()).want(t, 200, "More.")
	h.post("/restore/new", "revision", first).want(t, 303)
	if got := h.get("/raw/new").body; strings.Contains(got, "More.") {
		t.Errorf("the old text is not back: %q", got)
	}
}

func TestRevertKeepsWhatCameLater(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nOne.\n\nTwo.\n"))
	h.post("/edit/page", "base", h.head(), "source", "# Page\n\nOne, spoilt.\n\nTwo.\n").want(t, 303)
	spoilt := h.head()
	h.post("/edit/page", "base", h.head(), "source", "# Page\n\nOne, spoilt.\n\nTwo, better.\n").want(t, 303)
	h.settle()
	h.get("/revert/page?revision="+spoilt).want(t, 200, "spoilt")
	h.post("/revert/page", "revision", spoilt).want(t, 303)
	if got, want := h.get("/raw/page").body, "# Page\n\nOne.\n\nTwo, better.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRevertThatClashes speaks of the undoing, and not of somebody who wrote at the same time.
func TestRevertThatClashes(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nOne.\n\nTwo.\n"))
	h.post("/edit/page", "base", h.head(), "source", "# Page\n\nOne, spoilt.\n\nTwo.\n", "summary", "Spoil it").want(t, 303)
	spoilt := h.head()
	h.post("/edit/page", "base", h.head(), "source", "# Page\n\nOne, spoilt more.\n\nTwo.\n").want(t, 303)
	h.settle()
	clash := h.post("/revert/page", "revision", spoilt).want(t, 409, "Undo a change: Page", "Spoil it", "cannot be undone by itself", "As it is today", "spoilt<ins> more")
	for _, wrong := range []string{"While you were writing", "You changed", "My words"} {
		if strings.Contains(clash.body, wrong) {
			t.Errorf("it says %q", wrong)
		}
	}
	h.post("/delete/page").want(t, 303)
	h.settle()
	clash = h.post("/revert/page", "revision", spoilt).want(t, 409, "cannot be undone by itself", "has deleted the page since", "One.")
	if strings.Contains(clash.body, "While you were writing") {
		t.Error("of a page that is gone it speaks of writing")
	}
}

// TestRevertOfTheFirstRevision takes the page away, and leads to where it can be brought back.
func TestRevertOfTheFirstRevision(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	h.post("/edit/page", "source", "# Page\n").want(t, 303)
	h.settle()
	gone := h.post("/revert/page", "revision", h.head()).want(t, 303)
	if got := gone.header.Get("Location"); got != "/history/page" {
		t.Errorf("it leads to %q", got)
	}
	h.settle()
	h.get("/history/page").want(t, 200, "Bring the page back")
}

// TestRevertOfNothing: a rename, or a commit that is about another page, has nothing to undo.
func TestRevertOfNothing(t *testing.T) {
	h := build(t, files("old.md", "# Page\n\nA long enough text.\n", "other.md", "# Other\n"))
	h.post("/edit/other", "base", h.head(), "source", "# Other\n\nMore.\n").want(t, 303)
	elsewhere := h.head()
	h.post("/rename/old", "to", "new").want(t, 303)
	h.settle()
	for _, rev := range []string{elsewhere, h.head()} {
		h.get("/revert/new?revision="+rev).want(t, 404, "did not change")
		h.post("/revert/new", "revision", rev).want(t, 404, "did not change")
	}
}

// TestCompareWithoutVersions shows a page's latest change, though the wiki's is about another page.
func TestCompareWithoutVersions(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nOne.\n", "other.md", "# Other\n"))
	h.post("/edit/page", "base", h.head(), "source", "# Page\n\nOne, better.\n", "summary", "Better").want(t, 303)
	h.post("/edit/other", "base", h.head(), "source", "# Other\n\nMore.\n", "summary", "Elsewhere").want(t, 303)
	h.settle()
	if r := h.get("/compare/page").want(t, 200, "better", "Better"); strings.Contains(r.body, "Elsewhere") || strings.Contains(r.body, "same text") {
		t.Errorf("it is about another change:\n%s", r.body)
	}
	h.post("/delete/page", "summary", "Not needed").want(t, 303)
	h.post("/edit/other", "base", h.head(), "source", "# Other\n\nEven more.\n").want(t, 303)
	h.settle()
	h.get("/compare/page").want(t, 200, "One, better.", "Not needed")
}

// TestOldVersions are found by revision and by day, with the ways on.
func TestOldVersions(t *testing.T) {
	h := build(t, files("page.md", "# Page\n\nFirst.\n"))
	first := h.head()
	h.post("/edit/page", "base", first, "source", "# Page\n\nSecond.\n").want(t, 303)
	h.settle()
	old := h.get("/wiki/page?rev="+first[:10]).want(t, 200, "First.", "/compare/page?from="+first, "/restore/page?revision="+first)
	if strings.Contains(old.body, "Second.") {
		t.Error("today's text on the old version")
	}
	h.get("/wiki/page?rev="+h.head()).want(t, 200, "/wiki/page?rev="+first) // the version before
	tomorrow := time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	h.get("/wiki/page?at="+tomorrow).want(t, 200, "Second.")
	h.get("/raw/page?rev="+first).want(t, 200, "First.")
}

// TestPanicIsAPage, and the next request is answered.
func TestPanicIsAPage(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	h.router.GET("/panic", h.handle(func(*request) error { panic("a fault for this test; its log line is expected") }))
	r := h.get("/panic").want(t, 500)
	if strings.Contains(r.body, "fault for this test") || !strings.Contains(r.body, "<html") {
		t.Errorf("the visitor reads:\n%s", r.body)
	}
	h.get("/wiki/index").want(t, 200)
}

// TestBusySlots: who waits for a slot in vain is told to try again, and a reader is not held up by writers.
func TestBusySlots(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	for range cap(h.writers) {
		release, err := h.writers.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
	h.get("/wiki/index").want(t, 200)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/preview/index", strings.NewReader("source=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { h.ServeHTTP(w, r.WithContext(ctx)); close(done) }()
	cancel()
	<-done
	if w.Body.Len() != 0 {
		t.Errorf("answered with %q", w.Body)
	}
}

// TestFormAsFiles: the editor's form travels unescaped (multipart/form-data), so that a page in Arabic is not thrice as
// long on a slow line. What breaks off is refused, and nothing of it is saved.
func TestFormAsFiles(t *testing.T) {
	h := build(t, files("page.md", "# صفحة\n"))
	before := h.head()
	text := "# صفحة\r\n\r\n" + strings.Repeat("سطر آخر. ", 4000) + "\r\n"
	var packed strings.Builder
	w := multipart.NewWriter(&packed)
	for _, field := range [][2]string{{"base", before}, {"source", text}, {"summary", "Write more"}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	headers := []string{"Content-Type: " + w.FormDataContentType(), "Sec-Fetch-Site: same-origin"}
	h.do("POST", "/edit/page", packed.String()[:packed.Len()-40], headers...).want(t, 400)
	if h.head() != before {
		t.Error("half a form was saved")
	}
	h.do("POST", "/edit/page", packed.String(), headers...).want(t, 303)
	if got, want := h.get("/raw/page").body, strings.ReplaceAll(text, "\r\n", "\n"); got != want {
		t.Errorf("%.80q, want %.80q", got, want)
	}
}

// TestOldNameWhileHistoryIsBehind: a page that was renamed a moment ago is found under its old name, whatever the
// indexes are doing.
func TestOldNameWhileHistoryIsBehind(t *testing.T) {
	h := build(t, files("old.md", "# A page\n"), func(c *Config) {
		c.FollowingHistory.Stop()
		c.FollowingHistory = c.Wiki.FollowAfter(c.History, time.Hour) // unless somebody asks
	})
	h.get("/wiki/old").want(t, 200)
	h.post("/rename/old", "to", "new").want(t, 303)
	if got := h.get("/wiki/old").want(t, 301).header.Get("Location"); got != "/wiki/new" {
		t.Errorf("the old name leads to %q", got)
	}
	if got := h.post("/rename/old", "to", "newer").want(t, 301).header.Get("Location"); got != "/rename/new" {
		t.Errorf("a second renaming leads to %q", got)
	}
}
