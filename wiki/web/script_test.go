package web

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRequests runs the request scripts in testdata/requests. A script is a text file. Below the first line "-- NAME --"
// stand the files of the wiki it is about. Above it stand requests, with a blank line between two:
//
//	# a comment
//	GET /wiki/about              the request
//	Accept-Encoding: gzip        a header of it
//	summary=Mend a typo          a field of the form that a POST sends; \n is a line end
//	status 200                   what is expected of the answer
//	header Location /wiki/about  a header of it; "header NAME" alone means that it is not there
//	has some text                text that is in the body; entities count as what they stand for
//	hasnot other text            text that is not, as it stands in the HTML
//	keep TAG header ETag         keeps a header of the answer as $TAG
//	keep BASE field base         keeps the value of a form's input as $BASE
//	keep ID match rev=(\w+)      keeps what the first group of a regular expression finds in the body as $ID
//
// $NAME may stand anywhere in later lines; $HEAD is the newest commit. Before each request the indexes are waited for.
func TestRequests(t *testing.T) {
	scripts, err := filepath.Glob("testdata/requests/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no request scripts", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			runScript(t, script, string(text))
		})
	}
}

// fileLine begins a file of a script.
var fileLine = regexp.MustCompile(`(?m)^-- (\S.*) --\n`)

func runScript(t *testing.T, name, text string) {
	marks := fileLine.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 {
		t.Fatalf("%s has no files", name)
	}
	var pairs []string
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		pairs = append(pairs, text[m[2]:m[3]], text[m[1]:end])
	}
	run := scriptRun{house: build(t, files(pairs...)), t: t, kept: map[string]string{}}
	for i, line := range strings.Split(text[:marks[0][0]], "\n") {
		run.at = fmt.Sprintf("%s:%d", name, i+1)
		run.line(strings.TrimRight(line, " \t\r"))
	}
	run.send()
}

// scriptRun is a script on its way.
type scriptRun struct {
	*house
	t       *testing.T
	at      string
	kept    map[string]string
	method  string // of the request that is being put together; "" when there is none
	target  string
	headers []string
	form    url.Values
	sent    bool
	reply   reply
}

var (
	requestLine = regexp.MustCompile(`^(GET|HEAD|POST|PUT|DELETE|OPTIONS) (/.*|\*)$`)
	headerField = regexp.MustCompile(`^[A-Z][A-Za-z-]*: `)
	formField   = regexp.MustCompile(`^([a-z_]+)=(.*)$`)
	variable    = regexp.MustCompile(`\$[A-Z]+`)
)

func (s *scriptRun) line(line string) {
	if line == "" {
		s.send()
		s.method = ""
		return
	}
	if line[0] == '#' {
		return
	}
	line = variable.ReplaceAllStringFunc(line, func(name string) string {
		if name == "$HEAD" {
			return s.head()
		}
		value, ok := s.kept[name]
		if !ok {
			s.t.Fatalf("%s: nothing was kept as %s", s.at, name)
		}
		return value
	})
	if m := requestLine.FindStringSubmatch(line); m != nil {
		s.method, s.target, s.headers, s.form, s.sent = m[1], m[2], nil, url.Values{}, false
		return
	}
	if s.method == "" {
		s.t.Fatalf("%s: %q is no request", s.at, line)
	}
	if m := formField.FindStringSubmatch(line); m != nil && !s.sent {
		s.form.Add(m[1], strings.ReplaceAll(m[2], `\n`, "\n"))
		return
	}
	if headerField.MatchString(line) && !s.sent {
		s.headers = append(s.headers, line)
		return
	}
	s.send()
	s.expect(line)
}

// send sends the request unless it has been.
func (s *scriptRun) send() {
	if s.method == "" || s.sent {
		return
	}
	s.settle()
	body := ""
	if s.method == "POST" {
		body = s.form.Encode()
		s.headers = append(s.headers, "Content-Type: application/x-www-form-urlencoded")
	}
	s.reply, s.sent = s.do(s.method, s.target, body, s.headers...), true
}

// expect checks the answer, or keeps something of it.
func (s *scriptRun) expect(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	body := html.UnescapeString(s.reply.body)
	switch verb {
	case "status":
		if got := strconv.Itoa(s.reply.status); got != rest {
			s.t.Errorf("%s: status %s, want %s\nlocation %q\n%.800s", s.at, got, rest, s.reply.header.Get("Location"), body)
		}
	case "header":
		name, want, _ := strings.Cut(rest, " ")
		if got := strings.Join(s.reply.header.Values(name), ", "); got != want {
			s.t.Errorf("%s: header %s is %q, want %q", s.at, name, got, want)
		}
	case "has":
		if !strings.Contains(body, rest) {
			s.t.Errorf("%s: %q is not in\n%s", s.at, rest, body)
		}
	case "hasnot":
		if strings.Contains(s.reply.body, rest) {
			s.t.Errorf("%s: %q is in\n%s", s.at, rest, s.reply.body)
		}
	case "keep":
		s.keep(strings.SplitN(rest, " ", 3))
	default:
		s.t.Fatalf("%s: %q is nothing that can be expected", s.at, line)
	}
}

func (s *scriptRun) keep(words []string) {
	if len(words) != 3 {
		s.t.Fatalf("%s: keep NAME header|field|match WHAT", s.at)
	}
	var value string
	switch words[1] {
	case "header":
		value = s.reply.header.Get(words[2])
	case "field":
		value = fieldValue(s.reply.body, words[2])
	case "match":
		if m := regexp.MustCompile(words[2]).FindStringSubmatch(html.UnescapeString(s.reply.body)); len(m) > 1 {
			value = m[1]
		}
	}
	if value == "" {
		s.t.Fatalf("%s: there is no %s %s in\n%s", s.at, words[1], words[2], s.reply.body)
	}
	s.kept["$"+words[0]] = value
}

// fieldValue gives the value of the first input of that name.
func fieldValue(body, name string) string {
	for _, tag := range regexp.MustCompile(`<input[^>]*>`).FindAllString(body, -1) {
		if strings.Contains(tag, `name="`+name+`"`) || strings.Contains(tag, "name="+name+" ") {
			if m := regexp.MustCompile(`value="?([^"> ]*)`).FindStringSubmatch(tag); m != nil {
				return html.UnescapeString(m[1])
			}
		}
	}
	return ""
}
