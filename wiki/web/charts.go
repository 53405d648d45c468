package web

import (
	"math"
	"strconv"
)

// Chart is a drawing of numbers: bars on one another, or lines. Its plot is 100 units wide and high, whatever room it gets:
// the theme stretches it, and sets the words around it as text that stays readable on a phone. Beside it stands its Table,
// which says the same to whoever cannot see it.
type Chart struct {
	ID     string // unique on its page
	Title  string
	About  string // one or two sentences: what is seen, read out in place of the drawing
	Square bool
	YTitle string
	YTicks []string // from the top down, evenly spaced
	XTicks []string // from the left, evenly spaced
	Bars   []ChartBar
	Lines  []ChartLine
	Keys   []ChartKey // what the tones mean
	Table  ChartTable
}

// ChartBar is a rectangle of the plot. Tone is "1" for the strongest, then "2", "3", or "0" for what is not known.
type ChartBar struct {
	X, Y, Width, Height float64
	Tone, Text          string // Text is shown when somebody points at it
}

// ChartLine is a line of the plot: Points as SVG wants them. A Guide is a line to compare with; an Area is filled below.
type ChartLine struct {
	Points string
	Tone   string
	Guide  bool
	Area   string // the points of the area below the line, or ""
}

// ChartKey says what a tone, or the guide, means.
type ChartKey struct {
	Tone, Text string
	Guide      bool
}

// ChartTable is what a chart draws, in numbers.
type ChartTable struct {
	Heads []string // the first one is of the labels
	Rows  []ChartRow
}

// ChartRow has the Counts first, then the Texts.
type ChartRow struct {
	Label  string
	Counts []int
	Texts  []string
}

// plotSize is how wide and high a plot is, in the units of its drawing.
const plotSize = 100

// barGap is the part of a bar's place that stays empty, so that neighbours can be told apart.
const barGap = 0.2

// stack is one bar of several parts on one another, the lowest first.
type stack struct {
	label string
	parts []int
}

// stackedBars draws a bar for each stack, and gives what stands at the vertical axis. tones and names are of the parts.
func stackedBars(stacks []stack, tones, names []string) (bars []ChartBar, ticks []string) {
	top := 0
	for _, s := range stacks {
		top = max(top, sum(s.parts))
	}
	top = roundUp(top)
	place := float64(plotSize) / float64(max(1, len(stacks)))
	for i, s := range stacks {
		low := 0
		for j, n := range s.parts {
			if n == 0 {
				continue
			}
			low += n
			bars = append(bars, ChartBar{
				X: rounded((float64(i) + barGap/2) * place), Width: rounded((1 - barGap) * place),
				Y: rounded(plotSize - share(low, top)*plotSize), Height: rounded(share(n, top) * plotSize),
				Tone: tones[j], Text: s.label + ": " + strconv.Itoa(n) + " " + names[j],
			})
		}
	}
	return bars, countTicks(top)
}

// steps draws values that hold from one place to the next, as a line with an area below, and gives what stands at the
// vertical axis.
func steps(values []int, tone string) (ChartLine, []string) {
	top := 0
	for _, v := range values {
		top = max(top, v)
	}
	top = roundUp(top)
	place := float64(plotSize) / float64(max(1, len(values)))
	var line []byte
	for i, v := range values {
		y := plotSize - share(v, top)*plotSize
		line = appendPoint(line, float64(i)*place, y)
		line = appendPoint(line, float64(i+1)*place, y)
	}
	return ChartLine{Points: string(line), Tone: tone, Area: area(line)}, countTicks(top)
}

// curve draws points with coordinates from 0 to 1 as a line. Of very many it draws some: no screen shows more.
func curve(n int, at func(i int) (x, y float64), tone string) ChartLine {
	var line []byte
	every := max(1, n/curvePoints)
	for i := range n {
		if i%every != 0 && i != n-1 {
			continue
		}
		x, y := at(i)
		line = appendPoint(line, x*plotSize, plotSize-y*plotSize)
	}
	return ChartLine{Points: string(line), Tone: tone}
}

// area closes a line along the bottom of the plot.
func area(line []byte) string {
	closed := appendPoint(nil, 0, plotSize)
	closed = append(append(closed, ' '), line...)
	return string(appendPoint(closed, plotSize, plotSize))
}

func appendPoint(b []byte, x, y float64) []byte {
	if len(b) > 0 {
		b = append(b, ' ')
	}
	b = strconv.AppendFloat(b, rounded(x), 'f', -1, 64)
	b = append(b, ',')
	return strconv.AppendFloat(b, rounded(y), 'f', -1, 64)
}

// rounded leaves as many digits as a screen can show.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// roundUp gives the next number that can be halved and reads well at an axis: 2, 4, 6, 8, 10, 20, 40, ...
func roundUp(n int) int {
	for unit := 1; ; unit *= 10 {
		for _, m := range []int{2, 4, 6, 8, 10} {
			if n <= m*unit {
				return m * unit
			}
		}
	}
}

func countTicks(top int) []string { return []string{strconv.Itoa(top), strconv.Itoa(top / 2), "0"} }
