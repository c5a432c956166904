package transfer

import "tcpworkbook/kit/tcp"

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
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, 65535))
}

// opening returns by how many bytes the window's right edge could move.
func opening(b *tcp.TCB) int {
	return min(b.Rcv.Queue.Free(), mostToTell(b)) - int(b.Rcv.Wnd)
}

// mostToTell is the largest window that the header can tell.
func mostToTell(b *tcp.TCB) int { return 65535 << b.Rcv.Scale }

// worthwhile is the least opening worth telling the peer about.
func worthwhile(b *tcp.TCB) int {
	return max(1, min(b.Rcv.Queue.Limit()/2, b.Snd.MSS))
}

// windowUpdateDue reports whether the window has opened so far that the peer is
// to be told although nothing else is to be sent. One ACK for half a buffer is
// enough while the peer can still send; when it cannot, the first chance is right.
func windowUpdateDue(b *tcp.TCB) bool {
	if b.Rcv.FinDone {
		return false // the peer sends no more
	}
	opens := opening(b)
	if int(b.Rcv.Wnd) < b.Snd.MSS {
		return opens >= worthwhile(b)
	}
	return opens >= min(b.Rcv.Queue.Limit(), mostToTell(b))/2
}
