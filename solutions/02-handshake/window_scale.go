package handshake

import "tcpworkbook/kit/tcp"

// maxScale is the largest shift count there is (RFC 7323 §2.3).
const maxScale = 14

// OfferWindowScale puts into the options of our SYN the shift count that our windows
// will have, if b.Config.WindowScaling is set. b.Rcv.Queue.Limit(), shifted right by so
// many bits, must fit into 16 bits; the count is the smallest that does this, and 14 at
// most (RFC 7323 §2.2, §2.3). If answer is set, our SYN is a SYN,ACK: that has the
// option only if the peer's SYN had it.
func OfferWindowScale(b *tcp.TCB, options *tcp.Options, answer bool) {
	options.HasWindowScale = b.Config.WindowScaling && (!answer || b.Scaling)
	if options.HasWindowScale {
		options.WindowScale = scaleFor(b.Rcv.Queue.Limit())
	}
}

// TakeWindowScale takes the shift count of the peer's SYN. If it has one, and
// b.Config.WindowScaling is set, then b.Scaling is set, b.Snd.Scale is the peer's
// count and b.Rcv.Scale our own; RCV.WND stays as it is, and the next segment can
// announce all of it. Otherwise nobody scales: RCV.WND becomes 65535, if it is more.
func TakeWindowScale(b *tcp.TCB, offered *tcp.Options) {
	b.Scaling = b.Config.WindowScaling && offered.HasWindowScale
	if !b.Scaling {
		b.Rcv.Wnd = min(b.Rcv.Wnd, 65535)
		return
	}
	b.Snd.Scale = offered.WindowScale
	b.Rcv.Scale = scaleFor(b.Rcv.Queue.Limit())
}

// scaleFor returns the smallest shift count with which a window of so many
// bytes can be announced in 16 bits.
func scaleFor(length int) uint8 {
	var shift uint8
	for length>>shift > 65535 && shift < maxScale {
		shift++
	}
	return shift
}
