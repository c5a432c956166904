package stack

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter 1 chooses the port of a socket that names none (01-socket/bind.go). Here is
// where its search begins, and what it may not have.

// bind asks chapter 5 about the sockets in TIME-WAIT, then chapter 1 about the
// others. A socket that connects and names no port is given one that fits its
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
// stands in the way of: of those chapter 1 knows nothing. It is told where to begin its
// search: at the first port that may do. If the one it chooses will not, the search
// goes on behind that; so it goes round once, and asks chapter 1 about few ports: a peer
// with which all are at rest must not bring the host to a standstill.
//
// The next search begins behind the port where this one ends, moved by a secret that
// each peer has another of (RFC 6056 §3.3.3). So a port comes round again when all the
// others have, and not at once because the one before it is taken: its last connection
// may be in TIME-WAIT with the peer.
func (s *Stack) bindAny(b *tcp.TCB, local netip.AddrPort) error {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	start := portHash(s.config.Secret, b.Remote) + uint16(s.portsTried)
	rests := s.sockets.restsOf(b.Remote, local.Addr())
	for looked := uint32(0); looked < ports; looked++ {
		from := (uint32(start) + looked) % ports
		if rests.inTheWay(tcp.FirstEphemeralPort + uint16(from)) {
			continue
		}
		if err := s.chapters.Socket.Bind(s.sockets.table, b, local, uint16(from)); err != nil {
			return err
		}
		port := b.Local.Port()
		looked += (uint32(port-tcp.FirstEphemeralPort) - from) % ports
		if !rests.atRest(port) {
			s.portsTried += looked + 1
			return nil
		}
		s.sockets.remove(b)
		b.Local = netip.AddrPort{}
	}
	if b.Remote.IsValid() {
		return syscall.EADDRNOTAVAIL
	}
	return syscall.EADDRINUSE
}

// portsAtRest tells which ports a socket cannot be given, one after the other.
type portsAtRest struct {
	roster *roster
	tuple  tcp.FourTuple
	key    key // of tuple, but for the local port
}

func (r *roster) restsOf(remote netip.AddrPort, local netip.Addr) portsAtRest {
	tuple := tcp.FourTuple{Local: netip.AddrPortFrom(local, 0), Remote: remote}
	return portsAtRest{r, tuple, keyOf(tuple)}
}

// atRest reports whether a socket at rest stands in the way at that port: one between
// the two ends, or, where there is no peer, one that holds the port. So chapter 1 sees
// to it with those in the table.
func (r *portsAtRest) atRest(port uint16) bool {
	if !r.tuple.Remote.IsValid() {
		return r.roster.resting.ports[port] > 0
	}
	r.key.setLocalPort(port)
	return r.roster.resting.findKey(&r.key) != 0
}

// inTheWay reports whether it is of no use to ask chapter 1 for that port: because of a
// socket at rest or, if there are such, of one in the table that it could not pass over
// either. Where none is at rest that is for chapter 1 to say.
func (r *portsAtRest) inTheWay(port uint16) bool {
	switch {
	case r.roster.resting.count == 0:
		return false
	case r.atRest(port):
		return true
	case !r.tuple.Remote.IsValid():
		return len(r.roster.table.Ports[port]) > 0
	}
	r.tuple.Local = netip.AddrPortFrom(r.tuple.Local.Addr(), port)
	return r.roster.table.Connections[r.tuple] != nil
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
