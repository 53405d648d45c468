package main

import (
	"context"
	"testing"
)

// arabicPage is written from right to left, and has in it what is not: code, and words of the theme.
const arabicPage = `---
title: كيف نبدأ؟
lang: ar
---
هذه مقدمة قصيرة.

## من يكتب هنا؟

كل من يريد.

` + "```go\npackage main\n```" + `

> [!NOTE]
> هذه ملاحظة.
`

// testRightToLeft reads a page that is written from right to left, on both screens.
func testRightToLeft(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("arabic", arabicPage, "")
	for _, width := range []int{phone, desktop} {
		b := h.open(t, browser, width)
		b.visit("/wiki/arabic")
		if got := ask[string](b, `getComputedStyle(document.querySelector(".callout")).direction`); got != "rtl" {
			t.Errorf("at %d pixels the note runs %s", width, got)
		}
		if !ask[bool](b, `document.querySelector(".copy").getBoundingClientRect().left > document.querySelector("pre span").getBoundingClientRect().right`) {
			t.Errorf("at %d pixels the button that copies code covers where the code begins", width)
		}
	}
}
