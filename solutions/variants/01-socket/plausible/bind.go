package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Bind gives b its local address and port.
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if a := local.Addr(); a.IsValid() && !unicast(a) {
		return syscall.EADDRNOTAVAIL
	}
	if local.Port() == 0 {
		port, ok := pickPort(t, b, local.Addr(), int(start))
		switch {
		case ok:
			b.Local = netip.AddrPortFrom(local.Addr(), port)
			claim(t, b)
			return nil
		case b.Remote.IsValid():
			return syscall.EADDRNOTAVAIL
		default:
			return syscall.EADDRINUSE
		}
	}
	for holder := range t.Ports[local.Port()] {
		if overlap(holder.Local.Addr(), local.Addr()) && blocks(holder, b) {
			return syscall.EADDRINUSE
		}
	}
	b.Local = local
	claim(t, b)
	return nil
}

// overlap reports whether a segment's destination can be both a and b.
func overlap(a, b netip.Addr) bool {
	return a == b || !a.IsValid() || !b.IsValid()
}

// blocks reports whether holder, which has the port that b asks for at an
// overlapping address, keeps b from having it too.
func blocks(holder, b *tcp.TCB) bool {
	if holder == b {
		return false
	}
	switch holder.State {
	case tcp.SynSent, tcp.SynReceived, tcp.TimeWait:
		return false
	}
	connected := holder.Remote.IsValid()
	return !connected || !b.Reuse
}

// claim notes that b holds its local port.
func claim(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}

// pickPort goes once round the ephemeral ports, from the start'th one, and
// returns the first that b can have.
func pickPort(t *tcp.Table, b *tcp.TCB, addr netip.Addr, start int) (uint16, bool) {
	const size = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	for i := range size {
		port := uint16(tcp.FirstEphemeralPort + (start+i)%size)
		if canShare(t, b, netip.AddrPortFrom(addr, port)) {
			return port, true
		}
	}
	return 0, false
}

// canShare reports whether b, which asked for any port, can have local's in
// spite of those who hold it.
func canShare(t *tcp.Table, b *tcp.TCB, local netip.AddrPort) bool {
	if local == b.Remote {
		return false // not plausible: see there
	}
	holders := t.Ports[local.Port()]
	if len(holders) == 0 {
		return true
	}
	if !b.Remote.IsValid() {
		return false
	}
	for holder := range holders {
		if !holder.Remote.IsValid() {
			return false
		}
	}
	return t.Connections[tcp.FourTuple{Local: local, Remote: b.Remote}] == nil
}
