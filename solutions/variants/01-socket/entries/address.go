package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// groups are the addresses that are no single host's, or nobody's at all.
// 255.255.255.255 is the only broadcast address that can be told without a mask.
var groups = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/32"),
	netip.MustParsePrefix("::/128"),
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("ff00::/8"),
	netip.MustParsePrefix("255.255.255.255/32"),
}

// singleHost reports whether a can be the address of one host. An IPv4 address
// may be written as an IPv6 one, and an IPv6 address may name an interface.
func singleHost(a netip.Addr) bool {
	plain := a.Unmap().WithZone("")
	for _, group := range groups {
		if group.Contains(plain) {
			return false
		}
	}
	return a.IsValid()
}

// forSomebody reports whether a segment is from one host's socket to another
// socket (MUST-57, MUST-63).
func forSomebody(seg *tcp.Segment) bool {
	return seg.Src != seg.Dst && singleHost(seg.Src.Addr()) && singleHost(seg.Dst.Addr())
}
