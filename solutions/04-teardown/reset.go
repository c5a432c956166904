package teardown

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Abort ends the connection at once (RFC 9293 §3.10.5): the socket goes to CLOSED
// whatever its state, and what is queued is lost. A peer that believes the
// connection open is told with <SEQ=SND.NXT><CTL=RST>; in SYN-SENT there is none
// yet, and in LISTEN, CLOSING, LAST-ACK and TIME-WAIT none who needs to know.
// b.Err stays as it is.
//
// The stack also calls Abort when a peer does not answer any more, and has set
// b.Err then.
func (Chapter) Abort(b *tcp.TCB, now time.Time) {
	switch b.State {
	case tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait:
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Flags: tcp.RST})
	}
	b.State = tcp.Closed
}

// Reset handles a segment with RST or SYN in a synchronized state (RFC 9293
// §3.10.7.4, second and fourth check). Some of it lies in the window, or the stack
// would not ask. Nothing else of the segment counts.
//
//   - A RST is obeyed only if its number is exactly RCV.NXT; whether it carries an
//     ACK, and of what, does not matter. Then the socket goes to CLOSED, and b.Err
//     is syscall.ECONNRESET. Only in CLOSING and LAST-ACK, when all of our text was
//     acknowledged, it stays nil: both sides had closed, and nothing is lost.
//   - A RST elsewhere in the window, and a SYN anywhere, may come from a stranger
//     who guesses numbers (RFC 5961 §3, §4). It gets a challenge ACK,
//     <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, if b.AllowChallenge agrees. A peer that
//     meant it answers that with a RST at the exact number.
func (Chapter) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt {
		obeyReset(b)
		return
	}
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
}

// obeyReset ends a connection that the peer has reset.
func obeyReset(b *tcp.TCB) {
	if !nothingToLose(b) {
		b.Err = syscall.ECONNRESET
	}
	b.State = tcp.Closed
}

// nothingToLose reports whether both sides have closed, and the peer has all of our
// text. Our FIN may still be under way: that the peer does not hear of our end does no
// harm, for it has ended itself.
func nothingToLose(b *tcp.TCB) bool {
	bothClosed := b.State == tcp.Closing || b.State == tcp.LastAck
	return bothClosed && b.Snd.Queue.Len() == 0
}

// TextIsLost reports whether received data can never be delivered, because the
// application has given up reading: b.ReadClosed is set, and b.Rcv.Queue holds
// something. The peer must not take that for an orderly end. So Close and Arrive ask
// before all else, and abort the connection (RFC 9293 §3.6.1, SHLD-3).
//
// Not in CLOSING, LAST-ACK and TIME-WAIT: there both sides have closed, no data
// arrives any more, and what we still have to send, text or FIN, goes on.
func TextIsLost(b *tcp.TCB) bool {
	if b.State == tcp.Closing || b.State == tcp.LastAck || b.State == tcp.TimeWait {
		return false
	}
	return b.ReadClosed && b.Rcv.Queue.Len() > 0
}
