package stack

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive processes segments that have come from the network together, in order (RFC
// 9293 §3.10.7). It may write to them, and keeps neither them nor their payloads.
// Those of a run for one connection may be answered together; see mayWait.
func (s *Stack) Arrive(segs []tcp.Segment, now time.Time) {
	for len(segs) > 0 {
		b := s.sockets.lookup(&segs[0])
		n := 1
		if b != nil && b.State == tcp.Established {
			n = s.arriveRun(b, segs, now)
		} else {
			s.arrive(b, &segs[0], now)
		}
		segs = segs[n:]
	}
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
		e := s.begin(b)
		s.arriveConnection(b, seg, now)
		s.end(e, now)
	}
}

// arriveNowhere answers a segment that no socket is there for.
func (s *Stack) arriveNowhere(seg *tcp.Segment) {
	if reply, ok := s.chapters.Socket.Answer(seg); ok {
		reply.Src, reply.Dst = seg.Dst, seg.Src
		s.send(&reply)
	}
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
			s.receiveText(b, seg, now)
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
	if seg.Flags.Has(tcp.ACK) {
		b.Keeping.PeerACK, b.Keeping.HasPeerACK = seg.Ack, true
	}
	if !s.chapters.Transfer.Acceptable(b, seg, now) {
		return false
	}
	if seg.Flags.Any(tcp.RST | tcp.SYN) {
		s.chapters.Teardown.Reset(b, seg, now)
		return false
	}
	return s.chapters.Transfer.Acknowledge(b, seg, now)
}

// receiveText hands a segment's text and FIN to the chapters that take them.
func (s *Stack) receiveText(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	s.dropUnreadable(b, seg)
	s.chapters.Transfer.Receive(b, seg, now)
	s.chapters.Teardown.Arrive(b, seg, now)
}

// arriveOpening goes on with the segment that has just opened b: the handshake is done
// with it, and the checks of an open connection follow. The text and the FIN that came
// with the peer's SYN have their turn before its own.
//
// In answer to a SYN,ACK the handshake has emitted an ACK of the SYN, which still waits
// in the outbox. Should there be more to acknowledge, that ACK is taken back, and one
// for all of it goes out: Output's, or the ACK of the FIN.
func (s *Stack) arriveOpening(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	next, emitted := b.Rcv.Nxt, len(b.Outbox)
	hasSYN := seg.Flags.Has(tcp.SYN) // then all but its text and FIN was dealt with
	goesOn := hasSYN || s.acknowledge(b, seg, now)
	s.receiveEarly(b, now)
	if goesOn && b.State != tcp.Closed {
		if hasSYN {
			s.rest = withoutSYN(seg)
			seg = &s.rest
		}
		s.receiveText(b, seg, now)
	}
	if emitted > 0 && (b.Rcv.Nxt != next || b.Delayed.Now) {
		b.Outbox = slices.Delete(b.Outbox, 0, emitted)
		b.Delayed.Now = len(b.Outbox) == 0
	}
}

// arriveTimeWait processes a segment for a socket in TIME-WAIT. A SYN that may
// begin a new connection ends the wait, if somebody listens.
func (s *Stack) arriveTimeWait(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	e := s.begin(b)
	if !s.chapters.TimeWait.Arrive(b, seg, now) {
		s.end(e, now)
		return
	}
	s.flush(b, now)
	s.sockets.hide(b)
	l := s.sockets.listener(seg)
	if l == nil {
		s.keepWaiting(b, now)
		return
	}
	iss := s.chapters.TimeWait.NextISS(b, s.isn(seg, now))
	b.State = tcp.Closed
	s.end(e, now)
	s.arriveListen(l, seg, iss, now)
}

// keepWaiting puts back a socket in TIME-WAIT that a SYN would have replaced had
// anybody listened, and answers the SYN like any segment of the past.
func (s *Stack) keepWaiting(b *tcp.TCB, now time.Time) {
	if err := s.sockets.attach(b); err != nil {
		return
	}
	e := s.begin(b)
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
	s.end(e, now)
}

// isn proposes the initial sequence number for the connection a SYN asks for.
func (s *Stack) isn(seg *tcp.Segment, now time.Time) tcp.Seq {
	if !seg.Flags.Has(tcp.SYN) {
		return 0
	}
	return s.chapters.Handshake.ISN(s.config.Secret, tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}, now)
}
