package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Bind gives b its local address and port, and holds the port for it. The zero
// netip.Addr stands for every address of the host.
//
// Port 0 asks for a free port between tcp.FirstEphemeralPort and
// tcp.LastEphemeralPort; the search begins start places into that range, modulo
// its size, so that ports are hard to guess (RFC 6056), and looks at every port
// once at most. A socket that is about to connect has its Remote set: it may share
// a port with every connection whose four-tuple differs from its own, be it to
// another host, to another port of the same host or from another local address. It
// shares none with a socket that has no peer, nor is it given the very end that it
// connects to. Any other socket needs a port that nobody holds, at any address.
//
// A given port conflicts with every socket that holds it at an overlapping
// address, with three exceptions: connections, which are the sockets with a Remote,
// if b.Reuse is set; sockets in SYN-SENT or SYN-RECEIVED (MUST-42); and sockets in
// TIME-WAIT, which are chapter 5's business.
//
// The errors are syscall.EADDRINUSE for a conflict or when no port is left to
// bind; and syscall.EADDRNOTAVAIL when no port is left to connect from, or when local
// is an address that no host can have: broadcast, multicast or unspecified. The
// unspecified address does not stand for every address here: the zero netip.Addr does.
// An error changes nothing.
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if local.Addr().IsValid() && !singleHost(local.Addr()) {
		return syscall.EADDRNOTAVAIL
	}
	if local.Port() == 0 {
		return bindEphemeral(t, b, local.Addr(), start)
	}
	for other := range t.Ports[local.Port()] {
		if overlap(local.Addr(), other.Local.Addr()) && conflict(b, other) {
			return syscall.EADDRINUSE
		}
	}
	b.Local = local
	hold(t, b)
	return nil
}

// conflict reports whether b may not bind the port that other holds at the same
// address.
func conflict(b, other *tcp.TCB) bool {
	switch other.State {
	case tcp.SynSent, tcp.SynReceived, tcp.TimeWait:
		return false
	}
	connected := other.Remote.IsValid()
	return !(connected && b.Reuse)
}

// bindEphemeral looks at each ephemeral port once, so the search ends even when
// all of them are taken.
func bindEphemeral(t *tcp.Table, b *tcp.TCB, addr netip.Addr, start uint16) error {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	for i := range ports {
		port := tcp.FirstEphemeralPort + (int(start)+i)%ports
		local := netip.AddrPortFrom(addr, uint16(port))
		if free(t, local, b.Remote) {
			b.Local = local
			hold(t, b)
			return nil
		}
	}
	if b.Remote.IsValid() {
		return syscall.EADDRNOTAVAIL
	}
	return syscall.EADDRINUSE
}

// free reports whether a socket may be given local without being asked for it.
func free(t *tcp.Table, local, remote netip.AddrPort) bool {
	if local == remote { // Lookup would take each of its segments for land
		return false
	}
	holders := t.Ports[local.Port()]
	if len(holders) == 0 {
		return true
	}
	if !remote.IsValid() {
		return false
	}
	if t.Connections[tcp.FourTuple{Local: local, Remote: remote}] != nil {
		return false
	}
	for other := range holders {
		if !other.Remote.IsValid() { // a listener, or bound to become one
			return false
		}
	}
	return true
}

// overlap reports whether some address is both a's and b's, where the zero Addr
// is every address.
func overlap(a, b netip.Addr) bool {
	return a == b || !a.IsValid() || !b.IsValid()
}
