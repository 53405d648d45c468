package markdown

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const sampleForm = `---
title: FAQ page
about: One subject.
guide: Write short.
introduction: In short
required: [in short, Keywords, Sources]
length:
  In short: one or two paragraphs
  Keywords: three to six
  Discussions: so lang wie nötig
questions: Discussions
fields: [Keywords]
keywords: [draft]
---
<!-- Answer the
title. -->

## Keywords
<!-- Few. -->

## Discussions

<!-- Each a heading. -->

<!-- The answer first. -->

### Summary

Who said what.

## Sources
<!-- Author, year. -->
`

func TestParseForm(t *testing.T) {
	f := ParseForm([]byte(sampleForm))
	if len(f.Problems) > 0 || f.Title != "FAQ page" || f.About != "One subject." || f.Guide != "Write short." || !slices.Equal(f.Keywords, []string{"draft"}) {
		t.Errorf("%+v", f)
	}
	want := []FormSection{
		{Title: "In short", Slug: "in-short", Required: true, Length: Length{"one or two paragraphs", 1, Paragraphs}, Instruction: "Answer the title."},
		{Title: "Keywords", Slug: "keywords", Level: 2, Field: "keywords", Required: true, Length: Length{"three to six", 3, Entries}, Instruction: "Few."},
		{Title: "Discussions", Slug: "discussions", Level: 2, Questions: true, Length: Length{Hint: "so lang wie nötig"}, Instruction: "Each a heading.\nThe answer first."},
		{Title: "Summary", Slug: "summary", Level: 3, Text: "Who said what."},
		{Title: "Sources", Slug: "sources", Level: 2, Required: true, Instruction: "Author, year."},
	}
	if !slices.Equal(f.Sections, want) {
		t.Errorf("sections\n%+v, want\n%+v", f.Sections, want)
	}
	if got, want := f.Skeleton(), "\n\n## Discussions\n\n\n### Summary\n\nWho said what.\n\n## Sources\n\n\n"; got != want {
		t.Errorf("skeleton %q, want %q", got, want)
	}
	if got := f.QuestionSections(); !slices.Equal(got, []string{"Discussions"}) {
		t.Errorf("questions below %q", got)
	}
	if f := ParseForm([]byte("## Answer\n")); len(f.Sections) != 1 || f.Skeleton() != "\n## Answer\n\n\n" {
		t.Errorf("a form of one heading: %+v, %q", f.Sections, f.Skeleton())
	}
	french := ParseForm([]byte("---\nfields: {Mots-clés: keywords}\n---\n## Mots-clés\n"))
	if len(french.Problems) > 0 || french.Sections[0].Field != FieldKeywords {
		t.Errorf("a field of another name: %+v", french)
	}
}

// TestFormFaults holds that a fault names its line and leaves the rest of the form as it is.
func TestFormFaults(t *testing.T) {
	rest := "## Answer\n<!-- Short. -->\n"
	for _, c := range []struct {
		source string
		line   int
		says   string
	}{
		{"---\ntitle: [unclosed\n---\n" + rest, 2, "cannot be read"},
		{"---\ntitle: x\nrequired: [Answer, Sauces]\n---\n" + rest, 3, "no section “Sauces”"},
		{"---\nlength: long\n---\n" + rest, 2, "length must name sections"},
		{"---\nlength:\n  Answer: [1, 2]\n---\n" + rest, 3, "one line of text"},
		{"---\nrequired:\n  - Answer\n  - {a: b}\n---\n" + rest, 4, "list of sections"},
		{"---\nfields: [Answer]\n---\n" + rest, 2, "no “answer” in its front matter"},
		{"---\ntitle: &a x\nabout: *a\n---\n" + rest, 3, "refers to another value"},
		{"---\n- a\n---\n" + rest, 0, ""}, // no front matter: a line across, and text
		{"---\ntitle: x\n---\n" + rest + "\n## answer\n", 7, "a section “answer” already"},
		{"---\ntitle: x\n---\n" + rest + "\n<!-- Never\nends.\n", 7, "--> is missing"},
		{"---\ntitle: x\n---\n" + rest + "\xff\n", 6, "UTF-8"},
	} {
		f := ParseForm([]byte(c.source))
		if c.line == 0 {
			if len(f.Problems) > 0 {
				t.Errorf("%q: %v", c.source, f.Problems)
			}
		} else if len(f.Problems) == 0 || f.Problems[0].Line != c.line || !strings.Contains(f.Problems[0].Text, c.says) {
			t.Errorf("%q: %v, want line %d to say %q", c.source, f.Problems, c.line, c.says)
		}
		if i, ok := f.Section("answer"); !ok || !strings.HasPrefix(f.Sections[i].Instruction, "Short.") {
			t.Errorf("%q: the section is gone: %+v", c.source, f.Sections)
		}
	}
	unclosed := ParseForm([]byte("---\ntitle: x\n" + rest))
	if len(unclosed.Problems) != 1 || unclosed.Problems[0].Line != 1 || len(unclosed.Sections) > 0 {
		t.Errorf("front matter without an end: %+v", unclosed)
	}
}

