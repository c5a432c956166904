package transfer

import (
	"math"
	"time"

	"tcpworkbook/kit/tcp"
)

// maxWindow bounds the congestion window: no peer's is larger (RFC 7323 §2.3).
const maxWindow = 1 << 30

// initialWindow returns how much may leave before the first ACK, bytes: as many
// segments as the settings say, but no more bytes than that many of Ethernet's
// (RFC 6928 §2), and two of them where they say nothing, the fewest that RFC 5681
// §3.1 speaks of.
func initialWindow(b *tcp.TCB) uint32 {
	segments := b.Config.InitialWindow
	if segments == 0 {
		segments = 2
	}
	return uint32(min(segments*b.Snd.MSS, max(segments*1460, 2*b.Snd.MSS)))
}

// congestionStart gets the window ready for the first text, and for the first after
// a pause: when no text has left for an RTO (RFC 5681 §4.1).
func congestionStart(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	if !c.SentAt.IsZero() {
		if now.Sub(c.SentAt) > b.RTO.Value {
			c.Window = min(c.Window, initialWindow(b))
		}
		return
	}
	if c.Window == 0 { // else the handshake has set it
		c.Window = initialWindow(b)
	}
	if c.Threshold == 0 {
		c.Threshold = math.MaxInt32
	}
	c.Recover = b.Snd.Una
}

// congestionACK opens the window for the length numbers that were acknowledged: by
// a segment for each ACK in slow start, and by one for each window after it, in
// as many parts as there are ACKs (RFC 5681 §3.1).
func congestionACK(b *tcp.TCB, length int) {
	c := &b.Congestion
	c.DupACKs = 0
	if c.Recovery {
		recoveryACK(b, length)
		return
	}
	mss := uint32(b.Snd.MSS)
	growth := min(uint32(length), mss)
	if c.Window >= c.Threshold {
		share := uint64(min(uint32(length), c.Window)) * uint64(mss) / uint64(c.Window)
		growth = uint32(max(share, 1))
	}
	c.Window = min(c.Window+growth, maxWindow)
	c.Recover = c.Recover.Max(b.Snd.Una)
}

// congestionTimeout is what a time-out means: nothing gets through.
func congestionTimeout(b *tcp.TCB) {
	c := &b.Congestion
	if b.RTO.Attempts == 1 {
		c.Threshold = half(b, outstanding(b).len())
	}
	c.Window = uint32(b.Snd.MSS)
	c.Recover = b.Snd.Nxt
	c.Recovery, c.DupACKs = false, 0
}

// half returns half of what is in flight, two segments at least.
func half(b *tcp.TCB, flight int) uint32 { return uint32(max(flight/2, 2*b.Snd.MSS)) }
