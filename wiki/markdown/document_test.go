package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestDocument(t *testing.T) {
	source := "---\ntitle: Communities\nlang: en\nkeywords: [a, b]\n---\n" +
		"# Communities?\n\n<!-- hidden -->\n\nThe *first* words &amp; more,\non two lines.[^1]\n\n" +
		"## What is it?\n\nA [group](Other.md#part) of people.\n\n- one\n- [[Two]]\n\n### More\n\nStill the answer.\n\n" +
		"## Figures\n\n| a | b |\n|---|---|\n| 1 | ![pic](img/p.png) |\n\n" +
		"Discussion\n----------\n\n### Who takes part\n\nEverybody.\n\n#### In detail\n\nx\n\n### Why?\n\n```go\ncode()\n```\n\n" +
		"[^1]: A note with https://example.org/.\n"
	d := Parse([]byte(source), Options{QuestionSections: []string{" discussion "}})
	if d.Title != "Communities" || d.Lang != "en" || source[d.Body:d.Body+2] != "# " {
		t.Errorf("title %q, lang %q, body %d", d.Title, d.Lang, d.Body)
	}
	if d.Lead != "The first words & more, on two lines." {
		t.Errorf("lead %q", d.Lead)
	}
	var outline []string
	for _, h := range d.Outline {
		section := source[h.Start:h.SectionEnd]
		last := strings.TrimSpace(section)
		last = last[strings.LastIndexByte(last, '\n')+1:]
		outline = append(outline, fmt.Sprintf("%d %s %q ends with %q", h.Level, h.Anchor, source[h.Start:h.End], last))
	}
	want := []string{
		`1 communities "# Communities?\n" ends with "[^1]: A note with https://example.org/."`,
		`2 what-is-it "## What is it?\n" ends with "Still the answer."`,
		`3 more "### More\n" ends with "Still the answer."`,
		`2 figures "## Figures\n" ends with "| 1 | ![pic](img/p.png) |"`,
		`2 discussion "Discussion\n----------\n" ends with "[^1]: A note with https://example.org/."`,
		`3 who-takes-part "### Who takes part\n" ends with "x"`,
		`4 in-detail "#### In detail\n" ends with "x"`,
		`3 why "### Why?\n" ends with "[^1]: A note with https://example.org/."`,
	}
	if !slices.Equal(outline, want) {
		t.Errorf("outline\n%s", strings.Join(outline, "\n"))
	}
	var questions []string
	for _, q := range d.Questions {
		questions = append(questions, fmt.Sprintf("%s: %q", q.Anchor, q.Answer))
	}
	want = []string{
		`communities: "The first words & more, on two lines."`,
		`what-is-it: "A group of people.\n\none\nTwo\n\nMore\n\nStill the answer.\n\nFigures\n\na b\n1 pic\n\nDiscussion"`,
		`who-takes-part: "Everybody.\n\nIn detail\n\nx"`,
		`why: "code()"`,
	}
	want[1] = `what-is-it: "A group of people.\n\none\nTwo\n\nMore\n\nStill the answer."`
	if !slices.Equal(questions, want) {
		t.Errorf("questions\n%s", strings.Join(questions, "\n"))
	}
	var links []string
	for _, l := range d.Links {
		links = append(links, fmt.Sprintf("%v %s#%s %q at %q", l.Kind, l.Target, l.Fragment, l.Text, source[l.Start:l.Start+2]))
	}
	want = []string{
		`page Other#part "group" at "[g"`,
		`page Two# "Two" at "[["`,
		`file img/p.png# "pic" at "!["`,
		`external https://example.org/# "https://example.org/" at "ht"`,
	}
	want[0] = `page Other.md#part "group" at "[g"`
	if !slices.Equal(links, want) {
		t.Errorf("links\n%s", strings.Join(links, "\n"))
	}
	if !strings.HasPrefix(d.Text, "Communities?\n\nThe first words & more, on two lines.\n\nWhat is it?\n\nA group") || !strings.HasSuffix(d.Text, "A note with https://example.org/.") {
		t.Errorf("text %q", d.Text)
	}
	if start, end, ok := d.Section("more"); !ok || source[start:end] != "### More\n\nStill the answer.\n\n" {
		t.Errorf("section %q", source[start:end])
	}
	if _, _, ok := d.Section("nowhere"); ok {
		t.Error("a section that is not there")
	}
	if len(d.Problems) > 0 {
		t.Errorf("problems %v", d.Problems)
	}
}

