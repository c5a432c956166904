package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Congestion control: slow start and congestion avoidance (RFC 5681 §3.1), fast
// retransmit and fast recovery (RFC 5681 §3.2, RFC 6582). The window it keeps,
// cwnd, bounds what is in flight for the network's sake, as SND.WND does for the
// peer's.

// largestWindow bounds cwnd, which grows as long as nothing is lost: no peer's window
// is larger (RFC 7323 §2.3).
const largestWindow = 1 << 30

// congestionStart sets cwnd before the first data, and again after a pause so
// long that it says nothing any more (RFC 5681 §4.1).
func congestionStart(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	switch {
	case c.Threshold == 0:
		c.Threshold = largestWindow
		c.Recover = b.Snd.Una
		if c.Window == 0 {
			c.Window = initialWindow(b.Snd.MSS)
		}
	case inFlight(b) == 0 && !c.SentAt.IsZero() && now.Sub(c.SentAt) > b.RTO.Value:
		c.Window = min(c.Window, initialWindow(b.Snd.MSS))
	}
}

// initialWindow is IW of RFC 5681 §3.1.
func initialWindow(mss int) uint32 {
	segments := 4
	switch {
	case mss > 2190:
		segments = 2
	case mss > 1095:
		segments = 3
	}
	return uint32(segments * mss)
}

// congestionACK opens cwnd when something new was acknowledged, octets of it.
func congestionACK(b *tcp.TCB, octets int) {
	c := &b.Congestion
	c.DupACKs = 0
	switch {
	case c.Recovery:
		recoveryACK(b, octets)
	case c.Window < c.Threshold: // slow start: a segment more for each one acknowledged
		c.Window += uint32(min(octets, b.Snd.MSS))
	default: // congestion avoidance: a segment more for each cwnd acknowledged
		c.Acked += uint32(octets)
		if c.Acked >= c.Window {
			c.Acked -= c.Window
			c.Window += uint32(b.Snd.MSS)
		}
	}
	c.Window = min(c.Window, largestWindow)
	if !c.Recovery && c.Recover.Less(b.Snd.Una) {
		c.Recover = b.Snd.Una // 2 GiB behind would look like ahead
	}
}

// recoveryACK processes an ACK of something new during fast recovery. If it
// acknowledges all that was in flight at the loss, recovery ends; if only a part,
// the segment after it is lost too, and goes out at once (RFC 6582 §3.2). What was
// acknowledged may be more than the window: then one segment is left of it.
func recoveryACK(b *tcp.TCB, octets int) {
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	if !b.Snd.Una.Less(c.Recover) {
		c.Recovery = false
		c.Window = min(c.Threshold, max(uint32(inFlight(b)), mss)+mss)
		return
	}
	resendEarliest(b)
	c.Window -= min(c.Window, uint32(octets))
	if octets >= b.Snd.MSS {
		c.Window += mss
	}
	c.Window = max(c.Window, mss)
}

// countDuplicate counts a duplicate ACK. Three in a row mean that a segment is
// lost and later ones arrived: it goes out again without waiting for the timer
// (fast retransmit), unless what is in flight was sent again already.
func countDuplicate(b *tcp.TCB) {
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	c.DupACKs++
	switch {
	case c.Recovery:
		c.Window = min(c.Window+mss, largestWindow) // one more segment has left the network
	case c.DupACKs == 3 && !b.Snd.Una.Less(c.Recover):
		c.Threshold = halfFlight(b)
		c.Recover, c.Recovery = b.Snd.Nxt, true
		resendEarliest(b)
		c.Window = c.Threshold + 3*mss
	}
}

// congestionTimeout takes an expired retransmission timer as a sign that nothing
// gets through: begin again with one segment (RFC 5681 §3.1).
func congestionTimeout(b *tcp.TCB) {
	c := &b.Congestion
	if b.RTO.Attempts == 1 {
		c.Threshold = halfFlight(b)
	}
	c.Window = uint32(b.Snd.MSS)
	c.Acked, c.DupACKs = 0, 0
	c.Recover, c.Recovery = b.Snd.Nxt, false
}

// halfFlight is ssthresh after a loss: half of what was in flight, but two
// segments at least.
func halfFlight(b *tcp.TCB) uint32 {
	return uint32(max(inFlight(b)/2, 2*b.Snd.MSS))
}
