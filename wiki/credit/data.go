package credit

import (
	"encoding/binary"
	"slices"
	"sync"

	"coppice/wiki"
)

// data is what the file says, in memory, at one Position. It is never changed: growing appends behind the lengths that
// are seen here, and what the shared tables know beyond them is left out.
type data struct {
	position wiki.ID
	commits  []commit  // parents before children; the number of a commit is its place here
	paths    []string  // the number of a path is its place here
	people   []ident   // as commits name them
	mentions []mention // of commits, in their order
	revs     []rev     // in the order of their commits
	added    uint64    // commits of the record that is being read
	tables   *tables
}

// commit begins with what the credit for a word asks of it.
type commit struct {
	author    int32 // number of a person
	mentions  int32 // first of the commit's mentions
	mentioned int32 // how many it has
	// Ancestors, itself among them: all numbers from low to its own, and those of rest. Most histories need no rest.
	low     int32
	rest    []span
	time    int64 // the author's, Unix seconds
	id      wiki.ID
	parents []int32
}

// mentionsOf gives the people whom a commit names in trailers.
func (d *data) mentionsOf(no int32) []mention {
	c := &d.commits[no]
	return d.mentions[c.mentions : c.mentions+c.mentioned]
}

// span is numbers from and to, both included.
type span struct{ from, to int32 }

// ident is a name and a mail address as a commit says them.
type ident struct{ name, mail string }

// mention is a person named in a trailer of a commit.
type mention struct {
	role   role
	person int32
}

type role uint8

const (
	coAuthor role = iota + 1
	suggester
	importedFrom
	reviewer
)

// rev is one change of one page by one commit, with the origins of the words of its text unless an older one has the
// same. What a list of a page's revisions reads comes first: it then reads half of the memory.
type rev struct {
	commit, path int32
	from         int32 // path before a renaming, else -1
	page         int32 // number of the rev that began the page, through renames
	before       int32 // rev of the same path before, or -1
	previous     int32 // rev of the same page before, or -1
	kind         wiki.ChangeKind
	merge        bool
	alone        bool    // script does not build on base
	words        int32   // of the text
	added        int32   // of them, brought by this commit
	dropped      int32   // words of the text before (of a merge, in all its parents) that stand neither here nor on another page of this commit
	blob         wiki.ID // zero when Deleted
	same         int32   // the rev that has the origins, else -1
	twin         int32   // rev with origins of its own and the same blob before, or -1
	base         int32   // the rev with origins whose text this one changed, else -1
	depth        int32   // how many scripts it builds on
	script       []byte
	fresh        []byte // hashes of the longer sentences that came, 4 bytes each
	gone         []byte // hashes of the sentences of base that went, 4 bytes each; the lowest bit says that hardly a word stayed
}

// carries reports whether a rev is a merge that only puts together what its parents have: nobody's edit.
func (r *rev) carries() bool { return r.merge && r.added == 0 && r.dropped == 0 }

// own gives the number of the rev that has the origins of rev no.
func (d *data) own(no int32) int32 {
	if same := d.revs[no].same; same >= 0 {
		return same
	}
	return no
}

// tables find numbers. They grow with the newest data and are shared by all; a number beyond a data's lengths is not
// there yet for it.
type tables struct {
	mu         sync.Mutex
	newest     *data
	pathNo     map[string]int32
	lastOn     []int32           // for each path its newest rev
	lastOf     []int32           // for each page, by the number of its first rev, its newest one
	blobs      map[wiki.ID]int32 // newest rev with that blob and origins of its own, of the first blobRevs
	blobRevs   int
	reviewed   map[int32][]int32 // for each page, by the number of its first rev, those that somebody reviewed, of the first reviewRevs
	reviewRevs int
	personNo   map[ident]int32
	commitNo   map[wiki.ID]int32 // made when it is first asked for

	// Only Follow asks for these two, which are made when it first does.
	fresh, gone *hashTable
}

func newTables() *tables {
	return &tables{pathNo: map[string]int32{}, personNo: map[ident]int32{}}
}

