package handshake

import (
	"tcpworkbook/kit/tcp"
)

const (
	// The MSS of a peer that announces none (RFC 9293 §3.7.1, MUST-15).
	defaultMSS4 = 536
	defaultMSS6 = 1220

	// smallestMSS is the floor under what a peer may announce: below it, headers
	// would be most of the traffic. Linux has one too, tcp_min_snd_mss: 48.
	smallestMSS = 88

	// The room that headers take in a packet, bytes: IP and TCP without options,
	// and the timestamps option with its padding.
	headers4         = 20 + 20
	headers6         = 40 + 20
	timestampsOption = 12

	// maxScale is the largest shift count there is (RFC 7323 §2.3).
	maxScale = 14
)

// offer returns the options of a SYN that opens a connection, or answers one:
// always the MSS (MAY-3); window scale and timestamps if the settings say so
// and, in an answer, only if the peer offered them too (RFC 7323 §2.2, §3.2).
func offer(b *tcp.TCB, answer bool) tcp.Options {
	options := tcp.Options{
		MSS:            announcedMSS(b),
		HasWindowScale: b.Config.WindowScaling && (!answer || b.Scaling),
		HasTimestamps:  b.Config.Timestamps && (!answer || b.Timestamps.On),
	}
	if options.HasWindowScale {
		options.WindowScale = scaleFor(b.Rcv.Queue.Limit())
	}
	return options
}

// accept takes over what the peer's SYN offers.
func accept(b *tcp.TCB, offered tcp.Options) {
	b.Scaling = b.Config.WindowScaling && offered.HasWindowScale
	if b.Scaling {
		b.Snd.Scale = offered.WindowScale
		b.Rcv.Scale = scaleFor(b.Rcv.Queue.Limit())
	} else {
		b.Rcv.Wnd = min(b.Rcv.Wnd, 65535)
	}
	b.Timestamps.On = b.Config.Timestamps && offered.HasTimestamps
	if b.Timestamps.On {
		b.Timestamps.Recent = offered.TSval
	}
	b.Snd.MSS = effectiveMSS(b, offered.MSS)
}

// announcedMSS is the largest segment text we take: the settings' choice, or what
// fits a packet of our link.
func announcedMSS(b *tcp.TCB) uint16 {
	if b.Config.MSS != 0 {
		return b.Config.MSS
	}
	return uint16(packetMSS(b))
}

// packetMSS is how much text fits a packet of our link.
func packetMSS(b *tcp.TCB) int {
	headers := headers4
	if overIPv6(b) {
		headers = headers6
	}
	return min(b.Config.MTU-headers, 65535)
}

func overIPv6(b *tcp.TCB) bool {
	return b.Remote.Addr().Is6() && !b.Remote.Addr().Is4In6()
}

// effectiveMSS is the most text we put into a segment: what the peer takes and
// our link carries, less the options in every segment (RFC 9293 §3.7.1, MUST-16).
func effectiveMSS(b *tcp.TCB, peers uint16) int {
	if peers == 0 {
		peers = defaultMSS4
		if overIPv6(b) {
			peers = defaultMSS6
		}
	}
	mss := min(max(smallestMSS, int(peers)), packetMSS(b))
	if b.Timestamps.On {
		mss -= timestampsOption
	}
	return mss
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
