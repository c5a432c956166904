package transfer

import "tcpworkbook/kit/tcp"

// An opening is how the window to announce could be moved.
type opening struct {
	gain  int // by how many bytes the right edge would move
	most  int // the most that can ever be announced
	worth int // what is worth telling: a full segment, or half the buffer
	left  int // what is left of the window
	mss   int
}

func openingOf(b *tcp.TCB) opening {
	limit, unit := b.Rcv.Queue.Limit(), 1<<b.Rcv.Scale
	sayable := 65535 * unit
	room := min(b.Rcv.Queue.Free(), sayable) / unit * unit
	return opening{
		gain:  room - int(b.Rcv.Wnd),
		most:  min(limit, sayable),
		worth: min(b.Snd.MSS, limit/2),
		left:  int(b.Rcv.Wnd),
		mss:   b.Snd.MSS,
	}
}

// opens reports whether the window opens with the next segment that leaves.
func (o opening) opens() bool { return o.gain > 0 && o.gain >= o.worth }

// urgent reports whether a segment is to leave for it alone: the window could open
// far, or the peer cannot send until it does.
func (o opening) urgent() bool {
	return o.opens() && (o.gain >= o.most/2 || o.left < o.mss)
}

// Window returns the window to announce in a segment that leaves now, as it
// stands in the header, and notes it in b.Rcv.Wnd. It opens when that is worth it,
// and its right edge never moves left (RFC 9293 §3.8.6.2.2, MUST-39).
func (Chapter) Window(b *tcp.TCB) uint16 {
	if o := openingOf(b); o.opens() {
		b.Rcv.Wnd += uint32(o.gain)
	}
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, 65535))
}
