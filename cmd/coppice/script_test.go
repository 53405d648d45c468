package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"coppice": main})
}

// TestScripts runs testdata/script/*.txtar: shell-like scripts, then files for them, each in an empty folder of its
// own. Besides testscript's own commands (exec, stdout, stderr, grep, exists, cp, rm, ...) there are
//
//	coppice ARG...                     the program under test; "! coppice" must fail
//	exits CODE coppice ARG...          it must end with that exit code
//	git ARG...                         native git, with the host's configuration shut out
//	start NAME ARG...                  coppice serve ARG... in the background; waits until it serves, sets $NAME to
//	                                   its address (http://127.0.0.1:PORT) and $NAME_PORT to the port
//	stop NAME                          ends it with SIGTERM; it must end with code 0, and stdout is what it printed
//	http METHOD URL [k=v...] STATUS [TEXT...]
//	                                   sends a request, as a form when fields are given; the answer must have that
//	                                   status, and each text in its body, which is kept in the file "body"
//	ready URL                          waits until all indexes of the server reflect the newest commit
//	flip FILE                          turns one bit in the middle of a file; FILE may be a pattern
//	cut FILE                           cuts a file in half
//	pages FOLDER COUNT                 writes that many pages, 1.md and so on, which all hold the word "lantern"
//	capture NAME WORD                  sets $NAME to that word (1, 2, ...) of the last output's first line
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Deadline: time.Now().Add(2 * patience), // a command that should have been refused may serve for ever
		Dir:      "testdata/script",
		Setup:    setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "git": git, "start": startServe, "stop": stopServe, "http": request, "ready": ready,
			"flip": flip, "cut": cut, "capture": capture, "pages": pages,
		},
		RequireUniqueNames: true,
	})
}

// setUp shuts out what the host has: its git configuration, its home, its settings of coppice.
func setUp(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.Mkdir(home, 0o777); err != nil {
		return err
	}
	env.Setenv("HOME", home)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		env.Setenv("GIT_"+who+"_NAME", "Git Hand")
		env.Setenv("GIT_"+who+"_EMAIL", "hand@example.org")
	}
	env.Vars = slices.DeleteFunc(env.Vars, func(v string) bool { return strings.HasPrefix(v, "COPPICE_") })
	running := &servers{byName: map[string]*background{}}
	env.Values[serversKey{}] = running
	env.Defer(running.killAll)
	return nil
}

// exits runs a command and compares its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func git(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("git", args...)
	if neg == (err == nil) {
		ts.Fatalf("git: %v", err)
	}
}

// servers are what a script has started. The key finds them in its environment.
type (
	serversKey struct{}
	servers    struct {
		mu     sync.Mutex
		byName map[string]*background
	}
	background struct {
		cmd   *exec.Cmd
		out   lockedBuffer
		ended chan struct{} // closed when the process is gone
		err   error         // of Wait; to be read when ended is closed
	}
)

// lockedBuffer is written by a process while a test reads it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (s *servers) killAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.byName {
		_ = b.cmd.Process.Kill() // it may be gone
		<-b.ended
	}
}

func startServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: start NAME ARG...")
	}
	name := args[0]
	b := &background{ended: make(chan struct{})}
	b.cmd = exec.Command("coppice", append([]string{"serve"}, args[1:]...)...)
	path, err := exec.LookPath("coppice")
	ts.Check(err)
	b.cmd.Path, b.cmd.Err = path, nil
	b.cmd.Dir = ts.Getenv("WORK")
	b.cmd.Env = environment(ts)
	b.cmd.Stderr = &b.out
	stdout, err := b.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(b.cmd.Start())
	all := ts.Value(serversKey{}).(*servers)
	all.mu.Lock()
	all.byName[name] = b
	all.mu.Unlock()

	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(io.TeeReader(stdout, &b.out)); lines.Scan(); {
			if a, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
				address <- a
			}
		}
		b.err = b.cmd.Wait()
		close(b.ended)
	}()
	select {
	case a := <-address:
		ts.Setenv(name, a)
		ts.Setenv(name+"_PORT", a[strings.LastIndexByte(a, ':')+1:])
	case <-b.ended:
		ts.Fatalf("the server ended: %v\n%s", b.err, b.out.String())
	case <-time.After(patience):
		ts.Fatalf("the server does not serve:\n%s", b.out.String())
	}
}

