package gitstore

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/encoding/htmlindex"
)

// String is the name that git uses: "commit", "tree", "blob", "tag".
func (k Kind) String() string {
	switch k {
	case Commit:
		return "commit"
	case Tree:
		return "tree"
	case Blob:
		return "blob"
	case Tag:
		return "tag"
	}
	return "kind " + strconv.Itoa(int(k))
}

// parseKind reads the name that git uses; 0 for any other word.
func parseKind(word []byte) Kind {
	switch string(word) {
	case "commit":
		return Commit
	case "tree":
		return Tree
	case "blob":
		return Blob
	case "tag":
		return Tag
	}
	return 0
}

// HashObject returns the name that git gives to content of this kind: the SHA-1 of "<kind> <length>\x00<content>".
func HashObject(kind Kind, data []byte) ID {
	h := sha1.New()
	var head [32]byte
	h.Write(appendLooseHeader(head[:0], kind, int64(len(data))))
	h.Write(data)
	var id ID
	h.Sum(id[:0])
	return id
}

// appendLooseHeader appends what stands before the content in a loose object and under its hash.
func appendLooseHeader(b []byte, kind Kind, size int64) []byte {
	b = append(b, kind.String()...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, size, 10)
	return append(b, 0)
}

// Signature is who did something and when, to the second, in the writer's own time zone.
type Signature struct {
	Name, Email string
	When        time.Time // zero when the date could not be read
}

// Written is when the author wrote a commit. Where that date cannot be read it is the committer's, and where neither can,
// the beginning of 1970, which git shows then.
func (c *CommitData) Written() time.Time { return firstKnown(c.Author.When, c.Committer.When) }

// Committed is when a commit was made: what Written is to the author's date it is to the committer's.
func (c *CommitData) Committed() time.Time { return firstKnown(c.Committer.When, c.Author.When) }

func firstKnown(dates ...time.Time) time.Time {
	for _, t := range dates {
		if !t.IsZero() {
			return t
		}
	}
	return time.Unix(0, 0).UTC()
}

// Header is a commit header that CommitData has no field for, such as gpgsig or mergetag. Value holds the lines joined
// by "\n", without the space that git puts before each line but the first.
type Header struct{ Key, Value string }

// CommitData is a commit, parsed.
type CommitData struct {
	ID                ID // its name; not part of its content, so EncodeCommit ignores it
	Tree              ID
	Parents           []ID // in order; nil for a root commit
	Author, Committer Signature
	Message           string   // UTF-8, byte for byte with its final newline if it was UTF-8 already
	Encoding          string   // what the commit says it was written in; "" is UTF-8. EncodeCommit ignores it
	ExtraHeaders      []Header // in order
}

// ParseCommit reads a commit's content. A commit whose tree or parents cannot be read is ErrDamaged; everything else is
// taken as it comes, for history cannot be mended: a signature or date that cannot be read becomes its zero value, text
// in another encoding is converted if the encoding is known, and bytes that are no UTF-8 become U+FFFD.
//
// For a commit that git itself would write, in UTF-8, EncodeCommit gives the same bytes again.
func ParseCommit(id ID, raw []byte) (*CommitData, error) {
	c := &CommitData{ID: id}
	head, message := splitCommit(raw)
	var author, committer []byte
	for len(head) > 0 {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte{'\n'})
		key, value, _ := bytes.Cut(line, []byte{' '})
		var err error
		switch string(key) {
		case "tree":
			c.Tree, err = parseHexID(value)
		case "parent":
			var parent ID
			parent, err = parseHexID(value)
			c.Parents = append(c.Parents, parent)
		case "author":
			author = value
		case "committer":
			committer = value
		case "encoding":
			c.Encoding = string(value)
		default:
			var h Header
			h, head = extraHeader(key, value, head)
			c.ExtraHeaders = append(c.ExtraHeaders, h)
		}
		if err != nil {
			return nil, fmt.Errorf("commit %s: %s line: %w", id, key, ErrDamaged)
		}
	}
	if c.Tree.IsZero() {
		return nil, fmt.Errorf("commit %s has no tree: %w", id, ErrDamaged)
	}
	decode := decoderFor(c.Encoding)
	c.Message = decode(message)
	c.Author = parseSignature(author, decode)
	c.Committer = parseSignature(committer, decode)
	return c, nil
}

