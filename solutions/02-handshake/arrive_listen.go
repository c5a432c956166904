package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2), the
// first that applies:
//
//   - a RST is ignored: there is nothing yet to reset;
//   - an ACK is of something we never sent: l emits <SEQ=SEG.ACK><CTL=RST>, with
//     the addresses of the segment turned round, for l itself has no peer;
//   - a SYN makes a new socket, in SYN-RECEIVED with initial sequence number iss,
//     that answers with <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> and sets its
//     retransmission timer to b.RTO.Value from now; l stays in LISTEN;
//   - anything else is ignored.
//
// The new socket comes from l.Spawn, emits its own segments, and is returned as
// child; the stack puts it at the end of l.Listener.Half. From step 2.11 on MakeRoom is
// asked before: when it says full, the SYN is ignored; whom it evicts is returned as
// evicted, and gives way to child.
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	switch {
	case seg.Flags.Has(tcp.RST):
		return nil, nil
	case seg.Flags.Has(tcp.ACK):
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
		return nil, nil
	case !seg.Flags.Has(tcp.SYN):
		return nil, nil
	}

	evicted, full := MakeRoom(l, now)
	if full {
		return nil, nil
	}
	return answerSYN(l, seg, iss, now), evicted
}

// answerSYN makes the socket for the connection that seg asks for.
func answerSYN(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) *tcp.TCB {
	child := l.Spawn(seg.Dst, seg.Src)
	begin(child, iss)
	takeSYN(child, seg, now)
	child.State = tcp.SynReceived
	sendSYNACK(child)
	child.Timers.Retransmit = now.Add(child.RTO.Value)
	return child
}
