package web

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"coppice/search"
	"coppice/wiki"
	"coppice/wiki/markdown"
)

// Whoever begins a page is first asked whether the question is there already: the wiki that this one learnt from had the
// same question on four pages.

// place is where a question may be asked already: a heading of a page, or the whole page.
type place struct {
	path   wiki.Path
	anchor string
}

// alike gives the questions and pages that may be what a title asks for, the likeliest first. What search finds for it is
// only a beginning, for it finds something for nearly every title: the question itself, or one of the wordings in which
// people ask it, must have half of the words that tell what the title is about.
func (q *request) alike(title string) []AlikeQuestion {
	q.await(q.cfg.FollowingSearch, derivedWait)
	wanted := tellingWords(title)
	if len(wanted) == 0 {
		return nil
	}
	release, err := q.writers.take(q.r.Context())
	if err != nil { // very busy: the writer goes straight on
		return nil
	}
	defer release()
	type judged struct {
		AlikeQuestion
		shared int
	}
	var list []judged
	docs := map[wiki.Path]*markdown.Document{}
	for _, p := range q.alikePlaces(plainWords(title)) {
		doc := q.alikeDocument(docs, p.path)
		if doc == nil {
			continue
		}
		a, wordings := q.alikeQuestion(p, doc)
		best := 0
		for _, w := range wordings {
			best = max(best, sharedWords(wanted, foldedWords(w)))
		}
		if 2*best >= len(wanted) {
			list = append(list, judged{a, best})
		}
	}
	slices.SortStableFunc(list, func(a, b judged) int { return b.shared - a.shared })
	var questions []AlikeQuestion
	for _, j := range list[:min(len(list), alikeShown)] {
		questions = append(questions, j.AlikeQuestion)
	}
	return questions
}

// alikeDocument reads a page, unless enough of them were read.
func (q *request) alikeDocument(docs map[wiki.Path]*markdown.Document, p wiki.Path) *markdown.Document {
	doc, known := docs[p]
	if !known && len(docs) < alikePages {
		if page, err := q.snap.Page(p); err == nil {
			doc = q.site.parse(page.Source)
		}
		docs[p] = doc
	}
	return doc
}

// alikePlaces gives what the indexes find for the words of a title, each place once.
func (q *request) alikePlaces(words string) []place {
	var list []place
	add := func(p place) {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	begun, err := q.cfg.Search.Suggest(q.r.Context(), words[:min(len(words), maxTyped)], alikeShown)
	if err != nil {
		q.log.Warn("no suggestions for a new page", "error", err)
	}
	for _, s := range begun {
		add(place{s.Path, s.Anchor})
	}
	query := search.Parse(words)
	query.Limit = alikeRead
	found, err := q.cfg.Search.Search(q.r.Context(), query)
	if err != nil { // too long, or too slow
		q.log.Debug("no like questions for a new page", "error", err)
	}
	for _, h := range found.Hits {
		add(place{h.Path, h.Anchor})
	}
	return list
}

// alikeQuestion shows a place, and gives in which words it is asked for.
func (q *request) alikeQuestion(p place, doc *markdown.Document) (AlikeQuestion, []string) {
	title := q.title(p.path)
	a := AlikeQuestion{PageLink: PageLink{Title: title, URL: pageURL(p.path) + fragment(p.anchor), Path: p.path.String(), Lead: doc.Lead}}
	if p.anchor == "" || p.anchor == doc.TitleAnchor() && !slices.ContainsFunc(doc.Questions, p.asks) {
		return a, append([]string{title}, slices.Concat(doc.FrontMatter.Aliases, doc.FrontMatter.AskedAs[doc.TitleAnchor()])...)
	}
	for _, h := range doc.Outline {
		if h.Anchor == p.anchor {
			a.Title, a.Page, a.Lead = h.Text, title, ""
		}
	}
	if i := slices.IndexFunc(doc.Questions, p.asks); i >= 0 {
		a.Title, a.Page, a.Lead = doc.Questions[i].Text, title, firstSentences(doc.Questions[i].Answer)
	}
	return a, append([]string{a.Title}, doc.FrontMatter.AskedAs[p.anchor]...)
}

// asks reports whether a question stands at the place.
func (p place) asks(question markdown.Question) bool { return question.Anchor == p.anchor }

// firstSentences cuts an answer to what a reader in a hurry needs.
func firstSentences(answer string) string {
	first, _, _ := strings.Cut(answer, "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	if len(first) <= alikeLead {
		return first
	}
	cut := strings.ToValidUTF8(first[:alikeLead], "")
	if i := strings.LastIndexAny(cut, ".!?。！？"); i > alikeLead/3 {
		_, size := utf8.DecodeRuneInString(cut[i:])
		return cut[:i+size]
	}
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// plainWords leaves only words and spaces of a title: what stands between them could be operators of a query.
func plainWords(title string) string { return strings.Join(wordsOf(title), " ") }

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// shortWord is the number of letters up to which a word tells little: most are of, the, how, and their like. A title that
// has no longer one is judged by all of its words.
const shortWord = 3

// foldedWords gives the words of a text, folded. Where no spaces are written there are no words to compare: each two signs
// that stand together count as one.
func foldedWords(s string) map[string]bool {
	words := map[string]bool{}
	for _, w := range wordsOf(cases.Fold().String(norm.NFKC.String(s))) {
		signs := []rune(w)
		for i := 0; i < len(signs); {
			end, dense := i+1, runsOn(signs[i])
			for end < len(signs) && runsOn(signs[end]) == dense {
				end++
			}
			if run := signs[i:end]; !dense || len(run) == 1 {
				words[string(run)] = true
			} else {
				for k := range len(run) - 1 {
					words[string(run[k:k+2])] = true
				}
			}
			i = end
		}
	}
	return words
}

// runsOn holds for signs of scripts that put no spaces between words, and for the stroke that makes a kana long.
func runsOn(r rune) bool { return isDense(r) || r == 'ー' }

// tellingWords gives the words of a title that say what it is about.
func tellingWords(s string) map[string]bool {
	all := foldedWords(s)
	words := maps.Clone(all)
	maps.DeleteFunc(words, func(w string, _ bool) bool {
		first, _ := utf8.DecodeRuneInString(w)
		return utf8.RuneCountInString(w) <= shortWord && !runsOn(first)
	})
	if len(words) == 0 {
		return all
	}
	return words
}

// sharedWords counts the words of a that b has in some form.
func sharedWords(a, b map[string]bool) int {
	n := 0
	for w := range a {
		if b[w] || hasForm(b, w) {
			n++
		}
	}
	return n
}

// hasForm reports whether a set has a word that is another with an ending more or less: beds and bed, large and larger.
func hasForm(words map[string]bool, word string) bool {
	for w := range words {
		short, long := min(len(w), len(word)), max(len(w), len(word))
		if short >= shortWord && long-short <= max(short-shortWord, 1) && long-short <= shortWord && w[:short] == word[:short] {
			return true
		}
	}
	return false
}
