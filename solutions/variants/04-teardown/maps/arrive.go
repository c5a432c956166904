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
	if textIsLost(b) {
		c.Abort(b, now)
		return
	}
	lookForFIN(b, seg)
	if next, waiting := whenOursIsAcked[b.State]; waiting && finIsAcked(b) {
		b.State = next
	}
	if takeFIN(b) {
		b.State = whenTheirsIsTaken[b.State]
	}
}

// whenOursIsAcked says where the acknowledgment of our FIN leads.
var whenOursIsAcked = map[tcp.State]tcp.State{
	tcp.FinWait1: tcp.FinWait2,
	tcp.Closing:  tcp.TimeWait,
	tcp.LastAck:  tcp.Closed,
}

// whenTheirsIsTaken says where the peer's FIN leads, from each state in which it
// can still come.
var whenTheirsIsTaken = map[tcp.State]tcp.State{
	tcp.Established: tcp.CloseWait,
	tcp.FinWait1:    tcp.Closing,
	tcp.FinWait2:    tcp.TimeWait,
}

// lookForFIN remembers the number of the peer's FIN. Only the first one counts:
// a stream has one end.
func lookForFIN(b *tcp.TCB, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.FIN) || b.Rcv.FinDone {
		return
	}
	number := seg.End().Add(-1)
	if number.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) && !b.Rcv.FinSeen {
		b.Rcv.FinSeen, b.Rcv.Fin = true, number
	}
	// If it is taken below, that ACK is the answer; if not, because something
	// before it is missing or the window is closed, the peer is to hear so too.
	b.Delayed.Now = true
}

// takeFIN takes the peer's FIN if this is its turn, acknowledges it, and says
// whether it did.
func takeFIN(b *tcp.TCB) bool {
	_, awaited := whenTheirsIsTaken[b.State]
	if !awaited || !b.Rcv.FinSeen || b.Rcv.FinDone || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}
	b.Rcv.FinDone = true
	b.Rcv.Nxt = b.Rcv.Nxt.Add(1)
	b.Emit(pureACK(b))
	return true
}

// finIsAcked says whether the peer has acknowledged our FIN.
func finIsAcked(b *tcp.TCB) bool {
	return b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una)
}
