package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"coppice/wiki"
)

// Where Debian's packages perl-doc and python3-doc have FAQs.
const (
	perlFAQs   = "/usr/share/perl/*/pod/perlfaq[1-9].pod"
	pythonFAQs = "/usr/share/doc/python3-doc/html/_sources/faq/*.rst.txt"
)

// threads asks FAQs whose pages hold many questions by the titles of forum threads, and counts how often the question comes
// first; then the same where each question has a page of its own.
func (b *bench) threads() error {
	pages, err := faqs()
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		b.report.say("the FAQs of Debian's packages perl-doc and python3-doc are not there: how well threads find their question is left out")
		return nil
	}
	asked, err := askedThreads(b.fitting)
	if err != nil {
		return err
	}
	layouts := []struct {
		what  string
		pages map[string]string
		own   bool // a question is a page
	}{{"among others on a page", pages, false}, {"with a page of its own", apart(pages), true}}
	for _, l := range layouts {
		if err := b.askThreads(l.what, l.pages, l.own, asked); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) askThreads(what string, pages map[string]string, own bool, threads []thread) error {
	dir, err := os.MkdirTemp(b.dir, "threads-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source, repo := filepath.Join(dir, "pages"), filepath.Join(dir, "wiki.git")
	if err := os.Mkdir(source, 0o777); err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(source, name+".md"), []byte(text), 0o666); err != nil {
			return err
		}
	}
	author := wiki.Contributor{Name: "Bench", Email: "bench@users.noreply.example"}
	if err := wiki.Create(repo, wiki.Options{}, os.DirFS(source), author, "FAQs"); err != nil {
		return err
	}
	w, err := wiki.Open(repo, wiki.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer w.Close()
	docs, err := documents(w)
	if err != nil {
		return err
	}
	questions := answerable(threads, docs, own)
	ours, err := b.askCoppice(w, filepath.Join(dir, "search"), questions)
	if err != nil {
		return err
	}
	bleves, err := askBleve(docs, questions)
	if err != nil {
		return err
	}
	at := 1
	if own {
		at = 0
	}
	us, them := ours[at], bleves[at]
	b.report.row(fmt.Sprintf("threads whose question comes first, %s (%d), gain", what, us.n), us.percent(us.first), "bleve "+them.percent(them.first), us.share(us.first)-them.share(them.first), atLeast, wantedGain)
	b.report.say("among five %s, MRR %.3f; bleve %s, %.3f", us.percent(us.five), us.mrr(), them.percent(them.five), them.mrr())
	return nil
}

// thread is the title of a thread, and the question of a FAQ that answers it.
type thread struct{ title, question string }

// askedThreads reads the threads that weights were fitted on, or the others.
func askedThreads(fitting bool) (threads []thread, err error) {
	fitted := true
	err = eachLine("testdata/faq-threads.txt", func(line string) error {
		if line == "---" {
			fitted = false
			return nil
		}
		title, question, found := strings.Cut(line, " => ")
		if !found {
			return errors.New("no ` => ` between title and question")
		}
		if fitted == fitting {
			threads = append(threads, thread{title, question})
		}
		return nil
	})
	return threads, err
}

// answerable gives the threads whose question the pages have, with the places of the answers.
func answerable(threads []thread, docs []searchDoc, own bool) (questions []asked) {
	places := map[string][]target{}
	for _, d := range docs {
		t := target{d.path, d.anchor}
		if own {
			t.anchor = ""
		}
		if name := lettersOf(d.question); name != "" && !slices.Contains(places[name], t) {
			places[name] = append(places[name], t)
		}
	}
	for _, t := range threads {
		if found := places[lettersOf(t.question)]; len(found) > 0 {
			questions = append(questions, asked{t.title, found})
		}
	}
	return questions
}

// lettersOf is what of a heading is the same in any markup.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// faqs reads the FAQs as pages of Markdown, by their names.
func faqs() (map[string]string, error) {
	pages := map[string]string{}
	for pattern, convert := range map[string]func(string) string{perlFAQs: fromPOD, pythonFAQs: fromRST} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			pages[name] = convert(string(text))
		}
	}
	return pages, nil
}

// apart gives each section with its heading a page.
func apart(pages map[string]string) map[string]string {
	single := map[string]string{}
	for name, text := range pages {
		for i, section := range strings.Split("\n"+text, "\n#")[1:] {
			if heading, answer, _ := strings.Cut(strings.TrimLeft(section, "#"), "\n"); strings.TrimSpace(answer) != "" {
				single[fmt.Sprintf("%s-%d", name, i)] = "#" + heading + "\n" + answer
			}
		}
	}
	return single
}

var (
	podHeading = regexp.MustCompile(`(?m)^=head([1-6])\s+`)
	podCommand = regexp.MustCompile(`(?m)^=\w+.*$`)
	podMark    = regexp.MustCompile(`[BCFILSXZ]<([^<>]*)>`)
	rstHeading = regexp.MustCompile(`(?m)^(?:[=*#-]{3,}\n)?(\S.*)\n([=*#~^-])[=*#~^-]{2,}$`)
	rstCommand = regexp.MustCompile(`(?m)^\.\. .*$`)
	rstRole    = regexp.MustCompile(":[a-z:]+:`([^`]*)`")
)

// fromPOD makes Markdown of Perl's documentation, as far as the FAQ needs it.
func fromPOD(s string) string {
	s = podHeading.ReplaceAllStringFunc(s, func(m string) string { return strings.Repeat("#", int(m[len("=head")]-'0')) + " " })
	s = podCommand.ReplaceAllString(s, "")
	s = strings.NewReplacer("E<gt>", "\x01", "E<lt>", "\x02").Replace(s) // no brackets of marks
	for range 3 {                                                        // marks within marks
		s = podMark.ReplaceAllString(s, "$1")
	}
	return strings.NewReplacer("\x01", ">", "\x02", "<").Replace(s)
}

// fromRST makes Markdown of reStructuredText, as far as Python's FAQ needs it.
func fromRST(s string) string {
	s = rstCommand.ReplaceAllString(s, "")
	s = rstHeading.ReplaceAllStringFunc(s, func(m string) string {
		parts := rstHeading.FindStringSubmatch(m)
		level := "## "
		if parts[2] == "=" {
			level = "# "
		}
		return level + parts[1]
	})
	return rstRole.ReplaceAllString(s, "`$1`")
}
