package handshake

import "tcpworkbook/kit/tcp"

const (
	// The MSS of a peer that announces none (RFC 9293 §3.7.1, MUST-15).
	defaultMSS4 = 536
	defaultMSS6 = 1220

	// smallestMSS is the floor under what a peer may announce. A packet of 128 bytes,
	// 88 and 40, has room for 8 bytes of text even beside the longest headers that IP
	// and TCP can have, 60 bytes each. Linux has a floor too, tcp_min_snd_mss: 48.
	smallestMSS = 88

	// The room that the headers of IP and TCP take in a packet, without options, in
	// bytes.
	headers4 = 20 + 20
	headers6 = 40 + 20
)

// OfferMSS puts into the options of our SYN, or SYN,ACK, the most text that a
// segment to us may carry, in bytes: always (RFC 9293 §3.7.1, SHLD-5, MAY-3). It is
// b.Config.MSS or, when that is 0, what b.Config.MTU leaves beside headers of 40
// bytes, of 60 between IPv6 addresses. Options are not counted.
func OfferMSS(b *tcp.TCB, options *tcp.Options) {
	options.MSS = b.Config.MSS
	if options.MSS == 0 {
		options.MSS = uint16(min(packetMSS(b), 65535))
	}
}

// TakeMSS sets b.Snd.MSS, the most text that a segment of ours carries, in bytes.
// In this order:
//
//   - it is the MSS in the options of the peer's SYN. MSS = 0 means no option: then it
//     is 536, or 1220 over IPv6 (§3.7.1, MUST-15);
//   - less than 88 is raised to 88. A peer may not make headers most of the traffic;
//   - it is at most what b.Config.MTU leaves beside our headers (MUST-16).
//
// b.Config.MSS is what we can take, and has no part in it.
func TakeMSS(b *tcp.TCB, offered *tcp.Options) {
	mss := int(offered.MSS)
	if mss == 0 {
		mss = defaultMSS(b)
	}
	b.Snd.MSS = min(max(smallestMSS, mss), packetMSS(b))
}

// defaultMSS is what a peer takes that says nothing.
func defaultMSS(b *tcp.TCB) int {
	if overIPv6(b) {
		return defaultMSS6
	}
	return defaultMSS4
}

// packetMSS is how much text fits a packet of our link.
func packetMSS(b *tcp.TCB) int {
	if overIPv6(b) {
		return b.Config.MTU - headers6
	}
	return b.Config.MTU - headers4
}

func overIPv6(b *tcp.TCB) bool {
	return b.Remote.Addr().Is6() && !b.Remote.Addr().Is4In6()
}
