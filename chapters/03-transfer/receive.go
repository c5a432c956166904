package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Receive takes the segment's text (RFC 9293 §3.10.7.4, seventh check). What lies
// before RCV.NXT, beyond the window, or beyond the peer's FIN is cut off. Text
// that is next goes into b.Rcv.Queue, together with what waited behind it, and
// RCV.NXT advances; text beyond a hole is placed in the queue at its distance and
// noted in b.Rcv.Blocks. When RCV.NXT advances by n, RCV.WND shrinks by n: the
// window's right edge stays where it was announced.
//
// Receive sends nothing itself. b.Delayed counts the bytes to acknowledge, and
// b.Delayed.Now asks for an ACK at once: for text of which nothing is new (where a
// part is new, it may wait or not), for text beyond a hole, or filling one or a part
// of it (RFC 5681 §4.2), for text cut off on the right, all of it or a part, and when
// two full-sized segments wait for it (RFC 9293 §3.8.6.3). Full-sized is what the MSS
// allows that we announced to the peer: b.Config.MSS, less the 12 bytes that timestamps
// take if they are on. If that is more than b.Snd.MSS, or if b.Config.MSS is 0, it is
// b.Snd.MSS, which our link's packets always have room for.
//
// b.Rcv.Blocks has a few hundred entries at most: text that would make more is dropped,
// and will come again.
//
// Text is ignored when the peer's FIN was taken, b.Rcv.FinDone. A segment with SYN
// does not come here: SEG.SEQ is the number of its text.
func (Chapter) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	// TODO(step 3.3): cut, queue what is next, keep what is ahead.
}
