package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"coppice/wiki"
)

// picturesVariable names the environment variable with a folder for pictures of every view on both screens in both
// colour schemes, for whoever works on the theme:
//
//	COPPICE_PICTURES=/some/folder go test ./cmd/coppice -run Browser/Views
const picturesVariable = "COPPICE_PICTURES"

// view is a page of the wiki in one of its states.
type view struct {
	name string
	open func(b *tab)
}

// testViews looks at every view on a phone and on a desk, light and dark: nothing reaches beyond the screen, everything
// can be read, pointed at and understood by a screen reader, and the console stays empty.
func testViews(t *testing.T, browser context.Context) {
	for _, width := range []int{phone, desktop} {
		t.Run(strconv.Itoa(width), func(t *testing.T) {
			t.Parallel()
			h := startHouse(t)
			views := slices.Concat(h.furnish(), h.blameViews(), h.furnishPast(), h.questionViews(), h.formViews())
			b := h.open(t, browser, width)
			for _, v := range views {
				b.scheme("light")
				v.open(b)
				b.await(`document.readyState === "complete" && !document.querySelector(".stale")`) // a preview on its way is pale
				for _, scheme := range []string{"light", "dark"} {
					b.scheme(scheme)
					for _, fault := range b.audit(width) {
						t.Errorf("%s, %s: %s", v.name, scheme, fault)
					}
					b.picture(fmt.Sprintf("%s-%d-%s.png", v.name, width, scheme))
				}
				b.checkNames(v.name)
			}
		})
	}
}

// testAudit holds the script that looks at pages to what it must find, on a page that has one of each fault.
func testAudit(t *testing.T, browser context.Context) {
	files := httptest.NewServer(http.FileServer(http.Dir("testdata/browser")))
	t.Cleanup(files.Close)
	b := openTab(t, browser, files.URL, phone)
	b.visit("/faulty.html")
	found := b.audit(phone)
	for _, want := range []string{
		"the page has no language", "there are 2 first headings", "there are 0 footers", "the id twice is there twice",
		"aria-labelledby leads to nothing", "a link leads nowhere", "a heading of level 4 follows one of level 1", "a navigation has no name",
		"the order of the Tab key is forced", "a picture has no alternative text", "in a list stands what is no entry",
		"a table has neither heads nor caption", "text has a contrast of 2.85 to 1, 4.5 are wanted: <p#pale>",
		"text has a contrast of 2.16 to 1, 4.5 are wanted: <span#faint>", "a placeholder has a contrast of",
		"a target of 10 by 10 pixels has another close by", "the page is 500 pixels wide: <div#wide>", "a long text has",
	} {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, want) }) {
			t.Errorf("not found: %s", want)
		}
	}
	for _, f := range found {
		if strings.Contains(f, "fine") {
			t.Errorf("found what is no fault: %s", f)
		}
	}
	if t.Failed() {
		t.Logf("found:\n%s", strings.Join(found, "\n"))
	}
}

// audit gives what is wrong with the page that is shown.
func (b *tab) audit(width int) []string {
	b.t.Helper()
	script, err := os.ReadFile("testdata/browser/audit.js")
	if err != nil {
		b.t.Fatal(err)
	}
	return ask[[]string](b, fmt.Sprintf("(%s)(%d)", strings.TrimSpace(string(script)), width))
}

