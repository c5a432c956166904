package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Doubt looks at a segment in SYN-RECEIVED before its ACK counts (RFC 9293
// §3.10.7.4, first to fourth check), and reports whether that was all: then nothing
// else of the segment counts. In this order:
//
//   - the peer's SYN again, SEG.SEQ = IRS and no RST, does not count as outside the
//     window. Without an ACK it says that the peer has missed our SYN,ACK: that is
//     sent again. With an ACK it passes: Doubt does nothing, and reports false;
//   - outside the window, with neither its first number nor its last inside (table
//     6): a RST is ignored, anything else gets <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
//     SEG.SEQ = RCV.NXT is always inside, also with text while RCV.WND = 0, the
//     table's third row: its ACK and RST count, as in chapter 3, which then takes
//     no text;
//   - a RST at RCV.NXT ends the connection, in CLOSED: quietly when it came from a
//     listener (b.Passive), which still listens, else b.Err is
//     syscall.ECONNREFUSED. A RST elsewhere in the window may be forged, and gets
//     the same ACK (RFC 5961 §3);
//   - a SYN gets that ACK too, for the same reason (RFC 5961 §4), in a passive
//     socket as well: RFC 9293 would send that one back to LISTEN, and so could a
//     stranger.
//
// The ACKs that a stranger could provoke, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, are
// sent only if b.AllowChallenge allows it; the SYN,ACK that goes out again need not
// ask.
func Doubt(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	switch {
	case seg.Flags.Has(tcp.SYN) && !seg.Flags.Has(tcp.RST) && seg.Seq == b.Rcv.IRS:
		if seg.Flags.Has(tcp.ACK) {
			return false
		}
		sendSYNACK(b)
	case !touchesWindow(b, seg):
		if !seg.Flags.Has(tcp.RST) {
			challenge(b, now)
		}
	case seg.Flags.Has(tcp.RST):
		if seg.Seq == b.Rcv.Nxt {
			resetHalfOpen(b)
		} else {
			challenge(b, now)
		}
	case seg.Flags.Has(tcp.SYN):
		challenge(b, now)
	default:
		return false
	}
	return true
}

// resetHalfOpen ends a connection that was never open. A listener goes on
// listening, so for a passive socket that is all (§3.5.3; §3.5, MUST-11).
func resetHalfOpen(b *tcp.TCB) {
	if b.Passive {
		b.State = tcp.Closed
		return
	}
	refuse(b)
}

// touchesWindow reports whether any of the segment lies in the receive window
// (§3.10.7.4, first check).
func touchesWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	if seg.Len() == 0 || b.Rcv.Wnd == 0 {
		return seg.Seq == b.Rcv.Nxt || seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
	}
	last := seg.End().Add(-1)
	return seg.Seq.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) || last.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
}

// challenge answers a segment that may be forged with an ACK: an honest peer
// learns from it where we stand, a stranger does not even see it.
func challenge(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		sendACK(b)
	}
}
