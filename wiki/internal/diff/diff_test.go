package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// lcsLength is the textbook's table: the length of a longest common subsequence.
func lcsLength(a, b [][]byte) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if bytes.Equal(a[i], b[j]) {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

func changedLines(edits []Edit) int {
	n := 0
	for _, e := range edits {
		n += e.A1 - e.A0 + e.B1 - e.B0
	}
	return n
}

// checkEdits is the contract of Lines but for minimality.
func checkEdits(t *testing.T, a, b [][]byte, edits []Edit) {
	t.Helper()
	if got := bytes.Join(Apply(a, edits, b), nil); !bytes.Equal(got, bytes.Join(b, nil)) {
		t.Fatalf("edits %v applied to %q give %q, want %q", edits, a, got, b)
	}
	var last Edit
	for i, e := range edits {
		if e.A0 > e.A1 || e.B0 > e.B1 || e.A0 == e.A1 && e.B0 == e.B1 {
			t.Fatalf("edit %v is empty or backwards", e)
		}
		if i > 0 && e.A0 <= last.A1 || e.A0-last.A1 != e.B0-last.B1 {
			t.Fatalf("edits %v then %v: they touch, or what is between them differs in length", last, e)
		}
		last = e
	}
}

// lettersAsLines makes a line of each byte.
func lettersAsLines(s string) [][]byte {
	var lines [][]byte
	for _, c := range []byte(s) {
		lines = append(lines, []byte{c, '\n'})
	}
	return lines
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []Edit
	}{
		{"", "", nil},
		{"abc", "abc", nil},
		{"", "abc", []Edit{{0, 0, 0, 3}}},
		{"abc", "", []Edit{{0, 3, 0, 0}}},
		{"abc", "axc", []Edit{{1, 2, 1, 2}}},
		{"abc", "ac", []Edit{{1, 2, 1, 1}}},
		{"abc", "abxc", []Edit{{2, 2, 2, 3}}},
		{"abc", "xyz", []Edit{{0, 3, 0, 3}}},
		{"abbc", "abc", []Edit{{2, 3, 2, 2}}},      // the lower of two that mean the same
		{"axbxc", "axbxbxc", []Edit{{4, 4, 4, 6}}}, // an insertion that repeats what is before it, as low as it goes
		{"abcabba", "cbabac", []Edit{{0, 2, 0, 0}, {3, 3, 1, 2}, {5, 6, 4, 4}, {7, 7, 5, 6}}}, // Myers' own example
		{"abab", "baba", []Edit{{0, 1, 0, 0}, {4, 4, 3, 4}}},
	} {
		a, b := lettersAsLines(c.a), lettersAsLines(c.b)
		got := Lines(a, b)
		checkEdits(t, a, b, got)
		if changed, least := changedLines(got), len(a)+len(b)-2*lcsLength(a, b); changed != least {
			t.Errorf("Lines(%q, %q) = %v touches %d lines, %d would do", c.a, c.b, got, changed, least)
		}
		if c.a != "abcabba" && !slices.Equal(got, c.want) {
			t.Errorf("Lines(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSplitLines(t *testing.T) {
	for text, want := range map[string][]string{
		"":           nil,
		"a":          {"a"},
		"a\n":        {"a\n"},
		"a\r\n\n b":  {"a\r\n", "\n", " b"},
		"\n\n":       {"\n", "\n"},
		"a\rb\n\x00": {"a\rb\n", "\x00"},
	} {
		var got []string
		for _, l := range SplitLines([]byte(text)) {
			got = append(got, string(l))
		}
		if !slices.Equal(got, want) {
			t.Errorf("SplitLines(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, seed := range [][2]string{{"", "a"}, {"abcabba", "cbabac"}, {"aaaa", "aa"}, {"abababab", "babababab"}, {"abcdefgh", "hgfedcba"}} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, x, y []byte) {
		a, b := lettersAsLines(string(x)), lettersAsLines(string(y))
		exact := Lines(a, b)
		checkEdits(t, a, b, exact)
		if len(a) <= 200 && len(b) <= 200 {
			if changed, least := changedLines(exact), len(a)+len(b)-2*lcsLength(a, b); changed != least {
				t.Errorf("Lines(%q, %q) = %v touches %d lines, %d would do", x, y, exact, changed, least)
			}
		}
		// Without steps to spend, the answer is coarse and still right; so it is when displayed.
		none, few := 0, 100
		checkEdits(t, a, b, diffLines(a, b, &none, slideDown))
		checkEdits(t, a, b, diffLines(a, b, &few, readable))
	})
}

// hostilePages are pairs of texts, of some size in bytes, that are hard to compare.
func hostilePages(size int) map[string][2][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	letters := func(n int, alphabet string) []byte {
		text := make([]byte, 0, n)
		for len(text) < n {
			text = append(text, alphabet[random.IntN(len(alphabet))], '\n')
		}
		return text
	}
	shuffled := func(lines [][]byte) []byte {
		lines = slices.Clone(lines)
		random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		return bytes.Join(lines, nil)
	}
	var numbered [][]byte
	for i := 0; len(numbered) < size/7; i++ {
		numbered = append(numbered, fmt.Appendf(nil, "%06d\n", i))
	}
	reversed := slices.Clone(numbered)
	slices.Reverse(reversed)
	words := func() []byte {
		var text []byte
		for len(text) < size {
			text = fmt.Appendf(text, "w%d ", random.IntN(500))
			if random.IntN(200) == 0 {
				text = append(text, '\n')
			}
		}
		return text
	}
	sections := func() []byte { // many searches of a middling size, one for each section
		var text []byte
		for i := 0; len(text) < size; i++ {
			text = append(fmt.Appendf(text, "# section %d\n", i), letters(1500, "abc")...)
		}
		return text
	}
	return map[string][2][]byte{
		"sections":     {sections(), sections()},
		"two letters":  {letters(size, "ab"), letters(size, "ab")},
		"many letters": {letters(size, "abcdefghijklmnopqrstuvwxyz"), letters(size, "abcdefghijklmnopqrstuvwxyz")},
		"shuffled":     {bytes.Join(numbered, nil), shuffled(numbered)},
		"reversed":     {bytes.Join(numbered, nil), bytes.Join(reversed, nil)},
		"periods":      {bytes.Repeat([]byte("a\na\nb\n"), size/6), bytes.Repeat([]byte("a\nb\na\nb\nb\n"), size/10)},
		"long lines":   {words(), words()},
		"one line":     {bytes.ReplaceAll(words(), newline, nil), bytes.ReplaceAll(words(), newline, nil)},
		"one word":     {bytes.Repeat([]byte("a"), size), bytes.Repeat([]byte("a"), size-1)},
		"brackets":     {bytes.Repeat([]byte("[a]("), size/4), bytes.Repeat([]byte("](a["), size/4)},
		"blank lines":  {bytes.Repeat([]byte("\n"), size), append([]byte("a"), bytes.Repeat([]byte("\n"), size/2)...)},
	}
}

// TestHostile proves answers right where they are coarse; BenchmarkHostile says what they cost.
func TestHostile(t *testing.T) {
	const size = 32 << 10 // enough to spend all steps
	for name, page := range hostilePages(size) {
		t.Run(name, func(t *testing.T) {
			a, b := SplitLines(page[0]), SplitLines(page[1])
			checkEdits(t, a, b, Lines(a, b))
			checkHunks(t, page[0], page[1], Hunks(page[0], page[1], 3), 3)
			base := append(slices.Clone(page[0][:len(page[0])/2]), page[1][:len(page[1])/2]...)
			checkMerge(t, base, page[0], page[1], Merge(base, page[0], page[1], splitMarkdown))
		})
	}
}

// TestExactSteps holds the promise in the comment of exactSteps.
func TestExactSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var a, b [][]byte
	for range 4000 {
		line := []byte{byte('a' + random.IntN(20)), byte('a' + random.IntN(20)), '\n'}
		a, b = append(a, line), append(b, line)
	}
	moved := 0
	for moved < 1400 {
		i, j := random.IntN(len(b)), random.IntN(len(b))
		b[i], b[j] = b[j], b[i]
		moved += 2
	}
	got := Lines(a, b)
	checkEdits(t, a, b, got)
	if changed, least := changedLines(got), len(a)+len(b)-2*lcsLength(a, b); changed != least {
		t.Errorf("%d lines touched, %d would do", changed, least)
	} else {
		t.Logf("%d lines touched, which is the least", least)
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, text, like, want string }{
		{"browser on a unix page", "a\r\nb\r\n", "a\n", "a\nb\n"},
		{"windows page", "a\nb", "a\r\n", "a\r\nb\r\n"},
		{"no final newline", "a\nb\n\n", "a", "a\nb"},
		{"blank lines at the end stay", "a\n\n\n", "b\n", "a\n\n\n"},
		{"new page", "\uFEFFa\r\nb\r\n\r\n", "", "a\nb\n"},
		{"new page without end", "a", "", "a\n"},
		{"emptied page", "", "a\r\n", ""},
		{"mark kept", "a\n", "\uFEFFa\n", "\uFEFFa\n"},
		{"mark taken", "\uFEFFa\n", "a\n", "a\n"},
		{"mark with windows", "x\n", "\uFEFFa\r\n", "\uFEFFx\r\n"},
		{"mixed, line by line", "a\nb\nX\nc\nd\n", "a\r\nb\nc\r\nd\r\n", "a\r\nb\nX\r\nc\r\nd\r\n"},
		{"old Mac", "a\r\nb\r\nc\r\n", "a\rb\r", "a\rb\rc\r"},
		{"lone return before an empty line", "a\n\nb\n", "a\rb\n", "a\n\nb\n"},
		{"nothing but newlines", "\n\n", "", ""},
	} {
		if got := string(Normalize([]byte(c.text), []byte(c.like))); got != c.want {
			t.Errorf("%s: Normalize(%q, %q) = %q, want %q", c.name, c.text, c.like, got, c.want)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range [][2]string{{"a\r\nb", "a\n"}, {"a\n\nb\r", "a\rb\n"}, {"\uFEFFa", "\uFEFF"}, {"\r\r\n", "x\ry\n"}} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, text, like []byte) {
		got := Normalize(slices.Clone(text), like)
		if again := Normalize(got, like); !bytes.Equal(got, again) {
			t.Errorf("Normalize(%q, %q) = %q, once more %q", text, like, got, again)
		}
		if same := Normalize(like, like); !bytes.Equal(same, like) {
			t.Errorf("Normalize(%q, itself) = %q", like, same)
		}
		words := func(text []byte) []string {
			text = withoutMark(text)
			return strings.FieldsFunc(strings.ReplaceAll(string(text), "\r\n", "\n"), func(r rune) bool { return r == '\n' || r == '\r' })
		}
		if !slices.Equal(words(got), words(text)) {
			t.Errorf("Normalize(%q, %q) = %q: words lost", text, like, got)
		}
		if lines := func(text []byte) int { return len(splitEndings(bytes.TrimRight(withoutMark(text), "\r\n"))) }; lines(got) != lines(text) {
			t.Errorf("Normalize(%q, %q) = %q: lines lost", text, like, got)
		}
	})
}
