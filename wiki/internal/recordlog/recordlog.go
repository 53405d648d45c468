// Package recordlog keeps derived data in one file that only grows: a header, then records with length and checksum.
//
// A record is what one step added, with the position after it, so data and position are one write. A record that was
// torn by a crash is cut off when the file is opened: that costs one step and no truth. The file is never synced, for
// everything in it can be derived again.
//
//	log, bodies, err := recordlog.Open(name, format)   // err says why there is nothing to go on from
//	err = log.Append(body)
//	err = log.Replace(scope, body)                      // a whole new file with one record
//
// Bodies are written with encoding/binary's Append functions and read with a Reader.
package recordlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"unsafe"
)

// Format tells files of one kind and version from all others. Version is raised when older files would be read wrongly.
type Format struct {
	Magic   string
	Version uint16
}

// Why a file gives nothing to go on from.
var (
	ErrNew     = errors.New("there is none yet")
	ErrVersion = errors.New("the file has another format")
	ErrDamaged = errors.New("the file is damaged")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const recordHead = 8 // length and CRC-32C of the body, 4 bytes each, little endian

// Log is an open file. It is not safe for several goroutines.
type Log struct {
	name   string
	format Format
	scope  string
	file   *os.File
	size   int64
}

// Open reads a file whole and gives its records. The scope is what Replace was last told. When there is nothing to go
// on from, reason is one of the errors above and the log is ready for Replace; err is for a file that cannot be opened.
func Open(name string, f Format) (log *Log, records [][]byte, reason, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return nil, nil, nil, err
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, nil, nil, err
	}
	log = &Log{name: name, format: f, file: file}
	raw, err := readWhole(file)
	if err != nil {
		return nil, nil, nil, errors.Join(err, file.Close())
	}
	at, reason := log.readHeader(raw)
	if reason != nil {
		return log, nil, reason, nil
	}
	for at < len(raw) {
		body := cut(raw[at:])
		if body == nil {
			break
		}
		records = append(records, body)
		at += recordHead + len(body)
	}
	if len(records) == 0 {
		return log, nil, ErrDamaged, nil
	}
	log.size = int64(at)
	if at < len(raw) {
		if err := file.Truncate(log.size); err != nil {
			return nil, nil, nil, errors.Join(err, file.Close())
		}
	}
	return log, records, nil, nil
}

// readWhole reads a file into just the room that it needs: a start waits for it, and parts of it stay (Reader.String).
func readWhole(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	raw := make([]byte, info.Size())
	_, err = io.ReadFull(file, raw)
	return raw, err
}

// header is the magic, the version (2 bytes) and the scope (2 bytes of length, then the text).
func (l *Log) header(scope string) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(l.format.Magic), l.format.Version)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(scope)))
	return append(b, scope...)
}

// readHeader gives where the first record begins.
func (l *Log) readHeader(raw []byte) (int, error) {
	magic := len(l.format.Magic)
	switch {
	case len(raw) == 0:
		return 0, ErrNew
	case len(raw) < magic+4 || !bytes.HasPrefix(raw, []byte(l.format.Magic)):
		return 0, ErrDamaged
	}
	if v := binary.LittleEndian.Uint16(raw[magic:]); v != l.format.Version {
		return 0, fmt.Errorf("%w: version %d, and %d is wanted", ErrVersion, v, l.format.Version)
	}
	end := magic + 4 + int(binary.LittleEndian.Uint16(raw[magic+2:]))
	if len(raw) < end {
		return 0, ErrDamaged
	}
	l.scope = string(raw[magic+4 : end])
	return end, nil
}

// cut gives the body of the record that raw begins with, or nil when it is torn.
func cut(raw []byte) []byte {
	if len(raw) < recordHead {
		return nil
	}
	n := int64(binary.LittleEndian.Uint32(raw))
	if n > int64(len(raw)-recordHead) {
		return nil
	}
	body := raw[recordHead : recordHead+n]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(raw[4:]) {
		return nil
	}
	return body
}

func record(body []byte) []byte {
	r := make([]byte, recordHead, recordHead+len(body))
	binary.LittleEndian.PutUint32(r, uint32(len(body)))
	binary.LittleEndian.PutUint32(r[4:], crc32.Checksum(body, castagnoli))
	return append(r, body...)
}

// Scope says what the data is about, as Replace was told.
func (l *Log) Scope() string { return l.scope }

// Size is the length of the file in bytes.
func (l *Log) Size() int64 { return l.size }

// Append adds a record. After an error the file is as it was.
func (l *Log) Append(body []byte) error {
	r := record(body)
	if _, err := l.file.WriteAt(r, l.size); err != nil {
		return errors.Join(err, l.file.Truncate(l.size))
	}
	l.size += int64(len(r))
	return nil
}

// Replace writes a new file with one record beside the old one and puts it in its place.
func (l *Log) Replace(scope string, body []byte) error {
	file, err := os.CreateTemp(filepath.Dir(l.name), filepath.Base(l.name)+"-*.tmp")
	if err != nil {
		return err
	}
	data := append(l.header(scope), record(body)...)
	_, err = file.Write(data)
	if err == nil {
		err = os.Rename(file.Name(), l.name)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	err = l.file.Close()
	l.file, l.scope, l.size = file, scope, int64(len(data))
	return err
}

// Close releases the file.
func (l *Log) Close() error { return l.file.Close() }

// Reader takes a body apart. After a read beyond the end, Short is set and everything reads as zero.
type Reader struct {
	Rest  []byte
	Short bool
}

func (r *Reader) fail() {
	r.Short, r.Rest = true, nil
}

// Take gives the next n bytes, which are part of the body.
func (r *Reader) Take(n uint64) []byte {
	if n > uint64(len(r.Rest)) {
		r.fail()
		return nil
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

// Byte gives the next byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

// Copy fills dst with the next bytes.
func (r *Reader) Copy(dst []byte) { copy(dst, r.Take(uint64(len(dst)))) }

// Uvarint gives the next unsigned number.
func (r *Reader) Uvarint() uint64 {
	v, n := binary.Uvarint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Varint gives the next signed number.
func (r *Reader) Varint() int64 {
	v, n := binary.Varint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// String gives the next text, which AppendString wrote. Like Take's, its bytes are part of the body: thousands of texts
// are then no allocations of their own, and whoever keeps one keeps the body.
func (r *Reader) String() string {
	b := r.Take(r.Uvarint())
	return unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to a body that was read
}

// Count gives how many things of at least size bytes follow; more than there is room for is none, and Short.
func (r *Reader) Count(size int) int {
	n := r.Uvarint()
	if n > uint64(len(r.Rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// Done reports whether the body was read to its end and not beyond.
func (r *Reader) Done() bool { return !r.Short && len(r.Rest) == 0 }

// AppendString writes a text's length and the text.
func AppendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}
