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
	// TODO(step 2.4): an ACK of our SYN opens the connection, another gets a RST.
	// TODO(step 2.5): before that, ask Doubt.
	// TODO(step 2.6): the peer's SYN again, with an ACK of ours, opens it too.
	// TODO(step 2.7): stop the timer when the connection opens; begin with caution if
	// the SYN,ACK had to be sent again.
	// TODO(step 2.9): from now on the peer's windows are scaled.
}
