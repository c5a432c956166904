package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive processes a segment from the network (RFC 9293 §3.10.7). It may write
// to seg, and keeps neither it nor its payload.
func (s *Stack) Arrive(seg *tcp.Segment, now time.Time) {
	s.arrive(s.lookup(seg), seg, now)
}

// lookup finds the socket that a segment is for, nil for none. A connection comes
// before a listener, even if it is over.
func (s *Stack) lookup(seg *tcp.Segment) *tcp.TCB {
	b := s.chapters.Socket.Lookup(s.table, seg)
	if b == nil || b.State == tcp.Listen {
		if n := s.resting.find(tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}); n != 0 {
			return s.wake(n)
		}
	}
	return b
}

// arrive hands a segment to the socket b that it is for, if any.
func (s *Stack) arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if b == nil {
		s.arriveNowhere(seg)
		return
	}
	switch b.State {
	case tcp.Closed:
		s.arriveNowhere(seg)
	case tcp.Listen:
		s.arriveListen(b, seg, s.isn(seg, now), now)
	case tcp.TimeWait:
		s.arriveTimeWait(b, seg, now)
	default:
		from := s.begin(b)
		s.arriveConnection(b, seg, now)
		s.end(b, from, now)
	}
}

// arriveNowhere answers a segment that no socket is there for.
func (s *Stack) arriveNowhere(seg *tcp.Segment) {
	if reply, ok := s.chapters.Socket.Answer(seg); ok {
		reply.Src, reply.Dst = seg.Dst, seg.Src
		s.out = append(s.out, reply)
	}
}

// arriveListen hands a segment to a listener, and takes in the connection that
// comes of it.
func (s *Stack) arriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) {
	from := s.begin(l)
	child, evicted := s.chapters.Handshake.ArriveListen(l, seg, iss, now)
	s.end(l, from, now)

	if evicted != nil {
		evicted.State = tcp.Closed
		s.end(evicted, tcp.SynReceived, now)
	}
	if child == nil {
		return
	}
	outbox := child.Outbox
	if err := s.chapters.Socket.Attach(s.table, child); err != nil {
		return // a connection between these two ends exists: this SYN was not its
	}
	l.Listener.Half = append(l.Listener.Half, child)
	s.begin(child)
	child.Outbox = append(child.Outbox, outbox...)
	s.keepEarly(child, seg)
	s.end(child, tcp.Closed, now)
}

// arriveConnection processes a segment for a connection that is neither in
// LISTEN nor in TIME-WAIT.
func (s *Stack) arriveConnection(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	switch b.State {
	case tcp.SynSent:
		s.chapters.Handshake.ArriveSynSent(b, seg, now)
		if b.State == tcp.SynReceived {
			s.keepEarly(b, seg)
		}
	case tcp.SynReceived:
		s.chapters.Handshake.ArriveSynReceived(b, seg, now)
	default:
		if s.acknowledge(b, seg, now) {
			s.receive(b, seg, now)
		}
		return
	}
	if b.State == tcp.Established {
		s.arriveOpening(b, seg, now)
	}
}

// acknowledge runs the checks of §3.10.7.4 in their order, the ACK's included, and
// reports whether the segment's text and FIN are to be processed too.
func (s *Stack) acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if !s.chapters.Transfer.Acceptable(b, seg, now) {
		if seg.Flags.Has(tcp.ACK) {
			b.Host.Heard, b.Host.HasHeard = seg.Ack, true
		}
		return false
	}
	if seg.Flags.Any(tcp.RST | tcp.SYN) {
		s.chapters.Teardown.Reset(b, seg, now)
		return false
	}
	return s.chapters.Transfer.Acknowledge(b, seg, now)
}

// arriveTimeWait processes a segment for a socket in TIME-WAIT. A SYN that may
// begin a new connection ends the wait, if somebody listens.
func (s *Stack) arriveTimeWait(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	from := s.begin(b)
	reopen := s.chapters.TimeWait.Arrive(b, seg, now)
	if !reopen {
		s.end(b, from, now)
		return
	}
	s.collect(b, now)
	s.chapters.Socket.Delete(s.table, b)
	l := s.chapters.Socket.Lookup(s.table, seg)
	if l == nil || l.State != tcp.Listen {
		s.keepWaiting(b, now)
		return
	}
	iss := s.chapters.TimeWait.NextISS(b, s.isn(seg, now))
	b.State = tcp.Closed
	s.end(b, from, now)
	s.arriveListen(l, seg, iss, now)
}

// keepWaiting puts back a socket in TIME-WAIT that a SYN would have replaced had
// anybody listened, and answers the SYN like any segment of the past.
func (s *Stack) keepWaiting(b *tcp.TCB, now time.Time) {
	if err := s.chapters.Socket.Attach(s.table, b); err != nil {
		return
	}
	from := s.begin(b)
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
	s.end(b, from, now)
}

// isn proposes the initial sequence number for the connection a SYN asks for.
func (s *Stack) isn(seg *tcp.Segment, now time.Time) tcp.Seq {
	if !seg.Flags.Has(tcp.SYN) {
		return 0
	}
	return s.chapters.Handshake.ISN(s.config.Secret, tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}, now)
}

// leaveHalfOpen takes a connection out of its listener's SYN queue, and puts it
// into the accept queue if it was established.
func (s *Stack) leaveHalfOpen(b *tcp.TCB) {
	if b.Parent == nil {
		return
	}
	l := b.Parent.Listener
	if l != nil {
		for i, half := range l.Half {
			if half == b {
				l.Half = append(l.Half[:i], l.Half[i+1:]...)
				break
			}
		}
	}
	if l == nil || b.State == tcp.Closed {
		b.Parent = nil
		return
	}
	l.Ready = append(l.Ready, b)
}
