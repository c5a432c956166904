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
// A segment may bring both; the acknowledgment counts first.
func (c Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if isTextLost(b) {
		c.Abort(b, now)
		return
	}
	if isOursAcknowledged(b) {
		move(b, whenOursIsAcknowledged)
	}
	if seg.Flags.Any(tcp.FIN) && !b.Rcv.FinDone {
		note(b, seg)
	}
	if _, awaited := whenTheirsIsTaken[b.State]; awaited && isTheirTurn(b) {
		take(b)
		move(b, whenTheirsIsTaken)
	}
}

// isOursAcknowledged reports whether the peer has our FIN, and with it all text.
func isOursAcknowledged(b *tcp.TCB) bool {
	return b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una)
}

// note remembers where the peer's stream ends, if that is in the window, and has the
// segment answered, for the peer repeats a FIN that is not. If two disagree the later
// one counts: a true one comes again.
func note(b *tcp.TCB, seg *tcp.Segment) {
	b.Delayed.Now = true
	fin := seg.End().Add(-1)
	if fin.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) {
		b.Rcv.FinSeen, b.Rcv.Fin = true, fin
	}
}

// isTheirTurn reports whether all that came before the peer's FIN is here.
func isTheirTurn(b *tcp.TCB) bool {
	return b.Rcv.FinSeen && !b.Rcv.FinDone && b.Rcv.Fin == b.Rcv.Nxt
}

// take takes the peer's FIN. Emit sees to it that its ACK is the only one.
func take(b *tcp.TCB) {
	b.Rcv.FinDone = true
	b.Rcv.Nxt = b.Rcv.Nxt.Add(1)
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}
