package markdown

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// The highlighter works with backtracking expressions: it is a hundred times slower than the parser, and on a long line
// its time grows with the square. What passes these limits is shown without colours.
const (
	maxCode       = 32 << 10  // bytes of one code block
	maxCodeLine   = 400       // bytes of one line of it
	maxPageCode   = 192 << 10 // bytes on one page
	maxLanguage   = 32        // bytes of a language's name
	maxMemo       = 8 << 20   // bytes of highlighted code that are remembered, twice
	maxCodeGrowth = 40        // bytes of HTML per byte of code
)

// maxCodeTime bounds the colouring of one page's code, the last resort against an expression that runs wild. It is a
// variable for the tests alone: under the race detector and on a busy machine they must see the same page each time.
var maxCodeTime = 200 * time.Millisecond

// language gives the lexer for the word after a fence, or nil. Only names and aliases count: chroma's own look-up goes
// on to match file names, one pattern after another.
func language(name string) chroma.Lexer {
	if name == "" || len(name) > maxLanguage {
		return nil
	}
	return languages()[strings.ToLower(name)]
}

var languages = sync.OnceValue(func() map[string]chroma.Lexer {
	byName := map[string]chroma.Lexer{}
	for _, l := range lexers.GlobalLexerRegistry.Lexers {
		c := l.Config()
		if c.Name == "fallback" || c.Name == "plaintext" {
			continue
		}
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if name = strings.ToLower(name); byName[name] == nil {
				byName[name] = l
			}
		}
	}
	return byName
})

// highlighter colours the code of one page.
type highlighter struct {
	left  int // bytes
	spent time.Duration
}

// append appends code as HTML, with spans of chroma's classes. It does nothing and gives false where the language is
// not known or a limit is passed.
func (h *highlighter) append(dst []byte, name string, code []byte) ([]byte, bool) {
	lexer := language(name)
	if lexer == nil || len(code) > maxCode || len(code) > h.left || longestLine(code) > maxCodeLine {
		return dst, false
	}
	h.left -= len(code)
	key := strings.ToLower(name) + "\x00" + string(code)
	if known, ok := highlighted.get(key); ok {
		return append(dst, known...), known != nil
	}
	start := time.Now()
	if h.spent > maxCodeTime {
		return dst, false
	}
	out, ok := highlight(lexer, string(code), start.Add(maxCodeTime-h.spent))
	took := time.Since(start)
	h.spent += took
	if !ok {
		if took > maxCodeTime/2 { // it was this code, not what came before it on the page: never again
			highlighted.put(key, nil)
		}
		return dst, false
	}
	highlighted.put(key, out)
	return append(dst, out...), true
}

// highlight runs the lexer, and gives up when the deadline is past. It joins tokens of the same class by itself: chroma's
// own joining would not come back before a whole file of them is joined. A single expression chroma stops by itself,
// after a quarter of a second.
func highlight(lexer chroma.Lexer, code string, deadline time.Time) (out []byte, ok bool) {
	defer func() {
		if recover() != nil { // a fault in one of 300 grammars must not cost the page
			out, ok = nil, false
		}
	}()
	next, err := lexer.Tokenise(nil, code)
	if err != nil {
		return nil, false
	}
	out = make([]byte, 0, 4*len(code))
	current := "" // class of the span that is open
	for n, token := 1, next(); token != chroma.EOF; n, token = n+1, next() {
		if n%16 == 0 && time.Now().After(deadline) || len(out) > maxCodeGrowth*(len(code)+64) {
			return nil, false
		}
		class := tokenClass(token.Type)
		if strings.TrimSpace(token.Value) == "" {
			class = current // a space looks the same in every class
		}
		if class != current {
			out = openSpan(out, current, class)
			current = class
		}
		out = appendEscaped(out, token.Value)
	}
	return openSpan(out, current, ""), true
}

// openSpan ends the span of one class and begins that of another; plain text has none.
func openSpan(out []byte, from, to string) []byte {
	if from != "" {
		out = append(out, `</span>`...)
	}
	if to != "" {
		out = append(append(append(out, `<span class="`...), to...), `">`...)
	}
	return out
}

// tokenClass gives the class that chroma's style sheets know a token by; plain text has none.
func tokenClass(t chroma.TokenType) string {
	for ; t != 0; t = t.Parent() {
		if class, ok := chroma.StandardTypes[t]; ok {
			return class
		}
		if t == t.Parent() {
			break
		}
	}
	return ""
}

func longestLine(code []byte) int {
	longest := 0
	for line := range bytes.Lines(code) {
		longest = max(longest, len(line))
	}
	return longest
}

// highlighted remembers the code that was coloured lately, for all pages: an edit changes little of a page's code, and
// colouring it takes longer than all else together.
var highlighted memo

// memo is a bounded cache of two generations: when the young one is full it becomes the old one, and what is asked for
// in the old one is young again.
type memo struct {
	mu         sync.Mutex
	young, old map[string][]byte
	size       int // bytes in young
}

func (m *memo) get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.young[key]; ok {
		return v, true
	}
	v, ok := m.old[key]
	if ok {
		m.add(key, v)
	}
	return v, ok
}

func (m *memo) put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(key, value)
}

func (m *memo) add(key string, value []byte) {
	if m.young == nil || m.size > maxMemo {
		m.old, m.young, m.size = m.young, map[string][]byte{}, 0
	}
	m.young[key] = value
	m.size += len(key) + len(value)
}
