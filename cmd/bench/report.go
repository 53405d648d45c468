package main

import (
	"fmt"
	"slices"
	"time"
)

// report prints rows as they come and counts the targets that are met.
type report struct {
	rows, met int
	begun     bool
}

func (r *report) say(format string, args ...any) { fmt.Printf("# "+format+"\n", args...) }

// relation says which way a target points.
type relation string

const (
	atMost  relation = "<="
	atLeast relation = ">="
)

// row prints one figure: ours, the yardstick, their ratio and the target for it.
func (r *report) row(name, ours, yardstick string, ratio float64, rel relation, target float64) {
	if !r.begun {
		fmt.Printf("%-66s %16s %22s %9s %9s\n", "figure", "coppice", "yardstick", "ratio", "target")
		r.begun = true
	}
	ok := ratio <= target
	if rel == atLeast {
		ok = ratio >= target
	}
	mark := "MISSED"
	if ok {
		mark = "met"
		r.met++
	}
	r.rows++
	fmt.Printf("%-66s %16s %22s %9.3f %3s%6.4g  %s\n", name, ours, yardstick, ratio, rel, target, mark)
}

func (r *report) summary() { fmt.Printf("# %d of %d targets met\n", r.met, r.rows) }

// durations gives percentiles of measured times.
type durations []time.Duration

func (d durations) at(p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Clone(d)
	slices.Sort(s)
	return s[min(len(s)-1, int(p*float64(len(s))))]
}

func (d durations) p50() time.Duration { return d.at(0.5) }
func (d durations) p99() time.Duration { return d.at(0.99) }

// timed runs f n times.
func timed(n int, f func(i int) error) (durations, error) {
	d := make(durations, 0, n)
	for i := range n {
		start := time.Now()
		if err := f(i); err != nil {
			return d, err
		}
		d = append(d, time.Since(start))
	}
	return d, nil
}

// show prints a duration in three figures.
func show(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/float64(time.Microsecond))
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func median(f []float64) float64 {
	s := slices.Clone(f)
	slices.Sort(s)
	return s[len(s)/2]
}
