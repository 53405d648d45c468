package themes

import (
	"errors"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// functions are what templates may call:
//
//	asset "css/main.css"          address of an asset; unknown names are errors of Load
//	machineTime T                 for datetime="": 2009-03-14T15:04:00Z, always UTC
//	machineDay T                  for a field of type="date": 2009-03-14
//	humanTime T                   14 March 2009, 15:04 (UTC)
//	time T                        <time> with humanTime; nothing of a zero T, here and in the next two
//	date T                        <time> with 14 March 2009
//	clock T                       <time data-clock> with 15:04
//	person "Ann" "/contributors/ann"  the name as a link, or, if there is no address, as text of its own direction
//	number 12345                  12,345
//	plural 2 "page" "pages"       "2 pages"
//	bytes 1234                    "1.2 kB"
//	delta -3                      "−3" with a real minus, "+12", "±0"
//	took D                        "12 ms"
//	direction "ar"                "rtl" or "ltr", by the language's usual script
//	dict "Key" value ...          a map, to hand several values to a partial
func (t *Theme) functions() template.FuncMap {
	return template.FuncMap{
		"asset":       t.mustAssetURL,
		"machineTime": machineTime,
		"machineDay":  machineDay,
		"humanTime":   humanTime,
		"time":        timeElement,
		"date":        dateElement,
		"clock":       clockElement,
		"person":      person,
		"number":      number,
		"plural":      plural,
		"bytes":       byteSize,
		"delta":       delta,
		"took":        took,
		"direction":   direction,
		"dict":        dict,
	}
}

func (t *Theme) mustAssetURL(name string) (string, error) {
	if url := t.AssetURL(name); url != "" {
		return url, nil
	}
	return "", fmt.Errorf("no asset %q", name)
}

func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
func machineDay(t time.Time) string  { return t.UTC().Format(time.DateOnly) }
func humanTime(t time.Time) string   { return t.UTC().Format("2 January 2006, 15:04") }
func humanDate(t time.Time) string   { return t.UTC().Format("2 January 2006") }
func clock(t time.Time) string       { return t.UTC().Format("15:04") }

func timeElement(t time.Time) template.HTML  { return element(t, "", humanTime) }
func dateElement(t time.Time) template.HTML  { return element(t, "", humanDate) }
func clockElement(t time.Time) template.HTML { return element(t, " data-clock", clock) }

// element writes a <time>. Pages have dozens of them, and a template takes ten times as long for each.
func element(t time.Time, attribute string, text func(time.Time) string) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + machineTime(t) + `"` + attribute + `>` + text(t) + `</time>`)
}

// person writes a name, which leads to an address of this wiki if there is one. Pages name many people, too.
func person(name, url string) template.HTML {
	name = template.HTMLEscapeString(name)
	if url == "" {
		return template.HTML("<bdi>" + name + "</bdi>")
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(url) + `" dir="auto">` + name + `</a>`)
}

// number groups digits by thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// byteSize counts in thousands, as disks and browsers do: 999 bytes, 1.2 kB, 34 kB, 5.6 MB.
func byteSize(n int) string {
	if n < 1000 {
		return plural(n, "byte", "bytes")
	}
	size, unit := float64(n)/1000, "kB"
	if size >= 999.5 {
		size, unit = size/1000, "MB"
	}
	if size < 9.95 {
		return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
	}
	return number(int(size+0.5)) + " " + unit
}

// delta has a sign for every number, so that a column of them reads as changes.
func delta(n int) string {
	switch {
	case n > 0:
		return "+" + number(n)
	case n == 0:
		return "±0"
	default:
		return number(n)
	}
}

func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "less than 1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	default:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
}

// rightToLeft are the languages that are nearly always written so (CLDR's layout data); a script subtag decides for all others.
var rightToLeft = map[string]bool{
	"ar": true, "arc": true, "ckb": true, "dv": true, "fa": true, "he": true, "ks": true, "ps": true, "sd": true, "syr": true, "ug": true, "ur": true, "yi": true,
}

// rightToLeftScripts are written from right to left in every language.
var rightToLeftScripts = map[string]bool{"adlm": true, "arab": true, "hebr": true, "nkoo": true, "syrc": true, "thaa": true}

// direction reads a BCP 47 tag: the script when there is one ("ur-Latn" is ltr), else the language.
func direction(tag string) string {
	parts := strings.Split(strings.ToLower(tag), "-")
	rtl := rightToLeft[parts[0]]
	for _, part := range parts[1:] {
		if len(part) == 4 && part[0] > '9' {
			rtl = rightToLeftScripts[part]
		}
	}
	if rtl {
		return "rtl"
	}
	return "ltr"
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a key without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}