// environment is the script's, for a process that testscript does not start itself.
func environment(ts *testscript.TestScript) []string {
	vars := []string{}
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL", "GOCOVERDIR",
		"COPPICE_DATA", "COPPICE_REPO", "COPPICE_ROOT", "COPPICE_BRANCH", "COPPICE_LISTEN", "COPPICE_AUTHOR",
		"COPPICE_NAME", "COPPICE_BASE_URL", "COPPICE_READ_ONLY", "COPPICE_LOG_LEVEL",
	} {
		if value := ts.Getenv(name); value != "" {
			vars = append(vars, name+"="+value)
		}
	}
	return vars
}

func stopServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stop NAME")
	}
	all := ts.Value(serversKey{}).(*servers)
	all.mu.Lock()
	b := all.byName[args[0]]
	all.mu.Unlock()
	if b == nil {
		ts.Fatalf("there is no server %s", args[0])
	}
	ts.Check(b.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-b.ended:
	case <-time.After(patience):
		ts.Fatalf("the server does not stop:\n%s", b.out.String())
	}
	if b.err != nil {
		ts.Fatalf("the server ended with %v\n%s", b.err, b.out.String())
	}
	fmt.Fprint(ts.Stdout(), b.out.String())
}

// client follows no redirect, so that a script can expect one.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: http METHOD URL [field=value...] STATUS [TEXT...]")
	}
	method, address, rest := args[0], args[1], args[2:]
	form := url.Values{}
	for len(rest) > 0 && strings.Contains(rest[0], "=") {
		k, v, _ := strings.Cut(rest[0], "=")
		form.Add(k, strings.ReplaceAll(v, `\n`, "\n"))
		rest = rest[1:]
	}
	if len(rest) == 0 {
		ts.Fatalf("http: no status is expected")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	ts.Check(err)
	if len(form) > 0 {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o666))
	if got := strconv.Itoa(resp.StatusCode); got != rest[0] {
		ts.Fatalf("status %s, want %s\n%.600s", got, rest[0], body)
	}
	for _, text := range rest[1:] {
		if !bytes.Contains(body, []byte(text)) {
			ts.Fatalf("%q is not in\n%s", text, body)
		}
	}
}

// ready asks again and again: a server says when it is ready, and calls nobody.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0]+"/readyz", nil)
		ts.Check(err)
		resp, err := client.Do(req)
		ts.Check(err)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("the indexes are still behind")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// change rewrites every file that a pattern fits. Git's objects are read-only, hence the chmod.
func change(ts *testscript.TestScript, args []string, to func([]byte) []byte) {
	if len(args) != 1 {
		ts.Fatalf("one file or pattern is wanted")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("%s fits no file", args[0])
	}
	for _, name := range found {
		data, err := os.ReadFile(name)
		ts.Check(err)
		ts.Check(os.Chmod(name, 0o600))
		ts.Check(os.WriteFile(name, to(data), 0o600))
	}
}

func flip(ts *testscript.TestScript, neg bool, args []string) {
	change(ts, args, func(data []byte) []byte {
		data[len(data)/2] ^= 4
		return data
	})
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	change(ts, args, func(data []byte) []byte { return data[:len(data)/2] })
}

func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME WORD")
	}
	line, _, _ := strings.Cut(ts.ReadFile("stdout"), "\n")
	words := strings.Fields(line)
	no, err := strconv.Atoi(args[1])
	ts.Check(err)
	if no < 1 || no > len(words) {
		ts.Fatalf("there is no word %d in %q", no, line)
	}
	ts.Setenv(args[0], words[no-1])
}

func pages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pages FOLDER COUNT")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	for no := range count {
		text := fmt.Sprintf("# Page %d\n\nA lantern hangs here.\n", no+1)
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), fmt.Sprint(no+1, ".md")), []byte(text), 0o666))
	}
}
