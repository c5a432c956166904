package socket

import (
	"tcpworkbook/kit/tcp"
)

// Lookup finds the socket that a segment from the network is for. The best match
// wins: the connection with exactly the segment's two ends, then the listener on
// exactly its destination, then the listener on every address. Lookup returns nil
// when there is none, and for a segment whose addresses can be nobody's
// (MUST-57, MUST-63): see Answer.
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !forSomebody(seg) {
		return nil
	}
	for _, e := range entriesFor(seg) {
		if b := e.find(t); b != nil {
			return b
		}
	}
	return nil
}

// Answer makes the reply to a segment for which there is no socket (RFC 9293
// §3.10.7.1) and reports whether there is to be one:
//
//   - a segment with RST gets none, or two hosts could go on for ever;
//   - nor does one whose addresses can be nobody's: from or to a broadcast,
//     multicast or unspecified address, or one that is not valid, or from the very
//     socket that it is for (MUST-57, MUST-63; the last is a rule of our own);
//   - to one with an ACK, <SEQ=SEG.ACK><CTL=RST>: the number its sender waits for;
//   - to any other, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, where SEG.LEN
//     counts SYN and FIN.
//
// The stack fills in the reply's addresses.
func (Chapter) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	var reset tcp.Segment
	if seg.Flags.Has(tcp.RST) || !forSomebody(seg) {
		return reset, false
	}
	reset.Flags = tcp.RST
	if seg.Flags.Has(tcp.ACK) {
		reset.Seq = seg.Ack
	} else {
		reset.Flags |= tcp.ACK
		reset.Ack = seg.End()
	}
	return reset, true
}
