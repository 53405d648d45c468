package search

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"coppice/wiki"
)

// SynonymsFile is where a wiki says which words mean the same to it, one group a line:
//
//	CoP, community of practice      each is found by the other
//	lurking => reading along        the left is found by the right too, but not the other way round
//	# a comment
//
// It is read anew when it changes, and applied to queries, so that the index stays as it is. A group is no wider than its
// line: what two groups have in common does not make them one.
const SynonymsFile = ".coppice/synonyms.txt"

const (
	// maxSynonymLines is how many lines of the file count: the words of a whole field are some thousands, and each line
	// takes half a kilobyte of memory.
	maxSynonymLines = 50_000
	// manySynonymLines is from how many lines on a table takes longer to make than a search may wait, and too much memory to
	// be made for every language.
	manySynonymLines = 2000
	// maxSynonymLine is the longest line in bytes.
	maxSynonymLine = 1000
	// maxSynonyms is how many synonyms of a word are looked for: each costs a walk through the index.
	maxSynonyms = 12
)

// synonyms are the lines of SynonymsFile.
type synonyms struct {
	file     wiki.ID
	lines    []synonymLine
	problems []Problem

	mu     sync.Mutex
	tables map[string]*synonymTable // by language
}

// synonymTable has other texts by the terms of a text.
type synonymTable struct {
	made   chan struct{} // closed when others is there
	others map[string][]string
}

// synonymLine is a line: whoever asks for one of from also finds those of to.
type synonymLine struct {
	from, to []string
}

