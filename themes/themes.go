// Package themes turns view structs into pages and holds what a browser needs to show them.
//
// A theme is a folder:
//
//	layout.html        the frame of every page; it calls {{template "main" .}}
//	views/NAME.html    one file per view; it defines "main", and may define "head" (more for <head>) and
//	                   "top-search" (what stands in the place of the top bar's search box)
//	partials/*.html    {{define}}d pieces that layout and views share, the icons among them
//	css/ js/ img/      assets
//
// [Load] reads such a folder once, and [BuiltIn] the one that Coppice ships. Templates are html/template, so whatever a page's writer typed is escaped for the place where it
// stands. Each view is parsed in its own copy of layout and partials: two views may define the same names. Faults of a theme (a template
// that does not parse or cannot be escaped, an asset that nothing holds) are errors of Load, never of a request. The built-in theme has none,
// or its tests would fail: its views are parsed when they are first rendered, so that a start does not wait for all of them.
//
// An asset that another one of its folder imports (`@import "buttons.css";`, `import { on } from "./dom.js";`) is a part: its
// text is put in place of the import and it has no address of its own. All others are served, minified, at an address that holds a hash of their
// content, so that it may be cached for ever; bytes for gzip and brotli are made when it is first asked for, so that a start does not wait for
// them and serving it costs a write. Nothing in the default theme is inline: it works under `script-src 'self'; style-src 'self'`.
//
//	theme, err := themes.Load(os.DirFS("my-theme")) // or themes.BuiltIn()
//	...
//	err = theme.Render(w, "page", view)             // view: a struct; see the package of the views
//	asset, ok := theme.Asset("main.1a2b3c4d5e.css") // as in the address "/assets/main.1a2b3c4d5e.css"
//
// Functions that templates may call, beside those of html/template, are listed at [functions].
//
// The default theme is plain HTML that works as it is. Its scripts only add: suggestions under the search box, the preview while one types,
// local times, shortcuts. Its style sheet begins with css/tokens.css, the vocabulary of colours, sizes and spaces that all others use.
package themes

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed default
var embedded embed.FS

// Default is the folder of the theme that Coppice ships.
func Default() fs.FS {
	sub, err := fs.Sub(embedded, "default")
	if err != nil {
		panic(err) // the name is a constant and embedded: only a broken build comes here
	}
	return sub
}

// Theme renders views and holds their assets. It does not change after Load and is safe for many goroutines.
type Theme struct {
	views  map[string]func() (*template.Template, error) // each is parsed at most once
	assets *assets
}

