package search

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"coppice/wiki"
)

func (c clause) String() string {
	s := c.written(c.text)
	if c.field != anywhere {
		s += fmt.Sprintf("(%d)", c.field)
	}
	return s
}

func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "[]"},
		{"  \t\n ", "[]"},
		{"community practice", "[community practice]"},
		{`"community of practice"`, `["community of practice"]`},
		{`“community of practice” launch`, `["community of practice" launch]`},
		{`"not closed`, `["not closed"]`},
		{`in"side`, `[in "side"]`},
		{"members -budget", "[members -budget]"},
		{`a -"annual plan"`, `[a -"annual plan"]`},
		{"a - b -- c", "[a b c]"},
		{"two-factor", "[two-factor]"},
		{"title:launch", "[title:launch(1)]"},
		{"TITLE:launch", "[title:launch(1)]"},
		{`keyword:"knowledge management"`, `[keyword:"knowledge management"(2)]`},
		{"tag:x category:y", "[keyword:x(2) keyword:y(2)]"},
		{"-lang:fr path:guide/ a", "[-lang:fr(3) in:guide/(4) a]"},
		{"title: launch", "[title: launch]"},
		{"http://example.org/a:b", "[http://example.org/a:b]"},
		{"foo:bar", "[foo:bar]"},
		{"??? !!! …", "[]"},
		{`"" -"" title:""`, "[]"},
		{"cafe\u0301", "[caf\u00e9]"},
		{"bad \xff\xfe bytes", "[bad bytes]"},
		{"知識管理", "[知識管理]"},
	}
	for _, tt := range tests {
		q := Parse(tt.text)
		if got := fmt.Sprint(q.clauses); got != tt.want || q.Problem != "" || q.Text != tt.text {
			t.Errorf("%q: %s, want %s; problem %q", tt.text, got, tt.want, q.Problem)
		}
	}
}

