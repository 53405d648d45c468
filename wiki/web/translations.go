package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/maypok86/otter/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"coppice/wiki"
	"coppice/wiki/markdown"
)

// A page says in its front matter "translation_of: PATH", or "translation_of: PATH@REVISION". The revision is the version
// of the original that the text was last brought up to date with; the editor's check box writes it. Without one it is the
// version that the original had when the translation's text last changed; an edit in the browser that leaves the box empty
// writes that one down, for whoever mends a slip has not translated. How far a translation is behind is the difference
// between that version and today's: nobody keeps a list.

// translation is a page that says that it translates another.
type translation struct {
	path     wiki.Path
	original wiki.Path // zero when Sentence says why
	name     string    // of the original, as it is written
	rev      string    // written behind it, or ""
	unknown  bool      // rev is no revision, so that nobody can tell how far it is behind
	sentence string    // what is wrong
}

// translations are all of them, in one generation.
type translations struct {
	now    generationCommits
	byPath map[wiki.Path]translation
	of     map[wiki.Path][]wiki.Path // the translations of an original
}

// driftKey names two versions of an original.
type driftKey struct{ from, to wiki.ID }

type driftWords = otter.Cache[driftKey, int]

func newDriftWords() *driftWords {
	return otter.Must(&otter.Options[driftKey, int]{MaximumSize: driftPairs})
}

// translationsNow gives the translations of the request's generation. They are put together once for each.
func (q *request) translationsNow() *translations {
	at := q.now.commits()
	if t := q.translated.Load(); t != nil && t.now == at {
		return t
	}
	t := &translations{now: at, byPath: map[wiki.Path]translation{}, of: map[wiki.Path][]wiki.Path{}}
	for _, p := range q.view.Translations() {
		if e, ok := q.view.Entry(p); ok {
			t.byPath[p] = q.findOriginal(p, e.TranslationOf)
		}
	}
	var round []wiki.Path
	for p := range t.byPath {
		if t.circle(p) {
			round = append(round, p)
		}
	}
	for _, p := range round {
		t.byPath[p] = translation{path: p, sentence: "This page says that it translates a page which is, in the end, a translation of this one."}
	}
	for _, p := range q.view.Translations() {
		if tr := t.byPath[p]; !tr.original.IsZero() {
			t.of[tr.original] = append(t.of[tr.original], p)
		}
	}
	q.translated.Store(t)
	return t
}

// circle reports whether one comes back to p on the way from original to original.
func (t *translations) circle(p wiki.Path) bool {
	at := p
	for range maxRedirects {
		tr, ok := t.byPath[at]
		if !ok || tr.original.IsZero() {
			return false
		}
		if at = tr.original; at == p {
			return true
		}
	}
	return false
}

// splitOriginal takes the revision off the value of translation_of.
func splitOriginal(value string) (name, rev string) {
	value = strings.TrimSpace(value)
	if i := strings.LastIndexByte(value, '@'); i > 0 && len(value)-i-1 >= wiki.MinPrefix && len(value)-i-1 <= 40 && strings.Trim(value[i+1:], "0123456789abcdefABCDEF") == "" {
		return strings.TrimSpace(value[:i]), value[i+1:]
	}
	return value, ""
}

// findOriginal says which page is meant, wherever it is now.
func (q *request) findOriginal(p wiki.Path, value string) translation {
	name, rev := splitOriginal(value)
	t := translation{path: p, name: name, rev: rev}
	to, ok := q.snap.LookupFrom(p, name)
	if !ok {
		old, err := wiki.ParsePath(canonicalName((&resolver{from: p}).below(name)))
		if err == nil {
			if places := q.moved(old); len(places) == 1 {
				to, ok = places[0].Path, true
			} else if len(places) > 1 {
				t.sentence = fmt.Sprintf("Several pages were once called “%s”: write under translation_of which of them this one translates.", name)
			} else if _, gone := q.cfg.History.Gone(q.r.Context(), q.cfg.Wiki, old); gone {
				t.sentence = fmt.Sprintf("The page that this one translates, “%s”, was deleted.", name)
			}
		}
		if !ok && t.sentence == "" {
			t.sentence = fmt.Sprintf("There is no page “%s”, which this one says that it translates.", name)
		}
	}
	switch {
	case ok && to == p:
		t.sentence, ok = "This page says that it is a translation of itself.", false
	case ok:
		t.original = to
	}
	if _, err := q.cfg.Wiki.ResolveCommit(rev); ok && rev != "" && err != nil {
		t.unknown = true
		t.sentence = fmt.Sprintf("The version “%s” of “%s”, with which this page says that it was last up to date, is not known here.", rev, name)
	}
	return t
}

