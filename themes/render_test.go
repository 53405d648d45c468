package themes_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"coppice/themes"
	"coppice/wiki/web"
)

// Load finds faults in every view; BuiltIn would find them when a view is rendered.
var theDefault = sync.OnceValues(func() (*themes.Theme, error) { return themes.Load(themes.Default()) })

func defaultTheme(t *testing.T) *themes.Theme {
	t.Helper()
	theme, err := theDefault()
	if err != nil {
		t.Fatal(err)
	}
	return theme
}

// eachPage renders every sample and hands over the text and the tree.
func eachPage(t *testing.T, check func(t *testing.T, text string, doc *html.Node)) {
	theme := defaultTheme(t)
	run := func(name, view string, data any) {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := theme.Render(&buf, view, data); err != nil {
				t.Fatal(err)
			}
			text := buf.String()
			doc, err := html.Parse(&buf)
			if err != nil {
				t.Fatal(err)
			}
			check(t, text, doc)
		})
	}
	for _, s := range samples() {
		run(s.view+"/full", s.view, s.full)
		run(s.view+"/empty", s.view, s.empty)
	}
	for _, s := range variants() {
		run(s.view+"/variant", s.view, s.full)
	}
}

func TestEveryViewHasASample(t *testing.T) {
	var names []string
	for _, s := range samples() {
		names = append(names, s.view)
	}
	slices.Sort(names)
	if got := defaultTheme(t).Views(); !slices.Equal(got, names) {
		t.Errorf("views %v, samples %v", got, names)
	}
}

// TestAccessible holds what can be read off the HTML alone: one h1, unique ids, names for all controls, landmarks.
func TestAccessible(t *testing.T) {
	eachPage(t, func(t *testing.T, _ string, doc *html.Node) {
		ids := make(map[string]int)
		labelled := make(map[string]bool)
		counts := make(map[string]int)
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Namespace == "" { // a drawing has titles too
				counts[n.Data]++
			}
			if id := attr(n, "id"); id != "" {
				ids[id]++
			}
			if n.Data == "label" {
				labelled[attr(n, "for")] = true
			}
		}
		for _, single := range []string{"h1", "main", "title"} {
			if got := counts[single]; got != 1 {
				t.Errorf("%d <%s>, want one", got, single)
			}
		}
		if counts["header"] == 0 || counts["footer"] == 0 {
			t.Error("no header or footer")
		}
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			if ids[id] > 1 {
				t.Errorf("id %q stands %d times", id, ids[id])
			}
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode {
				checkElement(t, n, ids, labelled)
			}
		}
	})
}

func checkElement(t *testing.T, n *html.Node, ids map[string]int, labelled map[string]bool) {
	t.Helper()
	switch n.Data {
	case "input", "textarea", "select":
		named := labelled[attr(n, "id")] && attr(n, "id") != "" || attr(n, "aria-label") != "" || inside(n, "label") != nil
		if attr(n, "type") != "hidden" && !named {
			t.Errorf("no label: %s", outer(n))
		}
	case "button", "summary", "a":
		if strings.TrimSpace(words(n)) == "" && attr(n, "aria-label") == "" {
			t.Errorf("no words: %s", outer(n))
		}
		if n.Data == "a" && attr(n, "href") == "" {
			t.Errorf("leads nowhere: %s", outer(n))
		}
	case "nav", "section", "aside":
		if n.Data != "section" && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
			t.Errorf("no name: %s", outer(n))
		}
	case "svg":
		named := attr(n, "role") == "img" && attr(n, "aria-labelledby") != ""
		if attr(n, "aria-hidden") != "true" && !named {
			t.Errorf("a drawing that is read out without a name: %s", outer(n))
		}
	case "form":
		if strings.EqualFold(attr(n, "method"), "post") && attr(n, "action") == "" {
			t.Errorf("posts nowhere: %s", outer(n))
		}
	}
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"} {
		for target := range strings.FieldsSeq(attr(n, name)) {
			if ids[target] == 0 {
				t.Errorf("%s=%q: no such id", name, target)
			}
		}
	}
	if target, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && n.Data == "a" && ids[target] == 0 {
		t.Errorf("href=#%s: no such id", target)
	}
}

