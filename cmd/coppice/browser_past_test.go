package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"coppice/wiki"
)

// testFormerAnchors follows old links as a browser does, without scripts: one to a heading that was renamed comes out at its
// section, one to a section that is gone at the sentence that says so, which nobody else sees.
func testFormerAnchors(t *testing.T, browser context.Context) {
	h := startHouse(t)
	long := strings.Repeat("\n\nWords that fill the page, so that one has to scroll to what stands below them.", 60)
	h.write("long", "# Long"+long+"\n\n## How long?\n\nAs long as it takes to read to this place and on.\n\n## What went?\n\nA section that nobody needed.\n\n## The rest"+long+"\n", "")
	h.write("long", "# Long"+long+"\n\n## How long is it?\n\nAs long as it takes to read to this place and on.\n\n## The rest"+long+"\n", "")
	h.awaitText("/wiki/long", `id="how-long"`)
	follow := func(link string) *tab { // as somebody does who comes from elsewhere
		b := h.open(t, browser, phone)
		b.withoutScripts()
		b.visit(link)
		return b
	}

	b := follow("/wiki/long#how-long")
	b.await(inView("#how-long-is-it"))
	b.await(`getComputedStyle(document.querySelector(".lost-section")).display === "none"`)

	b = follow("/wiki/long#what-went")
	b.await(inView(".lost-section"))
	b.shows(".lost-section:target", "is no longer on this page")
	last := ask[string](b, `document.querySelector(".lost-section a[href*='rev=']").getAttribute("href")`)

	b = follow(last)
	b.shows("article", "A section that nobody needed.")
	b.await(inView("#what-went"))
}

// awaitText asks for a page until it has a text that a busy server may leave out at first.
func (h *house) awaitText(path, text string) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), patience)
	defer stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address()+path, http.NoBody)
		if err != nil {
			h.t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			h.t.Fatalf("%s without %s: %v", path, text, err)
		}
		body, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			h.t.Fatal(err)
		}
		if bytes.Contains(body, []byte(text)) {
			return
		}
	}
}

func inView(selector string) string {
	return fmt.Sprintf(`(() => { const r = document.querySelector(%q)?.getBoundingClientRect(); return r && r.height > 0 && r.top >= 0 && r.top < innerHeight; })()`, selector)
}

// furnishPast gives the wiki names that several pages had, and translations, and lists the views of both.
func (h *house) furnishPast() []view {
	h.t.Helper()
	rename := func(from, to string) {
		h.do(h.wiki.Rename(h.t.Context(), wiki.Rename{From: h.path(from), To: h.path(to), Author: omar}))
	}
	h.write("tea", "# Green tea\n\nLeaves that were steamed and dried.\n", "")
	rename("tea", "green-tea")
	h.write("tea", "# Black tea\n\nLeaves that were rolled, and turned dark in the air.\n", "")
	rename("tea", "black-tea")
	h.write("green-tea", "---\nlang: en\n---\n# Green tea\n\nLeaves that were steamed and dried, and kept from the light.\n\n## How hot?\n\nNot boiling.\n", "")
	h.write("fr/thé", "---\nlang: fr\ntranslation_of: green-tea\ntitle: Thé vert\n---\nDes feuilles étuvées et séchées.\n", "")
	h.write("ar/شاي", "---\nlang: ar\ntranslation_of: green-tea\n---\n# شاي أخضر\n\nأوراق مجففة.\n", "")
	h.write("lost/translation", "---\nlang: de\ntranslation_of: nowhere\n---\n# Verloren\n\nOhne Vorbild.\n", "")
	h.write("green-tea", "---\nlang: en\n---\n# Green tea\n\nLeaves that were steamed and dried, and kept from the light and the damp.\n\n## How hot should the water be?\n\nNot boiling.\n", "")
	h.write("ar/شاي", "---\nlang: ar\ntranslation_of: green-tea\n---\n# شاي أخضر\n\nأوراق مجففة ومحفوظة.\n", "")
	at := func(name, path string) view {
		return view{name, func(b *tab) { b.visit(path) }}
	}
	return []view{
		at("choice", "/wiki/tea"),
		at("not-then", "/wiki/"+samplePage+"?at=1999-01-01"),
		at("page-at", "/wiki/"+samplePage+"?at=2999-01-01"),
		at("page-formerly", "/wiki/green-tea"),
		at("page-lost-section", "/wiki/green-tea#how-hot"),
		at("translation", "/wiki/fr/thé"),
		at("translation-current", "/wiki/ar/شاي"),
		at("translation-lost", "/wiki/lost/translation"),
		{"edit-translation", func(b *tab) {
			b.visit("/edit/fr/thé")
			b.do("tick", mouse("input[name=translated]"))
		}},
		at("translations", "/translations"),
		at("translations-lang", "/translations?lang=fr"),
	}
}
