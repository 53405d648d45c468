package search

import "sync"

// fillers are words that questions are made with, whatever they are about. They are rare in pages, so that by rarity
// alone they would count for more than what is asked about.
const fillers = `able achieve advice advise allow allowed always anybody anyone anything approach avoid aware bad best better
care case come consider correct correctly deal decide difference different do easy enough ensure everybody everyone everything example
explain fine get give go good guy happen hard help idea important keep kind know let like look lot make many matter mean might much must
need nobody nothing ok okay option particular people person possible pro problem proper properly put reason recommend recommended
really right say see sense set should show situation somebody someone something sort start still stop stuff sure take talk tell
thing think tip try understand usually want way well without wonder work worry worth would wrong yet`

var fillerTerms = sync.OnceValue(func() map[string]bool {
	terms := map[string]bool{}
	for _, t := range languageNamed(defaultLanguage).terms(fillers) {
		terms[t] = true
	}
	return terms
})

// fillerWeight is what the rarity of a term counts.
func fillerWeight(term string) float64 {
	if fillerTerms()[term] {
		return rankWeights.filler
	}
	return 1
}
