package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"coppice/search"
	"coppice/wiki"
)

const (
	// handWrites is how many things each of the writers does: enough for every action to meet every other, and few
	// enough for a test of seconds.
	handWrites = 50
	writers    = 4
	pushes     = 16
)

// TestDayOfEdits lets writers edit, rename, delete, restore and undo through the forms while native git pushes into the
// repository and rewrites its branch. When the server has stopped, check must find no fault, that is: every index that
// followed all this equals one made afresh. git fsck is the second referee.
func TestDayOfEdits(t *testing.T) {
	t.Run("starter", func(t *testing.T) {
		t.Parallel()
		runDay(t, place{data: t.TempDir()})
	})
	t.Run("owasp", func(t *testing.T) {
		t.Parallel()
		bundle := corpus("owasp-cheatsheets.bundle")
		if bundle == "" {
			t.Log("the OWASP bundle is not here: the starter wiki alone was tested")
			return
		}
		dir := t.TempDir()
		repo := filepath.Join(dir, "owasp.git")
		hostlessGit(t, dir, "clone", "-q", "--bare", bundle, repo)
		runDay(t, place{data: filepath.Join(dir, "data"), repo: repo, root: "cheatsheets"})
	})
}

// corpus gives the path of a file in ../shared/corpora beside the module; "" when it is not there.
func corpus(name string) string {
	for dir, err := os.Getwd(); err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		file := filepath.Join(filepath.Dir(dir), "shared", "corpora", name)
		if _, err := os.Stat(file); err != nil {
			return ""
		}
		return file
	}
	return ""
}

// hostlessGit runs native git without the host's configuration and gives what it prints.
func hostlessGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(dir, args...)
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

func tryGit(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Git Hand", "GIT_AUTHOR_EMAIL=hand@example.org", "GIT_COMMITTER_NAME=Git Hand", "GIT_COMMITTER_EMAIL=hand@example.org")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func runDay(t *testing.T, p place) {
	var log lockedBuffer
	p.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	before := ""
	if p.repo != "" {
		before, _ = tryGit(p.repo, "fsck", "--strict") // old histories have oddities of their own
	}
	s, err := openServer(t.Context(), serveOptions{place: p, listen: "127.0.0.1:0", author: "Ada Writer <ada@example.org>"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	defer stop()
	stopped := make(chan error, 1)
	go func() { stopped <- s.run(ctx) }()

	d := &day{t: t, server: s, seen: map[string]int{}}
	var hands sync.WaitGroup
	for i := range writers {
		hands.Go(func() { d.write(rand.New(rand.NewPCG(1, uint64(i)))) })
	}
	hands.Go(func() { d.push(rand.New(rand.NewPCG(2, 0))) })
	hands.Wait()
	t.Logf("answers: %v", d.seen)
	for _, needed := range []string{"edit 303", "new 303", "rename 303", "delete 303", "restore 303", "revert 303", "push", "force"} {
		if d.seen[needed] == 0 {
			t.Errorf("%q never happened", needed)
		}
	}

	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the log has errors:\n%s", log.String())
	}
	var out, complaints bytes.Buffer
	args := []string{"coppice", "check", "--data=" + p.data, "--repo=" + p.repo, "--root=" + p.root, "--log-level=warn"}
	code := run(t.Context(), args, &out, &complaints)
	found := 0
	for line := range strings.Lines(out.String()) { // pages that are gone are not found, which says nothing about an index
		if strings.Contains(line, "fault: ") && !strings.Contains(line, search.ExpectationsFile) {
			found++
		}
	}
	if code != exitOK && code != exitFaults || found > 0 || complaints.Len() > 0 {
		t.Errorf("check ends with %d:\n%s%s", code, &out, &complaints)
	}
	if after := hostlessGit(t, p.repository(), "fsck", "--strict", "--no-dangling"); after != before {
		t.Errorf("git fsck says\n%s\nand said before\n%s", after, before)
	}
}

// day is a server on which many hands work at once.
type day struct {
	*server
	t *testing.T

	// desk is held for reading by each action of a writer. Whoever pushes takes it most of the time, for a push that
	// races four busy writers is always too late.
	desk sync.RWMutex

	mu   sync.Mutex
	gone []wiki.Path    // deleted, to be restored
	seen map[string]int // how often each action got each answer
}

func (d *day) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen[what]++
}

