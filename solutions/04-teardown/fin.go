package teardown

import (
	"slices"

	"tcpworkbook/kit/tcp"
)

// TakeFIN looks for the peer's FIN, in ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2, and
// reports whether it was taken now (RFC 9293 §3.10.7.4, eighth check). Its turn has
// come when its number is RCV.NXT. It may have come with this segment or, ahead of a
// hole that this segment filled, with an earlier one; so a FIN inside the window is
// noted in b.Rcv.FinSeen and b.Rcv.Fin until its turn comes. A FIN that cannot be
// taken now is answered all the same: b.Delayed.Now asks for an ACK, which tells the
// peer what is missing.
//
// When its turn comes it is taken once: RCV.NXT advances over it, b.Rcv.FinDone is
// set, and an ACK is sent, one. A FIN that came with a SYN waits until the
// connection is open, and comes here as if it had come then.
func TakeFIN(b *tcp.TCB, seg *tcp.Segment) bool {
	noteFIN(b, seg)
	if !b.Rcv.FinSeen || b.Rcv.Fin != b.Rcv.Nxt {
		return false
	}
	b.Rcv.FinDone = true
	b.Rcv.Nxt = b.Rcv.Nxt.Add(1)
	b.Rcv.Wnd -= min(b.Rcv.Wnd, 1)
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	return true
}

// noteFIN remembers the number of the peer's FIN, if the segment has one and it
// lies in the window. It may stand right at RCV.NXT even when the window is
// closed: a FIN takes no room in a buffer. There it counts even if another was noted,
// by a stranger perhaps, for the peer would repeat its own for ever.
func noteFIN(b *tcp.TCB, seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.FIN) {
		return
	}
	fin := seg.End().Add(-1)
	if fin != b.Rcv.Nxt {
		b.Delayed.Now = true // tell the peer what is missing, as for text beyond a hole
	}
	if fin != b.Rcv.Nxt && !fin.InWindow(b.Rcv.Nxt, b.Rcv.Wnd) {
		return
	}
	if !b.Rcv.FinSeen || fin == b.Rcv.Nxt {
		b.Rcv.FinSeen, b.Rcv.Fin = true, fin
		forgetBeyond(b, fin)
	}
}

// forgetBeyond drops text that was kept although it reaches beyond the FIN: a peer that
// contradicts itself shall not carry RCV.NXT past the FIN.
func forgetBeyond(b *tcp.TCB, fin tcp.Seq) {
	b.Rcv.Blocks = slices.DeleteFunc(b.Rcv.Blocks, func(kept tcp.Block) bool { return fin.Less(kept.End) })
}
