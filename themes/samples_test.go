package themes_test

import (
	"encoding/json"
	"html/template"
	"slices"
	"time"

	"coppice/wiki/web"
)

// A sample is a view with the data that its handler would give it. The full one uses every field, with texts that try to break
// out of where they stand; the empty one has what no page lacks.
type sample struct {
	view        string
	full, empty any
}

var day = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// hostile stands wherever people type.
const hostile = `</textarea></pre><script>alert(1)</script>" onload='x' &amp; «ü» مرحبا`

func base(title, view string) web.Base {
	return web.Base{
		Site:  web.Site{Name: "Practice FAQ", Tagline: "What communities of practice ask, answered by their members.", Version: "0.1", URL: "https://faq.example.org", Pages: 1234},
		Graph: &web.OpenGraph{Type: "article", Title: title, Description: hostile, Locale: "en_US", Picture: web.Picture{URL: "https://faq.example.org/files/map.png", Alt: hostile}, Published: day, Modified: day},
		Title: title, Lang: "en", Query: "launch workshop", Author: "Ana Lima", Canonical: "/wiki/practice", Feed: "/recent.atom", BodyClass: view, NewPageURL: "/new",
		Nav: []web.NavLink{{Text: "FAQ", URL: "/wiki/faq", Current: true}, {Text: "Categories", URL: "/categories"}, {Text: "Recent changes", URL: "/recent"}, {Text: "Help", URL: "/wiki/help"}},
	}
}

func bare(title, view string) web.Base {
	return web.Base{Site: web.Site{Name: "W"}, Title: title, Lang: "en", BodyClass: view}
}

var (
	tabs = web.Tabs{
		Current: "read", Read: "/wiki/p", Edit: "/edit/p", History: "/history/p", Credits: "/credits/p", Blame: "/blame/p", Raw: "/raw/p", Backlinks: "/backlinks/p",
		Rename: "/rename/p", Delete: "/delete/p", Feed: "/history/p.atom", At: "/wiki/p",
	}
	crumbs = []web.Crumb{{Text: "Practice", URL: "/wiki/practice"}, {Text: "Basics"}}
	stamp  = web.Stamp{Time: day, Author: "Ana Lima", Summary: "newer figures", URL: "/wiki/p?rev=1a2b3c4", Revision: "1a2b3c4"}
	links  = []web.PageLink{
		{Title: "How big should a community be?", URL: "/wiki/size", Path: "practice/size", Lead: "Most have a core of a dozen, a circle that speaks up now and then, and many who read.", Time: day, Author: "Ben"},
		{Title: "Community or network?", URL: "/wiki/network", Path: "practice/network", Lead: "They differ in what holds their members together.", Time: day.Add(-48 * time.Hour), Author: "Chioma"},
		{Title: "", URL: "/edit/launch", Path: "practice/launch", Missing: true, Count: 3},
	}
	categories = []web.Category{{Name: "communities of practice", URL: "/categories/cop", Count: 15}, {Name: "facilitation", URL: "/categories/facilitation", Count: 7}, {Name: "learning", URL: "/categories/learning"}}
	before     = web.DiffLine{Op: "delete", Old: 12, Spans: []web.DiffSpan{{Text: "About "}, {Text: "ten", Mark: true}, {Text: " percent of the members post."}}}
	after      = web.DiffLine{Op: "insert", New: 12, Spans: []web.DiffSpan{{Text: "About "}, {Text: "sixteen", Mark: true}, {Text: " percent of the members post" + hostile}}}
	same       = web.DiffLine{Op: "equal", Old: 11, New: 11, Spans: []web.DiffSpan{{Text: "Members take part in many ways, and reading is one of them."}}}
	hunks      = []web.DiffHunk{
		{Heading: "Who takes part?", OldStart: 11, NewStart: 11, Lines: []web.DiffLine{same, before, after}, Pairs: []web.DiffPair{{Old: &same, New: &same}, {Old: &before, New: &after}}},
		{OldStart: 40, NewStart: 40, Lines: []web.DiffLine{after}, Pairs: []web.DiffPair{{New: &after}, {Old: &before}}},
	}
	row = web.HistoryRow{
		Stamp: stamp, ID: "1a2b3c4d5e6f", CoAuthors: []string{"Ben"}, Kind: "modified", Delta: 213, Size: 8421, Diff: "/compare/p?to=1a", Revert: "/revert/p?revision=1a", Current: true,
	}
	renamed = web.HistoryRow{Stamp: stamp, ID: "2b3c4d5e6f", Kind: "renamed", From: "practice/old name", Delta: -12, Size: 8208, MergedFrom: true, Diff: "/compare/p?to=2b"}
	begun   = web.HistoryRow{Stamp: stamp, ID: "3c4d5e6f", Kind: "added", Delta: 8220, Size: 8220}
)

