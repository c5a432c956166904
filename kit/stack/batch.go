package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveMore is Arrive for one of several segments that came together. What
// follows from it, the acknowledgment, the next data, the event, may be left
// until Settle, so that a run of segments for one connection is looked up,
// answered and told of once. That is what a network card that merges segments
// does for the kernels, and most of what a segment costs.
//
// What a peer may see of it is that one ACK stands for more than two full-sized
// segments: for a quarter of the receive buffer, at most. RFC 9293 asks for both. All
// that is queued is to be processed before any ACK is sent (§3.10.7.4, MUST-58 and 59);
// and every second full-sized segment is to get an ACK (§3.8.6.3, SHLD-19), for a peer
// in slow start sends more with each. So the latter holds while a connection is young,
// and again after each hole, see sparing; and only then the former. With
// Config.DelayedACK 0 no ACK is spared.
//
// Segments and events are to be taken after every call, as after any other. Settle
// must be called after the last segment, before anything else but a Release of what has
// come to its end.
func (s *Stack) ArriveMore(seg *tcp.Segment, now time.Time) {
	b := s.settling
	if b == nil || seg.Src != b.Remote || seg.Dst != b.Local {
		s.Settle(now)
		b = s.lookup(seg)
		if b == nil || b.State != tcp.Established {
			s.arrive(b, seg, now)
			return
		}
		s.settling = b
		s.begin(b)
	}
	next := b.Rcv.Nxt
	s.arriveConnection(b, seg, now)
	countInOrder(b, b.Rcv.Nxt.Sub(next))
	if !mayWait(b) {
		s.Settle(now)
	}
}

// mayWait reports whether what follows from the segments so far may wait for the
// next one of the batch. An ACK that is due may, where ACKs are spared: one will do for
// all of them. What was emitted may not, nor anything out of the ordinary: a peer that
// has lost a segment counts the answers (RFC 5681 §3.2). Nor may the peer's window run
// dry meanwhile.
func mayWait(b *tcp.TCB) bool {
	switch {
	case b.State != tcp.Established, len(b.Outbox) > 0:
		return false
	case len(b.Rcv.Blocks) > 0, b.Congestion.Recovery, b.Snd.Resending:
		return false
	case b.Config.DelayedACK == 0 && b.Delayed != tcp.DelayedACK{}:
		return false
	case b.Delayed.Now && !sparing(b):
		return false
	}
	return b.Delayed.Octets < b.Rcv.Queue.Limit()/4
}

// youth is how many receive buffers have to arrive without a hole before ACKs are
// spared. A peer in slow start doubles its window each round trip until it fills the
// buffer, and has sent two buffers by then, or a few more if it has to share its line.
const youth = 4

// sparing reports whether one ACK may stand for many segments.
func sparing(b *tcp.TCB) bool { return int(b.Host.InOrder)/youth >= b.Rcv.Queue.Limit() }

// countInOrder counts n bytes that have arrived in order. A hole begins the count
// again: the peer may have to go back to slow start.
func countInOrder(b *tcp.TCB, n int) {
	if len(b.Rcv.Blocks) > 0 {
		b.Host.InOrder = 0
		return
	}
	b.Host.InOrder = min(b.Host.InOrder+uint32(n), 1<<30)
}

// Settle ends what ArriveMore has begun. Without that it does nothing.
func (s *Stack) Settle(now time.Time) {
	if b := s.settling; b != nil {
		s.settling = nil
		s.end(b, tcp.Established, now)
	}
}
