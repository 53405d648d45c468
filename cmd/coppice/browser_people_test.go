package main

import (
	"fmt"

	"coppice/wiki"
)

// people has a crowd write, so that there is something to say of how people take part, and lists the views about them.
func (h *house) people() []view {
	h.t.Helper()
	names := []string{"مريم علي", "李小龍", "A name that is as long as names get where people write all of theirs, and some of their titles too", "~"}
	for len(names) < 12 {
		names = append(names, fmt.Sprintf("Member %d", len(names)))
	}
	for i, name := range names {
		_, err := h.wiki.Save(h.t.Context(), wiki.Edit{
			Path: h.path(fmt.Sprintf("crowd/%d", i)), Source: fmt.Appendf(nil, "# Crowd %d\n\n## What does member %d say?\n\nOnly that there are %d of us who write here.\n", i, i, len(names)),
			Author: wiki.Contributor{Name: name, Email: fmt.Sprintf("member-%d@users.noreply.example", i)},
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	h.settle()
	at := func(name, path string) view {
		return view{name, func(b *tab) { b.visit(path) }}
	}
	return []view{
		at("contributors", "/contributors"),
		at("contributors-found", "/contributors?q=member&sort=name"),
		at("contributors-nobody", "/contributors?q=xylophone"),
		at("contributor", "/contributors/omar-other"),
		at("contributor-arabic", "/contributors/مريم-علي"),
		at("contributor-nobody", "/contributors/xylophone"),
		at("participation", "/participation"),
		{"participation-numbers", func(b *tab) {
			b.visit("/participation?months=24")
			ask[int](b, `[...document.querySelectorAll(".numbers")].map((d) => d.open = true).length`)
		}},
	}
}
