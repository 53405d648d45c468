package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// theme of the blame page that the tests hold on to.
const (
	firstPiece = `.by-text [data-mark="0"]`
	byCard     = `.by-card:not([hidden])`
)

// blameViews are the views of who wrote what, and of what was removed.
func (h *house) blameViews() []view {
	h.t.Helper()
	h.write("credited", "# Credited\n\nA first sentence that Omar wrote for this page. See [the start](/wiki/about) of it.\n\n## A section?\n\nOne of its words is here, and one more of them stays.\n\n- an entry\n- another\n\n| a | b |\n|---|---|\n| c | d |\n\n```go\nfunc a() { return 1 } // one comment\n```\n", "Begin")
	h.replace("credited", "One of its words", "Two of its words", strings.Repeat("A long reason with many words. ", 5))
	h.replace("credited", " See [the start](/wiki/about) of it.", "", "Nobody needs it")
	at := func(name, path string) view { return view{name, func(b *tab) { b.visit(path) }} }
	return []view{
		at("blame", "/blame/"+samplePage),
		at("blame-all", "/blame/"+samplePage+"?show=all"),
		at("blame-one", "/blame/"+samplePage+"?by=omar-other"),
		at("blame-wide", "/blame/wide?show=all"),
		at("blame-arabic", "/blame/مجتمعات الممارسة?show=all"),
		at("blame-short", "/blame/credited"),
		{"blame-card", func(b *tab) {
			b.visit("/blame/" + samplePage)
			b.do("focus", chromedp.Focus(chromedp.CSS(firstPiece)))
			b.await(`document.querySelector("` + byCard + `")`)
		}},
		at("removed", "/removed/credited"),
		at("removed-words", "/removed?q=50+limit"),
		at("removed-nothing", "/removed/credited?q=xylophone"),
		at("removed-refused", "/removed/credited?q=!!!"),
	}
}

// testBlame finds out who wrote a passage by keyboard alone, then with the mouse, then without scripts.
func testBlame(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("credited", "# Credited\n\nAlpha beta gamma delta epsilon zeta eta theta.\n\nIota kappa lambda mu nu xi omicron pi.\n", "Begin")
	saved := h.replace("credited", "gamma delta", "one two three", "Numbers instead")
	b := h.open(t, browser, desktop)
	b.visit("/blame/credited")

	stops := b.walk("", 60)
	inText := 0
	for _, s := range stops {
		if strings.HasPrefix(s.Name, "Alpha") || strings.HasPrefix(s.Name, "one two") || strings.HasPrefix(s.Name, "epsilon") {
			inText++
		}
	}
	// The list has a link for each of them too; the text adds one stop.
	if entries := ask[int](b, `document.querySelectorAll(".by-words a").length`); inText == 0 || inText > entries+1 {
		t.Errorf("the Tab key stops %d times at passages of which the list has %d", inText, entries)
	}

	b.do("focus the text", chromedp.Focus(chromedp.CSS(`.by-text [tabindex="0"][data-mark]`)))
	b.await(`document.querySelector("` + byCard + `")`)
	b.keys(kb.Home)
	first := b.focused().Name
	b.keys(kb.ArrowRight)
	if s := b.focused(); s.Name != "one two three" || !s.Seen || !s.Open {
		t.Errorf("after %q the arrow key goes to %+v", first, s)
	}
	b.shows(byCard, "Omar Other")
	b.shows(byCard, "Numbers instead")
	if by := ask[string](b, `document.getElementById(document.activeElement.getAttribute("aria-describedby")).innerText`); !strings.Contains(by, "Omar Other") {
		t.Errorf("a screen reader hears %q", by)
	}
	if got := ask[int](b, `document.querySelectorAll(".by-text [data-mark][tabindex='0']").length`); got != 1 {
		t.Errorf("the passages are %d stops of the Tab key", got)
	}
	b.keys(kb.ArrowLeft)
	if s := b.focused(); s.Name != first {
		t.Errorf("back from there, the arrow key goes to %+v", s)
	}
	b.keys(kb.Escape)
	if ask[bool](b, `!!document.querySelector("`+byCard+`")`) {
		t.Error("Escape does not close the card")
	}
	b.keys(kb.ArrowDown)
	b.follow("open the edit", press(kb.Enter))
	b.isAt("/compare/credited?to=" + saved.Revision.ID.String())
	b.shows(".diff ins", "three")

	b = h.open(t, browser, phone)
	b.withoutScripts()
	b.visit("/blame/credited")
	b.shows(".by-list", "Numbers instead")
	b.clickTo(`.by-legend .by-name[href*="omar-other"]`)
	b.isAt("/blame/credited?by=omar-other")
	b.clickTo(`.by-list li:nth-child(2) .by-words a`)
	b.isAt("/blame/credited?by=omar-other#mark:1")
	b.clickTo(`.by-list li:nth-child(2) .by-edit a`)
	b.isAt("/compare/credited?to=" + saved.Revision.ID.String())
	b.visit("/history/credited")
	b.clickTo(`.lead a[href="/removed/credited"]`)
	b.shows("main", "Removed from")
}
