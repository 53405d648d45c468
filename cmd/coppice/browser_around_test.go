package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"coppice/wiki"
)

// testCombobox uses the search box with the keyboard alone, on a phone's screen, and holds it to what ARIA 1.2 asks of a
// combobox.
func testCombobox(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.visit("/wiki/about")
	open := `document.querySelectorAll(".suggestions:not([hidden]) [role=option]").length`
	box := func(expression string) string {
		return fmt.Sprintf("document.querySelector(%q)", searchBox) + expression
	}
	active := func(which string) string {
		return fmt.Sprintf(`(() => { const id = %s, line = document.querySelector(".suggestions [aria-selected=true]"); return id && line && line.id === id && line.matches(%q); })()`,
			box(`.getAttribute("aria-activedescendant")`), which)
	}
	closed := box(`.getAttribute("aria-expanded") === "false" && document.querySelector(".suggestions").hidden`)

	b.await(box(`.role === "combobox" && `) + closed)
	b.keys("/")
	b.await("document.activeElement === " + box(""))
	b.keys("how many people should a C")
	b.offered("How big is a community of practice?")
	b.await(box(`.getAttribute("aria-expanded") === "true"`))
	b.picture("combobox.png")
	b.shows(".suggestions [role=option] small", "also asked: how many people should a CoP have · What is a community of practice?")
	b.await(`/^1 suggestion;/.test(document.querySelector(".find [role=status]").textContent)`)

	b.keys(kb.Escape)
	b.await(closed + ` && document.activeElement === ` + box("") + " && " + box(`.value === "how many people should a C"`))
	b.do("select what was typed", press("a", chromedp.ModifierCtrl))
	b.keys("comunity/of") // a slash while one types is a letter, and a slip is forgiven
	b.await(box(`.value === "comunity/of"`))
	b.do("select what was typed", press("a", chromedp.ModifierCtrl))
	b.keys("comunity")
	b.await(open + " > 3")
	b.keys(kb.ArrowDown)
	b.await(active("li:first-child"))
	b.keys(kb.End)
	b.await(active("li:last-child"))
	b.keys(kb.ArrowDown)
	b.await(box(`.getAttribute("aria-activedescendant") === null`))
	b.keys(kb.ArrowUp)
	b.await(active("li:last-child"))
	b.keys(kb.Home)
	b.await(active("li:first-child"))
	if fits := ask[bool](b, `(() => { const r = document.querySelector(".suggestions").getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth && r.width > 200; })()`); !fits {
		t.Error("the list does not fit a phone")
	}
	to := ask[string](b, `document.querySelector(".suggestions [aria-selected=true]").dataset.to`)
	b.follow("take the suggestion", press(kb.Enter))
	b.isAt(to)

	b.keys("/qwrtzpfm")
	b.await(`document.querySelector(".find [role=status]").textContent === "No suggestions" && ` + closed)
	b.follow("search", press(kb.Enter))
	b.isAt("/search?q=qwrtzpfm")
}

// testRelated looks at what is related to a page and to a search, on a phone without scripts, and lets an edit change it.
func testRelated(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.withoutScripts()
	h.write("bread", "# Bread\n\nFlour, water, salt and yeast make a dough that rises in a warm oven.\n\n## See also\n\n- [[About]]\n", "")
	h.write("pizza", "# Pizza\n\n## Which flour is best for pizza dough?\n\nStrong flour, little yeast, and a hot oven in which the dough rises.\n", "")
	b.visit("/wiki/bread")
	h.settleRelated()
	b.visit("/wiki/bread")
	b.shows(".page-foot .related", "Related questions About this wiki Which flour is best for pizza dough? Pizza")
	h.write("rolls", "# Rolls\n\n## Do rolls need yeast?\n\nYes: yeast has the dough rise, with less flour and salt, before it goes into the oven.\n", "")
	h.settleRelated()
	b.visit("/wiki/bread")
	b.shows(".related", "Do rolls need yeast? Rolls")
	h.do(h.wiki.Delete(t.Context(), wiki.Delete{Path: h.path("pizza"), Summary: "Not needed", Author: omar}))
	b.visit("/wiki/bread")
	if text := b.text(".related"); strings.Contains(text, "pizza") || !strings.Contains(text, "rolls") {
		t.Errorf("after a page was deleted: %q", text)
	}

	b.visit("/search?q=launch+workshop")
	h.settleRelated()
	b.visit("/search?q=launch+workshop")
	b.shows(".related h2", "Related questions")
	b.clickTo(".related a")
	b.shows("h1", "")
}

// testSearchTests lets a writer take away the words by which a question is found: while one writes, and in the preview
// without scripts, the editor says which search breaks. It keeps nobody from saving.
func testSearchTests(t *testing.T, browser context.Context) {
	const page, query = "who-does-what-in-a-community", "what is a lurker"
	h := startHouse(t)
	b := h.open(t, browser, desktop)
	b.visit("/edit/" + page)
	ask[bool](b, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = "# Roles\n\nNobody reads this.\n"; s.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`, sourceBox))
	b.await(fmt.Sprintf(`document.querySelector("#ui\\:broken").innerText.includes(%q)`, query))
	b.shows("#ui\\:broken", "This edit would break 1 search test")
	b.shows("#ui\\:broken", "no longer finds this page")

	plain := h.open(t, browser, phone)
	plain.withoutScripts()
	plain.visit("/delete/" + page)
	plain.shows(".broken", "no longer finds this page")
	plain.visit("/rename/" + page)
	plain.shows(".broken", "1 search test names the page")
	plain.visit("/edit/" + page)
	plain.clickTo(`button[name="action"][value="preview"]`)
	if text := plain.text("#ui\\:broken"); text != "" {
		t.Errorf("without a change: %q", text)
	}
}

// settleRelated waits until everything that is kept of related questions is up to date.
func (h *house) settleRelated() {
	h.t.Helper()
	h.settle()
	if err := h.indexes.search.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}
