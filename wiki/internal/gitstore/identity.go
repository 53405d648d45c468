package gitstore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/config"
)

// Identity gives the user.name and user.email that git itself would use in dir ("" is no repository): the
// repository's configuration first, then the person's, then the machine's. What is not configured is "".
func Identity(dir string) (name, email string) {
	for _, file := range configFiles(dir) {
		f, err := os.Open(file)
		if err != nil {
			continue
		}
		c, err := config.ReadConfig(f)
		f.Close()
		if err != nil {
			continue
		}
		if name == "" {
			name = c.User.Name
		}
		if email == "" {
			email = c.User.Email
		}
	}
	return name, email
}

// configFiles lists the files that git reads, the strongest first, as git-config(1) says under FILES. go-git's scopes
// are not used: they know nothing of the variables by which a person names other files, or none.
func configFiles(dir string) []string {
	var files []string
	if dir != "" {
		files = append(files, filepath.Join(dir, "config"), filepath.Join(dir, ".git", "config"))
	}
	home, err := os.UserHomeDir()
	if file, given := os.LookupEnv("GIT_CONFIG_GLOBAL"); given {
		files = append(files, file)
	} else {
		xdg := os.Getenv("XDG_CONFIG_HOME")
		if xdg == "" && err == nil {
			xdg = filepath.Join(home, ".config")
		}
		if err == nil {
			files = append(files, filepath.Join(home, ".gitconfig"))
		}
		files = append(files, filepath.Join(xdg, "git", "config"))
	}
	if off := strings.ToLower(os.Getenv("GIT_CONFIG_NOSYSTEM")); !slices.Contains([]string{"", "0", "false", "no", "off"}, off) {
		return files
	}
	if file := os.Getenv("GIT_CONFIG_SYSTEM"); file != "" {
		return append(files, file)
	}
	return append(files, "/etc/gitconfig")
}