// prose has what the Markdown room writes: its classes are listed there at Document.HTML.
const prose = `<p>A <strong>community of practice</strong> is a group of people who share a concern and learn how to do it better as they <a href="/wiki/interaction">interact regularly</a>. Not every group is one: see <a class="missing" href="/edit/teams">teams</a>, or what <a class="external" rel="nofollow noopener" href="https://example.org/">others</a> say.</p>
<div class="callout callout-tip" role="note" aria-label="Tip">
<p class="callout-title"><bdi>Tip</bdi></p>
<p>Begin with the people, not with the platform.</p>
</div>
<h2 id="discussions">Discussions<a class="anchor" href="#discussions" aria-label="Link to: Discussions"></a></h2>
<h3 id="who-takes-part">Who takes part?<a class="anchor" href="#who-takes-part" aria-label="Link to: Who takes part?"></a></h3>
<p>Three circles are found again and again: a core, an active group, and those who mostly read.<sup class="footnote-ref" id="fnref-1"><a href="#fn-1" role="doc-noteref">1</a></sup> In <code>2:18:80</code> communities two of a hundred write most of it.</p>
<div class="table" role="region" tabindex="0" aria-label="Table"><table><thead><tr><th>Community</th><th class="right">Core</th><th class="right">Active</th><th class="right">Readers</th></tr></thead><tbody><tr><td>Rural finance</td><td class="right">1</td><td class="right">10</td><td class="right">89</td></tr><tr><td>Water and sanitation</td><td class="right">2</td><td class="right">18</td><td class="right">80</td></tr></tbody></table></div>
<h3 id="how-big">How big should a community be?<a class="anchor" href="#how-big" aria-label="Link to: How big should a community be?"></a></h3>
<p>There is no one number. What counts is that newcomers meet somebody who answers.</p>
<ul><li>A dozen people can keep a conversation going.</li><li>A hundred need somebody who <em>facilitates</em>.<ul><li>Often for a day a week.</li></ul></li></ul>
<ul><li class="task"><input type="checkbox" disabled checked aria-label="done"> Ask the members</li><li class="task"><input type="checkbox" disabled aria-label="to do"> Find a host</li></ul>
<blockquote><p>Nobody can be ordered to learn from others, but anybody can be invited.</p></blockquote>
<pre class="chroma" tabindex="0"><code class="language-go"><span class="kd">func</span> <span class="nf">share</span><span class="p">(</span><span class="nx">story</span> <span class="kt">string</span><span class="p">)</span> <span class="p">{</span> <span class="c1">// tell it</span>
	<span class="nx">fmt</span><span class="p">.</span><span class="nf">Println</span><span class="p">(</span><span class="s">&#34;once&#34;</span><span class="p">,</span> <span class="mi">42</span><span class="p">)</span>
<span class="p">}</span>
</code></pre>
<h2 id="examples">Examples<a class="anchor" href="#examples" aria-label="Link to: Examples"></a></h2>
<p dir="auto">مجتمع الممارسة هو مجموعة من الناس.</p>
<section class="footnotes" role="doc-endnotes" aria-label="Footnotes">
<ol><li id="fn-1"><p>From a survey of 2008. <a class="footnote-back" href="#fnref-1" aria-label="Back">↩</a></p></li></ol></section>`

