package web

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// kitchen is a wiki of two subjects.
var kitchen = []string{
	"index.md", "# Home of good bread and bicycles of all kinds, for everybody\n\nSee [bread](bread.md).\n",
	"bread.md", "# Bread\n\nFlour, water, salt and yeast make a dough that rises in a warm oven.\n",
	"pizza.md", "# Pizza\n\n## Which flour is best for pizza dough?\n\nStrong flour, little yeast, and a hot oven in which the dough rises.\n",
	"rolls.md", "---\nasked_as:\n  do-rolls-need-yeast:\n    - can I bake without it\n---\n# Rolls\n\n## Do rolls need yeast?\n\nYes: yeast has the dough rise, with less flour and salt, before it goes into the oven.\n",
	"picked.md", "# Picked\n\nFlour and yeast and dough and oven and salt.\n\n## Related FAQs:\n\n- [[Pizza]]\n- [Wheels](bicycle.md#how-do-i-patch-a-tyre)\n- [[Nowhere]], [this](picked.md), [out](https://example.org/), ![](a.png)\n- [twice](pizza.md)\n\n## After\n\n[[Home]]\n",
	"bicycle.md", "# Mending a bicycle\n\n## How do I patch a tyre?\n\nFind the hole in the tube.\n",
}

var relatedRow = regexp.MustCompile(`<li><a href="([^"]*)" dir="auto">([^<]*)</a>(?: <small dir="auto">([^<]*)</small>)?</li>`)

// relatedOf gives the rows of the block of related questions.
func relatedOf(t *testing.T, r reply) string {
	t.Helper()
	_, block, ok := strings.Cut(r.want(t, 200).body, `<section class="related"`)
	if !ok {
		return ""
	}
	block, _, _ = strings.Cut(block, "</section>")
	var rows []string
	for _, m := range relatedRow.FindAllStringSubmatch(block, -1) {
		rows = append(rows, strings.Join(slices.DeleteFunc(m[1:], func(s string) bool { return s == "" }), "|"))
	}
	return strings.Join(rows, "\n")
}

func TestRelatedBelowAPage(t *testing.T) {
	h := build(t, files(kitchen...))
	ask := func(target string) string { // what a second look shows: the first does not wait for long
		h.get(target)
		h.settle()
		return relatedOf(t, h.get(target))
	}
	if got, want := ask("/wiki/bread"), "/wiki/rolls#do-rolls-need-yeast|Do rolls need yeast?|Rolls\n/wiki/pizza#which-flour-is-best-for-pizza-dough|Which flour is best for pizza dough?|Pizza\n/wiki/picked|Picked"; got != want {
		t.Errorf("below bread:\n%s\nwant\n%s", got, want)
	}
	if got, want := ask("/wiki/picked"), "/wiki/pizza|Pizza\n/wiki/bicycle#how-do-i-patch-a-tyre|Wheels|Mending a bicycle\n"; !strings.HasPrefix(got, want) || !strings.Contains(got, "/wiki/rolls#do-rolls-need-yeast") || strings.Count(got, "\n") >= relatedShown || strings.Contains(got, "index") {
		t.Errorf("below picked:\n%s", got)
	}
	if got := ask("/wiki/bicycle"); got != "" {
		t.Errorf("below a page without relatives:\n%s", got)
	}
	h.get("/search?q=water")
	h.settle()
	if got := relatedOf(t, h.get("/search?q=water")); !strings.HasPrefix(got, "/wiki/rolls#do-rolls-need-yeast") {
		t.Errorf("below results:\n%s", got)
	}
	for _, query := range []string{"yeast", "zeppelin"} {
		if got := relatedOf(t, h.get("/search?q="+query)); got != "" {
			t.Errorf("%s: what is among the results already, or not related to any:\n%s", query, got)
		}
	}
}

// What writers pick for a question may stand on the same page. What is not there is named to whoever edits, with its line.
func TestPickedForAQuestion(t *testing.T) {
	const text = "---\nquestions:\n  how-long:\n    related:\n      - \"#how-hot\"\n      - stew#how-much-salt\n      - nowhere#x\n      - \"[[Stew#no-such]]\"\n      - \"#nor-this\"\n---\n# Broth\n\n## How long?\n\nHours.\n\n## How hot?\n\nBarely.\n"
	h := build(t, files("index.md", "# Kitchen\n", "broth.md", text, "stew.md", "# Stew\n\n## How much salt?\n\nLittle.\n"))
	h.get("/wiki/broth")
	h.settle()
	if got, want := relatedOf(t, h.get("/wiki/broth")), "/wiki/broth#how-hot|How hot?\n/wiki/stew#how-much-salt|How much salt?|Stew\n/wiki/stew#no-such|Stew"; got != want {
		t.Errorf("below the page:\n%s\nwant\n%s", got, want)
	}
	for _, r := range []reply{h.get("/edit/broth"), h.post("/edit/broth", "base", h.head(), "source", text, "action", "preview")} {
		body := html.UnescapeString(r.want(t, 200).body)
		for _, line := range []string{
			`Line 7: There is no page “nowhere”, which related names.`,
			`Line 8: The page “Stew” has no question or heading with the address "no-such", which related names.`,
			`Line 9: No question or heading of this page has the address "nor-this" that related names.`,
		} {
			if !strings.Contains(tagged.ReplaceAllString(body, ""), line) {
				t.Errorf("%s is not in\n%s", line, body)
			}
		}
		if strings.Contains(body, "how-much-salt\", which") {
			t.Error("a question that is there is named")
		}
	}
}

// tagged is what stands between the words of a page.
var tagged = regexp.MustCompile(`<[^>]*>`)

