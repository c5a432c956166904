package transfer

import "tcpworkbook/kit/tcp"

// Window opens before it tells.
func (Chapter) Window(b *tcp.TCB) uint16 {
	if n := opening(b); worthTelling(b, n) {
		b.Rcv.Wnd += uint32(n)
	}
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, maxHeader))
}

const maxHeader = 65535

// opening is how far the right edge could move: negative, never mind, when it is
// farther out already than the room or the header allow.
func opening(b *tcp.TCB) int {
	room := min(b.Rcv.Queue.Free()>>b.Rcv.Scale, maxHeader) << b.Rcv.Scale
	return room - int(b.Rcv.Wnd)
}

func worthTelling(b *tcp.TCB, n int) bool {
	return n > 0 && n >= min(b.Snd.MSS, b.Rcv.Queue.Limit()/2)
}

// updateDue: has the window opened so far that the peer must hear of it now?
func updateDue(b *tcp.TCB) bool {
	n := opening(b)
	if b.Rcv.FinDone || !worthTelling(b, n) {
		return false
	}
	return n >= b.Rcv.Queue.Limit()/2 || int(b.Rcv.Wnd) < b.Snd.MSS
}
