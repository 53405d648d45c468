package web

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"golang.org/x/text/language"

	"coppice/wiki/markdown"
)

// What a page says of itself to machines: its questions in the words of schema.org, and what other sites show of it where
// somebody posts a link (Open Graph).
//
// A page of several questions is an FAQPage. One of a single question is a QAPage, which Google wants only where readers
// can add to the answers; on a copy for reading it is an FAQPage too. Addresses are in it only when the site knows its own:
// a cached page must not depend on the name that it was asked for under.
//
// Sources: schema.org/FAQPage, schema.org/QAPage; Google Search Central, "FAQ (FAQPage) structured data" and "Q&A (QAPage)
// structured data"; ogp.me.

const (
	// maxStructured bounds the questions and answers for machines, in bytes of JSON. Readers on slow lines pay for it, and
	// what did not fit is in the text.
	maxStructured = 32 << 10
	// maxStructuredName and maxStructuredAnswer bound one question and one answer: a sentence, and a few paragraphs.
	maxStructuredName   = 300
	maxStructuredAnswer = 1500
)

// structured is a page's JSON-LD in two halves. Between them stand the days on which it came and last changed, which
// history knows and the text does not.
type structured struct{ head, tail string }

type ldPage struct {
	Context  string `json:"@context"`
	Type     string `json:"@type"`
	Name     string `json:"name"`
	URL      string `json:"url,omitempty"`
	Language string `json:"inLanguage,omitempty"`
}

type ldQuestion struct {
	Type        string   `json:"@type"`
	Name        string   `json:"name"`
	Text        string   `json:"text,omitempty"`
	URL         string   `json:"url,omitempty"`
	Keywords    string   `json:"keywords,omitempty"`
	AnswerCount int      `json:"answerCount,omitempty"`
	Answer      ldAnswer `json:"acceptedAnswer"`
}

type ldAnswer struct {
	Type string `json:"@type"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// asked gives a page's questions that have answers. A title that asks is one of them, though it be in front matter only:
// what stands before the next answers it.
func asked(doc *markdown.Document) []markdown.Question {
	var list []markdown.Question
	if title := strings.TrimSpace(doc.Title); markdown.IsQuestion(title) && (len(doc.Questions) == 0 || doc.Questions[0].Text != title) {
		answer := doc.OwnTexts()[0]
		if len(doc.Questions) == 0 {
			answer = doc.Text
		}
		list = append(list, markdown.Question{Text: title, Answer: answer})
	}
	return dropUnanswered(append(list, doc.Questions...))
}

func dropUnanswered(questions []markdown.Question) []markdown.Question {
	list := questions[:0]
	for _, q := range questions {
		if q.Answer != "" && q.Text != "" {
			list = append(list, q)
		}
	}
	return list
}

// structuredOf makes the JSON-LD of a document; url is its whole address, or "". A page without questions has none.
func structuredOf(doc *markdown.Document, title, url string, open bool) structured {
	questions := asked(doc)
	if len(questions) == 0 {
		return structured{}
	}
	page := ldPage{Context: "https://schema.org", Type: "FAQPage", Name: shorten(title, maxStructuredName), URL: url, Language: doc.Lang}
	if len(questions) == 1 && open {
		page.Type = "QAPage"
		q := newLDQuestion(questions[0], url)
		q.AnswerCount, q.Text = 1, q.Name
		return structured{
			head: openJSON(page) + `,"mainEntity":{"@type":"Question",`,
			tail: strings.TrimPrefix(toJSON(q), `{"@type":"Question",`) + "}",
		}
	}
	var list bytes.Buffer
	for _, q := range questions {
		text := toJSON(newLDQuestion(q, url))
		if list.Len() > 0 && list.Len()+len(text) > maxStructured {
			break
		}
		if list.Len() > 0 {
			list.WriteByte(',')
		}
		list.WriteString(text)
	}
	return structured{head: openJSON(page) + ",", tail: `"mainEntity":[` + list.String() + "]}"}
}

func newLDQuestion(q markdown.Question, url string) ldQuestion {
	if url != "" {
		url += fragment(q.Anchor)
	}
	return ldQuestion{
		Type: "Question", Name: shorten(q.Text, maxStructuredName), URL: url, Keywords: shorten(strings.Join(q.Keywords, ", "), maxStructuredName),
		Answer: ldAnswer{Type: "Answer", Text: shorten(q.Answer, maxStructuredAnswer), URL: url},
	}
}

// toJSON writes what may stand in a script element: <, > and & are escaped in it, and so are the line ends of JavaScript.
func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // nothing but texts and numbers is in it
		return "{}"
	}
	return string(text)
}

// openJSON is toJSON of an object to which more is to be added.
func openJSON(v any) string { return strings.TrimSuffix(toJSON(v), "}") }

// at gives the JSON-LD with the days of a page, or nil.
func (s structured) at(created, changed time.Time) json.RawMessage {
	if s.head == "" {
		return nil
	}
	days := ""
	if !created.IsZero() {
		days = `"datePublished":"` + created.UTC().Format(time.RFC3339) + `",`
	}
	if !changed.IsZero() {
		days += `"dateModified":"` + changed.UTC().Format(time.RFC3339) + `",`
	}
	return json.RawMessage(s.head + days + s.tail)
}

// locale gives a language as Open Graph has it, with the region where most of its speakers are if it names none: "pt_BR".
func locale(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return ""
	}
	base, _ := tag.Base()
	region, sure := tag.Region()
	if sure == language.No || !region.IsCountry() {
		return ""
	}
	return base.String() + "_" + region.String()
}

// pictureOf gives the first picture of a document by its whole address, with the words for those who cannot see it. One of
// the wiki's own has such an address only when the site knows its own.
func (s *Server) pictureOf(doc *markdown.Document, to markdown.Resolver) Picture {
	for _, l := range doc.Links {
		switch {
		case !l.Image:
		case l.Kind == markdown.LinkExternal && strings.HasPrefix(l.Target, "https://"):
			return Picture{URL: l.Target, Alt: strings.Clone(l.Text)}
		case l.Kind == markdown.LinkFile && s.baseURL != nil:
			if t := to.Resolve(l); !t.Missing && strings.HasPrefix(t.URL, "/") {
				return Picture{URL: s.baseURL.String() + t.URL, Alt: strings.Clone(l.Text)}
			}
		}
	}
	return Picture{}
}

// ownAddress gives the whole address of a path, or "" when the site does not know its own.
func (s *Server) ownAddress(path string) string {
	if s.baseURL == nil {
		return ""
	}
	return s.baseURL.String() + path
}

// introduce fills in what a page says of itself to machines. It comes when the page's stamps are known.
func (v *PageView) introduce(b *body) {
	v.Structured = b.structured.at(v.Created.Time, v.Updated.Time)
	v.Graph = &OpenGraph{
		Type: "article", Title: v.Title, Description: b.lead, Locale: b.locale, Picture: b.picture,
		Published: v.Created.Time, Modified: v.Updated.Time,
	}
}
