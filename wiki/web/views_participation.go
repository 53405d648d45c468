package web

import "time"

// ParticipationView is "participation": how people take part, for those who look after the community.
type ParticipationView struct {
	Base
	Crumbs    []Crumb
	Behind    bool
	Periods   []Choice
	Period    string // "From December 2025 to November 2026"
	Few       bool   // too few people took part for figures to be shown
	Least     int    // people that there must be
	Longer    string // address of a longer period, or ""
	People    int
	Edits     int
	Measures  []Measure
	Lorenz    Chart
	Active    Chart
	Newcomers Chart
	Growth    Chart
	Movement  Movement
	Sharing   Chart // pages by how many people edited them
	Alone     int   // pages that one person alone has edited
	AllPages  int
	Keepers   int // people with such pages
	Kept      []KeptPage
	Survival  int // months in which a newcomer who stays edits again
	Unread    []UnreadLine

	LorenzSource, FlowSource, KeptSource Source
}

// UnreadLine is a line of .mailmap or credit.yml that cannot be read.
type UnreadLine struct {
	File string
	Line int
	Text string
}

// Measure is a figure with what it means and where that was defined.
type Measure struct {
	Name, Value, Meaning string
	Source               Source
}

// Source is where a definition comes from.
type Source struct{ Text, URL string }

// Movement is who came to edit more, or less.
type Movement struct {
	Before, Now    string // the two periods
	Levels         []string
	Rows           []MovementRow
	Up, Down, Same int
	Source         Source
}

// MovementRow is where people of one level went.
type MovementRow struct {
	Level string
	Cells []MovementCell
}

// MovementCell is how many people went from one level to another. Way is "up", "down" or "same".
type MovementCell struct {
	Count int
	Way   string
}

// KeptPage is a page with the one person who has edited it.
type KeptPage struct {
	Page      PageLink
	Name, URL string
	Last      time.Time
}
