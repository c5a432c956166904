package sockets

import (
	"net"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Close closes the connection. It does not wait: what was written is still
// delivered, then a FIN, and the socket goes through the states of its end in the
// background. When data has arrived that was not read, or SetLinger(0) was
// called, the peer gets a RST instead. Calls that wait return net.ErrClosed, and so
// does every later call, Close too.
func (c *Conn) Close() error { return c.end(false) }

// Abort ends the connection at once: what was not yet sent is thrown away, the
// peer gets a RST, and nothing of the socket is left (RFC 9293 §3.10.5).
func (c *Conn) Abort() error { return c.end(true) }

// end closes the connection, with a RST for its peer if it must be or SetLinger(0) was
// called.
func (c *Conn) end(abort bool) error {
	h := c.host
	h.mu.Lock()
	if c.closed {
		h.mu.Unlock()
		return c.failure("close", net.ErrClosed)
	}
	now := time.Now()
	c.leave(abort || c.abort, now)
	h.finish(now)
	return nil
}

// leave ends the connection as far as the application is concerned.
func (c *Conn) leave(abort bool, now time.Time) {
	h := c.host
	c.close()
	if abort {
		h.stack.Abort(c.tcb, now)
	} else {
		h.stack.Close(c.tcb, now)
	}
	h.drain(now)
	if c.tcb != nil { // perhaps nothing has happened: the connection was over before
		h.release(c.tcb)
	}
}

// close takes the connection from the application. The socket lives on without
// it, perhaps for 2MSL; see release.
func (c *Conn) close() {
	c.closed = true
	c.reading.stop()
	c.writing.stop()
}

// CloseWrite closes the sending side: what was written is delivered, then a FIN. When
// the peer's reset or silence takes it, Read says so, though the peer had closed as well.
// The connection goes on receiving. A second call does nothing. The errors are
// net.ErrClosed, syscall.ENOTCONN when the connection is over, and what ended it.
func (c *Conn) CloseWrite() error {
	h := c.host
	h.mu.Lock()
	if err := c.halfCloseError(); err != nil {
		h.mu.Unlock()
		return c.failure("close", err)
	}
	now := time.Now()
	if !c.tcb.CloseCalled {
		h.stack.CloseWrite(c.tcb, now)
		h.drain(now) // which also notes that a Write that waits, waits in vain
	}
	h.finish(now)
	return nil
}

// CloseRead closes the receiving side: what has arrived, and what arrives from
// now on, is acknowledged and thrown away, and Read returns io.EOF. The peer is
// not told. The errors are those of CloseWrite.
func (c *Conn) CloseRead() error {
	h := c.host
	h.mu.Lock()
	if err := c.halfCloseError(); err != nil {
		h.mu.Unlock()
		return c.failure("close", err)
	}
	now := time.Now()
	c.deaf = true
	c.throwAway(now)
	c.reading.wake()
	h.finish(now)
	return nil
}

func (c *Conn) halfCloseError() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.tcb.Err != nil:
		return c.tcb.Err
	case c.tcb.State == tcp.Closed && !c.tcb.CloseCalled:
		return syscall.ENOTCONN
	}
	return nil
}

// throwAway reads what has arrived, so that the window opens again, and drops it.
func (c *Conn) throwAway(now time.Time) {
	var nowhere [4096]byte
	for !c.closed {
		n, _ := c.host.stack.Read(c.tcb, nowhere[:], now)
		c.host.drain(now)
		if n == 0 {
			return
		}
	}
}
