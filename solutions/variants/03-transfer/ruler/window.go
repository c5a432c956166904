package transfer

import "tcpworkbook/kit/tcp"

// Window moves the right edge if it is worth telling, and announces what it then is.
func (Chapter) Window(b *tcp.TCB) uint16 {
	if gain := couldOpen(b); gain > 0 && gain >= worthTelling(b) {
		b.Rcv.Wnd += uint32(gain)
	}
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, maxHeaderWindow))
}

const maxHeaderWindow = 1<<16 - 1

// couldOpen is by how much the right edge could move: up to the room in the queue,
// in the header's units; negative when less room is left than was announced.
func couldOpen(b *tcp.TCB) int {
	units := min(b.Rcv.Queue.Free()>>b.Rcv.Scale, maxHeaderWindow)
	return units<<b.Rcv.Scale - int(b.Rcv.Wnd)
}

// worthTelling is the least move of the edge that is not silly.
func worthTelling(b *tcp.TCB) int {
	return min(b.Snd.MSS, b.Rcv.Queue.Limit()/2)
}

// windowUpdateDue reports whether the peer should hear of the window by an ACK of
// its own: when it moves far, or when what the peer knows of is as good as closed.
func windowUpdateDue(b *tcp.TCB) bool {
	gain := couldOpen(b)
	if b.Rcv.FinDone || gain <= 0 {
		return false
	}
	far := gain >= b.Rcv.Queue.Limit()/2
	asGoodAsClosed := int(b.Rcv.Wnd) < b.Snd.MSS
	return far || asGoodAsClosed && gain >= worthTelling(b)
}
