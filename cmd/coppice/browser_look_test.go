package main

import (
	"context"
	"strings"
	"testing"
)

// testStruck looks at a word that a writer struck out: it has a line through it, but not the colour of a change, which it
// has only where two versions are compared.
func testStruck(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("struck", "# Struck\n\nOne ~~two~~ three.\n", "")
	h.write("struck", "# Struck\n\nOne ~~two~~ four.\n", "")
	b := h.open(t, browser, desktop)
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		const ground, none = `getComputedStyle(document.querySelector(".prose del")).backgroundColor`, "rgba(0, 0, 0, 0)"
		b.visit("/wiki/struck")
		if got := ask[string](b, ground); got != none {
			t.Errorf("%s: on the page the word stands on %s", scheme, got)
		}
		b.visit("/compare/struck?mode=rendered")
		if got := ask[string](b, ground); got == none {
			t.Errorf("%s: what a change took away does not stand out", scheme)
		}
	}
}

// scrollBar is the width of a scroll bar that stands beside the page and not over it.
const scrollBar = 15

// testPlaceholders looks whether the words in empty boxes have room there, on both screens, and beside a scroll bar.
func testPlaceholders(t *testing.T, browser context.Context) {
	h := startHouse(t)
	for _, width := range []int{narrowest, phone - scrollBar, phone, desktop} {
		b := h.open(t, browser, width)
		for _, at := range []string{"/", "/wiki/" + samplePage, "/edit/" + samplePage, "/wiki/no-such-page"} {
			b.visit(at)
			for _, cut := range ask[[]string](b, `[...document.querySelectorAll("input[placeholder]")].filter((box) => {
				const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
				pen.font = style.font;
				const cross = box.type === "search" ? parseFloat(style.fontSize) : 0; // that empties the box, and has its room before it shows
				const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - cross;
				return box.type !== "date" && !box.value && pen.measureText(box.placeholder).width > room;
			}).map((box) => box.placeholder)`) {
				t.Errorf("at %d pixels %s cuts off %q", width, at, cut)
			}
		}
	}
}

// narrowest is the width at which no page may need scrolling in two directions: that of a screen of 1280 pixels at 400 %
// (WCAG 2.2, success criterion 1.4.10).
const narrowest = 320

// testReflow looks whether every view fits into the narrowest width.
func testReflow(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("long", "# Supercalifragilisticexpialidocious "+strings.Repeat("x", 60)+"\n\n| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n| one | two | three | four | five | six |\n\n```\n"+strings.Repeat("code ", 40)+"\n```\n", "")
	h.write("long", "# Supercalifragilisticexpialidocious\n\n"+strings.Repeat("y", 90)+"\n", "")
	b := h.open(t, browser, narrowest)
	for _, view := range []string{
		"/", "/wiki/" + samplePage, "/wiki/long", "/edit/" + samplePage, "/history/" + samplePage, "/history/long", "/compare/long", "/compare/long?mode=rendered", "/compare/long?mode=split",
		"/blame/long", "/credits/" + samplePage, "/links/" + samplePage, "/recent", "/pages", "/categories", "/people", "/search?q=community", "/search?q=zzzzzz", "/new", "/wiki/no-such-page", "/about", "/reports",
	} {
		b.visit(view)
		if wide := ask[[]string](b, `document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] : [...document.querySelectorAll("body *")]
			.filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 3).map((e) => e.tagName + "." + e.className)`); len(wide) > 0 {
			t.Errorf("%s is wider than %d pixels: %s", view, narrowest, strings.Join(wide, ", "))
		}
	}
}
