package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"coppice/wiki"
)

// address makes "/verb/name?key=value...", escaped. Pairs without a value are left out.
func address(verb, name string, pairs ...string) string {
	u := url.URL{Path: "/" + verb}
	if name != "" {
		u.Path += "/" + name
	}
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func pageURL(p wiki.Path) string { return address("wiki", p.String()) }

// folderURL is the address of the list of pages in a folder.
func folderURL(name string) string { return address("pages", "", "in", name) }

// fragment gives "#anchor" escaped, or "".
func fragment(anchor string) string {
	if anchor == "" {
		return ""
	}
	return "#" + (&url.URL{Fragment: anchor}).EscapedFragment()
}

// canonicalName is the one spelling of a page's name in an address: composed, without ".md" and stray slashes.
func canonicalName(name string) string {
	elems := strings.FieldsFunc(norm.NFC.String(name), func(r rune) bool { return r == '/' })
	return strings.TrimSuffix(strings.Join(elems, "/"), ".md")
}

// oneSlash gives an address path with runs of slashes made one and the last one taken off. What it gives begins with
// exactly one slash, so that it can never lead to another host.
func oneSlash(path string) string {
	return "/" + strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '/' }), "/")
}

// parseMoment reads what ?at= holds: a day, whose end is meant, or a moment.
func parseMoment(s string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parsePart reads the number of a list's part, from 1.
func parsePart(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return n
}
