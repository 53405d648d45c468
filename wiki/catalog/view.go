package catalog

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
)

// View is the catalog at one commit: immutable, safe for many goroutines. What only lists need is made when the first
// of them asks: a page must not wait, after a start or a save, until all pages are sorted.
type View struct {
	commit    wiki.ID
	entries   map[wiki.Path]*Entry
	backlinks map[wiki.Path][]wiki.Path     // sorted
	linkers   func() map[string][]wiki.Path // lastKey of a link's target -> pages with such a link, sorted
	byTitle   func() map[string]wiki.Path   // titleKey of titles and aliases
	size      int64                         // of a file with just these entries, in bytes, as last measured

	byKeyword    func() map[string]*keyword // by titleKey
	lists        func() *lists
	translations func() []wiki.Path // pages with TranslationOf, sorted
}

// keyword is what pages carry, or questions on them.
type keyword struct {
	pages []*Entry // by title, after sort
	sort  sync.Once
}

// lists are of all pages, and made at most once for a View.
type lists struct {
	all        []*Entry
	categories []Category
	wanted     []Wanted
	orphans    []*Entry
}

func emptyView() *View {
	v := &View{entries: map[wiki.Path]*Entry{}, backlinks: map[wiki.Path][]wiki.Path{}}
	v.linkers, v.byTitle = sync.OnceValue(v.makeLinkers), sync.OnceValue(v.makeTitles)
	v.byKeyword, v.lists = sync.OnceValue(v.makeKeywords), sync.OnceValue(v.makeLists)
	v.translations = sync.OnceValue(v.makeTranslations)
	return v
}

// with gives the View after some pages changed and some went, and the entries that are new: of the pages that changed,
// and of those whose links lead elsewhere now, because a page came or went whose name such a link ends in.
func (v *View) with(to *wiki.Snapshot, changed []*Entry, gone []wiki.Path) (*View, []*Entry) {
	n := &View{
		commit: to.Commit(), entries: maps.Clone(v.entries), size: v.size,
		backlinks: maps.Clone(v.backlinks), byTitle: v.byTitle, translations: v.translations,
	}
	n.byKeyword, n.lists = sync.OnceValue(n.makeKeywords), sync.OnceValue(n.makeLists)
	if v.translates(changed, gone) {
		n.translations = sync.OnceValue(n.makeTranslations)
	}
	b := builder{View: n, to: to, linkers: maps.Clone(v.linkers()), dirty: map[wiki.Path]bool{}}
	for _, p := range gone {
		b.remove(p)
	}
	for _, e := range changed {
		b.put(e)
	}
	if b.retitled {
		n.byTitle = sync.OnceValue(n.makeTitles)
	}
	fresh := make([]*Entry, 0, len(b.dirty))
	for p := range b.dirty {
		fresh = append(fresh, b.link(p))
	}
	n.linkers = func() map[string][]wiki.Path { return b.linkers }
	return n, fresh
}

// newView makes a View of entries whose links are resolved already.
func newView(commit wiki.ID, entries map[wiki.Path]*Entry) *View {
	v := emptyView()
	v.commit, v.entries, v.backlinks = commit, entries, make(map[wiki.Path][]wiki.Path, len(entries))
	for p, e := range entries {
		for _, to := range e.Links {
			v.backlinks[to] = append(v.backlinks[to], p)
		}
	}
	for _, list := range v.backlinks {
		slices.SortFunc(list, wiki.Path.Compare)
	}
	return v
}

// makeLinkers is for a View that was read from a file; others have it from the View before.
func (v *View) makeLinkers() map[string][]wiki.Path {
	linkers := map[string][]wiki.Path{}
	for p, e := range v.entries {
		for _, t := range e.targets {
			key := lastKey(t)
			if list := linkers[key]; len(list) == 0 || list[len(list)-1] != p {
				linkers[key] = append(list, p)
			}
		}
	}
	for _, list := range linkers {
		slices.SortFunc(list, wiki.Path.Compare)
	}
	return linkers
}

// builder is a View that is being made. Its lists are replaced, never written to: an older View has them too.
type builder struct {
	*View
	to       *wiki.Snapshot
	linkers  map[string][]wiki.Path
	dirty    map[wiki.Path]bool // pages whose links are to be resolved
	retitled bool
}

