package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
)

const (
	// maxPointerFile bounds .git files, commondir, HEAD and loose refs: a path or a name, and a newline.
	maxPointerFile = 16 << 10

	// maxConfigFile bounds config, and info/alternates. Both are written by hand or by git and are a few hundred bytes.
	maxConfigFile = 1 << 20

	// maxAlternateDepth is git's own bound on alternates of alternates.
	maxAlternateDepth = 5
)

// findGitDir returns the git folder that dir is or holds, and the folder that it shares with its linked work trees
// (itself, if there are none).
func findGitDir(dir string) (gitDir, common string, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return "", "", err
	}
	candidates := []string{filepath.Join(dir, ".git"), dir}
	for _, c := range candidates {
		if c, err = followGitFile(c); err != nil {
			return "", "", err
		}
		common, err = commonDir(c)
		if err != nil {
			return "", "", err
		}
		if isGitDir(c, common) {
			return c, common, nil
		}
	}
	if _, err := os.Stat(dir); err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrNotRepository, err)
	}
	return "", "", fmt.Errorf("%s: %w", dir, ErrNotRepository)
}

// followGitFile returns the folder that a .git file names, or path itself if it is no such file.
func followGitFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return path, nil //nolint:nilerr // whoever opens the path says what is wrong with it
	}
	text, err := readLimited(path, maxPointerFile)
	if errors.Is(err, ErrTooLarge) {
		return path, nil // some other file
	}
	if err != nil {
		return "", err
	}
	target, ok := bytes.CutPrefix(text, []byte("gitdir: "))
	if !ok {
		return path, nil
	}
	return resolvePath(filepath.Dir(path), string(target)), nil
}

// commonDir follows the commondir file of a linked work tree.
func commonDir(gitDir string) (string, error) {
	text, err := readLimited(filepath.Join(gitDir, "commondir"), maxPointerFile)
	if isMissing(err) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	return resolvePath(gitDir, string(text)), nil
}

// resolvePath reads a path as git stores it: with a newline behind it, relative to a folder unless it is absolute.
func resolvePath(dir, text string) string {
	path := filepath.FromSlash(strings.TrimRight(text, "\r\n"))
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// isGitDir is git's own test: a HEAD, and folders objects and refs.
func isGitDir(gitDir, common string) bool {
	_, err := os.Lstat(filepath.Join(gitDir, "HEAD")) // may be a symbolic link to a branch without commits
	return err == nil && isFolder(filepath.Join(common, "objects")) && isFolder(filepath.Join(common, "refs"))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkFormat refuses repositories whose format this package cannot read, by git's own rule: an extension that is not
// known must not be ignored (gitrepository-layout, "repository format version").
func checkFormat(path string) error {
	text, err := readLimited(path, maxConfigFile)
	if isMissing(err) {
		return nil // version 0
	}
	if err != nil {
		return err
	}
	cfg := config.New()
	if err := config.NewDecoder(bytes.NewReader(formatSections(text))).Decode(cfg); err != nil {
		return fmt.Errorf("config cannot be read: %w: %w", ErrUnsupported, err)
	}
	switch v := cfg.Section("core").Option("repositoryformatversion"); v {
	case "", "0", "1":
	default:
		return fmt.Errorf("repository format version %s: %w", v, ErrUnsupported)
	}
	for _, o := range cfg.Section("extensions").Options {
		if !extensionAllowed(o.Key, o.Value) {
			return fmt.Errorf("extension %s = %s: %w", o.Key, o.Value, ErrUnsupported)
		}
	}
	for _, o := range cfg.Section("remote").Options {
		if saysPartial(o.Key, o.Value) {
			return fmt.Errorf("it is a partial clone, in which objects are missing (git clone --filter): %w", ErrUnsupported)
		}
	}
	return nil
}

// saysPartial reports whether a key of a remote says that objects were left with it. It is by these keys that git knows a
// partial clone: the extension partialclone, the older way, is no longer written.
func saysPartial(key, value string) bool {
	switch strings.ToLower(key) {
	case "partialclonefilter":
		return true
	case "promisor":
		no := []string{"false", "no", "off", "0"}
		return !slices.Contains(no, strings.ToLower(value))
	}
	return false
}

// formatSections keeps the sections of a configuration that say what the format is. go-git's decoder refuses some of what
// git takes ("[old.style]" sections, a key on the line of its section, a byte order mark, names in Latin-1), and no
// repository is to be refused for what a person wrote into another section. Of all remotes, whatever they are called, only
// the keys are kept that say that a clone is partial.
func formatSections(text []byte) []byte {
	var kept bytes.Buffer
	keep, remote := false, false
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\uFEFF"))) {
		line = bytes.TrimSpace(line)
		if head, rest, ok := bytes.Cut(line, []byte{']'}); ok && line[0] == '[' {
			name := strings.ToLower(string(bytes.TrimSpace(head[1:])))
			remote = strings.HasPrefix(name, "remote ") || strings.HasPrefix(name, "remote\t") || strings.HasPrefix(name, "remote.")
			if remote {
				name = "remote"
			}
			keep = remote || name == "core" || name == "extensions"
			if keep {
				kept.WriteString("[" + name + "]\n")
			}
			line = bytes.TrimSpace(rest)
		}
		if keep && (!remote || saysPartial(configKey(line), "")) {
			kept.Write(bytes.ToValidUTF8(line, []byte("?")))
			kept.WriteByte('\n')
		}
	}
	return kept.Bytes()
}

// configKey gives the key of a line of a configuration: letters, digits and hyphens.
func configKey(line []byte) string {
	end := bytes.IndexFunc(line, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(line)
	}
	return string(line[:end])
}

// extensionAllowed knows the extensions that change nothing for a reader and writer of objects and refs.
func extensionAllowed(key, value string) bool {
	switch strings.ToLower(key) {
	case "objectformat":
		return strings.EqualFold(value, "sha1")
	case "refstorage":
		return strings.EqualFold(value, "files")
	case "noop", "noop-v1", "preciousobjects", "worktreeconfig", "relativeworktrees":
		return true
	}
	return false // among them partialclone: objects would be missing
}

// findAlternates returns the objects folders that this repository borrows from, and those that they borrow from. One that
// is not there is logged and left out, as git does.
func (s *Store) findAlternates() []string {
	found := []string{s.objectsDir}
	for depth, from := 0, 0; from < len(found) && depth < maxAlternateDepth; depth++ {
		level := found[from:]
		from = len(found)
		for _, dir := range level {
			for _, alternate := range s.readAlternates(dir) {
				if !slices.Contains(found, alternate) {
					found = append(found, alternate)
				}
			}
		}
	}
	return found[1:]
}

// readAlternates reads one info/alternates: a path on each line, relative to the objects folder, perhaps quoted.
func (s *Store) readAlternates(objects string) (dirs []string) {
	path := filepath.Join(objects, "info", "alternates")
	text, err := readLimited(path, maxConfigFile)
	if err != nil {
		if !isMissing(err) {
			s.log.Warn("cannot read alternates", "file", path, "error", err)
		}
		return nil
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if plain, err := strconv.Unquote(line); err == nil && line[0] == '"' {
			line = plain
		}
		dir := resolvePath(objects, line)
		if !isFolder(dir) {
			s.log.Warn("alternate is not there", "file", path, "alternate", dir)
			continue
		}
		dirs = append(dirs, dir)
	}
	return dirs
}
