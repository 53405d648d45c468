package recordlog_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"coppice/wiki/internal/recordlog"
)

var format = recordlog.Format{Magic: "test\n", Version: 3}

func TestLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sub", "x.log")
	l, _, reason, err := recordlog.Open(name, format)
	if err != nil || !errors.Is(reason, recordlog.ErrNew) {
		t.Fatal(reason, err)
	}
	if err := errors.Join(l.Replace("scope", []byte("one")), l.Append([]byte("two")), l.Append(nil), l.Close()); err != nil {
		t.Fatal(err)
	}
	l, records, reason, err := recordlog.Open(name, format)
	if err != nil || reason != nil || l.Scope() != "scope" || !bytes.Equal(bytes.Join(records, []byte("|")), []byte("one|two|")) {
		t.Fatalf("%q, %v, %v", records, reason, err)
	}
	l.Close()
	for what, other := range map[string]struct {
		format recordlog.Format
		want   error
	}{
		"version": {recordlog.Format{Magic: "test\n", Version: 4}, recordlog.ErrVersion},
		"magic":   {recordlog.Format{Magic: "tost\n", Version: 3}, recordlog.ErrDamaged},
	} {
		l, records, reason, err := recordlog.Open(name, other.format)
		if err != nil || !errors.Is(reason, other.want) || records != nil {
			t.Errorf("another %s: %v, %v", what, reason, err)
		}
		l.Close()
	}
}

// FuzzOpen opens whatever bytes: it never panics, and a record that comes out has its checksum.
func FuzzOpen(f *testing.F) {
	name := filepath.Join(f.TempDir(), "seed.log")
	l, _, _, err := recordlog.Open(name, format)
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(l.Replace("s", []byte("first")), l.Append([]byte("second")), l.Close()); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)-3])
	f.Add([]byte("test\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "x.log")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		l, records, reason, err := recordlog.Open(name, format)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if reason == nil && len(records) == 0 {
			t.Error("nothing to go on from, and no reason")
		}
		for _, body := range records {
			r := recordlog.Reader{Rest: body}
			for !r.Short && len(r.Rest) > 0 {
				r.Count(1)
				_ = r.String()
				r.Varint()
				r.Byte()
			}
		}
	})
}

func TestReaderBeyondTheEnd(t *testing.T) {
	b := recordlog.AppendString(binary.AppendVarint(nil, -7), "text")
	r := recordlog.Reader{Rest: b}
	if r.Varint() != -7 || r.String() != "text" || !r.Done() {
		t.Error("what was written is not what is read")
	}
	if r.Byte() != 0 || r.Done() {
		t.Error("a read beyond the end is not noticed")
	}
	r = recordlog.Reader{Rest: binary.AppendUvarint(nil, 1<<60)}
	if r.Count(1) != 0 || !r.Short {
		t.Error("a count beyond the end is believed")
	}
}

// A catalog of 10,000 pages has 200,000 texts, and a start waits for all of them.
func TestTextsAreNoCopies(t *testing.T) {
	body := recordlog.AppendString(nil, "a text that is too long for the stack of whoever asks for it")
	if n := testing.AllocsPerRun(100, func() {
		r := recordlog.Reader{Rest: body}
		if r.String() == "" || !r.Done() {
			t.Fatal("the text is gone")
		}
	}); n > 0 {
		t.Errorf("reading a text takes %v allocations", n)
	}
}
