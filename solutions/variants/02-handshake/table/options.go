package handshake

import (
	"math/bits"
	"time"

	"tcpworkbook/kit/tcp"
)

// family is what IPv4 and IPv6 differ in: the room that headers take, and the MSS
// of a peer that announces none (RFC 9293 §3.7.1).
type family struct{ headers, defaultMSS int }

var (
	ipv4 = family{headers: 40, defaultMSS: 536}
	ipv6 = family{headers: 60, defaultMSS: 1220}
)

func familyOf(b *tcp.TCB) family {
	if b.Remote.Addr().Unmap().Is4() {
		return ipv4
	}
	return ipv6
}

// shift is the smallest shift count with which the receive buffer fits 16 bits.
func shift(b *tcp.TCB) uint8 {
	return uint8(min(max(0, bits.Len(uint(b.Rcv.Queue.Limit()))-16), 14))
}

// offer makes the options of our SYN, or of our answer to the peer's.
func offer(b *tcp.TCB, answering bool) tcp.Options {
	var options tcp.Options
	options.MSS = b.Config.MSS
	if options.MSS == 0 {
		options.MSS = uint16(min(b.Config.MTU-familyOf(b).headers, 1<<16-1))
	}
	if b.Config.WindowScaling && (!answering || b.Scaling) {
		options.HasWindowScale, options.WindowScale = true, shift(b)
	}
	options.HasTimestamps = b.Config.Timestamps && (!answering || b.Timestamps.On)
	return options
}

// agree takes over what the peer offers.
func agree(b *tcp.TCB, offered *tcp.Options, now time.Time) {
	family := familyOf(b)
	peers := int(offered.MSS)
	if peers == 0 {
		peers = family.defaultMSS
	}
	b.Snd.MSS = min(max(peers, 88), b.Config.MTU-family.headers)

	b.Scaling = b.Config.WindowScaling && offered.HasWindowScale
	if b.Scaling {
		b.Snd.Scale, b.Rcv.Scale = offered.WindowScale, shift(b)
	} else {
		b.Rcv.Wnd = min(b.Rcv.Wnd, 1<<16-1)
	}

	b.Timestamps.On = b.Config.Timestamps && offered.HasTimestamps
	if b.Timestamps.On {
		b.Timestamps.Recent, b.Timestamps.RecentAt = offered.TSval, now
		b.Snd.MSS -= 12
	}
}
