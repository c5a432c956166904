package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

const ephemerals = int(tcp.LastEphemeralPort) - int(tcp.FirstEphemeralPort) + 1

// stride is how far the search for a port leaps: odd, so that it comes by every port
// of a range whose size is a power of two.
const stride = 7919

// Bind gives b its name, and holds the port.
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	addr := local.Addr()
	if addr.IsValid() && addr.IsUnspecified() { // another way to say: every address
		addr = netip.Addr{}
	}
	if addr.IsValid() && !host(addr) {
		return syscall.EADDRNOTAVAIL
	}
	r := registry{t}
	port := local.Port()
	if port == 0 {
		at := int(start) % ephemerals
		for tries := ephemerals; tries > 0 && port == 0; tries-- {
			candidate := tcp.FirstEphemeralPort + uint16(at)
			if r.fits(b, netip.AddrPortFrom(addr, candidate)) {
				port = candidate
			}
			at = (at + stride) % ephemerals
		}
		if port == 0 && b.Remote.IsValid() {
			return syscall.EADDRNOTAVAIL
		}
		if port == 0 {
			return syscall.EADDRINUSE
		}
	} else if !r.allows(b, netip.AddrPortFrom(addr, port)) {
		return syscall.EADDRINUSE
	}
	b.Local = netip.AddrPortFrom(addr, port)
	r.hold(b, port)
	return nil
}

// fits reports whether b, which does not mind which port it gets, may have this one.
func (r registry) fits(b *tcp.TCB, at netip.AddrPort) bool {
	if at == b.Remote {
		return false
	}
	for holder := range r.Ports[at.Port()] {
		switch {
		case holder == b:
		case !b.Remote.IsValid():
			return false
		case !holder.Remote.IsValid():
			// A socket without a peer at another address never meets b's peer.
			if overlap(holder.Local.Addr(), at.Addr()) {
				return false
			}
		case holder.Local == at && holder.Remote == b.Remote:
			return false
		}
	}
	return true
}

// allows reports whether b may have the very port that it insists on.
func (r registry) allows(b *tcp.TCB, at netip.AddrPort) bool {
	for holder := range r.Ports[at.Port()] {
		if holder == b || !overlap(holder.Local.Addr(), at.Addr()) {
			continue
		}
		if !holder.Remote.IsValid() {
			return false
		}
		switch holder.State {
		case tcp.SynSent, tcp.SynReceived, tcp.TimeWait:
			continue
		}
		// Who connects to another peer has another four-tuple.
		another := b.Remote.IsValid() && b.Remote != holder.Remote
		if !b.Reuse && !another {
			return false
		}
	}
	return true
}

// overlap reports whether two local addresses, of which either may be every address,
// have one in common.
func overlap(x, y netip.Addr) bool { return x == y || !x.IsValid() || !y.IsValid() }
