package transfer

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

// initial is the window before the first ACK: two segments, where the settings leave it
// open. RFC 5681 allows up to four.
func initial(b *tcp.TCB) uint32 {
	if b.Config.InitialWindow == 0 {
		return uint32(2 * b.Snd.MSS)
	}
	return b.InitialWindow()
}

// refresh is called before anything is sent.
func refresh(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	if c.SentAt.IsZero() {
		c.Recover = b.Snd.Una
		if c.Threshold == 0 {
			c.Threshold = math.MaxUint32
		}
		if c.Window == 0 {
			c.Window = initial(b)
		}
		return
	}
	// RFC 5681 §4.1: nothing was sent for an RTO, be something in flight or not.
	if now.Sub(c.SentAt) > b.RTO.Value && c.Window > initial(b) {
		c.Window, c.Acked = initial(b), 0
	}
}

// open is what an ACK of something new means to the window.
func open(b *tcp.TCB, length int, now time.Time) {
	c := &b.Congestion
	c.DupACKs = 0
	if c.Recovery {
		recovering(b, length, now)
		return
	}
	c.Recover = c.Recover.Max(b.Snd.Una)
	mss := uint64(b.Snd.MSS)
	grown := max(mss, uint64(c.Window))
	if c.Window < c.Threshold {
		grown += min(mss, uint64(length)) // RFC 5681: one segment for each ACK
		c.Acked = 0
	} else {
		// Equation 3, by bytes: MSS for a whole window, a part of it for a part. What is
		// left over of the division is in Acked.
		parts := uint64(c.Acked) + mss*min(uint64(length), grown)
		c.Acked = uint32(parts % grown)
		grown += min(mss, parts/grown)
	}
	c.Window = uint32(min(grown, 1<<30))
}

// half is where slow start ends after a loss.
func half(b *tcp.TCB) uint32 {
	return max(min(uint32(inFlight(b)), b.Congestion.Window)/2, uint32(2*b.Snd.MSS))
}

// collapse is what a time-out means.
func collapse(b *tcp.TCB) {
	c := &b.Congestion
	if b.RTO.Attempts == 1 {
		c.Threshold = half(b)
	}
	c.Window, c.Acked = uint32(b.Snd.MSS), 0
	c.Recovery, c.DupACKs, c.Recover = false, 0, b.Snd.Nxt
}

// duplicate reports whether a segment says: I still wait for SND.UNA.
func duplicate(b *tcp.TCB, seg *tcp.Segment, window uint32) bool {
	return seg.Ack == b.Snd.Una && inFlight(b) > 0 && seg.Len() == 0 && window > 0 && window == b.Snd.Wnd
}

// onDuplicate counts those.
func onDuplicate(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	c.DupACKs++
	switch {
	case c.Recovery:
		c.Window += uint32(b.Snd.MSS)
	case c.DupACKs == 3 && !b.Snd.Una.Less(c.Recover):
		c.Recovery, c.Recover = true, b.Snd.Nxt
		c.Threshold = half(b)
		c.Window = c.Threshold + uint32(3*b.Snd.MSS)
		c.Acked = 0 // in recovery: what was acknowledged since it began
		sendEarliest(b, now)
	}
}

// recovering is what an ACK of something new means in recovery.
func recovering(b *tcp.TCB, length int, now time.Time) {
	c := &b.Congestion
	mss := b.Snd.MSS
	if !b.Snd.Una.Less(c.Recover) {
		c.Recovery, c.Acked = false, 0
		c.Window = min(c.Threshold, uint32(max(inFlight(b), mss)+mss)) // RFC 6582, step 3, option 1
		return
	}
	c.Acked += uint32(length)
	w := int(c.Window) - length
	if length >= mss {
		w += mss
	}
	c.Window = uint32(max(w, mss))
	sendEarliest(b, now)
}

// limitedTransmit is how much new text may go beyond the window.
func limitedTransmit(b *tcp.TCB) int {
	if b.Congestion.Recovery {
		return 0
	}
	return b.Snd.MSS * min(2, b.Congestion.DupACKs)
}
