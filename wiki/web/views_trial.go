package web

// BrokenSearches are searches that a community has written down and that would no longer find what they should.
type BrokenSearches struct {
	Head string         `json:"head"` // a sentence
	List []BrokenSearch `json:"list"`
	Rest string         `json:"rest"` // about those that were not tried, or ""
}

// BrokenSearch is one of them.
type BrokenSearch struct {
	Query string `json:"query"`
	URL   string `json:"url"`  // of the search as it is now
	What  string `json:"what"` // it does not do any more; goes on after the query
}
