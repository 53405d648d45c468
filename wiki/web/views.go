package web

import (
	"encoding/json"
	"html/template"
	"time"
)

// One struct per view; each embeds Base. The name of its template is in the comment. Times are given as time.Time and
// shown by the partial "time". Addresses are whole, escaped paths, made by the handlers: a template never builds one.

// Base is what every page has.
type Base struct {
	Site       Site
	Title      string // of the page, for <title> and h1
	Lang       string // of the interface, "en"
	Query      string // in the search box
	Nav        []NavLink
	Author     string     // who an edit would be credited to; "" when nobody may edit here
	Canonical  string     // path of this page's own address
	Graph      *OpenGraph // what other sites show of this page; nil: nothing
	Feed       string     // address of an Atom feed of this page, or ""
	NoIndex    bool       // robots stay away: editors, old revisions, diffs
	Notice     *Notice
	EditShown  bool   // scripts for the editor are wanted
	BodyClass  string // the view's name, for style
	NewPageURL string
}

// Site is the wiki as a whole.
type Site struct {
	Name, Tagline, Version string
	URL                    string // "https://faq.example.org", to stand before a path; "" when the site does not know it
	Pages                  int
	ReadOnly               bool
}

// OpenGraph is what other sites show of a page where somebody posts a link to it (ogp.me). Its address is the page's
// canonical one.
type OpenGraph struct {
	Type, Title, Description, Locale string
	Picture                          Picture
	Published, Modified              time.Time
}

// Picture is a picture of a page: URL is a whole address, or "".
type Picture struct{ URL, Alt string }

// NavLink is an entry of the menu.
type NavLink struct {
	Text, URL string
	Current   bool
}

// Notice is one sentence above the page: Kind is "good", "info", "warning" or "bad".
type Notice struct {
	Kind, Text       string
	LinkText, LinkTo string // optional
}

// Crumb is a step of the way to a page.
type Crumb struct{ Text, URL string }

// PageLink is a link to a page, in any list.
type PageLink struct {
	Title, URL, Path string
	Lead             string // one or two sentences, or ""
	Missing          bool
	Time             time.Time // of its last change; zero when not shown
	Author           string
	Count            int // whatever the list counts
}

// Tabs are the addresses around one page; an empty one is not offered.
type Tabs struct {
	Current                                                                       string // "read", "edit", "history", ...
	Read, Edit, History, Credits, Blame, Raw, Backlinks, Rename, Delete, Feed, At string
}

// FrontView is "front": the front door.
type FrontView struct {
	Base
	Intro      template.HTML `json:"-"` // the root folder's own page, or empty
	IntroURL   string
	Popular    []PageLink
	Recent     []PageLink
	Categories []Category
	Questions  []PageLink // a few questions to begin with
}

// Category is a keyword and how many pages have it.
type Category struct {
	Name, URL string
	Count     int
}

// TOCEntry is a line of a page's table of contents.
type TOCEntry struct {
	Level    int // 1 is the shallowest shown
	Text     string
	Anchor   string
	Question bool
}

// PageView is "page": one page, today's or an old one.
type PageView struct {
	Base
	Tabs        Tabs
	Crumbs      []Crumb
	Path        string
	PageLang    string
	Body        template.HTML `json:"-"` // with its h1 taken out if it is the title
	TitleAnchor string        // of the h1 that was taken out: links may point at it; "" when there was none
	TOC         []TOCEntry
	EditSection string // how the address of a section's editor begins; its anchor follows. "" when one may not edit
	Categories  []Category
	Aliases     []string
	Backlinks   []PageLink // the first few
	Problems    []Problem  // what is wrong with the source; shown small to editors
	Updated     Stamp      // last change
	Created     Stamp      // first
	Revisions   int
	Old         *OldBanner       // not nil when an old revision is shown
	Translation *TranslationNote // of a translation, else nil
	Languages   []LanguageLink   // the page in others
	Alternates  []LanguageLink   // the page in all, its own too
	TitleWas    []string         // former anchors of that h1
	Lost        []LostSection    // sections that old links lead to
	Formerly    []PageLink       // pages that had this address before this one
	Moved       string           // why the reader is here: "Redirected from X", or ""
	Related     []RelatedLink
	ReviewBy    time.Time

	Structured json.RawMessage `json:"-"` // JSON-LD of the page's questions, or nil: made of the body and the stamps

	Credits      *PageCredits `json:"-"`
	CreditsPrint string       // stands for Credits in JSON
}

