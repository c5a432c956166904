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
			c.Window = initialWindow(b)
		}
	case inFlight(b) == 0 && !c.SentAt.IsZero() && now.Sub(c.SentAt) > b.RTO.Value:
		c.Window = min(c.Window, initialWindow(b))
	}
}

// initialWindow is IW: that of the settings, bounded as in RFC 6928 §2, or RFC 5681's.
func initialWindow(b *tcp.TCB) uint32 {
	mss := b.Snd.MSS
	if segments := b.Config.InitialWindow; segments > 0 {
		return uint32(min(segments*mss, max(segments*1460, 2*mss)))
	}
	return standardWindow(mss)
}

// standardWindow is IW of RFC 5681 §3.1.
func standardWindow(mss int) uint32 {
	segments := 4
	switch {
	case mss > 2190:
		segments = 2
	case mss > 1095:
		segments = 3
	}
	return uint32(segments * mss)
}

// congestionACK opens cwnd when something new was acknowledged, bytes of it. RFC 5681
// §3.1 leaves open which way at Threshold itself: here slow start's, which makes up for
// the half segment that Threshold may end with, and that is not sent.
func congestionACK(b *tcp.TCB, length int) {
	c := &b.Congestion
	c.DupACKs = 0
	switch {
	case c.Recovery:
		recoveryACK(b, length)
	case c.Window <= c.Threshold: // slow start: a segment more for each one acknowledged
		c.Window += uint32(min(length, mostAnACKOpens(b)))
	default: // congestion avoidance: a segment more for each cwnd acknowledged
		c.TimedOut = false
		c.Acked += uint32(length)
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

// mostAnACKOpens is L of RFC 3465 §2.3, by how much an ACK may open cwnd in slow start:
// two segments, because one ACK stands for two. When a time-out began it, one: the ACK
// of what was sent again may cover much that had arrived before, and does not tell how
// much has left the network since.
func mostAnACKOpens(b *tcp.TCB) int {
	if b.Congestion.TimedOut {
		return b.Snd.MSS
	}
	return 2 * b.Snd.MSS
}

// recoveryACK processes an ACK of something new during fast recovery. If it
// acknowledges all that was in flight at the loss, recovery ends; if only a part,
// the segment after it is lost too, and goes out at once (RFC 6582 §3.2). What was
// acknowledged may be more than the window: then one segment is left of it.
func recoveryACK(b *tcp.TCB, length int) {
	c, mss := &b.Congestion, uint32(b.Snd.MSS)
	if !b.Snd.Una.Less(c.Recover) {
		recovered(b)
		return
	}
	resendEarliest(b)
	c.Window -= min(c.Window, uint32(length))
	if length >= b.Snd.MSS {
		c.Window += mss
	}
	c.Window = max(c.Window, mss)
}

// recovered ends fast recovery with a window of Threshold (the second choice of RFC 6582
// §3.2, step 3). Where little is in flight that would let out a burst, and the queue that
// overflowed may still be long: an initial window at most leaves at once, and slow start
// brings the rest. What was counted towards a larger window is worth one segment and no
// more: cwnd may grow by no more than that in a round trip (RFC 5681 §3.1).
func recovered(b *tcp.TCB) {
	c := &b.Congestion
	c.Recovery = false
	c.Window = min(c.Threshold, uint32(inFlight(b))+initialWindow(b))
	c.Acked = min(c.Acked, c.Window)
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
		c.Threshold = halfOf(b, min(inFlight(b), int(c.Window))) // beyond it went limited transmit's segments
		c.Recover, c.Recovery, c.TimedOut = b.Snd.Nxt, true, false
		resendEarliest(b)
		c.Window = c.Threshold + 3*mss
	}
}

// limitedTransmit returns how many bytes of new data may be in flight beyond cwnd: a
// segment for each of the first two duplicate ACKs, which tell that one has left the
// network (RFC 5681 §3.2 step 1, RFC 3042). Each of them will bring a duplicate more:
// without them a small window would never see three. Duplicates of what was in flight
// at the last loss tell nothing.
func limitedTransmit(b *tcp.TCB) int {
	if b.Snd.Una.Less(b.Congestion.Recover) {
		return 0
	}
	return min(b.Congestion.DupACKs, 2) * b.Snd.MSS
}

// congestionTimeout takes an expired retransmission timer as a sign that nothing
// gets through: begin again with one segment (RFC 5681 §3.1).
func congestionTimeout(b *tcp.TCB) {
	c := &b.Congestion
	if b.RTO.Attempts == 1 {
		c.Threshold = halfOf(b, inFlight(b))
	}
	c.Window = uint32(b.Snd.MSS)
	c.Acked, c.DupACKs = 0, 0
	c.Recover, c.Recovery, c.TimedOut = b.Snd.Nxt, false, true
}

// halfOf is ssthresh after a loss: half of what was in flight, but two segments at
// least.
func halfOf(b *tcp.TCB, flight int) uint32 {
	return uint32(max(flight/2, 2*b.Snd.MSS))
}
