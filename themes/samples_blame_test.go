package themes_test

import (
	"html/template"

	"coppice/wiki/web"
)

// blameSamples are the views that say who wrote what, and who removed what.
func blameSamples() []sample {
	const marked = `<p>A <a href="/compare/p?to=1" id="mark:0" class="by by-tone-0 by-line-0 chosen" title="Ana Lima, 14 March 2026" data-mark="0" tabindex="-1">community of practice</a> is <a href="/compare/p?to=2" id="mark:1" class="by by-tone-1 by-line-1" title="Ben" data-mark="1" tabindex="-1">a group of people</a> who <a href="/wiki/x"><span id="mark:2" class="by by-none" title="Nobody" data-mark="2" tabindex="-1">learn</span></a>.</p><h2 id="discussions">Discussions</h2>`
	authors := []web.BlameAuthor{
		{Name: "Ana Lima", FilterURL: "/blame/p", Words: 412, Percent: 81, Look: "by-tone-0 by-line-0", Current: true},
		{Name: hostile, FilterURL: "/blame/p?by=x", Words: 2, Look: "by-tone-1 by-line-1"},
		{Name: "nobody", FilterURL: "/blame/p?by=.nobody", Words: 31, Look: "by-none", Nobody: true},
	}
	passages := []web.BlamePassage{
		{Number: 0, Shown: true, Words: "community of practice", Author: "Ana Lima", Time: day, Summary: hostile, URL: "/compare/p?to=1", Look: "by-tone-0 by-line-0", From: &links[0]},
		{Number: 1, Shown: true, Words: "a group of people", Author: "Ben and " + hostile, Time: day, URL: "/compare/p?to=2", Look: "by-tone-1 by-line-1"},
		{Number: 2, Shown: true, Words: "learn", Nobody: true, Time: day, Summary: "format", URL: "/compare/p?to=3", Look: "by-none"},
		{Number: 3, Words: hostile, Author: "Ana Lima", Time: day, URL: "/compare/p?to=1", Look: "by-tone-0 by-line-0"},
	}
	return []sample{
		{"blame", web.BlameView{Base: base("Who wrote “Who takes part?”", "blame"), Tabs: tabs, Crumbs: crumbs, Path: "p", PageLang: "en", Body: template.HTML(marked), Mode: "one", Chosen: hostile, ChosenURL: "/contributors/x",
			Authors: authors, MoreAuthors: authors, AllURL: "/blame/p?show=all", NoURL: "/blame/p", Words: 445, Passages: 4, Newer: "/blame/p", Older: "/blame/p?part=3", Old: &stamp, CurrentURL: "/blame/p", RemovedURL: "/removed/p", Sentence: "Nobody of this name.",
			Groups: []web.BlameGroup{{Passages: passages[:2]}, {Heading: "Discussions", Anchor: "discussions", Passages: passages[2:3]}, {Heading: hostile, Passages: passages[3:]}}},
			web.BlameView{Base: bare("B", "blame"), Behind: true}},
		{"removed", web.RemovedView{Base: base("Removed from “Who takes part?”", "removed"), Action: "/removed", Words: hostile, Older: "/removed?from=2", Newest: "/removed", Partial: true, EverywhereURL: "/removed?q=x", BlameURL: "/blame/p", Behind: true,
			Edits: []web.RemovedEdit{
				{Stamp: stamp, Page: links[0], Then: "practice/old", LastURL: "/wiki/p?rev=1", More: 12, Sentences: []web.RemovedSentence{{Spans: []web.DiffSpan{{Text: "About "}, {Text: "ten", Mark: true}, {Text: " percent of them " + hostile}}}, {Spans: []web.DiffSpan{{Text: "And more."}}}}},
				{Stamp: web.Stamp{Time: day, URL: "/compare/p?to=9"}, Page: links[2], Sentences: []web.RemovedSentence{{Spans: []web.DiffSpan{{Text: "Gone."}}}}},
			}},
			web.RemovedView{Base: bare("R", "removed"), Action: "/removed/p", Path: "p", Sentence: "That is too long to look for."}},
	}
}
