package sockets

import "time"

// An application that writes many small pieces one after the other, and waits for
// no answer to any of them, would pay for a segment and its journey each time.
// So after a few such writes in a row, those that follow are gathered: put into
// the send buffer and left there for a goroutine made to send them, which comes to
// it within microseconds, when the scheduler does. Who waits for an answer does not
// wait for that: a Read that has to wait first sends what its connection has
// gathered. Nothing here waits for a clock.
const (
	smallWrite = 8 << 10  // more than this at once is sent at once, octets
	fewWrites  = 8        // so many small writes in a row are sent at once, too
	gatherMost = 64 << 10 // this much is sent though there may be more to come, octets
)

// gather queues p to be sent soon and returns true, or does nothing and returns
// false when p is to be sent at once or can't be queued.
func (c *Conn) gather(p []byte) bool {
	h, snd := c.host, &c.tcb.Snd
	if c.through || len(p) > smallWrite {
		c.small = 0
		return false
	}
	c.small++
	unsent := snd.Queue.Len() - snd.Nxt.Sub(snd.Una)
	if c.small <= fewWrites || unsent > gatherMost || snd.Queue.Free() < len(p) {
		return false
	}
	if _, err := h.stack.Queue(c.tcb, p); err != nil {
		return false
	}
	if !c.gathered {
		c.gathered = true
		h.gathered = append(h.gathered, c)
		if len(h.gathered) == 1 {
			go h.sendGathered()
		}
	}
	return true
}

// sendGathered sends what all connections have gathered.
func (h *Host) sendGathered() {
	h.mu.Lock()
	now := time.Now()
	for i, c := range h.gathered {
		c.sendGathered(now)
		h.gathered[i] = nil
	}
	h.gathered = h.gathered[:0]
	h.finish(now)
}

// sendGathered sends what the connection has gathered, if anything.
func (c *Conn) sendGathered(now time.Time) {
	if !c.gathered {
		return
	}
	c.gathered = false
	if !c.closed { // else it has left already, and the socket is perhaps no more
		c.host.stack.Push(c.tcb, now)
		c.host.drain(now)
	}
}

// waitToRead waits until something has happened to what a Read waits for. What the
// peer may be waiting for leaves first.
func (c *Conn) waitToRead() {
	c.small = 0
	if !c.gathered {
		c.reading.wait()
		return
	}
	now := time.Now()
	c.sendGathered(now)
	c.host.finish(now)
	c.host.mu.Lock()
}