// TestFormIsBounded holds that no form takes long or much.
func TestFormIsBounded(t *testing.T) {
	many := strings.Repeat("## Section\n", 2000)
	for i := range 2000 {
		many = strings.Replace(many, "## Section\n", fmt.Sprintf("## S%d\n", i), 1)
	}
	if f := ParseForm([]byte(many)); len(f.Sections) != MaxFormSections-1 || len(f.Problems) == 0 { // the introduction has gone
		t.Errorf("%d sections, %v", len(f.Sections), f.Problems)
	}
	if f := ParseForm(make([]byte, MaxForm+1)); len(f.Problems) != 1 || len(f.Sections) > 0 {
		t.Errorf("a form that is too long: %+v", f)
	}
	for _, s := range []string{
		strings.Repeat("<!--", MaxForm/4), strings.Repeat("<!---->\n", MaxForm/8), strings.Repeat("> ", MaxForm/2),
		"---\nrequired: [" + strings.Repeat("x,", MaxForm/4) + "]\n---\n" + strings.Repeat("## x\n", 100), "---\na: " + strings.Repeat("[", MaxForm/2) + "\n---\n",
	} {
		ParseForm([]byte(s))
	}
}

func TestParseLength(t *testing.T) {
	for hint, want := range map[string]Length{
		"one or two paragraphs": {"", 1, Paragraphs}, "2-4 paragraphs": {"", 2, Paragraphs}, "2–4 paragraphs": {"", 2, Paragraphs}, "At least 50 words": {"", 50, Words},
		"up to 200 words": {"", 1, Words}, "at most 200 words": {"", 1, Words}, "150 words or more": {"", 150, Words}, "100+ words": {"", 100, Words},
		"a paragraph": {"", 1, Paragraphs}, "between 40 and 80 words": {"", 40, Words}, "three to six": {"", 3, Entries}, "3 to 6 keywords": {"", 3, Entries},
		"": {}, "a few words": {}, "ein oder zwei Absätze": {}, "words": {}, "0 words": {}, "-5 words": {"", 5, Words}, "5 words or 2 paragraphs": {}, "99999999999999999999 words": {},
	} {
		want.Hint = hint
		if got := parseLength(hint); got != want {
			t.Errorf("%q: %+v, want %+v", hint, got, want)
		}
	}
}

func TestStates(t *testing.T) {
	text := FormSection{Level: 2, Length: Length{Least: 10, Unit: Words}}
	intro := FormSection{Required: true}
	field := FormSection{Field: FieldKeywords, Required: true, Length: Length{Least: 3, Unit: Entries}}
	for _, c := range []struct {
		section FormSection
		size    Size
		entries int
		there   bool
		want    State
		lacks   bool
	}{
		{text, Size{}, 0, false, Missing, false}, {text, Size{}, 0, true, Empty, true}, {text, Size{9, 1}, 0, true, Short, false}, {text, Size{10, 1}, 0, true, Fine, false},
		{intro, Size{}, 0, true, Missing, true}, {intro, Size{1, 1}, 0, true, Fine, false},
		{field, Size{}, 0, false, Missing, true}, {field, Size{}, 2, false, Short, true}, {field, Size{}, 3, false, Fine, false},
	} {
		got := c.section.State(c.size, c.entries, c.there)
		if got != c.want || c.section.Lacks(got) != c.lacks {
			t.Errorf("%+v with %+v: %v, lacks %v", c.section, c.size, got, c.section.Lacks(got))
		}
	}
}

func TestSizes(t *testing.T) {
	d := Parse([]byte(strings.Join([]string{
		"---", "title: Soil", "---", "# Soil", "", "Three plain words.", "", "<!-- a comment of five words -->", "",
		"## Detailed Description", "", "Don't count `code` twice: **b**old [[Page|a label]] <https://example.org/a/b>.", "", "- one", "- two", "",
		"| a | b |", "|---|---|", "| c | d |", "", "---", "", "### Deeper", "", "```", "x y z", "```", "", "<div>in HTML</div>", "",
		"## Empty", "", "<!-- nothing -->", "", "[ref]: https://example.org", "", "## Sources", "", "土壌 soil[^1]", "", "[^1]: A note.", "",
	}, "\n")), Options{})
	intro, sections := d.Sizes()
	if intro != (Size{3, 1}) {
		t.Errorf("introduction %+v", intro)
	}
	want := []SectionSize{{"soil", Size{}}, {"detailed-description", Size{9 + 2 + 4 + 3 + 2, 5}}, {"deeper", Size{5, 2}}, {"empty", Size{}}, {"sources", Size{3, 1}}}
	if !slices.Equal(sections, want) {
		t.Errorf("sections %+v, want %+v", sections, want)
	}
}