func TestTitle(t *testing.T) {
	for source, want := range map[string][2]string{
		"# One\n\ntext":                        {"One", "<p dir=\"auto\">text</p>\n"},
		"text\n\n# One":                        {"One", "<p dir=\"auto\">text</p>\n"},
		"## Two":                               {"", `<h2 id="two" dir="auto">Two<a class="anchor" href="#two" aria-label="Link to: Two"></a></h2>` + "\n"},
		"---\ntitle: One\n---\n# One\n":        {"One", ""},
		"---\ntitle: Other\n---\n# One\n":      {"Other", `<h1 id="one" dir="auto">One<a class="anchor" href="#one" aria-label="Link to: One"></a></h1>` + "\n"},
		"> # Quoted\n\n# [One](x.md) `code`\n": {"One code", "<blockquote dir=\"auto\">\n<h1 id=\"quoted\">Quoted<a class=\"anchor\" href=\"#quoted\" aria-label=\"Link to: Quoted\"></a></h1>\n</blockquote>\n"},
	} {
		d := Parse([]byte(source), Options{})
		if got := string(d.HTMLWithoutTitle(nil)); d.Title != want[0] || got != want[1] {
			t.Errorf("%q: title %q, html %q", source, d.Title, got)
		}
	}
}

func TestIDPrefix(t *testing.T) {
	html := string(Parse([]byte("# A\n\nx[^1]\n\n[^1]: note\n"), Options{IDPrefix: "old-"}).HTML(nil))
	for _, want := range []string{`id="a"`, `id="old-fnref:1"`, `href="#old-fn:1"`, `id="old-fn:1"`, `href="#old-fnref:1"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not in %s", want, html)
		}
	}
}

func TestBrokenUTF8(t *testing.T) {
	d := Parse([]byte("# A\xff\n\nb\xc3(\n"), Options{})
	html := string(d.HTML(nil))
	if !utf8.ValidString(html) || !utf8.ValidString(d.Text) || d.Title != "A\uFFFD" || !strings.Contains(html, "b\uFFFD(") {
		t.Errorf("title %q text %q html %q", d.Title, d.Text, html)
	}
	if len(d.Problems) != 1 || d.Problems[0].Line != 1 {
		t.Errorf("problems %v", d.Problems)
	}
}

func TestNilResolverCannotBeFooled(t *testing.T) {
	for _, source := range []string{"[a](javascript%3Aalert(1))", "[[javascript:alert(1)]]", "[a](%6aavascript%3aalert(1))", "[a](/%2Fevil.example)", "[a](%5C%5Cevil.example/x)"} {
		html := string(Parse([]byte(source), Options{}).HTML(nil))
		if why := unsafeHTML(html); why != "" || strings.Contains(html, `"//`) || strings.Contains(html, `"/\`) {
			t.Errorf("%s gives %s: %s", source, html, why)
		}
	}
}

// evilResolver answers with what must not be followed.
type evilResolver struct{}

func (evilResolver) Resolve(Link) Target {
	return Target{URL: "java\nscript:alert(1)", Title: `"><script>`}
}

func TestResolverIsNotTrusted(t *testing.T) {
	html := string(Parse([]byte("[a](b.md) [[c]] ![d](e.png)"), Options{}).HTML(evilResolver{}))
	if why := unsafeHTML(html); why != "" {
		t.Errorf("%s: %s", why, html)
	}
}

func TestBlocks(t *testing.T) {
	for source, want := range map[string]string{
		"# A\n\ntext\nmore\n\n\n- a\n  b\n\n- c\n  - d\n":          "0 heading # A| 0 paragraph text~more| 0 list - a~  b~~- c~  - d| 1 item - a~  b| 1 item - c~  - d| 2 list   - d| 3 item   - d|",
		"---\na: b\n---\n\nA\n===\n":                               "0 frontmatter ---~a: b~---| 0 heading A~===|",
		"| a |\n|---|\n| b |\n| c |\n\ntext":                       "0 table | a |~|---|~| b |~| c || 1 row | a |~|---|| 1 row | b || 1 row | c || 0 paragraph text",
		"text\n| a |\n|---|\n| b |\n":                              "0 paragraph text| 0 table | a |~|---|~| b || 1 row | a |~|---|| 1 row | b ||",
		"> - a\n> - b\n>\n> c\n\nd":                                "0 quote > - a~> - b~>~> c| 1 list - a~> - b| 2 item - a| 2 item - b| 0 paragraph d",
		"- - a\n  - b\n":                                           "0 list - - a~  - b| 1 item - - a~  - b| 2 list - a~  - b| 3 item - a| 3 item   - b|",
		"a[^1]\n\n[^1]: b\n\n    c\n\n[^2]: unused\n\n[r]: s\n\nd": "0 paragraph a[^1]| 0 footnote [^1]: b~~    c| 0 footnote [^2]: unused| 0 reference [r]: s| 0 paragraph d",
		"Term\n: one\n\n```\ncode\n\n```\n***\n<div>\n</div>\n":    "0 definition Term~: one| 0 code ```~code~~```| 0 rule ***| 0 html <div>~</div>|",
		"> [!NOTE]\n> a\n\n    code\n\n    more\n":                 "0 callout > [!NOTE]~> a| 0 code     code~~    more|",
		"a\r\n\r\n- b\r\n- c\r\n":                                  "0 paragraph a`| 0 list - b`~- c`| 1 item - b`| 1 item - c`|",
		"":                                                         "",
	} {
		d := Parse([]byte(source), Options{})
		var b strings.Builder
		for _, block := range d.Blocks {
			text := source[block.Start:block.End]
			if rest, ok := strings.CutSuffix(text, "\n"); ok {
				text = rest + "|"
			}
			fmt.Fprintf(&b, "%d %s %s ", block.Level, block.Kind, strings.NewReplacer("\n", "~", "\r", "`").Replace(text))
		}
		if got := strings.TrimSpace(b.String()); got != want {
			t.Errorf("%q:\n%s\nwanted\n%s", source, got, want)
		}
		checkDocument(t, d)
	}
}

// checkDocument holds what is true of every document.
func checkDocument(t *testing.T, d *Document) {
	t.Helper()
	n := len(d.Source)
	end, top := 0, 0
	var open []Block
	for i, b := range d.Blocks {
		if b.Start < 0 || b.End > n || b.Start >= b.End {
			t.Fatalf("block %+v of %d bytes", b, n)
		}
		if i > 0 && b.Start < d.Blocks[i-1].Start {
			t.Fatalf("block %+v stands before %+v", b, d.Blocks[i-1])
		}
		for len(open) > 0 && open[len(open)-1].Level >= b.Level {
			if open[len(open)-1].End > b.Start {
				t.Fatalf("block %+v reaches into %+v", open[len(open)-1], b)
			}
			open = open[:len(open)-1]
		}
		if len(open) > 0 && b.End > open[len(open)-1].End {
			t.Fatalf("block %+v does not lie in %+v", b, open[len(open)-1])
		}
		open = append(open, b)
		if b.Level == 0 {
			if gap := d.Source[end:b.Start]; len(bytes.Trim(gap, " \t\r\n\v\f\x00\ufeff")) > 0 && end >= d.Body {
				t.Fatalf("%q lies in no block, before %+v", gap, b)
			}
			end = b.End
			top++
		}
	}
	if gap := d.Source[max(end, d.Body):d.rest]; len(bytes.TrimSpace(gap)) > 0 {
		t.Fatalf("%q lies in no block, at the end", gap)
	}
	seen := map[string]bool{}
	for i, h := range d.Outline {
		if h.Start < d.Body || h.End <= h.Start || h.SectionEnd < h.End || h.SectionEnd > n || h.Anchor == "" || seen[h.Anchor] {
			t.Fatalf("heading %+v", h)
		}
		if i > 0 && h.Start < d.Outline[i-1].End {
			t.Fatalf("heading %+v begins before the end of %+v", h, d.Outline[i-1])
		}
		seen[h.Anchor] = true
	}
	checkQuestions(t, d)
	for _, l := range d.Links {
		if l.Start < d.Body || l.Start >= n {
			t.Fatalf("link %+v", l)
		}
	}
	if !utf8.ValidString(d.Text) || !utf8.ValidString(d.Title) || len(d.Lead) > MaxLead {
		t.Fatalf("text %q, title %q, lead %q", d.Text, d.Title, d.Lead)
	}
	lines := 1 + bytes.Count(d.Source, []byte{'\n'})
	for _, p := range d.Problems {
		if p.Line < 1 || p.Line > lines || p.Text == "" {
			t.Fatalf("problem %+v of %d lines", p, lines)
		}
	}
}

// checkQuestions holds what is true of every document's questions.
func checkQuestions(t *testing.T, d *Document) {
	t.Helper()
	numbered := 0
	for i, h := range d.Outline {
		if !h.Numbered {
			continue
		}
		numbered++
		if h.Start > 0 && d.Source[h.Start-1] != '\n' && h.Start > skipBOM(d.Source) {
			t.Fatalf("the question %+v begins within a line", h)
		}
		if i+1 < len(d.Outline) && h.SectionEnd > d.Outline[i+1].Start {
			t.Fatalf("the question %+v reaches into %+v", h, d.Outline[i+1])
		}
		if start, end, ok := d.Section(h.Anchor); !ok || start != h.Start || end != h.SectionEnd {
			t.Fatalf("the section of %+v is %d to %d", h, start, end)
		}
	}
	own := d.OwnTexts()
	if len(own) != len(d.Outline)+1 {
		t.Fatalf("%d texts for %d headings", len(own), len(d.Outline))
	}
	for i, q := range d.Questions {
		if q.Start < d.Body || q.End <= q.Start || q.End > len(d.Source) || !utf8.ValidString(q.Answer) {
			t.Fatalf("question %+v", q)
		}
		if i > 0 && q.Start < d.Questions[i-1].End {
			t.Fatalf("the question %+v begins before the end of %+v", q, d.Questions[i-1])
		}
		at := slices.IndexFunc(d.Outline, func(h Heading) bool { return h.Anchor == q.Anchor })
		if at < 0 || d.Outline[at].Start != q.Start || d.Outline[at].Text != q.Text {
			t.Fatalf("the question %+v is not in the outline", q)
		}
		if d.Outline[at].Numbered {
			numbered--
			if q.Answer == "" || q.End != d.Outline[at].SectionEnd || !strings.HasPrefix(own[at+1], q.Answer) {
				t.Fatalf("the answer of %+v, of which %q is its own", q, own[at+1])
			}
		}
	}
	if numbered != 0 {
		t.Fatalf("%d numbered questions are none", numbered)
	}
	words := strings.Join(strings.Fields(d.Text), " ")
	for _, text := range own { // nothing is made up, and each is in order but for what stands behind the last of a series
		for part := range strings.SplitSeq(text, "\n\n") {
			if part = strings.Join(strings.Fields(part), " "); !strings.Contains(words, part) {
				t.Fatalf("%q is not in %q", part, words)
			}
		}
	}
}

func TestRealPages(t *testing.T) {
	for _, p := range realPages(t) {
		d := Parse(p.Source, Options{})
		checkDocument(t, d)
		checkCover(t, p.Source, SplitBlocks(p.Source))
		html := string(d.HTML(wikiResolver{}))
		if why := unsafeHTML(html); why != "" {
			t.Errorf("%s: %s", p.Name, why)
		}
		if len(d.Problems) > 0 {
			t.Errorf("%s: %v", p.Name, d.Problems)
		}
	}
}

func TestFrontMatter(t *testing.T) {
	d := Parse([]byte("---\n# a comment\ntitle: 2024\nlang: pt-BR\nkeywords: one, two ,one\naliases:\n  - Old\n  - Older\nasked_as:\n  text: [How, \"Why, then\"]\n  who: Who, me?\n"+
		"participants:\n- Ann\n- {name: Bob, part: facilitator}\n- Cy: summary\nreview_by: 2026-03-31\nform: faq\nredirect_to: Other\ntranslation_of: en/Page\nunknown: {a: [1]}\n---\n# Text\n\n## Who?\n"), Options{})
	f := d.FrontMatter
	if f.Title != "2024" || f.Lang != "pt-BR" || !slices.Equal(f.Keywords, []string{"one", "two"}) || !slices.Equal(f.Aliases, []string{"Old", "Older"}) ||
		!slices.Equal(f.AskedAs["text"], []string{"How", "Why, then"}) || !slices.Equal(f.AskedAs["who"], []string{"Who, me?"}) ||
		!slices.Equal(f.Participants, []Participant{{"Ann", ""}, {"Bob", "facilitator"}, {"Cy", "summary"}}) ||
		!f.ReviewBy.Equal(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)) || f.Form != "faq" || f.RedirectTo != "Other" || f.TranslationOf != "en/Page" {
		t.Errorf("%+v", f)
	}
	if len(d.Problems) > 0 {
		t.Errorf("problems %v", d.Problems)
	}
}

