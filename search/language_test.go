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
	{"pl", "Jedziemy do Łodzi.", "lodz", "Łodzi"},
	{"", "An œuvre of many.", "oeuvre", "œuvre"},
	{"", "An ŒUVRE of many.", "oeuvre", "ŒUVRE"},
	{"", "We ate smørrebrød.", "smorrebrod", "smørrebrød"},
	{"", "Beyond the æther.", "aether", "æther"},
	{"", "Beyond the aether.", "æther", "aether"},
	{"", "Der Straßenmusikant.", "strassenmusikant", "Straßenmusikant"},
	{"vi", "Đường phố Hà Nội", "duong", "Đường"},
	{"az", "Bakının küçələri", "kucələri", "küçələri"},
	{"el", "Ο ΣΟΦΟΣ λέει", "σοφός", "ΣΟΦΟΣ"},
	{"uk", "Мій край", "мій", "Мій"},
	{"uk", "Мій край", "мии", ""},
	{"he", "שָׁלוֹם לכם", "שלום", "שָׁלוֹם"},
	{"haw", "Mokuʻāina o Hawaiʻi", "hawaii", "Hawaiʻi"},
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

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"L’ŒUVRE d'Ålesund": "loeuvre dalesund", "Łódź, Đakovo & Smørås": "lodz dakovo smoras", "Großstraße ẞ": "grossstrasse ss", "IŞIK İstanbul": "isik istanbul",
		"Ёлка и йод": "елка и йод", "ΣΟΦΟΣ σοφός": "σοφοσ σοφοσ", "ガラス ｶﾞﾗｽ カラス": "ガラス ガラス カラス", "أَحْمَد": "احمد", "हिन्दी": "हिन्दी", "น้ำ": "น้ํา", "한국어": "한국어",
		"ǽ ǿ ﬁ": "ae o fi",
	} {
		if got := fold(composed(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
