package web

import "time"

// LanguageLink is a page in another language.
type LanguageLink struct {
	Name string // of the language, in itself: "Français"; the page's title when it names none
	Lang string // BCP 47, or ""
	URL  string
}

// TranslationNote says on a translation how it stands to its original.
type TranslationNote struct {
	Original   PageLink
	Lang       string // of the original, in itself, or ""
	Behind     bool
	Changes    int // revisions of the original since
	Words      int // that differ, rounded when they are many
	CompareURL string
	EditURL    string
	Unknown    bool   // nobody can tell whether it is behind: Sentence says why
	Sentence   string // what is wrong with the translation, or ""; without Original, the rest is empty
}

// TranslationEdit offers a translator to say that the text is up to date.
type TranslationEdit struct {
	Original   PageLink
	Revision   string // of the original, as the writer saw it
	CompareURL string // what has changed since the text was last up to date, or ""
	Checked    bool
}

// TranslationsView is "translations": a work list by the size of what is to be done.
type TranslationsView struct {
	Base
	Languages []Category // with the address of each one's list; Count is how many are behind
	Language  string     // the one shown, in itself, or ""
	AllURL    string     // of the whole list, when one language is shown
	Rows      []TranslationRow
	Total     int
	BehindNow int // translations that are behind
	Unclear   int // translations of which nobody can tell
	Older     string
	Newest    string
	Behind    bool // the indexes are still working
}

// TranslationRow is one translation.
type TranslationRow struct {
	Page     PageLink
	Lang     string // in itself, or ""
	LangCode string
	Note     TranslationNote
	Since    time.Time // of the version of the original that it reflects
}
