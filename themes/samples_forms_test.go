package themes_test

import "coppice/wiki/web"

var (
	formGuide = web.FormGuide{
		Title: "FAQ page", Text: "Say in the first paragraph what a hurried reader needs.\nThen the details.", Lacking: 2, Open: true,
		Faults: []string{"Line 3 of .coppice/forms/faq.md: The form has no section “" + hostile + "”."},
		Sections: []web.GuideSection{
			{Title: "Introduction", Hint: "two or three sentences", Instructions: []string{"Answer the title.", hostile}, Required: true, State: "fine", Said: "done"},
			{Title: "Detailed description", Hint: "two paragraphs or more", Required: true, State: "short", Said: "so far 1 paragraph"},
			{Title: "Discussions", Instructions: []string{"The questions."}, State: "empty", Said: "a heading with nothing below it"},
			{Title: "Sources", Required: true, State: "missing", Said: "missing"}, {Title: hostile, State: "open", Said: "not there, and need not be"}, {Title: "Not judged"},
		},
	}
	pageFields = web.PageFields{
		Keywords: "learning, " + hostile, KeywordsWas: "learning", Asked: "\nhow big\n" + hostile, AskedWas: "how big", SuggestURL: "/suggest/keywords",
		Notes: []string{"“x” is a new keyword: it is used nowhere yet."}, Faults: []string{"Line 3 of .coppice/keywords.yml: " + hostile},
		Known: []web.KeywordSuggestion{{Keyword: "learning", About: "How people come to know.", Pages: 12}, {Keyword: hostile}},
	}
	alikeQuestions = []web.AlikeQuestion{
		{PageLink: web.PageLink{Title: "How big should a community be?", URL: "/wiki/p#size", Path: "p", Lead: "Most have a core of a dozen."}, Page: "What is a community?"},
		{PageLink: web.PageLink{Title: hostile, URL: "/wiki/q", Path: "q"}},
	}
)
