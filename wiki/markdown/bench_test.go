package markdown

import (
	"bytes"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// BenchmarkPages compares a whole rendering (parsed, linked, coloured, sanitised) with goldmark alone, which does none
// of the last three. "new" has never seen the page's code; "seen" has, as after an edit to the page's words.
func BenchmarkPages(b *testing.B) {
	pages := realPages(b)
	var bytesOfAll int64
	for _, p := range pages {
		bytesOfAll += int64(len(p.Source))
	}
	render := func(b *testing.B, f func(source []byte)) float64 {
		b.ReportAllocs()
		b.SetBytes(bytesOfAll)
		for b.Loop() {
			for _, p := range pages {
				f(p.Source)
			}
		}
		return float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	}
	var bare float64
	b.Run("goldmark", func(b *testing.B) {
		md := goldmark.New(goldmark.WithExtensions(extension.GFM))
		var out bytes.Buffer
		bare = render(b, func(source []byte) {
			out.Reset()
			if err := md.Convert(source, &out); err != nil {
				b.Fatal(err)
			}
		})
	})
	whole := func(source []byte) { Parse(source, Options{}).HTML(wikiResolver{}) }
	for _, p := range pages {
		whole(p.Source)
	}
	b.Run("seen", func(b *testing.B) { b.ReportMetric(render(b, whole)/bare, "ratio") })
	b.Run("new", func(b *testing.B) {
		b.ReportMetric(render(b, func(source []byte) {
			highlighted = memo{}
			whole(source)
		})/bare, "ratio")
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportMetric(render(b, func(source []byte) { Parse(source, Options{}) })/bare, "ratio")
	})
}

func BenchmarkMedianPage(b *testing.B) {
	source := medianPage(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		Parse(source, Options{}).HTML(wikiResolver{})
	}
}
