package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The four who write in testCredits. Nia began the wiki.
const (
	nia  = "Nia Newcomer"
	omer = "Omer Aydin"
	pia  = "Pia Park"
	quim = "Quim Serra"
)

// serveAs serves the wiki in a folder with edits credited to somebody, until stop is called.
func serveAs(t *testing.T, data, author string) (h *house, stop func()) {
	t.Helper()
	s, err := openServer(t.Context(), serveOptions{
		place:  place{data: data, log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))},
		listen: "127.0.0.1:0", author: author + " <" + strings.ToLower(strings.Fields(author)[0]) + "@users.noreply.example>",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	h = &house{server: s, t: t}
	h.settle()
	return h, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

var oneWord = regexp.MustCompile(`[\pL\pN\pM]+(?:['’_][\pL\pN\pM]+)*`)

// countWords counts the words of plain prose.
func countWords(prose string) int { return len(oneWord.FindAllString(prose, -1)) }

// Texts of the edits. What is taken away was Nia's.
const (
	smallGroups = " A group of seven can be one too, if all of them come back for more and nobody has to be asked twice."
	newAnswer   = "By what they keep: a glossary that newcomers find, a calendar that somebody looks after, and the habit of writing down what was said on the phone before it is forgotten. " +
		"A member who leaves takes some of it along, so the second best time to write it down is when somebody says goodbye, and the best is the week before."
	newQuestion  = "### How does a community remember?"
	practitioner = "Practitioners first: people with the same profession or the same kind of task, whatever their rank and wherever they sit on the organisation chart. "
	nowAndThen   = "Meetings in person make relationships that carry months of messages afterwards."
	bossSentence = " Bosses who come along to listen, and stay quiet for the first hour, are remembered kindly for years by everybody in the room."
)

// testCredits writes a page of the starter wiki by ten edits of four people, made as people make them. One of them is
// taken back and one is a renaming. Whose words stand then is added up from the edits alone and compared with what the
// page says.
func testCredits(t *testing.T, browser context.Context) {
	const renamed = "practice/what-is-a-community"
	data := t.TempDir()
	h, stop := serveAs(t, data, nia)
	// What is a word in all that Markdown can do, other tests hold: the untouched page's are the one number that is not
	// counted here.
	words, _ := credited(t, h, samplePage)
	if len(words) != 1 || words[nia] < 1000 {
		t.Fatalf("the page that nobody has touched has the words %v", words)
	}
	stop()

	// as lets somebody do something, on a server that credits them with it.
	as := func(who string, do func(b *tab)) {
		t.Helper()
		h, stop := serveAs(t, data, who)
		defer stop()
		before := h.wiki.Head().Commit()
		do(h.open(t, browser, desktop))
		if h.wiki.Head().Commit() == before {
			t.Fatalf("%s saved nothing", who)
		}
		h.settle()
	}
	save := func(b *tab, page string) {
		b.t.Helper()
		if code := b.clickTo(saveKey); code != 200 {
			b.t.Fatalf("the save: status %d", code)
		}
		b.isAt("/wiki/" + page)
	}
	edit := func(page, before, after string) func(b *tab) {
		return func(b *tab) {
			b.t.Helper()
			b.visit("/edit/" + page)
			b.retype(before, after)
			save(b, page)
		}
	}

	as(nia, edit(samplePage, "the talk thins out.", "the talk thins out."+smallGroups))
	words[nia] += countWords(smallGroups)

	as(omer, edit(samplePage, "An informal network", "A loose network")) // "An" went too
	words[nia] -= 2
	words[omer] += 2

	as(pia, edit(samplePage, nowAndThen, nowAndThen+kb.Enter+kb.Enter+kb.Enter+newQuestion+kb.Enter+kb.Enter+newAnswer))
	words[pia] += countWords(newQuestion + "\n" + newAnswer)

	// Quim takes away what he thinks nobody needs, and Omer takes that back: the words are Nia's again.
	as(quim, func(b *tab) {
		b.visit("/edit/" + samplePage)
		b.selectWords(practitioner)
		b.keys(kb.Delete)
		save(b, samplePage)
	})
	as(omer, func(b *tab) {
		b.visit("/history/" + samplePage)
		if code := b.clickTo(".revisions li:first-child button[formaction^='/revert/']"); code != 200 {
			t.Fatalf("the question: status %d", code)
		}
		if strings.HasPrefix(b.address(), "/revert/") {
			b.clickTo("main form button.primary")
		}
		b.isAt("/wiki/" + samplePage)
		b.shows("article", "Practitioners first")
	})

	as(pia, func(b *tab) {
		b.visit("/rename/" + samplePage)
		b.do("forget the old name", chromedp.Evaluate[chromedp.Void](`document.querySelector("input[name=to]").value = ""`))
		b.click(`input[name="to"]`)
		b.keys(renamed)
		b.clickTo("main form button.primary")
		b.isAt("/wiki/" + renamed)
	})

	as(quim, edit(renamed, "how the community will run, on a single page that they wrote themselves.", "how the community will run, on a single page that they wrote themselves."+bossSentence))
	words[quim] += countWords(bossSentence)

	// Nia moves a sentence of Quim's: it stays his.
	as(nia, func(b *tab) {
		b.visit("/edit/" + renamed)
		b.selectWords(bossSentence)
		b.keys(kb.Delete)
		b.retype("into one room if you possibly can.", "into one room if you possibly can."+bossSentence)
		save(b, renamed)
	})

	as(omer, edit(renamed, "whose purpose is to pass on what they know", "whose **purpose** is to pass on *what they know*")) // marks are no words

	as(pia, edit(renamed, "50 is about the limit", "60 is about the limit"))
	words[nia]--
	words[pia]++

	h, stop = serveAs(t, data, nia)
	defer stop()
	b := h.open(t, browser, desktop)
	b.visit("/wiki/" + samplePage)
	b.isAt("/wiki/" + renamed)
	checkFooter(b, words)
	if got, begun := credited(t, h, renamed); !maps.Equal(got, words) || !slices.Equal(begun, []string{nia}) {
		t.Errorf("programs are told %v, begun by %q; the edits say %v", got, begun, words)
	}

	// The same at the question that Pia wrote, without leaving it.
	const asked = "#how-does-a-community-remember"
	b.click(asked + " .who-wrote")
	b.await(`document.querySelector(".who-wrote-answer a")`)
	b.shows(".who-wrote-answer", fmt.Sprintf("%d words by %s. More", countWords(newQuestion+"\n"+newAnswer), pia))
	b.clickTo(".who-wrote-answer a")
	b.shows("h1", "How does a community remember?")
	b.shows(".credit-table tbody", pia+" 100 %")
}

// checkFooter compares the footer of the page that is shown with words by author.
func checkFooter(b *tab, words map[string]int) {
	b.t.Helper()
	total := 0
	names := slices.Collect(maps.Keys(words))
	for _, n := range words {
		total += n
	}
	slices.SortFunc(names, func(x, y string) int { return words[y] - words[x] })
	var want []string
	for _, name := range names {
		share := fmt.Sprintf("%.0f %%", 100*float64(words[name])/float64(total))
		if share == "0 %" {
			share = "under 1 %"
		}
		want = append(want, name+" "+share)
	}
	got := ask[[]string](b, `[...document.querySelectorAll(".credits dd li[class]")].map((li) => li.innerText.replace(/\s+/g, " ").trim())`)
	if !slices.Equal(got, want) {
		b.t.Errorf("the footer says %q, and the edits say %q", got, want)
	}
	foot := b.text(".credits")
	if !strings.Contains(foot, "by "+nia+"; 11 versions") || !strings.Contains(foot, "All credits of this page") || strings.Contains(foot, "still being read") {
		b.t.Errorf("the footer is %q", foot)
	}
}

// credited gives the words of a page by author, and who began it, as programs are told.
func credited(t *testing.T, h *house, page string) (words map[string]int, begun []string) {
	t.Helper()
	answer := httptest.NewRecorder()
	h.web.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, h.address()+"/api/v1/pages/"+page+"/credits", nil))
	var known struct {
		Contributors []struct {
			Name  string
			Words float64
		}
		Original []string
	}
	if err := json.NewDecoder(answer.Body).Decode(&known); err != nil {
		t.Fatal(err)
	}
	words = map[string]int{}
	for _, c := range known.Contributors {
		words[c.Name] = int(c.Words)
	}
	return words, known.Original
}
