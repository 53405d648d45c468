package markdown

import (
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the renderer gives into testdata/*.txt")

// wikiResolver is a wiki that has the pages Known, Other page and folder/index, and the files pic.png and doc.pdf.
type wikiResolver struct{}

func (wikiResolver) Resolve(l Link) Target {
	name := strings.TrimPrefix(path.Clean("/"+strings.TrimSuffix(l.Target, ".md")), "/")
	if l.Kind == LinkFile {
		if name == "pic.png" || name == "doc.pdf" {
			return Target{URL: "/files/" + name}
		}
		return Target{URL: "/edit/" + name, Missing: true, Title: "No such file"}
	}
	if slices.Contains([]string{"Known", "Other page", "folder"}, name) {
		return Target{URL: "/wiki/" + strings.ReplaceAll(name, " ", "%20")}
	}
	return Target{URL: "/edit/" + strings.ReplaceAll(name, " ", "%20"), Missing: true, Title: "Create “" + name + "”"}
}

// goldenSources gives the Markdown of all cases.
func goldenSources(tb testing.TB) (sources []string) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			_, c, _ = strings.Cut(c, "\n")
			source, _, _ := strings.Cut(c, "\n~~~html\n")
			sources = append(sources, source+"\n")
		}
	}
	return sources
}

// TestGolden renders every case of testdata/*.txt. A case is a line "=== name", Markdown, a line "~~~html", HTML; each up to
// the next such line. Run the test with -update to fill in the HTML of new cases, and read it before you commit it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.Split("\n"+string(text), "\n=== ")
			out := parts[0]
			for _, c := range parts[1:] {
				name, rest, _ := strings.Cut(c, "\n")
				source, want, _ := strings.Cut("\n"+rest+"\n", "\n~~~html\n")
				source = strings.Trim(source, "\n") + "\n"
				want = strings.TrimRight(want, "\n") + "\n"
				d := Parse([]byte(source), Options{})
				got := strings.TrimRight(string(d.HTML(wikiResolver{})), "\n") + "\n"
				out += "\n=== " + name + "\n" + source + "~~~html\n" + got
				if got != want && !*update {
					t.Errorf("%s:\n%s--- gives\n%s--- wanted\n%s", name, source, got, want)
				}
				if why := unsafeHTML(got); why != "" {
					t.Errorf("%s: %s:\n%s", name, why, got)
				}
			}
			if *update {
				if err := os.WriteFile(file, []byte(strings.TrimPrefix(out, "\n")), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
