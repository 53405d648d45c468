package markdown

import (
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// safeSchemes are the schemes that a link may have. What could run script (javascript, data, vbscript, blob) or is of
// no use to strangers (file) is not among them.
var safeSchemes = map[string]bool{
	"http": true, "https": true, "mailto": true, "tel": true, "ftp": true, "irc": true, "ircs": true, "matrix": true,
	"xmpp": true, "geo": true, "doi": true, "urn": true,
}

// classify reads a decoded destination. It is not ok if its scheme is not admitted; an image's may be a data: picture.
func classify(destination string, image bool) (Link, bool) {
	s := cleanURL(destination)
	switch scheme := schemeOf(s); {
	case scheme == "mailto":
		return Link{Kind: LinkMail, Target: s[len("mailto:"):]}, !image
	case scheme == "data":
		return Link{Kind: LinkExternal, Target: s}, image && isDataPicture(s)
	case scheme != "":
		return Link{Kind: LinkExternal, Target: s}, safeSchemes[scheme]
	case strings.HasPrefix(strings.ReplaceAll(s, `\`, "/"), "//"): // browsers take a backslash for a slash
		return Link{Kind: LinkExternal, Target: s}, true
	}
	l := Link{}
	s, l.Fragment, _ = strings.Cut(s, "#")
	l.Fragment = unescape(l.Fragment)
	s, l.Query, _ = strings.Cut(s, "?")
	l.Target = unescape(s)
	switch ext := strings.ToLower(path.Ext(l.Target)); {
	case l.Target == "":
		l.Kind, l.Query = LinkAnchor, ""
	case ext == "" || ext == ".md" || ext == ".markdown":
		l.Kind = LinkPage
	default:
		l.Kind = LinkFile
	}
	return l, true
}

// wikiKind tells a link to a page from one within it.
func wikiKind(target string) LinkKind {
	if target == "" {
		return LinkAnchor
	}
	return LinkPage
}

// autoLink reads an address that was written without a text.
func autoLink(n *ast.AutoLink, source []byte) (Link, bool) {
	label := string(n.Label(source))
	if n.AutoLinkType == ast.AutoLinkEmail {
		label = strings.TrimPrefix(label, "mailto:")
		return Link{Kind: LinkMail, Target: label}, true
	}
	if n.Protocol != nil {
		return Link{Kind: LinkExternal, Target: string(n.Protocol) + "://" + label}, true
	}
	return classify(label, false)
}

// cleanURL takes out what a browser takes out of an address before it looks at the scheme: control characters and
// spaces around. "java\nscript:" is JavaScript.
func cleanURL(s string) string {
	if strings.IndexFunc(s, isControl) >= 0 {
		s = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// schemeOf gives the scheme in lower case, or "".
func schemeOf(s string) string {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(s[:i])
		default:
			return ""
		}
	}
	return ""
}

// isDataPicture admits pictures that are written into the page itself, in formats that hold no script.
func isDataPicture(s string) bool {
	for _, format := range []string{"png", "gif", "jpeg", "webp", "avif"} {
		if prefix := "data:image/" + format + ";base64,"; len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// safeURL reports whether an address may stand in a link. It is asked again after a Resolver has answered.
func safeURL(s string) bool {
	scheme := schemeOf(cleanURL(s))
	return scheme == "" || safeSchemes[scheme]
}

// unescape resolves %XX; an address that is not well-formed is taken as it is.
func unescape(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}

// urlKept are the bytes that stand in an address as they are: RFC 3986's reserved and unreserved ones, and the percent
// sign, so that what is escaped is not escaped again.
var urlKept = func() (kept [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%") {
		kept[c] = true
	}
	return kept
}()

// appendURL appends an address for an attribute in double quotes: all that is not ASCII or could end it is escaped.
func appendURL(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			dst = append(dst, "&amp;"...)
		case urlKept[c]:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// appendFragment appends # and a decoded fragment.
func appendFragment(dst []byte, fragment string) []byte {
	dst = append(dst, '#')
	return appendURL(dst, strings.ReplaceAll(fragment, "%", "%25"))
}

// escapePath writes a decoded path as one: its % and ? and # are not taken for more, what stands before a colon not for
// a scheme, and two slashes at its beginning not for another site.
func escapePath(p string) string {
	if trimmed := strings.TrimLeft(p, `/\`); len(p)-len(trimmed) > 1 {
		p = "/" + trimmed
	}
	return (&url.URL{Path: p}).String()
}
