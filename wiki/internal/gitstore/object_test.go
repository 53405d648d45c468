package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseCommit(t *testing.T) {
	const tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	const who = "author Ann <a@x> 1700000000 +0100\ncommitter Cem <c@x> 1700000001 -0330\n"
	for _, c := range []struct {
		name, raw string
		check     func(c *CommitData) bool
	}{
		{"plain", tree + who + "\nwords\n", func(c *CommitData) bool {
			_, offset := c.Committer.When.Zone()
			return c.Message == "words\n" && c.Author.Name == "Ann" && c.Author.Email == "a@x" && c.Parents == nil &&
				c.Author.When.Unix() == 1700000000 && offset == -(3*3600+30*60)
		}},
		{"no message", tree + who, func(c *CommitData) bool { return c.Message == "" }},
		{"empty message", tree + who + "\n", func(c *CommitData) bool { return c.Message == "" }},
		{"message of blank lines", tree + who + "\n\n\nx", func(c *CommitData) bool { return c.Message == "\n\nx" }},
		{"no people", tree + "\nwords", func(c *CommitData) bool {
			return c.Author == Signature{} && c.Committer == Signature{} && c.Message == "words"
		}},
		{"two parents", tree + "parent " + strings.Repeat("1", 40) + "\nparent " + strings.Repeat("2", 40) + "\n" + who + "\n", func(c *CommitData) bool {
			return len(c.Parents) == 2 && c.Parents[0][0] == 0x11 && c.Parents[1][19] == 0x22
		}},
		{"signature of several lines", tree + who + "gpgsig -----BEGIN\n \n abc\n -----END\nx-mark one two\n\nwords", func(c *CommitData) bool {
			return slices.Equal(c.ExtraHeaders, []Header{{"gpgsig", "-----BEGIN\n\nabc\n-----END"}, {"x-mark", "one two"}}) && c.Message == "words"
		}},
		{"latin-1", tree + "author J\xf6rg <j@x> 1 +0000\nencoding ISO-8859-1\n\ngr\xfc\xdfe\n", func(c *CommitData) bool {
			return c.Author.Name == "Jörg" && c.Message == "grüße\n" && c.Encoding == "ISO-8859-1"
		}},
		{"shift-jis", tree + "encoding SHIFT_JIS\n\n\x93\xfa\x96\x7b", func(c *CommitData) bool { return c.Message == "日本" }},
		{"unknown encoding", tree + "encoding klingon\n\nabc\xff\xfedef", func(c *CommitData) bool { return c.Message == "abc\uFFFDdef" }},
		{"broken utf-8", tree + "author \xff\xff <a\xff@x> 1 +0000\n\nabc\xffdef", func(c *CommitData) bool {
			return c.Message == "abc\uFFFDdef" && c.Author.Name == "\uFFFD" && c.Author.Email == "a\uFFFD@x"
		}},
		{"brackets in the name", tree + "author A <b> C <c@x> 5 +0000\n\n", func(c *CommitData) bool {
			return c.Author.Name == "A" && c.Author.Email == "b> C <c@x" && c.Author.When.Unix() == 5
		}},
		{"no address", tree + "author somebody\n\n", func(c *CommitData) bool {
			return c.Author.Name == "somebody" && c.Author.Email == "" && c.Author.When.IsZero()
		}},
		{"no date", tree + "author A <a@x>\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() && c.Author.Email == "a@x" }},
		{"date of words", tree + "author A <a@x> Thu Jan 1\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() }},
		{"date before 1970", tree + "author A <a@x> -1000000000 +0100\n\n", func(c *CommitData) bool { return c.Author.When.Unix() == -1000000000 }},
		{"date before the year 1", tree + "author A <a@x> -62135596801 +0000\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() }},
		{"date of a sign", tree + "author A <a@x> - +0000\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() }},
		{"author's date lost", tree + "author A <a@x> 99999999999999 +0000\ncommitter B <b@x> 7 +0000\n\n", func(c *CommitData) bool {
			return c.Written().Unix() == 7 && c.Committed().Unix() == 7
		}},
		{"committer's date lost", tree + "author A <a@x> 5 +0000\ncommitter B <b@x>\n\n", func(c *CommitData) bool {
			return c.Written().Unix() == 5 && c.Committed().Unix() == 5
		}},
		{"both dates lost", tree + "author A <a@x>\n\n", func(c *CommitData) bool { return c.Written().Unix() == 0 && c.Committed().Unix() == 0 }},
		{"date past the year 9999", tree + "author A <a@x> 253402300800 +0000\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() }},
		{"date of too many digits", tree + "author A <a@x> 99999999999999999999 +0000\n\n", func(c *CommitData) bool { return c.Author.When.IsZero() }},
		{"date without zone", tree + "author A <a@x> 5\n\n", func(c *CommitData) bool { return c.Author.When.Equal(time.Unix(5, 0)) }},
		{"strange zones", tree + "author A <a@x> 5 -7322\ncommitter A <a@x> 5 +051800\n\n", func(c *CommitData) bool {
			return c.Author.When.Location() == time.UTC && c.Committer.When.Location() == time.UTC && c.Committer.When.Unix() == 5
		}},
		{"zone of odd minutes", tree + "author A <a@x> 5 +0517\n\n", func(c *CommitData) bool {
			_, offset := c.Author.When.Zone()
			return offset == (5*60+17)*60
		}},
	} {
		got, err := ParseCommit(ID{1}, []byte(c.raw))
		if err != nil || !c.check(got) || got.ID != (ID{1}) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, raw := range []string{"", "\n", "words", who, "tree 4b82\n\n", "tree " + strings.Repeat("g", 40) + "\n\n", tree + "parent 12\n\n", tree + "parent \n\n"} {
		if _, err := ParseCommit(ID{}, []byte(raw)); !errors.Is(err, ErrDamaged) {
			t.Errorf("ParseCommit(%q): %v", raw, err)
		}
	}
}

// TestEncodeCommit lets git fsck judge commits made of awkward words.
func TestEncodeCommit(t *testing.T) {
	dir := gitInit(t)
	tree := mustID(t, gitRun(t, dir, "", "mktree"))
	berlin := time.FixedZone("", 3600)
	for i, c := range []CommitData{
		{Author: Signature{"Ann", "a@x", time.Unix(1700000000, 0).In(berlin)}, Message: "words\n"},
		{Author: Signature{"", "", time.Time{}}, Message: ""},
		{Author: Signature{"a<b>c\nd\x00e", "<<a@x>>\n", time.Unix(5, 0)}, Message: "with\x00 nul\n"},
		{Author: Signature{" \xff\xfe ", "\xff", time.Unix(-5, 0).UTC()}, Message: "\xff\xfe\n"},
		{Author: Signature{"far", "f@x", time.Date(30000, 1, 1, 0, 0, 0, 0, time.FixedZone("", -99*3600))}, Message: "x"},
		{Author: Signature{"odd", "o@x", time.Unix(7, 0).In(time.FixedZone("", -(3600*5 + 17*60)))}, Message: "\n\n"},
		{Author: Signature{"signed", "s@x", time.Unix(7, 0)}, ExtraHeaders: []Header{{"x-mark", "one\n\nthree"}}, Message: "x"},
	} {
		c.Tree, c.Committer = tree, c.Author
		raw := EncodeCommit(&c)
		id := strings.TrimSpace(gitRun(t, dir, string(raw), "hash-object", "-w", "-t", "commit", "--stdin"))
		if id != HashObject(Commit, raw).String() {
			t.Errorf("%d: HashObject differs from git's %s", i, id)
		}
		gitRun(t, dir, "", "update-ref", fmt.Sprintf("refs/heads/c%d", i), id)
		back, err := ParseCommit(ID{}, raw)
		if err != nil || !bytes.Equal(EncodeCommit(back), raw) {
			t.Errorf("%d: does not come back: %q, %v", i, raw, err)
		}
	}
	gitRun(t, dir, "", "fsck", "--strict")
}

// TestCommitsComeBack parses and encodes real commits.
func TestCommitsComeBack(t *testing.T) {
	dir := generated(t)
	if bundle, ok := owaspBundle(t); ok {
		dir = cloneBundle(t, bundle)
	}
	same, other := 0, 0
	for _, o := range gitObjects(t, dir) {
		if o.kind != Commit {
			continue
		}
		c, err := ParseCommit(o.id, o.content)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(EncodeCommit(c), o.content) {
			same++
		} else {
			other++
			t.Logf("%s:\n%q\n%q", o.id, o.content, EncodeCommit(c))
		}
	}
	if same == 0 || other > 0 {
		t.Errorf("%d commits come back as they were, %d do not", same, other)
	}
}

// TestEncodeTree compares order and form with git mktree, which sorts by itself.
func TestEncodeTree(t *testing.T) {
	dir := gitInit(t)
	blob := mustID(t, gitRun(t, dir, "x", "hash-object", "-w", "--stdin"))
	sub := mustID(t, gitRun(t, dir, "100644 blob "+blob.String()+"\tx\n", "mktree"))
	entries := []TreeEntry{
		{ModeTree, "a", sub}, {ModeFile, "a.b", blob}, {ModeFile, "a0", blob}, {ModeFile, "a-", blob}, {ModeTree, "a.c", sub},
		{ModeFile, "ab", blob}, {ModeTree, "b", sub}, {ModeExecutable, "b!", blob}, {ModeSymlink, "b0", blob}, {ModeFile, "é", blob},
		{ModeFile, "\xff", blob}, {ModeFile, " ", blob}, {ModeFile, "A", blob}, {ModeTree, "z", sub},
	}
	before := slices.Clone(entries)
	var lines strings.Builder
	for _, e := range entries {
		kind := Blob
		if e.IsTree() {
			kind = Tree
		}
		fmt.Fprintf(&lines, "%06o %s %s\t%s\x00", e.Mode, kind, e.ID, e.Name)
	}
	want := mustID(t, gitRun(t, dir, lines.String(), "mktree", "-z"))
	raw := EncodeTree(entries)
	if got := HashObject(Tree, raw); got != want {
		t.Errorf("tree %s, git says %s", got, want)
	}
	if !slices.Equal(entries, before) {
		t.Error("EncodeTree sorted its argument")
	}
	back := slices.Collect(func(yield func(TreeEntry) bool) {
		for e, err := range Entries(raw) {
			if err != nil || !yield(e) {
				return
			}
		}
	})
	if !bytes.Equal(EncodeTree(back), raw) || len(back) != len(entries) {
		t.Error("entries do not come back")
	}
	if EncodeTree(nil) == nil || HashObject(Tree, EncodeTree(nil)) != emptyTree {
		t.Error("empty tree")
	}
}

func TestEntriesDamaged(t *testing.T) {
	id := strings.Repeat("i", 20)
	for _, raw := range []string{
		"1", "100644", "100644 ", "100644 a", "100644 a\x00", "100644 a\x00" + id[1:], "100644 \x00" + id, " a\x00" + id,
		"100844 a\x00" + id, "10064400 a\x00" + id, "-1 a\x00" + id, "100644 a\x00" + id + "x",
	} {
		var last error
		for _, err := range Entries([]byte(raw)) {
			last = err
		}
		if !errors.Is(last, ErrDamaged) {
			t.Errorf("Entries(%q): %v", raw, last)
		}
	}
	for e, err := range Entries([]byte("040000 old\x00" + id)) { // git's first years wrote a leading zero
		if err != nil || !e.IsTree() || e.Name != "old" {
			t.Errorf("%+v, %v", e, err)
		}
	}
}

func FuzzParseCommit(f *testing.F) {
	f.Add([]byte("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@x> 1 +0130\ncommitter A <a@x> 1 -0000\ngpgsig a\n b\nencoding latin1\n\nwords\xff\n"))
	f.Add([]byte("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := ParseCommit(ID{}, raw)
		if err != nil {
			return
		}
		once := EncodeCommit(c)
		again, err := ParseCommit(ID{}, once)
		if err != nil {
			t.Fatalf("%q: %v", once, err)
		}
		if twice := EncodeCommit(again); !bytes.Equal(once, twice) {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func FuzzEntries(f *testing.F) {
	f.Add([]byte("100644 a\x00aaaaaaaaaaaaaaaaaaaa40000 b\x00bbbbbbbbbbbbbbbbbbbb"))
	f.Add([]byte("100644 a\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var entries []TreeEntry
		for e, err := range Entries(raw) {
			if err != nil {
				return
			}
			if e.Name == "" || strings.Contains(e.Name, "\x00") {
				t.Fatalf("name %q", e.Name)
			}
			entries = append(entries, e)
		}
		n := 0
		for _, err := range Entries(EncodeTree(entries)) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != len(entries) {
			t.Fatalf("%d entries become %d", len(entries), n)
		}
	})
}
