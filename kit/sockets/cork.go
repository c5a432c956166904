package sockets

import "time"

// An application that writes many small pieces one after the other, and waits for
// no answer to any of them, would pay for a segment and its journey each time.
// So after a few such writes in a row, its connection is corked: those that follow are
// put into the send buffer and left there for a goroutine made to send them, which
// comes to it within microseconds, when the scheduler does. Whoever waits for an answer
// does not wait for that: a Read that has to wait first uncorks its connection.
// Nothing here waits for a clock.
const (
	smallWrite = 8 << 10  // more than this at once is sent at once, bytes
	fewWrites  = 8        // so many small writes in a row are sent at once, too
	corkMost   = 64 << 10 // this much is sent though there may be more to come, bytes
)

// cork queues p to be sent soon and returns true, or does nothing and returns
// false when p is to be sent at once or can't be queued.
func (c *Conn) cork(p []byte) bool {
	h, snd := c.host, &c.tcb.Snd
	if c.through || len(p) > smallWrite {
		c.small = 0
		return false
	}
	c.small++
	unsent := snd.Queue.Len() - snd.Nxt.Sub(snd.Una)
	if c.small <= fewWrites || unsent > corkMost || snd.Queue.Free() < len(p) {
		return false
	}
	if _, err := h.stack.Queue(c.tcb, p); err != nil {
		return false
	}
	if !c.corked {
		c.corked = true
		h.corked = append(h.corked, c)
		if len(h.corked) == 1 {
			go h.uncork()
		}
	}
	return true
}

// uncork sends what all corked connections have queued.
func (h *Host) uncork() {
	h.do(func(now time.Time) {
		for i, c := range h.corked {
			c.uncork(now)
			h.corked[i] = nil
		}
		h.corked = h.corked[:0]
	})
}

// uncork sends what the connection has queued, if it is corked.
func (c *Conn) uncork(now time.Time) {
	if !c.corked {
		return
	}
	c.corked = false
	if !c.closed { // otherwise it has left already, and the socket is perhaps no more
		c.host.stack.Push(c.tcb, now)
	}
}
