package wiki

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coppice/wiki/internal/gitstore"
)

// Contributor is a git identity.
type Contributor struct{ Name, Email string }

// Commit is a commit's metadata. Time is the author's, in the author's zone.
type Commit struct {
	ID        ID
	Parents   []ID
	Time      time.Time
	Author    Contributor
	CoAuthors []Contributor // of the trailers Co-authored-by
	Summary   string        // first line of the message
	Message   string
}

// Revision is one change of one page.
type Revision struct {
	Commit
	Path  Path // the page's path then
	From  Path // the path before, of a Renamed
	Kind  ChangeKind
	Blob  ID  // zero when Deleted
	Size  int // bytes
	Delta int // bytes more than before
	Merge bool
}

// ChangeKind says what a Change did.
type ChangeKind uint8

// The kinds of changes.
const (
	Added ChangeKind = iota + 1
	Modified
	Renamed
	Deleted
)

// String gives "added", "modified", "renamed" or "deleted".
func (k ChangeKind) String() string {
	return [...]string{"", "added", "modified", "renamed", "deleted"}[k]
}

// Change is what happened to one page between two commits. Old is the blob before, zero when Added; Blob is the blob
// after, zero when Deleted.
type Change struct {
	Kind       ChangeKind
	Path, From Path
	Blob, Old  ID
}

// NewCommit shapes what the store read for people: co-authors from the trailers, the summary cut from the message.
func NewCommit(c *gitstore.CommitData) Commit {
	return Commit{
		ID: c.ID, Parents: c.Parents, Time: c.Written(),
		Author:    Contributor{c.Author.Name, c.Author.Email},
		CoAuthors: coAuthors(c.Message, c.Author.Name),
		Summary:   firstLine(c.Message),
		Message:   c.Message,
	}
}

func firstLine(message string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(message, "\r\n"), "\n")
	return strings.TrimSpace(line)
}

// Text is the message without the trailers at its end, which hold people's addresses.
func (c Commit) Text() string {
	text := strings.TrimSpace(c.Message)
	for {
		at := strings.LastIndex(text, "\n\n")
		if at < 0 || !isTrailers(text[at+2:]) {
			return text
		}
		text = strings.TrimSpace(text[:at])
	}
}

// isTrailers reports whether a paragraph is nothing but lines of "Key: value", as git interpret-trailers knows them.
func isTrailers(paragraph string) bool {
	for line := range strings.Lines(paragraph) {
		key, _, ok := strings.Cut(line, ": ")
		if !ok || key == "" || strings.IndexFunc(key, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) >= 0 {
			return false
		}
	}
	return true
}

const coAuthorTrailer = "Co-authored-by:"

// coAuthors reads the trailers of a message, whose key git compares without case. Everybody is named once, and the
// author not at all.
func coAuthors(message, author string) []Contributor {
	var found []Contributor
	for line := range strings.Lines(message) {
		if len(line) < len(coAuthorTrailer) || !strings.EqualFold(line[:len(coAuthorTrailer)], coAuthorTrailer) {
			continue
		}
		c := ParseContributor(line[len(coAuthorTrailer):])
		named := func(o Contributor) bool { return o.Name == c.Name }
		if c.Name != "" && c.Name != author && !slices.ContainsFunc(found, named) {
			found = append(found, c)
		}
	}
	return found
}

// ParseContributor reads "Name <mail>", or a name alone.
func ParseContributor(s string) Contributor {
	name, rest, ok := strings.Cut(s, "<")
	c := Contributor{Name: strings.TrimSpace(name)}
	if ok {
		mail, _, _ := strings.Cut(rest, ">")
		c.Email = strings.TrimSpace(mail)
	}
	return c
}

// clean makes a Contributor that git accepts: no brackets, no control characters, never an empty name.
func (c Contributor) clean() Contributor {
	strip := func(s string) string {
		return strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r == '<' || r == '>' || r == utf8.RuneError {
				return -1
			}
			return r
		}, s))
	}
	c.Name, c.Email = strip(c.Name), strip(c.Email)
	if c.Name == "" {
		c.Name = "Unknown"
	}
	return c
}

func (c Contributor) String() string { return c.Name + " <" + c.Email + ">" }

// MaxSummary keeps the first line of a message readable in every list; what is longer goes below it.
const MaxSummary = 200 // characters

// MaxSummaryBytes is what a summary may hold in all, some six hundred words. It is a part of the commit, which whatever
// follows the history reads for ever, and nobody can take it out again.
const MaxSummaryBytes = 4 << 10

// checkSummary says what speaks against keeping a summary.
func checkSummary(summary string) error {
	if len(summary) <= MaxSummaryBytes {
		return nil
	}
	return &Error{Kind: Invalid, Sentence: fmt.Sprintf("The summary of the change is too long: %d bytes, and %d are the most. Please shorten it.", len(summary), MaxSummaryBytes)}
}

// message builds a commit message: the summary on one line (or fallback when it says nothing), what is too long for
// it below, then the trailers.
func message(summary, fallback string, coAuthors []Contributor, more ...string) string {
	summary = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(summary, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if summary == "" {
		summary = fallback
	}
	var body strings.Builder
	if runes := []rune(summary); len(runes) > MaxSummary {
		body.WriteString(string(runes[:MaxSummary-1]) + "…\n\n…" + string(runes[MaxSummary-1:]))
	} else {
		body.WriteString(summary)
	}
	body.WriteByte('\n')
	for _, m := range more {
		body.WriteString("\n" + m + "\n")
	}
	if len(coAuthors) > 0 {
		body.WriteByte('\n')
	}
	for _, c := range coAuthors {
		body.WriteString(coAuthorTrailer + " " + c.clean().String() + "\n")
	}
	return body.String()
}

// ConfiguredContributor gives the identity that git's own configuration names for the repository in dir ("" is none),
// and whether it names one.
func ConfiguredContributor(dir string) (Contributor, bool) {
	name, email := gitstore.Identity(dir)
	return Contributor{name, email}, name != ""
}
