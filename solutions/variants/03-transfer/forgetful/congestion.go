package transfer

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

const largestWindow = 1 << 30 // what the window scale can say; growing on would wrap one day

// warmUp sets the congestion window before the first data, and after a pause.
func warmUp(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	if unsent(b) <= 0 {
		return
	}
	initial := firstWindow(b)
	if c.Window == 0 {
		c.Window = initial
	}
	if c.Threshold == 0 {
		c.Threshold = math.MaxUint32
		c.Recover = b.Snd.Una // 0 may lie between SND.UNA and SND.NXT, where numbers wrap
	}
	if inFlight(b) == 0 && !c.SentAt.IsZero() && now.Sub(c.SentAt) > b.RTO.Value {
		c.Window, c.Acked = min(c.Window, initial), 0
	}
}

// firstWindow is the formula that RFC 3390 and RFC 6928 share, with other numbers.
func firstWindow(b *tcp.TCB) uint32 {
	mss, segments, bytes := uint32(b.Snd.MSS), uint32(4), uint32(4380)
	if n := uint32(b.Config.InitialWindow); n > 0 {
		segments, bytes = n, n*1460
	}
	return min(segments*mss, max(2*mss, bytes))
}

// lossOpen: what was outstanding at the last loss is not yet all acknowledged. What
// Recover says when it is not in (SND.UNA, SND.NXT] is history.
func lossOpen(b *tcp.TCB) bool {
	return b.Snd.Una.Less(b.Congestion.Recover) && b.Congestion.Recover.LessEq(b.Snd.Nxt)
}

// halve sets Threshold. More than the window is in flight only by limited transmit, which
// does not count.
func halve(b *tcp.TCB) {
	flight := min(inFlight(b), int(b.Congestion.Window))
	b.Congestion.Threshold = uint32(max(flight/2, 2*b.Snd.MSS))
}

// collapse is a time-out, the first in a row or a later one.
func collapse(b *tcp.TCB, first bool) {
	c := &b.Congestion
	if first {
		halve(b)
	}
	c.Window = uint32(b.Snd.MSS)
	c.Recover = b.Snd.Nxt
	c.Recovery, c.DupACKs, c.Acked = false, 0, 0
}

// progress is an ACK of n new numbers.
func progress(b *tcp.TCB, n int) {
	c, mss := &b.Congestion, b.Snd.MSS
	c.DupACKs = 0
	switch {
	case c.Recovery && lossOpen(b):
		resendEarliest(b)
		c.Window = uint32(max(int(c.Window)-n, 0))
		if n >= mss {
			c.Window += uint32(mss)
		}
		c.Window = max(c.Window, uint32(mss))
	case c.Recovery:
		c.Recovery, c.Acked = false, 0
		c.Window = min(c.Threshold, uint32(max(inFlight(b), mss)+mss))
	case c.Window >= largestWindow:
	case c.Window < c.Threshold:
		c.Window += uint32(min(n, mss))
	default:
		if c.Acked += uint32(n); c.Acked >= c.Window {
			c.Acked -= c.Window
			c.Window += uint32(mss)
		}
	}
}

// isDuplicate must be asked before the segment's window is taken.
func isDuplicate(b *tcp.TCB, seg *tcp.Segment) bool {
	wnd := uint32(seg.Window) << b.Snd.Scale
	return seg.Ack == b.Snd.Una && inFlight(b) > 0 && seg.Len() == 0 && wnd == b.Snd.Wnd && wnd != 0
}

func duplicate(b *tcp.TCB) {
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	c.DupACKs++
	if c.Recovery {
		c.Window += mss
		return
	}
	if c.DupACKs != 3 || lossOpen(b) {
		return
	}
	halve(b)
	c.Window = c.Threshold + 3*mss
	c.Recovery, c.Recover = true, b.Snd.Nxt
	resendEarliest(b)
}

// resendEarliest sends the segment that the peer waits for.
func resendEarliest(b *tcp.TCB) {
	b.RTO.Timing = false
	n := min(b.Snd.Queue.Len(), inFlight(b), b.Snd.MSS, max(1, int(b.Snd.Wnd)))
	if n == 0 { // only a FIN: teardown sends it
		b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
		return
	}
	emitText(b, b.Snd.Una, n)
}
