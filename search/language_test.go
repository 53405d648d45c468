package search

import (
	"strings"
	"testing"
)

// What is typed finds a text in a language, and the snippet marks it there; with nothing marked it must not be found.
var readings = []struct{ lang, text, query, marked string }{
	{"pl", "Tu mieszkają żółwie.", "żółw", "żółwie"},
	{"pl", "Nasze społeczności rosną.", "społeczność", "społeczności"},
	{"pl", "Spis książek i pytań.", "książka", "książek"},
	{"pl", "Każdy członek pisze.", "członków", "członek"},
	{"pl", "Tu mieszkają żółwie.", "żaba", ""},
	{"pl", "Nasze społeczności rosną.", "sposób", ""},
	{"ca", "L'escola és oberta.", "escola", "escola"},
	{"ga", "Tá m'athair anseo.", "athair", "athair"},
	{"bn", "বাংলা ভাষার জন‍্য", "বাংলা", "বাংলা"},
}

func TestReadings(t *testing.T) {
	for _, tt := range readings {
		x := storeOf(t, page{path: "a", title: "T", lang: tt.lang, sections: []section{{text: tt.text}}})
		res := find(t, x, tt.query)
		found := res.Total == 1 && !res.Relaxed
		if found != (tt.marked != "") {
			t.Errorf("%s: %q finds %q: %v (%q and %q)", tt.lang, tt.query, tt.text, found, languageNamed(languageFor(tt.lang, tt.text)).terms(tt.query), languageNamed(languageFor(tt.lang, tt.text)).terms(tt.text))
		}
		if !found || tt.marked == "" {
			continue
		}
		if got := show(res.Hits[0].Snippet); got != strings.Replace(tt.text, tt.marked, "["+tt.marked+"]", 1) {
			t.Errorf("%s: %q marks %s", tt.lang, tt.query, got)
		}
	}
}
