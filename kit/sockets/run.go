package sockets

import (
	"runtime"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Whatever happens to a host goes through one of two functions: do, or, where a call
// has waited with the lock held, actAndUnlock. No other asks the stack for anything that may
// send or change something.

// do runs f, in which one thing happens to the host: under its lock, at the present
// time. What the stack sends upon it leaves, who waits for what it changes is woken,
// and the timer is set.
func (h *Host) do(f func(now time.Time)) {
	h.mu.Lock()
	h.actAndUnlock(f)
}

// actAndUnlock is do for a caller that holds the lock already.
func (h *Host) actAndUnlock(f func(now time.Time)) {
	growStack(false)
	now := h.now()
	f(now)
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

// now returns the present time. Of the machine's two clocks, the wall's and the one that
// never jumps, it reads only the second, for half of what time.Now costs: what it says of
// the wall's is wrong once that was set.
func (h *Host) now() time.Time { return h.started.Add(time.Since(h.started)) }

// growStack makes the goroutine's stack large enough for a call of the host, and for
// what the segments that leave do to the host at the other end. Go would grow it all
// the same, deep within, when many callers' frames have to be moved with it; a server has
// a new goroutine for each connection. The frame is as large as the array, which is
// never used.
//
//go:noinline
func growStack(never bool) {
	if never {
		var room [2 << 10]byte
		clear(room[:])
		runtime.KeepAlive(&room)
	}
}

// arrive takes packets from the link: it is the host's link.Handler.
func (h *Host) arrive(frames []*link.Frame) {
	h.do(func(now time.Time) { h.receive(frames, now) })
}

// expire is called when the host's timer fires.
func (h *Host) expire() {
	h.do(func(now time.Time) {
		h.alarm = time.Time{}
		h.stack.Timeout(now)
	})
}

// receive hands packets to the stack, as far as they are segments for this host.
func (h *Host) receive(frames []*link.Frame, now time.Time) {
	for len(frames) > 0 {
		some := min(len(frames), mostTogether)
		h.receiveTogether(frames[:some], now)
		frames = frames[some:]
	}
}

// mostTogether is how many packets are decoded before the stack gets them. What
// was decoded, and its checksum computed, is then still in the processor's cache.
const mostTogether = 32

func (h *Host) receiveTogether(frames []*link.Frame, now time.Time) {
	arrived := 0
	for _, f := range frames {
		if !h.closed && h.decode(f, &h.arrived[arrived]) {
			arrived++
		}
	}
	h.stack.Arrive(h.arrived[:arrived], now)
	for _, f := range frames {
		f.Free()
	}
}

// decode reads a packet, and reports whether it is a segment for this host.
func (h *Host) decode(f *link.Frame, seg *tcp.Segment) bool {
	if err := tcp.Decode(f.Data, seg); err != nil {
		h.stats.refuse(err)
		return false
	}
	if !h.owns(seg.Dst.Addr()) {
		h.stats.NotForUs++
		return false
	}
	h.stats.SegmentsIn++
	return true
}

// socketChanged is told by the stack that something has happened to a socket: it notes whom
// that concerns. A socket that ended before anybody accepted it is the stack's alone.
// When the host is closed, sockets are left to the garbage collector.
func (h *Host) socketChanged(e stack.Event) {
	if h.observe != nil {
		h.observe(e.At, e)
	}
	b := e.TCB
	switch owner := b.Keeping.Owner.(type) {
	case *Conn:
		owner.wakeLater()
		if owner.closed && (e.To == tcp.Closed || e.To == tcp.TimeWait) {
			owner.tcb = nil
		}
	case *Listener:
	case nil:
		switch {
		case b.Parent != nil:
			if l, ok := b.Parent.Keeping.Owner.(*Listener); ok && len(b.Parent.Listener.Ready) > 0 {
				l.accepting.wake()
			}
		case e.From != tcp.Closed && e.To == tcp.Closed:
			b.Keeping.Disowned = !h.closed
		}
	}
}

// segmentLeaves is told by the stack of a segment that leaves: it writes it as a packet, to be
// sent when the lock is released.
func (h *Host) segmentLeaves(seg *tcp.Segment) {
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

// settle does what is left to do inside the host, until nothing is: segments
// that it sends to itself, and data that nobody will read. Both may bring about
// more of the same, which is put at the end of the queue that is worked through
// here, so that nothing calls itself.
func (h *Host) settle(now time.Time) {
	for len(h.looping) > 0 || len(h.discarding) > 0 {
		for done := 0; done < len(h.looping); {
			frames := h.looping[done:]
			done = len(h.looping)
			h.receive(frames, now)
			clear(frames)
		}
		h.looping = h.looping[:0]
		for len(h.discarding) > 0 {
			last := len(h.discarding) - 1
			c := h.discarding[last]
			h.discarding = h.discarding[:last]
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