// furnish gives the wiki a past, and pages of every kind, and lists its views.
func (h *house) furnish() []view {
	h.t.Helper()
	h.write("wide", wide, "Things that break narrow screens")
	h.write("مجتمعات الممارسة", arabic, "صفحة جديدة")
	h.write("broken", "---\ntitle: [unclosed\n---\n\nText under front matter that cannot be read.\n", "")
	first := h.replace(samplePage, "50 is about the limit", "60 is about the limit", "Figure from the survey of 2026")
	h.replace(samplePage, "Technology joins several", "Tools join several", strings.Repeat("A long reason with many words. ", 5))
	h.do(h.wiki.Delete(h.t.Context(), wiki.Delete{Path: h.path("when-a-community-ends"), Summary: "Not needed any more", Author: omar}))
	h.do(h.wiki.Rename(h.t.Context(), wiki.Rename{From: h.path("inclusion-languages-and-slow-lines"), To: h.path("practice/inclusion"), Author: omar}))
	h.settle()

	at := func(name, path string) view {
		return view{name, func(b *tab) { b.visit(path) }}
	}
	rev := first.Revision.ID.String()
	return append(h.people(), []view{
		at("front", "/"),
		at("page", "/wiki/"+samplePage),
		at("page-short", "/wiki/about"),
		at("page-wide", "/wiki/wide"),
		at("page-arabic", "/wiki/مجتمعات الممارسة"),
		at("page-broken", "/wiki/broken"),
		at("page-in-folder", "/wiki/practice/inclusion"),
		at("page-old", "/wiki/"+samplePage+"?rev="+rev),
		at("edit", "/edit/"+samplePage),
		at("edit-section", "/edit/"+samplePage+"?section="+sampleQuestion),
		at("edit-broken", "/edit/broken"),
		{"edit-preview", func(b *tab) {
			b.visit("/edit/about")
			if ask[bool](b, `document.querySelector(".preview-pane").hidden`) {
				b.click("#ui\\:preview-button")
			}
			b.await(`document.querySelector(".preview-pane .prose").innerText.length > 50`)
		}},
		{"edit-changes", func(b *tab) {
			b.visit("/edit/about")
			b.do("type", chromedp.Focus(chromedp.CSS(sourceBox)))
			b.keys("Some words. ")
			b.clickTo(`button[name="action"][value="changes"]`)
		}},
		{"edit-breaks", func(b *tab) {
			b.visit("/edit/participation-and-its-measures")
			b.do("type", chromedp.Focus(chromedp.CSS(sourceBox)))
			b.do("select all", press("a", chromedp.ModifierCtrl))
			b.keys("Figures.")
			b.clickTo(`button[name="action"][value="changes"]`)
			b.shows(".broken", "This edit would break 2 search tests")
		}},
		at("new", "/new"),
		at("new-taken", "/new?title=About"),
		at("new-form", "/edit/A new page?form=faq"),
		{"conflict", func(b *tab) { h.clash(b) }},
		{"conflict-deleted", func(b *tab) {
			h.write("short-lived", "# Short-lived\n\nHere today.\n", "")
			b.visit("/edit/short-lived")
			b.retype("today", "tomorrow")
			h.do(h.wiki.Delete(h.t.Context(), wiki.Delete{Path: h.path("short-lived"), Summary: "Gone", Author: omar}))
			b.clickTo(saveKey)
			b.shows("h1", "Two edits met")
		}},
		at("history", "/history/"+samplePage),
		at("history-deleted", "/history/when-a-community-ends"),
		at("credits", "/credits/"+samplePage), at("credits-section", "/credits/"+samplePage+"?section="+sampleQuestion), at("credits-wide", "/credits/wide"), at("credits-arabic", "/credits/مجتمعات الممارسة"),
		at("compare", "/compare/"+samplePage+"?to="+rev),
		at("compare-split", "/compare/"+samplePage+"?mode=split&to="+rev),
		at("compare-rendered", "/compare/"+samplePage+"?mode=rendered&to="+rev),
		at("compare-wide", "/compare/wide?mode=split"),
		at("restore", "/restore/"+samplePage+"?revision="+rev),
		at("revert", "/revert/"+samplePage+"?revision="+rev),
		at("rename", "/rename/"+samplePage),
		at("delete", "/delete/"+samplePage),
		at("search", "/search?q=how+big+is+a+community"),
		at("search-title", "/search?q=About"),
		at("search-nothing", "/search?q=xylophone+qwrtz"),
		at("search-nothing-wide", "/search?q="+strings.Repeat("donaudampfschiff", 8)),
		at("search-refused", "/search?q="+strings.Repeat("donaudampfschiff", 8)+"+after:yesterday"),
		at("search-empty", "/search"),
		{"search-suggestions", func(b *tab) {
			b.visit("/")
			b.click(searchBox)
			b.keys("community")
			b.await(`document.querySelectorAll(".suggestions:not([hidden]) [role=option]").length > 1`)
			b.keys(kb.ArrowDown)
		}},
		{"search-asked", func(b *tab) {
			b.visit("/wiki/about")
			b.click(searchBox)
			b.keys("how many members of a mailing list")
			b.await(`document.querySelectorAll(".suggestions:not([hidden]) [role=option]").length > 0`)
		}},
		at("recent", "/recent"),
		at("pages", "/pages"),
		at("categories", "/categories"),
		at("category", "/categories/definitions"),
		at("backlinks", "/backlinks/"+samplePage),
		at("wanted", "/wanted"),
		at("orphans", "/orphans"),
		at("missing", "/wiki/No such page"),
		at("deleted", "/wiki/when-a-community-ends"),
		at("elsewhere", "/nowhere/at/all"),
	}...)
}

func (h *house) do(_ wiki.Saved, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// clash leaves the tab with an edit that somebody else was quicker than.
func (h *house) clash(b *tab) {
	b.t.Helper()
	const question = "How many is too many?"
	h.write("clash", "# Clash\n\nWords before.\n\n## "+question+"\n\nAbout 50 people is the limit.\n\n## Another?\n\nSome 20 of them speak.\n", "")
	b.visit("/edit/clash")
	b.retype("About 50", "About 70")
	b.retype("Some 20", "Some 40")
	h.replace("clash", "About 50", "About 60", "Figure of this year")
	h.replace("clash", "Some 20", "Some 30", "Counted again")
	if code := b.clickTo(saveKey); code != 409 {
		b.t.Fatalf("two edits of the same words: status %d", code)
	}
}

// needsName are the roles of what a screen reader announces by its name.
var needsName = map[string]bool{
	"link": true, "button": true, "textbox": true, "searchbox": true, "combobox": true, "listbox": true, "option": true,
	"radio": true, "checkbox": true, "image": true, "img": true, "dialog": true, "navigation": true, "heading": true,
}

// checkNames reads the page as a screen reader gets it from the browser: what can be used has a name.
func (b *tab) checkNames(view string) {
	b.t.Helper()
	tree, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, node := range tree.Nodes {
		role := wordOf(node.Role)
		if !node.Ignored && needsName[role] && strings.TrimSpace(wordOf(node.Name)) == "" {
			b.t.Errorf("%s: a %s has no name for a screen reader (node %d)", view, role, node.BackendDOMNodeID)
		}
	}
}

// wordOf gives a value of the accessibility tree that is text.
func wordOf(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}

// picture takes a picture of the whole page, if somebody wants pictures.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv(picturesVariable)
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (page.CaptureScreenshotResult, error) {
		return chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true)})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture.Data, 0o666); err != nil {
		b.t.Fatal(err)
	}
}
