package diff

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkMergeAgainstGit merges real triples and says how long git merge-file takes for the same, its start
// included. ratio is ours by git's.
func BenchmarkMergeAgainstGit(b *testing.B) {
	all := triples(b)
	dir := b.TempDir()
	var theirs time.Duration
	const sample = 150
	for i := range sample {
		start := time.Now()
		mergeFile(b, dir, all[i*len(all)/sample])
		theirs += time.Since(start)
	}
	git := float64(theirs.Nanoseconds()) / sample
	i := 0
	for b.Loop() {
		c := all[i%len(all)]
		Merge(c.base, c.theirs, c.mine, splitMarkdown)
		i++
	}
	ours := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(git, "git-ns/op")
	b.ReportMetric(ours/git, "ratio")
}

// BenchmarkReal runs over all real triples and gives the middle and the slowest time of one.
func BenchmarkReal(b *testing.B) {
	all := triples(b)
	for name, run := range map[string]func(c triple){
		"Lines": func(c triple) { Lines(SplitLines(c.base), SplitLines(c.mine)) },
		"Hunks": func(c triple) { Hunks(c.base, c.mine, 3) },
		"Merge": func(c triple) { Merge(c.base, c.theirs, c.mine, splitMarkdown) },
	} {
		b.Run(name, func(b *testing.B) {
			times := make([]time.Duration, len(all))
			for b.Loop() {
				for i, c := range all {
					start := time.Now()
					run(c)
					times[i] = time.Since(start)
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(times[len(times)-1].Microseconds()), "max-µs")
		})
	}
}

// BenchmarkHostile says what the worst pages cost; the bound is a few tenths of a second.
func BenchmarkHostile(b *testing.B) {
	const size = 348 << 10 // of the page that took another diff 19.7 s
	for name, page := range hostilePages(size) {
		b.Run("Lines/"+name, func(b *testing.B) {
			for b.Loop() {
				Lines(SplitLines(page[0]), SplitLines(page[1]))
			}
		})
		b.Run("Hunks/"+name, func(b *testing.B) {
			for b.Loop() {
				Hunks(page[0], page[1], 3)
			}
		})
		b.Run("Merge/"+name, func(b *testing.B) {
			base := append(slices.Clone(page[0][:len(page[0])/2]), page[1][:len(page[1])/2]...)
			for b.Loop() {
				Merge(base, page[0], page[1], splitMarkdown)
			}
		})
	}
}
