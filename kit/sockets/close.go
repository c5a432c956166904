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
func (c *Conn) Close() error { return c.close(false) }

// Abort ends the connection at once: what was not yet sent is thrown away, the
// peer gets a RST, and nothing of the socket is left (RFC 9293 §3.10.5).
func (c *Conn) Abort() error { return c.close(true) }

// close closes the connection, with a RST for its peer if it must be or SetLinger(0) was
// called.
func (c *Conn) close(abort bool) error {
	again := false
	c.host.do(func(now time.Time) {
		again = c.closed
		if !again {
			c.leave(abort || c.abort, now)
		}
	})
	if again {
		return c.failure("close", net.ErrClosed)
	}
	return nil
}

// leave ends the connection as far as the application is concerned.
func (c *Conn) leave(abort bool, now time.Time) {
	s, b := c.host.stack, c.tcb
	c.iss, c.irs = b.Snd.ISS, b.Rcv.IRS
	c.disown()
	if abort {
		s.Abort(b, now)
	} else {
		s.Close(b, now)
	}
	if s.Disown(b) {
		c.tcb = nil
	}
}

// disown takes the connection from the application. The socket lives on without
// it, perhaps for 2MSL.
func (c *Conn) disown() {
	c.closed = true
	c.reading.stop()
	c.writing.stop()
}

// CloseWrite closes the sending side: what was written is delivered, then a FIN. When
// the peer's reset or silence takes it, Read says so, though the peer had closed as well.
// The connection goes on receiving. A second call does nothing. The errors are
// net.ErrClosed, syscall.ENOTCONN when the connection is over, and what ended it.
func (c *Conn) CloseWrite() error {
	return c.halfClose(func(now time.Time) {
		if !c.tcb.CloseCalled {
			c.host.stack.CloseWrite(c.tcb, now) // a Write that waits, waits in vain now
		}
	})
}

// CloseRead closes the receiving side: what has arrived, and what arrives from
// now on, is acknowledged and thrown away, and Read returns io.EOF. The peer is
// not told. The errors are those of CloseWrite.
func (c *Conn) CloseRead() error {
	return c.halfClose(func(now time.Time) {
		c.readClosed = true
		c.throwAway(now)
		c.reading.wake()
	})
}

// halfClose closes a side, if there is something to close.
func (c *Conn) halfClose(side func(now time.Time)) error {
	var err error
	c.host.do(func(now time.Time) {
		if err = c.halfCloseError(); err == nil {
			side(now)
		}
	})
	return c.failure("close", err)
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
		if n, _ := c.host.stack.Read(c.tcb, nowhere[:], now); n == 0 {
			return
		}
	}
}
