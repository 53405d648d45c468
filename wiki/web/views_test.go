package web

import (
	"encoding/json"
	"html/template"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// views are all views, by the name of their template.
var views = map[string]any{
	"front": FrontView{}, "page": PageView{}, "edit": EditView{}, "new": NewView{}, "conflict": ConflictView{},
	"history": HistoryView{}, "compare": CompareView{}, "rename": ConfirmView{}, "delete": ConfirmView{},
	"restore": ConfirmView{}, "revert": ConfirmView{}, "search": SearchView{}, "recent": RecentView{}, "list": ListView{}, "error": ErrorView{},
	"contributors": ContributorsView{}, "contributor": ContributorView{}, "namesakes": NamesakesView{}, "participation": ParticipationView{},
	"blame": BlameView{}, "removed": RemovedView{},
	"credits":      CreditsView{},
	"choice":       ChoiceView{},
	"translations": TranslationsView{},
}

// TestEveryTemplate executes every template with nothing in its view and with everything: a field that is misspelt in a
// template, or a value that one cannot bear, fails here and not on a visitor.
func TestEveryTemplate(t *testing.T) {
	style, err := theme()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range style.Views() {
		if _, ok := views[name]; !ok {
			t.Errorf("the theme has a template %q and there is no such view", name)
		}
	}
	for name, empty := range views {
		if !slices.Contains(style.Views(), name) {
			t.Errorf("the theme has no template for the view %q", name)
			continue
		}
		full := reflect.New(reflect.TypeOf(empty)).Elem()
		fill(full, name, 0)
		for sample, data := range map[string]any{"empty": empty, "full": full.Interface()} {
			t.Run(name+"/"+sample, func(t *testing.T) {
				var out strings.Builder
				if err := style.Render(&out, name, data); err != nil {
					t.Fatal(err)
				}
				if _, err := html.Parse(strings.NewReader(out.String())); err != nil {
					t.Error(err)
				}
				if bad := inlineCode(out.String()); bad != "" {
					t.Errorf("%s would not run under the policy", bad)
				}
			})
		}
	}
	for _, mode := range []string{"inline", "split", "rendered"} {
		v := reflect.New(reflect.TypeFor[CompareView]()).Elem()
		fill(v, "compare", 0)
		c := v.Interface().(CompareView)
		c.Mode, c.Same = mode, false
		if err := style.Render(io.Discard, "compare", c); err != nil {
			t.Error(err)
		}
	}
	for _, kind := range []string{"all", "category", "categories", "backlinks", "wanted", "orphans", "deleted"} {
		v := reflect.New(reflect.TypeFor[ListView]()).Elem()
		fill(v, "list", 0)
		l := v.Interface().(ListView)
		l.Kind = kind
		if err := style.Render(io.Discard, "list", l); err != nil {
			t.Error(err)
		}
	}
}

// fill puts something in every field. The depth is bounded, for views may be nested in themselves.
func fill(v reflect.Value, name string, depth int) {
	if depth > 8 {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2009, 3, 14, 15, 9, 26, 0, time.UTC)))
		return
	case time.Duration:
		v.Set(reflect.ValueOf(12 * time.Millisecond))
		return
	case template.HTML:
		v.SetString("safe text")
		return
	case json.RawMessage:
		v.SetBytes([]byte(`{"@type":"FAQPage","name":"</script><script>alert(1)</script><!--"}`))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name, depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), name, depth+1)
		}
	case reflect.String:
		v.SetString(sampleText(name))
	case reflect.Int:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	}
}

func sampleText(field string) string {
	switch {
	case strings.HasSuffix(field, "URL") || field == "Action" || field == "Canonical" || field == "Feed" || field == "Cancel":
		return "/wiki/a%20page"
	case field == "Kind":
		return "good"
	case field == "Op":
		return "insert"
	case field == "Lang" || field == "PageLang":
		return "de"
	}
	return field + ` <b>"x" & 'y'`
}

// dataBlock reports whether a tag begins a script element that is data: a browser runs it not, and no policy forbids it
// (HTML standard, 4.12.1).
func dataBlock(t html.Token) bool {
	return t.Data == "script" && len(t.Attr) == 1 && t.Attr[0] == html.Attribute{Key: "type", Val: "application/ld+json"}
}

// inlineCode gives what in a page the policy forbids: script or style of its own.
func inlineCode(page string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			src := dataBlock(t)
			for _, a := range t.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					return t.String()
				}
				src = src || a.Key == "src"
			}
			if t.Data == "style" || (t.Data == "script" && !src) {
				return t.String()
			}
		}
	}
}