// RelatedLink leads to a related question, or to a related page.
type RelatedLink struct {
	Text, URL string
	Where     string // title of the question's page; "" where Text says it
	Picked    bool   // by a writer
}

// Stamp says who did something when.
type Stamp struct {
	Time      time.Time
	Author    string
	AuthorURL string // of the author's page, or ""
	Summary   string
	URL       string // of the revision
	Revision  string // short id
}

// OldBanner stands above an old revision.
type OldBanner struct {
	Stamp
	Current, Diff, Previous, Next string // addresses; of a page that is gone, Current is its history
	RestoreURL                    string // POST with revision
	Base                          string
	Deleted                       bool // the page no longer exists
	PastBanner
}

// Problem is a fault in a page's source.
type Problem struct {
	Line int
	Text string
}

// EditView is "edit": the form, with whatever came of preview or changes, and the sentence of a refusal.
type EditView struct {
	Base
	Tabs        Tabs
	Crumbs      []Crumb
	Path        string
	New         bool
	Action      string // POST here
	BaseRev     string // hidden field "base"
	Section     string // anchor of the section edited, hidden field "section"; "" is the whole page
	SectionText string // its heading
	Source      string
	Summary     string
	Sentence    string // why it was not saved, or ""
	Preview     template.HTML
	HasPreview  bool
	Changes     []DiffHunk
	HasChanges  bool
	Problems    []Problem
	Forms       []FormChoice // for a new page: the forms it may begin with
	PreviewURL  string       // POST source here for a live preview (HTML fragment)
	Cancel      string
	Limit       int              // bytes a page may have
	Help        string           // address of the page about writing
	Guide       *FormGuide       // what the page's form asks for, else nil
	Fields      *PageFields      // of a whole page, else nil
	Translation *TranslationEdit // of a translation, else nil
	HasTests    bool             // there are searches to be tried: POST with the action "trial" tells (JSON)
	Broken      *BrokenSearches  // by the text as it is, or nil
}

// NewView is "new": it asks for the title of a page to be made, and for its form when there are several.
type NewView struct {
	Base
	Action   string // GET here, with the fields "title" and "form"
	Name     string // the title typed so far
	Sentence string // why that title cannot be used, or ""
	Forms    []FormChoice
	Near     []PageLink      // pages that may already be what the writer has in mind
	Alike    []AlikeQuestion // questions that may be the same
	GoOnURL  string          // the editor, when none of them is
}

// FormChoice is a page form that a new page can begin with.
type FormChoice struct {
	Name, Title, About, URL string
	Current                 bool
}

// ConflictView is "conflict": somebody changed the same words (status 409), while the writer wrote or since a change that
// is to be undone.
type ConflictView struct {
	Base
	Crumbs   []Crumb
	Path     string
	Action   string
	BaseRev  string // now the other's revision
	Summary  string
	Deleted  bool   // the page was deleted meanwhile
	Undo     *Stamp // the change that is to be undone; nil when the clash is that of an edit
	Theirs   Stamp  // the page's newest change
	Chunks   []ConflictChunk
	Source   string // the merged text with the writer's own words where they clash; editable
	Count    int
	Cancel   string
	TheirURL string
}

// ConflictChunk is agreed text, or a clash with its three texts.
type ConflictChunk struct {
	Conflict           bool
	Number             int // of the clash, from 1
	Text               string
	Base, Theirs, Mine string
	TheirDiff          []DiffLine // base to theirs
	MyDiff             []DiffLine // base to mine
}

// DiffHunk is a run of changed lines with what stands around them.
type DiffHunk struct {
	Heading            string
	OldStart, NewStart int
	Lines              []DiffLine // inline order
	Pairs              []DiffPair // side by side
}

// DiffLine is one line; Op is "equal", "delete" or "insert". Old or New is 0 where the line is not there.
type DiffLine struct {
	Op       string
	Old, New int
	Spans    []DiffSpan
}

// DiffPair is a row of the side-by-side view; either side may be nil.
type DiffPair struct{ Old, New *DiffLine }

// DiffSpan is a part of a line; Mark is set on the words that changed.
type DiffSpan struct {
	Text string
	Mark bool
}

