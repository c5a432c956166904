package teardown

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Abort ends the connection at once (RFC 9293 §3.10.5). Its RST has an ACK, as
// Linux's has.
func (Chapter) Abort(b *tcp.TCB, now time.Time) {
	if about[b.State].believes {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.RST | tcp.ACK})
	}
	b.State = tcp.Closed
}

// Reset handles a segment with RST or SYN in a synchronized state (RFC 9293
// §3.10.7.4, second and fourth check).
func (Chapter) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	exact := seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt
	allSaid := about[b.State].over && b.Snd.Queue.Len() == 0
	switch {
	case exact && allSaid:
		b.State = tcp.Closed
	case exact:
		b.State, b.Err = tcp.Closed, syscall.ECONNRESET
	case b.AllowChallenge(now):
		emitACK(b)
	}
}

// textIsLost reports whether something was received that nobody will read, in order or
// beyond a hole, while the peer could still take our FIN for "I have had everything".
// What has come with a SYN does not count before the connection is open.
func textIsLost(b *tcp.TCB) bool {
	unread := b.Rcv.Queue.Len() > 0 || b.State.Synchronized() && len(b.Rcv.Blocks) > 0
	return b.ReadClosed && unread && !about[b.State].over
}
