package sockets

import (
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// arrive takes packets from the link: it is the host's link.Handler.
func (h *Host) arrive(frames []*link.Frame) {
	h.mu.Lock()
	now := time.Now()
	for _, f := range frames {
		h.receive(f, now)
	}
	h.stack.Settle(now)
	h.drain(now)
	h.finish(now)
}

// expire is called when the host's timer fires.
func (h *Host) expire() {
	h.mu.Lock()
	now := time.Now()
	h.alarm = time.Time{}
	h.stack.Timeout(now)
	h.drain(now)
	h.finish(now)
}

// receive hands one packet to the stack, if it is a segment for this host.
func (h *Host) receive(f *link.Frame, now time.Time) {
	defer f.Free()
	if h.closed {
		return
	}
	if err := tcp.Decode(f.Data, &h.arrived); err != nil {
		h.stats.refuse(err)
		return
	}
	if !h.owns(h.arrived.Dst.Addr()) {
		h.stats.NotForUs++
		return
	}
	h.stats.SegmentsIn++
	h.stack.ArriveMore(&h.arrived, now)
	h.drain(now)
}

// drain takes what the last call of the stack has brought about. It must follow
// every such call: the payload of a segment is good only until the next.
func (h *Host) drain(now time.Time) {
	events := h.stack.Events()
	for i := range events {
		if h.observe != nil {
			h.observe(now, events[i])
		}
		h.note(events[i].TCB)
	}
	segments := h.stack.Segments()
	for i := range segments {
		h.emit(&segments[i])
		segments[i].Payload = nil // as below: the stack's memory for segments would keep it
	}
	for i := range events {
		h.release(events[i].TCB)
	}
	clear(events) // or the stack's memory for events would keep dead sockets alive
}

// note remembers whom a change of b concerns.
func (h *Host) note(b *tcp.TCB) {
	switch owner := b.Host.Owner.(type) {
	case *Conn:
		owner.note()
	case nil:
		if b.Parent == nil {
			return
		}
		if l, ok := b.Parent.Host.Owner.(*Listener); ok && len(b.Parent.Listener.Ready) > 0 {
			l.accepting.wake()
		}
	}
}

// release lets the stack have a socket that nobody here will use again. When the
// host is closed they are left to the garbage collector.
func (h *Host) release(b *tcp.TCB) {
	if h.closed {
		return
	}
	owner, owned := b.Host.Owner.(*Conn)
	switch {
	case owned && owner.closed:
		iss, irs := b.Snd.ISS, b.Rcv.IRS
		if h.stack.Release(b) {
			owner.tcb, owner.iss, owner.irs = nil, iss, irs
		}
	case b.Host.Owner == nil && b.Parent == nil:
		h.stack.Release(b)
	}
}

// emit writes a segment as a packet, to be sent when the lock is released.
func (h *Host) emit(seg *tcp.Segment) {
	f := link.NewFrame(seg.EncodedLen())
	if _, err := tcp.Encode(f.Data, seg); err != nil {
		h.stats.Unsendable++
		f.Free()
		return
	}
	h.stats.SegmentsOut++
	if seg.Flags.Has(tcp.RST) {
		h.stats.ResetsOut++
	}
	if h.owns(seg.Dst.Addr()) {
		h.looping = append(h.looping, f)
		return
	}
	h.leaving = append(h.leaving, f)
}

// finish ends whatever has happened to the host: it is called with the lock
// held, last of all, and releases it.
func (h *Host) finish(now time.Time) {
	h.settle(now)
	for i, c := range h.changed {
		c.wake()
		h.changed[i] = nil
	}
	h.changed = h.changed[:0]
	h.setAlarm(now)
	sent := len(h.leaving) > 0
	if sent {
		h.end.Send(h.leaving)
		clear(h.leaving)
		h.leaving = h.leaving[:0]
	}
	h.mu.Unlock()
	if sent {
		h.end.Deliver()
	}
}

// settle does what is left to do inside the host, until nothing is: segments
// that it sends to itself, and data that nobody will read. Both may bring about
// more of the same, which is put at the end of the queue that is worked through
// here, so that nothing calls itself.
func (h *Host) settle(now time.Time) {
	for len(h.looping) > 0 || len(h.deaf) > 0 {
		for i := 0; i < len(h.looping); i++ {
			h.receive(h.looping[i], now)
			h.looping[i] = nil
			if i == len(h.looping)-1 {
				h.stack.Settle(now)
				h.drain(now)
			}
		}
		h.looping = h.looping[:0]
		for len(h.deaf) > 0 {
			last := len(h.deaf) - 1
			c := h.deaf[last]
			h.deaf = h.deaf[:last]
			c.throwAway(now)
		}
	}
}

// setAlarm has the timer fire at the stack's next deadline. A timer that fires
// too early does no harm and setting it costs something, so it is only ever set
// to an earlier time; but an idle host has none.
func (h *Host) setAlarm(now time.Time) {
	due, ok := h.stack.Deadline()
	switch {
	case !ok && h.alarm.IsZero():
	case !ok:
		h.alarm = time.Time{}
		h.timer.Stop()
	case !h.alarm.IsZero() && !due.Before(h.alarm):
	case h.timer == nil:
		h.alarm = due
		h.timer = time.AfterFunc(due.Sub(now), h.expire)
	default:
		h.alarm = due
		h.timer.Reset(due.Sub(now))
	}
}
