package themes_test

import "coppice/wiki/web"

// translationSamples are the work list of translators.
func translationSamples() []sample {
	note := web.TranslationNote{Original: links[0], Lang: "English", Behind: true, Changes: 3, Words: 120, CompareURL: "/compare/p?from=1&to=2", EditURL: "/edit/q"}
	rows := []web.TranslationRow{
		{Page: web.PageLink{Title: "Qu’est-ce qu’une communauté de pratique ?", URL: "/wiki/fr/p", Path: "fr/p"}, Lang: "Français", LangCode: "fr", Note: note, Since: day},
		{Page: web.PageLink{Title: "ما هو مجتمع الممارسة؟", URL: "/wiki/ar/p", Path: "ar/p"}, Lang: "العربية", LangCode: "ar", Note: web.TranslationNote{Original: links[0]}, Since: day},
		{Page: web.PageLink{Title: hostile, URL: "/wiki/x", Path: "x"}, Note: web.TranslationNote{Sentence: hostile}},
	}
	return []sample{{"translations", web.TranslationsView{Base: base("Translations", "translations"), Languages: []web.Category{{Name: "Français", URL: "/translations?lang=fr", Count: 1}, {Name: "العربية", URL: "/translations?lang=ar", Count: 1}}, Language: "Français", AllURL: "/translations", Rows: rows, Total: 3, BehindNow: 1, Older: "/translations?part=2", Newest: "/translations", Behind: true},
		web.TranslationsView{Base: bare("Translations", "translations")}}}
}

// translationVariants are pages with their other languages.
func translationVariants() []sample {
	note := web.TranslationNote{Original: links[0], Lang: "English", Behind: true, Changes: 3, Words: 120, CompareURL: "/compare/p?from=1&to=2", EditURL: "/edit/q", Sentence: hostile}
	languages := []web.LanguageLink{{Name: "Français", Lang: "fr", URL: "/wiki/fr/p"}, {Name: "العربية", Lang: "ar", URL: "/wiki/ar/p"}, {Name: hostile, URL: "/wiki/x"}}
	page := web.PageView{Base: base("Qui écrit ici ?", "page"), Tabs: tabs, Crumbs: crumbs, Path: "q", PageLang: "fr", Body: prose, TOC: contents, Updated: stamp, Translation: &note, Languages: languages, Alternates: languages[:2]}
	edit := web.EditView{Base: base("Editing Qui écrit ici ?", "edit"), Tabs: tabs, Path: "q", Action: "/edit/q", Cancel: "/wiki/q", Translation: &web.TranslationEdit{Original: links[0], Revision: "1a2b3c", CompareURL: "/compare/p?from=1", Checked: true}}
	return []sample{{view: "page", full: page}, {view: "edit", full: edit}}
}
