package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4). First
// it is doubted, as Doubt says. What passes:
//
//   - without an ACK is ignored;
//   - with an ACK of our SYN, SND.UNA < SEG.ACK ≤ SND.NXT, opens the connection:
//     the socket is ESTABLISHED, SND.UNA is SEG.ACK, and the peer's window is
//     taken: SND.WND = SEG.WND, which from step 2.9 on is shifted left by
//     b.Snd.Scale, but not a SYN's; SND.WL1 = SEG.SEQ, SND.WL2 = SEG.ACK. Nothing
//     is sent in return;
//   - with any other ACK gets <SEQ=SEG.ACK><CTL=RST>, and the socket stays.
//
// The peer's SYN again, SEG.SEQ = IRS, may bring the ACK of ours: then it is the
// peer's answer in a simultaneous open (§3.5), and opens the connection as well.
//
// The stack goes on with the segment's text and FIN when the socket is
// ESTABLISHED.
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if Doubt(b, seg, now) || !seg.Flags.Has(tcp.ACK) {
		return
	}
	completes(b, seg)
}

// completes opens the connection if seg acknowledges our SYN.
func completes(b *tcp.TCB, seg *tcp.Segment) {
	if !acknowledgesSYN(b, seg) {
		b.Emit(tcp.Segment{Seq: seg.Ack, Flags: tcp.RST})
		return
	}
	establish(b, seg)
	scale := b.Snd.Scale
	if seg.Flags.Has(tcp.SYN) {
		scale = 0
	}
	setWindow(b, seg, scale)
}
