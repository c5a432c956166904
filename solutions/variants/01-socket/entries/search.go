package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

const (
	ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1

	// stride is how far apart in the range the ports of two tries are. It is odd, and
	// the range is a power of two: so all ports are tried before one comes again.
	stride = 6151
)

// noneLeft is the error when no port is left, by whether there is a peer.
var noneLeft = map[bool]error{
	true:  syscall.EADDRNOTAVAIL,
	false: syscall.EADDRINUSE,
}

// search returns an end at address a whose port b may have. It tries every port
// once.
func search(t *tcp.Table, b *tcp.TCB, a netip.Addr, start uint16) (netip.AddrPort, bool) {
	for i := range ports {
		port := tcp.FirstEphemeralPort + (int(start)+i*stride)%ports
		end := netip.AddrPortFrom(a, uint16(port))
		want := tcp.FourTuple{Local: end, Remote: b.Remote}
		if end != b.Remote && !shared(t, b, want) {
			return end, true
		}
	}
	return netip.AddrPort{}, false
}

// shared reports whether somebody holds the port of want.Local with whom b, which
// would take any port, must not share it.
func shared(t *tcp.Table, b *tcp.TCB, want tcp.FourTuple) bool {
	for holder := range t.Ports[want.Local.Port()] {
		if !compare(holder, b, want).canShare() {
			return true
		}
	}
	return false
}
