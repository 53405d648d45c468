package web

import "time"

// ContributorsView is "contributors": everybody who wrote or reviewed.
type ContributorsView struct {
	Base
	Behind        bool
	Find          string // what is looked for in the names
	Sort          string // "recent", "name" or "words"
	Sorts         []Choice
	Rows          []ContributorRow
	Total         int // of those found, on all parts of the list
	Hidden        int // people who would rather not be named
	HiddenWords   int // of theirs that stand
	Action        string
	Older, Newest string
	Participation string // address of the statistics
}

// Choice is one of several ways to see something.
type Choice struct {
	Text, URL string
	Current   bool
}

// ContributorRow is a person in a list.
type ContributorRow struct {
	Name, URL               string
	Begun, Improved, Review int
	Words                   int // that stand
	Last                    time.Time
}

// ContributorView is "contributor": one person's work.
type ContributorView struct {
	Base
	Crumbs          []Crumb
	Behind          bool
	Namesakes       []Choice // others who have, or had, the name
	Begun, Improved int
	Words           int // that stand
	Edits, Reviews  int
	First, Last     time.Time
	Calendar        *Calendar // nil when there are no edits
	Pages           []PersonPage
	MorePages       int // that are not shown
	Answers         []PageLink
	Answered        int    // questions; Answers are the first of them
	AnswerRule      string // what counts
	AnswerLimit     int    // not 0: only so many pages were looked at
	Changes         []PersonChange
	Older, Newest   string
}

// PersonPage is a page with words of the person.
type PersonPage struct {
	PageLink
	Begun bool
	Words int
	Part  string // of the page's words, or ""
}

// PersonChange is one edit of one page.
type PersonChange struct {
	Stamp
	Page           PageLink
	Kind           string
	Added, Removed int    // words
	Diff           string // address of the comparison
}

// Calendar is a year of days.
type Calendar struct {
	Year   int
	Edits  int
	Days   int // with edits
	Months []CalendarMonth
	Scale  []string // all levels
	Years  []Choice
}

// CalendarMonth is drawn as columns of weeks that begin on Monday.
type CalendarMonth struct {
	Name, Short string
	Edits, Days int
	Weeks       int // columns
	Width       int // of the drawing
	Cells       []CalendarDay
}

// CalendarDay is a square. Level is from 0 (no edits) to 4.
type CalendarDay struct {
	X, Y  int
	Level string
	Text  string // "14 March 2026: 3 edits", or "" when there are none
}

// NamesakesView is "namesakes": several people have had one name.
type NamesakesView struct {
	Base
	Crumbs []Crumb
	Name   string
	Rows   []ContributorRow
}
