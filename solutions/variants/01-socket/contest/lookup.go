package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// Lookup finds the socket that a segment from the network is for: among those that
// hold its port, the one whose name fits and leaves least blank.
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !betweenTwoEnds(seg) {
		return nil
	}
	var best *tcp.TCB
	fewest := 3 // more than a name can leave blank
	for b := range t.Ports[seg.Dst.Port()] {
		n, fits := blanks(b, seg)
		if fits && n < fewest && entered(t, b) {
			best, fewest = b, n
		}
	}
	return best
}

// blanks takes a socket's name for a form that the segment's two ends are to fill.
// It reports whether what is written there already agrees with the segment, and
// counts what is left blank:
//
//	connection                     10.0.0.1:80 ↔ 10.0.0.2:50000   0
//	listener on one address        10.0.0.1:80 ↔ _                1
//	listener on every address             _:80 ↔ _                2
//
// The ports of destination and socket are known to be the same. Two names that fit
// the same segment and have as many blanks are the same name, and no register has
// that twice: so no order among them is needed.
func blanks(b *tcp.TCB, seg *tcp.Segment) (n int, fits bool) {
	switch b.Remote {
	case seg.Src:
	case netip.AddrPort{}:
		n++
	default:
		return 0, false
	}
	switch b.Local.Addr() {
	case seg.Dst.Addr():
	case netip.Addr{}:
		n++
	default:
		return 0, false
	}
	return n, true
}

// Answer makes the reply to a segment for which there is no socket (RFC 9293
// §3.10.7.1).
func (Chapter) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	if seg.Flags.Has(tcp.RST) || !betweenTwoEnds(seg) {
		return tcp.Segment{}, false
	}
	// A reset proves that its sender has seen the segment. There are two places for
	// the proof: the sequence number, where the peer has said which it expects, and
	// else the acknowledgment.
	if seg.Flags.Has(tcp.ACK) {
		return tcp.Segment{Flags: tcp.RST, Seq: seg.Ack}, true
	}
	return tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: seg.End()}, true
}

// betweenTwoEnds reports whether the segment can be part of a conversation: each
// end is one host's, and they are two.
func betweenTwoEnds(seg *tcp.Segment) bool {
	return oneHosts(seg.Src.Addr()) && oneHosts(seg.Dst.Addr()) && seg.Src != seg.Dst
}

// limitedBroadcast is the one broadcast address that can be told without a mask.
var limitedBroadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// oneHosts reports whether a can be the address of exactly one host. The zero Addr
// cannot: that it stands for every address is a custom of the table, not of the
// wire.
func oneHosts(a netip.Addr) bool {
	a = a.Unmap() // ::ffff:255.255.255.255 is no better than what it stands for
	return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && a != limitedBroadcast
}