// splitCommit parts the headers, with their last newline, from the message.
func splitCommit(raw []byte) (head, message []byte) {
	if len(raw) > 0 && raw[0] == '\n' {
		return nil, raw[1:]
	}
	if i := bytes.Index(raw, []byte("\n\n")); i >= 0 {
		return raw[:i+1], raw[i+2:]
	}
	return raw, nil
}

// extraHeader reads a header and the continuation lines that follow it in rest.
func extraHeader(key, value, rest []byte) (Header, []byte) {
	h := Header{Key: string(key)}
	if len(rest) == 0 || rest[0] != ' ' {
		h.Value = string(value)
		return h, rest
	}
	text := bytes.Clone(value)
	for len(rest) > 0 && rest[0] == ' ' {
		var line []byte
		line, rest, _ = bytes.Cut(rest[1:], []byte{'\n'})
		text = append(append(text, '\n'), line...)
	}
	h.Value = string(text)
	return h, rest
}

// parseHexID reads 40 hexadecimal digits and nothing else, without an allocation.
func parseHexID(b []byte) (ID, error) {
	if len(b) != 40 {
		return ID{}, ErrDamaged
	}
	var id ID
	for i := range id {
		hi, lo := hexDigit(b[2*i]), hexDigit(b[2*i+1])
		if hi|lo > 15 {
			return ID{}, ErrDamaged
		}
		id[i] = hi<<4 | lo
	}
	return id, nil
}

// hexDigit is the value of one digit, or 255.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// decoderFor returns what turns a commit's bytes into UTF-8. An encoding that is unknown counts as UTF-8, as it does in
// git; what then is not UTF-8 is replaced.
func decoderFor(name string) func([]byte) string {
	if name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8") {
		return validText
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return validText
	}
	return func(b []byte) string {
		text, err := enc.NewDecoder().Bytes(b)
		if err != nil {
			return validText(b)
		}
		return validText(text)
	}
}

func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
}

// parseSignature reads "Name <mail> seconds zone". The name ends at the first '<' and the date starts after the last
// '>', so that a stray bracket in old history costs as little as possible.
func parseSignature(b []byte, decode func([]byte) string) Signature {
	open, shut := bytes.IndexByte(b, '<'), bytes.LastIndexByte(b, '>')
	if open < 0 || shut < open {
		return Signature{Name: strings.TrimSpace(decode(b))}
	}
	return Signature{
		Name:  strings.TrimSpace(decode(b[:open])),
		Email: strings.TrimSpace(decode(b[open+1 : shut])),
		When:  parseDate(b[shut+1:]),
	}
}

// Dates outside the years 1 to 9999 come from broken clocks and break formats (RFC 3339, JSON). Dates before 1970 are none
// that git writes, but other tools do, for texts that are older than the repository.
const (
	minCommitTime = -62135596800 // the first second of the year 1, which is the zero time
	maxCommitTime = 253402300799 // the last second of the year 9999
)

// parseDate reads "seconds zone". A missing or strange zone is UTC; seconds that cannot be read are the zero time.
func parseDate(b []byte) time.Time {
	b = bytes.TrimSpace(b)
	seconds, zone, _ := bytes.Cut(b, []byte{' '})
	digits, before1970 := bytes.CutPrefix(seconds, []byte{'-'})
	n, ok := parseDigits(digits)
	if before1970 {
		n = -n
	}
	if !ok || n <= minCommitTime || n > maxCommitTime {
		return time.Time{}
	}
	return time.Unix(n, 0).In(parseZone(bytes.TrimSpace(zone)))
}

