package credit

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func show(t *text) string {
	var b strings.Builder
	for _, s := range t.sentences {
		for i, w := range t.words[s.from:s.to] {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.Write(t.source[w.start:w.end])
		}
		b.WriteString(" / ")
	}
	return strings.TrimSuffix(b.String(), " / ")
}

func TestLexProbe(t *testing.T) {
	out, err := exec.Command("git", "-C", "/tmp/bench-credit/owasp.git", "show", "HEAD:cheatsheets/Session_Management_Cheat_Sheet.md").Output()
	if err != nil {
		t.Fatal(err)
	}
	tx := lex(out)
	t.Log(show(tx)[:3000])
	big := bytes.Repeat(out, 40)
	start := time.Now()
	x := lex(big)
	t.Log(len(big), time.Since(start), len(x.words), len(x.sentences), len(x.marks))
	ed := append(append(bytes.Clone(out[:20000]), "hello "...), out[20000:]...)
	start = time.Now()
	r := relex(tx, ed)
	t.Log(time.Since(start), len(r.words), len(tx.words))
	if show(r) != show(lex(ed)) {
		t.Error("differ")
	}
}
