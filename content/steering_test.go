package content

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

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

// TestForm holds that an untouched form shows a reader headings only: all instructions are comments.
func TestForm(t *testing.T) {
	rest := strings.TrimPrefix(steering(t, "forms/faq.md"), "---\n")
	matter, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		t.Fatal("the front matter does not end")
	}
	var form struct {
		Title, About, Guide string
		Questions, Keywords []string
	}
	if err := yaml.Unmarshal([]byte(matter), &form); err != nil {
		t.Fatal(err)
	}
	if form.Title == "" || form.About == "" || form.Guide == "" || len(form.Questions) == 0 {
		t.Errorf("the form does not say what it is for: %+v", form)
	}
	for _, q := range form.Questions {
		if !strings.Contains(body, "\n## "+q+"\n") {
			t.Errorf("the form has no section %q for questions", q)
		}
	}
	if left := strings.TrimSpace(headingLine.ReplaceAllString(comment.ReplaceAllString(body, ""), "")); left != "" {
		t.Errorf("readers of an untouched form would see %q", left)
	}
	for _, part := range regexp.MustCompile(`(?m)^#+ `).Split(body, -1) {
		if !strings.Contains(part, "<!--") {
			t.Errorf("nothing tells the writer what belongs below %q", strings.TrimSpace(part))
		}
	}
	first := readPage(t, "what-is-a-community-of-practice.md")
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(body, -1) {
		if first.section(m[1]) == "" {
			t.Errorf("the first page, which is the example of the form, has no section %q", m[1])
		}
	}
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
