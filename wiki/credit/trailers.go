package credit

import (
	"strings"

	"coppice/wiki"
)

// trailers are the lines of a commit's message that name people, and what they did. git compares the keys without case.
var trailers = []struct {
	key  string
	role role
}{
	{"Co-authored-by:", coAuthor},
	{"Suggested-by:", suggester},
	{"Imported-from:", importedFrom},
	{"Reviewed-by:", reviewer},
}

// maxMentions bounds the people that one commit can name: a message is somebody's input.
const maxMentions = 100

type named struct {
	role  role
	ident ident
}

// readTrailers gives the people whom a message names. An Imported-from that is an address is a source and no person.
func readTrailers(message string) []named {
	var found []named
	for line := range strings.Lines(message) {
		i := strings.IndexByte(line, ':')
		if i < 0 || len(found) == maxMentions {
			continue
		}
		for _, t := range trailers {
			if !strings.EqualFold(line[:i+1], t.key) {
				continue
			}
			c := wiki.ParseContributor(line[i+1:])
			if (c.Name != "" || c.Email != "") && !strings.Contains(line[i+1:], "://") {
				found = append(found, named{t.role, ident{c.Name, c.Email}})
			}
		}
	}
	return found
}
