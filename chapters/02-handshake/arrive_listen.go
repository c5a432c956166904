package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

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
	// TODO(step 2.3): tell RST, ACK, SYN and the rest apart; make a socket for a SYN,
	// note what the SYN says, emit the SYN,ACK.
	// TODO(step 2.7): start the new socket's retransmission timer.
	// TODO(step 2.8): take the peer's MSS, and offer ours; then the other options.
	// TODO(step 2.11): bound the two queues.
	return nil, nil
}
