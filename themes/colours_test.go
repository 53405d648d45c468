package themes_test

import (
	"io/fs"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coppice/themes"
)

var (
	schemeToken = regexp.MustCompile(`(?m)^  --([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)
	plainToken  = regexp.MustCompile(`(?m)^    --([\w-]+): (#[0-9a-f]{6});`)
	definition  = regexp.MustCompile(`--([\w-]+):`)
	use         = regexp.MustCompile(`var\(--([\w-]+)`)
	rawColour   = regexp.MustCompile(`:[^;{]*#[0-9a-fA-F]{3,8}\b`)
)

func styleSheet(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(themes.Default(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// palettes reads the colours of css/tokens.css, light and dark.
func palettes(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	light, dark = make(map[string]string), make(map[string]string)
	for _, m := range schemeToken.FindAllStringSubmatch(styleSheet(t, "css/tokens.css"), -1) {
		light[m[1]], dark[m[1]] = m[2], m[3]
	}
	if len(light) < 30 {
		t.Fatalf("only %d colours found", len(light))
	}
	return light, dark
}

// TestContrast computes WCAG 2.2's contrast of every pair that the style sheets put together.
func TestContrast(t *testing.T) {
	const text, edge = 4.5, 3
	grounds := []string{"ground", "surface", "raised"}
	type pair struct {
		front, back string
		least       float64
	}
	var pairs []pair
	for _, back := range grounds {
		for _, front := range []string{"ink", "ink-soft", "accent", "accent-strong", "missing", "good", "info", "warning", "bad"} {
			pairs = append(pairs, pair{front, back, text})
		}
		pairs = append(pairs, pair{"edge", back, edge})
	}
	for _, back := range []string{"accent-soft", "good-soft", "info-soft", "warning-soft", "bad-soft"} {
		pairs = append(pairs, pair{"ink", back, text}, pair{"ink-soft", back, text}, pair{"accent", back, text}, pair{"missing", back, text})
	}
	for _, tone := range []string{"good", "info", "warning", "bad"} {
		pairs = append(pairs, pair{tone, tone + "-soft", text}, pair{tone, "accent-soft", text})
	}
	for _, back := range []string{"insert", "insert-mark", "delete", "delete-mark", "hit"} {
		pairs = append(pairs, pair{"ink", back, text})
	}
	for _, front := range []string{"keyword", "name", "string", "number", "comment"} {
		pairs = append(pairs, pair{"code-" + front, "code-ground", text}, pair{"code-" + front, "insert", text}, pair{"code-" + front, "delete", text})
	}
	pairs = append(pairs, pair{"on-accent", "accent", text}, pair{"on-accent", "accent-strong", text}, pair{"ground", "bad", text},
		pair{"accent-strong", "accent-soft", text}, pair{"ink-soft", "insert", text}, pair{"ink-soft", "delete", text}, pair{"bad", "delete", text}, pair{"good", "insert", text})

	light, dark := palettes(t)
	for name, palette := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs {
			if got := contrast(t, palette[p.front], palette[p.back]); got < p.least {
				t.Errorf("%s: %s on %s is %.2f, want %.1f", name, p.front, p.back, got, p.least)
			}
		}
	}
}

// contrast is WCAG 2.2's contrast ratio, from relative luminance in sRGB (w3.org/TR/WCAG22/#dfn-contrast-ratio).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if len(colour) != 7 {
			t.Fatalf("%q is no colour", colour)
		}
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestOldBrowsersGetTheLightColours(t *testing.T) {
	light, _ := palettes(t)
	plain := make(map[string]string)
	for _, m := range plainToken.FindAllStringSubmatch(styleSheet(t, "css/tokens.css"), -1) {
		plain[m[1]] = m[2]
	}
	if !maps.Equal(light, plain) {
		t.Errorf("the block for browsers without light-dark() differs:\n%v\n%v", light, plain)
	}
}

func TestStyleSheetsUseTheVocabulary(t *testing.T) {
	files, err := fs.Glob(themes.Default(), "css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	defined := make(map[string]bool)
	used := make(map[string]string)
	for _, file := range files {
		text := styleSheet(t, file)
		for _, m := range definition.FindAllStringSubmatch(text, -1) {
			defined[m[1]] = true
		}
		for _, m := range use.FindAllStringSubmatch(text, -1) {
			used[m[1]] = file
		}
		if file == "css/tokens.css" {
			continue
		}
		for _, found := range rawColour.FindAllString(text, -1) {
			if !strings.Contains(found, "#fff") || file != "css/print.css" {
				t.Errorf("%s has a colour of its own: %s", file, found)
			}
		}
		if !strings.Contains(styleSheet(t, "css/main.css"), strings.TrimPrefix(file, "css/")) && file != "css/main.css" {
			t.Errorf("%s is not imported by css/main.css", file)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !defined[name] {
			t.Errorf("%s uses --%s, which nobody defines", used[name], name)
		}
	}
}
