package web

import (
	"time"

	"coppice/wiki"
)

// Limits of one request. Members may sit on slow lines, so time-outs allow for them; nobody else may hold a connection.
const (
	// maxHeaderBytes is what browsers send with every cookie they may keep, and an address with 100,000 letters, each of
	// them escaped: whoever pastes a whole text into the search box is told by the wiki that it is too long. net/http, which
	// refuses what is longer, has no words for people. A connection holds no more than this while its header comes in.
	maxHeaderBytes = 320 << 10
	// maxAddressBytes is longer than any address a browser makes here; the longest path is wiki.MaxPathBytes, thrice escaped.
	maxAddressBytes = 8 << 10
	// maxFormBytes lets the largest page through when every byte of it is percent-encoded, and its other fields.
	maxFormBytes = 3*wiki.MaxPageSize + 64<<10
	// maxDrainedBytes is what is read, and thrown away, of a form that is longer: the text of some hundred books.
	maxDrainedBytes = 64 << 20

	// readHeaderTimeout is for a few hundred bytes: whoever takes longer is not a browser.
	readHeaderTimeout = 10 * time.Second
	// readTimeout lets a page of 200 kB come in over a line of 2 kB/s.
	readTimeout = 120 * time.Second
	// writeTimeout lets the largest ordinary answer go out over the same line. Files get longer, by their size.
	writeTimeout = 120 * time.Second
	// slowestLine is the rate, in bytes a second, at which a file must be taken before its connection is closed.
	slowestLine = 2 << 10
	// idleTimeout keeps a reader's connection open between two pages.
	idleTimeout = 2 * time.Minute
)

// Limits on work.
const (
	// derivedWait bounds how long a list waits for an index to reflect a save; after that it says that it is behind.
	// An index takes a few milliseconds for one save, so in practice only a first build runs into it.
	derivedWait = 300 * time.Millisecond
	// stampWait bounds the same on a page, which shows only its last change from an index and must never feel slow.
	stampWait = 30 * time.Millisecond
	// slotWait bounds how long a request queues for a slot to render in. Then the visitor is told to try again.
	slotWait = 10 * time.Second
	// pageCacheBytes and bodyCacheBytes hold about two thousand whole pages, which are compressed, and a thousand bodies:
	// the wiki's busy part.
	pageCacheBytes = 8 << 20
	bodyCacheBytes = 8 << 20
	// maxRedirects is how many pages in a row may point to the next before that counts as a circle.
	maxRedirects = 8
	// richDiffBytes is the rendered size up to which a rendered comparison marks words. Above it, whole blocks.
	richDiffBytes = 1 << 20
	// anchorWait bounds how long a page waits for its former anchors. A page of a hundred versions takes some 20 ms, once.
	anchorWait = 100 * time.Millisecond
	// anchorVersions is how many versions of a page are searched for former anchors: years of most pages, and no more than a
	// second of work for one that a machine rewrites.
	anchorVersions = 300
	// anchorPages is for how many pages they are kept; one takes about a kilobyte.
	anchorPages = 4000
	// maxFormerAnchors and maxLostSections bound what old links add to a page: some 10 kB at worst.
	maxFormerAnchors = 200
	maxLostSections  = 16
	// keptLostSections is how many are remembered, for a page that somebody empties is soon restored.
	keptLostSections = 100
	// maxAlignedPairs and maxLikenesses bound the comparison of two versions with very many headings.
	maxAlignedPairs = 250_000
	maxLikenesses   = 2_500
	// splitReach and splitPages bound the search for a section that moved to another page: so many commits before and after,
	// so many texts.
	splitReach = 8
	splitPages = 24
	// heirLeast words and heirShare of a deleted page's words make a page worth naming where that one led: less is in most
	// pages of one form. Where mostWords of them stand somewhere, its address is answered with these pages; a page that has
	// nearlyAllWords is what was meant.
	heirLeast      = 10
	heirShare      = 0.1
	mostWords      = 0.5
	nearlyAllWords = 0.8
	// driftPairs is for how many pairs of versions the changed words are kept: a number each.
	driftPairs = 10_000
	// pastMoments is at how many commits of the past the titles are kept: visitors walk around in one each.
	pastMoments = 16
	// maxNav keeps the menu a menu.
	maxNav = 12
	// maxForms bounds what is read for the choice of forms.
	maxForms = 32
	// steeringFaults is how many faults of a form or of the list of keywords an editor is told of at once.
	steeringFaults = 3
	// maxKeywordField and maxAskedField bound, in bytes, what the editor's fields for them may hold: some dozen of each.
	maxKeywordField = 4 << 10
	maxAskedField   = 16 << 10
	// maxFieldLines is how many keywords or wordings a page may get by those fields.
	maxFieldLines = 100
	// originPages is how many pages of one edit are read to find the one that a passage was written on.
	originPages = 8
	// maxRemovedQuery is the length, in bytes, of what is looked for among removed sentences: a sentence or two.
	maxRemovedQuery = 400
	// maxParents is how many parents of a merge are asked whether they still have a text. People merge two.
	maxParents = 8
	// maxBehind is how many commits are counted that an index lacks: whether it is a thousand or more, it is being built.
	maxBehind = 1000
	// maxTyped is the length, in bytes, of what is looked up while somebody types.
	maxTyped = 200
)

