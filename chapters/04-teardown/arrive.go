package teardown

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Arrive moves the connection towards its end (RFC 9293 §3.10.7.4, fifth and
// eighth check). Transfer has taken the segment's ACK and text already: SND.UNA
// and RCV.NXT are up to date.
//
// First of all, data that arrived after the application gave up reading can never
// be delivered: b.ReadClosed is set, and b.Rcv.Queue holds something. The
// connection is aborted (§3.6.1), whatever else the segment brings. In CLOSING and
// LAST-ACK no data arrives any more, and what lies unread is no reason: see Close.
//
// Then two things may have happened. Our FIN was acknowledged: it was sent, and
// SND.UNA is beyond it. An ACK of the data before the FIN is not enough. And the
// turn of the peer's FIN has come: its number is RCV.NXT. It may have come with
// this segment or, ahead of a hole that this segment filled, with an earlier one;
// so a FIN inside the window is noted in b.Rcv.FinSeen and b.Rcv.Fin until its turn
// comes. A FIN that cannot be taken now is answered all the same: b.Delayed.Now
// asks for an ACK, which tells the peer what is missing. When its turn comes it is
// taken once: RCV.NXT advances over it, b.Rcv.FinDone is set, and an ACK is sent,
// one.
//
//	             our FIN acknowledged   the peer's FIN taken
//	ESTABLISHED                         CLOSE-WAIT
//	FIN-WAIT-1   FIN-WAIT-2             CLOSING
//	FIN-WAIT-2                          TIME-WAIT
//	CLOSING      TIME-WAIT
//	LAST-ACK     CLOSED
//
// A segment may bring both; the acknowledgment counts first. A FIN that came with a
// SYN waits until the connection is open, and comes here as if it had come then.
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	// TODO(step 4.9): before all else, text that nobody will ever read
	// TODO(step 4.4): note the peer's FIN, and take it when its turn has come: CLOSE-WAIT
	// TODO(step 4.5): what ends LAST-ACK
	// TODO(step 4.6): the two ways out of FIN-WAIT-1, and the one out of FIN-WAIT-2
	// TODO(step 4.7): the way through CLOSING, when both closed at once
}
