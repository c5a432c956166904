package sockets

import (
	"net"
	"time"
)

// SetDeadline sets when calls of Read and Write, those that wait already
// included, give up with os.ErrDeadlineExceeded. The zero time stands for never.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, &c.reading, &c.writing) }

// SetReadDeadline is SetDeadline for Read alone.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, &c.reading) }

// SetWriteDeadline is SetDeadline for Write alone.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.writing) }

func (c *Conn) setDeadlines(t time.Time, of ...*waiters) error {
	return c.set(func(time.Time) {
		now := time.Now() // and not the host's: t may be one of the wall clock, which may have been set
		for _, w := range of {
			w.setDeadline(t, now)
		}
	})
}

// SetNoDelay says whether to send small segments at once (true, the default as in
// package net, unless the host's settings say otherwise), or to let them wait for more
// while earlier ones are unacknowledged (false), Nagle's algorithm: RFC 9293 §3.7.4. What
// Write says of many small writes in a row holds for either.
func (c *Conn) SetNoDelay(noDelay bool) error {
	return c.set(func(now time.Time) {
		c.tcb.NoDelay = noDelay
		c.host.stack.Push(c.tcb, now) // what waited may leave
	})
}

// SetWriteThrough says whether each Write sends what may be sent before it returns
// (true), as the kernels' sockets do, or whether many small writes in a row may leave
// together a moment later (false, the default); see Write. It costs a segment for each
// write, unless Nagle's algorithm has it wait.
func (c *Conn) SetWriteThrough(through bool) error {
	return c.set(func(time.Time) { c.through = through })
}

// SetLinger says what Close does with data not yet sent or acknowledged. With 0
// it is thrown away, and the peer gets a RST. Otherwise, and by default, Close
// returns at once and the data is delivered in the background.
func (c *Conn) SetLinger(seconds int) error {
	return c.set(func(time.Time) { c.abort = seconds == 0 })
}

// set changes something about a connection that is not closed.
func (c *Conn) set(change func(now time.Time)) error {
	var err error
	c.host.do(func(now time.Time) {
		if c.closed {
			err = net.ErrClosed
			return
		}
		change(now)
	})
	return c.failure("set", err)
}