// drift is how far a translation is behind.
type drift struct {
	changes, words int
	from, to       wiki.ID   // versions of the original
	since          time.Time // of from
	behind         bool
}

// driftOf measures a translation. It is not ok while history is behind, or when the revision that is written is none.
func (q *request) driftOf(t translation) (d drift, ok bool, err error) {
	if t.unknown || q.cfg.History.Position() != q.snap.Commit() {
		return drift{}, false, nil
	}
	base := q.reflects(t)
	if base.IsZero() {
		return drift{}, false, nil
	}
	d.from = base
	d.to, _, _ = q.cfg.History.LastChange(t.original)
	snap, err := q.cfg.Wiki.At(q.r.Context(), base.String())
	if err != nil {
		return drift{}, false, err
	}
	d.since = snap.Time().UTC()
	var old wiki.ID
	if then, ok := q.cfg.History.PathAt(t.original, base); ok {
		old, _ = snap.PageBlob(then)
	}
	now, _ := q.snap.PageBlob(t.original)
	if old == now {
		return d, true, nil
	}
	d.behind = true
	d.changes, _ = q.cfg.History.Since(t.original, base)
	d.words, err = q.wordsChanged(old, now)
	return d, err == nil, err
}

// reflects gives the commit at which the original was as the translation reflects it: the one that is named; or the one
// that brought the translation's text first, for renaming it is no translating, and neither is bringing it back.
func (q *request) reflects(t translation) (first wiki.ID) {
	if t.rev != "" {
		if id, err := q.cfg.Wiki.ResolveCommit(t.rev); err == nil {
			return id
		}
	}
	versions := q.cfg.History.Versions(t.path, anchorVersions)
	for _, v := range versions {
		if v.Blob == versions[0].Blob {
			first = v.Commit
		}
	}
	return first
}

// wordsChanged counts the words of the source that differ between two versions; of words that stand for others, once. A
// zero blob is an empty text.
func (q *request) wordsChanged(from, to wiki.ID) (int, error) {
	key := driftKey{from, to}
	if n, ok := q.driftWords.GetIfPresent(key); ok {
		return n, nil
	}
	release, err := q.readers.take(q.r.Context())
	if err != nil {
		return 0, err
	}
	defer release()
	total := 0
	for _, h := range wiki.Diff(q.blobOrNothing(from), q.blobOrNothing(to), diffContext) {
		gone, come := 0, 0
		for _, l := range h.Lines {
			for _, s := range l.Spans {
				switch {
				case l.Op == wiki.OpDelete && s.Op != wiki.OpEqual:
					gone += countWords(s.Text)
				case l.Op == wiki.OpInsert && s.Op != wiki.OpEqual:
					come += countWords(s.Text)
				}
			}
		}
		total += max(gone, come)
	}
	q.driftWords.Set(key, total)
	return total, nil
}

func countWords(s string) int {
	return len(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }))
}

// about rounds a number of words as people speak of them.
func about(words int) int {
	if words < 20 {
		return words
	}
	return (words + 5) / 10 * 10
}

