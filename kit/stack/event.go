package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// An event is a call, a time-out or a run of segments that one socket takes part in.
// It begins with begin, goes through the chapters, and ends with end. What the stack
// itself reads and writes of a TCB, between the chapters, is this:
//
//	reads   State, what b is in; ReadClosed, CloseCalled and Snd.FinSent, Resending,
//	        Resend, Fin, whether SendFIN has to be asked; Timers, whose turn it is;
//	        Snd.Una, whether something new was acknowledged
//	writes  Outbox: lent and taken back; Timestamps.LastACKSent, the ACK that left;
//	        State and Timers of a socket that nothing keeps, or that is over;
//	        Parent, the listener it still belongs to; all of Keeping
type event struct {
	b    *tcp.TCB
	from tcp.State // before the event
	una  tcp.Seq   // SND.UNA before the event
}

// begin makes b ready for an event.
func (s *Stack) begin(b *tcp.TCB) event {
	b.Outbox = s.spare
	return begun(b, b.State)
}

// begun is an event on b that is under way already, with what b has emitted so far in
// its own outbox.
func begun(b *tcp.TCB, from tcp.State) event { return event{b: b, from: from, una: b.Snd.Una} }

// end finishes an event: what follows from it is sent, and a socket that came to an end
// is deleted. It reports whether it is a socket still.
//
//	chapter 3's Output, chapter 4's SendFIN → b.Outbox
//	Callbacks.Changed
//	b.Outbox → Callbacks.Send
func (s *Stack) end(e event, now time.Time) (goesOn bool) {
	b := e.b
	if b.State == tcp.TimeWait && e.from != tcp.TimeWait {
		s.enterTimeWait(b, now)
	}
	s.transmit(b, now)
	if e.from == tcp.SynReceived && b.State != tcp.SynReceived {
		leaveHalfOpen(b)
	}
	s.tell(b, e.from, now)
	s.flush(b, now)
	if b.State == tcp.Closed {
		s.delete(b)
	} else {
		s.watchOrphan(e, now)
		s.sockets.schedule(b)
	}
	s.sockets.account(b)
	return !s.sockets.freeOrCompact(b)
}

// enterTimeWait lets the last chapter keep the socket, or deletes it.
func (s *Stack) enterTimeWait(b *tcp.TCB, now time.Time) {
	b.Timers = tcp.Timers{}
	s.chapters.TimeWait.Enter(b, now)
	if b.Timers.TimeWait.IsZero() {
		b.State = tcp.Closed
	}
}

// transmit gives transfer and teardown their chance to send.
func (s *Stack) transmit(b *tcp.TCB, now time.Time) {
	if !b.State.Synchronized() || b.State == tcp.TimeWait {
		return
	}
	s.chapters.Transfer.Output(b, now)
	again := b.Snd.FinSent && b.Snd.Resending && b.Snd.Resend == b.Snd.Fin
	if b.CloseCalled && !b.Snd.FinSent || again {
		s.chapters.Teardown.SendFIN(b, now)
	}
}

// tell tells of an event on b.
func (s *Stack) tell(b *tcp.TCB, from tcp.State, now time.Time) {
	if s.callbacks.Changed != nil {
		s.callbacks.Changed(Event{At: now, TCB: b, From: from, To: b.State})
	}
}

// flush completes the segments in b's outbox and lets them leave. The outbox is
// lent to the next socket.
func (s *Stack) flush(b *tcp.TCB, now time.Time) {
	for i := range b.Outbox {
		seg := &b.Outbox[i]
		s.complete(b, seg, now)
		s.send(seg)
	}
	clear(b.Outbox) // or it would keep the payloads
	if cap(b.Outbox) >= cap(s.spare) {
		s.spare = b.Outbox[:0]
	}
	b.Outbox = nil
}

func (s *Stack) send(seg *tcp.Segment) {
	if s.callbacks.Send != nil {
		s.callbacks.Send(seg)
	}
}

// complete fills in what is the same for all segments of b.
func (s *Stack) complete(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if !seg.Dst.IsValid() {
		seg.Src, seg.Dst = b.Local, b.Remote
	}
	if !seg.Flags.Any(tcp.SYN | tcp.RST) {
		seg.Window = s.chapters.Transfer.Window(b)
	}
	if b.Timestamps.On {
		seg.Options.HasTimestamps = true
	}
	if seg.Options.HasTimestamps {
		seg.Options.TSval = uint32(now.UnixMilli()) + b.Timestamps.Offset
		seg.Options.TSecr = b.Timestamps.Recent
	}
	if seg.Flags.Has(tcp.ACK) {
		b.Timestamps.LastACKSent = seg.Ack
	}
}

// delete takes b out of the roster and frees what it holds. The application may
// still read what had arrived before, so the receive queue stays.
func (s *Stack) delete(b *tcp.TCB) {
	s.sockets.remove(b)
	b.Timers = tcp.Timers{}
	b.Snd.Queue.Reset()
	if b.ReadClosed {
		b.Rcv.Queue.Reset()
	}
}
