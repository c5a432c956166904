package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Doubt looks at a segment in SYN-RECEIVED before its ACK counts (RFC 9293
// §3.10.7.4, first to fourth check), and reports whether that was all: then nothing
// else of the segment counts. In this order:
//
//   - the peer's SYN again, SEG.SEQ = IRS and no RST, does not count as outside the
//     window. Without an ACK it says that the peer has missed our SYN,ACK: that is
//     sent again. With an ACK it passes: Doubt does nothing, and reports false;
//   - outside the window, with neither its first number nor its last inside (table
//     6): a RST is ignored, anything else gets <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
//     SEG.SEQ = RCV.NXT is always inside, also with text while RCV.WND = 0, the
//     table's third row: its ACK and RST count, as in chapter 3, which then takes
//     no text;
//   - a RST at RCV.NXT ends the connection, in CLOSED: quietly when it came from a
//     listener (b.Passive), which still listens, else b.Err is
//     syscall.ECONNREFUSED. A RST elsewhere in the window may be forged, and gets
//     the same ACK (RFC 5961 §3);
//   - a SYN gets that ACK too, for the same reason (RFC 5961 §4), in a passive
//     socket as well: RFC 9293 would send that one back to LISTEN, and so could a
//     stranger.
//
// The ACKs that a stranger could provoke, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, are
// sent only if b.AllowChallenge allows it; the SYN,ACK that goes out again need not
// ask.
func Doubt(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	// TODO(step 2.5): the SYN again, what lies outside the window, RST, and SYN.
	return false
}
