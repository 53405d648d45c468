package themes_test

import "coppice/wiki/web"

// pastSamples are the views for names that several pages had.
func pastSamples() []sample {
	return []sample{
		{"choice", web.ChoiceView{Base: base("Which page do you mean?", "choice"), Lead: hostile, Travel: &web.Travel{Action: "/wiki/p", Day: day, First: day, Last: day}, Choices: []web.Meant{{PageLink: links[0], Note: "Called so until 14 March 2026"}, {PageLink: links[2], Note: hostile}}},
			web.ChoiceView{Base: bare("Which page do you mean?", "choice")}},
	}
}

// pastVariants are the faces of a page's past.
func pastVariants() []sample {
	travel := &web.Travel{Action: "/wiki/p", Day: day, First: day.AddDate(-7, 0, 0), Last: day}
	banner := web.PastBanner{Asked: day, OnlyDay: true, Title: hostile, Travel: travel, Citation: "“Who takes part?”, Practice FAQ, version of 14 March 2026 " + hostile}
	old := web.PageView{
		Base: base("Who takes part?", "page"), Tabs: tabs, Crumbs: crumbs, Path: "p", PageLang: "en", Body: prose, TOC: contents, Updated: stamp,
		Old: &web.OldBanner{Stamp: stamp, Current: "/wiki/p", Diff: "/compare/p", Previous: "/wiki/p?rev=0", Next: "/wiki/p?rev=2", RestoreURL: "/restore/p?revision=1", PastBanner: banner},
	}
	same := old
	same.Old = &web.OldBanner{Stamp: stamp, Current: "/wiki/p", PastBanner: web.PastBanner{Today: true, Travel: travel, Citation: banner.Citation}}
	return []sample{{view: "page", full: old}, {view: "page", full: same}}
}
