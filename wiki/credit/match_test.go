package credit

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"coppice/wiki/credit/truth"
)

// matched finds the origins of a text that was made of an old one, whose words all are of commit 0; nobody is the rest.
func matched(old, now string) *matching {
	o := lex([]byte(old))
	p := newPool(&source{text: o, origins: make([]int32, len(o.words))}, &scratch{})
	m := newMatching(relex(o, []byte(now), nil), []*pool{p}, nil, &scratch{})
	m.align(p)
	m.moved(p, 1)
	m.fill()
	m.fillGaps()
	newLeftovers([]*matching{m}).use(m)
	return m
}

// TestChance replaces sentences by unrelated ones, and words of sentences by others, and counts how many words go to
// the wrong side.
func TestChance(t *testing.T) {
	sentences := truth.Sentences(starterPages(t)...)
	vocabulary := strings.Fields(strings.Join(sentences, " "))
	random := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return sentences[random.IntN(len(sentences))] }
	frame := func(middle string, before, after string) string { return before + ". " + middle + ". " + after + "." }

	given, all := 0, 0
	for range 2000 {
		before, after := pick(), pick()
		m := matched(frame(pick()+". "+pick(), before, after), frame(pick()+". "+pick(), before, after))
		for i := len(strings.Fields(before)); i < len(m.words)-len(strings.Fields(after)); i++ {
			all++
			if m.origin[i] == 0 {
				given++
			}
		}
	}
	if share := float64(given) / float64(all); share > 0.02 {
		t.Errorf("of the words of unrelated sentences, %.4f go to the author of the old ones", share)
	} else {
		t.Logf("unrelated: %.4f given away", share)
	}
	for _, c := range []struct{ replaced, lost, given float64 }{{0.1, 0.01, 0.03}, {0.3, 0.03, 0.04}, {0.5, 0.12, 0.06}} {
		var lost, kept, given, fresh float64
		for range 2000 {
			old := pick()
			edited := strings.Fields(old)
			isNew := make([]bool, len(edited))
			for i, w := range edited {
				if n := vocabulary[random.IntN(len(vocabulary))]; random.Float64() < c.replaced && !strings.EqualFold(n, w) {
					edited[i], isNew[i] = n, true
				}
			}
			before, after := pick(), pick()
			m := matched(frame(old, before, after), frame(strings.Join(edited, " "), before, after))
			for i, n := range isNew {
				switch is := m.origin[len(strings.Fields(before))+i] == 0; {
				case n:
					fresh++
					if is {
						given++
					}
				default:
					kept++
					if !is {
						lost++
					}
				}
			}
		}
		t.Logf("%.1f of the words replaced: %.4f of the others lost, %.4f of the new given away", c.replaced, lost/kept, given/fresh)
		if lost/kept > c.lost || given/fresh > c.given {
			t.Errorf("with %.1f of the words replaced, %.4f of the others are lost and %.4f of the new given away", c.replaced, lost/kept, given/fresh)
		}
	}
}

// FuzzMatching makes any text of any other: it never panics, every word has an origin or none, the same text keeps all
// origins, and a text that comes back has the origins that it had.
func FuzzMatching(f *testing.F) {
	f.Add("One two three. Four five six.", "Four five six. One two 3 three.")
	f.Add("# A\n\nsame same same same same same", "same same same\n\n# A\n\nsame")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, o := range matched(a, a).origin {
			if o != 0 {
				t.Fatalf("%q loses words to itself", a)
			}
		}
		m := matched(a, b)
		if len(m.origin) != len(m.words) || len(m.copied) != len(m.words) {
			t.Fatal("origins and words differ in number")
		}
		used := map[int32]bool{}
		for i, at := range m.copied {
			if (at >= 0) != (m.origin[i] == 0) {
				t.Fatalf("word %d: origin %d, place %d", i, m.origin[i], at)
			}
			if at >= 0 && (used[at] || m.bases[0].words[at].hash != m.words[i].hash) {
				t.Fatalf("word %d is not the word at %d, or not alone", i, at)
			}
			used[at] = true
		}
		// What a comes back to after b, by its sentences alone.
		origins := slices.Clone(m.origin)
		for i := range origins {
			if origins[i] == nobody {
				origins[i] = 1
			}
		}
		back := newMatching(lex([]byte(a)), []*pool{newPool(&source{text: m.text, origins: origins}, &scratch{})}, nil, &scratch{})
		old := &source{text: m.bases[0].text, origins: m.bases[0].origins}
		for i := range int32(len(back.sentences)) {
			if back.links[i].from == nil && !back.lookUp(i, old) {
				t.Fatalf("sentence %d of %q is not found in itself", i, a)
			}
		}
		for _, o := range back.origin {
			if o != 0 {
				t.Fatalf("%q came back as somebody else's", a)
			}
		}
		checkScript(t, m, origins)
	})
}

// checkScript writes origins as a script and reads them again.
func checkScript(t *testing.T, m *matching, origins []int32) {
	t.Helper()
	d := newData()
	d.revs = []rev{
		{commit: 0, alone: true, same: -1, base: -1, script: encodeRuns(make([]int32, len(m.bases[0].words)), 0)},
		{commit: 1, same: -1, base: 0, script: encodeScript(origins, m.copied, 1)},
		{commit: 1, same: -1, base: 0, alone: true, script: encodeRuns(origins, 1)},
	}
	for no := int32(1); no <= 2; no++ {
		if got := expand(d.runs(no), len(origins)); !slices.Equal(got, origins) {
			t.Fatalf("script %d gives %v, want %v", no, got, origins)
		}
	}
}
