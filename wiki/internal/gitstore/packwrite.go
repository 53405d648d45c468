package gitstore

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/zlib"
)

// Levels of zlib. What is written in haste can be told from the rest by the FLEVEL bits of its stream (RFC 1950): a fold
// deflates it anew, in the background.
const (
	// hastyLevel is for what somebody waits for: Huffman codes alone take a third of the time of level 1, and half as
	// much space again.
	hastyLevel = zlib.HuffmanOnly

	// treeLevel is for trees that somebody waits for. The names of objects, which no level makes smaller, are half of them.
	treeLevel = zlib.NoCompression

	// packLevel is for everything else, and is git's own default.
	packLevel = 6
)

const (
	// packBuffer is the size of the writer in front of a pack file, in bytes: an ordinary save is one write call.
	packBuffer = 64 << 10

	// packMode is what git gives its packs: nobody is to write to them.
	packMode = 0o444
)

// isHasty reports whether a zlib stream was written at the fastest level, by its FLEVEL bits (RFC 1950, 2.2).
func isHasty(stream []byte) bool { return len(stream) > 1 && stream[1]>>6 == 0 }

// These keep compressors: a fresh one costs hundreds of kilobytes, a page is a few.
var (
	packDeflaters  = newDeflaters(packLevel)
	hastyDeflaters = newDeflaters(hastyLevel)
	treeDeflaters  = newDeflaters(treeLevel)
)

func newDeflaters(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, err := zlib.NewWriterLevel(io.Discard, level)
		if err != nil {
			panic(err) // only for a level that does not exist
		}
		return z
	}}
}

// packRecord is what an index says of one object.
type packRecord struct {
	id  ID
	crc uint32 // CRC-32 of header and stream as they stand in the pack
	off int64
}

// packWriter writes one pack in the format of Documentation/gitformat-pack, entry after entry. The number of entries is
// promised at the start. The first error sticks and is returned by finish, so that callers check once.
type packWriter struct {
	w       *bufio.Writer
	sum     hash.Hash // of everything written
	off     int64     // length so far
	crc     uint32    // of the entry that is being written
	records []packRecord
	promise int
	hasty   bool // somebody waits: entries are deflated fast, and not small
	head    [maxEntryHeader]byte
	err     error
}

func newPackWriter(w io.Writer, count int) *packWriter {
	pw := &packWriter{w: bufio.NewWriterSize(w, packBuffer), sum: sha1.New(), promise: count}
	pw.records = make([]packRecord, 0, min(count, 1<<20))
	var h [packHeaderSize]byte
	copy(h[:], "PACK")
	binary.BigEndian.PutUint32(h[4:], 2)
	binary.BigEndian.PutUint32(h[8:], uint32(count))
	pw.put(h[:])
	return pw
}

// put appends bytes to the pack and its sums.
func (pw *packWriter) put(b []byte) {
	if pw.err != nil {
		return
	}
	pw.sum.Write(b)
	pw.crc = crc32.Update(pw.crc, crc32.IEEETable, b)
	pw.off += int64(len(b))
	_, pw.err = pw.w.Write(b)
}

// Write is put for the compressor.
func (pw *packWriter) Write(b []byte) (int, error) {
	pw.put(b)
	return len(b), pw.err
}

// add writes an object whole and returns where its entry starts.
func (pw *packWriter) add(kind Kind, id ID, data []byte) int64 {
	off := pw.begin()
	pw.put(appendEntryHeader(pw.head[:0], kind, int64(len(data))))
	pw.deflate(pw.deflaters(kind), data)
	pw.end(id, off)
	return off
}

// addDelta writes an object as a delta against the entry at base, which must be in this pack already.
func (pw *packWriter) addDelta(id ID, base int64, delta []byte) int64 {
	off := pw.begin()
	h := appendEntryHeader(pw.head[:0], ofsDelta, int64(len(delta)))
	pw.put(appendDistance(h, off-base))
	pw.deflate(pw.deflaters(ofsDelta), delta)
	pw.end(id, off)
	return off
}

// addStream writes an entry whose zlib stream is there already. size is that of the inflated content or delta; base
// is where the base of a delta starts in this pack, and is not looked at for another kind.
func (pw *packWriter) addStream(kind Kind, id ID, size, base int64, stream []byte) int64 {
	off := pw.begin()
	h := appendEntryHeader(pw.head[:0], kind, size)
	if kind == ofsDelta {
		h = appendDistance(h, off-base)
	}
	pw.put(h)
	pw.put(stream)
	pw.end(id, off)
	return off
}

