package markdown

import (
	"html/template"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// bracketed takes the marks ⟦so⟧ out of a case, and gives them with the text that is left.
func bracketed(text string) (source string, marks []Mark) {
	var b strings.Builder
	for _, c := range text {
		switch c {
		case '⟦':
			marks = append(marks, Mark{Start: b.Len(), URL: "/compare/p?to=1&x=2", Title: `by "A"`, Class: "by"})
		case '⟧':
			marks[len(marks)-1].End = b.Len()
		default:
			b.WriteRune(c)
		}
	}
	return b.String(), marks
}

// TestMarkedGolden renders the cases of testdata/marked, which are like those of TestGolden, with marks in ⟦brackets⟧.
func TestMarkedGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/marked/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			name, rest, _ := strings.Cut(c, "\n")
			written, want, _ := strings.Cut("\n"+rest+"\n", "\n~~~html\n")
			written = strings.Trim(written, "\n") + "\n"
			want = strings.TrimRight(want, "\n") + "\n"
			source, marks := bracketed(written)
			got := checkMarked(t, Parse([]byte(source), Options{}), marks)
			// What all marks have in common would hide what differs.
			short := strings.NewReplacer(` href="/compare/p?to=1&amp;x=2"`, ``, ` class="by" title="by &quot;A&quot;"`, ``, ` tabindex="-1"`, ``).Replace(got)
			short = strings.TrimRight(short, "\n") + "\n"
			out += "\n=== " + name + "\n" + written + "~~~html\n" + short
			if short != want && !*update {
				t.Errorf("%s:\n%s--- gives\n%s--- wanted\n%s", name, written, short, want)
			}
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.TrimPrefix(out, "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// checkMarked renders a document with marks and holds it to what Marked promises.
func checkMarked(t *testing.T, d *Document, marks []Mark) string {
	t.Helper()
	marked, shown := d.marked(wikiResolver{}, nil, marks)
	got, plain := string(marked), string(d.HTML(wikiResolver{}))
	bare, seen, why := withoutMarks(got)
	if why != "" {
		t.Fatalf("%s:\n%s", why, got)
	}
	if bare != plain {
		t.Fatalf("of %q\nwith the marks %v\nwithout its marks:\n%s\nwithout any marks:\n%s", d.Source, marks, bare, plain)
	}
	if why := unsafeHTML(got); why != "" {
		t.Fatalf("%s:\n%s", why, got)
	}
	for i := range marks {
		if shown[i] != seen[i] {
			t.Fatalf("mark %d is there: %v, is said to be: %v, in\n%s", i, seen[i], shown[i], got)
		}
	}
	if again := d.HTML(wikiResolver{}); again != template.HTML(plain) {
		t.Fatal("marks change what is rendered without them")
	}
	return got
}

// withoutMarks takes out the tags of marks, byte for byte, and gives the numbers of the marks that were there. It says
// what is wrong with them: a mark without a word, or a link in a link.
func withoutMarks(body string) (bare string, seen map[int]bool, why string) {
	type element struct {
		link, mark bool
		text       int // bytes of out when it began
	}
	var open []element
	var out strings.Builder
	seen = map[int]bool{}
	links := 0
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		switch kind {
		case html.ErrorToken:
			return out.String(), seen, why
		case html.StartTagToken:
			token := z.Token()
			e := element{link: token.Data == "a", text: out.Len()}
			first := false
			for _, a := range token.Attr {
				if a.Key == "data-mark" {
					e.mark = true
					n := 0
					for _, c := range a.Val {
						n = 10*n + int(c-'0')
					}
					first = !seen[n]
					seen[n] = true
				}
			}
			for _, a := range token.Attr {
				if a.Key == "id" && e.mark && !first {
					why = "the id of a mark stands twice"
				}
			}
			if e.link {
				if links++; links > 1 && e.mark {
					why = "a link in a link"
				}
			}
			if !e.mark {
				out.WriteString(raw)
			}
			if !elements[token.Data].void && token.Data != "input" {
				open = append(open, e)
			} else if e.link {
				links--
			}
			continue
		case html.EndTagToken:
			if len(open) == 0 {
				return out.String(), seen, "an end without a beginning"
			}
			e := open[len(open)-1]
			open = open[:len(open)-1]
			if e.link {
				links--
			}
			if e.mark {
				if strings.TrimSpace(out.String()[e.text:]) == "" {
					why = "a mark without a word"
				}
				continue
			}
		}
		out.WriteString(raw)
	}
}

// scattered gives marks at places that a seed says, in any order of a hostile caller's.
func scattered(seed uint64, n int) []Mark {
	random := rand.New(rand.NewPCG(seed, 1))
	var marks []Mark
	for at := 0; at < n && len(marks) < 200; {
		start := at + random.IntN(12)
		end := start + random.IntN(30) - 2
		m := Mark{Start: start, End: end, Title: "x", Class: "by"}
		if random.IntN(3) > 0 {
			m.URL = "/x"
		}
		if random.IntN(40) == 0 {
			m.URL = "javascript:alert(1)"
		}
		marks = append(marks, m)
		at = max(end, start+random.IntN(3))
	}
	return marks
}

// TestMarkedPages marks all that the tests have, at places that mean nothing: whatever a mark cuts, the text stays.
func TestMarkedPages(t *testing.T) {
	sources := goldenSources(t)
	for _, p := range realPages(t) {
		sources = append(sources, string(p.Source))
	}
	sources = append(sources, generatedPage(), "a\xff\xfeb \xe4\xb8 c\xff\n\n```go\nx := \"\xff\x00\" // \ufffd\n```\n", "---\ntitle: x\n---\r\n```go\r\nfunc a() {\r\n\treturn\r\n}\r\n```\r\n`a\r\nb`")
	for i, source := range sources {
		d := Parse([]byte(source), Options{})
		for seed := range uint64(3) {
			checkMarked(t, d, scattered(seed+uint64(i), len(source)))
		}
		checkMarked(t, d, []Mark{{End: len(source), URL: "/x"}})
		checkMarked(t, d, []Mark{{Start: 5, End: 3}, {Start: -7, End: len(source) + 9}, {Start: 1, End: 2}})
	}
}

// TestMarkupIsBounded has a page of nothing but marks.
func TestMarkupIsBounded(t *testing.T) {
	source := strings.Repeat("a ", 200_000)
	var marks []Mark
	for i := 0; i < len(source); i += 2 {
		marks = append(marks, Mark{Start: i, End: i + 1, URL: "/wiki/a", Title: strings.Repeat("t", 100)})
	}
	d := Parse([]byte(source), Options{})
	got := checkMarked(t, d, marks)
	if most := MaxMarkup + len(d.HTML(nil)) + 1000; len(got) > most {
		t.Errorf("%d bytes, more than %d", len(got), most)
	}
}

func FuzzMarked(f *testing.F) {
	for i, source := range goldenSources(f) {
		f.Add([]byte(source), uint64(i))
	}
	f.Add([]byte("a\xff\xfeb `\xe4\xb8` &am\x00p; \\*"), uint64(1))
	f.Fuzz(func(t *testing.T, source []byte, seed uint64) {
		checkMarked(t, Parse(source, Options{}), scattered(seed, len(source)))
	})
}

func BenchmarkMarked(b *testing.B) {
	d := Parse(medianPage(b), Options{})
	marks := scattered(1, len(d.Source))
	for name, m := range map[string][]Mark{"marked": marks, "plain": nil} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if m == nil {
					d.HTMLWithoutTitle(wikiResolver{})
				} else {
					d.Marked(wikiResolver{}, m)
				}
			}
		})
	}
}
