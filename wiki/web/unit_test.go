package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTakes(t *testing.T) {
	for _, c := range []struct {
		header string
		gzip   bool
	}{
		{"", false}, {"gzip", true}, {"gzip, deflate, br, zstd", true}, {"br", false}, {"deflate, gzip;q=1.0", true},
		{"gzip;q=0", false}, {"gzip; q=0.0, *", false}, {"*", true}, {"*;q=0", false}, {"identity", false}, {"GZIP", true}, {"x-gzip", false},
		{"gzip;q=nonsense", false}, {"gzip, *;q=0", true},
	} {
		if got := takesGzip(c.header); got != c.gzip {
			t.Errorf("%q: %v", c.header, got)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  bool
	}{
		{nil, false}, {[]string{`"a"`}, true}, {[]string{`"b"`}, false}, {[]string{`"b", "a"`}, true}, {[]string{`W/"a"`}, true},
		{[]string{"*"}, true}, {[]string{`"b"`, `"a"`}, true}, {[]string{`a`}, false},
	} {
		if got := matches(c.lines, `"a"`); got != c.want {
			t.Errorf("%q: %v", c.lines, got)
		}
	}
}

func TestFileType(t *testing.T) {
	for _, c := range []struct {
		name, data, kind string
		shown            bool
	}{
		{"a.txt", "words", textType, true},
		{"a.csv", "a,b\n1,2\n", textType, true},
		{"a.json", `{"a":1}`, textType, true},
		{"a.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 20), "image/png", true},
		{"a.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", true},
		{"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "image/svg+xml", false},
		{"a.SVG", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml", false},
		{"a.svg", "<!doctype html><svg></svg>", "application/octet-stream", false},
		{"a.svg", "words", "application/octet-stream", false},
		{"a.txt", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "application/octet-stream", false},
		{"a.txt", "<!doctype html><p>", "application/octet-stream", false},
		{"a.png", "<html>", "application/octet-stream", false},
		{"a.xml", `<?xml version="1.0"?><a/>`, "application/octet-stream", false},
		{"a.js", "alert(1)", "application/octet-stream", false},
		{"a.HTML", "plain words", "application/octet-stream", false},
		{"a.pdf", "%PDF-1.7\n", "application/octet-stream", false},
		{"a", "\x00\x01\x02\x03", "application/octet-stream", false},
	} {
		if kind, shown := fileType(c.name, []byte(c.data)); kind != c.kind || shown != c.shown {
			t.Errorf("%s %.20q: %s, shown %v", c.name, c.data, kind, shown)
		}
	}
}

func TestSplice(t *testing.T) {
	for _, c := range []struct{ before, section, after, want string }{
		{"", "# A\n", "", "# A\n"},
		{"# A\n\n", "## B\n\nnew", "## C\n", "# A\n\n## B\n\nnew\n\n## C\n"},
		{"# A\n\n", "## B\n\nnew\n\n\n\n", "## C\n", "# A\n\n## B\n\nnew\n\n## C\n"},
		{"# A\n\n", "", "## C\n", "# A\n\n## C\n"},
		{"# A\n\n", "## B\n", "", "# A\n\n## B\n"},
	} {
		if got := splice(c.before, c.section, c.after); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestParseMoment(t *testing.T) {
	for s, want := range map[string]string{
		"2009-03-14": "2009-03-14 23:59:59", "2009-03-14T10:00:00Z": "2009-03-14 10:00:00", "2009-03-14T10:00": "2009-03-14 10:00:00",
		"": "", "14.3.2009": "", "2009-13-01": "",
	} {
		got, ok := parseMoment(s)
		if ok != (want != "") || (ok && got.UTC().Format("2006-01-02 15:04:05") != want) {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
}

// FuzzAddress: an address made of any name stays on this host, and its path is the name again.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"about", "//evil.example", `\\evil.example`, "a b/c?d#e", "%2e%2e", "é", "\x00", "javascript:x", "..//..", "@evil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, a := range []string{address("wiki", name), address("new", "", "title", name), oneSlash(name)} {
			if !strings.HasPrefix(a, "/") || strings.HasPrefix(a, "//") {
				t.Errorf("%q leads away from here", a)
			}
		}
		if c := canonicalName(name); utf8.ValidString(name) && canonicalName(c) != c && !strings.HasSuffix(c, ".md") {
			t.Errorf("%q: canonical %q is not canonical", name, c)
		}
	})
}

func TestNoticeCode(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "coppice_notice=saved": "saved", "a=b; coppice_notice=merged; c=d": "merged",
		"coppice_notice=<script>": "", "coppice_notice=": "", "other=saved": "",
	} {
		r := requestWith(t, header)
		if got := noticeCode(r); got != want {
			t.Errorf("%q: %q", header, got)
		}
	}
}
