package themes_test

import (
	"time"

	"coppice/wiki/web"
)

var (
	ana, chioma  = web.CreditName{Name: "Ana Lima", URL: "/contributors/ana-lima"}, web.CreditName{Name: "Chioma" + hostile, URL: "/contributors/chioma"}
	unnamed      = web.CreditName{Name: "a contributor"}
	creditShares = []web.CreditShare{{CreditName: ana, Percent: "62 %", Tone: "1"}, {CreditName: chioma, Percent: "30 %", Tone: "2"}, {CreditName: unnamed, Percent: "under 1 %", Tone: "6"}}
	creditBar    = []web.BarPart{{Path: "M0 0v10h620v-10z", Tone: "1"}, {Path: "M620 0v10h300v-10z", Tone: "2"}, {Path: "M920 0v10h80v-10z", Tone: "6"}}
	discussed    = []web.Participant{{Name: "Ben", Part: "launched it" + hostile}, {Name: "مريم"}}
	creditChange = web.CreditChange{Time: day, URL: "/compare/p?to=1a", Authors: []web.CreditName{ana, unnamed}, Kind: "modified", Words: 1234, Added: 210, Removed: 13}
	pageCredits  = web.PageCredits{
		URL: "/credits/p", Behind: true, Original: []web.CreditName{ana}, Created: day, CreatedURL: "/wiki/p?rev=1a", Shares: creditShares, Others: 3, OthersPercent: "7 %", Bar: creditBar,
		Reviewers: []web.CreditName{chioma, unnamed}, MoreReviewers: 2, Participants: discussed, MoreParticipants: 1, Revised: []web.CreditMoment{{Time: day, URL: "/compare/p?to=1a"}, {Time: day, URL: "/compare/p?to=2b"}},
	}
)

func creditsSamples() []sample {
	return []sample{{
		"credits",
		web.CreditsView{
			Base: base("Credits of Who takes part?", "credits"), Tabs: tabs, Crumbs: crumbs, Path: "p", Old: &stamp, Today: "/credits/p", Help: "/wiki/help/credits", Behind: true, Words: 1234, Uncredited: 12, Bar: creditBar,
			People: []web.CreditRow{
				{CreditName: ana, Tone: "1", Words: 765, Percent: "62 %", Added: 1020, Edits: 14, First: day.Add(-9000 * time.Hour), Last: day, Stand: 750, Brought: 1000},
				{CreditName: chioma, Tone: "2", Words: 370, Percent: "30 %", Edits: 1, First: day, Last: day, Stand: 360},
				{CreditName: unnamed, Tone: "6", Words: 5, Percent: "under 1 %", Stand: 5},
			},
			Others: 2, Older: "/credits/p?from=100", Newest: "/credits/p", Original: []web.CreditName{ana}, Created: day, CreatedURL: "/wiki/p?rev=1a",
			Reviewers: []web.CreditReview{{CreditName: chioma, Reviews: 2, Last: day}}, Participants: discussed, Revisions: 15,
			Chart:   &web.SizeChart{Width: 640, Height: 140, Line: "M4 100H80V20H600V4", Area: "M4 100H80V20H600V4V136H4Z", Dots: []web.ChartDot{{X: 80, Y: 20}, {X: 600, Y: 4}}, First: day.Add(-9000 * time.Hour), Last: day, Most: 1234},
			Changes: []web.CreditChange{creditChange, creditChange}, MoreChanges: 3,
			Sections: []web.CreditSection{
				{Level: 1, Text: "Discussions", URL: "/wiki/p#discussions", Credits: "/credits/p?section=discussions", Words: 800, Shares: creditShares, Others: 2, Bar: creditBar},
				{Level: 2, Text: "Who takes part?" + hostile, Question: true, URL: "/wiki/p#who", Credits: "/credits/p?section=who", Words: 40, Shares: creditShares[:1], Bar: creditBar[:1]},
			},
			MoreSections: 1,
			Texts:        []web.CreditText{{Name: "Markdown", Format: "markdown", Text: "\n" + hostile, URL: "/credits/p?format=markdown", Rows: 2}, {Name: "BibTeX", Format: "bibtex", Text: "@misc{p,\n}\n", URL: "/credits/p?format=bibtex", Rows: 4}},
		},
		web.CreditsView{Base: bare("C", "credits")},
	}}
}
