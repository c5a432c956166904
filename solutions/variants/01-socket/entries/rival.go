package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// A rival is what a socket that looks for a port sees of one that holds it.
type rival struct {
	overlaps bool // it is at the same address, or one of the two is at every address
	peer     bool // it has a peer: a connection, or bound and soon to be one
	opening  bool // its connection is not open yet (MUST-42)
	resting  bool // it is in TIME-WAIT, which chapter 5 judges
	asker    bool // who asks has a peer as well
	reuse    bool // who asks does not mind connections
	apart    bool // the two connect different ends
}

// compare looks at a holder of a port for b, which wants it with the ends of want.
func compare(holder, b *tcp.TCB, want tcp.FourTuple) rival {
	theirs := holder.Local.Addr()
	ours := want.Local.Addr()
	return rival{
		overlaps: theirs == ours || theirs == netip.Addr{} || ours == netip.Addr{},
		peer:     holder.Remote.IsValid(),
		opening:  holder.State == tcp.SynSent || holder.State == tcp.SynReceived,
		resting:  holder.State == tcp.TimeWait,
		asker:    want.Remote.IsValid(),
		reuse:    b.Reuse,
		apart:    holder.Tuple() != want,
	}
}

// conflicts reports whether the rival is in the way of who insists on the port. Two
// connections whose four-tuples differ share one: POSIX would refuse the second
// without SO_REUSEADDR, and the RFC leaves it open.
func (r rival) conflicts() bool {
	switch {
	case !r.overlaps:
		return false
	case !r.peer:
		return true
	case r.opening, r.resting, r.reuse:
		return false
	}
	return !(r.asker && r.apart)
}

// canShare reports whether who takes any port may have the rival's. A client may
// have that of a listener at another address, whose clients cannot be taken for its
// peer.
func (r rival) canShare() bool {
	switch {
	case !r.asker:
		return false
	case r.peer:
		return r.apart
	}
	return !r.overlaps
}
