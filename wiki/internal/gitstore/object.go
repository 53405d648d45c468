package gitstore

import (
	"iter"
	"time"
)

// Signature is who did something and when.
type Signature struct {
	Name, Email string
	When        time.Time
}

// Header is a commit header that has no field of its own.
type Header struct{ Key, Value string }

// CommitData is a parsed commit.
type CommitData struct {
	ID                ID // not part of the encoding
	Tree              ID
	Parents           []ID
	Author, Committer Signature
	Message           string
	Encoding          string
	ExtraHeaders      []Header
}

// ParseCommit reads a commit.
func ParseCommit(id ID, raw []byte) (*CommitData, error) { return nil, errPending }

// EncodeCommit writes a commit.
func EncodeCommit(c *CommitData) []byte { return nil }

// TreeEntry is one line of a tree.
type TreeEntry struct {
	Mode uint32
	Name string
	ID   ID
}

// Entries reads a tree.
func Entries(raw []byte) iter.Seq2[TreeEntry, error] { return func(func(TreeEntry, error) bool) {} }

// EncodeTree writes a tree.
func EncodeTree(entries []TreeEntry) []byte { return nil }

// HashObject names an object.
func HashObject(kind Kind, data []byte) ID { return ID{} }
