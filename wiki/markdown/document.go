package markdown

import (
	"time"

	"github.com/yuin/goldmark/ast"
)

// Options steer how a page is read.
type Options struct {
	// QuestionSections are titles of sections under which every heading is a question (from the page's form). Case and
	// the space around do not count.
	QuestionSections []string
	// IDPrefix stands before the ids of footnotes, so that several documents can be on one HTML page. Headings have no
	// prefix: their anchors are addresses.
	IDPrefix string
}

// Document is one parsed page. It does not change after Parse and may be used by many goroutines.
type Document struct {
	Source      []byte // the whole file; the Document keeps it, so nobody may write to it
	Body        int    // where the Markdown begins, after the front matter
	FrontMatter FrontMatter
	Title       string     // front matter's title, else the first h1's text, else "" (the caller then uses the name)
	Lang        string     // BCP 47; "" is unknown
	Outline     []Heading  // headings and numbered questions in order; headings inside quotes and lists are not among them
	Questions   []Question // in order
	Links       []Link     // in order; wikilinks and images included
	Blocks      []Block    // by Start; a container stands before what is in it
	Text        string     // plain text of the body, a blank line between blocks
	Lead        string     // first paragraph as plain text, at most MaxLead bytes
	Problems    []Problem  // what is wrong with the page, by line

	prefix       string // Options.IDPrefix
	markdown     []byte // the part of Source that was parsed; offsets in the tree are of it
	rest         int    // where the part of Source begins that was not, because a limit was passed
	broken       bool   // Source is not UTF-8
	root         ast.Node
	titleHeading *ast.Heading // the heading that says Title, or nil
	headings     map[*ast.Heading]headingNote
	anchors      map[string]bool
	asked        map[ast.Node][]askedNote // by the block that they stand in, in order
	own          []string                 // see OwnTexts
	named        []namedAnchor
}

// headingNote is what a heading of any depth says, and its address.
type headingNote struct{ text, anchor string }

func (d *Document) heading(n *ast.Heading, note headingNote) {
	if d.headings == nil {
		d.headings = map[*ast.Heading]headingNote{}
	}
	d.headings[n] = note
}

// FrontMatter is what a page says of itself in YAML. What has the wrong type is left out and named in Problems.
type FrontMatter struct {
	Raw           []byte // between the fences, byte for byte, unknown keys included
	Title         string
	Lang          string
	TranslationOf string
	RedirectTo    string
	Form          string
	Keywords      []string
	Aliases       []string
	AskedAs       map[string][]string // how people really ask, per anchor: of "asked_as" and of "questions"
	Questions     map[string]QuestionMatter
	Targets       []RelatedTarget // pages and questions elsewhere that Questions names as related, in order
	Participants  []Participant
	ReviewBy      time.Time // zero is never
}

// QuestionMatter is what front matter says of one question, whose anchor it stands under:
//
//	questions:
//	  how-big-should-it-be:
//	    keywords: [size, growth]
//	    asked_as: [how many members do we need, is there a maximum]
//	    related: [what-is-a-community-of-practice, "facilitation#how-much-time-does-it-take"]
//	    review_by: 2027-06-30
//
// Keys that are not known are kept, and left to others.
type QuestionMatter struct {
	Keywords []string
	Related  []string  // pages, questions as "page#anchor" or "#anchor", in the order of their writer; without [[ ]]
	ReviewBy time.Time // zero is never
}

// RelatedTarget is a page, or a question as "page#anchor", that front matter names as related.
type RelatedTarget struct {
	Name string
	Line int // of the page
}

// Participant is a person of the discussion behind a page, and the part they had in it.
type Participant struct{ Name, Part string }

// Heading is a heading at the top level of a page, or a question that is numbered in plain text. Offsets are bytes of
// Source.
type Heading struct {
	Level      int    // 1 to 6; of a numbered question one more than that of the heading above it, so 2 to 7
	Text       string // plain
	Anchor     string
	Start, End int // the heading's own lines
	SectionEnd int // where the next heading of the same or a higher level begins, or the end of the text; of a numbered question, where its answer ends
	Numbered   bool
}

// Question is a heading that asks, with what stands under it, or a question that is numbered in plain text and answered:
// numbered.go says in which forms. Text is then without the number.
type Question struct {
	Text, Anchor string
	Answer       string    // plain text up to the end of the section, or to the next question in it
	AskedAs      []string  // how people really ask
	Keywords     []string  // its own; those of the page hold for it too
	Related      []string  // what its writers want to be read next, see QuestionMatter
	ReviewBy     time.Time // zero is never
	Start, End   int       // heading and answer, in bytes of Source
}

// LinkKind tells where a link leads.
type LinkKind uint8

// The kinds of links.
const (
	LinkPage     LinkKind = iota // a wikilink, or a path that ends in .md or in no extension
	LinkFile                     // any other path of this site
	LinkExternal                 // another site
	LinkAnchor                   // a place in this page; Target is empty
	LinkMail                     // Target is the address
)

// String gives "page", "file", "external", "anchor" or "mail".
func (k LinkKind) String() string {
	return [...]string{"page", "file", "external", "anchor", "mail"}[k]
}

// Link is a link or an image of a page. Links with a scheme that is not admitted are none.
type Link struct {
	Kind     LinkKind
	Wiki     bool // [[written so]]
	Image    bool
	Target   string // percent-decoded, without ?query and #fragment; of LinkExternal and LinkMail the URL as written
	Query    string // raw, without the ?; only of LinkPage and LinkFile
	Fragment string // decoded, without the #
	Text     string // plain
	Start    int    // in bytes of Source
}

// Block is a part of a page: a top-level block, or a list item or table row in it. Source[Start:End] is exactly its
// lines, without blank lines after it; an item that shares its first line with its parent starts at its marker.
type Block struct {
	Kind       string // "heading", "paragraph", "list", "item", "table", "row", "code", "quote", "html", "rule", "footnote", "definition", "callout", "reference", "frontmatter"
	Level      int    // depth: 0 is the top level
	Start, End int
}

// Problem is a fault in a page's source. The page is still shown.
type Problem struct {
	Line int // from 1
	Text string
}

// Target is where a link leads.
type Target struct {
	URL     string
	Missing bool   // a red link: there is no such page, and URL leads to the editor; or no such file
	Title   string // for the tooltip
}

// Resolver answers for the LinkPage and LinkFile links of one page. It must be quick, and for the same state of the
// wiki give the same answer.
type Resolver interface{ Resolve(l Link) Target }

// AnchorKeeper is a Resolver that also knows what the headings of the page were called before. Each former anchor becomes an
// invisible target at its heading, unless a heading of today has it.
type AnchorKeeper interface{ FormerAnchors(anchor string) []string }
