package web

// RemovedView is "removed": deleted sentences of a page, or of all pages, each with the edit that removed it.
type RemovedView struct {
	Base
	Tabs          Tabs
	Crumbs        []Crumb
	Path          string // "" for all pages
	Action        string // GET here with the field "q"
	Words         string // what was looked for
	Sentence      string // why it cannot be looked for, or ""
	Edits         []RemovedEdit
	Older, Newest string
	Partial       bool   // only a part of history was looked at: Older goes further back
	EverywhereURL string // the same on all pages; "" when that is what is shown
	BlameURL      string
	Behind        bool
}

// RemovedEdit is an edit that took sentences out of a page. The Stamp's URL shows what it changed.
type RemovedEdit struct {
	Stamp
	Page      PageLink
	Then      string // what the page was called then, if it has another name now; a path
	LastURL   string // the last version that had them, or ""
	Sentences []RemovedSentence
	More      int // further sentences that are not shown
}

// RemovedSentence is one of them; words of the query are marked.
type RemovedSentence struct {
	Spans []DiffSpan
}
