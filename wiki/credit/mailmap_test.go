package credit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailmap reads lines of all kinds as git does.
func TestMailmap(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q")
	lines := strings.Join([]string{
		"# a comment <jane@new.example>",
		"<jane@new.example> <jane@old.example>",
		"Jane Doe <jane@old.example>",
		"  Jim Beam <jim@new.example>   <jim@old.example>   # behind it",
		"C# Dev2 <cs@x.example>",
		"Robert <bob@a.example> Bobby <BOB@a.example>",
		"Bob Smith <bob@b.example> bob <bob@a.example>",
		"Al Bundy <al@x.example",
		"X Y <x@y.example> # <not@closed",
		"Nobody <>",
		"Empty <empty@x.example> <>",
		"nothing at all",
		"  # Indented <in@x.example>",
		"A <a@x.example> <b",
		"",
	}, "\n")
	idents := []ident{
		{"Jane D", "jane@old.example"}, {"Jane D", "JANE@old.example"}, {"Jim", "jim@old.example"}, {"C# Dev", "cs@x.example"}, {"C#", "CS@x.example"},
		{"Bob", "bob@a.example"}, {"Bobby", "bob@a.example"}, {"Bo", "bob@a.example"}, {"Al", "al@x.example"}, {"X", "x@y.example"}, {"No", ""},
		{"In", "in@x.example"}, {"Z", "a@x.example"}, {"Z", "b"}, {"Other", "other@x.example"},
	}
	for name, text := range map[string]string{"lf": lines, "crlf": strings.ReplaceAll(lines, "\n", "\r\n")} {
		if err := os.WriteFile(filepath.Join(dir, ".mailmap"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		m, problems := readMailmap([]byte(text))
		for _, id := range idents {
			got := m.resolve(id)
			if want := run("check-mailmap", fmt.Sprintf("%s <%s>", id.name, id.mail)); fmt.Sprintf("%s <%s>", got.name, got.mail) != want {
				t.Errorf("%s: %v is %v, and for git %s", name, id, got, want)
			}
		}
		var bad []int
		for _, p := range problems {
			bad = append(bad, p.Line)
		}
		if got := fmt.Sprint(bad); got != "[8 9 10 12 14]" {
			t.Errorf("%s: the lines that cannot be read are %s: %+v", name, got, problems)
		}
	}
}
