package transfer

import (
	"math"

	"tcpworkbook/kit/tcp"
)

// Window returns the window to announce in a segment that leaves now, as it
// stands in the header: RCV.WND shifted right by Rcv.Scale, at most 65535
// (RFC 7323 §2.3). It first opens RCV.WND to the room in the receive queue, as far
// as the header can tell it, if that is worth telling: the right edge moves by at
// least a full segment, b.Snd.MSS, or half the buffer, whichever is less; else it
// stays (SWS avoidance, RFC 9293 §3.8.6.2.2, MUST-39). The right edge never moves
// left (SHLD-14).
func (Chapter) Window(b *tcp.TCB) uint16 {
	if opens := opening(b); opens >= worthwhile(b) {
		b.Rcv.Wnd += uint32(opens)
	}
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, math.MaxUint16))
}

// opening returns by how many bytes the window's right edge could move.
func opening(b *tcp.TCB) int {
	return min(b.Rcv.Queue.Free(), mostToTell(b)) - int(b.Rcv.Wnd)
}

// mostToTell is the largest window that the header can tell.
func mostToTell(b *tcp.TCB) int { return math.MaxUint16 << b.Rcv.Scale }

// worthwhile is the least opening worth telling the peer about.
func worthwhile(b *tcp.TCB) int {
	return max(1, min(b.Rcv.Queue.Limit()/2, b.Snd.MSS))
}

// WindowUpdateDue reports whether the peer is to be told of its window although nothing else
// is to be sent (step 3.5): when the window could be opened far. That is by half of the most
// that can be announced, which is the buffer, or what 16 bits and Rcv.Scale can say of it;
// or, when less than one MSS of the window is left, as soon as Window would open it: a peer
// that cannot send waits for that. After the peer's FIN, b.Rcv.FinDone, it would tell nobody
// anything.
func WindowUpdateDue(b *tcp.TCB) bool {
	if b.Rcv.FinDone {
		return false // the peer sends no more
	}
	far := min(b.Rcv.Queue.Limit(), mostToTell(b)) / 2
	if int(b.Rcv.Wnd) < b.Snd.MSS {
		far = worthwhile(b)
	}
	return opening(b) >= far
}
