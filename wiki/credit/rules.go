package credit

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// RulesFile is where a community says who gets no credit, below the root of the wiki:
//
//	bots:                 # names or mail addresses; what they write is nobody's
//	  - dependabot[bot]
//	format_commits:       # commits that only changed the look of the text: seven digits or more
//	  - 3f2a91c
//	opt_out:              # names or mail addresses; shown as "a contributor"
//	  - ann@example.org
//	licence: CC BY-SA 4.0 <https://creativecommons.org/licenses/by-sa/4.0/>   # of the pages, for whoever copies one
const RulesFile = ".coppice/credit.yml"

// rules is what the file says. Names and addresses are in small letters.
type rules struct {
	bots, optOut map[string]bool
	format       []string // in small letters
	licence      string   // as it stands
}

const minCommitDigits = 7 // git's own habit; fewer would soon mean several commits

func readRules(data []byte) (*rules, []Problem) {
	r := &rules{bots: map[string]bool{}, optOut: map[string]bool{}}
	var problems []Problem
	fail := func(line int, format string, args ...any) {
		problems = append(problems, Problem{RulesFile, max(line, 1), fmt.Sprintf(format, args...)})
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line, message := 1, err.Error()
		if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
			line, message = e.Mark.Line, e.Message
		}
		fail(line, "The file cannot be read: %s.", message)
		return r, problems
	}
	if len(doc.Content) == 0 {
		return r, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		fail(top.Line, "The file is not a list of keys and values.")
		return r, problems
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		switch key.Value {
		case "bots", "format_commits", "opt_out":
		case "licence":
			if value.Kind != yaml.ScalarNode {
				fail(value.Line, "licence wants one line of text.")
				continue
			}
			r.licence = strings.Join(strings.Fields(value.Value), " ")
			continue
		default:
			fail(key.Line, "There is no key %q; there are bots, format_commits, opt_out and licence.", key.Value)
			continue
		}
		for _, n := range listOf(value) {
			text := strings.ToLower(strings.TrimSpace(n.Value))
			switch {
			case n.Kind != yaml.ScalarNode:
				fail(n.Line, "%s wants a list of texts.", key.Value)
			case text == "": // an empty value is none
			case key.Value == "bots":
				r.bots[text] = true
			case key.Value == "opt_out":
				r.optOut[text] = true
			case len(text) < minCommitDigits || strings.Trim(text, "0123456789abcdef") != "":
				fail(n.Line, "%q names no commit; give seven digits or more.", n.Value)
			default:
				r.format = append(r.format, text)
			}
		}
	}
	return r, problems
}

// listOf gives the elements of a list, or a value alone.
func listOf(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// names reports whether a list has a person by name or by address.
func names(list map[string]bool, id ident) bool {
	if len(list) == 0 {
		return false
	}
	return id.name != "" && list[strings.ToLower(id.name)] || id.mail != "" && list[strings.ToLower(id.mail)]
}

// isFormat reports whether a commit is one of those that only changed the look of the text.
func (r *rules) isFormat(id string) bool {
	for _, f := range r.format {
		if strings.HasPrefix(id, f) {
			return true
		}
	}
	return false
}
