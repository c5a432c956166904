package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4).
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	rst, syn := seg.Flags.Has(tcp.RST), seg.Flags.Has(tcp.SYN)
	if syn && !rst && seg.Seq == b.Rcv.IRS {
		if seg.Flags.Has(tcp.ACK) {
			hearACK(b, seg)
		} else {
			takeWindow(b, seg) // the peer may have less room by now
			sayHello(b)
		}
		return
	}
	if !fits(b, seg) {
		if !rst {
			challenge(b, now)
		}
		return
	}
	if rst && seg.Seq == b.Rcv.Nxt {
		if !b.Passive {
			b.Err = syscall.ECONNREFUSED
		}
		b.State = tcp.Closed
		return
	}
	if rst || syn {
		challenge(b, now)
		return
	}
	if !seg.Flags.Has(tcp.ACK) {
		return
	}
	hearACK(b, seg)
}

// hearACK opens the connection if seg acknowledges our SYN, and refuses seg if
// it does not.
func hearACK(b *tcp.TCB, seg *tcp.Segment) {
	if !acksOurSYN(b, seg) {
		b.Emit(tcp.Segment{Seq: seg.Ack, Flags: tcp.RST})
		return
	}
	takeWindow(b, seg)
	opened(b, seg)
}

// fits reports whether seg has its first or last number in the receive window.
func fits(b *tcp.TCB, seg *tcp.Segment) bool {
	if seg.Seq == b.Rcv.Nxt {
		return true
	}
	first, last := seg.Seq, seg.Seq
	if seg.Len() > 0 {
		last = seg.End().Add(-1)
	}
	return first.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) || last.InWindow(b.Rcv.Nxt, b.Rcv.Wnd)
}

// challenge asks the peer, with an ACK, whether it meant what it sent.
func challenge(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	}
}
