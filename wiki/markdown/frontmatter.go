package markdown

import (
	"bytes"
)

// MaxFrontMatter bounds the bytes between the fences. What a page says of itself is a few lines; YAML is slow to read.
const MaxFrontMatter = 64 << 10

var fence = []byte("---")

// splitFrontMatter finds front matter: a first line of three hyphens, then YAML, then a line of three hyphens or dots.
// The YAML is source[start:end], the Markdown source[body:]. A page that begins with a thematic break has none: the
// first line that says something must look like a key.
func splitFrontMatter(source []byte) (start, end, body int, ok bool) {
	pos := skipBOM(source)
	start = lineEnd(source, pos)
	if !bytes.HasPrefix(source[pos:], fence) || !bytes.Equal(bytes.TrimRight(source[pos:start], " \t\r\n"), fence) || source[start-1] != '\n' {
		return 0, 0, pos, false
	}
	said := false
	for end = start; end < len(source) && end-start <= MaxFrontMatter; {
		next := lineEnd(source, end)
		line := bytes.TrimRight(source[end:next], " \t\r\n")
		if bytes.Equal(line, fence) || bytes.Equal(line, []byte("...")) {
			return start, end, next, true
		}
		if !said && len(line) > 0 && line[0] != '#' {
			if said = looksLikeKey(line); !said {
				break
			}
		}
		end = next
	}
	return 0, 0, pos, false
}

// skipBOM gives the place after a byte order mark.
func skipBOM(source []byte) int {
	if bytes.HasPrefix(source, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
}

// looksLikeKey reports whether a line begins a YAML mapping ("key:", "key: value", "{").
func looksLikeKey(line []byte) bool {
	if line[0] == '{' {
		return true
	}
	i := bytes.IndexByte(line, ':')
	return i > 0 && isSpaceOrEnd(line, i+1) && bytes.IndexByte(line[:i], ' ') < 0
}
