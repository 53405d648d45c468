package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// net/http writes a page in two pieces: the first four kilobytes, header included, and the rest. Over half of the time of
// a cached page went into system calls, and each piece is one more, with a wake-up of the reader. A gatheringConn holds
// the first piece back, when it is told that there is a second one, and sends both with one call (writev).

// httpBuffer is the size of net/http's buffer in front of a connection. Were it another one, pages would go out in two
// pieces again.
const httpBuffer = 4 << 10

// gathering listens for connections that gather.
type gathering struct{ net.Listener }

// Accept waits for the next connection.
func (l gathering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &gatheringConn{TCPConn: tcp, begun: time.Now()}, nil
	}
	return c, err
}

// gatheringConn is for one goroutine at a time to write to, as net/http does.
//
// It also puts deadlines of reads off. net/http sets five for each request, and each moves a timer of the runtime; only
// those matter that hold when somebody reads. That is a twentieth of the time of a cached page.
type gatheringConn struct {
	*net.TCPConn
	expect bool    // the next write is the first of two
	first  *[]byte // what was held back, or nil

	begun    time.Time
	mu       sync.Mutex // guards what follows
	reading  bool
	deadline time.Time // of the next read, if late
	late     bool      // deadline is not set yet
}

// SetDeadline is for reads and writes.
func (c *gatheringConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline is for the reads that begin after it, and for one that is under way.
func (c *gatheringConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if over := !t.IsZero() && t.Before(c.begun); c.reading || over { // the latter is how net/http ends a read
		c.late = false
		return c.TCPConn.SetReadDeadline(t)
	}
	c.deadline, c.late = t, true
	return nil
}

// Read reads under the deadline that was set last.
func (c *gatheringConn) Read(b []byte) (int, error) {
	if err := c.beginRead(); err != nil {
		return 0, err
	}
	n, err := c.TCPConn.Read(b)
	c.mu.Lock()
	c.reading = false
	c.mu.Unlock()
	return n, err
}

func (c *gatheringConn) beginRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late {
		if err := c.TCPConn.SetReadDeadline(c.deadline); err != nil {
			return err
		}
	}
	c.late, c.reading = false, true
	return nil
}

// firstPieces are buffers for what is held back, for a moment.
var firstPieces = sync.Pool{New: func() any { b := make([]byte, 0, httpBuffer); return &b }}

// Write holds b back or sends it, with what was held back before it.
func (c *gatheringConn) Write(b []byte) (int, error) {
	if c.expect && len(b) <= httpBuffer {
		c.expect = false
		c.first = firstPieces.Get().(*[]byte)
		*c.first = append((*c.first)[:0], b...)
		return len(b), nil
	}
	if c.first == nil {
		return c.TCPConn.Write(b)
	}
	first := c.first
	c.first = nil
	pieces := net.Buffers{*first, b}
	n, err := pieces.WriteTo(c.TCPConn)
	written := max(0, int(n)-len(*first))
	firstPieces.Put(first)
	return written, err
}

type gatheringKey struct{}

// withConn lets a handler find its connection.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, gatheringKey{}, c)
}

// gather announces that an answer with a body of n bytes will be written at once, whole.
func gather(r *http.Request, n int) {
	if n <= httpBuffer {
		return // it may fit into the buffer, and then there is no second piece
	}
	if c, ok := r.Context().Value(gatheringKey{}).(*gatheringConn); ok {
		c.expect = true
	}
}
