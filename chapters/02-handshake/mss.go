package handshake

import "tcpworkbook/kit/tcp"

// OfferMSS puts into the options of our SYN, or SYN,ACK, the most text that a
// segment to us may carry, in bytes: always (RFC 9293 §3.7.1, SHLD-5, MAY-3). It is
// b.Config.MSS or, when that is 0, what b.Config.MTU leaves beside headers of 40
// bytes, of 60 between IPv6 addresses. Options are not counted.
func OfferMSS(b *tcp.TCB, options *tcp.Options) {
	// TODO(step 2.8): what a segment to us may carry.
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
	// TODO(step 2.8): what a segment of ours may carry.
}
