package gitstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// maxLooseHeader is the longest "<kind> <length>\x00" there can be, in bytes.
const maxLooseHeader = 32

// loosePath is the file of a loose object below an objects folder.
func loosePath(objects string, id ID) string {
	name := id.String()
	return filepath.Join(objects, name[:2], name[2:])
}

// loose is an open loose object whose header has been read. Its content follows in the inflater.
type loose struct {
	kind Kind
	size int64
	in   *inflater
	rest []byte // the first bytes of the content, which came with the header
	buf  [maxLooseHeader]byte
}

// openLoose reads the file of a loose object and its header. A file that is not there is os.ErrNotExist. The file is
// read, not mapped: it is small, and a mapping costs more than the copy.
func openLoose(path string) (*loose, error) {
	compressed, err := readLimited(path, MaxObjectSize)
	if err != nil {
		return nil, err
	}
	o := &loose{in: takeInflater()}
	if err := o.in.startBytes(compressed); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	n, err := io.ReadFull(o.in.zr, o.buf[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // an object shorter than the longest header ends early
		return nil, fmt.Errorf("%s: %w", path, damagedStream(err))
	}
	head, rest, ok := bytes.Cut(o.buf[:n], []byte{0})
	if !ok || !o.parseHeader(head) {
		return nil, fmt.Errorf("%s: not an object: %w", path, ErrDamaged)
	}
	o.rest = rest
	if o.size > MaxObjectSize {
		return nil, fmt.Errorf("%s: %d bytes: %w", path, o.size, ErrTooLarge)
	}
	if o.size > int64(len(compressed))*maxInflation || int64(len(rest)) > o.size {
		return nil, fmt.Errorf("%s: length: %w", path, ErrDamaged)
	}
	return o, nil
}

func (o *loose) parseHeader(head []byte) (ok bool) {
	word, digits, _ := bytes.Cut(head, []byte{' '})
	o.kind = parseKind(word)
	o.size, ok = parseDigits(digits)
	return ok && o.kind != 0
}

// readLoose returns the kind and content of a loose object.
func readLoose(path string) (Kind, []byte, error) {
	o, err := openLoose(path)
	if err != nil {
		return 0, nil, err
	}
	content := make([]byte, o.size)
	n := copy(content, o.rest)
	if err = o.in.fill(content[n:]); err == nil {
		err = o.in.finish()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", path, err)
	}
	o.in.release()
	return o.kind, content, nil
}

// sizeLoose returns the kind and length of a loose object.
func sizeLoose(path string) (Kind, int64, error) {
	o, err := openLoose(path)
	if err != nil {
		return 0, 0, err
	}
	o.in.release()
	return o.kind, o.size, nil
}

// looseIDs returns the loose objects of one objects folder whose first byte is given, in no order.
func looseIDs(objects string, first byte) ([]ID, error) {
	prefix := hex.EncodeToString([]byte{first})
	names, err := readNames(filepath.Join(objects, prefix))
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, name := range names {
		if id, err := parseHexID([]byte(prefix + name)); err == nil { // else a temporary file
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// readNames lists a folder. One that is not there is empty.
func readNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if isMissing(err) {
		return nil, nil // removed while we read it, as git does with empty folders
	}
	return names, err
}

// readLimited reads a whole file of at most limit bytes, else ErrTooLarge.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &os.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %d bytes: %w", path, info.Size(), ErrTooLarge)
	}
	b := make([]byte, info.Size())
	n, err := io.ReadFull(f, b)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it has become shorter; whoever parses it will see
	}
	return b[:n], err
}

// isMissing reports whether err says that nothing has this name: the name does not exist, or part of its path is a file.
func isMissing(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// isNotFound reports whether err says that an object is not here.
func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