// parseDigits reads up to 18 decimal digits, so that no overflow is possible.
func parseDigits(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// maxZone is the widest offset from UTC, in minutes, that is taken for a time zone. The real ones end at 14 hours.
const maxZone = 24 * 60

// parseZone reads "+0130". What is no offset of less than a day is UTC.
func parseZone(b []byte) *time.Location {
	if len(b) != 5 || b[0] != '+' && b[0] != '-' {
		return time.UTC
	}
	n, ok := parseDigits(b[1:])
	minutes := int(n/100*60 + n%100)
	if !ok || n%100 > 59 || minutes >= maxZone {
		return time.UTC
	}
	if b[0] == '-' {
		minutes = -minutes
	}
	return zoneAt(minutes)
}

// quarterHours are the zones that people live in, made once: a history has millions of dates.
var quarterHours = sync.OnceValue(func() (zones [2*14*4 + 1]*time.Location) {
	for i := range zones {
		minutes := (i - 14*4) * 15
		zones[i] = time.FixedZone("", minutes*60)
	}
	return zones
})

// zoneAt returns the zone so many minutes east of UTC.
func zoneAt(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	if minutes%15 == 0 && minutes >= -14*60 && minutes <= 14*60 {
		zones := quarterHours()
		return zones[minutes/15+14*4]
	}
	return time.FixedZone("", minutes*60)
}

// EncodeCommit writes a commit's content in git's form, always in UTF-8. What git fsck would refuse is taken out: NUL
// anywhere, and angle brackets and line breaks in names and addresses; bytes that are no UTF-8 become U+FFFD. Times
// before 1970, which git cannot write, become 1970. The message is written as it is: by custom it ends with a newline.
func EncodeCommit(c *CommitData) []byte {
	b := make([]byte, 0, 256+48*len(c.Parents)+len(c.Message))
	b = appendIDLine(b, "tree ", c.Tree)
	for _, p := range c.Parents {
		b = appendIDLine(b, "parent ", p)
	}
	b = appendSignature(b, "author ", c.Author)
	b = appendSignature(b, "committer ", c.Committer)
	for _, h := range c.ExtraHeaders {
		b = append(b, h.Key...)
		b = append(b, ' ')
		b = append(b, strings.ReplaceAll(withoutNUL(h.Value), "\n", "\n ")...)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, withoutNUL(strings.ToValidUTF8(c.Message, "\uFFFD"))...)
}

func appendIDLine(b []byte, key string, id ID) []byte {
	b = append(b, key...)
	b = appendHex(b, id)
	return append(b, '\n')
}

// compareIDs is the order of names in an index.
func compareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }

