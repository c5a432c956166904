package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Segments that came together and are for one connection, a run of them, are looked
// up, answered and told of once. That is what a network card that merges segments
// does for the kernels, and most of what a segment costs.
//
// What a peer may see of it is that one ACK stands for more than two full-sized
// segments: for a quarter of the receive buffer, at most. RFC 9293 asks for both. All
// that is queued is to be processed before any ACK is sent (§3.10.7.4, MUST-58 and 59);
// and every second full-sized segment is to get an ACK (§3.8.6.3, SHLD-19), for a peer
// in slow start sends more with each. So the latter holds while a connection is young,
// and again after each hole, see sparing; and only then the former. With
// Config.DelayedACK 0 no ACK is spared.

// arriveRun processes the segments at the beginning of segs that are for b, in
// ESTABLISHED, and may be answered together. It returns how many that were.
func (s *Stack) arriveRun(b *tcp.TCB, segs []tcp.Segment, now time.Time) (n int) {
	e := s.begin(b)
	for {
		next := b.Rcv.Nxt
		s.arriveConnection(b, &segs[n], now)
		countInOrder(b, b.Rcv.Nxt.Sub(next))
		n++
		if n == len(segs) || segs[n].Src != b.Remote || segs[n].Dst != b.Local || !mayWait(b) {
			break
		}
	}
	s.end(e, now)
	return n
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
	return b.Delayed.Bytes < b.Rcv.Queue.Limit()/4
}

// youth is how many receive buffers have to arrive without a hole before ACKs are
// spared. A peer in slow start doubles its window each round trip until it fills the
// buffer, and has sent two buffers by then, or a few more if it has to share its line.
const youth = 4

// sparing reports whether one ACK may stand for many segments.
func sparing(b *tcp.TCB) bool { return int(b.Keeping.InOrder)/youth >= b.Rcv.Queue.Limit() }

// countInOrder counts n bytes that have arrived in order. A hole begins the count
// again: the peer may have to go back to slow start.
func countInOrder(b *tcp.TCB, n int) {
	if len(b.Rcv.Blocks) > 0 {
		b.Keeping.InOrder = 0
		return
	}
	b.Keeping.InOrder = min(b.Keeping.InOrder+uint32(n), 1<<30)
}
