package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"coppice/wiki"
	"coppice/wiki/credit"
	"coppice/wiki/markdown"
)

// Names by which authors who have no page of their own are chosen in an address. A slug has no dot.
const (
	byHidden = ".hidden"
	byNobody = ".nobody"
)

// hiddenName is what people who do not want to be named are called, as credit has it.
const hiddenName = "a contributor"

// showBlame answers GET /blame/PATH, also ?rev=REVISION and ?at=DATE: the page with the author of each passage. ?by=SLUG chooses one
// author, ?show=all marks all of them, ?part=N goes on in the list of passages.
func (q *request) showBlame() error {
	now, page, m, err := q.pageAsked("blame")
	if err != nil {
		return err
	}
	p := now.Path
	q.await(q.cfg.FollowingCredit, derivedWait)
	written, err := q.credit().Authorship(page)
	behind := errors.Is(err, credit.ErrBehind)
	if err != nil && !behind {
		return err
	}
	if behind {
		written = &credit.Authorship{Page: page}
	}
	doc := q.site.parse(page.Source)
	title := cmp.Or(doc.Title, readable(p))
	v := BlameView{
		Base: q.base("Who wrote “"+title+"”", "blame"), Tabs: q.tabs(p, "blame"), Crumbs: q.crumbs(p, true), Path: p.String(),
		PageLang: doc.Lang, Words: written.Words, Behind: behind, RemovedURL: address("removed", p.String()),
	}
	v.NoIndex, v.Canonical = true, address("blame", p.String())
	b := blaming{q: q, path: p, name: p, doc: doc, written: written, credit: q.credit(), by: q.query("by"), all: q.query("show") == "all"}
	if m != nil {
		b.rev, b.name = m.commit().String(), page.Path
		if v.Old, err = q.oldStamp(p, page, m); err != nil {
			return err
		}
		if v.CurrentURL = v.Canonical; now.Gone {
			v.Canonical, v.CurrentURL = b.at(), ""
		}
	}
	b.choose(&v)
	if err := b.render(&v); err != nil {
		return err
	}
	b.list(&v, parsePart(q.query("part")))
	return q.render(http.StatusOK, "blame", v)
}

// blaming is what the parts of the view are made of.
type blaming struct {
	q       *request
	path    wiki.Path // of today
	name    wiki.Path // that of the version, which rev belongs to
	rev     string    // of an old version
	doc     *markdown.Document
	written *credit.Authorship
	credit  *credit.View
	by      string
	all     bool

	looks   map[string]string         // of authors, by key
	sources map[wiki.ID]credit.Source // of edits
	origins map[wiki.ID]origin        // of edits
	shown   []bool                    // which passages are in the text
}

// origin says where the words of an edit come from.
type origin struct {
	url  string
	from *PageLink
}

// at gives the address of this view with other choices.
func (b *blaming) at(pairs ...string) string {
	return address("blame", b.name.String(), append(pairs, "rev", b.rev)...)
}

// keyOf stands for an author in addresses and in the legend. All who are hidden are one.
func keyOf(p *credit.Person) string {
	if p.Hidden || p.Slug == "" {
		return byHidden
	}
	return p.Slug
}

