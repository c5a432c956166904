package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Segments that came together and are for one connection, a run of them, are looked
// up, answered and told of once. That is what a network card that merges segments
// does for the kernels, and most of what a segment costs.

// arriveRun processes the segments at the beginning of segs that are for b, in
// ESTABLISHED, and may be answered together. It returns how many that were.
func (s *Stack) arriveRun(b *tcp.TCB, segs []tcp.Segment, now time.Time) (n int) {
	from := s.begin(b)
	for {
		s.arriveConnection(b, &segs[n], now)
		n++
		if n == len(segs) || segs[n].Src != b.Remote || segs[n].Dst != b.Local || !mayWait(b) {
			break
		}
	}
	s.end(b, from, now)
	return n
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
