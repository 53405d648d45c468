package web

// FormGuide is what the editor says of a page's form: what belongs where, and how much of it is there.
type FormGuide struct {
	Title    string // of the form
	Text     string // to the writer, plain; "" when there is none
	Sections []GuideSection
	Lacking  int  // sections that still want work
	Unread   bool // the form cannot be read, so nothing is known of what is missing
	Part     bool // one section is edited: of the others nothing is said
	Open     bool
	Faults   []string // sentences on what is wrong with the form itself
}

// GuideSection is a section of a form, and its state on the page.
type GuideSection struct {
	Title        string
	Hint         string   // how long it should be, or ""
	Instructions []string // paragraphs
	Required     bool
	State        string // "fine", "short", "empty", "missing", "open" (need not be there), or "" when it is not judged
	Said         string // the state in words
}

// PageFields are the editor's fields beside the text of a whole page. The values "as they were" are hidden fields.
type PageFields struct {
	Keywords, KeywordsWas string // with commas
	Asked, AskedWas       string // a wording a line
	Notes                 []string
	Known                 []KeywordSuggestion // the most used keywords
	SuggestURL            string
	Faults                []string // sentences on what is wrong with the list of keywords
}

// KeywordSuggestions is the answer of /suggest/keywords.
type KeywordSuggestions struct {
	Keywords []KeywordSuggestion `json:"keywords"`
	Notes    []string            `json:"notes"`
}

// KeywordSuggestion is a keyword that can be chosen.
type KeywordSuggestion struct {
	Keyword string `json:"keyword"`
	About   string `json:"about,omitempty"`
	For     string `json:"for,omitempty"` // the other word by which it was found
	Pages   int    `json:"pages"`
}

// AlikeQuestion is a question that may be the one that somebody is about to write about.
type AlikeQuestion struct {
	PageLink
	Page string // the title of its page, when it is not that itself
}
