package storm

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// A model is what a table has to say, as a list: slow, and so simple that it can hardly be
// wrong.
type model struct{ entries []entry }

type entry struct {
	b                        *tcp.TCB
	holds, listens, connects bool
}

// of returns what is known of a socket.
func (m *model) of(b *tcp.TCB) entry {
	for _, e := range m.entries {
		if e.b == b {
			return e
		}
	}
	return entry{b: b}
}

func (m *model) set(e entry) {
	m.delete(e.b)
	m.entries = append(m.entries, e)
}

func (m *model) hold(b *tcp.TCB) { m.set(entry{b: b, holds: true}) }

func (m *model) attach(b *tcp.TCB) {
	m.set(entry{b: b, holds: true, listens: b.State == tcp.Listen, connects: b.State != tcp.Listen})
}

func (m *model) delete(b *tcp.TCB) {
	m.entries = slices.DeleteFunc(m.entries, func(e entry) bool { return e.b == b })
}

func (m *model) connected(b *tcp.TCB) bool { return m.of(b).connects }

// holders returns the sockets that hold a port.
func (m *model) holders(port uint16) (all []*tcp.TCB) {
	for _, e := range m.entries {
		if e.holds && e.b.Local.Port() == port {
			all = append(all, e.b)
		}
	}
	return all
}

// connection returns the socket with that four-tuple; nil for none.
func (m *model) connection(t tcp.FourTuple) *tcp.TCB {
	for _, e := range m.entries {
		if e.connects && e.b.Tuple() == t {
			return e.b
		}
	}
	return nil
}

func (m *model) listener(local netip.AddrPort) *tcp.TCB {
	for _, e := range m.entries {
		if e.listens && e.b.Local == local {
			return e.b
		}
	}
	return nil
}

func oneHost(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && a.Unmap() != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// verdict is what a call may return.
type verdict struct {
	success bool
	errors  []error
	says    string
}

func (v verdict) allows(err error) bool {
	return slices.ContainsFunc(v.errors, func(e error) bool { return errors.Is(err, e) })
}

// mayBind returns what Bind may do.
func (m *model) mayBind(b *tcp.TCB, local netip.AddrPort, start uint16) verdict {
	if local.Addr().IsValid() && !oneHost(local.Addr()) {
		return verdict{
			errors: []error{syscall.EADDRNOTAVAIL, syscall.EADDRINUSE},
			says:   "no host has a broadcast, multicast or unspecified address",
		}
	}
	if local.Port() == 0 { // here, the range is never full
		return verdict{success: true, says: "while an ephemeral port is free, who asks for one gets one"}
	}
	v := verdict{success: true, says: "a port that nobody holds in its way is free"}
	for _, other := range m.holders(local.Port()) {
		overlap := other.Local.Addr() == local.Addr() || !other.Local.Addr().IsValid() || !local.Addr().IsValid()
		switch {
		case !overlap:
		case other.State == tcp.SynSent || other.State == tcp.SynReceived || other.State == tcp.TimeWait:
		case other.Remote.IsValid() && b.Reuse:
		case other.Remote.IsValid() && b.Remote.IsValid(): // left open
			v.errors = []error{syscall.EADDRINUSE, syscall.EADDRNOTAVAIL}
		default:
			return verdict{
				errors: []error{syscall.EADDRINUSE},
				says:   "a port that any socket holds at an overlapping address is in use, but for the exceptions",
			}
		}
	}
	if b.Remote == local { // left open, too
		v.errors = []error{syscall.EADDRINUSE, syscall.EADDRNOTAVAIL}
	}
	return v
}

// judgeEphemeral returns what is wrong with a port that was chosen, or "".
func (m *model) judgeEphemeral(b *tcp.TCB, got netip.AddrPort, addr netip.Addr, start uint16) string {
	const ports = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1
	first := netip.AddrPortFrom(addr, uint16(tcp.FirstEphemeralPort+int(start)%ports))
	free, doubt := m.free(b, first)
	switch {
	case got.Addr() != addr || got.Port() < tcp.FirstEphemeralPort:
		return "a port that is chosen is an ephemeral one, at the address that was asked for"
	case free && !doubt && got != first:
		return "the search for a port begins start places into the range, modulo its size, and takes the first that is free"
	}
	if free, doubt := m.free(b, got); !free && !doubt {
		return "a port that is chosen is free: nobody holds it, or, for a client, only connections with another four-tuple"
	}
	return ""
}

// free reports whether a socket may be given an end, and whether that is left open.
func (m *model) free(b *tcp.TCB, local netip.AddrPort) (free, doubt bool) {
	if local == b.Remote {
		return false, false
	}
	for _, other := range m.holders(local.Port()) {
		switch {
		case !b.Remote.IsValid():
			return false, false
		case !other.Remote.IsValid():
			overlap := other.Local.Addr() == local.Addr() || !other.Local.Addr().IsValid() || !local.Addr().IsValid()
			if overlap {
				return false, false
			}
			doubt = true
		case other.Remote == b.Remote && other.Local == local:
			if m.connected(other) {
				return false, false
			}
			doubt = true // it may still fail to connect
		}
	}
	return true, doubt
}

// mayAttach returns the errors of which Attach has to give one, none for success.
func (m *model) mayAttach(b *tcp.TCB) (errors []error, says string) {
	if b.State == tcp.Listen {
		if m.listener(b.Local) != nil {
			return []error{syscall.EADDRINUSE}, "two listeners at the very same end would hide one another"
		}
		return nil, "a listener is in the way of another only at the very same end"
	}
	if !oneHost(b.Remote.Addr()) {
		errors = append(errors, syscall.ENETUNREACH)
	}
	if m.connection(b.Tuple()) != nil {
		errors = append(errors, syscall.EADDRNOTAVAIL)
	}
	if len(errors) > 0 {
		return errors, "a peer is a single host, and a four-tuple is one connection's, in whatever state"
	}
	return nil, "a four-tuple that is free can be had"
}

// lookup returns the socket that a segment is for.
func (m *model) lookup(seg *tcp.Segment) (*tcp.TCB, string) {
	if isNobodys(seg) {
		return nil, "a segment whose addresses can be nobody's finds no socket"
	}
	if b := m.connection(tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}); b != nil {
		return b, "a segment is for the connection between its two ends, whatever its bits"
	}
	if l := m.listener(seg.Dst); l != nil {
		return l, "a segment for no connection is for the listener at its destination"
	}
	return m.listener(netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())),
		"a segment for nobody else is for the listener at every address, if there is one"
}

func isNobodys(seg *tcp.Segment) bool {
	return seg.Src == seg.Dst || !oneHost(seg.Src.Addr()) || !oneHost(seg.Dst.Addr())
}

// answerTo returns the reply to a segment for which there is no socket.
func answerTo(seg *tcp.Segment) (tcp.Segment, bool) {
	switch {
	case seg.Flags.Has(tcp.RST) || isNobodys(seg):
		return tcp.Segment{}, false
	case seg.Flags.Has(tcp.ACK):
		return tcp.Segment{Seq: seg.Ack, Flags: tcp.RST}, true
	}
	return tcp.Segment{Ack: seg.End(), Flags: tcp.RST | tcp.ACK}, true
}
