package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNumberedQuestions: where each begins and ends, what it says, and what its answer is.
func TestNumberedQuestions(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         []string // "anchor|text|answer|source"
	}{
		{"lists between", "# T\n\nLead.\n\n1. What is it?\n- one\n- two\n\n2. How?\n- three\n\nAnd more.\n\n## Next\n\nx\n", []string{
			"what-is-it|What is it?|one\ntwo|1. What is it?\n- one\n- two\n\n",
			"how|How?|three\n\nAnd more.|2. How?\n- three\n\nAnd more.\n\n",
		}},
		{"within the items", "1. What?\n\n   One.\n\n2. How?\n   Two.\n\nEnd.\n", []string{
			"what|What?|One.|1. What?\n\n   One.\n\n",
			"how|How?|Two.|2. How?\n   Two.\n",
		}},
		{"some behind the items", "1. What?\nOne.\n\nMore.\n\n2. How?\nTwo.\n\nEnd.\n", []string{
			"what|What?|One.\n\nMore.|1. What?\nOne.\n\nMore.\n\n",
			"how|How?|Two.\n\nEnd.|2. How?\nTwo.\n\nEnd.\n",
		}},
		{"over two lines", "1. What is\n   it?\n   - One.\n2. **How**\n   much?\n   - Two.\n", []string{
			"what-is-it|What is it?|One.|1. What is\n   it?\n   - One.\n",
			"how-much|How much?|Two.|2. **How**\n   much?\n   - Two.\n",
		}},
		{"in one paragraph", "**Q1.** What?\nOne.\n**Q2.** How?\nTwo.\n", []string{
			"what|What?|One.|**Q1.** What?\nOne.\n",
			"how|How?|Two.|**Q2.** How?\nTwo.\n",
		}},
		{"one has no answer yet", "1. What?\n- One.\n2. How?\n3. Who?\n- Three.\n", []string{
			"what|What?|One.|1. What?\n- One.\n",
			"who|Who?|Three.|3. Who?\n- Three.\n",
		}},
		{"one does not ask", "1. What?\n- One.\n2. On tools\n- Two.\n3. Who?\n- Three.\n", []string{
			"what|What?|One.|1. What?\n- One.\n",
			"who|Who?|Three.|3. Who?\n- Three.\n",
		}},
		{"the same twice", "1. What?\n- One.\n2. What?\n- Two.\n", []string{
			"what|What?|One.|1. What?\n- One.\n",
			"what-1|What?|Two.|2. What?\n- Two.\n",
		}},
		{"all are number one", "1. What?\n\n- One.\n\n1. How?\n\n- Two.\n", []string{
			"what|What?|One.|1. What?\n\n- One.\n\n",
			"how|How?|Two.|1. How?\n\n- Two.\n",
		}},
		{"no spaces, escaped, in brackets", "1.What?\n\nOne.\n\n2\\. How?\n\nTwo.\n\n(3) Who?\n\nThree.\n\n4.1. Where?\n\nFour.\n", []string{
			"what|What?|One.|1.What?\n\nOne.\n\n",
			"how|How?|Two.|2\\. How?\n\nTwo.\n\n",
			"who|Who?|Three.|(3) Who?\n\nThree.\n\n",
			"where|Where?|Four.|4.1. Where?\n\nFour.\n",
		}},
		{"words of other languages", "Frage 1: Was?\n\nEins.\n\nQ2 Wie?\n\nZwei.\n\nВопрос 3. Кто?\n\nТри.\n", []string{
			"was|Was?|Eins.|Frage 1: Was?\n\nEins.\n\n",
			"wie|Wie?|Zwei.|Q2 Wie?\n\nZwei.\n\n",
			"кто|Кто?|Три.|Вопрос 3. Кто?\n\nТри.\n",
		}},
		{"answered on the same line", "1. Who takes part? - Everybody.\n\n2. **How** \\& why? – *So* &amp; so - and so.\n\n3. **Where?** — There.\n\n4. Now? Or when?\n\n- Now.\n", []string{
			"who-takes-part|Who takes part?|Everybody.|1. Who takes part? - Everybody.\n\n",
			"how--why|How & why?|So & so - and so.|2. **How** \\& why? – *So* &amp; so - and so.\n\n",
			"where|Where?|There.|3. **Where?** — There.\n\n",
			"now-or-when|Now? Or when?|Now.|4. Now? Or when?\n\n- Now.\n",
		}},
		{"answered behind a word for it", "Q: Who? A: Everybody. Why not?  Yes.\nQ: How? So?\nThus.\n\n问：谁？答：大家。\n", []string{
			"who|Who?|A: Everybody. Why not?  Yes.|Q: Who? A: Everybody. Why not?  Yes.\n",
			"how-so|How? So?|Thus.|Q: How? So?\nThus.\n\n",
			"谁|谁？|答：大家。|问：谁？答：大家。\n",
		}},
		{"none: dashes elsewhere", "1. Is it - in short - good? Yes.\n2. *Who? - You* and me.\n3. What - so? Ah. - No.\n", nil},
		{"the page's title asks", "# What is it?\n\nThis.\n\n1. Who?\n- One.\n2. How?\n- Two.\n", []string{
			"what-is-it|What is it?|This.|# What is it?\n\nThis.\n\n",
			"who|Who?|One.|1. Who?\n- One.\n",
			"how|How?|Two.|2. How?\n- Two.\n",
		}},
		{"lists in the answers", "**1. Who?**\n\n1. one?\n   Yes.\n2. two?\n   No.\n\n**2. How?**\n\n1. so\n", []string{
			"who|Who?|one? Yes.\ntwo? No.|**1. Who?**\n\n1. one?\n   Yes.\n2. two?\n   No.\n\n",
			"how|How?|so|**2. How?**\n\n1. so\n",
		}},
		{"one alone", "1. What?\n- One.\n", []string{"what|What?|One.|1. What?\n- One.\n"}},
		{"carriage returns", "1. What?\r\n- One.\r\n2. How?\r\nTwo.\r\n", []string{
			"what|What?|One.|1. What?\r\n- One.\r\n",
			"how|How?|Two.|2. How?\r\nTwo.\r\n",
		}},
		{"broken letters", "1. What\xff?\n- One\xff.\n2. How?\n- Two.\n", []string{
			"what|What\uFFFD?|One\uFFFD.|1. What\xff?\n- One\xff.\n",
			"how|How?|Two.|2. How?\n- Two.\n",
		}},
		{"none: steps", "1. Open it.\n   Wide.\n2. Is it full?\n   Empty it.\n3. Close it.\n   Well.\n", nil},
		{"none: no answers", "Ask:\n\n1. What?\n2. How?\n\nThen go.\n", nil},
		{"none: two lists without answers", "1. What?\n2. How?\n\nAnd:\n\n1. Who?\n2. Where?\n\nThen go.\n", nil},
		{"none: years", "2006. That was it, wasn't it?\n\nYes.\n", nil},
		{"none: figures", "1.5 million people came, didn't they?\n\nYes.\n", nil},
		{"none: only a mark", "1. ?\n- One.\n2. ??\n- Two.\n", nil},
		{"none: it tells, and asks at the end of its fourth line", "1. We met,\n   we spoke,\n   we ate, and\n   did we part?\n   Yes.\n", nil},
		{"none: other words", "Step 1: Ready?\n\nGo.\n\nStep 2: Steady?\n\nGo.\n", nil},
		{"none: beneath a question", "# T\n\n## What to ask?\n\n1. Who?\n   - One.\n2. How?\n   - Two.\n", []string{
			"what-to-ask|What to ask?|Who?\nOne.\nHow?\nTwo.|## What to ask?\n\n1. Who?\n   - One.\n2. How?\n   - Two.\n",
		}},
		{"none: quoted, tables, terms", "> 1. What?\n> - One.\n\n| 1. What? |\n|---|\n| One |\n\nQ1: What?\n: One.\n\n    1. What?\n    - One.\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Parse([]byte(c.source), Options{})
			checkDocument(t, d)
			var got []string
			for _, q := range d.Questions {
				got = append(got, fmt.Sprintf("%s|%s|%s|%s", q.Anchor, q.Text, q.Answer, c.source[q.Start:q.End]))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
			if why := unsafeHTML(string(d.HTML(nil))); why != "" {
				t.Error(why)
			}
		})
	}
}

