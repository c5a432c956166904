package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// chance is how long a half-open connection is safe from others: longer than most
// round trips, and shorter than the second after which an honest client tries again.
const chance = 250 * time.Millisecond

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2), the
// first that applies:
//
//   - a RST is ignored: there is nothing yet to reset;
//   - an ACK is of something we never sent: l emits <SEQ=SEG.ACK><CTL=RST>, with
//     the addresses of the segment turned round, for l itself has no peer;
//   - a SYN makes a new socket, in SYN-RECEIVED with initial sequence number iss,
//     that answers with <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> and sets its
//     retransmission timer to b.RTO.Value from now; l stays in LISTEN;
//   - anything else is ignored.
//
// The new socket comes from l.Spawn, emits its own segments, and is returned as
// child; the stack puts it at the end of l.Listener.Half. Memory is bounded: when
// l.Listener.Ready holds Backlog connections the SYN is ignored, and will come
// again. When Half does, it depends on the oldest of them, the first. If its SYN,ACK
// left less than 250 ms ago, the peer's ACK may still be on its way, and the SYN is
// ignored as well; after that it has had its chance, gives way, and is returned as
// evicted (RFC 4987 §3.4). No variable says when the SYN,ACK left. But that is when the
// retransmission timer was set: as long as it has never expired, the SYN,ACK left at
// b.Timers.Retransmit minus b.RTO.Value.
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	switch {
	case seg.Flags.Has(tcp.RST):
		return nil, nil
	case seg.Flags.Has(tcp.ACK):
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
		return nil, nil
	case !seg.Flags.Has(tcp.SYN):
		return nil, nil
	}

	queues := l.Listener
	if len(queues.Ready) >= queues.Backlog {
		return nil, nil
	}
	if len(queues.Half) >= queues.Backlog {
		if evicted = queues.Half[0]; stillHasChance(evicted, now) {
			return nil, nil
		}
	}
	return answerSYN(l, seg, iss, now), evicted
}

// stillHasChance reports whether the ACK of b's SYN,ACK may be on its way.
func stillHasChance(b *tcp.TCB, now time.Time) bool {
	sent := b.Timers.Retransmit.Add(-b.RTO.Value)
	return b.RTO.Attempts == 0 && now.Sub(sent) < chance
}

// answerSYN makes the socket for the connection that seg asks for.
func answerSYN(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) *tcp.TCB {
	child := l.Spawn(seg.Dst, seg.Src)
	begin(child, iss)
	takeSYN(child, seg, now)
	child.State = tcp.SynReceived
	sendSYNACK(child)
	child.Timers.Retransmit = now.Add(child.RTO.Value)
	return child
}
