package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// accepted gives both ends of a connection that gathers.
func accepted(t *testing.T) (*gatheringConn, net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	reader, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := gathering{ln}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); c.Close() })
	return c.(*gatheringConn), reader
}

func TestGatheringConnHoldsOnePiece(t *testing.T) {
	c, reader := accepted(t)
	write := func(s string) {
		t.Helper()
		if n, err := c.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatalf("%d of %d bytes, %v", n, len(s), err)
		}
	}
	write("a ") // nothing was announced
	c.expect = true
	write("b ")
	if c.first == nil || c.expect {
		t.Fatal("the first of two pieces was not held back")
	}
	write("c ")
	write("d")
	if c.first != nil {
		t.Error("something is still held back")
	}
	got := make([]byte, len("a b c d"))
	if _, err := io.ReadFull(reader, got); err != nil || string(got) != "a b c d" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whatever the length of a body, and of the header before it, all of it comes out, on one connection.
func TestGatheredAnswersAreWhole(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan bool, 1)
	server := &http.Server{ConnContext: withConn, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Length", strconv.Itoa(n))
		gather(r, n)
		_, _ = w.Write(bytes.Repeat([]byte("x"), n))
		c := r.Context().Value(gatheringKey{}).(*gatheringConn)
		held <- c.expect
	})}
	go server.Serve(gathering{ln}) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for _, n := range []int{0, 1, 3800, 3990, 4000, 4095, 4096, 4097, 4200, 8000, 8100, 8192, 8193, 30_000, 300_000} {
		if _, err := io.WriteString(conn, "GET /"+strconv.Itoa(n)+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || string(body) != strings.Repeat("x", n) {
			t.Errorf("%d bytes of %d, %v", len(body), n, err)
		}
		if <-held {
			t.Errorf("%d bytes: a piece was announced that did not come", n)
		}
	}
}

// A deadline holds for reads that begin after it was set, a past one also for a read that is under way, and a later one
// takes it back.
func TestGatheringConnDeadlines(t *testing.T) {
	c, writer := accepted(t)
	past := time.Unix(1, 0)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.SetReadDeadline(past))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("after a past deadline: %v", err)
	}
	must(c.SetReadDeadline(time.Now().Add(time.Hour)))
	must(c.SetReadDeadline(time.Time{}))
	_, err := writer.Write([]byte("a"))
	must(err)
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatalf("after the deadline was taken back: %v", err)
	}
	ended := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		ended <- err
	}()
	must(c.SetReadDeadline(past)) // before or while it reads
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a read under way ended with %v", err)
	}
	must(c.SetDeadline(time.Now().Add(20 * time.Millisecond)))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a deadline that came: %v", err)
	}
}
