package gitstore

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitEnv shuts the host's configuration out, makes commits repeatable, and spares the disk: what the referee writes need
// not survive a power cut.
func gitEnv(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + home,
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=Ann Author", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_AUTHOR_DATE=1700000000 +0100",
		"GIT_COMMITTER_NAME=Cem Committer", "GIT_COMMITTER_EMAIL=cem@example.org", "GIT_COMMITTER_DATE=1700000001 -0330",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsync", "GIT_CONFIG_VALUE_0=none",
		"GIT_TERMINAL_PROMPT=0",
		"LC_ALL=C",
	}
}

// gitRun runs native git, the referee, in dir with stdin, and returns its output.
func gitRun(t testing.TB, dir, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = gitEnv(dir)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// gitLine is gitRun without input and without the final newline of the output.
func gitLine(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return strings.TrimSuffix(gitRun(t, dir, "", args...), "\n")
}

// gitInit makes an empty bare repository with the branch main.
func gitInit(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "x.git")
	gitRun(t, filepath.Dir(dir), "", "init", "-q", "--bare", "-b", "main", dir)
	return dir
}

// mustOpen opens a repository and closes it when the test ends.
func mustOpen(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustID(t testing.TB, hex string) ID {
	t.Helper()
	id, err := ParseID(strings.TrimSpace(hex))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// owaspBundle is a real history, if it is there: a bundle beside the repository's folder.
func owaspBundle(t testing.TB) (path string, ok bool) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
	path = filepath.Join(dir, "..", "shared", "corpora", "owasp-cheatsheets.bundle")
	if _, err := os.Stat(path); err != nil {
		t.Logf("no real history at %s: the generated repositories stand in for it", path)
		return "", false
	}
	return path, true
}

// cloneBundle clones a bundle into a bare repository with one pack.
func cloneBundle(t testing.TB, bundle string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "real.git")
	gitRun(t, filepath.Dir(dir), "", "clone", "-q", "--bare", bundle, dir)
	return dir
}