// readSynonyms reads the file.
func readSynonyms(source []byte) *synonyms {
	y := &synonyms{tables: map[string]*synonymTable{}}
	no := 0
	for line := range strings.SplitSeq(strings.ToValidUTF8(string(source), "\uFFFD"), "\n") {
		no++
		line = strings.TrimSpace(strings.TrimPrefix(line, "\uFEFF"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(y.lines) == maxSynonymLines {
			y.problems = append(y.problems, Problem{no, fmt.Sprintf("Only the first %d groups of synonyms are used.", maxSynonymLines)})
			break
		}
		l, problem := readSynonymLine(line)
		if problem != "" {
			y.problems = append(y.problems, Problem{no, problem})
			continue
		}
		y.lines = append(y.lines, l)
	}
	return y
}

func readSynonymLine(line string) (l synonymLine, problem string) {
	if len(line) > maxSynonymLine {
		return l, fmt.Sprintf("A group of synonyms may have %d bytes at most.", maxSynonymLine)
	}
	left, right, oneWay := strings.Cut(line, "=>")
	l.from, l.to = phrases(left), phrases(right)
	switch {
	case oneWay && (len(l.from) == 0 || len(l.to) == 0):
		return l, "Words are missing before or after the arrow."
	case !oneWay && len(l.from) < 2:
		return l, "A group of synonyms has two words or phrases at least, with commas between."
	case !oneWay:
		l.to = l.from
	}
	return l, ""
}

// phrases cuts a list at its commas, and leaves out what holds no letter or digit.
func phrases(list string) []string {
	var out []string
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(composed(s)); fold(s) != "" {
			out = append(out, s)
		}
	}
	return out
}

// keyOf brings a text to the form in which texts are compared: the terms of its words, and its stop words, without which
// "put off" would be "put".
func keyOf(text string, l *language) string {
	var parts []string
	for word := range strings.FieldsSeq(text) {
		parts = append(parts, wordKey(word, l))
	}
	return strings.Join(parts, " ")
}

func wordKey(word string, l *language) string {
	if terms := l.terms(word); len(terms) > 0 {
		return strings.Join(terms, " ")
	}
	return fold(word)
}

// keyOf is keyOf for the words of a query, which are looked at again and again.
func (s *session) keyOf(text string, l *language) string {
	var parts []string
	for word := range strings.FieldsSeq(text) {
		at := fieldTerm{l.name, word}
		key, ok := s.keys[at]
		if !ok {
			key = wordKey(word, l)
			s.keys[at] = key
		}
		parts = append(parts, key)
	}
	return strings.Join(parts, " ")
}

// readBy gives the language whose table stands for another's. Of a long file there are two only: words of other languages
// than the default one are then found as they are written.
func (y *synonyms) readBy(l *language) *language {
	if len(y.lines) > manySynonymLines && l.name != defaultLanguage {
		return languageNamed(plainLanguage)
	}
	return l
}

// table gives the groups by their words as a language reads them. It is made when it is first asked for: beside the
// searches if the file is long, which do without until it is there unless they are to wait.
func (y *synonyms) table(l *language, wait bool) map[string][]string {
	y.mu.Lock()
	t, ok := y.tables[l.name]
	if !ok {
		t = &synonymTable{made: make(chan struct{})}
		y.tables[l.name] = t
	}
	y.mu.Unlock()
	many := len(y.lines) > manySynonymLines
	if !ok {
		fill := func() {
			t.others = y.grouped(l)
			close(t.made)
		}
		if many {
			go fill()
		} else {
			fill()
		}
	}
	if wait || !many {
		<-t.made
	}
	select {
	case <-t.made:
		return t.others
	default:
		return nil
	}
}

func (y *synonyms) grouped(l *language) map[string][]string {
	t := map[string][]string{}
	for _, line := range y.lines {
		keys := make(map[string]string, len(line.to))
		for _, s := range line.to {
			keys[s] = keyOf(s, l)
		}
		for _, from := range line.from {
			key := keyOf(from, l)
			for _, to := range line.to {
				if keys[to] != key && len(t[key]) < maxSynonyms && !slices.Contains(t[key], to) {
					t[key] = append(t[key], to)
				}
			}
		}
	}
	return t
}

// everyday are synonyms of plain English, which no wiki has to list.
//
//go:embed everyday.txt
var everydayFile []byte

var everyday = sync.OnceValue(func() *synonyms { return readSynonyms(everydayFile) })

// synonym is another way to say what was typed, and what it counts of a word that was.
type synonym struct {
	text   string
	weight float64
}

// synonymsOf gives what else a text may be called in any language of the index: what the wiki says, and, if wide, what
// English says.
func (s *session) synonymsOf(text string, wide bool) []synonym {
	var list []synonym
	add := func(y *synonyms, l *language, weight float64) {
		l = y.readBy(l)
		for _, other := range y.table(l, s.patient)[s.keyOf(text, l)] {
			if len(list) < maxSynonyms && !slices.ContainsFunc(list, func(s synonym) bool { return s.text == other }) {
				list = append(list, synonym{other, weight})
			}
		}
	}
	for _, l := range s.langs {
		if s.synonyms != nil {
			add(s.synonyms, l, rankWeights.synonym)
		}
		if wide && l.name == defaultLanguage {
			add(everyday(), l, rankWeights.everyday)
		}
	}
	return list
}

// readSynonyms reads the synonyms of a snapshot if they are not those that are known.
func (x *Index) readSynonyms(snap *wiki.Snapshot) {
	id, _ := snap.FileID(SynonymsFile)
	x.mu.Lock()
	old := x.synonyms
	x.mu.Unlock()
	if old != nil && old.file == id {
		return
	}
	y := readSynonyms(nil)
	if !id.IsZero() {
		source, _, err := snap.File(SynonymsFile)
		if err != nil {
			x.log.Warn("the synonyms cannot be read", "error", err)
		}
		y = readSynonyms(source)
		y.file = id
		for _, p := range y.problems {
			x.log.Warn("a line of the synonyms cannot be used", "file", SynonymsFile, "line", p.Line, "problem", p.Text)
		}
	}
	for _, name := range []string{defaultLanguage, plainLanguage} { // so that a long file is ready soon
		l := languageNamed(name)
		if len(y.lines) > manySynonymLines {
			y.table(l, false)
		}
	}
	x.mu.Lock()
	x.synonyms = y
	x.mu.Unlock()
}

// CheckSynonyms gives what is wrong with a SynonymsFile.
func CheckSynonyms(source []byte) []Problem { return readSynonyms(source).problems }
