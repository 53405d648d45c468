package search

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"coppice/wiki"
)

// storeOf builds an index of pages that were not read from any repository.
func storeOf(t testing.TB, pages ...page) *Index {
	t.Helper()
	x, err := Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	st, err := newStore(x.dir)
	if err != nil {
		t.Fatal(err)
	}
	b := st.newBatch()
	for i := range pages {
		if pages[i].language == "" {
			pages[i].language = languageFor(pages[i].lang, pages[i].sections[0].text)
		}
		b.add(&pages[i])
		if b.full() {
			if err := b.write(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var commit wiki.ID
	commit[0] = 1
	b.moveTo(commit)
	if err := b.write(); err != nil {
		t.Fatal(err)
	}
	if err := st.compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := st.makeCurrent(x.dir); err != nil {
		t.Fatal(err)
	}
	x.store = st
	return x
}

func find(t testing.TB, x *Index, query string) Results {
	t.Helper()
	res, err := x.Search(t.Context(), Parse(query))
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return res
}

// addresses joins where hits lead, for comparing.
func addresses(res Results) string {
	var out []string
	for _, h := range res.Hits {
		a := h.Path.String()
		if h.Anchor != "" {
			a += "#" + h.Anchor
		}
		out = append(out, a)
	}
	return strings.Join(out, " ")
}

func show(fragments []Fragment) string {
	var b strings.Builder
	for _, f := range fragments {
		if f.Mark {
			fmt.Fprintf(&b, "[%s]", f.Text)
		} else {
			b.WriteString(f.Text)
		}
	}
	return b.String()
}

func faq() []page {
	return []page{
		{path: "communities", title: "What is a community of practice?", keywords: []string{"CoP", "Knowledge management"}, aliases: []string{"CoPs"}, sections: []section{
			{text: "A community of practice is a group of people who share a concern and learn how to do it better by meeting regularly."},
			{anchor: "how-big", heading: "How big should a community be?", askedAs: []string{"what is the ideal size", "how many members"}, text: "Between fifteen and fifty people know each other. Larger communities need a core team and a budget."},
			{anchor: "who-takes-part", heading: "Who takes part?", text: "Few write, many read. In one group the participation was 1, 10 and 89 percent."},
		}},
		{path: "launch", title: "Launch workshop", keywords: []string{"cop", "events"}, sections: []section{
			{text: "A workshop brings the first members together."},
			{anchor: "agenda", heading: "What is on the agenda?", text: "Introductions, a shared purpose, and the résumé of each member. Planning the launch takes a month and a budget."},
		}},
		{path: "guide/network", title: "Community or network?", keywords: []string{"networks"}, sections: []section{
			{text: "A network connects people; a community of practice also has a shared domain."},
			{anchor: "budget", heading: "What does a network cost?", text: "Networks cost little. Members pay for their own time."},
		}},
		{path: "de/gemeinschaft", title: "Was ist eine Praxisgemeinschaft?", lang: "de", keywords: []string{"Wissensmanagement"}, sections: []section{
			{text: "Die Häuser der Gemeinschaften stehen allen Mitgliedern offen."},
		}},
		{path: "ja/cop", title: "実践コミュニティとは", lang: "ja", sections: []section{
			{text: "実践コミュニティは、知識管理のために人々が集まる場です。"},
		}},
	}
}

func TestQueries(t *testing.T) {
	x := storeOf(t, faq()...)
	tests := []struct {
		name, query, want string
		total             int
		relaxed           bool
	}{
		{"a stem finds its forms", "network costs", "guide/network#budget", 1, false},
		{"a question is opened", "ideal size", "communities#how-big", 1, false},
		{"asked otherwise", "how many members", "communities#how-big", 0, false},
		{"words far apart: the page, at the best section", "participation budget", "communities#who-takes-part", 1, false},
		{"exact title first", "launch workshop", "launch", 1, false},
		{"an alias is a title", "cops", "communities", 0, false},
		{"a whole question", "who takes part?", "communities#who-takes-part", 1, false},
		{"a phrase", `"shared domain"`, "guide/network", 1, false},
		{"a phrase with a stop word in it", `"community of practice"`, "communities guide/network", 2, false},
		{"words of a phrase apart", `"domain shared"`, "guide/network", 1, true},
		{"without a word", "members -budget", "guide/network#budget", 1, false},
		{"without a phrase", `budget -"core team"`, "launch#agenda", 1, false},
		{"in the title", "title:network", "guide/network", 1, false},
		{"by keyword, whole", `keyword:"knowledge management"`, "communities", 1, false},
		{"by keyword, case", "keyword:COP", "communities launch", 2, false},
		{"not a part of a keyword", "keyword:knowledge", "", 0, false},
		{"in a language", "lang:de", "de/gemeinschaft", 1, false},
		{"in English, which is not said", "lang:en connects", "guide/network", 1, false},
		{"below a path", "path:guide/ community", "guide/network", 1, false},
		{"a page's path", "path:guide/network community", "guide/network", 1, false},
		{"not a part of a path", "path:gui community", "", 0, false},
		{"accents", "resume", "launch#agenda", 1, false},
		{"accents typed", "RÉSUMÉ", "launch#agenda", 1, false},
		{"German forms", "haus gemeinschaft", "de/gemeinschaft", 1, false},
		{"a stop word of one language", "die Mitglieder", "de/gemeinschaft", 1, false},
		{"Japanese", "知識管理", "ja/cop", 1, false},
		{"only stop words", "what is a", "communities", 0, false},
		{"a spelling mistake", "particpation", "communities#who-takes-part", 1, true},
		{"a mistake in the ending of a word of a text", "participa" + "ton", "communities#who-takes-part", 1, true},
		{"a mistake in the ending of a word of a name", "gemeinschaftt", "de/gemeinschaft", 1, true},
		{"a word that is not typed whole", "introduc", "launch#agenda", 1, true},
		{"one of a name, longer than its stem", "communiti", "communities", 0, false},
		{"words that begin so", "introduc*", "launch#agenda", 1, false},
		{"words that begin so, and others", "introduc* purpose", "launch#agenda", 1, false},
		{"without words that begin so", "members -introduc*", "communities#how-big guide/network#budget", 2, false},
		{"two letters begin anything", "in*", "", 0, false},
		{"some of the words", "agenda zeppelin", "launch#agenda", 1, true},
		{"nothing at all", "zeppelin", "", 0, false},
		{"nothing below a path", "path:nowhere community", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := find(t, x, tt.query)
			if got := addresses(res); got != tt.want && !(tt.total == 0 && tt.want != "" && strings.HasPrefix(got, tt.want)) {
				t.Errorf("%s: got %q, want %q", tt.query, got, tt.want)
			}
			if tt.total != 0 && res.Total != tt.total {
				t.Errorf("%s: total %d, want %d", tt.query, res.Total, tt.total)
			}
			if res.Relaxed != tt.relaxed {
				t.Errorf("%s: relaxed %v", tt.query, res.Relaxed)
			}
		})
	}
}

// Words that are asked about count for more than the same words in a heading that does not ask, though that one is shorter.
func TestQuestionsComeBeforeHeadings(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, newWiki(t, map[string]string{
		"a": "# Files\n\n## Copy files\n\nUse the tool. It copies a file.\n", "b": "# Other files\n\n## How does one copy files?\n\nUse the tool. It copies a file.\n",
		"c": "# Bake bread\n\nIn the oven.\n", "d": "# How does one bake bread?\n\nIn the oven.\n",
		"e": "---\nasked_as:\n  wet-paint:\n    - sticky chair\n---\n# Walls\n\n## Wet paint\n\nWait for it.\n", "f": "# Chairs\n\n## Sticky chair\n\nWait for it.\n",
	}))
	for query, want := range map[string]string{"copy files tool": "b", "bake bread oven": "d", "sticky chair wait": "e"} {
		if res := find(t, x, query); len(res.Hits) == 0 || res.Hits[0].Path.String() != want {
			t.Errorf("%s: %v", query, res.Hits)
		}
	}
}
