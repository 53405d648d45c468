package web

import "time"

// Travel is a form that asks for a page as it was on a day: GET Action with "at".
type Travel struct {
	Action           string
	Day, First, Last time.Time // the day shown, and the days between which there is something to see
}

// PastBanner is what a banner above an old version says beside its stamp.
type PastBanner struct {
	Asked    time.Time // the moment that was asked for, when the version shown is older than it; else zero
	OnlyDay  bool      // of Asked, only the day was asked for
	Title    string    // of the page today, when it has another one or another address
	Travel   *Travel
	Citation string // one line that names this very version
	Today    bool   // the page still reads so
}

// ChoiceView is "choice": an address that may mean several pages, or one that meant a page at another time.
type ChoiceView struct {
	Base
	Lead    string
	Choices []Meant
	Travel  *Travel
}

// Meant is one of the pages, or of its versions, that may be meant.
type Meant struct {
	PageLink
	Note string
}

// LostSection is a section that is no longer on its page, or a former anchor that several sections had. It is shown to
// whoever follows a link to that anchor.
type LostSection struct {
	Anchor  string
	Text    string     // its heading; "" when several sections had the anchor
	Now     []PageLink // where it seems to be now, or the sections that may be meant
	LastURL string     // of the last version that had it
}
