package themes

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/svg"
)

// AssetPrefix begins the address of every asset.
const AssetPrefix = "/assets/"

const (
	// hashDigits of SHA-256 in an address: 40 bits tell a theme's few files and their versions apart.
	hashDigits = 10
	// brotliLevel 9 costs the first visitor a few milliseconds; 11 takes a fifth of a second for 6 % fewer bytes.
	brotliLevel = 9
	// brotliWindow is 64 kB, more than any asset: the default of 4 MB takes ten times as long, to prepare tables that stay empty.
	brotliWindow = 16
	// smallest a compressed form must save to be kept: below this the header Content-Encoding outweighs it.
	worthwhile = 64
)

// Asset is a file that browsers fetch. Its address changes with its content: it may be cached for ever. The slices are shared and must not be changed.
type Asset struct {
	Name   string // in the theme: "css/main.css"
	URL    string // "/assets/main.1a2b3c4d5e.css"
	Type   string // for Content-Type
	ETag   string // quoted, strong; of the identity bytes
	Data   []byte
	Gzip   []byte // nil when compression is not worth it
	Brotli []byte // the same
}

// types that a theme may hold. Others are refused: what a browser would have to guess is not served.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".jpg":   "image/jpeg",
	".webp":  "image/webp",
	".avif":  "image/avif",
	".ico":   "image/x-icon",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

// packed types are compressed already.
var packed = map[string]bool{".png": true, ".jpg": true, ".webp": true, ".avif": true, ".woff2": true}

type assets struct {
	byName    map[string]*asset
	byAddress map[string]*asset // by the last part of the address
}

// asset is an Asset whose compressed forms are made when somebody first asks for them.
type asset struct {
	Asset      // without Gzip and Brotli
	compressed func() (gzip, brotli []byte)
}

func (a *asset) whole() Asset {
	w := a.Asset
	w.Gzip, w.Brotli = a.compressed()
	return w
}

// source is an asset as its writer left it.
type source struct {
	text    []byte
	imports []string // names of the assets it imports, in order
}

