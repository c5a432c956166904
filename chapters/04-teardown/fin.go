package teardown

import "tcpworkbook/kit/tcp"

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
	// TODO(step 4.4): note the peer's FIN, and take it when its turn has come
	return false
}
