package stack

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// bind asks chapter 5 about the sockets in TIME-WAIT, then chapter 1 about the
// rest. A socket that connects and names no port is given one that fits its
// peer, so nobody in TIME-WAIT is in its way.
func (s *Stack) bind(b *tcp.TCB, local netip.AddrPort) error {
	if local.Port() == 0 {
		return s.bindAny(b, local)
	}
	if err := s.sockets.hold(tcp.FourTuple{Local: local}, b.Reuse); err != nil {
		return err
	}
	return s.chapters.Socket.Bind(s.sockets.table, b, local, 0)
}

// bindAny binds b to a port that chapter 1 chooses, and that no socket at rest
// stands in the way of: of those chapter 1 knows nothing. The search goes on behind
// each port that one does, and ends where it comes round to the first of those.
//
// The next search begins behind the port where this one ends, moved by a secret that
// each peer has another of (RFC 6056 §3.3.3). So a port comes round again when all the
// others have, and not at once because the one before it is taken: its last connection
// may be in TIME-WAIT with the peer.
func (s *Stack) bindAny(b *tcp.TCB, local netip.AddrPort) error {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	hidden := portHash(s.config.Secret, b.Remote)
	var first uint16
	for range ports {
		start := hidden + uint16(s.lookedAt)
		if err := s.chapters.Socket.Bind(s.sockets.table, b, local, start); err != nil {
			return err
		}
		port := b.Local.Port()
		s.lookedAt += uint32(port-tcp.FirstEphemeralPort-start)%ports + 1
		if !s.sockets.restsInTheWay(b) {
			return nil
		}
		s.sockets.remove(b)
		b.Local = netip.AddrPort{}
		if port == first {
			break
		}
		if first == 0 {
			first = port
		}
	}
	if b.Remote.IsValid() {
		return syscall.EADDRNOTAVAIL
	}
	return syscall.EADDRINUSE
}

// portHash spreads the ports of connections to different peers.
func portHash(secret [16]byte, remote netip.AddrPort) uint16 {
	var key [34]byte
	addr := remote.Addr().As16()
	copy(key[:16], secret[:])
	copy(key[16:32], addr[:])
	binary.BigEndian.PutUint16(key[32:], remote.Port())
	sum := sha256.Sum256(key[:])
	return binary.BigEndian.Uint16(sum[:])
}
