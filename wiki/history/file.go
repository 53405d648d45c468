package history

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"coppice/wiki"
)

// formatVersion is raised whenever older files would be read wrongly.
//
//	1: the first format.
const formatVersion = 1

const magic = "coppice history\n"

var (
	errEmpty   = errors.New("the file is new")
	errVersion = errors.New("the file has another format")
	errDamaged = errors.New("the file is damaged")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// The header is the magic, the version (2 bytes) and the root folder (2 bytes of length, then the name). A record is
// its length (4 bytes), its CRC-32C (4 bytes) and the body. Numbers in a body are unsigned varints:
//
//	position (20 bytes)
//	commits: count, then for each: id (20 bytes), seconds since the commit before (zigzag)
//	paths:   count, then for each: bytes it shares with the path before, length of the rest, the rest
//	revisions: count, then for each: commits since the revision before, flags, path, [path before], [blob (20 bytes)]
const (
	flagKind    = 0x07
	flagMerge   = 0x08
	flagDeleted = 0x10 // no blob follows

	recordHead = 8
)

func writeHeader(w io.Writer, root string) error {
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint16(b, formatVersion)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(root)))
	b = append(b, root...)
	_, err := w.Write(b)
	return err
}

// appendRecord writes one record at the end of the file. base is the number of add's first commit.
func appendRecord(file *os.File, add *data, base int32) error {
	body := encode(add, base)
	record := make([]byte, recordHead, recordHead+len(body))
	binary.LittleEndian.PutUint32(record, uint32(len(body)))
	binary.LittleEndian.PutUint32(record[4:], crc32.Checksum(body, castagnoli))
	at, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := file.Write(append(record, body...)); err != nil {
		return errors.Join(err, file.Truncate(at))
	}
	return nil
}

func encode(d *data, base int32) []byte {
	b := append([]byte{}, d.position[:]...)
	b = binary.AppendUvarint(b, uint64(len(d.commits)))
	var last int64
	for _, c := range d.commits {
		b = append(b, c.id[:]...)
		b = binary.AppendVarint(b, c.time-last)
		last = c.time
	}
	b = binary.AppendUvarint(b, uint64(len(d.paths)))
	before := ""
	for _, p := range d.paths {
		n := 0
		for n < len(p) && n < len(before) && p[n] == before[n] {
			n++
		}
		b = binary.AppendUvarint(b, uint64(n))
		b = binary.AppendUvarint(b, uint64(len(p)-n))
		b = append(b, p[n:]...)
		before = p
	}
	b = binary.AppendUvarint(b, uint64(len(d.revs)))
	at := base
	for _, r := range d.revs {
		b = binary.AppendUvarint(b, uint64(r.commit-at))
		at = r.commit
		flags := byte(r.kind)
		if r.merge {
			flags |= flagMerge
		}
		if r.blob.IsZero() {
			flags |= flagDeleted
		}
		b = append(b, flags)
		b = binary.AppendUvarint(b, uint64(r.path))
		if r.kind == wiki.Renamed {
			b = binary.AppendUvarint(b, uint64(r.from))
		}
		if !r.blob.IsZero() {
			b = append(b, r.blob[:]...)
		}
	}
	return b
}

// readLog reads the whole file. A torn last record is cut off the file; anything else that is wrong is an error.
func readLog(file *os.File) (root string, d *data, err error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return "", nil, err
	}
	root, at, err := readHeader(raw)
	if err != nil {
		return "", nil, err
	}
	d = &data{}
	for at < len(raw) {
		body, size := cutRecord(raw[at:])
		if body == nil {
			break
		}
		add, err := decode(body, d)
		if err != nil {
			return "", nil, err
		}
		d = d.grown(add)
		at += size
	}
	if d.position.IsZero() {
		return "", nil, errDamaged
	}
	if at < len(raw) {
		err = file.Truncate(int64(at))
	}
	return root, d, err
}

// readHeader gives the root folder and where the first record begins.
func readHeader(raw []byte) (root string, at int, err error) {
	if len(raw) == 0 {
		return "", 0, errEmpty
	}
	at = len(magic) + 4
	if len(raw) < at || !bytes.HasPrefix(raw, []byte(magic)) {
		return "", 0, errDamaged
	}
	if v := binary.LittleEndian.Uint16(raw[len(magic):]); v != formatVersion {
		return "", 0, fmt.Errorf("%w: version %d, and %d is wanted", errVersion, v, formatVersion)
	}
	n := int(binary.LittleEndian.Uint16(raw[len(magic)+2:]))
	if len(raw) < at+n {
		return "", 0, errDamaged
	}
	return string(raw[at : at+n]), at + n, nil
}

// cutRecord gives the body of the record that raw begins with and the record's size, or nil when it is torn.
func cutRecord(raw []byte) ([]byte, int) {
	if len(raw) < recordHead {
		return nil, 0
	}
	n := int64(binary.LittleEndian.Uint32(raw))
	if n > int64(len(raw)-recordHead) {
		return nil, 0
	}
	body := raw[recordHead : recordHead+n]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(raw[4:]) {
		return nil, 0
	}
	return body, recordHead + int(n)
}

// decode reads one body; the numbers in it go on from those of d.
func decode(body []byte, d *data) (*data, error) {
	r := reader{b: body}
	add := &data{}
	r.id(&add.position)
	var last int64
	add.commits = make([]commit, r.count(21))
	for i := range add.commits {
		c := &add.commits[i]
		r.id(&c.id)
		last += r.varint()
		c.time = last
	}
	before := ""
	add.paths = make([]string, r.count(2))
	for i := range add.paths {
		shared := min(r.uvarint(), uint64(len(before)))
		before = before[:shared] + string(r.take(r.uvarint()))
		add.paths[i] = before
	}
	at := uint64(len(d.commits))
	commits, paths := at+uint64(len(add.commits)), uint64(len(d.paths)+len(add.paths))
	add.revs = make([]rev, r.count(3))
	for i := range add.revs {
		at += r.uvarint()
		flags := r.byte()
		v := rev{commit: int32(at), kind: wiki.ChangeKind(flags & flagKind), merge: flags&flagMerge != 0, from: -1}
		path, from := r.uvarint(), uint64(0)
		if v.kind == wiki.Renamed {
			from = r.uvarint()
			v.from = int32(from)
		}
		v.path = int32(path)
		if flags&flagDeleted == 0 {
			r.id(&v.blob)
		}
		if r.short || at >= commits || path >= paths || from >= paths || v.kind < wiki.Added || v.kind > wiki.Deleted {
			return nil, errDamaged
		}
		add.revs[i] = v
	}
	if r.short || len(r.b) > 0 {
		return nil, errDamaged
	}
	return add, nil
}

// reader takes a body apart. After a read beyond the end, short is set and everything reads as zero.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) id(id *wiki.ID) { copy(id[:], r.take(uint64(len(id)))) }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many things of at least size bytes follow; more than there is room for is none.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/size) {
		r.short, r.b = true, nil
		return 0
	}
	return int(n)
}
