package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// congestionStart sets the congestion window before the first text, and lowers it when no
// text has left for an RTO (RFC 5681 §3.1, §4.1).
func congestionStart(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	if !c.SentAt.IsZero() {
		if now.Sub(c.SentAt) > b.RTO.Value {
			c.Window = min(c.Window, initialWindow(b))
		}
		return
	}
	c.Recover = b.Snd.Una
	if c.Window == 0 {
		c.Window = initialWindow(b)
	}
	if c.Threshold == 0 {
		c.Threshold = endless
	}
}

// congestionACK: something new was acknowledged, length numbers of it.
func congestionACK(b *tcp.TCB, length int) {
	c := &b.Congestion
	mss := b.Snd.MSS
	defer func() { c.DupACKs = 0 }()
	ahead := int32(c.Recover - b.Snd.Una)

	if c.Recovery {
		if ahead > 0 {
			// A part: what comes next is lost, too (RFC 6582 §3.2).
			resendEarliest(b)
			window := int(c.Window) - length
			if length >= mss {
				window += mss
			}
			c.Window = uint32(max(window, mss))
			return
		}
		// All: recovery is over, and no burst leaves.
		c.Recovery, c.Acked = false, 0
		c.Window = min(c.Threshold, uint32(max(inFlight(b), mss)+mss))
		return
	}

	if ahead < 0 {
		c.Recover = b.Snd.Una
	}
	if c.Window < c.Threshold {
		// Slow start (RFC 5681 §3.1).
		grow(b, min(length, mss))
		return
	}
	// Congestion avoidance: one MSS for each window. What is counted beyond it is
	// forgotten, so that there is never a second MSS in one round trip.
	c.Acked += uint32(length)
	if c.Acked >= c.Window {
		c.Acked = 0
		grow(b, mss)
	}
}

// congestionDuplicate: one more segment has arrived, but not the one the peer waits for
// (RFC 5681 §3.2, RFC 6582 §3.2). After the first ACK of a part the count stays at none:
// see laterPart.
func congestionDuplicate(b *tcp.TCB) {
	c := &b.Congestion
	mss := b.Snd.MSS
	if c.Recovery {
		if c.DupACKs > 0 {
			c.DupACKs++
		}
		grow(b, mss)
		return
	}
	c.DupACKs++
	if c.DupACKs != 3 || int32(b.Snd.Una-c.Recover) < 0 {
		return
	}
	flight := inFlight(b)
	limited := min(max(0, flight-int(c.Window)), 2*mss) // what limited transmit let out
	c.Recovery, c.Recover, c.Acked = true, b.Snd.Nxt, 0
	c.Threshold = half(b, flight-limited)
	c.Window = c.Threshold
	grow(b, 3*mss)
	resendEarliest(b)
}

// laterPart reports whether the ACK of a part is not the first in this recovery: that one
// ends the count of the duplicates which began it.
func laterPart(b *tcp.TCB) bool {
	return b.Congestion.Recovery && b.Congestion.DupACKs == 0
}

// limitedTransmit returns how much may go beyond the congestion window: a segment for each
// of the first two duplicates (RFC 3042).
func limitedTransmit(b *tcp.TCB) int {
	if b.Congestion.Recovery || int32(b.Snd.Una-b.Congestion.Recover) < 0 {
		return 0
	}
	return min(b.Congestion.DupACKs, 2) * b.Snd.MSS
}

// resendEarliest sends the earliest segment again, at once. A FIN is teardown's.
func resendEarliest(b *tcp.TCB) {
	b.RTO.Timing = false
	if n := min(textInFlight(b), b.Snd.MSS); n > 0 {
		sendText(b, b.Snd.Una, n)
		return
	}
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
}
