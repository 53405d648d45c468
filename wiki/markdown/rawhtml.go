package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A writer's own HTML comes in fragments: a tag within a paragraph, or a few lines between two. Each fragment passes
// twice before it is shown.
//
// First bluemonday's policy (below) decides which elements, attributes and values there are at all. It sees one fragment
// at a time and cannot know what is open.
//
// Then balance keeps the elements that are open on a stack, together with the Markdown around them, and writes tags only
// where a browser would put them just there: it closes what HTML would close by itself, closes all that is open where
// the Markdown block around it ends, and drops what closes nothing. So the elements of the page lie in one another as
// they are written, and no fragment can end the page's container, swallow what follows it, or lie across Markdown's own.

// policy says what HTML people may write. It is what GitHub admits, less what could look like a part of the wiki: no
// classes but a code's language, no styles, no forms, no media that play. Addresses are checked once more in balance. It is
// made for the first page that needs it, so that no start waits for it.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	// That of our own anchors, so that nobody can take an id of the interface's: those have a colon or a dot.
	anchorShape := regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)
	p.AllowElements(plainElements...)
	p.AllowNoAttrs().OnElements(plainElements...)
	p.AllowElements("a", "img", "details", "ol", "li", "td", "th", "col", "colgroup", "time")
	p.AllowNoAttrs().OnElements("a", "details", "ol", "li", "td", "th", "col", "colgroup", "time")

	p.AllowURLSchemes("http", "https", "mailto", "tel", "ftp", "irc", "ircs", "matrix", "xmpp", "geo", "doi", "urn")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.AllowDataURIImages()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").OnElements("img")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")

	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$`)).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("id").Matching(anchorShape).Globally()
	p.AllowAttrs("name").Matching(anchorShape).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9_+#-]{1,32}$`)).OnElements("code")

	size := regexp.MustCompile(`^[0-9]{1,4}%?$`)
	p.AllowAttrs("width").Matching(size).OnElements("img", "table", "td", "th", "col")
	p.AllowAttrs("height").Matching(size).OnElements("img", "td", "th")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?i:left|right|center|justify)$`)).
		OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "img", "hr")
	p.AllowAttrs("valign").Matching(regexp.MustCompile(`^(?i:top|middle|bottom|baseline)$`)).OnElements("tr", "td", "th")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(?i:row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^(?i:|open|true)$`)).OnElements("details")
	p.AllowAttrs("start", "value").Matching(regexp.MustCompile(`^-?[0-9]{1,6}$`)).OnElements("ol", "li")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("reversed").Matching(regexp.MustCompile(`^(?i:|reversed)$`)).OnElements("ol")
	p.AllowAttrs("datetime").Matching(regexp.MustCompile(`^[0-9A-Z:.+\- ]{1,40}$`)).OnElements("time", "del", "ins")
	return p
})

// maxRawAnchor is the length, in characters, of the longest anchor that a writer's own HTML may have. It is no part of
// anchorShape: an expression that counts holds the whole of Unicode's letters once for each character.
const maxRawAnchor = 100

// plainElements need no attributes.
var plainElements = []string{
	"abbr", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em",
	"figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "mark", "p", "pre", "q", "rp", "rt",
	"ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "tfoot", "thead",
	"tr", "tt", "u", "ul", "var", "wbr",
}

// element is what balance knows of one.
type element struct {
	void   bool     // has no content and no end
	block  bool     // cannot lie in a paragraph or a heading
	within []string // what it must lie in, or nothing of it is shown
	only   bool     // only such elements as name it in within may lie in it, and no text
}

