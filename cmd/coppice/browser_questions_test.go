package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// numberedPage numbers its questions as people do who paste a page from elsewhere, in every form.
const numberedPage = `---
title: Questions from the old wiki
keywords: [network]
questions:
  how-many-allotments-can-one-circle-look-after:
    keywords: [size]
---
Members asked these over the years.

1. Why do gardeners form a community of practice?

- Because a trick that saves one of them a season of frost is worth telling.

2. Which members keep the seed library going?
- A librarian, two drivers, and whoever brings a jar.
- Nobody is paid.

3. How many allotments can one circle look after? - Around forty; beyond that the walks between sheds take longer than the digging.

4. Where are the soil samples stored?
   In the cellar of the town hall.

5. When is the harvest survey sent round, and who reads what comes of it in the end?

   Each October.

   > With three reminders.

## Roles

**Q1. Who keeps the keys?**

The beekeeper.

Q2: Who waters?
A: Whoever is there.
Q3: Who rests?
A: Nobody.

## أسئلة

1. من يسقي؟
- من حضر.
2. من يستريح؟
- لا أحد.
`

// testQuestions finds an answer within a numbered question and comes out at it, on a phone, without scripts too.
func testQuestions(t *testing.T, browser context.Context) {
	h := startHouse(t)
	h.write("old/questions", numberedPage, "")
	h.settle()
	for _, scripts := range []bool{true, false} {
		b := h.open(t, browser, phone)
		if !scripts {
			b.withoutScripts()
		}
		b.visit("/search?q=walks+between+sheds")
		b.clickTo("main a[href$='#how-many-allotments-can-one-circle-look-after']")
		b.isAt("/wiki/old/questions#how-many-allotments-can-one-circle-look-after")
		b.await(inView("#how-many-allotments-can-one-circle-look-after"))
		b.shows(":target", "Around forty")
		if scripts { // the pencil stands beside the question, not behind its answer
			b.await(`document.querySelector("#where-are-the-soil-samples-stored .anchor + .edit-section") !== null`)
			b.await(`document.querySelector("[id='من-يسقي'] .anchor + .edit-section") !== null`)
			b.clickTo("#where-are-the-soil-samples-stored .edit-section")
			b.await(`document.querySelector("textarea[name=source]").value.startsWith("4. Where are the soil samples stored?")`)
		}
	}
}

// questionViews gives the wiki a page of numbered questions.
func (h *house) questionViews() []view {
	h.write("old/questions", numberedPage, "")
	h.settle()
	return []view{
		{"page-numbered", func(b *tab) { b.visit("/wiki/old/questions") }},
		{"page-numbered-target", func(b *tab) { b.visit("/wiki/old/questions#where-are-the-soil-samples-stored") }},
	}
}

// testAsked asks a question on a phone with the keyboard alone, and opens the hit at its question.
func testAsked(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.scheme("light") // and without motion
	b.visit("/wiki/about")
	b.keys("/")
	b.await(fmt.Sprintf("document.activeElement === document.querySelector(%q)", searchBox))
	b.keys("how many people should a community have")
	b.follow("search", press(kb.Enter))
	b.shows(".hits li:first-child", "How big is a community of practice?")
	b.tabTo("How big is a community of practice?")
	b.follow("open the hit", press(kb.Enter))
	b.isAt("/wiki/" + samplePage + "#" + sampleQuestion)
	b.await(fmt.Sprintf("(y => y >= 0 && y < innerHeight)(document.getElementById(%q).getBoundingClientRect().top)", sampleQuestion))
}
