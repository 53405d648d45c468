package gitstore

import (
	"context"
	"fmt"
	"os/exec"
)

// gitTry runs native git where it may fail, or from a goroutine.
func gitTry(dir string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir = dir
	cmd.Env = gitEnv(dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %q: %w\n%s", args, err, out)
	}
	return nil
}
