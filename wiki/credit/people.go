package credit

import (
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
	of       []int32 // for each person of the data its Person, or -1 for a bot
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
		return "name:" + norm.NFC.String(strings.ToLower(id.name))
	}
	return mail
}

func newRoster(d *data, m *mailmap, r *rules) *roster {
	x := &roster{of: make([]int32, len(d.people)), rules: r, nobody: map[int32]bool{}, bySlug: map[string]*Person{}}
	lastUse := make([]int64, len(d.people))
	for no := range d.commits {
		c := &d.commits[no]
		lastUse[c.author] = max(lastUse[c.author], c.time)
		if len(r.format) > 0 && r.isFormat(c.id.String()) {
			x.nobody[int32(no)] = true
		}
	}
	byKey := map[string]int32{}
	byName := map[string][]int32{} // persons with an address
	var shown []ident
	var shownAt []int64
	resolved := make([]ident, len(d.people))
	x.resolved = resolved
	add := func(i int, key string) {
		id := resolved[i]
		no, ok := byKey[key]
		if !ok {
			no = int32(len(shown))
			byKey[key] = no
			shown, shownAt = append(shown, id), append(shownAt, lastUse[i])
			if !strings.HasPrefix(key, "name:") {
				name := strings.ToLower(id.name)
				byName[name] = append(byName[name], no)
			}
		}
		if lastUse[i] > shownAt[no] && id.name != "" || shown[no].name == "" {
			shown[no], shownAt[no] = id, lastUse[i]
		}
		x.of[i] = no
	}
	var bare []int
	for i, p := range d.people {
		resolved[i] = m.resolve(p)
		if names(r.bots, p) || names(r.bots, resolved[i]) {
			x.of[i] = -1
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
// author; and the co-authors. None for a bot or a commit that only changed the look.
func (x *roster) authors(d *data, commit int32) []*Person {
	if x.nobody[commit] {
		return nil
	}
	c := &d.commits[commit]
	var list []*Person
	add := func(person int32) {
		if int(person) >= len(x.of) || x.of[person] < 0 {
			return
		}
		if p := x.persons[x.of[person]]; !slices.Contains(list, p) {
			list = append(list, p)
		}
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