// post sends a form. Another hand may have been there first; what no hand may ever see is a fault of the server.
func (d *day) post(action, address string, fields ...string) bool {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := client.PostForm(d.address()+address, form)
	if err != nil {
		d.t.Error(err)
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Error(err)
	}
	d.note(fmt.Sprint(action, " ", resp.StatusCode))
	switch resp.StatusCode {
	case http.StatusSeeOther:
		return true
	case http.StatusMovedPermanently, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		d.t.Errorf("%s %s: %s\n%.400s", action, address, resp.Status, body)
	}
	return false
}

// anyPage picks a page of a snapshot.
func anyPage(r *rand.Rand, snap *wiki.Snapshot) (p wiki.Path, ok bool) {
	n := r.IntN(max(snap.Len(), 1))
	for ref := range snap.Pages() {
		if n == 0 {
			return ref.Path, true
		}
		n--
	}
	return p, false
}

// under is the address of a page below a verb.
func under(verb string, p wiki.Path) string {
	return (&url.URL{Path: "/" + verb + "/" + p.String()}).EscapedPath()
}

// reword changes a text somewhere, as people do.
func reword(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	at := r.IntN(len(lines))
	switch words := fmt.Sprintf("Some words, %x, and [a link](page-%d.md).\n", r.Uint32(), r.IntN(30)); r.IntN(4) {
	case 0:
		lines = slices.Insert(lines, at, "\n", words, "\n")
	case 1:
		lines = slices.Delete(lines, at, min(at+1+r.IntN(3), len(lines)))
	case 2:
		lines = slices.Insert(lines, at, "## Question "+words[12:20]+"?\n\n", words)
	default:
		lines[at] = words
	}
	return strings.Join(lines, "") + "end\n" // never empty
}

func (d *day) write(r *rand.Rand) {
	stale := d.wiki.Head()
	for i := range handWrites {
		if i%7 == 0 {
			stale = d.wiki.Head()
		}
		d.desk.RLock()
		d.act(r, stale)
		d.desk.RUnlock()
	}
}

// act does one thing with some page; stale is a Snapshot from a while ago.
func (d *day) act(r *rand.Rand, stale *wiki.Snapshot) {
	head := d.wiki.Head()
	p, ok := anyPage(r, head)
	if !ok {
		d.t.Error("no page is left")
		return
	}
	switch r.IntN(12) {
	case 0, 1:
		name := fmt.Sprintf("new/%s-%d", []string{"page", "Été", "Überblick", "质量", "with space"}[r.IntN(5)], r.IntN(1000))
		text := reword(r, "# "+name+"\n\nBegun.\n")
		d.post("new", (&url.URL{Path: "/edit/" + name}).EscapedPath(), "source", text, "summary", "Begin")
	case 2:
		d.post("rename", under("rename", p), "to", fmt.Sprintf("moved/%d/page-%d", r.IntN(3), r.IntN(1000)), "summary", "Move")
	case 3:
		if d.post("delete", under("delete", p), "base", head.Commit().String(), "summary", "Away") {
			d.mu.Lock()
			d.gone = append(d.gone, p)
			d.mu.Unlock()
		}
	case 4:
		d.restore(r)
	case 5:
		d.revert(r, p)
	default: // from what is there now, or from what was there a while ago
		base := head
		if stale.Has(p) && r.IntN(3) == 0 {
			base = stale
		}
		old, err := base.Page(p)
		if err != nil {
			d.t.Error(err)
			return
		}
		d.post("edit", under("edit", p), "source", reword(r, string(old.Source)), "base", base.Commit().String(), "summary", "Edit")
	}
}

// restore brings back one of the pages that are gone.
func (d *day) restore(r *rand.Rand) {
	d.mu.Lock()
	if len(d.gone) == 0 {
		d.mu.Unlock()
		return
	}
	i := r.IntN(len(d.gone))
	p := d.gone[i]
	d.gone = slices.Delete(d.gone, i, i+1)
	d.mu.Unlock()
	if err := d.following[1].Await(d.t.Context()); err != nil {
		d.t.Error(err)
	}
	if gone, ok := d.indexes.history.Gone(d.t.Context(), d.wiki, p); ok {
		d.post("restore", under("restore", p), "revision", gone.Last.String(), "summary", "Back")
	}
}

