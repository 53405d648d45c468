package credit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
)

// Person is somebody who contributed: all the identities that .mailmap, or a shared mail address, makes one. Two
// Persons of one View are the same exactly if their pointers are.
type Person struct {
	Name   string // the one used last, if .mailmap says nothing; "a contributor" when Hidden, "Unknown" when there is none
	Slug   string // stands for the person in addresses: "ann-example", or "ann-example-2"; "" when Hidden
	Email  string // may be ""; always so when Hidden
	Hidden bool   // opted out by credit.yml
	number int32
}

const (
	hiddenName  = "a contributor"
	unknownName = "Unknown"
)

// roster resolves the people whom commits name.
type roster struct {
	persons  []*Person
	of       []int32 // for each person of the data its Person, or isBot or isUnknown
	resolved []ident // each person of the data after .mailmap
	rules    *rules
	nobody   map[int32]bool // commits that give nothing
	problems []Problem
	mailmap  wiki.ID
	file     wiki.ID // of the rules
	bySlug   map[string]*Person
	active   active
	hidden   hiddenNames
}

// What is no Person.
const (
	isBot     = -1
	isUnknown = -2 // to the position: only commits that are not part of the branch any more name them
)

// isShared reports addresses that stand for nobody in particular: whoever has given none.
func isShared(mail string) bool {
	local, _, _ := strings.Cut(mail, "@")
	switch local {
	case "", "noreply", "no-reply", "nobody", "none", "unknown":
		return true
	}
	return false
}

// keyOf gives what makes two identities one person.
func keyOf(id ident) string {
	mail := strings.ToLower(id.mail)
	if isShared(mail) {
		return "name:" + foldName(id.name)
	}
	return mail
}

func foldName(name string) string { return norm.NFC.String(strings.ToLower(strings.TrimSpace(name))) }

// use says which commits that the position knows name somebody.
type use struct {
	first int32 // the first one, in the order of history; -1 if there is none
	place int32 // among those whom it names
	last  int32 // the last one whose author they are, or -1
}

// uses gives the use of each person.
func (d *data) uses() []use {
	list := make([]use, len(d.people))
	for i := range list {
		list[i] = use{first: -1, last: -1}
	}
	note := func(person, commit, place int32) *use {
		u := &list[person]
		if u.first < 0 || d.compareCommits(commit, u.first) < 0 {
			u.first, u.place = commit, place
		}
		return u
	}
	for no := range int32(len(d.commits)) {
		if !d.reaches(no, d.head) {
			continue
		}
		if u := note(d.commits[no].author, no, 0); u.last < 0 || d.compareCommits(no, u.last) > 0 {
			u.last = no
		}
		for i, m := range d.mentionsOf(no) {
			note(m.person, no, int32(i+1))
		}
	}
	return list
}

