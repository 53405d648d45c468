package wiki

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits on the names of new pages. Pages that are already in a repository are served whatever they are called.
const (
	// MaxPathBytes keeps a clone below Windows' 260 characters with some room for the folder it is cloned into.
	MaxPathBytes = 200
	// MaxPathDepth is more folders than a reader can make sense of.
	MaxPathDepth = 12
	// suggestedBytes is where a suggested path ends, at the next word: longer addresses are hard to pass on. A title
	// without spaces ends a while later.
	suggestedBytes = 64
	// maxLenientBytes bounds any path: as long as Linux lets a path be.
	maxLenientBytes = 4096
)

// pageSuffix ends the file name of every page.
const pageSuffix = ".md"

// Path names a page: its file's path below the wiki's root, without ".md", as in "guide/start". Only ParsePath and
// NewPath make one; the zero Path names nothing. Paths are comparable. A Path is also its address: "/wiki/" + path.
type Path struct{ name string }

// String gives the path with slashes, unescaped.
func (p Path) String() string { return p.name }

// IsZero reports whether p names nothing.
func (p Path) IsZero() bool { return p.name == "" }

// File gives the file's name below the wiki's root: the path with ".md".
func (p Path) File() string { return p.name + pageSuffix }

// Folder gives the folder the page is in, "" for the root.
func (p Path) Folder() string {
	if i := strings.LastIndexByte(p.name, '/'); i >= 0 {
		return p.name[:i]
	}
	return ""
}

// Base gives the last element of the path.
func (p Path) Base() string { return path.Base(p.name) }

// Compare orders paths as text; it fits slices.SortFunc.
func (p Path) Compare(q Path) int { return strings.Compare(p.name, q.name) }

// MarshalText and UnmarshalText make a Path a JSON string.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.name), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Path) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePath(string(b))
	return err
}

// ParsePath reads a path as it stands in an address or a file name. It is lenient, so that every page a repository
// can hold can be named: it refuses only what can be no page's name in git (empty or dotted elements, NUL, broken
// UTF-8, hidden folders). A trailing ".md" is taken off. The error is an *Error of Kind Invalid.
func ParsePath(s string) (Path, error) {
	s = strings.TrimSuffix(s, pageSuffix)
	switch {
	case s == "":
		return Path{}, badName(s, "is empty")
	case len(s) > maxLenientBytes:
		return Path{}, badName(strings.ToValidUTF8(s[:40], "")+"…", "is too long")
	case !utf8.ValidString(s):
		return Path{}, badName(strings.ToValidUTF8(s, "?"), "is not valid UTF-8")
	case strings.ContainsAny(s, "\x00\n"):
		return Path{}, badName(strings.Map(visible, s), "holds a control character")
	}
	for elem := range strings.SplitSeq(s, "/") {
		if elem == "" {
			return Path{}, badName(s, "has an empty part between its slashes")
		}
		if elem[0] == '.' {
			return Path{}, badName(s, "has a part that begins with a dot")
		}
	}
	return Path{s}, nil
}

// NewPath reads the name of a page to be made. It is strict: the page must come out the same in a clone on Linux,
// macOS and Windows. The name is put in Unicode's composed form (NFC). The error is an *Error of Kind Invalid whose
// Sentence says what to change.
func NewPath(s string) (Path, error) {
	p, err := ParsePath(norm.NFC.String(strings.Trim(strings.TrimSpace(s), "/")))
	if err != nil {
		return Path{}, err
	}
	return p, p.checkNew()
}

// PathFor suggests the path of a page with that title: words joined by hyphens, without the characters that NewPath
// refuses, in lower case. A title with nothing usable in it gives the zero Path.
func PathFor(title string) Path {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(norm.NFC.String(title)) {
		if (gap && b.Len() >= suggestedBytes) || b.Len() >= 2*suggestedBytes {
			break
		}
		switch {
		case r == '/' && b.Len() > 0 && !strings.HasSuffix(b.String(), "/"):
			b.WriteRune(r)
			gap = false
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '+', r == '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’':
		default:
			gap = !strings.HasSuffix(b.String(), "/")
		}
	}
	p, err := NewPath(strings.TrimRight(b.String(), "/"))
	if err != nil {
		return Path{}
	}
	return p
}

// checkNew says what speaks against making a page of that name.
func (p Path) checkNew() error {
	if len(p.File()) > MaxPathBytes {
		return badName(strings.ToValidUTF8(p.name[:40], "")+"…", fmt.Sprintf("is too long: %d bytes, and %d are the most", len(p.File()), MaxPathBytes))
	}
	if strings.Count(p.name, "/") >= MaxPathDepth {
		return badName(p.name, fmt.Sprintf("is nested too deeply: %d folders are the most", MaxPathDepth))
	}
	if !norm.NFC.IsNormalString(p.name) {
		return badName(p.name, "is not in Unicode's composed form (NFC)")
	}
	for elem := range strings.SplitSeq(p.name, "/") {
		if why := elementFault(elem); why != "" {
			return badName(strings.Map(visible, p.name), why)
		}
	}
	return nil
}

// elementFault says why one element of a path cannot be used for a new page, or "".
func elementFault(elem string) string {
	for _, r := range elem {
		switch {
		case unicode.IsControl(r):
			return "holds a control character"
		case strings.ContainsRune(`\:*?"<>|`, r):
			return fmt.Sprintf("holds %q, which some file systems refuse", r)
		case strings.ContainsRune(`#[]`, r):
			return fmt.Sprintf("holds %q, which links could not point to", r)
		case r == '\u200b' || r == '\u2060' || r == '\ufeff' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') || r == '\u200e' || r == '\u200f':
			return "holds an invisible character"
		case r == '\ufffd':
			return "holds a broken character"
		}
	}
	switch {
	case elem[0] == '.':
		return "has a part that begins with a dot"
	case elem[0] == '-':
		return "has a part that begins with a hyphen"
	case elem[0] == ' ' || strings.HasSuffix(elem, " ") || strings.HasSuffix(elem, "."):
		return "has a part that begins or ends with a space or ends with a dot"
	case deviceName(elem):
		return "has a part that Windows keeps for a device"
	case strings.HasPrefix(strings.ToLower(elem), "git~"):
		return "has a part that git keeps for itself"
	case strings.HasSuffix(strings.ToLower(elem), ".lock"):
		return "has a part that ends with .lock"
	}
	return ""
}

// deviceName reports whether Windows would take elem, with any extension, for a device.
func deviceName(elem string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(elem), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	if r := []rune(stem); len(r) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) {
		return strings.ContainsRune("0123456789¹²³", r[3])
	}
	return false
}

func badName(name, why string) error {
	return &Error{Kind: Invalid, Sentence: fmt.Sprintf("The name “%s” cannot be used: it %s.", name, why)}
}

// visible replaces what would spoil a sentence.
func visible(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
		return '�'
	}
	return r
}

// twinKey is equal for two names that a case-insensitive or normalising file system takes for one.
func twinKey(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	return cases.Fold().String(norm.NFC.String(name))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// looseKey is equal for names that people take for one: case, spaces, hyphens, underscores and the punctuation of a
// question make no difference.
func looseKey(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	gap := false
	for _, r := range twinKey(name) {
		switch r {
		case ' ', '_', '-', '\u00a0':
			gap = b.Len() > 0
			continue
		case '?', '!', '.', ',', ';', ':', '\'', '"', '’', '(', ')', '¿', '¡', '？', '؟':
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return name
	}
	return b.String()
}
