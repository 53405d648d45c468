package web

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"coppice/wiki"
	"coppice/wiki/credit"
)

// commit is one of a history that git itself writes, so that it may say in its message whatever commits say.
type commit struct {
	author, message string // author: "Name <mail>"
	when            int64
	files           map[string]string
}

// past makes a bare repository of commits.
func past(t *testing.T, commits ...commit) (repo, dir string) {
	t.Helper()
	dir = t.TempDir()
	repo = filepath.Join(dir, "wiki.git")
	run := func(in string, args ...string) {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir)
		cmd.Stdin = strings.NewReader(in)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("", "init", "-q", "--bare", "-b", "main", repo)
	var b strings.Builder
	data := func(s string) { fmt.Fprintf(&b, "data %d\n%s\n", len(s), s) }
	for _, c := range commits {
		fmt.Fprintf(&b, "commit refs/heads/main\nauthor %s %d +0000\ncommitter Git <git@example.org> %d +0000\n", c.author, c.when, c.when)
		data(c.message)
		for name, text := range c.files {
			fmt.Fprintf(&b, "M 100644 inline %s\n", name)
			data(text)
		}
	}
	run(b.String(), "-C", repo, "fast-import", "--quiet")
	return repo, dir
}

const (
	ana   = "Ana Lima <ana@example.org>"
	benny = "Ben <ben@example.org>"
	cara  = "Cara <cara@example.org>"
)

func TestCreditsOfAPage(t *testing.T) {
	const first = "# Soil\n\nOne two three four five six seven eight nine.\n"
	more := first + "\n## What else?\n\n" + strings.Repeat("Ten eleven twelve thirteen fourteen fifteen. ", 5) + "\n"
	repo, dir := past(t,
		commit{ana, "Begin", 1_000_000_000, map[string]string{"soil.md": first}},
		commit{benny, "Say more\n\nCo-authored-by: Cara <cara@example.org>\nReviewed-by: Dora <dora@example.org>\n", 1_100_000_000, map[string]string{"soil.md": more}},
		commit{"Vera <vera@example.org>", "Blank it", 1_200_000_000, map[string]string{"soil.md": "Gone.\n"}},
		commit{cara, "Bring it back", 1_200_000_100, map[string]string{"soil.md": more}},
	)
	h := serve(t, repo, dir, wiki.Options{})
	page := h.get("/wiki/soil").want(t, 200, `<a href="/contributors/ana-lima" dir="auto">Ana Lima</a>`, "Dora", "4 versions")
	foot := page.body[strings.Index(page.body, `<section class="credits"`):]
	// 42 words: ten of Ana's; 32 that Ben and Cara share. Vera took words away, and Cara brought back what she had not written.
	for _, text := range []string{"Ben</a> <span class=\"percent\">38\u00a0%", "Cara</a> <span class=\"percent\">38\u00a0%", "Ana Lima</a> <span class=\"percent\">24\u00a0%", "9 September 2001", "/compare/soil?to="} {
		if !strings.Contains(foot, text) {
			t.Errorf("%q is not in the footer:\n%s", text, foot)
		}
	}
	if strings.Contains(foot, "Vera") || strings.Contains(page.body, "@example.org") {
		t.Errorf("the footer names who took away, or an address:\n%s", foot)
	}
	all := h.get("/credits/soil").want(t, 200, "Vera", "Dora", "42 words", "credits of “What else?”")
	if strings.Contains(all.body, "@example.org") {
		t.Error("an address is given away")
	}
	_, drawn, _ := strings.Cut(all.body, `class="line"`)
	drawn, _, _ = strings.Cut(drawn, "</svg>")
	if n := strings.Count(drawn, "<circle "); n != 1 { // blanking it and bringing it back were none
		t.Errorf("%d substantial revisions are drawn, there is one: %s", n, drawn)
	}
	var part attribution
	if err := json.Unmarshal([]byte(h.get("/credits/soil?section=what-else&format=json").want(t, 200).body), &part); err != nil {
		t.Fatal(err)
	}
	if len(part.Authors) != 2 || part.Words != 32 || part.Authors[0].Share != .5 || !strings.HasSuffix(part.URL, "/wiki/soil#what-else") {
		t.Errorf("the part's credits are %+v", part)
	}
}

