package socket

import (
	"iter"
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Bind gives b its local address and port.
//
// Whoever asks for one port insists on it, and some of its holders yield; whoever asks for
// any keeps out of everybody's way. All else is the same for both: try the ports
// that come into question, take the first that suits.
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if everywhere := !local.Addr().IsValid(); !everywhere && !oneHosts(local.Addr()) {
		return syscall.EADDRNOTAVAIL
	}
	candidates, suits := only(local.Port()), insisted
	if local.Port() == 0 {
		candidates, suits = ephemeral(start), chosen
	}
	for port := range candidates {
		at := netip.AddrPortFrom(local.Addr(), port)
		if suits(t, b, at) {
			b.Local = at
			hold(t, b)
			return nil
		}
	}
	if local.Port() == 0 && b.Remote.IsValid() {
		return syscall.EADDRNOTAVAIL
	}
	return syscall.EADDRINUSE
}

// only yields the port that was asked for.
func only(port uint16) iter.Seq[uint16] {
	return func(yield func(uint16) bool) { yield(port) }
}

// ephemeralPorts is how many ports there are to choose from: a power of two, on
// which ephemeral depends.
const ephemeralPorts = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1

// ephemeral yields every ephemeral port once, beginning start places into the range.
//
// i runs through all numbers of 14 bits. Exclusive or with a fixed number turns some
// of their bits over and makes no two of them the same, so start^i runs through all
// of them too; and 0 turns nothing over, so it begins with start itself. There is no
// end of the range to go round.
func ephemeral(start uint16) iter.Seq[uint16] {
	start %= ephemeralPorts
	return func(yield func(uint16) bool) {
		for i := range uint16(ephemeralPorts) {
			if !yield(tcp.FirstEphemeralPort + (start ^ i)) {
				return
			}
		}
	}
}

// insisted reports whether b can have the port of at, and no other will do: whether
// every holder at an overlapping address yields.
func insisted(t *tcp.Table, b *tcp.TCB, at netip.AddrPort) bool {
	for holder := range t.Ports[at.Port()] {
		if !overlap(holder.Local.Addr(), at.Addr()) {
			continue
		}
		switch gripOf(holder) {
		case firm:
			return false
		case polite:
			if !b.Reuse {
				return false
			}
		}
	}
	return true
}

// chosen reports whether b, to which any port is as good, can be given that of at:
// whether it can share it with every holder.
//
// It asks the holders and not t.Connections, and so sees a connection that is bound
// and not yet attached, too.
func chosen(t *tcp.Table, b *tcp.TCB, at netip.AddrPort) bool {
	if at == b.Remote {
		return false // its segments would not go between two ends
	}
	for holder := range t.Ports[at.Port()] {
		bothHavePeers := b.Remote.IsValid() && holder.Remote.IsValid()
		sameFourTuple := holder.Remote == b.Remote && overlap(holder.Local.Addr(), at.Addr())
		if !bothHavePeers || sameFourTuple {
			return false
		}
	}
	return true
}

// overlap reports whether two addresses of this host are, or could be, the same: a
// blank agrees with everything, as in blanks.
func overlap(a, b netip.Addr) bool {
	return a == b || !a.IsValid() || !b.IsValid()
}

// A grip says how a holder meets somebody who insists on its very port.
type grip int

const (
	polite grip = iota // it yields to whoever says Reuse
	loose              // it always yields
	firm               // it never yields
)

// grips are those of connections, by state: polite where nothing is said.
var grips = [tcp.States]grip{
	tcp.SynSent: loose, tcp.SynReceived: loose, // MUST-42
	tcp.TimeWait: loose, // as far as this chapter goes: chapter 5 may object
}

// gripOf returns the holder's grip. Without a peer, nothing would tell a second
// one from it.
func gripOf(holder *tcp.TCB) grip {
	if !holder.Remote.IsValid() {
		return firm
	}
	return grips[holder.State]
}