// keysOf gives the authors of a passage.
func keysOf(p *credit.Passage) []string {
	if len(p.Authors) == 0 {
		return []string{byNobody}
	}
	var keys []string
	for _, a := range p.Authors {
		if key := keyOf(a); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// namesOf names the authors of a passage in a sentence.
func namesOf(people []*credit.Person) string {
	var names []string
	for _, a := range people {
		name := a.Name
		if a.Hidden {
			name = hiddenName
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// choose makes the legend, gives each author a look, and reads who is chosen.
func (b *blaming) choose(v *BlameView) {
	words := map[string]float64{}
	people := map[string]*credit.Person{}
	somebodys := 0.0
	for i := range b.written.Passages {
		p := &b.written.Passages[i]
		if len(p.Authors) == 0 {
			words[byNobody] += float64(p.Words)
			continue
		}
		somebodys += float64(p.Words)
		for _, a := range p.Authors {
			words[keyOf(a)] += float64(p.Words) / float64(len(p.Authors))
			people[keyOf(a)] = a
		}
	}
	keys := make([]string, 0, len(words))
	for key := range words {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(x, y string) int { return cmp.Or(cmp.Compare(words[y], words[x]), cmp.Compare(x, y)) })
	b.looks = map[string]string{byNobody: "by-none"}
	for i, key := range keys {
		a := BlameAuthor{Words: int(words[key] + 0.5), FilterURL: b.at("by", key), Current: key == b.by}
		switch {
		case key == byNobody:
			a.Name, a.Nobody = "nobody", true
		case people[key].Hidden:
			a.Name = hiddenName
		default:
			a.Name = people[key].Name
		}
		if key != byNobody {
			b.looks[key] = lookOf(i)
			a.Percent = int(100*words[key]/somebodys + 0.5)
		}
		a.Look = b.looks[key]
		if a.Current {
			v.Mode, v.Chosen, a.FilterURL = "one", a.Name, b.at()
			if key != byHidden && key != byNobody {
				v.ChosenURL = address("contributors", key)
			}
		}
		v.Authors = append(v.Authors, a)
	}
	if len(v.Authors) > legendRows+1 {
		v.Authors, v.MoreAuthors = v.Authors[:legendRows], v.Authors[legendRows:]
	}
	if b.by != "" && v.Chosen == "" {
		b.by = ""
		if !v.Behind {
			v.Sentence = "Nobody of this name has words on this page as it stands here."
		}
	}
	if v.Mode == "" && b.all {
		v.Mode = "all"
	}
	v.AllURL, v.NoURL = b.at("show", "all"), b.at()
}

// The theme knows so many colours and so many lines. Neither number divides the other, so that each pair of them comes
// up before one comes again.
const (
	colours = 6
	strokes = 5
)

// lookOf gives the classes of the author with a number.
func lookOf(i int) string { return fmt.Sprintf("by-tone-%d by-line-%d", i%colours, i%strokes) }

// chosen reports whether a passage is of the author who is chosen.
func (b *blaming) chosen(p *credit.Passage) bool {
	return b.by != "" && slices.Contains(keysOf(p), b.by)
}

// render makes the page's HTML with a mark for each passage.
func (b *blaming) render(v *BlameView) error {
	b.sources, b.origins = b.credit.Sources(b.written), map[wiki.ID]origin{}
	marks := make([]markdown.Mark, len(b.written.Passages))
	for i := range b.written.Passages {
		p := &b.written.Passages[i]
		marks[i] = markdown.Mark{
			Start: p.Start, End: p.End, URL: b.originOf(p).url, Class: "by " + b.looks[keysOf(p)[0]],
			Title: cmp.Or(namesOf(p.Authors), "Nobody") + ", " + p.Time.Format("2 January 2006"),
		}
		if b.chosen(p) {
			marks[i].Class += " chosen"
		}
	}
	release, err := b.q.readers.take(b.q.r.Context())
	if err != nil {
		return err
	}
	defer release()
	past, err := b.q.momentOf(b.rev)
	if err != nil {
		return err
	}
	v.Body, b.shown = b.doc.Marked(&resolver{server: b.q.Server, now: b.q.now, from: b.written.Page.Path, past: past}, marks)
	return nil
}

// originOf gives where the words of a passage come from. Words that were written on another page lead to the edit of
// that one; if that edit changed several, to the one that has the passage's words as they stand here.
func (b *blaming) originOf(p *credit.Passage) origin {
	if o, ok := b.origins[p.Commit]; ok {
		return o
	}
	o := origin{url: address("compare", b.path.String(), "to", p.Commit.String())}
	if s := b.sources[p.Commit]; !s.Own && len(s.Others) > 0 {
		from, known := s.Others[0], len(s.Others) == 1
		if !known {
			from, known = b.pageWith(p, s.Others)
		}
		if known {
			o.from = &PageLink{Title: b.q.title(from), URL: address("wiki", from.String(), "rev", p.Commit.String()), Path: from.String()}
		}
		o.url = address("compare", from.String(), "to", p.Commit.String())
	}
	b.origins[p.Commit] = o
	return o
}

// pageWith gives the page, of several that an edit changed, that has the words of a passage as they stand.
func (b *blaming) pageWith(p *credit.Passage, among []wiki.Path) (wiki.Path, bool) {
	words := b.written.Page.Source[p.Start:p.End]
	snap, err := b.q.cfg.Wiki.At(b.q.r.Context(), p.Commit.String())
	if err != nil {
		return among[0], false
	}
	for _, path := range among[:min(len(among), originPages)] {
		if page, err := snap.Page(path); err == nil && bytes.Contains(page.Source, words) {
			return path, true
		}
	}
	return among[0], false
}

// list makes a part of the list of passages, in groups by section.
func (b *blaming) list(v *BlameView, part int) {
	var numbers []int
	for i := range b.written.Passages {
		if b.by == "" || b.chosen(&b.written.Passages[i]) {
			numbers = append(numbers, i)
		}
	}
	v.Passages = len(numbers)
	from := min((part-1)*passageRows, len(numbers))
	to := min(from+passageRows, len(numbers))
	show := ""
	if b.all {
		show = "all"
	}
	if part > 1 {
		v.Newer = b.at("by", b.by, "show", show, "part", strconv.Itoa(part-1))
	}
	if to < len(numbers) {
		v.Older = b.at("by", b.by, "show", show, "part", strconv.Itoa(part+1))
	}
	summaries := map[wiki.ID]string{}
	section := -1
	for _, i := range numbers[from:to] {
		p := &b.written.Passages[i]
		if in := b.sectionOf(p.Start); in != section || v.Groups == nil {
			section = in
			v.Groups = append(v.Groups, b.group(section))
		}
		if _, known := summaries[p.Commit]; !known {
			if c, err := b.q.cfg.Wiki.Revision(b.q.r.Context(), p.Commit.String()); err == nil {
				summaries[p.Commit] = c.Summary
			}
		}
		o := b.originOf(p)
		group := &v.Groups[len(v.Groups)-1]
		group.Passages = append(group.Passages, BlamePassage{
			Number: i, Shown: b.shown[i], Words: shorten(b.written.Text(p), passageBytes), Author: namesOf(p.Authors), Nobody: len(p.Authors) == 0,
			Time: p.Time, Summary: summaries[p.Commit], URL: o.url, From: o.from, Look: b.looks[keysOf(p)[0]],
		})
	}
}

// sectionOf gives the index in the outline of the heading that a byte of the text stands under, or -1.
func (b *blaming) sectionOf(pos int) int {
	outline := b.doc.Outline
	return sort.Search(len(outline), func(i int) bool { return outline[i].Start > pos }) - 1
}

func (b *blaming) group(section int) BlameGroup {
	if section < 0 {
		return BlameGroup{}
	}
	h := b.doc.Outline[section]
	g := BlameGroup{Heading: h.Text, Anchor: h.Anchor}
	if section == 0 && h.Level == 1 && h.Text == b.doc.Title {
		g.Anchor = "" // the title is not in the text
	}
	return g
}

// shorten gives at most n bytes of a text, in whole letters, and says so with an ellipsis.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if space := strings.LastIndexByte(s[:n], ' '); space > n/2 {
		n = space
	}
	return s[:n] + "…"
}
