//go:build !unix

package gitstore

import (
	"errors"
	"os"
)

// flock is for systems on which a process's death frees a file and files may be renamed while they are open.
func flock(*os.File, bool) error { return errors.ErrUnsupported }