// TestNothingInline holds what the Content-Security-Policy asks for, and that text which tries to be markup stays text.
func TestNothingInline(t *testing.T) {
	theme := defaultTheme(t)
	eachPage(t, func(t *testing.T, text string, doc *html.Node) {
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "script":
				if attr(n, "type") == "application/ld+json" && attr(n, "src") == "" { // data, which no browser runs
					if !json.Valid([]byte(n.FirstChild.Data)) {
						t.Errorf("no JSON: %s", outer(n))
					}
				} else if attr(n, "src") == "" || n.FirstChild != nil {
					t.Errorf("inline script: %s", outer(n))
				}
			case "style":
				t.Errorf("inline style: %s", outer(n))
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("inline %s: %s", a.Key, outer(n))
				}
				if _, known := theme.Asset(a.Val); strings.HasPrefix(a.Val, themes.AssetPrefix) && !known {
					t.Errorf("no such asset: %s", a.Val)
				}
			}
		}
		if strings.Contains(text, "ZgotmplZ") {
			t.Error("html/template found a value unfit for its place")
		}
		if strings.Contains(text, "no value") {
			t.Error("a value is missing")
		}
	})
}

func TestTextAreaKeepsItsFirstLine(t *testing.T) {
	eachPage(t, func(t *testing.T, _ string, doc *html.Node) {
		for n := range doc.Descendants() {
			if n.Data == "textarea" && attr(n, "name") == "source" && strings.Contains(t.Name(), "edit/full") && words(n) != "\n"+hostile {
				t.Errorf("the text area has %q", words(n))
			}
		}
	})
}

func TestRenderWritesAllOrNothing(t *testing.T) {
	theme := defaultTheme(t)
	var buf bytes.Buffer
	if err := theme.Render(&buf, "page", web.FrontView{}); err == nil || buf.Len() != 0 {
		t.Errorf("a view with the wrong data gave error %v and %d bytes", err, buf.Len())
	}
	if err := theme.Render(&buf, "nothing", nil); err == nil || buf.Len() != 0 {
		t.Errorf("an unknown view gave error %v and %d bytes", err, buf.Len())
	}
}

func TestRenderFromManyGoroutines(t *testing.T) {
	theme := defaultTheme(t)
	var want bytes.Buffer
	all := samples()
	if err := theme.Render(&want, all[0].view, all[0].full); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				var got bytes.Buffer
				if err := theme.Render(&got, all[0].view, all[0].full); err != nil || got.String() != want.String() {
					t.Errorf("another page than the first time, error %v", err)
					return
				}
			}
		})
	}
	wait.Wait()
}

// firstLoad is what a first visit may cost, compressed, with all that a page asks for; frameLoad is the part of it that the
// theme may take, so that a page's own text and pictures find room.
const (
	firstLoad = 50_000
	frameLoad = 27_500
)

func TestFirstLoadIsSmall(t *testing.T) {
	theme := defaultTheme(t)
	eachPage(t, func(t *testing.T, text string, doc *html.Node) {
		total := len(zip(t, text))
		for n := range doc.Descendants() {
			if n.Data != "script" && n.Data != "link" {
				continue
			}
			a, ok := theme.Asset(attr(n, "src") + attr(n, "href"))
			if !ok {
				continue
			}
			if a.Gzip == nil {
				a.Gzip = a.Data
			}
			total += len(a.Gzip)
		}
		if total > frameLoad {
			t.Errorf("%d bytes; with a page's own text and pictures that will not stay under %d", total, firstLoad)
		}
	})
}

func zip(t *testing.T, text string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inside(n *html.Node, name string) *html.Node {
	for p := range n.Ancestors() {
		if p.Data == name {
			return p
		}
	}
	return nil
}

func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// outer shows the beginning of an element.
func outer(n *html.Node) string {
	var b strings.Builder
	if err := html.Render(&b, n); err != nil {
		return err.Error()
	}
	return b.String()[:min(b.Len(), 120)]
}

func BenchmarkRender(b *testing.B) {
	theme, err := theDefault()
	if err != nil {
		b.Fatal(err)
	}
	all := samples()
	for _, s := range []sample{all[1], all[5], all[11]} {
		b.Run(s.view, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := theme.Render(io.Discard, s.view, s.full); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := themes.Load(themes.Default()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestBuiltIn renders all views of the built-in theme for the first time and side by side: they come out as Load has them.
func TestBuiltIn(t *testing.T) {
	lazy, err := themes.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	eager := defaultTheme(t)
	var all sync.WaitGroup
	for _, s := range samples() {
		all.Go(func() {
			var got, want bytes.Buffer
			if err := errors.Join(lazy.Render(&got, s.view, s.full), eager.Render(&want, s.view, s.full)); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("the view %s differs", s.view)
			}
		})
	}
	all.Wait()
}
