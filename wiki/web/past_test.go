package web

import (
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

// day of a dated history: its commits are made at noon.
type dated struct {
	day   string   // 2009-03-14
	files []string // name, text, name, text...; the text "" deletes, ">name" renames to it
}

// bygone serves a wiki whose commits have dates, as native git writes them.
func bygone(t *testing.T, days []dated, change ...func(*Config)) *house {
	t.Helper()
	dir := t.TempDir()
	repo := filepath.Join(dir, "wiki.git")
	var stream strings.Builder
	for i, d := range days {
		at, err := time.Parse(time.DateOnly, d.day)
		if err != nil {
			t.Fatal(err)
		}
		message := "On " + d.day
		fmt.Fprintf(&stream, "commit refs/heads/main\nmark :%d\ncommitter Ben Past <ben@example.org> %d +0000\ndata %d\n%s\n", i+1, at.Unix()+12*3600, len(message), message)
		for j := 0; j < len(d.files); j += 2 {
			switch name, text := d.files[j], d.files[j+1]; {
			case text == "":
				fmt.Fprintf(&stream, "D %s\n", name)
			case text[0] == '>':
				fmt.Fprintf(&stream, "R %s %s\n", name, text[1:])
			default:
				fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
			}
		}
	}
	git := func(stdin string, args ...string) {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
		cmd.Stdin = strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	git("", "init", "-q", "--bare", "-b", "main", repo)
	git(stream.String(), "--git-dir", repo, "fast-import", "--quiet")
	return serve(t, repo, dir, wiki.Options{}, change...)
}

// garden is a wiki with some years behind it.
var garden = []dated{
	{"2009-01-10", []string{"index.md", "# Home\n\n[Tools](tools.md)\n"}},
	{"2009-03-01", []string{
		"tools.md", "---\ntitle: Garden tools\nkeywords: [iron]\n---\nSee [[The soil]], [seeds](seeds.md), [later](later.md), [home](index.md) and ![a spade](spade.png).\n\n## Which spade?\n\nThe old one.\n",
		"soil.md", "---\ntitle: The soil\n---\nIt is brown, and there is a lot of it in every garden.\n", "seeds.md", "# Seeds\n\nSmall, round, dry, and kept in the dark until the spring comes.\n", "spade.png", "\x89PNG\r\n\x1a\nold",
	}},
	{"2010-05-01", []string{
		"tools.md", "---\ntitle: Tools of the trade\nkeywords: [steel]\nredirect_to: index\n---\nSee [[Earth]].\n\n## Which rake?\n\nThe new one.\n",
		"soil.md", "---\ntitle: Earth\n---\nIt is brown, and there is a lot of it in every garden.\n", "spade.png", "\x89PNG\r\n\x1a\nnew",
	}},
	{"2011-06-01", []string{"tools.md", ">kit/tools.md", "later.md", "# Later\n\nWhat came after everything else that was said here.\n"}},
	{"2012-07-01", []string{"seeds.md", ""}},
	{"2013-08-01", []string{"tools.md", "# Other tools\n\nAnother page altogether, of hammers and of nails.\n"}},
}

// revisions gives the ids of a page's revisions by the day they were made on.
func (h *house) revisions(name string) map[string]string {
	h.t.Helper()
	p, err := wiki.ParsePath(name)
	if err != nil {
		h.t.Fatal(err)
	}
	revs, _, err := h.cfg.History.Revisions(h.t.Context(), h.wiki, p, 0, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	found := map[string]string{}
	for _, r := range revs {
		found[r.Time.UTC().Format(time.DateOnly)] = r.ID.String()
	}
	return found
}

func TestTimeTravel(t *testing.T) {
	h := bygone(t, garden)
	tools := h.revisions("kit/tools")
	old := tools["2009-03-01"]

	// The text, its title, keywords, questions and links are those of the day.
	r := h.get("/wiki/tools?at=2009-04-01").want(t, 200, "<h1 dir=\"auto\">Garden tools</h1>", "/categories/iron", "Which spade?", "as it was on <time datetime=\"2009-04-01",
		`href="/wiki/soil?at=2009-04-01"`, `href="/wiki/seeds?at=2009-04-01"`, `href="/wiki/index?at=2009-04-01"`, `src="/files/spade.png?at=2009-04-01"`,
		`href="/wiki/later?at=2009-04-01" class="missing"`, "There was no such page at that time", `action="/wiki/kit/tools"`, `min="2009-03-01"`, `max="2013-08-01"`,
		"Today’s version: <bdi>Tools of the trade</bdi>", "/history/kit/tools", "noindex")
	for _, gone := range []string{"/categories/steel", "/edit/later", "Which rake?"} {
		if strings.Contains(r.body, gone) {
			t.Errorf("%q of today is on the old page", gone)
		}
	}
	if !strings.Contains(r.body, "version of 1 March 2009, 12:00 UTC (revision "+old[:7]) || !strings.Contains(r.body, "/wiki/tools?rev="+old) {
		t.Errorf("no citation in\n%s", r.body)
	}
	// A revision keeps its links at itself, and finds titles of its time.
	h.get("/wiki/tools?rev="+old).want(t, 200, `href="/wiki/soil?rev=`+old+`"`, "as <bdi>Ben Past</bdi> left it", "Newer")
	// Under today's address it is the same version, and redirect_to is not followed.
	h.get("/wiki/kit/tools?rev="+old).want(t, 200, "Garden tools")
	h.get("/wiki/kit/tools?at=2010-06-01").want(t, 200, "Which rake?", `href="/wiki/soil?at=2010-06-01"`)
	// The other page that has the name today is itself in its own time.
	h.get("/wiki/tools?at=2013-08-02").want(t, 200, "Other tools", `action="/wiki/tools"`)
	// An address that a page had left by then leads to where it was.
	if r := h.get("/wiki/tools?at=2012-01-01").want(t, 301); r.header.Get("Location") != "/wiki/kit/tools?at=2012-01-01" {
		t.Errorf("leads to %q", r.header.Get("Location"))
	}
	// Files and Markdown.
	// The front door leads to the page that introduced the wiki.
	if r := h.get("/?at=2009-04-01").want(t, 302); r.header.Get("Location") != "/wiki/index?at=2009-04-01" {
		t.Error(r.header)
	}
	h.get("/files/spade.png?at=2009-04-01").want(t, 200, "old")
	h.get("/files/spade.png?rev="+tools["2010-05-01"]).want(t, 200, "new")
	h.get("/files/spade.png?at=2008-01-01").want(t, 404)
	h.get("/raw/kit/tools?at=2009-04-01").want(t, 200, "title: Garden tools")
}

func TestTimesThatCannotBeSeen(t *testing.T) {
	h := bygone(t, garden)
	first := h.revisions("kit/tools")["2009-03-01"]
	h.get("/wiki/kit/tools?at=2009-02-01").want(t, 404, "began on 1 March 2009; on 1 February 2009 it was not there yet", "/wiki/tools?rev="+first, `min="2009-03-01"`)
	h.get("/wiki/kit/tools?at=1999-12-31").want(t, 404, "began on 1 March 2009")
	h.get("/wiki/tools?at=0001-01-01").want(t, 404, "was not there yet")
	h.get("/wiki/never?at=2010-01-01").want(t, 404, "no page of this name")
	h.get("/wiki/seeds?at=2012-12-01").want(t, 404, "had been deleted", "/history/seeds")
	h.get("/wiki/seeds?at=2012-01-01").want(t, 200, "This page was deleted. You see it", `action="/wiki/seeds"`)
	h.get("/wiki/index?at=2999-01-01").want(t, 200, "still reads so today")
	for _, bad := range []string{"yesterday", "2009-13-40", "2009-02-30", "14.3.2009", strings.Repeat("9", 500), "%00"} {
		h.get("/wiki/index?at="+bad).want(t, 400, "2009-03-14")
	}
	for _, bad := range []string{"zzz", "0000000000000000000000000000000000000000", "HEAD", "-1", "%00"} {
		h.get("/wiki/index?rev="+bad).want(t, 404)
	}
}

// TestAddressesOfTheBanner: every link of the banner leads somewhere, whatever became of the page.
func TestAddressesOfTheBanner(t *testing.T) {
	h := bygone(t, garden)
	for _, from := range []string{"/wiki/tools?at=2009-04-01", "/wiki/kit/tools?at=2012-01-01", "/wiki/seeds?at=2010-01-01", "/wiki/soil?at=2009-12-01"} {
		page := h.get(from).want(t, 200).body
		_, banner, _ := strings.Cut(page, `<aside class="notice warning past"`)
		banner, _, _ = strings.Cut(banner, "</aside>")
		links := hrefs(banner)
		if len(links) < 1 {
			t.Errorf("%s: no links in\n%s", from, banner)
		}
		for _, to := range links {
			r := h.get(to)
			if r.status == 302 && strings.HasPrefix(r.header.Get("Location"), "/wiki/index?from=") {
				continue // redirect_to of today's version
			}
			if r.status != 200 {
				t.Errorf("%s leads to %s: %d %s", from, to, r.status, r.header.Get("Location"))
			}
		}
	}
}

// hrefs gives the addresses that a piece of HTML leads to.
func hrefs(page string) []string {
	var list []string
	for _, part := range strings.Split(page, `href="`)[1:] {
		to, _, _ := strings.Cut(part, `"`)
		list = append(list, strings.ReplaceAll(to, "&amp;", "&"))
	}
	return slices.Compact(list)
}

// TestOldBodiesAreKeptApart: one text whose links lead elsewhere at another time is another body.
func TestOldBodiesAreKeptApart(t *testing.T) {
	h := bygone(t, []dated{
		{"2009-01-01", []string{"a.md", "# A\n\n[b](b.md)\n"}},
		{"2010-01-01", []string{"b.md", "# B\n\nIt came later.\n"}},
	})
	for range 2 {
		h.get("/wiki/a?at=2009-06-01").want(t, 200, `href="/wiki/b?at=2009-06-01" class="missing"`)
		h.get("/wiki/a?at=2010-06-01").want(t, 200, `<a href="/wiki/b?at=2010-06-01"`)
		h.get("/wiki/a").want(t, 200, `<a href="/wiki/b"`)
		if r := h.get("/wiki/a?at=2010-06-01").want(t, 200); strings.Contains(r.body, `class="missing"`) {
			t.Error("a link is missing that was there")
		}
	}
}

// TestWordsOfDeletedPages: the address of a page that was split or joined with another leads to where its words are.
func TestWordsOfDeletedPages(t *testing.T) {
	words := func(name string) string {
		var text strings.Builder
		for i := range 40 {
			fmt.Fprintf(&text, "%s%d ", name, i)
		}
		return text.String() + "\n\n"
	}
	h := bygone(t, []dated{
		{"2009-01-01", []string{"index.md", "# Home\n", "big.md", "# Big\n\n" + words("a") + words("b") + words("c"), "j.md", "# Joins\n\n" + words("d"), "k.md", "# Kept words\n\n" + words("e"), "l.md", "# Lost\n\n" + words("f") + words("g") + words("h")}},
		{"2009-02-01", []string{"big.md", "", "s1.md", "# One\n\n" + words("a"), "s2.md", "# Two\n\n" + words("b"), "s3.md", "# Three\n\n" + words("c")}},
		{"2009-03-01", []string{"j.md", "# Joins\n\n" + words("d") + "## Kept words\n\n" + words("e"), "k.md", "", "l.md", "", "s3.md", "# Three\n\n" + words("c") + words("f")}},
	})
	r := h.get("/wiki/big").want(t, 300, "“Big” was deleted. What it said stands on other pages now.", `href="/wiki/s1"`, `href="/wiki/s2"`, `href="/wiki/s3"`, "Has about 40 of its 121 words", `href="/history/big"`)
	if strings.Contains(r.body, `href="/wiki/j"`) {
		t.Error("a page is named that has none of the words")
	}
	if r := h.get("/wiki/k").want(t, 302); r.header.Get("Location") != "/wiki/j?from=k" {
		t.Errorf("leads to %q", r.header.Get("Location"))
	}
	h.get("/wiki/j?from=k").want(t, 200, "“K” was deleted. What it said stands here now.")
	h.get("/wiki/l").want(t, 404, "Some of what it said stands on other pages now", `href="/wiki/s3"`)
	// What is about the page that is gone stays so.
	h.get("/history/k").want(t, 200)
	h.get("/edit/k").want(t, 200)
	h.get("/blame/big").want(t, 404, `href="/wiki/s1"`)
}

func TestWhoInherits(t *testing.T) {
	for _, c := range []struct {
		words []int // of 100
		want  heritage
	}{
		{nil, lostHeritage}, {[]int{40}, lostHeritage}, {[]int{60}, someHeirs}, {[]int{80}, oneHeir}, {[]int{90, 20}, oneHeir}, {[]int{100, 100}, someHeirs}, {[]int{30, 30}, someHeirs},
	} {
		var heirs []credit.Heir
		for _, n := range c.words {
			heirs = append(heirs, credit.Heir{Words: n})
		}
		if got := whoInherits(heirs, 100); got != c.want {
			t.Errorf("%v: %v, want %v", c.words, got, c.want)
		}
	}
}

// TestCreditsOfOldVersions: an old version leads to its own credits, whatever became of its page and of its name.
func TestCreditsOfOldVersions(t *testing.T) {
	h := bygone(t, append(slices.Clone(garden),
		dated{"2014-01-01", []string{"tools.md", ">hammers.md"}},
		dated{"2014-02-01", []string{"soil.md", ">earth.md"}},
		dated{"2014-03-01", []string{"soil.md", "# Soil again\n\nQuite another page, of pots and of potting.\n"}},
	))
	old := h.revisions("seeds")["2009-03-01"]
	for _, c := range []struct {
		name, address string
		texts, not    []string
	}{
		{"a page that is gone", "/credits/seeds?rev=" + old, []string{"Credits of Seeds", "Ben Past", `href="/history/seeds"`, "/wiki/seeds?rev=" + old}, []string{"Those of today", `href="/credits/seeds"`}},
		{"the same, who wrote it", "/blame/seeds?rev=" + old, []string{"Who wrote “Seeds”", "/blame/seeds?rev=" + old}, []string{"Who wrote today"}},
		{"a name that two pages had", "/credits/tools?rev=" + old, []string{"Credits of Garden tools", `href="/credits/kit/tools"`, `href="/history/kit/tools"`, "/credits/tools?rev=" + old}, nil},
		{"the same, who wrote it", "/blame/tools?rev=" + old, []string{"Who wrote “Garden tools”", `href="/blame/kit/tools"`}, nil},
		{"a name that another page has", "/credits/soil?rev=" + old, []string{"Credits of The soil", `href="/credits/earth"`, `href="/history/earth"`}, []string{`href="/history/soil"`, `href="/credits/soil"`}},
		{"the same, who wrote it", "/blame/soil?rev=" + old, []string{"Who wrote “The soil”", `href="/blame/earth"`}, []string{`href="/history/soil"`}},
		{"a day", "/credits/soil?at=2009-04-01", []string{"Credits of The soil", "credits of the version of", "/wiki/soil?rev=" + old}, nil},
		{"a day, who wrote it", "/blame/soil?at=2009-04-01", []string{"Who wrote “The soil”", "as it was on"}, nil},
		{"the text to paste", "/credits/seeds?format=markdown&rev=" + old, []string{"/wiki/seeds?rev=" + old}, nil},
	} {
		r := h.get(c.address).want(t, 200, c.texts...)
		for _, text := range c.not {
			if strings.Contains(r.body, text) {
				t.Errorf("%s: %q is in\n%s", c.name, text, r.body)
			}
		}
	}
	// The links of an old version lead on.
	for _, from := range []string{"/wiki/seeds?rev=" + old, "/wiki/tools?rev=" + old, "/wiki/soil?at=2009-04-01"} {
		page := h.get(from).want(t, 200).body
		if !strings.Contains(page, "/credits/") {
			t.Errorf("%s leads to no credits", from)
		}
		for _, to := range hrefs(page) {
			if strings.HasPrefix(to, "/credits/") || strings.HasPrefix(to, "/blame/") {
				h.get(to).want(t, 200)
			}
		}
	}
	h.get("/credits/tools?at=1999-01-01").want(t, 404, "was not there yet")
	h.get("/blame/tools").want(t, 300, `href="/blame/hammers"`, `href="/blame/kit/tools"`)
	h.get("/blame/tools?show=all").want(t, 300, `href="/blame/hammers?show=all"`, `href="/blame/kit/tools?show=all"`)
}
