package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"coppice/content"
	"coppice/wiki/markdown"
)

// nineQuestions is a page as people paste it from an older wiki: no Markdown was meant, and every way to answer is there.
const nineQuestions = `# Questions about our network

Members asked these over the years; whoever knows more should add it.

1. Why do gardeners form a community of practice?

- Because a trick that saves one of them a season of frost is worth telling.

2. Which members keep the seed library going?
- A librarian, two drivers, and whoever brings a jar.
- Nobody is paid.

3. How many allotments can one circle look after? - Around forty; beyond that the walks between sheds take longer than the digging.

4. Does every meeting need a minute taker? – Only those that decide about money.

5. **What happens when the founder moves abroad?**

The circle chooses a steward by lot. It did so in 2011, and the lot fell on a beekeeper.

6. Can quiet readers be useful?
Yes: they carry what they read into their own villages.

7. Where are the soil samples stored?
   In the cellar of the town hall, on the shelf marked *loam*.

8. When is the harvest survey sent round?

   Each October, with three reminders.

9. Does anyone have figures on who writes in such groups? Or a study?

- Two in a hundred write most of it; eighty mostly listen.

## Sources

The minutes of the circle.
`

// TestNinePastedQuestions: a page pasted from a wiki has nine addresses, nine hits, and nine questions for machines.
func TestNinePastedQuestions(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	h.post("/edit/circle", "source", strings.ReplaceAll(nineQuestions, "\n", "\r\n"), "action", "save").want(t, 303)
	h.settle()
	page := h.get("/wiki/circle").want(t, 200)
	anchors := map[string]string{ // query -> address of the hit
		"trick season frost":      "why-do-gardeners-form-a-community-of-practice",
		"librarian drivers jar":   "which-members-keep-the-seed-library-going",
		"walks between sheds":     "how-many-allotments-can-one-circle-look-after",
		"decide about money":      "does-every-meeting-need-a-minute-taker",
		"steward lot beekeeper":   "what-happens-when-the-founder-moves-abroad",
		"villages":                "can-quiet-readers-be-useful",
		"cellar town hall":        "where-are-the-soil-samples-stored",
		"october three reminders": "when-is-the-harvest-survey-sent-round",
		"eighty mostly listen":    "does-anyone-have-figures-on-who-writes-in-such-groups-or-a-study",
	}
	for query, anchor := range anchors {
		if n := strings.Count(page.body, ` id="`+anchor+`"`); n != 1 {
			t.Errorf("the id %s stands there %d times", anchor, n)
		}
		page.want(t, 200, `<a class="anchor" href="#`+anchor+`"`)
		hits := h.get("/search?q="+url.QueryEscape(query)).want(t, 200)
		if first := regexp.MustCompile(`href="(/wiki/circle[^"]*)"`).FindStringSubmatch(hits.body); first == nil || first[1] != "/wiki/circle#"+anchor {
			t.Errorf("%s: %v", query, first)
		}
		section := h.get("/edit/circle?section="+anchor).want(t, 200)
		if strings.Contains(section.body, "Members asked these") {
			t.Errorf("the editor of %s has the whole page", anchor)
		}
	}
	page.want(t, 200, `data-edit="/edit/circle?section="`)
	data := structuredIn(t, page.body)
	if why := unlawful(data, "FAQPage", 9); why != "" {
		t.Error(why)
	}
	doc := markdown.Parse([]byte(nineQuestions), markdown.Options{})
	if len(doc.Questions) != 9 || doc.Questions[8].Answer != "Two in a hundred write most of it; eighty mostly listen." || doc.Questions[5].Answer != "Yes: they carry what they read into their own villages." {
		t.Errorf("%+v", doc.Questions)
	}
	// A section is saved where it stood, and its old address still leads to it.
	base := h.head()
	h.post("/edit/circle", "base", base, "section", "can-quiet-readers-be-useful", "source", "6. Are silent readers of any use?\nYes: they carry what they read into their own villages.\n", "action", "save").want(t, 303)
	h.settle()
	h.get("/wiki/circle").want(t, 200, `<li id="are-silent-readers-of-any-use"><span id="can-quiet-readers-be-useful"></span>`, `id="where-are-the-soil-samples-stored"`)
	if r := h.get("/edit/circle?section=can-quiet-readers-be-useful"); r.header.Get("Location") != "/edit/circle?section=are-silent-readers-of-any-use" {
		t.Errorf("%d %s", r.status, r.header.Get("Location"))
	}
}

