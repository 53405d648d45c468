package web

import (
	"html/template"
	"time"
)

// BlameView is "blame": a page with the author of each passage.
type BlameView struct {
	Base
	Tabs          Tabs
	Crumbs        []Crumb
	Path          string
	PageLang      string
	Body          template.HTML `json:"-"` // passages are a[data-mark] or span[data-mark], with the class "by" and the author's Look
	Mode          string        // "all" shows every author's mark, "one" that of Chosen, "" none until a passage is pointed at
	Chosen        string        // the author of whom the passages are shown alone
	ChosenURL     string        // that person\'s page, or ""
	Authors       []BlameAuthor // most words first
	MoreAuthors   []BlameAuthor // the rest, when there are many
	AllURL, NoURL string        // addresses of the Modes "all" and ""
	Groups        []BlameGroup
	Words         int
	Passages      int // of Chosen when there is one
	Newer, Older  string
	Old           *Stamp // not nil when an old version is shown
	CurrentURL    string // of today's version then, or ""
	RemovedURL    string // what was removed from this page
	Sentence      string // what is wrong with the address, or ""
	Behind        bool   // not known yet who wrote it
}

// BlameAuthor is a line of the legend.
type BlameAuthor struct {
	Name      string
	FilterURL string // shows this author's passages alone, or all again when Current
	Words     int
	Percent   int    // of the words that are somebody's; 0 is less than one, or nobody's
	Look      string // classes of colour and line
	Nobody    bool   // words that are a bot's or a format commit's
	Current   bool
}

// BlameGroup is the passages of a section of the page.
type BlameGroup struct {
	Heading  string // "" before the first heading
	Anchor   string
	Passages []BlamePassage
}

// BlamePassage is a run of words that one edit brought.
type BlamePassage struct {
	Number  int    // of data-mark
	Shown   bool   // "#mark:NUMBER" is in the text
	Words   string // the first ones
	Author  string
	Nobody  bool
	Time    time.Time
	Summary string
	URL     string    // of the edit that brought it
	From    *PageLink // the page that the words were written on, if that is another one and known
	Look    string
}
