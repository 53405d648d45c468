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
