package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"coppice/wiki"
	"coppice/wiki/credit"
)

// showRemoved answers GET /removed/PATH?q= and, for all pages, GET /removed?q=: which edit removed this? Without words
// it lists what was removed last.
func (q *request) showRemoved() error {
	var p wiki.Path
	if name := strings.Trim(q.rest("removed"), "/"); name != "" && q.r.URL.Path != "/removed" {
		var err error
		if p, err = q.findPast("removed", q.rest("removed")); err != nil {
			return err
		}
	}
	words := strings.TrimSpace(q.query("q"))
	v := RemovedView{Base: q.base("Removed sentences", "removed"), Path: p.String(), Words: words, Action: "/removed"}
	if !p.IsZero() {
		v.Title = "Removed from “" + q.title(p) + "”"
		v.Tabs, v.Crumbs, v.Action = q.tabs(p, "removed"), q.crumbs(p, true), address("removed", p.String())
		v.EverywhereURL, v.BlameURL = address("removed", "", "q", words), v.Tabs.Blame
	}
	v.NoIndex, v.Canonical = true, v.Action
	if len(words) > maxRemovedQuery {
		v.Words = strings.ToValidUTF8(words[:maxRemovedQuery], "")
		v.EverywhereURL = ""
		v.Sentence = "That is too long to look for. A few words of what is missing are enough."
		return q.render(http.StatusBadRequest, "removed", v)
	}
	v.Behind = q.await(q.cfg.FollowingCredit, derivedWait)
	from := credit.Cursor(cursor(q.query("from")))
	found, next, err := q.removed(p, words, from)
	if wiki.KindOf(err) == wiki.Invalid {
		v.Sentence = wiki.SentenceOf(err, "Give at least one word to look for.")
		return q.render(http.StatusBadRequest, "removed", v)
	}
	if err != nil {
		return err
	}
	v.Edits = q.removedEdits(p, found, words)
	v.Partial = next != 0 && len(found) < removedRows
	if next != 0 {
		v.Older = address("removed", p.String(), "q", words, "from", strconv.Itoa(int(next)))
	}
	if from != 0 {
		v.Newest = address("removed", p.String(), "q", words)
	}
	return q.render(http.StatusOK, "removed", v)
}

// removed asks the index. Looking through old texts takes a processor: it waits for its turn among comparisons.
func (q *request) removed(p wiki.Path, words string, from credit.Cursor) ([]credit.Removed, credit.Cursor, error) {
	release, err := q.writers.take(q.r.Context())
	if err != nil {
		return nil, 0, err
	}
	defer release()
	if words == "" {
		return q.credit().LatelyRemoved(q.r.Context(), p, from, removedRows)
	}
	return q.credit().Removed(q.r.Context(), p, words, from, removedRows)
}

// removedEdits puts sentences together that one edit took out of one page. One edit may have emptied a long page: of
// that, the first are shown.
func (q *request) removedEdits(p wiki.Path, found []credit.Removed, words string) []RemovedEdit {
	var edits []RemovedEdit
	for i, r := range found {
		if i == 0 || r.Commit != found[i-1].Commit || r.Path != found[i-1].Path {
			edits = append(edits, q.removedEdit(p, r))
		}
		e := &edits[len(edits)-1]
		if len(e.Sentences) == removedPerEdit {
			e.More++
			continue
		}
		e.Sentences = append(e.Sentences, RemovedSentence{Spans: matchSpans(r.Text, words)})
	}
	return edits
}

func (q *request) removedEdit(p wiki.Path, r credit.Removed) RemovedEdit {
	name := r.Path.String()
	e := RemovedEdit{
		Stamp: Stamp{Time: r.Time, Author: namesOf(r.By), Revision: r.Commit.Short(), URL: address("compare", name, "to", r.Commit.String())},
		Page:  PageLink{Title: q.title(r.Path), URL: pageURL(r.Path), Path: name},
	}
	now := p
	if now.IsZero() {
		now = r.Path
		if to, ok := q.cfg.History.MovedTo(r.Path); ok && !q.snap.Has(r.Path) {
			now = to
		}
	}
	if now != r.Path {
		e.Then = name
		e.Page = PageLink{Title: q.title(now), URL: pageURL(now), Path: now.String()}
	}
	if !q.snap.Has(now) {
		e.Page.URL = address("history", now.String())
		e.Page.Missing = true
	}
	ctx := q.r.Context()
	commit, err := q.cfg.Wiki.Revision(ctx, r.Commit.String())
	if err != nil {
		return e // the sentence is there all the same
	}
	e.Summary = commit.Summary
	if last, ok := q.parentWith(ctx, commit, r); ok {
		e.LastURL = address("wiki", name, "rev", last.String())
	}
	return e
}

// parentWith gives the parent of the removing commit that still has the text.
func (q *request) parentWith(ctx context.Context, commit *wiki.Commit, r credit.Removed) (wiki.ID, bool) {
	for _, parent := range commit.Parents[:min(len(commit.Parents), maxParents)] {
		snap, err := q.cfg.Wiki.At(ctx, parent.String())
		if err != nil {
			continue
		}
		if blob, ok := snap.PageBlob(r.Path); ok && blob == r.Last {
			return parent, true
		}
	}
	return wiki.ID{}, false
}

// matchSpans cuts a sentence in spans, words of the query marked. Of a long one it gives what stands around the first.
func matchSpans(text, query string) []DiffSpan {
	text = strings.ToValidUTF8(text, "\uFFFD")
	matches := credit.Matches(text, query)
	from, to := 0, len(text)
	if to > sentenceBytes {
		if len(matches) > 0 {
			from = max(0, matches[0].Start-sentenceBytes/3)
		}
		to = min(len(text), from+sentenceBytes)
		for ; from > 0 && !utf8.RuneStart(text[from]); from-- {
		}
		for ; to < len(text) && !utf8.RuneStart(text[to]); to-- {
		}
	}
	var spans []DiffSpan
	add := func(s string, mark bool) {
		if s != "" {
			spans = append(spans, DiffSpan{Text: s, Mark: mark})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	at := from
	for _, m := range matches {
		if m.Start < at || m.End > to {
			continue
		}
		add(text[at:m.Start], false)
		add(text[m.Start:m.End], true)
		at = m.End
	}
	add(text[at:to], false)
	if to < len(text) {
		add(" …", false)
	}
	return spans
}