// TestNumberedQuestionBecomesAHeading: a question keeps its address when it becomes a heading.
func TestNumberedQuestionBecomesAHeading(t *testing.T) {
	h := build(t, files("p.md", "# P\n\n1. Who digs?\n   - We do.\n2. Who rests?\n   - Nobody.\n"))
	h.tell("# P\n\n## Who digs?\n\nWe do, all of us.\n\n## Who is allowed to rest?\n\nNobody.\n")
	h.get("/wiki/p").want(t, 200, `<h2 id="who-digs"`, `id="who-rests"`)
}

// structuredIn gives the JSON-LD of a page, or nil. It fails when a browser would see another script, or none that ends.
func structuredIn(t *testing.T, page string) map[string]any {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]any
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" {
			continue
		}
		src := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "src" })
		switch {
		case src && n.FirstChild == nil:
		case !src && len(n.Attr) == 1 && n.Attr[0].Val == "application/ld+json" && found == nil:
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &found); err != nil {
				t.Fatalf("%v in %s", err, n.FirstChild.Data)
			}
			if len(n.FirstChild.Data) > maxStructured+4096 {
				t.Errorf("%d bytes of structured data", len(n.FirstChild.Data))
			}
		default:
			t.Errorf("a script that should not be there: %v", n.Attr)
		}
	}
	return found
}

// invalid holds JSON-LD against what schema.org and Google ask of a FAQPage and a QAPage, and says what is wrong.
func unlawful(data map[string]any, kind string, questions int) string {
	if data["@context"] != "https://schema.org" || data["@type"] != kind {
		return fmt.Sprintf("%v of %v, want %s", data["@type"], data["@context"], kind)
	}
	allowed := []string{"@context", "@type", "name", "url", "inLanguage", "datePublished", "dateModified", "mainEntity"}
	if why := wrongFields(data, allowed, "name"); why != "" {
		return why
	}
	if kind == "QAPage" {
		q, ok := data["mainEntity"].(map[string]any)
		if !ok {
			return "the mainEntity of a QAPage is one Question"
		}
		if n, ok := q["answerCount"].(float64); !ok || n != 1 || q["text"] == "" {
			return fmt.Sprintf("answerCount %v, text %v", q["answerCount"], q["text"])
		}
		return invalidQuestion(q)
	}
	list, ok := data["mainEntity"].([]any)
	if !ok || len(list) != questions {
		return fmt.Sprintf("%d questions, want %d", len(list), questions)
	}
	for _, entry := range list {
		q, ok := entry.(map[string]any)
		if !ok {
			return "a mainEntity is no Question"
		}
		if why := invalidQuestion(q); why != "" {
			return why
		}
	}
	return ""
}

func invalidQuestion(q map[string]any) string {
	if q["@type"] != "Question" {
		return fmt.Sprintf("a %v for a question", q["@type"])
	}
	if why := wrongFields(q, []string{"@type", "name", "text", "url", "keywords", "answerCount", "datePublished", "dateModified", "acceptedAnswer"}, "name"); why != "" {
		return why
	}
	a, ok := q["acceptedAnswer"].(map[string]any)
	if !ok || a["@type"] != "Answer" {
		return fmt.Sprintf("%q has the answer %v", q["name"], q["acceptedAnswer"])
	}
	return wrongFields(a, []string{"@type", "text", "url"}, "text")
}

