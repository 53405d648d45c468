package diff

import (
	"bytes"
	"slices"
)

var byteOrderMark = []byte("\uFEFF")

// Normalize gives text the line endings, the final newline and the byte order mark of like, the version that a
// writer started from: browsers send "\r\n" whatever the page had. "\n", "\r\n" and a lone "\r" count as ends of
// lines, as in CommonMark.
//
// If like has several kinds of ending, a line of text that like has too keeps like's ending there, and the others
// get the kind that like has most of. If like ends with a newline, text ends with at least one; if it doesn't,
// with none. If like is empty, lines end with "\n", the text with exactly one of them and without a byte order
// mark. An empty text stays empty. Text itself is never written to; it comes back as it is when nothing needs to
// change.
func Normalize(text, like []byte) []byte {
	if len(text) == 0 || bytes.Equal(text, like) {
		return text
	}
	style := styleOf(like)
	lines := splitEndings(withoutMark(text))
	lines = style.fixEnd(lines)
	style.fixEndings(lines)

	out := make([]byte, 0, len(text)+len(text)/16+len(byteOrderMark))
	if style.mark && len(lines) > 0 {
		out = append(out, byteOrderMark...)
	}
	for _, l := range lines {
		out = append(append(out, l.words...), l.ending...)
	}
	if bytes.Equal(out, text) {
		return text
	}
	return out
}

// ended is a line and its ending apart.
type ended struct {
	words  []byte
	ending string // "\n", "\r\n", "\r", or "" for a last line without one
}

// lineStyle is how a text ends its lines.
type lineStyle struct {
	mark  bool   // begins with a byte order mark
	empty bool   // there is no text to follow
	final bool   // ends with a newline
	usual string // the most frequent ending
	mixed bool   // it has others as well
	lines []ended
}

func styleOf(like []byte) lineStyle {
	s := lineStyle{mark: bytes.HasPrefix(like, byteOrderMark), empty: len(like) == 0, usual: "\n"}
	like = withoutMark(like)
	returns, pairs, feeds := bytes.Count(like, []byte{'\r'}), bytes.Count(like, []byte("\r\n")), bytes.Count(like, newline)
	feeds, returns = feeds-pairs, returns-pairs
	switch {
	case pairs > feeds && pairs >= returns:
		s.usual = "\r\n"
	case returns > feeds && returns > pairs:
		s.usual = "\r"
	}
	s.mixed = pairs > 0 && feeds > 0 || pairs > 0 && returns > 0 || feeds > 0 && returns > 0
	if s.mixed {
		s.lines = splitEndings(like)
	}
	s.final = len(like) > 0 && (like[len(like)-1] == '\n' || like[len(like)-1] == '\r')
	return s
}

// withoutMark takes byte order marks off the beginning: two that were put together, too, since a second one is
// never meant.
func withoutMark(text []byte) []byte {
	for bytes.HasPrefix(text, byteOrderMark) {
		text = text[len(byteOrderMark):]
	}
	return text
}

func splitEndings(text []byte) []ended {
	lines := make([]ended, 0, bytes.Count(text, newline)+1)
	for len(text) > 0 {
		at := bytes.IndexAny(text, "\r\n")
		ending := "\n"
		switch {
		case at < 0:
			at, ending = len(text), ""
		case text[at] == '\n':
		case at+1 < len(text) && text[at+1] == '\n':
			ending = "\r\n"
		default:
			ending = "\r"
		}
		lines = append(lines, ended{text[:at], ending})
		text = text[at+len(ending):]
	}
	return lines
}

// fixEnd gives the text the final newline it shall have, or takes it away.
func (s lineStyle) fixEnd(lines []ended) []ended {
	if s.empty || !s.final {
		for len(lines) > 0 && len(lines[len(lines)-1].words) == 0 {
			lines = lines[:len(lines)-1]
		}
	}
	if len(lines) > 0 {
		last := &lines[len(lines)-1]
		last.ending = ""
		if s.empty || s.final {
			last.ending = s.usual
		}
	}
	return lines
}

// fixEndings gives each line that ends its ending.
func (s lineStyle) fixEndings(lines []ended) {
	endings := make(map[int]string)
	if s.mixed {
		endings = s.endingsOf(lines)
	}
	for i := range lines {
		if lines[i].ending == "" {
			continue
		}
		lines[i].ending = s.usual
		if known := endings[i]; known != "" {
			lines[i].ending = known
		}
	}
	// A lone "\r" before an empty line that ends with "\n" would read as one ending instead of two. From the end, for
	// mending one line can bring the one before it in the same position.
	for i := len(lines) - 2; i >= 0; i-- {
		if next := lines[i+1]; lines[i].ending == "\r" && len(next.words) == 0 && next.ending == "\n" {
			lines[i].ending = "\n"
		}
	}
}

// endingsOf gives, for the lines that s.lines has too, the endings they have there.
func (s lineStyle) endingsOf(lines []ended) map[int]string {
	words := func(lines []ended) [][]byte {
		all := make([][]byte, 0, len(lines))
		for _, l := range lines {
			all = append(all, l.words)
		}
		return all
	}
	endings := make(map[int]string)
	i, j := 0, 0
	edits := slices.Concat(Lines(words(s.lines), words(lines)), []Edit{{A0: len(s.lines), B0: len(lines)}})
	for _, e := range edits {
		for ; j < e.B0; i, j = i+1, j+1 {
			endings[j] = s.lines[i].ending
		}
		i, j = e.A1, e.B1
	}
	return endings
}
