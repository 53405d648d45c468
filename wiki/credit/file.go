package credit

import (
	"encoding/binary"
	"slices"

	"coppice/wiki"
	"coppice/wiki/internal/recordlog"
)

// format of the file. Its version is raised whenever older files would be read wrongly, or when matching has changed so
// that other answers come out.
//
//	1: the first format.
//	2: merges take whole lines from their parents, and remove only what all of these have. Dates before 1970, and in place
//	   of one that cannot be read the committer's. Where a text stood in several places, the one is taken that is newest in
//	   history, not in the file.
var format = recordlog.Format{Magic: "coppice credit\n", Version: 2}

// A record's numbers are unsigned varints:
//
//	position (20 bytes)
//	people:  count, then for each: name, mail
//	commits: count, then for each: id (20 bytes), seconds since the commit before (signed), author, parents: 1 + count,
//	         then how many commits each stands before this one; or 0 for the commit right before;
//	         mentions: count, then for each: role, person
//	paths:   count, then for each: bytes it shares with the path before, length of the rest, the rest
//	revisions: count, then for each: commits since the revision before, flags, path, [path before], [blob (20 bytes)],
//	         [how many revisions base stands before], [same likewise, or words, added, script, fresh], dropped, gone
const (
	flagKind    = 0x07
	flagMerge   = 0x08
	flagDeleted = 0x10 // no blob follows
	flagBase    = 0x20
	flagSame    = 0x40
	flagAlone   = 0x80
)

// encode writes what d has more than old.
func encode(old, d *data) []byte {
	b := append([]byte{}, d.position[:]...)
	people := d.people[len(old.people):]
	b = binary.AppendUvarint(b, uint64(len(people)))
	for _, p := range people {
		b = recordlog.AppendString(recordlog.AppendString(b, p.name), p.mail)
	}
	b = appendCommits(b, old, d)
	paths := d.paths[len(old.paths):]
	b = binary.AppendUvarint(b, uint64(len(paths)))
	before := ""
	for _, p := range paths {
		n := 0
		for n < len(p) && n < len(before) && p[n] == before[n] {
			n++
		}
		b = binary.AppendUvarint(b, uint64(n))
		b = binary.AppendUvarint(b, uint64(len(p)-n))
		b = append(b, p[n:]...)
		before = p
	}
	b = binary.AppendUvarint(b, uint64(len(d.revs)-len(old.revs)))
	at := int32(len(old.commits))
	for no := len(old.revs); no < len(d.revs); no++ {
		r := &d.revs[no]
		b = binary.AppendUvarint(b, uint64(r.commit-at))
		at = r.commit
		b = appendRev(b, r, int32(no))
	}
	return b
}

func appendCommits(b []byte, old, d *data) []byte {
	b = binary.AppendUvarint(b, uint64(len(d.commits)-len(old.commits)))
	var last int64
	for no := len(old.commits); no < len(d.commits); no++ {
		c := &d.commits[no]
		b = append(b, c.id[:]...)
		b = binary.AppendVarint(b, c.time-last)
		last = c.time
		b = binary.AppendUvarint(b, uint64(c.author))
		if len(c.parents) == 1 && c.parents[0] == int32(no)-1 {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, uint64(len(c.parents)+1))
			for _, p := range c.parents {
				b = binary.AppendUvarint(b, uint64(int32(no)-p))
			}
		}
		mentions := d.mentionsOf(int32(no))
		b = binary.AppendUvarint(b, uint64(len(mentions)))
		for _, m := range mentions {
			b = append(b, byte(m.role))
			b = binary.AppendUvarint(b, uint64(m.person))
		}
	}
	return b
}

func appendRev(b []byte, r *rev, no int32) []byte {
	flags := byte(r.kind)
	for _, f := range []struct {
		flag byte
		on   bool
	}{{flagMerge, r.merge}, {flagDeleted, r.blob.IsZero()}, {flagBase, r.base >= 0}, {flagSame, r.same >= 0}, {flagAlone, r.alone}} {
		if f.on {
			flags |= f.flag
		}
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(r.path))
	if r.kind == wiki.Renamed {
		b = binary.AppendUvarint(b, uint64(r.from))
	}
	if !r.blob.IsZero() {
		b = append(b, r.blob[:]...)
	}
	if r.base >= 0 {
		b = binary.AppendUvarint(b, uint64(no-r.base))
	}
	switch {
	case r.same >= 0:
		b = binary.AppendUvarint(b, uint64(no-r.same))
	case !r.blob.IsZero():
		b = binary.AppendUvarint(b, uint64(r.words))
		b = binary.AppendUvarint(b, uint64(r.added))
		b = appendBytes(b, r.script)
		b = binary.AppendUvarint(b, uint64(len(r.fresh)/4))
		b = append(b, r.fresh...)
	}
	b = binary.AppendUvarint(b, uint64(r.dropped))
	b = binary.AppendUvarint(b, uint64(len(r.gone)/4))
	return append(b, r.gone...)
}

