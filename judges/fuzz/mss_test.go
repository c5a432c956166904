package fuzz

import "tcpworkbook/kit/tcp"

// An offer is a SYN that has arrived.
type offer struct {
	ends tcp.FourTuple
	irs  tcp.Seq
}

// hearsMSS notes the MSS in a SYN, the largest if it comes again and says another.
func (h *host) hearsMSS(seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.SYN) {
		return
	}
	mss := seg.Options.MSS
	if mss == 0 { // RFC 9293 §3.7.1, MUST-15
		mss = 536
		if seg.Src.Addr().Is6() {
			mss = 1220
		}
	}
	made := offer{tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}, seg.Seq}
	h.offers[made] = max(h.offers[made], mss)
}

// mostInASegment is how many bytes of options and text the peer takes (MUST-16). One
// that takes fewer than 88 gets segments of 88: else headers were most of the traffic.
func (h *host) mostInASegment(b *tcp.TCB) int {
	const least = 88
	return max(least, int(h.offers[offer{b.Tuple(), b.Rcv.IRS}]))
}

// fixedHeaders is what IP and TCP take of a segment without options.
func fixedHeaders(seg *tcp.Segment) int {
	if seg.Src.Addr().Is6() {
		return 60
	}
	return 40
}