// wrongFields checks that fields are known, that texts are texts, days days and addresses whole, and that what must be there is.
func wrongFields(fields map[string]any, allowed []string, must ...string) string {
	for key, value := range fields {
		text, isText := value.(string)
		switch {
		case !slices.Contains(allowed, key):
			return fmt.Sprintf("unknown field %s", key)
		case key == "mainEntity" || key == "acceptedAnswer" || key == "answerCount":
		case !isText || strings.TrimSpace(text) == "":
			return fmt.Sprintf("%s is %v", key, value)
		case strings.HasPrefix(key, "date"):
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return err.Error()
			}
		case key == "url":
			if u, err := url.Parse(text); err != nil || u.Host == "" {
				return fmt.Sprintf("%s is no whole address", text)
			}
		}
	}
	for _, key := range must {
		if _, ok := fields[key]; !ok {
			return fmt.Sprintf("no %s in %v", key, fields)
		}
	}
	return ""
}

// TestStarterPagesForMachines: every page that a new wiki begins with says of itself what it is, in valid words.
func TestStarterPagesForMachines(t *testing.T) {
	h := build(t, content.FS(), func(c *Config) { c.BaseURL = "https://faq.example.org" })
	kinds := map[string]int{}
	for ref := range h.wiki.Head().Pages() {
		page := h.get(pageURL(ref.Path)).want(t, 200)
		source, err := h.wiki.Head().Page(ref.Path)
		if err != nil {
			t.Fatal(err)
		}
		questions := asked(markdown.Parse(source.Source, markdown.Options{QuestionSections: []string{"Discussions"}}))
		data := structuredIn(t, page.body)
		kind := "FAQPage"
		switch {
		case len(questions) == 0:
			if data != nil {
				t.Errorf("%s has no questions, and %v", ref.Path, data)
			}
			continue
		case len(questions) == 1:
			kind = "QAPage"
		}
		kinds[kind]++
		if why := unlawful(data, kind, len(questions)); why != "" {
			t.Errorf("%s: %s", ref.Path, why)
		}
		address := "https://faq.example.org" + pageURL(ref.Path)
		page.want(t, 200, `<link rel="canonical" href="`+address+`">`, `<meta property="og:url" content="`+address+`">`, `<meta property="og:type" content="article">`,
			`<meta property="og:locale" content="en_US">`, `<meta property="article:modified_time"`)
	}
	if kinds["FAQPage"] < 5 {
		t.Errorf("kinds: %v", kinds)
	}
}

// TestStructuredKinds: which page is what, and which says nothing.
func TestStructuredKinds(t *testing.T) {
	for _, c := range []struct {
		name, source, kind string
		questions          int
	}{
		{"no questions", "# Page\n\nWords.\n", "", 0},
		{"one", "# Page\n\n## Why?\n\nSo.\n", "QAPage", 1},
		{"the title asks", "# Why?\n\n## Introduction\n\nSo.\n", "QAPage", 1},
		{"the title in front matter asks", "---\ntitle: Why?\n---\nSo.\n\n## More\n\nMuch.\n", "QAPage", 1},
		{"that title, and another question", "---\ntitle: Why?\n---\nSo.\n\n## How?\n\nThus.\n", "FAQPage", 2},
		{"that title, not answered before the first", "---\ntitle: Why?\n---\n## How?\n\nThus.\n", "QAPage", 1},
		{"several", "# Page\n\n## Why?\n\nSo.\n\n## How?\n\nThus.\n", "FAQPage", 2},
		{"one has no answer", "# Page\n\n## Why?\n\n## How?\n\nThus.\n", "QAPage", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := markdown.Parse([]byte(c.source), markdown.Options{})
			text := structuredOf(doc, "Page", "", true).at(time.Time{}, time.Now())
			if c.kind == "" {
				if text != nil {
					t.Errorf("%s", text)
				}
				return
			}
			var data map[string]any
			if err := json.Unmarshal(text, &data); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if why := unlawful(data, c.kind, c.questions); why != "" {
				t.Error(why)
			}
			// On a copy nobody can add an answer.
			if err := json.Unmarshal(structuredOf(doc, "Page", "https://x.example/p", false).at(time.Now(), time.Now()), &data); err != nil {
				t.Fatal(err)
			}
			if why := unlawful(data, "FAQPage", c.questions); why != "" {
				t.Error(why)
			}
		})
	}
}

