package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// running is a coppice process that serves a repository.
type running struct {
	cmd     *exec.Cmd
	address string
	client  *http.Client
	started time.Time
}

// serve starts the binary on a free port and waits until it says that it serves.
func (b *bench) serve(repo string, args ...string) (*running, error) {
	cmd := exec.Command(b.binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--author", "Bench <bench@example.org>", "--log-level", "error",
		"--data", filepath.Join(b.dir, "data"), "--repo", repo}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r := &running{cmd: cmd, started: time.Now(), client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			r.address = a
			break
		}
	}
	if r.address == "" {
		return nil, errors.Join(errors.New("the server did not start"), cmd.Wait())
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // what it says later is of no interest
	return r, nil
}

// ready waits until every index is at the head.
func (r *running) ready() error {
	for {
		_, status, err := r.get("/readyz")
		if err != nil || status == http.StatusOK {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (r *running) stop() error {
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return r.cmd.Wait()
}

// get fetches an address whole.
func (r *running) get(path string) ([]byte, int, error) {
	resp, err := r.client.Get(r.address + path)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return body, resp.StatusCode, err
}

// view fetches an address as a browser does, compressed, and leaves the bytes as they came: unpacking them is not the
// server's work.
func (r *running) view(path string) error {
	req, err := http.NewRequest(http.MethodGet, r.address+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered with %s", path, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// form packs an edit as a browser packs the editor's form: what it costs to pack is not the server's work.
func form(base string, source []byte) (contentType string, body []byte, err error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, field := range [][2]string{{"base", base}, {"source", string(source)}, {"summary", "Measure a save"}, {"action", "save"}} {
		err = errors.Join(err, w.WriteField(field[0], field[1]))
	}
	err = errors.Join(err, w.Close())
	return w.FormDataContentType(), buf.Bytes(), err
}

// edit posts a page's new text and gives the time from sending it to the answer.
func (r *running) edit(path, base string, source []byte) (time.Duration, error) {
	contentType, packed, err := form(base, source)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	resp, err := r.client.Post(r.address+"/edit/"+path, contentType, bytes.NewReader(packed))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	took := time.Since(start)
	if resp.StatusCode != http.StatusSeeOther {
		return 0, fmt.Errorf("the edit was answered with %s\n%.500s", resp.Status, body)
	}
	return took, err
}

// memory is the resident set, in bytes.
func (r *running) memory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kb, err := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// nginx serves a folder on a free port of loopback.
func (b *bench) nginx(root string) (address string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address = l.Addr().String()
	l.Close()
	conf := fmt.Sprintf(`daemon off; worker_processes 2; pid %[1]s/nginx.pid; error_log stderr error;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; gzip_static on; open_file_cache off;
  default_type text/html; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen %[2]s; root %[1]s; } }`, root, address)
	file := filepath.Join(root, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o666); err != nil {
		return "", nil, err
	}
	if err := os.Chmod(root, 0o755); err != nil {
		return "", nil, err
	}
	cmd := exec.Command("nginx", "-c", file, "-p", root)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	for range 100 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return "http://" + address, func() error {
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					return err
				}
				return cmd.Wait()
			}, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", nil, errors.New("nginx did not start")
}
