package themes_test

import "coppice/wiki/web"

// peopleSamples are the views about people and about how they take part.
func peopleSamples() []sample {
	people := []web.ContributorRow{
		{Name: "Ana Lima", URL: "/contributors/ana-lima", Begun: 12, Improved: 31, Words: 12345, Last: day},
		{Name: hostile, URL: "/contributors/x", Begun: 1, Improved: 1, Words: 1, Last: day},
		{Name: "مريم", URL: "/contributors/%D9%85", Review: 2},
	}
	orders := []web.Choice{{Text: "Recently active", URL: "/contributors?sort=recent", Current: true}, {Text: "By name", URL: "/contributors?sort=name"}}
	crumbs := []web.Crumb{{Text: "Contributors", URL: "/contributors"}}
	table := web.ChartTable{Heads: []string{"Month", "People", "Share"}, Rows: []web.ChartRow{{Label: "March 2026", Counts: []int{1234}, Texts: []string{"12 %"}}}}
	bars := func(id string) web.Chart {
		return web.Chart{
			ID: id, Title: "Who edited, month by month", About: "3 people edited for the first time.", YTitle: "people", YTicks: []string{"4", "2", "0"}, XTicks: []string{"Jan 2026", "Feb 2026", "Mar 2026"},
			Bars: []web.ChartBar{
				{X: 3, Y: 50, Width: 26, Height: 50, Tone: "3", Text: "January 2026: 2 stayed on"}, {X: 3, Y: 25, Width: 26, Height: 25, Tone: "2", Text: hostile},
				{X: 36, Y: 75, Width: 26, Height: 25, Tone: "1", Text: "x"}, {X: 70, Y: 75, Width: 26, Height: 25, Tone: "0", Text: "x"},
			},
			Keys: []web.ChartKey{{Tone: "1", Text: "new"}, {Tone: "2", Text: "came back"}, {Tone: "3", Text: "stayed on"}, {Tone: "0", Text: "too early to say"}}, Table: table,
		}
	}
	lines := func(id string, square bool) web.Chart {
		return web.Chart{
			ID: id, Title: "How the edits are spread", About: "Half of the people made 8 % of the edits.", Square: square, YTitle: "share", YTicks: []string{"100 %", "50 %", "0 %"}, XTicks: []string{"0 %", "50 %", "100 %"},
			Lines: []web.ChartLine{{Points: "0,100 100,0", Guide: true}, {Points: "0,100 50,92 100,0", Tone: "1", Area: "0,100 0,100 50,92 100,0 100,100"}},
			Keys:  []web.ChartKey{{Tone: "1", Text: "people"}, {Guide: true, Text: "if all made the same number"}}, Table: table,
		}
	}
	source := web.Source{Text: "Lorenz 1905", URL: "https://doi.org/10.2307/2276207"}
	calendar := &web.Calendar{
		Year: 2026, Edits: 5, Days: 2, Scale: []string{"0", "1", "2", "3", "4"}, Years: []web.Choice{{Text: "2026", URL: "/contributors/ana-lima?year=2026", Current: true}, {Text: "2025", URL: "/contributors/ana-lima?year=2025"}},
		Months: []web.CalendarMonth{{Name: "January", Short: "Jan", Edits: 5, Days: 2, Weeks: 5, Width: 58, Cells: []web.CalendarDay{{Level: "0"}, {X: 12, Y: 24, Level: "4", Text: "7 January 2026: 4 edits"}, {X: 12, Y: 36, Level: "1", Text: "8 January 2026: 1 edit"}}}},
	}
	change := web.PersonChange{Stamp: stamp, Page: links[0], Kind: "modified", Added: 12, Removed: 3, Diff: "/compare/p?to=1a"}
	gone := web.PersonChange{Stamp: web.Stamp{Time: day, Summary: hostile}, Page: links[2], Kind: "deleted", Removed: 300, Diff: "/compare/p?to=2b"}
	levels := []string{"None", "Occasional", "Regular", "Core"}
	row := func(level string) web.MovementRow {
		return web.MovementRow{Level: level, Cells: []web.MovementCell{{Count: 1234, Way: "down"}, {Way: "same"}, {Count: 3, Way: "up"}, {Count: 1, Way: "same"}}}
	}
	return []sample{
		{"contributors", web.ContributorsView{Base: base("Contributors", "contributors"), Behind: true, Find: hostile, Sort: "name", Sorts: orders, Rows: people, Total: 3, Hidden: 2, HiddenWords: 1204, Action: "/contributors", Older: "/contributors?part=3", Newest: "/contributors", Participation: "/participation"},
			web.ContributorsView{Base: bare("Contributors", "contributors"), Sort: "recent", Action: "/contributors"}},
		{"contributor", web.ContributorView{Base: base(hostile, "contributor"), Crumbs: crumbs, Behind: true, Namesakes: []web.Choice{{Text: hostile, URL: "/contributors/y"}, {Text: "Ana Lima", URL: "/contributors/z"}}, Begun: 12, Improved: 31, Words: 12345, Edits: 210, Reviews: 4, First: day.AddDate(-9, 0, 0), Last: day, Calendar: calendar,
			Pages: []web.PersonPage{{PageLink: links[0], Begun: true, Words: 1200}, {PageLink: links[1], Words: 1}, {PageLink: links[2], Begun: true}}, MorePages: 20,
			Answers: links[:2], Answered: 7, AnswerRule: "At least half of the words.", AnswerLimit: 100, Changes: []web.PersonChange{change, gone}, Older: "/contributors/x?from=3", Newest: "/contributors/x"},
			web.ContributorView{Base: bare("C", "contributor")}},
		{"namesakes", web.NamesakesView{Base: base("Ana", "namesakes"), Crumbs: crumbs, Name: "Ana", Rows: people}, web.NamesakesView{Base: bare("A", "namesakes")}},
		{"participation", web.ParticipationView{Base: base("Participation", "participation"), Crumbs: crumbs, Behind: true, Periods: []web.Choice{{Text: "One year", URL: "/participation?months=12", Current: true}, {Text: "All the time", URL: "/participation?months=all"}}, Period: "April 2025 to March 2026", Least: 10, People: 43, Edits: 1234,
			Measures: []web.Measure{{Name: "Gini coefficient", Value: "0.71", Meaning: "0 if all make the same number of edits.", Source: source}, {Name: "Edits by the top 10 %", Value: "64 %", Meaning: "The share of all edits.", Source: source}},
			Lorenz:   lines("lorenz", true), Active: bars("active"), Newcomers: bars("newcomers"), Growth: lines("growth", false), Sharing: bars("sharing"),
			Movement: web.Movement{Before: "October to December", Now: "January to March", Levels: levels, Rows: []web.MovementRow{row("None"), row("Core")}, Up: 3, Down: 1234, Same: 1, Source: source},
			Alone:    12, AllPages: 1234, Keepers: 5, Kept: []web.KeptPage{{Page: links[0], Name: hostile, URL: "/contributors/x", Last: day}, {Page: links[1], Name: "a contributor", Last: day}}, Survival: 6, LorenzSource: source, FlowSource: source, KeptSource: source,
			Unread: []web.UnreadLine{{File: ".mailmap", Line: 12, Text: hostile}, {File: ".coppice/credit.yml", Line: 1234, Text: "The list is not closed."}}},
			web.ParticipationView{Base: bare("P", "participation"), Few: true, Least: 10, Longer: "/participation?months=all"}},
	}
}
