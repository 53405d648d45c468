package wiki

import "strings"

// addresses are what addresses of a served wiki itself begin with, which menus and help pages link to: "/recent",
// "/categories/tools". Of the verbs with a page behind them, only those that read are among them.
var addresses = map[string]bool{
	"wiki": true, "raw": true, "history": true, "compare": true, "search": true, "recent": true, "recent.atom": true, "pages": true,
	"categories": true, "backlinks": true, "wanted": true, "orphans": true, "deleted": true, "translations": true, "files": true, "new": true, "api": true,
}

// IsAddress reports whether a link's target, when no page has that path, means an address of the wiki itself: "/" or
// "/" and one of its verbs.
func IsAddress(target string) bool {
	rest, ok := strings.CutPrefix(target, "/")
	first, _, _ := strings.Cut(rest, "/")
	return ok && (rest == "" || addresses[first])
}