func TestWithoutInstructions(t *testing.T) {
	f := ParseForm([]byte(sampleForm))
	for _, c := range []struct{ source, want string }{
		{"Text.\n\n<!-- Answer the title. -->\n\n## Sources\n\n<!-- Author,\nyear. -->\n\n- One\n", "Text.\n\n## Sources\n\n- One\n"},
		{"<!-- The answer first. -->\nText <!-- Few. --> goes on.\n", "Text  goes on.\n"},
		{"<!-- Mine. -->\n\n```\n<!-- Few. -->\n```\n", "<!-- Mine. -->\n\n```\n<!-- Few. -->\n```\n"},
		{"<!-- Few. --><!-- Mine. -->\n", "<!-- Mine. -->\n"},
		{"## Discussions\r\n\r\n<!-- Each a heading. -->\r\n\r\n<!-- The answer first. -->\r\n\r\nText\r\n", "## Discussions\r\n\r\nText\r\n"},
		{"- <!-- Few. -->\n- b\n", "- \n- b\n"},
		{"<!-- Few.", "<!-- Few."},
	} {
		if got := string(f.WithoutInstructions([]byte(c.source))); got != c.want {
			t.Errorf("%q\ngives %q,\nwant  %q", c.source, got, c.want)
		}
	}
}

func TestInstructionLines(t *testing.T) {
	f := ParseForm([]byte(sampleForm))
	source := "---\ntitle: T\n---\nText.\n\n  <!-- Few. -->  \n## Sources <!-- Few. -->\n\n<!-- Author,\nyear. -->\n<!-- Mine. -->\nText\n<!-- The answer\nfirst. --> and more\n"
	if got := f.InstructionLines([]byte(source)); !maps.Equal(got, map[int]bool{6: true, 9: true, 10: true, 13: true}) {
		t.Errorf("lines %v", got)
	}
}

// TestWithoutInstructionsIsBounded: as many instructions as a page can hold, in one line or in many, do not take minutes.
func TestWithoutInstructionsIsBounded(t *testing.T) {
	f := ParseForm([]byte(sampleForm))
	for _, s := range []string{"<!-- Few. -->", "x<!-- Few. -->", " <!-- Few. --> ", "<!-- Few. -->\n", "<!-- Few. -->\n\n"} {
		source := []byte(strings.Repeat(s, MaxSource/len(s)))
		if left := f.WithoutInstructions(source); len(left) >= len(source) {
			t.Errorf("%q: nothing was taken out", s)
		}
		f.InstructionLines(source)
	}
}

// FuzzForm: whatever stands in a form, its skeleton carries no instruction, problems name lines of the file, and taking
// the instructions out of a page takes nothing else.
func FuzzForm(f *testing.F) {
	f.Add([]byte(sampleForm), []byte("Text <!-- Few. --> <!-- mine -->\n\n<!-- Author, year. -->\n"))
	f.Add([]byte("---\nrequired: [a]\nlength: {a: 2 words}\n---\n# a\n<!--x-->\ntext\n## a\n<!--"), []byte("> <!--x-->\n"))
	f.Add([]byte("---\nfields: {x: keywords}\n---\n- <!-- y -->\n\n# x\n"), []byte("<!-- y -->"))
	f.Fuzz(func(t *testing.T, source, page []byte) {
		form := ParseForm(source)
		lines := 1 + bytes.Count(source, []byte("\n"))
		for _, p := range form.Problems {
			if p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Fatalf("problem %+v of %d lines", p, lines)
			}
		}
		if len(form.Sections) > MaxFormSections {
			t.Fatalf("%d sections", len(form.Sections))
		}
		for _, s := range form.Sections {
			form.chooseStates(t, s)
		}
		doc := Parse(page, Options{})
		gone := 0
		for _, c := range doc.comments() {
			if c.start < 0 || c.end > len(page) || c.start >= c.end || !bytes.HasPrefix(page[c.start:c.end], commentStart) {
				t.Fatalf("comment %+v of %q", c, page)
			}
			gone += len(strings.Join(strings.Fields(string(page[c.start:c.end])), ""))
		}
		left := form.WithoutInstructions(page)
		before, after := len(bytes.Join(bytes.Fields(page), nil)), len(bytes.Join(bytes.Fields(left), nil))
		if after > before || before-after > gone {
			t.Fatalf("%q became %q", page, left)
		}
	})
}

// chooseStates holds that every state of a section is one that there is.
func (f *Form) chooseStates(t *testing.T, s FormSection) {
	t.Helper()
	for _, size := range []Size{{}, {1, 1}, {1000, 1000}} {
		if state := s.State(size, size.Words, true); state > Missing {
			t.Fatalf("state %d", state)
		}
	}
	if s.Slug == "" || s.Title == "" && s.Slug != "section" {
		t.Fatalf("a section without a slug: %+v", s)
	}
}
