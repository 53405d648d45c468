package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attribution is what has to be said of a page, or a part of it, by whoever copies it. Its fields are the JSON that
// ?format=json gives.
type attribution struct {
	Title    string       `json:"title"`
	Section  string       `json:"section,omitempty"`
	Wiki     string       `json:"wiki"`
	URL      string       `json:"url"`     // of the page
	Version  string       `json:"version"` // address of just this version
	Revision string       `json:"revision"`
	Time     *time.Time   `json:"time,omitempty"` // of the version
	Words    int          `json:"words"`
	Authors  []attributed `json:"authors"`
	Others   int          `json:"others,omitempty"` // authors who are not listed
	Licence  *licence     `json:"licence,omitempty"`
}

type attributed struct {
	Name  string  `json:"name"`
	Words float64 `json:"words"`
	Share float64 `json:"share"`
}

type licence struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// attributionFormats are the texts that can be pasted, in the order in which they are offered.
var attributionFormats = []struct {
	name, format, contentType string
	write                     func(*attribution) string
}{
	{"Markdown", "markdown", "text/markdown; charset=utf-8", (*attribution).markdown},
	{"HTML", "html", htmlType, (*attribution).html},
	{"BibTeX", "bibtex", "application/x-bibtex; charset=utf-8", (*attribution).bibTeX},
	{"JSON", "json", "application/json", (*attribution).json},
}

// sendAttribution answers with the text alone. It is not given while it would name the wrong people.
func (q *request) sendAttribution(c *credited, format string) error {
	for _, f := range attributionFormats {
		if f.format != format {
			continue
		}
		if c.behind {
			return &failure{status: http.StatusServiceUnavailable, sentence: "Who wrote this is still being read. Please try again in a moment."}
		}
		q.w.Header().Set("Content-Security-Policy", filePolicy)
		return q.send(http.StatusOK, f.contentType, []byte(f.write(q.attribution(c))))
	}
	return badRequest("The text to paste comes as markdown, html, bibtex or json.")
}

// attributionTexts gives the texts for the page of credits.
func (q *request) attributionTexts(c *credited) []CreditText {
	if c.behind {
		return nil
	}
	a := q.attribution(c)
	var list []CreditText
	for _, f := range attributionFormats {
		text := f.write(a)
		list = append(list, CreditText{
			Name: f.name, Format: f.format, Text: text, Rows: min(strings.Count(text, "\n")+2, 9),
			URL: c.address("section", q.query("section"), "format", f.format),
		})
	}
	return list
}

func (q *request) attribution(c *credited) *attribution {
	a := &attribution{Title: c.doc.Title, Wiki: q.site.Name, URL: q.absolute(pageURL(c.path)), Words: c.credits.Words, Authors: []attributed{}}
	if a.Title == "" {
		a.Title = readable(c.path)
	}
	if n := len(c.credits.Revisions); n > 0 {
		last := c.credits.Revisions[n-1]
		a.Revision, a.Time = last.Commit.String(), &last.Time
		a.Version = q.absolute(address("wiki", c.page.Path.String(), "rev", a.Revision))
	} else {
		a.Version = q.absolute(c.versionURL())
	}
	if c.gone {
		a.URL = a.Version
	}
	if c.section != nil {
		a.Section = c.section.Text
		a.URL += fragment(c.section.Anchor)
		a.Version += fragment(c.section.Anchor)
	}
	for _, s := range standing(c.credits.Contributors) {
		if len(a.Authors) == creditNames {
			a.Others++
			continue
		}
		a.Authors = append(a.Authors, attributed{oneLine(s.Name), s.Words, s.Share})
	}
	a.Licence = parseLicence(q.credit().Licence())
	return a
}

// parseLicence reads "NAME <ADDRESS>". What is no address of the web is part of the name.
func parseLicence(text string) *licence {
	if text == "" {
		return nil
	}
	name, rest, ok := strings.Cut(text, "<")
	address, _, closed := strings.Cut(rest, ">")
	u, err := url.Parse(address)
	if !ok || !closed || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &licence{Name: text}
	}
	l := &licence{Name: strings.TrimSpace(name), URL: u.String()}
	if l.Name == "" {
		l.Name = l.URL
	}
	return l
}

// oneLine keeps a name to one line: what it is pasted into may be one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// what is the title, with the part's.
func (a *attribution) what() string {
	if a.Section != "" {
		return oneLine(a.Title) + ": " + oneLine(a.Section)
	}
	return oneLine(a.Title)
}

