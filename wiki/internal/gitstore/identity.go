package gitstore

import (
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/config"
)

// Identity gives the user.name and user.email that git itself would use in dir ("" is no repository): the
// repository's configuration first, then the person's, then the machine's. What is not configured is "".
func Identity(dir string) (name, email string) {
	take := func(c *config.Config, err error) {
		if err != nil {
			return
		}
		if name == "" {
			name = c.User.Name
		}
		if email == "" {
			email = c.User.Email
		}
	}
	if dir != "" {
		for _, file := range []string{filepath.Join(dir, "config"), filepath.Join(dir, ".git", "config")} {
			if f, err := os.Open(file); err == nil {
				take(config.ReadConfig(f))
				f.Close()
			}
		}
	}
	take(config.LoadConfig(config.GlobalScope))
	take(config.LoadConfig(config.SystemScope))
	return name, email
}
