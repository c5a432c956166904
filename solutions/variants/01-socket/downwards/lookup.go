package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// Lookup finds the socket that a segment from the network is for.
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !honest(seg) {
		return nil
	}
	everywhere := netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())
	for _, found := range [...]*tcp.TCB{
		t.Connections[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}],
		t.Listeners[seg.Dst],
		t.Listeners[everywhere],
	} {
		if found != nil {
			return found
		}
	}
	return nil
}

// Answer makes the reply to a segment for which there is no socket (RFC 9293
// §3.10.7.1).
func (Chapter) Answer(seg *tcp.Segment) (reply tcp.Segment, answered bool) {
	if seg.Flags.Has(tcp.RST) || !honest(seg) {
		return reply, false
	}
	reply.Flags = tcp.RST
	if seg.Flags.Has(tcp.ACK) {
		reply.Seq = seg.Ack
		return reply, true
	}
	reply.Flags |= tcp.ACK
	reply.Ack = seg.Seq.Add(len(seg.Payload))
	for _, bit := range []tcp.Flags{tcp.SYN, tcp.FIN} {
		if seg.Flags.Has(bit) {
			reply.Ack++
		}
	}
	return reply, true
}

// honest reports whether seg goes from one host's end to another end.
func honest(seg *tcp.Segment) bool {
	return kindOf(seg.Src.Addr()) == oneHost && kindOf(seg.Dst.Addr()) == oneHost && seg.Src != seg.Dst
}
