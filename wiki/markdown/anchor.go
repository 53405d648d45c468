package markdown

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxAnchor bounds an anchor, in bytes: a heading may be as long as a page, an address should not.
const MaxAnchor = 200

// Anchor makes a heading's anchor of its plain text, in every script: lower case; letters, marks, digits, - and _ are
// kept; each space becomes -; all else goes. It is GitHub's rule, so that links into existing repositories keep working.
// A heading without any such character has the anchor "section". In a page, headings that come to the same anchor get
// -1, -2 and so on from the second on.
func Anchor(text string) string {
	text = norm.NFC.String(strings.TrimSpace(text))
	var b strings.Builder
	b.Grow(min(len(text), MaxAnchor))
	for _, r := range text {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\u00a0':
			r = '-'
		case r == '-' || r == '_':
		case r < utf8.RuneSelf && ('a' <= r && r <= 'z' || '0' <= r && r <= '9'):
		case r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)) && !isSelector(r):
			r = unicode.ToLower(r)
		default:
			continue
		}
		if b.Len()+utf8.RuneLen(r) > MaxAnchor {
			break
		}
		b.WriteRune(r)
	}
	if strings.Trim(b.String(), "-") == "" {
		return "section"
	}
	return b.String()
}

// isSelector holds for the marks that only choose how the sign before them is drawn; they are left over from emoji.
func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r == 0x20E3 }

// anchors gives each heading of one page an anchor of its own.
type anchors struct {
	used map[string]bool
	next map[string]int // the number that the next heading with this text would get
}

func (a *anchors) add(text string) string {
	if a.used == nil {
		a.used, a.next = map[string]bool{}, map[string]int{}
	}
	base := Anchor(text)
	name := base
	for a.used[name] {
		a.next[base]++
		name = base + "-" + strconv.Itoa(a.next[base])
	}
	a.used[name] = true
	return name
}

// questionMarks are the signs that end a question, in the scripts that have one of their own.
const questionMarks = "?" + // Latin, Cyrillic, Hebrew, Devanagari, Hangul, ...
	"\u061F" + // Arabic
	"\u037E" + // Greek, as far as NFC has not made it a semicolon
	"\u055E" + // Armenian
	"\u1367" + // Ethiopic
	"\u1945" + // Limbu
	"\u2CFA\u2CFB" + // Coptic
	"\uA60F" + // Vai
	"\uA6F7" + // Bamum
	"\U00011143" + // Chakma
	"\U0001E95F" + // Adlam
	"\uFF1F\uFE56\uFE16" + // full width, small, vertical
	"\u203D\u2047\u2048\u2049\u2E2E\u2753\u2754" // interrobang, doubled, reversed, emoji

// IsQuestion reports whether a text asks, as a heading must to be a question. What closes after the mark (quotes, brackets) does not count.
func IsQuestion(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi, unicode.Mn) || strings.ContainsRune("\"'*_`\u200e\u200f", r)
	})
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case strings.ContainsRune(questionMarks, last):
		return true
	case last == '!' || last == '\u0589' || last == ':' || last == '.': // "What?!"; the Armenian mark stands inside a word
		return last == '!' && IsQuestion(strings.TrimRight(text, "!")) || strings.ContainsRune(text, '\u055E')
	case last == ';': // what NFC makes of the Greek question mark
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Greek, r) })
	}
	return strings.ContainsRune(text, '\u055E')
}
