package markdown

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// appendDecoded appends what src says once backslash escapes and character references in it are resolved: the text of a
// Text node, an address, a title. NUL becomes U+FFFD, as CommonMark asks.
func appendDecoded(dst, src []byte) []byte {
	for {
		i := bytes.IndexAny(src, "\\&\x00")
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		switch src[0] {
		case '\\':
			if len(src) > 1 && util.IsPunct(src[1]) {
				src = src[1:]
			}
			dst, src = append(dst, src[0]), src[1:]
		case '&':
			if s, n := reference(src); n > 0 {
				dst, src = append(dst, s...), src[n:]
			} else {
				dst, src = append(dst, '&'), src[1:]
			}
		default:
			dst, src = append(dst, "\uFFFD"...), src[1:]
		}
	}
}

// decoded is appendDecoded as a string.
func decoded(src []byte) string {
	if !bytes.ContainsAny(src, "\\&\x00") {
		return string(src)
	}
	return string(appendDecoded(nil, src))
}

// maxReference bounds a character reference; the longest name in HTML has 31 letters.
const maxReference = 40

// reference reads a character reference at the beginning of src, and gives what it stands for and its length, or 0.
func reference(src []byte) (string, int) {
	end := bytes.IndexByte(src[:min(len(src), maxReference)], ';')
	if end < 2 {
		return "", 0
	}
	name := string(src[1:end])
	if name[0] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(name); ok {
			return string(e.Characters), end + 1
		}
		return "", 0
	}
	digits, base, most := name[1:], 10, 7
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base, most = digits[1:], 16, 6
	}
	if len(digits) == 0 || len(digits) > most {
		return "", 0
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "", 0
	}
	r := rune(n)
	if r == 0 || !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	return string(r), end + 1
}

// escapes are the bytes that may not stand in HTML text or in a quoted attribute.
var escapes = [256]string{'<': "&lt;", '>': "&gt;", '&': "&amp;", '"': "&quot;", 0: "\uFFFD"}

// appendEscaped appends src as HTML text, which is also fit for an attribute in double quotes.
func appendEscaped[T []byte | string](dst []byte, src T) []byte {
	from := 0
	for i := range len(src) {
		if e := escapes[src[i]]; e != "" {
			dst = append(dst, src[from:i]...)
			dst = append(dst, e...)
			from = i + 1
		}
	}
	return append(dst, src[from:]...)
}

// cut shortens s to at most n bytes, at a space if there is one in the last third, and says so with an ellipsis.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const ellipsis = "…"
	s = s[:n-len(ellipsis)]
	for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if len(s) > 0 && s[len(s)-1] >= utf8.RuneSelf {
		if r, size := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && size == 1 {
			s = s[:len(s)-1]
		}
	}
	for i := len(s) - 1; i > len(s)*2/3; i-- {
		if s[i] == ' ' || s[i] == '\n' {
			s = s[:i]
			break
		}
	}
	return s + ellipsis
}