// TestNumberedOutline: such questions are a level below their heading, and do not end its section.
func TestNumberedOutline(t *testing.T) {
	source := "Before.\n\n## A\n\nOne.\n\n1. What?\n   Two.\n2. How?\n   Three.\n\nFour.\n\n### B\n\nFive.[^1]\n\n1. Who?\n   Six.\n\nSeven.\n\n[^1]: Eight.\n"
	d := Parse([]byte(source), Options{})
	var got []string
	for i, h := range d.Outline {
		got = append(got, fmt.Sprintf("%d %s %q %q", h.Level, h.Anchor, source[h.Start:h.End], d.OwnTexts()[i+1]))
	}
	want := []string{
		`2 a "## A\n" "One.\n\nFour."`,
		`3 what "1. What?\n" "Two."`,
		`3 how "2. How?\n" "Three."`,
		`3 b "### B\n" "Five.\n\nSeven.\n\nEight."`,
		`4 who "1. Who?\n" "Six."`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if d.OwnTexts()[0] != "Before." || d.Outline[0].SectionEnd != len(source) || d.Outline[1].SectionEnd != d.Outline[2].Start {
		t.Errorf("%q %+v", d.OwnTexts()[0], d.Outline)
	}
}

func TestQuestionMatter(t *testing.T) {
	d := Parse([]byte("---\nkeywords: [page]\nasked_as:\n  what: What, then\nquestions:\n  what:\n    keywords: size, growth\n    asked_as: [What for, 'What, then']\n"+
		"    related:\n      - \"#how\"\n      - [[Other page#Part]]\n      - 'help/readers#who'\n      - '[[A|b]]'\n      - Other page#Part\n    review_by: 2027-06-30\n    votes: 3\n"+
		"  how: {related: [[Home]]}\n---\n1. What?\n   x\n2. How?\n   y\n"), Options{})
	if len(d.Problems) > 0 {
		t.Fatal(d.Problems)
	}
	q := d.Questions[0]
	if !slices.Equal(q.Keywords, []string{"size", "growth"}) || !slices.Equal(q.AskedAs, []string{"What, then", "What for"}) ||
		!slices.Equal(q.Related, []string{"#how", "Other page#Part", "help/readers#who", "A"}) || !q.ReviewBy.Equal(time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", q)
	}
	if how := d.Questions[1]; !slices.Equal(how.Related, []string{"Home"}) || how.Keywords != nil {
		t.Errorf("%+v", how)
	}
}

// TestFormerAnchorsOfNumbered: what a numbered question was called before leads to it.
func TestFormerAnchorsOfNumbered(t *testing.T) {
	d := Parse([]byte("1. What?\n   x\n2. How?\n   y\n\n# H\n\nQ: Who?\nA\nQ: Where?\nB\n"), Options{})
	html := string(d.HTML(keeper{"what": {"old-what", "how"}, "who": {"old-who"}, "where": {"old-where"}}))
	for _, want := range []string{
		`<li id="what"><span id="old-what"></span>What?`, `<p id="who" dir="auto"><span id="old-who"></span>Q: Who?`,
		`<span class="asks" id="where"></span><span id="old-where"></span>Q: Where?`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not in\n%s", want, html)
		}
	}
}

func TestOutlineLines(t *testing.T) {
	same := func(a, b string) bool { return string(OutlineLines([]byte(a))) == string(OutlineLines([]byte(b))) }
	const page = "# T\n\nWords.\n\n1. What is\n   it?\n   - One.\n\n**Q2: How?**\n\nTwo.\n\nH\n---\n"
	for _, change := range [][2]string{{"# T", "# U"}, {"What", "Which"}, {"it?", "that?"}, {"How", "Why"}, {"H\n", "G\n"}} {
		if same(page, strings.Replace(page, change[0], change[1], 1)) {
			t.Errorf("%q became %q", change[0], change[1])
		}
	}
	if !same(page, strings.NewReplacer("Words", "Others", "Two.", "Three.").Replace(page)) {
		t.Error("words of the text count")
	}
}

// keeper knows former anchors.
type keeper map[string][]string

func (keeper) Resolve(Link) Target                    { return Target{} }
func (k keeper) FormerAnchors(anchor string) []string { return k[anchor] }
