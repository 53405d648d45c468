package credit

import (
	"encoding/binary"
	"slices"
)

// run is a number of words in a row that one commit brought; to counts from the beginning of the text.
type run struct{ to, commit int32 }

// maxDepth is how many scripts build on one another before one tells everything anew, so that the origins of any
// revision are put together from few.
const maxDepth = 32

// A script is a list of steps, each an unsigned varint n<<1|kind: copy n words of the base, from where the last copy
// ended moved by a signed varint; or put n words of the commit that is so many (a signed varint) before the script's.

// encodeScript writes what the matching found.
func encodeScript(origin, copied []int32, self int32) []byte {
	var b []byte
	next := int32(0)
	for i := 0; i < len(origin); {
		j := i + 1
		if at := copied[i]; at >= 0 {
			for j < len(origin) && copied[j] == copied[j-1]+1 {
				j++
			}
			b = binary.AppendUvarint(b, uint64(j-i)<<1)
			b = binary.AppendVarint(b, int64(at-next))
			next = at + int32(j-i)
		} else {
			for j < len(origin) && origin[j] == origin[i] && copied[j] < 0 {
				j++
			}
			b = binary.AppendUvarint(b, uint64(j-i)<<1|1)
			b = binary.AppendVarint(b, int64(self-origin[i]))
		}
		i = j
	}
	return b
}

// encodeRuns writes a script that builds on nothing.
func encodeRuns(origin []int32, self int32) []byte {
	var b []byte
	for i := 0; i < len(origin); {
		j := i + 1
		for j < len(origin) && origin[j] == origin[i] {
			j++
		}
		b = binary.AppendUvarint(b, uint64(j-i)<<1|1)
		b = binary.AppendVarint(b, int64(self-origin[i]))
		i = j
	}
	return b
}

// runs puts the origins of a rev together, from the last script that builds on nothing.
func (d *data) runs(no int32) []run {
	var chain []int32
	for no = d.own(no); no >= 0; no = d.revs[no].base {
		chain = append(chain, no)
		if d.revs[no].alone {
			break
		}
	}
	var list []run
	for _, no := range slices.Backward(chain) {
		list = d.apply(no, list)
	}
	return list
}

// apply carries out a script. What the file cannot mean is left out: it was written by us and has a checksum.
func (d *data) apply(no int32, base []run) []run {
	r := &d.revs[no]
	out := make([]run, 0, len(base)+8)
	end := int32(0)
	add := func(n, commit int32) {
		end += n
		if len(out) > 0 && out[len(out)-1].commit == commit {
			out[len(out)-1].to = end
			return
		}
		out = append(out, run{end, commit})
	}
	next := int32(0)
	for s := r.script; len(s) > 0; {
		v, n := binary.Uvarint(s)
		by, m := binary.Varint(s[max(n, 0):])
		if n <= 0 || m <= 0 {
			break
		}
		s = s[n+m:]
		count := int32(v >> 1)
		if v&1 == 1 {
			add(count, r.commit-int32(by))
			continue
		}
		at := next + int32(by)
		next = at + count
		i, _ := slices.BinarySearchFunc(base, at, func(b run, at int32) int {
			if b.to <= at {
				return -1
			}
			return 1
		})
		for ; at < next && i < len(base); i++ {
			n := min(next, base[i].to) - at
			add(n, base[i].commit)
			at += n
		}
	}
	return out
}

// expand writes runs word by word.
func expand(runs []run, words int) []int32 {
	out := make([]int32, words)
	at := 0
	for _, r := range runs {
		for ; at < min(int(r.to), words); at++ {
			out[at] = r.commit
		}
	}
	return out
}
