package markdown

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	maxCodeTime = time.Hour
	os.Exit(m.Run())
}

// TestRunawayHighlighting gives the highlighter no time at all: the code is shown plainly, and nothing is lost.
func TestRunawayHighlighting(t *testing.T) {
	code := strings.Repeat("x := 1 // runaway\n", 40)
	out, ok := highlight(language("go"), code, time.Now())
	if ok || out != nil {
		t.Errorf("highlighted %q", out)
	}
	h := highlighter{left: maxPageCode, spent: 2 * maxCodeTime}
	if out, ok := h.append([]byte("x"), "go", []byte(code)); ok || string(out) != "x" {
		t.Errorf("highlighted %q", out)
	}
}

// TestManyAtOnce shares documents and the parser between goroutines; the race detector watches.
func TestManyAtOnce(t *testing.T) {
	source := []byte(generatedPage())
	d := Parse(source, Options{})
	want := d.HTML(wikiResolver{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 4 {
				if d.HTML(wikiResolver{}) != want || Parse(source, Options{}).HTML(wikiResolver{}) != want {
					t.Error("not the same HTML")
				}
			}
		})
	}
	group.Wait()
}

func TestMemoIsBounded(t *testing.T) {
	var m memo
	big := make([]byte, maxMemo/8)
	for i := range 64 {
		m.put(string(rune('a'+i)), big)
		if m.size > maxMemo+2*len(big) || len(m.young)+len(m.old) > 24 {
			t.Fatalf("%d bytes, %d and %d entries", m.size, len(m.young), len(m.old))
		}
	}
	if _, ok := m.get(string(rune('a' + 63))); !ok {
		t.Error("the last one is gone")
	}
}
