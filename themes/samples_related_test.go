package themes_test

import "coppice/wiki/web"

var related = []web.RelatedLink{
	{Text: "How do we plan a launch workshop?", URL: "/wiki/launch#plan", Where: "Launch" + hostile, Picked: true},
	{Text: "Facilitation" + hostile, URL: "/wiki/f"},
}

var broken = &web.BrokenSearches{
	Head: "This edit would break 2 search tests:",
	List: []web.BrokenSearch{
		{Query: "how many people" + hostile, URL: "/search?q=x", What: "no longer finds this page among the first 3: it is in place 5 now"},
		{Query: "size", URL: "/search?q=size", What: "no longer finds “Facilitation" + hostile + "”"},
	},
	Rest: "12 more were not tried.",
}
