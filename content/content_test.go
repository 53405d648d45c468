package content

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxPage keeps a starter page to a few seconds on a slow line, and its outline readable.
	maxPage = 24 << 10
	// maxFolder is the number of files up to which a folder costs a save next to nothing.
	maxFolder = 500
	// maxMenu is how many links a menu shows on a phone without becoming a page itself.
	maxMenu = 12
	// minAnswer is the shortest text, in bytes, that can be an answer.
	minAnswer = 60
)

// lonely are keywords that one starter page may have alone, for a new wiki will soon have others.
var lonely = []string{"networks"}

// placeholder is the keyword that the form begins a page with; no starter page is unfinished.
const placeholder = "draft"

// frontMatter is what a starter page may say of itself.
type frontMatter struct {
	Title    string              `yaml:"title"`
	Form     string              `yaml:"form"`
	Lang     string              `yaml:"lang"`
	Keywords []string            `yaml:"keywords"`
	Aliases  []string            `yaml:"aliases"`
	AskedAs  map[string][]string `yaml:"asked_as"`
}

// heading is a heading with the text up to the next one of the same or a higher level.
type heading struct {
	level        int
	text, anchor string
	section      string
}

// page is a starter page, read just far enough for these tests.
type page struct {
	name     string // "help/readers.md"
	source   string
	matter   frontMatter
	body     string // without front matter
	prose    string // the body without code
	headings []heading
}

func (p *page) hasAnchor(anchor string) bool {
	return slices.ContainsFunc(p.headings, func(h heading) bool { return h.anchor == anchor })
}

// section gives the text below the heading of that title, or "".
func (p *page) section(title string) string {
	for _, h := range p.headings {
		if h.text == title {
			return h.section
		}
	}
	return ""
}