// HistoryView is "history": a page's revisions, newest first.
type HistoryView struct {
	Base
	Tabs       Tabs
	Crumbs     []Crumb
	Path       string
	Deleted    bool
	RestoreURL string // when deleted
	Rows       []HistoryRow
	CompareURL string // GET with from and to
	RemovedURL string // what was removed from the page
	Travel     *Travel
	Older      string // address of the next part, or ""
	Newest     string // address of the first part, or ""
	Total      int
	Behind     bool // the index is still working
}

// HistoryRow is one revision.
type HistoryRow struct {
	Stamp
	ID         string // full
	CoAuthors  []string
	Kind       string // "added", "modified", "renamed", "deleted"
	From       string // path before a rename
	Delta      int    // bytes
	Size       int
	Diff       string // address of the change it made
	Revert     string // POST here
	Current    bool
	MergedFrom bool
}

// CompareView is "compare": two versions of a page.
type CompareView struct {
	Base
	Tabs                         Tabs
	Crumbs                       []Crumb
	Path                         string
	From, To                     Stamp
	Mode                         string // "inline", "split", "rendered"
	InlineURL, SplitURL, RichURL string
	Hunks                        []DiffHunk
	Rendered                     template.HTML // with ins and del
	Same                         bool
	Previous, Next               string // neighbouring changes
	RevertURL                    string // POST; only where To follows From
	RevertID                     string
}

// ConfirmView is "rename", "delete", "restore" or "revert": a question before something is done.
type ConfirmView struct {
	Base
	Tabs     Tabs
	Crumbs   []Crumb
	Path     string
	Action   string // POST here
	BaseRev  string
	Revision Stamp  // of restore and revert
	RevID    string // full id, hidden field "revision"
	To       string // new path, of rename
	Summary  string
	Sentence string // why it was refused, or ""
	Links    int    // pages that link here
	Cancel   string
	Hunks    []DiffHunk // what revert would do
	Broken   *BrokenSearches
}

// SearchView is "search".
type SearchView struct {
	Base
	Searched   bool
	Total      int
	Hits       []SearchHit
	Facets     []Facet
	Active     []FacetValue // chosen facets; URL takes one away
	Newer      string       // address of the part before
	Older      string       // address of the part after
	First      int          // number of the first hit shown
	Exact      *PageLink    // a page of just that title
	DidYouMean string
	MeanURL    string
	CreateURL  string // create a page with that name
	RemovedURL string // the same words among removed sentences
	Sentence   string // what is wrong with the query, or ""
	Behind     bool
	Took       time.Duration
	Related    []RelatedLink // to the best hit
}

// SearchHit is one answer.
type SearchHit struct {
	Title, URL, Path string
	Question         string // the question it matched, or ""
	Snippet          []DiffSpan
	Others           []SearchPlace // what else on the page matches
	Keywords         []string
	Updated          time.Time
}

// SearchPlace is a question or heading of a page.
type SearchPlace struct{ Text, URL string }

// Facet groups hits by a property.
type Facet struct {
	Name   string
	Values []FacetValue
}

// FacetValue is one value and its address.
type FacetValue struct {
	Name, URL string
	Count     int
	Current   bool
}

// RecentView is "recent": changes to all pages.
type RecentView struct {
	Base
	Days   []RecentDay
	Older  string
	Newest string
	Behind bool
}

// RecentDay holds a day's changes, newest first.
type RecentDay struct {
	Day  time.Time
	Rows []RecentRow
}

// RecentRow is one change of one page.
type RecentRow struct {
	HistoryRow
	Page       PageLink
	HistoryURL string
}

// ListView is "list": all pages, a category, backlinks, wanted pages, orphans, categories.
type ListView struct {
	Base
	Kind       string // "all", "category", "categories", "backlinks", "wanted", "orphans", "deleted"
	Lead       string // one sentence
	Crumbs     []Crumb
	Groups     []ListGroup
	Categories []Category
	Total      int
	Older      string
	Newest     string
	Empty      string       // the sentence when there is nothing
	Filters    []FacetValue // ways to narrow the list to pages that lack something
}

// ListGroup is a part of a list under a letter or a folder.
type ListGroup struct {
	Name  string
	Pages []PageLink
}

// ErrorView is "error": 404 with a search and "create this page", and every other failure.
type ErrorView struct {
	Base
	Status    int
	Sentence  string
	CreateURL string
	Deleted   *Stamp // the page was there once
	History   string
	Near      []PageLink // pages with a like name
	Retry     bool
}