func TestBrokenFrontMatter(t *testing.T) {
	long := strings.Repeat("k: v\n", MaxFrontMatter/5+10)
	for source, line := range map[string]int{
		"---\ntitle: What: is it\n---\nText\n":                                       2,
		"---\ntitle: x\nkeywords: [a, b\n---\nText\n":                                3,
		"---\ntitle: \"open\nb: c\n---\nText\n":                                      3,
		"---\ntitle: x\n\tb: c\n---\nText\n":                                         3,
		"---\ntitle: [a]\n---\nText\n":                                               2,
		"---\na: &x y\nb: *x\n---\nText\n":                                           3,
		"---\na: *nothing\n---\nText\n":                                              2,
		"---\ntitle: x\nlang: not a language\n---\nText":                             3,
		"---\nreview_by: soon\n---\nText":                                            2,
		"---\nparticipants: Ann\n---\nText":                                          2,
		"---\nasked_as: x\n---\nText":                                                2,
		"---\nasked_as:\n  text: [a]\n  b: [c]\n---\n# Text":                         4,
		"---\nquestions: x\n---\nText":                                               2,
		"---\nquestions:\n  text:\n    - a\n---\n# Text":                             4,
		"---\nquestions:\n  text:\n    keywords: {a: b}\n---\n# Text":                4,
		"---\nquestions:\n  text:\n    asked_as: {a: b}\n---\n# Text":                4,
		"---\nquestions:\n  text:\n    related:\n      - a\n      - #b\n---\n# Text": 6,
		"---\nquestions:\n  text:\n    related: {a: b}\n---\n# Text":                 4,
		"---\nquestions:\n  text:\n    review_by: soon\n---\n# Text":                 4,
		"---\nquestions:\n  txet:\n    keywords: a\n---\n# Text":                     3,
		"---\n{a: [}\n---\nText":                                                     2,
		"---\ntitle: x\nlang: en\ntitle: y\n---\nText":                               4,
		"---\nx: a\nx: b\n---\nText":                                                 3,
		"---\nquestions:\n  text: {keywords: a}\n  text: {keywords: b}\n---\n# Text": 4,
		"---\nquestions:\n  text:\n    related: a\n    related: b\n---\n# Text":      5,
		"---\ntitle: never closed\n\nText":                                           1,
		"---\n" + long + "---\nText":                                                 1,
		"---\na: " + strings.Repeat("[", 20000) + "\n---\nText":                      2,
	} {
		d := Parse([]byte(source), Options{})
		if len(d.Problems) == 0 || d.Problems[0].Line != line {
			t.Errorf("%.40q: problems %v, wanted line %d", source, d.Problems, line)
		}
		if !strings.Contains(string(d.HTML(nil)), "Text") {
			t.Errorf("%.40q: the page is not shown", source)
		}
		checkDocument(t, d)
	}
	// How people ask for a page may stand under its title, though no heading says that.
	for said, faults := range map[string]int{"asked_as:\n  how-many: what number": 0, "asked_as:\n  how-much: what number": 1, "questions:\n  how-many: {keywords: a}": 1} {
		if d := Parse([]byte("---\ntitle: How many?\n"+said+"\n---\nText"), Options{}); len(d.Problems) != faults {
			t.Errorf("%q: problems %v", said, d.Problems)
		}
	}
	// What begins with a rule is no front matter, and no fault.
	for _, source := range []string{"---\n\nText\n\n---\n", "---\nText here: it is\n---\n", "----\na: b\n----\n", "---\n---\nText"} {
		if d := Parse([]byte(source), Options{}); len(d.Problems) > 0 || d.Title != "" {
			t.Errorf("%q: %v", source, d.Problems)
		}
	}
}

