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
		b.Emit(tcp.Segment{Flags: tcp.RST, Seq: b.Snd.Nxt})
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
	genuine := seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.Nxt
	if !genuine {
		if b.AllowChallenge(now) {
			b.Emit(pureACK(b))
		}
		return
	}
	unsaid := b.Snd.Queue.Len() > 0
	if unsaid || b.State != tcp.Closing && b.State != tcp.LastAck {
		b.Err = syscall.ECONNRESET
	}
	b.State = tcp.Closed
}

// pureACK says where we stand: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func pureACK(b *tcp.TCB) tcp.Segment {
	return tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt}
}

// textIsLost says whether text has been received that nobody will ever read, as
// long as the peer has to be told.
func textIsLost(b *tcp.TCB) bool {
	switch b.State {
	case tcp.Closing, tcp.LastAck, tcp.TimeWait:
		return false
	}
	return b.ReadClosed && b.Rcv.Queue.Len() > 0
}