// hashTable lists for each hash the revs that it came or went with, newest first.
type hashTable struct {
	last    map[uint32]int32
	entries []hashEntry
	revs    int // how many revs are in it
}

type hashEntry struct{ rev, next int32 }

func (t *hashTable) add(hash uint32, rev int32) {
	next, ok := t.last[hash]
	if !ok {
		next = -1
	}
	t.last[hash] = int32(len(t.entries))
	t.entries = append(t.entries, hashEntry{rev, next})
}

// extend brings a table up to d.
func (t *hashTable) extend(d *data, list func(*rev) []byte) {
	for ; t.revs < len(d.revs); t.revs++ {
		for hashes := list(&d.revs[t.revs]); len(hashes) > 0; hashes = hashes[4:] {
			t.add(binary.LittleEndian.Uint32(hashes)|1, int32(t.revs))
		}
	}
}

// each calls f with the newest revs of a hash first, until it says to stop.
func (t *hashTable) each(hash uint32, f func(rev int32) bool) {
	i, ok := t.last[hash|1]
	for n := 0; ok && i >= 0 && n < maxHits; n++ {
		if !f(t.entries[i].rev) {
			return
		}
		i = t.entries[i].next
	}
}

// addCommit appends a commit whose parents have these numbers, and whose mentions are there.
func (d *data) addCommit(c commit, parents []int32) {
	no := int32(len(d.commits))
	c.mentioned = int32(len(d.mentions)) - c.mentions
	c.low, c.parents = no, parents
	if len(parents) > 0 {
		var all []span
		for i, p := range parents {
			pc := &d.commits[p]
			if i == 0 && p == no-1 && len(parents) == 1 {
				c.low, c.rest = pc.low, pc.rest
				break
			}
			all = append(append(all, pc.rest...), span{pc.low, p})
		}
		if all != nil {
			c.low, c.rest = union(all, no)
		}
	}
	d.commits = append(d.commits, c)
}

// union puts spans in order and joins those that touch; the one that reaches up to no-1 becomes low.
func union(all []span, no int32) (low int32, rest []span) {
	slices.SortFunc(all, func(a, b span) int { return int(a.from) - int(b.from) })
	out := all[:1]
	for _, s := range all[1:] {
		if last := &out[len(out)-1]; s.from <= last.to+1 {
			last.to = max(last.to, s.to)
			continue
		}
		out = append(out, s)
	}
	if last := out[len(out)-1]; last.to == no-1 {
		return last.from, slices.Clone(out[:len(out)-1])
	}
	return no, slices.Clone(out)
}

// reaches reports whether commit a is b or an ancestor of it.
func (d *data) reaches(a, b int32) bool {
	c := &d.commits[b]
	if a > b {
		return false
	}
	if a >= c.low {
		return true
	}
	i, _ := slices.BinarySearchFunc(c.rest, a, func(s span, a int32) int {
		if s.to < a {
			return -1
		}
		return 1
	})
	return i < len(c.rest) && c.rest[i].from <= a
}

// anyReaches reports whether a is one of the commits of or an ancestor of one.
func (d *data) anyReaches(a int32, of []int32) bool {
	return slices.ContainsFunc(of, func(b int32) bool { return d.reaches(a, b) })
}

// earlier puts commits in an order that does not depend on the order in which they were read.
func (d *data) earlier(a, b int32) bool {
	x, y := &d.commits[a], &d.commits[b]
	if x.time != y.time {
		return x.time < y.time
	}
	return slices.Compare(x.id[:], y.id[:]) < 0
}

// addRev appends a rev, and gives its number. The caller holds the tables' lock.
func (d *data) addRev(r rev) int32 {
	t := d.tables
	no := int32(len(d.revs))
	for len(t.lastOn) < len(d.paths) {
		t.lastOn = append(t.lastOn, -1)
	}
	r.before = t.lastOn[r.path]
	last := r.before
	if r.from >= 0 && t.lastOn[r.from] >= 0 {
		last = t.lastOn[r.from]
	}
	r.page, r.previous = no, -1
	if last >= 0 {
		r.page = d.revs[last].page
		r.previous = t.lastOf[r.page]
	}
	t.lastOf = append(t.lastOf, no)
	t.lastOf[r.page] = no
	t.lastOn[r.path] = no
	r.twin = -1
	if r.base >= 0 && !r.alone {
		r.depth = d.revs[r.base].depth + 1
	}
	d.revs = append(d.revs, r)
	return no
}