func appendHex(b []byte, id ID) []byte {
	const digits = "0123456789abcdef"
	for _, c := range id {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return b
}

func withoutNUL(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

func appendSignature(b []byte, key string, s Signature) []byte {
	b = append(b, key...)
	b = append(b, identityText(s.Name)...)
	b = append(b, " <"...)
	b = append(b, identityText(s.Email)...)
	b = append(b, "> "...)
	seconds, offset := int64(0), 0
	if !s.When.IsZero() {
		seconds = min(max(s.When.Unix(), 0), maxCommitTime)
		_, offset = s.When.Zone()
	}
	b = strconv.AppendInt(b, seconds, 10)
	b = append(b, ' ')
	b = appendZone(b, offset/60)
	return append(b, '\n')
}

// appendZone writes minutes east of UTC as "+0130".
func appendZone(b []byte, minutes int) []byte {
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	minutes = min(minutes, maxZone-1)
	h, m := minutes/60, minutes%60
	return append(b, sign, '0'+byte(h/10), '0'+byte(h%10), '0'+byte(m/10), '0'+byte(m%10))
}

// identityText drops what would end a name or an address early.
func identityText(s string) string {
	if strings.ContainsAny(s, "<>\n\x00") || !utf8.ValidString(s) {
		s = strings.Map(func(r rune) rune {
			switch r {
			case '<', '>', '\n', 0:
				return -1
			}
			return r // an invalid byte is utf8.RuneError here, which is U+FFFD
		}, s)
	}
	return strings.TrimSpace(s)
}

// Modes of tree entries. Old history has others, such as 0o100664.
const (
	ModeTree       = 0o040000
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeSymlink    = 0o120000
	ModeCommit     = 0o160000 // a submodule: the ID is a commit of another repository
)

// TreeEntry is one name in a tree.
type TreeEntry struct {
	Mode uint32
	Name string // any bytes but NUL, never empty; whether "..", ".git" or "a/b" may pass is for the caller to say
	ID   ID
}

// IsTree reports whether the entry is a folder.
func (e TreeEntry) IsTree() bool { return e.Mode&0o170000 == ModeTree }

// Entries reads raw tree bytes in their order. It allocates nothing: each Name aliases raw, which must never change
// afterwards and stays in memory as long as a Name does (strings.Clone what is kept). Bytes that are no tree end the
// sequence with an ErrDamaged.
func Entries(raw []byte) iter.Seq2[TreeEntry, error] {
	return func(yield func(TreeEntry, error) bool) {
		for rest := raw; len(rest) > 0; {
			e, n := parseTreeEntry(rest)
			if n == 0 {
				yield(TreeEntry{}, fmt.Errorf("tree entry at byte %d: %w", len(raw)-len(rest), ErrDamaged))
				return
			}
			if !yield(e, nil) {
				return
			}
			rest = rest[n:]
		}
	}
}

// parseTreeEntry reads the first entry of b and returns its length, or 0 if there is none.
func parseTreeEntry(b []byte) (e TreeEntry, n int) {
	// The longest mode is "0160000" of old tools; whatever is longer is no mode.
	const maxModeDigits = 7
	i := 0
	for ; i < len(b) && b[i] != ' '; i++ {
		if b[i] < '0' || b[i] > '7' || i == maxModeDigits {
			return e, 0
		}
		e.Mode = e.Mode<<3 | uint32(b[i]-'0')
	}
	if i == 0 || i == len(b) {
		return e, 0
	}
	name := b[i+1:]
	end := bytes.IndexByte(name, 0)
	if end <= 0 || len(name) < end+1+len(e.ID) {
		return e, 0
	}
	e.Name = unsafe.String(&name[0], end)
	copy(e.ID[:], name[end+1:])
	return e, i + 1 + end + 1 + len(e.ID)
}

// EncodeTree writes a tree's content, sorted by git's rule, in which a folder counts as its name with a "/" behind it.
// The slice is left as it is. Names must be distinct and not empty, and hold neither NUL nor "/": git fsck is the judge.
func EncodeTree(entries []TreeEntry) []byte {
	size := 0
	for _, e := range entries {
		size += len("100644 ") + len(e.Name) + 1 + len(e.ID)
	}
	if !slices.IsSortedFunc(entries, compareEntries) {
		entries = slices.Clone(entries)
		slices.SortFunc(entries, compareEntries)
	}
	b := make([]byte, 0, size)
	for _, e := range entries {
		b = strconv.AppendUint(b, uint64(e.Mode), 8)
		b = append(b, ' ')
		b = append(b, e.Name...)
		b = append(b, 0)
		b = append(b, e.ID[:]...)
	}
	return b
}

// compareEntries is git's order of tree entries.
func compareEntries(a, b TreeEntry) int {
	n := min(len(a.Name), len(b.Name))
	if c := strings.Compare(a.Name[:n], b.Name[:n]); c != 0 {
		return c
	}
	return int(byteAfter(a, n)) - int(byteAfter(b, n))
}

// byteAfter is the n-th byte of the entry's sort key; 0 stands for its end, which no name holds.
func byteAfter(e TreeEntry, n int) byte {
	if n < len(e.Name) {
		return e.Name[n]
	}
	if e.IsTree() {
		return '/'
	}
	return 0
}
