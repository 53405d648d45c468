package catalog_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"coppice/content"
	"coppice/wiki/catalog"
	"coppice/wiki/markdown"
)

const sampleTaxonomy = `# ours
communities of practice:
  about: Groups that
    learn together.
  also: [CoP, CoPs]
facilitation: Looking after a conversation.
roles:
  under: Communities of Practice
- a list
`

func TestParseTaxonomy(t *testing.T) {
	want := []catalog.Keyword{
		{Name: "communities of practice", About: "Groups that learn together.", Also: []string{"CoP", "CoPs"}, Known: true},
		{Name: "facilitation", About: "Looking after a conversation.", Known: true},
		{Name: "roles", Under: "communities of practice", Known: true},
	}
	got := catalog.ParseTaxonomy([]byte(strings.TrimSuffix(sampleTaxonomy, "- a list\n")))
	if len(got.Problems) > 0 || fmt.Sprint(got.Keywords) != fmt.Sprint(want) {
		t.Errorf("%+v", got)
	}
	list := catalog.ParseTaxonomy([]byte("- soil\n- beds: Where plants stand.\n- tools: {also: spade}\n"))
	if len(list.Problems) > 0 || len(list.Keywords) != 3 || list.Keywords[1].About != "Where plants stand." || !slices.Equal(list.Keywords[2].Also, []string{"spade"}) {
		t.Errorf("a list: %+v", list)
	}
	if empty := catalog.ParseTaxonomy([]byte("# nothing yet\n")); len(empty.Problems) > 0 || len(empty.Keywords) > 0 {
		t.Errorf("an empty file: %+v", empty)
	}
}

// TestTaxonomyFaults holds that a fault names its line, and that the rest of the file holds.
func TestTaxonomyFaults(t *testing.T) {
	for _, c := range []struct {
		source   string
		line     int
		says     string
		keywords int
	}{
		{sampleTaxonomy, 9, "cannot be read", 0},
		{"a: [unclosed\n", 2, "cannot be read", 0},
		{"just words\n", 1, "not a list of keywords", 0},
		{"a:\nb:\nA:\n", 3, "a second time", 2},
		{"a:\n  also: [b]\nb:\n", 3, "a second time", 1},
		{"a:\n  also: [x, 'A!']\n", 2, "a second time", 1},
		{"a:\n  abuot: x\n", 2, "“abuot” says nothing", 1},
		{"a:\n  about: [x]\n", 2, "one line of text", 1},
		{"a:\n- x\n", 2, "neither a text nor", 1},
		{"a:\n  under: b\n", 1, "no keyword “b”", 1},
		{"a: {under: b}\nb: {under: c}\nc: {under: a}\n", 3, "under itself", 3},
		{"a: {under: a}\n", 1, "under itself", 1},
		{"'a, b':\nc:\n", 1, "a comma", 1},
		{"'!!':\nc:\n", 1, "one line of text", 1},
		{strings.Repeat("x", 101) + ":\nc:\n", 1, "100 bytes", 1},
		{"- [a, b]\n- c\n", 1, "one line of text", 1},
		{"a: &x b\nc: *x\n", 2, "neither a text nor", 2},
		{strings.Repeat("#", catalog.MaxTaxonomy+1), 1, "longer than", 0},
	} {
		got := catalog.ParseTaxonomy([]byte(c.source))
		if len(got.Problems) != 1 || got.Problems[0].Line != c.line || !strings.Contains(got.Problems[0].Text, c.says) || len(got.Keywords) != c.keywords {
			t.Errorf("%.60q: %+v, want line %d to say %q and %d keywords", c.source, got, c.line, c.says, c.keywords)
		}
	}
	var many, chain strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&many, "k%d:\n", i)
		fmt.Fprintf(&chain, "k%d: {under: k%d}\n", i, (i+1)%12_000)
	}
	if got := catalog.ParseTaxonomy([]byte(many.String())); len(got.Keywords) != 10_000 || len(got.Problems) == 0 {
		t.Errorf("%d keywords, %d problems", len(got.Keywords), len(got.Problems))
	}
	if got := catalog.ParseTaxonomy([]byte(chain.String())); len(got.Keywords) != 10_000 {
		t.Errorf("a long chain: %d keywords", len(got.Keywords))
	}
}