// remove takes a page out, with its links.
func (b *builder) remove(p wiki.Path) {
	e, ok := b.entries[p]
	if !ok {
		return
	}
	b.unlink(e)
	for _, t := range e.targets {
		b.linkers[lastKey(t)] = without(b.linkers[lastKey(t)], p)
	}
	delete(b.entries, p)
	delete(b.dirty, p)
	b.touch(p)
	b.touchTitles(e)
	b.retitled = true
}

// put adds or replaces a page.
func (b *builder) put(e *Entry) {
	old, known := b.entries[e.Path]
	if known {
		b.unlink(old)
		for _, t := range old.targets {
			b.linkers[lastKey(t)] = without(b.linkers[lastKey(t)], e.Path)
		}
	} else {
		b.touch(e.Path)
	}
	if !known || old.Title != e.Title || !slices.Equal(old.Aliases, e.Aliases) {
		b.retitled = true
		b.touchTitles(e)
		if known {
			b.touchTitles(old)
		}
	}
	b.entries[e.Path] = e
	b.addTargets(e)
	b.dirty[e.Path] = true
}

func (b *builder) addTargets(e *Entry) {
	for _, t := range e.targets {
		b.linkers[lastKey(t)] = with(b.linkers[lastKey(t)], e.Path)
	}
}

// touch marks the pages whose links could change their meaning because page p came or went.
func (b *builder) touch(p wiki.Path) {
	b.touchKey(lastKey(p.String()))
	folder := p.Folder()
	for ; folder != "" && folder != "."; folder = path.Dir(folder) {
		b.touchKey(lastKey(folder))
	}
	b.touchKey(lastKey(""))
}

// touchTitles marks the pages whose wikilinks could mean a title of e, or could have.
func (b *builder) touchTitles(e *Entry) {
	b.touchKey(titleKey(e.Title))
	for _, a := range e.Aliases {
		b.touchKey(titleKey(a))
	}
}

func (b *builder) touchKey(key string) {
	for _, from := range b.linkers[key] {
		if b.entries[from] != nil {
			b.dirty[from] = true
		}
	}
}

// unlink takes a page's links out of the backlinks.
func (b *builder) unlink(e *Entry) {
	for _, to := range e.Links {
		if rest := without(b.backlinks[to], e.Path); len(rest) > 0 {
			b.backlinks[to] = rest
		} else {
			delete(b.backlinks, to)
		}
	}
}

// link resolves a page's links, puts them into the backlinks and gives the new entry.
func (b *builder) link(p wiki.Path) *Entry {
	old := b.entries[p]
	b.unlink(old)
	e := *old
	e.Links, e.Wanted = nil, nil
	for _, t := range e.targets {
		switch to, ok := b.resolve(p, t); {
		case ok && to != p:
			e.Links = append(e.Links, to)
		case !ok && !b.isOther(p, t):
			e.Wanted = append(e.Wanted, wantedName(p, t))
		}
	}
	slices.SortFunc(e.Links, wiki.Path.Compare)
	e.Links = slices.Compact(e.Links)
	slices.Sort(e.Wanted)
	e.Wanted = slices.Compact(e.Wanted)
	for _, to := range e.Links {
		b.backlinks[to] = with(b.backlinks[to], p)
	}
	b.entries[p] = &e
	return &e
}

// resolve finds the page that a target means, as a reader's click does: by path, then, of a wikilink, by title.
func (b *builder) resolve(from wiki.Path, target string) (wiki.Path, bool) {
	name, isWiki := strings.CutPrefix(target, wikilink)
	to, ok := b.to.LookupFrom(from, name)
	switch page, isAddress := addressed(target); {
	case ok:
		return to, true
	case isWiki:
		return b.ByTitle(name)
	case isAddress:
		if to, ok = b.to.Lookup(page); !ok {
			to, ok = b.ByTitle(page)
		}
	}
	return to, ok
}

// addressed gives the name in a target that is the address of a page: "/wiki/PATH".
func addressed(target string) (name string, ok bool) {
	name, ok = strings.CutPrefix(target, "/wiki/")
	name = strings.Trim(name, "/")
	return name, ok && name != ""
}