var contents = []web.TOCEntry{
	{Level: 1, Text: "Discussions", Anchor: "discussions"},
	{Level: 2, Text: "Who takes part?", Anchor: "who-takes-part", Question: true},
	{Level: 2, Text: "How big should a community be?", Anchor: "how-big", Question: true},
	{Level: 1, Text: "Examples", Anchor: "examples"},
}

func samples() []sample {
	forms := []web.FormChoice{{Name: "faq", Title: "A FAQ page", About: "One question with its answer, discussion and sources.", URL: "/edit/p?form=faq", Current: true}, {Name: "none", Title: "An empty page", URL: "/edit/p?form=none"}}
	noticed := base("What is a community of practice?", "page")
	noticed.Notice = &web.Notice{Kind: "good", Text: "Saved. Thank you!", LinkText: "See what changed", LinkTo: "/compare/p"}
	confirm := func(view, title string) sample {
		return sample{view, web.ConfirmView{
			Base: base(title, view), Tabs: tabs, Crumbs: crumbs, Path: "p", Action: "/" + view + "/p", BaseRev: "1a2b", Revision: stamp, RevID: "1a2b3c", To: hostile,
			Summary: hostile, Sentence: "There is a page of that name.", Broken: broken, Links: 2, Cancel: "/wiki/p", Hunks: hunks,
		}, web.ConfirmView{Base: bare(title, view), Action: "/x", Cancel: "/wiki/p"}}
	}
	conflict := web.ConflictView{
		Base: base("Two edits met: Who takes part?", "conflict"), Crumbs: crumbs, Path: "p", Action: "/edit/p", BaseRev: "1a2b", Summary: "sharper words", Theirs: stamp, Count: 1,
		Source: "# Who takes part?\n\nAbout sixteen percent post.\n\nThe end.\n", Cancel: "/wiki/p", TheirURL: "/wiki/p",
		Chunks: []web.ConflictChunk{
			{Text: "# Who takes part?\n\n"},
			{Conflict: true, Number: 1, Base: "About ten percent post.\n\n", Theirs: "A tenth of the members posts.\n\n", Mine: "About sixteen percent post.\n\n", TheirDiff: []web.DiffLine{before, after}, MyDiff: []web.DiffLine{before, after}},
			{Text: "The end.\n"},
		},
	}
	return slices.Concat(peopleSamples(), blameSamples(), creditsSamples(), pastSamples(), translationSamples(), []sample{
		{"front", web.FrontView{Base: base("Practice FAQ", "front"), Intro: prose, IntroURL: "/wiki/index", Popular: links, Recent: links, Categories: categories,
			Questions: []web.PageLink{{Title: "What is a community of practice?", URL: "/wiki/p"}, {Title: "How do we plan a launch workshop?", URL: "/wiki/l"}, {Title: "كيف يتواصل الأعضاء؟", URL: "/wiki/c"}, {Title: "How much do members take part, and is it normal that most only read?", URL: "/wiki/q"}}},
			web.FrontView{Base: bare("W", "front")}},
		{"page", web.PageView{Base: noticed, Tabs: tabs, Crumbs: crumbs, Path: "p", PageLang: "en", Body: prose, TitleAnchor: "what", TOC: contents, EditSection: "/edit/p?section=", Categories: categories, Aliases: []string{"CoP", hostile},
			Backlinks: links, Problems: []web.Problem{{Line: 3, Text: "The key “x” stands twice."}, {Text: hostile}}, Updated: stamp, Created: stamp, Revisions: 14, Moved: "Redirected from CoP",
			Structured: json.RawMessage(`{"@context":"https://schema.org","@type":"FAQPage","name":"</script><!--"}`), Related: related, ReviewBy: day, Credits: &pageCredits, Old: &web.OldBanner{Stamp: stamp, Current: "/wiki/p", Diff: "/compare/p", Previous: "/wiki/p?rev=0", Next: "/wiki/p?rev=2", RestoreURL: "/restore/p?revision=1", Base: "1", Deleted: true}},
			web.PageView{Base: bare("P", "page")}},
		{"edit", web.EditView{HasTests: true, Broken: broken, Base: base("Editing Who takes part?", "edit"), Tabs: tabs, Crumbs: crumbs, Path: "p", New: true, Action: "/edit/p", BaseRev: "1a", Section: "who", SectionText: "Who takes part?", Source: "\n" + hostile,
			Summary: hostile, Sentence: "The page is too long.", Preview: prose, HasPreview: true, Changes: hunks, HasChanges: true, Problems: []web.Problem{{Line: 1, Text: "x"}}, Forms: forms, PreviewURL: "/preview/p", Cancel: "/wiki/p",
			Limit: 2 << 20, Help: "/wiki/help", Guide: &formGuide, Fields: &pageFields},
			web.EditView{Base: bare("E", "edit"), Action: "/edit/p", Cancel: "/", HasChanges: true}},
		{"new", web.NewView{Base: base("New page", "new"), Action: "/new", Name: hostile, Sentence: "A name may not hold a colon.", Forms: forms, Near: links, Alike: alikeQuestions, GoOnURL: "/edit/x"}, web.NewView{Base: bare("New", "new"), Action: "/new"}},
		{"conflict", conflict, web.ConflictView{Base: bare("C", "conflict"), Action: "/edit/p", Cancel: "/", Deleted: true, Undo: &web.Stamp{}}},
		{"history", web.HistoryView{Base: base("History of p", "history"), Tabs: tabs, Crumbs: crumbs, Path: "p", Deleted: true, RestoreURL: "/restore/p", Rows: []web.HistoryRow{row, renamed, begun}, CompareURL: "/compare/p", Older: "/history/p?from=3", Newest: "/history/p", Total: 53, Behind: true},
			web.HistoryView{Base: bare("H", "history"), CompareURL: "/compare/p"}},
		{"compare", web.CompareView{Base: base("Changes of p", "compare"), Tabs: tabs, Crumbs: crumbs, Path: "p", From: stamp, To: stamp, Mode: "split", InlineURL: "/compare/p", SplitURL: "/compare/p?mode=split", RichURL: "/compare/p?mode=rendered", Hunks: hunks, Previous: "/compare/p?to=1", Next: "/compare/p?to=3", RevertURL: "/revert/p", RevertID: "1a"},
			web.CompareView{Base: bare("C", "compare"), Same: true}},
		confirm("rename", "Rename"), confirm("delete", "Delete"), confirm("restore", "Restore"), confirm("revert", "Undo a change"),
		{"search", web.SearchView{Base: base("Search: launch workshop", "search"), Searched: true, Total: 31, First: 11, Took: 3 * time.Millisecond, Related: related, Behind: true, Sentence: "A quotation mark is missing.", DidYouMean: "lunch", MeanURL: "/search?q=lunch", CreateURL: "/new?title=x", Exact: &links[0], Newer: "/search?q=x", Older: "/search?q=x&from=20",
			Hits: []web.SearchHit{
				{Title: "What is a community of practice?", URL: "/wiki/p#launch", Path: "practice/p", Question: "How do we plan a launch workshop?", Updated: day, Keywords: []string{"launch", "events"}, Snippet: []web.DiffSpan{{Text: "Two days are enough for a "}, {Text: "launch", Mark: true}, {Text: " "}, {Text: "workshop", Mark: true}, {Text: " when its aims are agreed with the members before" + hostile}}},
				{Title: "Facilitation", URL: "/wiki/f", Path: "practice/facilitation", Snippet: []web.DiffSpan{{Text: "Whoever leads the first "}, {Text: "workshop", Mark: true}, {Text: " need not lead the community."}}},
			},
			Facets: []web.Facet{{Name: "keyword", Values: []web.FacetValue{{Name: "learning", URL: "/search?q=a", Count: 12, Current: true}, {Name: "events", URL: "/search?q=b", Count: 1200}}}}, Active: []web.FacetValue{{Name: "learning", URL: "/search?q=x"}}},
			web.SearchView{Base: bare("S", "search"), Searched: true}},
		{"recent", web.RecentView{Base: base("Recent changes", "recent"), Days: []web.RecentDay{{Day: day, Rows: []web.RecentRow{{HistoryRow: row, Page: links[0], HistoryURL: "/history/p"}, {HistoryRow: renamed, Page: links[1]}, {HistoryRow: begun, Page: links[2]}}}, {Day: day.Add(-24 * time.Hour), Rows: []web.RecentRow{{HistoryRow: row, Page: links[0], HistoryURL: "/history/p"}}}}, Older: "/recent?from=2", Newest: "/recent", Behind: true},
			web.RecentView{Base: bare("R", "recent")}},
		{"list", web.ListView{Base: base("All pages", "list"), Kind: "all", Lead: "Every page of the wiki, by title.", Crumbs: crumbs, Categories: categories, Total: 12, Older: "/pages?from=x", Newest: "/pages", Filters: []web.FacetValue{{Name: "no sources", URL: "/pages?missing=sources", Count: 31, Current: true}, {Name: "no keywords", URL: "/pages?missing=keywords", Count: 1200}}, Groups: []web.ListGroup{{Name: "A", Pages: links}, {Name: "B", Pages: links}, {Name: "C", Pages: links}, {Name: "D", Pages: links[:1]}, {Name: "E", Pages: links[:2]}, {Name: "F", Pages: links}, {Name: "ع", Pages: links}}},
			web.ListView{Base: bare("L", "list"), Kind: "wanted", Empty: "No page is wanted."}},
		{"error", web.ErrorView{Base: base("There is no page “Launch” yet", "error"), Status: 404, Sentence: "Nobody has written it. You could be the first.", CreateURL: "/edit/launch", Deleted: &stamp, History: "/history/p", Near: links, Retry: true},
			web.ErrorView{Base: bare("E", "error"), Status: 500}},
	})
}

