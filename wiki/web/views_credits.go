package web

import "time"

// PageCredits is whom a page owes its words to, in a few lines below it. Of everything but Original only the first few
// are given.
type PageCredits struct {
	URL              string // of all of it
	Behind           bool   // what is newest is not counted yet
	Original         []CreditName
	Created          time.Time
	CreatedURL       string
	Shares           []CreditShare // of the words that stand, most first
	Others           int           // further people with words that stand
	OthersPercent    string
	Bar              []BarPart
	Reviewers        []CreditName
	MoreReviewers    int
	Participants     []Participant
	MoreParticipants int
	Revised          []CreditMoment // substantial revisions, newest first
}

// CreditMoment is when a page was revised; URL leads to what changed.
type CreditMoment struct {
	Time time.Time
	URL  string
}

// CreditName is a person; URL is "" for those who want no page of their own.
type CreditName struct{ Name, URL string }

// CreditShare is a person's part of the words that stand: Percent is "12 %", Tone numbers its colour from 1.
type CreditShare struct {
	CreditName
	Percent string
	Tone    string
}

// BarPart is a piece of a bar of 1000 by 10: Path is the data of an SVG path. Texts go through a template at a fraction
// of what numbers cost, and a bar stands on every page.
type BarPart struct{ Path, Tone string }

// Participant is a person of the discussion behind a page, and the part they had in it.
type Participant struct{ Name, Part string }

// CreditChange is a revision, with what it did to the words; URL leads to what it changed.
type CreditChange struct {
	Time           time.Time
	URL            string
	Authors        []CreditName
	Kind           string // "added", "modified", "renamed", "deleted"
	Words          int    // of the page then
	Added, Removed int
}

// CreditsView is "credits": whom a page, or with Section a part of it, owes its words to.
type CreditsView struct {
	Base
	Tabs    Tabs
	Crumbs  []Crumb
	Path    string
	Old     *Stamp         // the version meant, when it is not today's
	Today   string         // address of today's credits, when Old or Section is shown
	Section *CreditSection // the part meant, or nil
	Help    string         // address of the page about how it is done, or ""

	Behind     bool
	Words      int
	Uncredited int // of them, a program's
	Bar        []BarPart
	People     []CreditRow
	Others     int    // people on other parts of the list
	Older      string // the next part of the people
	Newest     string // its first part

	Original     []CreditName
	Created      time.Time
	CreatedURL   string
	Reviewers    []CreditReview
	Participants []Participant
	Revisions    int
	Chart        *SizeChart
	Changes      []CreditChange // substantial, newest first
	MoreChanges  int            // substantial ones that are not listed
	Sections     []CreditSection
	MoreSections int
	Texts        []CreditText
}

// CreditRow is what one person did for a page.
type CreditRow struct {
	CreditName
	Tone        string
	Words       int // that stand
	Percent     string
	Added       int // brought to the page, ever
	Edits       int
	First, Last time.Time
	Stand       int // the bars of Words and Added, in thousandths of the longest
	Brought     int
}

// CreditReview is a person's reviews of a page.
type CreditReview struct {
	CreditName
	Reviews int
	Last    time.Time
}

// CreditSection is a part of a page: URL leads to it, Credits to its credits.
type CreditSection struct {
	Level        int // 1 is the shallowest
	Text         string
	Question     bool
	URL, Credits string
	Words        int
	Shares       []CreditShare
	Others       int
	Bar          []BarPart
}

// SizeChart is a page's size over time, drawn in a box of Width by Height.
type SizeChart struct {
	Width, Height int
	Line, Area    string // data of SVG paths
	Dots          []ChartDot
	First, Last   time.Time
	Most          int // words at the upper edge
}

// ChartDot is a substantial revision in a chart.
type ChartDot struct{ X, Y int }

// CreditText is a text that somebody who copies a page can paste to say whose it is.
type CreditText struct {
	Name, Format, Text string
	URL                string // of the text alone
	Rows               int
}
