package catalog

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// TaxonomyFile is where a community lists the keywords that pages should carry, below the root of the wiki. It is a
// mapping from keywords to what is said of each, all of which may be left out:
//
//	communities of practice:
//	  about: Groups that learn together how to do what they do.
//	  also: [CoP, CoPs]        # other words for it: whoever types one gets the keyword
//	facilitation: Looking after a conversation.
//	roles:
//	  under: communities of practice
//
// A plain list of keywords will do too.
const TaxonomyFile = ".coppice/keywords.yml"

// Limits on the taxonomy.
const (
	// MaxTaxonomy bounds its bytes: a thesaurus of some thousand keywords.
	MaxTaxonomy = 512 << 10
	// maxTaxonomyKeywords and maxSynonyms bound what is completed from.
	maxTaxonomyKeywords = 10_000
	maxSynonyms         = 50
	// MaxKeyword bounds a keyword, in bytes: what is longer is a sentence.
	MaxKeyword = 100
	// maxTaxonomyProblems is as many as somebody mends at once.
	maxTaxonomyProblems = 20
)

// Taxonomy is the list of keywords that a community has agreed on. It does not change.
type Taxonomy struct {
	Keywords []Keyword // in the order of the file
	Problems []Problem // what is wrong with the file; the rest of it holds
}

// Keyword is a keyword of the taxonomy, or one that pages carry.
type Keyword struct {
	Name  string
	About string   // one sentence, or ""
	Also  []string // other words for it
	Under string   // the wider keyword, or ""
	Pages int      // that carry it, or another word for it; in a Vocabulary
	Known bool     // it stands in the taxonomy
}

// Problem is a fault of a file, by its line.
type Problem struct {
	Line int // from 1
	Text string
}

// ParseTaxonomy reads a taxonomy. It never fails: what is wrong is in Problems, and what can be read is used.
func ParseTaxonomy(source []byte) *Taxonomy {
	r := taxonomyReader{Taxonomy: &Taxonomy{}, taken: map[string]bool{}}
	if len(source) > MaxTaxonomy {
		r.fail(1, "The file is longer than %d bytes.", MaxTaxonomy)
		return r.Taxonomy
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(source, &doc); err != nil {
		line, message := 1, err.Error()
		if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
			line, message = e.Mark.Line, e.Message
		}
		r.fail(line, "The file cannot be read: %s.", message)
		return r.Taxonomy
	}
	if len(doc.Content) > 0 {
		r.top(doc.Content[0])
	}
	r.widen()
	return r.Taxonomy
}

// taxonomyReader is a taxonomy that is being read.
type taxonomyReader struct {
	*Taxonomy
	lines []int           // where each keyword stands
	taken map[string]bool // titleKey of names and of other words
}

func (r *taxonomyReader) fail(line int, format string, args ...any) {
	if len(r.Problems) < maxTaxonomyProblems {
		r.Problems = append(r.Problems, Problem{max(line, 1), fmt.Sprintf(format, args...)})
	}
}

func (r *taxonomyReader) top(n *yaml.Node) {
	switch {
	case n.Kind == yaml.MappingNode:
		r.mapping(n)
	case n.Kind == yaml.SequenceNode:
		for _, c := range n.Content {
			switch c.Kind {
			case yaml.ScalarNode:
				r.keyword(c, nil)
			case yaml.MappingNode:
				r.mapping(c)
			default:
				r.fail(c.Line, "A keyword must be one line of text.")
			}
		}
	case n.ShortTag() != "!!null":
		r.fail(n.Line, "The file is not a list of keywords.")
	}
}

func (r *taxonomyReader) mapping(n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		r.keyword(n.Content[i], n.Content[i+1])
	}
}

// keyword reads a keyword and what is said of it.
func (r *taxonomyReader) keyword(name, about *yaml.Node) {
	k := Keyword{Name: r.word(name), Known: true}
	if k.Name == "" {
		return
	}
	if len(r.Keywords) == maxTaxonomyKeywords {
		r.fail(name.Line, "There are more than %d keywords; the rest is left out.", maxTaxonomyKeywords)
		return
	}
	if !r.take(name, k.Name) {
		return
	}
	switch {
	case about == nil || about.Kind == yaml.ScalarNode && about.ShortTag() == "!!null":
	case about.Kind == yaml.ScalarNode:
		k.About = oneLine(about.Value)
	case about.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(about.Content); i += 2 {
			r.property(&k, about.Content[i], about.Content[i+1])
		}
	default:
		r.fail(about.Line, "After “%s” stands neither a text nor about, also and under.", k.Name)
	}
	r.Keywords, r.lines = append(r.Keywords, k), append(r.lines, name.Line)
}

func (r *taxonomyReader) property(k *Keyword, key, value *yaml.Node) {
	switch {
	case key.Value == "also":
		list := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			list = value.Content
		}
		for _, n := range list {
			if word := r.word(n); word != "" && len(k.Also) < maxSynonyms && r.take(n, word) {
				k.Also = append(k.Also, word)
			}
		}
	case value.Kind != yaml.ScalarNode:
		r.fail(value.Line, "%s of “%s” must be one line of text.", key.Value, k.Name)
	case key.Value == "about":
		k.About = oneLine(value.Value)
	case key.Value == "under":
		k.Under = oneLine(value.Value)
	default:
		r.fail(key.Line, "“%s” says nothing of a keyword; there are about, also and under.", key.Value)
	}
}

// word reads a keyword or another word for one.
func (r *taxonomyReader) word(n *yaml.Node) string {
	word := ""
	if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
		word = oneLine(n.Value)
	}
	switch {
	case word == "" || titleKey(word) == "":
		r.fail(n.Line, "A keyword must be one line of text.")
		return ""
	case len(word) > MaxKeyword:
		r.fail(n.Line, "A keyword may have %d bytes.", MaxKeyword)
		return ""
	case strings.Contains(word, ","):
		r.fail(n.Line, "“%s” holds a comma, which parts keywords.", word)
		return ""
	}
	return word
}

// take notes that a word is taken. Two keywords for one word would be none.
func (r *taxonomyReader) take(n *yaml.Node, word string) bool {
	key := titleKey(word)
	if r.taken[key] {
		r.fail(n.Line, "“%s” stands here a second time.", word)
		return false
	}
	r.taken[key] = true
	return true
}

// widen checks that each wider keyword is there, and that none is its own.
func (r *taxonomyReader) widen() {
	at := make(map[string]int, len(r.Keywords))
	for i, k := range r.Keywords {
		at[titleKey(k.Name)] = i
	}
	const (
		unseen = iota
		onTheWay
		fine
	)
	state := make([]uint8, len(r.Keywords))
	for i := range r.Keywords {
		var way []int
		for j := i; state[j] == unseen; {
			state[j], way = onTheWay, append(way, j)
			k := &r.Keywords[j]
			if k.Under == "" {
				break
			}
			next, ok := at[titleKey(k.Under)]
			switch {
			case !ok:
				r.fail(r.lines[j], "There is no keyword “%s” for “%s” to be under.", k.Under, k.Name)
				k.Under = ""
			case state[next] == onTheWay:
				r.fail(r.lines[j], "“%s” comes to stand under itself.", k.Name)
				k.Under = ""
			default:
				k.Under = r.Keywords[next].Name
				j = next
			}
		}
		for _, j := range way {
			state[j] = fine
		}
	}
}

// oneLine puts a text on one line.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}
