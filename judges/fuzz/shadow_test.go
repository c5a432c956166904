package fuzz

import (
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// A shadow is what an observer knows about a socket: what it did so far, against
// which what it does next is held.
type shadow struct {
	host  *host
	b     *tcp.TCB
	state tcp.State
	gone  bool

	resting       bool // it was disowned in TIME-WAIT; b is what it was then
	written, read int  // bytes the application handed over, and got
	closed        bool // it has closed its sending side
	holds         bool // it has the socket in its hands
	accepted      bool
	aborted       bool
	parent        *shadow // the listener that made it

	since      time.Time // when it came to its state
	progressAt time.Time // when it began to wait for the ACK it waits for
	lost       bool      // it has ended, and text may be lost
	discarded  bool      // its application closed it while text lay unread
	quietUntil time.Time // so long TIME-WAIT has to last

	edge      tcp.Seq // what the peer ever allowed to send ends here
	edgeKnown bool
	sent      tcp.Seq // behind the last byte of text ever sent
	sentAny   bool
	finSent   bool
	fin       tcp.Seq

	// earlyFIN is set when a FIN came with the SYN. A segment that opens the
	// connection and is then found too old leaves it waiting for the next one.
	earlyFIN bool

	// orphanSince is when it began to wait for what it waits for now, or its application
	// left it if that was later.
	orphan      bool
	orphanSince time.Time

	timers [6]time.Time // its deadlines, and when the stack will look at them

	una, nxt, rcvNxt, rightEdge, lastACK tcp.Seq
	sending, receiving, acked            bool // those of them that are known
}

func (s *shadow) String() string {
	b := s.b
	return fmt.Sprintf("%s %v %s", s.host.name, b.Tuple(), s.state)
}

// detail is everything about a socket that a reader of a failure may ask for.
func (s *shadow) detail() string {
	b := s.b
	return fmt.Sprintf("%s\n  SND una %d nxt %d wnd %d max %d mss %d queue %d fin %v %d resending %v %d\n"+
		"  RCV irs %d nxt %d wnd %d queue %d blocks %v fin %v/%v %d\n  congestion %+v\n  RTO %+v\n  timers %+v\n",
		s, b.Snd.Una, b.Snd.Nxt, b.Snd.Wnd, b.Snd.MaxWnd, b.Snd.MSS, b.Snd.Queue.Len(), b.Snd.FinSent, b.Snd.Fin, b.Snd.Resending, b.Snd.Resend,
		b.Rcv.IRS, b.Rcv.Nxt, b.Rcv.Wnd, b.Rcv.Queue.Len(), b.Rcv.Blocks, b.Rcv.FinSeen, b.Rcv.FinDone, b.Rcv.Fin, b.Congestion, b.RTO, b.Timers)
}

// shadowOf returns what is known of a socket; of a new one nothing is.
func (h *host) shadowOf(b *tcp.TCB) *shadow {
	s := h.byTCB[b]
	if s == nil {
		s = h.awoken(b)
	}
	if s == nil {
		s = &shadow{host: h, b: b, state: tcp.Closed}
		if b.Parent != nil {
			s.parent = h.byTCB[b.Parent]
		}
		h.byTCB[b] = s
		h.sockets = append(h.sockets, s)
	}
	if b.Remote.IsValid() && b.State != tcp.Closed {
		h.byTuple[b.Tuple()] = s
	}
	return s
}

// awoken returns what is known of a socket that was at rest, under its new TCB.
func (h *host) awoken(b *tcp.TCB) *shadow {
	s := h.byTuple[b.Tuple()]
	if s == nil || !s.resting || s.b.Snd.ISS != b.Snd.ISS || s.b.Rcv.IRS != b.Rcv.IRS {
		return nil
	}
	h.byTCB[b], s.b, s.resting = s, b, false
	return s
}

// rest disowns the socket, which is in TIME-WAIT. A copy of its TCB stays here.
func (s *shadow) rest() {
	b, last := s.b, *s.b
	if s.host.stack.Disown(b) {
		s.leave(b, last)
	}
}

// leave goes on with a copy of the socket's TCB, which is another's soon.
func (s *shadow) leave(b *tcp.TCB, last tcp.TCB) {
	delete(s.host.byTCB, b)
	last.Keeping.Freed = true
	s.b, s.resting = &last, last.State == tcp.TimeWait
}

// changed notes an event.
func (w *world) changed(h *host, e stack.Event, why cause) {
	s := h.shadowOf(e.TCB)
	if e.From != s.state {
		w.failf("%s: an event begins in %s", s, e.From)
	}
	if e.From != e.To {
		w.notef("   %s %v: %s -> %s", h.name, e.TCB.Tuple(), e.From, e.To)
		if !edges[edge{e.From, e.To}] {
			w.failf("%s: %s -> %s is no edge of figure 5", s, e.From, e.To)
		}
	}
	switch {
	case e.To == tcp.Closed:
		s.gone = true
		w.checkEnd(s, e, why)
	case e.TCB.Err != nil:
		w.failf("%s: goes on, but its application is told %v", s, e.TCB.Err)
	}
	if e.From != e.To {
		s.state, s.since = e.To, w.now
		s.waits(w.now)
	}
	w.checkGivenUp(s, e)
	if e.TCB.State != s.state {
		w.failf("%s: but the socket is in %s", s, e.TCB.State)
	}
	if e.TCB.Keeping.Disowned && (e.To == tcp.Closed || e.To == tcp.TimeWait) {
		s.leave(e.TCB, *e.TCB)
	}
}

// checkGivenUp: a connection whose other end is there is not given up while the
// network works.
func (w *world) checkGivenUp(s *shadow, e stack.Event) {
	calm := w.honest && !w.calmSince.IsZero() && e.TCB.RTO.First.After(w.calmSince)
	if !calm || e.TCB.Err != syscall.ETIMEDOUT || !e.From.Synchronized() {
		return
	}
	if mate := s.mate(); mate != nil && !mate.gone {
		w.failf("%s: given up although the network works", s)
	}
}

// mate returns the socket at the other end of the same connection; nil when its
// application has let go of it, and it is deleted.
func (s *shadow) mate() *shadow {
	for _, other := range s.host.peer.sockets {
		if other.b.Snd.ISS == s.b.Rcv.IRS && other.b.Local == s.b.Remote && other.b.Remote == s.b.Local {
			return other
		}
	}
	return nil
}

// heard notes what an arriving segment allows to send, if the socket can take it
// seriously: it acknowledges nothing that was not sent, nor what is long past.
func (s *shadow) heard(seg *tcp.Segment) {
	b := s.b
	known := b.State == tcp.SynSent || b.State == tcp.SynReceived || b.State.Synchronized()
	if !known || seg.Flags.Has(tcp.RST) {
		return
	}
	from, scale := seg.Ack, b.Snd.Scale
	switch {
	case seg.Flags.Has(tcp.SYN): // its window is not scaled
		scale = 0
		if !seg.Flags.Has(tcp.ACK) {
			from = b.Snd.ISS.Add(1)
		}
	case !seg.Flags.Has(tcp.ACK):
		return
	}
	if b.Snd.Nxt.Less(from) || from.Less(b.Snd.Una.Add(-int(b.Snd.MaxWnd))) {
		return
	}
	s.allow(from.Add(int(seg.Window) << scale))
}

func (s *shadow) allow(edge tcp.Seq) {
	if !s.edgeKnown || s.edge.Less(edge) {
		s.edge, s.edgeKnown = edge, true
	}
}

// listener returns the socket that listens at an address; nil if none does.
func (h *host) listener(local netip.AddrPort) *shadow {
	var everywhere *shadow
	for _, s := range h.sockets {
		switch {
		case s.state != tcp.Listen || s.b.Local.Port() != local.Port():
		case s.b.Local == local:
			return s
		case !s.b.Local.Addr().IsValid():
			everywhere = s
		}
	}
	return everywhere
}
