package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Acceptable reports whether a segment is to be processed further: whether any of
// it lies in the receive window (RFC 9293 §3.10.7.4, first check).
//
//	SEG.LEN  RCV.WND  acceptable when
//	   0        0     SEG.SEQ = RCV.NXT
//	   0       >0     RCV.NXT ≤ SEG.SEQ < RCV.NXT+RCV.WND
//	  >0        0     SEG.SEQ = RCV.NXT, so that its ACK and RST count; Receive takes no text
//	  >0       >0     its first or its last number is in the window
//
// The third row is not as in the RFC's table 6, which says "not acceptable": it has
// the allowance in it that the text below that table makes.
//
// What is not acceptable gets <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, which tells a
// peer that has missed something where we stand; a RST gets nothing. An answer to
// a segment without text or FIN asks b.AllowChallenge first: two ends that disagree
// would otherwise answer each other for ever. (RFC 5961 §7 wants a limit for challenge
// ACKs; one for all of these is Linux's.)
//
// A segment that is TooOld (step 3.12) is not acceptable either, and gets the same answer.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if TooOld(b, seg, now) || !touchesWindow(b, seg) {
		if !seg.Flags.Has(tcp.RST) {
			repeatACK(b, seg, now)
		}
		return false
	}
	return true
}

// touchesWindow reports whether any of the segment lies in the receive window.
func touchesWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	if seg.Len() == 0 || b.Rcv.Wnd == 0 {
		return seg.Seq == b.Rcv.Nxt || seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
	}
	last := seg.End().Add(-1)
	return seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) || last.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
}

// repeatACK tells the sender of seg where we stand. Text and FIN are always
// answered, because an honest peer may wait for it; the rest at a limited rate.
func repeatACK(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	sendsSomething := len(seg.Payload) > 0 || seg.Flags.Has(tcp.FIN)
	if sendsSomething || b.AllowChallenge(now) {
		emitACK(b)
	}
}

// emitACK sends <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func emitACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}
