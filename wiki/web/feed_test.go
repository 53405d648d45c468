package web

import (
	"encoding/xml"
	"testing"
)

// TestFeedsAreAtom: every element that a reader of feeds looks for is in Atom's namespace.
func TestFeedsAreAtom(t *testing.T) {
	h := build(t, files("index.md", "# Home\n"))
	for _, target := range []string{"/recent.atom", "/history/index.atom"} {
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			Title   string   `xml:"http://www.w3.org/2005/Atom title"`
			Entries []struct {
				ID string `xml:"http://www.w3.org/2005/Atom id"`
			} `xml:"http://www.w3.org/2005/Atom entry"`
		}
		r := h.get(target).want(t, 200)
		if err := xml.Unmarshal([]byte(r.body), &feed); err != nil {
			t.Errorf("%s: %v", target, err)
		}
		if feed.Title == "" || len(feed.Entries) != 1 || feed.Entries[0].ID == "" {
			t.Errorf("%s: %+v", target, feed)
		}
	}
}