func (pw *packWriter) begin() int64 {
	pw.crc = 0
	return pw.off
}

func (pw *packWriter) end(id ID, off int64) {
	pw.records = append(pw.records, packRecord{id: id, crc: pw.crc, off: off})
}

// deflaters gives the compressors for an entry.
func (pw *packWriter) deflaters(kind Kind) *sync.Pool {
	switch {
	case !pw.hasty:
		return packDeflaters
	case kind == Tree:
		return treeDeflaters
	default:
		return hastyDeflaters
	}
}

func (pw *packWriter) deflate(deflaters *sync.Pool, data []byte) {
	z := deflaters.Get().(*zlib.Writer)
	z.Reset(pw)
	_, err := z.Write(data)
	if e := z.Close(); err == nil {
		err = e
	}
	if pw.err == nil {
		pw.err = err
	}
	z.Reset(io.Discard) // or the pool would keep the pack's buffers
	deflaters.Put(z)
}

// finish writes the trailer and returns it. Nothing may be added afterwards.
func (pw *packWriter) finish() (ID, error) {
	if pw.err == nil && len(pw.records) != pw.promise {
		pw.err = fmt.Errorf("gitstore: %d entries in a pack of %d", len(pw.records), pw.promise)
	}
	if pw.err != nil {
		return ID{}, pw.err
	}
	var sum ID
	pw.sum.Sum(sum[:0])
	if _, err := pw.w.Write(sum[:]); err != nil {
		return ID{}, err
	}
	pw.off += packTrailerSize
	return sum, pw.w.Flush()
}

// appendEntryHeader appends an entry's kind and size: four bits of size in the first byte, then seven a byte.
func appendEntryHeader(b []byte, kind Kind, size int64) []byte {
	c := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		b = append(b, c|0x80)
		c = byte(size & 0x7f)
	}
	return append(b, c)
}

// appendDistance appends how far back a delta's base starts: seven bits a byte, the highest first, and one added at each
// continuation so that no distance has two spellings.
func appendDistance(b []byte, n int64) []byte {
	var digits [10]byte
	i := len(digits) - 1
	digits[i] = byte(n & 0x7f)
	for n >>= 7; n > 0; n >>= 7 {
		n--
		i--
		digits[i] = 0x80 | byte(n&0x7f)
	}
	return append(b, digits[i:]...)
}

// largeOffset is the first offset that the four-byte table of an index cannot hold.
const largeOffset = 1 << 31