// isOther reports whether a target that is no page is something else that is there: a file without an ending, a folder
// with pages, or an address of the wiki itself.
func (b *builder) isOther(from wiki.Path, target string) bool {
	if strings.HasPrefix(target, wikilink) {
		return false
	}
	if name, ok := addressed(target); ok {
		return b.to.HasPagesIn(name)
	}
	name := target
	if !strings.HasPrefix(name, "/") {
		name = path.Join(from.Folder(), name)
	}
	for _, name := range [2]string{name, target} {
		name = strings.TrimPrefix(path.Clean("/"+name), "/")
		if _, isFile := b.to.FileID(name); isFile || b.to.HasPagesIn(name) {
			return true
		}
	}
	return wiki.IsAddress(target)
}

// wantedName is the path that a page would have that a broken link means: relative to its folder where the link is.
func wantedName(from wiki.Path, target string) string {
	name, isWiki := strings.CutPrefix(target, wikilink)
	name = strings.TrimSuffix(name, ".md")
	if page, ok := addressed(name); ok && !isWiki {
		name = "/" + page
	}
	switch {
	case isWiki:
	case strings.HasPrefix(name, "/"):
		name = path.Clean(name)[1:]
	case strings.HasPrefix(name, "."):
		name = strings.TrimPrefix(path.Clean("/"+path.Join(from.Folder(), name)), "/")
	}
	return name
}

// lastKey is what two targets share that can mean the same page: their last element, without case and joints of words.
func lastKey(target string) string {
	target, isWiki := strings.CutPrefix(target, wikilink)
	if isWiki && !strings.HasPrefix(target, ".") {
		if key := titleKey(target); !strings.Contains(target, "/") {
			return key
		}
	}
	target = strings.TrimSuffix(strings.TrimRight(target, "/"), ".md")
	if target == "" || target == "." || strings.HasSuffix(target, "..") {
		return "" // a folder that is known only from where it is written
	}
	return titleKey(target[strings.LastIndexByte(target, '/')+1:])
}