// elements are all that balance admits: it would drop what the policy let through by mistake.
var elements = func() map[string]element {
	m := map[string]element{
		"a": {}, "time": {},
		"br": {void: true}, "wbr": {void: true}, "img": {void: true},
		"hr": {void: true, block: true}, "col": {void: true, block: true, within: []string{"colgroup"}},
		"caption": {block: true, within: []string{"table"}}, "colgroup": {block: true, within: []string{"table"}, only: true},
		"table": {block: true, only: true},
		"thead": {block: true, within: []string{"table"}, only: true}, "tbody": {block: true, within: []string{"table"}, only: true}, "tfoot": {block: true, within: []string{"table"}, only: true},
		"tr": {block: true, within: []string{"thead", "tbody", "tfoot", "table"}, only: true},
		"td": {block: true, within: []string{"tr"}}, "th": {block: true, within: []string{"tr"}},
		"ul": {block: true, only: true}, "ol": {block: true, only: true}, "li": {block: true, within: []string{"ul", "ol"}},
		"dl": {block: true, only: true}, "dt": {block: true, within: []string{"dl"}}, "dd": {block: true, within: []string{"dl"}},
		"rt": {within: []string{"ruby"}}, "rp": {within: []string{"ruby"}},
		"details": {block: true}, "summary": {block: true, within: []string{"details"}},
	}
	for _, name := range []string{"blockquote", "div", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"} {
		m[name] = element{block: true}
	}
	for _, name := range plainElements {
		if _, ok := m[name]; !ok {
			m[name] = element{}
		}
	}
	return m
}()

// phrasing holds for elements that end where a block begins, as browsers end a paragraph.
func phrasing(name string) bool {
	return name == "p" || (len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6')
}

// raw shows a fragment of the writer's HTML.
func (r *renderer) raw(fragment []byte) {
	if name, closing, ok := bareTag(fragment); ok {
		if closing {
			r.rawEnd(name)
		} else {
			r.rawStart(name, nil)
		}
		return
	}
	if bytes.HasPrefix(fragment, []byte("<!--")) && bytes.Index(fragment, []byte("-->")) == len(bytes.TrimSpace(fragment))-3 {
		return
	}
	z := html.NewTokenizer(bytes.NewReader(policy().SanitizeBytes(fragment)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			text := z.Raw()
			if len(bytes.TrimSpace(text)) > 0 {
				r.beforeText()
			}
			r.out = appendEscaped(r.out, html.UnescapeString(string(text)))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			r.rawStart(t.Data, t.Attr)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.rawEnd(string(name))
		}
	}
}

// bareTag reads a fragment that is one tag without attributes, which is most of them, and needs no policy.
func bareTag(fragment []byte) (name string, closing, ok bool) {
	s := bytes.TrimRight(fragment, " \t\r\n")
	if len(s) < 3 || s[0] != '<' || s[len(s)-1] != '>' {
		return "", false, false
	}
	s = s[1 : len(s)-1]
	if s[0] == '/' {
		closing, s = true, s[1:]
	} else {
		s = bytes.TrimRight(bytes.TrimSuffix(s, []byte("/")), " ")
	}
	if len(s) == 0 || len(s) > 10 {
		return "", false, false
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '1' && c <= '6') {
			return "", false, false
		}
	}
	if a := atom.Lookup(s); a != 0 {
		name = a.String()
	} else {
		name = strings.ToLower(string(s))
	}
	_, known := elements[name]
	return name, closing, known && (closing || name != "img" && name != "a")
}

// rawOnly reports whether the innermost element that is open takes neither text nor Markdown.
func (r *renderer) rawOnly() bool {
	return len(r.open) > r.base && elements[r.open[len(r.open)-1]].only
}

// rawStart opens an element, if it may stand here.
func (r *renderer) rawStart(name string, attrs []html.Attribute) {
	e, known := elements[name]
	if !known || (e.block && r.inPhrasing > 0) {
		return
	}
	if name == "a" && r.linked() {
		return
	}
	if e.within != nil {
		if !r.closeTo(e.within) {
			return
		}
	} else if r.rawOnly() {
		return
	}
	if e.block {
		r.endPhrasing()
	}
	if !e.void && len(r.open) >= MaxRawDepth {
		return
	}
	start := len(r.out)
	r.out = append(append(r.out, '<'), name...)
	if !r.rawAttrs(name, attrs) {
		r.out = r.out[:start]
		if name == "img" {
			r.out = appendEscaped(r.out, attrValue(attrs, "alt"))
		}
		return
	}
	r.out = append(r.out, '>')
	if !e.void {
		r.open = append(r.open, name)
	}
}

// closeTo closes what is open above the innermost of the given elements, as HTML does where an item follows an item. It
// gives false if none is open in this block.
func (r *renderer) closeTo(within []string) bool {
	for i := len(r.open) - 1; i >= r.base; i-- {
		for _, name := range within {
			if r.open[i] == name {
				r.closeRaw(i + 1)
				return true
			}
		}
	}
	return false
}

