package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// This file holds the syntax that Coppice adds: wikilinks, callouts, and links that are written as bare addresses.

// wikilink is [[Page]], [[Page|text]], [[Page#anchor]] or [[#anchor]].
type wikilink struct {
	ast.BaseInline
	target, fragment, label string
}

var kindWikilink = ast.NewNodeKind("Wikilink")

// Kind tells it from goldmark's nodes.
func (*wikilink) Kind() ast.NodeKind { return kindWikilink }

// Dump is for debugging.
func (w *wikilink) Dump(source []byte, level int) { ast.DumpHelper(w, source, level, nil, nil) }

// maxWikilink bounds a wikilink in bytes, so that one that does not end costs little.
const maxWikilink = 500

type wikilinkParser struct{}

// Trigger is the first byte.
func (wikilinkParser) Trigger() []byte { return []byte{'['} }

// Parse reads a wikilink. [[text]](address) is an ordinary link with brackets in its text.
func (wikilinkParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 5 || line[1] != '[' || line[2] == '[' {
		return nil
	}
	inner := line[2:min(len(line), maxWikilink)]
	end := 0
	for end < len(inner) && inner[end] != '[' && inner[end] != ']' {
		end++
	}
	if !bytes.HasPrefix(inner[end:], []byte("]]")) {
		return nil
	}
	after := 2 + end + 2
	if after < len(line) && (line[after] == '(' || line[after] == ':') {
		return nil
	}
	w, ok := newWikilink(string(inner[:end]))
	if !ok {
		return nil
	}
	block.Advance(after)
	return w
}

