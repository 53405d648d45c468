package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	bolt "go.etcd.io/bbolt"

	"coppice/wiki"
)

func TestMain(m *testing.M) {
	// The host's git configuration must not decide what a test sees.
	home, err := os.MkdirTemp("", "coppice-home-")
	if err != nil {
		panic(err)
	}
	for k, v := range map[string]string{"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull, "HOME": home} {
		os.Setenv(k, v)
	}
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

var author = wiki.Contributor{Name: "Ada", Email: "ada@example.org"}

// newWiki makes a repository of pages, by path.
func newWiki(t testing.TB, pages map[string]string) *wiki.Wiki {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range pages {
		files[name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, files, author, "begin"); err != nil {
		t.Fatal(err)
	}
	return openWiki(t, dir, "")
}

func openWiki(t testing.TB, dir, root string) *wiki.Wiki {
	t.Helper()
	w, err := wiki.Open(dir, wiki.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func pathTo(t testing.TB, s string) wiki.Path {
	t.Helper()
	p, err := wiki.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func save(t testing.TB, w *wiki.Wiki, name, text string) {
	t.Helper()
	e := wiki.Edit{Path: pathTo(t, name), Source: []byte(text), Summary: "edit", Author: author}
	if w.Head().Has(e.Path) {
		e.Base = w.Head().Commit()
	}
	if _, err := w.Save(t.Context(), e); err != nil && wiki.KindOf(err) != wiki.Unchanged {
		t.Fatal(err)
	}
}

// reasons collects why indexes were rebuilt.
type reasons struct {
	mu   sync.Mutex
	list []string
}

func (r *reasons) log() *slog.Logger { return slog.New(reasonHandler{r}) }

func (r *reasons) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := strings.Join(r.list, "; ")
	r.list = nil
	return s
}

type reasonHandler struct{ r *reasons }

func (h reasonHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h reasonHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h reasonHandler) WithGroup(string) slog.Handler            { return h }
func (h reasonHandler) Handle(_ context.Context, rec slog.Record) error {
	rec.Attrs(func(a slog.Attr) bool {
		if a.Key == "reason" && strings.HasPrefix(rec.Message, "building") {
			h.r.mu.Lock()
			h.r.list = append(h.r.list, a.Value.String())
			h.r.mu.Unlock()
		}
		return true
	})
	return nil
}

func openIndex(t testing.TB, dir string, r *reasons) *Index {
	t.Helper()
	var log *slog.Logger
	if r != nil {
		log = r.log()
	}
	x, err := Open(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func followHead(t testing.TB, x *Index, w *wiki.Wiki) {
	t.Helper()
	if err := x.Follow(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
	if x.Position() != w.Head().Commit() {
		t.Fatalf("at %s, not %s", x.Position(), w.Head().Commit())
	}
}

func TestAnEditIsFoundAtOnce(t *testing.T) {
	w := newWiki(t, map[string]string{
		"launch": "---\nkeywords: [events]\nasked_as:\n  how-long: [duration of the kick-off]\n---\n\n# Launch workshop\n\nIntroductions first.\n\n## How long?\n\nTwo days.\n\n### Details\n\nWith an evening between.\n",
		"moved":  "---\nredirect_to: launch\ntitle: Kick-off\n---\n",
	})
	dir := t.TempDir()
	var why reasons
	x := openIndex(t, dir, &why)
	if res := find(t, x, "launch"); res.Total != 0 || !res.Commit.IsZero() {
		t.Errorf("before anything: %+v", res)
	}
	followHead(t, x, w)
	if got := why.take(); got != reasonNone {
		t.Errorf("built because %q", got)
	}
	check := func(query, want string) {
		t.Helper()
		if got := addresses(find(t, x, query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	check("introductions", "launch")
	check("two days", "launch#how-long")
	check("evening", "launch#details")
	check("duration", "launch#how-long")
	check("redirect", "")

	save(t, w, "launch", "# Launch workshop\n\n## What to bring?\n\nA lighthouse.\n")
	followHead(t, x, w)
	check("lighthouse", "launch#what-to-bring")
	check("evening", "")

	if _, err := w.Rename(t.Context(), wiki.Rename{From: pathTo(t, "launch"), To: pathTo(t, "guide/start"), Author: author}); err != nil {
		t.Fatal(err)
	}
	followHead(t, x, w)
	check("lighthouse", "guide/start#what-to-bring")
	check("path:guide lighthouse", "guide/start#what-to-bring")

	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = openIndex(t, dir, &why)
	if x.Position() != w.Head().Commit() {
		t.Error("the position was lost")
	}
	check("lighthouse", "guide/start#what-to-bring")

	if _, err := w.Delete(t.Context(), wiki.Delete{Path: pathTo(t, "guide/start"), Base: w.Head().Commit(), Author: author}); err != nil {
		t.Fatal(err)
	}
	followHead(t, x, w)
	check("lighthouse", "")
	if got := why.take(); got != "" {
		t.Errorf("rebuilt because %q", got)
	}
	if err := x.Equal(t.Context(), w, w.Head()); err != nil {
		t.Error(err)
	}
	st, err := x.Stats(t.Context())
	if err != nil || st.Pages != 0 || st.Documents != 0 || st.Bytes == 0 {
		t.Errorf("%+v %v", st, err)
	}
}

var words = strings.Fields("community practice budget members workshop launch network question answer knowledge die der haus café naïve two-factor 知識 管理")

func randomPage(r *rand.Rand) string {
	var b strings.Builder
	text := func(n int) {
		for range n {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
	}
	fmt.Fprintf(&b, "---\nkeywords: [k%d, %s]\nlang: %s\n---\n\n# ", r.IntN(5), words[r.IntN(len(words))], []string{"", "de", "ja", "xx"}[r.IntN(4)])
	text(3)
	for range r.IntN(6) {
		b.WriteString("\n\n## ")
		text(1 + r.IntN(4))
		b.WriteString("?\n\n")
		text(r.IntN(30))
	}
	return b.String()
}

// Following edit by edit, with restarts between, gives an index that answers as a fresh one does, scores and all.
func TestIncrementalEqualsFresh(t *testing.T) {
	names := []string{"a", "b", "guide/a", "guide/b", "guide/deep/c", "index", "two words"}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			w := newWiki(t, map[string]string{"index": "# Front\n"})
			dir := t.TempDir()
			var why reasons
			x := openIndex(t, dir, &why)
			for range 40 {
				p := pathTo(t, names[r.IntN(len(names))])
				var err error
				switch n := r.IntN(10); {
				case n < 2 && w.Head().Has(p):
					_, err = w.Delete(t.Context(), wiki.Delete{Path: p, Base: w.Head().Commit(), Author: author})
				case n < 4 && w.Head().Has(p):
					_, err = w.Rename(t.Context(), wiki.Rename{From: p, To: pathTo(t, names[r.IntN(len(names))]), Author: author})
				default:
					save(t, w, p.String(), randomPage(r))
				}
				if k := wiki.KindOf(err); err != nil && k != wiki.Exists && k != wiki.Unchanged && k != wiki.Invalid {
					t.Fatal(err)
				}
				if r.IntN(3) == 0 {
					followHead(t, x, w)
				}
				if r.IntN(10) == 0 {
					if err := x.Close(); err != nil {
						t.Fatal(err)
					}
					x = openIndex(t, dir, &why)
				}
			}
			followHead(t, x, w)
			if got := why.take(); got != reasonNone {
				t.Errorf("built because %q", got)
			}
			if err := x.Equal(t.Context(), w, w.Head()); err != nil {
				t.Error(err)
			}
			fresh := openIndex(t, t.TempDir(), nil)
			followHead(t, fresh, w)
			if x.store.lengths != fresh.store.lengths {
				t.Errorf("lengths %v, fresh %v", x.store.lengths, fresh.store.lengths)
			}
			for range 40 {
				q := words[r.IntN(len(words))] + " " + words[r.IntN(len(words))]
				mine, theirs := find(t, x, q), find(t, fresh, q)
				if mine.Total != theirs.Total || scores(mine) != scores(theirs) {
					t.Errorf("%q:\n%s\n%s", q, scores(mine), scores(theirs))
				}
			}
		})
	}
}

// scores lists hits and scores in an order of their own: equal scores may come in any.
func scores(res Results) string {
	var list []string
	for _, h := range res.Hits {
		list = append(list, fmt.Sprintf("%s %.9f", h.Path, h.Score))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// indexOf builds an index and closes it, and gives its folder.
func indexOf(t *testing.T, w *wiki.Wiki) string {
	t.Helper()
	dir := t.TempDir()
	x := openIndex(t, dir, nil)
	followHead(t, x, w)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != lockName {
			files = append(files, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// segmentOf gives the largest file that the index in dir consists of.
func segmentOf(t *testing.T, dir string) string {
	t.Helper()
	st, reason := openCurrent(dir)
	if st == nil {
		t.Fatal(reason)
	}
	largest, size := "", uint64(0)
	err := st.read(t.Context(), func(s *session, _ wiki.ID) error {
		for _, part := range s.reader.Segments() {
			if file, ok := part.Segment().(segment.PersistedSegment); ok && part.Count() >= size {
				largest, size = file.Path(), part.Count()
			}
		}
		return nil
	})
	if err := errors.Join(err, st.retire(false)); err != nil {
		t.Fatal(err)
	}
	return largest
}

// Whatever happens to the files of an index, it is right after the next Follow. Not all of it is damage: bleve keeps the
// state before the last beside it, and takes that when the last cannot be read.
func TestDamage(t *testing.T) {
	pages := map[string]string{}
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 30 {
		pages[fmt.Sprint("p", i)] = randomPage(r)
	}
	w := newWiki(t, pages)
	damage := map[string]func(data []byte) []byte{
		"cut":     func(data []byte) []byte { return data[:len(data)/2] },
		"emptied": func([]byte) []byte { return nil },
		"flipped": func(data []byte) []byte {
			data = slices.Clone(data)
			data[r.IntN(len(data))] ^= 0x20
			return data
		},
		"noise": func(data []byte) []byte {
			data = slices.Clone(data)
			for i := range data {
				if i%64 == 0 {
					data[i] = byte(r.IntN(256))
				}
			}
			return data
		},
	}
	for name, harm := range damage {
		for i := range filesOf(t, indexOf(t, w)) {
			dir := indexOf(t, w)
			files := filesOf(t, dir)
			if i >= len(files) {
				continue
			}
			file := files[i]
			t.Run(name+" "+filepath.Base(file), func(t *testing.T) {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, harm(data), 0o666); err != nil {
					t.Fatal(err)
				}
				var why reasons
				x := openIndex(t, dir, &why)
				followHead(t, x, w)
				if err := x.Equal(t.Context(), w, w.Head()); err != nil {
					t.Errorf("%v (rebuilt because %q)", err, why.take())
				}
				find(t, x, "community budget")
			})
		}
	}
	t.Run("a bit of a segment that counts", func(t *testing.T) {
		dir := indexOf(t, w)
		file := segmentOf(t, dir)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/3] ^= 1
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		var why reasons
		x := openIndex(t, dir, &why)
		followHead(t, x, w)
		if got := why.take(); !strings.HasPrefix(got, reasonCut) {
			t.Errorf("reason %q", got)
		}
	})
	t.Run("the end of bleve's list of states", func(t *testing.T) {
		dir := indexOf(t, w)
		files := filesOf(t, dir)
		file := files[slices.IndexFunc(files, func(name string) bool { return filepath.Base(name) == "root.bolt" })]
		db, err := bolt.Open(file, 0o666, &bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		var size int64
		err = errors.Join(db.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil }), db.Close())
		if err == nil {
			err = os.Truncate(file, size-int64(os.Getpagesize()))
		}
		if err != nil {
			t.Fatal(err)
		}
		var why reasons
		x := openIndex(t, dir, &why)
		followHead(t, x, w)
		if got := why.take(); !strings.HasPrefix(got, reasonBleve) || !strings.Contains(got, "is cut") {
			t.Errorf("reason %q", got)
		}
	})
	t.Run("another version", func(t *testing.T) {
		dir := indexOf(t, w)
		name := filepath.Join(dir, currentName)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(data), format, "coppice search index 0", 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		var why reasons
		x := openIndex(t, dir, &why)
		followHead(t, x, w)
		if got := why.take(); got != reasonFormat {
			t.Errorf("reason %q", got)
		}
		if folders, _ := filepath.Glob(filepath.Join(dir, storePrefix+"*")); len(folders) != 1 {
			t.Errorf("folders left: %v", folders)
		}
	})
}

func TestRewrittenHistoryIsRebuilt(t *testing.T) {
	var why reasons
	x := openIndex(t, t.TempDir(), &why)
	followHead(t, x, newWiki(t, map[string]string{"a": "# First\n"}))
	why.take()
	other := newWiki(t, map[string]string{"a": "# Second\n", "b": "# Third\n"})
	followHead(t, x, other)
	if got := why.take(); !strings.HasPrefix(got, "the repository does not know commit") {
		t.Errorf("reason %q", got)
	}
	if err := x.Equal(t.Context(), other, other.Head()); err != nil {
		t.Error(err)
	}
}

func TestEqualSeesDifferences(t *testing.T) {
	w := newWiki(t, map[string]string{"a": "# A\n\nText.\n"})
	x := openIndex(t, t.TempDir(), nil)
	if err := x.Equal(t.Context(), w, w.Head()); err == nil {
		t.Error("no index at all passes")
	}
	followHead(t, x, w)
	save(t, w, "a", "# A\n\nOther text.\n")
	if err := x.Equal(t.Context(), w, w.Head()); err == nil || !strings.Contains(err.Error(), "a: section 0 differs") {
		t.Error(err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	openIndex(t, dir, nil)
	_, err := Open(dir, nil)
	if wiki.KindOf(err) != wiki.Refused || wiki.SentenceOf(err, "") != "The search index is in use by another process." {
		t.Fatal(err)
	}
}

// A panic in a search is an error for who searched, and the index is built anew without anybody asking.
func TestPanicIsMended(t *testing.T) {
	w := newWiki(t, map[string]string{"a": "# Alpha\n\nText of it.\n"})
	var why reasons
	x := openIndex(t, t.TempDir(), &why)
	followHead(t, x, w)
	why.take()
	err := x.read(t.Context(), func(*session, wiki.ID) error { panic("a segment that lies") })
	if !errors.Is(err, errPanic) {
		t.Fatal(err)
	}
	x.work.Wait()
	if got := why.take(); !strings.HasPrefix(got, "a search panicked") {
		t.Errorf("reason %q", got)
	}
	if got := addresses(find(t, x, "text")); got != "a" {
		t.Errorf("after the repair: %q", got)
	}
	if x.Position() != w.Head().Commit() {
		t.Error("the position is lost")
	}
}

// Readers see the old index while another is built, and none of them an error.
func TestSearchingGoesOnDuringRebuild(t *testing.T) {
	pages := map[string]string{}
	for i := range 50 {
		pages[fmt.Sprint("p", i)] = fmt.Sprintf("# Page %d\n\nlighthouse\n", i)
	}
	w := newWiki(t, pages)
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, w)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				res, err := x.Search(context.WithoutCancel(ctx), Parse("lighthouse"))
				if err != nil || res.Total != 50 {
					t.Errorf("%d hits, %v", res.Total, err)
					return
				}
			}
		})
	}
	for range 3 {
		x.store.fail(errors.New("as if"))
		followHead(t, x, w)
	}
	stop()
	readers.Wait()
}

func TestCancelledBuildLeavesNothing(t *testing.T) {
	w := newWiki(t, map[string]string{"a": "# A\n"})
	dir := t.TempDir()
	x := openIndex(t, dir, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Follow(ctx, w, w.Head()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if folders, _ := filepath.Glob(filepath.Join(dir, storePrefix+"*")); len(folders) != 0 {
		t.Errorf("folders left: %v", folders)
	}
	followHead(t, x, w)
}

func TestProgress(t *testing.T) {
	pages := map[string]string{}
	for i := range 100 {
		pages[fmt.Sprint("p", i)] = "# P\n"
	}
	x := openIndex(t, t.TempDir(), nil)
	last := 0
	x.OnProgress = func(done, total int) {
		if done < last || total != 100 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	}
	followHead(t, x, newWiki(t, pages))
	if last != 100 {
		t.Errorf("ended at %d", last)
	}
}

func TestClosed(t *testing.T) {
	x := openIndex(t, t.TempDir(), nil)
	w := newWiki(t, map[string]string{"a": "# A\n"})
	followHead(t, x, w)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Search(t.Context(), Parse("a")); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := x.Suggest(t.Context(), "a", 3); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := x.Follow(t.Context(), w, w.Head()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// corpus opens a repository of the real cheat sheets beside the project, or says that it is not there.
func corpus(t testing.TB) *wiki.Wiki {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		bundle := filepath.Join(dir, "..", "shared", "corpora", "owasp-cheatsheets.bundle")
		if _, err := os.Stat(bundle); err != nil {
			break
		}
		repo := filepath.Join(t.TempDir(), "owasp.git")
		if out, err := exec.Command("git", "clone", "-q", "--bare", bundle, repo).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return openWiki(t, repo, "cheatsheets")
	}
	t.Log("the corpus of real pages is not here; generated pages stand in for it")
	return nil
}

// A question typed as its heading reads is found, first or nearly, at that heading.
func TestHeadingsAreFound(t *testing.T) {
	w := corpus(t)
	if w == nil {
		pages := map[string]string{}
		r := rand.New(rand.NewPCG(9, 9))
		for i := range 60 {
			var b strings.Builder
			fmt.Fprintf(&b, "# Sheet %d\n\n", i)
			for j := range 8 {
				fmt.Fprintf(&b, "## How does topic%d relate to area%d?\n\n%s\n\n", i*10+j, j, strings.Repeat(words[r.IntN(10)]+" "+words[r.IntN(10)]+". ", 20))
			}
			pages[fmt.Sprintf("sheet-%d", i)] = b.String()
		}
		w = newWiki(t, pages)
	}
	x := openIndex(t, t.TempDir(), nil)
	followHead(t, x, w)
	if err := x.Equal(t.Context(), w, w.Head()); err != nil {
		t.Fatal(err)
	}
	asked, first, page, snippets := 0, 0, 0, 0
	for ref := range w.Head().Pages() {
		source, err := w.Head().Page(ref.Path)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := extract(ref.Path, source.Source)
		for _, s := range p.sections {
			if len(strings.Fields(s.heading)) < 3 || len(s.heading) > 200 {
				continue
			}
			asked++
			res := find(t, x, strings.Map(func(r rune) rune {
				if strings.ContainsRune(`":-“”«»`, r) {
					return ' '
				}
				return r
			}, s.heading))
			if len(res.Hits) == 0 {
				t.Errorf("%s: nothing for %q", ref.Path, s.heading)
				continue
			}
			for i, h := range res.Hits[:min(3, len(res.Hits))] {
				if h.Path == ref.Path {
					page++
					if i == 0 && fold(h.Question) == fold(s.heading) {
						first++
					}
					break
				}
			}
			if len(res.Hits[0].Snippet) > 0 {
				snippets++
			}
		}
	}
	t.Logf("%d headings: the page is among the first three for %d, and opens first at the heading for %d; %d with a snippet", asked, page, first, snippets)
	if page*100 < asked*85 || first*100 < asked*65 {
		t.Errorf("of %d headings %d pages and %d places", asked, page, first)
	}
}
