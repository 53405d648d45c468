package content

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"coppice/wiki/markdown"
)

// addresses are those of Coppice's own addresses that the menu leads to.
var addresses = []string{"/pages", "/categories", "/recent", "/translations"}

// steering reads a file of .coppice.
func steering(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(FS(), path.Join(".coppice", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// lines gives the lines of a text file of .coppice that are not empty and no comments.
func lines(t *testing.T, name string) []string {
	t.Helper()
	return slices.DeleteFunc(strings.Split(steering(t, name), "\n"), func(s string) bool { return s == "" || strings.HasPrefix(s, "#") })
}

func TestMenu(t *testing.T) {
	all := pages(t)
	found := mdLink.FindAllStringSubmatch(steering(t, "nav.md"), -1)
	if len(found) == 0 || len(found) > maxMenu {
		t.Errorf("the menu has %d links", len(found))
	}
	for _, m := range found {
		if all[m[1]] == nil && !slices.Contains(addresses, m[1]) {
			t.Errorf("the menu leads to %s, which is nowhere", m[1])
		}
	}
}

// TestForm holds that the form is the one that a community wrote its FAQ with for years, that each section tells the
// writer what belongs there, that nothing of it is for readers, and that the first page is an example of it.
func TestForm(t *testing.T) {
	form := markdown.ParseForm([]byte(steering(t, "forms/faq.md")))
	for _, p := range form.Problems {
		t.Errorf("line %d: %s", p.Line, p.Text)
	}
	if form.Title == "" || form.About == "" || form.Guide == "" {
		t.Error("the form does not say what it is for")
	}
	var titles []string
	first := readPage(t, "what-is-a-community-of-practice.md")
	for _, s := range form.Sections {
		titles = append(titles, s.Title)
		if s.Instruction == "" {
			t.Errorf("nothing tells the writer what belongs below %q", s.Title)
		}
		if s.Text != "" {
			t.Errorf("readers of an untouched form would see %q", s.Text)
		}
		if s.Length.Hint != "" && s.Length.Unit == markdown.Unmeasured {
			t.Errorf("the length of %q is not understood", s.Title)
		}
		if s.Level > 0 && s.Field == "" && first.section(s.Title) == "" {
			t.Errorf("the first page, which is the example of the form, has no section %q", s.Title)
		}
	}
	want := []string{"Introduction", "Keywords", "Detailed description", "Discussions", "Examples in application", "Related FAQs", "Further information", "Sources"}
	if !slices.Equal(titles, want) {
		t.Errorf("the form has the sections %q", titles)
	}
	if !slices.Equal(form.QuestionSections(), []string{"Discussions"}) || !slices.Equal(form.Keywords, []string{placeholder}) {
		t.Errorf("questions stand below %q, and pages begin with the keywords %q", form.QuestionSections(), form.Keywords)
	}
	if strings.Contains(form.Skeleton(), "<!--") {
		t.Error("a new page begins with instructions in its text")
	}
}

// vocabulary gives the keywords of the wiki, with what is said of each.
func vocabulary(t *testing.T) map[string]any {
	t.Helper()
	var list map[string]any
	if err := yaml.Unmarshal([]byte(steering(t, "keywords.yml")), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSynonyms(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range lines(t, "synonyms.txt") {
		left, right, oneWay := strings.Cut(line, "=>")
		terms := strings.Split(left, ",")
		if oneWay {
			terms = append(terms, strings.Split(right, ",")...)
		}
		if len(terms) < 2 {
			t.Errorf("%q is a group of one", line)
		}
		for _, term := range terms {
			term = strings.ToLower(strings.TrimSpace(term))
			if term == "" {
				t.Errorf("%q holds an empty word", line)
			}
			if !oneWay && seen[term] {
				t.Errorf("%q is in two groups, which would make them one", term)
			}
			seen[term] = seen[term] || !oneWay
		}
	}
}

func TestSearchTests(t *testing.T) {
	all := pages(t)
	asked := lines(t, "search-tests.txt")
	if len(asked) < 10 {
		t.Errorf("%d questions are too few to tell a good search from a bad one", len(asked))
	}
	for _, line := range asked {
		query, target, ok := strings.Cut(line, " -> ")
		name, anchor, _ := strings.Cut(target, "#")
		p := all[name+".md"]
		if !ok || query == "" || p == nil || anchor != "" && !p.hasAnchor(anchor) {
			t.Errorf("%q asks for what is not there", line)
		}
	}
}
