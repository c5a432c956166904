package transfer

import "tcpworkbook/kit/tcp"

// A ruler is the send queue laid flat, with SND.UNA at 0. Whatever the sender has to
// decide, it decides by comparing marks on it, which are plain numbers: nothing wraps
// here, and a window that has shrunk is simply a mark left of another.
//
//	0           sent        written
//	├────────────┼─────────────┤        what the application wrote
//	       cursor                       what goes next: sent, or, resending, less
//	├─────────────────┤ allowed         how far the peer and the network let it go
//
// It is made anew for each question, and never stored.
type ruler struct {
	sent    int // where the text ends that was sent at least once
	written int // where the queue ends
	cursor  int // where the next segment begins
	allowed int // where the next segment must end
	mss     int
	idle    bool // nothing is in flight, not even a FIN
}

func measureOut(b *tcp.TCB) ruler {
	written := b.Snd.Queue.Len()
	r := ruler{
		sent:    min(inFlight(b), written), // a FIN is in flight, but is no text
		written: written,
		allowed: min(int(b.Snd.Wnd), networkAllows(b)),
		mss:     b.Snd.MSS,
		idle:    inFlight(b) == 0,
	}
	r.cursor = r.sent
	if b.Snd.Resending {
		r.cursor = b.Snd.Resend.Sub(b.Snd.Una)
	}
	return r
}

// inFlight is FlightSize: how many numbers are outstanding.
func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// next returns how many bytes could go in one segment from the cursor on; 0 or
// less when none could.
func (r ruler) next() int {
	return min(r.written-r.cursor, r.allowed-r.cursor, r.mss)
}

// unsent is how many bytes were never sent.
func (r ruler) unsent() int { return r.written - r.sent }

// full reports whether n bytes are a full segment; all, whether they are the rest
// of what there is.
func (r ruler) full(n int) bool { return n == r.mss }
func (r ruler) all(n int) bool  { return r.cursor+n == r.written }

// again reports whether the next segment begins with text that was sent before.
func (r ruler) again() bool { return r.cursor < r.sent }
