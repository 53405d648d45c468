package gitstore

import (
	"os"
	"path/filepath"
	"testing"
)

// TestIdentity: the files that git would read, in its order, and none that a person has shut out.
func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	file := func(name, user, mail string) string {
		name = filepath.Join(dir, name)
		text := "[user]\n"
		if user != "" {
			text += "\tname = " + user + "\n"
		}
		if mail != "" {
			text += "\temail = " + mail + "\n"
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	file("home/.gitconfig", "Home", "")
	file("xdg/git/config", "Desktop", "desktop@example.org")
	file("bare/config", "Bare", "bare@example.org")
	file("tree/.git/config", "Tree", "")
	given := file("given", "Given", "given@example.org")
	system := file("system", "System", "system@example.org")
	for _, c := range []struct {
		about       string
		env         map[string]string
		dir         string
		name, email string
	}{
		{"each value from the strongest file that has it", nil, "", "Home", "desktop@example.org"},
		{"the repository comes first", nil, "bare", "Bare", "bare@example.org"},
		{"and that of a work tree", nil, "tree", "Tree", "desktop@example.org"},
		{"a file that is named", map[string]string{"GIT_CONFIG_GLOBAL": given}, "", "Given", "given@example.org"},
		{"the machine's comes last", map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull}, "", "System", "system@example.org"},
		{"all shut out", map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1"}, "", "", ""},
		{"0 shuts nothing out", map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "0"}, "", "System", "system@example.org"},
	} {
		t.Run(c.about, func(t *testing.T) {
			for _, name := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"} {
				t.Setenv(name, "") // so that it is put back
				os.Unsetenv(name)
			}
			t.Setenv("HOME", filepath.Join(dir, "home"))
			t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "xdg"))
			t.Setenv("GIT_CONFIG_SYSTEM", system)
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			where := ""
			if c.dir != "" {
				where = filepath.Join(dir, c.dir)
			}
			if name, email := Identity(where); name != c.name || email != c.email {
				t.Errorf("Identity is %q <%s>, want %q <%s>", name, email, c.name, c.email)
			}
		})
	}
}
