package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// Lookup finds the socket that a segment is for: the best match wins (RFC 9293 §3.9.1.1).
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !twoHosts(seg) {
		return nil
	}
	if b := t.Connections[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]; b != nil {
		return b
	}
	if l := t.Listeners[seg.Dst]; l != nil {
		return l
	}
	return t.Listeners[netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())]
}

// Answer makes the reply to a segment for which there is no socket (RFC 9293 §3.10.7.1).
func (Chapter) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	if !twoHosts(seg) {
		return tcp.Segment{}, false
	}
	segSEQ, segACK, segLEN := seg.Seq, seg.Ack, tcp.Seq(seg.Len())

	if seg.Flags.Has(tcp.RST) {
		return tcp.Segment{}, false
	}
	if !seg.Flags.Has(tcp.ACK) {
		return tcp.Segment{Seq: 0, Ack: segSEQ + segLEN, Flags: tcp.RST | tcp.ACK}, true
	}
	return tcp.Segment{Seq: segACK, Flags: tcp.RST}, true
}

// twoHosts reports whether a segment goes from one host's socket to another socket.
func twoHosts(seg *tcp.Segment) bool {
	return oneHost(seg.Src.Addr()) && oneHost(seg.Dst.Addr()) && seg.Src != seg.Dst
}

// oneHost reports whether an address can be that of a single host. An IPv4 address
// stays what it is when it is written as one of IPv6.
func oneHost(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() &&
		a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
