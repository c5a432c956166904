package script

import (
	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/tcp"
)

// A neighbour is another connection of your host, with the same local port and another peer.
// In one of the variations, see guard.Variation, there is one beside the connection that
// InState or Connect makes. Nothing happens to it, and no frame lets it change; it is on no
// ladder, and counts for no WantSockets.

// neighboured reports whether this is one of the variations in which there is a neighbour.
func neighboured() bool { return guard.Variation&guard.Neighbours != 0 }

// The neighbour's peer.
const (
	neighboursPeer  = "10.0.0.99:49999"
	neighboursPeer6 = "[2001:db8::99]:49999"
)

// moveIn gives b a neighbour, if it is to have one. It is part of the act that has made b.
func (s *Script) moveIn(b *tcp.TCB) error {
	if !neighboured() || s.alone || s.neighbour != nil {
		return nil
	}
	remote := neighboursPeer
	if b.Local.Addr().Is6() {
		remote = neighboursPeer6
	}
	f := Fixture{
		Config: s.stack.Config(), ISS: s.iss + 1<<30, IRS: s.irs + 1<<30, Window: 5000, Now: s.now,
		Local: b.Local, Remote: End(remote),
	}
	n := f.Socket(tcp.Established)
	n.Reuse = true // the port has a holder
	n.Rcv.Wnd -= uint32(n.Rcv.Queue.Append([]byte("not read yet")))
	s.neighbour = n
	return s.stack.Adopt(n)
}

// neighbours is how many sockets there are that no test has made.
func (s *Script) neighbours() int {
	if s.neighbour == nil {
		return 0
	}
	return 1
}
