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

// untoldPage is written from right to left, too, and does not say so.
const untoldPage = `# ملاحظات

| الاسم | العدد |
|---|---|
| أول | 12 |

كل من يريد.[^1]

[^1]: حاشية أولى.
`

// testRightToLeft reads a page that is written from right to left, on both screens.
func testRightToLeft(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("سؤال", arabicPage, "")
	h.write("untold", untoldPage, "")
	for _, width := range []int{phone, desktop} {
		b := h.open(t, browser, width)
		b.visit("/wiki/سؤال")
		for _, c := range []struct{ what, direction, want string }{
			{"the note", `getComputedStyle(document.querySelector(".callout")).direction`, "rtl"},
			{"the contents", `getComputedStyle(document.querySelector(".toc ol")).direction`, "rtl"},
			{"the word beside a heading", `getComputedStyle(document.querySelector(".who-wrote"), "::before").direction`, "ltr"},
		} {
			if got := ask[string](b, c.direction); got != c.want {
				t.Errorf("at %d pixels %s runs %s", width, c.what, got)
			}
		}
		if !ask[bool](b, `document.querySelector(".copy").getBoundingClientRect().left > document.querySelector("pre span").getBoundingClientRect().right`) {
			t.Errorf("at %d pixels the button that copies code covers where the code begins", width)
		}
		b.visit("/wiki/untold")
		const right = `const right = (selector) => document.querySelector(selector).getBoundingClientRect().right; `
		if !ask[bool](b, `(() => { `+right+`return right(".prose table") === right(".prose .table"); })()`) {
			t.Errorf("at %d pixels a table does not begin where the text around it does", width)
		}
		if !ask[bool](b, `(() => { `+right+`return right(".footnotes li") < right(".prose") - 16; })()`) {
			t.Errorf("at %d pixels there is no room for the number of a note", width)
		}
		b.visit("/search?q=مقدمة")
		if !ask[bool](b, `document.querySelector(".hits .where time").getBoundingClientRect().left > document.querySelector(".hits .where").firstElementChild.getBoundingClientRect().left`) {
			t.Errorf("at %d pixels the time of an answer does not stand behind the name of its page", width)
		}
	}
}
