package search

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"coppice/wiki"
)

// withSynonyms gives an index that knows the lines of a file.
func withSynonyms(t testing.TB, file string, pages ...page) *Index {
	t.Helper()
	x := storeOf(t, pages...)
	x.synonyms = readSynonyms([]byte(file))
	return x
}

func TestSynonyms(t *testing.T) {
	pages := []page{
		{path: "cop", title: "Starting", sections: []section{{text: "Communities of practice begin with three people."}}},
		{path: "lurk", title: "Silence", sections: []section{{text: "Whoever reads along learns too."}}},
		{path: "km", title: "Fields", sections: []section{{text: "Knowledge management is older than its name. CoPs are younger."}}},
		{path: "apart", title: "Apart", sections: []section{{text: "The community met. Nobody had any practice in it."}}},
	}
	x := withSynonyms(t, "CoP, community of practice\nlurking => reads along\nKM, knowledge management\n", pages...)
	for query, want := range map[string]string{
		"cops":                  "cop km apart", // it has both words, which is how a page has a phrase
		"community of practice": "apart cop km",
		"lurking":               "lurk",
		"reads along":           "lurk",
		"km":                    "km",
		"km name":               "km",
	} {
		res := find(t, x, query)
		got := strings.Fields(addresses(res))
		wanted := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%q: %v, want %v", query, got, wanted)
		}
	}
	if res := find(t, x, "km"); len(res.Hits) == 0 || !strings.Contains(show(res.Hits[0].Snippet), "[Knowledge] [management]") {
		t.Errorf("the synonym is not marked: %+v", res.Hits)
	}
}

// A wiki's synonyms are read anew when the file changes, and nothing is built anew for it.
func TestSynonymsAreFollowed(t *testing.T) {
	w := newWiki(t, map[string]string{"one.md": "# One\n\nAll about zeppelins.\n"})
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, w)
	if res := find(t, x, "airship"); res.Total != 0 {
		t.Fatalf("an airship is found before it is a zeppelin")
	}
	store := x.store
	w = pushFile(t, w, SynonymsFile, "airship, zeppelin\n")
	followHead(t, x, w)
	if res := find(t, x, "airship"); res.Total != 1 || x.store != store {
		t.Errorf("%d pages, rebuilt: %v", res.Total, x.store != store)
	}
	w = pushFile(t, w, SynonymsFile, "# none\n")
	followHead(t, x, w)
	if res := find(t, x, "airship"); res.Total != 0 {
		t.Errorf("a synonym that was taken away is still known")
	}
}

// pushFile changes a file that is no page, as git does, and gives the wiki as it is then.
func pushFile(t *testing.T, w *wiki.Wiki, name, text string) *wiki.Wiki {
	t.Helper()
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=Ann", "-c", "user.email=ann@users.noreply.example"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("clone", "-q", w.Dir(), ".")
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	run("add", ".")
	run("commit", "-q", "-m", "Words")
	run("push", "-q")
	return openWiki(t, w.Dir(), "")
}

func TestSynonymsThatCannotBeUsed(t *testing.T) {
	var many strings.Builder
	for i := range maxSynonymLines + 50_000 {
		fmt.Fprintf(&many, "word%d, other%d\n", i, i)
	}
	tests := []struct {
		name, file string
		lines      int
		problems   string
	}{
		{"empty", "", 0, "[]"},
		{"a word alone", "a, b\nalone\n", 1, "[2]"},
		{"nothing after the arrow", "a =>\n=> b\na => b", 1, "[1 2]"},
		{"a circle", "a => b\nb => c\nc => a\n", 3, "[]"},
		{"signs", "?, !\n", 0, "[1]"},
		{"a long line", strings.Repeat("word, ", 1000), 0, "[1]"},
		{"broken bytes", "a\xff, b\n", 1, "[]"},
		{"100,000 lines", many.String(), maxSynonymLines, fmt.Sprint([]int{maxSynonymLines + 1})},
	}
	for _, tt := range tests {
		y := readSynonyms([]byte(tt.file))
		var at []int
		for _, p := range y.problems {
			at = append(at, p.Line)
			if !strings.HasSuffix(p.Text, ".") {
				t.Errorf("%s: %q is no sentence", tt.name, p.Text)
			}
		}
		if len(y.lines) != tt.lines || fmt.Sprint(at) != tt.problems {
			t.Errorf("%s: %d lines, problems at %v", tt.name, len(y.lines), at)
		}
	}
	x := withSynonyms(t, "a1 => b1\nb1 => c1\nc1 => a1\n", page{path: "p", title: "P", sections: []section{{text: "c1"}}})
	if res := find(t, x, "b1"); res.Total != 1 {
		t.Errorf("a circle: %d", res.Total)
	}
	if res := find(t, x, "a1"); res.Total != 0 {
		t.Errorf("two lines were joined: %d", res.Total)
	}
}

