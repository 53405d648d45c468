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
	head     int32     // number of the position, or -1
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
	since   int64 // the latest time of its own and its ancestors'
	height  int32 // commits in the longest line of ancestors
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
	page         int32 // number of the page, through renames
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
	on         [][]int32 // for each path its revs, in the order of history
	of         [][]int32 // for each page its revs, in the order of history
	began      []int32   // for each path the page that began under it, or -1
	latest     []int32   // for each page the rev that came in last
	order      []int32   // all revs in the order of history, of the first orderRevs
	orderRevs  int
	blobs      map[wiki.ID]int32 // last rev with that blob and origins of its own, of the first blobRevs
	blobRevs   int
	reviewed   map[int32][]int32 // for each page the revs that somebody reviewed, of the first reviewRevs
	reviewRevs int
	personNo   map[ident]int32
	commitNo   map[wiki.ID]int32 // made when it is first asked for

	// Only Follow asks for these two, which are made when it first does.
	fresh, gone *hashTable
}

func newTables() *tables {
	return &tables{pathNo: map[string]int32{}, personNo: map[ident]int32{}}
}

// hashTable lists for each hash the revs that it came or went with, the newest in the order of history first.
type hashTable struct {
	last    map[uint32]int32
	entries []hashEntry
	revs    int // how many revs are in it
}

type hashEntry struct{ rev, next int32 }

func (t *hashTable) add(d *data, hash uint32, rev int32) {
	next, ok := t.last[hash]
	if !ok {
		next = -1
	}
	newer := int32(-1)
	for next >= 0 && d.compareRevs(t.entries[next].rev, rev) > 0 {
		newer, next = next, t.entries[next].next
	}
	no := int32(len(t.entries))
	t.entries = append(t.entries, hashEntry{rev, next})
	if newer < 0 {
		t.last[hash] = no
	} else {
		t.entries[newer].next = no
	}
}

// extend brings a table up to d.
func (t *hashTable) extend(d *data, list func(*rev) []byte) {
	for ; t.revs < len(d.revs); t.revs++ {
		for hashes := list(&d.revs[t.revs]); len(hashes) > 0; hashes = hashes[4:] {
			t.add(d, binary.LittleEndian.Uint32(hashes)|1, int32(t.revs))
		}
	}
}

// each calls f with the revs of a hash that commits know, the newest first, until it says to stop.
func (t *hashTable) each(d *data, hash uint32, at []int32, f func(rev int32) bool) {
	i, ok := t.last[hash|1]
	for n := 0; ok && i >= 0 && n < maxHits; i = t.entries[i].next {
		rev := t.entries[i].rev
		if !d.anyReaches(d.revs[rev].commit, at) {
			continue
		}
		if n++; !f(rev) {
			return
		}
	}
}

// addCommit appends a commit whose parents have these numbers, and whose mentions are there.
func (d *data) addCommit(c commit, parents []int32) {
	no := int32(len(d.commits))
	c.mentioned = int32(len(d.mentions)) - c.mentions
	c.low, c.parents, c.since = no, parents, c.time
	for _, p := range parents {
		c.since, c.height = max(c.since, d.commits[p].since), max(c.height, d.commits[p].height+1)
	}
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

// addRev appends a rev, and gives its number. The caller holds the tables' lock.
func (d *data) addRev(r rev) int32 {
	t := d.tables
	no := int32(len(d.revs))
	r.page = d.pageOf(&r)
	r.twin = -1
	if r.base >= 0 && !r.alone {
		r.depth = d.revs[r.base].depth + 1
	}
	d.revs = append(d.revs, r)
	t.on[r.path] = d.insert(t.on[r.path], no)
	t.of[r.page] = d.insert(t.of[r.page], no)
	t.latest[r.page] = no
	return no
}

// pageOf gives the page that a rev, which has no number yet, is of: the one that its commit's parents have under that
// path, or had at last. One that begins under the same path on two branches is one page; one that begins where another was
// renamed is not.
func (d *data) pageOf(r *rev) int32 {
	t := d.tables
	for len(t.on) < len(d.paths) {
		t.on, t.began = append(t.on, nil), append(t.began, -1)
	}
	parents := d.commits[r.commit].parents
	last := int32(-1)
	if r.from >= 0 {
		last = d.newest(r.from, parents)
	}
	if last < 0 {
		last = d.newest(r.path, parents)
	}
	again := last >= 0 && r.kind == wiki.Added && !r.merge && d.revs[last].kind != wiki.Deleted // the one before was renamed
	if last >= 0 && !again {
		return d.revs[last].page
	}
	if !again && t.began[r.path] >= 0 {
		return t.began[r.path]
	}
	page := int32(len(t.of))
	t.of, t.latest = append(t.of, nil), append(t.latest, -1)
	if !again {
		t.began[r.path] = page
	}
	return page
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

// reviews gives the revs of a page that have reviewers, in any order.
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
	if last := d.newestOf(path, at); last >= 0 {
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
			if theirs && !mine || mine == theirs && d.compareCommits(b.commit, r.commit) < 0 {
				continue
			}
		}
		best = no
	}
	return best
}

// reach makes a commit that is there the position.
func (d *data) reach(head wiki.ID) {
	d.head, _ = d.number(head)
	d.position = head
}

// number gives the number of a commit.
func (d *data) number(id wiki.ID) (int32, bool) {
	if id == d.position && !id.IsZero() {
		return d.head, true
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