var (
	fence       = regexp.MustCompile("(?ms)^```.*?^```$")
	codeSpan    = regexp.MustCompile("``[^`\n].*?``|`[^`\n]*`")
	headingLine = regexp.MustCompile(`(?m)^(#{1,6}) (.+)$`)
	mdLink      = regexp.MustCompile(`!?\[[^\]\n]*\]\(([^)\s]+)\)`)
	wikiLink    = regexp.MustCompile(`\[\[([^\]|\n]+)(?:\|([^\]\n]+))?\]\]`)
	fileName    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.md$`)
	unfinished  = regexp.MustCompile(`(?i)\b(todo|fixme|tbd|lorem|ipsum|xxx)\b`)
	figure      = regexp.MustCompile(`\d ?%|\bpercent\b`)
	cited       = regexp.MustCompile(`\((1[89]\d\d|20\d\d)\)`)
)

// anchorOf is the rule by which a heading gets its anchor: small letters, hyphens for spaces, no punctuation.
func anchorOf(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// readPage reads the front matter strictly and the headings outside code.
func readPage(t *testing.T, name string) *page {
	t.Helper()
	data, err := fs.ReadFile(FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{name: name, source: string(data)}
	rest, ok := strings.CutPrefix(p.source, "---\n")
	if !ok {
		t.Fatalf("%s does not begin with front matter", name)
	}
	matter, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		t.Fatalf("%s: the front matter does not end", name)
	}
	d := yaml.NewDecoder(strings.NewReader(matter))
	d.KnownFields(true)
	if err := d.Decode(&p.matter); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p.body = body
	unfenced := fence.ReplaceAllString(body, "")
	p.prose = codeSpan.ReplaceAllString(unfenced, "")
	for _, m := range headingLine.FindAllStringSubmatchIndex(unfenced, -1) {
		h := heading{level: m[3] - m[2], text: unfenced[m[4]:m[5]]}
		h.anchor, h.section = anchorOf(h.text), unfenced[m[1]:]
		for _, n := range headingLine.FindAllStringSubmatchIndex(h.section, -1) {
			if n[3]-n[2] <= h.level {
				h.section = h.section[:n[0]]
				break
			}
		}
		p.headings = append(p.headings, h)
	}
	return p
}

// pages reads every page, by name.
func pages(t *testing.T) map[string]*page {
	t.Helper()
	all := map[string]*page{}
	for _, name := range files(t) {
		if strings.HasSuffix(name, ".md") && !strings.HasPrefix(name, ".") {
			all[name] = readPage(t, name)
		}
	}
	return all
}

// files lists every file.
func files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// find gives the page that a wikilink means: by name from the page's folder or the root, or by title or alias.
func find(all map[string]*page, from *page, target string) *page {
	name := strings.ReplaceAll(strings.ToLower(target), " ", "-") + ".md"
	for _, candidate := range []string{path.Join(path.Dir(from.name), name), name} {
		if p := all[candidate]; p != nil {
			return p
		}
	}
	for _, p := range all {
		if slices.ContainsFunc(append(p.matter.Aliases, p.matter.Title), func(s string) bool { return strings.EqualFold(s, target) }) {
			return p
		}
	}
	return nil
}

// links gives the pages that p links to and calls broken for each link that leads nowhere. Links to other sites are left out.
func links(all map[string]*page, p *page, broken func(link string)) []*page {
	var found []*page
	follow := func(link string, to *page, anchor string) {
		if to == nil || anchor != "" && !to.hasAnchor(anchor) {
			broken(link)
			return
		}
		found = append(found, to)
	}
	for _, m := range mdLink.FindAllStringSubmatch(p.prose, -1) {
		link := m[1]
		if strings.Contains(link, "://") || slices.Contains(addresses, link) {
			continue
		}
		target, anchor, _ := strings.Cut(link, "#")
		to := p
		if target != "" {
			to = all[path.Join(path.Dir(p.name), target)]
		}
		follow(link, to, anchor)
	}
	for _, m := range wikiLink.FindAllStringSubmatch(p.prose, -1) {
		target, anchor, _ := strings.Cut(m[1], "#")
		follow(m[0], find(all, p, target), anchorOf(anchor))
	}
	return found
}

func TestFilesAreEmbedded(t *testing.T) {
	for _, name := range []string{"index.md", "about.md", "what-is-a-community-of-practice.md", "help/index.md", "help/readers.md",
		"help/contributors.md", "help/maintainers.md", ".coppice/forms/faq.md", ".coppice/keywords.yml", ".coppice/nav.md", ".coppice/synonyms.txt", ".coppice/search-tests.txt"} {
		if _, err := fs.Stat(FS(), name); err != nil {
			t.Error(err)
		}
	}
	faq := 0
	for name := range pages(t) {
		if path.Dir(name) == "." && name != "index.md" && name != "about.md" {
			faq++
		}
	}
	if faq < 15 {
		t.Errorf("there are %d FAQ pages, and a new wiki is promised fifteen", faq)
	}
}

// TestFiles holds what is true of every file, hidden ones too: what git, other systems and diffs like.
func TestFiles(t *testing.T) {
	perFolder := map[string]int{}
	for _, name := range files(t) {
		perFolder[path.Dir(name)]++
		data, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case !utf8.Valid(data) || !norm.NFC.IsNormal(data):
			t.Errorf("%s is not composed UTF-8", name)
		case bytes.ContainsAny(data, "\r\t"):
			t.Errorf("%s holds a tab or a carriage return", name)
		case !bytes.HasSuffix(data, []byte("\n")) || bytes.HasSuffix(data, []byte("\n\n")):
			t.Errorf("%s does not end with one line end", name)
		case unfinished.Match(data):
			t.Errorf("%s is not finished: %q", name, unfinished.Find(data))
		case len(data) > maxPage:
			t.Errorf("%s has %d bytes, and %d are the most", name, len(data), maxPage)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s:%d ends with a space", name, i+1)
			}
		}
	}
	for folder, n := range perFolder {
		if n > maxFolder {
			t.Errorf("folder %s holds %d files, and %d are the most", folder, n, maxFolder)
		}
	}
}

func TestPages(t *testing.T) {
	all := pages(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		t.Run(name, func(t *testing.T) {
			checkMatter(t, p)
			checkHeadings(t, p)
			checkTables(t, p)
			checkSources(t, p)
			links(all, p, func(link string) { t.Errorf("%s leads nowhere", link) })
		})
	}
}

func checkMatter(t *testing.T, p *page) {
	m := p.matter
	if !fileName.MatchString(path.Base(p.name)) {
		t.Error("its name is not made of lower-case words joined by hyphens")
	}
	if m.Title == "" || m.Lang != "en" {
		t.Errorf("title %q, lang %q", m.Title, m.Lang)
	}
	least := 2
	if strings.HasPrefix(p.name, "help/") {
		least = 1
	}
	if n := len(m.Keywords); n < least || n > 6 {
		t.Errorf("%d keywords", n)
	}
	known := vocabulary(t)
	for _, k := range m.Keywords {
		if _, ok := known[k]; !ok || k == placeholder {
			t.Errorf("keyword %q is not one that a starter page may carry", k)
		}
	}
	for anchor, asked := range m.AskedAs {
		if !p.hasAnchor(anchor) && anchor != anchorOf(m.Title) {
			t.Errorf("asked_as names the anchor %q, which the page does not have", anchor)
		}
		if len(asked) == 0 {
			t.Errorf("asked_as says nothing about %q", anchor)
		}
	}
	if strings.Contains(p.prose, "<!--") {
		t.Error("a comment, as forms have them, was left in the page")
	}
}

// checkHeadings holds that questions are answered, that levels are not skipped, and that no two headings share an anchor.
func checkHeadings(t *testing.T, p *page) {
	seen := map[string]bool{}
	level := 1
	for _, h := range p.headings {
		if h.level == 1 || h.level > level+1 {
			t.Errorf("heading %q is of level %d after one of level %d", h.text, h.level, level)
		}
		level = h.level
		if seen[h.anchor] {
			t.Errorf("two headings have the anchor %q", h.anchor)
		}
		seen[h.anchor] = true
		text := strings.TrimSpace(headingLine.ReplaceAllString(h.section, ""))
		if text == "" {
			t.Errorf("there is nothing below %q", h.text)
		}
		if strings.HasSuffix(h.text, "?") && len(text) < minAnswer {
			t.Errorf("%q has no answer worth the name: %q", h.text, text)
		}
	}
	if lead, _, _ := strings.Cut(strings.TrimSpace(p.body), "\n"); len(lead) < minAnswer || strings.ContainsAny(lead[:1], "#|-<>") {
		t.Errorf("the page does not begin with a paragraph that says what it is about: %q", lead)
	}
}

// checkTables holds that each row of a table has as many cells as its first.
func checkTables(t *testing.T, p *page) {
	columns := 0
	for line := range strings.Lines(fence.ReplaceAllString(p.body, "")) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		if n != columns || !strings.HasSuffix(line, "|") {
			t.Errorf("this row of a table has not as many cells as the first: %s", line)
		}
	}
}

// checkSources holds that figures have sources, and that each work cited by year is found among them.
func checkSources(t *testing.T, p *page) {
	text, _, _ := strings.Cut(p.prose, "\n## Further information")
	text, _, _ = strings.Cut(text, "\n## Sources")
	works := p.section("Sources") + p.section("Further information")
	if figure.MatchString(text) && p.section("Sources") == "" {
		t.Errorf("the page quotes figures (%q) and has no Sources", figure.FindString(text))
	}
	for _, m := range cited.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(works, m[1]) {
			t.Errorf("a work of %s is cited and not listed", m[1])
		}
	}
}

// TestNames holds that no two pages answer to one name: a wikilink has to mean one of them.
func TestNames(t *testing.T) {
	owner := map[string]string{}
	all := pages(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		mine := map[string]bool{}
		for _, s := range append([]string{p.matter.Title}, p.matter.Aliases...) {
			folded := anchorOf(s)
			if other := owner[folded]; other != "" {
				t.Errorf("%q names %s and %s", s, other, name)
			}
			mine[folded] = true
		}
		for folded := range mine {
			owner[folded] = name
		}
	}
}

// TestKeywordsAreShared holds that a keyword has several pages: with one it would be a list of one.
func TestKeywordsAreShared(t *testing.T) {
	count := map[string]int{}
	for _, p := range pages(t) {
		for _, k := range p.matter.Keywords {
			count[k]++
		}
	}
	for k := range vocabulary(t) {
		if count[k] < 2 && k != placeholder && !slices.Contains(lonely, k) {
			t.Errorf("keyword %q has %d pages", k, count[k])
		}
	}
}

// TestEveryPageIsReached holds that a reader who follows links from the front page and the menu finds everything.
func TestEveryPageIsReached(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{}
	var visit func(p *page)
	visit = func(p *page) {
		if reached[p.name] {
			return
		}
		reached[p.name] = true
		for _, to := range links(all, p, func(string) {}) {
			visit(to)
		}
	}
	visit(all["index.md"])
	for name := range all {
		if !reached[name] {
			t.Errorf("no way leads from the front page to %s", name)
		}
	}
}

// TestFirstPage holds what the first page is for: the nine questions, and the figures with their source.
func TestFirstPage(t *testing.T) {
	p := readPage(t, "what-is-a-community-of-practice.md")
	for _, s := range []string{"Detailed description", "Discussions", "Examples in application", "Related FAQs", "Further information", "Sources"} {
		if p.section(s) == "" {
			t.Errorf("there is no section %q", s)
		}
	}
	if n := strings.Count(p.section("Discussions"), "?\n"); n < 9 {
		t.Errorf("the discussions have %d questions, not nine", n)
	}
	for _, fact := range []string{"41 %", "16 %", "20 %", "50 %", "2 : 18 : 80", "78 %", "89 %", "1.8 %", "2.5 %", "50 is about the limit", "100 or more"} {
		if !strings.Contains(p.section("Discussions"), fact) {
			t.Errorf("the discussions do not tell %q", fact)
		}
	}
	if !strings.Contains(p.section("Sources"), "KM4Dev") {
		t.Error("the figures have lost their source")
	}
}
