package themes

import (
	"html/template"
	"testing"
	"time"
)

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"}, {number(999), "999"}, {number(1000), "1,000"}, {number(-1234567), "−1,234,567"},
		{plural(0, "page", "pages"), "0 pages"}, {plural(1, "page", "pages"), "1 page"}, {plural(2345, "page", "pages"), "2,345 pages"},
		{byteSize(0), "0 bytes"}, {byteSize(1), "1 byte"}, {byteSize(999), "999 bytes"}, {byteSize(1000), "1.0 kB"}, {byteSize(1249), "1.2 kB"},
		{byteSize(34_400), "34 kB"}, {byteSize(999_400), "999 kB"}, {byteSize(999_600), "1.0 MB"}, {byteSize(5_600_000), "5.6 MB"},
		{delta(12), "+12"}, {delta(-3), "−3"}, {delta(0), "±0"}, {delta(8220), "+8,220"},
		{took(0), "less than 1 ms"}, {took(12345 * time.Microsecond), "12 ms"}, {took(2500 * time.Millisecond), "2.5 s"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimesAreUTC(t *testing.T) {
	at := time.Date(2009, 3, 14, 1, 4, 5, 0, time.FixedZone("", 2*3600))
	for _, c := range []struct{ got, want string }{
		{machineTime(at), "2009-03-13T23:04:05Z"}, {humanTime(at), "13 March 2009, 23:04"}, {humanDate(at), "13 March 2009"}, {clock(at), "23:04"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimeElements(t *testing.T) {
	at := time.Date(2009, 3, 14, 1, 4, 5, 0, time.FixedZone("", 2*3600))
	for _, c := range []struct{ got, want template.HTML }{
		{timeElement(at), `<time datetime="2009-03-13T23:04:05Z">13 March 2009, 23:04</time>`},
		{dateElement(at), `<time datetime="2009-03-13T23:04:05Z">13 March 2009</time>`},
		{clockElement(at), `<time datetime="2009-03-13T23:04:05Z" data-clock>23:04</time>`},
		{timeElement(time.Time{}), ""}, {dateElement(time.Time{}), ""}, {clockElement(time.Time{}), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPersons(t *testing.T) {
	for _, c := range []struct{ got, want template.HTML }{
		{person("Ann <b>", ""), `<bdi>Ann &lt;b&gt;</bdi>`},
		{person("Ann & Ben", `/contributors/ann?a=1&b="`), `<a href="/contributors/ann?a=1&amp;b=&#34;" dir="auto">Ann &amp; Ben</a>`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDirection(t *testing.T) {
	for tag, want := range map[string]string{
		"": "ltr", "en": "ltr", "ar": "rtl", "AR-eg": "rtl", "he": "rtl", "fa-IR": "rtl", "ur-Latn": "ltr", "az-Arab": "rtl", "zh-Hant": "ltr", "sl-1994": "ltr",
	} {
		if got := direction(tag); got != want {
			t.Errorf("%q is written %s, want %s", tag, got, want)
		}
	}
}

func TestDict(t *testing.T) {
	m, err := dict("A", 1, "B", "x")
	if err != nil || m["A"] != 1 || m["B"] != "x" {
		t.Errorf("got %v, %v", m, err)
	}
	for _, bad := range [][]any{{"A"}, {1, 2}} {
		if _, err := dict(bad...); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