// TestHostileStructured: nothing that a writer types ends the element or the JSON.
func TestHostileStructured(t *testing.T) {
	const evil = "</script><script>alert(1)</script><!-- <script> --> \" ' \\\\ \u2028\u2029 &amp; ]]> ?"
	many := "# Many?\n\nx\n\n" + strings.Repeat("## "+strings.Repeat("<&>", 400)+"?\n\n"+strings.Repeat("\"<\u2028", 3000)+"\n\n", 40)
	h := build(t, files(
		"one.md", "---\ntitle: '"+strings.ReplaceAll(evil, "'", "''")+"'\nquestions:\n  x: {keywords: ['"+strings.ReplaceAll(evil, "'", "''")+"']}\n---\n"+evil+" `</script>`\n",
		"two.md", "# Page\n\n## `"+evil+"`\n\n`"+evil+"`\n\n1. `</script><!--`?\n- `</script><!--<script>`\n", "many.md", many, "picture.md", "# Page?\n\n![a \"b\" <c>](pic.png) ![x](https://example.org/y.png)\n", "pic.png", "\x89PNG",
	))
	for name, want := range map[string]struct {
		kind string
		n    int
	}{"one": {"QAPage", 1}, "two": {"QAPage", 1}} {
		if why := unlawful(structuredIn(t, h.get("/wiki/"+name).want(t, 200).body), want.kind, want.n); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
	data := structuredIn(t, h.get("/wiki/many").want(t, 200).body)
	if n := len(data["mainEntity"].([]any)); n < 2 || n > 39 {
		t.Errorf("%d questions", n)
	} else if why := unlawful(data, "FAQPage", n); why != "" {
		t.Error(why)
	}
	// Without an address of its own, the site names only what is whole anyway.
	page := h.get("/wiki/picture", "Host: evil.example").body
	if strings.Contains(page, "evil.example") || strings.Contains(page, "og:url") || !strings.Contains(page, `<meta property="og:image" content="https://example.org/y.png">`) || !strings.Contains(page, `<link rel="canonical" href="/wiki/picture">`) {
		t.Errorf("%.2000s", page)
	}
}

// TestOnlyTodaysPagesAreIntroduced: old versions, previews and errors say nothing to machines but to stay away.
func TestOnlyTodaysPagesAreIntroduced(t *testing.T) {
	h := build(t, files("p.md", "# Why?\n\nSo. ![a](https://example.org/y.png)\n"), func(c *Config) { c.BaseURL = "https://faq.example.org/" })
	rev := h.head()
	h.post("/edit/p", "base", rev, "source", "# Why?\n\nThus.\n", "action", "save").want(t, 303)
	h.settle()
	for _, r := range []reply{
		h.get("/wiki/p?rev="+rev).want(t, 200), h.get("/wiki/nothing").want(t, 404), h.get("/edit/p").want(t, 200), h.get("/history/p").want(t, 200),
		h.post("/edit/p", "base", h.head(), "source", "# Why?\n\nx\n", "action", "preview").want(t, 200),
	} {
		if !strings.Contains(r.body, `<meta name="robots" content="noindex, nofollow">`) || strings.Contains(r.body, "ld+json") || strings.Contains(r.body, "og:") {
			t.Errorf("%.1500s", r.body)
		}
	}
	h.get("/").want(t, 200, `<meta property="og:type" content="website">`, `<meta property="og:url" content="https://faq.example.org/">`)
	// The cached page is the same, whatever it is asked for as; and so is its fingerprint with the days.
	first, second := h.get("/wiki/p"), h.get("/wiki/p", "Host: other.example")
	if first.body != second.body || !strings.Contains(first.body, `"dateModified":"`) {
		t.Errorf("%.1500s", second.body)
	}
}

func TestLocale(t *testing.T) {
	for lang, want := range map[string]string{"en": "en_US", "pt-BR": "pt_BR", "pt": "pt_BR", "de": "de_DE", "zh-Hant": "zh_TW", "ar": "ar_EG", "es-419": "", "": "", "not a language": "", "xx": ""} {
		if got := locale(lang); got != want {
			t.Errorf("%q: %q, want %q", lang, got, want)
		}
	}
}
