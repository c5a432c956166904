package handshake

import (
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
	// TODO(step 2.2): is the ACK one of our SYN? Is there a RST? A SYN,ACK opens the
	// connection and gets an ACK.
	// TODO(step 2.6): a SYN alone has crossed ours.
	// TODO(step 2.7): stop the timer when the connection opens; begin with caution if
	// the SYN had to be sent again.
	// TODO(step 2.8): accept the options of the peer's SYN.
}
