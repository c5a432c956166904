package handshake

import "tcpworkbook/kit/tcp"

// OfferWindowScale puts into the options of our SYN the shift count that our windows
// will have, if b.Config.WindowScaling is set. b.Rcv.Queue.Limit(), shifted right by so
// many bits, must fit into 16 bits; the count is the smallest that does this, and 14 at
// most (RFC 7323 §2.2, §2.3). If answer is set, our SYN is a SYN,ACK: that has the
// option only if the peer's SYN had it.
func OfferWindowScale(b *tcp.TCB, options *tcp.Options, answer bool) {
	// TODO(step 2.9): our shift count, if it is to be offered.
}

// TakeWindowScale takes the shift count of the peer's SYN. If it has one, and
// b.Config.WindowScaling is set, then b.Scaling is set, b.Snd.Scale is the peer's
// count and b.Rcv.Scale our own; RCV.WND stays as it is, and the next segment can
// announce all of it. Otherwise nobody scales: RCV.WND becomes 65535, if it is more.
func TakeWindowScale(b *tcp.TCB, offered *tcp.Options) {
	// TODO(step 2.9): both ends' shift counts, or no scaling at all.
}
