package web

import (
	"cmp"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"coppice/search"
	"coppice/wiki/catalog"
)

// Whoever begins a page is first asked whether the question is there already: the wiki that this one learnt from had the
// same question on four pages.

// alike gives the questions and pages that may be what a title asks for, the likeliest first: those whose own words have
// all of it, then those that search finds for it.
func (q *request) alike(title string) []AlikeQuestion {
	q.await(q.cfg.FollowingSearch, derivedWait)
	plain := plainWords(title)
	if plain == "" {
		return nil
	}
	var list []AlikeQuestion
	seen := map[string]bool{}
	add := func(a AlikeQuestion, e catalog.Entry) {
		if seen[a.URL] || len(list) == alikeShown {
			return
		}
		seen[a.URL] = true
		if a.Title != e.Title {
			a.Page = e.Title
		}
		list = append(list, a)
	}
	begun, err := q.cfg.Search.Suggest(q.r.Context(), plain[:min(len(plain), maxTyped)], alikeShown)
	if err != nil {
		q.log.Warn("no suggestions for a new page", "error", err)
	}
	for _, s := range begun {
		if e, ok := q.view.Entry(s.Path); ok {
			a := AlikeQuestion{PageLink: PageLink{Title: s.Text, URL: pageURL(s.Path) + fragment(s.Anchor), Path: s.Path.String()}}
			if s.Anchor == "" {
				a.Title, a.Lead = e.Title, e.Lead
			}
			add(a, e)
		}
	}
	for _, h := range q.alikeHits(title, plain) {
		if e, ok := q.view.Entry(h.Path); ok {
			add(alikeHit(h), e)
		}
	}
	return list
}

// alikeHits gives the answers of search that ask for about the same: all words were found, or half of the words that say
// something stand in the question itself.
func (q *request) alikeHits(title, plain string) []search.Hit {
	query := search.Parse(plain)
	query.Limit = alikeRead
	found, err := q.cfg.Search.Search(q.r.Context(), query)
	if err != nil { // too long, or too slow: then the writer goes straight on
		q.log.Debug("no like questions for a new page", "error", err)
		return nil
	}
	wanted := tellingWords(title)
	var hits []search.Hit
	for _, h := range found.Hits {
		if !found.Relaxed || 2*sharedWords(wanted, tellingWords(h.Question+" "+h.Title)) >= max(len(wanted), 1) {
			hits = append(hits, h)
		}
	}
	return hits
}

func alikeHit(h search.Hit) AlikeQuestion {
	a := AlikeQuestion{PageLink: PageLink{Title: cmp.Or(h.Question, h.Title), URL: pageURL(h.Path) + fragment(h.Anchor), Path: h.Path.String()}}
	for _, f := range h.Snippet {
		a.Lead += f.Text
	}
	return a
}

// plainWords leaves only words and spaces of a title: what stands between them could be operators of a query.
func plainWords(title string) string {
	return strings.Join(wordsOf(title), " ")
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// shortWord is the number of letters up to which a word tells little: most are of, the, how, and their like.
const shortWord = 3

// tellingWords gives the words of a question that say what it is about, folded, each once.
func tellingWords(s string) map[string]bool {
	words := map[string]bool{}
	for _, w := range wordsOf(cases.Fold().String(norm.NFKC.String(s))) {
		if len([]rune(w)) > shortWord {
			words[w] = true
		}
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

// hasForm reports whether a set has a word that is another with an ending more or less.
func hasForm(words map[string]bool, word string) bool {
	for w := range words {
		short, long := min(len(w), len(word)), max(len(w), len(word))
		if long-short <= shortWord && w[:short] == word[:short] {
			return true
		}
	}
	return false
}