// names lists the authors. Two of one name, or without one, are said once.
func (a *attribution) names() []string {
	var names []string
	for _, p := range a.Authors {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	if a.Others > 0 {
		names = append(names, others)
	}
	return names
}

// others stands for authors who are not named: BibTeX knows it by this word.
const others = "others"

// by lists the names as a sentence does.
func (a *attribution) by() string { return inWords(a.names()) }

// inWords gives "A", "A and B", "A, B and C".
func inWords(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func (a *attribution) day() string {
	if a.Time == nil {
		return ""
	}
	return a.Time.Format("2 January 2006")
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "`", "\\`", "&", `\&`, "#", `\#`, "|", `\|`, "~", `\~`)

// markdown gives one paragraph.
func (a *attribution) markdown() string {
	var b strings.Builder
	b.WriteString("[" + markdownMarks.Replace(a.what()) + "](<" + a.Version + ">)")
	if by := a.by(); by != "" {
		b.WriteString(" by " + markdownMarks.Replace(by))
	}
	if wikiName := oneLine(a.Wiki); wikiName != "" {
		b.WriteString(", *" + markdownMarks.Replace(wikiName) + "*")
	}
	if a.Time != nil {
		b.WriteString(", version of " + a.day())
	}
	if l := a.Licence; l != nil && l.URL != "" {
		b.WriteString(", [" + markdownMarks.Replace(l.Name) + "](<" + l.URL + ">)")
	} else if l != nil {
		b.WriteString(", " + markdownMarks.Replace(l.Name))
	}
	return b.String() + ".\n"
}

// html gives one paragraph. It is put together as a tree, so that no name can be markup.
func (a *attribution) html() string {
	p := newElement(atom.P)
	cite := newElement(atom.Cite)
	cite.AppendChild(linkNode(a.Version, a.what()))
	p.AppendChild(cite)
	if by := a.by(); by != "" {
		p.AppendChild(textNode(" by " + by))
	}
	if wikiName := oneLine(a.Wiki); wikiName != "" {
		p.AppendChild(textNode(", " + wikiName))
	}
	if a.Time != nil {
		day := newElement(atom.Time)
		day.Attr = []html.Attribute{{Key: "datetime", Val: a.Time.Format(time.DateOnly)}}
		day.AppendChild(textNode(a.day()))
		p.AppendChild(textNode(", version of "))
		p.AppendChild(day)
	}
	if l := a.Licence; l != nil {
		p.AppendChild(textNode(", "))
		if l.URL != "" {
			to := linkNode(l.URL, l.Name)
			to.Attr = append(to.Attr, html.Attribute{Key: "rel", Val: "license"})
			p.AppendChild(to)
		} else {
			p.AppendChild(textNode(l.Name))
		}
	}
	p.AppendChild(textNode("."))
	var b strings.Builder
	if err := html.Render(&b, p); err != nil {
		return "" // a Builder takes everything, and the tree is ours
	}
	return b.String() + "\n"
}

func newElement(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

func linkNode(to, text string) *html.Node {
	n := newElement(atom.A)
	n.Attr = []html.Attribute{{Key: "href", Val: to}}
	n.AppendChild(textNode(text))
	return n
}

var bibTeXMarks = strings.NewReplacer(`\`, `{\textbackslash}`, "{", `{\textbraceleft}`, "}", `{\textbraceright}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`, "~", `{\textasciitilde}`, "^", `{\textasciicircum}`)

// bibTeX gives one entry of the kind that every style knows.
func (a *attribution) bibTeX() string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			b.WriteString(",\n  " + name + " = {" + value + "}")
		}
	}
	key := bibTeXKey(a.URL)
	if a.Time != nil {
		key += "-" + a.Time.Format("2006")
	}
	b.WriteString("@misc{" + key)
	field("title", "{"+bibTeXMarks.Replace(a.what())+"}")
	names := a.names()
	for i, name := range names {
		names[i] = bibTeXMarks.Replace(name)
		if strings.Contains(name, ",") || strings.Contains(strings.ToLower(" "+name+" "), " and ") || name == anonymous {
			names[i] = "{" + names[i] + "}" // one name, whatever is in it
		}
	}
	field("author", strings.Join(names, " and "))
	field("howpublished", bibTeXMarks.Replace(oneLine(a.Wiki)))
	if a.Time != nil {
		field("year", a.Time.Format("2006"))
		field("month", strings.ToLower(a.Time.Format("Jan")))
	}
	field("url", bibTeXAddress(a.Version))
	if a.Time != nil {
		field("note", "Version of "+a.day())
	}
	if l := a.Licence; l != nil {
		field("license", bibTeXMarks.Replace(strings.TrimSpace(l.Name)))
	}
	return b.String() + "\n}\n"
}

// anonymous is how credit names whoever wants no name.
const anonymous = "a contributor"

// bibTeXKey makes a key of a page's address: what every program that reads BibTeX takes for one.
func bibTeXKey(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "page"
	}
	key := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == '_', r == '.', r == ' ':
			return '-'
		}
		return -1
	}, path.Base(u.Path))
	if key = strings.Trim(key, "-"); key == "" {
		return "page"
	}
	return key
}

// bibTeXAddress keeps the braces of an entry even; everything else in an address is escaped already.
func bibTeXAddress(s string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C").Replace(s)
}

func (a *attribution) json() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(a); err != nil {
		return "" // every value is one that JSON has
	}
	return b.String()
}
