package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3).
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	acked := seg.Flags.Has(tcp.ACK)
	if acked && !acksOurSYN(b, seg) {
		if !seg.Flags.Has(tcp.RST) {
			b.Emit(tcp.Segment{Seq: seg.Ack, Flags: tcp.RST})
		}
		return
	}
	switch {
	case seg.Flags.Has(tcp.RST):
		if acked {
			b.Err = syscall.ECONNREFUSED
			b.State = tcp.Closed
		}
	case !seg.Flags.Has(tcp.SYN):
		// nothing to learn from it
	case acked:
		hearHello(b, seg, now)
		opened(b, seg)
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	default:
		hearHello(b, seg, now)
		b.State = tcp.SynReceived
		sayHello(b)
		startTimer(b, now)
	}
}
