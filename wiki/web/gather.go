package web

import (
	"context"
	"net"
	"net/http"
	"sync"
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
		return &gatheringConn{TCPConn: tcp}, nil
	}
	return c, err
}

// gatheringConn is for one goroutine at a time to write to, as net/http does.
type gatheringConn struct {
	*net.TCPConn
	expect bool    // the next write is the first of two
	first  *[]byte // what was held back, or nil
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
