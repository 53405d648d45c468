package catalog

import (
	"slices"

	"coppice/wiki"
)

// Translations gives the pages that say that they are translations of another, by path. The list is shared by the Views
// between two changes of such a page.
func (v *View) Translations() []wiki.Path { return v.translations() }

func (v *View) makeTranslations() []wiki.Path {
	var list []wiki.Path
	for p, e := range v.entries {
		if e.TranslationOf != "" {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, wiki.Path.Compare)
	return list
}

// translates reports whether the list of translations may differ after a change of some pages.
func (v *View) translates(changed []*Entry, gone []wiki.Path) bool {
	for _, e := range changed {
		if old := v.entries[e.Path]; e.TranslationOf != "" || (old != nil && old.TranslationOf != "") {
			return true
		}
	}
	return slices.ContainsFunc(gone, func(p wiki.Path) bool { return v.entries[p] != nil && v.entries[p].TranslationOf != "" })
}
