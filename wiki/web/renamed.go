package web

import (
	"coppice/wiki"
	"coppice/wiki/markdown"
)

// What front matter says of a single question stands under the question's anchor, and whoever rewords the question gives it
// another. In the editor the keys follow, as old links do: the draft is aligned with the version that its writer began from.

// withNamed gives a draft's whole text with the keys of its front matter that named a heading of base under that heading's
// anchor in the draft. Of a heading that is gone they stay as they are, and so does what the writer has put under the new
// anchor already.
func (q *request) withNamed(base wiki.Page, source string) string {
	text := []byte(source)
	keys := markdown.AnchorKeys(text)
	if len(keys) == 0 || len(base.Source) == 0 {
		return source
	}
	fresh := q.site.parse(text)
	to := map[markdown.AnchorKey]string{}
	var now map[string]string
	for key, was := range namedBefore(keys, markdown.AnchorKeys(base.Source)) {
		if fresh.HasAnchor(key.Anchor) || fresh.HasAnchor(was) {
			continue
		}
		if now == nil {
			now = renamedAnchors(q.site.parse(base.Source), fresh)
		}
		if anchor := now[was]; anchor != key.Anchor {
			to[key] = anchor
		}
	}
	if len(to) == 0 {
		return source
	}
	return string(markdown.RenameAnchorKeys(text, to))
}

// namedBefore gives for each key of a draft the anchor of the base version that it is about: mostly its own. A heading that
// is reworded twice before it is saved has its keys from the preview in between; they are known by their place.
func namedBefore(keys, before []markdown.AnchorKey) map[markdown.AnchorKey]string {
	about := make(map[markdown.AnchorKey]string, len(keys))
	for i, key := range keys {
		about[key] = key.Anchor
		if len(keys) == len(before) && before[i].Key == key.Key {
			about[key] = before[i].Anchor
		}
	}
	for _, key := range before {
		if _, ok := about[key]; ok {
			about[key] = key.Anchor
		}
	}
	return about
}

// renamedAnchors gives for the anchors of a text what they are in a newer one, as far as their headings are there.
func renamedAnchors(old, fresh *markdown.Document) map[string]string {
	now := map[string]string{}
	if old.Title != "" && fresh.Title != "" { // it may stand in the front matter alone
		now[old.TitleAnchor()] = fresh.TitleAnchor()
	}
	before, after := sectionsOf(old.Source), sectionsOf(fresh.Source)
	for i, j := range alignSections(before, after) {
		if j >= 0 {
			now[before[i].anchor] = after[j].anchor
		}
	}
	return now
}