func TestSetFrontMatter(t *testing.T) {
	for _, c := range [][4]string{
		{"", "title", "A", "---\ntitle: A\n---\n"},
		{"Text\r\n", "title", "A", "---\r\ntitle: A\r\n---\r\nText\r\n"},
		{"---\na: 1\n# c\n---\nText", "title", "A: b", "---\na: 1\n# c\ntitle: \"A: b\"\n---\nText"},
		{"---\na: 1\ntitle: x # why\nb: 2\n---\n", "title", "z", "---\na: 1\ntitle: z\nb: 2\n---\n"},
		{"---\nkeywords:\n- a\n\n- b\n\nb: 2\n---\n", "keywords", "c", "---\nkeywords: c\n\nb: 2\n---\n"},
		{"---\ntext: |\n  a\n\n  b\nb: 2\n---\n", "text", "", "---\nb: 2\n---\n"},
		{"---\na: 1\n...\nText", "a", "true", "---\na: \"true\"\n...\nText"},
		{"Text", "title", "", "Text"},
		{"Text", "bad key", "x", "Text"},
		{"\ufeffText", "title", "A", "\ufeff---\ntitle: A\n---\nText"},
	} {
		if got := string(SetFrontMatter([]byte(c[0]), c[1], c[2])); got != c[3] {
			t.Errorf("SetFrontMatter(%q, %q, %q) = %q, wanted %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

func FuzzFrontMatter(f *testing.F) {
	f.Add([]byte("---\na: 1\ntitle: x\n---\nText"), "title", "a value")
	f.Add([]byte("Text"), "k", "- no # list")
	f.Add([]byte("---\r\ntitle:\r\n- a\r\n---\r\n"), "title", "\u0085\"\\\n")
	f.Fuzz(func(t *testing.T, source []byte, key, value string) {
		got := SetFrontMatter(source, key, value)
		if !isKey(key) {
			if !bytes.Equal(got, source) {
				t.Fatalf("changed by the key %q", key)
			}
			return
		}
		// The new line taken out, and the lines of the key taken out of the old: the same bytes.
		start, end, body, ok := splitFrontMatter(source)
		s2, e2, b2, ok2 := splitFrontMatter(got)
		if value == "" {
			if len(got) > len(source) {
				t.Fatalf("%q grew to %q", source, got)
			}
			return
		}
		if !bytes.Equal(got[b2:], source[body:]) && ok2 {
			t.Fatalf("the body of %q became %q", source, got)
		}
		if !ok {
			return
		}
		from, to := keyLines(source, start, end, key)
		from2, to2 := keyLines(got, s2, e2, key)
		if ok2 && from == from2 && !bytes.Equal(slices.Concat(source[:from], source[to:]), slices.Concat(got[:from2], got[to2:])) {
			t.Fatalf("%q became %q", source, got)
		}
		// What was set is read back, if the rest can be read.
		if key == "form" && ok2 && utf8.ValidString(value) {
			before, after := Parse(source, Options{}), Parse(got, Options{})
			if len(before.Problems) == 0 && len(after.Problems) == 0 && after.FrontMatter.Form != value {
				t.Fatalf("%q reads %q", got, after.FrontMatter.Form)
			}
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, source := range goldenSources(f) {
		f.Add([]byte(source))
	}
	for _, p := range realPages(f)[:min(5, len(realPages(f)))] {
		f.Add(p.Source)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		d := Parse(source, Options{QuestionSections: []string{"a"}})
		checkDocument(t, d)
		html := string(d.HTML(wikiResolver{}))
		if why := unsafeHTML(html); why != "" {
			t.Fatalf("%s:\n%s", why, html)
		}
		if html != string(d.HTML(wikiResolver{})) {
			t.Fatal("not the same twice")
		}
		for _, q := range d.Questions {
			if len(html) < MaxHTML && !strings.Contains(html, ` id="`+q.Anchor+`"`) {
				t.Fatalf("%q is nowhere in\n%s", q.Anchor, html)
			}
		}
	})
}
