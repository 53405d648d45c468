package wiki_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"coppice/wiki"
)

const (
	// killRounds is how often a saving process is killed at a random moment.
	killRounds = 200
	// killWriters save at once in it, so that groups of saves are cut too.
	killWriters = 4
	// childEnv makes the test binary the process that is killed: it names the repository.
	childEnv = "COPPICE_TEST_SAVE_UNTIL_KILLED"
	roundEnv = "COPPICE_TEST_ROUND"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		saveUntilKilled(dir, os.Getenv(roundEnv))
	}
	os.Exit(m.Run())
}

// saveUntilKilled saves for ever, and prints the token of each save when it was answered.
func saveUntilKilled(dir, round string) {
	w, err := wiki.Open(dir, wiki.Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	for i := range killWriters {
		wg.Go(func() {
			path, _ := wiki.ParsePath(fmt.Sprintf("folder/page-%d", i))
			for n := 0; ; n++ {
				token := fmt.Sprintf("token-%s-%d-%d", round, i, n)
				head := w.Head()
				var base wiki.ID
				if head.Has(path) {
					base = head.Commit()
				}
				_, err := w.Save(context.Background(), wiki.Edit{Path: path, Base: base, Source: []byte("# Page\n\n" + token + "\n"), Summary: token, Author: ann})
				if err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				fmt.Println(token)
			}
		})
	}
	wg.Wait()
}

// TestKilledWhileSaving is the promise that an answered save is durable: kill -9 at any moment loses none, keeps none
// twice, and leaves a repository that native git finds sound.
func TestKilledWhileSaving(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "wiki.git")
	if err := wiki.Create(dir, wiki.Options{}, files("index.md", "# Home\n"), ann, "Begin"); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same moments each time are wanted
	answered := 0
	for round := range killRounds {
		before := git(t, dir, "rev-parse", "main")
		tokens := runAndKill(t, dir, round, 1+random.IntN(30))
		answered += len(tokens)
		found := map[string]int{}
		for line := range strings.Lines(git(t, dir, "log", "--format=%s", before+"..main")) {
			found[strings.TrimSpace(line)]++
		}
		for _, token := range tokens {
			if found[token] != 1 {
				t.Fatalf("round %d: %s was answered and is in history %d times", round, token, found[token])
			}
		}
		if round%20 == 0 {
			git(t, dir, "fsck", "--strict", "--no-dangling")
		}
	}
	w := openWiki(t, dir, wiki.Options{})
	mustSave(t, w, "index", w.Head().Commit(), "# Home\n\nStill here.\n")
	t.Logf("%d saves were answered in %d rounds, and all are there", answered, killRounds)
}

// runAndKill lets a process save, kills it after so many answers, and gives all the answers it gave.
func runAndKill(t *testing.T, dir string, round, after int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir, fmt.Sprintf("%s=%d", roundEnv, round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var tokens []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if msg, failed := strings.CutPrefix(lines.Text(), "error "); failed {
			t.Fatalf("round %d: %s", round, msg)
		}
		tokens = append(tokens, lines.Text())
		if len(tokens) == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed, so it did not end well
	if len(tokens) < after {
		t.Fatalf("round %d: it ended by itself after %d answers", round, len(tokens))
	}
	return tokens
}
