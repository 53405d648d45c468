package wiki_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// level is how high each room stands. A room imports only rooms of lower levels: never upwards, never a neighbour.
var level = map[string]int{
	"coppice/cmd/bench":   5,
	"coppice/cmd/coppice": 4,

	"coppice/wiki/api": 3,
	"coppice/wiki/web": 3,

	"coppice/search":       2,
	"coppice/wiki/catalog": 2,
	"coppice/wiki/credit":  2,
	"coppice/wiki/history": 2,

	"coppice/wiki": 1,

	"coppice/content":                 0,
	"coppice/themes":                  0,
	"coppice/wiki/credit/truth":       0,
	"coppice/wiki/internal/diff":      0,
	"coppice/wiki/internal/gitstore":  0,
	"coppice/wiki/internal/recordlog": 0,
	"coppice/wiki/markdown":           0,
}

// owner says which room alone may import a library, so that the library's types stay behind it.
var owner = map[string][]string{
	"github.com/go-git/go-git":           {"coppice/wiki/internal/gitstore"},
	"github.com/blevesearch/bleve":       {"coppice/search", "coppice/cmd/bench"}, // bench asks it as it comes, as the yardstick
	"github.com/RoaringBitmap/roaring":   {"coppice/search"},
	"github.com/yuin/goldmark":           {"coppice/wiki/markdown", "coppice/cmd/bench"}, // bench measures it bare, as the yardstick
	"github.com/alecthomas/chroma":       {"coppice/wiki/markdown"},
	"github.com/microcosm-cc/bluemonday": {"coppice/wiki/markdown"},
	"github.com/labstack/echo":           {"coppice/wiki/web"},
	"github.com/danielgtaylor/huma":      {"coppice/wiki/api"},
	"github.com/prometheus":              {"coppice/wiki/web"},
	"github.com/urfave/cli":              {"coppice/cmd/coppice", "coppice/cmd/bench"},
}

func TestImportsGoDownOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "coppice/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		mine, ok := level[p.ImportPath]
		if !ok {
			t.Errorf("%s has no level: give it one in the table", p.ImportPath)
		}
		for _, imp := range p.Imports {
			if theirs, ok := level[imp]; ok && theirs >= mine {
				t.Errorf("%s (level %d) imports %s (level %d)", p.ImportPath, mine, imp, theirs)
			}
			for lib, rooms := range owner {
				if strings.HasPrefix(imp, lib) && !slices.Contains(rooms, p.ImportPath) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imp, rooms)
				}
			}
		}
	}
	if seen != len(level) {
		t.Errorf("%d rooms, and the table has %d", seen, len(level))
	}
}
