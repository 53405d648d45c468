package search

// fieldWeight says what a word in a field counts, and how far the length of the field is held against it: 0 not at all, 1
// wholly.
type fieldWeight struct {
	name   string
	boost  float64
	length float64
	asking float64 // what it counts besides, by itself, where the field asks: a title or heading that is a question
}

// rankWeights are what pages are ranked by. They were fitted on the first half of the questions over the OWASP cheat
// sheets (cmd/bench/testdata), one weight after another, and on how one of their other wordings is answered when four
// stand in asked_as; bench reports the second half, and other wordings. Where several values were as good, a round one
// between them was taken: the questions are hundreds, so that a point more or less says nothing.
//
// A word in a title or heading that is a question, or in another wording of one, counts once more by itself: all fields
// added up, a word that the answer has thrice would be as good as one that is asked about. That was fitted on 285 titles
// of forum threads, written for entries of the FAQs of Perl, Python and Debian (the first two are in the same folder): of 100, 47 questions came first with it
// and 44 without where each had a page, 47 and 42 where they stood together on pages by topic. Headings that do not ask say
// too little for it: over the cheat sheets, where few ask, it made no difference, and counting all of them did harm.
//
// A section that has more of the query's words counts for more than the sum of them (coord): one rare word thrice is no answer.
//
// A page counts by its best section and by itself as a whole, about equally: sections alone lose questions whose words
// are spread over a page, pages alone those that one section of a long page answers.
var rankWeights = struct {
	fields []fieldWeight
	k1     float64 // BM25's: how soon a word in a section that is there again counts no more
	coord  float64 // a section counts in proportion to the share of the query's words that it has, to this power: Lucene's coordination factor
	second float64 // what the section that comes second counts for its page

	pageBoost float64 // what a word in a field counts at most for the page as a whole
	pageK1    float64 // the same of pages as a whole, where a word comes more often
	page      float64 // what the page as a whole counts
	names     float64 // what its names count beside its questions, when only stop words are typed

	named    float64 // what the words count once more to a question or title that has every word typed, "of" and "how" too
	few      int     // up to so many words are taken for a name: a page must have all of them
	quorum   float64 // what part of more words a page must have, by their rarity
	filler   float64 // what a word counts that questions are made with
	compound float64 // what a word counts that the query parts ("log in") and the page does not
	synonym  float64 // what a word counts that the wiki names as a synonym
	everyday float64 // what one counts that English has
	begun    float64 // what one counts that begins as typed
	like     float64 // what one counts that is spelt like one that no page has
}{
	// Wordings of people who asked before count most, and the more of them there are the better: their number is not held
	// against them. Few pages repeat a word of their title or of a question in it, so that its length hardly matters.
	fields: []fieldWeight{
		{fieldTitle, 1.5, 0.3, 1}, {fieldQuestion, 2, 0.3, 1}, {fieldAsked, 8, 0, 1}, {fieldKeywords, 1, 0, 0}, {fieldBody, 1, 0.75, 0},
	},
	k1: 1.2, coord: 0.4, second: 0.3, pageBoost: 2, pageK1: 4, page: 1, names: 0.5,
	named: 4, few: 2, quorum: 0.2, filler: 0.4, compound: 0.9, synonym: 0.8, everyday: 0.4, begun: 0.6, like: 0.3,
}