// Load reads a theme. Its errors name the file at fault.
func Load(fsys fs.FS) (*Theme, error) {
	t, err := open(fsys)
	if err != nil {
		return nil, err
	}
	for _, name := range t.Views() {
		if _, err := t.views[name](); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// BuiltIn gives the theme that Coppice ships.
func BuiltIn() (*Theme, error) { return open(Default()) }

// open reads all of a theme but its views.
func open(fsys fs.FS) (*Theme, error) {
	a, err := loadAssets(fsys)
	if err != nil {
		return nil, err
	}
	t := &Theme{views: make(map[string]func() (*template.Template, error)), assets: a}
	frame, err := t.parseFrame(fsys)
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(fsys, "views/*.html")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("theme: no templates in views/")
	}
	for _, file := range files {
		t.views[strings.TrimSuffix(path.Base(file), ".html")] = sync.OnceValues(func() (*template.Template, error) {
			return t.parseView(fsys, frame, file)
		})
	}
	return t, nil
}

// Views lists the names that Render knows, sorted.
func (t *Theme) Views() []string { return slices.Sorted(maps.Keys(t.views)) }

// Asset finds an asset by its address or by the address's last part. Only the hashed name is known: "css/main.css" is not found.
func (t *Theme) Asset(address string) (Asset, bool) {
	a, ok := t.assets.byAddress[strings.TrimPrefix(address, AssetPrefix)]
	if !ok {
		return Asset{}, false
	}
	return a.whole(), true
}

// Assets lists what Asset finds, by address.
func (t *Theme) Assets() []Asset {
	var list []Asset
	for _, a := range t.assets.byAddress {
		list = append(list, a.whole())
	}
	slices.SortFunc(list, func(a, b Asset) int { return strings.Compare(a.URL, b.URL) })
	return list
}

// AssetURL is the address of an asset by its name in the theme: "css/main.css" gives "/assets/main.1a2b3c4d5e.css". It is "" when
// the theme has no such asset.
func (t *Theme) AssetURL(name string) string {
	if a, ok := t.assets.byName[name]; ok {
		return a.URL
	}
	return ""
}

// buffers are reused between pages; one that a huge page has grown beyond keptBuffer is left to the collector.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBuffer is above the size of nearly all pages, and small enough that a hundred idle ones do not matter.
const keptBuffer = 256 << 10

// Render writes the view with its data as a whole HTML document. On an error nothing has been written: the page is made in memory first.
// A view that the theme lacks is an error.
func (t *Theme) Render(w io.Writer, view string, data any) error {
	return t.render(w, view, func(tmpl *template.Template, buf *bytes.Buffer) error { return tmpl.Execute(buf, data) })
}

// RenderPart writes one of the pieces that a view defines or shares, alone: what a script puts in the place of an older one.
func (t *Theme) RenderPart(w io.Writer, view, part string, data any) error {
	return t.render(w, view, func(tmpl *template.Template, buf *bytes.Buffer) error { return tmpl.ExecuteTemplate(buf, part, data) })
}

func (t *Theme) render(w io.Writer, view string, execute func(*template.Template, *bytes.Buffer) error) error {
	parsed, ok := t.views[view]
	if !ok {
		return fmt.Errorf("theme: no view %q", view)
	}
	tmpl, err := parsed()
	if err != nil {
		return err
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= keptBuffer {
			buf.Reset()
			buffers.Put(buf)
		}
	}()
	if err := execute(tmpl, buf); err != nil {
		return fmt.Errorf("theme: view %q: %w", view, err)
	}
	_, err = w.Write(buf.Bytes())
	return err
}

// parseFrame parses what all views share: layout.html, and the partials under the names they define.
func (t *Theme) parseFrame(fsys fs.FS) (*template.Template, error) {
	source, err := readTemplate(fsys, "layout.html")
	if err != nil {
		return nil, err
	}
	frame, err := template.New("layout.html").Funcs(t.functions()).Option("missingkey=error").Parse(source)
	if err != nil {
		return nil, fmt.Errorf("theme: %w", err)
	}
	files, err := fs.Glob(fsys, "partials/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		source, err := readTemplate(fsys, file)
		if err != nil {
			return nil, err
		}
		if _, err := frame.New(file).Parse(source); err != nil {
			return nil, fmt.Errorf("theme: %w", err)
		}
	}
	return frame, nil
}

// parseView adds one view to a copy of the frame and has it escaped and its assets looked up.
func (t *Theme) parseView(fsys fs.FS, frame *template.Template, file string) (*template.Template, error) {
	source, err := readTemplate(fsys, file)
	if err != nil {
		return nil, err
	}
	view, err := frame.Clone()
	if err != nil {
		return nil, fmt.Errorf("theme: %s: %w", file, err)
	}
	if _, err := view.New(file).Parse(source); err != nil {
		return nil, fmt.Errorf("theme: %w", err)
	}
	if view.Lookup("main") == nil {
		return nil, fmt.Errorf("theme: %s does not define \"main\"", file)
	}
	// html/template escapes at the first execution. Having that now finds its errors now; that there is no data to execute with
	// is an error of another type.
	var fault *template.Error
	if err := view.Execute(io.Discard, nil); errors.As(err, &fault) {
		return nil, fmt.Errorf("theme: %s: %w", file, err)
	}
	return view, t.checkAssets(view)
}

// readTemplate leaves out indentation, which is for the reader of a template and only weighs on a page. Lines stay, so
// that errors name the right one.
func readTemplate(fsys fs.FS, file string) (string, error) {
	source, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", fmt.Errorf("theme: %w", err)
	}
	var b strings.Builder
	b.Grow(len(source))
	for line := range bytes.Lines(source) {
		b.Write(bytes.TrimLeft(line, " \t"))
	}
	return b.String(), nil
}
