package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestCheckBesideAnotherProcess: searches that could not be run are not passed over as if they found what they should.
func TestCheckBesideAnotherProcess(t *testing.T) {
	p := place{data: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	var out bytes.Buffer
	if err := runInit(p, false, "Ada Writer <ada@example.org>", &out); err != nil {
		t.Fatal(err)
	}
	lock, err := p.lock() // as an index that is being built does
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	out.Reset()
	err = runCheck(t.Context(), p, false, &out)
	if err == nil || !strings.Contains(err.Error(), "were not all run") || strings.Contains(out.String(), "no faults") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "another process is using them") {
		t.Error(out.String())
	}
}