// loadAssets reads css/, js/ and img/, joins parts, minifies and hashes.
func loadAssets(fsys fs.FS) (*assets, error) {
	sources, err := readSources(fsys)
	if err != nil {
		return nil, err
	}
	a := &assets{byName: make(map[string]*asset), byAddress: make(map[string]*asset)}
	// Style sheets come last, for they hold the addresses of images.
	for _, stage := range [][]string{{".svg", ""}, {".js"}, {".css"}} {
		if err := a.addStage(sources, stage); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// readSources reads every asset of the theme, by name.
func readSources(fsys fs.FS) (map[string]source, error) {
	sources := make(map[string]source)
	for _, dir := range []string{"css", "js", "img"} {
		err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && name == dir:
				return nil // a theme need not have every folder
			case err != nil:
				return err
			case d.IsDir():
				return nil
			case types[path.Ext(name)] == "":
				return fmt.Errorf("theme: %s: files of this type are not served", name)
			}
			text, err := fs.ReadFile(fsys, name)
			sources[name] = source{text, imports(name, text)}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// addStage adds the assets of some types; "" stands for all that are neither styles nor scripts nor drawings.
func (a *assets) addStage(sources map[string]source, exts []string) error {
	names, err := entries(sources)
	if err != nil {
		return err
	}
	for _, name := range names {
		ext := path.Ext(name)
		kind := ext
		if ext != ".css" && ext != ".js" && ext != ".svg" {
			kind = ""
		}
		if !slices.Contains(exts, kind) {
			continue
		}
		data, err := a.build(sources, name)
		if err != nil {
			return fmt.Errorf("theme: %s: %w", name, err)
		}
		if err := a.add(name, data); err != nil {
			return err
		}
	}
	return nil
}

// entries are the assets that no other one imports, sorted by name.
func entries(sources map[string]source) ([]string, error) {
	imported := make(map[string]bool)
	for name, s := range sources {
		for _, dep := range s.imports {
			if _, ok := sources[dep]; !ok {
				return nil, fmt.Errorf("theme: %s imports %s, which is not there", name, dep)
			}
			imported[dep] = true
		}
	}
	var names []string
	for name := range sources {
		if !imported[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

var (
	cssImport = regexp.MustCompile(`(?m)^@import "([^"]+)";[ \t]*$`)
	jsImport  = regexp.MustCompile(`(?m)^import (?:\{[^}]*\} from )?"(\./[^"]+)";[ \t]*$`)
	jsExport  = regexp.MustCompile(`(?m)^export ((?:const|let|class|function|async function)[ *])`)
	jsTop     = regexp.MustCompile(`(?m)^(?:export )?(?:const|let|class|function|async function)[ *]+([\pL_$][\pL\pN_$]*)`)
	cssURL    = regexp.MustCompile(`url\("(\.\./[^"]+)"\)`)
)

// imports are the names of the assets that text has imports of.
func imports(name string, text []byte) []string {
	var pattern *regexp.Regexp
	switch path.Ext(name) {
	case ".css":
		pattern = cssImport
	case ".js":
		pattern = jsImport
	default:
		return nil
	}
	var deps []string
	for _, m := range pattern.FindAllSubmatch(text, -1) {
		deps = append(deps, path.Join(path.Dir(name), string(m[1])))
	}
	return deps
}

// build makes the bytes that are served for an entry.
func (a *assets) build(sources map[string]source, name string) ([]byte, error) {
	m := minify.New()
	switch path.Ext(name) {
	case ".css":
		text, err := a.rewriteURLs(name, bundle(sources, name, cssImport))
		if err != nil {
			return nil, err
		}
		m.AddFunc("text/css", css.Minify)
		return m.Bytes("text/css", text)
	case ".js":
		text, err := bundleScript(sources, name)
		if err != nil {
			return nil, err
		}
		m.AddFunc("text/javascript", js.Minify)
		return m.Bytes("text/javascript", text)
	case ".svg":
		m.AddFunc("image/svg+xml", svg.Minify)
		return m.Bytes("image/svg+xml", sources[name].text)
	default:
		return sources[name].text, nil
	}
}

// bundle puts the text of every import in front of what imports it, each file once, in the order of the imports: the order that a browser
// would follow.
func bundle(sources map[string]source, entry string, pattern *regexp.Regexp) []byte {
	var out bytes.Buffer
	for _, name := range order(sources, entry) {
		out.Write(pattern.ReplaceAll(sources[name].text, nil))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// order lists entry and all it imports, imports first.
func order(sources map[string]source, entry string) []string {
	var list []string
	seen := make(map[string]bool)
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, dep := range sources[name].imports {
			visit(dep)
		}
		list = append(list, name)
	}
	visit(entry)
	return list
}

// bundleScript joins modules into one. They share a scope then, so a name that two of them declare at the start of a line is refused. Imports
// must be written one on a line, without "as" and without default: that is all that these small modules need, and what makes joining them plain.
func bundleScript(sources map[string]source, entry string) ([]byte, error) {
	declared := make(map[string]string)
	for _, name := range order(sources, entry) {
		for _, m := range jsTop.FindAllSubmatch(sources[name].text, -1) {
			if other, ok := declared[string(m[1])]; ok && other != name {
				return nil, fmt.Errorf("%s and %s both declare %s", other, name, m[1])
			}
			declared[string(m[1])] = name
		}
	}
	return jsExport.ReplaceAll(bundle(sources, entry, jsImport), []byte("$1")), nil
}

// rewriteURLs puts hashed addresses in place of url("../img/x.svg").
func (a *assets) rewriteURLs(name string, text []byte) ([]byte, error) {
	var missing error
	text = cssURL.ReplaceAllFunc(text, func(match []byte) []byte {
		target := path.Join(path.Dir(name), string(cssURL.FindSubmatch(match)[1]))
		asset, ok := a.byName[target]
		if !ok {
			missing = fmt.Errorf("url(%q) is not there", target)
			return match
		}
		return []byte(`url("` + asset.URL + `")`)
	})
	return text, missing
}

// add gives data its address.
func (a *assets) add(name string, data []byte) error {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	ext := path.Ext(name)
	file := strings.TrimSuffix(path.Base(name), ext) + "." + hash[:hashDigits] + ext
	if other, ok := a.byAddress[file]; ok {
		return fmt.Errorf("theme: %s and %s are the same file under the same name", other.Name, name)
	}
	made := &asset{Asset: Asset{Name: name, URL: AssetPrefix + file, Type: types[ext], ETag: `"` + hash[:2*hashDigits] + `"`, Data: data}}
	made.compressed = sync.OnceValues(made.compress)
	a.byName[name], a.byAddress[file] = made, made
	return nil
}

// compress makes both compressed forms: it takes longer than all the rest of loading a theme.
func (a *asset) compress() (gzip, brotli []byte) {
	if packed[path.Ext(a.Name)] {
		return nil, nil
	}
	return worth(a.Data, gzipped(a.Data)), worth(a.Data, brotlied(a.Data))
}

func worth(data, compressed []byte) []byte {
	if len(compressed)+worthwhile > len(data) {
		return nil
	}
	return compressed
}

func gzipped(data []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	writeAll(w, data)
	return buf.Bytes()
}

func brotlied(data []byte) []byte {
	var buf bytes.Buffer
	writeAll(brotli.NewWriterOptions(&buf, brotli.WriterOptions{Quality: brotliLevel, LGWin: brotliWindow}), data)
	return buf.Bytes()
}

// writeAll compresses into a bytes.Buffer, which takes everything: an error is a fault of the compressor.
func writeAll(w io.WriteCloser, data []byte) {
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
}
