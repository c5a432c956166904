package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// MakeRoom says whether there is room for one more connection in the queues of the
// listener l (RFC 4987 §3), each of which is bounded by l.Listener.Backlog. full means
// that there is none: the SYN is ignored, and will come again. In this order:
//
//   - Ready holds Backlog connections: full;
//   - Half holds fewer than Backlog: there is room, and nobody has to give way;
//   - otherwise the oldest in Half decides, the first. If its SYN,ACK left less than
//     250 ms ago, the peer's ACK may still be on its way: full. After that it has had
//     its chance: it is evicted, and there is room.
//
// No variable says when a SYN,ACK left for the first time, but its retransmission timer
// does. While b.RTO.Attempts is 0, it left at b.Timers.Retransmit less b.RTO.Value. When
// b.RTO.Attempts is more, the timer has expired: the chance is over.
func MakeRoom(l *tcp.TCB, now time.Time) (evicted *tcp.TCB, full bool) {
	// TODO(step 2.11): bound the two queues; who has had its chance gives way.
	return nil, false
}
