package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Bind gives b its local address and port, and holds the port for it. Port 0 asks for any
// (RFC 6056).
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if local.Addr().IsValid() && !oneHost(local.Addr()) {
		return syscall.EADDRNOTAVAIL
	}

	if local.Port() == 0 {
		port, ok := choose(t, b, local.Addr(), start)
		switch {
		case ok:
			local = netip.AddrPortFrom(local.Addr(), port)
		case b.Remote.IsValid():
			return syscall.EADDRNOTAVAIL
		default:
			return syscall.EADDRINUSE
		}
	} else {
		for holder := range t.Ports[local.Port()] {
			if holder != b && inTheWay(b, local, holder) {
				return syscall.EADDRINUSE
			}
		}
	}

	b.Local = local
	hold(t, b)
	return nil
}

// inTheWay reports whether holder keeps b from the local end that it insists on.
func inTheWay(b *tcp.TCB, local netip.AddrPort, holder *tcp.TCB) bool {
	overlap := !local.Addr().IsValid() || !holder.Local.Addr().IsValid() ||
		local.Addr() == holder.Local.Addr()
	if !overlap {
		return false
	}
	if !holder.Remote.IsValid() {
		return true
	}
	switch holder.State {
	case tcp.SynSent, tcp.SynReceived, tcp.TimeWait:
		return false
	}
	// A client and a connection with different peers can be told apart: the RFC lets a
	// host have both at one port.
	if b.Remote.IsValid() && b.Remote != holder.Remote {
		return false
	}
	return !b.Reuse
}

// choose finds an ephemeral port for b at addr. From start on it goes in leaps of an
// odd number of places: the size of the range is a power of two, so they lead to every
// port once before they come round. Two searches that begin apart seldom follow one
// another's steps.
func choose(t *tcp.Table, b *tcp.TCB, addr netip.Addr, start uint16) (port uint16, ok bool) {
	const size = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	leap := int(start) | 1
	for i := range size {
		place := (int(start) + i*leap) % size
		local := netip.AddrPortFrom(addr, uint16(tcp.FirstEphemeralPort+place))
		if fits(t, b, local) {
			return local.Port(), true
		}
	}
	return 0, false
}

// fits reports whether b, which takes any port, can be given local's.
func fits(t *tcp.Table, b *tcp.TCB, local netip.AddrPort) bool {
	if local == b.Remote {
		return false
	}
	for holder := range t.Ports[local.Port()] {
		if holder != b && !canShare(b, local, holder) {
			return false
		}
	}
	return true
}

// canShare reports whether b can be given the ephemeral port of local though holder has
// it.
func canShare(b *tcp.TCB, local netip.AddrPort, holder *tcp.TCB) bool {
	switch {
	case !b.Remote.IsValid():
		return false
	case holder.Remote.IsValid():
		return holder.Tuple() != tcp.FourTuple{Local: local, Remote: b.Remote}
	case holder.State == tcp.Listen:
		// A listener at another address never meets a client of b's address.
		return holder.Local.Addr().IsValid() && local.Addr().IsValid() &&
			holder.Local.Addr() != local.Addr()
	default:
		return false
	}
}
