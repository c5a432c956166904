package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// ArriveSynReceived handles a segment in SYN-RECEIVED (RFC 9293 §3.10.7.4).
//
// The peer's SYN coming again, SEG.SEQ = IRS and no RST, is not outside the window
// but a sign of what the peer has missed: it gets our SYN,ACK again, unless it
// carries an ACK of our SYN: then it is the peer's answer in a simultaneous open,
// and the connection is ESTABLISHED. Any other segment, in this order:
//
//   - outside the window, with neither its first number nor its last inside
//     (§3.10.7.4, table 6): a RST is ignored, anything else gets
//     <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. A segment at RCV.NXT is never outside,
//     nor is text in the third row of the table, SEG.LEN > 0 and RCV.WND = 0: its
//     ACK and RST count, as in chapter 3, which then takes no text;
//   - a RST at RCV.NXT ends the connection, in CLOSED: quietly when it came from a
//     listener (b.Passive), which still listens, else b.Err is
//     syscall.ECONNREFUSED. A RST elsewhere in the window may be forged, and gets
//     the same ACK (RFC 5961 §3);
//   - a SYN gets that ACK too, for the same reason (RFC 5961 §4), in a passive
//     socket as well: RFC 9293 would send that one back to LISTEN, and so could a
//     stranger;
//   - without an ACK, the segment is ignored;
//   - an ACK of our SYN, SND.UNA < SEG.ACK ≤ SND.NXT, opens the connection, as
//     open.go says, and the peer's window is taken: SND.WND = SEG.WND shifted left
//     by b.Snd.Scale (but not a SYN's), SND.WL1 = SEG.SEQ, SND.WL2 = SEG.ACK.
//     Nothing is sent in return. Any other ACK gets <SEQ=SEG.ACK><CTL=RST>, and
//     the socket stays.
//
// The ACKs that a stranger could provoke, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> of
// the first three points, are sent only if b.AllowChallenge allows it; the SYN,ACK
// that goes out again need not ask. The stack goes on with the segment's text and
// FIN when the socket is ESTABLISHED.
func (Chapter) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	// TODO(step 2.4): an ACK of our SYN opens the connection, another gets a RST.
	// TODO(step 2.5): before that, the SYN again, what lies outside the window, RST,
	// and SYN.
	// TODO(step 2.6): the peer's SYN again, with an ACK of ours, opens it too.
	// TODO(step 2.7): stop the timer when the connection opens; begin with caution if
	// the SYN,ACK had to be sent again.
	// TODO(step 2.8): from now on the peer's windows are scaled.
}