// TestLongSynonyms: a long file is read beside the searches, for two languages and not for all, and what judges a search
// waits for it.
func TestLongSynonyms(t *testing.T) {
	var many strings.Builder
	for i := range 4 * manySynonymLines {
		fmt.Fprintf(&many, "word%d, other%d\n", i, i)
	}
	many.WriteString("Wissen, Kenntnis\nknowing, gnosis\n")
	x := withSynonyms(t, many.String(),
		page{path: "de", title: "Kenntnis", lang: "de", sections: []section{{text: "Kenntnis"}}}, page{path: "fr", title: "F", lang: "fr", sections: []section{{text: "le savoir"}}},
		page{path: "en", title: "On gnosis", sections: []section{{text: "It is there."}}})
	failures, err := x.Check(t.Context(), []Expectation{{Query: "Wissen", Path: pathTo(t, "de"), Within: 1}, {Query: "knowing", Path: pathTo(t, "en"), Within: 1}})
	if err != nil || len(failures) > 0 {
		t.Errorf("%v %v", err, failures)
	}
	if n := len(x.synonyms.tables); n != 2 {
		t.Errorf("%d tables", n)
	}
}

// The words of everyday English are a file like any other, and say nothing twice.
func TestEveryday(t *testing.T) {
	y := everyday()
	if len(y.problems) > 0 || len(y.lines) < 700 {
		t.Fatalf("%d lines, %v", len(y.lines), y.problems)
	}
	seen := map[string]bool{}
	for _, l := range y.lines {
		key := slices.Sorted(slices.Values(l.from))
		if name := fmt.Sprint(key); seen[name] {
			t.Errorf("%s is there twice", name)
		} else {
			seen[name] = true
		}
	}
	x := storeOf(t,
		page{path: "a", title: "A", sections: []section{{text: "Removing members of a group takes two steps."}}},
		page{path: "b", title: "B", sections: []section{{text: "Members of a group pay nothing."}}})
	if got := addresses(find(t, x, "how do I delete members of the group")); !strings.HasPrefix(got, "a") {
		t.Errorf("removing is not deleting: %q", got)
	}
}

func TestAmerican(t *testing.T) {
	for british, want := range map[string]string{
		"authorisation": "authorization", "organised": "organized", "colour": "color", "behaviours": "behaviors", "analyse": "analyze", "catalogue": "catalog",
		"centre": "center", "licence": "license", "cancelled": "canceled", "our": "our", "four": "four", "rise": "rise", "color": "color", "": "",
	} {
		if got := american(british); len(british) >= minBritish && got != want || len(british) < minBritish && british != want {
			t.Errorf("%q: %q, want %q", british, got, want)
		}
	}
	x := storeOf(t, page{path: "a", title: "A", sections: []section{{text: "Favorite colors of organizations."}}})
	if res := find(t, x, "favourite colours organisation"); res.Total != 1 || res.Relaxed {
		t.Errorf("%+v", res)
	}
}

func FuzzSynonyms(f *testing.F) {
	f.Add("a, b\nc => d\n# e\n", "a c")
	f.Add("a => a, a\n,,=>,\n", "a")
	x := storeOf(f, faq()...)
	f.Fuzz(func(t *testing.T, file, query string) {
		y := readSynonyms([]byte(file))
		for _, l := range y.lines {
			for _, s := range slices.Concat(l.from, l.to) {
				if !utf8.ValidString(s) || fold(s) == "" {
					t.Fatalf("%q", s)
				}
			}
		}
		x.mu.Lock()
		x.synonyms = y
		x.mu.Unlock()
		if _, err := x.Search(t.Context(), Parse(query)); err != nil && Parse(query).Problem == "" {
			t.Fatal(err)
		}
	})
}
