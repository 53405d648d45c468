package credit

import (
	"cmp"
	"slices"

	"coppice/wiki"
)

// Limits of the search for heirs, which is asked for at most once for a view of an address that leads nowhere.
const (
	// heirRevs is how many revisions before and after the deletion are looked at: whoever splits or joins pages does it in
	// one commit or in a few. Each costs what its origins do, some hundredths of a millisecond.
	heirRevs = 400
	// heirPages and heirBytes bound what is read, of the pages that took most words over first. Where many pages came in one
	// commit, many are: on the corpus of cheat sheets 64 find nearly all, within some 20 ms.
	heirPages = 64
	heirBytes = 4 << 20
)

// Heir is a page that words of a deleted page stand on.
type Heir struct {
	Path  wiki.Path // today's
	Words int       // of the deleted page's last text that stand there now, in runs of leftoverWords or more
}

// Heirs gives the pages that took words over from a page around the time when it was deleted and still have them, most words
// first, and how many words its last text had. A page that is there, or never was, has none.
func (v *View) Heirs(path wiki.Path) (heirs []Heir, words int, err error) {
	if v.tip < 0 {
		return nil, 0, nil
	}
	end := v.newest(path, v.tip)
	if end < 0 || v.d.revs[end].kind != wiki.Deleted {
		return nil, 0, nil
	}
	last := int32(-1)
	for no := range v.backward(end, v.tip) {
		if !v.d.revs[no].blob.IsZero() {
			last = no
			break
		}
	}
	if last < 0 {
		return nil, 0, nil
	}
	source, err := v.w.Blob(v.d.revs[last].blob)
	if err != nil {
		return nil, 0, err
	}
	legacy := lex(source)
	read := 0
	for _, page := range v.takers(end, last) {
		at, blob, ok := v.standsAt(page)
		if !ok || read > heirBytes {
			continue
		}
		source, err := v.w.Blob(blob)
		if err != nil {
			return nil, 0, err
		}
		read += len(source)
		if n := legacy.standingIn(lex(source)); n > 0 {
			heirs = append(heirs, Heir{at, n})
		}
	}
	slices.SortFunc(heirs, func(x, y Heir) int {
		return cmp.Or(cmp.Compare(y.Words, x.Words), cmp.Compare(x.Path.String(), y.Path.String()))
	})
	return heirs, len(legacy.words), nil
}

// takers gives the pages, by number, that got words of the commits which the text of rev last stands on from elsewhere,
// around the rev that ended its page in the order of history: those that got most of them first.
func (v *View) takers(end, last int32) []int32 {
	commits := map[int32]bool{}
	for _, r := range v.brought(v.d.own(last)) {
		commits[r.commit] = true
	}
	got := map[int32]int32{}
	all := v.d.known(v.tip)
	here, _ := slices.BinarySearchFunc(all, end, v.d.compareRevs)
	for _, no := range all[max(0, here-heirRevs):min(len(all), here+heirRevs)] {
		r := &v.d.revs[no]
		if r.page == v.d.revs[end].page || r.blob.IsZero() {
			continue
		}
		words := v.wordsOf(no, commits, r.commit)
		if before := v.before(no); words > 0 && before >= 0 {
			words -= v.wordsOf(before, commits, r.commit)
		}
		if words >= leftoverWords {
			got[r.page] += words
		}
	}
	pages := make([]int32, 0, len(got))
	for page := range got {
		pages = append(pages, page)
	}
	slices.SortFunc(pages, func(x, y int32) int {
		return cmp.Or(cmp.Compare(got[y], got[x]), v.d.compareRevs(v.newestOf(x), v.newestOf(y)))
	})
	return pages[:min(len(pages), heirPages)]
}

// wordsOf counts the words of a rev's text that are of some commits, one of these left out.
func (v *View) wordsOf(no int32, commits map[int32]bool, but int32) (words int32) {
	if v.d.revs[no].blob.IsZero() {
		return 0
	}
	for _, r := range v.brought(v.d.own(no)) {
		if commits[r.commit] && r.commit != but {
			words += r.to
		}
	}
	return words
}

// standsAt gives the path and the text that a page has in the View's Snapshot, and whether it is there.
func (v *View) standsAt(page int32) (wiki.Path, wiki.ID, bool) {
	no := v.newestOf(page)
	if no < 0 {
		return wiki.Path{}, wiki.ID{}, false
	}
	path, err := wiki.ParsePath(v.d.paths[v.d.revs[no].path])
	if err != nil || v.newest(path, v.tip) != no {
		return wiki.Path{}, wiki.ID{}, false
	}
	blob, ok := v.snap.PageBlob(path)
	return path, blob, ok
}

// standingIn counts the words of a text that stand in another in runs of leftoverWords or more, wherever.
func (t *text) standingIn(other *text) int {
	runs := make(map[uint64]bool, len(other.words))
	for i := range other.words {
		if run, ok := other.runFrom(i); ok {
			runs[run] = true
		}
	}
	words, counted := 0, 0 // counted is where the words that count end
	for i := range t.words {
		if run, ok := t.runFrom(i); ok && runs[run] {
			words += i + leftoverWords - max(i, counted)
			counted = i + leftoverWords
		}
	}
	return words
}

// runFrom gives a hash of the run of leftoverWords words from the one at i on.
func (t *text) runFrom(i int) (hash uint64, ok bool) {
	if i+leftoverWords > len(t.words) {
		return 0, false
	}
	for _, w := range t.words[i : i+leftoverWords] {
		hash = mix(hash ^ w.hash)
	}
	return hash, true
}
