package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

const (
	loadConnections = 64
	loadSeconds     = 4
	loadRounds      = 3
)

// serving compares a cached page and a 304 with nginx on the same bytes, by wrk, turn and turn about.
func (b *bench) serving() error {
	if b.owasp == "" {
		return nil
	}
	for _, program := range []string{"nginx", "wrk"} {
		if _, err := exec.LookPath(program); err != nil {
			b.report.say("%s is not installed: figures of cached pages are left out", program)
			return nil
		}
	}
	r, err := b.serve(b.owasp, "--root", "cheatsheets")
	if err != nil {
		return err
	}
	defer r.stop() //nolint:errcheck // nothing is lost
	if err := r.ready(); err != nil {
		return err
	}
	const page = "/wiki/Session_Management_Cheat_Sheet"
	body, etag, err := gzipped(r.address + page)
	if err != nil {
		return err
	}
	root := filepath.Join(b.dir, "nginx")
	if err := errors.Join(os.MkdirAll(root, 0o755), os.WriteFile(filepath.Join(root, "page.html.gz"), body, 0o644),
		os.WriteFile(filepath.Join(root, "page.html"), body, 0o644)); err != nil {
		return err
	}
	other, stop, err := b.nginx(root)
	if err != nil {
		return err
	}
	defer stop() //nolint:errcheck // nothing is lost
	_, theirTag, err := gzipped(other + "/page.html")
	if err != nil {
		return err
	}
	gz := "Accept-Encoding: gzip"
	if err := b.load("cached page, gzip, 64 connections, req/s", r.address+page, other+"/page.html", []string{gz}, []string{gz}, 0.6); err != nil {
		return err
	}
	return b.load("304, 64 connections, req/s", r.address+page, other+"/page.html",
		[]string{gz, "If-None-Match: " + etag}, []string{gz, "If-None-Match: " + theirTag}, 0.5)
}

// gzipped fetches the compressed bytes of an address, and its ETag.
func gzipped(url string) ([]byte, string, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.Header.Get("Content-Encoding") != "gzip" {
		err = fmt.Errorf("%s is not compressed", url)
	}
	return body, resp.Header.Get("ETag"), err
}

func (b *bench) load(name, ours, theirs string, ourHeaders, theirHeaders []string, target float64) error {
	var a, z, ratios []float64
	for range loadRounds {
		x, err := wrk(ours, ourHeaders)
		if err != nil {
			return err
		}
		y, err := wrk(theirs, theirHeaders)
		if err != nil {
			return err
		}
		a, z, ratios = append(a, x), append(z, y), append(ratios, x/y)
	}
	b.report.row(name, fmt.Sprintf("%.0f/s", median(a)), fmt.Sprintf("nginx %.0f/s", median(z)), median(ratios), atLeast, target)
	return nil
}

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

func wrk(url string, headers []string) (float64, error) {
	args := []string{"-t2", "-c" + strconv.Itoa(loadConnections), "-d" + strconv.Itoa(loadSeconds) + "s"}
	for _, h := range headers {
		args = append(args, "-H", h)
	}
	out, err := exec.Command("wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	m := requestsPerSecond.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("wrk said nothing\n%s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// firstView compares the first view of a page after an edit with goldmark alone on the same text.
func (b *bench) firstView() error {
	if b.owasp == "" {
		return nil
	}
	repo, err := b.fresh(b.owasp, "view.git")
	if err != nil {
		return err
	}
	r, err := b.serve(repo, "--root", "cheatsheets")
	if err != nil {
		return err
	}
	defer r.stop() //nolint:errcheck // nothing is lost
	if err := r.ready(); err != nil {
		return err
	}
	const page = "Session_Management_Cheat_Sheet"
	source, _, err := r.get("/raw/" + page)
	if err != nil {
		return err
	}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	var ours, theirs durations
	for i := range 60 {
		base, err := git(repo, "rev-parse", "HEAD")
		if err != nil {
			return err
		}
		text := fmt.Appendf(append([]byte{}, source...), "\nLine %d.\n", i)
		if _, err := r.edit(page, base, text); err != nil {
			return err
		}
		start := time.Now()
		if err := r.view("/wiki/" + page); err != nil {
			return err
		}
		ours = append(ours, time.Since(start))
		start = time.Now()
		if err := md.Convert(text, io.Discard); err != nil {
			return err
		}
		theirs = append(theirs, time.Since(start))
	}
	b.report.row(fmt.Sprintf("first view after an edit (%d kB), whole request, p50", len(source)>>10), show(ours.p50()),
		"goldmark "+show(theirs.p50()), ratio(ours.p50(), theirs.p50()), atMost, 4)
	return nil
}

// starting measures the time from the start of the process to the first answer, and memory after many views. The
// yardstick reads the commits themselves: a commit-graph, which not every repository has, would have counted them already.
func (b *bench) starting() error {
	r, err := b.serve(b.large)
	if err != nil {
		return err
	}
	if err := errors.Join(r.ready(), r.stop()); err != nil {
		return err
	}
	var ours, theirs durations
	for range 11 {
		if r, err = b.serve(b.large); err != nil {
			return err
		}
		if _, status, err := r.get("/wiki/area-00/topic-00/page-00000"); err != nil || status >= http.StatusBadRequest {
			if _, status, err = r.get("/pages"); err != nil || status != http.StatusOK {
				return fmt.Errorf("first answer: status %d: %w", status, err)
			}
		}
		ours = append(ours, time.Since(r.started))
		if err := r.stop(); err != nil {
			return err
		}
		d, err := timed(1, func(int) error {
			_, err := git(b.large, "-c", "core.commitGraph=false", "rev-list", "--count", "HEAD")
			return err
		})
		if err != nil {
			return err
		}
		theirs = append(theirs, d...)
	}
	b.report.row("start to first answer, indexes there, generated repository", show(ours.p50()), "git rev-list "+show(theirs.p50()),
		ratio(ours.p50(), theirs.p50()), atMost, 0.5)
	return b.memoryAfterViews()
}

const views = 10_000

func (b *bench) memoryAfterViews() error {
	r, err := b.serve(b.large)
	if err != nil {
		return err
	}
	defer r.stop() //nolint:errcheck // nothing is lost
	if err := r.ready(); err != nil {
		return err
	}
	list, err := git(b.large, "ls-tree", "-r", "--name-only", "HEAD")
	if err != nil {
		return err
	}
	names := regexp.MustCompile(`(?m)^(.*)\.md$`).FindAllStringSubmatch(list, -1)
	for i := range views {
		if err := r.view("/wiki/" + names[i%len(names)][1]); err != nil {
			return err
		}
	}
	m, err := r.memory()
	if err != nil {
		return err
	}
	const limit = 200 << 20
	b.report.row(fmt.Sprintf("resident memory after %d views of it", views), fmt.Sprintf("%d MiB", m>>20), "200 MiB", float64(m)/limit, atMost, 1)
	return nil
}
