package sockets

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Conn is a TCP connection; it is a net.Conn, and has CloseRead, CloseWrite, SetLinger
// and SetNoDelay as *net.TCPConn has them, and SetWriteThrough.
type Conn struct {
	host          *Host
	network       string
	local, remote netip.AddrPort

	// The host's lock guards what follows.
	tcb     *tcp.TCB // nil once the application has closed and the stack is done with it
	reading waiters  // for data to read; while dialing, for the connection
	writing waiters  // for room in the send buffer, or for their turn
	wants   int      // the room that the one whose turn it is waits for, bytes

	busy       bool // somebody is writing: who comes meanwhile waits for their turn
	corked     bool // what small writes wrote is in the host's list of what to send
	dialing    bool // Dial waits, in reading
	closed     bool // Close, Abort or the host's Close was called
	readClosed bool // CloseRead was called: what arrives is thrown away
	abort      bool // SetLinger(0) was called: Close resets
	through    bool // SetWriteThrough was called: nothing is corked
	noted      bool // the connection is in the host's list of those changed

	small    uint32  // small writes in a row, and no Read that waited between them
	iss, irs tcp.Seq // the connection's numbers, once the application has closed
}

func newConn(h *Host, b *tcp.TCB, network string) *Conn {
	c := &Conn{host: h, tcb: b, network: network, local: b.Local, remote: b.Remote}
	c.reading.cond.L, c.writing.cond.L = &h.mu, &h.mu
	b.Keeping.Owner = c
	return c
}

// Read moves what has arrived into p and returns how much that was. It waits
// until there is something. At the end of the peer's data, and after CloseRead,
// it returns io.EOF. The errors are net.ErrClosed, os.ErrDeadlineExceeded,
// syscall.ECONNRESET and ETIMEDOUT.
func (c *Conn) Read(p []byte) (int, error) {
	h := c.host
	h.mu.Lock()
	for len(p) > 0 && !c.readable() && !c.reading.expired() {
		c.uncorkOrWait()
	}
	var n int
	var err error
	h.actAndUnlock(func(now time.Time) { n, err = c.read(p, now) })
	if n == 0 {
		return 0, c.failure("read", err)
	}
	return n, nil
}

// uncorkOrWait waits until something has happened to what a Read waits for; or, if the
// peer may be waiting for what the connection holds back, sends that instead.
func (c *Conn) uncorkOrWait() {
	c.small = 0
	if !c.corked {
		c.reading.wait()
		return
	}
	c.host.actAndUnlock(c.uncork)
	c.host.mu.Lock()
}

// read is Read without waiting.
func (c *Conn) read(p []byte, now time.Time) (int, error) {
	switch {
	case c.closed:
		return 0, net.ErrClosed
	case c.reading.expired():
		return 0, os.ErrDeadlineExceeded
	case len(p) == 0:
		return 0, nil
	case c.readClosed:
		return 0, io.EOF
	}
	return c.host.stack.Read(c.tcb, p, now)
}

// readable reports whether a Read, or a Dial, has no more to wait for.
func (c *Conn) readable() bool {
	b := c.tcb
	switch {
	case c.closed || c.readClosed || b.State == tcp.Closed || b.Err != nil:
		return true
	case c.dialing:
		return b.State != tcp.SynSent && b.State != tcp.SynReceived
	}
	return b.Rcv.Queue.Len() > 0 || b.Rcv.FinDone
}

// Write queues p to be sent, and waits until there was room for all of it. After a
// few small writes in a row those that follow leave together (see SetWriteThrough), a
// moment later, or with the next Read that has to wait, CloseWrite or Close. When the
// connection ends or the deadline comes first, Write returns how much of p was queued,
// and why no more: net.ErrClosed, os.ErrDeadlineExceeded, syscall.EPIPE after
// CloseWrite, ECONNRESET or ETIMEDOUT. What was queued has not arrived yet, and may never. Of two that write at
// once, one does so first.
func (c *Conn) Write(p []byte) (int, error) {
	h := c.host
	h.mu.Lock()
	for c.busy && c.writeError() == nil {
		c.writing.wait()
	}
	if err := c.writeError(); err != nil {
		h.mu.Unlock()
		return 0, c.failure("write", err)
	}
	if c.cork(p) {
		h.mu.Unlock()
		return len(p), nil
	}
	c.busy = true
	written := 0
	for {
		var n int
		var err error
		h.actAndUnlock(func(now time.Time) {
			n, err = c.write(p[written:], now)
			written += n
			if written == len(p) || err != nil {
				c.busy = false
				c.writing.wake()
			}
		})
		if written == len(p) || err != nil {
			return written, c.failure("write", err)
		}
		h.mu.Lock() // without the lock, the peer's answers have come in
		c.waitForRoom(len(p) - written)
	}
}

// write is Write without waiting: it queues what there is room for.
func (c *Conn) write(p []byte, now time.Time) (int, error) {
	if err := c.writeError(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := c.host.stack.Write(c.tcb, p, now)
	if err == net.ErrClosed {
		// Both ends have closed and the socket is deleted. To the application it is
		// still a connection whose sending side it has closed.
		err = syscall.EPIPE
	}
	return n, err
}

// writeError returns why nothing can be written, as far as it is known here.
func (c *Conn) writeError() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.writing.expired():
		return os.ErrDeadlineExceeded
	}
	return nil
}

// waitForRoom waits until there is room worth writing for when bytes are left
// to be written, or there will be no more.
func (c *Conn) waitForRoom(length int) {
	for c.writeError() == nil {
		c.wantRoom(length)
		if c.writable() {
			return
		}
		c.writing.wait()
	}
}

// wantRoom says how much room is worth being woken for: for all of the bytes, or
// half of the send buffer. To be woken for every segment that is acknowledged
// would cost far more than to send it.
func (c *Conn) wantRoom(length int) {
	c.wants = max(1, min(length, c.tcb.Snd.Queue.Limit()/2))
}

// writable reports whether the Write whose turn it is has no more to wait for.
func (c *Conn) writable() bool {
	b := c.tcb
	return b.Snd.Queue.Free() >= c.wants || b.State == tcp.Closed || b.Err != nil || b.CloseCalled
}

// wakeLater has the connection looked at when the host has done what it is doing. Who
// waits is woken then, once, and not for each of many segments.
func (c *Conn) wakeLater() {
	if c.closed {
		return
	}
	if c.readClosed && c.tcb.Rcv.Queue.Len() > 0 {
		c.host.discarding = append(c.host.discarding, c)
	}
	if !c.noted && (c.reading.count > 0 || c.writing.count > 0) {
		c.noted = true
		c.host.changed = append(c.host.changed, c)
	}
}

// wake wakes those whose waiting has an end.
func (c *Conn) wake() {
	c.noted = false
	if c.closed { // and Close has woken them
		return
	}
	if c.readable() {
		c.reading.wake()
	}
	if c.writable() {
		c.writing.wake()
	}
}

// LocalAddr returns this end's address, a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr returns the peer's address, a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// State returns where the connection stands. After Close it goes on changing
// until the socket is deleted.
func (c *Conn) State() tcp.State {
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	if c.tcb != nil {
		return c.tcb.State
	}
	return c.host.stack.State(tcp.FourTuple{Local: c.local, Remote: c.remote}, c.iss, c.irs)
}
