package gitstore

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// initialConfig is a bare repository's configuration. Reflogs stay off: the history of a ref is the history of its
// commits, since no save is ever thrown away, and one more file to sync would slow each of them. How often git packs on
// its own accord (gc.auto) is left at git's default.
const initialConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	logAllRefUpdates = false
`

// Init makes an empty bare repository whose HEAD names a branch, such as "main", that has no commit yet. dir is made if it
// is not there, with its parents. A folder that holds anything is refused with an error that is fs.ErrExist, a branch
// name that git would refuse with ErrBadRef. When Init returns, all of it is on disk; when it fails, dir is left empty.
func Init(dir, branch string) (err error) {
	ref := "refs/heads/" + branch
	if !validRefName(ref) || strings.HasPrefix(branch, "-") { // git would take it for an option
		return fmt.Errorf("init %s: branch %q: %w", dir, branch, ErrBadRef)
	}
	if err := checkVacant(dir); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	if err := makeFolders(dir); err != nil {
		return writeError("init", err)
	}
	defer func() {
		if err != nil {
			removeInside(dir)
		}
	}()
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags", "info"} {
		if err := makeFolders(filepath.Join(dir, filepath.FromSlash(sub))); err != nil {
			return writeError("init", err)
		}
	}
	if err := writeDurable(filepath.Join(dir, "config"), []byte(initialConfig)); err != nil {
		return writeError("init", err)
	}
	// HEAD comes last: without it a folder is no repository.
	if err := writeDurable(filepath.Join(dir, "HEAD"), []byte("ref: "+ref+"\n")); err != nil {
		return writeError("init", err)
	}
	if err := syncDir(dir); err != nil {
		return writeError("init", err)
	}
	return nil
}

// checkVacant makes sure that nothing is lost if something is made at dir: it does not exist, or is an empty folder.
func checkVacant(dir string) error {
	names, err := readNames(dir)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%s is not empty: %w", dir, fs.ErrExist)
	}
	return err
}

// removeInside empties a folder as far as it can: it serves after a failure that is reported already.
func removeInside(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		_ = os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}

// writeDurable writes a file that nobody looks at yet and syncs it, but not its folder.
func writeDurable(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
