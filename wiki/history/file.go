package history

import (
	"encoding/binary"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
)

// format of the file. Its version is raised whenever older files would be read wrongly.
//
//	1: the first format.
//	2: dates before 1970, and in place of one that cannot be read the committer's.
var format = recordlog.Format{Magic: "coppice history\n", Version: 2}

// A record's numbers are unsigned varints:
//
//	position (20 bytes)
//	commits: count, then for each: id (20 bytes), seconds since the commit before (zigzag)
//	paths:   count, then for each: bytes it shares with the path before, length of the rest, the rest
//	revisions: count, then for each: commits since the revision before, flags, path, [path before], [blob (20 bytes)]
const (
	flagKind    = 0x07
	flagMerge   = 0x08
	flagDeleted = 0x10 // no blob follows
)

// encode writes one record. base is the number of d's first commit.
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

// decode reads one body; the numbers in it go on from those of d.
func decode(body []byte, d *data) (*data, error) {
	r := recordlog.Reader{Rest: body}
	add := &data{}
	r.Copy(add.position[:])
	var last int64
	add.commits = make([]commit, r.Count(21))
	for i := range add.commits {
		c := &add.commits[i]
		r.Copy(c.id[:])
		last += r.Varint()
		c.time = last
	}
	before := ""
	add.paths = make([]string, r.Count(2))
	for i := range add.paths {
		shared := min(r.Uvarint(), uint64(len(before)))
		before = before[:shared] + string(r.Take(r.Uvarint()))
		add.paths[i] = before
	}
	at := uint64(len(d.commits))
	commits, paths := at+uint64(len(add.commits)), uint64(len(d.paths)+len(add.paths))
	add.revs = make([]rev, r.Count(3))
	for i := range add.revs {
		at += r.Uvarint()
		flags := r.Byte()
		v := rev{commit: int32(at), kind: wiki.ChangeKind(flags & flagKind), merge: flags&flagMerge != 0, from: -1}
		path, from := r.Uvarint(), uint64(0)
		if v.kind == wiki.Renamed {
			from = r.Uvarint()
			v.from = int32(from)
		}
		v.path = int32(path)
		if flags&flagDeleted == 0 {
			r.Copy(v.blob[:])
		}
		if r.Short || at >= commits || path >= paths || from >= paths || v.kind < wiki.Added || v.kind > wiki.Deleted {
			return nil, recordlog.ErrDamaged
		}
		add.revs[i] = v
	}
	if !r.Done() {
		return nil, recordlog.ErrDamaged
	}
	return add, nil
}