// variants are further faces of a view that a full and an empty sample leave out.
func variants() []sample {
	compare := func(mode string, rendered template.HTML) web.CompareView {
		return web.CompareView{Base: base("Changes of p", "compare"), Tabs: tabs, Crumbs: crumbs, From: stamp, To: stamp, Mode: mode, InlineURL: "/compare/p", SplitURL: "/s", RichURL: "/r", Hunks: hunks, Rendered: rendered}
	}
	return append(append(pastVariants(), translationVariants()...), []sample{
		{view: "compare", full: compare("inline", "")},
		{view: "compare", full: compare("rendered", "<p>About <del>ten</del><ins>sixteen</ins> percent.</p>")},
		{view: "search", full: web.SearchView{Base: base("Search", "search")}},
		{view: "page", full: web.PageView{Base: base("What is a community of practice?", "page"), Tabs: tabs, Crumbs: crumbs, Path: "p", Body: prose, TOC: contents, EditSection: "/edit/p?section=", Categories: categories, Backlinks: links, Related: related, Updated: stamp, Created: stamp, Revisions: 14}},
		{view: "edit", full: web.EditView{Base: base("Editing Who takes part?", "edit"), Tabs: tabs, Crumbs: crumbs, Path: "p", Action: "/edit/p", BaseRev: "1a", Source: "# Who takes part?\n\nThree circles are found again and again: a core, an active group, and those who mostly read.\n\n## How big should a community be?\n\nThere is no one number.\n", PreviewURL: "/preview/p", Cancel: "/wiki/p", Limit: 2 << 20, Help: "/wiki/help"}},
	}...)
}
