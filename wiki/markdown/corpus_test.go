package markdown

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// page is a page of a real wiki.
type page struct {
	Name   string
	Source []byte
}

// corpus gives the pages of the OWASP cheat sheets, or nothing where the bundle is not there.
var corpus = sync.OnceValue(func() []page {
	bundle := findBundle()
	if bundle == "" {
		return nil
	}
	dir, err := os.MkdirTemp("", "markdown-corpus")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(dir)
	git := func(args ...string) []byte {
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir)
		out, err := cmd.Output()
		if err != nil {
			panic(err)
		}
		return out
	}
	repo := filepath.Join(dir, "x.git")
	git("clone", "-q", "--bare", bundle, repo)
	git("-C", repo, "worktree", "add", "-q", "--detach", filepath.Join(dir, "tree"))
	var pages []page
	filepath.WalkDir(filepath.Join(dir, "tree"), func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".md") {
			if source, err := os.ReadFile(name); err == nil {
				pages = append(pages, page{filepath.Base(name), source})
			}
		}
		return err
	})
	return pages
})

// findBundle looks beside the module's root.
func findBundle() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			name := filepath.Join(dir, "..", "shared", "corpora", "owasp-cheatsheets.bundle")
			if _, e := os.Stat(name); e == nil {
				return name
			}
			return ""
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// realPages gives the corpus, or pages made up where it is not there.
func realPages(tb testing.TB) []page {
	if pages := corpus(); len(pages) > 0 {
		return pages
	}
	tb.Log("the OWASP bundle is not beside the module; using a generated page")
	return []page{{"generated.md", []byte(generatedPage())}}
}

// medianPage is the page of median length among those of the corpus.
func medianPage(tb testing.TB) []byte {
	pages := slices.Clone(realPages(tb))
	slices.SortFunc(pages, func(a, b page) int { return len(a.Source) - len(b.Source) })
	return pages[len(pages)/2].Source
}

// generatedPage has about 20 kB of everything.
func generatedPage() string {
	var b strings.Builder
	b.WriteString("# A page\n\nIt begins with *words* and a [link](other.md).\n\n")
	for i := range 40 {
		b.WriteString("## Is this question " + strings.Repeat("I", i+1) + "?\n\nSome **strong** words, `code`, <kbd>keys</kbd> and [[Wiki Page|a link]] to read.\n")
		b.WriteString("More of them on a second line, with https://example.org/ in it.\n\n- one\n- two\n  - three\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n")
		b.WriteString("```go\nfunc main() { println(\"x\") }\n```\n\n> [!NOTE]\n> Take note.\n\n")
	}
	return b.String()
}
