package web

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"coppice/content"
	"coppice/wiki"
)

// TestCrawlStarterWiki follows every link from the front door of the wiki that Coppice ships: each leads to a page, and
// every page is whole.
func TestCrawlStarterWiki(t *testing.T) {
	h := build(t, content.FS())
	c := crawl(h, "/", 20_000)
	t.Logf("%d addresses", len(c.seen))
	for at, from := range c.missing {
		t.Errorf("%s, linked from %s, is missing", at, from)
	}
}

// TestCrawlCorpus does the same on a real repository with a long history, where old links may well be dead: but nothing
// fails, and every page of it is shown.
func TestCrawlCorpus(t *testing.T) {
	bundle, ok := corpus(t, "owasp-cheatsheets.bundle")
	if !ok {
		t.Log("the corpus is not there; the starter wiki and the generated repositories of the other tests stand for it")
		return
	}
	dir := t.TempDir()
	repo := filepath.Join(dir, "wiki.git")
	git := exec.CommandContext(t.Context(), "git", "clone", "--quiet", "--bare", bundle, repo)
	git.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir)
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h := serve(t, repo, dir, wiki.Options{Root: "cheatsheets"})
	pages := 0
	for ref := range h.wiki.Head().Pages() {
		pages++
		h.get(pageURL(ref.Path)).want(t, 200)
		h.get(address("history", ref.Path.String())).want(t, 200)
	}
	if pages < 100 {
		t.Errorf("%d pages", pages)
	}
	c := crawl(h, "/pages", 200)
	t.Logf("%d pages, %d addresses", pages, len(c.seen))
}

// corpus finds a file of the corpora beside the module.
func corpus(t *testing.T, name string) (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no module around the test")
		}
		dir = filepath.Dir(dir)
	}
	file := filepath.Join(dir, "..", "shared", "corpora", name)
	_, err = os.Stat(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return file, err == nil
}

// crawler follows links.
type crawler struct {
	*house
	seen    map[string]bool
	missing map[string]string // address -> where it is linked from
}

// crawl follows the links of the wiki from one address, up to limit of them. Any answer but a page, a redirect to one,
// or a missing page fails the test; so do two equal ids on a page, and a page that runs code of its own.
func crawl(h *house, start string, limit int) *crawler {
	c := &crawler{house: h, seen: map[string]bool{start: true}, missing: map[string]string{}}
	queue := []string{start}
	from := map[string]string{}
	for len(queue) > 0 && len(c.seen) < limit {
		at := queue[0]
		queue = queue[1:]
		for _, next := range c.visit(at, from[at]) {
			if !c.seen[next] {
				c.seen[next] = true
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return c
}

// visit gets one address and gives the addresses that it leads to.
func (c *crawler) visit(at, from string) []string {
	c.t.Helper()
	r := c.get(at)
	switch r.status {
	case 200:
	case 301, 302, 303:
		return c.local(at, r.header.Get("Location"))
	case 404:
		c.missing[at] = from
		return nil
	default:
		c.t.Errorf("%s, linked from %s: status %d\n%.300s", at, from, r.status, r.body)
		return nil
	}
	if !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		return nil
	}
	if bad := inlineCode(r.body); bad != "" {
		c.t.Errorf("%s: %s would not run under the policy", at, bad)
	}
	return c.links(at, r.body)
}

// links gives the addresses that a page leads to, and checks its ids.
func (c *crawler) links(at, body string) []string {
	c.t.Helper()
	var list []string
	ids := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(body))
	for z.Next() != html.ErrorToken {
		for _, a := range z.Token().Attr {
			switch a.Key {
			case "id":
				if ids[a.Val] {
					c.t.Errorf("%s: the id %q is there twice", at, a.Val)
				}
				ids[a.Val] = true
			case "href", "src":
				list = append(list, c.local(at, a.Val)...)
			}
		}
	}
	return list
}

// local gives an address of this wiki without its fragment. Editors are left out: a red link leads to one.
func (c *crawler) local(at, to string) []string {
	base, err := url.Parse(at)
	if err != nil {
		c.t.Fatal(err)
	}
	u, err := base.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return nil
	}
	u.Fragment = ""
	return []string{u.String()}
}