// A page in the cache is sent as it is until its related questions are others, and then it is put together again though no
// page has changed since: the index follows behind the commit.
func TestCachedPageFollowsItsRelatives(t *testing.T) {
	h := build(t, files(kitchen...))
	h.get("/wiki/bread")
	h.settle()
	before := h.get("/wiki/bread").want(t, 200, "Do rolls need yeast?")
	cached := func() *cachedPage {
		t.Helper()
		c, ok := h.pages.GetIfPresent("/wiki/bread")
		if !ok {
			t.Fatal("the page is not in the cache")
		}
		return c
	}
	page := cached()
	if !page.checked.Load().holds(h.generation().commits()) {
		t.Fatal("the page is not sent from the cache")
	}

	h.post("/edit/bicycle", "base", h.head(), "source", "# Mending a bicycle\n\nFind the hole.\n").want(t, 303)
	h.settle()
	if again := h.get("/wiki/bread"); again.header.Get("Etag") != before.header.Get("Etag") || cached() != page {
		t.Error("the edit of another subject had the page rendered again")
	}

	h.post("/edit/moon", "source", "# Moon\n\n## Does dough rise on the moon?\n\nFlour, yeast, salt and water: in an oven without air the dough does not rise.\n").want(t, 303)
	h.settle()
	h.get("/wiki/bread").want(t, 200, "Does dough rise on the moon?")
	if cached() == page {
		t.Error("the page in the cache is the old one")
	}
	if !cached().checked.Load().holds(h.generation().commits()) {
		t.Error("it is not sent from the cache")
	}

	h.post("/delete/moon", "base", h.head()).want(t, 303)
	if body := h.get("/wiki/bread").body; strings.Contains(body, "moon") {
		t.Error("a page that is gone is shown, before the index knows")
	}
	h.settle()
	h.get("/wiki/bread").want(t, 200, "Do rolls need yeast?")
}

func TestSuggestionsSayWhereTheyLead(t *testing.T) {
	h := build(t, files(kitchen...))
	for query, want := range map[string]string{
		"do rolls":     `["do rolls",["Do rolls need yeast?"],["Rolls"],["/wiki/rolls#do-rolls-need-yeast"]]`,
		"bake without": `["bake without",["Do rolls need yeast?"],["also asked: can I bake without it · Rolls"],["/wiki/rolls#do-rolls-need-yeast"]]`,
		"piza":         `["piza",["Pizza","Which flour is best for pizza dough?"],["","Pizza"],["/wiki/pizza","/wiki/pizza#which-flour-is-best-for-pizza-dough"]]`,
		"qwrtzpfm":     `["qwrtzpfm",[],[],[]]`,
		"%20":          `[" ",[],[],[]]`,
	} {
		got := h.get("/suggest?q=" + strings.ReplaceAll(query, " ", "%20"))
		var a, b any
		if err := json.Unmarshal([]byte(got.body), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &b); err != nil {
			t.Fatal(err)
		}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if string(x) != string(y) {
			t.Errorf("%q:\ngot  %s\nwant %s", query, x, y)
		}
	}
}

// TestOpenSearchKeepsItsLimits: the description is found from every page, and its texts are no longer than OpenSearch 1.1
// admits, whatever the wiki is called.
func TestOpenSearchKeepsItsLimits(t *testing.T) {
	for name, short := range map[string]string{
		"": "Home of good", "FAQ": "FAQ", "Ein-Wort-das-nicht-endet": "Ein-Wort-das-nic", "  Two\n words & more of them  ": "Two words & more",
		strings.Repeat("é", 3000): strings.Repeat("é", 16), "1234567890123456": "1234567890123456", "123456789012345 6": "123456789012345",
	} {
		h := build(t, files(kitchen...), func(c *Config) { c.Name = name })
		h.get("/wiki/bread").want(t, 200, `rel="search" href="/opensearch.xml" type="application/opensearchdescription+xml"`)
		var d openSearch
		if err := xml.Unmarshal([]byte(h.get("/opensearch.xml").want(t, 200).body), &d); err != nil {
			t.Fatal(err)
		}
		if d.ShortName != short {
			t.Errorf("%.40q: ShortName %q, want %q", name, d.ShortName, short)
		}
		for what, n := range map[string][2]int{"ShortName": {utf8.RuneCountInString(d.ShortName), 16}, "LongName": {utf8.RuneCountInString(d.LongName), 48}, "Description": {utf8.RuneCountInString(d.Description), 1024}} {
			if n[0] == 0 || n[0] > n[1] {
				t.Errorf("%.40q: %s has %d characters", name, what, n[0])
			}
		}
		for _, u := range d.URLs {
			if u.Rel != "self" && !strings.Contains(u.Template, "{searchTerms}") || !strings.HasPrefix(u.Template, "http://") {
				t.Errorf("%+v", u)
			}
		}
		h.get(strings.TrimPrefix(d.Image.Address, h.url)).want(t, 200)
	}
}

// What front matter says of a single question comes first, under the question's own text.
func TestRelatedOfAQuestion(t *testing.T) {
	h := build(t, files(append(slices.Clone(kitchen), "tea.md", "---\nquestions:\n  how-long:\n    related: [\"bicycle#how-do-i-patch-a-tyre\", nowhere, \"#how-long\", pizza]\n---\n\n# Tea\n\n## How long?\n\nFour minutes.\n")...))
	h.get("/wiki/tea")
	h.settle()
	if got, want := relatedOf(t, h.get("/wiki/tea")), "/wiki/bicycle#how-do-i-patch-a-tyre|How do I patch a tyre?|Mending a bicycle\n/wiki/pizza|Pizza"; !strings.HasPrefix(got, want) {
		t.Errorf("below tea:\n%s", got)
	}
}
