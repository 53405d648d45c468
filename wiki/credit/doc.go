// Package credit is the derived index of who wrote which words.
//
// Its nouns: a word is a word of a page's Markdown source; its origin is the commit that brought it. A Passage is a run
// of words with one origin, an Authorship all passages of one text, Credits what they add up to. A Person is whoever
// commits name, after .mailmap and .coppice/credit.yml. Git is the truth: origins are computed from history alone, and
// deleting the index gives the same answers again.
//
//	x, _ := credit.Open("data/derived/credit", log)
//	following := w.FollowAfter(x, pause)
//	v := x.View(w, w.Head())                       // one for a request
//	a, err := v.Authorship(page)                    // a.Passages: bytes, commit, authors; any old Page too
//	c, err := v.Credits(page)                       // c.Contributors: words, share; c.Created, c.Revisions, c.Reviewers
//	f, err := v.Footer(page, 3)                     // what stands of them below the page, without adding up its history
//	q := v.CreditsIn(a, section.Start, section.End) // the same of a part
//	gone, next, err := v.Removed(ctx, path, "words", 0, 20)
//	heirs, words, err := v.Heirs(path)              // of a page that was split or joined with another
//	for _, person := range v.Contributors() { ... }
//	g, ok := credit.Gini(edits)
//
// # Words
//
// A word is a run of letters, digits and marks, with apostrophes and underscores inside; of scripts that write no
// spaces between words, each character; an address (https://...) whole. Case, normal form, white space, line wrapping
// and markup make no difference: marks of emphasis, headings, lists, quotes and tables, the destinations and labels of
// links and images, HTML tags and comments, what stands behind a code fence, numbers of list items are no words. Text of
// links, alternative text of images, and code are. Nothing in front matter is a word: tools write it as often as people
// do. Words stand in sentences, which end with a full stop and with their block; a line of code is a sentence.
//
// # Origins
//
// The method is that of F. Flöck and M. Acosta, "WikiWho: Precise and Efficient Attribution of Authorship of Revisioned
// Content", WWW 2014: larger units first, matched over the whole past, then words by E. W. Myers' difference algorithm
// (Algorithmica 1, 1986). For each page that a commit changed, starting from the origins of the text in the commit's
// parents (of the blob, not of the revision before in time):
//
//  1. A text that was there before, byte for byte, has the origins that it had: a revert credits neither side.
//  2. Sentences that stand unchanged and in order; then ones that moved within the page.
//  3. Sentences that the page had at any time before; then ones that the commit took from other pages; then ones of
//     six words or more that stand, or once stood, on any page. A sentence that was found brings along its neighbours
//     in the same source, however short.
//  4. Words, in order, of sentences beside ones that were found, against what stands beside those in their source;
//     then words of what was changed in place. Two sentences must share half of the shorter one, or four words in a
//     row, for a match to count: unrelated sentences share a quarter of their words by chance.
//  5. Runs of five words or more that the commit took away somewhere and brought elsewhere; and such runs in old texts
//     of which the page has thirty words by now: a page that was converted from another markup keeps few sentences whole.
//  6. What is left is the commit's own.
//
// A merge goes through these with each parent, the first one first, so that only words that are in none belong to it. Before
// step 4 come the lines that a parent has: git merges by lines, and one sentence may be put together from several sides. In
// step 4 a parent's sentence is compared as a whole, also where another parent has given the words. What a merge lacks was
// another's to take away, unless all parents have it; one that brings and takes away nothing is nobody's edit. Only commits
// that are ancestors are looked at, wherever in the file they stand.
//
// Answers do not depend on the order in which commits came in, which is another one for whoever follows a branch than for
// whoever reads it anew: a push may bring commits that are older than the newest. Whatever comes first or last is so in
// the order of history: a commit stands behind its ancestors; of two that do not know of one another, the one of which
// no ancestor is as late as the other's stands first, then the one with the shorter line of ancestors, then the one with
// the smaller ID. Revisions of a page, sentences to look at, people and the numbers behind equal names are in this order.
//
// Beyond WikiWho go: Markdown, many pages (moves, copies, splits and joins), branches and merges, several authors of
// one commit, and increments: a commit costs in proportion to the pages that it changes.
//
// # Known errors
//
// On generated histories, whose truth is known (package truth; `make bench` prints the figures beside git blame, which
// credits 45 % and 38 % of the words rightly): one page at a time, 99.99 % of the words are right and no share of a page
// is off by more than 0.001; with moves and copies between pages, renames, splits, joins and branches, 99.9 %, and 0.008.
// In the corpus of cheat sheets, 0.2 % of the words are credited to a commit after the first that had the seven words
// around them. What goes wrong:
//
//   - Of two equal words side by side, or a word put in beside an equal one, either may count as the new one.
//   - A sentence of which more than half was replaced counts as new, four words in a row aside: with half of the words
//     replaced, one of twenty of the others is lost, with a third, one of two hundred. One new word in fifty that by
//     chance is one of the old goes to the old author.
//   - Of the words of an unrelated sentence in the same place, one in a thousand goes to the old author.
//   - A short sentence that is moved to another page and mended in the same commit, alone, counts as new.
//   - Somebody who writes the very sentence of six words or more that stood on the wiki before gets no credit for it:
//     lines of code are the likeliest.
//   - Words brought by a bot or a format commit are nobody's, even if they only replaced somebody's spelling.
//
// # People
//
// Origins are commits. Who gets the credit for a commit is decided when it is asked for, so that a change of .mailmap or
// credit.yml changes every answer at once: the people of Suggested-by and Imported-from, if there are any, else the
// author; and those of Co-authored-by; all in equal parts. (An Imported-from that is an address names no person.) Bots and format commits give nothing. Identities are one
// person if they have one mail address, unless it is one that stands for nobody ("noreply@..."): then if they have
// one name.
//
// # On disk
//
// One file, a record log with one record for each Follow: commits, their people, paths and revisions that are new, and
// the Position after them. A revision keeps its origins as a script (keep, move, put) on those of the text before,
// anew every 32 steps, and 4 bytes for each sentence that came or went. The file is read when the index is first asked.
// What a forced push took away stays in it: no commit of the branch has it among its ancestors, so no answer shows it. When
// it is more than what is left, the index is made anew.
package credit