// pathNumber gives the number of a path, new ones included. The caller holds the tables' lock.
func (d *data) pathNumber(name string) int32 {
	no, ok := d.tables.pathNo[name]
	if !ok {
		no = int32(len(d.paths))
		d.tables.pathNo[name] = no
		d.paths = append(d.paths, name)
	}
	return no
}

func (d *data) personNumber(p ident) int32 {
	no, ok := d.tables.personNo[p]
	if !ok {
		no = int32(len(d.people))
		d.tables.personNo[p] = no
		d.people = append(d.people, p)
	}
	return no
}

// last gives the newest rev of a path, or -1. The caller holds the tables' lock.
func (d *data) last(path string) int32 {
	no, ok := d.tables.pathNo[path]
	if !ok || int(no) >= len(d.tables.lastOn) {
		return -1
	}
	rev := d.tables.lastOn[no]
	for rev >= int32(len(d.revs)) {
		rev = d.tables.newest.revs[rev].before
	}
	return rev
}

// listBlobs brings the table of blobs up to date. The caller holds the tables' lock.
func (t *tables) listBlobs() {
	revs := t.newest.revs
	if t.blobs == nil {
		t.blobs = make(map[wiki.ID]int32, len(revs))
	}
	for ; t.blobRevs < len(revs); t.blobRevs++ {
		r := &revs[t.blobRevs]
		if r.blob.IsZero() || r.same >= 0 {
			continue
		}
		if twin, ok := t.blobs[r.blob]; ok {
			r.twin = twin
		}
		t.blobs[r.blob] = int32(t.blobRevs)
	}
}

// reviews gives the revs of a page that have reviewers, oldest first.
func (d *data) reviews(page int32) []int32 {
	t := d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reviewed == nil {
		t.reviewed = make(map[int32][]int32)
	}
	for ; t.reviewRevs < len(t.newest.revs); t.reviewRevs++ {
		r := &t.newest.revs[t.reviewRevs]
		if slices.ContainsFunc(t.newest.mentionsOf(r.commit), func(m mention) bool { return m.role == reviewer }) {
			t.reviewed[r.page] = append(t.reviewed[r.page], int32(t.reviewRevs))
		}
	}
	list := t.reviewed[page]
	i, _ := slices.BinarySearch(list, int32(len(d.revs)))
	return list[:i]
}

// find gives the rev with origins for a blob as page path has it in one of the commits, or -1. Of several that were
// written apart from one another, the page's own comes first, then the earliest.
func (d *data) find(blob wiki.ID, path string, at []int32) int32 {
	t := d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listBlobs()
	page := int32(-1)
	if last := d.last(path); last >= 0 {
		page = d.revs[last].page
	}
	best := int32(-1)
	no, ok := t.blobs[blob]
	for ; ok && no >= 0; no = t.newest.revs[no].twin {
		if int(no) >= len(d.revs) || !d.anyReaches(d.revs[no].commit, at) {
			continue
		}
		r := &d.revs[no]
		if best >= 0 {
			b := &d.revs[best]
			mine, theirs := r.page == page, b.page == page
			if theirs && !mine || mine == theirs && d.earlier(b.commit, r.commit) {
				continue
			}
		}
		best = no
	}
	return best
}

// number gives the number of a commit.
func (d *data) number(id wiki.ID) (int32, bool) {
	if id == d.position && !id.IsZero() {
		return int32(len(d.commits) - 1), true // all others are its ancestors
	}
	t := d.tables
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.commitNo == nil {
		t.commitNo = make(map[wiki.ID]int32, len(d.commits))
	}
	for i := len(t.commitNo); i < len(d.commits); i++ {
		t.commitNo[d.commits[i].id] = int32(i)
	}
	no, ok := t.commitNo[id]
	return no, ok && int(no) < len(d.commits)
}

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
