package credit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

const (
	minCommitDigits = 7  // git's own habit; fewer would soon mean several commits
	maxMended       = 32 // lines of one key that are left out, each by reading the others again
)

// readRules reads the file. A line that is no YAML is named and left out: who opted out stays so when somebody else's line
// is misspelt.
func readRules(data []byte) (*rules, []Problem) {
	r := &ruleReader{rules: &rules{bots: map[string]bool{}, optOut: map[string]bool{}}}
	if top, err := parseRules(data); err == nil {
		r.read(top, 0)
		return r.rules, r.problems
	}
	lines := slices.Collect(bytes.Lines(data))
	for start := 0; start < len(lines); {
		end := start + 1
		for end < len(lines) && !beginsKey(lines[end]) {
			end++
		}
		r.mend(lines[start:end], start)
		start = end
	}
	return r.rules, r.problems
}

// ruleReader collects what a file says, and its lines that say nothing.
type ruleReader struct {
	*rules
	problems []Problem
}

// fail names a line, once.
func (r *ruleReader) fail(line int, format string, args ...any) {
	line = max(line, 1)
	if !slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Line == line }) {
		r.problems = append(r.problems, Problem{RulesFile, line, fmt.Sprintf(format, args...)})
	}
}

// parseRules gives the node of all keys and values, or nil if there is nothing.
func parseRules(data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// faultOf says what is wrong with YAML, and in which line; 0 if that is not known.
func faultOf(err error) (line int, message string) {
	if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
		return e.Mark.Line, e.Message
	}
	return 0, err.Error()
}

// beginsKey reports whether a line begins another key, and does not go on with the one before.
func beginsKey(line []byte) bool { return !strings.ContainsRune(" \t\r\n-#]}", rune(line[0])) }

// mend reads the lines of one key, of which some are no YAML; before is how many stand above them.
func (r *ruleReader) mend(lines [][]byte, before int) {
	lines = slices.Clone(lines)
	leave := func(i int, err error) {
		_, message := faultOf(err)
		r.fail(before+i+1, "The line cannot be read: %s.", message)
		lines[i] = []byte("\n")
	}
	for n := 0; n <= maxMended; n++ {
		top, err := parseRules(bytes.Join(lines, nil))
		if err == nil {
			r.read(top, before)
			return
		}
		line, message := faultOf(err)
		if n == 0 {
			left := false
			for i := 1; i < len(lines); i++ { // elements that are wrong by themselves, however far the parser came
				if text := bytes.TrimSpace(lines[i]); line == 0 || bytes.HasPrefix(text, []byte("-")) {
					if _, err := parseRules(text); err != nil {
						leave(i, err)
						left = true
					}
				}
			}
			if left {
				continue
			}
			if top, err := parseRules(append(bytes.Join(lines, nil), ']')); err == nil {
				r.fail(before+1, "The list is not closed.")
				r.read(top, before)
				return
			}
		}
		i := min(max(line-1, 0), len(lines)-1)
		for i > 0 && len(bytes.TrimSpace(lines[i])) == 0 {
			i--
		}
		if i > 0 {
			leave(i, err)
			continue
		}
		r.fail(before+1, "The line cannot be read: %s.", message)
		key, _, ok := bytes.Cut(lines[0], []byte(":"))
		if bare := string(key) + ":\n"; ok && bare != string(lines[0]) { // the elements below it may do
			lines[0] = []byte(bare)
			continue
		}
		return
	}
	r.fail(before+1, "More than %d lines of this part cannot be read, and so it is left out.", maxMended)
}

// read takes over keys and values; before is how many lines stand above them.
func (r *ruleReader) read(top *yaml.Node, before int) {
	fail := func(line int, format string, args ...any) { r.fail(before+line, format, args...) }
	if top == nil || top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return
	}
	if top.Kind != yaml.MappingNode {
		fail(top.Line, "This is no list of keys and values.")
		return
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
				fail(n.Line, "This names no commit; give seven digits or more.")
			default:
				r.format = append(r.format, text)
			}
		}
	}
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