// newRoster numbers people in the order in which history names them, so that whoever had a name first has the address
// without a number, in whatever order commits came in.
func newRoster(d *data, m *mailmap, r *rules) *roster {
	x := &roster{of: make([]int32, len(d.people)), rules: r, nobody: map[int32]bool{}, bySlug: map[string]*Person{}}
	for no := range d.commits {
		if len(r.format) > 0 && r.isFormat(d.commits[no].id.String()) {
			x.nobody[int32(no)] = true
		}
	}
	uses := d.uses()
	var order []int // of those whom the position knows
	for i := range uses {
		if x.of[i] = isUnknown; uses[i].first >= 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(d.compareCommits(uses[i].first, uses[j].first), cmp.Compare(uses[i].place, uses[j].place))
	})
	byKey := map[string]int32{}
	byName := map[string][]int32{} // persons with an address
	var shown []ident
	var shownAt []int32 // commit
	resolved := make([]ident, len(d.people))
	x.resolved = resolved
	add := func(i int, key string) {
		id, last := resolved[i], uses[i].last
		no, ok := byKey[key]
		if !ok {
			no = int32(len(shown))
			byKey[key] = no
			shown, shownAt = append(shown, id), append(shownAt, last)
			if !strings.HasPrefix(key, "name:") {
				name := strings.ToLower(id.name)
				byName[name] = append(byName[name], no)
			}
		}
		later := last >= 0 && (shownAt[no] < 0 || d.compareCommits(last, shownAt[no]) > 0)
		if later && id.name != "" || shown[no].name == "" {
			shown[no], shownAt[no] = id, last
		}
		x.of[i] = no
	}
	var bare []int
	for _, i := range order {
		p := d.people[i]
		resolved[i] = m.resolve(p)
		if names(r.bots, p) || names(r.bots, resolved[i]) {
			x.of[i] = isBot
			continue
		}
		key := keyOf(resolved[i])
		if strings.HasPrefix(key, "name:") && resolved[i].mail == "" {
			bare = append(bare, i) // a name in a trailer
			continue
		}
		add(i, key)
	}
	for _, i := range bare {
		if same := byName[strings.ToLower(resolved[i].name)]; len(same) == 1 && resolved[i].name != "" {
			x.of[i] = same[0]
			continue
		}
		add(i, keyOf(resolved[i]))
	}
	x.persons = make([]*Person, len(shown))
	hidden := make([]bool, len(shown))
	for i, no := range x.of {
		if no >= 0 && (names(r.optOut, d.people[i]) || names(r.optOut, resolved[i])) {
			hidden[no] = true
		}
	}
	for no, id := range shown {
		p := &Person{Name: id.name, Email: id.mail, number: int32(no)}
		if p.Name == "" {
			p.Name = unknownName
		}
		if hidden[no] {
			*p = Person{Name: hiddenName, Hidden: true, number: int32(no)}
		} else {
			x.giveSlug(p)
		}
		x.persons[no] = p
	}
	return x
}

// giveSlug finds an address for a person that nobody before has.
func (x *roster) giveSlug(p *Person) {
	base := slugOf(p.Name)
	p.Slug = base
	for n := 2; x.bySlug[p.Slug] != nil; n++ {
		p.Slug = fmt.Sprintf("%s-%d", base, n)
	}
	x.bySlug[p.Slug] = p
}

func slugOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToLower(name)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "unknown"
}

// authors gives the people who share the words that a commit brought: whoever suggested or was imported, else the
// author; and the co-authors. None for a bot or a commit that only changed the look. Two of one commit that have one name
// are one person, who wrote under another address on another machine: the one named first.
func (x *roster) authors(d *data, commit int32) []*Person {
	if x.nobody[commit] {
		return nil
	}
	c := &d.commits[commit]
	var list []*Person
	var called []string
	add := func(person int32) {
		if int(person) >= len(x.of) || x.of[person] < 0 {
			return
		}
		p, name := x.persons[x.of[person]], foldName(x.resolved[person].name)
		if slices.Contains(list, p) || name != "" && slices.Contains(called, name) {
			return
		}
		list, called = append(list, p), append(called, name)
	}
	mentions := d.mentionsOf(commit)
	if no := x.of[c.author]; no >= 0 && len(mentions) == 0 { // nearly always
		return x.persons[no : no+1 : no+1]
	}
	replaced := false
	for _, m := range mentions {
		if m.role == suggester || m.role == importedFrom {
			replaced = true
			add(m.person)
		}
	}
	if !replaced {
		add(c.author)
	}
	for _, m := range mentions {
		if m.role == coAuthor {
			add(m.person)
		}
	}
	return list
}

// reviewers gives the people whom a commit names as such.
func (x *roster) reviewers(d *data, commit int32) []*Person {
	var list []*Person
	for _, m := range d.mentionsOf(commit) {
		if m.role == reviewer && x.of[m.person] >= 0 {
			list = append(list, x.persons[x.of[m.person]])
		}
	}
	return list
}