// linked reports whether what is written now lies in a link; links do not lie in links.
func (r *renderer) linked() bool { return r.inLink > 0 || slices.Contains(r.open, "a") }

// endPhrasing ends a paragraph or heading of the writer's before a block begins.
func (r *renderer) endPhrasing() {
	for i := r.base; i < len(r.open); i++ {
		if phrasing(r.open[i]) {
			r.closeRaw(i)
			return
		}
	}
}

// rawEnd closes an element and what is open in it; if it is not open in this block, nothing is shown.
func (r *renderer) rawEnd(name string) {
	for i := len(r.open) - 1; i >= r.base; i-- {
		if r.open[i] == name {
			r.closeRaw(i)
			return
		}
	}
}

// closeRaw closes elements until n are open.
func (r *renderer) closeRaw(n int) {
	for len(r.open) > n {
		last := len(r.open) - 1
		r.out = append(append(append(r.out, "</"...), r.open[last]...), '>')
		r.open = r.open[:last]
	}
}

// beforeBlock makes room for a block of Markdown: it ends elements that cannot hold one.
func (r *renderer) beforeBlock() {
	if len(r.open) == r.base {
		return
	}
	r.endPhrasing()
	r.beforeText()
}

// beforeText ends elements that hold no text: a browser would show it before the table.
func (r *renderer) beforeText() {
	for r.rawOnly() {
		r.closeRaw(len(r.open) - 1)
	}
}

// rawAttrs writes the attributes that the policy left, with addresses resolved like those of Markdown. It gives false if
// the element is of no use: a picture that is not there, or a link that leads nowhere and names no place.
func (r *renderer) rawAttrs(name string, attrs []html.Attribute) bool {
	useful := name != "a" && name != "img"
	class := ""
	for _, a := range attrs {
		switch a.Key {
		case "href", "src":
			l, ok := classify(a.Val, a.Key == "src")
			if !ok {
				continue
			}
			l.Image = a.Key == "src"
			r.out = append(append(append(r.out, ' '), a.Key...), `="`...)
			t := r.target(l)
			r.out = append(r.out, '"')
			useful = !l.Image || !t.Missing
			switch {
			case t.Missing:
				class = missingAttrs
			case l.Kind == LinkExternal && !l.Image:
				class = externalAttrs
			}
		case "cite":
			if safeURL(a.Val) {
				r.attr(a.Key, a.Val)
			}
		case "id", "name":
			if utf8.RuneCountInString(a.Val) > maxRawAnchor {
				continue
			}
			useful = useful || name == "a"
			r.attr(a.Key, a.Val)
		case "alt":
			if a.Val != "" {
				r.attr(a.Key, a.Val)
			}
		default:
			r.attr(a.Key, a.Val)
		}
	}
	if name == "img" {
		if attrValue(attrs, "alt") == "" {
			r.out = append(r.out, ` alt=""`...)
		}
		r.out = append(r.out, ` loading="lazy" decoding="async"`...)
	}
	r.out = append(r.out, class...)
	return useful
}

func attrValue(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func (r *renderer) attr(key, value string) {
	r.out = append(append(append(r.out, ' '), key...), `="`...)
	r.out = appendEscaped(r.out, value)
	r.out = append(r.out, '"')
}

// htmlSource gives the lines of an HTML block.
func htmlSource(n *ast.HTMLBlock, source []byte) []byte {
	lines := n.Lines()
	if lines.Len() == 1 && !n.HasClosure() {
		seg := lines.At(0)
		return seg.Value(source)
	}
	var out []byte
	for i := range lines.Len() {
		seg := lines.At(i)
		out = append(out, seg.Value(source)...)
	}
	if n.HasClosure() {
		out = append(out, n.ClosureLine.Value(source)...)
	}
	return out
}

// appendHTMLText appends the text of an HTML block, without tags and what is never shown.
func appendHTMLText(dst, fragment []byte) []byte {
	z := html.NewTokenizer(bytes.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return dst
		case html.TextToken:
			dst = append(dst, z.Text()...)
		case html.StartTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp":
				z.Next() // all up to the end of the element is one text
			case "br", "p", "div", "li", "td", "th", "tr":
				dst = append(dst, ' ')
			}
		}
	}
}
