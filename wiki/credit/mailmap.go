package credit

import (
	"bytes"
	"fmt"
	"strings"
)

// Problem is a line of .mailmap or credit.yml that cannot be read. The rest of the file holds.
type Problem struct {
	File string
	Line int
	Text string
}

// mailmap says which identity stands for which, as git's file of that name: gitmailmap(5).
type mailmap struct {
	byMail map[string]mapped // by mail address in small letters
	byBoth map[ident]mapped  // by name and address, both in small letters
}

// mapped replaces a name, a mail address, or both; "" is kept.
type mapped struct{ name, mail string }

const mailmapFile = ".mailmap"

// readMailmap reads the four forms of a line:
//
//	Proper Name <commit@example.org>
//	<proper@example.org> <commit@example.org>
//	Proper Name <proper@example.org> <commit@example.org>
//	Proper Name <proper@example.org> Commit Name <commit@example.org>
func readMailmap(data []byte) (*mailmap, []Problem) {
	m := &mailmap{byMail: map[string]mapped{}, byBoth: map[ident]mapped{}}
	var problems []Problem
	no := 0
	for line := range bytes.Lines(data) {
		no++
		text, _, _ := strings.Cut(string(line), "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		first, rest, ok := cutIdent(text)
		if !ok {
			problems = append(problems, Problem{mailmapFile, no, fmt.Sprintf("A line wants a mail address in angle brackets: %.60q.", strings.TrimSpace(text))})
			continue
		}
		second, _, ok := cutIdent(rest)
		switch {
		case !ok && strings.TrimSpace(rest) != "":
			problems = append(problems, Problem{mailmapFile, no, fmt.Sprintf("The second mail address is not closed: %.60q.", strings.TrimSpace(text))})
		case !ok:
			m.byMail[strings.ToLower(first.mail)] = mapped{name: first.name}
		case second.name == "":
			m.byMail[strings.ToLower(second.mail)] = mapped(first)
		default:
			m.byBoth[ident{strings.ToLower(second.name), strings.ToLower(second.mail)}] = mapped(first)
		}
	}
	return m, problems
}

// cutIdent takes "Name <mail>" off the beginning of a line.
func cutIdent(s string) (id ident, rest string, ok bool) {
	name, after, ok := strings.Cut(s, "<")
	if !ok {
		return ident{}, s, false
	}
	mail, rest, ok := strings.Cut(after, ">")
	return ident{strings.TrimSpace(name), strings.TrimSpace(mail)}, rest, ok
}

// resolve gives the identity that stands for one.
func (m *mailmap) resolve(id ident) ident {
	mail := strings.ToLower(id.mail)
	to, ok := m.byBoth[ident{strings.ToLower(id.name), mail}]
	if !ok {
		to, ok = m.byMail[mail]
	}
	if !ok {
		return id
	}
	if to.name != "" {
		id.name = to.name
	}
	if to.mail != "" {
		id.mail = to.mail
	}
	return id
}
