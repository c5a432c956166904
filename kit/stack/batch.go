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
	s.arriveConnection(b, seg, now)
	if !mayWait(b) {
		s.Settle(now)
	}
}

// mayWait reports whether what follows from the segments so far may wait for the
// next one of the batch. An ACK that is due may: one will do for all of them. What was
// emitted may not, nor anything out of the ordinary: a peer that has lost a segment
// counts the answers (RFC 5681 §3.2). Nor may the peer's window run dry meanwhile.
func mayWait(b *tcp.TCB) bool {
	return b.State == tcp.Established && len(b.Outbox) == 0 &&
		len(b.Rcv.Blocks) == 0 && !b.Congestion.Recovery && !b.Snd.Resending &&
		b.Delayed.Octets < b.Rcv.Queue.Limit()/4
}

// Settle ends what ArriveMore has begun. Without that it does nothing.
func (s *Stack) Settle(now time.Time) {
	if b := s.settling; b != nil {
		s.settling = nil
		s.end(b, tcp.Established, now)
	}
}
