package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// unicast reports whether a can be the address of one host.
func unicast(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && a.Unmap() != broadcast
}

// plausible reports whether seg goes from one host's socket to another socket.
func plausible(seg *tcp.Segment) bool {
	return unicast(seg.Src.Addr()) && unicast(seg.Dst.Addr()) && seg.Src != seg.Dst
}