// newWikilink reads what stands between the brackets. In a table the bar is escaped.
func newWikilink(inner string) (*wikilink, bool) {
	target, label, labelled := strings.Cut(inner, "|")
	if labelled {
		target = strings.TrimSuffix(target, `\`)
	}
	target, label = strings.TrimSpace(target), strings.TrimSpace(label)
	w := &wikilink{label: label}
	w.target, w.fragment, _ = strings.Cut(target, "#")
	w.target, w.fragment = strings.TrimSpace(w.target), strings.TrimSpace(w.fragment)
	if w.target == "" && w.fragment == "" {
		return nil, false
	}
	if label == "" {
		w.label = strings.TrimPrefix(target, "#")
	}
	if w.fragment != "" {
		w.fragment = Anchor(w.fragment)
	}
	return w, true
}

// callouts are the words that make a quote a callout, as on GitHub, each with its heading.
var callouts = map[string]string{
	"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution",
}

// callout is what a quote becomes that begins with [!NOTE] or the like on a line of its own.
type callout struct {
	ast.BaseBlock
	kind string // a key of callouts
}

var kindCallout = ast.NewNodeKind("Callout")

// Kind tells it from goldmark's nodes.
func (*callout) Kind() ast.NodeKind { return kindCallout }

// Dump is for debugging.
func (c *callout) Dump(source []byte, level int) { ast.DumpHelper(c, source, level, nil, nil) }

// calloutTransformer takes the word off a quote's first paragraph and leaves an empty callout node in its place, which
// makes the quote one (see calloutOf): a quote that is still being read cannot be replaced.
type calloutTransformer struct{}

// Transform looks at one paragraph.
func (calloutTransformer) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	if !ok || node.PreviousSibling() != nil {
		return
	}
	lines := node.Lines()
	first := lines.At(0)
	kind := calloutKind(first.Value(reader.Source()))
	if kind == "" {
		return
	}
	mark := &callout{kind: kind}
	mark.SetPos(first.Start)
	quote.InsertBefore(quote, node, mark)
	lines.SetSliced(1, lines.Len())
	if lines.Len() == 0 {
		quote.RemoveChild(quote, node)
	}
}

// calloutKind reads a line that is [!NOTE] and nothing else.
func calloutKind(line []byte) string {
	line = bytes.TrimSpace(line)
	if len(line) < 4 || len(line) > 16 || line[0] != '[' || line[1] != '!' || line[len(line)-1] != ']' {
		return ""
	}
	kind := strings.ToLower(string(line[2 : len(line)-1]))
	if callouts[kind] == "" {
		return ""
	}
	return kind
}

// calloutOf gives the mark of a quote that is a callout.
func calloutOf(quote ast.Node) (*callout, bool) {
	mark, ok := quote.FirstChild().(*callout)
	return mark, ok
}

// autolinkParser finds addresses without brackets around them, by GFM's rules for extended autolinks
// (https://github.github.com/gfm/#autolinks-extension-), with two differences: letters of every script may stand in an
// address, as browsers show them, and so may a host without a dot. goldmark's own knows ASCII only, and its regular
// expressions take a thousand times as long.
type autolinkParser struct{}

// Trigger is what may stand before an address; the space stands for a line's beginning too.
func (autolinkParser) Trigger() []byte { return []byte{' ', '*', '_', '~', '('} }

var (
	schemes = [][]byte{[]byte("https://"), []byte("http://"), []byte("ftp://")}
	www     = []byte("www.")
)

// Parse reads one address.
func (autolinkParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	skip := 0
	switch line[0] {
	case ' ', '*', '_', '~', '(':
		skip = 1
	}
	rest := line[skip:]
	if len(rest) < 5 || pc.IsInLinkLabel() {
		return nil
	}
	kind, protocol := ast.AutoLinkURL, []byte(nil)
	n := urlLength(rest)
	if n == 0 && bytes.HasPrefix(rest, www) {
		n, protocol = addressLength(rest, len(www)), []byte("http")
	}
	if n == 0 && (line[0] == ' ' || line[0] == '(' || skip == 0) {
		n, kind = emailLength(rest), ast.AutoLinkEmail
	}
	if n == 0 || segment.Padding > 0 { // a padded line begins with spaces that are not in the source
		return nil
	}
	if skip > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+1))
	}
	start := segment.Start + skip
	block.Advance(skip + n)
	link := ast.NewAutoLink(kind, ast.NewTextSegment(text.NewSegment(start, start+n)))
	link.Protocol = protocol
	link.SetPos(start)
	return link
}

// urlLength gives the length of an address with a scheme at the beginning of s, or 0.
func urlLength(s []byte) int {
	if s[0] != 'h' && s[0] != 'f' {
		return 0
	}
	for _, scheme := range schemes {
		if bytes.HasPrefix(s, scheme) {
			return addressLength(s, len(scheme))
		}
	}
	return 0
}

// addressLength gives where the address ends whose host begins at s[from]: before a space, a < or punctuation that
// belongs to the sentence. 0 if there is no host.
func addressLength(s []byte, from int) int {
	if from >= len(s) || !hostByte(s[from]) {
		return 0
	}
	end := from
	for end < len(s) && s[end] > ' ' && s[end] != '<' && s[end] != 0x7f {
		end++
	}
	// GFM's rule for a closing bracket: it belongs to the address if an opening one in it does.
	open := bytes.Count(s[:end], []byte{'('}) - bytes.Count(s[:end], []byte{')'})
	for end > from {
		switch c := s[end-1]; {
		case bytes.IndexByte([]byte("?!.,:*_~'\"]"), c) >= 0:
			end--
		case c == ')' && open < 0:
			open++
			end--
		case c == ';':
			i := end - 2
			for i > from && util.IsAlphaNumeric(s[i]) {
				i--
			}
			if i == end-2 || s[i] != '&' {
				i = end - 1
			}
			end = i // neither a semicolon at the end nor a whole &quot; is a part of the address
		default:
			if cut := trailingPunctuation(s[from:end]); cut > 0 {
				end -= cut
				continue
			}
			return end
		}
	}
	return 0
}

// trailingPunctuation gives the length of a full-width or typographic mark at the end of s, which closes a sentence.
func trailingPunctuation(s []byte) int {
	for _, mark := range []string{"。", "，", "、", "；", "：", "？", "！", "）", "」", "』", "”", "’", "»", "…", "،", "؛", "؟"} {
		if bytes.HasSuffix(s, []byte(mark)) {
			return len(mark)
		}
	}
	return 0
}

func hostByte(c byte) bool { return util.IsAlphaNumeric(c) || c >= 0x80 || c == '[' }

// emailLength gives the length of a mail address at the beginning of s, or 0.
func emailLength(s []byte) int {
	if !util.IsAlphaNumeric(s[0]) {
		return 0
	}
	n := util.FindEmailIndex(s)
	if n <= 0 {
		return 0
	}
	at := bytes.IndexByte(s[:n], '@')
	if bytes.IndexByte(s[at:n], '.') < 0 || (n < len(s) && (s[n] == '-' || s[n] == '_')) {
		return 0
	}
	return n
}