// Lengths of lists. A list that is longer goes on at another address.
const (
	historyRows = 50
	recentRows  = 60
	feedEntries = 30
	listRows    = 500
	searchHits  = 20
	// searchOthers is how many further questions of a hit's page are named: two are a line on a phone.
	searchOthers = 2
	suggestions  = 8
	// alikeRead answers on alikePages pages are looked at for the same question; a writer is asked about alikeShown, with
	// alikeLead bytes of each answer: two or three sentences.
	alikeRead  = 20
	alikePages = 12
	alikeShown = 5
	alikeLead  = 240
	// knownKeywords is how many keywords the editor lists for those who do without scripts: a screen or two of them.
	knownKeywords = 60
	// gapLinks is how many ways to narrow a list of pages by what they lack are offered.
	gapLinks       = 24
	nearPages      = 6
	backlinksShown = 6
	formerShown    = 4
	heirsShown     = 6
	frontRows      = 8
	frontTopics    = 12
	deletedRows    = 200
	// passageRows and legendRows are what somebody may still go through on the page that says who wrote what.
	passageRows = 400
	legendRows  = 8
	// passageBytes is enough of a passage to know it again.
	passageBytes = 90
	// removedRows is how many removed sentences are looked for at once; removedPerEdit of one edit are shown, and of
	// each sentence sentenceBytes: one may be a page.
	removedRows    = 40
	removedPerEdit = 8
	sentenceBytes  = 600
	// sitemapPages is the protocol's own limit for one file.
	sitemapPages = 50_000
	// diffContext is how many unchanged lines stand around a change; three is what every tool shows.
	diffContext = 3
)

// Lengths of credits. Below a page they are a few lines; the page of credits has the rest.
const (
	creditsShown      = 4
	reviewersShown    = 3
	participantsShown = 6
	revisionsShown    = 3
	// creditRows is a part of the list of people; few pages have more.
	creditRows       = 100
	creditChangeRows = 100
	// creditSections is more than a page that anybody reads has headings.
	creditSections = 200
	// creditNames bounds who is named in a text to paste; the rest is "others", as bibliographies have it.
	creditNames = 200
	// keptCreditPages keeps the credits of as many pages as the caches hold; each takes a kilobyte or two.
	keptCreditPages = 1000
	// chartPoints is about how many steps an eye can tell apart in the chart of a page's size.
	chartPoints = 240
)

// smallestCompressed is about what fits in one packet: compressing less saves nobody anything.
const smallestCompressed = 1400

// Limits of the pages about people.
const (
	// contributorRows is about what a phone scrolls through; the box above the list finds the others.
	contributorRows = 60
	// personPages, personAnswers and personChanges are what one person's page shows of each.
	personPages   = 12
	personAnswers = 12
	personChanges = 20
	// answerPages is how many pages, those with most of a person's words first, are looked through for questions that they
	// answered: each that was not looked at before has to be parsed, about a millisecond.
	answerPages = 100
	// answerShare is the part of an answer's words that makes it somebody's: with a half, two people can share one.
	answerShare = 0.5
	// answerLeast is how many words make an answer. "See there" is none.
	answerLeast = 5
	// questionCacheBytes holds the questions of some ten thousand pages.
	questionCacheBytes = 4 << 20
	// calendarYears keeps a list of years one: wrong clocks date commits to any.
	calendarYears = 30
	// firstYear and lastYear are those that a date can be written with.
	firstYear, lastYear = 1, 9999
)

// Limits of the page about participation.
const (
	// fewestPeople must have taken part for figures to be shown: of fewer, everybody could tell who is meant.
	fewestPeople = 10
	// leastMonths is one quarter, the shortest time in which people who edit now and then show.
	leastMonths = 3
	// mostMonths is twenty years: what is longer is all.
	mostMonths = 240
	// keptRows are the pages of single keepers that have waited longest for a second pair of eyes.
	keptRows = 30
	// curvePoints is as many as a curve of a few hundred pixels can show.
	curvePoints = 200
)