// encodeIndex returns the index, version 2, of a pack with this trailer. It sorts records by name.
func encodeIndex(records []packRecord, packSum ID) []byte {
	slices.SortFunc(records, func(a, b packRecord) int { return bytes.Compare(a.id[:], b.id[:]) })
	n := len(records)
	b := make([]byte, 0, 8+256*4+n*(sha1.Size+4+4)+2*sha1.Size)
	b = append(b, 0xff, 't', 'O', 'c', 0, 0, 0, 2)
	b = appendFanout(b, records)
	for i := range records {
		b = append(b, records[i].id[:]...)
	}
	for i := range records {
		b = binary.BigEndian.AppendUint32(b, records[i].crc)
	}
	var large []int64
	for i := range records {
		off := records[i].off
		if off >= largeOffset {
			large = append(large, off)
			off = largeOffset | int64(len(large)-1)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(off))
	}
	for _, off := range large {
		b = binary.BigEndian.AppendUint64(b, uint64(off))
	}
	b = append(b, packSum[:]...)
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

// appendFanout appends, for each first byte, how many names begin with it or a lower one.
func appendFanout(b []byte, sorted []packRecord) []byte {
	n := 0
	for first := range 256 {
		for n < len(sorted) && int(sorted[n].id[0]) <= first {
			n++
		}
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// stagedPack is a pack under temporary names in objects/pack. It ends with publish or discard; discard after publish does
// nothing. The process holds an flock on each file, so that the next start can tell what a crash has left; git prune
// knows the names too.
type stagedPack struct {
	*packWriter // nil if the pack's bytes come from elsewhere
	dir         string
	packTemp    *os.File
	idxTemp     *os.File
	done        bool
}

// tempCount makes the temporary names of this process distinct.
var tempCount atomic.Uint64

// stagePack begins a pack of count entries in the store's own object folder.
func (s *Store) stagePack(count int) (*stagedPack, error) {
	p, err := stageFiles(s.packFolder())
	if err != nil {
		return nil, err
	}
	p.start(count)
	return p, nil
}

// start makes the writer of a pack of count entries.
func (p *stagedPack) start(count int) { p.packWriter = newPackWriter(p.packTemp, count) }

func (s *Store) packFolder() string { return filepath.Join(s.objectsDir, "pack") }

// stageFiles makes the temporary files in a folder of packs.
func stageFiles(dir string) (*stagedPack, error) {
	p := &stagedPack{dir: dir}
	var err error
	if p.packTemp, err = createTemp(dir, "tmp_pack_", packMode); errors.Is(err, fs.ErrNotExist) {
		// The folder of packs may be missing from a repository that was copied without its empty folders.
		if err = makeFolders(dir); err == nil {
			p.packTemp, err = createTemp(dir, "tmp_pack_", packMode)
		}
	}
	if err != nil {
		return nil, writeError("start a pack", err)
	}
	if p.idxTemp, err = createTemp(dir, "tmp_idx_", packMode); err != nil {
		p.discard()
		return nil, writeError("start a pack", err)
	}
	// Where there is no flock, only their age can condemn them.
	_, _ = flock(p.packTemp, true), flock(p.idxTemp, true)
	return p, nil
}

// createTemp makes a new file whose name no other process takes: prefix, process, count, time. git's own temporary
// names have no underscore behind their prefix.
func createTemp(dir, prefix string, mode os.FileMode) (*os.File, error) {
	for {
		name := prefix + strconv.Itoa(os.Getpid()) + "_" + strconv.FormatUint(tempCount.Add(1), 36) +
			"_" + strconv.FormatInt(time.Now().UnixNano(), 36)
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// publish makes the pack that the writer wrote durable and visible, and returns its path without ".pack".
func (p *stagedPack) publish() (base string, err error) {
	sum, err := p.finish()
	if err != nil {
		p.discard()
		return "", writeError("write a pack", err)
	}
	return p.publishAs(sum, p.records)
}

// publishAs publishes a pack with this trailer and these objects. The pack is renamed before its index, for it is the
// index that makes others look at a pack; and one sync of the folder covers both names.
func (p *stagedPack) publishAs(sum ID, records []packRecord) (base string, err error) {
	defer p.discard()
	packSynced := make(chan error, 1)
	go func() { packSynced <- p.packTemp.Sync() }() // beside the index, so that the disk sees one wait
	_, err = p.idxTemp.Write(encodeIndex(records, sum))
	if err == nil {
		err = p.idxTemp.Sync()
	}
	if e := <-packSynced; e != nil {
		err = e
	}
	// Closed before they are renamed, for not every system renames open files.
	if err = errors.Join(err, p.packTemp.Close(), p.idxTemp.Close()); err != nil {
		return "", writeError("write a pack", err)
	}
	base = filepath.Join(p.dir, "pack-"+uniquePackName(sum))
	if err := p.rename(base); err != nil {
		return "", writeError("publish a pack", err)
	}
	p.done = true // nothing has its temporary name any more
	return base, nil
}

// uniquePackName makes a name of 40 digits that no pack has had before. git names a pack by its checksum, and looks no
// further than the form of a name. We must not: a gc decides at its start which packs it will delete, by their
// names. A pack of the same objects that we write meanwhile would have the same checksum, and be deleted as the old one.
func uniquePackName(sum ID) string {
	h := sha1.New()
	h.Write(sum[:])
	fmt.Fprint(h, os.Getpid(), tempCount.Add(1), time.Now().UnixNano(), rand.Uint64())
	return hex.EncodeToString(h.Sum(nil))
}

func (p *stagedPack) rename(base string) error {
	if err := os.Rename(p.packTemp.Name(), base+".pack"); err != nil {
		return err
	}
	err := os.Rename(p.idxTemp.Name(), base+".idx")
	if err == nil {
		if err = syncDir(p.dir); err == nil {
			return nil
		}
		os.Remove(base + ".idx")
	}
	os.Remove(base + ".pack")
	return err
}

// discard closes the files and removes those that still have their temporary names.
func (p *stagedPack) discard() {
	if p.done {
		return
	}
	p.done = true
	for _, f := range []*os.File{p.packTemp, p.idxTemp} {
		if f != nil {
			f.Close()
			os.Remove(f.Name()) // gone if it was published
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be synced there; NTFS journals names in order
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // EINVAL: a file system without folder sync
		return err
	}
	return nil
}

// writeError names what could not be done. Where the reason is that nothing may be written there, the error is ErrReadOnly
// as well; the system's own error stays in the chain (a full disk is syscall.ENOSPC).
func writeError(what string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%s: %w: %w", what, ErrReadOnly, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