func TestVocabulary(t *testing.T) {
	w := newWiki(t,
		"a.md", "---\nkeywords: [Communities of Practice, soil]\n---\n# A\n", "b.md", "---\nkeywords: [CoP, soil, garden soil]\n---\n# B\n",
		"c.md", "---\nkeywords: [garden soil]\n---\n# C\n", "d.md", "---\nkeywords: [garden soil, Söil tests]\n---\n# D\n")
	c := openCatalog(t, t.TempDir())
	taxonomy := catalog.ParseTaxonomy([]byte("communities of practice:\n  also: [CoP, practice groups]\nsoils of the world:\n"))
	v := follow(t, c, w).Vocabulary(taxonomy)
	for word, want := range map[string]string{
		"cop": "communities of practice 2 true", "COMMUNITIES  of practice": "communities of practice 2 true", "Soil": "soil 2 false",
		"soils of the world": "soils of the world 0 true", "sand": " 0 false", "": " 0 false",
	} {
		k, ok := v.Find(word)
		if got := fmt.Sprintf("%s %d %v", k.Name, k.Pages, k.Known); got != want || ok != (k.Name != "") {
			t.Errorf("%q: %s, %v, want %s", word, got, ok, want)
		}
	}
	for typed, want := range map[string]string{
		"SOIL": "soil, soils of the world, garden soil", "pra": "communities of practice (practice groups)", "co": "communities of practice", "xyz": "",
		"": "garden soil, communities of practice, soil",
	} {
		var names []string
		for _, k := range v.Complete(typed, 3) {
			name := k.Name
			if k.For != "" {
				name += " (" + k.For + ")"
			}
			names = append(names, name)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

// TestStarterKeywords holds that every keyword of a starter page stands in the list that the wiki begins with.
func TestStarterKeywords(t *testing.T) {
	read := func(name string) []byte {
		data, err := fs.ReadFile(content.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	taxonomy := catalog.ParseTaxonomy(read(catalog.TaxonomyFile))
	for _, p := range taxonomy.Problems {
		t.Errorf("%s, line %d: %s", catalog.TaxonomyFile, p.Line, p.Text)
	}
	known := map[string]bool{}
	for _, k := range taxonomy.Keywords {
		known[k.Name] = true
		if k.About == "" {
			t.Errorf("nothing is said about the keyword %q", k.Name)
		}
	}
	pages, err := fs.Glob(content.FS(), "*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, name := range pages {
		for _, k := range markdown.Parse(read(name), markdown.Options{}).FrontMatter.Keywords {
			if !known[k] {
				t.Errorf("%s has the keyword %q, which the list lacks", name, k)
			}
		}
	}
}

// FuzzTaxonomy: whatever stands in the file, problems name lines of it, no word stands for two keywords, and no keyword
// is wider than itself.
func FuzzTaxonomy(f *testing.F) {
	f.Add([]byte(sampleTaxonomy))
	f.Add([]byte("a: {also: [b, c], under: d}\nd: {under: a}\n"))
	f.Add([]byte("- &a [*a]\n- ? x\n: y\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		got := catalog.ParseTaxonomy(source)
		lines := 2 + strings.Count(string(source), "\n") + strings.Count(string(source), "\r")
		for _, p := range got.Problems {
			if p.Line < 1 || p.Line > lines {
				t.Fatalf("problem %+v of %d lines", p, lines)
			}
		}
		wider, words := map[string]string{}, map[string]bool{}
		for _, k := range got.Keywords {
			wider[k.Name] = k.Under
			for _, word := range append([]string{k.Name}, k.Also...) {
				if words[word] || word == "" || len(word) > catalog.MaxKeyword {
					t.Fatalf("the word %q in %+v", word, got.Keywords)
				}
				words[word] = true
			}
		}
		for name := range wider {
			steps := 0
			for at := name; at != ""; at = wider[at] {
				if steps++; steps > len(wider) {
					t.Fatalf("%q goes in a circle: %+v", name, got.Keywords)
				}
			}
		}
	})
}
