package main

import (
	"context"
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
	for _, width := range []int{phone - scrollBar, phone, desktop} {
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