// TestCreditsOfAFewEdits: a page that was never edited has one version, and two edits of one day are of one day.
func TestCreditsOfAFewEdits(t *testing.T) {
	repo, dir := past(t,
		commit{ana, "Begin", 1_000_000_000, map[string]string{"soil.md": "# Soil\n\nOne two three four five.\n", "sand.md": "# Sand\n"}},
		commit{benny, "Say more", 1_100_000_000, map[string]string{"soil.md": "# Soil\n\nOne two three four five.\n\nSix seven eight.\n"}},
		commit{benny, "Say yet more", 1_100_000_300, map[string]string{"soil.md": "# Soil\n\nOne two three four five.\n\nSix seven eight nine ten.\n"}},
	)
	h := serve(t, repo, dir, wiki.Options{})
	if r := h.get("/wiki/sand").want(t, 200, ">1 version</a>"); strings.Contains(r.body, "since") {
		t.Error("a page that was never edited has a version since")
	}
	if r := h.get("/credits/soil").want(t, 200, "9 November 2004"); strings.Contains(r.body, "</time><br>") {
		t.Error("a day stands there twice")
	}
}

// TestCreditsOfStrangeDates has commits with dates that git would not write.
func TestCreditsOfStrangeDates(t *testing.T) {
	repo, _ := past(t,
		commit{ana, "Begin", 1_000_000_000, map[string]string{"index.md": "# Home\n"}},
		commit{ana, "A page", 1_000_000_000, map[string]string{"soil.md": "# Soil\n\nOne two three four five.\n"}},
	)
	git := func(in string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", repo}, args...)...)
		cmd.Stdin = strings.NewReader(in)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	parent, tree := git("", "rev-parse", "main~1"), git("", "rev-parse", "main^{tree}")
	for _, author := range []string{"Neg <neg@example.org> -1000000000 +0000", "Far <far@example.org> 99999999999999 +0000", "Lost <lost@example.org>"} {
		raw := "tree " + tree + "\nparent " + parent + "\nauthor " + author + "\ncommitter Git <git@example.org> 1100000000 +0000\n\nBegin\n"
		git("", "update-ref", "refs/heads/main", git(raw, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
		h := serve(t, repo, t.TempDir(), wiki.Options{})
		day, name := "9 November 2004", strings.Fields(author)[0]
		if name == "Neg" {
			day = "24 April 1938"
		}
		link := ">" + name + "</a>"
		h.get("/wiki/soil").want(t, 200, day, "<dt>Begun</dt>", link)
		if r := h.get("/credits/soil").want(t, 200, day, "<dt>Begun</dt>", link); strings.Contains(r.body, "words from another page") {
			t.Errorf("%s edited the page", name)
		}
		h.get("/history/soil").want(t, 200, day)
		h.get("/contributors/"+strings.ToLower(name)).want(t, 200, "Edited on", day, "Activity in "+day[len(day)-4:])
	}
}

// TestCreditsBeforeTheyAreKnown: a page is shown whatever the index of credit is doing.
func TestCreditsBeforeTheyAreKnown(t *testing.T) {
	h := build(t, files("index.md", "# Home\n", "soil.md", "# Soil\n\nOne two three.\n"))
	h.cfg.FollowingCredit.Stop() // from now on it is behind
	h.cfg.FollowingCredit, h.followings = nil, h.followings[:3]
	page, err := wiki.ParsePath("soil")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := h.wiki.Save(t.Context(), wiki.Edit{Path: page, Base: h.wiki.Head().Commit(), Source: []byte("# Soil\n\nOne two three four.\n"), Author: wiki.Contributor{Name: "Ben", Email: "ben@example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range h.followings {
		if err := f.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.get("/wiki/soil").want(t, 200, "still being read", "Ada Writer", "2 versions", "four.")
	h.get("/credits/soil").want(t, 200, "still being read")
	h.get("/credits/soil?section=soil").want(t, 200, "still being read")
	if r := h.get("/credits/soil?format=json").want(t, 503); r.header.Get("Retry-After") == "" {
		t.Error("nothing says when to ask again")
	}
	h.get("/wiki/soil?rev="+saved.Revision.ID.String()).want(t, 200, "still being read")

	if err := h.cfg.Credit.Follow(t.Context(), h.wiki, h.wiki.Head()); err != nil {
		t.Fatal(err)
	}
	r := h.get("/wiki/soil").want(t, 200, "Ben</a> <span class=\"percent\">20\u00a0%") // not the page that was cached
	if strings.Contains(r.body, "still being read") {
		t.Error("the credits are known, and the page says that they are not")
	}
	h.get("/credits/soil?format=json").want(t, 200, `"share": 0.2`)
}

// TestCreditsFollowNames: a page is as it was, but not what its people are called.
func TestCreditsFollowNames(t *testing.T) {
	h := build(t, files("index.md", "# Home\n", "soil.md", "# Soil\n\nOne two three.\n"))
	save := func(name, who string) {
		t.Helper()
		p, err := wiki.ParsePath(name)
		if err != nil {
			t.Fatal(err)
		}
		source := "# " + name + "\n\nFour five six seven " + who + ".\n"
		if _, err := h.wiki.Save(t.Context(), wiki.Edit{Path: p, Base: h.wiki.Head().Commit(), Source: []byte(source), Author: wiki.Contributor{Name: who, Email: "ben@example.org"}}); err != nil {
			t.Fatal(err)
		}
		h.settle()
	}
	save("soil", "Ben")
	h.get("/wiki/soil").want(t, 200, ">Ben</a>")
	save("index", "Ben") // nobody is new
	h.get("/wiki/soil").want(t, 200, ">Ben</a>")
	if _, err := h.wiki.Import(t.Context(), files(".mailmap", "Benjamin <ben@example.org>\n"), ada, "Ben is Benjamin"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if r := h.get("/wiki/soil").want(t, 200, ">Benjamin</a>"); strings.Contains(r.body, ">Ben</a>") {
		t.Error("the page still has the old name")
	}
	save("index", "Cara") // somebody new, of the same address
	if _, err := h.wiki.Import(t.Context(), files(".coppice/credit.yml", "opt_out: [ben@example.org]\n"), ada, "Opt out"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	foot := h.get("/wiki/soil").want(t, 200, "<bdi>a contributor</bdi>").body
	if strings.Contains(foot[strings.Index(foot, `<section class="credits"`):], "Benjamin") {
		t.Error("the footer names whoever opted out")
	}
}

// TestAttribution: a text to paste is well-formed whatever people are called.
func TestAttribution(t *testing.T) {
	when := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	a := &attribution{
		Title: "What is 100 % {soil} & *more*?", Wiki: "The_Garden", URL: "https://x.example/wiki/a/What_Is", Version: "https://x.example/wiki/a/What_Is?rev=1a", Time: &when,
		Authors: []attributed{{"Ana <b>Lima</b>", 3, .5}, {"Lima, Ana", 2, .3}, {"Ben and Sons", 1, .2}, {"Ana <b>Lima</b>", 1, .1}}, Others: 2,
		Licence: parseLicence("CC BY <https://creativecommons.org/licenses/by/4.0/>"),
	}
	for _, tt := range []struct{ name, got, want string }{
		{"markdown", a.markdown(), "[What is 100 % {soil} \\& \\*more\\*?](<https://x.example/wiki/a/What_Is?rev=1a>) by Ana \\<b\\>Lima\\</b\\>, Lima, Ana, Ben and Sons and others, *The\\_Garden*, version of 14 March 2026, [CC BY](<https://creativecommons.org/licenses/by/4.0/>).\n"},
		{"html", a.html(), `<p><cite><a href="https://x.example/wiki/a/What_Is?rev=1a">What is 100 % {soil} &amp; *more*?</a></cite> by Ana &lt;b&gt;Lima&lt;/b&gt;, Lima, Ana, Ben and Sons and others, The_Garden, version of <time datetime="2026-03-14">14 March 2026</time>, <a href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY</a>.</p>` + "\n"},
		{"bibtex", a.bibTeX(), "@misc{what-is-2026,\n  title = {{What is 100 \\% {\\textbraceleft}soil{\\textbraceright} \\& *more*?}},\n  author = {Ana <b>Lima</b> and {Lima, Ana} and {Ben and Sons} and others},\n  howpublished = {The\\_Garden},\n  year = {2026},\n  month = {mar},\n  url = {https://x.example/wiki/a/What_Is?rev=1a},\n  note = {Version of 14 March 2026},\n  license = {CC BY}\n}\n"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is\n%s\nwant\n%s", tt.name, tt.got, tt.want)
		}
	}
	var back attribution
	if err := json.Unmarshal([]byte(a.json()), &back); err != nil || len(back.Authors) != 4 {
		t.Errorf("the JSON is %s: %v", a.json(), err)
	}
	nobody := &attribution{Title: "مرحبا", URL: "https://x.example/wiki/%D9%85", Version: "https://x.example/wiki/%D9%85?rev=1"}
	if got := nobody.markdown(); got != "[مرحبا](<https://x.example/wiki/%D9%85?rev=1>).\n" {
		t.Errorf("without an author: %s", got)
	}
	if got := nobody.bibTeX(); !strings.HasPrefix(got, "@misc{page,\n") || strings.Contains(got, "author") {
		t.Errorf("without an author: %s", got)
	}
	for text, want := range map[string]*licence{
		"": nil, "CC0": {Name: "CC0"}, "X <javascript:alert(1)>": {Name: "X <javascript:alert(1)>"}, "<https://l.example/>": {Name: "https://l.example/", URL: "https://l.example/"},
		"open < closed": {Name: "open < closed"},
	} {
		if got := parseLicence(text); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("the licence %q is %+v", text, got)
		}
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", .0001: "under 1 %", .0099: "1 %", .5: "50 %", .994: "99 %", .9999: "over 99 %", 1: "100 %"} {
		if got := strings.ReplaceAll(percent(share), "\u00a0", " "); got != want {
			t.Errorf("%v is %q, want %q", share, got, want)
		}
	}
}

// TestSizeChart: clocks may say anything, and a page may have any number of revisions.
func TestSizeChart(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var many []credit.Revision
	for i := range 5000 {
		many = append(many, credit.Revision{Time: now.Add(time.Duration(i-5000) * time.Hour), Words: i, Substantial: true})
	}
	for name, revisions := range map[string][]credit.Revision{
		"many":          many,
		"one moment":    {{Time: now}, {Time: now, Words: 3}, {Time: now, Words: 1}},
		"wrong clocks":  {{Time: time.Unix(-1e12, 0), Words: 5}, {Time: now.AddDate(900, 0, 0)}, {Time: now, Words: 7, Substantial: true}},
		"without words": {{Time: now}, {Time: now.Add(time.Hour)}},
	} {
		g := sizeChart(revisions, now)
		if steps := strings.Count(g.Line, "H"); steps > chartPoints+1 || steps == 0 {
			t.Errorf("%s: %d steps", name, steps)
		}
		if g.First.After(g.Last) || g.First.Before(firstDay) || g.Last.After(now) || len(g.Dots) > creditChangeRows {
			t.Errorf("%s: from %s to %s, %d dots", name, g.First, g.Last, len(g.Dots))
		}
		for _, d := range g.Dots {
			if d.X < 0 || d.X > g.Width || d.Y < 0 || d.Y > g.Height {
				t.Errorf("%s: a dot at %+v", name, d)
			}
		}
	}
	if sizeChart(many[:1], now) != nil {
		t.Error("one revision makes no line")
	}
}

// TestBar: the pieces of a bar fill it, whatever the shares are.
func TestBar(t *testing.T) {
	equal := func(n int) (list []credit.Share) {
		for range n {
			list = append(list, credit.Share{Share: 1 / float64(n)})
		}
		return list
	}
	for _, tt := range []struct {
		shares []credit.Share
		want   []BarPart
	}{
		{nil, nil},
		{equal(1), []BarPart{{"M0 0v10h1000v-10z", "1"}}},
		{equal(2), []BarPart{{"M0 0v10h496v-10z", "1"}, {"M500 0v10h500v-10z", "2"}}},
		{[]credit.Share{{Share: .999}, {Share: .001}}, []BarPart{{"M0 0v10h995v-10z", "1"}}},
		{[]credit.Share{{Share: .9}, {Share: .03}, {Share: .03}, {Share: .02}, {Share: .01}, {Share: .005}, {Share: .005}}, []BarPart{
			{"M0 0v10h896v-10z", "1"}, {"M900 0v10h26v-10z", "2"}, {"M930 0v10h26v-10z", "3"}, {"M960 0v10h16v-10z", "4"}, {"M980 0v10h6v-10z", "5"}, {"M990 0v10h10v-10z", "6"}}},
		{equal(1000), []BarPart{{"M0 0v10h1v-10z", "5"}, {"M5 0v10h995v-10z", "6"}}},
	} {
		if got := barOf(tt.shares); !slices.Equal(got, tt.want) {
			t.Errorf("%d shares make %v, want %v", len(tt.shares), got, tt.want)
		}
	}
}