func TestBrokenQueriesGetASentence(t *testing.T) {
	x := storeOf(t, faq()...)
	for name, q := range map[string]Query{
		"too long":         Parse(strings.Repeat("a", MaxQuery+1)),
		"too many words":   Parse(strings.Repeat("a ", MaxTerms+1)),
		"only exclusions":  Parse("-budget -lang:de"),
		"before the first": {Text: "community", Offset: -1},
	} {
		res, err := x.Search(t.Context(), q)
		if wiki.KindOf(err) != wiki.Invalid || !strings.HasSuffix(wiki.SentenceOf(err, ""), ".") || len(res.Hits) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if res := find(t, x, "  "); res.Total != 0 {
		t.Error("an empty query finds something")
	}
}

func TestParts(t *testing.T) {
	var pages []page
	for i := range 60 {
		pages = append(pages, page{path: fmt.Sprintf("p%02d", i), title: fmt.Sprintf("Page %d", i), sections: []section{
			{text: strings.Repeat("lighthouse ", 1+i%7)}, {anchor: "more", heading: "More", text: "Another lighthouse " + strings.Repeat("and ", i)},
		}})
	}
	x := storeOf(t, pages...)
	seen := map[string]bool{}
	for _, query := range []string{"lighthouse", "path:p07", "title:page"} {
		clear(seen)
		for offset := 0; ; offset += 7 {
			q := Parse(query)
			q.Limit, q.Offset = 7, offset
			res, err := x.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range res.Hits {
				if seen[h.Path.String()] {
					t.Errorf("%s: %s comes twice", query, h.Path)
				}
				seen[h.Path.String()] = true
			}
			if len(res.Hits) < 7 {
				if len(seen) != res.Total {
					t.Errorf("%s: %d pages of %d", query, len(seen), res.Total)
				}
				break
			}
		}
	}
}

func TestFacets(t *testing.T) {
	x := storeOf(t, faq()...)
	res := find(t, x, "community")
	if got := fmt.Sprint(res.Facets); got != "[{keyword [{CoP 1} {Knowledge management 1} {networks 1}]} {lang [{en 2}]}]" {
		t.Errorf("facets: %s", got)
	}
	res = find(t, x, "keyword:cop")
	if got := fmt.Sprint(res.Facets); got != "[{keyword [{CoP 2} {Knowledge management 1} {events 1}]} {lang [{en 2}]}]" {
		t.Errorf("facets: %s", got)
	}
	if res = find(t, x, "lang:de"); len(res.Facets) != 2 || fmt.Sprint(res.Facets[1]) != "{lang [{de 1}]}" {
		t.Errorf("facets: %v", res.Facets)
	}
}

// TestOthers: what else on a page matches is named with its hit, if that is wanted.
func TestOthers(t *testing.T) {
	x := storeOf(t, page{path: "w", title: "Wombats", sections: []section{
		{text: "Wombooks are books about wombats."}, {anchor: "a", heading: "Who reads wombooks?", text: "Wombooks are read by wombats."}, {anchor: "b", heading: "Who writes wombooks?", text: "Nobody knows who writes wombooks."},
		{anchor: "c", heading: "Who prints wombooks?", text: "Printers of wombooks."}, {anchor: "e", heading: "Wombooks", text: "Wombooks, wombooks and wombooks."}, {anchor: "f", heading: "More wombooks", text: "Wombooks, wombooks and wombooks."}, {anchor: "d", heading: "What is a burrow?", text: "Wombats live in a burrow. There may be a wombook or two, among many other things that wombats like."},
	}}, page{path: "other", title: "Other", sections: []section{{text: "Nothing of the kind."}}})
	q := Parse("wombooks")
	for others, want := range map[int]int{0: 0, 1: 1, 100: 3} {
		q.Others = others
		res, err := x.Search(t.Context(), q)
		if err != nil || len(res.Hits) != 1 || len(res.Hits[0].Others) != want {
			t.Errorf("%d: %v %+v", others, err, res.Hits)
			continue
		}
		for _, o := range res.Hits[0].Others {
			if o.Anchor == res.Hits[0].Anchor || o.Anchor == "d" || o.Anchor == "f" || o.Question == "" {
				t.Errorf("%+v", o)
			}
		}
	}
}

func TestDidYouMean(t *testing.T) {
	x := storeOf(t, faq()...)
	for query, want := range map[string]string{
		"comunity size":          "community size",
		"lanch workshp":          "launch workshop",
		`agnda title:launch`:     "agenda title:launch",
		"community":              "",
		"xyzzy":                  "",
		`agnda -keyword:nothing`: "agenda -keyword:nothing",
	} {
		if got := find(t, x, query).DidYouMean; got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestExact(t *testing.T) {
	x := storeOf(t, faq()...)
	for query, want := range map[string]bool{"what is a community of practice": true, `"Launch Workshop!"`: true, "cops": true, "workshop": false, "who takes part?": false} {
		if got := find(t, x, query).Exact; got != want {
			t.Errorf("%q: %v", query, got)
		}
	}
}

func TestSuggest(t *testing.T) {
	x := storeOf(t, faq()...)
	tests := []struct{ typed, want string }{
		{"", ""},
		{"?!", ""},
		{"l", "Launch workshop"},
		{"WHAT IS", "What is a community of practice? What is on the agenda?#agenda How big should a community be?#how-big (what is the ideal size)"},
		{"what is on", "What is on the agenda?#agenda"},
		{"workshop", "Launch workshop"},
		{"workshop la", "Launch workshop"},
		{"net", "Community or network? What does a network cost?#budget"},
		{"netw", "Community or network? What does a network cost?#budget"},
		{"networ", "Community or network? What does a network cost?#budget"},
		{"members many", "How big should a community be?#how-big (how many members)"},
		{"how many", "How big should a community be?#how-big (how many members)"},
		{"wh", "What is a community of practice? Who takes part?#who-takes-part What is on the agenda?#agenda What does a network cost?#budget How big should a community be?#how-big (what is the ideal size)"},
		{"how big ", "How big should a community be?#how-big"},
		{"ideal", "How big should a community be?#how-big (what is the ideal size)"},
		{"comunity of", "What is a community of practice?"},
		{"workshpo", "Launch workshop"},
		{"lanch wor", "Launch workshop"},
		{"how mnay membrs", "How big should a community be?#how-big (how many members)"},
		{"comunit", "Community or network? What is a community of practice? How big should a community be?#how-big"},
		{"agneda", "What is on the agenda?#agenda"},
		{"zepelin agenda", ""},
		{"cpo", ""},
		{"cop", "What is a community of practice?"},
		{"praxis", "Was ist eine Praxisgemeinschaft?"},
		{"実践", "実践コミュニティとは"},
		{"コミ", "実践コミュニティとは"},
		{"zeppelin", ""},
		{"\xff", ""},
	}
	for _, tt := range tests {
		list, err := x.Suggest(t.Context(), tt.typed, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range list {
			text := s.Text
			if s.Anchor != "" {
				text += "#" + s.Anchor
			}
			if s.Asked != "" {
				text += " (" + s.Asked + ")"
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: %q, want %q", tt.typed, got, tt.want)
		}
	}
	if list, _ := x.Suggest(t.Context(), "w", 2); len(list) != 2 {
		t.Errorf("limit: %v", list)
	}
	if list, err := x.Suggest(t.Context(), strings.Repeat("w é ", 5000), 5); err != nil || len(list) != 0 {
		t.Errorf("long: %v %v", list, err)
	}
}

func TestSnippet(t *testing.T) {
	long := "The beginning says nothing of it. " + strings.Repeat("Filler sentences come and go here. ", 20)
	tests := []struct{ name, query, lang, text, want string }{
		{"a form of the word", "community", "en", "Communities need time.", "[Communities] need time."},
		{"nothing to mark", "lang:en", "en", "Some text\n\nof two paragraphs.", "Some text of two paragraphs."},
		{"a possessive", "members", "en", "A member's view.", "A [member]'s view."},
		{"a phrase word by word", `"core team"`, "en", "The core team meets.", "The [core] [team] meets."},
		{"accents", "resume", "en", "Each résumé counts.", "Each [résumé] counts."},
		{"German", "haus", "de", "Viele Häuser stehen leer.", "Viele [Häuser] stehen leer."},
		{"French", "communauté", "fr", "Nos communautés lisent.", "Nos [communautés] lisent."},
		{"Japanese", "知識管理", "unspaced", "これは知識管理の本です。", "これは[知識管理]の本です。"},
		{"Arabic", "كتاب", "ar", "قرأت الكتاب أمس", "قرأت [الكتاب] أمس"},
		{"an excluded word is not marked", "team -core", "en", "The core team.", "The core [team]."},
		{"far into the text, from a sentence", "budget team", "en", long + "A budget helps the team. " + long, "The beginning says nothing of it. … A [budget] helps the [team]. The beginning says nothing of it. Filler sentences come and go here. Filler sentences come and go here. Filler sentences come and go here. Filler sentences come and go here. Filler sentences come and go here."},
		{"no text", "a", "en", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := (&plan{q: Parse(tt.query)}).marker()
			if got := show(m.snippet(tt.text, languageNamed(tt.lang))); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestLanguageFor(t *testing.T) {
	for _, tt := range []struct{ tag, sample, want string }{
		{"", "", "en"}, {"", "plain text", "en"}, {"de", "", "de"}, {"de-AT", "", "de"}, {"PT_br", "", "pt"}, {"nb", "", "no"},
		{"zh-Hant", "", "unspaced"}, {"xx", "Текст", "plain"}, {"keyword", "", "plain"}, {"th", "", "unspaced"}, {"shn", "ၽႃႇသႃႇတႆး", "unspaced"},
		{"", "Что такое сообщество практики?", "ru"}, {"", "什么是实践社区", "unspaced"}, {"", "ما هي جماعة الممارسة", "ar"},
		{"", "अभ्यास समुदाय क्या है", "hi"}, {"", "한국어", "unspaced"}, {"", "English with one слово in it", "en"}, {"", "Ελληνικά", "en"},
	} {
		if got := languageFor(tt.tag, tt.sample); got != tt.want {
			t.Errorf("%q %q: %s, want %s", tt.tag, tt.sample, got, tt.want)
		}
	}
}

// Every analyzer finds a form of a word by another.
func TestLanguages(t *testing.T) {
	forms := map[string][2]string{
		"ar": {"الكتاب", "كتاب"}, "da": {"husene", "huset"}, "de": {"Häuser", "Haus"}, "en": {"communities", "community"}, "es": {"comunidades", "comunidad"},
		"fi": {"talossa", "talot"}, "fr": {"communautés", "communauté"}, "hu": {"házak", "házakat"}, "it": {"comunità", "Comunità"},
		"nl": {"boeken", "boek"}, "no": {"husene", "huset"}, "pt": {"comunidades", "comunidade"}, "ro": {"casele", "case"},
		"ru": {"сообщества", "сообщество"}, "sv": {"flickorna", "flickor"}, "tr": {"evler", "ev"}, "hi": {"किताबें", "किताब"},
	}
	for tag, f := range forms {
		x := storeOf(t, page{path: "a", title: "T", lang: tag, sections: []section{{text: f[0]}}})
		if res := find(t, x, f[1]); res.Total != 1 || res.Relaxed {
			t.Errorf("%s: %q does not find %q (%v, %v)", tag, f[1], f[0], languageNamed(tag).terms(f[0]), languageNamed(tag).terms(f[1]))
		}
	}
}

func TestStoredRoundTrip(t *testing.T) {
	s := stored{title: "T", heading: "H?", anchor: "h", text: "text\n\nmore", language: "en", sections: 7, sum: 1 << 60}
	s.lengths[2] = 300
	got, err := decodeStored(s.encode())
	if err != nil || got != s {
		t.Errorf("%+v %v", got, err)
	}
	for i, b := 0, s.encode(); i < len(b); i++ {
		if _, err := decodeStored(b[:i]); err == nil {
			t.Errorf("cut at %d passes", i)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", `a "b c" -d title:e`, `-"`, `title:"`, "–“x”", "lang:", "--a", "\xff\"", strings.Repeat(`"a" `, 40), "title:-x", "path:/..//a"} {
		f.Add(s)
	}
	x := storeOf(f, faq()...)
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(text)
		if len(q.clauses) > MaxTerms {
			t.Fatalf("%d clauses", len(q.clauses))
		}
		for _, c := range q.clauses {
			if !utf8.ValidString(c.text) || fold(c.text) == "" {
				t.Fatalf("clause %q", c.text)
			}
		}
		res, err := x.Search(t.Context(), q)
		if err != nil && wiki.KindOf(err) != wiki.Invalid {
			t.Fatal(err)
		}
		for _, h := range res.Hits {
			for _, f := range h.Snippet {
				if f.Text == "" || !utf8.ValidString(f.Text) || strings.ContainsAny(f.Text, "\n\r") {
					t.Fatalf("fragment %q", f.Text)
				}
			}
		}
		if _, err := x.Suggest(t.Context(), text, 10); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzSnippet(f *testing.F) {
	f.Add("community team", "The team of a community.\n\nMore text.")
	f.Add("知識", "これは知識管理の本です。")
	f.Add("a", strings.Repeat("x", 700))
	f.Add("oeuvre ışık 사람", "Œuvre, IŞIK, \u0e49ก\u17d2 ｶﾞ사람들 İ\u0307 ẞ")
	f.Fuzz(func(t *testing.T, query, text string) {
		text = composed(text)
		for _, lang := range []string{"en", "unspaced", "ar", "tr", "da", "ro"} {
			m := (&plan{q: Parse(query)}).marker()
			total := 0
			for _, fr := range m.snippet(text, languageNamed(lang)) {
				total += len(fr.Text)
				if fr.Text == "" || !utf8.ValidString(fr.Text) {
					t.Fatalf("%s: fragment %q", lang, fr.Text)
				}
			}
			if total > 3*MaxSnippet {
				t.Fatalf("%s: %d bytes", lang, total)
			}
		}
	})
}

func TestPhraseMatcher(t *testing.T) {
	tests := []struct {
		lang, phrase, text string
		want               bool
	}{
		{"en", "core team", "The core team meets.", true},
		{"en", "core team", "A team with a core", false},
		{"en", "core team", "core teams, core", true},
		{"en", "community of practice", "Communities of practice", true},
		{"en", "community of practice", "a community with practice", true},
		{"en", "community of practice", "community practice", false},
		{"en", "time after time", "after time time after time", true},
		{"en", "don't worry", "Please don’t worry; don't worry", true},
		{"en", "don't worry", "don't they worry", false},
		{"en", "two-factor login", "a two factor login", true},
		{"en", "the", "the", false},
		{"de", "alte Häuser", "Ein altes Haus", true},
		{"unspaced", "知識管理", "これは知識管理の本です。", true},
		{"unspaced", "知識管理", "知識と管理", false},
		{"unspaced", "識", "知識と管理", true},
		{"unspaced", "実践 共同体", "実践・共同体", true},
		{"unspaced", "공동체 활동", "공동체 활동", true},
		{"unspaced", "공동체 활동", "활동 공동체", false},
	}
	for _, tt := range tests {
		if got := newPhraseMatcher(languageNamed(tt.lang), tt.phrase).in(tt.text); got != tt.want {
			t.Errorf("%s: %q in %q: %v", tt.lang, tt.phrase, tt.text, got)
		}
	}
}

// A question finds the page that has most of it, in whatever words.
func TestQuestions(t *testing.T) {
	x := storeOf(t, faq()...)
	for query, want := range map[string]string{
		"how many people should a community have":                   "communities#how-big",
		"what do people usually put on the agenda":                  "launch#agenda",
		"who has to take part in all this":                          "communities#who-takes-part",
		"is a network the same thing as a community of practice":    "guide/network",
		"we want to know what the ideal size of a community is, ok": "communities#how-big",
	} {
		res := find(t, x, query)
		if got := addresses(res); got != want && !strings.HasPrefix(got, want+" ") {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

// What is far down the results costs what the first does, and past the end there is nothing.
func TestFarParts(t *testing.T) {
	x := storeOf(t, faq()...)
	for _, offset := range []int{5, 100, 1e9, math.MaxInt - DefaultLimit} {
		q := Parse("community")
		q.Offset = offset
		res, err := x.Search(t.Context(), q)
		if err != nil || len(res.Hits) != 0 || res.Total == 0 {
			t.Errorf("from %d: %d hits of %d, %v", offset, len(res.Hits), res.Total, err)
		}
	}
}

// Whatever is typed gets an answer or a sentence.
func TestHostileQueries(t *testing.T) {
	x := storeOf(t, faq()...)
	for _, text := range []string{
		strings.Repeat("a", 100_000), strings.Repeat("community ", 500), strings.Repeat("a b ", 7), "the of and", "?!…—", `"unbalanced`, `a "b`, "/comm.*ity/", "*munity", "*:*", "comm*",
		"\u202eytinummoc\u202c", "community مجتمع 知識", "👩‍👩‍👧 community 🎉", "com\x00munity", "\x00", "title:", "title:*", "keyword:nothing-of-that-name", "lang:xx-yy-zz", "by:", "by:*", "before:",
		"(community OR network) AND NOT budget", "community~2", "community^5", "-", "--", "- -a", strings.Repeat(`"a b c" `, 20), "title:title:title", "in:../../etc/passwd", "year:99999999999",
	} {
		q := Parse(text)
		res, err := x.Search(t.Context(), q)
		if err != nil && (wiki.KindOf(err) != wiki.Invalid || !strings.HasSuffix(wiki.SentenceOf(err, ""), ".")) {
			t.Errorf("%.40q: %v", text, err)
		}
		if err == nil && q.Problem != "" {
			t.Errorf("%.40q: found %d in spite of %q", text, res.Total, q.Problem)
		}
	}
}

// A minus before a single letter is part of a command that was pasted, not a wish to leave pages out.
func TestFlagsAreNoExclusions(t *testing.T) {
	for text, excludes := range map[string]bool{"tail -f": false, "kill -9 it": false, "perl -e": false, "ls -la": true, "a -知": true, `a -"b"`: true, "a -b:": true} {
		if q := Parse(text); q.Filters() != excludes {
			t.Errorf("%q: %v", text, q.clauses)
		}
	}
}
