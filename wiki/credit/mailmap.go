package credit

import (
	"bytes"
	"cmp"
	"strings"
)

// Problem is a line of .mailmap or credit.yml that cannot be read. The rest of the file holds. Its Text quotes no names or
// addresses of people.
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
//
// What git makes of a line is what counts. A comment is a line that begins with #; elsewhere the sign is part of a name, or
// stands behind the last address, where nothing is read. Two lines about one address add up.
func readMailmap(data []byte) (*mailmap, []Problem) {
	m := &mailmap{byMail: map[string]mapped{}, byBoth: map[ident]mapped{}}
	var problems []Problem
	no := 0
	for line := range bytes.Lines(data) {
		no++
		text := strings.TrimSpace(string(line))
		if text == "" || line[0] == '#' {
			continue
		}
		first, rest, ok := cutIdent(text)
		if !ok || first.mail == "" {
			if text[0] != '#' {
				problems = append(problems, Problem{mailmapFile, no, "A line wants a mail address in angle brackets."})
			}
			continue
		}
		second, _, ok := cutIdent(rest)
		if !ok && strings.Contains(rest, "<") {
			problems = append(problems, Problem{mailmapFile, no, "The second mail address is not closed."})
		}
		switch {
		case !ok:
			m.add(first.mail, mapped{name: first.name})
		case second.name == "":
			m.add(second.mail, mapped(first))
		default:
			m.byBoth[ident{strings.ToLower(second.name), strings.ToLower(second.mail)}] = mapped(first)
		}
	}
	return m, problems
}

// add replaces whoever has a mail address. What the line does not say, a line before may have said.
func (m *mailmap) add(mail string, to mapped) {
	mail = strings.ToLower(mail)
	old := m.byMail[mail]
	m.byMail[mail] = mapped{cmp.Or(to.name, old.name), cmp.Or(to.mail, old.mail)}
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
