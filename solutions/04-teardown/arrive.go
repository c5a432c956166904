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
	if textIsLost(b) {
		c.Abort(b, now)
		return
	}
	noteFIN(b, seg)
	switch b.State {
	case tcp.Established:
		arriveEstablished(b)
	case tcp.FinWait1:
		arriveFinWait1(b)
	case tcp.FinWait2:
		arriveFinWait2(b)
	case tcp.Closing:
		arriveClosing(b)
	case tcp.LastAck:
		arriveLastAck(b)
	}
}

func arriveEstablished(b *tcp.TCB) {
	if takeFIN(b) {
		b.State = tcp.CloseWait
	}
}

// arriveFinWait1 closed first and waits for two things, in either order: the ACK
// of its FIN, and the peer's FIN. The ACK counts first, so that a segment with
// both leads to TIME-WAIT.
func arriveFinWait1(b *tcp.TCB) {
	if finAcknowledged(b) {
		b.State = tcp.FinWait2
		arriveFinWait2(b)
		return
	}
	if takeFIN(b) {
		b.State = tcp.Closing
	}
}

func arriveFinWait2(b *tcp.TCB) {
	if takeFIN(b) {
		b.State = tcp.TimeWait
	}
}

func arriveClosing(b *tcp.TCB) {
	if finAcknowledged(b) {
		b.State = tcp.TimeWait
	}
}

func arriveLastAck(b *tcp.TCB) {
	if finAcknowledged(b) {
		b.State = tcp.Closed
	}
}

// finAcknowledged reports whether the peer has acknowledged our FIN.
func finAcknowledged(b *tcp.TCB) bool {
	return b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una)
}

// noteFIN remembers the number of the peer's FIN, if the segment has one and it
// lies in the window. It may stand right at RCV.NXT even when the window is
// closed: a FIN takes no room in a buffer.
func noteFIN(b *tcp.TCB, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.FIN) || b.Rcv.FinDone {
		return
	}
	fin := seg.End().Add(-1)
	if fin != b.Rcv.Nxt {
		b.Delayed.Now = true // tell the peer what is missing, as for text beyond a hole
	}
	if fin != b.Rcv.Nxt && !fin.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) {
		return
	}
	if !b.Rcv.FinSeen {
		b.Rcv.FinSeen, b.Rcv.Fin = true, fin
		forgetBeyond(b, fin)
	}
}

// forgetBeyond drops text that was kept although it lies at or beyond the FIN: a
// peer that contradicts itself shall not carry RCV.NXT past the FIN.
func forgetBeyond(b *tcp.TCB, fin tcp.Seq) {
	for n := len(b.Rcv.Blocks); n > 0 && fin.Less(b.Rcv.Blocks[n-1].End); n-- {
		last := &b.Rcv.Blocks[n-1]
		if last.Start.Less(fin) {
			last.End = fin
			return
		}
		b.Rcv.Blocks = b.Rcv.Blocks[:n-1]
	}
}

// takeFIN takes the peer's FIN if it is next, acknowledges it, and reports
// whether it did.
func takeFIN(b *tcp.TCB) bool {
	if !b.Rcv.FinSeen || b.Rcv.FinDone || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}
	b.Rcv.FinDone = true
	b.Rcv.Nxt = b.Rcv.Nxt.Add(1)
	if b.Rcv.Wnd > 0 {
		b.Rcv.Wnd--
	}
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	return true
}
