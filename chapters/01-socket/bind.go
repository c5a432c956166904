package socket

import (
	"net/netip"

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
	// TODO(step 1.5): set b.Local and note in t.Ports that b holds the port, unless
	// another socket is in the way.
	// TODO(step 1.6): choose a port when local has none.
	return nil
}