// titleKey is equal for titles that people take for one.
func titleKey(title string) string {
	if key, ok := asciiKey(title); ok {
		return key
	}
	var b strings.Builder
	for _, r := range cases.Fold().String(norm.NFKC.String(title)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// asciiKey is titleKey for what most titles are made of, without the tables of Unicode.
func asciiKey(title string) (string, bool) {
	if isKey(title) {
		return title, true
	}
	key := make([]byte, 0, len(title))
	for i := range len(title) {
		switch c := title[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c >= 'A' && c <= 'Z':
			key = append(key, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			key = append(key, c)
		}
	}
	return string(key), true
}

// isKey reports whether a title is its own key, as most keywords are.
func isKey(title string) bool {
	for i := range len(title) {
		if c := title[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// with and without give sorted copies.
func with(list []wiki.Path, p wiki.Path) []wiki.Path {
	i, there := slices.BinarySearchFunc(list, p, wiki.Path.Compare)
	if there {
		return list
	}
	return slices.Insert(slices.Clone(list), i, p)
}

func without(list []wiki.Path, p wiki.Path) []wiki.Path {
	i, there := slices.BinarySearchFunc(list, p, wiki.Path.Compare)
	if !there {
		return list
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

func (v *View) makeTitles() map[string]wiki.Path {
	titles, aliases := make(map[string]wiki.Path, len(v.entries)), map[string]wiki.Path{}
	take := func(names map[string]wiki.Path, name string, p wiki.Path) {
		key := titleKey(name)
		if old, taken := names[key]; key != "" && (!taken || p.Compare(old) < 0) {
			names[key] = p
		}
	}
	for p, e := range v.entries {
		take(titles, e.Title, p)
		for _, a := range e.Aliases {
			take(aliases, a, p)
		}
	}
	for key, p := range aliases { // a title comes before another page's alias
		if _, taken := titles[key]; !taken {
			titles[key] = p
		}
	}
	return titles
}

func (v *View) makeKeywords() map[string]*keyword {
	keywords := map[string]*keyword{}
	for _, e := range v.entries {
		e.keywords(func(name string) {
			key := titleKey(name)
			if key == "" {
				return
			}
			k := keywords[key]
			if k == nil {
				k = &keyword{}
				keywords[key] = k
			}
			if n := len(k.pages); n == 0 || k.pages[n-1] != e { // one page may write it twice
				k.pages = append(k.pages, e)
			}
		})
	}
	return keywords
}

func (v *View) makeLists() *lists {
	l := &lists{all: make([]*Entry, 0, len(v.entries))}
	wanted := map[string][]wiki.Path{}
	for _, e := range v.entries {
		l.all = append(l.all, e)
		for _, name := range e.Wanted {
			wanted[name] = append(wanted[name], e.Path)
		}
	}
	sortByTitle(l.all)
	byKeyword, named := v.byKeyword(), map[string]bool{}
	for _, e := range l.all {
		e.keywords(func(k string) {
			if key := titleKey(k); key != "" && !named[key] {
				named[key] = true
				l.categories = append(l.categories, Category{k, len(byKeyword[key].pages)})
			}
		})
		if len(v.backlinks[e.Path]) == 0 && !isFolderPage(e.Path) && e.RedirectTo == "" {
			l.orphans = append(l.orphans, e)
		}
	}
	slices.SortFunc(l.categories, func(a, b Category) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	for name, from := range wanted {
		slices.SortFunc(from, wiki.Path.Compare)
		l.wanted = append(l.wanted, Wanted{name, from})
	}
	slices.SortFunc(l.wanted, func(a, b Wanted) int {
		return cmp.Or(cmp.Compare(len(b.From), len(a.From)), cmp.Compare(a.Name, b.Name))
	})
	return l
}

// sortByTitle orders entries as people would, with numbers by value, in no language in particular.
func sortByTitle(entries []*Entry) {
	type keyed struct {
		key   []byte
		entry *Entry
	}
	c, buf := collate.New(language.Und, collate.Numeric, collate.IgnoreCase), &collate.Buffer{}
	list := make([]keyed, len(entries))
	for i, e := range entries {
		list[i] = keyed{c.KeyFromString(buf, e.Title), e}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		return cmp.Or(slices.Compare(a.key, b.key), a.entry.Path.Compare(b.entry.Path))
	})
	for i, k := range list {
		entries[i] = k.entry
	}
}

func isFolderPage(p wiki.Path) bool {
	return p.Base() == "index" || p.Base() == "README" || p.Base() == "Home"
}

// Category is a keyword and how many pages have it, by themselves or by one of their questions.
type Category struct {
	Name  string // as the first page (by title) writes it
	Count int
}

// Wanted is a name that pages link to and no page has.
type Wanted struct {
	Name string
	From []wiki.Path
}

// Commit is the commit that the View reflects.
func (v *View) Commit() wiki.ID { return v.commit }

// Len counts the pages.
func (v *View) Len() int { return len(v.entries) }

// Entry gives a page's entry, and whether there is one.
func (v *View) Entry(p wiki.Path) (Entry, bool) {
	if e, ok := v.entries[p]; ok {
		return *e, true
	}
	return Entry{}, false
}

// Title gives a page's title, or its name made readable when the page is not in the View.
func (v *View) Title(p wiki.Path) string {
	if e, ok := v.entries[p]; ok {
		return e.Title
	}
	return Readable(p)
}

// All gives every page by title. The caller must not write to it, nor to the lists below, nor to what they hold.
func (v *View) All() []*Entry { return v.lists().all }

// Categories gives every keyword by name. Keywords that differ in case or punctuation only are one.
func (v *View) Categories() []Category { return v.lists().categories }

// Category gives the pages with a keyword, by title: those that carry it, and those with a question that does.
func (v *View) Category(name string) []*Entry {
	k, ok := v.byKeyword()[titleKey(name)]
	if !ok {
		return nil
	}
	k.sort.Do(func() { sortByTitle(k.pages) })
	return k.pages
}

// Backlinks gives the pages that link to p, by path.
func (v *View) Backlinks(p wiki.Path) []*Entry {
	from := v.backlinks[p]
	entries := make([]*Entry, 0, len(from))
	for _, f := range from {
		if e, ok := v.entries[f]; ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// Wanted gives the names that links lead to and no page has, the most wanted first.
func (v *View) Wanted() []Wanted { return v.lists().wanted }

// Orphans gives the pages that no other page links to, by title; folders' own pages and redirects are none.
func (v *View) Orphans() []*Entry { return v.lists().orphans }

// ByTitle finds the page of that title or alias, without regard to case and punctuation.
func (v *View) ByTitle(name string) (wiki.Path, bool) {
	p, ok := v.byTitle()[titleKey(name)]
	return p, ok
}
