package themes_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"coppice/themes"
)

// folder is a theme that has just what is needed, and files in addition or instead.
func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{
		"layout.html":      {Data: []byte(`<title>{{.Title}}</title>{{template "main" .}}`)},
		"views/front.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1>{{end}}`)},
	}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func TestFaultsOfAThemeAreFoundAtLoad(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"syntax", "views/front.html", `{{define "main"}}{{if}}{{end}}`, "views/front.html"},
		{"no main", "views/front.html", `<h1>x</h1>`, `does not define "main"`},
		{"unknown function", "partials/x.html", `{{nothing}}`, "partials/x.html"},
		{"unknown partial", "views/front.html", `{{define "main"}}{{template "absent"}}{{end}}`, "views/front.html"},
		{"cannot be escaped", "views/front.html", `{{define "main"}}<a href='{{if .X}}"{{else}}'{{end}}>{{end}}`, "views/front.html"},
		{"unknown asset", "views/front.html", `{{define "main"}}{{if .Title}}{{asset "css/no.css"}}{{end}}{{end}}`, "css/no.css"},
		{"import that is not there", "css/main.css", `@import "no.css";`, "css/no.css"},
		{"script that does not parse", "js/main.js", `const = 1;`, "js/main.js"},
		{"picture that is not there", "css/main.css", `a { background: url("../img/no.svg") }`, "img/no.svg"},
		{"type that is not served", "img/page.html", `<script>`, "img/page.html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := themes.Load(folder(c.file, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
	if _, err := themes.Load(fstest.MapFS{"layout.html": {}}); err == nil {
		t.Error("a theme without views was taken")
	}
	if _, err := themes.Load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was taken")
	}
}

func TestBundles(t *testing.T) {
	theme, err := themes.Load(folder(
		"css/main.css", "@import \"one.css\";\n@import \"two.css\";\nb { color: red }",
		"css/one.css", "@import \"two.css\";\n.one { color: blue }", // two comes first, and once
		"css/two.css", `.two { background: url("../img/dot.svg") }`,
		"img/dot.svg", `<svg xmlns="http://www.w3.org/2000/svg"><!-- a --><circle r="1"/></svg>`,
		"js/main.js", "import { hello } from \"./words.js\";\nimport \"./side.js\";\nhello();",
		"js/words.js", "const greeting = \"hello\";\nexport function hello() { console.log(greeting); }",
		"js/side.js", "import { hello } from \"./words.js\";\nhello();",
	))
	if err != nil {
		t.Fatal(err)
	}
	css, ok := theme.Asset(theme.AssetURL("css/main.css"))
	if !ok {
		t.Fatal("no style sheet")
	}
	dot := theme.AssetURL("img/dot.svg")
	if want := `.two{background:url(` + dot + `)}.one{color:blue}b{color:red}`; strings.ReplaceAll(string(css.Data), `"`, "") != want {
		t.Errorf("the style sheet is\n%s, want\n%s", css.Data, want)
	}
	js, _ := theme.Asset(theme.AssetURL("js/main.js"))
	if s := string(js.Data); strings.Count(s, "greeting=") != 1 || strings.Contains(s, "import") || strings.Contains(s, "export") || strings.Count(s, "hello()") < 2 {
		t.Errorf("the script is\n%s", s)
	}
	for _, part := range []string{"css/one.css", "js/words.js", "css/none.css"} {
		if got := theme.AssetURL(part); got != "" {
			t.Errorf("%s has the address %s", part, got)
		}
	}
}

func TestModulesShareAScope(t *testing.T) {
	_, err := themes.Load(folder(
		"js/main.js", "import \"./a.js\";\nimport \"./b.js\";",
		"js/a.js", "const x = 1;\nfunction f() { const y = x; return y; }",
		"js/b.js", "const y = 1;\nasync function x() {}",
	))
	if err == nil || !strings.Contains(err.Error(), "both declare x") {
		t.Errorf("got %v", err)
	}
}

func TestAssets(t *testing.T) {
	theme := defaultTheme(t)
	address := regexp.MustCompile(`^/assets/[\w-]+\.[0-9a-f]{10}\.(css|js|svg)$`)
	again, err := themes.Load(themes.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range theme.Assets() {
		if !address.MatchString(a.URL) || a.ETag == "" || a.Type == "" || len(a.Data) == 0 {
			t.Errorf("%+v", a)
		}
		if again.AssetURL(a.Name) != a.URL {
			t.Errorf("%s has another address the next time", a.Name)
		}
		for _, name := range []string{a.URL, strings.TrimPrefix(a.URL, themes.AssetPrefix)} {
			if got, ok := theme.Asset(name); !ok || got.Name != a.Name {
				t.Errorf("%s is not found", name)
			}
		}
		if _, ok := theme.Asset(a.Name); ok {
			t.Errorf("%s is found without its hash", a.Name)
		}
		if a.Gzip != nil {
			r, err := gzip.NewReader(bytes.NewReader(a.Gzip))
			if err != nil {
				t.Fatal(err)
			}
			sameBytes(t, a.Name+" gzip", r, a.Data)
		}
		if a.Brotli != nil {
			sameBytes(t, a.Name+" brotli", brotli.NewReader(bytes.NewReader(a.Brotli)), a.Data)
		}
		if len(a.Data) > 2000 && (a.Gzip == nil || a.Brotli == nil) {
			t.Errorf("%s is not compressed", a.Name)
		}
	}
	for _, bad := range []string{"", "/assets/", "../layout.html", "/assets/../css/main.css"} {
		if _, ok := theme.Asset(bad); ok {
			t.Errorf("%q is an asset", bad)
		}
	}
}

func sameBytes(t *testing.T, name string, r io.Reader, want []byte) {
	t.Helper()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, error %v, want %d bytes", name, len(got), err, len(want))
	}
}

func TestViewsDoNotSeeEachOther(t *testing.T) {
	theme, err := themes.Load(folder("views/other.html", `{{define "main"}}<h2>{{template "own"}}</h2>{{end}}{{define "own"}}mine{{end}}`, "views/front.html", `{{define "main"}}{{template "own"}}{{end}}{{define "own"}}yours{{end}}`))
	if err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string]string{"front": "<title>x</title>yours", "other": "<title>x</title><h2>mine</h2>"} {
		var b bytes.Buffer
		if err := theme.Render(&b, view, struct{ Title string }{"x"}); err != nil || b.String() != want {
			t.Errorf("%s: %q, %v, want %q", view, b.String(), err, want)
		}
	}
}
