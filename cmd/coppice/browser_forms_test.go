package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What the newcomer below is about to ask, and what others call it; no other page has those words.
const (
	freshQuestion = "How many people should a community have?"
	freshPage     = "how-many-people-should-a-community-have"
	freshWording  = "headcount ceiling of a guild"
)

// testNewQuestion begins a page on a phone with the keyboard alone: from the menu to the form, past the same question,
// through text, keywords and other wordings, to the page, which is then found by words that stand only in those.
func testNewQuestion(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.scheme("light") // and without motion, so that what gets the focus is in sight at once
	b.visit("/")
	b.tabTo("Menu")
	b.keys(kb.Enter)
	b.await(`document.querySelector(".menu:popover-open")`)
	b.tabTo("New page")
	b.follow("open the form", press(kb.Enter))
	b.isAt("/new")
	b.await(`document.activeElement.name === "title"`)
	b.keys(freshQuestion)
	b.follow("give the title", press(kb.Enter))

	b.shows("main", "Is it one of these?")
	b.shows(".alike", "How big is a community of practice?")
	b.tabTo("None of these: write it")
	b.follow("go on", press(kb.Enter))
	if at := b.address(); !strings.HasPrefix(at, "/edit/"+freshPage+"?") {
		t.Fatalf("the new page would be at %s", at)
	}
	b.shows(".form-guide", "Introduction missing")
	b.shows(".form-guide", "one or two paragraphs")
	b.await(`document.activeElement.name === "source"`)
	if held := ask[string](b, "document.activeElement.value"); strings.Contains(held, "<!--") || !strings.Contains(held, "## Sources") {
		t.Errorf("the new page begins with %q", held)
	}
	b.do("go behind the front matter", press(kb.End, chromedp.ModifierCtrl))
	b.keys("A dozen people who come back carry one. The rest may come and go.")

	b.tabTo("Keywords")
	b.keys("particip")
	b.offered("participation")
	b.keys(kb.ArrowDown)
	b.await(`document.querySelector("#ui\\:keyword-list [aria-selected=true]")`)
	b.keys(kb.Enter)
	b.await(`document.activeElement.value === "participation, "`)
	b.keys("guilds")
	b.await(`document.querySelector("#ui\\:keyword-notes").innerText.includes("“guilds” is a new keyword")`)
	b.tabTo("How do people ask this?")
	b.keys(freshWording)
	b.tabTo("Create the page")
	b.follow("create the page", press(kb.Enter))

	b.isAt("/wiki/" + freshPage)
	b.shows(".notice.good", "keywords is new")
	b.shows("article", "A dozen people who come back")
	if shown := b.text("main"); strings.Contains(shown, "headcount") || strings.Contains(shown, "required") {
		t.Error("readers see what is for editors and for search")
	}
	source := h.source(freshPage)
	for _, want := range []string{"form: faq", "keywords: [participation, guilds]", freshPage + ":\n    - " + freshWording} {
		if !strings.Contains(source, want) {
			t.Errorf("the page does not say %q:\n%s", want, source)
		}
	}
	h.settle()
	b.keys("/")
	b.await(fmt.Sprintf("document.activeElement === document.querySelector(%q)", searchBox))
	b.keys("headcount ceiling")
	b.follow("search", press(kb.Enter))
	b.shows(".hits li:first-child h2", freshQuestion)
}

// tabTo presses Tab until something of that name has the focus; on the way everything must be seen and free.
func (b *tab) tabTo(name string) {
	b.t.Helper()
	for range 80 {
		b.keys(kb.Tab)
		s := b.focused()
		if s.Tag != "BODY" && (!s.Seen || !s.Open) {
			b.t.Errorf("%s: %s %q has the focus: seen %v, free %v", b.address(), s.Tag, s.Name, s.Seen, s.Open)
		}
		if strings.HasPrefix(s.Name, name) {
			return
		}
	}
	b.t.Fatalf("%s: the Tab key does not reach %q", b.address(), name)
}

// testNewQuestionWithoutScripts is the same with JavaScript off: every step is a page.
func testNewQuestionWithoutScripts(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.withoutScripts()
	b.visit("/new")
	b.click(`input[name="title"]`)
	b.keys(freshQuestion)
	b.follow("give the title", press(kb.Enter))
	b.shows(".alike", "How big is a community of practice?")
	b.clickTo(`a[href^="/edit/` + freshPage + `"]`)
	b.do("go to the text", chromedp.Focus(chromedp.CSS(sourceBox)))
	b.do("go behind the front matter", press(kb.End, chromedp.ModifierCtrl))
	b.keys("A dozen people who come back carry one.")
	b.click(`input[name="keywords"]`)
	b.do("behind the placeholder", press(kb.End))
	b.keys(", CoPs, guilds")
	b.click(`textarea[name="asked"]`)
	b.keys(freshWording)
	b.clickTo(`button[name="action"][value="preview"]`)
	b.shows(".preview-pane .prose", "A dozen people")
	b.shows("#ui\\:keyword-notes", "“guilds” is a new keyword")
	b.shows(".form-guide", "Keywords so far 2 entries")
	b.shows(".form-guide", "Sources done")
	if got := ask[string](b, `document.querySelector('input[name="keywords"]').value`); got != "draft, communities of practice, guilds" {
		t.Errorf("the field for keywords holds %q", got)
	}
	b.clickTo(saveKey)
	b.isAt("/wiki/" + freshPage)
	b.shows(".notice.good", "keywords is new")
	h.settle()
	b.visit("/search?q=headcount+ceiling")
	b.shows(".hits li:first-child h2", freshQuestion)
	b.visit("/pages?missing=required")
	b.shows("main", freshQuestion)
	b.clickTo(`.lacking a[href="/pages?missing=questions"]`)
	b.shows("main", "ask no question")
	b.visit("/pages?missing=keywords")
	b.shows("main", "No page lacks this.")
}

// formViews lists the views of forms and of what pages lack.
func (h *house) formViews() []view {
	h.t.Helper()
	h.write("half", "---\ntitle: Half a page\nform: faq\nkeywords: [draft]\nasked_as:\n  half-a-page: what is half\n---\n\nSome words.\n\n## Detailed description\n\n## Discussions\n\n### Is this a question?\n\nYes, it is.\n", "")
	at := func(name, path string) view {
		return view{name, func(b *tab) { b.visit(path) }}
	}
	return []view{
		at("new-alike", "/new?title=How+large+is+a+community%3F"),
		at("edit-guide", "/edit/half"), at("edit-guide-section", "/edit/half?section=discussions"),
		{"edit-keywords", func(b *tab) {
			b.visit("/edit/half")
			b.do("open the guide", mouse(".form-guide > summary"))
			b.do("go to the keywords", chromedp.Focus(chromedp.CSS(`input[name="keywords"]`)))
			b.do("behind what is there", press(kb.End))
			b.keys(", guilds, co")
			b.await(`document.querySelector("#ui\\:keyword-list:not([hidden]) [role=option]")`)
			b.keys(kb.ArrowDown)
		}},
		at("pages-missing", "/pages?missing=sources"),
	}
}
