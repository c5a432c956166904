package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Congestion control is three hooks here, and those of recovery.go. They keep
// b.Congestion: its Window, cwnd, bounds what is in flight for the network's sake, as
// SND.WND does for the peer's. Whoever wants another congestion control writes these
// anew, and nothing else: how Window grows is CongestionACK's affair, how it falls that
// of CongestionTimeout and CongestionDuplicate.

// largestWindow bounds cwnd, which grows as long as nothing is lost: no peer's window
// is larger (RFC 7323 §2.3).
const largestWindow = 1 << 30

// CongestionStart is called by Output before it sends anything (step 3.10). It does something
// in two cases. SentAt below is b.Congestion.SentAt, when new data last went out: Output sets
// it.
//
//   - Before the first data, while SentAt is zero: Recover becomes SND.UNA. Window becomes the
//     initial window, if it is 0; if not, the handshake has set it. Threshold becomes more
//     than any window, 1 GiB say, if it is 0.
//   - After a pause, when nothing is in flight and SentAt is more than b.RTO.Value ago: Window
//     is at most the initial window again (RFC 5681 §4.1). If this makes Window smaller, clear
//     Acked: it was counted towards the larger window.
//
// b.InitialWindow computes the initial window, bytes.
func CongestionStart(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	switch {
	case c.Threshold == 0:
		c.Threshold = largestWindow
		c.Recover = b.Snd.Una
		if c.Window == 0 {
			c.Window = b.InitialWindow()
		}
	case inFlight(b) == 0 && !c.SentAt.IsZero() && now.Sub(c.SentAt) > b.RTO.Value:
		c.Window = min(c.Window, b.InitialWindow())
		c.Acked = 0 // it may have counted several of such windows
	}
}

// CongestionACK is called by Acknowledge when something new was acknowledged, length
// numbers of it, and SND.UNA has advanced. It opens b.Congestion.Window (step 3.10):
//
//   - In slow start, while Window ≤ Threshold (or only while it is less: RFC 5681 §3.1 leaves
//     that open), by length, but by at most two MSS. When a time-out began the slow start, it
//     is at most one MSS (RFC 3465 §2.3): b.Congestion.TimedOut tells it, see
//     CongestionTimeout. One MSS always is right, too (RFC 5681 §3.1).
//   - In congestion avoidance, otherwise, length is added to b.Congestion.Acked. When Acked ≥
//     Window: first Acked −= Window, then Window += MSS. It opens by no more than one MSS a
//     round trip.
//
// Window grows to 1 GiB at most: no peer's window is larger (RFC 7323 §2.3).
//
// Step 3.11: DupACKs becomes 0, for the count of duplicates begins anew. In recovery: call
// RecoveryACK and return; nothing else grows Window. Sitting 2: if not in recovery, and Recover
// lies before SND.UNA, it becomes SND.UNA. (Left where it is, it would look like ahead after
// 2 GiB.)
//
// Of now this has no need; CUBIC, which counts by time, has.
func CongestionACK(b *tcp.TCB, length int, now time.Time) {
	c := &b.Congestion
	c.DupACKs = 0
	switch {
	case c.Recovery:
		RecoveryACK(b, length)
	case c.Window <= c.Threshold: // slow start: a segment more for each one acknowledged
		// At Threshold itself, too: that makes up for the half segment that it may end with.
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
	c.Recover = c.Recover.Max(b.Snd.Una) // 2 GiB behind would look like ahead
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

// CongestionTimeout is called by Retransmit when the retransmission timer has expired, and
// b.RTO.Attempts was counted: nothing gets through (RFC 5681 §3.1; step 3.10). At the first
// time-out in a row b.Congestion.Threshold becomes half of what is in flight, at least
// 2*b.Snd.MSS. At each one b.Congestion.Window becomes one b.Snd.MSS, and
// b.Congestion.Recover SND.NXT; fast recovery and the count of duplicates end: Recovery
// becomes false, DupACKs 0. If this makes Window smaller, clear Acked: it was counted towards
// the larger window.
//
// In the slow start that follows, an ACK opens Window by at most one MSS. Use
// b.Congestion.TimedOut for this: you set it in CongestionTimeout, and clear it in congestion
// avoidance.
func CongestionTimeout(b *tcp.TCB) {
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
