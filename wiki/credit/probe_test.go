package credit

import (
	"os"
	"runtime/pprof"
	"testing"
	"time"

	"coppice/wiki"
)

func TestProbe(t *testing.T) {
	w, err := wiki.Open("/tmp/bench-credit/owasp.git", wiki.Options{Root: "cheatsheets", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	dir := t.TempDir()
	f, _ := os.Create("/tmp/credit.prof")
	pprof.StartCPUProfile(f)
	for range 3 {
		os.RemoveAll(dir)
		start := time.Now()
		x, _ := Open(dir, nil)
		if err := x.Follow(t.Context(), w, w.Head()); err != nil {
			t.Fatal(err)
		}
		t.Log("build", time.Since(start))
		fi, _ := os.Stat(dir + "/" + FileName)
		t.Log("size", fi.Size(), "revs", len(x.data.revs))
		a, b, c, sc := 0, 0, 0, 0
		for _, r := range x.data.revs {
			a += len(r.fresh)
			b += len(r.gone)
			sc += len(r.script)
			if r.alone {
				c++
			}
		}
		t.Log("fresh", a, "gone", b, "script", sc, "alone", c)
		x.Close()
	}
	pprof.StopCPUProfile()
	start := time.Now()
	y, _ := Open(dir, nil)
	y.Position()
	t.Log("open", time.Since(start))
}