func appendBytes(b, data []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

// decode reads one body and adds it to d.
func decode(body []byte, d *data) error {
	r := recordlog.Reader{Rest: body}
	var position wiki.ID
	r.Copy(position[:])
	for range r.Count(2) {
		d.personNumber(ident{r.String(), r.String()})
	}
	if !decodeCommits(&r, d) {
		return recordlog.ErrDamaged
	}
	before := ""
	for range r.Count(2) {
		shared := min(r.Uvarint(), uint64(len(before)))
		before = before[:shared] + string(r.Take(r.Uvarint()))
		d.pathNumber(before)
	}
	at := uint64(len(d.commits)) - d.added
	n := r.Count(4)
	d.revs = slices.Grow(d.revs, n)
	for range n {
		at += r.Uvarint()
		v, ok := decodeRev(&r, d)
		if v.commit = int32(at); !ok || at >= uint64(len(d.commits)) {
			return recordlog.ErrDamaged
		}
		d.addRev(v)
	}
	d.position = position
	for d.head = int32(len(d.commits)) - 1; d.head >= 0 && d.commits[d.head].id != position; {
		d.head--
	}
	if d.head < 0 || !r.Done() {
		return recordlog.ErrDamaged
	}
	return nil
}

func decodeCommits(r *recordlog.Reader, d *data) bool {
	n := r.Count(23)
	d.commits = slices.Grow(d.commits, n)
	d.added = uint64(n)
	var last int64
	all := make([]int32, 0, n)
	for range n {
		c := commit{mentions: int32(len(d.mentions))}
		r.Copy(c.id[:])
		last += r.Varint()
		c.time = last
		author := r.Uvarint()
		c.author = int32(author)
		no := uint64(len(d.commits))
		var parents []int32
		if count := r.Count(1); count == 0 {
			if no == 0 {
				return false
			}
			all = append(all, int32(no-1))
			parents = all[len(all)-1 : len(all) : len(all)]
		} else {
			for range count - 1 {
				by := r.Uvarint()
				if by == 0 || by > no {
					return false
				}
				parents = append(parents, int32(no-by))
			}
		}
		for range r.Count(2) {
			m := mention{role: role(r.Byte())}
			person := r.Uvarint()
			if m.person = int32(person); person >= uint64(len(d.people)) {
				return false
			}
			d.mentions = append(d.mentions, m)
		}
		if r.Short || author >= uint64(len(d.people)) {
			return false
		}
		d.addCommit(c, parents)
	}
	return true
}

func decodeRev(r *recordlog.Reader, d *data) (rev, bool) {
	flags := r.Byte()
	no := uint64(len(d.revs))
	v := rev{kind: wiki.ChangeKind(flags & flagKind), merge: flags&flagMerge != 0, alone: flags&flagAlone != 0, from: -1, same: -1, base: -1}
	path, from, base := r.Uvarint(), uint64(0), uint64(1)
	if v.kind == wiki.Renamed {
		from = r.Uvarint()
		v.from = int32(from)
	}
	v.path = int32(path)
	if flags&flagDeleted == 0 {
		r.Copy(v.blob[:])
	}
	if flags&flagBase != 0 {
		base = r.Uvarint()
		v.base = int32(no - base)
	}
	switch {
	case flags&flagSame != 0:
		same := r.Uvarint()
		if same == 0 || same > no {
			return v, false
		}
		v.same = int32(no - same)
		v.words = d.revs[v.same].words
	case flags&flagDeleted == 0:
		v.words = int32(r.Uvarint())
		v.added = int32(r.Uvarint())
		v.script = r.Take(r.Uvarint())
		v.fresh = r.Take(4 * uint64(r.Count(4)))
	}
	v.dropped = int32(r.Uvarint())
	v.gone = r.Take(4 * uint64(r.Count(4)))
	paths := uint64(len(d.paths))
	ok := !r.Short && path < paths && from < paths && (v.base < 0 && flags&flagBase == 0 || base > 0 && base <= no) &&
		v.words >= 0 && v.kind >= wiki.Added && v.kind <= wiki.Deleted
	return v, ok
}