// autonym gives a language's name in that language, or the tag when it has none.
func autonym(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil || lang == "" {
		return lang
	}
	name := display.Self.Name(tag)
	if name == "" {
		return lang
	}
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// langOf gives the language that a page names.
func (q *request) langOf(p wiki.Path) string {
	e, _ := q.view.Entry(p)
	return e.Lang
}

// stampTranslation says on a page what it translates and how far it is behind, and in which languages it is there.
func (q *request) stampTranslation(v *PageView, p wiki.Path) {
	all := q.translationsNow()
	t, ok := all.byPath[p]
	if ok {
		note, err := q.translationNote(t)
		if err != nil { // the text is there all the same
			q.log.Warn("a translation cannot be measured", "path", p.String(), "error", err)
		}
		v.Translation = &note
	}
	group := p
	if !t.original.IsZero() {
		group = t.original
	}
	for _, other := range append([]wiki.Path{group}, all.of[group]...) {
		if len(all.of[group]) == 0 {
			break
		}
		l := LanguageLink{Lang: q.langOf(other), URL: pageURL(other)}
		if l.Lang != "" {
			v.Alternates = append(v.Alternates, l)
		}
		if other == p {
			continue
		}
		if l.Name = autonym(l.Lang); l.Name == "" {
			l.Name = q.title(other)
		}
		v.Languages = append(v.Languages, l)
	}
	slices.SortStableFunc(v.Languages, func(a, b LanguageLink) int { return cmp.Compare(a.Lang, b.Lang) })
}

// translationNote says how a translation stands to its original.
func (q *request) translationNote(t translation) (TranslationNote, error) {
	if t.original.IsZero() {
		return TranslationNote{Sentence: t.sentence}, nil
	}
	n := TranslationNote{Original: PageLink{Title: q.title(t.original), URL: pageURL(t.original), Path: t.original.String()}, Lang: autonym(q.langOf(t.original))}
	n.Unknown = t.unknown
	switch lang := q.langOf(t.path); {
	case t.unknown:
		n.Sentence = t.sentence
	case lang == "":
		n.Sentence = "This translation does not say in which language it is: add “lang:” at its top."
	case lang == q.langOf(t.original):
		n.Sentence = "This translation says that it is in the language of its original: see “lang:” at the top of both."
	}
	d, ok, err := q.driftOf(t)
	if err != nil || !ok || !d.behind {
		return n, err
	}
	n.Behind, n.Changes, n.Words = true, d.changes, about(d.words)
	n.CompareURL = address("compare", t.original.String(), "from", d.from.String(), "to", d.to.String())
	if q.who.MayEdit {
		n.EditURL = address("edit", t.path.String())
	}
	return n, nil
}

// translationEdit offers to say that a translation is up to date with its original as it is now.
func (q *request) translationEdit(p wiki.Path, checked string) *TranslationEdit {
	t, ok := q.translationsNow().byPath[p]
	if !ok || t.original.IsZero() {
		return nil
	}
	last, _, ok := q.cfg.History.LastChange(t.original)
	if !ok {
		return nil
	}
	e := &TranslationEdit{Original: PageLink{Title: q.title(t.original), URL: pageURL(t.original)}, Revision: last.String(), Checked: checked != ""}
	if e.Checked {
		e.Revision = checked
	}
	if d, ok, err := q.driftOf(t); err == nil && ok && d.behind {
		e.CompareURL = address("compare", t.original.String(), "from", d.from.String(), "to", d.to.String())
	}
	return e
}

// markTranslated writes into a translation which version of its original it reflects: the one at rev when the writer says so,
// and otherwise, where nothing is written yet, the one that it reflected before this edit. base is the page as it was.
func (q *request) markTranslated(rev string, base wiki.Page, source string) (string, error) {
	if rev == "" {
		return q.keepTranslated(base, source), nil
	}
	id, err := q.cfg.Wiki.ResolveCommit(rev)
	if err != nil {
		return "", &wiki.Error{Kind: wiki.Invalid, Sentence: "The version of the original that this translation shall be up to date with is not known here.", Err: err}
	}
	name, _ := splitOriginal(markdown.Parse([]byte(source), markdown.Options{}).FrontMatter.TranslationOf)
	if name == "" {
		return source, nil // it is no translation any more
	}
	return setReflected(source, name, id), nil
}

// keepTranslated writes down what a translation reflects, if it is behind and its text says nothing of it. An edit that
// changes nothing stays one.
func (q *request) keepTranslated(base wiki.Page, source string) string {
	if source == oneLineEnd(string(base.Source)) {
		return source
	}
	matter, _, ok := markdown.ReadFrontMatter([]byte(source))
	name, rev := splitOriginal(matter.TranslationOf)
	if !ok || name == "" || rev != "" {
		return source
	}
	q.await(q.cfg.FollowingHistory, derivedWait)
	t := q.translationsNow().byPath[q.today(base.Path, base.Commit).Path]
	if t.original.IsZero() || t.name != name || t.rev != "" {
		return source
	}
	if d, ok, err := q.driftOf(t); err == nil && ok && d.behind {
		return setReflected(source, name, d.from)
	}
	return source
}

func setReflected(source, name string, at wiki.ID) string {
	return string(markdown.SetFrontMatter([]byte(source), "translation_of", name+"@"+at.Short()))
}

// originalProblem says what is wrong with what a page says that it translates.
func (q *request) originalProblem(p wiki.Path, doc *markdown.Document) []Problem {
	if value := doc.FrontMatter.TranslationOf; value != "" {
		if t := q.findOriginal(p, value); t.sentence != "" {
			return []Problem{{Text: t.sentence}}
		}
	}
	return nil
}

// listTranslations answers GET /translations?lang=: those that are most behind first, those that are up to date last.
func (q *request) listTranslations() error {
	behind := q.await(q.cfg.FollowingCatalog, derivedWait)
	behind = q.await(q.cfg.FollowingHistory, derivedWait) || behind
	q = q.newRequest(q.w, q.r) // with what the indexes know by now
	lang := q.query("lang")
	v := TranslationsView{Base: q.base("Translations", "translations"), Behind: behind}
	rows, counts, err := q.translationRows(lang)
	if err != nil {
		return err
	}
	for _, l := range counts {
		l.URL = address("translations", "", "lang", l.Name)
		if l.Name == lang {
			v.Language = autonym(lang)
		}
		l.Name = autonym(l.Name)
		v.Languages = append(v.Languages, l)
	}
	if lang != "" {
		v.AllURL, v.NoIndex = "/translations", true
		if v.Language == "" {
			return notFound("There is no translation into that language.")
		}
	}
	for _, r := range rows {
		switch {
		case r.Note.Behind:
			v.BehindNow++
		case r.Note.Unknown || r.Note.Original.URL == "":
			v.Unclear++
		}
	}
	v.Total = len(rows)
	q.partOfRows(&v, rows)
	return q.render(http.StatusOK, "translations", v)
}

// partOfRows takes the part of the list that ?part= asks for.
func (q *request) partOfRows(v *TranslationsView, rows []TranslationRow) {
	part := parsePart(q.query("part"))
	at := func(n int) string {
		values := url.Values{}
		if lang := q.query("lang"); lang != "" {
			values.Set("lang", lang)
		}
		if n > 1 {
			values.Set("part", strconv.Itoa(n))
		}
		return (&url.URL{Path: "/translations", RawQuery: values.Encode()}).String()
	}
	start := min((part-1)*listRows, len(rows))
	end := min(start+listRows, len(rows))
	v.Rows = rows[start:end]
	if part > 1 {
		v.Newest, v.NoIndex = at(1), true
	}
	if end < len(rows) {
		v.Older = at(part + 1)
	}
}

// translationRows measures all translations, or those of one language, and counts them by language.
func (q *request) translationRows(lang string) (rows []TranslationRow, languages []Category, err error) {
	all := q.translationsNow()
	counts := map[string]int{}
	for _, p := range q.view.Translations() {
		if err := q.r.Context().Err(); err != nil {
			return nil, nil, err
		}
		t, code := all.byPath[p], q.langOf(p)
		counts[code]++
		if lang != "" && code != lang {
			continue
		}
		row := TranslationRow{Page: PageLink{Title: q.title(p), URL: pageURL(p), Path: p.String()}, Lang: autonym(code), LangCode: code}
		if row.Note, err = q.translationNote(t); err != nil {
			return nil, nil, err
		}
		if d, ok, err := q.driftOf(t); err == nil && ok && !t.original.IsZero() {
			row.Since = d.since
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b TranslationRow) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Note.Words, a.Note.Words), cmp.Compare(b.Note.Changes, a.Note.Changes), cmp.Compare(a.Page.Title, b.Page.Title))
	})
	for code, n := range counts {
		if code != "" {
			languages = append(languages, Category{Name: code, Count: n})
		}
	}
	slices.SortFunc(languages, func(a, b Category) int { return cmp.Compare(a.Name, b.Name) })
	return rows, languages, nil
}

// rank puts what is to be done before what is to be mended, and that before what is done.
func rank(r TranslationRow) int {
	switch {
	case r.Note.Behind:
		return 0
	case r.Note.Sentence != "":
		return 1
	default:
		return 2
	}
}
