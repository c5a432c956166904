package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// Lookup finds the socket that a segment from the network is for.
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !plausible(seg) {
		return nil
	}
	if conn := t.Connections[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]; conn != nil {
		return conn
	}
	if l := t.Listeners[seg.Dst]; l != nil {
		return l
	}
	return t.Listeners[netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())]
}

// Answer makes the reply to a segment for which there is no socket (RFC 9293
// §3.10.7.1).
func (Chapter) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	switch {
	case seg.Flags.Has(tcp.RST) || !plausible(seg):
		return tcp.Segment{}, false
	case seg.Flags.Has(tcp.ACK):
		return tcp.Segment{Flags: tcp.RST, Seq: seg.Ack}, true
	default:
		return tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: seg.End()}, true
	}
}
