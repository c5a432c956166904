package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynSent handles a segment in SYN-SENT (RFC 9293 §3.10.7.3), in this
// order:
//
//   - an ACK that does not acknowledge our SYN, SEG.ACK ≤ ISS or SEG.ACK >
//     SND.NXT, belongs to another connection: it gets <SEQ=SEG.ACK><CTL=RST>,
//     unless it is a RST itself, and nothing else of the segment counts;
//   - a RST with a good ACK is the peer's refusal: b.Err is
//     syscall.ECONNREFUSED, and the socket goes to CLOSED. Without an ACK anybody
//     could have sent it, and it is ignored;
//   - a SYN with a good ACK opens the connection: the socket is ESTABLISHED,
//     SND.UNA is SEG.ACK, and <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> is sent;
//   - a SYN alone has crossed ours (§3.5, simultaneous open): in SYN-RECEIVED,
//     <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> is sent, and the timer set anew, to
//     b.RTO.Value from now; b.RTO.Value and b.RTO.First stay as they are;
//   - anything else is ignored.
//
// Text and FIN are not this chapter's: the stack keeps those of a SYN until the
// connection is open, and has later chapters take them then. If those of a SYN,ACK
// are taken, one ACK acknowledges them and the SYN, and the one above is not sent.
func (Chapter) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	acked := seg.Flags.Has(tcp.ACK)
	switch {
	case acked && !acknowledgesSYN(b, seg):
		if !seg.Flags.Has(tcp.RST) {
			b.Emit(tcp.Segment{Seq: seg.Ack, Flags: tcp.RST})
		}
	case seg.Flags.Has(tcp.RST):
		if acked {
			refuse(b)
		}
	case seg.Flags.Has(tcp.SYN) && acked:
		takeSYN(b, seg, now)
		establish(b, seg)
		sendACK(b)
	case seg.Flags.Has(tcp.SYN):
		crossSYNs(b, seg, now)
	}
}

// acknowledgesSYN reports whether seg acknowledges our SYN: ISS < SEG.ACK ≤
// SND.NXT.
func acknowledgesSYN(b *tcp.TCB, seg *tcp.Segment) bool {
	return b.Snd.ISS.Less(seg.Ack) && seg.Ack.LessEq(b.Snd.Nxt)
}

// refuse ends an active open that the peer will not have.
func refuse(b *tcp.TCB) {
	b.Err = syscall.ECONNREFUSED
	b.State = tcp.Closed
}

// crossSYNs answers a SYN that crossed ours on the way.
func crossSYNs(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	takeSYN(b, seg, now)
	b.State = tcp.SynReceived
	sendSYNACK(b)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}