// revert undoes one of a page's revisions.
func (d *day) revert(r *rand.Rand, p wiki.Path) {
	revs, _, err := d.indexes.history.Revisions(d.t.Context(), d.wiki, p, 0, 5)
	if err != nil || len(revs) == 0 {
		return // the page is too new for the index
	}
	d.post("revert", under("revert", p), "revision", revs[r.IntN(len(revs))].ID.String(), "summary", "Undo")
}

// push is what people with a clone do: edit, move, delete, merge, and now and then rewrite the branch.
func (d *day) push(r *rand.Rand) {
	clone := filepath.Join(d.t.TempDir(), "clone")
	if out, err := tryGit(d.wiki.Dir(), "clone", "-q", d.wiki.Dir(), clone); err != nil {
		d.t.Errorf("clone: %v\n%s", err, out)
		return
	}
	for i := range pushes {
		alone := i%4 != 1
		if alone {
			d.desk.Lock()
		}
		done := d.pushOnce(r, clone, i%6 == 4, i%8 == 7)
		if alone {
			d.desk.Unlock()
		}
		if !done {
			return
		}
	}
}

// pushOnce changes something in the clone and pushes it: as a merge of work that began a while ago, or as a branch
// whose newest commits became one, if that is asked for. It gives false when it had to give up.
func (d *day) pushOnce(r *rand.Rand, clone string, merge, squash bool) bool {
	branch := d.wiki.Branch()
	try := func(args ...string) bool {
		out, err := tryGit(clone, args...)
		if err != nil && args[0] != "push" && args[0] != "merge" {
			d.t.Errorf("git %v: %v\n%s", args, err, out)
		}
		return err == nil
	}
	if !try("fetch", "-q", "origin") || !try("checkout", "-q", "-f", "-B", "mine", "origin/"+branch) {
		return false
	}
	if merge && !try("reset", "-q", "--hard", "HEAD~3") {
		return false
	}
	if !d.change(r, clone) || !try("add", "-A") || !try("commit", "-q", "--allow-empty", "-m", "From a clone") {
		return false
	}
	if merge && !try("merge", "-q", "-m", "Merge", "origin/"+branch) {
		return try("merge", "--abort") // a conflict is for people
	}
	push, what := []string{"push", "-q", "origin", "HEAD:" + branch}, "push"
	if squash {
		if !try("reset", "-q", "--soft", "HEAD~3") || !try("commit", "-q", "--allow-empty", "-m", "Squash") {
			return false
		}
		push, what = append(push, "--force"), "force"
	}
	if !try(push...) {
		what = "push came too late"
	}
	d.note(what)
	return true
}

// change edits, moves, deletes or adds a file of a clone, below the wiki's root and beside it.
func (d *day) change(r *rand.Rand, clone string) bool {
	root := filepath.Join(clone, filepath.FromSlash(d.wiki.Root()))
	var pages []string
	err := filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), ".") && name != root {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(name, ".md") {
			pages = append(pages, name)
		}
		return err
	})
	if err == nil && len(pages) == 0 {
		err = os.ErrNotExist
	}
	if err != nil {
		d.t.Error(err)
		return false
	}
	name := pages[r.IntN(len(pages))]
	text, err := os.ReadFile(name)
	if err == nil {
		switch r.IntN(5) {
		case 0:
			err = os.Remove(name)
		case 1:
			to := filepath.Join(root, fmt.Sprintf("cloned %d", r.IntN(3)), fmt.Sprintf("page-%d.md", r.IntN(1000)))
			if err = os.MkdirAll(filepath.Dir(to), 0o777); err == nil {
				err = os.Rename(name, to)
			}
		case 2:
			err = os.WriteFile(filepath.Join(clone, fmt.Sprintf("beside-%d.txt", r.IntN(9))), text, 0o666)
		default:
			err = os.WriteFile(name, []byte(reword(r, string(text))), 0o666)
		}
	}
	if err != nil {
		d.t.Error(err)
	}
	return err == nil
}
